"""Seeded changes of real structure: octets, tokens, trees, DER values."""

import base64
import json
import random
import re
from collections.abc import Callable
from copy import deepcopy
from typing import Any, Final

from lxml import etree

Element = etree._Element
Mutator = Callable[[bytes, bytes, random.Random], bytes]
"""From octets, octets of another seed and a chance, to changed octets."""

_TOKEN: Final = re.compile(rb"<[^<>]{0,200}>|[^<>]{1,200}|[<>]", re.DOTALL)
_BASE64: Final = re.compile(rb">(M[A-Za-z0-9+/]{40,}={0,2})<")
_NUMBERS: Final = (
    b"0",
    b"-1",
    b"1",
    b"255",
    b"65536",
    b"2147483648",
    b"9" * 30,
    b"1e309",
    b"NaN",
    b"0x10",
    "٣".encode(),
)
_TEXTS: Final = (
    b"",
    b" ",
    b"&#0;",
    b"&amp;",
    b"<!---->",
    b"<?a b?>",
    b"]]>",
    b"<![CDATA[x]]>",
    b"\xff",
    b"\0",
    b"#",
    b"#xpointer(/)",
    b"&#13;",
    b"\r\n",
    b"=",
    b"%00",
    b"../",
    "\u202e".encode(),
)
_NAMES: Final = (
    "Id",
    "ID",
    "{http://www.w3.org/XML/1998/namespace}id",
    "URI",
    "Type",
    "Algorithm",
    "Target",
    "Encoding",
    "{urn:x}Id",
)
_VALUES: Final = (
    *(
        "",
        "#",
        "#phieu",
        "#ck",
        "#data",
        "#xpointer(/)",
        "#xpointer(id('ck'))",
        "http://127.0.0.1:9/",
        "x" * 300,
        "\u202ex",
    ),
    *(
        "http://www.w3.org/2001/10/xml-exc-c14n#",
        "http://www.w3.org/TR/2001/REC-xml-c14n-20010315",
        "http://www.w3.org/2006/12/xml-c14n11",
    ),
    *(
        "http://www.w3.org/2000/09/xmldsig#enveloped-signature",
        "http://www.w3.org/2000/09/xmldsig#base64",
        "http://www.w3.org/2000/09/xmldsig#sha1",
    ),
    *(
        "http://www.w3.org/TR/1999/REC-xpath-19991116",
        "http://www.w3.org/2002/06/xmldsig-filter2",
        "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256",
    ),
)
_SIZES: Final = (0, 1, 2, 0x7F, 0x80, 0xFF, 0xFFFF)


def octets(data: bytes, other: bytes, chance: random.Random) -> bytes:
    """Flip, remove, insert, repeat or overwrite a few octets."""
    changed = bytearray(data)
    for _ in range(chance.choice((1, 1, 1, 2, 4, 16))):
        at = chance.randrange(len(changed) + 1)
        size = min(chance.choice((1, 1, 2, 4, 16, 64)), 64)
        match chance.randrange(6):
            case 0 if at < len(changed):
                changed[at] ^= 1 << chance.randrange(8)
            case 1 if at < len(changed):
                changed[at] = chance.randrange(256)
            case 2:
                del changed[at : at + size]
            case 3:
                changed[at:at] = chance.randbytes(size)
            case 4:
                changed[at:at] = changed[at : at + size]
            case _:
                start = chance.randrange(len(other) + 1)
                changed[at : at + size] = other[start : start + size]
    return bytes(changed)


def cut(data: bytes, other: bytes, chance: random.Random) -> bytes:
    """Keep the head of one and the tail of the other."""
    at, start = chance.randrange(len(data) + 1), chance.randrange(len(other) + 1)
    return data[:at] + other[start:]


def tokens(data: bytes, other: bytes, chance: random.Random) -> bytes:
    """Change tags and texts as units."""
    found = _TOKEN.findall(data)
    foreign = _TOKEN.findall(other) or [b""]
    for _ in range(chance.choice((1, 1, 2, 3))):
        if not found:
            break
        at = chance.randrange(len(found))
        match chance.randrange(6):
            case 0:
                del found[at]
            case 1:
                found.insert(at, found[chance.randrange(len(found))])
            case 2:
                found.insert(at, chance.choice(_TEXTS))
            case 3:
                found[at] = chance.choice(foreign)
            case 4:
                found[at] = re.sub(rb"\d+", chance.choice(_NUMBERS), found[at], count=1)
            case _:
                begin = chance.randrange(len(found))
                found[at], found[begin] = found[begin], found[at]
    return b"".join(found)


def tree(data: bytes, other: bytes, chance: random.Random) -> bytes:
    """Move, copy, remove, rename elements, and change attributes and texts; octets that are no XML
    are changed as octets.
    """
    try:
        root = etree.fromstring(data, etree.XMLParser(resolve_entities=False, no_network=True))
    except (etree.XMLSyntaxError, ValueError):
        return octets(data, other, chance)
    for _ in range(chance.choice((1, 1, 1, 2, 3))):
        _change_tree(root, other, chance)
    return etree.tostring(
        root.getroottree(), encoding="UTF-8", xml_declaration=chance.random() < 0.5
    )


def _change_tree(root: Element, other: bytes, chance: random.Random) -> None:
    every = list(root.iter("*"))
    one, place = chance.choice(every), chance.choice(every)
    match chance.randrange(11):
        case 0 if one is not root:
            _remove(one)
        case 1:
            place.insert(chance.randrange(len(place) + 1), deepcopy(one))
        case 2 if one is not root and place not in one.iter("*"):
            place.insert(chance.randrange(len(place) + 1), one)
        case 3:
            one.tag = chance.choice(every).tag
        case 4:
            one.set(chance.choice(_NAMES), chance.choice(_VALUES))
        case 5 if one.attrib:
            key = chance.choice(list(one.attrib))
            one.set(
                key, chance.choice([*_VALUES, *(element.get("Id") or "" for element in every[:50])])
            )
        case 6 if one.attrib:
            del one.attrib[chance.choice(list(one.attrib))]
        case 7:
            one.text = chance.choice(every).text
        case 8:
            one.insert(
                0, chance.choice((etree.Comment("x"), etree.ProcessingInstruction("x", "y")))
            )
        case 9:
            one.text, place.text = place.text, one.text
        case _:
            _graft(place, other, chance)


def _remove(element: Element) -> None:
    parent = element.getparent()
    if parent is not None:
        parent.remove(element)


def _graft(place: Element, other: bytes, chance: random.Random) -> None:
    try:
        foreign = etree.fromstring(other, etree.XMLParser(resolve_entities=False, no_network=True))
    except (etree.XMLSyntaxError, ValueError):
        return
    place.append(deepcopy(chance.choice(list(foreign.iter("*")))))


def der(data: bytes, other: bytes, chance: random.Random) -> bytes:
    """Change one value of a DER structure and keep the lengths around it right, or wrong on
    purpose.
    """
    values = _places(data)
    if not values:
        return octets(data, other, chance)
    start, head, end, around = chance.choice(values)
    content = data[start + head : end]
    match chance.randrange(8):
        case 0:
            new = b""
        case 1:
            new = data[start:end] * 2
        case 2:
            new = _tlv(data[start] ^ chance.choice((0x20, 0x40, 0x80, 1, 2, 16)), content)
        case 3:
            new = _tlv(data[start], b"")
        case 4:
            new = _tlv(data[start], content[: chance.randrange(len(content) + 1)])
        case 5:
            new = bytes([data[start], chance.choice((0x80, 0x81, 0x84, 0x88, 0xFF))]) + content
        case 6:
            foreign = _places(other)
            begin, _, stop, _ = chance.choice(foreign) if foreign else (0, 0, len(other), ())
            new = other[begin:stop]
        case _:
            new = _tlv(data[start], octets(content, other, chance))
    return _rebuilt(data, (start, end), new, around)


def embedded(data: bytes, other: bytes, chance: random.Random) -> bytes:
    """Change a DER value that stands in a document in base64."""
    found = list(_BASE64.finditer(data))
    if not found:
        return octets(data, other, chance)
    place = chance.choice(found)
    foreign = [one[1] for one in _BASE64.finditer(other)] or [place[1]]
    new = der(
        base64.b64decode(_padded(place[1])),
        base64.b64decode(_padded(chance.choice(foreign))),
        chance,
    )
    return data[: place.start(1)] + base64.b64encode(new) + data[place.end(1) :]


def _padded(text: bytes) -> bytes:
    bare = text.rstrip(b"=")
    bare = bare[:-1] if len(bare) % 4 == 1 else bare
    return bare + b"=" * (-len(bare) % 4)


def _places(data: bytes) -> list[tuple[int, int, int, tuple[tuple[int, int, int], ...]]]:
    """Return all values: start, size of the head, end, and the values around them, the outermost
    first.
    """
    found: list[tuple[int, int, int, tuple[tuple[int, int, int], ...]]] = []
    waiting: list[tuple[int, int, tuple[tuple[int, int, int], ...]]] = [(0, len(data), ())]
    while waiting and len(found) < 3_000:
        at, limit, around = waiting.pop()
        while at + 2 <= limit:
            head, size = 2, data[at + 1]
            if size > 0x80:
                count = size & 0x7F
                head, size = 2 + count, int.from_bytes(data[at + 2 : at + 2 + count], "big")
            end = at + head + size
            if end > limit or head > 6:
                break
            found.append((at, head, end, around))
            if data[at] & 0x20 or data[at] == 4:
                waiting.append((at + head, end, (*around, (at, head, end))))
            at = end
    return found


def _rebuilt(
    data: bytes, place: tuple[int, int], new: bytes, around: tuple[tuple[int, int, int], ...]
) -> bytes:
    start, end = place
    for at, head, stop in reversed(around):
        new = _tlv(data[at], data[at + head : start] + new + data[end:stop])
        start, end = at, stop
    return data[:start] + new + data[end:]


def _tlv(tag: int, content: bytes) -> bytes:
    size = len(content)
    if size < 0x80:
        return bytes([tag & 0xFF, size]) + content
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([tag & 0xFF, 0x80 | len(length)]) + length + content


_RAW: Final = (
    *("null", "true", "0", "-1", "1.5", '""', '"x"', "[]", "{}", "[[]]", "[null]", '{"a": 1}'),
    *(
        "NaN",
        "Infinity",
        "-Infinity",
        "1e309",
        "1e-99999999999999999999",
        "9" * 30,
        "9" * 5_000,
        "-0.0",
        "01",
    ),
    *(
        '"\\ud800"',
        '"\\u0000"',
        '"\\u202e"',
        '"\\ufffd"',
        f'"{"x" * 100_000}"',
        "[" * 2_000 + "]" * 2_000,
        "[" * 200_000,
    ),
)
"""Values of JSON, or what is none, to stand where another value stood."""
_ENCODINGS: Final = ("utf-16", "utf-8-sig", "latin-1", "utf-32", "utf-16-le")


def json_tree(data: bytes, other: bytes, chance: random.Random) -> bytes:
    """Exchange a value of JSON for one of another type or size, write a key twice, move parts, or
    write all in another encoding.
    """
    try:
        root = json.loads(data)
        parts = [*_json_parts(root), *_json_parts(json.loads(other))]
    except (ValueError, RecursionError):
        return octets(data, other, chance)
    places = [part for part in _json_parts(root) if part]
    if not places:
        return octets(data, other, chance)
    place = chance.choice(places)
    key = chance.choice([*place] if isinstance(place, dict) else range(len(place)))
    action = chance.choice(("raw", "raw", "raw", "move", "remove", "twice", "encoding"))
    if action == "move":
        place[key] = chance.choice(parts)
    elif action == "remove":
        del place[key]
    elif action in {"raw", "twice"}:
        place[key] = _MARK
    try:
        written = json.dumps(root, ensure_ascii=chance.random() < 0.5)
    except (ValueError, RecursionError):
        return data
    raw = chance.choice(_RAW)
    twice = f"{raw}, {json.dumps(str(key))}: {chance.choice(_RAW)}" if action == "twice" else raw
    written = written.replace(json.dumps(_MARK), twice, 1)
    return written.encode(chance.choice(_ENCODINGS) if action == "encoding" else "utf-8", "replace")


_MARK: Final = "(a value)"


def _json_parts(root: Any) -> list[Any]:
    """Return all objects and arrays."""
    found: list[Any] = []
    waiting = [root]
    while waiting and len(found) < 3_000:
        part = waiting.pop()
        if isinstance(part, dict | list):
            found.append(part)
            waiting.extend(part.values() if isinstance(part, dict) else part)
    return found


XML: Final[tuple[Mutator, ...]] = (tree, tree, tree, tokens, tokens, octets, cut)
SIGNED: Final[tuple[Mutator, ...]] = (*XML, embedded, embedded, embedded, embedded)
DER: Final[tuple[Mutator, ...]] = (der, der, der, octets, cut)
TEXT: Final[tuple[Mutator, ...]] = (tokens, octets, octets, cut)
JSON: Final[tuple[Mutator, ...]] = (json_tree, json_tree, json_tree, *TEXT)
