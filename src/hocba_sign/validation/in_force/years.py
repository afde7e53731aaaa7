"""A pupil's years, linked: each transcript names the one before it by id, version and digest."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from hocba_sign.model.event import TranscriptReference
from hocba_sign.model.frozen import frozen
from hocba_sign.model.person import School
from hocba_sign.model.record import SignerCredential
from hocba_sign.model.transcript import Transcript
from hocba_sign.validation.in_force.schools import is_same_school
from hocba_sign.validation.knowledge import YearFacts, Years
from hocba_sign.validation.verdict import Check, Status
from hocba_sign.xml.c14n import C14nAlgorithm, canonicalize
from hocba_sign.xml.decode import decode_document
from hocba_sign.xml.namespaces import ID_DATA
from hocba_sign.xml.parse import parse


def read_reference(octets: bytes) -> tuple[Transcript, TranscriptReference]:
    """Read a transcript, and how other documents name it.

    Whether it is signed is not judged: what names it names its digest.

    Raises: InputError as `decode_document`, or for what is no transcript.
    """
    xml = parse(octets)
    transcript = decode_document(xml.root)
    digest = hashlib.sha256(canonicalize(xml.ids[ID_DATA], C14nAlgorithm.EXCLUSIVE)).hexdigest()
    return transcript, TranscriptReference(
        id=transcript.identification.id, version=transcript.identification.version, digest=digest
    )


def years_of(found: Iterable[YearFacts], *, is_by_code: bool) -> Years:
    """Index years by their ids and pupils."""
    by_id: dict[str, dict[YearFacts, None]] = defaultdict(dict)
    by_pupil: dict[str, dict[YearFacts, None]] = defaultdict(dict)
    for facts in found:
        by_id[facts.id][facts] = None
        for key in (facts.pupil_id, facts.pupil_code):
            if key is not None:
                by_pupil[key][facts] = None
    return Years(by_id=_frozen(by_id), by_pupil=_frozen(by_pupil), is_by_code=is_by_code)


def _frozen(found: Mapping[str, Mapping[YearFacts, None]]) -> Mapping[str, tuple[YearFacts, ...]]:
    return frozen({key: tuple(facts) for key, facts in found.items()})


def later_issue(
    own: tuple[str, int], years: Years | None, *, school: School
) -> TranscriptReference | None:
    """Return the highest version among the valid files given together that replaces the one with
    this id and version: by its number, or because it says so.
    """
    found = (
        ()
        if years is None
        else (facts for group in years.by_id.values() for facts in group if facts.is_valid)
    )
    later = [
        facts
        for facts in found
        if _is_of_school(facts, school, years)
        and ((facts.id == own[0] and facts.version > own[1]) or facts.replaces == own)
        and (facts.id, facts.version) != own
    ]
    newest = max(later, key=lambda facts: facts.version, default=None)
    return (
        None
        if newest is None
        else TranscriptReference(id=newest.id, version=newest.version, digest=newest.digest)
    )


def year_checks(transcript: Transcript, years: Years | None, *, digest: str | None) -> list[Check]:
    """Judge a transcript, whose signed data has this digest, by the files given with it.

    0. no valid file of the same school has its id and version, but other content;
    then its link to the year before:
    1. the transcript named must be given, to be compared at all;
    2. its version and digest are those named, else a valid one contradicts;
    3. it is of the same pupil;
    4. it is of an earlier year and no higher grade, and promoted the pupil who is in a higher one
       now. A given year before this one that is not linked is told.
    """
    return [*_rivals(transcript, years, digest=digest), *_link_checks(transcript, years)]


def _rivals(transcript: Transcript, years: Years | None, *, digest: str | None) -> Iterator[Check]:
    own = year_facts(transcript, digest or "")
    for facts in () if years is None or digest is None else years.by_id.get(own.id, ()):
        is_other = facts.version == own.version and facts.digest != own.digest
        if facts.is_valid and is_other and _is_of_school(facts, own.school, years):
            # (0) one id and version, two contents
            yield Check(
                identifier="CHAIN.TWO_CONTENTS",
                status=Status.UNPROVEN,
                where=f"{own.id} v{own.version}: {facts.digest}",
            )


def _link_checks(transcript: Transcript, years: Years | None) -> list[Check]:
    previous = transcript.identification.previous
    if previous is None:
        return [] if years is None else list(_unlinked(transcript, years))
    where = f"{previous.id} v{previous.version}"
    given = () if years is None else years.by_id.get(previous.id, ())
    same = [facts for facts in given if facts.version == previous.version]
    match = next((facts for facts in same if facts.digest == previous.digest), None)
    if match is not None:
        faults = list(_faults(year_facts(transcript, ""), match, where))
        if any(check.status is not Status.WARNING for check in faults):
            return faults
        return [*faults, Check(identifier="CHAIN.PREVIOUS", status=Status.PASS, where=where)]
    # (2) version and digest
    if any(facts.is_valid for facts in same):
        return [Check(identifier="CHAIN.DIGEST", status=Status.FAIL, where=where)]
    if any(facts.is_valid for facts in given):
        versions = ", ".join(str(facts.version) for facts in given)
        return [
            Check(
                identifier="CHAIN.OTHER_VERSION",
                status=Status.UNPROVEN,
                where=f"{where}: {versions}",
            )
        ]
    # (1) nothing given to compare with
    return [Check(identifier="CHAIN.PREVIOUS", status=Status.NOT_CHECKED, where=where)]


def _is_of_school(facts: YearFacts, school: School, years: Years | None) -> bool:
    by_code = years is not None and years.is_by_code
    return is_same_school(school, facts.school, seal=facts.seal, by_code=by_code, day=facts.created)


def year_facts(
    transcript: Transcript,
    digest: str,
    *,
    seal: SignerCredential | None = None,
    is_valid: bool = False,
) -> YearFacts:
    """Return what other files are compared with."""
    own = transcript.identification
    return YearFacts(
        id=own.id,
        version=own.version,
        digest=digest,
        replaces=None if own.replaces is None else (own.replaces.id, own.replaces.version),
        school=own.school,
        seal=seal,
        created=own.created,
        is_valid=is_valid,
        is_promoted=transcript.content.is_promoted,
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
    # (3) the pupil
    if not _is_same_pupil(own, before):
        yield Check(identifier="CHAIN.PUPIL", status=Status.FAIL, where=where)
    # (4) school year and grade
    if before.school_year >= own.school_year:
        yield Check(
            identifier="CHAIN.YEAR_ORDER",
            status=Status.FAIL,
            where=f"{where}: {before.school_year}, {own.school_year}",
        )
    elif before.school_year[5:] != own.school_year[:4]:
        yield Check(
            identifier="CHAIN.GAP",
            status=Status.WARNING,
            where=f"{where}: {before.school_year}, {own.school_year}",
        )
    if before.grade > own.grade:
        yield Check(
            identifier="CHAIN.GRADE",
            status=Status.WARNING,
            where=f"{where}: {before.grade}, {own.grade}",
        )
    elif before.grade < own.grade and not before.is_promoted:
        yield Check(
            identifier="CHAIN.NOT_PROMOTED",
            status=Status.UNPROVEN,
            where=f"{where}: {before.grade}, {own.grade}",
        )


def _unlinked(transcript: Transcript, years: Years) -> Iterator[Check]:
    own = year_facts(transcript, "")
    given = {
        facts: None
        for key in (own.pupil_id, own.pupil_code)
        if key is not None
        for facts in years.by_pupil.get(key, ())
    }
    for facts in given:
        if facts.is_valid and facts.school_year < own.school_year and _is_same_pupil(own, facts):
            yield Check(
                identifier="CHAIN.NOT_LINKED",
                status=Status.WARNING,
                where=f"{facts.id} v{facts.version}",
            )
