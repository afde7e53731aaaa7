"""Judge with nothing but what is given: transcripts, any signed document, several years of
a pupil.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from hocba_sign.errors import InputError
from hocba_sign.pki.revocation.evidence import Evidence
from hocba_sign.pki.trust.store import TrustStore
from hocba_sign.report.document import Report
from hocba_sign.validation.document.any_xml import NOTHING_DETACHED
from hocba_sign.validation.document.dispatch import validate_any_document, validate_document
from hocba_sign.validation.document.records import Named, Sources, load_records, years_among
from hocba_sign.validation.policy import DEFAULT, Policy
from hocba_sign.validation.setting import Setting


def verify(
    document: bytes,
    *,
    trust: TrustStore,
    evidence: Evidence,
    at: datetime,
    policy: Policy = DEFAULT,
    name: str = "-",
) -> Report:
    """Judge a transcript, as XML or PDF, with nothing but what is given; no network.

    `at` is aware: the validation time. `name` is the file's name in the report.
    Raises: nothing for any octets, but CallerError PDF.EXTRA_MISSING for a PDF where the extra
    `pdf` is not installed.
    Spec: EN 319 102-1, 5.
    """
    try:
        conclusion = validate_document(
            document, Setting(trust=trust, evidence=evidence, at=at, policy=policy)
        )
    except InputError as error:
        return Report.malformed(document, error, file=name, at=at)
    return Report.of(document, conclusion, file=name, at=at, policy=policy)


def verify_any(
    document: bytes,
    *,
    detached: Mapping[str, bytes] = NOTHING_DETACHED,
    trust: TrustStore,
    evidence: Evidence,
    at: datetime,
    policy: Policy = DEFAULT,
) -> Report:
    """Judge any document with XML signatures, or any PDF, asking for no transcript, with nothing
    but what is given; no network.

    `detached` are the files that lie beside it, by the name that its references use. `at` is aware:
    the validation time. The report calls the document `-`; a name is given it by
    `dataclasses.replace`.
    Raises: nothing for any octets.
    Spec: EN 319 102-1, 5; XML Signature 1.1, 3.2.
    """
    try:
        conclusion = validate_any_document(
            document,
            Setting(trust=trust, evidence=evidence, at=at, policy=policy),
            detached=detached,
        )
    except InputError as error:
        return Report.malformed(document, error, file="-", at=at)
    return Report.of(document, conclusion, file="-", at=at, policy=policy)


def know(
    sources: Sources,
    *,
    trust: TrustStore,
    evidence: Evidence,
    at: datetime,
    policy: Policy = DEFAULT,
) -> Policy:
    """Return `policy` with the knowledge from `sources` in it: who may sign, what was withdrawn or
    replaced, the pupil's other years.

    Registries, events and status lists are judged as any signed document, at `at`.
    Raises: InputError for a registry or status list that is unreadable or not VALID.
    """
    return replace(
        policy,
        knowledge=load_records(
            sources, Setting(trust=trust, evidence=evidence, at=at, policy=policy)
        ),
    )


def verify_years(
    documents: Sequence[Named],
    *,
    trust: TrustStore,
    evidence: Evidence,
    at: datetime,
    policy: Policy = DEFAULT,
) -> tuple[Report, ...]:
    """Judge several years of a pupil, each on its own and as a chain (checks CHAIN.*); names and
    octets in, reports in the same order.

    Raises: nothing for any octets.
    """
    years = years_among(
        (octets for _, octets in documents),
        Setting(trust=trust, evidence=evidence, at=at, policy=policy),
    )
    linked = replace(policy, knowledge=replace(policy.knowledge, years=years))
    return tuple(
        verify(octets, trust=trust, evidence=evidence, at=at, policy=linked, name=name)
        for name, octets in documents
    )
