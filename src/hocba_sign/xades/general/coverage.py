"""Which elements of a document of others its signatures cover, and which content lies outside.

Content is everything but the signatures themselves; what stands in a ds:Object, other than
qualifying properties, is content too.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import field
from itertools import islice
from typing import Final

from hocba_sign.frozen_dataclass import dataclass
from hocba_sign.xades.general.node_sets import NodeSet
from hocba_sign.xades.syntax import names
from hocba_sign.xml.namespaces import HOCBA, SCHEMA_VERSION_ATTRIBUTE, SLOT_SUBJECT, SLOT_TEACHER
from hocba_sign.xml.tree import Element, locate

MAX_PATHS: Final = 20
"""Uncovered places that are named; the first tells most."""
MAX_VISITS: Final = 400_000
"""Elements looked at for all signatures of one document; what is reached after them counts as
uncovered.
"""

_XSI: Final = "{http://www.w3.org/2001/XMLSchema-instance}"
_SILENT: Final = frozenset({f"{_XSI}schemaLocation", f"{_XSI}noNamespaceSchemaLocation"})
_OF_TRANSCRIPTS: Final = frozenset({SCHEMA_VERSION_ATTRIBUTE, SLOT_SUBJECT, SLOT_TEACHER})
"""What the frame of a transcript says beside its signed data; only judging it as a transcript tells
whether it is right.
"""
FRAMES: Final = frozenset(
    {
        "HOC_BA",
        "PHAT_HANH_HOC_BA",
        "DANH_SACH_CHU_KY",
        "DU_LIEU_HOC_BA",
        "DANH_SACH_THONG_TIN_KY",
        "DANH_SACH_GVBM",
        "HDon",
        "TDiep",
        "DLieu",
        "HSoThueDTu",
        "TBaoThueDTu",
        "internally-detached",
        "Envelope",
        "Body",
        "Header",
    }
)
"""Elements around signed content whose names a published format prescribes, so that they say
nothing: transcripts, invoices and tax forms of Vietnam, the containers of EU DSS and SOAP. Any
other name may be a word about what is signed; it is needed only where part and signature meet.
"""
_QUALIFYING: Final = tuple(
    names.qualified(namespace, "QualifyingProperties") for namespace in names.XADES_VERSIONS
)


@dataclass(frozen=True, slots=True)
class Spans:
    """Elements of one document by their numbers in document order: ascending ranges that do not
    touch, ends excluded.
    """

    ranges: tuple[tuple[int, int], ...] = ()

    @staticmethod
    def union(*many: "Spans") -> "Spans":
        joined: list[tuple[int, int]] = []
        for start, end in sorted(span for spans in many for span in spans.ranges):
            if joined and start <= joined[-1][1]:
                joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
            else:
                joined.append((start, end))
        return Spans(tuple(joined))

    def end_at(self, number: int) -> int | None:
        """Return the end of the range that holds `number`; None where none does."""
        place = bisect_right(self.ranges, (number, float("inf"))) - 1
        if place < 0 or self.ranges[place][1] <= number:
            return None
        return self.ranges[place][1]

    def without(self, other: "Spans") -> "Spans":
        """Return what lies in no range of `other`."""
        left: list[tuple[int, int]] = []
        for start, end in self.ranges:
            at = start
            for taken, until in other.ranges[
                max(0, bisect_right(other.ranges, (start, float("inf"))) - 1) :
            ]:
                if taken >= end:
                    break
                if at < taken:
                    left.append((at, taken))
                at = max(at, until)
            if at < end:
                left.append((at, end))
        return Spans(tuple(left))

    def touches(self, start: int, end: int) -> bool:
        place = bisect_right(self.ranges, (start, float("inf"))) - 1
        if place >= 0 and self.ranges[place][1] > start:
            return True
        return place + 1 < len(self.ranges) and self.ranges[place + 1][0] < end


@dataclass(slots=True)
class Chart:
    """The elements of one tree, numbered in document order."""

    root: Element
    _numbers: dict[Element, int] = field(default_factory=dict)
    _ends: list[int] = field(default_factory=list)
    _signatures: list[int] = field(default_factory=list)
    _visits: int = 0

    def __post_init__(self) -> None:
        self._numbers = {element: number for number, element in enumerate(self.root.iter("*"))}
        self._ends = [number + 1 for number in range(len(self._numbers))]
        # In reverse order all that is in an element is done before the element itself.
        for element, number in reversed(self._numbers.items()):
            parent = element.getparent()
            if parent is not None and element is not self.root:
                above = self._numbers[parent]
                self._ends[above] = max(self._ends[above], self._ends[number])
        self._signatures = [self._numbers[element] for element in self.root.iter(names.SIGNATURE)]

    def spans(self, nodes: NodeSet, *, has_markup: bool) -> Spans:
        """Return the elements of a node-set; without markup only an element that holds nothing but
        text.
        """
        if nodes.apex not in self._numbers:
            return Spans()
        # The digest of text alone says nothing of names and nesting.
        if not has_markup:
            is_plain = not len(nodes.apex) and (
                nodes.apex.tag == names.OBJECT or _is_silent(nodes.apex)
            )
            return Spans(
                ((self._numbers[nodes.apex], self._numbers[nodes.apex] + 1),) if is_plain else ()
            )
        return Spans.union(Spans(tuple(self._shown(nodes))))

    def span_of(self, element: Element) -> Spans:
        """Return an element with everything in it."""
        number = self._numbers[element]
        return Spans(((number, self._ends[number]),))

    def is_within(self, element: Element, spans: Spans) -> bool:
        """Return whether an element is covered with everything in it."""
        number = self._numbers[element]
        end = spans.end_at(number)
        return end is not None and end >= self._ends[number]

    def _shown(self, nodes: NodeSet) -> Iterator[tuple[int, int]]:
        switches = nodes.subtrees.switches
        start = self._numbers[nodes.apex]
        changes = {start: nodes.subtrees.is_shown} | {
            self._numbers[element]: is_kept
            for element, is_kept in switches.items()
            if element in self._numbers
        }
        states: list[tuple[int, bool]] = []
        at = start
        for number in sorted(change for change in changes if start <= change < self._ends[start]):
            while states and states[-1][0] <= number:
                end, is_shown = states.pop()
                if is_shown and at < end:
                    yield at, end
                at = end
            if states and states[-1][1] and at < number:
                yield at, number
            at = number
            states.append((self._ends[number], changes[number]))
        while states:
            end, is_shown = states.pop()
            if is_shown and at < end:
                yield at, end
            at = end

    def uncovered(self, spans: Spans) -> tuple[str, ...]:
        """Name the topmost elements of the content that `spans` leave out, at most `MAX_PATHS`,
        none with what it says.
        """
        return tuple(
            islice((locate(element) for element in self._outside(self.root, spans)), MAX_PATHS)
        )

    def _outside(self, element: Element, spans: Spans) -> Iterator[Element]:
        if self.is_within(element, spans):
            return
        self._visits += 1
        if self._visits > MAX_VISITS:
            yield element
            return
        if element.tag == names.SIGNATURE:
            for holder in element.iterchildren(names.OBJECT):
                yield from self._outside_object(holder, spans)
            return
        if spans.end_at(self._numbers[element]) is None and not self._is_neutral(element, spans):
            yield element
            return
        for child in element.iterchildren("*"):
            yield from self._outside(child, spans)

    def _outside_object(self, holder: Element, spans: Spans) -> Iterator[Element]:
        if spans.end_at(self._numbers[holder]) is None and _has_text(holder):
            yield holder
            return
        for child in holder.iterchildren("*"):
            if child.tag in _QUALIFYING:
                own = holder.getparent()
                for signature in child.iter(names.SIGNATURE):
                    # One within another counter-signature is met when that one is looked at.
                    if next(signature.iterancestors(names.SIGNATURE)) is own:
                        yield from self._outside(signature, spans)
            else:
                yield from self._outside(child, spans)

    def _is_neutral(self, element: Element, spans: Spans) -> bool:
        """Return whether an uncovered element says nothing: it only holds signatures, or covered
        parts in a known frame or beside their signature.
        """
        if not _is_silent(element) or _has_text(element):
            return False
        # Whoever covers only other signatures has covered no content.
        content = spans.without(
            Spans.union(*(Spans(((number, self._ends[number]),)) for number in self._signatures))
        )
        number, end = self._numbers[element], self._ends[self._numbers[element]]
        if not content.touches(number, end):
            return self._has_signature(number)
        parts = {child: self._numbers[child] for child in element.iterchildren("*")}
        covered = [
            child for child, part in parts.items() if content.touches(part, self._ends[part])
        ]
        is_meeting = any(
            child not in covered and self._has_signature(part) for child, part in parts.items()
        )
        # Of several parts of one name nobody signed the order.
        is_ordered = len({child.tag for child in covered}) == len(covered)
        return is_ordered and (is_meeting or str(element.tag).rpartition("}")[2] in FRAMES)

    def _has_signature(self, number: int) -> bool:
        place = bisect_right(self._signatures, number - 1)
        return place < len(self._signatures) and self._signatures[place] < self._ends[number]


def _is_silent(element: Element) -> bool:
    own = _OF_TRANSCRIPTS if str(element.tag).startswith(f"{{{HOCBA}}}") else frozenset()
    return all(
        str(name) in _SILENT or str(name) in own or str(name).rpartition("}")[2].lower() == "id"
        for name in element.attrib
    )


def _has_text(element: Element) -> bool:
    texts: Iterable[str | None] = (element.text, *(child.tail for child in element))
    return any(text and text.strip() for text in texts)
