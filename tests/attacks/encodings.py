"""Octets that are read differently by different programs: encodings, what follows the root,
namespaces.
"""

from collections.abc import Iterator
from typing import Final

from tests.attacks.case import (
    NOTHING,
    NS,
    TRANSCRIPT,
    WHOLE,
    Attack,
    attack,
    on_transcript,
    replaced,
)
from tests.attacks.writer import DS

CAUSES: Final = (
    *(
        "XML.ENCODING",
        "XML.NOT_XML",
        "XML.SYNTAX",
        "XML.VERSION",
        "XML.EMPTY",
        "XML.NAMESPACE",
        "XML.RELATIVE_NAMESPACE",
        "XML.DTD",
        "SIG.DIGEST",
        "SIG.STRUCTURE",
    ),
    *("XML.NOT_UTF8", "DOC.FORMAT"),
)

NO_DOCUMENTS: Final = frozenset(
    {"text-before", "zip-before", "empty", "spaces", "only-mark", "nuls", "gzip"}
)
"""What begins neither as XML nor as PDF, whatever stands behind: there is nothing to verify."""


def _declared(document: bytes, name: str) -> bytes:
    body = document.partition(b"?>")[2] if document.startswith(b"<?xml") else document
    return f'<?xml version="1.0" encoding="{name}"?>'.encode() + body


def _encodings(document: bytes, text: bytes) -> Iterator[tuple[str, bytes]]:
    """`text` is some text of the signed content."""
    plain = document.partition(b"?>")[2] if document.startswith(b"<?xml") else document
    unicode = plain.decode()
    for name in (
        "UTF-7",
        "UTF-16",
        "UTF-32",
        "EBCDIC-CP-US",
        "ISO-2022-JP",
        "GB18030",
        "x-unknown",
        "UTF-8\u0000".strip("\0") + "x",
        "UCS-4",
        "HZ",
        "utf-8-sig",
        "IBM037",
    ):
        yield f"declared-{name}", _declared(document, name)
    yield "utf-7", _declared(document, "UTF-7").replace(text, b"+ADw-b+AD4-" + text, 1)
    yield "utf-16-le-without-mark", unicode.encode("utf-16-le")
    yield "utf-16-be-without-mark", unicode.encode("utf-16-be")
    yield "utf-32-le", b"\xff\xfe\0\0" + unicode.encode("utf-32-le")
    yield "utf-32-be", b"\0\0\xfe\xff" + unicode.encode("utf-32-be")
    yield (
        "utf-16-declared-utf-8",
        b"\xff\xfe" + f'<?xml version="1.0" encoding="UTF-8"?>{unicode}'.encode("utf-16-le"),
    )
    yield "utf-16-odd", b"\xff\xfe" + unicode.encode("utf-16-le") + b"\0"
    yield (
        "utf-16-lone-surrogate",
        b"\xff\xfe"
        + unicode.encode("utf-16-le").replace(
            text.decode().encode("utf-16-le"), b"\x00\xd8" + text.decode().encode("utf-16-le"), 1
        ),
    )
    yield "two-marks", b"\xef\xbb\xbf\xef\xbb\xbf" + plain
    yield "mark-inside", plain.replace(text, b"\xff\xfe" + text, 1)
    for name, octets in (
        ("overlong-slash", b"\xc0\xaf"),
        ("overlong-less-than", b"\xe0\x80\xbc"),
        ("overlong-nul", b"\xc0\x80"),
        ("surrogate", b"\xed\xa0\x80"),
        ("beyond", b"\xf4\x90\x80\x80"),
        ("five-octets", b"\xf8\x88\x80\x80\x80"),
        ("stray", b"\x80"),
        ("cut", b"\xe1\xbb"),
        ("nul", b"\0"),
        ("escape", b"\x1b"),
        ("vertical-tab", b"\x0b"),
        ("fffe", b"\xef\xbf\xbe"),
        ("ffff", b"\xef\xbf\xbf"),
    ):
        yield f"octets-{name}", plain.replace(text, octets + text, 1)
    yield "latin-1", _declared(document, "ISO-8859-1").replace(text, b"\xe9" + text, 1)
    yield "mixed", plain.replace(text, text + text.decode().encode("utf-16-le"), 1)


def _wholes(document: bytes, root: str) -> Iterator[tuple[str, bytes]]:
    plain = document.partition(b"?>")[2] if document.startswith(b"<?xml") else document
    yield "text-after", document + b"x"
    yield "element-after", document + b"<x/>"
    yield "document-after", document + plain
    yield "second-declaration", document + b'<?xml version="1.0"?>'
    yield "nul-after", document + b"\0"
    yield "entity-after", document + b"&#32;"
    yield "cdata-after", document + b"<![CDATA[]]>"
    yield "text-before", b"x" + plain
    yield "space-before-declaration", b' <?xml version="1.0"?>' + plain
    yield "pdf-before", b"%PDF-1.7\n" + plain
    yield "zip-before", b"PK\3\4" + plain
    yield "html-before", b"<!DOCTYPE html>" + plain
    yield "html-around", b"<html>" + plain
    yield "xml-1.1", b'<?xml version="1.1"?>' + plain
    yield "xml-2.0", b'<?xml version="2.0"?>' + plain
    yield "no-version", b'<?xml encoding="UTF-8"?>' + plain
    yield "declaration-upper-case", b'<?XML version="1.0"?>' + plain
    yield "cut", document[:-5]
    yield "half", document[: len(document) // 2]
    yield "empty", b""
    yield "spaces", b" \n\t"
    yield "only-declaration", b'<?xml version="1.0"?>'
    yield "only-mark", b"\xef\xbb\xbf"
    yield "one-octet", b"<"
    yield "nuls", bytes(1_000)
    yield "gzip", b"\x1f\x8b\x08\0" + document
    yield (
        "end-tag-of-other-case",
        document.replace(f"</{root}>".encode(), f"</{root.swapcase()}>".encode()),
    )


def _namespaces(document: bytes, root: str) -> Iterator[tuple[str, bytes]]:
    head = f"<{root} "
    for name, attributes in (
        ("xml-rebound", 'xmlns:xml="urn:x"'),
        ("other-prefix-for-xml", 'xmlns:x="http://www.w3.org/XML/1998/namespace"'),
        ("xmlns-bound", 'xmlns:xmlns="urn:x"'),
        ("prefix-for-xmlns", 'xmlns:x="http://www.w3.org/2000/xmlns/"'),
        ("prefix-for-nothing", 'xmlns:x=""'),
        ("unbound", 'zz:a="b"'),
        ("twice", 'xmlns:a="urn:a" xmlns:b="urn:a" a:c="1" b:c="2"'),
        ("attribute-twice", 'a="1" a="2"'),
        ("default-twice", f'xmlns="{NS}" xmlns="urn:x"'),
        ("colon-twice", 'a:b:c="d"'),
        ("number-first", '1a="b"'),
        ("no-quotes", "a=b"),
        ("less-than", 'a="<"'),
    ):
        yield name, replaced(document, head, f"{head}{attributes} ")


def _told(name: str) -> tuple[str, ...]:
    return ("DOC.NO_DOCUMENT",) if name in NO_DOCUMENTS else CAUSES


def _verdict(name: str) -> str:
    return NOTHING if name in NO_DOCUMENTS else "either"


def attacks() -> Iterator[Attack]:
    for name, octets in (
        *_encodings(WHOLE, b"dat"),
        *_wholes(WHOLE, "hoso"),
        *_namespaces(WHOLE, "hoso"),
    ):
        yield attack(f"octets-{name}", octets, *_told(name), verdict=_verdict(name))
    teacher = "Nguyễn Hoàng".encode()
    for name, octets in (
        *_encodings(TRANSCRIPT, teacher),
        *_wholes(TRANSCRIPT, "HOC_BA"),
        *_namespaces(TRANSCRIPT, "HOC_BA"),
    ):
        yield on_transcript(f"octets-{name}", octets, *_told(name), verdict=_verdict(name))
    for name, old, new in (
        ("other-default", "<ketqua>", '<ketqua xmlns="urn:x">'),
        ("default-undeclared", "<ketqua>", '<ketqua xmlns="">'),
        ("ds-rebound-in-signed-info", "<ds:SignedInfo>", '<ds:SignedInfo xmlns:ds="urn:x">'),
        ("ds-rebound-in-reference", "<ds:Reference ", '<ds:Reference xmlns:ds="urn:x" '),
        (
            "xades-rebound",
            "<xades:SignedProperties ",
            '<xades:SignedProperties xmlns:xades="urn:x" ',
        ),
    ):
        octets = replaced(WHOLE, old, new)
        yield attack(
            f"namespace-{name}",
            octets,
            *CAUSES,
            "SIG.VALUE",
            "SIG.TARGET_MISSING",
            "SIG.TARGET_MISPLACED",
            verdict="either",
        )


def unsigned() -> Iterator[tuple[str, bytes]]:
    """Yield files in which what looks like a signature is none."""
    for name, address in (
        ("slash", f"{DS}/"),
        ("upper-case", DS.upper()),
        ("no-hash", DS.rstrip("#")),
    ):
        yield name, replaced(WHOLE, f'xmlns:ds="{DS}"', f'xmlns:ds="{address}"')
