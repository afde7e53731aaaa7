"""Words of completion and promotion against flag, results, grade and level, in every circular: a
contradiction is found, agreement is not.
"""

from itertools import product
from typing import Any, Final

import pytest

from hocba_sign.model.codes import SchoolLevel
from hocba_sign.model.rules import Severity, apply_rules
from hocba_sign.model.rules.claims import completion_in, promotion_in
from hocba_sign.model.rules.titles import titles_in
from tests.support.changes import base, changed

LEVELS: Final = {"02": "tiểu học", "03": "trung học cơ sở", "04": "trung học phổ thông"}
OF_WORDS: Final = {
    "TT22/2021": {"R22-19", "R22-20", "R22-21", "R22-13"},
    "TT43/2021": {"R43-13", "R43-14", "R43-15", "R43-5"},
    "TT58/2011": {"R58-15", "R58-16", "R58-17", "R58-8"},
    "TT27/2020": {"R27-12", "R27-13", "R27-14"},
    "TT22/2016": {"R30-12", "R30-13", "R30-14"},
}
LAST: Final = {"lop9": "03", "lop12": "04", "gdtx9": "03", "lop9_old": "03", "lop12_old": "04"}
EARLIER: Final = {
    "lop9": (8, "2025-2026"),
    "lop12": (11, "2025-2026"),
    "gdtx": (11, "2025-2026"),
    "lop9_old": (8, "2021-2022"),
}
FAILED: Final = {"TT22/2021": "CĐ", "TT43/2021": "CĐ", "TT58/2011": "Y"}


def said(name: str, changes: dict[str, Any]) -> set[tuple[str, Severity]]:
    given = changed(base(name), changes)
    return {
        (one.rule, one.severity)
        for one in apply_rules(given)
        if one.rule in OF_WORDS[given.identification.rule_set]
    }


def results(name: str, *, is_passed: bool) -> dict[str, Any]:
    if is_passed:
        return {}
    letter = FAILED[base(name).identification.rule_set]
    marks = {"subjects.15.*": "3.0", "subjects.19.*": "3.0", "content.award": None}
    return marks | {
        f"assessment.{field}": letter for field in ("learning_1", "learning_2", "learning")
    }


@pytest.mark.parametrize("name", LAST)
@pytest.mark.parametrize("named", ["02", "03", "04", None])
@pytest.mark.parametrize("is_passed", [True, False])
@pytest.mark.parametrize("is_denied", [True, False])
def test_words_of_completion_in_the_last_grade(
    name: str, named: str | None, *, is_passed: bool, is_denied: bool
) -> None:
    for is_promoted in (True, False):
        words = (
            f"{'Chưa hoàn thành' if is_denied else 'Hoàn thành'} chương trình "
            f"{LEVELS[named] if named else ''}"
        ).strip()
        silent = {
            "content.is_promoted": is_promoted,
            "assessment.promotion": "Đã xét",
            "content.completion": words,
        }
        found = said(name, results(name, is_passed=is_passed) | silent)
        is_place_wrong = not is_denied and named not in {None, LAST[name]}
        is_certified_wrongly = not is_denied and not is_passed
        if is_place_wrong or is_certified_wrongly:
            assert {severity for _, severity in found} == {Severity.ERROR}
        elif is_denied and is_promoted:
            assert {severity for _, severity in found} == {Severity.WARNING}
        else:
            assert found == set()


@pytest.mark.parametrize("name", EARLIER)
@pytest.mark.parametrize(
    "words",
    ["Hoàn thành chương trình trung học cơ sở", "Tốt nghiệp THPT", "Hoàn thành chương trình lớp 7"],
)
def test_no_level_is_completed_before_its_last_grade(name: str, words: str) -> None:
    grade, year = EARLIER[name]
    place = {
        "identification.grade": grade,
        "identification.school_year": year,
        "assessment.promotion": "Được lên lớp",
    }
    for field in ("content.completion", "assessment.promotion"):
        found = said(name, {**place, "content.completion": None, field: words})
        assert Severity.ERROR in {severity for _, severity in found}
    assert (
        said(
            name,
            {
                **place,
                "content.completion": (
                    f"Hoàn thành chương trình lớp {grade}, được lên lớp {grade + 1}"
                ),
            },
        )
        == set()
    )
    assert said(name, {**place, "content.completion": None}) == set()


@pytest.mark.parametrize("name", EARLIER)
@pytest.mark.parametrize(
    ("words", "is_granted"),
    [
        ("Được lên lớp", True),
        ("Lên lớp", True),
        ("Đủ điều kiện lên lớp", True),
        ("Được lên lớp sau khi kiểm tra lại", True),
        ("Không được lên lớp", False),
        ("Chưa đủ điều kiện xét lên lớp", False),
        ("Ở lại lớp", False),
        ("Lưu ban", False),
        ("Đã xét", None),
        ("Được lên lớp / Không được lên lớp", None),
        ("Chờ xét lên lớp sau hè", None),
        ("Rèn luyện trong hè để xét lên lớp", None),
    ],
)
def test_words_of_promotion_agree_with_the_flag(
    name: str, words: str, is_granted: bool | None
) -> None:
    grade, year = EARLIER[name]
    for is_promoted in (True, False):
        place = {
            "identification.grade": grade,
            "identification.school_year": year,
            "content.completion": None,
        }
        found = said(
            name,
            results(name, is_passed=is_promoted)
            | place
            | {"content.is_promoted": is_promoted, "assessment.promotion": words},
        )
        assert {severity for _, severity in found} == (
            set() if is_granted in {None, is_promoted} else {Severity.WARNING}
        )


PRIMARY_WORDS: Final = {
    "Hoàn thành chương trình tiểu học": (True, "level"),
    "HTCTTH": (True, "level"),
    "Chưa hoàn thành chương trình tiểu học": (False, "level"),
    "Hoàn thành chương trình lớp 5": (True, "grade"),
    "Hoàn thành tốt chương trình lớp học": (True, "grade"),
    "Không hoàn thành chương trình lớp 5": (False, "grade"),
    "Hoàn thành chương trình lớp 3": (True, "elsewhere"),
    "Hoàn thành chương trình trung học cơ sở": (True, "elsewhere"),
    "Có nhiều cố gắng": (None, ""),
}


@pytest.mark.parametrize("name", ["lop5", "lop5_old"])
@pytest.mark.parametrize("words", PRIMARY_WORDS)
def test_words_at_primary_school(name: str, words: str) -> None:
    is_certified, about = PRIMARY_WORDS[words]
    low = {
        "subjects.01.achievement": "C",
        "subjects.01.test": "3",
        "content.award": None,
        "content.is_promoted": False,
    }
    low |= {"assessment.outcome": "CHT"} if name == "lop5" else {}
    for is_done, is_flagged in product((True, False), (True, False, None)):
        flags = {
            "assessment.has_completed_grade": is_flagged,
            "assessment.has_completed_primary": is_flagged,
        }
        found = said(name, ({} if is_done else low) | flags | {"content.completion": words})
        if about == "elsewhere" or (is_certified and (is_flagged is False or not is_done)):
            assert {severity for _, severity in found} == {Severity.ERROR}
        elif is_certified is False and is_flagged:
            assert {severity for _, severity in found} == {Severity.WARNING}
        else:
            assert found == set()


@pytest.mark.parametrize("grade", [1, 2, 3, 4])
def test_primary_school_is_not_completed_early_in_words(grade: int) -> None:
    place = {"identification.grade": grade, "assessment.has_completed_primary": None}
    assert said("lop5", place) == {("R27-12", Severity.ERROR)}
    assert (
        said("lop5", place | {"content.completion": f"Hoàn thành chương trình lớp {grade}"})
        == set()
    )


@pytest.mark.parametrize("name", ["lop9", "lop12", "gdtx9"])
def test_the_last_grade_says_that_the_level_is_completed(name: str) -> None:
    assert said(name, {"content.completion": None}) & {
        ("R22-13", Severity.WARNING),
        ("R43-5", Severity.WARNING),
    }
    assert (
        said(
            name,
            {
                "content.completion": None,
                "content.is_promoted": False,
                "assessment.promotion": "Đã xét",
            },
        )
        == set()
    )


@pytest.mark.parametrize(
    ("words", "is_certified", "level", "grade"),
    [
        ("Hoàn thành chương trình THCS", True, SchoolLevel.LOWER_SECONDARY, None),
        (
            "Hoàn thành chương trình giáo dục phổ thông cấp trung học cơ sở",
            True,
            SchoolLevel.LOWER_SECONDARY,
            None,
        ),
        ("Hoàn thành chương trình giáo dục phổ thông", True, SchoolLevel.UPPER_SECONDARY, None),
        ("Hoàn thành chương trình GDTX cấp THCS", True, SchoolLevel.LOWER_SECONDARY, None),
        ("HTCT THCS", True, SchoolLevel.LOWER_SECONDARY, None),
        ("hoàn  thành chương trình lớp 12, đủ điều kiện dự thi tốt nghiệp THPT", True, None, 12),
        (
            "Rèn luyện hè: đã hoàn thành nhiệm vụ và hoàn thành chương trình THCS",
            True,
            SchoolLevel.LOWER_SECONDARY,
            None,
        ),
        (
            "Hoàn thành chương trình THCS để dự tuyển lớp 10",
            True,
            SchoolLevel.LOWER_SECONDARY,
            None,
        ),
        ("Công nhận tốt nghiệp THCS", True, SchoolLevel.LOWER_SECONDARY, None),
        ("Hoàn thành", True, None, None),
        (
            "Không được công nhận hoàn thành chương trình THCS",
            False,
            SchoolLevel.LOWER_SECONDARY,
            None,
        ),
        ("Chưa đủ điều kiện xét hoàn thành chương trình", False, None, None),
    ],
)
def test_what_words_say_of_completion(
    words: str, is_certified: bool, level: SchoolLevel | None, grade: int | None
) -> None:
    found = completion_in(words)
    assert found is not None
    assert (found.is_certified, found.level, found.grade) == (is_certified, level, grade)


@pytest.mark.parametrize(
    "words",
    [
        None,
        "",
        "Hoàn thành nhiệm vụ rèn luyện trong hè",
        "Đủ điều kiện dự thi tốt nghiệp THPT",
        "Hoàn thành / Không hoàn thành chương trình trung học cơ sở",
        "Sẽ xét hoàn thành chương trình THCS sau hè",
        "Hoàn thành chương trình THCS nếu đạt khi kiểm tra lại",
    ],
)
def test_words_that_certify_nothing(words: str | None) -> None:
    assert completion_in(words) is None
    assert promotion_in(words) is None


@pytest.mark.parametrize(
    ("award", "titles"),
    [
        ("HSG", {"giỏi"}),
        ("HS Giỏi", {"giỏi"}),
        ("HS. Giỏi", {"giỏi"}),
        ("Học sinh giỏi toàn diện", {"giỏi"}),
        ("HSXS; HSG", {"xuất sắc", "giỏi"}),
        ("Đạt danh hiệu HS xuất sắc năm học 2025 - 2026", {"xuất sắc"}),
        (
            "Khen thưởng cuối năm: Học sinh Tiêu biểu hoàn thành tốt trong học tập và rèn luyện",
            {"tiêu biểu"},
        ),
        ("HSTT", {"tiên tiến"}),
        ("Học viên Giỏi", {"giỏi"}),
        ("Học sinh giỏi lớp 9A", {"giỏi"}),
        ("HSG cấp tỉnh", set()),
        ("Học sinh giỏi năm học 2025-2026 cấp tỉnh", set()),
        ("Giải Nhất HSG môn Toán", set()),
        ("Học sinh giỏi học kì I", set()),
        ("Học sinh nghèo vượt khó", set()),
        ("Học sinh giỏi Toán", set()),
    ],
)
def test_titles_are_told_from_other_words(award: str, titles: set[str]) -> None:
    assert titles_in(award) == titles


@pytest.mark.parametrize(
    "words",
    [
        "hoàn thành " * 2000,
        "không " * 3000 + "lên lớp",
        "danh hiệu " * 1000 + "x",
        "học sinh giỏi " + "năm " * 3000 + "x",
    ],
)
def test_long_words_are_read_in_no_time(words: str) -> None:
    completion_in(words)
    promotion_in(words)
    titles_in(words)
