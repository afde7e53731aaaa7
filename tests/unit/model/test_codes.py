from datetime import date

import pytest

from hocba_sign.model.codes import Level, code_list

LAST_OLD_DAY, FIRST_NEW_DAY = date(2025, 6, 30), date(2025, 7, 1)


def test_there_were_63_provinces_and_are_34() -> None:
    provinces = code_list("provinces")
    counts = [sum(provinces.at(code, day) is not None for code in provinces.entries) for day in (LAST_OLD_DAY, FIRST_NEW_DAY)]
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
    names = [entry.name if entry else None for entry in (provinces.at(code, LAST_OLD_DAY), provinces.at(code, FIRST_NEW_DAY))]
    assert names == [before, after]


def test_there_are_54_ethnic_groups_and_foreigners() -> None:
    assert [*code_list("ethnic_groups").entries] == [str(n) for n in range(1, 56)]


@pytest.mark.parametrize(
    ("code", "level", "grade", "is_taught"),
    [
        ("04", Level.PRIMARY, 3, True),
        ("04", Level.PRIMARY, 4, False),
        ("13", Level.PRIMARY, 4, True),
        ("15", Level.PRIMARY, 5, False),
        ("15", Level.LOWER_SECONDARY, 9, True),
        ("66", Level.UPPER_SECONDARY, 10, False),
        ("100", Level.UPPER_SECONDARY, 12, True),
        ("00", Level.UPPER_SECONDARY, 12, False),
    ],
)
def test_subjects_by_grade(code: str, level: Level, grade: int, *, is_taught: bool) -> None:
    assert code_list("subjects").admits(code, level=level, grade=grade) is is_taught


def test_upper_secondary_has_eight_compulsory_and_nine_elective_subjects() -> None:
    entries = [entry for found in code_list("subjects").entries.values() for entry in found if entry.level is Level.UPPER_SECONDARY]
    assert [sum(entry.group == group for entry in entries) for group in ("compulsory", "elective", "optional")] == [8, 9, 2]


def test_grades_of_levels_do_not_overlap() -> None:
    grades = [grade for level in (Level.PRIMARY, Level.LOWER_SECONDARY, Level.UPPER_SECONDARY) for grade in level.grades]
    assert grades == list(range(1, 13))
