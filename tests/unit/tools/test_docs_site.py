"""The site is made of the pages as they are: all of them are in it, and each link and heading that
a page names is there, which `make docs-site` looks at once more.
"""

import re
from pathlib import Path
from typing import Final

import pytest

from tools import docs_site

ROOT: Final = docs_site.ROOT
PAGES: Final = docs_site.pages()
ANCHOR: Final = re.compile(r"\]\(([^)#\s]*)#([^)\s]+)\)")


def anchors(page: Path) -> set[str]:
    """Return the anchors of a page's headings, as GitHub and the site make them."""
    text = re.sub(r"^```.*?^```", "", page.read_text("utf-8"), flags=re.DOTALL | re.MULTILINE)
    heads = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", head.strip().lower()).replace(" ", "-") for head in heads}


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_headings_that_are_named_are_there(page: Path) -> None:
    found = ANCHOR.findall((ROOT / page).read_text("utf-8"))
    wrong = [
        f"{target}#{anchor}"
        for target, anchor in found
        if "://" not in target
        and (not target or target.endswith(".md"))
        and anchor not in anchors((ROOT / page).parent / target if target else ROOT / page)
    ]
    assert not wrong


def test_every_page_of_the_index_is_in_the_menu_and_exists() -> None:
    sections = [next(iter(section.items())) for section in docs_site.navigation()]
    named = [
        target
        for _, entries in sections
        if isinstance(entries, list)
        for entry in entries
        for target in (entry.values() if isinstance(entry, dict) else [entry])
    ]
    assert [head for head, _ in sections][1:6] == [
        "Tutorial",
        "How to",
        "Hướng dẫn bằng tiếng Việt",
        "Reference",
        "Explanation",
    ]
    assert len(named) > 60
    assert [target for target in named if not (ROOT / target).is_file()] == []


def test_what_a_page_links_to_goes_with_it() -> None:
    beside = set(docs_site.linked_files())
    assert beside
    assert not beside & set(PAGES)
    assert all((ROOT / path).is_file() for path in beside)


def test_both_languages_are_searched() -> None:
    settings = docs_site.configuration(Path("source"), Path("site"))
    assert re.search(r'"lang": \[\s*"en",\s*"vi"\s*\]', settings)
