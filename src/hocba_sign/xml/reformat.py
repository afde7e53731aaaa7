"""Undo what editors, databases and other XML tools do to a file, to tell reformatting from forgery.

Only for diagnosis: what a signature proves is judged on the file as it came.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from lxml import etree

from hocba_sign.xml.names import DS, HOCBA, XADES, XADES141
from hocba_sign.xml.parse import Element, parse

_PREFIXES: Final[Mapping[str, str | None]] = MappingProxyType(
    {
        HOCBA: None,
        DS: "ds",
        XADES: "xades",
        XADES141: "xades141",
    }
)


def undo(octets: bytes) -> bytes:
    """Give the document as this library would have written it: no white space between elements or around text, usual prefixes.

    Comments and processing instructions go as well. Raises: those of `parse`.
    """
    root = parse(octets).root
    plain = _copy(root, None)
    stack = [(root, plain)]
    while stack:
        source, goal = stack.pop()
        stack.extend((child, _copy(child, goal)) for child in source.iterchildren("*"))
    return etree.tostring(plain, encoding="UTF-8", xml_declaration=True)


def _copy(source: Element, parent: Element | None) -> Element:
    nsmap = {prefix: uri for uri, prefix in _PREFIXES.items() if prefix is not None or str(source.tag).startswith("{")}
    attributes = {str(name): str(value) for name, value in source.attrib.items()}
    tag = str(source.tag)
    copy = etree.Element(tag, attributes, nsmap=nsmap) if parent is None else etree.SubElement(parent, tag, attributes)
    text = "".join((source.text or "", *(child.tail or "" for child in source if not isinstance(child.tag, str))))
    if next(source.iterchildren("*"), None) is None and text.strip():
        copy.text = text.strip()
    return copy
