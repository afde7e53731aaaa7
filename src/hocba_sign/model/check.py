"""What must hold between the fields of any transcript, whatever rule set it follows."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import cast

from hocba_sign.errors import Finding
from hocba_sign.model.codes import SchoolLevel, code_list
from hocba_sign.model.fields import element_path
from hocba_sign.model.identification import Identification
from hocba_sign.model.person import PlaceName
from hocba_sign.model.reading import ObjectSource, RecordReader
from hocba_sign.model.results import teacher_id
from hocba_sign.model.signers import Signers
from hocba_sign.model.transcript import DATA_PATH, Transcript, TranscriptContent

_LAST_LOWER_GRADE = 9
_VIETNAM = "VN"
_FOREIGNER = "55"


def check(transcript: Transcript) -> tuple[Finding, ...]:
    """Return every fault of a transcript: texts, codes, and what does not fit together, each with
    its path and none with a value.

    The paths are those of the XML form. The rules of the circulars on assessment are not judged.
    """
    reader = RecordReader()
    reader.record(Transcript, ObjectSource(transcript, DATA_PATH))
    return (*reader.findings, *check_transcript(reader.built))


def check_transcript(built: Mapping[type, object]) -> tuple[Finding, ...]:
    """Judge what could be read: records by class, any of which may be missing. See `check`."""
    identification = cast("Identification | None", built.get(Identification))
    content = cast("TranscriptContent | None", built.get(TranscriptContent))
    signers = cast("Signers | None", built.get(Signers))
    found: list[Finding] = []
    if identification is not None:
        found.extend(_identification(identification))
    if identification is not None and content is not None:
        found.extend(_subjects(identification, content))
    if content is not None:
        found.extend((*_ethnic_group(content), *_places(content)))
    if identification is not None and signers is not None:
        found.extend(_issue(identification, signers))
    if content is not None and signers is not None:
        found.extend(_substitutes(content, signers))
    return tuple(found)


def _at(cause: str, *steps: str | int) -> Finding:
    return Finding(cause, DATA_PATH + element_path(Transcript, *steps))


def _identification(given: Identification) -> Iterator[Finding]:
    """Judge X1 (as far as the level and the year), X2, X3, X9 and X11 of the cross-field rules, and
    the pupil's id.
    """
    first, last = (int(year) for year in given.school_year.split("-"))
    if last != first + 1:
        yield _at("TRANSCRIPT.SCHOOL_YEAR", "identification", "school_year")
    if given.grade not in given.level.grades:
        yield _at("TRANSCRIPT.LEVEL_GRADE", "identification", "grade")
    if last == first + 1 and given.grade in given.level.grades:
        rules = code_list("rule_sets").entries.get(given.rule_set, ())
        end_of_year = _end_of_year(given)
        if rules and not any(
            rule.level is given.level and given.grade in rule.grades and rule.is_valid(end_of_year)
            for rule in rules
        ):
            yield _at("CODE.NOT_VALID_THEN", "identification", "rule_set")
    pupil = given.pupil
    if (
        sum(birth is not None for birth in (pupil.birth_date, pupil.birth_month, pupil.birth_year))
        != 1
    ):
        yield _at("TRANSCRIPT.BIRTH_DATE", "identification", "pupil", "birth_date")
    if pupil.personal_id is None and pupil.identity_document is None:
        yield _at("TRANSCRIPT.PUPIL_ID", "identification", "pupil", "personal_id")
    if given.replaces is not None and given.replaces.id == given.id:
        if given.replaces.version == given.version:
            yield _at("TRANSCRIPT.REPLACES_ITSELF", "identification", "replaces")
        elif given.replaces.version > given.version:
            yield _at("TRANSCRIPT.VERSION_ORDER", "identification", "version")


def _subjects(identification: Identification, content: TranscriptContent) -> Iterator[Finding]:
    level, grade = identification.level, identification.grade
    taught_as = level
    if level is SchoolLevel.CONTINUING:
        taught_as = (
            SchoolLevel.LOWER_SECONDARY
            if grade <= _LAST_LOWER_GRADE
            else SchoolLevel.UPPER_SECONDARY
        )
    codes, end_of_year = code_list("subjects"), _end_of_year(identification)
    seen: set[str] = set()
    for n, subject in enumerate(content.subjects):
        if subject.code in seen:
            yield _at("TRANSCRIPT.DUPLICATE_SUBJECT", "content", "subjects", n, "code")
        seen.add(subject.code)
        if (
            subject.code in codes
            and grade in level.grades
            and codes.is_over(subject.code, level=taught_as, grade=grade, at=end_of_year)
        ):
            yield _at("TRANSCRIPT.SUBJECT_LEVEL", "content", "subjects", n, "code")
        is_empty = subject.is_blank and subject.comment is None
        if (
            not subject.teachers
            and not is_empty
            and level is not SchoolLevel.PRIMARY
            and not identification.is_digitised
        ):
            yield _at("TRANSCRIPT.NO_TEACHER", "content", "subjects", n, "teachers")


def _ethnic_group(content: TranscriptContent) -> Iterator[Finding]:
    """Only a foreigner belongs to none of the ethnic groups of Vietnam."""
    given = content.particulars
    if given.nationality != _VIETNAM:
        return
    if given.ethnic_group is None:
        yield _at("TRANSCRIPT.MISSING_FIELD", "content", "particulars", "ethnic_group")
    elif given.ethnic_group == _FOREIGNER:
        yield _at("TRANSCRIPT.FOREIGNER", "content", "particulars", "ethnic_group")


def _end_of_year(given: Identification) -> date:
    """Return the last day of the school year; of one that is none, a day on which every code is
    still given.
    """
    first, last = (int(year) for year in given.school_year.split("-"))
    return date(last, 5, 31) if last == first + 1 else date.min


def _places(content: TranscriptContent) -> Iterator[Finding]:
    """Birthplace and home town may keep a code that has been given up since; any list member passes
    (judged as a code).
    """
    for attribute in ("birthplace", "home_town", "residence"):
        place = cast("PlaceName", getattr(content.particulars, attribute))
        if place.commune_code is not None and place.province_code is None:
            yield _at(
                "TRANSCRIPT.MISSING_FIELD", "content", "particulars", attribute, "province_code"
            )


def _issue(identification: Identification, signers: Signers) -> Iterator[Finding]:
    if signers.issued < identification.created:
        yield _at("TRANSCRIPT.DATE_ORDER", "signers", "issued")
    school = identification.school
    provinces = code_list("provinces")
    if (
        school.province_code in provinces
        and provinces.at(school.province_code, signers.issued) is None
    ):
        yield _at("CODE.NOT_VALID_THEN", "identification", "school", "province_code")
    if (
        signers.homeroom_teacher.personal_id is None
        and identification.level is SchoolLevel.PRIMARY
        and not identification.is_digitised
    ):
        yield _at("TRANSCRIPT.MISSING_FIELD", "signers", "homeroom_teacher", "personal_id")


def _substitutes(content: TranscriptContent, signers: Signers) -> Iterator[Finding]:
    teachers = {
        teacher_id(subject.id, n)
        for subject in content.subjects
        for n, _ in enumerate(subject.teachers, 1)
    }
    for n, substitute in enumerate(signers.substitutes):
        if substitute.teacher not in teachers:
            yield _at("TRANSCRIPT.SUBSTITUTE", "signers", "substitutes", n, "teacher")
        teachers.discard(substitute.teacher)
