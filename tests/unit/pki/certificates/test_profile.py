"""Extensions of certificates, as RFC 5280 wants them."""

import pytest
from asn1crypto import core

from hocba_sign.pki.certificates.profile import knows_qualifiers

CPS, NOTICE, OTHER = "1.3.6.1.5.5.7.2.1", "1.3.6.1.5.5.7.2.2", "1.2.3.4"


def sequence(*parts: bytes) -> bytes:
    content = b"".join(parts)
    assert len(content) < 128
    return bytes([0x30, len(content)]) + content


def oid(dotted: str) -> bytes:
    octets: bytes = core.ObjectIdentifier(dotted).dump()
    return octets


def policies(*qualifiers: tuple[str, ...]) -> bytes:
    """Return certificatePolicies with a policy for each row of qualifiers."""
    return sequence(
        *(
            sequence(
                oid(f"1.2.3.{number}"),
                sequence(*(sequence(oid(kind), b"\x16\x01a") for kind in row)),
            )
            for number, row in enumerate(qualifiers)
        )
    )


@pytest.mark.parametrize(
    ("qualifiers", "is_known"),
    [
        (((CPS,),), True),
        (((CPS, NOTICE), (NOTICE,)), True),
        (((CPS, OTHER),), False),
        (((OTHER, CPS),), False),
        (((CPS,), (OTHER,)), False),
    ],
)
def test_all_qualifiers_must_be_known(
    qualifiers: tuple[tuple[str, ...], ...], is_known: bool
) -> None:
    assert knows_qualifiers(policies(*qualifiers)) is is_known
