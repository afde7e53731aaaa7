"""What docs/style.md asks of words and a program can check; an offender is named in the failure."""

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SOURCES = sorted(
    path for folder in ("src", "tools") for path in (ROOT / folder).rglob("*.py") if path.is_file()
)
OURS = {"docs/style.md"}
"""The page that names what is not to be written."""
PAGES = sorted(
    path
    for path in (*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), ROOT / "Makefile")
    if path.relative_to(ROOT).as_posix() not in OURS
)
GENERATED_FROM_CATALOGUE = {"causes.md"}
FORBIDDEN = re.compile(
    r"\b(leaves? away|left away|leaving away|belongs? into|anew|NOT VALID"
    r"|patients?|suspects?|courts?|alibi|thief|heals?|healed|illness(?:es)?)\b"
)
BEGINNING = re.compile(r"(Give|Gives|Tell|Tells)\b")
STEP = re.compile(r"#\s*\(\d+\)(?:(?:,| and| to) \(\d+\))*\s*$")
RUN_ON = re.compile(r"(?<![\w.])1\. .*[;,.:] (?:and |or )?2\. ")
MANY = 5


def place(path: Path, line: int) -> str:
    return f"{path.relative_to(ROOT).as_posix()}:{line}"


@cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"))


def docstrings(path: Path) -> Iterator[tuple[int, str]]:
    """Yield the strings that stand as statements: docstrings, and words on constants."""
    for node in ast.walk(tree_of(path)):
        if (
            isinstance(node, ast.Expr)
            and isinstance(node.value, ast.Constant)
            and isinstance(node.value.value, str)
        ):
            yield node.lineno, node.value.value


@cache
def comments(path: Path) -> tuple[tuple[int, str], ...]:
    tokens = tokenize.generate_tokens(io.StringIO(path.read_text("utf-8")).readline)
    return tuple(
        (token.start[0], token.string) for token in tokens if token.type == tokenize.COMMENT
    )


def forbidden(text: str) -> str | None:
    found = FORBIDDEN.search(text)
    return None if found is None else found[0]


def is_run_on(docstring: str) -> bool:
    """Return whether the second step of a list stands on the line of the first."""
    return any(RUN_ON.search(line) for line in docstring.splitlines())


def run_on_fields(node: ast.ClassDef) -> list[str]:
    """Return the fields of a class with many that do not begin a line where they are told of,
    behind the first paragraph of its docstring.
    """
    fields = [
        inner.target.id
        for inner in node.body
        if isinstance(inner, ast.AnnAssign) and isinstance(inner.target, ast.Name)
    ]
    if len(fields) <= MANY:
        return []
    _, _, rest = (ast.get_docstring(node) or "").partition("\n\n")
    return [field for field in fields if re.search(rf"[.;] `{field}`", rest)]


def refuse(offenders: list[str]) -> None:
    if offenders:
        pytest.fail("\n".join(sorted(offenders)), pytrace=False)


def test_no_forbidden_word() -> None:
    told = [
        (path, line, text)
        for path in SOURCES
        for line, text in (*docstrings(path), *comments(path))
    ] + [
        (path, line, text)
        for path in PAGES
        if path.name not in GENERATED_FROM_CATALOGUE
        for line, text in enumerate(path.read_text("utf-8").splitlines(), 1)
    ]
    phrases = ROOT / "src" / "hocba_sign" / "report" / "phrases.json"
    told.append((phrases, 1, phrases.read_text("utf-8")))
    refuse(
        [f"{place(path, line)}: {word}" for path, line, text in told if (word := forbidden(text))]
    )


def test_no_name_is_a_metaphor() -> None:
    refuse(
        [
            f"{place(path, node.lineno)}: {node.name}"
            for path in SOURCES
            for node in ast.walk(tree_of(path))
            if isinstance(node, ast.ClassDef | ast.FunctionDef)
            and forbidden(re.sub(r"(?<!^)(?=[A-Z])|_", " ", node.name).lower())
        ]
    )


def test_docstrings_begin_with_what_is_returned() -> None:
    refuse(
        [
            f"{place(path, line)}: {text.split()[0]}"
            for path in SOURCES
            for line, text in docstrings(path)
            if BEGINNING.match(text)
        ]
    )


def test_numbered_steps_carry_words() -> None:
    refuse(
        [
            f"{place(path, line)}: {text}"
            for path in SOURCES
            for line, text in comments(path)
            if STEP.search(text)
        ]
    )


def test_steps_in_a_docstring_stand_one_on_a_line() -> None:
    refuse(
        [
            place(path, line)
            for path in SOURCES
            for line, text in docstrings(path)
            if is_run_on(text)
        ]
    )


def test_a_class_with_many_fields_tells_of_one_on_a_line() -> None:
    refuse(
        [
            f"{place(path, node.lineno)}: {node.name}.{field}"
            for path in SOURCES
            for node in ast.walk(tree_of(path))
            if isinstance(node, ast.ClassDef)
            for field in run_on_fields(node)
        ]
    )


@pytest.mark.parametrize(
    ("text", "word"),
    [("written anew", "anew"), ("It belongs into it", "belongs into"), ("again", None)],
)
def test_forbidden_words_are_found(text: str, word: str | None) -> None:
    assert forbidden(text) == word


def test_lists_and_fields_that_run_on_are_found() -> None:
    assert is_run_on("1. one; 2. two")
    assert not is_run_on("1. one;\n2. two of TS 1. and so on")
    assert STEP.search("# (1) and (2)")
    assert not STEP.search("# (1) words")
    fields = "".join(f"    {name}: int\n" for name in "abcdef")
    bad = ast.parse(f'class C:\n    """C.\n\n    `a` is one. `b` is two.\n    """\n{fields}').body[
        0
    ]
    good = ast.parse(
        f'class C:\n    """C.\n\n    `a` is one.\n    `b` is two.\n    """\n{fields}'
    ).body[0]
    assert isinstance(bad, ast.ClassDef)
    assert isinstance(good, ast.ClassDef)
    assert run_on_fields(bad) == ["b"]
    assert run_on_fields(good) == []
