"""Certificates whose addresses are a trap: nothing of it is contacted, and the report says so for
each.
"""

import socket
import time
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from threading import Event

import pytest

from hocba_sign.adapters.fetch import Fetcher
from hocba_sign.adapters.revocation import EvidenceFetcher, FetchBudget
from hocba_sign.operations.online import MAX_ALTERNATIVES
from hocba_sign.pki.revocation.evidence import Evidence
from hocba_sign.testing.server import ServerFault
from hocba_sign.validation.verdict import Verdict
from tests.integration.addresses import with_addresses
from tests.integration.online import Online, opened
from tests.support.scene import JUDGED_AT, SEAL, SIGNED_AT, causes


@pytest.fixture(scope="module")
def scene() -> Iterator[Online]:
    with opened() as server:
        yield Online(server)


@pytest.fixture
def contacts(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """Collect what is connected to; nothing is."""
    seen: list[object] = []

    def refuse(self: socket.socket, address: object) -> None:
        seen.append(address)
        raise ConnectionRefusedError

    monkeypatch.setattr(socket.socket, "connect", refuse)
    return seen


def traps(base: str) -> tuple[str, ...]:
    """Return 50 addresses: this machine in many spellings, private networks, files, directories, a
    stream, a redirect.
    """
    port = base.rpartition(":")[2]
    hosts = (
        "127.0.0.1",
        "localhost",
        "127.1",
        "2130706433",
        "0x7f.0.0.1",
        "0177.0.0.1",
        "0.0.0.0",
        "[::1]",
        "[::ffff:127.0.0.1]",
    )
    private = (
        "10.0.0.1",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "224.0.0.1",
        "[fc00::1]",
        "[fe80::1]",
        "[ff02::1]",
    )
    return (
        *(f"http://{host}:{port}/crl/a{number}.crl" for number, host in enumerate(hosts)),
        *(f"http://{host}/latest/meta-data/" for host in private),
        *(f"https://{host}/a.crl" for host in private),
        *(f"file:///etc/{name}" for name in ("passwd", "shadow", "hostname", "hosts")),
        "file://localhost/etc/passwd",
        *(f"ldap://127.0.0.1/CN={number}?certificateRevocationList" for number in range(5)),
        *(f"ldap:///CN={number}?certificateRevocationList" for number in range(5)),
        "ftp://127.0.0.1/a.crl",
        "tftp://127.0.0.1/a.crl",
        "jar:http://127.0.0.1/a.crl!/",
        "gopher://127.0.0.1:6379/_FLUSHALL",
        f"http://user:secret@127.0.0.1:{port}/",
        "http://127.0.0.1:22/",
        f"{base}/stream",
        f"{base}/redirect",
        "data:application/pkix-crl;base64,MAA=",
    )[:50]


def strict(seconds: float = 20) -> EvidenceFetcher:
    return EvidenceFetcher(
        fetcher=Fetcher(),
        clock=lambda: JUDGED_AT,
        budget=FetchBudget(timeout=timedelta(seconds=seconds)),
    )


@pytest.mark.parametrize("kind", ["crl", "ocsp", "ca_issuers"])
def test_nothing_is_contacted_and_each_refusal_is_told(
    scene: Online, contacts: list[object], kind: str
) -> None:
    addresses = traps(scene.server.url)
    assert len(set(addresses)) == 50
    # Only strangers are asked about their issuer; a status is asked for only below an anchor.
    identity = with_addresses(
        scene.world,
        scene.identity(SEAL),
        crl=addresses if kind == "crl" else (),
        ocsp=addresses if kind == "ocsp" else (),
        issuers=addresses if kind == "ca_issuers" else (),
        stranger=kind == "ca_issuers",
    )
    document = scene.sign_as(identity, scene.signed(scene.slots[:-1]), SEAL, stamped=SIGNED_AT)
    before = len(scene.server.requests)
    started = time.monotonic()
    report = scene.judge(document, fetch=strict())
    elapsed = time.monotonic() - started
    assert report.verdict is Verdict.INDETERMINATE
    told = [
        one
        for one in report.to_dict()["fetches"]
        if one["kind"] == kind and one["url"] in addresses
    ]
    assert Counter(one["url"] for one in told) == dict.fromkeys(addresses, 1)
    assert {one["result"] for one in told} == {"refused"}
    assert {one["cause"] for one in told} <= {
        "FETCH.ADDRESS",
        "FETCH.SCHEME",
        "FETCH.URL",
        "FETCH.PORT",
    }
    assert not any(one["contacted"] for one in told)
    assert contacts == []
    assert len(scene.server.requests) == before
    assert elapsed < 5


def test_an_endless_stream_and_a_redirect_inwards(scene: Online) -> None:
    base = scene.server.url
    scene.server.fail("/stream", ServerFault.FLOOD)
    scene.server.fail("/redirect", ServerFault.REDIRECT)
    scene.server.redirect_to = "http://192.168.1.1/admin"
    addresses = [f"{base}/{name}{number}" for number in range(6) for name in ("redirect", "stream")]
    identity = with_addresses(scene.world, scene.identity(SEAL), crl=addresses)
    document = scene.sign_as(identity, scene.signed(scene.slots[:-1]), SEAL, stamped=SIGNED_AT)
    started = time.monotonic()
    report = scene.judge(
        document,
        fetch=scene.fetcher(budget=FetchBudget(timeout=timedelta(seconds=3), max_octets=8 << 20)),
    )
    elapsed = time.monotonic() - started
    scene.server.recover()
    told = {one["url"]: one for one in report.to_dict()["fetches"] if one["url"] in addresses}
    assert len(told) == len(addresses)
    redirected = told[f"{base}/redirect0"]
    assert (redirected["result"], redirected["cause"], redirected["where"]) == (
        "refused",
        "FETCH.ADDRESS",
        "http://192.168.1.1/admin",
    )
    assert redirected["contacted"] == ["127.0.0.1"]
    assert told[f"{base}/stream0"]["cause"] == "FETCH.TOO_LARGE"
    assert told[f"{base}/stream5"]["cause"] == "FETCH.BUDGET"
    assert report.verdict is Verdict.INDETERMINATE
    assert "TT15.II_1_2" in causes(report)
    assert elapsed < 5


def test_too_many_addresses_end_with_one_line(scene: Online, contacts: list[object]) -> None:
    identity = with_addresses(
        scene.world,
        scene.identity(SEAL),
        crl=[f"http://10.0.0.1/{number}" for number in range(400)],
    )
    report = scene.judge(
        scene.sign_as(identity, scene.signed(scene.slots[:-1]), SEAL, stamped=SIGNED_AT),
        fetch=strict(),
    )
    told = Counter(
        one["cause"]
        for one in report.to_dict()["fetches"]
        if one["url"].startswith("http://10.0.0.1/")
    )
    assert told == {"FETCH.ADDRESS": MAX_ALTERNATIVES, "FETCH.LIMIT": 1}
    assert contacts == []


def test_hosts_that_never_answer_cost_no_more_than_the_budget(scene: Online) -> None:
    released = Event()

    def silent(host: str, port: int) -> tuple[str, ...]:
        released.wait(30)
        return ()

    slow = Fetcher(resolve=silent)
    identity = with_addresses(
        scene.world,
        scene.identity(SEAL),
        crl=[f"http://h{number}.example/" for number in range(50)],
    )
    document = scene.sign_as(identity, scene.signed(scene.slots[:-1]), SEAL, stamped=SIGNED_AT)
    started = time.monotonic()
    fetch = EvidenceFetcher(
        fetcher=slow, clock=lambda: JUDGED_AT, budget=FetchBudget(timeout=timedelta(seconds=1))
    )
    report = scene.judge(
        document, fetch=fetch, evidence=Evidence.of(certificates=scene.evidence().certificates)
    )
    elapsed = time.monotonic() - started
    released.set()
    assert elapsed < 3
    assert "FETCH.BUDGET" in {one["cause"] for one in report.to_dict()["fetches"]}
