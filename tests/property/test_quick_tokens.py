"""A token read by comparison is what the careful path finds intact and without fault, and nothing
else is read so (docs/adr/0021-quick-and-careful.md).
"""

import hashlib
from collections.abc import Iterator
from datetime import timedelta
from typing import Any, Final

import pytest

from hocba_sign.crypto.digests import DigestAlgorithm, digest
from hocba_sign.errors import InputError
from hocba_sign.pki.timestamp import faultless_token
from hocba_sign.pki.timestamp.faultless_token import read_faultless, remember
from hocba_sign.pki.timestamp.protocol import IntactToken, read_token, verify_token
from hocba_sign.testing.world import World
from tests.support.scene import SIGNED_AT

WORLD: Final = World(SIGNED_AT)
STAMPED: Final = b"what is time-stamped"


@pytest.fixture(autouse=True)
def _nothing_is_remembered() -> Iterator[None]:
    faultless_token._forms.cache_clear()
    yield
    faultless_token._forms.cache_clear()


def expected(algorithm: DigestAlgorithm) -> bytes:
    return digest(algorithm, STAMPED)


def token(seconds: int = 0, **options: Any) -> bytes:
    imprint = ("sha256", hashlib.sha256(STAMPED).digest())
    at, number = SIGNED_AT + timedelta(seconds=seconds), (1 << 60) + seconds
    return WORLD.timestamp_token(imprint, at, serial=number, nonce=number, **options)


def carefully(octets: bytes) -> IntactToken | None:
    """Read one by the careful path; None for one in which that finds something."""
    try:
        held = read_token(octets)
        check = verify_token(held, expected)
    except InputError:
        return None
    return None if check.causes else IntactToken.of(held, where="here")


def learn(octets: bytes) -> None:
    intact = carefully(octets)
    assert intact is not None
    remember(read_token(octets), intact)


@pytest.mark.parametrize("options", [{}, {"accuracy": timedelta(seconds=1)}, {"digest": "sha512"}])
def test_a_token_of_a_known_form_is_read_by_comparison(options: dict[str, Any]) -> None:
    assert read_faultless(token(**options), expected) is None
    learn(token(**options))
    for seconds in range(1, 60):
        other = token(seconds, **options)
        assert read_faultless(other, expected) == carefully(other)
    assert len(faultless_token._forms) == 1


def test_no_changed_octet_is_intact() -> None:
    learn(token())
    octets = token(5)
    for place in range(len(octets)):
        for mask in (0x01, 0x80):
            changed = bytearray(octets)
            changed[place] ^= mask
            assert read_faultless(bytes(changed), expected) is None, place
    assert read_faultless(octets, expected) is not None


@pytest.mark.parametrize("size", [-1, 1])
def test_another_size_is_left_to_the_careful_path(size: int) -> None:
    learn(token())
    octets = token(5)
    assert read_faultless(octets[:size] if size < 0 else octets + b"\0", expected) is None


def test_a_token_of_other_octets_is_left_to_the_careful_path() -> None:
    learn(token())
    assert read_faultless(token(5), lambda algorithm: digest(algorithm, b"others")) is None
    assert carefully(token(5)) is not None


def test_a_certificate_that_the_token_does_not_hold_is_not_remembered() -> None:
    octets = token(has_certificates=False)
    candidates = read_token(token()).certificates
    held = read_token(octets, candidates)
    assert not verify_token(held, expected).causes
    remember(held, IntactToken.of(held, where="here"))
    assert read_faultless(octets, expected) is None
    assert len(faultless_token._forms) == 0


def test_forms_are_bounded_for_a_size_and_altogether() -> None:
    sizes = {}
    for number in range(faultless_token.PER_SIZE + 3):
        octets = token(number, policy=f"1.2.3.{number}")
        learn(octets)
        sizes[len(octets)] = octets
    assert len(sizes) == 1
    assert len(faultless_token._forms) == faultless_token.PER_SIZE
    assert read_faultless(token(9, policy="1.2.3.0"), expected) is not None
    assert read_faultless(token(9, policy="1.2.3.6"), expected) is None
