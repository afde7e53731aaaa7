"""Where signatures lie in a document and what each must cover, as data.

A layout is a table: per role the slot's place, the Ids that a signature there must cover, and the
role whose SignatureValues it covers as well. Signing writes by this table, validation judges by it.
"""

from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Final

from lxml import etree

from hocba_sign.errors import InputError
from hocba_sign.frozen_dataclass import dataclass
from hocba_sign.model import event, registry, status_list
from hocba_sign.model.workflow import Role, Slot
from hocba_sign.xml import namespaces
from hocba_sign.xml.format_version import is_newer
from hocba_sign.xml.tree import Element, locate


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotRule:
    """One row of a layout.

    `place` are the element names from below the root to the slot. `covers` are Ids; `{subject}`
    stands for the slot's subject. `links` is the role whose SignatureValues are covered, or None;
    `covers_slots_of` the role whose slots lie within what `covers` names, so that its signatures
    are covered whole. `may_lie_deeper`: other makers put the slot further below its holder.
    """

    place: tuple[str, ...]
    covers: tuple[str, ...]
    links: Role | None = None
    covers_slots_of: Role | None = None
    may_lie_deeper: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """A way to arrange a transcript and its signatures in one file.

    `namespace` is empty for none.
    `needs_links`: a signature without its links is wrong; otherwise it only leaves the order
        unproven.
    `holders` are places that are written even where no slot lies in them.
    `slots_are_twins`: a teacher's slot carries the Id of the teacher in the subject, instead of
        attributes that name both.
    `accepted_findings` are causes that a signature of another maker may show and still be signed on
        top of. A layout without rules has no slots.
    """

    name: str
    namespace: str
    rules: Mapping[Role, SlotRule]
    needs_links: bool = True
    root: str = namespaces.ROOT
    holders: tuple[tuple[str, ...], ...] = ()
    slots_are_twins: bool = False
    accepted_findings: frozenset[str] = frozenset()

    def tag(self, name: str) -> str:
        return f"{{{self.namespace}}}{name}" if self.namespace else name

    def slot_attributes(self, slot: Slot) -> tuple[tuple[str, str], ...]:
        """Return the attributes that tell a teacher's slot from others."""
        if self.slots_are_twins:
            return ((namespaces.ID, slot.teacher or ""),)
        return (
            (namespaces.SLOT_SUBJECT, slot.subject or ""),
            (namespaces.SLOT_TEACHER, slot.teacher or ""),
        )

    def covered_ids(self, slot: Slot) -> tuple[str, ...]:
        """Return the Ids that a signature in `slot` must cover."""
        return tuple(part.format(subject=slot.subject) for part in self.rules[slot.role].covers)

    def linked_slots(self, slot: Slot, expected: Iterable[Slot]) -> tuple[Slot, ...]:
        """Return the slots whose SignatureValues a signature in `slot` covers.

        Empty where nobody is expected in the linked role (no subject teachers at primary school).
        """
        links = self.rules[slot.role].links
        return tuple(other for other in expected if other.role is links)

    def covered_slots(self, slot: Slot, expected: Iterable[Slot]) -> tuple[Slot, ...]:
        """Return the slots of the step before that lie within what a signature in `slot` covers."""
        covers_slots_of = self.rules[slot.role].covers_slots_of
        return tuple(other for other in expected if other.role is covers_slots_of)


CANONICAL: Final = Layout(
    name="canonical",
    namespace=namespaces.HOCBA,
    rules=MappingProxyType(
        {
            Role.GVBM: SlotRule(
                place=(namespaces.SIGNATURE_SLOTS, Role.GVBM),
                covers=(namespaces.ID_IDENTITY, "{subject}"),
            ),
            Role.GVCN: SlotRule(
                place=(namespaces.SIGNATURE_SLOTS, Role.GVCN),
                covers=(namespaces.ID_DATA,),
                links=Role.GVBM,
            ),
            Role.CBQL: SlotRule(
                place=(namespaces.SIGNATURE_SLOTS, Role.CBQL),
                covers=(namespaces.ID_DATA,),
                links=Role.GVCN,
            ),
            Role.KY_PHAT_HANH: SlotRule(
                place=(namespaces.SIGNATURE_SLOTS, Role.KY_PHAT_HANH),
                covers=(namespaces.ID_DATA,),
                links=Role.CBQL,
            ),
        }
    ),
)

KHO: Final = Layout(
    name="kho",
    namespace="",
    needs_links=False,
    holders=((namespaces.DATA, namespaces.SIGNING_LIST), (namespaces.ISSUE,)),
    slots_are_twins=True,
    accepted_findings=frozenset({"SIG.PLAIN"}),
    rules=MappingProxyType(
        {
            Role.GVBM: SlotRule(
                place=(
                    namespaces.DATA,
                    namespaces.SIGNING_LIST,
                    namespaces.TEACHER_LIST,
                    Role.GVBM,
                ),
                covers=("{subject}",),
            ),
            Role.GVCN: SlotRule(
                place=(namespaces.DATA, namespaces.SIGNING_LIST, Role.GVCN),
                covers=(namespaces.ID_CONTENT,),
                links=Role.GVBM,
            ),
            Role.CBQL: SlotRule(
                place=(namespaces.ISSUE, Role.CBQL),
                covers=(namespaces.ID_DATA,),
                covers_slots_of=Role.GVCN,
                may_lie_deeper=True,
            ),
            Role.KY_PHAT_HANH: SlotRule(
                place=(namespaces.ISSUE, Role.KY_PHAT_HANH),
                covers=(namespaces.ID_DATA,),
                links=Role.CBQL,
            ),
        }
    ),
)
"""The de-facto layout of the transcript store (Kho học bạ): the slots of teachers and of the
homeroom teacher lie within `#data`.
"""

PART: Final = Layout(name="part", namespace="", needs_links=False, rules=MappingProxyType({}))
"""A file of the field that holds a part of a transcript: the pupil's particulars or the year's
results, signed on their own.
"""

LAYOUTS: Final = MappingProxyType({layout.name: layout for layout in (CANONICAL, KHO)})
"""The layouts that can be written, by name."""

_PART_ROOTS: Final = MappingProxyType(
    {"TONG_KET_CA_NAM": "TONG_KET", "TONG_KET": "TONG_KET", "LY_LICH": "LY_LICH"}
)
_ID_PARTICULARS: Final = "lyLich"
OTHER_SLOTS: Final = frozenset({"CHUKYDONVI", "LY_LICH", "TONG_KET"})
"""Slots seen in the field that belong to no step of any plan."""

_SEAL_ALONE: Final = MappingProxyType(
    {
        Role.KY_PHAT_HANH: SlotRule(
            place=(namespaces.SIGNATURE_SLOTS, Role.KY_PHAT_HANH), covers=(namespaces.ID_DATA,)
        )
    }
)
_HEAD_AND_SEAL: Final = MappingProxyType(
    {
        Role.CBQL: SlotRule(
            place=(namespaces.SIGNATURE_SLOTS, Role.CBQL), covers=(namespaces.ID_DATA,)
        ),
        Role.KY_PHAT_HANH: SlotRule(
            place=(namespaces.SIGNATURE_SLOTS, Role.KY_PHAT_HANH),
            covers=(namespaces.ID_DATA,),
            links=Role.CBQL,
        ),
    }
)
RECORDS: Final = tuple(
    Layout(name=name, namespace=namespaces.HOCBA, root=root, rules=rules)
    for name, root, rules in (
        ("event", event.ROOT_ELEMENT, _HEAD_AND_SEAL),
        ("registry", registry.ROOT_ELEMENT, _SEAL_ALONE),
        ("status_list", status_list.ROOT_ELEMENT, _SEAL_ALONE),
    )
)
"""Documents about transcripts: events, registries, status lists."""

_OWN_NAMES: Final = frozenset({namespaces.DATA, *(layout.root for layout in (CANONICAL, *RECORDS))})


def recognise(root: Element) -> Layout:
    """Return which layout a document has.

    Raises: InputError `DOC.NOT_HOC_BA` when the root is none that this library knows, `DOC.NEWER`
    where it is of a later generation.
    """
    for layout in (CANONICAL, *RECORDS):
        if root.tag == layout.tag(layout.root):
            return layout
    data = root.find(namespaces.DATA) if not str(root.tag).startswith("{") else None
    if data is not None and (
        data.find(namespaces.SIGNING_LIST) is not None or root.find(namespaces.ISSUE) is not None
    ):
        return KHO
    if part_of(root) is not None:
        return PART
    cause = "DOC.NEWER" if is_newer(root) else "DOC.NOT_HOC_BA"
    raise InputError(cause, where=f"/{etree.QName(root).localname}")


def names_transcript(root: Element) -> bool:
    """Return whether any element is called as a transcript, its data or a document about
    transcripts is, in whatever namespace: a file that holds one is not of another kind.
    """
    return any(
        isinstance(element.tag, str) and etree.QName(element).localname in _OWN_NAMES
        for element in root.iter("*")
    )


def part_of(root: Element) -> str | None:
    """Name the part of a transcript that a file holds, TONG_KET or LY_LICH; None for any other
    file.
    """
    for element in (root, *root.iterchildren("*")):
        tag = str(element.tag)
        if tag in _PART_ROOTS:
            return _PART_ROOTS[tag]
        if tag == "THONG_TIN" and element.get(namespaces.ID) == _ID_PARTICULARS:
            return "LY_LICH"
    return None


def is_ours(root: Element) -> bool:
    """Return whether the content claims to follow the schemas of this library; other makers' fields
    are not published.
    """
    return root.get(namespaces.SCHEMA_VERSION_ATTRIBUTE) is not None


def slot_elements(root: Element, layout: Layout) -> tuple[tuple[Slot, Element], ...]:
    """Return every slot of the document with its element, in document order.

    Raises: InputError `DOC.SLOT_TWICE` when two elements claim the same slot.
    """
    found: dict[Slot, Element] = {}
    subjects = _subjects(root) if layout.slots_are_twins else {}
    for role, rule in layout.rules.items():
        for element in _found(root, layout, rule):
            slot = Slot(
                role, element.get(namespaces.SLOT_SUBJECT), element.get(namespaces.SLOT_TEACHER)
            )
            if layout.slots_are_twins:
                teacher = element.get(namespaces.ID) if role is Role.GVBM else None
                slot = Slot(role, subjects.get(teacher or ""), teacher)
            if slot in found:
                raise InputError("DOC.SLOT_TWICE", where=locate(element))
            found[slot] = element
    return tuple(found.items())


def _found(root: Element, layout: Layout, rule: SlotRule) -> Iterator[Element]:
    """Yield the elements at the place of a slot; none that stands inside a signature."""
    *holders, name = map(layout.tag, rule.place)
    path = "/".join((*holders, "", name)) if rule.may_lie_deeper else "/".join((*holders, name))
    for element in root.iterfind(path):
        if not rule.may_lie_deeper or namespaces.DS_SIGNATURE not in {
            ancestor.tag for ancestor in element.iterancestors()
        }:
            yield element


def declared_slots(root: Element) -> tuple[Slot, ...]:
    """Return the slots that a document in the store's layout asks for by itself, whoever made its
    content.

    One for each teacher that a subject names, and those of class and school.
    """
    teachers = (Slot(Role.GVBM, subject, teacher) for teacher, subject in _subjects(root).items())
    return (*teachers, Slot(Role.GVCN), Slot(Role.CBQL), Slot(Role.KY_PHAT_HANH))


def _subjects(root: Element) -> Mapping[str, str | None]:
    """Map the Id of each teacher named in a subject to the Id of the subject, in the store's
    layout.

    What stands among the slots, inside a signature that is, names nobody.
    """
    return {
        teacher.get(namespaces.ID, ""): subject.get(namespaces.ID)
        for part in root.iterfind(f"{namespaces.DATA}/*")
        if part.tag != namespaces.SIGNING_LIST
        for subject in part.iter(namespaces.SUBJECT)
        for teacher in subject.iterchildren(str(Role.GVBM))
    }


def other_slots(root: Element) -> Iterator[Element]:
    """Yield the signed slots of `OTHER_SLOTS` in a document in the store's layout."""
    for signature in root.iter(namespaces.DS_SIGNATURE):
        parent = signature.getparent()
        if parent is not None and parent.tag in OTHER_SLOTS:
            yield parent


def signature_in(element: Element) -> Element | None:
    """Return the ds:Signature of a slot, or None when it is empty.

    Other makers may write about the signer beside it, in a dictionary of their own.
    Raises: InputError `DOC.SLOT_CONTENT` when the slot holds several signatures, or anything else
    in a document of ours.
    """
    content = tuple(element.iterchildren("*"))
    signatures = tuple(child for child in content if child.tag == namespaces.DS_SIGNATURE)
    is_strict = str(element.tag).startswith("{") or is_ours(element.getroottree().getroot())
    if len(signatures) > 1 or (is_strict and len(content) > len(signatures)):
        raise InputError("DOC.SLOT_CONTENT", where=locate(element))
    return signatures[0] if signatures else None
