"""Hostile octets to an XML tree within limits: the only caller of an XML tree parser.

There is no document type, no entity beyond the five predefined ones, no network and no file access.
Every refusal is an `InputError` with a position; element names may occur in it, text never does.
"""

import contextlib
import re
from collections.abc import Collection, Mapping
from importlib import import_module
from typing import Any, Final

from lxml import etree

from hocba_sign.errors import InputError
from hocba_sign.frozen_dataclass import dataclass
from hocba_sign.xml.ids import id_map, id_map_of_others
from hocba_sign.xml.limits import (
    MAX_ATTRIBUTES,
    MAX_ATTRIBUTES_TOTAL,
    MAX_BYTES,
    MAX_DEPTH,
    MAX_ESCAPED,
    MAX_MARKUP,
    MAX_NAMESPACE_OCTETS,
    MAX_NAMESPACES,
    MAX_SCOPE,
)
from hocba_sign.xml.tree import QUERIES, Element, locate

_DOCTYPE: Final = "<!DOCTYPE"
_NO_TAG: Final = re.compile(rb"<[!?]")
_LONG_TAG: Final = re.compile(rb"<[^>]{100000}")
_LONG_VALUE: Final = re.compile(rb"""=[\s\0]*(?:"[^"]{200}|'[^']{200})""")
_DECLARATION: Final = re.compile(
    r"""<\?xml\s+version\s*=\s*["']([^"']{0,20})["'](?:\s+encoding\s*=\s*["']([^"']{0,40})["'])?"""
)
_UTF16_BOMS: Final = {b"\xff\xfe": "utf-16le", b"\xfe\xff": "utf-16be"}
_UNREADABLE: Final = (b"\xff\xfe\x00\x00", b"\x00\x00\xfe\xff", b"<\x00", b"\x00<")
"""UTF-32, and UTF-16 without the byte order mark that XML demands."""
_UTF8_BOM: Final = b"\xef\xbb\xbf"
_HEAD: Final = 400
_NAMES: Final = {
    "utf-8": frozenset({"utf-8", "utf8"}),
    "utf-16": frozenset({"utf-16", "utf16", "utf-16le", "utf-16be"}),
}
_LEGACY: Final = frozenset(
    {
        "us-ascii",
        "ascii",
        "iso-8859-1",
        "latin1",
        "iso-8859-2",
        "iso-8859-15",
        "windows-1250",
        "windows-1251",
        "windows-1252",
        "windows-1258",
    }
)
"""Encodings of one octet a character that declarations of real files name; a document of others may
be in one of them.
"""
_ENCODING_CODES: Final = frozenset({32, 81})
"""libxml2: XML_ERR_UNSUPPORTED_ENCODING, XML_ERR_INVALID_ENCODING."""
_NAMESPACE_CODES: Final = frozenset({99, 200, 201, 202, 203, 204, 205})
"""libxml2: XML_WAR_NS_URI (no URI), XML_NS_ERR_*."""
_LIMIT_CODES: Final = frozenset({1, 110, 114})
"""libxml2: XML_ERR_INTERNAL_ERROR (its limits before 2.13), XML_ERR_NAME_TOO_LONG,
XML_ERR_RESOURCE_LIMIT.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedXml:
    """A tree within the limits, and the octets that it was read from.

    `ids` maps the value of every Id attribute, in any spelling, to its element; those that several
        elements have are in `ambiguous`.
    `first_comment` and `first_instruction` are the places of the first comment and processing
        instruction anywhere in the document: canonical forms drop the first, people see neither.
    `has_only_tags` tells that the octets are UTF-8 and that each `<` behind the XML declaration
        begins a tag; where it is not set, that is not known.
    """

    root: Element
    octets: bytes
    encoding: str
    ids: Mapping[str, Element]
    ambiguous: frozenset[str] = frozenset()
    first_comment: str | None
    first_instruction: str | None
    has_only_tags: bool = False


def libxml2_version() -> str:
    """Return the version of the library that reads XML here."""
    return ".".join(map(str, etree.LIBXML_VERSION))


def parse(octets: bytes, *, is_of_others: bool = False) -> ParsedXml:
    """Read one document of at most `MAX_BYTES`, in UTF-8 or (with a byte order mark) UTF-16.

    `is_of_others`, for documents of others: the encodings in `_LEGACY` are read too, and a value
    that is the Id of several elements names none.
    Raises: InputError XML.EMPTY, XML.TOO_LARGE, XML.NOT_XML, XML.ENCODING, XML.VERSION, XML.DTD,
    XML.SYNTAX, XML.NAMESPACE, XML.TOO_DEEP, XML.TOO_MANY_NODES, XML.TOO_MANY_ATTRIBUTES,
    XML.TOO_MANY_NAMESPACES, XML.TEXT_TOO_LONG, XML.DUPLICATE_ID.
    """
    _check_size(octets)
    encoding = _encoding(octets, _LEGACY if is_of_others else frozenset())
    text = octets
    if encoding in _LEGACY:
        text, encoding = _transcoded(octets, encoding), "utf-8"
    is_plain = encoding == "utf-8" and _holds_only_elements(text)
    if not is_plain:
        _refuse_doctype(text, encoding)
    root = _tree_of_others(text, encoding) if is_of_others else _tree(text, encoding)
    _check_shape(root, text)
    ids, ambiguous = id_map_of_others(root) if is_of_others else (id_map(root), frozenset())
    return ParsedXml(
        root=root,
        octets=octets,
        encoding=encoding,
        ids=ids,
        ambiguous=ambiguous,
        first_comment=None if is_plain else _first(root, "comments"),
        first_instruction=None if is_plain else _first(root, "instructions"),
        has_only_tags=is_plain and text is octets,
    )


def _check_size(octets: bytes) -> None:
    if len(octets) > MAX_BYTES:
        raise InputError(
            "XML.TOO_LARGE",
            where="octet 0",
            detail=f"{len(octets)} octets, the limit is {MAX_BYTES}",
        )
    if not octets or octets.isspace():
        raise InputError("XML.EMPTY", where="octet 0")
    if _is_over(octets, b"<", MAX_MARKUP):
        raise InputError(
            "XML.TOO_MANY_NODES",
            where=_octet_of_nth(octets, b"<", MAX_MARKUP),
            detail=f"the limit is {MAX_MARKUP}",
        )
    if _is_over(octets, b"=", MAX_ATTRIBUTES_TOTAL):
        where = _octet_of_nth(octets, b"=", MAX_ATTRIBUTES_TOTAL)
        raise InputError(
            "XML.TOO_MANY_ATTRIBUTES",
            where=where,
            detail=f"the limit is {MAX_ATTRIBUTES_TOTAL} in a document",
        )
    if any(_is_over(octets, mark, MAX_ESCAPED) for mark in (b"&", b'"', b">")):
        raise InputError(
            "XML.TEXT_TOO_LONG",
            where="octet 0",
            detail=f"more than {MAX_ESCAPED} octets that canonical forms write as references",
        )


def _is_over(octets: bytes, mark: bytes, limit: int) -> bool:
    return len(octets) > limit and octets.count(mark) > limit


def _octet_of_nth(octets: bytes, mark: bytes, count: int) -> str:
    at = -1
    for _ in range(count):
        at = octets.find(mark, at + 1)
    return f"octet {at}"


def _encoding(octets: bytes, legacy: Collection[str]) -> str:
    """Return which of UTF-8 and UTF-16 the octets are; a declaration that says otherwise is
    refused, not believed, unless it is one of `legacy`.
    """
    if octets.startswith(_UNREADABLE):
        raise InputError(
            "XML.ENCODING",
            where="octet 0",
            detail="only UTF-8, and UTF-16 with a byte order mark, are read",
        )
    encoding = "utf-16" if octets[:2] in _UTF16_BOMS else "utf-8"
    head = octets[:_HEAD].decode(encoding, "replace").removeprefix("\ufeff")
    if not head.lstrip(" \t\r\n").startswith("<"):
        raise InputError("XML.NOT_XML", where="octet 0", detail="the first character is not `<`")
    declaration = _DECLARATION.match(head)
    if declaration is not None:
        version, declared = declaration.groups()
        if version != "1.0":
            raise InputError("XML.VERSION", where="line 1", detail="only XML 1.0 is read")
        if (
            declared is not None
            and declared.lower() in legacy
            and encoding == "utf-8"
            and not octets.startswith(_UTF8_BOM)
        ):
            return declared.lower()
        if declared is not None and declared.lower() not in _NAMES[encoding]:
            raise InputError(
                "XML.ENCODING",
                where="line 1",
                detail=f"the declared encoding is not {encoding.upper()}",
            )
    return encoding


def _transcoded(octets: bytes, encoding: str) -> bytes:
    try:
        text = octets.decode(encoding).encode()
    except UnicodeDecodeError as error:
        raise InputError(
            "XML.ENCODING", where=f"octet {error.start}", detail="octets that are no character"
        ) from None
    _check_size(text)
    return text


class _Seen(Exception):
    """Ends the look at the prolog."""


def expat() -> Any:
    """Return the second parser, which loads with the first document that needs it."""
    return import_module("xml.parsers.expat")


def _refuse_doctype(octets: bytes, encoding: str) -> None:
    if encoding == "utf-8" and _DOCTYPE.encode() not in octets:
        return
    prolog = expat().ParserCreate(encoding)
    found = False

    def on_doctype(*_: object) -> None:
        nonlocal found
        found = True
        raise _Seen

    def on_element(*_: object) -> None:
        raise _Seen

    prolog.StartDoctypeDeclHandler = on_doctype
    prolog.StartElementHandler = on_element
    with contextlib.suppress(_Seen, expat().ExpatError):
        prolog.Parse(octets, True)
    if found:
        raise InputError("XML.DTD", where=f"line {prolog.CurrentLineNumber}")


def _tree_of_others(octets: bytes, encoding: str) -> Element:
    try:
        return _tree(octets, encoding)
    except InputError as error:
        if error.cause != "XML.TEXT_TOO_LONG" or encoding != "utf-8" or _LONG_TAG.search(octets):
            raise
        root = _tree(octets, encoding, has_long_text=True)
        if QUERIES.long_attributes(root):
            raise
        return root


def _tree(octets: bytes, encoding: str, *, has_long_text: bool = False) -> Element:
    parser = etree.XMLParser(
        # libxml2 takes `utf-16` for the order of this machine, whatever the mark says.
        encoding=_UTF16_BOMS.get(octets[:2], encoding),
        resolve_entities=False,
        load_dtd=False,
        dtd_validation=False,
        no_network=True,
        huge_tree=has_long_text,
        recover=False,
        collect_ids=False,
    )
    try:
        root = etree.fromstring(octets, parser)
    except etree.XMLSyntaxError as error:
        raise _refusal(error, frozenset(entry.type for entry in parser.error_log)) from None
    if root.getroottree().docinfo.internalDTD is not None:
        raise InputError("XML.DTD", where="line 1")
    return root


def _refusal(error: etree.XMLSyntaxError, codes: frozenset[int]) -> InputError:
    """Return what libxml2 refused by its code and all `codes` it gave; its words may quote the
    document.
    """
    line, column = error.position
    where = f"line {line}, column {column + 1}"
    code = int(getattr(error, "code", 0))
    if code in _ENCODING_CODES:
        return InputError("XML.ENCODING", where=where, detail="octets that are no character")
    if code in _LIMIT_CODES:
        return InputError(
            "XML.TOO_DEEP" if "depth" in str(error.msg) else "XML.TEXT_TOO_LONG", where=where
        )
    if code in _NAMESPACE_CODES and codes <= _NAMESPACE_CODES:
        return InputError("XML.NAMESPACE", where=where, detail=f"libxml2 code {code}")
    return InputError("XML.SYNTAX", where=where, detail=f"libxml2 code {code}")


def _check_shape(root: Element, octets: bytes) -> None:
    if deep := QUERIES.too_deep(root):
        raise InputError(
            "XML.TOO_DEEP",
            where=f"line {deep[0].sourceline}",
            detail=f"the limit is {MAX_DEPTH} levels",
        )
    attributes = octets.count(b"=")
    if attributes <= min(MAX_ATTRIBUTES, MAX_NAMESPACES) and not _LONG_VALUE.search(octets):
        return
    if crowded := QUERIES.crowded(root):
        raise InputError(
            "XML.TOO_MANY_ATTRIBUTES",
            where=locate(crowded[0]),
            detail=f"the limit is {MAX_ATTRIBUTES} for an element",
        )
    _check_namespaces(root, uses=octets.count(b"<") + attributes)


def _check_namespaces(root: Element, *, uses: int) -> None:
    """Bound what canonical forms say of namespaces; `uses` are the elements and attributes
    at most.
    """
    in_scope: list[int] = []
    total = longest = 0
    for _, declared in etree.iterwalk(root, events=("start-ns", "end-ns")):
        if declared is None:
            total -= in_scope.pop()
            continue
        in_scope.append(len(declared[1]))
        total += in_scope[-1]
        longest = max(longest, in_scope[-1])
        if len(in_scope) > MAX_NAMESPACES or total > MAX_SCOPE:
            raise InputError(
                "XML.TOO_MANY_NAMESPACES",
                where="line 1",
                detail=f"{MAX_NAMESPACES}, and {MAX_SCOPE} characters, in scope",
            )
    if longest * uses > MAX_NAMESPACE_OCTETS:
        raise InputError(
            "XML.TOO_MANY_NAMESPACES",
            where="line 1",
            detail=f"a name of {longest} characters for so many elements",
        )


def _holds_only_elements(octets: bytes) -> bool:
    """Return whether text in UTF-8 has neither comments nor instructions nor a document type: no
    markup but tags, behind the declaration.
    """
    start = len(_UTF8_BOM) if octets.startswith(_UTF8_BOM) else 0
    has_declaration = octets.startswith(b"<?xml ", start)
    after = octets.find(b"?>", start) + 2 if has_declaration else start
    # Most documents have neither of the letters, and one letter is found ten times as fast.
    if octets.find(b"!", after) < 0 and octets.find(b"?", after) < 0:
        return True
    return _NO_TAG.search(octets, start + has_declaration) is None


def _first(root: Element, kind: str) -> str | None:
    found = QUERIES.comments(root) if kind == "comments" else QUERIES.instructions(root)
    return locate(found[0]) if found else None
