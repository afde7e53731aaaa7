"""A reader of the format written from docs/reference/format.md alone: standard library, lxml and
cryptography, nothing of the package.

It judges no trust and no time. What it cannot compute (other canonicalizations, algorithms of no
table) it leaves undecided, which is never agreement.
"""

import base64
import binascii
import hashlib
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from lxml import etree

HOCBA: Final = "{urn:hocba:1}"
DS: Final = "{http://www.w3.org/2000/09/xmldsig#}"
XADES: Final = "{http://uri.etsi.org/01903/v1.3.2#}"
EXCLUSIVE: Final = "http://www.w3.org/2001/10/xml-exc-c14n#"
SIGNED_PROPERTIES: Final = "http://uri.etsi.org/01903#SignedProperties"
COUNTERSIGNED: Final = "http://uri.etsi.org/01903#CountersignedSignature"
ROLES: Final = ("GVBM", "GVCN", "CBQL", "KY_PHAT_HANH")
HASHES: Final = {
    "http://www.w3.org/2001/04/xmlenc#sha256": hashes.SHA256(),
    "http://www.w3.org/2001/04/xmldsig-more#sha384": hashes.SHA384(),
    "http://www.w3.org/2001/04/xmlenc#sha512": hashes.SHA512(),
}
ALGORITHM: Final = re.compile(
    r"http://www\.w3\.org/20(?:01/04|07/05)/xmldsig-more#"
    r"(?:(rsa|ecdsa)-sha(256|384|512)|sha(256|384|512)-rsa-MGF1)"
)
BY_SIZE: Final = {"256": hashes.SHA256(), "384": hashes.SHA384(), "512": hashes.SHA512()}
FIELD: Final = re.compile(r"GVBM-mon-(\w+)-gv-\1-[1-9][0-9]?|GVCN|CBQL|KY_PHAT_HANH|DTS-[0-9]+")
RECORDS: Final = {
    "SU_KIEN_HOC_BA": ("DU_LIEU_SU_KIEN", "CBQL", "KY_PHAT_HANH"),
    "SO_THAM_QUYEN": ("DU_LIEU_SO_THAM_QUYEN", "KY_PHAT_HANH"),
    "DANH_SACH_TRANG_THAI": ("DU_LIEU_TRANG_THAI", "KY_PHAT_HANH"),
}
ENCODINGS: Final = {
    "utf-8-sig": {"utf-8", "utf8"},
    "utf-16": {"utf-16", "utf16", "utf-16le", "utf-16be"},
}
EXTRACT_TYPE: Final = "urn:hocba:extract:1"
EXTRACT_ID: Final = "ck-KY_PHAT_HANH-extract"
DIGEST: Final = re.compile("[0-9A-Za-z+/]{42}[048AEIMQUYcgkosw]=")
Slot = tuple[str, ...]


class Refused(Exception):
    """Octets that section 1, 2 or 11 refuses; the cause is the only argument."""


class Undecided(Exception):
    """Something that this reader does not compute."""


def canonical(element: etree._Element) -> bytes:
    """Section 3."""
    return etree.tostring(element, method="c14n", exclusive=True, with_comments=False)


def read(octets: bytes) -> tuple[etree._Element, bool]:
    """Sections 1 and 11: the root, and whether it is of a later minor version."""
    encoding = "utf-16" if octets[:2] in {b"\xff\xfe", b"\xfe\xff"} else "utf-8-sig"
    try:
        text = octets.decode(encoding)
    except UnicodeDecodeError as error:
        raise Refused("XML.ENCODING") from error
    declared = re.match(r"<\?xml[^>]*?encoding\s*=\s*[\"']([^\"']*)", text)
    if declared and declared[1].lower() not in ENCODINGS[encoding]:
        raise Refused("XML.ENCODING")
    if "<!DOCTYPE" in text:
        raise Refused("XML.DTD")
    if len(octets) > 20_000_000:
        raise Refused("XML.TOO_LARGE")
    parser = etree.XMLParser(resolve_entities=False, no_network=True)
    try:
        root = etree.fromstring(octets, parser)
    except etree.XMLSyntaxError as error:
        raise Refused("XML.SYNTAX") from error
    name = etree.QName(root)
    if name.namespace is None and name.localname == "HOC_BA":
        raise Undecided
    generation = re.fullmatch(r"urn:hocba:([1-9][0-9]*)", name.namespace or "")
    if generation and int(generation[1]) > 1:
        raise Refused("DOC.NEWER")
    if name.namespace != "urn:hocba:1" or name.localname not in {"HOC_BA", *RECORDS}:
        raise Refused("DOC.NOT_HOC_BA")
    seen = [str(one) for one in root.xpath("//@*[translate(local-name(), 'ID', 'id') = 'id']")]
    if len(seen) != len(set(seen)):
        raise Refused("XML.DUPLICATE_ID")
    spaces = {space for one in root.iter("*") for space in one.nsmap.values()}
    if any(":" not in space for space in spaces):
        raise Refused("XML.RELATIVE_NAMESPACE")
    version = re.fullmatch(
        r"([1-9][0-9]*)\.(0|[1-9][0-9]*)", root.get("phienBanLuocDo", default="")
    )
    if version is None:
        raise Refused("TRANSCRIPT.SCHEMA_VERSION")
    if (int(version[1]), int(version[2])) < (1, 0):
        raise Refused("TRANSCRIPT.SCHEMA_VERSION")
    return root, (int(version[1]), int(version[2])) > (1, 0)


@dataclass(frozen=True)
class Reference:
    """One ds:Reference; `holds` is None where it was not computed."""

    identifier: str
    target: etree._Element | None
    holds: bool | None


@dataclass(frozen=True)
class Signature:
    """What a signature covers, and whether its value and digests hold; None: not computed."""

    element: etree._Element
    value: etree._Element
    references: tuple[Reference, ...]
    roles: tuple[str, ...] | None
    is_value_right: bool | None

    @property
    def covered(self) -> frozenset[str]:
        return frozenset(one.identifier for one in self.references)

    @property
    def is_intact(self) -> bool | None:
        """Section 10."""
        answers = [self.is_value_right, *(one.holds for one in self.references)]
        return False if False in answers else None if None in answers else True


@dataclass
class Judgement:
    """What the page alone decides about a document."""

    data_sha256: str
    slots: dict[Slot, Signature | None] = field(default_factory=dict)
    causes: set[str] = field(default_factory=set)

    @property
    def is_complete(self) -> bool:
        return not self.causes & {"WF.MISSING", "WF.SKIPPED", "WF.SLOT_REMOVED"}

    @property
    def is_order_proven(self) -> bool | None:
        intact = [one.is_intact for one in self.slots.values() if one is not None]
        if self.causes or not intact or False in intact:
            return False
        return None if None in intact else True


def judge(octets: bytes) -> Judgement:
    """Sections 3 to 6, of the canonical layout and of records."""
    root, is_newer = read(octets)
    data, holder = _frame(root)
    found = Judgement(data_sha256=hashlib.sha256(canonical(data)).hexdigest())
    ids = {
        str(one): one.getparent()
        for one in root.xpath("//@*[translate(local-name(), 'ID', 'id') = 'id']")
    }
    placed = {}
    for element in holder.iterchildren(*(HOCBA + role for role in ROLES)):
        slot = _slot(element)
        if slot in found.slots:
            raise Refused("DOC.SLOT_TWICE")
        inside = list(element.iterchildren("*"))
        if inside and (len(inside) > 1 or inside[0].tag != DS + "Signature"):
            raise Refused("DOC.SLOT_CONTENT")
        found.slots[slot] = _signature(inside[0], ids) if inside else None
        placed.update(dict.fromkeys(inside, slot))
    if any(one not in placed for one in root.iter(DS + "Signature")):
        found.causes.add("SIG.STRAY")
    expected = () if is_newer else _expected(root, data)
    found.causes |= {"DOC.NEWER"} if is_newer else set()
    is_odd = set(found.slots) - set(expected) and not is_newer
    found.causes |= {"WF.UNEXPECTED_SLOT"} if is_odd else set()
    found.causes |= {"WF.SLOT_REMOVED"} if set(expected) - set(found.slots) else set()
    last = max((ROLES.index(slot[0]) for slot, one in found.slots.items() if one), default=-1)
    for slot in expected:
        if found.slots.get(slot) is None:
            found.causes.add("WF.SKIPPED" if ROLES.index(slot[0]) < last else "WF.MISSING")
        else:
            found.causes |= set(_covering(found, slot, expected))
    nonce = data.get("NGAU_NHIEN")
    if nonce is not None and not DIGEST.fullmatch(nonce):
        found.causes.add("TRANSCRIPT.NONCE")
    for slot, one in found.slots.items():
        if one is not None and not _reserves_well(one, slot):
            found.causes.add("SIG.EXTRACT")
        if one is not None and any(part.holds is False for part in one.references):
            found.causes.add("SIG.DIGEST")
        if one is not None and one.is_value_right is False:
            found.causes.add("SIG.VALUE")
    return found


def _reserves_well(one: Signature, slot: Slot) -> bool:
    """Section 8."""
    objects = one.element.findall(f"{DS}Object[@Id='{EXTRACT_ID}']")
    typed = f"{DS}SignedInfo/{DS}Reference[@Type='{EXTRACT_TYPE}']"
    targets = [reference.get("URI") for reference in one.element.iterfind(typed)]
    if not objects and not targets:
        return True
    if slot != ("KY_PHAT_HANH",) or len(objects) != 1 or targets != [f"#{EXTRACT_ID}"]:
        return False
    held = list(objects[0])
    return (
        dict(objects[0].attrib) == {"Id": EXTRACT_ID}
        and [inner.tag for inner in held] == [HOCBA + "Extract"]
        and set(held[0].attrib) == {"Leaves", "Root"}
        and not len(held[0])
        and not (held[0].text or held[0].tail or objects[0].text)
        and re.fullmatch("[1-9][0-9]?", held[0].get("Leaves", "")) is not None
        and 4 <= int(held[0].get("Leaves", "")) <= 43
        and DIGEST.fullmatch(held[0].get("Root", "")) is not None
    )


def _frame(root: etree._Element) -> tuple[etree._Element, etree._Element]:
    """Sections 2 and 14."""
    name = etree.QName(root).localname
    data = root.find(HOCBA + ("DU_LIEU_HOC_BA" if name == "HOC_BA" else RECORDS[name][0]))
    holder = root.find(HOCBA + "DANH_SACH_CHU_KY")
    if data is None or holder is None or data.get("Id") != "data":
        raise Undecided
    return data, holder


def _slot(element: etree._Element) -> Slot:
    role = etree.QName(element).localname
    return (
        (role, *(element.get(name, "") for name in ("monHoc", "giaoVien")))
        if (role == "GVBM")
        else (role,)
    )


def _expected(root: etree._Element, data: etree._Element) -> tuple[Slot, ...]:
    """Section 4, and 14 for records."""
    name = etree.QName(root).localname
    if name in RECORDS:
        return tuple((role,) for role in RECORDS[name][1:])
    schools = tuple((role,) for role in ROLES[1:])
    if data.findtext(f"{HOCBA}DINH_DANH/{HOCBA}TRICH_LUC") == "true":
        return schools[1:]
    teachers = tuple(
        ("GVBM", subject.get("Id", ""), teacher.get("Id", ""))
        for subject in data.iter(HOCBA + "DIEM_TONG_KET")
        for teacher in subject.iterchildren(HOCBA + "GVBM")
    )
    return (*teachers, *schools)


def _covering(found: Judgement, slot: Slot, expected: tuple[Slot, ...]) -> Iterator[str]:
    """Section 5: the rows of its second table."""
    one = found.slots[slot]
    assert one is not None
    subjects = {other[1] for other in expected if other[0] == "GVBM"}
    is_moved = slot[0] == "GVBM" and slot[1] not in one.covered and bool(subjects & one.covered)
    if (one.roles is not None and one.roles != (slot[0],)) or is_moved:
        yield "WF.MOVED"
        return
    must = {"dinhdanh", slot[1]} if slot[0] == "GVBM" else {"data"}
    values = {part.identifier for part in one.references if _is_value(part)}
    if any(part.target is None for part in one.references if part.identifier in values):
        yield "WF.REMOVED"
    if must - one.covered:
        yield "WF.COVERAGE"
    before = ROLES[max(ROLES.index(slot[0]) - 1, 0)] if slot[0] != "GVBM" else ""
    wanted = [found.slots.get(other) for other in expected if other[0] == before]
    linked = {other.value.get("Id", "") for other in wanted if other is not None}
    there = {
        part.identifier for part in one.references if _is_value(part) and part.target is not None
    }
    if linked - one.covered or there - linked:
        yield "WF.ORDER"


def _is_value(part: Reference) -> bool:
    """A link by the element that it names; by its Type where that is not in the file."""
    if part.target is None:
        return part.holds is None and part.identifier.endswith("-value")
    return part.target.tag == DS + "SignatureValue"


def _signature(element: etree._Element, ids: dict[str, etree._Element]) -> Signature:
    info, value = element.find(DS + "SignedInfo"), element.find(DS + "SignatureValue")
    if info is None or value is None:
        raise Undecided
    qualifying = element.find(f"{DS}Object/{XADES}QualifyingProperties/{XADES}SignedProperties")
    roles = (
        None
        if qualifying is None
        else tuple(one.text or "" for one in qualifying.iter(XADES + "ClaimedRole"))
    )
    return Signature(
        element=element,
        value=value,
        references=tuple(_reference(one, ids) for one in info.iterchildren(DS + "Reference")),
        roles=roles,
        is_value_right=_value(element, info, value),
    )


def _reference(element: etree._Element, ids: dict[str, etree._Element]) -> Reference:
    uri = element.get("URI", "")
    if not uri.startswith("#"):
        raise Undecided
    target = ids.get(uri[1:])
    algorithm = HASHES.get(_algorithm(element.find(DS + "DigestMethod")))
    transforms = list(element.iterfind(f"{DS}Transforms/{DS}Transform"))
    is_plain = [_algorithm(one) for one in transforms] == [EXCLUSIVE] and not len(transforms[0])
    if target is None or algorithm is None or not is_plain:
        return Reference(uri[1:], target, None)
    made = hashlib.new(algorithm.name, canonical(target)).digest()
    return Reference(uri[1:], target, made == _octets(element.findtext(DS + "DigestValue")))


def _algorithm(element: etree._Element | None) -> str:
    return "" if element is None else element.get("Algorithm", default="")


def _octets(text: str | None) -> bytes:
    try:
        return base64.b64decode("".join((text or "").split()), validate=True)
    except binascii.Error as error:
        raise Undecided from error


def _value(element: etree._Element, info: etree._Element, value: etree._Element) -> bool | None:
    """Section 6: the value, by the certificate that a digest binds."""
    method = info.find(DS + "CanonicalizationMethod")
    named = ALGORITHM.fullmatch(_algorithm(info.find(DS + "SignatureMethod")))
    cert = element.find(f".//{XADES}SigningCertificateV2/{XADES}Cert/{XADES}CertDigest")
    if (
        method is None
        or _algorithm(method) != EXCLUSIVE
        or len(method)
        or not named
        or cert is None
    ):
        return None
    algorithm = HASHES.get(_algorithm(cert.find(DS + "DigestMethod")))
    if algorithm is None:
        return None
    bound = _octets(cert.findtext(DS + "DigestValue"))
    ders = [_octets(one.text) for one in element.iter(DS + "X509Certificate")]
    fit = [der for der in ders if hashlib.new(algorithm.name, der).digest() == bound]
    if not fit:
        return None
    try:
        key = x509.load_der_x509_certificate(fit[0]).public_key()
    except ValueError:
        return None
    return _verifies(key, _octets(value.text), canonical(info), named)


def _verifies(key: object, value: bytes, octets: bytes, named: re.Match[str]) -> bool:
    chosen = BY_SIZE[named[2] or named[3]]
    try:
        if isinstance(key, rsa.RSAPublicKey) and named[1] != "ecdsa":
            pss = padding.PSS(padding.MGF1(chosen), chosen.digest_size)
            key.verify(value, octets, pss if named[3] else padding.PKCS1v15(), chosen)
        elif isinstance(key, ec.EllipticCurvePublicKey) and named[1] == "ecdsa":
            half = len(value) // 2
            pair = (int.from_bytes(value[:half], "big"), int.from_bytes(value[half:], "big"))
            key.verify(encode_dss_signature(*pair), octets, ec.ECDSA(chosen))
        else:
            return False
    except InvalidSignature:
        return False
    return True


def status(root: etree._Element, transcript: str, version: str) -> str:
    """Section 14: what a status list says of an issued transcript."""
    data = root[0]

    def text(name: str) -> str:
        return data.findtext(HOCBA + name) or ""

    return status_in(
        (text("MA_DANH_SACH"), int(text("SO_O"))),
        (text("TRANG_THAI_NEN"), text("NGOAI_LE")),
        (transcript, version),
    )


def status_in(named: tuple[str, int], encoded: tuple[str, str], key: tuple[str, str]) -> str:
    """The same, of the values themselves."""
    octets = zlib.decompress(base64.b64decode(encoded[0]))
    if len(octets) != -(-named[1] // 4):
        raise Refused("STATUS.CELLS")
    digest = hashlib.sha256("/".join((named[0], *key)).encode()).digest()
    cell = int.from_bytes(digest[:8], "big") % named[1]
    state = octets[cell // 4] >> 2 * (cell % 4) & 3
    if state == 3:
        rows = base64.b64decode(encoded[1])
        told = {rows[at : at + 8]: rows[at + 8] for at in range(0, len(rows), 9)}
        state = told.get(digest[8:16], 0)
    return ("in_force", "withdrawn", "replaced")[state]


def field_names(octets: bytes) -> set[str]:
    """Section 13: the names of form fields that stand in a PDF outside of streams of objects."""
    found = set()
    for name in re.findall(rb"/T *\(([^)]*)\)", octets):
        plain = re.sub(rb"\\([0-7]{3})", lambda one: bytes([int(one[1], 8)]), name)
        is_wide = plain.startswith(b"\xfe\xff")
        found.add(plain.decode("utf-16" if is_wide else "latin-1"))
    return found
