"""What the fast path takes of an extension, and what it leaves to the engine."""

from datetime import UTC, datetime

import pytest

from hocba_sign.errors import InputError
from hocba_sign.pki.certificates.certificate import Certificate
from hocba_sign.pki.path.fast_chain import _constraints, may_respond
from hocba_sign.testing.world import World


@pytest.mark.parametrize(
    ("value", "length"),
    [("3000", None), ("30030101ff", None), ("30060101ff020100", 0), ("30060101ff020103", 3)],
)
def test_a_path_length_is_that_of_a_ca(value: str, length: int | None) -> None:
    assert _constraints(bytes.fromhex(value)) == length


@pytest.mark.parametrize("value", ["3003020100", "30060101ff0201ff", "30090101ff020100020100"])
def test_a_path_length_of_no_ca_below_zero_or_twice_is_left_to_the_engine(value: str) -> None:
    with pytest.raises(InputError):
        _constraints(bytes.fromhex(value))


def test_a_responder_answers_for_its_own_issuer() -> None:
    at = datetime(2026, 6, 1, tzinfo=UTC)
    world = World(at)
    own, root = map(Certificate.load, world.person("Nguyễn Văn Thử", "001188000001").chain_der[1:3])
    responder = Certificate.load(world.responder("public-ca").certificate_der)
    assert may_respond(responder, own, at=at)
    assert not may_respond(responder, root, at=at)
