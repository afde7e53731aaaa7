import socket
import ssl
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event, Thread

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from hocba_sign.adapters.address import is_public
from hocba_sign.adapters.fetch import Fetched, Fetcher, FetchLimits, Outcome, Post, Refused, fetch
from hocba_sign.errors import OutsideError
from hocba_sign.testing.server import ServerFault, WorldServer
from hocba_sign.testing.world import World

AT = datetime(2026, 6, 1, tzinfo=UTC)
SHORT = FetchLimits(timeout=timedelta(seconds=0.6))


@pytest.fixture(scope="module")
def shared_server() -> Iterator[WorldServer]:
    with WorldServer(lambda: AT, lambda url: World(AT, base_url=url, fast=True)) as server:
        yield server


@pytest.fixture
def server(shared_server: WorldServer) -> Iterator[WorldServer]:
    yield shared_server
    shared_server.recover()


def local(limits: FetchLimits | None = None) -> Fetcher:
    return Fetcher(limits=limits or FetchLimits(timeout=timedelta(seconds=5)), allow_loopback=True)


def cause(outcome: Outcome) -> str | None:
    return outcome.finding.cause if isinstance(outcome, Refused) else None


def test_a_healthy_server(server: WorldServer) -> None:
    outcome = local().attempt(f"{server.url}/ca/public-ca.crt")
    assert isinstance(outcome, Fetched)
    assert outcome.octets == server.world.authority("public-ca").certificate_der
    assert [(hop.url, hop.address) for hop in outcome.hops] == [
        (f"{server.url}/ca/public-ca.crt", "127.0.0.1")
    ]
    headers = dict(server.requests[-1].headers)
    assert (headers["host"], headers["accept-encoding"]) == (
        server.url.removeprefix("http://"),
        "identity",
    )


def test_the_function_gives_octets_or_raises(server: WorldServer) -> None:
    url = f"{server.url}/crl/public-ca.crl"
    assert fetch(url, limits=FetchLimits(), allow_loopback=True) == server.world.crl(
        "public-ca", AT
    )
    with pytest.raises(OutsideError) as caught:
        fetch(url, limits=FetchLimits())
    assert (caught.value.cause, caught.value.where) == ("FETCH.ADDRESS", url)


def test_a_body_is_posted(server: WorldServer) -> None:
    outcome = local().attempt(
        f"{server.url}/ocsp/public-ca", post=Post(b"no request", "application/ocsp-request")
    )
    assert isinstance(outcome, Fetched)
    request = server.requests[-1]
    assert (request.method, request.body, dict(request.headers)["content-type"]) == (
        "POST",
        b"no request",
        "application/ocsp-request",
    )


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        (ServerFault.SERVER_ERROR, "FETCH.HTTP_STATUS"),
        (ServerFault.NOT_FOUND, "FETCH.HTTP_STATUS"),
        (ServerFault.HANG_UP, "FETCH.UNREACHABLE"),
        (ServerFault.TRUNCATED, "FETCH.TRUNCATED"),
        (ServerFault.FLOOD, "FETCH.TOO_LARGE"),
        (ServerFault.SLOW, "FETCH.TIMEOUT"),
        (ServerFault.DRIP, "FETCH.TIMEOUT"),
    ],
)
def test_an_ill_server(server: WorldServer, fault: ServerFault, expected: str) -> None:
    server.delay = timedelta(seconds=0.1 if fault is ServerFault.DRIP else 3)
    server.fail("/ca/", fault)
    started = time.monotonic()
    limits = FetchLimits(
        max_octets=1 << 20,
        timeout=SHORT.timeout if expected == "FETCH.TIMEOUT" else timedelta(seconds=5),
    )
    outcome = local(limits).attempt(f"{server.url}/ca/public-ca.crt")
    assert cause(outcome) == expected
    assert time.monotonic() - started < 2


def test_a_stated_size_over_the_limit_is_not_read(server: WorldServer) -> None:
    assert (
        cause(local(FetchLimits(max_octets=10)).attempt(f"{server.url}/ca/public-ca.crt"))
        == "FETCH.TOO_LARGE"
    )


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "ldap:///CN=CA2?cACertificate",
        "ftp://rootca.gov.vn/crt/a.crt",
        "gopher://rootca.gov.vn/",
        "data:text/plain,a",
        "javascript:alert(1)",
        "/crt/vnrca256.p7b",
        "",
    ],
)
def test_other_kinds_of_addresses(url: str) -> None:
    outcome = Fetcher(resolve=_unexpected).attempt(url)
    assert cause(outcome) == "FETCH.SCHEME"
    assert not outcome.hops


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("http://user:secret@rootca.gov.vn/", "FETCH.URL"),
        ("http://", "FETCH.URL"),
        ("http:///crt", "FETCH.URL"),
        ("http://rootca.gov.vn/a b", "FETCH.URL"),
        ("http://rootca.gov.vn/\r\nX: y", "FETCH.URL"),
        ("http://rootca.gov.vn:99999/", "FETCH.URL"),
        ("http://[::1/", "FETCH.URL"),
        ("http://rootca.gov.vn/" + "a" * 3000, "FETCH.URL"),
        ("http://rootca.gov.vn:25/", "FETCH.PORT"),
        ("http://rootca.gov.vn:0/", "FETCH.PORT"),
        ("https://rootca.gov.vn:22/", "FETCH.PORT"),
    ],
)
def test_addresses_that_are_none(url: str, expected: str) -> None:
    outcome = Fetcher(resolve=_unexpected).attempt(url)
    assert cause(outcome) == expected
    assert not outcome.hops


def _unexpected(host: str, port: int) -> tuple[str, ...]:
    pytest.fail(f"{host}:{port} was looked up")


PRIVATE = (
    "127.0.0.1",
    "127.9.9.9",
    "10.0.0.1",
    "172.16.0.1",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "0.0.0.0",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "192.0.2.1",
    "198.18.0.1",
    "::1",
    "::",
    "fe80::1",
    "fe80::1%eth0",
    "fc00::1",
    "fec0::1",
    "ff02::1",
    "2001:db8::1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "2002:7f00:1::",
    "2002:a00:1::",
    "64:ff9b::7f00:1",
    "64:ff9b::a00:1",
    "not an address",
)


@pytest.mark.parametrize("address", PRIVATE)
def test_private_addresses_are_not_contacted(address: str) -> None:
    assert not is_public(address)
    outcome = Fetcher(resolve=lambda *_: (address,)).attempt("http://rootca.gov.vn/")
    assert cause(outcome) == "FETCH.ADDRESS"
    assert not outcome.hops


@pytest.mark.parametrize(
    "address",
    [
        "8.8.8.8",
        "113.160.0.1",
        "2001:4860:4860::8888",
        "::ffff:8.8.8.8",
        "64:ff9b::808:808",
        "2002:808:808::",
    ],
)
def test_public_addresses(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "2130706433",
        "0x7f.1",
        "127.1",
        "017700000001",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "localhost",
    ],
)
def test_other_spellings_of_this_machine(host: str) -> None:
    outcome = Fetcher().attempt(f"http://{host}:8080/")
    assert cause(outcome) in {"FETCH.ADDRESS", "FETCH.NAME", "FETCH.URL"}
    assert not outcome.hops


def test_a_name_that_is_public_only_in_part_is_refused() -> None:
    assert (
        cause(Fetcher(resolve=lambda *_: ("8.8.8.8", "10.0.0.1")).attempt("http://rootca.gov.vn/"))
        == "FETCH.ADDRESS"
    )


def test_allowing_loopback_allows_nothing_else() -> None:
    for address in set(PRIVATE) - {"127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1"}:
        outcome = Fetcher(resolve=lambda *_, given=address: (given,), allow_loopback=True).attempt(
            "http://rootca.gov.vn/"
        )
        assert cause(outcome) == "FETCH.ADDRESS", address


def test_the_name_is_asked_once_and_the_checked_address_is_used(server: WorldServer) -> None:
    asked: list[str] = []

    def rebinding(host: str, port: int) -> tuple[str, ...]:
        asked.append(host)
        return ("127.0.0.1",) if len(asked) == 1 else ("10.0.0.1",)

    port = server.url.rpartition(":")[2]
    fetcher = Fetcher(allow_loopback=True, resolve=rebinding)
    outcome = fetcher.attempt(f"http://ca.hocba.invalid:{port}/ca/public-ca.crt")
    assert isinstance(outcome, Fetched)
    assert asked == ["ca.hocba.invalid"]
    assert dict(server.requests[-1].headers)["host"] == f"ca.hocba.invalid:{port}"
    # The next download asks again, and is refused.
    assert (
        cause(fetcher.attempt(f"http://ca.hocba.invalid:{port}/ca/public-ca.crt"))
        == "FETCH.ADDRESS"
    )


def test_an_unknown_name_and_a_silent_name_service() -> None:
    def unknown(host: str, port: int) -> tuple[str, ...]:
        raise socket.gaierror(host)

    assert cause(Fetcher(resolve=unknown).attempt("http://rootca.gov.vn/")) == "FETCH.NAME"
    released = Event()

    def silent(host: str, port: int) -> tuple[str, ...]:
        released.wait(10)
        return ()

    outcome = Fetcher(resolve=silent, limits=SHORT).attempt("http://rootca.gov.vn/")
    released.set()
    assert cause(outcome) == "FETCH.TIMEOUT"


def test_the_next_address_is_tried_where_nobody_answers(server: WorldServer) -> None:
    port = server.url.rpartition(":")[2]
    outcome = Fetcher(allow_loopback=True, resolve=lambda *_: ("127.0.0.2", "127.0.0.1")).attempt(
        f"http://ca.invalid:{port}/ca/public-ca.crt"
    )
    assert isinstance(outcome, Fetched)
    assert [hop.address for hop in outcome.hops] == ["127.0.0.2", "127.0.0.1"]


def test_nobody_answers() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        outcome = local().attempt(f"http://127.0.0.1:{taken.getsockname()[1]}/")
    assert cause(outcome) == "FETCH.UNREACHABLE"


@pytest.mark.parametrize(
    ("goal", "expected"),
    [
        ("http://10.0.0.1/", "FETCH.ADDRESS"),
        ("http://169.254.169.254/latest/meta-data/", "FETCH.ADDRESS"),
        ("file:///etc/passwd", "FETCH.SCHEME"),
        ("ldap://127.0.0.1/", "FETCH.SCHEME"),
        ("", "FETCH.REDIRECT"),
        ("/ca/public-ca.crt", "FETCH.REDIRECT"),
    ],
)
def test_redirects_start_the_checks_again(server: WorldServer, goal: str, expected: str) -> None:
    server.fail("/ca/", ServerFault.REDIRECT)
    server.redirect_to = goal
    outcome = local().attempt(f"{server.url}/ca/public-ca.crt")
    assert cause(outcome) == expected
    assert {hop.address for hop in outcome.hops} == {"127.0.0.1"}


def test_a_redirect_is_followed(server: WorldServer) -> None:
    server.fail("/ca/", ServerFault.REDIRECT)
    server.redirect_to = "/crl/public-ca.crl"
    outcome = local().attempt(f"{server.url}/ca/public-ca.crt")
    assert isinstance(outcome, Fetched)
    assert len(outcome.hops) == 2
    assert (
        cause(local().attempt(f"{server.url}/ca/public-ca.crt", post=Post(b"", "text/plain")))
        == "FETCH.REDIRECT"
    )


def test_a_server_whose_certificate_nobody_vouches_for(tmp_path: Path) -> None:
    identity = World(AT, fast=True).authority("public-ca")
    key = tmp_path / "key.pem"
    key.write_bytes(identity.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    certificate = tmp_path / "certificate.pem"
    certificate.write_text(ssl.DER_cert_to_PEM_cert(identity.certificate_der))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    with _once(
        lambda raw: context.wrap_socket(raw, server_side=True),
        b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok",
    ) as port:
        outcome = Fetcher(allow_loopback=True, resolve=lambda *_: ("127.0.0.1",)).attempt(
            f"https://ca.invalid:{port}/"
        )
    assert isinstance(outcome, Fetched)
    assert outcome.octets == b"ok"


def test_a_greeting_that_trickles_in() -> None:
    def trickle(raw: socket.socket) -> socket.socket:
        # A TLS record of 16 kB, one octet at a time: no single wait is long.
        for octet in b"\x16\x03\x03\x40\x00" + bytes(60):
            raw.sendall(bytes([octet]))
            time.sleep(0.1)
        return raw

    started = time.monotonic()
    with _once(trickle, b"") as port:
        outcome = Fetcher(allow_loopback=True, limits=SHORT).attempt(f"https://127.0.0.1:{port}/")
        elapsed = time.monotonic() - started
    assert cause(outcome) == "FETCH.TIMEOUT"
    assert elapsed < 1.5


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 200, "FETCH.UNREACHABLE"),
        (b"SSH-2.0-OpenSSH_9.6\r\n", "FETCH.UNREACHABLE"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", "FETCH.TRUNCATED"),
        (b"HTTP/1.1 204 No Content\r\n\r\n", "FETCH.HTTP_STATUS"),
    ],
)
def test_answers_that_are_none(answer: bytes, expected: str) -> None:
    with _once(lambda raw: raw, answer) as port:
        assert cause(local().attempt(f"http://127.0.0.1:{port}/")) == expected


class _once:  # noqa: N801 - reads as a verb
    """Serve one connection with fixed octets."""

    def __init__(self, wrap: Callable[[socket.socket], socket.socket], answer: bytes) -> None:
        self._wrap, self._answer = wrap, answer
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._thread = Thread(target=self._serve, daemon=True)

    def __enter__(self) -> int:
        self._thread.start()
        return int(self._listener.getsockname()[1])

    def __exit__(self, *_: object) -> None:
        self._thread.join(5)
        self._listener.close()

    def _serve(self) -> None:
        raw, _ = self._listener.accept()
        try:
            with raw, self._wrap(raw) as connected:
                connected.recv(4096)
                connected.sendall(self._answer)
        except OSError:
            return
