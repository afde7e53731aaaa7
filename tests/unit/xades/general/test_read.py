"""Signatures of others with something malformed, misplaced or not at hand in them: the rest is read
and judged, and they never pass.
"""

import base64
import hashlib

import pytest
from lxml import etree

from hocba_sign.crypto import der
from tests.support.others import DS, PERSON, SHA256, Maker, b64, judged, make, v2, x509_data

BINDING = v2(PERSON.certificate_der)


def said(octets: bytes) -> tuple[bool, str, str | None, str]:
    report = judged(octets)
    (one,) = report.to_dict()["signatures"]
    return one["intact"], one["indication"], one["sub_indication"], str(report.verdict)


@pytest.mark.parametrize(
    "maker",
    [
        Maker(
            key_info=x509_data(*PERSON.chain_der[:2])
            + "<ds:X509Data><ds:X509Certificate>!</ds:X509Certificate></ds:X509Data>"
        ),
        Maker(
            key_info=x509_data(*PERSON.chain_der[:2])
            + "<ds:KeyValue><ds:RSAKeyValue/></ds:KeyValue>"
        ),
        Maker(binding=BINDING.replace("</Cert>", "<IssuerSerialV2>!</IssuerSerialV2></Cert>")),
        Maker(binding=BINDING.replace("</Cert>", "<IssuerSerial>1</IssuerSerial></Cert>")),
        Maker(properties="<SignerRoleV2><ClaimedRoles/><ClaimedRoles/></SignerRoleV2>"),
        Maker(
            properties="<SignatureProductionPlaceV2><City>a<b/></City></SignatureProductionPlaceV2>"
        ),
        Maker(
            properties="<SignaturePolicyIdentifier><SignaturePolicyId/></SignaturePolicyIdentifier>"
        ),
        Maker(
            data=(
                "<CommitmentTypeIndication><CommitmentTypeId/><CommitmentTypeId/></"
                "CommitmentTypeIndication>"
            )
        ),
    ],
)
def test_a_malformed_part_does_not_hide_the_rest(maker: Maker) -> None:
    octets = make(maker).octets
    assert said(octets) == (True, "INDETERMINATE", "SIG_CONSTRAINTS_FAILURE", "INDETERMINATE")
    (one,) = judged(octets).to_dict()["signatures"]
    assert "SIG.PART_UNREADABLE" in one["causes"]
    assert one["signer"]["common_name"] == "Nguyễn Thị Ví Dụ"


def test_a_malformed_certificate_digest_binds_nobody() -> None:
    octets = make(
        Maker(binding="<SigningCertificateV2><Cert><CertDigest/></Cert></SigningCertificateV2>")
    ).octets
    assert said(octets) == (True, "INDETERMINATE", "NO_SIGNING_CERTIFICATE_FOUND", "INDETERMINATE")


def test_a_malformed_value_is_a_wrong_one() -> None:
    made = make()
    made.part("ds:SignatureValue").text = "khong phai"
    assert said(made.octets) == (False, "TOTAL_FAILED", "SIG_CRYPTO_FAILURE", "INVALID")


def with_manifest(*entries: str) -> bytes:
    manifest = f'<ds:Object><ds:Manifest Id="m">{"".join(entries)}</ds:Manifest></ds:Object>'
    return make(Maker(refs=("#b", "#m"), types={"#m": f"{DS}Manifest"}, objects=manifest)).octets


def test_an_entry_of_a_manifest_without_its_data_keeps_the_document_from_being_valid() -> None:
    octets = with_manifest(entry("a.bin", b"mot"), entry("b.bin", b"hai"))
    given = {"a.bin": b"mot", "b.bin": b"hai"}
    assert str(judged(octets, detached=given).verdict) == "VALID"
    report = judged(octets, detached={"a.bin": b"mot"}).to_dict()
    assert (report["verdict"], report["signatures"][0]["intact"]) == ("INDETERMINATE", True)
    assert [check["where"] for check in report["checks"] if check["id"] == "COVER.ENTRY"] == [
        "b.bin"
    ]
    changed = judged(octets, detached=given | {"b.bin": b"ba"}).to_dict()
    assert (changed["verdict"], changed["signatures"][0]["intact"]) == ("INVALID", False)


def test_what_ends_the_process_first_is_told_and_what_is_wrong_beside_it_counts() -> None:
    made = make(Maker(refs=("#b", "a.bin"), detached={"a.bin": b"mot"}))
    assert said(made.octets) == (False, "INDETERMINATE", "SIGNED_DATA_NOT_FOUND", "INDETERMINATE")
    made.root[0].text = "khac"
    assert said(made.octets) == (False, "INDETERMINATE", "SIGNED_DATA_NOT_FOUND", "INVALID")


def test_properties_that_were_moved_aside_are_not_found() -> None:
    made = make()
    qualifying = made.part("ds:Object/x:QualifyingProperties")
    forged = etree.fromstring(etree.tostring(qualifying[0]).replace(b'"s-p"', b'"t-p"'))
    etree.SubElement(made.signature, f"{{{DS}}}Object").append(qualifying[0])
    qualifying.append(forged)
    assert said(made.octets) == (False, "INDETERMINATE", "SIGNED_DATA_NOT_FOUND", "INVALID")


def test_a_time_stamp_may_be_ber_and_name_no_canonicalization() -> None:
    made = make()
    value = made.part("ds:SignatureValue")
    token = made.stamp("SignatureTimeStamp", etree.tostring(value, method="c14n"))
    token[0].set("Algorithm", "")
    token[1].text = b64(indefinite(base64.b64decode(token[1].text or "")))
    (stamp,) = judged(made.octets).to_dict()["signatures"][0]["timestamps"]
    assert (stamp["intact"], stamp["indication"]) == (True, "PASSED")


def indefinite(octets: bytes, depth: int = 3) -> bytes:
    """Write the outer layers with indefinite lengths, and an OCTET STRING in pieces, as Java
    programs do.
    """
    element = der.first(octets, octets[0])
    if element.tag == der.OCTET_STRING:
        pieces = (element.content[:10], element.content[10:])
        return (
            b"\x24\x80"
            + b"".join(der.encode(der.OCTET_STRING, piece) for piece in pieces)
            + b"\0\0"
        )
    if not depth or element.tag not in {0x30, 0xA0}:
        return octets
    return (
        bytes((element.tag, 0x80))
        + b"".join(indefinite(part.der, depth - 1) for part in der.children(element))
        + b"\0\0"
    )


def entry(uri: str, octets: bytes) -> str:
    value = b64(hashlib.sha256(octets).digest())
    return (
        f'<ds:Reference URI="{uri}"><ds:DigestMethod '
        f'Algorithm="{SHA256}"/><ds:DigestValue>{value}</ds:DigestValue></ds:Reference>'
    )
