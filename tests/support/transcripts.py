"""Strategies for transcripts, made from the field table so that a new field is tested the day it is
added.
"""

import dataclasses
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any, TypeVar, cast

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from hocba_sign.model.codes import MarkLetter, SchoolLevel, code_list
from hocba_sign.model.fields import Bound, Leaf, Many, table
from hocba_sign.model.identification import Identification
from hocba_sign.model.lexical import MARK, TEST_MARK, ValueKind
from hocba_sign.model.person import PlaceName
from hocba_sign.model.results import SubjectResult, Teacher, teacher_id
from hocba_sign.model.signers import Signers, Substitute
from hocba_sign.model.transcript import Transcript, TranscriptContent

LEVELS = (SchoolLevel.PRIMARY, SchoolLevel.LOWER_SECONDARY, SchoolLevel.UPPER_SECONDARY)
RULE_SETS = {
    SchoolLevel.PRIMARY: "TT27/2020",
    SchoolLevel.LOWER_SECONDARY: "TT22/2021",
    SchoolLevel.UPPER_SECONDARY: "TT22/2021",
}
LETTERS = (
    "aăâbcdđeêghiklmnoôơpqrstuưvxyàảãáạằẳẵắặầẩẫấậèẻẽéẹềểễếệìỉĩíịòỏõóọồổỗốộờởỡớợùủũúụừử"
    "ữứựỳỷỹýỵĐÂÊÔƠƯABCDEGHIKLMNOPQRSTUVXY0123456789'.,;:()&<>\"–%"
)
RecordT = TypeVar("RecordT")


def texts(kind: ValueKind) -> SearchStrategy[str]:
    blanks = " \n" if kind.is_comment else " "
    inner = st.text(LETTERS + blanks, max_size=min((kind.max_length or 20) - 2, 30))
    return st.builds(
        lambda first, middle, last: first + middle + last,
        st.sampled_from(LETTERS),
        inner,
        st.sampled_from(LETTERS),
    )


def values(kind: ValueKind) -> SearchStrategy[Any]:
    """Return values that a field of this kind can hold."""
    if kind is MARK:
        return st.one_of(
            st.integers(0, 100).map(lambda tenths: Decimal(tenths) / 10),
            st.sampled_from(MarkLetter),
        )
    if kind is TEST_MARK:
        return st.one_of(st.integers(0, 10).map(Decimal), st.just(MarkLetter.EXEMPT))
    if kind.letters is not None:
        return st.sampled_from(kind.letters)
    if kind.codes is not None:
        return st.sampled_from(sorted(code_list(kind.codes).entries))
    if kind.bounds is not None:
        return st.integers(*kind.bounds)
    by_name: dict[str, SearchStrategy[Any]] = {
        "boolean": st.booleans(),
        "date": st.dates(date(1900, 1, 1), date(2199, 12, 31)),
        "measure": st.integers(10, 9999).map(lambda tenths: Decimal(tenths) / 10),
    }
    if kind.name in by_name:
        return by_name[kind.name]
    return (
        st.from_regex(kind.pattern, fullmatch=True, alphabet=st.characters(max_codepoint=127))
        if kind.pattern
        else texts(kind)
    )


def _record(bound: Bound, level: SchoolLevel) -> type[Any]:
    chosen = bound.record(level)
    assert chosen is not None
    return chosen


def records(
    record: type[RecordT], level: SchoolLevel, *, is_complete: bool
) -> SearchStrategy[RecordT]:
    """Return records with any values; with every field and every list filled where
    `is_complete`.
    """
    return cast("SearchStrategy[RecordT]", _records(cast("Any", record), level, is_complete))


@cache
def _records(record: Any, level: SchoolLevel, is_complete: bool) -> SearchStrategy[Any]:

    def field(bound: Bound) -> SearchStrategy[Any]:
        spec = bound.spec
        if isinstance(spec, Many):
            least = 1 if is_complete else spec.least
            inner: SearchStrategy[Any] = records(bound.records[0], level, is_complete=is_complete)
            return st.lists(inner, min_size=least, max_size=max(least, 2)).map(tuple)
        found: SearchStrategy[Any]
        found = (
            values(spec.kind)
            if isinstance(spec, Leaf)
            else records(_record(bound, level), level, is_complete=is_complete)
        )
        return found if bound.is_required or is_complete else st.one_of(st.none(), found)

    return st.builds(record, **{bound.attribute: field(bound) for bound in table(record)})


@st.composite
def identifications(draw: DrawFn, level: SchoolLevel) -> Identification:
    given = draw(records(Identification, level, is_complete=False))
    year = draw(st.integers(2021, 2060))
    birth = draw(st.sampled_from(("birth_date", "birth_month", "birth_year")))
    blank = {"birth_date": None, "birth_month": None, "birth_year": None}
    some = {"birth_date": date(2012, 2, 29), "birth_month": "2012-02", "birth_year": 2012}
    pupil = dataclasses.replace(given.pupil, **(blank | {birth: some[birth]}))  # type: ignore[arg-type]
    if pupil.personal_id is None and pupil.identity_document is None:
        pupil = dataclasses.replace(pupil, personal_id="001308000001")
    return dataclasses.replace(
        given,
        level=level,
        grade=draw(st.sampled_from(level.grades)),
        rule_set=RULE_SETS[level],
        school_year=f"{year}-{year + 1}",
        is_digitised=False,
        replaces=None,
        pupil=pupil,
    )


def with_province(place: PlaceName) -> PlaceName:
    return dataclasses.replace(place, province_code=place.province_code or "01")


@st.composite
def subject_lists(
    draw: DrawFn, level: SchoolLevel, identification: Identification
) -> tuple[SubjectResult, ...]:
    subjects, grade = code_list("subjects"), identification.grade
    end = date(int(identification.school_year[5:]), 5, 31)
    taught = [code for code in subjects.entries if subjects.admits(code, level=level, grade=grade)]
    codes = [
        code for code in taught if not subjects.is_over(code, level=level, grade=grade, at=end)
    ]
    chosen = draw(st.lists(st.sampled_from(codes), min_size=1, max_size=4, unique=True))
    least = 0 if level is SchoolLevel.PRIMARY else 1
    found = []
    for code in chosen:
        subject = draw(records(SubjectResult, level, is_complete=False))
        teachers = draw(
            st.lists(records(Teacher, level, is_complete=False), min_size=least, max_size=2)
        )
        found.append(dataclasses.replace(subject, code=code, teachers=tuple(teachers)))
    return tuple(found)


@st.composite
def transcripts(draw: DrawFn, levels: tuple[SchoolLevel, ...] = LEVELS) -> Transcript:
    """Return transcripts that no check objects to and that have a signing plan."""
    level = draw(st.sampled_from(levels))
    identification = draw(identifications(level))
    content = draw(records(TranscriptContent, level, is_complete=False))
    particulars = dataclasses.replace(
        content.particulars,
        birthplace=with_province(content.particulars.birthplace),
        home_town=with_province(content.particulars.home_town),
        residence=with_province(content.particulars.residence),
    )
    content = dataclasses.replace(
        content, particulars=particulars, subjects=draw(subject_lists(level, identification))
    )
    signers = draw(records(Signers, level, is_complete=False))
    issued = max(signers.issued, identification.created)
    homeroom = dataclasses.replace(
        signers.homeroom_teacher, personal_id=signers.homeroom_teacher.personal_id or "001180000001"
    )
    slots = [
        teacher_id(subject.id, n)
        for subject in content.subjects
        for n, _ in enumerate(subject.teachers, 1)
    ]
    absent = draw(st.lists(st.sampled_from(slots), max_size=2, unique=True)) if slots else []
    substitutes = tuple(
        dataclasses.replace(draw(records(Substitute, level, is_complete=False)), teacher=teacher)
        for teacher in absent
    )
    signers = dataclasses.replace(
        signers, issued=issued, homeroom_teacher=homeroom, substitutes=substitutes
    )
    provinces = code_list("provinces")
    province = draw(
        st.sampled_from([code for code in provinces.entries if provinces.at(code, issued)])
    )
    identification = dataclasses.replace(
        identification, school=dataclasses.replace(identification.school, province_code=province)
    )
    return Transcript(identification=identification, content=content, signers=signers)
