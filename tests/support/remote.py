"""A signing service on loopback that plays what services do, and counts what it signs: each dialect
is a function from a request to an answer.
"""

import base64
import json
import socket
import threading
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self

from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from cryptography.hazmat.primitives.hashes import SHA256

from hocba_sign.testing.identity import Identity


class Fault(StrEnum):
    """What befalls a call: the line is cut before or after the service worked on it, or it answers
    with an error of HTTP.
    """

    CUT_BEFORE = "cut before"
    CUT_AFTER = "cut after"
    BUSY = "busy"
    GARBAGE = "garbage"
    REDIRECT = "redirect"


@dataclass(frozen=True)
class Call:
    path: str
    headers: Mapping[str, str]
    body: Any
    text: str
    method: str = "POST"


Dialect = Callable[[Call], tuple[int, Any]]


@dataclass
class Keys:
    """The keys of the service; `signed` counts signatures by hash, `approvals` what signers were
    asked.
    """

    identity: Identity
    signed: Counter[bytes] = field(default_factory=Counter)
    approvals: int = 0

    def sign(self, digest: bytes) -> bytes:
        """Sign, RSA as PKCS#1 v1.5, ECDSA as DER."""
        self.signed[digest] += 1
        key = self.identity.key
        if isinstance(key, rsa.RSAPrivateKey):
            return key.sign(digest, padding.PKCS1v15(), Prehashed(SHA256()))
        assert isinstance(key, ec.EllipticCurvePrivateKey)
        return key.sign(digest, ec.ECDSA(Prehashed(SHA256())))


class Loopback:
    """Serve a dialect on 127.0.0.1 while the `with` block lasts; `fault` may befall a call."""

    def __init__(
        self, dialect: Dialect, fault: Callable[[int, Call], Fault | None] | None = None
    ) -> None:
        self.dialect = dialect
        self.fault = fault or (lambda _number, _call: None)
        self.calls: list[Call] = []
        self.lock = threading.Lock()

    def __enter__(self) -> Self:
        owner = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                owner.serve(self)

            def do_GET(self) -> None:
                owner.serve(self)

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002
                """Stay silent."""

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._http.daemon_threads = True
        self._thread = threading.Thread(
            target=self._http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
        )
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._http.server_address[1]}"

    def paths(self) -> list[str]:
        return [call.path for call in self.calls]

    def serve(self, handler: BaseHTTPRequestHandler) -> None:
        length = int(handler.headers.get("Content-Length", "0"))
        text = handler.rfile.read(length).decode()
        headers = {name.lower(): value for name, value in handler.headers.items()}
        body = json.loads(text) if text.startswith(("{", "[")) else {}
        call = Call(handler.path, headers, body, text, method=handler.command)
        with self.lock:
            self.calls.append(call)
            fault = self.fault(len(self.calls), call)
            if fault in {Fault.CUT_BEFORE, Fault.BUSY, Fault.GARBAGE, Fault.REDIRECT}:
                answer: tuple[int, Any] = (503, {})
            else:
                answer = self.dialect(call)
        if fault in {Fault.CUT_BEFORE, Fault.CUT_AFTER}:
            handler.connection.shutdown(socket.SHUT_RDWR)
            handler.close_connection = True
            return
        self._send(handler, answer, fault)

    def _send(
        self, handler: BaseHTTPRequestHandler, answer: tuple[int, Any], fault: Fault | None
    ) -> None:
        octets = b"" if answer[1] is None else json.dumps(answer[1]).encode()
        status = answer[0]
        if fault is Fault.GARBAGE:
            status, octets = 200, b"<html>TEST"
        if fault is Fault.BUSY:
            octets = b"TEST: overloaded"
        if fault is Fault.REDIRECT:
            status = 307
        try:
            handler.send_response(status)
            if fault is Fault.REDIRECT:
                handler.send_header("Location", f"{self.url}/elsewhere")
            handler.send_header("Content-Type", "application/json")
            handler.send_header("Content-Length", str(len(octets)))
            handler.end_headers()
            handler.wfile.write(octets)
        except ConnectionError:
            return


def text64(octets: bytes) -> str:
    return base64.b64encode(octets).decode()


@dataclass
class Csc:
    """CSC 1.0.4 with access token, PIN and one-time code, SCAL 2."""

    keys: Keys
    multisign: int = 50
    pin: str | None = None
    otp: str | None = None
    token: str | None = None
    authorised: dict[str, list[str]] = field(default_factory=dict)
    is_reversed: bool = False
    spoil: Callable[[int, bytes], bytes] = lambda _place, value: value
    echo: bool = False

    def __call__(self, call: Call) -> tuple[int, Any]:
        name = call.path.removeprefix("/csc/v1/")
        if name == "info":
            methods = ["credentials/extendTransaction", "signatures/signHash"]
            return 200, {"specs": "1.0.3.0", "name": "TEST", "methods": methods}
        if self.token and call.headers.get("authorization") != f"Bearer {self.token}":
            return 401, self._error("invalid_token", call)
        handler = {
            "credentials/list": self._list,
            "credentials/info": self._info,
            "credentials/sendOTP": self._send_otp,
            "credentials/authorize": self._authorise,
            "credentials/extendTransaction": self._extend,
            "signatures/signHash": self._sign,
        }.get(name)
        return (404, None) if handler is None else handler(call)

    def _error(self, code: str, call: Call, words: str = "") -> tuple[int, Any] | Any:
        sent = [call.body.get(name) for name in ("PIN", "OTP", "SAD")]
        echoed = f"{sent} {call.headers.get('authorization')} {words}" if self.echo else words
        return {"error": code, "error_description": echoed}

    def _list(self, call: Call) -> tuple[int, Any]:
        return 200, {"credentialIDs": ["one"]}

    def _send_otp(self, call: Call) -> tuple[int, Any]:
        return 204, None

    def _info(self, call: Call) -> tuple[int, Any]:
        key = self.keys.identity.key
        kind = (
            ["1.2.840.113549.1.1.1", "1.2.840.113549.1.1.11"]
            if isinstance(key, rsa.RSAPrivateKey)
            else ["1.2.840.10045.4.3.2"]
        )
        return 200, {
            "key": {"status": "enabled", "algo": kind, "len": 2048},
            "cert": {"certificates": [text64(one) for one in self.keys.identity.chain_der]},
            "authMode": "explicit" if self.pin or self.otp else "implicit",
            "SCAL": "2",
            "PIN": {"presence": "true" if self.pin else "false", "label": "PIN"},
            "OTP": {"presence": "true" if self.otp else "false", "type": "online", "label": "OTP"},
            "multisign": self.multisign,
        }

    def _authorise(self, call: Call) -> tuple[int, Any]:
        self.keys.approvals += 1
        body = call.body
        if self.pin and body.get("PIN") != self.pin:
            return 400, self._error("invalid_pin", call, "The PIN is invalid")
        if self.otp and body.get("OTP") != self.otp:
            return 400, self._error("invalid_otp", call, "The OTP is invalid")
        if body["numSignatures"] != len(body["hash"]) or len(body["hash"]) > self.multisign:
            return 400, self._error("invalid_request", call, "Numbers of signatures is too high")
        return 200, self._approval(body["hash"])

    def _approval(self, hashes: list[str]) -> dict[str, Any]:
        sad = f"SAD-TEST-{len(self.authorised)}"
        self.authorised[sad] = hashes
        return {"SAD": sad, "expiresIn": 3600}

    def _extend(self, call: Call) -> tuple[int, Any]:
        held = self.authorised.pop(call.body["SAD"], None)
        if held is None:
            return 400, self._error("invalid_request", call, "SAD expired")
        return 200, self._approval(held)

    def _sign(self, call: Call) -> tuple[int, Any]:
        held = self.authorised.get(call.body["SAD"])
        if held is None or not set(call.body["hash"]) <= set(held):
            return 400, self._error("invalid_request", call, "Hash is not authorized by the SAD")
        for one in call.body["hash"]:
            held.remove(one)
        values = [
            self.spoil(place, self.keys.sign(base64.b64decode(one)))
            for place, one in enumerate(call.body["hash"])
        ]
        texts = [text64(value) for value in values]
        return 200, {"signatures": texts[::-1] if self.is_reversed else texts}


@dataclass
class Transaction:
    """An order at a service of Vietnam: hashes by document, and how often it was asked for."""

    hashes: dict[str, bytes]
    asked: int = 0
    values: dict[str, bytes] | None = None


@dataclass
class Phone:
    """What these services share: the signer approves on a telephone after `delay` questions, or does
    not; `left_out` says which documents get no value.
    """

    keys: Keys
    delay: int = 2
    end: str = ""
    others: tuple[tuple[Identity, bool], ...] = ()
    left_out: Callable[[str], bool] = lambda _id: False
    spoil: Callable[[str, bytes], bytes] = lambda _id, value: value
    written: Callable[[bytes], str] = text64
    is_reversed: bool = False
    transactions: dict[str, Transaction] = field(default_factory=dict)

    def __call__(self, call: Call) -> tuple[int, Any]:
        raise NotImplementedError

    def placed(self, name: str, hashes: dict[str, bytes]) -> None:
        self.transactions[name] = Transaction(hashes)
        self.keys.approvals += 1

    def values(self, name: str) -> dict[str, str] | None:
        """Return the values of a transaction; None while the signer has not approved."""
        transaction = self.transactions[name]
        transaction.asked += 1
        if transaction.asked <= self.delay:
            return None
        if transaction.values is None:
            transaction.values = {
                document: self.spoil(document, self.keys.sign(hashed))
                for document, hashed in transaction.hashes.items()
                if not self.left_out(document)
            }
        found = {document: self.written(value) for document, value in transaction.values.items()}
        return dict(reversed(found.items())) if self.is_reversed else found

    @property
    def account(self) -> tuple[tuple[Identity, bool], ...]:
        """Everybody with a certificate in this account, and whether the service calls it a seal's."""
        return (*self.others, (self.keys.identity, False))


@dataclass
class SmartCa(Phone):
    """VNPT SmartCA sp769, v1 by telephone and v2 by password and one-time code."""

    password: str = "SP-PASSWORD-TEST"
    knows: bool = True

    def __call__(self, call: Call) -> tuple[int, Any]:
        body = call.body
        if body.get("sp_password") != self.password:
            return 200, {"status_code": 401, "message": "SP_CREDENTIAL_INVALID"}
        if call.path.endswith("/get_certificate"):
            return self._said({"user_certificates": [self._held(*one) for one in self.account]})
        if call.path == "/v2/signatures/sign":
            if (body.get("password"), body.get("otp")) != ("USER-PASSWORD-TEST", "135790"):
                return 200, {"status_code": 400, "message": "OTP_INVALID"}
            self.placed(body["transaction_id"], self._hashes(body))
            return self._said({"sad": "SAD-TEST-VNPT", "expired_in": 299})
        if call.path == "/v2/signatures/confirm":
            assert body["sad"] == "SAD-TEST-VNPT"
            self.delay = 0
            return self._said({"signatures": self._signatures(body["transaction_id"])})
        if call.path == "/v1/signatures/sign":
            return self._sign(body)
        return self._status(call.path.split("/")[-2])

    def _sign(self, body: dict[str, Any]) -> tuple[int, Any]:
        if self.end == "NO CREDIT":
            return 200, {"status_code": 400, "message": "SERVICE_PACK_EXEED_OR_INVALID"}
        if body["transaction_id"] in self.transactions:
            return 200, {"status_code": 400, "message": "BAD_REQUEST"}
        self.placed(body["transaction_id"], self._hashes(body))
        said = {"transaction_id": body["transaction_id"], "tran_code": "T-1"}
        return self._said(said, "sig_wait_for_user_confirm")

    def _status(self, name: str) -> tuple[int, Any]:
        if name not in self.transactions or not self.knows:
            return 200, {"status_code": 404, "message": "TRANSACTION_NOT_FOUND"}
        if self.end and self.end != "NO CREDIT" and self.transactions[name].asked >= self.delay:
            return self._said(None, self.end)
        found = self._signatures(name)
        if found is None:
            return self._said({"signatures": None}, "PENDING")
        return self._said({"transaction_id": name, "signatures": found}, "SUCCESS")

    def _signatures(self, name: str) -> list[dict[str, Any]] | None:
        values = self.values(name)
        if values is None:
            return None
        return [
            {"doc_id": document, "signature_value": value, "timestamp_signature": None}
            for document, value in values.items()
        ]

    def _hashes(self, body: dict[str, Any]) -> dict[str, bytes]:
        assert all(one["sign_type"] == "hash" for one in body["sign_files"])
        return {
            one["doc_id"]: bytes.fromhex(one["data_to_be_signed"]) for one in body["sign_files"]
        }

    def _said(self, data: Any, message: str = "SUCCESS") -> tuple[int, Any]:
        return 200, {"status_code": 200, "message": message, "data": data}

    def _held(self, identity: Identity, is_seal: bool) -> dict[str, Any]:
        return {
            "service_type": "ESEAL" if is_seal else "SMARTCA",
            "cert_status": "Đang hoạt động",
            "serial_number": f"{identity.serial:x}",
            "cert_data": text64(identity.certificate_der),
            "chain_data": {"ca_cert": text64(identity.chain_der[1]), "root_cert": None},
        }


@dataclass
class MySign(Phone):
    """Viettel MySign with `async` 1."""

    secret: str = "CLIENT-SECRET-TEST"

    def __call__(self, call: Call) -> tuple[int, Any]:
        body, name = call.body, call.path.removeprefix("/vtss/service/")
        if body.get("client_secret") != self.secret:
            return 400, {"error": 86024, "error_description": "secret"}
        if name == "ras/v1/login":
            return 200, {"access_token": "TOKEN-TEST-VT", "refresh_token": "", "expires_in": "3600"}
        if name == "certificates/info":
            return 200, [self._held(*one) for one in self.account]
        if call.headers.get("authorization") != "Bearer TOKEN-TEST-VT":
            return 401, {}
        if name == "signHash":
            assert len(body["hash"]) == len(body["documents"]) == body["numSignatures"]
            for text in (body["description"], *(one["document_name"] for one in body["documents"])):
                assert len(text) < 100
                assert base64.b64decode(text, validate=True).isascii()
            pairs = zip(body["documents"], body["hash"], strict=True)
            number = f"VT-{len(self.transactions)}"
            self.placed(number, {d["document_id"]: base64.b64decode(h) for d, h in pairs})
            return 200, {"transactionId": number}
        if self.end:
            return 200, {"status": int(self.end)}
        found = self.values(body["transactionId"])
        if found is None:
            return 200, {"status": 4000}
        return 200, {"status": 1, "signatures": list(found.values())}

    def _held(self, identity: Identity, is_seal: bool) -> dict[str, Any]:
        chain = [text64(one) for one in identity.chain_der]
        return {
            "credential_id": f"{identity.serial:x}",
            "cert": {"certificates": chain, "validFrom": "20221017043150+0000"},
            "key": {"len": "2048"},
            "authMode": "implicit",
            "scal": "2",
            "multisign": "2147483647",
        }


@dataclass
class Misa(Phone):
    """MISA eSign, with a second factor where `otp` is set."""

    otp: str = ""

    def __call__(self, call: Call) -> tuple[int, Any]:
        body, name = call.body, call.path.rpartition("/")[2]
        if call.headers.get("x-clientkey") != "CLIENT-KEY-TEST":
            return 401, {}
        if name == "login-api":
            if body["password"] != "PASSWORD-TEST-MISA":
                return 200, {"errorCode": 100, "message": "wrong password"}
            return 200, {"errorCode": 122} if self.otp else self._token()
        if name == "two-factor-auth":
            return 200, self._token() if body["code"] == self.otp else {"errorCode": 123}
        if call.headers.get("authorizationrm") != "Bearer TOKEN-TEST-MISA":
            return 401, {}
        if name == "by-userId":
            return 200, [self._held(*one) for one in self.account]
        if name == "hash":
            number = f"M-{len(self.transactions)}"
            documents = {
                one["DocumentId"]: base64.b64decode(one["FileToSign"], validate=True)
                for one in body["Documents"]
            }
            assert all(len(document) <= 36 for document in documents)
            self.placed(number, documents)
            return 200, {"transactionId": number}
        if self.end:
            return 200, {"status": self.end, "signatures": []}
        found = self.values(name)
        if found is None:
            return 200, {"status": "PENDING"}
        values = [{"documentId": document, "signature": one} for document, one in found.items()]
        return 200, {"status": "SUCCESS", "signatures": values}

    def _token(self) -> dict[str, Any]:
        return {"remoteSigningAccessToken": "TOKEN-TEST-MISA"}

    def _held(self, identity: Identity, is_seal: bool) -> dict[str, Any]:
        return {
            "userId": "U-1",
            "keyAlias": f"{identity.serial:x}",
            "keyStatus": "ACTIVE",
            "certificate": text64(identity.certificate_der),
            "certiticateChain": [text64(one) for one in identity.chain_der[1:]],
        }
