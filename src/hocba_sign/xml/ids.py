"""Which elements have an Id."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from hocba_sign.errors import InputError
from hocba_sign.xml.tree import QUERIES, Element, locate, tags


def id_map_of_others(root: Element) -> tuple[Mapping[str, Element], frozenset[str]]:
    """Map the value of every attribute called `id`, in any case and any namespace; those of several
    elements are given apart.
    """
    found: dict[str, Element] = {}
    ambiguous: set[str] = set()
    for attribute in QUERIES.ids(root):
        if found.setdefault(str(attribute), attribute.getparent()) is not attribute.getparent():
            ambiguous.add(str(attribute))
    for value in ambiguous:
        del found[value]
    return MappingProxyType(found), frozenset(ambiguous)


def id_map(root: Element) -> Mapping[str, Element]:
    """Map the value of every attribute called `id`, in any case and any namespace, to its element.

    The transcript store's layout writes one value twice: at the teacher in a subject and at that
    teacher's slot. Such a pair names nothing: it is left out, so that no reference to it can be
    followed.
    Raises: InputError XML.DUPLICATE_ID where one value occurs twice otherwise, or oftener, under
    whichever spellings.
    """
    found: dict[str, Element] = {}
    paired: dict[str, Element] = {}
    for attribute in QUERIES.ids(root):
        element = attribute.getparent()
        value = str(attribute)
        if value in paired:
            raise InputError(
                "XML.DUPLICATE_ID", where=f"{locate(paired[value])}; {locate(element)}"
            )
        if value in found:
            if not _is_teacher_and_slot(found[value], element):
                raise InputError(
                    "XML.DUPLICATE_ID", where=f"{locate(found[value])}; {locate(element)}"
                )
            paired[value] = found.pop(value)
            continue
        found[value] = element
    return MappingProxyType(found)


_TEACHER_IN_SUBJECT: Final = ("GVBM", "DIEM_TONG_KET")


_TEACHER_SLOT: Final = ("GVBM", "DANH_SACH_GVBM", "DANH_SACH_THONG_TIN_KY", "DU_LIEU_HOC_BA")


def _is_teacher_and_slot(one: Element, other: Element) -> bool:
    """Return whether two elements with the same Id are a teacher in a subject and the slot of that
    teacher, each where it belongs.
    """
    if one.get("Id") != other.get("Id"):
        return False
    inner, slot = (one, other) if tags(one)[1:2] == _TEACHER_IN_SUBJECT[1:] else (other, one)
    return tags(inner)[:2] == _TEACHER_IN_SUBJECT and tags(slot)[:4] == _TEACHER_SLOT
