"""OCSP responses: how much of one is read."""

from datetime import UTC, datetime, timedelta

import pytest
from asn1crypto import core, ocsp, x509

from hocba_sign.errors import InputError
from hocba_sign.pki.revocation.ocsp import (
    MAX_ANSWERS,
    MAX_CERTIFICATES,
    MAX_EXTENSIONS,
    read_response,
)
from hocba_sign.testing.world import World

AT = datetime(2026, 6, 1, 3, 0, tzinfo=UTC)
WORLD = World(AT)
OCTETS = WORLD.ocsp_response(WORLD.tsa, AT + timedelta(minutes=1))


def grown(*, answers: int = 1, certificates: int = 0, extensions: int = 0) -> bytes:
    """Return a response with so many of each; its signature is of no matter where it is read."""
    response = ocsp.OCSPResponse.load(OCTETS)
    basic = response.basic_ocsp_response
    data = basic["tbs_response_data"]
    single = data["responses"][0].copy()
    if extensions:
        single["single_extensions"] = [
            {
                "extn_id": f"1.2.3.{number}",
                "critical": False,
                "extn_value": core.ParsableOctetString(b"\x05\x00"),
            }
            for number in range(extensions)
        ]
    data["responses"] = [single] * answers
    if certificates:
        basic["certs"] = [x509.Certificate.load(WORLD.intermediates_der[0])] * certificates
    response["response_bytes"]["response"] = core.ParsableOctetString(basic.dump(force=True))
    octets: bytes = response.dump(force=True)
    return octets


@pytest.mark.parametrize(
    ("part", "most"),
    [
        ("answers", MAX_ANSWERS),
        ("certificates", MAX_CERTIFICATES),
        ("extensions", MAX_EXTENSIONS),
    ],
)
def test_so_many_are_read_and_not_one_more(part: str, most: int) -> None:
    assert {"answers": 64, "certificates": 16, "extensions": 32}[part] == most
    response = read_response(grown(**{part: most}))
    assert len(response.answers) == (most if part == "answers" else 1)
    assert len(response.certificates) == (most if part == "certificates" else 0)
    with pytest.raises(InputError, match=r"DER\.MALFORMED"):
        read_response(grown(**{part: most + 1}))


def test_a_response_without_an_answer_is_none() -> None:
    with pytest.raises(InputError, match="number of answers"):
        read_response(grown(answers=0))


def revoked(reason: bytes | None) -> bytes:
    """Return a response with one answer `revoked`, its reason as these octets."""
    moment = b"\x18\x0f20260601010000Z"
    stated = b"" if reason is None else b"\xa0" + bytes([len(reason)]) + reason
    status = b"\xa1" + bytes([len(moment + stated)]) + moment + stated
    response = ocsp.OCSPResponse.load(OCTETS)
    basic = response.basic_ocsp_response
    basic["tbs_response_data"]["responses"][0]["cert_status"] = ocsp.CertStatus.load(status)
    response["response_bytes"]["response"] = core.ParsableOctetString(basic.dump(force=True))
    octets: bytes = response.dump(force=True)
    return octets


@pytest.mark.parametrize(
    ("reason", "said"),
    [
        (None, ("unspecified", False)),
        (b"\x0a\x01\x01", ("key_compromise", True)),
        (b"\x0a\x01\x06", ("certificate_hold", True)),
    ],
)
def test_a_reason_is_read(reason: bytes | None, said: tuple[str, bool]) -> None:
    (answer,) = read_response(revoked(reason)).answers
    assert answer.status == "revoked"
    assert answer.revoked is not None
    assert (answer.revoked.reason, answer.revoked.has_reason) == said


@pytest.mark.parametrize("reason", [b"\x02\x01\x01", b"\x0a\x01\x07"])
def test_another_form_of_reason_is_refused(reason: bytes) -> None:
    octets = revoked(b"\x0a\x01\x01")
    assert octets.count(b"\xa0\x03\x0a\x01\x01") == 1
    with pytest.raises(InputError):
        read_response(octets.replace(b"\xa0\x03\x0a\x01\x01", b"\xa0\x03" + reason))
