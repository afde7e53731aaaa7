"""What published products get wrong, and what a hostile or half-filled transcript must not
upset.
"""

import dataclasses
import re
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal, localcontext
from itertools import product
from pathlib import Path
from typing import Any

import pytest

import hocba_sign
from hocba_sign.model.check import check
from hocba_sign.model.codes import SchoolLevel
from hocba_sign.model.rules import Severity, apply_rules, choose, rule_sets
from hocba_sign.model.rules.judge import apply_rule_set
from hocba_sign.model.rules.ruleset import document_rules, prescribed, read_rule_set
from hocba_sign.model.rules.titles import titles_in
from hocba_sign.model.transcript import Transcript
from tests.support.changes import BASES, base, changed

TENTHS = [Decimal(n) / 10 for n in range(101)]
ALL = ("learning_1", "learning_2", "learning")


def rules(transcript: Transcript) -> set[str]:
    return {finding.rule for finding in apply_rules(transcript)}


def test_the_year_of_a_comment_subject_is_term_two_alone() -> None:
    """One product asks for both terms."""
    passed = changed(base("lop9"), {"subjects.88.term_1": "CĐ", "assessment.learning_1": "Đ"})
    failed = changed(base("lop9"), {"subjects.88.term_2": "CĐ", "assessment.learning_2": "Đ"})
    assert rules(passed) == set()
    assert "R22-5" in rules(failed)


def test_the_mean_of_the_year_is_exact_for_every_pair_of_terms() -> None:
    """No pair ties, so that both roundings give one value, and that value alone passes."""
    transcript = base("lop9")
    with localcontext() as context:
        context.prec = 40
        for first, second in product(TENTHS, TENTHS):
            exact = (first + 2 * second) / 3
            year = exact.quantize(Decimal("0.1"), ROUND_HALF_UP)
            assert year == exact.quantize(Decimal("0.1"), ROUND_HALF_EVEN)
            assert abs(3 * year - (first + 2 * second)) < Decimal("0.15")
    for first, second in product(TENTHS[::20], TENTHS[3::17]):
        right = ((first + 2 * second) / 3).quantize(Decimal("0.1"), ROUND_HALF_UP)
        for year in (right - Decimal("0.1"), right, right + Decimal("0.1")):
            if 0 <= year <= 10:
                marks = {"term_1": first, "term_2": second, "year": year}
                judged = changed(
                    transcript, {f"subjects.15.{name}": str(value) for name, value in marks.items()}
                )
                assert ("R22-4" in rules(judged)) is (year != right)


def test_no_mean_over_the_subjects_plays_a_part_under_tt22() -> None:
    """Five tens and three sevens have a mean of 8.9, which was Giỏi once; under TT 22/2021 five of
    eight are not six.
    """
    high = {f"subjects.{code}.*": "10.0" for code in ("19", "15", "69", "26", "05")}
    low = {f"subjects.{code}.*": "7.0" for code in ("66", "27", "32")}
    without = changed(base("lop9"), {"subjects.14": None, **high, **low})
    assert rules(changed(without, {f"assessment.{field}": "K" for field in ALL})) == set()
    assert "R22-6" in rules(changed(without, {f"assessment.{field}": "T" for field in ALL}))
    of_2006 = {"subjects.40.*": "10.0", "subjects.35.*": "7.0"}
    scores = {
        **{path: score for path, score in (high | low).items() if path[9:11] not in {"05", "66"}},
        **of_2006,
    }
    old = changed(base("lop9_old"), {"subjects.14": None, **scores})
    assert rules(changed(old, {f"assessment.{field}": "G" for field in ALL})) == set()


@pytest.mark.parametrize("name", BASES)
def test_findings_tell_no_value(name: str) -> None:
    broken = changed(
        base(name),
        {"content.award": "Học sinh Giỏi và Học sinh Xuất sắc", "content.is_promoted": False},
    )
    for subject in broken.subjects:
        broken = changed(
            broken,
            {f"subjects.{subject.code}.{'test' if name.startswith('lop5') else 'year'}": "1.1"},
        )
    found = apply_rules(broken)
    assert found
    for finding in found:
        assert not re.search(r"[0-9][.,][0-9]|1\.1", finding.where)
        assert re.fullmatch(r"/HOC_BA/DU_LIEU_HOC_BA(/[A-Z_0-9]+(\[[0-9]+\])?)+", finding.where)


@pytest.mark.parametrize("name", BASES)
def test_a_disabled_pupil_is_not_judged(name: str) -> None:
    broken = changed(
        base(name),
        {"content.particulars.is_exempt_from_assessment": True, "content.is_promoted": False},
    )
    assert rules(broken) == {"NOT_ASSESSED"}


@pytest.mark.parametrize("name", ["lop9", "gdtx", "lop9_old", "lop5"])
def test_nothing_filled_in_is_no_error_but_missing(name: str) -> None:
    empty = base(name)
    for subject in empty.subjects:
        written = ("achievement", "test") if name == "lop5" else ("*",)
        empty = changed(empty, {f"subjects.{subject.code}.{one}": None for one in written})
    fields = (
        ("outcome", "has_completed_grade", "has_completed_primary")
        if name == "lop5"
        else (*ALL, "conduct_1", "conduct_2", "conduct")
    )
    found = apply_rules(
        changed(empty, {f"assessment.{field}": None for field in fields} | {"content.award": None})
    )
    assert found
    assert all(finding.severity is not Severity.ERROR for finding in found)


@pytest.mark.parametrize(
    ("missing", "accepted"),
    [
        ({}, ["HTT"]),
        ({"subjects.01.test": None}, ["HTT", "HT", "CHT"]),
        ({"subjects.03.achievement": None}, ["HTT", "HT", "CHT"]),
        ({"assessment.qualities.patriotism": None}, ["HTT", "HT", "CHT"]),
        ({"assessment.specific_competences.technology": None}, ["HTT"]),
        ({"subjects.12.test": None, "subjects.87.test": None}, ["HTT"]),
        ({"subjects.01.test": None, "subjects.02.test": "6"}, ["HT", "CHT"]),
        ({"subjects.01.test": None, "subjects.02.test": "4"}, ["CHT"]),
        ({"subjects.01.test": "M"}, ["HTT"]),
        (
            {"subjects.05.test": "9", "subjects.87.test": "9", "subjects.13.achievement": None},
            ["HTXS", "HTT", "HT", "CHT"],
        ),
    ],
)
def test_a_missing_mark_at_primary_school_leaves_open_what_it_might_decide(
    missing: dict[str, Any], accepted: list[str]
) -> None:
    found = [
        letter
        for letter in ("HTXS", "HTT", "HT", "CHT")
        if "R27-3" not in rules(changed(base("lop5"), {**missing, "assessment.outcome": letter}))
    ]
    assert found == accepted


def test_all_subjects_exempt_are_no_result_to_judge() -> None:
    exempt = changed(
        base("lop9"), {f"subjects.{subject.code}.*": "M" for subject in base("lop9").subjects}
    )
    assert rules(exempt) == {"R22-17"}


@pytest.mark.parametrize(
    "value", ["NaN", "sNaN", "Infinity", "-Infinity", "1E+999999", "-1E-999999", "7." + "2" * 60]
)
def test_numbers_that_no_field_can_hold_are_judged_without_harm(value: str) -> None:
    for period in ("term_1", "term_2", "year", "reassessed"):
        assert "R22-1" in rules(changed(base("lop9"), {f"subjects.15.{period}": value}))
    assert "R27-2" in rules(changed(base("lop5"), {"subjects.01.test": value}))


def test_the_marks_of_another_level_are_judged_without_harm() -> None:
    primary, secondary = base("lop5"), base("lop9")
    for one, other in ((primary, secondary), (secondary, primary)):
        apply_rules(dataclasses.replace(one, content=other.content))


@pytest.mark.parametrize("written", ["", "2025", "x-y", "٢٠٢٥-٢٠٢٦"])
def test_a_school_year_that_is_none_leaves_the_rest_unjudged(written: str) -> None:
    assert "NO_RULE_SET" in rules(
        changed(base("lop9"), {"identification.school_year": written, "subjects.15.year": "1.0"})
    )


def test_each_level_grade_and_year_has_at_most_one_circular() -> None:
    wanted = {
        (SchoolLevel.PRIMARY, 1, 2020): "TT27/2020",
        (SchoolLevel.PRIMARY, 5, 2023): "TT22/2016",
        (SchoolLevel.PRIMARY, 5, 2024): "TT27/2020",
        (SchoolLevel.LOWER_SECONDARY, 6, 2020): "TT58/2011",
        (SchoolLevel.LOWER_SECONDARY, 6, 2021): "TT22/2021",
        (SchoolLevel.LOWER_SECONDARY, 9, 2023): "TT58/2011",
        (SchoolLevel.UPPER_SECONDARY, 10, 2022): "TT22/2021",
        (SchoolLevel.UPPER_SECONDARY, 12, 2023): "TT58/2011",
        (SchoolLevel.UPPER_SECONDARY, 12, 2024): "TT22/2021",
        (SchoolLevel.CONTINUING, 12, 2024): "TT43/2021",
    }
    for level, year in product(SchoolLevel, range(2010, 2040)):
        for grade in level.grades:
            given = dataclasses.replace(
                base("lop9").identification,
                level=level,
                grade=grade,
                school_year=f"{year}-{year + 1}",
            )
            found = set(prescribed(given))
            assert len(found) <= 1
            assert (
                found == {wanted.get((level, grade, year), *found)}
                if found
                else (level, grade, year) not in wanted
            )
            for code in found:
                chosen = choose(dataclasses.replace(given, rule_set=code))
                assert chosen is not None
                assert chosen.code == code


@pytest.mark.parametrize(
    ("award", "is_title"),
    [
        ("Học sinh Giỏi", True),
        ("học sinh giỏi", True),
        ("Đạt danh hiệu: Học sinh Giỏi; Giải Nhất chạy 100 m", True),
        ("Danh hiệu “Học sinh Giỏi” năm học 2025-2026", True),
        ("Học sinh Giỏi cả năm", True),
        ("Giải Ba kì thi chọn học sinh giỏi cấp tỉnh", False),
        ("Học sinh giỏi cấp tỉnh môn Toán", False),
        ("Không đạt học sinh giỏi", False),
        (None, False),
    ],
)
def test_a_title_is_told_from_a_contest(award: str | None, is_title: bool) -> None:
    assert ("giỏi" in titles_in(award)) is is_title


def test_what_the_document_check_reports_is_not_reported_again() -> None:
    """The causes that the reference names for the other cross-field rules are those of
    `model.check`.
    """
    broken: dict[str, dict[str, Any]] = {
        "TRANSCRIPT.SCHOOL_YEAR": {"identification.school_year": "2025-2027"},
        "TRANSCRIPT.LEVEL_GRADE": {"identification.grade": 5},
        "TRANSCRIPT.SUBJECT_LEVEL": {"identification.level": "04", "identification.grade": 10},
        "TRANSCRIPT.BIRTH_DATE": {"identification.pupil.birth_year": 2011},
        "TEXT.WRONG_D": {"identification.pupil.full_name": "Ðinh A"},
        "TEXT.NOT_NFC": {"identification.pupil.full_name": "Đinh A\u0302"},
    }
    causes = {one.cause for one in document_rules().unchecked if one.cause}
    assert causes - {"TRANSCRIPT.DUPLICATE_SUBJECT", "TRANSCRIPT.DATE_ORDER"} == set(broken)
    for cause, changes in broken.items():
        transcript = changed(base("lop9"), changes)
        assert cause in {finding.cause for finding in check(transcript)}, cause
        assert not {cause} & {finding.cause for finding in apply_rules(transcript)}


@pytest.mark.parametrize("mark", ["I", "L"])
def test_a_rule_that_is_not_certain_is_at_most_a_warning(mark: str) -> None:
    text = (
        f'{{"code": "X", "title": "", "source": "", "rules": [{{"id": "A", "article": '
        f'"", "severity": "error", "mark": "{mark}"}}]}}'
    )
    with pytest.raises(ValueError, match="not certain"):
        read_rule_set(text)


def test_the_reference_says_of_every_rule_why_it_is_no_error() -> None:
    for rule_set in (document_rules(), *rule_sets()):
        assert not [
            rule.id
            for rule in rule_set.rules.values()
            if rule.severity is not Severity.ERROR and not rule.note
        ]


def test_a_new_rule_set_is_one_file() -> None:
    """An amended circular, as a file alone: TT 22/2021 with seven subjects instead of six."""
    folder = Path(hocba_sign.__file__).parent / "data" / "rules"
    text = (
        (folder / "tt22_2021.json")
        .read_text("utf-8")
        .replace("TT22/2021", "TT99/2027")
        .replace('"count": 6', '"count": 7')
    )
    without_optional = changed(base("lop9"), {"subjects.14": None})
    assert rules(without_optional) == set()
    assert {finding.rule for finding in apply_rule_set(without_optional, read_rule_set(text))} == {
        "R22-6"
    }


def test_a_transcript_that_names_another_circular_is_judged_by_its_own() -> None:
    """Grade 9 of 2023-2024 is under TT 58/2011, whatever it says."""
    low = {"subjects.15.*": "1.0", "subjects.19.*": "1.0"}
    given = changed(base("lop9_old"), {"identification.rule_set": "TT22/2021", **low})
    assert {"X1", "R58-2"} <= rules(given)
    assert "NO_RULE_SET" not in rules(given)


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({"term_1": None, "year": "6.8"}, set()),
        ({"term_1": None, "year": "7.8"}, {"R22-4T"}),
        ({"term_1": None, "year": "8.0"}, {"R22-4"}),
        ({"term_1": None, "year": "4.5"}, {"R22-4T"}),
        ({"term_1": None, "year": "4.4"}, {"R22-4"}),
        ({"term_2": None, "year": "2.1"}, {"R22-4T"}),
        ({"term_2": None, "year": "2.0"}, {"R22-4"}),
        ({"term_1": "M", "year": "9.9"}, {"R22-4T"}),
        ({"term_1": None, "term_2": None, "year": "9.9"}, set()),
    ],
)
def test_a_year_beside_one_term_is_that_term_or_within_its_reach(
    changes: dict[str, Any], found: set[str]
) -> None:
    """Of 6.2 and 6.8; a blank term could hold any score, an exempt one holds none."""
    given = changed(
        base("lop9"), {f"subjects.15.{period}": mark for period, mark in changes.items()}
    )
    assert rules(given) & {"R22-4", "R22-4T"} == found


@pytest.mark.parametrize(
    ("policy", "is_by_plan"),
    [
        ("Học sinh khuyết tật học hòa nhập", True),
        ("HSKT", True),
        ("Hộ nghèo; khuyết tật vận động", True),
        ("Học theo kế hoạch giáo dục cá nhân", True),
        ("Con của người khuyết tật nặng", False),
        ("Mẹ là người khuyết tật", False),
        ("Không khuyết tật", False),
        ("Con thương binh", False),
        (None, False),
    ],
)
def test_who_is_disabled_is_told_by_the_words_about_the_pupil(
    policy: str | None, *, is_by_plan: bool
) -> None:
    failed = {
        "subjects.15.*": "2.0",
        "subjects.19.*": "2.0",
        **{f"assessment.{field}": "CĐ" for field in ALL},
    }
    given = changed(base("lop9"), failed | {"content.particulars.policy_group": policy})
    assert ("R22-9" in rules(given)) is not is_by_plan
    assert ("R22-18" in rules(given)) is is_by_plan


def test_a_blank_leaves_exactly_what_it_might_decide() -> None:
    """Each letter that some score in place of the blank would give passes, and none that no score
    gives beyond the best and the worst.
    """
    without = changed(
        base("lop9"), {"subjects.14": None, "subjects.26.term_2": None, "assessment.learning": "K"}
    )
    accepted = [
        letter
        for letter in ("T", "K", "Đ", "CĐ")
        if "R22-6" not in rules(changed(without, {"assessment.learning_2": letter}))
    ]
    filled = set()
    for score in TENTHS:
        tried = changed(without, {"subjects.26.term_2": str(score)})
        filled |= {
            one
            for one in ("T", "K", "Đ", "CĐ")
            if not {"R22-6", "R22-7"} & rules(changed(tried, {"assessment.learning_2": one}))
        }
    assert filled <= set(accepted)
    assert "T" not in accepted
