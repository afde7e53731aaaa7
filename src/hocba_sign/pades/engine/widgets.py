"""What a signature's field and its picture may consist of: keys and values by name, for whatever is
not named may run, hide or show something.

Spec: ISO 32000-2, 12.5.2, 12.5.6.19, 12.7.5.5 and 8.10.
"""

from collections.abc import Iterator
from typing import Any, Final

from pyhanko.pdf_utils import generic

from hocba_sign.frozen_dataclass import dataclass
from hocba_sign.pades.engine.bounded_document import ReadRevision
from hocba_sign.pades.engine.sections import entry, raw_entry

KEYS: Final = frozenset(
    {
        *(
            "/Type",
            "/Subtype",
            "/FT",
            "/T",
            "/TU",
            "/TM",
            "/Ff",
            "/V",
            "/Lock",
            "/SV",
            "/Kids",
            "/Parent",
        ),
        *(
            "/Rect",
            "/P",
            "/F",
            "/AP",
            "/DA",
            "/DR",
            "/Q",
            "/M",
            "/NM",
            "/StructParent",
            "/H",
            "/MK",
            "/BS",
            "/Border",
        ),
    }
)
_RUNNING: Final = frozenset(
    {"/A", "/AA", "/PA", "/OC", "/JS", "/OPI", "/Ref", "/PS", "/Alternates"}
)
"""Scripts, actions, layers, and what programs fetch or show in place of what is there."""
_KINDS: Final = frozenset({"/OCG", "/OCMD", "/Action"})
_FORM: Final = frozenset(
    {
        *(
            "/Type",
            "/Subtype",
            "/FormType",
            "/BBox",
            "/Matrix",
            "/Resources",
            "/Length",
            "/Filter",
            "/DecodeParms",
            "/Group",
        ),
        *(
            "/LastModified",
            "/Name",
            "/StructParent",
            "/StructParents",
            "/Metadata",
            "/PieceInfo",
            "/DL",
        ),
    }
)
_IMAGE: Final = frozenset(
    {
        *(
            "/Type",
            "/Subtype",
            "/Width",
            "/Height",
            "/ColorSpace",
            "/BitsPerComponent",
            "/Intent",
            "/ImageMask",
            "/Mask",
            "/Decode",
        ),
        *(
            "/Interpolate",
            "/SMask",
            "/SMaskInData",
            "/Matte",
            "/Length",
            "/Filter",
            "/DecodeParms",
            "/Name",
            "/ID",
            "/StructParent",
        ),
        *("/Metadata", "/DL"),
    }
)
_UNSHOWN: Final = frozenset({"/Metadata", "/PieceInfo"})
_UNSEEN_FLAGS: Final = 1 | 2 | 32 | 256
"""Invisible, Hidden, NoView, ToggleNoView: what some see and others do not (12.5.3)."""
_FLAGS: Final = 4 | 64 | 128 | 512
"""Print, ReadOnly, Locked, LockedContents."""
_HIGHLIGHTS: Final = ("/N", "/I", "/O", "/P", "/T")


@dataclass(frozen=True, slots=True)
class WidgetFault:
    """What has no place in a signature's field.

    `is_proven`: it runs or hides something; otherwise it is only not known to be harmless.
    """

    what: str
    is_proven: bool


def widget_faults(old: ReadRevision, new: ReadRevision, *, reference: Any) -> Iterator[WidgetFault]:
    """Look through the field at `reference`, its widgets and their pictures for whatever `new`
    brought into them.
    """
    field = reference.get_object()
    yield from _holder_faults(old, new, reference)
    kids = entry(field, "/Kids", default=())
    for at in range(len(kids)):
        kid = kids.raw_get(at)
        if isinstance(kid, generic.IndirectObject) and "/T" not in kid.get_object():
            yield from _holder_faults(old, new, kid)


def _holder_faults(old: ReadRevision, new: ReadRevision, reference: Any) -> Iterator[WidgetFault]:
    before, after = old.version((reference.idnum, reference.generation)), reference.get_object()
    if not isinstance(before, generic.DictionaryObject):
        before = generic.DictionaryObject()
    for key in after:
        value = after.raw_get(key)
        if key != "/AP" and raw_entry(before, key) == value:
            continue
        if key not in KEYS:
            yield WidgetFault(key, key in _RUNNING)
        elif key in _CHECKS and not _CHECKS[key](value.get_object()):
            yield WidgetFault(key, is_proven=False)
    flags = entry(after, "/F", default=0)
    if has_area(after) and flags & ~_FLAGS:
        yield WidgetFault("/F", bool(flags & _UNSEEN_FLAGS))
    if "/AP" in after:
        yield from _picture_faults(new, after["/AP"])


def has_area(widget: Any) -> bool:
    """Return whether a widget has a place on its page where something can be seen."""
    rectangle = entry(widget, "/Rect")
    if not isinstance(rectangle, generic.ArrayObject) or len(rectangle) != 4:
        return False
    left, bottom, right, top = (float(number) for number in rectangle)
    return left != right and bottom != top


def _is_plain_border(value: Any) -> bool:
    return isinstance(value, generic.ArrayObject) and len(value) >= 3 and value[2] == 0


_CHECKS: Final = {
    "/MK": lambda value: (
        isinstance(value, generic.DictionaryObject)
        and all(key == "/R" and value[key] == 0 for key in value)
    ),
    "/BS": lambda value: (
        isinstance(value, generic.DictionaryObject) and entry(value, "/W", default=1) == 0
    ),
    "/Border": _is_plain_border,
    "/H": lambda value: value in _HIGHLIGHTS,
    "/AP": lambda value: (
        isinstance(value, generic.DictionaryObject)
        and set(value) == {"/N"}
        and isinstance(value["/N"], generic.StreamObject)
    ),
    "/F": lambda value: isinstance(value, generic.NumberObject) and value >= 0,
    "/Lock": lambda value: (
        isinstance(value, generic.DictionaryObject)
        and set(value) <= {"/Type", "/Action", "/Fields", "/P"}
    ),
}


def _picture_faults(new: ReadRevision, appearances: Any) -> Iterator[WidgetFault]:
    """Walk through everything that a picture is drawn with."""
    waiting = [appearances]
    seen: set[tuple[int, int]] = set()
    while waiting:
        value = waiting.pop()
        new.visit(1)
        if isinstance(value, generic.IndirectObject):
            key = (value.idnum, value.generation)
            if key not in seen:
                seen.add(key)
                waiting.append(value.get_object())
        elif isinstance(value, generic.ArrayObject):
            waiting += value.iterate()
        elif isinstance(value, generic.DictionaryObject):
            yield from _drawn_faults(value)
            waiting += [value.raw_get(key) for key in value if key not in _UNSHOWN]


def _drawn_faults(value: Any) -> Iterator[WidgetFault]:
    yield from (WidgetFault(f"/AP {key}", is_proven=True) for key in value if key in _RUNNING)
    if entry(value, "/Type") in _KINDS:
        yield WidgetFault(f"/AP {value['/Type']}", is_proven=True)
    if isinstance(value, generic.StreamObject):
        known = {"/Form": _FORM, "/Image": _IMAGE}.get(entry(value, "/Subtype"))
        if known is not None:
            yield from (
                WidgetFault(f"/AP {key}", is_proven=False)
                for key in value
                if key not in known and key not in _RUNNING
            )
