"""No cause makes a verdict INVALID unless it proves something wrong: every cause is classified in
causes.json, a new one by whoever adds it.
"""

import ast
import json
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from hocba_sign.catalogue.messages import catalogue
from hocba_sign.errors import Finding
from hocba_sign.validation.verdict import Indication, SubIndication, conclude, is_contradicted

HERE = Path(__file__).resolve()
ROOT = HERE.parents[3]
CLASSES: Final[dict[str, list[str]]] = json.loads((HERE.parent / "causes.json").read_text("utf-8"))
SAID_TO_CALLERS: Final = frozenset(
    {
        *(
            "BATCH",
            "BULK",
            "CLI",
            "CONFORMANCE",
            "CONVERT",
            "DOCTOR",
            "EXTEND",
            "FETCH",
            "FILE",
            "JSON",
            "KEY",
            "MERGE",
        ),
        *(
            "MANIFEST",
            "POLICY",
            "RECORD",
            "RENDER",
            "REMOTE",
            "REPORT",
            "RULE",
            "SCHEMA",
            "SIGN",
            "TOKEN",
            "TSA",
        ),
    }
)
"""The areas of causes that no verdict rests on by themselves; rules of circulars are summed up in
DOC.RULES.
"""
PROVEN: Final = ("value", "digest", "form", "role", "date", "validity", "revocation", "limit")
"""What may be proven wrong.

`limit`: beyond docs/reference/limits.md a file cannot be read, which is a fault of its form.
"""
CONCLUDED: Final = frozenset({"SIG", "PDF", "DER", "CRYPTO", "CERT", "XML"})
NEVER_CONCLUDED: Final = frozenset(
    {
        *(
            "PDF.ENCRYPTED",
            "PDF.EXTRA_MISSING",
            "PDF.HYBRID",
            "PDF.NOT_COMPARED",
            "PDF.NO_TRANSCRIPT",
            "PDF.REVISIONS",
        ),
        *(
            "PDF.OTHER_PICTURE",
            "PDF.OVERLAY",
            "PDF.PAGE_LIMIT",
            "PDF.PAGES_UNSIGNED",
            "PDF.PICTURE",
            "PDF.SAME_CONTENT",
            "PDF.SYNTAX",
            "PDF.TOLERATED",
            "CRYPTO.ENDS",
            "SIG.NOT_JUDGED",
            "SIG.TIME_STAMPS",
        ),
        *(cause for cause in CLASSES["note"] if cause.startswith("SIG.")),
        *CLASSES["call"],
    }
)
"""Said of whole files, to callers or as warnings, and never what a signature is judged by."""
IDENTIFIER: Final = re.compile(r"[A-Z][A-Z0-9]*\.[A-Z][A-Z0-9_]*[A-Z0-9]")
CLASS_OF: Final = {cause: name for name, causes in CLASSES.items() for cause in causes}


def test_every_cause_is_classified_once() -> None:
    judged = {cause for cause in catalogue() if cause.partition(".")[0] not in SAID_TO_CALLERS}
    assert not sorted(judged - CLASS_OF.keys()), (
        "say in causes.json what these prove: `unproven` and `note` prove nothing wrong, `call` "
        "never stands in a verdict"
    )
    assert not sorted(CLASS_OF.keys() - judged), "these causes are gone"
    assert [
        cause
        for cause, count in Counter(one for causes in CLASSES.values() for one in causes).items()
        if count > 1
    ] == []
    assert set(CLASSES) == {*PROVEN, "unproven", "note", "call"}


def test_no_signature_fails_by_what_proves_nothing() -> None:
    concluded = (
        cause
        for cause in CLASS_OF
        if cause.partition(".")[0] in CONCLUDED and cause not in NEVER_CONCLUDED
    )
    failing = {
        cause
        for cause in concluded
        if conclude((Finding(cause),)).indication is Indication.TOTAL_FAILED
    }
    assert not sorted(cause for cause in failing if CLASS_OF[cause] not in PROVEN)


def test_what_a_comparison_proves_wrong_makes_a_signature_fail() -> None:
    """Whatever else was found, and in whatever order."""
    fails = {
        "value": SubIndication.SIG_CRYPTO_FAILURE,
        "digest": SubIndication.HASH_FAILURE,
    }
    for name, sub_indication in fails.items():
        for cause in CLASSES[name]:
            if cause.partition(".")[0] not in {"SIG", "CRYPTO"} or cause in NEVER_CONCLUDED:
                continue
            told = conclude((Finding("SIG.NO_TIME_STAMP"), Finding(cause)))
            assert told.indication is Indication.TOTAL_FAILED, cause
            assert told.sub_indication is sub_indication, cause


def test_a_comparison_that_failed_is_one_of_value_or_digest() -> None:
    differing = {cause for cause in CLASS_OF if is_contradicted((Finding(cause),))}
    assert {CLASS_OF[cause] for cause in differing} == {"value", "digest"}
    compared = (SubIndication.HASH_FAILURE, SubIndication.SIG_CRYPTO_FAILURE)
    assert all(conclude((Finding(cause),)).sub_indication in compared for cause in differing)


def failing_literals() -> Iterator[str]:
    """Yield the ids that stand in the source in one call or tuple with Status.FAIL and no other
    status.
    """
    for path in (ROOT / "src" / "hocba_sign").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(node, ast.Tuple) and not (
                isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Check"
            ):
                continue
            inner = list(ast.walk(node))
            statuses = {
                one.attr
                for one in inner
                if isinstance(one, ast.Attribute) and getattr(one.value, "id", "") == "Status"
            }
            if statuses == {"FAIL"}:
                yield from (
                    one.value
                    for one in inner
                    if isinstance(one, ast.Constant)
                    and isinstance(one.value, str)
                    and IDENTIFIER.fullmatch(one.value)
                )


def test_no_check_fails_by_what_proves_nothing() -> None:
    found = set(failing_literals())
    assert {"WF.SKIPPED", "DOC.UNSIGNED"} <= found
    assert not sorted(cause for cause in found if CLASS_OF.get(cause) not in PROVEN)


def test_every_invalid_vector_names_what_is_proven_wrong() -> None:
    cases = [
        json.loads(path.read_text("utf-8"))
        for path in (ROOT / "test_vectors").glob("*/*/case.json")
    ]
    invalid = [case for case in cases if case["expect"].get("verdict") == "INVALID"]
    assert len(invalid) > 100
    unfounded = [
        case["id"]
        for case in invalid
        if not any(CLASS_OF.get(cause) in PROVEN for cause in case["expect"]["causes"])
    ]
    assert not unfounded
