"""An authorisation server beside a CSC service, and the browser of whoever signs there: OAuth 2.0
with code and PKCE, in this process.
"""

import base64
import hashlib
import threading
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from tests.support.remote import Call, Dialect

CLIENT_SECRET = "PLANTED-CLIENT-SECRET"
CODE = "PLANTED-CODE"
SERVICE_TOKEN = "PLANTED-SERVICE-TOKEN"
CREDENTIAL_TOKEN = "SAD-TEST-2"


@dataclass
class Authorisation:
    """Codes that were given, for what; each is good for one token.

    `address` is stated by the service, `issuer` instead of it; `grant` may say no.
    """

    service: Dialect
    address: str = ""
    issuer: str = ""
    version: int = 1
    asked: list[dict[str, str]] = field(default_factory=list)
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    tokens: int = 0
    grant: Callable[[dict[str, str]], tuple[int, Any] | None] = lambda _form: None

    def __call__(self, call: Call) -> tuple[int, Any]:
        name = call.path.partition("/csc/v")[2][2:]
        bearer = call.headers.get("authorization")
        if call.path.startswith("/.well-known/oauth-authorization-server"):
            return 200, {
                "issuer": self.issuer,
                "authorization_endpoint": f"{self.issuer}/oauth2/authorize",
                "token_endpoint": f"{self.issuer}/oauth2/token",
            }
        if call.path == "/oauth2/token":
            form = {key: values[0] for key, values in parse_qs(call.text).items()}
            return self.grant(form) or self._token(form)
        if name == "info":
            status, said = self.service(call)
            stated = {"oauth2Issuer": self.issuer} if self.issuer else {"oauth2": self.address}
            return status, {**said, **stated, "authType": ["oauth2code"]}
        if bearer != f"Bearer {SERVICE_TOKEN}":
            return 401, {"error": "invalid_token"}
        if name == "credentials/info":
            status, said = self.service(call)
            return status, said | {"authMode": "oauth2code", "auth": {"mode": "oauth2code"}}
        assert name != "credentials/authorize"
        return self.service(call)

    def _token(self, form: dict[str, str]) -> tuple[int, Any]:
        asked = self.codes.pop(form["code"], None)
        if asked is None or form["redirect_uri"] != asked["redirect_uri"]:
            return 400, {"error": "invalid_grant", "error_description": form["code"]}
        digest = hashlib.sha256(form["code_verifier"].encode()).digest()
        assert base64.urlsafe_b64encode(digest).decode().rstrip("=") == asked["code_challenge"]
        assert (form["client_id"], form["client_secret"]) == ("CLIENT-TEST", CLIENT_SECRET)
        self.tokens += 1
        if asked["scope"] == "service":
            return 200, {"access_token": SERVICE_TOKEN, "token_type": "Bearer", "expires_in": 3600}
        hashes = [
            base64.b64encode(base64.urlsafe_b64decode(each)).decode()
            for each in (asked.get("hash") or asked["hashes"]).split(",")
        ]
        assert len(hashes) == int(asked["numSignatures"])
        authorised = getattr(self.service, "authorised", {})
        authorised[CREDENTIAL_TOKEN] = hashes
        return 200, {"access_token": CREDENTIAL_TOKEN, "token_type": "SAD", "expires_in": 300}

    def approve(self, address: str) -> str:
        """Return where the browser is sent when the signer approves at `address`."""
        parts = urlsplit(address)
        asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
        assert parts.path == "/oauth2/authorize"
        assert (asked["response_type"], asked["code_challenge_method"]) == ("code", "S256")
        self.asked.append(asked)
        code = f"{CODE}-{len(self.asked)}"
        self.codes[code] = asked
        return f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}"


def fetched(url: str, *, host: str | None = None, method: str = "GET") -> int:
    """Return the status of a request as the browser makes it; 0 where nobody answers."""
    request = urllib.request.Request(url, method=method)
    if host is not None:
        request.add_header("Host", host)
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return 0


def browsing(act: Callable[[str], None]) -> Callable[[str], None]:
    """Return how an address is shown to a signer who does `act` with it beside us."""

    def show(address: str) -> None:
        threading.Thread(target=act, args=(address,), daemon=True).start()

    return show
