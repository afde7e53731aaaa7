from types import SimpleNamespace
from typing import Any

import pytest

from hocba_sign.errors import InputError
from hocba_sign.model.fields import Leaf, table
from hocba_sign.model.reading import RecordReader
from hocba_sign.model.transcript import Transcript


def _leaves(record: type, found: dict[str, Leaf]) -> dict[str, Leaf]:
    for bound in table(record):
        if isinstance(bound.spec, Leaf):
            found.setdefault(bound.spec.key, bound.spec)
        for inner in bound.records:
            _leaves(inner, found)
    return found


@pytest.mark.parametrize("leaf", _leaves(Transcript, {}).values(), ids=lambda leaf: leaf.key)
def test_a_wrong_form_is_said_before_the_length(leaf: Leaf) -> None:
    """Whatever the kind of field, "too long" is said of free text only; of others, what may stand
    there.
    """
    for text in ("064 311 002 485", "Nữ", "2025 - 2026", "x" * 3000):
        source = SimpleNamespace(
            naming="key", where=lambda name: f"$.{name}", leaf=lambda _bound, _spec, text=text: text
        )
        reader = RecordReader()
        try:
            bound: Any = SimpleNamespace(is_required=True)
            reader._leaf(bound, leaf, source=source, record=Transcript)
        except InputError as error:
            reader.findings.extend(error.findings)
        causes = {one.cause for one in reader.findings}
        assert ("TEXT.TOO_LONG" in causes) == (
            leaf.kind.is_free and len(text) > (leaf.kind.max_length or len(text))
        )
        if causes and not leaf.kind.is_free:
            assert any(one.form for one in reader.findings)
