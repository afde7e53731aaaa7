"""The node-set of a reference as a value: an element or document, and the sub-trees that are left
out or kept.

Nothing is ever removed from the tree that others read.
Spec: XML Signature 1.1, 4.4.3.2; XML-Signature XPath Filter 2.0, 3.4.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, Final, TypeAlias

from lxml import etree

from hocba_sign.errors import InputError
from hocba_sign.frozen_dataclass import dataclass
from hocba_sign.xades.general.xpath import (
    Around,
    Both,
    Either,
    Identified,
    Inside,
    LocationStep,
    Not,
    OutsideOf,
    Path,
    Place,
    Predicate,
    Root,
)
from hocba_sign.xades.syntax import names
from hocba_sign.xades.syntax.canonicalization import Method
from hocba_sign.xml.c14n import C14nAlgorithm, canonicalize
from hocba_sign.xml.c14n_fast import MAX_HIDDEN
from hocba_sign.xml.node_set import WHOLE, Subtrees
from hocba_sign.xml.tree import Element

MAX_WORK: Final = 90_000_000
"""For all references of one document, in units of about ten nanoseconds; an octet that is written
and digested is one.
"""
NODE_WORK: Final = 500
"""What an element costs in the own canonicalizer."""
FAST_WORK: Final = 50
"""What an element costs in libxml2's canonicalizer."""
COPY_WORK: Final = 100
"""What an element costs that is copied."""
SWITCH_WORK: Final = 5_000
"""What an element costs at which a node-set begins or ends."""

_WITHOUT_COMMENTS: Final = {
    C14nAlgorithm.INCLUSIVE_WITH_COMMENTS: C14nAlgorithm.INCLUSIVE,
    C14nAlgorithm.INCLUSIVE_11_WITH_COMMENTS: C14nAlgorithm.INCLUSIVE_11,
    C14nAlgorithm.EXCLUSIVE_WITH_COMMENTS: C14nAlgorithm.EXCLUSIVE,
}

_Lineage: TypeAlias = tuple[Element, ...]
"""An element and its ancestors, itself first; empty for what stands outside the root element."""
_Places: TypeAlias = Mapping[Place, frozenset[Element] | None]
"""The elements at each place; None stands for the document."""


class WorkBudget:
    """What the references of one document may cost together."""

    __slots__ = ("_left",)

    def __init__(self, work: int = MAX_WORK) -> None:
        self._left = work

    def spend(self, work: int) -> None:
        """Raises: InputError `SIG.TOO_MUCH_DIGESTED`."""
        self._left -= work
        if self._left < 0:
            raise InputError("SIG.TOO_MUCH_DIGESTED")


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeSet:
    """The sub-tree at `apex`, or with `is_document` the document whose root element it is.

    `ids` and `size`, the number of elements, are the document's.
    """

    apex: Element
    ids: Mapping[str, Element]
    size: int
    is_document: bool
    has_comments: bool
    subtrees: Subtrees = WHOLE

    @property
    def is_empty(self) -> bool:
        return self.subtrees.is_empty_at(self.apex) and not (
            self.is_document and self.subtrees.is_shown
        )

    @property
    def root(self) -> Element:
        return self.apex.getroottree().getroot()

    def octets(self, method: Method, budget: WorkBudget) -> bytes:
        """Canonicalize. Raises: as `canonicalize` and `WorkBudget.spend`."""
        # Once over the budget always over it, even for a node-set that costs nothing.
        budget.spend(0)
        switches = self.subtrees.switches
        if self.is_empty:
            return b""
        budget.spend(self._walk_work())
        octets = canonicalize(
            self.apex.getroottree() if self.is_document else self.apex,
            method.algorithm
            if self.has_comments
            else _WITHOUT_COMMENTS.get(method.algorithm, method.algorithm),
            inclusive_prefixes=method.prefixes,
            subtrees=self.subtrees,
        )
        is_fast = (
            self._is_copied
            or (self.is_document and not switches)
            or (not switches and _is_plain(method))
        )
        budget.spend(len(octets) + (FAST_WORK if is_fast else NODE_WORK) * octets.count(b"</"))
        return octets

    @property
    def _is_copied(self) -> bool:
        switches = self.subtrees.switches
        return (
            self.is_document
            and bool(switches)
            and self.subtrees.only_hides
            and len(switches) <= MAX_HIDDEN
        )

    def _walk_work(self) -> int:
        """Return what it costs to pass over elements that are not written."""
        if self._is_copied:
            return COPY_WORK * self.size
        return NODE_WORK * self._elements() if any(self.subtrees.switches.values()) else 0

    def _elements(self) -> int:
        return self.size if self.apex is self.root else sum(1 for _ in self.apex.iter("*"))

    def text(self, budget: WorkBudget) -> str:
        """Return the text nodes in document order, put together (XML Signature 1.1, 6.6.2)."""
        return "".join(self._texts(budget))

    def _texts(self, budget: WorkBudget) -> Iterator[str]:
        budget.spend(NODE_WORK * self._elements())
        shown = [self.subtrees.is_shown]
        walk: Any = etree.iterwalk(self.apex, events=("start", "end", "comment", "pi"))
        for event, node in walk:
            if event == "start":
                shown.append(self.subtrees.switches.get(node, shown[-1]))
                if shown[-1]:
                    yield node.text or ""
                continue
            if event == "end":
                shown.pop()
            if node is not self.apex and shown[-1]:
                yield node.tail or ""

    def filtered(self, predicate: Predicate, here: Element, *, budget: WorkBudget) -> "NodeSet":
        """Return the nodes of which `predicate` is true; `here` is the element that holds the
        expression.
        """
        places = {place: self._found(place, here, budget) for place in _places(predicate)}
        # Predicates ask for ancestors only, so the answer can change at these elements alone.
        met = dict.fromkeys(
            (
                self.apex,
                *self.subtrees.switches,
                *(element for found in places.values() for element in found or ()),
            )
        )
        budget.spend(SWITCH_WORK * len(met))

        def state(lineage: _Lineage) -> bool:
            return self._has(lineage) and _holds(predicate, lineage, places)

        is_shown = state(()) if self.is_document else True
        switches: dict[Element, bool] = {}
        for element in met:
            lineage = _lineage(element)
            if self.apex not in lineage:
                continue
            outside = state(lineage[1:]) if element is not self.apex else is_shown
            inside = state(lineage)
            if inside is not outside:
                switches[element] = inside
        return replace(self, subtrees=Subtrees(is_shown=is_shown, switches=switches))

    def _has(self, lineage: _Lineage) -> bool:
        switches = self.subtrees.switches
        return next(
            (switches[element] for element in lineage if element in switches),
            self.subtrees.is_shown,
        )

    def _found(self, place: Place, here: Element, budget: WorkBudget) -> frozenset[Element] | None:
        match place:
            case Root():
                return None
            case Identified(identifier):
                element = self.ids.get(identifier)
                return frozenset() if element is None else frozenset({element})
            case Around(name):
                nearest = next(here.iterancestors(name), None)
                return (
                    frozenset()
                    # XML Signature 1.1, 6.6.4: only for a node-set of the document that holds the
                    # transform.
                    if nearest is None or here.getroottree().getroot() is not self.root
                    else frozenset({nearest})
                )
            case Path():
                found = self._along(place, budget)
                budget.spend(NODE_WORK * len(found))
                return frozenset(found)

    def _along(self, path: Path, budget: WorkBudget) -> list[Element]:
        first, *rest = path.steps
        root = self.root
        budget.spend(FAST_WORK * self.size)
        found = [
            element
            for element in (root.iter(first.name) if first.is_deep else (root,))
            if _is_at(element, first)
        ]
        for step in rest:
            found = [
                child
                for element in found
                for child in element.iterchildren(step.name)
                if _is_at(child, step)
            ]
        return found


def without_signature(nodes: NodeSet, here: Element, *, budget: WorkBudget) -> NodeSet:
    """Leave out the signature in which `here` stands: the enveloped-signature transform (XML
    Signature 1.1, 6.6.4).
    """
    signature = next(here.iterancestors(names.SIGNATURE), None)
    if (
        signature is not None
        and nodes.is_document
        and nodes.subtrees is WHOLE
        and signature.getroottree().getroot() is nodes.root
    ):
        return replace(nodes, subtrees=Subtrees(switches={signature: False}))
    return nodes.filtered(OutsideOf(Around(names.SIGNATURE)), here, budget=budget)


def _is_at(element: Element, step: LocationStep) -> bool:
    """Return whether an element has the name and the attribute of a step."""
    tag = str(element.tag)
    is_named = step.name in {"*", tag} or (
        step.name.startswith("{*}") and step.name[3:] == tag.rpartition("}")[2]
    )
    if step.written is not None and step.written != _written(element):
        return False
    return is_named and (
        step.attribute is None or element.get(step.attribute[0]) == step.attribute[1]
    )


def _written(element: Element) -> str:
    local = etree.QName(element).localname
    return local if element.prefix is None else f"{element.prefix}:{local}"


def _is_plain(method: Method) -> bool:
    return method.algorithm.is_exclusive and not method.prefixes


def _lineage(element: Element) -> _Lineage:
    return (element, *element.iterancestors())


def _places(predicate: Predicate) -> Iterator[Place]:
    match predicate:
        case Inside(places):
            yield from places
        case OutsideOf(place):
            yield place
        case Not(operand):
            yield from _places(operand)
        case Both(operands) | Either(operands):
            for operand in operands:
                yield from _places(operand)


def _holds(predicate: Predicate, lineage: _Lineage, places: _Places) -> bool:
    match predicate:
        case Inside(inside):
            return any(_is_inside(lineage, places[place]) for place in inside)
        case OutsideOf(place):
            # The expression in 6.6.4 compares counts: without such a signature it is true of no
            # node.
            return bool(places[place]) and not _is_inside(lineage, places[place])
        case Not(operand):
            return not _holds(operand, lineage, places)
        case Both(operands):
            return all(_holds(operand, lineage, places) for operand in operands)
        case Either(operands):
            return any(_holds(operand, lineage, places) for operand in operands)


def _is_inside(lineage: _Lineage, found: frozenset[Element] | None) -> bool:
    return found is None or not found.isdisjoint(lineage)
