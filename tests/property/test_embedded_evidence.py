"""What a document carries is complete too: every value in every place is read, or named; what may
be a newer statement leaves nothing VALID.
"""

import base64
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from pyhanko.pdf_utils import generic

from hocba_sign.crypto import der
from hocba_sign.errors import CallerError
from hocba_sign.operations.extension import extend
from hocba_sign.operations.verifier import Verifier
from hocba_sign.pki.loading.embedded import Embedded, read_embedded
from hocba_sign.pki.revocation.pool import read_pool
from hocba_sign.report.report import Report
from hocba_sign.signing.signing_policy import Level
from tests.support.pdf import page_of, revised, signed
from tests.support.scene import GVCN, JUDGED_AT, SIGNED_AT, DirectTsa, Scene, causes
from tests.support.writings import UNKNOWN, WRITINGS

HOUR = timedelta(hours=1)
SCENE = Scene(subjects=1)
DOCUMENT = SCENE.signed(level=Level.T)
LIST = SCENE.world.crl("public-ca", SIGNED_AT + HOUR)
ANSWER = SCENE.world.ocsp_response(SCENE.identity(GVCN), SIGNED_AT + HOUR)
REFUSAL = SCENE.world.ocsp_response(
    SCENE.identity(GVCN), SIGNED_AT + HOUR, response_status="try_later"
)
CERTIFICATE = SCENE.world.authority("public-ca").certificate_der
OPEN = ("INDETERMINATE", "EVIDENCE.EMBEDDED_UNREAD")
NOTED = ("VALID", "EVIDENCE.PASSED_OVER")
PASSED = ("VALID", None)

VALUES: dict[str, tuple[str, bytes, tuple[str, str | None]]] = {
    "list": ("crl", LIST, PASSED),
    "answer": ("ocsp", ANSWER, PASSED),
    "certificate": ("certificate", CERTIFICATE, PASSED),
    "two lists in one value": ("crl", LIST + SCENE.world.crl("public-ca", SIGNED_AT), PASSED),
    "list where an answer belongs": ("ocsp", LIST, PASSED),
    "list where a certificate belongs": ("certificate", LIST, PASSED),
    "certificate where a list belongs": ("crl", CERTIFICATE, PASSED),
    "list and a line's end": ("crl", LIST + b"\r\n\0\0", PASSED),
    "list and some octets": ("crl", LIST + b"\x01\x02\x03", NOTED),
    "list in PEM": ("crl", WRITINGS["pem"]("crl", LIST), PASSED),
    "refusal": ("ocsp", REFUSAL, NOTED),
    "broken certificate": ("certificate", CERTIFICATE[:-20], NOTED),
    "noise where a certificate belongs": ("certificate", b"\x01" * 300, NOTED),
    "broken list": ("crl", LIST[:-20], OPEN),
    "broken list where a certificate belongs": ("certificate", LIST[:-20], OPEN),
    "broken answer": ("ocsp", ANSWER[:-20], OPEN),
    "list and a broken one": ("crl", LIST + LIST[:-20], OPEN),
    "list and noise": ("crl", LIST + b"\x01" * 300, OPEN),
    "noise": ("crl", b"\x30\x03\x02\x01\x07", OPEN),
    "nothing": ("ocsp", b"", OPEN),
}
ITEMS = {
    "certificate": ("CertificateValues", "EncapsulatedX509Certificate"),
    "crl": ("RevocationValues", "EncapsulatedCRLValue"),
    "ocsp": ("RevocationValues", "EncapsulatedOCSPValue"),
}
ENTRIES = {"certificate": "/Certs", "crl": "/CRLs", "ocsp": "/OCSPs"}
XADES = "http://uri.etsi.org/01903/v1.3.2#"


def answered(report: Report) -> tuple[str, str | None]:
    told = {
        check["id"] for check in report.to_dict()["checks"] if check["id"].startswith("EVIDENCE.")
    }
    assert len(told) < 2
    return report.verdict, next(iter(told), None)


def in_xml(kind: str, text: str) -> bytes:
    """Embed a value in the first signature that has a time-stamp; nobody signed it."""
    container, item = ITEMS[kind]
    holder = {"crl": "CRLValues", "ocsp": "OCSPValues"}.get(kind)
    value = f"<{item}>{text}</{item}>"
    value = value if holder is None else f"<{holder}>{value}</{holder}>"
    at = DOCUMENT.index(b"</xades:UnsignedSignatureProperties>")
    return (
        DOCUMENT[:at]
        + f'<{container} xmlns="{XADES}">{value}</{container}>'.encode()
        + DOCUMENT[at:]
    )


def judged(document: bytes) -> Report:
    return Verifier(trust=SCENE.trust, evidence=SCENE.evidence()).verify(document, at=JUDGED_AT)


def judged_as_of_others(document: bytes) -> Report:
    return Verifier(trust=SCENE.trust, evidence=SCENE.evidence()).verify_any(document, at=JUDGED_AT)


@pytest.mark.parametrize("name", [name for name in VALUES if name != "nothing"])
@pytest.mark.parametrize("judge", [judged, judged_as_of_others])
def test_in_a_signature(name: str, judge: Callable[[bytes], Report]) -> None:
    kind, octets, expected = VALUES[name]
    assert answered(judge(in_xml(kind, base64.b64encode(octets).decode()))) == expected


@pytest.mark.parametrize(
    ("kind", "text", "expected"),
    [
        ("crl", "", OPEN),
        ("ocsp", "!", OPEN),
        ("certificate", "!", NOTED),
        ("certificate", "", NOTED),
        ("crl", WRITINGS["pem"]("crl", LIST).decode(), PASSED),
        ("crl", LIST.hex(), PASSED),
    ],
)
def test_text_that_is_no_base64(kind: str, text: str, expected: tuple[str, str | None]) -> None:
    """In a transcript it is refused; in documents of others it is read as far as it goes."""
    assert answered(judged_as_of_others(in_xml(kind, text))) == expected
    assert judged(in_xml(kind, text)).verdict == "INVALID"


@pytest.mark.parametrize("octets", [LIST, b"\x01" * 300])
def test_other_forms_of_statements_are_read_or_named(octets: bytes) -> None:
    text = base64.b64encode(octets).decode()
    document = in_xml("crl", text).replace(
        b"<CRLValues><EncapsulatedCRLValue>", b"<OtherValues><OtherValue><Khac>", 1
    )
    document = document.replace(
        b"</EncapsulatedCRLValue></CRLValues>", b"</Khac></OtherValue></OtherValues>", 1
    )
    expected = PASSED if octets == LIST else OPEN
    assert answered(judged_as_of_others(document)) == expected
    assert answered(judged(document)) == expected


DICTIONARY: Callable[..., Any] = generic.DictionaryObject
PDF = signed(page_of(), SCENE.identity(GVCN), at=SIGNED_AT)


@pytest.mark.parametrize("name", VALUES)
@pytest.mark.parametrize("in_vri", [False, True])
def test_in_a_pdf(name: str, *, in_vri: bool) -> None:
    kind, octets, expected = VALUES[name]

    def change(writer: Any) -> None:
        values = generic.ArrayObject([writer.add_object(generic.StreamObject(stream_data=octets))])
        own = DICTIONARY({generic.pdf_name(ENTRIES[kind].removesuffix("s")): values})
        related = DICTIONARY({generic.pdf_name("/VRI"): DICTIONARY({generic.pdf_name("/A"): own})})
        writer.root["/DSS"] = writer.add_object(
            related if in_vri else DICTIONARY({generic.pdf_name(ENTRIES[kind]): values})
        )
        writer.update_root()

    assert answered(judged_as_of_others(revised(PDF, change))) == expected


_OCSP, _SCVP, _BASIC = (
    bytes.fromhex(one)
    for one in ("06082b06010505071002", "06082b06010505071004", "06092b0601050507300101")
)


def other(oid: bytes, octets: bytes) -> bytes:
    return der.encode(0xA1, oid, octets)


@pytest.mark.parametrize(
    ("choice", "expected"),
    [
        (LIST, PASSED),
        (other(_OCSP, ANSWER), PASSED),
        (other(_OCSP, REFUSAL), NOTED),
        (der.encode(0x30, b"\x02\x01\x07"), OPEN),
        (other(_OCSP, der.encode(0x30, b"\x02\x01\x07")), OPEN),
        (other(_SCVP, der.encode(0x30, b"\x02\x01\x07")), OPEN),
        (der.encode(0xA2, b"\x02\x01\x07"), OPEN),
    ],
    ids=[
        "list",
        "answer",
        "refusal",
        "broken list",
        "broken answer",
        "other format",
        "other choice",
    ],
)
def test_in_a_time_stamp(choice: bytes, expected: tuple[str, str | None]) -> None:
    at = DOCUMENT.index(b"EncapsulatedTimeStamp>") + len(b"EncapsulatedTimeStamp>")
    end = DOCUMENT.index(b"</", at)
    token = base64.b64decode(DOCUMENT[at:end])
    oid, holder = der.sequence(der.whole(token, der.SEQUENCE))
    (signed_data,) = der.children(holder)
    *fields, signers = (part.der for part in der.children(signed_data))
    changed = der.encode(der.SEQUENCE, *fields, der.encode(0xA1, choice), signers)
    carrying = der.encode(der.SEQUENCE, oid.der, der.encode(0xA0, changed))
    assert answered(judged(DOCUMENT[:at] + base64.b64encode(carrying) + DOCUMENT[end:])) == expected


@pytest.mark.parametrize("name", [*WRITINGS, *UNKNOWN])
@pytest.mark.parametrize("place", ["crls", "ocsps", "statements"])
def test_every_writing_of_a_list_is_read_or_named(name: str, place: str) -> None:
    octets = {**WRITINGS, **UNKNOWN}[name]("crl", LIST)
    found = read_embedded(Embedded(**{place: (octets,)}), source="", where="")
    is_read = LIST in [one.der for one in found.crls]
    assert is_read or any(one.matters for one in found.unread)
    assert is_read or name not in WRITINGS


@pytest.mark.parametrize(("place", "whole"), [("crls", LIST), ("ocsps", ANSWER)])
def test_what_is_not_named_is_read_by_who_judges(place: str, whole: bytes) -> None:
    """Of every octet that is changed; a list that is taken for readable and left out later would be
    missed by nobody.
    """
    for at in range(len(whole)):
        for octet in (whole[at] ^ 0x01, whole[at] ^ 0x20, 0x05, 0xFF):
            changed = whole[:at] + bytes((octet,)) + whole[at + 1 :]
            found = read_embedded(Embedded(**{place: (changed,)}), source="", where="")
            pool = read_pool(found)
            is_refusal = any(one.cause == "REVOCATION.OCSP_UNSUCCESSFUL" for one in found.unread)
            assert (
                pool.crls
                or pool.ocsps
                or pool.deltas
                or is_refusal
                or any(one.matters for one in found.unread)
            ), (at, octet)


def test_nothing_is_embedded_beside_what_may_be_a_newer_statement() -> None:
    at = JUDGED_AT + HOUR
    tsa = DirectTsa(SCENE.world, at)
    whole, broken = (
        in_xml("crl", base64.b64encode(octets).decode()) for octets in (LIST, LIST[:-20])
    )
    assert extend(
        whole, Verifier(trust=SCENE.trust, evidence=SCENE.evidence(at)), to=Level.LT, at=at, tsa=tsa
    )
    with pytest.raises(CallerError, match=r"EXTEND\.NOT_VALID") as caught:
        extend(
            broken,
            Verifier(trust=SCENE.trust, evidence=SCENE.evidence(at)),
            to=Level.LT,
            at=at,
            tsa=tsa,
        )
    assert caught.value.findings[0].cause == "EVIDENCE.EMBEDDED_UNREAD"


def test_the_report_names_the_place_and_a_crowd_is_told_in_part() -> None:
    broken = base64.b64encode(LIST[:-20]).decode()
    document = in_xml(
        "crl", broken + "</EncapsulatedCRLValue><EncapsulatedCRLValue>".join([""] + [broken] * 99)
    )
    told = [
        check["where"] for check in judged(document).to_dict()["checks"] if check["id"] == OPEN[1]
    ]
    assert (
        len(told),
        all("crl " in one and "REVOCATION.CRL_MALFORMED" in one for one in told),
    ) == (20, True)
    assert causes(judged(document)) >= {OPEN[1]}
