"""Judge documents and certificates with what one verifier trusts, demands and knows."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from functools import partial

from hocba_sign.errors import InputError
from hocba_sign.frozen_dataclass import dataclass
from hocba_sign.operations.certificate_check import requirements_for, validate_certificate
from hocba_sign.operations.ground import (
    Ground,
    SettledJudgement,
    needs_of,
    session_of,
    settle_on,
    start_of,
)
from hocba_sign.pki.certificates.profile import Purpose
from hocba_sign.report.certificate_report import CertificateReport
from hocba_sign.report.report import Report
from hocba_sign.validation.document.dispatch import (
    validate_any_document,
    validate_document,
    validate_extract,
)
from hocba_sign.validation.document.missing_evidence import EvidenceSession
from hocba_sign.validation.document.records import Named, Sources, load_records, years_among
from hocba_sign.validation.document.three_answers import DocumentConclusion, validate
from hocba_sign.validation.setting import NOTHING_DETACHED, Setting


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Verifier(Ground):
    """Whoever verifies: `trust` and `policy`, the `evidence` at hand, and with `fetch` where the
    rest is asked for.

    Immutable: make one, and share it between threads. Without `fetch` it works with nothing but
    what it has. `at` is the validation time (aware) in every method; one that is the present moves
    on while evidence is fetched, unless `is_time_fixed`. `name` is what a report calls the file.
    """

    def verify(self, octets: bytes, *, at: datetime, name: str = "-") -> Report:
        """Judge a transcript, as XML or PDF.

        Raises: nothing for any octets, but CallerError PDF.EXTRA_MISSING for a PDF where the extra
        `pdf` is not installed.
        Spec: EN 319 102-1, 5.
        """
        return self._report(validate_document, octets, at=at, name=name)

    def verify_any(
        self,
        octets: bytes,
        *,
        at: datetime,
        name: str = "-",
        detached: Mapping[str, bytes] = NOTHING_DETACHED,
    ) -> Report:
        """Judge any document with XML signatures, or any PDF, asking for no transcript.

        `detached` are the files that lie beside it, by the name that its references use.
        Raises: as `verify`.
        Spec: EN 319 102-1, 5; XML Signature 1.1, 3.2.
        """
        judge = partial(validate_any_document, detached=detached)
        return self._report(judge, octets, at=at, name=name)

    def verify_extract(
        self, octets: bytes, *, at: datetime, name: str = "-", registered: Iterable[bytes] = ()
    ) -> Report:
        """Judge an extract: CBOR, the text of its code, JSON, or a picture (PNG, JPEG) or PDF page
        with the code, for which the extras `image` and `pdf` are needed.

        The seal's certificate is looked for in `evidence`; `registered` are values T of whole
        transcripts, by which a register names them.
        Raises: CallerError EXTRACT.EXTRA_MISSING, PDF.EXTRA_MISSING.
        """
        judge = partial(validate_extract, registered=tuple(registered))
        return self._report(judge, octets, at=at, name=name)

    def verify_years(self, documents: Sequence[Named], *, at: datetime) -> tuple[Report, ...]:
        """Judge several years of a pupil, each on its own, and how they are linked (checks
        CHAIN.*); names and octets in, reports in the same order.

        Raises: as `verify`.
        """
        octets = tuple(octets for _, octets in documents)
        years = years_among(octets, self._fetched_for(octets, at=at))
        knowledge = replace(self.policy.knowledge, years=years)
        linked = replace(self, policy=replace(self.policy, knowledge=knowledge))
        return tuple(linked.verify(octets, at=at, name=name) for name, octets in documents)

    def verify_certificate(
        self, octets: bytes, *, at: datetime, purpose: Purpose = Purpose.ANY, name: str = "-"
    ) -> CertificateReport:
        """Judge the path and revocation of a certificate, in any form that `load_certificates`
        reads; what stands beside it in `octets` is evidence.

        Raises: nothing for any octets.
        Spec: RFC 5280, 6; EN 319 102-1, 5.2.6.
        """
        requirements = requirements_for(purpose)
        return validate_certificate(octets, self, at=at, requirements=requirements, name=name)

    def with_records(self, sources: Sources, *, at: datetime) -> "Verifier":
        """Return a verifier that knows what `sources` say: who may sign, what was withdrawn or
        replaced, the pupil's other years.

        Registries, events and status lists are judged as any signed document, at `at`.
        Raises: InputError for a registry or status list that is unreadable or not VALID.
        """
        years = None if sources.years is None else tuple(sources.years)
        sources = replace(sources, years=years)
        signed = (*sources.registries, *(sources.events or ()), *sources.lists)
        octets = (*(octets for _, octets in signed), *(years or ()))
        knowledge = load_records(sources, self._fetched_for(octets, at=at))
        return replace(self, policy=replace(self.policy, knowledge=knowledge))

    def _report(
        self,
        judge: Callable[[bytes, Setting], DocumentConclusion],
        octets: bytes,
        *,
        at: datetime,
        name: str,
    ) -> Report:
        session = session_of(self)
        start = start_of(self, at, session=session)
        try:
            settled = self._settled(judge, octets, start=start, session=session)
        except InputError as error:
            return Report.malformed(octets, error, file=name, at=start.at)
        setting = settled.setting
        report = Report.of(
            octets, settled.conclusion, file=name, at=setting.at, policy=setting.policy
        )
        return replace(report, fetches=settled.answers)

    def _settled(
        self,
        judge: Callable[[bytes, Setting], DocumentConclusion],
        octets: bytes,
        *,
        start: Setting,
        session: EvidenceSession | None,
    ) -> SettledJudgement[DocumentConclusion]:
        return settle_on(
            self, partial(judge, octets), wanted=needs_of, start=start, session=session
        )

    def _fetched_for(self, documents: Iterable[bytes], *, at: datetime) -> Setting:
        """Return what documents are judged by that another judgement rests on: with all that their
        certificates point at, one budget for all of them.
        """
        session = session_of(self)
        setting = start_of(self, at, session=session)
        for octets in documents if session is not None else ():
            with suppress(InputError):
                settled = self._settled(validate, octets, start=setting, session=session)
                setting = settled.setting
        return setting
