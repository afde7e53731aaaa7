"""Marks and comments of pupils are in no `repr`: whoever logs a transcript or a part of it, or sees
it in a traceback, sees none.
"""

import dataclasses
from collections.abc import Iterator
from pathlib import Path

import pytest

from hocba_sign.model.transcript import Transcript

EXAMPLES = sorted((Path(__file__).resolve().parents[3] / "examples").glob("*.json"))


def parts(value: object) -> Iterator[object]:
    yield value
    if isinstance(value, tuple):
        for one in value:
            yield from parts(one)
    elif dataclasses.is_dataclass(value) and not isinstance(value, type):
        for field in dataclasses.fields(value):
            yield from parts(getattr(value, field.name))


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.stem)
def test_no_mark_or_comment_is_shown(example: Path) -> None:
    transcript = Transcript.from_json(example.read_text("utf-8"))
    held = [part for part in parts(transcript.content) if dataclasses.is_dataclass(part)]
    secrets = {str(getattr(part, "comment", None) or "") for part in held} - {""}
    assert secrets
    shown = [repr(transcript), *map(repr, held)]
    assert not [text for text in shown if any(secret in text for secret in secrets)]
    results = [part for part in held if hasattr(part, "marks")]
    assert results
    assert not [text for text in map(repr, results) if "marks=" in text]
