from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from time import monotonic

import pytest

from hocba_sign.adapters.tsa import TimeStampClient
from hocba_sign.crypto.digests import SHA256
from hocba_sign.errors import CallerError, OutsideError
from hocba_sign.pki.timestamp.protocol import read_token
from hocba_sign.testing.server import ServerFault, WorldServer
from hocba_sign.testing.world import World

AT = datetime(2026, 6, 1, 8, tzinfo=UTC)
IMPRINT = b"\x17" * 32


@pytest.fixture
def server() -> Iterator[WorldServer]:
    with WorldServer(lambda: AT, lambda url: World(AT, base_url=url, fast=True)) as running:
        yield running


def _tsa(server: WorldServer, *, retries: int = 0) -> TimeStampClient:
    return TimeStampClient(server.tsa_url, timeout=timedelta(seconds=1), retries=retries)


def test_a_token_answers_the_request(server: WorldServer) -> None:
    nonces = iter((4711,))
    authority = TimeStampClient(server.tsa_url, nonce=lambda: next(nonces))
    token = read_token(authority.stamp(SHA256, IMPRINT))
    assert (token.imprint, token.nonce, token.gen_time) == (IMPRINT, 4711, AT)
    (request,) = server.requests
    assert request.method == "POST"
    assert dict(request.headers)["content-type"] == "application/timestamp-query"


@pytest.mark.parametrize(
    ("fault", "cause"),
    [
        (ServerFault.SERVER_ERROR, "TSA.HTTP_STATUS"),
        (ServerFault.NOT_FOUND, "TSA.HTTP_STATUS"),
        (ServerFault.REDIRECT, "TSA.HTTP_STATUS"),
        (ServerFault.GARBAGE, "TSA.NOT_A_RESPONSE"),
        (ServerFault.EMPTY, "TSA.NOT_A_RESPONSE"),
        (ServerFault.HTML, "TSA.NOT_A_RESPONSE"),
        (ServerFault.HANG_UP, "TSA.UNREACHABLE"),
        (ServerFault.TRUNCATED, "TSA.UNREACHABLE"),
        (ServerFault.FLOOD, "TSA.TOO_LARGE"),
    ],
)
def test_every_failure_names_its_cause(server: WorldServer, fault: ServerFault, cause: str) -> None:
    server.fail("/tsa", fault)
    with pytest.raises(OutsideError) as caught:
        _tsa(server).stamp(SHA256, IMPRINT)
    assert caught.value.cause == cause


@pytest.mark.parametrize("fault", [ServerFault.SLOW, ServerFault.DRIP])
def test_time_is_bounded_for_the_whole_attempt(server: WorldServer, fault: ServerFault) -> None:
    server.delay = timedelta(seconds=0.4) if fault is ServerFault.DRIP else timedelta(seconds=5)
    server.fail("/tsa", fault)
    begun = monotonic()
    with pytest.raises(OutsideError) as caught:
        _tsa(server).stamp(SHA256, IMPRINT)
    assert caught.value.cause == "TSA.TIMEOUT"
    assert monotonic() - begun < 3


def test_a_wrong_content_type_is_no_reason_to_refuse(server: WorldServer) -> None:
    server.fail("/tsa", ServerFault.WRONG_CONTENT_TYPE)
    assert read_token(_tsa(server).stamp(SHA256, IMPRINT)).imprint == IMPRINT


def test_it_tries_again_with_a_new_nonce_only_where_that_may_help(server: WorldServer) -> None:
    server.fail("/tsa", ServerFault.HANG_UP, times=2)
    assert _tsa(server, retries=2).stamp(SHA256, IMPRINT)
    bodies = [request.body for request in server.requests]
    assert len(set(bodies)) == 3
    server.fail("/tsa", ServerFault.NOT_FOUND)
    with pytest.raises(OutsideError):
        _tsa(server, retries=2).stamp(SHA256, IMPRINT)
    assert len(server.requests) == 4


@pytest.mark.parametrize(
    ("options", "cause"),
    [
        ({"nonce": 1}, "TSA.NONCE"),
        ({"is_nonce_omitted": True}, "TSA.NONCE"),
        ({"imprint": ("sha256", b"\x18" * 32)}, "TSA.IMPRINT"),
        ({"status": "rejection", "failure": "time_not_available"}, "TSA.REFUSED"),
        ({"has_certificates": False}, "TSA.NO_CERTIFICATE"),
        ({"is_signature_broken": True}, "TSA.BAD_TOKEN"),
        ({"has_signing_certificate": False}, "TSA.BAD_TOKEN"),
    ],
)
def test_a_wrong_answer_is_refused(
    server: WorldServer, options: dict[str, object], cause: str
) -> None:
    server.timestamp_options.update(options)  # type: ignore[typeddict-item]  # the table holds one option per row
    with pytest.raises(OutsideError) as caught:
        _tsa(server).stamp(SHA256, IMPRINT)
    assert caught.value.cause == cause


def test_a_refusal_tells_the_words_of_the_authority(server: WorldServer) -> None:
    server.timestamp_options.update({"status": "rejection", "failure": "bad_alg"})
    with pytest.raises(OutsideError, match=r"rejection, .*từ chối.*badAlg"):
        _tsa(server).stamp(SHA256, IMPRINT)


def test_nobody_listening(server: WorldServer) -> None:
    with pytest.raises(OutsideError) as caught:
        TimeStampClient("http://127.0.0.1:9/", retries=0).stamp(SHA256, IMPRINT)
    assert caught.value.cause == "TSA.UNREACHABLE"


@pytest.mark.parametrize(
    "url",
    [
        "ftp://tsa.example/",
        "file:///etc/passwd",
        "http://",
        "tsa.example",
        "http://a:b@tsa.example/",
        "http://[::1",
    ],
)
def test_only_http_addresses_with_a_host(url: str) -> None:
    with pytest.raises(CallerError) as caught:
        TimeStampClient(url)
    assert caught.value.cause == "TSA.URL"
