"""No connection is opened here: addresses are only judged."""

import ipaddress
import json
from importlib import resources

import pytest

from hocba_sign.adapters.address import is_public

REGISTRY = json.loads(
    resources.files("hocba_sign").joinpath("data", "network", "special_purpose.json").read_bytes()
)
BLOCKS = [
    (ipaddress.ip_network(row["block"]), row["globally_reachable"]) for row in REGISTRY["blocks"]
]
EMBEDDING = {"::ffff:0:0/96", "64:ff9b::/96", "2002::/16", "2001::/32"}


@pytest.mark.parametrize(("block", "is_reachable"), BLOCKS, ids=str)
def test_the_most_specific_block_of_the_registry_decides(
    block: ipaddress.IPv4Network | ipaddress.IPv6Network, is_reachable: bool | None
) -> None:
    if str(block) in EMBEDDING:
        pytest.skip("judged by the address inside")
    for address in {block[0], block[-1], block[block.num_addresses // 2]}:
        inside = [one for one, _ in BLOCKS if one.version == block.version and address in one]
        if max(inside, key=lambda one: one.prefixlen) == block:
            assert is_public(str(address)) is (is_reachable is True), address


@pytest.mark.parametrize(
    "address",
    [
        "192.0.0.8",
        "192.0.0.192",
        "192.88.99.1",
        "3fff::1",
        "3fff:fff:ffff::1",
        "64:ff9b:1::1",
        "64:ff9b:1::808:808",
        "100::1",
        "100:0:0:1::1",
        "2001::1",
        "2001:2::1",
        "2001:1::4",
        "2001:db8::1",
        "5f00::1",
        "::8.8.8.8",
        "4000::1",
        "fec0::1",
        "::ffff:192.0.0.8",
        "64:ff9b::192.0.0.192",
        "2002:c000:8::",
        "2001:0:808:808::f5ff:fffe",
        "2001:0:a00:1::f7f7:f7f7",
        "2606:4700::1%eth0",
        "010.8.8.8",
        "",
    ],
)
def test_what_the_interpreters_tables_let_pass_or_hide(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize(
    "address",
    [
        "192.0.0.9",
        "192.0.0.10",
        "192.31.196.1",
        "2001:1::1",
        "2001:4:112::1",
        "2001:20::1",
        "2620:4f:8000::1",
        "2606:4700::1111",
    ],
)
def test_what_lies_within_a_special_block_and_is_reachable_all_the_same(address: str) -> None:
    assert is_public(address)


def test_an_address_is_as_public_as_the_one_that_stands_in_it() -> None:
    for inner in (
        "8.8.8.8",
        "10.0.0.1",
        "192.0.0.8",
        "192.0.0.9",
        "127.0.0.1",
        "203.0.113.9",
        "113.160.0.1",
    ):
        value = int(ipaddress.IPv4Address(inner))
        forms = [0xFFFF << 32 | value, 0x64FF9B << 96 | value, 0x2002 << 112 | value << 80]
        assert {is_public(str(ipaddress.IPv6Address(form))) for form in forms} == {
            is_public(inner)
        }, inner
