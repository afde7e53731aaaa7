"""A pupil's years as a chain: each transcript names the one before it by id, version and digest."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType

from hocba_sign.errors import InputError
from hocba_sign.model.event import TranscriptReference
from hocba_sign.model.transcript import Transcript
from hocba_sign.validation.knowledge import YearFacts, Years
from hocba_sign.validation.verdict import Check, Status
from hocba_sign.xml.c14n import C14nAlgorithm, canonicalize
from hocba_sign.xml.decode import decode_document
from hocba_sign.xml.names import ID_DATA
from hocba_sign.xml.parse import parse


def read_reference(octets: bytes) -> tuple[Transcript, TranscriptReference]:
    """Read a transcript, and how other documents name it. Whether it is signed is not judged: what names it names its digest.

    Raises: InputError as `decode_document`, or for what is no transcript.
    """
    xml = parse(octets)
    transcript = decode_document(xml.root)
    digest = hashlib.sha256(canonicalize(xml.ids[ID_DATA], C14nAlgorithm.EXCLUSIVE)).hexdigest()
    return transcript, TranscriptReference(id=transcript.identification.id, version=transcript.identification.version, digest=digest)


def years_among(documents: Iterable[bytes]) -> Years:
    """Index the transcripts among `documents`; what cannot be read is left out, its own report says why."""
    by_id: dict[str, dict[YearFacts, None]] = defaultdict(dict)
    by_pupil: dict[str, dict[YearFacts, None]] = defaultdict(dict)
    for octets in documents:
        try:
            transcript, reference = read_reference(octets)
        except (InputError, KeyError):
            continue
        facts = _facts(transcript, reference.digest)
        by_id[facts.id][facts] = None
        for key in (facts.pupil_id, facts.pupil_code):
            if key is not None:
                by_pupil[key][facts] = None
    return Years(by_id=_frozen(by_id), by_pupil=_frozen(by_pupil))


def _frozen(found: Mapping[str, Mapping[YearFacts, None]]) -> Mapping[str, tuple[YearFacts, ...]]:
    return MappingProxyType({key: tuple(facts) for key, facts in found.items()})


def year_checks(transcript: Transcript, years: Years | None) -> list[Check]:
    """Judge the link of a transcript to the year before.

    1. the transcript named must be given, to be compared at all; 2. its version and digest are those named; 3. it is of the same pupil;
    4. it is of an earlier year and no higher grade. A given year before this one that is not linked is told.
    """
    previous = transcript.identification.previous
    if previous is None:
        return [] if years is None else list(_unlinked(transcript, years))
    where = f"{previous.id} v{previous.version}"
    # (1)
    given = () if years is None else years.by_id.get(previous.id, ())
    if not given:
        return [Check(identifier="CHAIN.PREVIOUS", status=Status.NOT_CHECKED, where=where)]
    # (2)
    same = [facts for facts in given if facts.version == previous.version]
    if not same:
        versions = ", ".join(str(facts.version) for facts in given)
        return [Check(identifier="CHAIN.OTHER_VERSION", status=Status.UNPROVEN, where=f"{where}: {versions}")]
    match = next((facts for facts in same if facts.digest == previous.digest), None)
    if match is None:
        return [Check(identifier="CHAIN.DIGEST", status=Status.FAIL, where=where)]
    faults = list(_faults(_facts(transcript, ""), match, where))
    if any(check.status is Status.FAIL for check in faults):
        return faults
    return [*faults, Check(identifier="CHAIN.PREVIOUS", status=Status.PASS, where=where)]


def _facts(transcript: Transcript, digest: str) -> YearFacts:
    own = transcript.identification
    return YearFacts(
        id=own.id,
        version=own.version,
        digest=digest,
        school_year=own.school_year,
        grade=own.grade,
        pupil_id=own.pupil.personal_id,
        pupil_code=own.pupil.code,
    )


def _is_same_pupil(left: YearFacts, right: YearFacts) -> bool:
    """Compare the personal ids where both have one, else the pupil codes, which never change."""
    if left.pupil_id is not None and right.pupil_id is not None:
        return left.pupil_id == right.pupil_id
    return left.pupil_code == right.pupil_code


def _faults(own: YearFacts, before: YearFacts, where: str) -> Iterator[Check]:
    # (3)
    if not _is_same_pupil(own, before):
        yield Check(identifier="CHAIN.PUPIL", status=Status.FAIL, where=where)
    # (4)
    if before.school_year >= own.school_year:
        yield Check(identifier="CHAIN.YEAR_ORDER", status=Status.FAIL, where=f"{where}: {before.school_year}, {own.school_year}")
    elif before.school_year[5:] != own.school_year[:4]:
        yield Check(identifier="CHAIN.GAP", status=Status.WARNING, where=f"{where}: {before.school_year}, {own.school_year}")
    if before.grade > own.grade:
        yield Check(identifier="CHAIN.GRADE", status=Status.WARNING, where=f"{where}: {before.grade}, {own.grade}")


def _unlinked(transcript: Transcript, years: Years) -> Iterator[Check]:
    own = _facts(transcript, "")
    given = {facts: None for key in (own.pupil_id, own.pupil_code) if key is not None for facts in years.by_pupil.get(key, ())}
    for facts in given:
        if facts.school_year < own.school_year and _is_same_pupil(own, facts):
            yield Check(identifier="CHAIN.NOT_LINKED", status=Status.WARNING, where=f"{facts.id} v{facts.version}")
