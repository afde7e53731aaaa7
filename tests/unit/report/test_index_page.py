"""The page of many files: what needs attention first, in words."""

import re
from dataclasses import replace

import pytest

from hocba_sign.catalogue.messages import LANGUAGES, Language
from hocba_sign.report.index_page import index_page
from hocba_sign.report.phrases import phrase
from hocba_sign.report.short import ShortRow
from tests.unit.report.test_page import files, scene

ROW = re.compile(r'<tr role="row" class="(\w+)">')
CODE = re.compile(r"\b[A-Z]{2,}[0-9]*\.[A-Z_0-9]+\b")


def rows() -> list[ShortRow]:
    made = {**files(), "draft": scene().verify(scene().draft)}
    found = [replace(ShortRow.of(one.to_short_dict()), file=name) for name, one in made.items()]
    withdrawn = replace(found[0], status="withdrawn", file="withdrawn")
    photo = ShortRow.of(scene().verify(b"\xff\xd8\xff\xe0").to_short_dict())
    return [photo, *found, withdrawn]


def test_what_is_wrong_comes_before_what_is_not() -> None:
    order = [
        "INVALID",
        "NOTHING_TO_VERIFY",
        "INDETERMINATE",
        "NOT_IN_FORCE",
        "NOT_TRANSCRIPT",
        "VALID",
    ]
    shown = ROW.findall(index_page(rows(), "vi"))
    assert len(shown) == len(rows())
    assert shown == sorted(shown, key=order.index)
    assert set(shown) == set(order)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_file_that_is_not_valid_has_its_reason_in_words(language: Language) -> None:
    page = index_page(rows(), language)
    for line in page.splitlines():
        told = re.search(r'class="(\w+)">.*?data-label.*?data-label="[^"]+">(.*?)</td>', line)
        if told is not None:
            assert bool(told[2]) == (told[1] != "VALID")
    body = page[page.index("<main>") :]
    assert CODE.findall(body) == []
    assert ".:" not in body


def test_paper_has_a_table_and_no_filters() -> None:
    page = index_page(rows(), "vi")
    assert "@media screen and (max-width" in page
    printed = page[page.index("@media print") :].partition("</style>")[0]
    assert ".filters, .choice { display: none; }" in printed


def test_reports_are_promised_where_they_are() -> None:
    """A bulk run writes no page for each file."""
    promised = phrase("INDEX_PAGES", "vi")
    assert promised not in index_page(rows(), "vi")
    assert promised in index_page([replace(rows()[0], page="1.html")], "vi")
