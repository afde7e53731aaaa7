from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from hocba_sign.adapters.fetch import Fetcher, FetchLimits
from hocba_sign.adapters.home import CertificateStore
from hocba_sign.adapters.official import update
from hocba_sign.pki.certificates.certificate import Certificate
from hocba_sign.pki.trust.vietnam_list import ListedCertificate, ListedKind, TrustList
from hocba_sign.testing.server import ServerFault, WorldServer
from hocba_sign.testing.world import World

AT = datetime(2026, 6, 1, tzinfo=UTC)
FETCHER = Fetcher(
    limits=FetchLimits(max_octets=1 << 20, timeout=timedelta(seconds=2)), allow_loopback=True
)


@pytest.fixture
def server() -> Iterator[WorldServer]:
    with WorldServer(lambda: AT, lambda url: World(AT, base_url=url, fast=True)) as server:
        yield server


def listed(world: World, *slugs: str) -> TrustList:
    """Return a list that pins authorities of the test world."""
    pattern = TrustList.load().entries[0]

    def entry(slug: str) -> ListedCertificate:
        certificate = Certificate.load(world.authority(slug).certificate_der)
        return replace(
            pattern,
            sha256=certificate.sha256,
            name=slug,
            kind=ListedKind.ISSUING,
            subject=certificate.subject_text,
        )

    return replace(TrustList.load(), entries=tuple(map(entry, slugs)))


def test_what_is_pinned_is_kept_and_the_rest_refused(server: WorldServer, tmp_path: Path) -> None:
    store, known = CertificateStore(tmp_path), listed(server.world, "public-ca", "national-root")
    urls = [f"{server.url}/ca/{slug}.crt" for slug in ("public-ca", "government-ca")]
    first, second = update(store, urls=urls, fetcher=FETCHER, trust_list=known)
    assert [(one.entry and one.entry.name, one.is_new) for one in first.imported] == [
        ("public-ca", True)
    ]
    assert [one.finding and one.finding.cause for one in second.imported] == ["TRUST.UNKNOWN"]
    assert (first.finding, second.finding) == (None, None)
    assert [hop.address for hop in first.hops] == ["127.0.0.1"]
    assert [one.sha256 for one in store.load(trust_list=known).certificates] == [
        known.entries[0].sha256
    ]


@pytest.mark.parametrize("fault", [ServerFault.P7B, ServerFault.PEM])
def test_bundles_and_text(server: WorldServer, tmp_path: Path, fault: ServerFault) -> None:
    server.fail("/ca/", fault)
    known = listed(server.world, "public-ca", "national-root")
    store = CertificateStore(tmp_path)
    (result,) = update(
        store, urls=[f"{server.url}/ca/public-ca.crt"], fetcher=FETCHER, trust_list=known
    )
    assert [one.finding for one in result.imported] == [None] * (
        2 if fault is ServerFault.P7B else 1
    )


@pytest.mark.parametrize(
    ("fault", "cause"),
    [
        (ServerFault.HTML, "CERT.FILE"),
        (ServerFault.EMPTY, "CERT.FILE"),
        (ServerFault.GARBAGE, "CERT.MALFORMED"),
        (ServerFault.TRUNCATED, "FETCH.TRUNCATED"),
        (ServerFault.FLOOD, "FETCH.TOO_LARGE"),
        (ServerFault.NOT_FOUND, "FETCH.HTTP_STATUS"),
    ],
)
def test_nothing_half_is_written(
    server: WorldServer, tmp_path: Path, fault: ServerFault, cause: str
) -> None:
    server.fail("/ca/", fault)
    known = listed(server.world, "public-ca")
    home = tmp_path / "home"
    (result,) = update(
        CertificateStore(home),
        urls=[f"{server.url}/ca/public-ca.crt"],
        fetcher=FETCHER,
        trust_list=known,
    )
    assert result.finding is not None
    assert (result.finding.cause, result.imported) == (cause, ())
    assert not home.exists()


def test_every_address_has_its_answer_and_a_silent_host_is_asked_once(tmp_path: Path) -> None:
    asked: list[str] = []

    def nobody(host: str, port: int) -> tuple[str, ...]:
        asked.append(host)
        return ()

    results = tuple(update(CertificateStore(tmp_path), fetcher=Fetcher(resolve=nobody)))
    assert [result.url for result in results] == [
        address.url for address in TrustList.load().official
    ]
    assert {result.finding.cause for result in results if result.finding} == {
        "FETCH.NAME",
        "FETCH.SKIPPED",
    }
    assert all(result.finding and result.finding.where == result.url for result in results)
    assert asked == ["rootca.gov.vn", "public.rootca.gov.vn", "ca.gov.vn"]
    assert list(tmp_path.iterdir()) == []


def test_the_official_addresses_are_official() -> None:
    hosts = {address.url.split("/")[2] for address in TrustList.load().official}
    assert hosts == {"rootca.gov.vn", "public.rootca.gov.vn", "ca.gov.vn"}


def test_without_the_switch_this_machine_is_not_asked(server: WorldServer, tmp_path: Path) -> None:
    (result,) = update(CertificateStore(tmp_path), urls=[f"{server.url}/ca/public-ca.crt"])
    assert result.finding is not None
    assert result.finding.cause == "FETCH.ADDRESS"
    assert server.requests == ()
