from datetime import date

import pytest

from hocba_sign.model.codes import SchoolLevel, code_list

LAST_OLD_DAY, FIRST_NEW_DAY = date(2025, 6, 30), date(2025, 7, 1)


def test_there_were_63_provinces_and_are_34() -> None:
    provinces = code_list("provinces")
    counts = [
        sum(provinces.at(code, day) is not None for code in provinces.entries)
        for day in (LAST_OLD_DAY, FIRST_NEW_DAY)
    ]
    assert counts == [63, 34]


@pytest.mark.parametrize(
    ("code", "before", "after"),
    [
        ("01", "Hà Nội", "Hà Nội"),
        ("24", "Bắc Giang", "Bắc Ninh"),
        ("27", "Bắc Ninh", None),
        ("64", "Gia Lai", None),
        ("52", "Bình Định", "Gia Lai"),
    ],
)
def test_a_code_names_one_province_at_a_time(code: str, before: str, after: str | None) -> None:
    provinces = code_list("provinces")
    names = [
        entry.name if entry else None
        for entry in (provinces.at(code, LAST_OLD_DAY), provinces.at(code, FIRST_NEW_DAY))
    ]
    assert names == [before, after]


def test_there_are_54_ethnic_groups_and_foreigners() -> None:
    assert [*code_list("ethnic_groups").entries] == [str(n) for n in range(1, 56)]


@pytest.mark.parametrize(
    ("code", "level", "grade", "is_taught"),
    [
        ("04", SchoolLevel.PRIMARY, 3, True),
        ("04", SchoolLevel.PRIMARY, 4, False),
        ("13", SchoolLevel.PRIMARY, 4, True),
        ("15", SchoolLevel.PRIMARY, 5, False),
        ("15", SchoolLevel.LOWER_SECONDARY, 9, True),
        ("66", SchoolLevel.UPPER_SECONDARY, 10, False),
        ("100", SchoolLevel.UPPER_SECONDARY, 12, True),
        ("00", SchoolLevel.UPPER_SECONDARY, 12, False),
    ],
)
def test_subjects_by_grade(code: str, level: SchoolLevel, grade: int, *, is_taught: bool) -> None:
    assert code_list("subjects").admits(code, level=level, grade=grade) is is_taught


def test_upper_secondary_has_eight_compulsory_and_nine_elective_subjects() -> None:
    codes = code_list("subjects")
    taught = [
        codes.taught(code, level=SchoolLevel.UPPER_SECONDARY, grade=12, at=date(2026, 5, 31))
        for code in codes.entries
    ]
    groups = [entry.group for entry in taught if entry is not None]
    assert [groups.count(group) for group in ("compulsory", "elective", "optional")] == [8, 9, 2]


@pytest.mark.parametrize(
    ("code", "level", "grade", "year", "programme"),
    [
        ("35", SchoolLevel.LOWER_SECONDARY, 8, 2022, "2006"),
        ("35", SchoolLevel.LOWER_SECONDARY, 8, 2023, None),
        ("66", SchoolLevel.LOWER_SECONDARY, 8, 2022, None),
        ("66", SchoolLevel.LOWER_SECONDARY, 8, 2023, "2018"),
        ("26", SchoolLevel.UPPER_SECONDARY, 12, 2023, "2006"),
        ("26", SchoolLevel.UPPER_SECONDARY, 12, 2024, None),
        ("08", SchoolLevel.PRIMARY, 3, 2021, "2006"),
        ("09", SchoolLevel.PRIMARY, 5, 2024, None),
        ("36", SchoolLevel.LOWER_SECONDARY, 7, 2020, None),
    ],
)
def test_a_programme_comes_to_one_grade_after_the_other(
    code: str, level: SchoolLevel, grade: int, year: int, programme: str | None
) -> None:
    day = date(year + 1, 5, 31)
    found = code_list("subjects").taught(code, level=level, grade=grade, at=day)
    assert (found.programme if found else None) == programme
    is_later = code == "66" and programme is None
    assert code_list("subjects").is_over(code, level=level, grade=grade, at=day) is (
        found is None and not is_later
    )


def test_grades_of_levels_do_not_overlap() -> None:
    grades = [
        grade
        for level in (SchoolLevel.PRIMARY, SchoolLevel.LOWER_SECONDARY, SchoolLevel.UPPER_SECONDARY)
        for grade in level.grades
    ]
    assert grades == list(range(1, 13))
