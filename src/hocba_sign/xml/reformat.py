"""Undo what editors, databases and other XML tools do to a file, to tell reformatting from forgery.

Only for diagnosis: what a signature proves is judged on the file as it came.
"""

import unicodedata
from collections.abc import Collection, Iterator, Mapping
from copy import deepcopy
from types import MappingProxyType
from typing import Final

from lxml import etree

from hocba_sign.xml.namespaces import DS, DS_SIGNATURE, HOCBA, XADES, XADES141
from hocba_sign.xml.parse import ParsedXml, parse
from hocba_sign.xml.tree import Element

_PREFIXES: Final[Mapping[str, str | None]] = MappingProxyType(
    {
        HOCBA: None,
        DS: "ds",
        XADES: "xades",
        XADES141: "xades141",
    }
)


def undo(octets: bytes) -> bytes:
    """Return the document as this library would have written it: no white space between elements or
    around text, usual prefixes, letters composed.

    Line ends that Windows programs keep as `&#13;` become what they were. Comments and processing
    instructions go as well. Raises: those of `parse`.
    """
    root = parse(octets).root
    plain = _copy(root, None)
    stack = [(root, plain)]
    while stack:
        source, goal = stack.pop()
        stack.extend((child, _copy(child, goal)) for child in source.iterchildren("*"))
    return etree.tostring(plain, encoding="UTF-8", xml_declaration=True)


def _is_of(element: Element, namespace: str) -> bool:
    return str(element.tag).startswith(f"{{{namespace}}}")


def _copy(source: Element, parent: Element | None) -> Element:
    nsmap = {
        prefix: uri
        for uri, prefix in _PREFIXES.items()
        if prefix is not None or str(source.tag).startswith("{")
    }
    attributes = {str(name): str(value) for name, value in source.attrib.items()}
    tag = str(source.tag)
    copy = (
        etree.Element(tag, attributes, nsmap=nsmap)
        if parent is None
        # What a seal says of an extract has a prefix: it stands within another default namespace.
        else etree.SubElement(
            parent,
            tag,
            attributes,
            nsmap={"hocba": HOCBA} if _is_of(parent, DS) and _is_of(source, HOCBA) else {},
        )
    )
    text = "".join(
        (
            source.text or "",
            *(child.tail or "" for child in source if not isinstance(child.tag, str)),
        )
    )
    if next(source.iterchildren("*"), None) is None and text.strip():
        copy.text = _as_written(text.strip())
    return copy


def _as_written(text: str) -> str:
    """Undo what saving does to letters: decomposed ones, and carriage returns before line feeds or
    instead of them.
    """
    return unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", ""))


def undo_in_others(xml: ParsedXml) -> Iterator[ParsedXml]:
    """Yield a document of others as it may have been before lines were broken between elements:
    everywhere, in signatures, elsewhere.

    The last of them has no white space between elements or around text at all. Raises: those of
    `parse`.
    """
    for in_signatures, elsewhere, is_all in (
        (True, True, False),
        (True, False, False),
        (False, True, False),
        (True, True, True),
    ):
        tree = deepcopy(xml.root.getroottree())
        for element in tree.getroot().iter("*"):
            is_signature = (
                element.tag == DS_SIGNATURE
                or next(element.iterancestors(DS_SIGNATURE), None) is not None
            )
            if in_signatures if is_signature else elsewhere:
                _strip(element, is_all=is_all)
        yield parse(etree.tostring(tree, encoding="UTF-8", xml_declaration=True), is_of_others=True)


def undo_letters(xml: ParsedXml) -> Iterator[ParsedXml]:
    """Yield a document of others with the letters of its texts as they may have been: as it stands,
    and without any white space around.
    """
    for is_all in (False, True):
        tree = deepcopy(xml.root.getroottree())
        for element in tree.getroot().iter("*"):
            element.text = None if element.text is None else _as_written(element.text)
            element.tail = None if element.tail is None else _as_written(element.tail)
            for name, value in element.attrib.items():
                element.set(name, _as_written(str(value)))
            if is_all:
                _strip(element, is_all=True)
        yield parse(etree.tostring(tree, encoding="UTF-8", xml_declaration=True), is_of_others=True)


def without_signatures(xml: ParsedXml, numbers: Collection[int]) -> ParsedXml:
    """Return a document of others without the signatures of these numbers in document order, what
    stands around them kept. Raises: those of `parse`.
    """
    tree = deepcopy(xml.root.getroottree())
    for number, element in enumerate(tuple(tree.getroot().iter(DS_SIGNATURE))):
        parent = element.getparent()
        if number in numbers and parent is not None:
            before = element.getprevious()
            if before is None:
                parent.text = (parent.text or "") + (element.tail or "")
            else:
                before.tail = (before.tail or "") + (element.tail or "")
            parent.remove(element)
    return parse(etree.tostring(tree, encoding="UTF-8", xml_declaration=True), is_of_others=True)


def _strip(element: Element, *, is_all: bool) -> None:
    """Drop line breaks, and the blanks beside them, between the children of an element; with
    `is_all` any white space, around text too.
    """
    if not len(element):
        if is_all and element.text:
            element.text = element.text.strip()
        return
    if is_all or "\n" in (element.text or ""):
        element.text = _without_blank(element.text)
    for child in element:
        if is_all or "\n" in (child.tail or ""):
            child.tail = _without_blank(child.tail)


def _without_blank(text: str | None) -> str | None:
    return text if text and text.strip() else None
