"""Texts of fields: the way official papers write them."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from hocba_sign.model.codes import MarkLetter, Rating
from hocba_sign.model.results import SecondaryAssessment, SecondaryMarks
from hocba_sign.model.transcript import Transcript
from hocba_sign.rendering.sheet import fill
from hocba_sign.rendering.shown import Recorder
from hocba_sign.rendering.template import CURRENT, load_template
from tests.support.pages import example


def shown(transcript: Transcript, *steps: str | int, **how: Any) -> str:
    return Recorder(transcript, load_template(CURRENT).words)(*steps, **how)


@pytest.mark.parametrize(
    ("mark", "text"),
    [
        (Decimal("8.0"), "8,0"),
        (Decimal(10), "10,0"),
        (Decimal("0.5"), "0,5"),
        (MarkLetter.FAILED, "CĐ"),
        (None, ""),
    ],
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
    changed = replace(
        transcript,
        content=replace(
            transcript.content, assessment=replace(assessment, learning_after_summer=Rating.FAILED)
        ),
    )
    assert shown(changed, "content", "assessment", "learning_after_summer") == "Chưa đạt"


@pytest.mark.parametrize(
    ("letter", "text"),
    [
        ("G", "Giỏi"),
        ("Tb", "Trung bình"),
        ("Y", "Yếu"),
        ("Kém", "Kém"),
        ("K", "Khá"),
        ("CĐ", "Chưa đạt"),
    ],
)
def test_a_result_in_the_letters_of_the_former_circular(letter: str, text: str) -> None:
    transcript = example("lop9")
    assessment = transcript.content.assessment
    assert isinstance(assessment, SecondaryAssessment)
    changed = replace(
        transcript,
        content=replace(
            transcript.content, assessment=replace(assessment, learning=Rating(letter))
        ),
    )
    assert shown(changed, "content", "assessment", "learning") == text


@pytest.mark.parametrize(
    ("has_plan", "text"),
    [(True, "Học sinh khuyết tật, học theo kế hoạch giáo dục cá nhân"), (False, ""), (None, "")],
)
def test_an_individual_plan_is_said_above_the_results(has_plan: bool | None, text: str) -> None:
    transcript = example("lop9")
    particulars = replace(transcript.content.particulars, has_individual_plan=has_plan)
    changed = replace(transcript, content=replace(transcript.content, particulars=particulars))
    sheet = fill(changed, load_template("1"))
    assert sheet.texts["head"]["exempt"] == text
    told = [path for path, _ in sheet.fields if path.endswith("/KE_HOACH_GIAO_DUC_CA_NHAN")]
    assert len(told) == (has_plan is not None)


def test_subjects_of_the_former_programme_stand_below_the_rows_of_the_form() -> None:
    transcript = example("lop9")
    former = tuple(
        replace(one, code="35", name="Vật lí") if one.code == "66" else one
        for one in transcript.subjects
    )
    rows = fill(
        replace(transcript, content=replace(transcript.content, subjects=former)),
        load_template("1"),
    ).texts["year"]["subjects"]
    assert rows[-1]["name"] == "Vật lí"
    assert rows[-1]["year"] == "6,9"
