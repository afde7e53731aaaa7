"""Insert octets into an XML document without writing the rest of it again.

A signature covers octets: a document that has signatures is never serialised again, it grows by
insertions at octet positions, and every other octet stays what it was.
"""

import re
from collections.abc import Collection, Mapping
from itertools import islice
from typing import Final, TypeAlias

from hocba_sign.errors import CallerError, InputError
from hocba_sign.frozen_dataclass import dataclass
from hocba_sign.xml.parse import ParsedXml, expat, parse
from hocba_sign.xml.tree import QUERIES, Element

Path: TypeAlias = tuple[int, ...]
"""Positions of child elements from the root element on, counted from 0; `()` is the root element
itself.
"""

_BYTE_ORDER_MARKS: Final = (b"\xff\xfe", b"\xfe\xff")
_START_TAG: Final = re.compile(rb"<[^/?]")
_NAME: Final = re.compile(rb"<([^\s/>]+)")


def path_of(element: Element) -> Path:
    """Return the path of `element`; comments and processing instructions beside it are not
    counted.
    """
    steps: list[int] = []
    step: Element = element
    while (parent := step.getparent()) is not None:
        steps.append(sum(1 for _ in step.itersiblings("*", preceding=True)))
        step = parent
    return tuple(reversed(steps))


def insert(octets: bytes, at: Path, *, fragment: bytes) -> bytes:
    """Put `fragment` in as the last child of the element at path `at`; see `insert_all`."""
    return insert_all(octets, {at: fragment})


def grow(xml: ParsedXml, fragments: Mapping[Element, bytes]) -> bytes:
    """Put each fragment in as the last child of its element of the tree of `xml`; return the
    octets, which the caller reads back.

    Raises: InputError XML.NOT_UTF8. See `insert_all`.
    """
    _require_utf8(xml.octets)
    if xml.has_only_tags:
        found = [(_counted_end(xml, at), fragment) for at, fragment in fragments.items()]
        return _put(xml.octets, found)
    return _grown(xml.octets, {path_of(at): fragment for at, fragment in fragments.items()})


def cut(xml: ParsedXml, element: Element) -> bytes:
    """Return the octets of an element of the tree of `xml`, as they stand in the document.

    Raises: InputError XML.NOT_UTF8.
    """
    _require_utf8(xml.octets)
    if xml.has_only_tags:
        return _between(xml.octets, _counted_end(xml, element))
    return _slice(xml.octets, path_of(element))


def slice_of(octets: bytes, at: Path) -> bytes:
    """Return the octets of the element at path `at`, from its `<` to its last `>`, as they stand in
    the document.

    Raises: as `insert_all`.
    """
    _check(octets)
    return _slice(octets, at)


def _slice(octets: bytes, at: Path) -> bytes:
    end = _find_ends(octets, frozenset({at})).get(at)
    if end is None:
        raise CallerError("XML.NO_SUCH_PLACE", where="/" + "/".join(map(str, at)))
    return _between(octets, end)


def _between(octets: bytes, end: "_End") -> bytes:
    # From `end.at` on no attribute follows whose value could contain that character.
    return octets[end.start : octets.index(b">", end.at) + 1]


def insert_all(octets: bytes, fragments: Mapping[Path, bytes]) -> bytes:
    """Put each fragment in as the last child of the element at its path.

    An empty-element tag becomes a start and an end tag; no other octet changes. Fragments are UTF-8
    and well formed with the namespaces in scope there; that is not checked here, a caller parses
    the result.
    Raises: InputError XML.NOT_UTF8 and what `parse` raises for `octets`; CallerError
    XML.NO_SUCH_PLACE.
    """
    _check(octets)
    return _grown(octets, fragments)


def _grown(octets: bytes, fragments: Mapping[Path, bytes]) -> bytes:
    if not fragments:
        return octets
    found = _find_ends(octets, frozenset(fragments))
    for path in fragments:
        if path not in found:
            raise CallerError("XML.NO_SUCH_PLACE", where="/" + "/".join(map(str, path)))
    return _put(octets, [(end, fragments[path]) for path, end in found.items()])


def _put(octets: bytes, found: Collection[tuple["_End", bytes]]) -> bytes:
    pieces: list[bytes] = []
    done = 0
    for end, fragment in sorted(found, key=lambda item: item[0].at):
        pieces.append(octets[done : end.at])
        done = end.at
        if end.empty_name is None:
            pieces.append(fragment)
        else:
            pieces += (b">", fragment, b"</", end.empty_name, b">")
            done += len(b"/>")
    pieces.append(octets[done:])
    return b"".join(pieces)


def _check(octets: bytes) -> None:
    _require_utf8(octets)
    parse(octets)


def _require_utf8(octets: bytes) -> None:
    # Fragments are UTF-8, and `_close_of` looks for single octets.
    if octets.startswith(_BYTE_ORDER_MARKS):
        raise InputError("XML.NOT_UTF8", where="octet 0")


@dataclass(frozen=True, slots=True)
class _End:
    """Where an element starts, and where its content ends: `at` is the octet of `</`, or of `/>`
    where `empty_name` is its name.
    """

    start: int
    at: int
    empty_name: bytes | None


def _counted_end(xml: ParsedXml, element: Element) -> _End:
    """Find an element of a document that has only tags: the n-th element of the tree is at the n-th
    start tag, and behind the last start tag within it come end tags alone.
    """
    octets = xml.octets
    within = list(element.iterdescendants())
    starts = _START_TAG.finditer(octets)
    start = last = next(islice(starts, int(QUERIES.before(element)), None)).start()
    open_tags = 0
    if within:
        last = next(islice(starts, len(within) - 1, None)).start()
        open_tags = _depth(within[-1]) - _depth(element)
    at = _close_of(octets, last)
    is_empty_tag = octets[at - 1] == ord("/")
    if is_empty_tag and not within:
        name = _NAME.match(octets, start)
        assert name is not None
        return _End(start, at - 1, name[1])
    for _ in range(open_tags + (not is_empty_tag)):
        at = octets.index(b"</", at + 1)
    return _End(start, at, None)


def _depth(element: Element) -> int:
    return sum(1 for _ in element.iterancestors())


class _Finder:
    """Follows expat through the document and notes the ends of the wanted elements."""

    def __init__(self, octets: bytes, wanted: frozenset[Path]) -> None:
        self.octets = octets
        self.wanted = wanted
        self.found: dict[Path, _End] = {}
        self.path: list[int] = []
        self.counts: list[int] = [0]
        self.starts: list[int] = []
        # Beside lxml, which tells the line of an element but not its octet.
        self.parser = expat().ParserCreate("utf-8")
        self.parser.StartElementHandler = self.on_start
        self.parser.EndElementHandler = self.on_end

    def on_start(self, _name: str, _attributes: dict[str, str]) -> None:
        self.path.append(self.counts[-1])
        self.counts[-1] += 1
        self.counts.append(0)
        self.starts.append(self.parser.CurrentByteIndex)

    def on_end(self, name: str) -> None:
        path = tuple(self.path[1:])
        start = self.starts.pop()
        self.path.pop()
        self.counts.pop()
        if path in self.wanted:
            close = _close_of(self.octets, start)
            # Expat reports an empty-element tag as it does a start and an end tag.
            is_empty_tag = self.octets[close - 1] == ord("/")
            at = close - 1 if is_empty_tag else self.parser.CurrentByteIndex
            self.found[path] = _End(start, at, name.encode() if is_empty_tag else None)


def _find_ends(octets: bytes, wanted: frozenset[Path]) -> dict[Path, _End]:
    finder = _Finder(octets, wanted)
    try:
        finder.parser.Parse(octets, True)
    except expat().ExpatError as error:
        raise InputError(
            "XML.SYNTAX", where=f"line {error.lineno}, column {error.offset + 1}"
        ) from None
    return finder.found


def _close_of(octets: bytes, start: int) -> int:
    """Return the octet of the `>` that ends the tag at `start`; attribute values may contain that
    character too.
    """
    at = start
    quote = 0
    # In UTF-8 none of these octets is ever part of another character.
    while quote or octets[at] != ord(">"):
        if quote:
            at = octets.index(quote, at)
            quote = 0
        elif octets[at] in b"'\"":
            quote = octets[at]
        at += 1
    return at
