"""Texts of fields: the way official papers write them."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from hocba_sign.model.codes import MarkLetter, Rating
from hocba_sign.model.results import SecondaryAssessment, SecondaryMarks
from hocba_sign.model.transcript import Transcript
from hocba_sign.rendering.shown import Recorder
from hocba_sign.rendering.template import CURRENT, load_template
from tests.support.pages import example


def shown(transcript: Transcript, *steps: str | int, **how: Any) -> str:
    return Recorder(transcript, load_template(CURRENT).words)(*steps, **how)


@pytest.mark.parametrize(
    ("mark", "text"), [(Decimal("8.0"), "8,0"), (Decimal(10), "10,0"), (Decimal("0.5"), "0,5"), (MarkLetter.FAILED, "CĐ"), (None, "")]
)
def test_a_mark_has_a_comma(mark: Any, text: str) -> None:
    transcript = example("lop9")
    subject = replace(transcript.subjects[0], marks=SecondaryMarks(year=mark))
    changed = replace(transcript, content=replace(transcript.content, subjects=(subject,)))
    assert shown(changed, "content", "subjects", 0, "marks", "year") == text


@pytest.mark.parametrize(
    ("day", "plain", "words"),
    [
        (date(2026, 5, 28), "28/05/2026", "ngày 28 tháng 5 năm 2026"),
        (date(2026, 2, 3), "03/02/2026", "ngày 03 tháng 02 năm 2026"),
        (date(2026, 10, 3), "03/10/2026", "ngày 03 tháng 10 năm 2026"),
    ],
)
def test_a_date_starts_with_the_day(day: date, plain: str, words: str) -> None:
    transcript = example("lop9")
    changed = replace(transcript, signers=replace(transcript.signers, issued=day))
    assert shown(changed, "signers", "issued") == plain
    assert shown(changed, "signers", "issued", in_words=True) == words


@pytest.mark.parametrize(
    ("steps", "text"),
    [
        (("identification", "school_year"), "2025 – 2026"),
        (("identification", "rule_set"), "Thông tư 22/2021/TT-BGDĐT"),
        (("identification", "pupil", "sex"), "Nữ"),
        (("identification", "replaces", "id"), ""),
        (("content", "particulars", "ethnic_group"), "Gia-rai"),
        (("content", "particulars", "nationality"), "Việt Nam"),
        (("content", "is_promoted"), "Được lên lớp"),
        (("content", "assessment", "conduct_1"), "Khá"),
        (("content", "assessment", "absences"), "8"),
    ],
)
def test_codes_are_words(steps: tuple[str, ...], text: str) -> None:
    assert shown(example("lop9"), *steps) == text


def test_a_code_without_words_is_shown_as_it_is() -> None:
    transcript = example("lop9")
    particulars = replace(transcript.content.particulars, nationality="ZW", ethnic_group="99")
    changed = replace(transcript, content=replace(transcript.content, particulars=particulars))
    assert shown(changed, "content", "particulars", "nationality") == "ZW"
    assert shown(changed, "content", "particulars", "ethnic_group") == "99"


def test_a_month_of_birth() -> None:
    transcript = example("lop9")
    pupil = replace(transcript.pupil, birth_date=None, birth_month="2011-03")
    changed = replace(transcript, identification=replace(transcript.identification, pupil=pupil))
    assert shown(changed, "identification", "pupil", "birth_month") == "03/2011"


def test_a_result_after_the_summer() -> None:
    transcript = example("lop9")
    assessment = transcript.content.assessment
    assert isinstance(assessment, SecondaryAssessment)
    changed = replace(transcript, content=replace(transcript.content, assessment=replace(assessment, learning_after_summer=Rating.FAILED)))
    assert shown(changed, "content", "assessment", "learning_after_summer") == "Chưa đạt"
