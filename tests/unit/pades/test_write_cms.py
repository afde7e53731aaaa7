"""The CMS of our signatures, read by other people's code: asn1crypto parses it, openssl's bindings
verify it.
"""

from dataclasses import replace

import pytest
from asn1crypto import cms

from hocba_sign.crypto.algorithms import signature_algorithm_named
from hocba_sign.crypto.digests import SHA256, SHA512, digest
from hocba_sign.crypto.signer import SoftwareSigner, default_algorithm
from hocba_sign.crypto.verify import load_public_key, verify_der_value
from hocba_sign.errors import CallerError
from hocba_sign.pades.read_cms import read_cms
from hocba_sign.pades.write_cms import (
    COMMITMENTS,
    CmsTemplate,
    certificate_digest,
    chain,
    cms_without_value,
    signature_value,
    signed_attributes,
    with_time_stamp,
    with_value,
)
from hocba_sign.pki.certificates.certificate import Certificate
from tests.support.scene import GVCN, Scene

DOCUMENT = b"octets of a byte range"


def made(
    *, is_rsa: bool = False, algorithm: str | None = None
) -> tuple[bytes, bytes, CmsTemplate, SoftwareSigner]:
    signer = Scene("lop9", subjects=1, is_rsa=is_rsa).signer(GVCN)
    chosen = (
        default_algorithm(signer.public_key)
        if algorithm is None
        else signature_algorithm_named(algorithm)
    )
    description = CmsTemplate(
        algorithm=chosen,
        digest_algorithm=SHA256,
        chain_der=signer.chain_der,
        issuer_serial_der=Certificate.load(signer.chain_der[0]).issuer_serial_der,
        role="GVCN",
        commitment="ProofOfApproval",
    )
    empty, attributes = cms_without_value(
        description, digest(description.message_digest_algorithm, DOCUMENT)
    )
    return (
        with_value(empty, signer.sign(attributes, chosen), algorithm=chosen),
        attributes,
        description,
        signer,
    )


@pytest.mark.parametrize(
    ("is_rsa", "algorithm"),
    [
        (True, None),
        (True, "rsa-sha512"),
        (True, "rsa-pss-sha256"),
        (True, "rsa-pss-sha384"),
        (False, None),
        (False, "ecdsa-sha512"),
    ],
)
def test_every_algorithm_verifies(is_rsa: bool, algorithm: str | None) -> None:
    octets, attributes, description, signer = made(is_rsa=is_rsa, algorithm=algorithm)
    read = read_cms(octets, where="-")
    assert read.findings == ()
    assert read.algorithm.name == description.algorithm.name
    assert read.signed_octets == attributes
    assert read.message_digest == digest(description.message_digest_algorithm, DOCUMENT)
    key = load_public_key(Certificate.load(signer.chain_der[0]).public_key_der)
    assert verify_der_value(key, attributes, signature=read.value, algorithm=read.algorithm)


def test_the_attributes_are_those_of_the_baseline() -> None:
    octets, attributes, _, signer = made()
    info = cms.ContentInfo.load(octets, strict=True)
    signed_data = info["content"]
    assert signed_data["encap_content_info"]["content"].native is None
    assert {certificate.chosen.dump() for certificate in signed_data["certificates"]} == set(
        signer.chain_der
    )
    (signer_info,) = signed_data["signer_infos"]
    found = {
        attribute["type"].dotted: attribute["values"] for attribute in signer_info["signed_attrs"]
    }
    assert set(found) == {
        "1.2.840.113549.1.9.3",
        "1.2.840.113549.1.9.4",
        "1.2.840.113549.1.9.16.2.47",
        "1.2.840.113549.1.9.16.2.16",
        "0.4.0.19122.1.1",
    }
    assert signer_info["signed_attrs"].untag().dump() == attributes
    assert (
        signer_info["sid"].chosen["serial_number"].native
        == Certificate.load(signer.chain_der[0]).serial_number
    )
    read = read_cms(octets, where="-")
    assert (read.roles, read.signing_time) == (("GVCN",), None)
    assert read.commitments == (f"urn:oid:{COMMITMENTS['ProofOfApproval']}",)


def test_parts_of_a_state_come_back() -> None:
    octets, attributes, description, signer = made()
    assert signed_attributes(octets) == attributes
    assert chain(octets)[0] == signer.chain_der[0]
    assert set(chain(octets)) == set(signer.chain_der)
    assert certificate_digest(octets) == SHA256
    other, _ = cms_without_value(replace(description, digest_algorithm=SHA512), b"\0" * 32)
    assert certificate_digest(other) == SHA512


def test_a_time_stamp_is_the_one_unsigned_attribute() -> None:
    octets, attributes, *_ = made()
    token = bytes.fromhex("3003020101")
    stamped = with_time_stamp(octets, token)
    assert read_cms(stamped, where="-").tokens == (token,)
    assert (signed_attributes(stamped), signature_value(stamped)) == (
        attributes,
        signature_value(octets),
    )
    with pytest.raises(CallerError) as caught:
        with_time_stamp(stamped, token)
    assert caught.value.cause == "SIGN.HAS_UNSIGNED_PROPERTIES"


@pytest.mark.parametrize(
    "octets", [b"", b"0", b"\x30\x00", b"\x30\x80", bytes(100), bytes.fromhex("300506032a0304")]
)
def test_anything_else_is_no_state(octets: bytes) -> None:
    for read in (signed_attributes, signature_value, chain, certificate_digest):
        with pytest.raises(CallerError) as caught:
            read(octets)
        assert caught.value.cause == "SIGN.STATE"
