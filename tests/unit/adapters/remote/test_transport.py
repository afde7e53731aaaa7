"""What goes out is guarded: TLS is verified, redirects are not followed, and no secret is shown."""

import logging
import pickle
import socket
import ssl
import time
import traceback
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Self

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256

from hocba_sign.adapters.remote.dialect_choice import open_remote
from hocba_sign.adapters.remote.machine import sign_remotely
from hocba_sign.adapters.remote.secret import Secret
from hocba_sign.adapters.remote.service_file import read_settings
from hocba_sign.adapters.remote.transport import Transport
from hocba_sign.errors import CallerError, HocbaSignError, OutsideError
from tests.support.planted import everything_told
from tests.support.remote import Call, Csc, Fault, Keys, Loopback
from tests.support.remote_items import AT, QUICK, RSA, configuration, items

PLANTED = ("PLANTED-PIN-7341", "PLANTED-OTP-9920", "PLANTED-TOKEN-5580", "SAD-TEST-0")


def local_certificate(folder: Path, name: str) -> Path:
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "TEST")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(7)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(
            x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False
        )
        .add_extension(
            x509.KeyUsage(
                digital_signature=True, key_cert_sign=True, crl_sign=False, content_commitment=False,
                key_encipherment=False, data_encipherment=False, key_agreement=False,
                encipher_only=False, decipher_only=False,
            ),
            critical=True,
        )
        .sign(key, SHA256())
    )  # fmt: skip
    path = folder / f"{name}.pem"
    path.write_bytes(
        certificate.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return path


class TlsServer:
    def __init__(self, pem: Path) -> None:
        received = self.received = list[str]()

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                length = int(self.headers["Content-Length"])
                received.append(self.rfile.read(length).decode())
                self.send_response(200)
                self.send_header("Content-Length", "2")
                self.end_headers()
                self.wfile.write(b"{}")

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002
                """Stay silent."""

        class Server(ThreadingHTTPServer):
            def handle_error(self, request: object, client_address: object) -> None:
                """A client that refuses the certificate is part of the test."""

        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(pem)
        self.http = Server(("127.0.0.1", 0), Handler)
        self.http.socket = context.wrap_socket(self.http.socket, server_side=True)
        self.url = f"https://localhost:{self.http.server_address[1]}"

    def __enter__(self) -> Self:
        self.thread = Thread(target=self.http.serve_forever, daemon=True)
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.http.shutdown()
        self.http.server_close()


def test_a_server_that_nobody_vouches_for_gets_nothing(tmp_path: Path) -> None:
    with TlsServer(local_certificate(tmp_path, "localhost")) as server:
        with pytest.raises(OutsideError) as caught:
            Transport(server.url).post("sign", {"pin": Secret("PLANTED-PIN-7341")})
        assert caught.value.cause == "REMOTE.TLS"
        assert server.received == []


def test_a_certificate_for_another_host_is_refused(tmp_path: Path) -> None:
    pem = local_certificate(tmp_path, "other.example")
    with TlsServer(pem) as server:
        with pytest.raises(OutsideError, match=r"REMOTE\.TLS"):
            Transport(server.url, ca_file=pem).post("sign", {})
        assert server.received == []


def test_the_honest_twin_is_served(tmp_path: Path) -> None:
    pem = local_certificate(tmp_path, "localhost")
    with TlsServer(pem) as server:
        assert Transport(server.url, ca_file=pem).post("sign", {"a": 1}).is_ok
        assert server.received == ['{"a": 1}']


@pytest.mark.parametrize(
    "url",
    [
        "http://sign.example.vn/api",
        "https://user:word@sign.example.vn/",
        "ftp://127.0.0.1/",
        "http://127.0.0.1.example.vn/",
        "sign.example.vn",
        "",
    ],
)
def test_an_address_that_secrets_must_not_go_to_is_refused(url: str) -> None:
    with pytest.raises(CallerError, match=r"REMOTE\.URL"):
        Transport(url)


def test_a_redirect_is_not_followed(tmp_path: Path) -> None:
    with Loopback(lambda _call: (200, {}), lambda _number, _call: Fault.REDIRECT) as loopback:
        with pytest.raises(OutsideError, match=r"REMOTE\.REDIRECT"):
            Transport(loopback.url).post("sign", {"pin": Secret("x")})
        assert loopback.paths() == ["/sign"]


def test_octets_that_trickle_are_cut(tmp_path: Path) -> None:
    listener = socket.create_server(("127.0.0.1", 0))

    def drip() -> None:
        connection, _ = listener.accept()
        connection.recv(4096)
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
        for _ in range(100):
            time.sleep(0.05)
            try:
                connection.sendall(b" ")
            except OSError:
                break
        connection.close()

    Thread(target=drip, daemon=True).start()
    transport = Transport(
        f"http://127.0.0.1:{listener.getsockname()[1]}", timeout=timedelta(seconds=0.3)
    )
    with pytest.raises(OutsideError, match=r"REMOTE\.TIMEOUT"):
        transport.post("sign", {})
    listener.close()


def test_nothing_listening_is_told_apart_from_an_answer_that_breaks_off() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with pytest.raises(OutsideError, match=r"REMOTE\.UNREACHABLE"):
        Transport(f"http://127.0.0.1:{port}").post("sign", {})
    with (
        Loopback(lambda _call: (200, {}), lambda _number, _call: Fault.CUT_AFTER) as loopback,
        pytest.raises(OutsideError, match=r"REMOTE\.BROKEN"),
    ):
        Transport(loopback.url).post("sign", {})


@pytest.mark.parametrize(
    "fault", [None, Fault.CUT_AFTER, Fault.CUT_BEFORE, Fault.BUSY, Fault.GARBAGE, Fault.REDIRECT]
)
@pytest.mark.parametrize("at", ["info", "credentials/list", "authorize", "signHash"])
def test_no_secret_is_told_by_errors_logs_records_or_reprs(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, fault: Fault | None, at: str
) -> None:
    """The service repeats what it was sent in its refusals, as careless ones do."""
    service = Csc(
        Keys(RSA),
        pin=PLANTED[0],
        otp="another" if fault is None else PLANTED[1],
        token=PLANTED[2],
        echo=True,
    )
    told = [""]

    def befall(_number: int, call: Call) -> Fault | None:
        return fault if call.path.endswith(at) else None

    caplog.set_level(logging.DEBUG)
    with Loopback(service, befall) as loopback:
        file = configuration(
            tmp_path,
            "csc",
            f"{loopback.url}/csc/v1",
            secrets={"pin": PLANTED[0], "otp": PLANTED[1], "access_token": PLANTED[2]},
        )
        try:
            signer = open_remote(file, at=AT)
            told.append(repr(signer))
            results = sign_remotely(signer, items(2), folder=tmp_path / "state", wait=QUICK)
            told += [repr(results), *(everything_told(one.error) for one in results if one.error)]
        except HocbaSignError as error:
            told.append(everything_told(error))
    records = [path.read_text("utf-8") for path in (tmp_path / "state").glob("*")]
    for secret in PLANTED:
        assert secret not in "".join((*told, *records, caplog.text))
    assert len("".join(told)) > 50


def test_a_secret_shows_nothing_and_stays_here() -> None:
    secret = Secret("PLANTED")
    assert "PLANTED" not in f"{secret!r} {secret}"
    with pytest.raises(TypeError):
        pickle.dumps(secret)


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        ('service = "csc"\nurl = "https://a.example"\npin = "1"', "REMOTE.SECRET_IN_CONFIG"),
        (
            'service = "csc"\nurl = "https://a.example"\nsp_password = "1"',
            "REMOTE.SECRET_IN_CONFIG",
        ),
        (
            'service = "csc"\nurl = "https://a.example"\n[secrets]\npin = "PLANTED"',
            "REMOTE.SECRET_IN_CONFIG",
        ),
        ('service = "csc"', "REMOTE.CONFIG"),
        ('service = "other"\nurl = "https://a.example"', "REMOTE.CONFIG"),
        ("service = PLANTED", "REMOTE.CONFIG"),
        (
            'service = "csc"\nurl = "https://a.example"\n[secrets]\npin = { run = "PLANTED" }',
            "REMOTE.CONFIG",
        ),
        ('service = "csc"\nurl = "http://a.example"', "REMOTE.URL"),
    ],
)
def test_a_configuration_holds_no_secrets(tmp_path: Path, text: str, cause: str) -> None:
    (tmp_path / "service.toml").write_text(text, "utf-8")
    with pytest.raises(CallerError) as caught:
        open_remote(tmp_path / "service.toml", at=AT)
    assert caught.value.cause == cause
    assert "PLANTED" not in "".join(traceback.format_exception(caught.value))


def test_secrets_come_from_the_environment_or_a_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "service.toml").write_text(
        'service = "csc"\nurl = "https://a.example"\n[secrets]\n'
        'pin = { env = "TEST_PIN" }\notp = { file = "otp" }\n',
        "utf-8",
    )
    (tmp_path / "otp").write_bytes(b"246\r\n")
    settings = read_settings(tmp_path / "service.toml")
    with pytest.raises(CallerError, match=r"REMOTE\.SECRET"):
        settings.secret("pin")
    monkeypatch.setenv("TEST_PIN", "135")
    assert settings.secret("pin").reveal() == "135"
    assert settings.secret("otp").reveal() == "246"
