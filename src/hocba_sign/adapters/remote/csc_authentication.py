"""How an account signs in to a CSC service, and what a signer approves with: access token, PIN,
one-time code, browser.

Spec: CSC API 2.0.0.2, 8 and 11.7; RFC 6749 4.1, RFC 7636.
"""

import base64
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

from hocba_sign.adapters.remote.authorization import SignIn, base64url
from hocba_sign.adapters.remote.credential import Dialogue, Prompt, asked_for
from hocba_sign.adapters.remote.secret import Secret
from hocba_sign.adapters.remote.service_file import Settings
from hocba_sign.adapters.remote.transport import Reply, Transport
from hocba_sign.errors import OutsideError

Send: TypeAlias = Callable[[str, dict[str, Any]], Reply]


class CscLogin:
    """The access token of the account: from the configuration, by its user name and password, or by
    the browser; `info` is what the service says of itself.
    """

    def __init__(self, settings: Settings, transport: Transport, dialogue: Dialogue) -> None:
        self._settings = settings
        self._transport = transport
        self._sign_in = SignIn(settings, transport, dialogue)
        self._token: Secret | None = None
        self.info: Reply | None = None

    def token(self) -> Secret | None:
        """Return the token, None where the service wants none.

        Raises: CallerError REMOTE.SECRET; OutsideError REMOTE.*; as `SignIn.token`.
        """
        if self._token is None and "access_token" in self._settings.secrets:
            self._token = self._transport.learn(self._settings.secret("access_token"))
        if self._token is None and "password" in self._settings.secrets:
            self._token = self._signed_in()
        if self._token is None and self._is_signed_in_by_browser:
            self._token = self._by_browser("service", {})
        return self._token

    def approved(self, query: Mapping[str, str]) -> Secret:
        """Return a token of scope `credential` for `query`. Raises: as `SignIn.token`."""
        return self._by_browser("credential", query)

    @property
    def _is_signed_in_by_browser(self) -> bool:
        ways = () if self.info is None else self.info.texts("authType")
        return bool(self._settings.text("client_id", "")) and (not ways or "oauth2code" in ways)

    def _by_browser(self, scope: str, query: Mapping[str, str]) -> Secret:
        assert self.info is not None
        return self._sign_in.token(self._sign_in.endpoints(self.info), scope=scope, asked=query)

    def _signed_in(self) -> Secret:
        password = self._transport.learn(self._settings.secret("password"))
        pair = Secret(f"{self._settings.text('user')}:{password.reveal()}")
        basic = Secret("Basic " + base64.b64encode(pair.reveal().encode()).decode())
        reply = self._transport.post(
            "auth/login", {"rememberMe": False}, headers={"Authorization": basic}
        )
        token = reply.secret("access_token")
        if not reply.is_ok or token is None:
            raise OutsideError("REMOTE.LOGIN", detail=reply.told("error", "error_description"))
        return token


def approval_query(body: Mapping[str, Any], *, digests: Sequence[bytes]) -> dict[str, str]:
    """Return what `credentials/authorize` would be asked, as it stands in an address."""
    hashes = ",".join(map(base64url, digests))
    return {name: hashes if isinstance(value, list) else str(value) for name, value in body.items()}


def factors(
    info: Reply, settings: Settings, *, credential: str, ask: Prompt | None, send: Send
) -> dict[str, Any]:
    """Return what the signer approves with, as the credential wants it: `PIN` and `OTP` of version
    1, `authData` of version 2. Empty where the service asks the signer by itself.

    Raises: CallerError REMOTE.PIN_NEEDED, REMOTE.SECRET; OutsideError REMOTE.*.
    """
    objects = info.objects("auth.objects")
    if objects:
        given = (
            _object(wanted, settings, credential=credential, ask=ask, send=send)
            for wanted in objects
        )
        return {"authData": list(given)}
    found: dict[str, Any] = {}
    pin, otp = info.text("PIN.presence"), info.text("OTP.presence")
    if pin == "true" or (pin == "optional" and "pin" in settings.secrets):
        found["PIN"] = asked_for("pin", settings, ask=ask, label=info.text("PIN.label") or "")
    if otp == "true" or (otp == "optional" and "otp" in settings.secrets):
        if info.text("OTP.type") == "online":
            send("credentials/sendOTP", {"credentialID": credential})
        found["OTP"] = asked_for("otp", settings, ask=ask, label=info.text("OTP.label") or "")
    return found


def _object(
    wanted: Reply, settings: Settings, *, credential: str, ask: Prompt | None, send: Send
) -> dict[str, Any]:
    """Return what one object of version 2 wants; one for another device is only named."""
    identifier, kind = wanted.text("id") or "", wanted.text("type") or ""
    if kind.endswith("OOB"):
        return {"id": identifier}
    if kind == "ChallengeResponse":
        send("credentials/getChallenge", {"credentialID": credential, "authObjectID": identifier})
    # The samples of the specification have two passwords: a PIN, and a code of one use.
    is_once = kind != "Password" or wanted.at("generator") or "otp" in identifier.lower()
    name = "otp" if is_once else "pin"
    label = wanted.text("label") or identifier
    return {"id": identifier, "value": asked_for(name, settings, ask=ask, label=label)}
