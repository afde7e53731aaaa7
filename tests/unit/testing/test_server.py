"""The test world over real HTTP: healthy answers satisfy OpenSSL, faults are the faults they are
called.
"""

import base64
import hashlib
import http.client
import shutil
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import quote

import pytest
from asn1crypto import cms, tsp
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding, pkcs7
from cryptography.x509 import ocsp

from hocba_sign.testing import ServerFault, World, WorldServer
from hocba_sign.testing.authority_answers import timestamp_request, timestamp_token
from hocba_sign.testing.identity import pem

AT = datetime(2026, 6, 1, 8, 30, tzinfo=UTC)
REQUEST = timestamp_request("sha256", hashlib.sha256(b"data").digest(), nonce=7)

needs_openssl = pytest.mark.skipif(
    shutil.which("openssl") is None, reason="the openssl command is not installed"
)


def serve(at: datetime) -> WorldServer:
    return WorldServer(lambda: at, lambda url: World(at, base_url=url, fast=True))


@pytest.fixture
def server() -> Iterator[WorldServer]:
    with serve(AT) as running:
        yield running


def get(url: str) -> bytes:
    with urllib.request.urlopen(url, timeout=5) as response:
        return bytes(response.read())


def post(url: str, body: bytes) -> bytes:
    with urllib.request.urlopen(urllib.request.Request(url, data=body), timeout=5) as response:
        return bytes(response.read())


def ocsp_request(world: World) -> bytes:
    leaf, issuer = (
        x509.load_der_x509_certificate(holder.certificate_der)
        for holder in (world.person("A", "1"), world.authority("public-ca"))
    )
    return (
        ocsp.OCSPRequestBuilder()
        .add_certificate(leaf, issuer, hashes.SHA1())
        .build()
        .public_bytes(Encoding.DER)
    )


def test_certificates_name_the_addresses_that_are_served(server: WorldServer) -> None:
    certificate = x509.load_der_x509_certificate(server.world.person("A", "1").certificate_der)
    point = certificate.extensions.get_extension_for_class(x509.CRLDistributionPoints).value[0]
    assert point.full_name is not None
    assert x509.load_der_x509_crl(get(str(point.full_name[0].value))).issuer == certificate.issuer
    access = certificate.extensions.get_extension_for_class(x509.AuthorityInformationAccess).value
    urls = {
        description.access_method.dotted_string: str(description.access_location.value)
        for description in access
    }
    assert get(urls["1.3.6.1.5.5.7.48.2"]) == server.world.authority("public-ca").certificate_der
    answer = ocsp.load_der_ocsp_response(
        post(urls["1.3.6.1.5.5.7.48.1"], ocsp_request(server.world))
    )
    assert answer.certificate_status is ocsp.OCSPCertStatus.GOOD


def test_every_authority_is_served(server: WorldServer) -> None:
    for slug in server.world.slugs:
        assert get(f"{server.url}/crl/{slug}.crl") == server.world.crl(slug, AT)
        assert get(f"{server.url}/ca/{slug}.crt") == server.world.authority(slug).certificate_der


def test_ocsp_over_get_is_the_same(server: WorldServer) -> None:
    request = ocsp_request(server.world)
    path = quote(base64.b64encode(request), safe="")
    assert get(f"{server.url}/ocsp/public-ca/{path}") == post(
        f"{server.url}/ocsp/public-ca", request
    )
    refused = ocsp.load_der_ocsp_response(get(f"{server.url}/ocsp/public-ca/%21"))
    assert refused.response_status is ocsp.OCSPResponseStatus.MALFORMED_REQUEST


def test_time_stamps_follow_the_clock() -> None:
    moments = iter([AT, AT + timedelta(hours=1)])
    with WorldServer(
        lambda: next(moments), lambda url: World(AT, base_url=url, fast=True)
    ) as server:
        for expected in (AT, AT + timedelta(hours=1)):
            token = cms.ContentInfo.load(timestamp_token(post(server.tsa_url, REQUEST)))
            assert (
                token["content"]["encap_content_info"]["content"].parsed["gen_time"].native
                == expected
            )


def test_without_a_plan_the_world_is_made_at_the_clock() -> None:
    with WorldServer(lambda: AT) as server:
        assert server.world.at == AT
        assert server.world.base_url == server.url


@needs_openssl
def test_openssl_asks_and_is_content(tmp_path: Path) -> None:
    now = datetime.now(UTC)
    with serve(now) as server:
        for delegated in (False, True):
            server.responders = (
                {"public-ca": server.world.responder("public-ca")} if delegated else {}
            )
            for name, certificates in (
                ("issuer.pem", server.world.intermediates_der[:1]),
                ("leaf.pem", (server.world.person("A", "1").certificate_der,)),
                ("anchors.pem", server.world.anchors_der),
            ):
                (tmp_path / name).write_bytes(b"".join(map(pem, certificates)))
            files = [
                "-issuer",
                "issuer.pem",
                "-cert",
                "leaf.pem",
                "-CAfile",
                "anchors.pem",
                "-verify_other",
                "issuer.pem",
            ]
            command = ["openssl", "ocsp", "-url", f"{server.url}/ocsp/public-ca", *files]
            result = subprocess.run(
                command, cwd=tmp_path, capture_output=True, text=True, check=False
            )
            assert "Response verify OK" in result.stderr, result.stderr
            assert "leaf.pem: good" in result.stdout
            assert "WARNING" not in result.stdout + result.stderr


def test_requests_are_written_down(server: WorldServer) -> None:
    post(server.tsa_url, REQUEST)
    get(f"{server.url}/crl/public-ca.crl")
    first, second = server.requests
    assert (first.method, first.path, first.body) == ("POST", "/tsa", REQUEST)
    assert dict(first.headers)["content-length"] == str(len(REQUEST))
    assert (second.method, second.path, second.body) == ("GET", "/crl/public-ca.crl", b"")


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/tsa",
        "/crl/",
        "/crl/nobody.crl",
        "/crl/public-ca.crt",
        "/ca/public-ca.crl",
        "/x/public-ca.crl",
        "/ca/../../etc",
    ],
)
def test_other_addresses_are_not_found(server: WorldServer, path: str) -> None:
    with pytest.raises(urllib.error.HTTPError) as caught:
        get(server.url + path)
    assert caught.value.code == 404
    caught.value.close()


def test_options_of_the_answers_pass_through(server: WorldServer) -> None:
    server.timestamp_options = {"nonce": 8}
    server.ocsp_options = {"status": "revoked"}
    token = tsp.TimeStampResp.load(post(server.tsa_url, REQUEST))["time_stamp_token"]
    assert token["content"]["encap_content_info"]["content"].parsed["nonce"].native == 8
    answer = ocsp.load_der_ocsp_response(
        post(f"{server.url}/ocsp/public-ca", ocsp_request(server.world))
    )
    assert answer.certificate_status is ocsp.OCSPCertStatus.REVOKED


def test_ready_made_failures(server: WorldServer) -> None:
    url = f"{server.url}/crl/public-ca.crl"
    true = get(url)
    for fault, code in ((ServerFault.SERVER_ERROR, 500), (ServerFault.NOT_FOUND, 404)):
        server.fail("/crl", fault)
        with pytest.raises(urllib.error.HTTPError) as caught:
            get(url)
        assert caught.value.code == code
        caught.value.close()
    bodies = {}
    for fault in (
        ServerFault.GARBAGE,
        ServerFault.EMPTY,
        ServerFault.HTML,
        ServerFault.PEM,
        ServerFault.WRONG_CONTENT_TYPE,
    ):
        server.fail("/crl", fault)
        bodies[fault] = get(url)
    assert bodies[ServerFault.EMPTY] == b""
    assert bodies[ServerFault.HTML].startswith(b"<!DOCTYPE html>")
    assert x509.load_pem_x509_crl(bodies[ServerFault.PEM]) == x509.load_der_x509_crl(true)
    assert bodies[ServerFault.WRONG_CONTENT_TYPE] == true
    with pytest.raises(ValueError):
        x509.load_der_x509_crl(bodies[ServerFault.GARBAGE])
    server.recover()
    assert get(url) == true


def test_the_content_type_is_wrong_only_on_demand(server: WorldServer) -> None:
    url = f"{server.url}/crl/public-ca.crl"
    for fault, expected in (
        (None, "application/pkix-crl"),
        (ServerFault.WRONG_CONTENT_TYPE, "text/html"),
    ):
        if fault is not None:
            server.fail("/crl", fault)
        with urllib.request.urlopen(url) as response:
            assert response.headers["Content-Type"] == expected


def test_a_bundle_holds_the_chain(server: WorldServer) -> None:
    server.fail("/ca/public-ca", ServerFault.P7B)
    bundle = pkcs7.load_der_pkcs7_certificates(get(f"{server.url}/ca/public-ca.crt"))
    expected = [
        server.world.authority(slug).certificate_der for slug in ("national-root", "public-ca")
    ]
    assert sorted(certificate.public_bytes(Encoding.DER) for certificate in bundle) == sorted(
        expected
    )


def test_a_fault_can_pass(server: WorldServer) -> None:
    server.fail("/tsa", ServerFault.HANG_UP, times=2)
    for _ in range(2):
        with pytest.raises((http.client.RemoteDisconnected, ConnectionError)):
            post(server.tsa_url, REQUEST)
    assert timestamp_token(post(server.tsa_url, REQUEST))
    assert get(f"{server.url}/crl/public-ca.crl")


def test_a_redirect_leads_where_it_was_told(server: WorldServer) -> None:
    server.redirect_to = f"{server.url}/ca/public-ca.crt"
    server.fail("/crl", ServerFault.REDIRECT)
    assert (
        get(f"{server.url}/crl/public-ca.crl")
        == server.world.authority("public-ca").certificate_der
    )
    assert [request.path for request in server.requests] == [
        "/crl/public-ca.crl",
        "/ca/public-ca.crt",
    ]


def test_a_truncated_answer_is_shorter_than_promised(server: WorldServer) -> None:
    server.fail("/crl", ServerFault.TRUNCATED)
    with pytest.raises(http.client.IncompleteRead):
        get(f"{server.url}/crl/public-ca.crl")


def test_a_slow_answer_comes_late_but_right(server: WorldServer) -> None:
    server.delay = timedelta(milliseconds=150)
    server.fail("/crl", ServerFault.SLOW)
    begin = time.monotonic()
    assert get(f"{server.url}/crl/public-ca.crl") == server.world.crl("public-ca", AT)
    assert time.monotonic() - begin >= 0.15


def test_a_dripping_answer_keeps_every_single_read_short(server: WorldServer) -> None:
    server.delay = timedelta(milliseconds=1)
    server.fail("/crl", ServerFault.DRIP)
    begin = time.monotonic()
    body = get(f"{server.url}/crl/public-ca.crl")
    assert body == server.world.crl("public-ca", AT)
    assert time.monotonic() - begin >= len(body) / 1000


def test_a_flood_has_no_end_in_sight(server: WorldServer) -> None:
    server.fail("/crl", ServerFault.FLOOD)
    with urllib.request.urlopen(f"{server.url}/crl/public-ca.crl") as response:
        assert response.headers["Content-Length"] is None
        assert len(response.read(10_000_000)) == 10_000_000


def test_leaving_does_not_wait_for_slow_answers() -> None:
    with serve(AT) as server:
        server.delay = timedelta(seconds=60)
        server.fail("/crl", ServerFault.SLOW)
        address = server.url.removeprefix("http://").split(":")
        client = socket.create_connection((address[0], int(address[1])))
        client.sendall(b"GET /crl/public-ca.crl HTTP/1.0\r\n\r\n")
        while not server.requests:
            time.sleep(0.01)
        begin = time.monotonic()
    assert time.monotonic() - begin < 5
    client.close()


def test_the_port_is_free_afterwards(server: WorldServer) -> None:
    with serve(AT) as other:
        url = other.url
        assert other.url != server.url
    with pytest.raises(urllib.error.URLError):
        get(f"{url}/crl/public-ca.crl")


def test_a_world_that_cannot_be_made_leaves_no_port_open() -> None:
    seen: list[str] = []

    def build(url: str) -> World:
        seen.append(url)
        raise LookupError

    with pytest.raises(LookupError), WorldServer(lambda: AT, build):
        pass
    with pytest.raises(urllib.error.URLError):
        get(seen[0])
