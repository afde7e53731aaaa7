"""What stands in a document outside of what was signed, and could show or mean something: found by
what is known, not by what is feared.

The frame of a transcript is judged by its schema; here are the nodes that a schema does not see,
the containers of a signature that no reference covers, and octets that make the file another kind
for other programs.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from enum import StrEnum
from itertools import islice
from typing import Final

from lxml import etree

from hocba_sign.frozen_dataclass import dataclass
from hocba_sign.xml.namespaces import DS, DS_SIGNATURE, HOCBA, XADES, XADES141
from hocba_sign.xml.tree import Element, locate

MAX_FOUND: Final = 20
"""Places that are told; one is enough for the verdict."""

_COMMENT: Final = etree._Comment  # noqa: SLF001 - the classes have no other names
_INSTRUCTION: Final = etree._ProcessingInstruction  # noqa: SLF001
_XSI: Final = "{http://www.w3.org/2001/XMLSchema-instance}"
HINTS: Final = frozenset({f"{_XSI}schemaLocation", f"{_XSI}noNamespaceSchemaLocation"})
"""Where a schema may be found: nobody follows them here, and they say nothing of the content."""
_SIGNED: Final = frozenset({f"{{{DS}}}SignedInfo", f"{{{XADES}}}SignedProperties"})
"""What a signature covers of itself; that it does is judged where it is read."""
_CONTAINERS: Final = frozenset(
    {
        DS,
        "http://www.w3.org/2009/xmldsig11#",
        "http://www.w3.org/2007/05/xmldsig-more#",
        XADES,
        XADES141,
        "http://uri.etsi.org/19132/v1.1.1#",
        "urn:ietf:params:xml:ns:ers",
    }
)
"""Vocabularies that say something of a signature and nothing of a pupil."""
_SHOWN: Final = frozenset(
    {
        "",
        HOCBA,
        "http://www.w3.org/1999/xhtml",
        "http://www.w3.org/2000/svg",
        "http://www.w3.org/1998/Math/MathML",
        "http://www.w3.org/1999/XSL/Transform",
        "http://www.w3.org/2001/XInclude",
    }
)
"""Vocabularies of transcripts, and those that a browser shows or runs wherever they stand."""
_ATTRIBUTES: Final = frozenset(
    {
        "Id",
        "Algorithm",
        "URI",
        "Type",
        "Target",
        "Encoding",
        "MimeType",
        "ObjectReference",
        "Qualifier",
        "referencedData",
        "Order",
        "Version",
    }
)
_MARKS: Final = (
    ("PDF", b"%PDF-", b"%"),
    ("ZIP", b"PK\x03\x04", b"\x03"),
    ("ZIP", b"PK\x05\x06", b"\x05"),
    ("RAR", b"Rar!\x1a\x07", b"\x1a"),
    ("7z", b"7z\xbc\xaf\x27\x1c", b"\x1c"),
)
"""What programs look for within a file, not only at its beginning, each with the octet of it that
is rarest in text: looking for one is ten times as fast.
"""
PDF_OBJECT: Final = "PDF object"
"""Many readers of PDF need no `%PDF-`, but none shows anything without an object."""
_OBJECT: Final = re.compile(rb"obj(?![A-Za-z0-9])")
_PDF_SPACE: Final = rb"(?:[\0\t\n\f\r ]|%[^\r\n]*[\r\n])+"
_NUMBERS: Final = re.compile(rb"[0-9]" + _PDF_SPACE + rb"[0-9]{1,10}" + _PDF_SPACE + rb"\Z")
_BEFORE_OBJECT: Final = 256
MAX_OBJECTS: Final = 5_000
"""Words `obj` that are looked at; a file with more of them is taken for a PDF."""


class Stray(StrEnum):
    """What kind of thing stands outside of what was signed."""

    SHOWN = "shown"
    COMMENT = "comment"
    INSTRUCTION = "instruction"
    ADDED = "added"


@dataclass(frozen=True, slots=True)
class OutsideContent:
    """One thing outside, and its place."""

    kind: Stray
    where: str


def outside(root: Element, *, covered: Iterable[Element]) -> tuple[OutsideContent, ...]:
    """Return what stands outside of the `covered` elements and of what signatures cover of
    themselves; at most `MAX_FOUND` of each kind.

    Comments and instructions are given wherever they stand, since canonical forms drop the first
    and nobody sees either.
    """
    found: dict[Stray, dict[str, None]] = {kind: {} for kind in Stray}
    for kind, element in (*_nodes(root), *_content(root, frozenset(covered))):
        if len(found[kind]) < MAX_FOUND:
            found[kind][locate(element)] = None
    return tuple(OutsideContent(kind, where) for kind, places in found.items() for where in places)


def other_kinds(octets: bytes) -> Counter[str]:
    """Return how often something occurs by which other programs take a file for one of
    their own.
    """
    found: Counter[str] = Counter()
    for name, mark, rarest in _MARKS:
        if rarest in octets:
            found[name] += octets.count(mark)
    if b"obj" not in octets:
        return +found
    words = [match.start() for match in islice(_OBJECT.finditer(octets), MAX_OBJECTS + 1)]
    if len(words) > MAX_OBJECTS:
        found[PDF_OBJECT] = len(words)
    else:
        found[PDF_OBJECT] = sum(
            1 for at in words if _NUMBERS.search(octets[max(0, at - _BEFORE_OBJECT) : at])
        )
    return +found


def is_stylesheet(instruction: Element) -> bool:
    """Return whether a processing instruction makes browsers show something else than the
    document.
    """
    return str(getattr(instruction, "target", "")).lower().endswith("stylesheet")


def instructions(root: Element) -> Iterator[Element]:
    """Yield every processing instruction of a document, those before and behind its root too."""
    for node in _unseen(root):
        if isinstance(node, _INSTRUCTION):
            yield node


def _unseen(root: Element) -> Iterator[Element]:
    """Yield the comments and instructions of a document; beside its root stands nothing else."""
    yield from reversed(tuple(root.itersiblings(preceding=True)))
    yield from root.iter(etree.Comment, etree.ProcessingInstruction)
    yield from root.itersiblings()


def _nodes(root: Element) -> Iterator[tuple[Stray, Element]]:
    """Yield comments and instructions.

    A reader of HTML ends `<!-->` and `<?x >` at the first `>` and shows what follows.
    """
    for node in _unseen(root):
        text = node.text or ""
        if isinstance(node, _COMMENT):
            yield (Stray.SHOWN if text.startswith((">", "->")) else Stray.COMMENT), node
        elif isinstance(node, _INSTRUCTION):
            yield (Stray.SHOWN if is_stylesheet(node) or ">" in text else Stray.INSTRUCTION), node


def _content(root: Element, covered: frozenset[Element]) -> Iterator[tuple[Stray, Element]]:
    """Walk through all elements that nothing covers; those inside signatures by the allow-lists, of
    the others the attributes of schemas.
    """
    waiting = [(root, False)]
    while waiting:
        element, is_inside = waiting.pop()
        if element in covered or (is_inside and element.tag in _SIGNED):
            continue
        is_inside = is_inside or element.tag == DS_SIGNATURE
        yield from (
            (kind, element) for kind in (_contained(element) if is_inside else _framed(element))
        )
        waiting.extend((child, is_inside) for child in element.iterchildren("*", reversed=True))


def _framed(element: Element) -> Iterator[Stray]:
    # xsi:type and xsi:nil make programs with a schema read an element as something else.
    if any(str(name).startswith(_XSI) and name not in HINTS for name in element.keys()):  # noqa: SIM118 - an element is no mapping
        yield Stray.SHOWN


def _contained(element: Element) -> Iterator[Stray]:
    tag = str(element.tag)
    namespace = tag[1:].partition("}")[0] if tag.startswith("{") else ""
    if namespace in _SHOWN:
        yield Stray.SHOWN
    elif namespace not in _CONTAINERS:
        yield Stray.ADDED
    yield from _framed(element)
    if any(name not in _ATTRIBUTES and not str(name).startswith(_XSI) for name in element.keys()):  # noqa: SIM118 - an element is no mapping
        yield Stray.ADDED
    children = tuple(element)
    texts = (
        # Leaves hold values; beside child elements these vocabularies have no text.
        element.text if any(isinstance(child.tag, str) for child in children) else None,
        *(child.tail for child in children),
    )
    if any(text and text.strip() for text in texts):
        yield Stray.ADDED
