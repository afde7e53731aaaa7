"""What documents and tokens carry, read once where it comes again."""

from hocba_sign.pki.loading import embedded
from hocba_sign.pki.loading.embedded import Embedded, read_embedded
from hocba_sign.testing.world import World
from tests.support.scene import SIGNED_AT

WORLD = World(SIGNED_AT, fast=True)


def test_what_comes_again_is_the_same_evidence() -> None:
    held = Embedded(certificates=WORLD.intermediates_der, crls=tuple(WORLD.crls(SIGNED_AT)))
    first = read_embedded(held, source="embedded in a", where="here")
    again = read_embedded(
        Embedded(certificates=held.certificates, crls=held.crls),
        source="embedded in a",
        where="there",
    )
    assert again is first
    other = read_embedded(held, source="embedded in b", where="here")
    assert {item.source for item in other.crls} == {"embedded in b"}
    assert {item.source for item in first.crls} == {"embedded in a"}


def test_what_cannot_be_read_is_named_at_each_place() -> None:
    held = Embedded(certificates=WORLD.intermediates_der, crls=(b"no list",))
    told = [read_embedded(held, source="embedded in a", where=where).unread for where in "ab"]
    assert [item.where.partition(":")[0] for (item,) in told] == ["a", "b"]


def test_pools_that_stay_are_bounded() -> None:
    embedded._pools.cache_clear()
    crl = max(WORLD.crls(SIGNED_AT), key=len)
    for number in range(3 * embedded.MAX_POOLED_OCTETS // 4_096):
        read_embedded(Embedded(crls=(crl,)), source=str(number), where="here")
    assert len(embedded._pools) <= embedded.MAX_POOLED_OCTETS // 4_096
    embedded._pools.cache_clear()
