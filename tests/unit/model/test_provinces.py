"""Provinces by the names that certificates and transcripts give them, and their mergers."""

import json
from datetime import date
from importlib.resources import files
from pathlib import Path

import pytest

from hocba_sign.model.codes import code_list
from hocba_sign.model.provinces import contradicts, is_followed_by, mergers, successors

BEFORE, AFTER = date(2024, 9, 5), date(2026, 6, 1)
HERE = (("O", "Sở Giáo dục và Đào tạo thành phố Đà Nẵng"), ("ST", "Thành phố Đà Nẵng"))


@pytest.mark.parametrize(
    "part",
    [
        ("ST", "Đà Nẵng"),
        ("ST", "TP. Đà Nẵng"),
        ("ST", "DA NANG"),
        ("ST", "Danang City, Vietnam"),
        ("L", "Quận Thanh Khê, TP Đà Nẵng"),
        ("OU", "SỞ GD&ĐT ĐÀ NẴNG"),
        ("O", "Ủy ban nhân dân thành phố Đà Nẵng"),
        ("ST", "Quảng Nam"),
        ("L", "Huyện Hòa Bình"),
        ("L", "Phường Hà Nam"),
        ("L", "Phù Yên"),
        ("L", "Thành phố Thử nghiệm"),
        ("OU", "Sở Giáo dục và Đào tạo Thử nghiệm"),
        ("O", "UBND huyện Quảng Ninh"),
        ("O", "Trường THPT Hà Nội"),
        ("STREET", "Số 1 Hà Nội"),
        ("ST", "VN"),
    ],
    ids=" ".join,
)
def test_the_same_place_or_none_contradicts_nothing(part: tuple[str, str]) -> None:
    assert not contradicts(HERE, (part,), stated_on=AFTER, certified_on=AFTER)


@pytest.mark.parametrize(
    "part",
    [
        ("ST", "Hà Nội"),
        ("ST", "HANOI"),
        ("ST", "TP.HCM"),
        ("L", "Hà Nội"),
        ("L", "Quận 1, TP. Hồ Chí Minh"),
        ("O", "Ủy ban nhân dân thành phố Hà Nội"),
        ("O", "UBND tỉnh Thừa Thiên Huế"),
        ("OU", "Sở Giáo dục và Đào tạo Hà Nội"),
        ("OU", "SO GIAO DUC VA DAO TAO TINH GIA LAI"),
        ("O", "Trường THPT A, tỉnh Gia Lai"),
        ("STREET", "Số 1 Lê Lợi, Thành phố Huế, Việt Nam"),
    ],
    ids=" ".join,
)
def test_another_province_contradicts(part: tuple[str, str]) -> None:
    assert contradicts(HERE, (part,), stated_on=AFTER, certified_on=AFTER)
    assert contradicts(HERE, (HERE[1], part), stated_on=AFTER, certified_on=AFTER) is (
        part[0] != "L"
    ), "a locality only where nothing else tells"


@pytest.mark.parametrize(
    ("stated", "stated_on", "certified", "certified_on", "is_other"),
    [
        ("Gia Lai", AFTER, "Bình Định", BEFORE, False),
        ("Gia Lai", AFTER, "Bình Định", AFTER, False),
        ("Bình Định", BEFORE, "Gia Lai", AFTER, False),
        ("Bình Định", BEFORE, "Gia Lai", BEFORE, True),
        ("Gia Lai", BEFORE, "Bình Định", BEFORE, True),
        ("Gia Lai", AFTER, "Quảng Ngãi", AFTER, True),
        ("Kon Tum", AFTER, "Quảng Ngãi", AFTER, False),
        ("Hà Nội", BEFORE, "Hà Tây", date(2008, 1, 1), False),
        ("An Giang", AFTER, "Hà Giang", BEFORE, True),
        ("Nước ngoài", AFTER, "Hà Giang", BEFORE, True),
    ],
)
def test_mergers_count_from_their_day(
    stated: str, stated_on: date, certified: str, certified_on: date, is_other: bool
) -> None:
    assert (
        contradicts(
            (("ST", stated),), (("ST", certified),), stated_on=stated_on, certified_on=certified_on
        )
        is is_other
    )


def test_the_table_makes_thirty_four_of_sixty_three() -> None:
    codes = code_list("provinces").entries.values()
    names = {
        day: {
            one.name.removeprefix("Thành phố ")
            for entries in codes
            for one in entries
            if one.is_valid(day)
        }
        for day in (BEFORE, AFTER)
    }
    of_2025 = [one for one in mergers() if one.since == date(2025, 7, 1)]
    taken = {name for one in of_2025 for name in one.takes}
    assert (len(names[BEFORE]), len(names[AFTER]), len(of_2025)) == (63, 34, 23)
    assert names[BEFORE] - taken == names[AFTER]
    assert {one.name for one in of_2025} <= names[AFTER]
    assert sum(len(one.takes) for one in of_2025) == 63 - 34


def test_a_document_without_an_address_is_contradicted_by_none() -> None:
    assert not contradicts((), (("ST", "Hà Nội"),), stated_on=AFTER, certified_on=AFTER)


MERGER = date(2025, 7, 1)


def test_every_department_that_was_merged_has_one_successor() -> None:
    codes = code_list("provinces")
    found = successors()
    assert {code for code in codes.entries if codes.at(code, AFTER) is None} == set(found)
    assert all(
        codes.at(one.code, AFTER) is not None and one.since == MERGER for one in found.values()
    )
    taken = {name: merger.name for merger in mergers() for name in merger.takes}
    for one in found.values():
        name = codes.at(one.code, AFTER)
        assert name is not None
        assert name.name.removeprefix("Thành phố ") == taken.get(one.before, one.before)


@pytest.mark.parametrize(
    ("code", "province", "later", "day", "is_followed"),
    [
        ("49", "Quảng Nam", "48", MERGER, True),
        ("49", "Quảng Nam", "48", date(2025, 6, 30), False),
        ("49", "Đà Nẵng", "48", AFTER, True),
        ("10", "Lào Cai", "15", AFTER, True),
        ("10", "Lạng Sơn", "15", AFTER, False),
        ("49", "Quảng Nam", "49", AFTER, False),
        ("48", "Đà Nẵng", "49", AFTER, False),
        ("49", "Quảng Nam", "51", AFTER, False),
        ("15", "Yên Bái", "10", AFTER, False),
        ("99", "Quảng Nam", "48", AFTER, False),
        ("28", "Hà Tây", "01", AFTER, False),
    ],
)
def test_a_department_is_followed_from_the_merger_on(
    code: str, province: str, later: str, day: date, *, is_followed: bool
) -> None:
    assert is_followed_by(code, (("ST", province),), later=later, day=day) is is_followed


def test_the_page_has_every_merger_and_spelling() -> None:
    page = (Path(__file__).parents[3] / "docs" / "reference" / "names.md").read_text("utf-8")
    for merger in mergers():
        assert f"| {merger.name} | {', '.join(merger.takes)} | {merger.since} |" in page
    source = json.loads(
        (files("hocba_sign") / "data" / "names" / "provinces.json").read_text("utf-8")
    )
    for row in source["spellings"]:
        assert f"| {row['name']} | {', '.join(row['also'])} |" in page
