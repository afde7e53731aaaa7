"""Where signatures lie in a document and what each must cover, as data.

A layout is a table: per role the slot's place, the Ids that a signature there must cover, and the role
whose SignatureValues it must cover as well. Signing writes by this table, validation judges by it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from lxml import etree

from hocba_sign.errors import InputError
from hocba_sign.model.workflow import Role, Slot
from hocba_sign.xml import names
from hocba_sign.xml.parse import Element, locate


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotRule:
    """One row of a layout.

    `place` are the element names from below the root to the slot. `covers` are Ids; `{subject}` stands for
    the slot's subject. `links` is the role whose SignatureValues must be covered, or None.
    """

    place: tuple[str, ...]
    covers: tuple[str, ...]
    links: Role | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """A way to arrange a transcript and its signatures in one file."""

    name: str
    namespace: str
    rules: Mapping[Role, SlotRule]

    def covered_ids(self, slot: Slot) -> tuple[str, ...]:
        """Give the Ids that a signature in `slot` must cover."""
        return tuple(part.format(subject=slot.subject) for part in self.rules[slot.role].covers)

    def linked_slots(self, slot: Slot, expected: Iterable[Slot]) -> tuple[Slot, ...]:
        """Give the slots whose SignatureValues a signature in `slot` must cover.

        Empty where nobody is expected in the linked role (no subject teachers at primary school).
        """
        links = self.rules[slot.role].links
        return tuple(other for other in expected if other.role is links)


CANONICAL = Layout(
    name="canonical",
    namespace=names.HOCBA,
    rules=MappingProxyType(
        {
            Role.GVBM: SlotRule(place=(names.SIGNATURE_SLOTS, Role.GVBM), covers=(names.ID_IDENTITY, "{subject}")),
            Role.GVCN: SlotRule(place=(names.SIGNATURE_SLOTS, Role.GVCN), covers=(names.ID_DATA,), links=Role.GVBM),
            Role.CBQL: SlotRule(place=(names.SIGNATURE_SLOTS, Role.CBQL), covers=(names.ID_DATA,), links=Role.GVCN),
            Role.KY_PHAT_HANH: SlotRule(place=(names.SIGNATURE_SLOTS, Role.KY_PHAT_HANH), covers=(names.ID_DATA,), links=Role.CBQL),
        }
    ),
)


def recognise(root: Element) -> Layout:
    """Tell which layout a document has.

    Raises: InputError `DOC.NOT_HOC_BA` when the root is none that this library knows.
    """
    if root.tag == f"{{{CANONICAL.namespace}}}{names.ROOT}":
        return CANONICAL
    raise InputError("DOC.NOT_HOC_BA", where=f"/{etree.QName(root).localname}")


def slot_elements(root: Element, layout: Layout) -> tuple[tuple[Slot, Element], ...]:
    """Give every slot of the document with its element, in document order.

    Raises: InputError `DOC.SLOT_TWICE` when two elements claim the same slot.
    """
    found: dict[Slot, Element] = {}
    for role, rule in layout.rules.items():
        for element in root.iterfind("/".join(f"{{{layout.namespace}}}{name}" for name in rule.place)):
            slot = Slot(role, element.get(names.SLOT_SUBJECT), element.get(names.SLOT_TEACHER))
            if slot in found:
                raise InputError("DOC.SLOT_TWICE", where=locate(element))
            found[slot] = element
    return tuple(found.items())


def signature_in(element: Element) -> Element | None:
    """Give the ds:Signature of a slot, or None when it is empty.

    Raises: InputError `DOC.SLOT_CONTENT` when the slot holds anything but one signature.
    """
    content = tuple(element.iterchildren("*"))
    if not content:
        return None
    if len(content) > 1 or content[0].tag != names.DS_SIGNATURE:
        raise InputError("DOC.SLOT_CONTENT", where=locate(element))
    return content[0]
