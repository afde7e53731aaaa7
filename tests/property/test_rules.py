"""Who obeys a circular passes, and each single change is caught by the rule meant for it."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.strategies import DataObject

from hocba_sign.model.codes import MarkLetter
from hocba_sign.model.primary import PrimaryAssessment
from hocba_sign.model.results import PrimaryMarks, SecondaryAssessment
from hocba_sign.model.rules import Severity, apply_rules
from hocba_sign.model.rules.transcript_view import end_of_year, subject_group, taught_as
from hocba_sign.model.transcript import Transcript
from tests.support.changes import changed
from tests.support.obeying import (
    SECONDARY,
    Circular,
    Drawn,
    any_obeying,
    primary,
    result_of,
    secondary,
)
from tests.support.transcripts import transcripts

OPEN = {"R22-6O", "R22-7A", "R27-3O", "R43-2S", "R43-2O", "R58-3A", "R58-4T"}
"""Warnings that a result hangs on a reading, which is no breach."""

NOT_FOR_ALL = {"14", "29", "30", "31", "32", "35", "36", "37", "38", "41", "46", "70", "100"}
"""Subjects that are elective or optional in some grade."""

Pair = tuple[Transcript, tuple[Drawn, ...]]
Change = Callable[[DataObject, Circular, Pair], dict[str, Any]]


def rules(transcript: Transcript) -> set[str]:
    return {finding.rule for finding in apply_rules(transcript)}


@settings(max_examples=200)
@given(any_obeying())
def test_who_obeys_passes(transcript: Transcript) -> None:
    assert rules(transcript) <= OPEN


@settings(max_examples=200)
@given(st.data())
def test_who_obeys_is_never_refused_for_what_is_blank(data: DataObject) -> None:
    """What a blank hides was right; so no reading of the rest may be certain that something is
    wrong.

    A subject without a mark of the summer is one that was not assessed again, and one that not
    everybody takes without any mark, or with one in term I alone, was not taken or left: these are
    no blanks.
    """
    transcript = data.draw(any_obeying())
    periods = (
        ("term_1", "term_2", "year") if transcript.level.value != "02" else ("achievement", "test")
    )
    marks = [
        f"subjects.{subject.code}.{period}"
        for subject in transcript.subjects
        for period in periods
        if period != "term_2" or subject.code not in NOT_FOR_ALL
    ]
    hidden: dict[str, Any] = dict.fromkeys(
        data.draw(st.sets(st.sampled_from(marks), min_size=1, max_size=12))
    )
    results = [name for name, value in secondary_results(transcript).items() if value is not None]
    hidden |= dict.fromkeys(
        data.draw(st.sets(st.sampled_from(results), max_size=4)) if results else ()
    )
    blank = changed(transcript, hidden)
    required_test = {"R27-1", "R30-1"}
    assert (
        not {one.rule for one in apply_rules(blank) if one.severity is Severity.ERROR}
        - required_test
    )


def secondary_results(transcript: Transcript) -> dict[str, Any]:
    assessment = transcript.content.assessment
    if not isinstance(assessment, SecondaryAssessment):
        return {}
    names = (
        "learning_1",
        "learning_2",
        "learning",
        "conduct_1",
        "conduct_2",
        "conduct",
        "absences",
    )
    return {f"assessment.{name}": getattr(assessment, name) for name in names}


@settings(max_examples=30)
@given(transcripts())
def test_any_transcript_is_judged_the_same_twice(transcript: Transcript) -> None:
    found = apply_rules(transcript)
    assert found == apply_rules(transcript)
    assert len(set(found)) == len(found)


def pick(data: DataObject, drawn: tuple[Drawn, ...], *, is_comment: bool) -> Drawn:
    able = [one for one in drawn if one.is_comment is is_comment]
    assume(able)
    return data.draw(st.sampled_from(able))


def a_quarter(data: DataObject, circular: Circular, pair: Pair) -> dict[str, Any]:
    one = pick(data, pair[1], is_comment=False)
    return {f"subjects.{one.code}.term_1": f"{one.values[0] // 10}.{one.values[0] % 10}5"}


def another_year(data: DataObject, circular: Circular, pair: Pair) -> dict[str, Any]:
    one = pick(data, pair[1], is_comment=False)
    year = data.draw(st.integers(0, 100).filter(lambda tenths: tenths != one.values[2]))
    return {f"subjects.{one.code}.year": f"{year // 10}.{year % 10}"}


def another_comment(data: DataObject, circular: Circular, pair: Pair) -> dict[str, Any]:
    one = pick(data, pair[1], is_comment=True)
    return {f"subjects.{one.code}.year": MarkLetter.FAILED if one.values[2] else MarkLetter.PASSED}


def a_score_for_a_comment(data: DataObject, circular: Circular, pair: Pair) -> dict[str, Any]:
    one = pick(data, pair[1], is_comment=True)
    return {
        f"subjects.{one.code}.{data.draw(st.sampled_from(('term_1', 'term_2', 'year')))}": "8.0"
    }


def a_comment_for_a_score(data: DataObject, circular: Circular, pair: Pair) -> dict[str, Any]:
    one = pick(data, pair[1], is_comment=False)
    return {f"subjects.{one.code}.{data.draw(st.sampled_from(('term_1', 'term_2', 'year')))}": "Đ"}


def another_learning(data: DataObject, circular: Circular, pair: Pair) -> dict[str, Any]:
    """Two letters away from what it is: no reading reaches that far."""
    n, field = data.draw(st.sampled_from(list(enumerate(("learning_1", "learning_2", "learning")))))
    right = circular.letters.index(result_of(circular, pair[1], n))
    far = [letter for place, letter in enumerate(circular.letters) if abs(place - right) > 1]
    is_worse_in_a_special_class = pair[0].level.value == "04" and circular.code == "TT58/2011"
    far = [
        letter
        for letter in far
        if not (is_worse_in_a_special_class and circular.letters.index(letter) > right)
    ]
    assume(far)
    return {f"assessment.{field}": data.draw(st.sampled_from(far))}


def another_conduct(data: DataObject, circular: Circular, pair: Pair) -> dict[str, Any]:
    assessment = secondary_of(pair)
    return {
        "assessment.conduct": data.draw(
            st.sampled_from([one for one in circular.conduct if one != str(assessment.conduct)])
        )
    }


def another_promotion(data: DataObject, circular: Circular, pair: Pair) -> dict[str, Any]:
    is_promoted = pair[0].content.is_promoted
    assume(is_promoted is False or secondary_of(pair).absences is not None)
    assessment = secondary_of(pair)
    assume(assessment.absences is not None)
    return {"content.is_promoted": not is_promoted}


def too_many_absences(data: DataObject, circular: Circular, pair: Pair) -> dict[str, Any]:
    assume(pair[0].content.is_promoted)
    return {"assessment.absences": data.draw(st.integers(46, 300))}


def needless_reassessment(data: DataObject, circular: Circular, pair: Pair) -> dict[str, Any]:
    able = [one for one in pair[1] if (one.values[2] if one.is_comment else one.values[2] >= 50)]
    assume(able)
    one = data.draw(st.sampled_from(able))
    return {f"subjects.{one.code}.reassessed": "Đ" if one.is_comment else "9.0"}


def another_learning_after_summer(
    data: DataObject, circular: Circular, pair: Pair
) -> dict[str, Any]:
    assume(secondary_of(pair).learning_after_summer is not None)
    right = circular.letters.index(result_of(circular, pair[1], None))
    far = [
        letter
        for place, letter in enumerate(circular.letters)
        if place < right - 1 or (place > right + 1 and pair[0].level.value != "04")
    ]
    assume(far)
    return {"assessment.learning_after_summer": data.draw(st.sampled_from(far))}


def an_unearned_title(data: DataObject, circular: Circular, pair: Pair) -> dict[str, Any]:
    assume(
        (str(secondary_of(pair).learning), str(secondary_of(pair).conduct))
        != (circular.letters[0], "T")
    )
    return {"content.award": "Học sinh Giỏi"}


def needless_training(data: DataObject, circular: Circular, pair: Pair) -> dict[str, Any]:
    assume(str(secondary_of(pair).conduct) in circular.conduct[:3])
    return {"assessment.conduct_after_summer": "T"}


def a_mean_of_all(data: DataObject, circular: Circular, pair: Pair) -> dict[str, Any]:
    one = pick(data, pair[1], is_comment=False)
    return {f"subjects.{one.code}.name": "Điểm trung bình các môn"}


def no_year(data: DataObject, circular: Circular, pair: Pair) -> dict[str, Any]:
    return {f"subjects.{data.draw(st.sampled_from(pair[1])).code}.year": None}


def no_compulsory_subject(data: DataObject, circular: Circular, pair: Pair) -> dict[str, Any]:
    return {f"subjects.{data.draw(st.sampled_from(('15', '19', '69', '88')))}": None}


def a_strange_letter(data: DataObject, circular: Circular, pair: Pair) -> dict[str, Any]:
    field = data.draw(st.sampled_from(("learning_1", "learning", "conduct_2", "conduct")))
    return {f"assessment.{field}": data.draw(st.sampled_from(("A", "Giỏi", "t")))}


def secondary_of(pair: Pair) -> SecondaryAssessment:
    assessment = pair[0].content.assessment
    assert isinstance(assessment, SecondaryAssessment)
    return assessment


MUTATIONS: list[tuple[Change, dict[str, set[str]]]] = [
    (a_quarter, {"TT22/2021": {"R22-1"}, "TT43/2021": {"R43-0"}, "TT58/2011": {"R58-0"}}),
    (another_year, {"TT22/2021": {"R22-4"}, "TT43/2021": {"R43-1"}, "TT58/2011": {"R58-4"}}),
    (another_comment, {"TT22/2021": {"R22-5"}, "TT43/2021": {"R43-1C"}, "TT58/2011": {"R58-4C"}}),
    (a_score_for_a_comment, {"TT22/2021": {"X10"}, "TT43/2021": {"X10"}, "TT58/2011": {"X10"}}),
    (a_comment_for_a_score, {"TT22/2021": {"X10"}, "TT43/2021": {"X10"}, "TT58/2011": {"X10"}}),
    (
        another_learning,
        {
            "TT22/2021": {"R22-6", "R22-7"},
            "TT43/2021": {"R43-2", "R43-2A"},
            "TT58/2011": {"R58-2", "R58-3"},
        },
    ),
    (another_conduct, {"TT22/2021": {"R22-8"}, "TT43/2021": {"R43-9"}}),
    (
        another_promotion,
        {
            "TT22/2021": {"R22-9", "R22-9L", "R22-10"},
            "TT43/2021": {"R43-3", "R43-3L"},
            "TT58/2011": {"R58-5", "R58-5L"},
        },
    ),
    (too_many_absences, {"TT22/2021": {"R22-9"}, "TT43/2021": {"R43-3"}, "TT58/2011": {"R58-5"}}),
    (
        needless_reassessment,
        {"TT22/2021": {"R22-11"}, "TT43/2021": {"R43-4"}, "TT58/2011": {"R58-6"}},
    ),
    (
        another_learning_after_summer,
        {"TT22/2021": {"R22-11"}, "TT43/2021": {"R43-4"}, "TT58/2011": {"R58-6"}},
    ),
    (an_unearned_title, {"TT22/2021": {"R22-12"}, "TT43/2021": {"R43-10"}, "TT58/2011": {"R58-7"}}),
    (needless_training, {"TT22/2021": {"R22-13"}, "TT43/2021": {"R43-5"}, "TT58/2011": {"R58-8"}}),
    (a_mean_of_all, {"TT22/2021": {"R22-14"}, "TT43/2021": {"R43-6"}}),
    (no_year, {"TT22/2021": {"R22-15"}, "TT43/2021": {"R43-7"}, "TT58/2011": {"R58-9"}}),
    (no_compulsory_subject, {"TT22/2021": {"X4"}}),
    (a_strange_letter, {"TT22/2021": {"R22-16"}, "TT43/2021": {"R43-8"}, "TT58/2011": {"R58-1"}}),
]
CASES = [
    (change, circular, wanted[circular.code])
    for change, wanted in MUTATIONS
    for circular in SECONDARY
    if circular.code in wanted
]


@pytest.mark.parametrize(
    ("change", "circular", "wanted"),
    CASES,
    ids=lambda one: getattr(one, "__name__", getattr(one, "code", "")),
)
@settings(max_examples=20)
@given(data=st.data())
def test_each_single_change_is_caught_at_secondary_school(
    change: Change, circular: Circular, wanted: set[str], data: DataObject
) -> None:
    pair = data.draw(secondary(circular, repeats=change is another_learning_after_summer))
    found = rules(changed(pair[0], change(data, circular, pair)))
    assert found & wanted


def lower_test(data: DataObject, transcript: Transcript) -> dict[str, Any]:
    return {f"subjects.{with_test(data, transcript)}.test": "0"}


def no_test(data: DataObject, transcript: Transcript) -> dict[str, Any]:
    able = [
        one.code
        for one in transcript.subjects
        if one.code in {"01", "02", "05", "13"}
        and primary_marks(one).test not in {None, MarkLetter.EXEMPT}
    ]
    assume(able)
    return {f"subjects.{data.draw(st.sampled_from(able))}.test": None}


def half_a_point(data: DataObject, transcript: Transcript) -> dict[str, Any]:
    return {f"subjects.{with_test(data, transcript)}.test": "9.5"}


def needless_test(data: DataObject, transcript: Transcript) -> dict[str, Any]:
    able = [
        one.code
        for one in transcript.subjects
        if one.code in {"03", "88", "89", "91"} and str(primary_marks(one).achievement) != "M"
    ]
    assume(able)
    return {f"subjects.{data.draw(st.sampled_from(able))}.test": "9"}


def other_completion(data: DataObject, transcript: Transcript) -> dict[str, Any]:
    return {"assessment.has_completed_grade": not primary_of(transcript).has_completed_grade}


def too_early(data: DataObject, transcript: Transcript) -> dict[str, Any]:
    assume(transcript.identification.grade < 5)
    return {"assessment.has_completed_primary": True}


def not_promoted(data: DataObject, transcript: Transcript) -> dict[str, Any]:
    return {"content.is_promoted": not transcript.content.is_promoted}


def other_outcome(data: DataObject, transcript: Transcript) -> dict[str, Any]:
    right = primary_of(transcript).outcome
    return {
        "assessment.outcome": data.draw(
            st.sampled_from([one for one in ("HTXS", "HTT", "HT", "CHT") if one != right])
        )
    }


def unearned_title(data: DataObject, transcript: Transcript) -> dict[str, Any]:
    title = {
        "TT27/2020": "Học sinh Xuất sắc",
        "TT22/2016": "Học sinh hoàn thành xuất sắc các nội dung học tập và rèn luyện",
    }[transcript.identification.rule_set]
    assume(transcript.content.award != title)
    return {"content.award": title}


def no_achievement(data: DataObject, transcript: Transcript) -> dict[str, Any]:
    """Leave a subject open; a blank row of one that is not for all means that it was not chosen."""
    place = (taught_as(transcript), transcript.identification.grade, end_of_year(transcript))
    taken = [
        one
        for one in transcript.subjects
        if one.comment or subject_group(one.code, place) == "compulsory"
    ]
    return {f"subjects.{data.draw(st.sampled_from(taken)).code}.achievement": None}


def no_literature(data: DataObject, transcript: Transcript) -> dict[str, Any]:
    return {"subjects.02": None}


def primary_marks(subject: Any) -> PrimaryMarks:
    assert isinstance(subject.marks, PrimaryMarks)
    return subject.marks


def primary_of(transcript: Transcript) -> PrimaryAssessment:
    assert isinstance(transcript.content.assessment, PrimaryAssessment)
    return transcript.content.assessment


def with_test(data: DataObject, transcript: Transcript) -> str:
    able = [
        one.code
        for one in transcript.subjects
        if primary_marks(one).test not in {None, MarkLetter.EXEMPT}
    ]
    assume(able)
    return data.draw(st.sampled_from(able))


PRIMARY_MUTATIONS: list[tuple[Callable[[DataObject, Transcript], dict[str, Any]], str, str]] = [
    (no_test, "TT27/2020", "R27-1"),
    (needless_test, "TT27/2020", "R27-1N"),
    (half_a_point, "TT27/2020", "R27-2"),
    (other_outcome, "TT27/2020", "R27-3"),
    (other_completion, "TT27/2020", "R27-4"),
    (too_early, "TT27/2020", "R27-12"),
    (not_promoted, "TT27/2020", "R27-4D"),
    (unearned_title, "TT27/2020", "R27-5"),
    (no_literature, "TT27/2020", "R27-6"),
    (no_achievement, "TT27/2020", "R27-7"),
    (no_test, "TT22/2016", "R30-1"),
    (needless_test, "TT22/2016", "R30-1N"),
    (lower_test, "TT22/2016", "R30-2"),
    (other_completion, "TT22/2016", "R30-3"),
    (too_early, "TT22/2016", "R30-12"),
    (not_promoted, "TT22/2016", "R30-4D"),
    (unearned_title, "TT22/2016", "R30-5"),
    (other_outcome, "TT22/2016", "R30-6"),
    (no_achievement, "TT22/2016", "R30-7"),
]


@pytest.mark.parametrize(
    ("change", "code", "wanted"),
    PRIMARY_MUTATIONS,
    ids=lambda one: getattr(one, "__name__", str(one)),
)
@settings(max_examples=20)
@given(data=st.data())
def test_each_single_change_is_caught_at_primary_school(
    change: Callable[[DataObject, Transcript], dict[str, Any]],
    code: str,
    wanted: str,
    data: DataObject,
) -> None:
    transcript = data.draw(primary(code))
    assert wanted in rules(changed(transcript, change(data, transcript)))


@settings(max_examples=100)
@given(any_obeying())
def test_the_wrong_circular_is_an_error_or_not_known(transcript: Transcript) -> None:
    named = transcript.identification.rule_set
    for other in {"TT22/2021", "TT27/2020", "TT43/2021", "TT58/2011", "TT22/2016"} - {named}:
        found = {
            finding.rule: finding.severity
            for finding in apply_rules(changed(transcript, {"identification.rule_set": other}))
        }
        assert found.keys() & {"X1", "X1I"}
        assert found.get("X1", Severity.ERROR) is Severity.ERROR
