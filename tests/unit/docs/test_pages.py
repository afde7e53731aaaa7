"""The documentation is true: its programs run, its links lead somewhere.

That generated pages are fresh is seen by `make lint`.
"""

import re
import shutil
from pathlib import Path

import pytest

from tests.unit.docs.pages import ROOT, blocks, run

GENERATED = {
    "causes.md",
    "rules.md",
    "cli.md",
    "conformance.md",
    "effects.md",
    "fields.md",
    "limits.md",
    "trust-list.md",
    "workflow.md",
}
PAGES = sorted([ROOT / "README.md", ROOT / "ARCHITECTURE.md", *(ROOT / "docs").rglob("*.md")])
WRITTEN = [page for page in PAGES if page.name not in GENERATED]
RUNNING = [page for page in WRITTEN if any(blocks(page.read_text("utf-8")))]
LINK = re.compile(r"\]\(([^)#\s]+)(#[^)\s]*)?\)")


def named(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


@pytest.mark.long
@pytest.mark.parametrize("page", RUNNING, ids=named)
def test_programs_of_a_page_do_what_it_says(
    page: Path, tmp_path: Path, demonstration: Path
) -> None:
    if shutil.which("bash") is None:
        pytest.skip("the pages are written for bash")
    shutil.copytree(demonstration, tmp_path / "demo-out")
    shutil.copytree(ROOT / "examples", tmp_path / "examples")
    assert not run(page, tmp_path)


@pytest.mark.parametrize("page", WRITTEN, ids=named)
def test_links_lead_to_files(page: Path) -> None:
    targets = [
        match[1]
        for match in LINK.finditer(page.read_text("utf-8"))
        if "://" not in match[1] and not match[1].startswith("mailto:")
    ]
    assert [target for target in targets if not (page.parent / target).exists()] == []


@pytest.mark.parametrize("page", WRITTEN, ids=named)
def test_modules_and_files_that_are_named_exist(page: Path) -> None:
    """Names like `model/workflow.py` and `tools/x.py` in a page are below the root, the package, or
    no file of ours.
    """
    found = re.findall(r"`((?:[\w-]+/)+[\w.-]+\.(?:py|json|xsd|tsv|md))`", page.read_text("utf-8"))
    places = (ROOT, ROOT / "src" / "hocba_sign", ROOT / "src", ROOT / "docs", page.parent)
    made = re.compile(r"demo-out/|world/|inbox/|bench-out/")
    assert [
        name
        for name in found
        if "NNNN" not in name
        and not made.match(name)
        and not any((place / name).exists() for place in places)
    ] == []


def test_every_page_is_in_the_index() -> None:
    index = ROOT / "docs" / "README.md"
    listed = {
        (index.parent / match[1]).resolve() for match in LINK.finditer(index.read_text("utf-8"))
    }
    parts = ("tutorial", "howto", "reference", "explanation")
    assert [named(page) for page in PAGES if page.parent.name in parts and page not in listed] == []
