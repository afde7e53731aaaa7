"""xmlschema judges every vector by the same schemas: what libxml2 finds valid or not, so does it."""

from functools import cache
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any, Final

import pytest
import xmlschema

from hocba_sign.errors import InputError
from hocba_sign.xml.parse import parse
from hocba_sign.xml.schema import schema_name, violations
from tests.vectors.replay import FOLDERS, identifier

BY_BOTH = {"kho", "nonce", "schema", "workflow"}
"""Areas judged by the schema of issued documents too, which differs in the slots alone."""

ERRS: Final = {
    "signature/text-between": "text between the parts of ds:Signature: cvc-complex-type 2.3 forbids it, "
    "xmlschema does not look for it beside a wildcard",
    "text/comment-in-a-mark": "a comment inside a value is no part of the value; xmlschema reads the "
    "text before it alone",
}
"""Where xmlschema alone errs, and why."""


@cache
def model(name: str) -> Any:
    with as_file(files("hocba_sign") / "schemas" / name) as path:
        return xmlschema.XMLSchema10(path, allow="local", defuse="always")


@pytest.mark.parametrize("folder", FOLDERS, ids=identifier)
def test_both_judge_alike(folder: Path) -> None:
    document = folder / "document.xml"
    if not document.exists():
        pytest.skip("a PDF")
    try:
        root = parse(document.read_bytes()).root
    except InputError:
        pytest.skip("no XML that is read")
    for issued in (False, True) if folder.parent.name in BY_BOTH else (False,):
        is_valid = model(schema_name(root, issued=issued)).is_valid(root)
        is_alike = is_valid is (violations(root, issued=issued) == ())
        assert is_alike is (identifier(folder) not in ERRS)
