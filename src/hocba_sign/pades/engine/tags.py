"""Tags of a page's parts that a signing tool adds for its own field: the one change of a structure
tree that is tolerated.

Spec: ISO 32000-2, 14.7.
"""

from collections.abc import Iterable, Iterator
from typing import Any, Final

from pyhanko.pdf_utils import generic
from pyhanko.sign.diff_analysis import SuspiciousModification
from pyhanko.sign.diff_analysis.rules_api import ReferenceUpdate, WhitelistRule

from hocba_sign.pades.engine.sections import entry

_GROWING: Final = frozenset({"/K", "/ParentTree", "/ParentTreeNextKey"})
_TAG_KEYS: Final = frozenset({"/Type", "/S", "/P", "/K", "/Pg", "/T", "/Alt"})
_POINTER_KEYS: Final = frozenset({"/Type", "/Obj", "/Pg"})


class TagRule(WhitelistRule):
    """Allow form tags of signature fields at the end of the tree's top level, and their entries in
    the parent tree.
    """

    def apply(self, old: Any, new: Any) -> Iterable[ReferenceUpdate]:
        before, after = _root(old), _root(new)
        if before is None and after is None:
            return
        if before is None or after is None:
            raise SuspiciousModification("structure tree added or removed")
        _same_but(before, after, _GROWING)
        yield from _written(old, new, new.root.raw_get("/StructTreeRoot"))
        added = list(_added_tags(before, after))
        yield from _holders(old, new, after)
        signatures = {kid.reference for kid in _references(new.root["/AcroForm"]["/Fields"])}
        for tag in added:
            _check_tag(old, tag, signatures=signatures)
            yield ReferenceUpdate(tag.reference)
        yield from _parent_tree(old, new, (before, after))


def _root(handler: Any) -> Any:
    found = entry(handler.root, "/StructTreeRoot")
    if found is not None and not isinstance(found, generic.DictionaryObject):
        raise SuspiciousModification("structure tree")
    return found


def _same_but(before: Any, after: Any, growing: Iterable[str]) -> None:
    left, right = (
        {key: holder.raw_get(key) for key in holder if key not in growing}
        for holder in (before, after)
    )
    if left != right:
        raise SuspiciousModification("structure tree")


def _kids(holder: Any) -> list[Any]:
    """Return what stands in /K, itself or behind one element that holds everything."""
    raw = holder.raw_get("/K") if "/K" in holder else generic.ArrayObject()
    value = raw.get_object()
    if isinstance(value, generic.ArrayObject):
        return list(_raw_items(value))
    return [raw]


def _raw_items(array: Any) -> Iterator[Any]:
    for at in range(len(array)):
        yield array.raw_get(at)


def _references(array: Any) -> Iterator[Any]:
    return (
        raw_item for raw_item in _raw_items(array) if isinstance(raw_item, generic.IndirectObject)
    )


def _added_tags(before: Any, after: Any) -> Iterator[Any]:
    """Yield the tags that came to the end of the top level, or of the one element below it."""
    old_kids, new_kids = _kids(before), _kids(after)
    if new_kids[: len(old_kids)] != old_kids:
        raise SuspiciousModification("structure tree")
    yield from new_kids[len(old_kids) :]
    if len(old_kids) == 1:
        top_before, top_after = old_kids[0].get_object(), new_kids[0].get_object()
        if isinstance(top_before, generic.DictionaryObject):
            _same_but(top_before, top_after, ("/K",))
            below_before, below_after = _kids(top_before), _kids(top_after)
            if below_after[: len(below_before)] != below_before:
                raise SuspiciousModification("structure tree")
            yield from below_after[len(below_before) :]


def _holders(old: Any, new: Any, after: Any) -> Iterator[ReferenceUpdate]:
    """Explain the arrays and the one element that grew; `_added_tags` compared what they hold."""
    if "/K" in after:
        yield from _written(old, new, after.raw_get("/K"))
    kids = _kids(after)
    if kids:
        yield from _written(old, new, kids[0])
        top = kids[0].get_object()
        if isinstance(top, generic.DictionaryObject) and "/K" in top:
            yield from _written(old, new, top.raw_get("/K"))


def _written(old: Any, new: Any, value: Any) -> Iterator[ReferenceUpdate]:
    if (
        isinstance(value, generic.IndirectObject)
        and value.reference in new.explicit_refs_in_revision()
    ):
        if isinstance(value.get_object(), generic.StreamObject) or isinstance(
            old(value.reference), generic.StreamObject
        ):
            raise SuspiciousModification("structure tree")
        yield ReferenceUpdate(value.reference)


def _check_tag(old: Any, tag: Any, *, signatures: set[Any]) -> None:
    """A tag must be new, a form control, and point at a signature field or its widget that is in
    the form.
    """
    element = tag.get_object() if isinstance(tag, generic.IndirectObject) else None
    if not isinstance(element, generic.DictionaryObject) or not old.is_ref_unassignable(
        tag.reference
    ):
        raise SuspiciousModification("tag")
    pointer = entry(element, "/K")
    if (
        not isinstance(pointer, generic.DictionaryObject)
        or set(element) - _TAG_KEYS
        or set(pointer) - _POINTER_KEYS
    ):
        raise SuspiciousModification("tag")
    target = pointer.raw_get("/Obj")
    is_signature = (
        isinstance(target, generic.IndirectObject)
        and target.reference in signatures
        and entry(target.get_object(), "/FT") == "/Sig"
    )
    if entry(element, "/S") != "/Form" or entry(pointer, "/Type") != "/OBJR" or not is_signature:
        raise SuspiciousModification("tag")


def _parent_tree(old: Any, new: Any, roots: tuple[Any, Any]) -> Iterator[ReferenceUpdate]:
    """Allow new entries at the end of a parent tree that is one node; old ones may be written again
    as they were.
    """
    before, after = (entry(root, "/ParentTree") for root in roots)
    if after is None and before is None:
        return
    if before is None or after is None or set(before) != {"/Nums"} or set(after) != {"/Nums"}:
        if before == after:
            return
        raise SuspiciousModification("parent tree")
    yield from _written(old, new, roots[1].raw_get("/ParentTree"))
    yield from _written(old, new, after.raw_get("/Nums"))
    old_items, new_items = list(_raw_items(before["/Nums"])), list(_raw_items(after["/Nums"]))
    for index, item in enumerate(old_items):
        if index >= len(new_items) or (
            item != new_items[index] and item.get_object() != new_items[index].get_object()
        ):
            raise SuspiciousModification("parent tree")
        if item != new_items[index]:
            yield from _written(old, new, new_items[index])
