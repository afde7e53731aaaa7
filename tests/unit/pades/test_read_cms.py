"""CMS as real tools write it, and as nobody should."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from asn1crypto import algos, cms
from cryptography.hazmat.primitives.asymmetric.utils import (
    decode_dss_signature,
    encode_dss_signature,
)

from hocba_sign.ades.integrity import check_integrity
from hocba_sign.ades.structure import Family
from hocba_sign.crypto import der
from hocba_sign.crypto.digests import SHA1, SHA256, digest
from hocba_sign.crypto.signer import SoftwareSigner, default_algorithm
from hocba_sign.errors import InputError
from hocba_sign.pades.facts.form import NewField, PlannedRevision, SignaturePlaceholder
from hocba_sign.pades.read_cms import cms_octets, pdf_date, read_cms
from hocba_sign.pades.read_pdf import read_pdf
from hocba_sign.pades.write_cms import CmsTemplate, cms_without_value, with_value
from hocba_sign.pades.write_pdf import engine, fill
from hocba_sign.pki.certificates.certificate import Certificate
from hocba_sign.testing import Identity
from tests.support.pdf import page_of
from tests.support.scene import SIGNED_AT, Scene

IDENTITY: Identity = Scene().world.person("Trần Thị Hồng Nhung", "048181004217")


def gap() -> SignaturePlaceholder:
    field = NewField(name="Sig1", label="Sig1", place=None, locked_fields=())
    return engine().append_gap(
        page_of(),
        PlannedRevision(
            field="Sig1",
            room=20_000,
            digest_name="sha256",
            signing_time=SIGNED_AT,
            new_fields=(field,),
        ),
    )


def cms_of(covered: bytes) -> bytes:
    signer = SoftwareSigner(IDENTITY.key, IDENTITY.chain_der)
    algorithm = default_algorithm(signer.public_key)
    described = CmsTemplate(
        algorithm=algorithm,
        digest_algorithm=SHA256,
        chain_der=IDENTITY.chain_der,
        issuer_serial_der=Certificate.load(IDENTITY.chain_der[0]).issuer_serial_der,
        role="GVCN",
        commitment="ProofOfApproval",
    )
    without_value, octets = cms_without_value(described, digest(SHA256, covered))
    return with_value(without_value, signer.sign(octets, algorithm), algorithm=algorithm)


def causes(octets: bytes) -> tuple[bool, set[str]]:
    (signature,) = read_pdf(octets).signatures
    integrity = check_integrity(signature)
    return integrity.is_intact, {finding.cause for finding in integrity.findings}


def edited(change: Callable[[cms.SignedData], None]) -> bytes:
    """Return a file whose CMS was changed as an object of asn1crypto.

    pyHanko gives asn1crypto more names of attributes when it is imported, which may be after
    asn1crypto has listed those it knows.
    """
    place = gap()
    known = cms.CMSAttributeType
    known._reverse_map = {name: oid for oid, name in known._map.items()}
    content = cms.ContentInfo.load(cms_of(place.covered))
    change(content["content"])
    return fill(place, content.dump(force=True))


def test_as_written() -> None:
    place = gap()
    document = read_pdf(fill(place, cms_of(place.covered)))
    (signature,) = document.signatures
    assert signature.family is Family.PADES
    assert signature.properties is not None
    assert signature.properties.claimed_roles == ("GVCN",)
    assert signature.properties.signing_time == SIGNED_AT
    assert signature.is_baseline
    assert causes(fill(place, cms_of(place.covered))) == (True, set())


def indefinite(octets: bytes, depth: int) -> bytes:
    """Write the outer layers with indefinite lengths, as Java tools do."""
    element = der.first(octets, octets[0])
    if not depth or not octets[0] & 0x20:
        return octets
    inner = b"".join(
        indefinite(part.der, depth - 1) if part.tag in {0x30, 0xA0} else part.der
        for part in der.children(element)
    )
    return bytes((octets[0], 0x80)) + inner + b"\0\0"


def test_indefinite_lengths_of_other_tools() -> None:
    place = gap()
    # ContentInfo, [0], SignedData; certificates and signers stay as they are.
    assert causes(fill(place, indefinite(cms_of(place.covered), 3))) == (True, set())


@pytest.mark.parametrize(
    "octets",
    [b"", b"\x30", b"\x30\x80", b"\x30\x80\x30\x80" * 40, b"\x30\x84\xff\xff\xff\xff", b"\x31\x00"],
)
def test_no_cms(octets: bytes) -> None:
    with pytest.raises(InputError):
        read_cms(cms_octets(octets)[0], where="Sig1")


def test_something_behind_the_value() -> None:
    place = gap()
    octets = fill(place, cms_of(place.covered))
    changed = octets[: place.end - 3] + b"aa" + octets[place.end - 1 :]
    assert causes(changed) == (True, {"PDF.PADDING"})


def test_two_signers() -> None:
    def double(signed_data: cms.SignedData) -> None:
        signed_data["signer_infos"] = [
            signed_data["signer_infos"][0],
            signed_data["signer_infos"][0],
        ]

    assert "PDF.SIGNER_COUNT" in causes(edited(double))[1]


def test_content_inside() -> None:
    def enclose(signed_data: cms.SignedData) -> None:
        signed_data["encap_content_info"] = {"content_type": "data", "content": b"other"}

    assert "PDF.ENCAPSULATED" in causes(edited(enclose))[1]


def test_another_certificate_than_the_signers() -> None:
    other = Scene().world.person("Lê Quang Vinh", "048181004218")

    def exchange(signed_data: cms.SignedData) -> None:
        signed_data["certificates"] = [cms.CertificateChoices.load(other.chain_der[0])]

    assert {"PDF.SIGNER_ID", "SIG.CERTIFICATE_BINDING"} & causes(edited(exchange))[1]


def test_no_certificate_at_all() -> None:
    def remove(signed_data: cms.SignedData) -> None:
        signed_data["certificates"] = []

    is_intact, found = causes(edited(remove))
    assert not is_intact
    assert "PDF.SIGNER_ID" in found


def test_the_value_is_of_attributes_in_order() -> None:
    """Made over them as they stand, it is wrong (RFC 5652, 5.4); EU DSS says so too."""
    place = gap()
    signer = SoftwareSigner(IDENTITY.key, IDENTITY.chain_der)
    content = cms.ContentInfo.load(cms_of(place.covered))
    info = content["content"]["signer_infos"][0]
    parts = [
        part.der
        for part in der.children(der.first(b"\x31" + info["signed_attrs"].dump()[1:], 0x31))
    ][::-1]
    raw = der.encode(0x31, *parts)
    octets = content.dump().replace(info["signed_attrs"].dump(), b"\xa0" + raw[1:])
    assert causes(fill(place, octets)) == (True, {"PDF.NOT_DER"})
    old = info["signature"].dump()
    is_intact, found = causes(fill(place, octets.replace(old, _value_as_long_as(old, signer, raw))))
    assert not is_intact
    assert found == {"PDF.NOT_DER", "SIG.UNSORTED"}


def _value_as_long_as(old: bytes, signer: SoftwareSigner, octets: bytes) -> bytes:
    """Sign until the DER of r and s is as long as before, for nothing around it is written
    again.
    """
    while True:
        value = signer.sign(octets, default_algorithm(signer.public_key))
        half = len(value) // 2
        found = encode_dss_signature(
            int.from_bytes(value[:half], "big"), int.from_bytes(value[half:], "big")
        )
        if len(der.encode(der.OCTET_STRING, found)) == len(old):
            return der.encode(der.OCTET_STRING, found)


def test_plain_ecdsa() -> None:
    def plain(signed_data: cms.SignedData) -> None:
        info = signed_data["signer_infos"][0]
        r, s = decode_dss_signature(info["signature"].native)
        info["signature"] = r.to_bytes(32, "big") + s.to_bytes(32, "big")
        info["signature_algorithm"] = algos.SignedDigestAlgorithm(
            {"algorithm": "0.4.0.127.0.7.1.1.4.1.3"}
        )

    assert causes(edited(plain)) == (True, set())


def test_an_unknown_kind_is_named() -> None:
    place = gap()
    octets = fill(place, cms_of(place.covered)).replace(
        b"/ETSI.CAdES.detached", b"/ETSI.CAdES.detachee"
    )
    assert "PDF.SUBFILTER" in causes(octets)[1]


def test_adobes_older_form_is_intact_and_does_not_pass() -> None:
    place = gap()
    older = SignaturePlaceholder(
        octets=place.octets.replace(b"/ETSI.CAdES.detached", b"/adbe.pkcs7.detached"),
        start=place.start,
        end=place.end,
    )
    assert causes(fill(older, cms_of(older.covered))) == (True, {"PDF.PKCS7"})


def test_a_digest_of_sha1_inside() -> None:
    """adbe.pkcs7.sha1: what is signed is the SHA-1 of the byte range."""
    place = gap()
    older = SignaturePlaceholder(
        octets=place.octets.replace(b"/ETSI.CAdES.detached", b"/adbe.pkcs7.sha1    "),
        start=place.start,
        end=place.end,
    )
    inner = digest(SHA1, older.covered)
    content = cms.ContentInfo.load(cms_of(inner))
    content["content"]["encap_content_info"] = {"content_type": "data", "content": inner}
    assert causes(fill(older, content.dump(force=True))) == (True, {"PDF.PKCS7"})


def test_local_time_that_is_marked_as_utc() -> None:
    def local(signed_data: cms.SignedData) -> None:
        time = cms.CMSAttribute(
            {
                "type": "signing_time",
                "values": [cms.Time({"utc_time": SIGNED_AT + timedelta(hours=7)})],
            }
        )
        signed_data["signer_infos"][0]["signed_attrs"].append(time)

    (signature,) = read_pdf(edited(local)).signatures
    assert "SIG.LOCAL_TIME" in {finding.cause for finding in signature.warnings}
    assert signature.properties is not None
    assert signature.properties.signing_time == SIGNED_AT


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("D:20260601100000+07'00'", datetime(2026, 6, 1, 3, tzinfo=UTC)),
        ("D:20260601100000+07'00", datetime(2026, 6, 1, 3, tzinfo=UTC)),
        ("D:20260601030000Z", datetime(2026, 6, 1, 3, tzinfo=UTC)),
        ("D:20260601030000Z00'00'", datetime(2026, 6, 1, 3, tzinfo=UTC)),
        ("20260601030000", datetime(2026, 6, 1, 3, tzinfo=UTC)),
        ("D:20260601030000-99'00'", None),
        ("D:20261301030000Z", None),
        ("today", None),
    ],
)
def test_dates(text: str, expected: datetime | None) -> None:
    assert pdf_date(text) == expected
