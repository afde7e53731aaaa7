"""Pages and examples need nothing but the public names, and the example service obeys the strict
type checker.
"""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import hocba_sign
from hocba_sign import testing
from tests.unit.docs.pages import ROOT, blocks

PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
SERVICE = ROOT / "docs" / "howto" / "verification-service.md"
PUBLIC = {"hocba_sign": hocba_sign.__all__, "hocba_sign.testing": testing.__all__}


def imported(source: str) -> Iterator[tuple[str, str]]:
    """Yield what a program imports of this package: module and name."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from ((one.name, "") for one in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from ((node.module or "", one.name) for one in node.names)


def private(source: str) -> list[tuple[str, str]]:
    return [
        (module, name)
        for module, name in imported(source)
        if (module.partition(".")[0] == "hocba_sign" and name not in {"", *PUBLIC.get(module, ())})
        or (module.startswith("hocba_sign.") and module not in PUBLIC)
    ]


def python_of(page: Path) -> list[str]:
    if page.suffix == ".py":
        return [page.read_text("utf-8")]
    return [one.text for one in blocks(page.read_text("utf-8")) if one.language == "python"]


@pytest.mark.parametrize(
    "page",
    [page for page in (*PAGES, *sorted((ROOT / "examples").rglob("*.py"))) if python_of(page)],
    ids=lambda page: page.stem,
)
def test_a_page_imports_public_names_only(page: Path) -> None:
    assert [found for source in python_of(page) for found in private(source)] == []


@pytest.mark.parametrize(
    "source",
    [
        "from hocba_sign.xml.encode import encode",
        "import hocba_sign.xml",
        "from hocba_sign import Setting",
        "from hocba_sign.testing.staff import staff",
    ],
)
def test_a_private_name_is_seen(source: str) -> None:
    assert private(source)


@pytest.mark.long
@pytest.mark.parametrize(
    ("old", "new", "is_right"),
    [
        ("", "", True),
        ("report.verdict,", "report.verdikt,", False),
        ("at=now", 'at="now"', False),
        ("transcript.school.name", "transcript.school.name + 1", False),
    ],
)
def test_the_example_service_obeys_the_strict_type_checker(
    tmp_path: Path, old: str, new: str, is_right: bool
) -> None:
    source = next(one for one in python_of(SERVICE) if one.startswith("# service.py"))
    assert old in source
    # The cache is shared: a file of one name and size for all could be taken for the one before.
    program = tmp_path / f"{tmp_path.name}.py"
    program.write_text(source.replace(old, new), "utf-8")
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "mypy",
            "--strict",
            "--config-file",
            "",
            "--follow-imports",
            "silent",
            "--cache-dir",
            str(ROOT / ".mypy_cache" / "service"),
            program.name,
        ],
        cwd=tmp_path,
        env={"MYPYPATH": str(ROOT / "src"), "PATH": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode == 0) is is_right, done.stdout + done.stderr
