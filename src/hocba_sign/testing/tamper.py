"""Files that were altered after they were signed, as a person with a text editor would."""

import re
from typing import Final

from hocba_sign.model.workflow import Slot
from hocba_sign.signing.xml.prepare import signature_id

_SIGNATURE: Final = re.compile(rb"<ds:Signature .*?</ds:Signature>", re.DOTALL)
_MARK: Final = re.compile(rb"(<DIEM_CA_NAM>)([0-9])([.][0-9]</DIEM_CA_NAM>)")


def with_changed_mark(document: bytes) -> bytes:
    """Return the first subject another mark for the year.

    Raises ValueError where there is no score.
    """
    changed, count = _MARK.subn(
        lambda found: found[1] + (b"9" if found[2] != b"9" else b"8") + found[3], document, count=1
    )
    if not count:
        raise ValueError("no mark in the document")
    return changed


def with_swapped_signatures(document: bytes) -> bytes:
    """Let the first two signatures change places. Raises ValueError where there are fewer."""
    found = list(_SIGNATURE.finditer(document))[:2]
    if len(found) < len("ab"):
        raise ValueError("fewer than two signatures")
    first, second = found
    return (
        document[: first.start()]
        + second[0]
        + document[first.end() : second.start()]
        + first[0]
        + document[second.end() :]
    )


def without_signature(document: bytes, slot: Slot) -> bytes:
    """Empty a slot; the slot itself stays. Raises ValueError where it is empty."""
    wanted = f'Id="{signature_id(slot)}"'.encode()
    found = next(
        (match for match in _SIGNATURE.finditer(document) if wanted in match[0][:200]), None
    )
    if found is None:
        raise ValueError(f"no signature in {slot}")
    return document[: found.start()] + document[found.end() :]
