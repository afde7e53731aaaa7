"""The faults of real signing software, made on purpose, and what is said of them."""

import base64
import hashlib
import time
from collections.abc import Callable, Mapping

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from hocba_sign.ades.integrity import check_integrity
from hocba_sign.validation.document.diagnosis import KeyedSignature, diagnose
from hocba_sign.xades.general.read import read_any
from hocba_sign.xades.syntax import names
from hocba_sign.xml.c14n import C14nAlgorithm, canonicalize
from hocba_sign.xml.parse import parse
from hocba_sign.xml.tree import Element

DS = "http://www.w3.org/2000/09/xmldsig#"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
INCLUSIVE, EXCLUSIVE = C14nAlgorithm.INCLUSIVE, C14nAlgorithm.EXCLUSIVE
KEY = ec.generate_private_key(ec.SECP256R1())
KEY_INFO = base64.b64encode(
    KEY.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
).decode()
TIME = '<Object Id="time"><SigningTime xmlns="">2026-06-01T10:00:00</SigningTime></Object>'


def _transforms(*algorithms: str) -> str:
    inner = "".join(f'<Transform Algorithm="{one}"></Transform>' for one in algorithms)
    return f"<Transforms>{inner}</Transforms>"


def _reference(uri: str, *algorithms: str) -> str:
    digest = '<DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"></DigestMethod><DigestValue>{}</DigestValue>'
    return f'<Reference URI="{uri}">{_transforms(*algorithms)}{digest}</Reference>'


def _document(*references: str, declared: str = INCLUSIVE, objects: str = "") -> str:
    info = (
        f'<SignedInfo><CanonicalizationMethod Algorithm="{declared}"></CanonicalizationMethod>'
        '<SignatureMethod Algorithm="http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256"></SignatureMethod>'
        f"{''.join(references)}</SignedInfo><SignatureValue></SignatureValue>"
    )
    key = f'<KeyInfo><d:DEREncodedKeyValue xmlns:d="http://www.w3.org/2009/xmldsig11#">{KEY_INFO}</d:DEREncodedKeyValue></KeyInfo>'
    return (
        f'<HDon xmlns:xsi="{XSI}" xmlns:w="urn:w"><DLHDon Id="data"><Ten>An</Ten> <So>17</So></DLHDon><DSCKS>'
        f'<Signature xmlns="{DS}">{info}{key}{objects}</Signature></DSCKS></HDon>'
    )


def sign(
    document: str, digested: Mapping[str, bytes], signed_info: Callable[[Element], bytes]
) -> str:
    """Fill in digests and the value; both are computed as the caller says, right or wrong."""
    for octets in digested.values():
        document = document.replace(
            "{}", base64.b64encode(hashlib.sha256(octets).digest()).decode(), 1
        )
    element = next(parse(document.encode(), is_of_others=True).root.iter(names.SIGNED_INFO))
    r, s = decode_dss_signature(KEY.sign(signed_info(element), ec.ECDSA(SHA256())))
    value = base64.b64encode(r.to_bytes(32) + s.to_bytes(32)).decode()
    return document.replace(
        "<SignatureValue></SignatureValue>", f"<SignatureValue>{value}</SignatureValue>"
    )


def right(element: Element) -> bytes:
    return canonicalize(element, INCLUSIVE)


DATA = f'<DLHDon xmlns:w="urn:w" xmlns:xsi="{XSI}" Id="data"><Ten>An</Ten> <So>17</So></DLHDon>'.encode()
PLAIN = b'<DLHDon Id="data"><Ten>An</Ten> <So>17</So></DLHDon>'
OBJECT = (
    f'<Object xmlns="{DS}" xmlns:w="urn:w" xmlns:xsi="{XSI}" Id="time"><SigningTime xmlns="">2026-06-01T10:00:00</SigningTime></Object>'
).encode()


def findings(
    document: str, detached: Mapping[str, bytes] | None = None
) -> list[tuple[str, str | None]]:
    xml = parse(document.encode(), is_of_others=True)
    read = read_any(xml, detached or {}).document.signatures
    broken = [KeyedSignature.of(one, None) for one in read if not check_integrity(one).is_intact]
    return [
        (one.cause, one.where)
        for found in diagnose(xml, broken, detached=detached or {})
        for one in found
    ]


GOOD = sign(_document(_reference("#data", INCLUSIVE)), {"#data": DATA}, right)
TIMED = sign(_document(_reference("#data", EXCLUSIVE), _reference("#time", EXCLUSIVE), objects=TIME), {"#data": PLAIN, "#time": (
    f'<Object xmlns="{DS}" Id="time"><SigningTime xmlns="">2026-06-01T10:00:00</SigningTime></Object>'.encode())}, right)  # fmt: skip


def test_what_holds_needs_no_diagnosis() -> None:
    for document in (GOOD, TIMED):
        (signature,) = read_any(parse(document.encode(), is_of_others=True), {}).document.signatures
        assert check_integrity(signature).is_intact


def test_editing_is_named_with_its_part() -> None:
    assert findings(GOOD.replace(">17<", ">18<")) == [("SIG.EDITED", "#data")]
    assert findings(TIMED.replace("T10:", "T11:")) == [("SIG.EDITED", "#time")]
    assert findings(TIMED.replace("T10:", "T11:").replace(">17<", ">18<")) == [
        ("SIG.EDITED", "#data"),
        ("SIG.EDITED", "#time"),
    ]


def test_a_wrong_value_is_not_called_editing() -> None:
    other = GOOD.replace("<SignatureValue>", "<SignatureValue>AAAA")
    assert findings(other) == []


def test_white_space_put_in_is_told_from_editing() -> None:
    for document in (GOOD, TIMED):
        indented = (
            document.replace("><Ten", ">\n <Ten")
            .replace("><DSCKS", ">\n<DSCKS")
            .replace("><DigestMethod", ">\n  <DigestMethod")
        )
        assert [cause for cause, _ in findings(indented)] == ["SIG.REFORMATTED"]
        in_signature = document.replace("><SignatureMethod", ">\n<SignatureMethod")
        assert [cause for cause, _ in findings(in_signature)] == ["SIG.REFORMATTED"]
        assert "SIG.REFORMATTED" not in [
            cause for cause, _ in findings(indented.replace("17", "18"))
        ]


@pytest.mark.parametrize(
    "used",
    [
        C14nAlgorithm.INCLUSIVE_WITH_COMMENTS,
        C14nAlgorithm.EXCLUSIVE,
        C14nAlgorithm.EXCLUSIVE_WITH_COMMENTS,
    ],
)
def test_another_canonicalization_of_the_signed_info_is_named(used: C14nAlgorithm) -> None:
    commented = _document(_reference("#data", INCLUSIVE)).replace(
        "<SignatureMethod", "<!--c--><SignatureMethod"
    )
    document = sign(commented, {"#data": DATA}, lambda element: canonicalize(element, used))
    assert findings(document) == [("SIG.C14N_MISMATCH", f"SignedInfo: {used}")]


def test_another_canonicalization_of_a_part_is_named() -> None:
    document = sign(_document(_reference("#data", INCLUSIVE)), {"#data": PLAIN}, right)
    assert findings(document) == [("SIG.C14N_MISMATCH", f"#data: {EXCLUSIVE}")]
    document = sign(_document(_reference("#data", EXCLUSIVE)), {"#data": DATA}, right)
    assert findings(document) == [("SIG.C14N_MISMATCH", f"#data: {INCLUSIVE}")]


def test_forgotten_namespaces_are_named() -> None:
    declared = f' xmlns:xsi="{XSI}"'.encode()
    document = sign(
        _document(_reference("#data", INCLUSIVE)),
        {"#data": DATA},
        lambda one: right(one).replace(declared, b""),
    )
    assert findings(document) == [("SIG.C14N_MISMATCH", "SignedInfo: without xmlns:xsi")]
    document = sign(
        _document(_reference("#data", INCLUSIVE)), {"#data": DATA.replace(declared, b"")}, right
    )
    assert findings(document) == [("SIG.C14N_MISMATCH", "#data: without xmlns:xsi")]


def test_dotnet_reading_is_named_and_does_not_hold() -> None:
    enveloped = _document(
        _reference("#data", INCLUSIVE), _reference("#time", names.ENVELOPED), objects=TIME
    )
    document = sign(enveloped, {"#data": DATA, "#time": OBJECT}, right)
    assert findings(document) == [("SIG.DOTNET_READING", "#time")]
    (signature,) = read_any(parse(document.encode(), is_of_others=True), {}).document.signatures
    integrity = check_integrity(signature)
    assert not integrity.is_intact
    assert {"SIG.DIGEST", "SIG.NOTHING_SIGNED"} <= {finding.cause for finding in integrity.findings}
    assert findings(document.replace("T10:", "T11:")) == [("SIG.EDITED", "#time")]
    assert findings(document.replace(">17<", ">18<")) == [
        ("SIG.EDITED", "#data"),
        ("SIG.DOTNET_READING", "#time"),
    ]
    indented = document.replace("><DSCKS", ">\n<DSCKS").replace("><Reference", ">\n<Reference")
    assert [cause for cause, _ in findings(indented)] == ["SIG.REFORMATTED", "SIG.DOTNET_READING"]


def test_letters_that_saving_changed_heal() -> None:
    written = "<Ten>Tr\u1ea7n mot\nhai</Ten>"
    document = _document(_reference("#data", INCLUSIVE)).replace("<Ten>An</Ten>", written)
    letters = sign(document, {"#data": DATA.replace(b"<Ten>An</Ten>", written.encode())}, right)
    assert not findings(letters)
    for change in (("Tr\u1ea7n", "Tra\u0302\u0300n"), ("mot\nhai", "mot&#13;\nhai")):
        changed = letters.replace(*change)
        assert changed != letters
        assert [cause for cause, _ in findings(changed)] == ["SIG.REFORMATTED"]
        assert [cause for cause, _ in findings(changed.replace(">17<", ">18<"))] == ["SIG.EDITED"]


def test_a_signature_added_inside_is_named_and_not_called_editing() -> None:
    whole = "http://www.w3.org/2000/09/xmldsig#enveloped-signature"
    plain = f'<HDon xmlns:xsi="{XSI}" xmlns:w="urn:w"><DLHDon Id="data"><Ten>An</Ten> <So>17</So></DLHDon><DSCKS></DSCKS></HDon>'
    digested = canonicalize(parse(plain.encode()).root, INCLUSIVE)
    first = sign(_document(_reference("", whole, INCLUSIVE)), {"": digested}, right)
    assert not findings(first)
    signature = first[first.index("<Signature ") : first.index("</Signature>")]
    added = first.replace("</DSCKS>", f"{signature}</Signature></DSCKS>")
    told = findings(added)
    assert {cause for cause, _ in told} == {"SIG.BROKEN_BY_ADDED"}
    assert "/HDon/DSCKS/Signature[2] (line 1)" in {where for _, where in told}
    assert "SIG.BROKEN_BY_ADDED" not in {
        cause for cause, _ in findings(added.replace(">17<", ">18<"))
    }
    inner = f"{signature}<Object>{signature}</Signature></Object></Signature>"
    before = findings(first.replace("<DSCKS>", f"<DSCKS>{inner}"))
    assert "/HDon/DSCKS/Signature[1] (line 1)" in {
        where for cause, where in before if cause == "SIG.BROKEN_BY_ADDED"
    }


def test_diagnosis_is_bounded() -> None:
    many = "<So>1</So>" * 100_000
    started = time.process_time()
    assert findings(GOOD.replace("<So>17</So>", many)) == [("SIG.EDITED", "#data")]
    twenty = GOOD.replace(
        "</DSCKS>", GOOD[GOOD.index("<Signature ") : GOOD.index("</DSCKS>")] * 50 + "</DSCKS>"
    )
    findings(twenty.replace("<So>17</So>", many[:400_000]))
    assert time.process_time() - started < 10
