"""Whatever is put beside what was signed, wherever it is put, no transcript stays VALID without a
word about it.
"""

import re
from collections.abc import Callable
from copy import copy
from functools import cache

import pytest
from lxml import etree

from hocba_sign.errors import InputError
from hocba_sign.report.report import Report
from hocba_sign.xml.layout import LAYOUTS
from tests.support.scene import NAMESPACES, Scene

Change = Callable[[etree._Element], None]

SIGNED = {f"{{{NAMESPACES['ds']}}}SignedInfo", f"{{{NAMESPACES['xades']}}}SignedProperties"}
LEGEND = {"DOC.UNSIGNED", "DOC.ADDED", "DOC.COMMENTS", "DOC.INSTRUCTIONS"}
XSI = "http://www.w3.org/2001/XMLSchema-instance"


@cache
def scene(layout: str = "canonical") -> tuple[Scene, bytes]:
    made = Scene(subjects=1, layout=LAYOUTS[layout])
    return made, made.signed()


def first_child(node: etree._Element) -> Change:
    def change(element: etree._Element) -> None:
        added = copy(node)
        added.tail, element.text = element.text, None
        element.insert(0, added)

    return change


def attribute(name: str, value: str = "10,0") -> Change:
    return lambda element: element.set(name, value)


def text(element: etree._Element) -> None:
    element.text = f"10,0{element.text or ''}"


CHANGES: dict[str, Change] = {
    "comment": first_child(etree.Comment("10,0")),
    "instruction": first_child(etree.ProcessingInstruction("diem", "10,0")),
    "stylesheet": first_child(etree.ProcessingInstruction("xml-stylesheet", 'href="a.xsl"')),
    "mark": first_child(etree.fromstring('<DIEM_CA_NAM xmlns="urn:hocba:1">10.0</DIEM_CA_NAM>')),
    "no-namespace": first_child(etree.fromstring("<DIEM>10,0</DIEM>")),
    "script": first_child(
        etree.fromstring('<script xmlns="http://www.w3.org/1999/xhtml">1</script>')
    ),
    "vendor": first_child(etree.fromstring('<v xmlns="http://vendor.example/">10,0</v>')),
    "attribute": attribute("diem"),
    "vendor-attribute": attribute("{http://vendor.example/}diem"),
    "nil": attribute(f"{{{XSI}}}nil", "true"),
    "type": attribute(f"{{{XSI}}}type", "a"),
    "base": attribute("{http://www.w3.org/XML/1998/namespace}base"),
    "lang": attribute("{http://www.w3.org/XML/1998/namespace}lang", "vi"),
    "space": attribute("{http://www.w3.org/XML/1998/namespace}space", "preserve"),
    "text": text,
}
SHOWS = {"stylesheet", "mark", "no-namespace", "script", "nil", "type"}


def unsigned_places(root: etree._Element) -> list[int]:
    """Return by number the elements that no signature covers: frame, slots, and the containers of
    signatures.
    """
    signed = {*root.iter(*SIGNED), *(one for one in root.iter() if one.get("Id") == "data")}
    elements = list(root.iter("*"))
    return [
        number for number, one in enumerate(elements) if not signed & {one, *one.iterancestors()}
    ]


def told(report: Report) -> set[str]:
    return {check.identifier for check in report.checks}


def changed(octets: bytes, number: int, change: Change) -> bytes:
    root = etree.fromstring(octets)
    change(list(root.iter("*"))[number])
    return etree.tostring(root.getroottree(), encoding="UTF-8", xml_declaration=True)


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("name", CHANGES)
def test_nothing_is_added_without_a_word(layout: str, name: str) -> None:
    made, octets = scene(layout)
    silent = []
    for number in unsigned_places(etree.fromstring(octets)):
        attack = changed(octets, number, CHANGES[name])
        try:
            report = made.verify(attack)
        except InputError:
            continue
        is_bad = report.verdict == "VALID" and (name in SHOWS or not told(report) & LEGEND)
        if is_bad:
            silent.append(number)
    assert not silent


def test_the_honest_twins_stay_valid() -> None:
    made, octets = scene()
    declaration, root = octets.split(b"\n", 1)
    hint = f'<HOC_BA xmlns:xsi="{XSI}" xsi:schemaLocation="urn:hocba:1 hocba-issued.xsd" '.encode()
    key_name = octets.replace(b"<ds:KeyInfo>", b"<ds:KeyInfo><ds:KeyName>TEST</ds:KeyName>")
    for twin in (
        octets,
        b"\xef\xbb\xbf" + octets,
        root,
        octets.replace(b"<HOC_BA ", hint),
        key_name,
        root.decode().encode("utf-16"),
    ):
        report = made.verify(twin)
        assert (report.verdict, told(report) & (LEGEND | {"DOC.OTHER_KIND"})) == ("VALID", set())
    for twin, cause in (
        (declaration + b"\n<?xml-model href='a.xsd'?>" + root, "DOC.INSTRUCTIONS"),
        (octets + b"<!-- <DIEM>8,4</DIEM> -->", "DOC.COMMENTS"),
        (octets.replace(b"<DIEM_TONG_KET", b"<!-- 8,4 --><DIEM_TONG_KET", 1), "DOC.COMMENTS"),
    ):
        report = made.verify(twin)
        assert (report.verdict, told(report) & LEGEND) == ("VALID", {cause})


@pytest.mark.parametrize(
    "mark",
    ["%PDF-1.7", "12 0 obj", "12\t0%x\n0 obj&lt;&lt;", "1 0 obj["],
)
def test_octets_of_another_kind_are_found_wherever_they_stand(mark: str) -> None:
    made, octets = scene()
    places = {
        "comment": octets.replace(b"?>\n", f"?>\n<!-- {mark} -->".encode(), 1),
        "behind": octets + f"<!-- {mark} -->".encode(),
        "key name": octets.replace(
            b"<ds:KeyInfo>", f"<ds:KeyInfo><ds:KeyName>{mark}</ds:KeyName>".encode(), 1
        ),
        "attribute": octets.replace(b"<ds:KeyInfo>", f'<ds:KeyInfo Id="{mark}">'.encode(), 1),
        "namespace in signed data": octets.replace(
            b"<DU_LIEU_HOC_BA ", f'<DU_LIEU_HOC_BA xmlns:q="urn:{mark}" '.encode(), 1
        ),
    }
    assert {name: made.verify(attack).verdict for name, attack in places.items()} == dict.fromkeys(
        places, "INVALID"
    )


def test_utf_16_can_hide_an_archive() -> None:
    """ZIP's marks are no characters of XML in UTF-8, but in UTF-16 they are letters."""
    made, octets = scene()
    text = re.sub(r"^<\?xml.*?\?>\n", "", octets.decode())
    for mark in (b"PK\x03\x04", b"PK\x05\x06"):
        hidden = f"<!-- {mark.decode('utf-16-le')} -->"
        assert made.verify((text + hidden).encode("utf-16")).verdict == "INVALID"
    assert made.verify((text + "<!-- x -->").encode("utf-16")).verdict == "VALID"


def test_what_verification_refuses_is_not_signed() -> None:
    made = Scene(subjects=1)
    draft = made.draft
    made.sign(draft + b"<!-- x -->", made.slots[0])
    for addition in (b"<?xml-stylesheet href='a.xsl'?>", b"<!-- %PDF-1.4 -->"):
        with pytest.raises(InputError) as caught:
            made.sign(draft + addition, made.slots[0])
        assert caught.value.cause == "DOC.UNSIGNED"
