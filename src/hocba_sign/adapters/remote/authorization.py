"""Sign-in in the browser: OAuth 2.0 with an authorisation code and PKCE.

1. the address of the authorisation server is the configuration's, or of the service's own host:
   secrets go nowhere else because a service says so;
2. the signer opens the address that is shown, signs in and approves there;
3. the answer comes back to this machine, or is pasted, and must repeat `state`;
4. its code, with what only this process knows, is given for a token, once.

The token stays in memory. Spec: RFC 6749, 4.1; RFC 7636, 4; RFC 8252; RFC 8414, 3;
CSC API 2.0.0.2, 8.4.
"""

import base64
import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any, Final
from urllib.parse import urlencode, urlsplit, urlunsplit

from hocba_sign.adapters.remote.credential import Dialogue
from hocba_sign.adapters.remote.csc_refusal import CAUSES, refusal
from hocba_sign.adapters.remote.redirect import RedirectReceiver, SignInAnswer, read_pasted
from hocba_sign.adapters.remote.secret import Secret
from hocba_sign.adapters.remote.service_file import Settings
from hocba_sign.adapters.remote.transport import (
    NOTHING_SENT,
    Reply,
    Transport,
    service_address,
)
from hocba_sign.errors import CallerError, OutsideError
from hocba_sign.frozen_dataclass import dataclass

_REDIRECT: Final = "http://127.0.0.1/hocba"
_SECONDS: Final = 300
_TRIES: Final = 3
_METADATA: Final = "/.well-known/oauth-authorization-server"


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoints:
    """Where the signer goes with the browser, and where codes are given for tokens."""

    authorize: str
    token: str


@dataclass(frozen=True, slots=True)
class SignIn:
    """How accounts sign in at the authorisation server of one service."""

    settings: Settings
    transport: Transport
    dialogue: Dialogue

    def endpoints(self, info: Reply) -> Endpoints:
        """Return the server's addresses, by the configuration and by what the service says.

        Raises: CallerError REMOTE.CONFIG, REMOTE.URL; OutsideError REMOTE.*.
        """
        stated, issuer = info.text("oauth2"), info.text("oauth2Issuer")
        base = self.settings.text("oauth2_url", "") or stated or issuer
        if not base:
            raise CallerError("REMOTE.CONFIG", where="oauth2_url")
        if _origin(base) != _origin(self.settings.text("oauth2_url", "") or self.settings.url):
            raise CallerError("REMOTE.CONFIG", where=f"oauth2_url: {base}")
        if issuer and not stated:
            return self._described(base)
        root = base.rstrip("/").removesuffix("/oauth2")
        return Endpoints(authorize=f"{root}/oauth2/authorize", token=f"{root}/oauth2/token")

    def token(self, endpoints: Endpoints, *, scope: str, asked: Mapping[str, str]) -> Secret:
        """Have the signer approve `scope` with the details `asked`, and return the token.

        Raises: CallerError REMOTE.BROWSER_NEEDED, REMOTE.PIN_NEEDED, REMOTE.CONFIG, REMOTE.SECRET;
        OutsideError REMOTE.REJECTED, REMOTE.EXPIRED, REMOTE.SIGN_IN, REMOTE.LOGIN and as
        `Transport.post`.
        """
        if self.dialogue.show is None:
            raise CallerError("REMOTE.BROWSER_NEEDED")
        state = secrets.token_urlsafe(32)
        verifier = self.transport.learn(secrets.token_urlsafe(48))
        challenge = base64url(hashlib.sha256(verifier.reveal().encode()).digest())
        query = {
            "response_type": "code",
            "client_id": self.settings.text("client_id"),
            "scope": scope,
            "code_challenge": challenge.rstrip("="),
            "code_challenge_method": "S256",
            "state": state,
            **asked,
        }
        answer, redirect = self._answer(endpoints.authorize, query, state=state)
        if answer.code is None:
            cause = CAUSES.get(answer.error, "REMOTE.REFUSED")
            words = ", ".join(filter(None, (answer.error, answer.description)))
            raise OutsideError(cause, detail=self.transport.told(_plain(words)))
        return self._exchanged(
            endpoints.token,
            {
                "grant_type": "authorization_code",
                "code": self.transport.learn(answer.code),
                "redirect_uri": redirect,
                "client_id": self.settings.text("client_id"),
                "code_verifier": verifier,
            },
        )

    def _answer(
        self, authorize: str, query: dict[str, str], *, state: str
    ) -> tuple[SignInAnswer, str]:
        """Return the answer, and the address it was sent to."""
        assert self.dialogue.show is not None
        address = self.settings.text("redirect_uri", _REDIRECT)
        if self.settings.is_set("paste_answer"):
            if self.dialogue.ask is None:
                raise CallerError("REMOTE.PIN_NEEDED", where="paste_answer")
            self.dialogue.show(_with_query(authorize, query | {"redirect_uri": address}))
            pasted = Secret(self.dialogue.ask("URL / code"))
            answer = read_pasted(pasted, address=address, state=state)
            if answer is None:
                raise OutsideError("REMOTE.SIGN_IN")
            return answer, address
        limit = timedelta(seconds=self.settings.count("sign_in_seconds", _SECONDS))
        with RedirectReceiver(address, state) as receiver:
            self.dialogue.show(_with_query(authorize, query | {"redirect_uri": receiver.address}))
            return receiver.answer(limit), receiver.address

    def _exchanged(self, endpoint: str, form: dict[str, Any]) -> Secret:
        if "client_secret" in self.settings.secrets:
            form |= {"client_secret": self.settings.secret("client_secret")}
        transport = replace(self.transport, url=endpoint)
        reply = _sent(transport, form)
        token = reply.secret("access_token")
        if not reply.is_ok:
            raise refusal(reply)
        if token is None:
            raise OutsideError("REMOTE.ANSWER", detail="no access_token")
        return token

    def _described(self, issuer: str) -> Endpoints:
        """Read the server's description of itself; its addresses are of its own host."""
        parts = urlsplit(issuer)
        path = _METADATA + parts.path.rstrip("/")
        url = urlunsplit((parts.scheme, parts.netloc, path, "", ""))
        reply = replace(self.transport, url=url).post("", None, method="GET")
        found = [reply.text(name) or "" for name in ("authorization_endpoint", "token_endpoint")]
        is_its_own = reply.text("issuer") == issuer and all(
            _origin(each) == _origin(issuer) for each in found if each
        )
        if not reply.is_ok or not all(found) or not is_its_own:
            raise OutsideError("REMOTE.ANSWER", detail="oauth-authorization-server")
        return Endpoints(authorize=found[0], token=found[1])


def base64url(octets: bytes) -> str:
    """Return octets as they stand in an address."""
    return base64.urlsafe_b64encode(octets).decode()


def _sent(transport: Transport, form: Mapping[str, Any]) -> Reply:
    """Send the form; a code that surely did not go out goes out again, but nobody is asked again
    for one.
    """
    for number in range(1, _TRIES + 1):
        try:
            return transport.post("", form, is_form=True)
        except OutsideError as error:
            if error.cause not in NOTHING_SENT:
                raise
            if number == _TRIES:
                raise OutsideError("REMOTE.BROKEN", where=error.where, detail=error.cause) from None
    raise AssertionError


def _origin(url: str) -> tuple[str | None, str | None, int | None]:
    """Return scheme, host and port. Raises: CallerError REMOTE.URL."""
    parts = service_address(url)
    return (
        parts.scheme,
        parts.host,
        parts.port or {"https": 443, "http": 80}.get(parts.scheme or ""),
    )


def _with_query(url: str, query: Mapping[str, str]) -> str:
    return f"{url}{'&' if '?' in url else '?'}{urlencode(query)}"


def _plain(text: str) -> str:
    return "".join(letter if letter.isprintable() else "\ufffd" for letter in text)
