"""Area format: octets that are no transcript at all, or only look like a dangerous one; area
schema: the shape of the document.
"""

from collections.abc import Iterator

from hocba_sign.signing.signing_policy import Level
from tools.vectors.case import Case
from tools.vectors.stage import (
    Stage,
    first_match,
    inserted,
    swapped,
)

_XML = "XML 1.0 (5th ed.), "
_DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n'
_OPEN = '<HOC_BA xmlns="urn:hocba:1" phienBanLuocDo="1.0">'


def cases(stage: Stage) -> Iterator[Case]:
    yield from _positive(stage)
    yield from _unreadable(stage)
    yield from _encodings(stage)
    yield from _limits(stage)
    yield from _identifiers(stage)


def _positive(stage: Stage) -> Iterator[Case]:
    everybody = {
        slot: {"indication": "TOTAL_PASSED", "intact": True}
        for slot in ("GVBM/mon-19/gv-19-1", "GVCN", "CBQL", "KY_PHAT_HANH")
    }
    yield Case(
        identifier="format/issued-secondary",
        title="Grade 12, one subject, all four roles in order, level B",
        why="The plain good case that all others depart from",
        spec="EN 319 102-1, 5.3",
        document=stage.issued(),
        verdict="VALID",
        causes=("WF.SIGNER_BY_NAME", "CRYPTO.ENDS"),
        signatures={
            slot: {**facts, "format": "XAdES-BASELINE-B"} for slot, facts in everybody.items()
        },
        workflow={"plan": "THCS_THPT", "complete": True, "order_proven": True, "missing": []},
    )
    yield Case(
        identifier="format/issued-secondary-level-t",
        title="Grade 12, one subject, all four roles in order, level T",
        why="The normal result of signing: every signature has a time-stamp",
        spec="EN 319 102-1, 5.5",
        document=stage.issued(level=Level.T),
        verdict="VALID",
        signatures={
            slot: {**facts, "format": "XAdES-BASELINE-T", "time_proof": "timestamp"}
            for slot, facts in everybody.items()
        },
        workflow={"order_proven": True},
        twin="time/of-another-signature",
    )
    yield Case(
        identifier="format/issued-lower-secondary",
        title="Grade 9, two subjects with a teacher each, all roles in order",
        why="Several teachers sign in parallel; the homeroom teacher covers all their values",
        spec="docs/explanation: the order links",
        document=stage.issued("lop9", 2),
        verdict="VALID",
        twin="workflow/removed-first-of-two-teachers",
        workflow={"plan": "THCS_THPT", "complete": True, "order_proven": True},
    )
    yield Case(
        identifier="format/nothing-signed",
        title="An unsigned file",
        why="No signature is no verdict; it must never look like a pass",
        spec="docs/reference: exit code 4",
        document=stage.draft(),
        verdict="NOTHING_TO_VERIFY",
        twin="format/issued-secondary",
    )


def refused(name: str, title: str, why: str, spec: str, document: bytes, *causes: str) -> Case:
    return Case(
        identifier=f"format/{name}",
        title=title,
        why=why,
        spec=spec,
        document=document,
        verdict="INVALID",
        causes=("DOC.FORMAT", *causes),
        twin="format/issued-secondary",
    )


_PAGE = b"<!DOCTYPE html>\n<html lang='vi'><p>Not found</p></html>\n"
_ARCHIVE = b"7z\xbc\xaf\x27\x1c\x00\x04" + bytes(24)
_INVOICE = (
    b'<?xml version="1.0" encoding="UTF-8"?>\n<HDon><DLHDon Id="data"><THDon>1</THDon></DLHDon>'
    b'<DSCKS><Signature xmlns="http://www.w3.org/2000/09/xmldsig#"><SignedInfo/></Signature></DSCKS></HDon>\n'
)


def _not_transcript(name: str, title: str, why: str, document: bytes, *, cause: str) -> Case:
    return Case(
        identifier=f"format/{name}",
        title=title,
        why=why,
        spec="docs/reference: exit code 4",
        document=document,
        verdict="NOTHING_TO_VERIFY",
        causes=(cause,),
        twin="format/issued-secondary",
    )


def _unreadable(stage: Stage) -> Iterator[Case]:
    issued = stage.issued()
    laughs = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))
    bomb = f'<?xml version="1.0"?><!DOCTYPE HOC_BA [<!ENTITY a0 "ha">{laughs}]>{_OPEN}&a9;</HOC_BA>'
    external = (
        f'<?xml version="1.0"?><!DOCTYPE HOC_BA [<!ENTITY x SYSTEM '
        f'"file:///etc/hostname">]>{_OPEN}&x;</HOC_BA>'
    )
    noise = bytes((n * 197 + n // 7) % 256 for n in range(4000))
    doctype = swapped(issued, _DECLARATION, f"{_DECLARATION}<!DOCTYPE HOC_BA>")
    for name, title, why, document in (
        ("empty", "An empty file", "Happens when an export fails", b""),
        ("blank", "A file of blanks", "Not empty, but nothing in it", b" \n\t \n"),
        ("binary-noise", "4,000 octets of noise", "Any octets must end in one clear line", noise),
        (
            "photo",
            "A picture",
            "Parents send photos of the printed form",
            b"\xff\xd8\xff\xe0" + noise,
        ),
        ("web-page", "A web page", "Saved in the place of the file that it offers", _PAGE),
        ("archive", "A packed file that is no packet", "Senders pack what they send", _ARCHIVE),
        (
            "wrong-root",
            "Another kind of document",
            "Well-formed, but no transcript, and nobody has signed it",
            b'<?xml version="1.0" encoding="UTF-8"?>\n<invoice xmlns="urn:example"/>',
        ),
    ):
        yield _not_transcript(name, title, why, document, cause="DOC.NO_DOCUMENT")
    yield _not_transcript(
        "signed-invoice",
        "A signed document of another kind",
        "It is judged with --any; as a transcript there is nothing to say of it",
        _INVOICE,
        cause="DOC.OTHER",
    )
    yield refused(
        "transcript-within",
        "A transcript within a root of another name",
        "What holds a transcript is not of another kind",
        "docs/reference/format.md, 11",
        b"<invoice>" + issued.partition(b"?>")[2] + b"</invoice>",
        "DOC.NOT_HOC_BA",
    )
    yield refused(
        "pdf-header",
        "A PDF file by its first octets",
        "The most likely wrong file",
        _XML + "2.2",
        b"%PDF-1.7\n%\xe2\xe3\n",
        "PDF.UNREADABLE",
    )
    yield refused(
        "truncated",
        "A signed file cut in the middle",
        "An interrupted transfer",
        _XML + "2.1",
        issued[: issued.index(b"<ds:X509Certificate>") + 400],
        "XML.SYNTAX",
    )
    in_a_name = issued[: issued.index(b"</xades:", 14_000) + len(b"</xades:")]
    yield refused(
        "truncated-in-a-name",
        "A signed file cut in the name of an end tag",
        "An interrupted transfer",
        _XML + "2.1",
        in_a_name,
        "XML.SYNTAX",
    )
    yield refused(
        "two-roots",
        "A second root element after the first",
        "Well-formed means one root",
        _XML + "2.1",
        issued + issued[39:],
        "XML.SYNTAX",
    )
    yield refused(
        "trailing-text",
        "Text after the root element",
        "Appended octets are not signed",
        _XML + "2.1",
        issued + b"tail",
        "XML.SYNTAX",
    )
    yield refused(
        "dtd",
        "A signed file with a document type declaration",
        "A DTD can change what is read",
        "XML Signature 1.1, 8.2",
        doctype,
        "XML.DTD",
    )
    yield refused(
        "billion-laughs",
        "Nested entities that grow to gigabytes",
        "Denial of service",
        _XML + "4.4",
        bomb.encode(),
        "XML.DTD",
    )
    yield refused(
        "external-entity",
        "An entity read from a file",
        "Theft of local files",
        _XML + "4.2.2",
        external.encode(),
        "XML.DTD",
    )
    stranger = swapped(issued, 'xmlns="urn:hocba:1"', 'xmlns="urn:hocba:one"')
    yield refused(
        "wrong-namespace",
        "The root in another namespace",
        "No version of the format has it",
        "docs/reference/format.md, 11",
        stranger,
        "DOC.NOT_HOC_BA",
    )
    yield Case(
        identifier="format/later-generation",
        title="The root in the namespace of a later generation",
        why="It may be right, and a reader of the first generation cannot tell: it knows neither "
        "slots nor content",
        spec="docs/reference/format.md, 11",
        document=swapped(issued, 'xmlns="urn:hocba:1"', 'xmlns="urn:hocba:2"'),
        verdict="INDETERMINATE",
        causes=("DOC.NEWER",),
        twin="format/wrong-namespace",
    )
    undeclared = swapped(issued, f"{_OPEN}", f"{_OPEN}<x:a/>")
    yield refused(
        "undeclared-prefix",
        "A prefix that is not declared",
        "Not namespace-well-formed",
        "Namespaces in XML 1.0, 3",
        undeclared,
        "XML.NAMESPACE",
    )


def _encodings(stage: Stage) -> Iterator[Case]:
    issued = stage.issued()
    text = issued.decode()
    utf16 = swapped(issued, 'encoding="UTF-8"', 'encoding="UTF-16"').decode()
    yield Case(
        identifier="format/utf-16",
        title="A signed file written again in UTF-16 with a byte order mark",
        why="Canonicalization makes UTF-8 of any encoding: the signatures hold",
        spec="Exclusive XML Canonicalization 1.0, 3; Canonical XML 1.0, 2.1",
        document=b"\xff\xfe" + utf16.encode("utf-16-le"),
        verdict="VALID",
        twin="format/utf-16-without-mark",
    )
    yield refused(
        "utf-16-without-mark",
        "UTF-16 without a byte order mark",
        "The encoding would be a guess",
        _XML + "4.3.3",
        utf16.encode("utf-16-le"),
        "XML.ENCODING",
    )
    yield Case(
        identifier="format/utf-8-byte-order-mark",
        title="A signed file with the UTF-8 byte order mark in front",
        why="Some editors add it; it is no part of the document",
        spec=_XML + "4.3.3",
        document=b"\xef\xbb\xbf" + issued,
        verdict="VALID",
        twin="format/wrong-declaration",
    )
    wrong = swapped(issued, 'encoding="UTF-8"', 'encoding="UTF-16"')
    yield refused(
        "wrong-declaration",
        "UTF-8 octets that declare UTF-16",
        "A declaration is not believed against the octets",
        _XML + "4.3.3",
        wrong,
        "XML.ENCODING",
    )
    latin = swapped(issued, 'encoding="UTF-8"', 'encoding="ISO-8859-1"')
    yield refused(
        "latin-1",
        "UTF-8 octets that declare ISO-8859-1",
        "Another reader would see other letters",
        _XML + "4.3.3",
        latin,
        "XML.ENCODING",
    )
    broken = text.encode().replace("Nguyễn".encode(), b"Nguy\xff\xfen", 1)
    yield refused(
        "broken-utf-8",
        "Octets that are no UTF-8",
        "Readers mend them differently",
        _XML + "4.3.3",
        broken,
        "XML.ENCODING",
    )
    eleven = swapped(issued, 'version="1.0" encoding', 'version="1.1" encoding')
    yield refused(
        "xml-1.1",
        "XML 1.1",
        "Other rules for characters and line ends",
        _XML + "2.8",
        eleven,
        "XML.VERSION",
    )


def _limits(stage: Stage) -> Iterator[Case]:
    issued = stage.issued()
    deep = swapped(issued, _OPEN, _OPEN + "<x>" * 120 + "</x>" * 120)
    yield refused(
        "deep-nesting",
        "Elements 120 levels deep",
        "Recursion in readers",
        "docs/reference: limits",
        deep,
        "XML.TOO_DEEP",
    )
    attributes = " ".join(f'a{n}="1"' for n in range(300))
    crowded = swapped(issued, _OPEN, f"{_OPEN}<x {attributes}/>")
    yield refused(
        "crowded-element",
        "An element with 300 attributes",
        "They are sorted at every canonicalization",
        "docs/reference: limits",
        crowded,
        "XML.TOO_MANY_ATTRIBUTES",
    )
    declarations = " ".join(f'xmlns:n{n}="urn:{n}"' for n in range(300))
    spaced = swapped(issued, _OPEN, f"{_OPEN}<x {declarations}/>")
    yield refused(
        "crowded-namespaces",
        "300 namespaces in scope",
        "Inclusive canonicalization repeats all of them",
        "docs/reference: limits",
        spaced,
        "XML.TOO_MANY_NAMESPACES",
    )


def _identifiers(stage: Stage) -> Iterator[Case]:
    issued = stage.issued()
    spec = "XML Signature 1.1, 4.4.3.1; XML Signature Best Practices, 12"
    why = (
        "Which element a reference means would depend on the reader: the basis of wrapping attacks"
    )
    for spelling, name in (
        ("Id", "usual"),
        ("ID", "capitals"),
        ("id", "small"),
        ("xml:id", "xml-id"),
    ):
        document = swapped(issued, "<DANH_SACH_CHU_KY>", f'<DANH_SACH_CHU_KY {spelling}="data">')
        yield refused(
            f"duplicate-id-{name}",
            f'A second element with {spelling}="data"',
            why,
            spec,
            document,
            "XML.DUPLICATE_ID",
        )
    value = f'<x Id="{first_match(issued, "ck-CBQL-value")}"/>'.encode()
    yield refused(
        "duplicate-value-id",
        "A second element with the Id of a SignatureValue",
        why,
        spec,
        inserted(issued, ".", value),
        "XML.DUPLICATE_ID",
    )
