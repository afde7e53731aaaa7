"""Checks between the fields of any transcript that `model.check` does not make."""

import re
from collections import Counter
from collections.abc import Iterator
from typing import Final

from hocba_sign.model.codes import Sex, code_list
from hocba_sign.model.person import Pupil
from hocba_sign.model.rules.ruleset import first_year
from hocba_sign.model.rules.settings import RuleSettings
from hocba_sign.model.rules.transcript_view import Breach, ResultView, end_of_year, taught_as

_CENTURY: Final = 19
"""Of the digits 0 (male) and 1 (female); each further pair stands for the next century."""
_HOME: Final = "VN"


def personal_id(view: ResultView, settings: RuleSettings) -> Iterator[Breach]:
    """Twelve digits: three for the province or, from 100, the country of birth, one for century and
    sex, two for the year of birth.
    """
    pupil, particulars = view.transcript.pupil, view.transcript.content.particulars
    number = pupil.personal_id
    if (
        number is None
        or particulars.nationality != _HOME
        or not re.fullmatch("[0-9]{12}", number, re.ASCII)
    ):
        return
    digit, year = int(number[3]), int(number[4:6])
    century = 100 * (_CENTURY + digit // 2)
    sexes = {Sex.UNKNOWN, Sex.FEMALE if digit % 2 else Sex.MALE}
    born = _birth_year(pupil)
    is_known_place = number[0] != "0" or number[1:3] in code_list("provinces")
    if not is_known_place or pupil.sex not in sexes or born not in {None, century + year}:
        yield Breach(rule=settings.text("rule"), steps=("identification", "pupil", "personal_id"))


def _birth_year(pupil: Pupil) -> int | None:
    if pupil.birth_date is not None:
        return pupil.birth_date.year
    month = re.fullmatch("([0-9]{4})-.*", pupil.birth_month or "", re.ASCII)
    return int(month[1]) if month else pupil.birth_year


def one_slot_per_teacher(view: ResultView, settings: RuleSettings) -> Iterator[Breach]:
    """Nobody is named twice as a teacher of one subject: there would be two slots for one
    signer.
    """
    for n, subject in enumerate(view.transcript.subjects):
        if any(
            count > 1
            for count in Counter(teacher.personal_id for teacher in subject.teachers).values()
        ):
            yield Breach(rule=settings.text("rule"), steps=("content", "subjects", n, "teachers"))


def programme(view: ResultView, settings: RuleSettings) -> Iterator[Breach]:
    """No subject is of a programme that comes to the grade in a later year.

    That it is of none is told by `model.check`.
    """
    level, day, codes = (
        taught_as(view.transcript),
        end_of_year(view.transcript),
        code_list("subjects"),
    )
    for n, subject in enumerate(view.transcript.subjects):
        code, grade = subject.code, view.grade
        is_over = codes.is_over(code, level=level, grade=grade, at=day)
        if not is_over and codes.taught(code, level=level, grade=grade, at=day) is None:
            yield Breach(rule=settings.text("rule"), steps=("content", "subjects", n, "code"))


def study_history(view: ResultView, settings: RuleSettings) -> Iterator[Breach]:
    """Earlier years stand in their order and none is later than that of the transcript; a year with
    two schools is there twice.
    """
    years = [
        first_year(earlier_year.school_year) or 0
        for earlier_year in view.transcript.content.earlier_years
    ]
    present = first_year(view.transcript.identification.school_year)
    for n, year in enumerate(years):
        if (n and year < years[n - 1]) or (present is not None and year > present):
            yield Breach(
                rule=settings.text("rule"), steps=("content", "earlier_years", n, "school_year")
            )
            return


def unjudged(view: ResultView, settings: RuleSettings) -> Iterator[Breach]:
    """The regulation is known to apply, and its rules are not at hand."""
    del view
    yield Breach(rule=settings.text("rule"), steps=("identification", "rule_set"))


def newer_version(view: ResultView, settings: RuleSettings) -> Iterator[Breach]:
    """A version replaces only an older one of the same transcript.

    That it replaces itself is told by `model.check`.
    """
    given = view.transcript.identification
    if (
        given.replaces is not None
        and given.replaces.id == given.id
        and given.replaces.version > given.version
    ):
        yield Breach(rule=settings.text("rule"), steps=("identification", "replaces", "version"))
