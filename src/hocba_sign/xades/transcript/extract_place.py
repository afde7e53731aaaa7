"""The place that a seal has for the root of an extract, read for its form.

The seal signs, in a ds:Object of its own signature, the root of a Merkle tree over parts of the
transcript, from which single parts can be shown later. What the root says is judged where extracts
are; here is only that nothing else hides in the place, and that the seal covers it.
"""

import base64
import re
from collections.abc import Iterable
from typing import Final

from hocba_sign.ades.structure import SealedRoot
from hocba_sign.errors import Finding, InputError
from hocba_sign.extract.container import MAX_LEAVES, MIN_LEAVES
from hocba_sign.extract.seal_octets import EXTRACT_ID, EXTRACT_TYPE
from hocba_sign.model.workflow import Role, Slot
from hocba_sign.xades.syntax import names
from hocba_sign.xades.syntax.elements import require_children
from hocba_sign.xml.namespaces import HOCBA
from hocba_sign.xml.tree import Element, locate

EXTRACT: Final = f"{{{HOCBA}}}Extract"
_SEAL: Final = Slot(Role.KY_PHAT_HANH)
_LEAVES: Final = re.compile("[1-9][0-9]?")
_ROOT: Final = re.compile("[0-9A-Za-z+/]{42}[048AEIMQUYcgkosw]=")
"""Canonical Base64 of a SHA-256."""


def extract_object(signature: Element, slot: Slot | None) -> Element | None:
    """Return the Object reserved for the extract, None where there is none; only the seal may have
    one, and only one.
    """
    if slot != _SEAL:
        return None
    return next(
        (
            holder
            for holder in signature.iterchildren(names.OBJECT)
            if holder.get("Id") == EXTRACT_ID
        ),
        None,
    )


def extract_findings(
    signature: Element, extract: Element | None, *, references: Iterable[Element]
) -> tuple[Finding, ...]:
    """Return `SIG.EXTRACT` unless there is neither Object nor reference, or an Object of the right
    form with one reference of the type that covers it, and no other of the type.
    """
    targets = [
        reference.get("URI") for reference in references if reference.get("Type") == EXTRACT_TYPE
    ]
    if extract is None and not targets:
        return ()
    if extract is None or targets != [f"#{EXTRACT_ID}"] or not _has_form(extract):
        return (Finding("SIG.EXTRACT", locate(signature if extract is None else extract)),)
    return ()


def sealed_root(extract: Element | None) -> SealedRoot | None:
    """Return what an Object of the right form says; None for any other, and where there is none."""
    if extract is None or not _has_form(extract):
        return None
    tree = next(extract.iterchildren("*"))
    return SealedRoot(
        leaves=int(tree.get("Leaves", "")), root=base64.b64decode(tree.get("Root", ""))
    )


def _has_form(extract: Element) -> bool:
    try:
        require_children(extract, (EXTRACT,))
    except InputError:
        return False
    held = tuple(extract.iterchildren("*"))
    if set(extract.attrib) != {"Id"} or len(held) != 1:
        return False
    tree = held[0]
    leaves, root = str(tree.get("Leaves", "")), str(tree.get("Root", ""))
    return (
        set(tree.attrib) == {"Leaves", "Root"}
        and not len(tree)
        and not tree.text
        and _LEAVES.fullmatch(leaves) is not None
        and MIN_LEAVES <= int(leaves) <= MAX_LEAVES
        and _ROOT.fullmatch(root) is not None
    )
