"""The table of effects agrees with the statuses in the source and with every committed vector."""

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest

from tests.unit.docs.pages import ROOT
from tools.effects_table import CLASSES, DEPENDS, NOT_PROVEN, OF_FILES, in_signature, rows

IDENTIFIER: Final = re.compile(r"[A-Z][A-Z0-9]*\.[A-Z][A-Z0-9_]*[A-Z0-9]")
DOCUMENT: Final = {cause: document for cause, _, _, document in rows()}
PROVES: Final = {cause: proves for cause, proves, _, _ in rows()}
SUMMED_UP: Final = ("RULE.", "TT15.", "POLICY.")
VECTORS: Final[list[dict[str, Any]]] = [
    json.loads(path.read_text("utf-8")) for path in (ROOT / "test_vectors").glob("*/*/case.json")
]


def literal_statuses() -> Iterator[tuple[str, str]]:
    """Yield cause and status of every `Check` in the source that names one of each as it stands."""
    for path in (ROOT / "src" / "hocba_sign").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Check":
                given = {keyword.arg: keyword.value for keyword in node.keywords}
                match given.get("identifier"), given.get("status"):
                    case ast.Constant(value=str(cause)), ast.Attribute(attr=status):
                        yield cause, status
                    case _:
                        pass


def test_a_check_has_the_status_of_its_class() -> None:
    found = set(literal_statuses())
    assert ("WF.MISSING", "UNPROVEN") in found
    told = {"WARNING", "PASS", "NOT_CHECKED"}
    wrong = [
        (cause, status)
        for cause, status in found
        if cause in PROVES and cause not in DEPENDS
        if (status == "UNPROVEN" and PROVES[cause] in {"note", "call"})
        or (status == "FAIL" and PROVES[cause] in NOT_PROVEN)
        or (
            (status in told and {other for name, other in found if name == cause} <= told)
            and PROVES[cause] != "note"
            and not cause.startswith(("DOC.", "PDF.", "TT15."))
        )
    ]
    assert not sorted(wrong)


@pytest.mark.parametrize("verdict", ["VALID", "INDETERMINATE"])
def test_no_vector_names_a_cause_whose_effect_is_worse_than_its_verdict(verdict: str) -> None:
    worse = {"INVALID"} | ({"INDETERMINATE"} if verdict == "VALID" else set())
    cases = [case for case in VECTORS if case["expect"].get("verdict") == verdict]
    assert len(cases) > 50
    assert not [
        (case["id"], cause)
        for case in cases
        for cause in case["expect"]["causes"]
        if DOCUMENT.get(cause) in worse and not cause.startswith(SUMMED_UP)
    ]


def test_every_vector_that_is_not_valid_names_a_cause_with_that_effect() -> None:
    for case in VECTORS:
        verdict, causes = case["expect"].get("verdict"), case["expect"]["causes"]
        if verdict in {"INVALID", "INDETERMINATE"} and causes:
            effects = [DOCUMENT.get(cause, "INDETERMINATE") for cause in causes]
            assert any(verdict in effect for effect in effects), case["id"]


def test_what_fails_a_signature_fails_the_document() -> None:
    for cause, proves, signature, document in rows():
        if "TOTAL_FAILED" in signature:
            assert document == "INVALID", cause
        if signature.startswith("INDETERMINATE"):
            assert document.startswith("INDETERMINATE") or cause == "TRUST.KNOWN_BAD", cause
        assert (cause in OF_FILES) <= (in_signature(cause, proves) == ""), cause


def test_the_exceptions_are_causes() -> None:
    known = {
        one for causes in json.loads(Path(CLASSES).read_text("utf-8")).values() for one in causes
    }
    assert not {*DEPENDS, *OF_FILES} - known
