"""MISA eSign by its document "Tài liệu tích hợp API eSign RemoteSigning - V2": by published
description, not tried against the service.

An order has the service's number only, so one whose answer did not come is unknown.
"""

import base64
from typing import Any, Final

from hocba_sign.adapters.remote.account import AccountSigner
from hocba_sign.adapters.remote.credential import Credential, Dialogue, asked_for, chain_of
from hocba_sign.adapters.remote.hash_order import Answer, Order, OrderState
from hocba_sign.adapters.remote.secret import Secret
from hocba_sign.adapters.remote.service_file import Settings
from hocba_sign.adapters.remote.transport import Reply, named_values, status_cause
from hocba_sign.errors import OutsideError
from hocba_sign.frozen_dataclass import dataclass

_SECOND_FACTOR: Final = "122"
_LOGIN: Final = "api/auth/api/v1/auth"
_SERVICE: Final = "external/esrm/service"
_STATES: Final = {
    "SUCCESS": OrderState.DONE,
    "PENDING": OrderState.PENDING,
    "FAILED": OrderState.FAILED,
    "CANCELLED": OrderState.REJECTED,
    "CANCELED": OrderState.REJECTED,
    "REJECTED": OrderState.REJECTED,
    "EXPIRED": OrderState.EXPIRED,
}
_WORDS: Final = ("errorCode", "message", "devMsg", "userMsg", "status")


class MisaService:
    """The service at its address without a path."""

    def __init__(self, settings: Settings, dialogue: Dialogue) -> None:
        self.settings = settings
        self._ask = dialogue.ask
        self._transport = settings.transport()
        self._token: Secret | None = None
        self._users: dict[str, str] = {}

    def credentials(self) -> tuple[Credential, ...]:
        reply = self.call(f"{_SERVICE}/general/api/v1/Certificates/by-userId", method="GET")
        return tuple(map(self._credential, reply.objects() or reply.objects("data")))

    def signer(self, credential: Credential) -> "MisaSigner":
        return MisaSigner(self, credential)

    def user_of(self, credential: Credential) -> str:
        return self._users[credential.id]

    def call(self, path: str, body: dict[str, Any] | None = None, *, method: str = "POST") -> Reply:
        """Raises: OutsideError REMOTE.* by what the service says."""
        self._token = self._token or self._signed_in()
        bearer = Secret(f"Bearer {self._token.reveal()}")
        headers = self._client() | {"AuthorizationRM": bearer}
        reply = self._transport.post(path, body, headers=headers, method=method)
        if not reply.is_ok:
            if reply.status == 401:
                # The next call signs in again: tokens last an hour.
                self._token = None
            raise refusal(reply)
        return reply

    def _client(self) -> dict[str, str | Secret]:
        return {
            "x-clientId": self.settings.text("client_id"),
            "x-clientKey": self.settings.secret("client_key"),
        }

    def _signed_in(self) -> Secret:
        user = self.settings.text("user")
        body: dict[str, Any] = {"userName": user, "password": self.settings.secret("password")}
        reply = self._transport.post(f"{_LOGIN}/login-api", body, headers=self._client())
        if _SECOND_FACTOR in {reply.text("errorCode"), reply.text("data.errorCode")}:
            body = {
                "userName": user,
                "code": asked_for("otp", self.settings, ask=self._ask, label="MISA eSign OTP"),
                "otpType": 1,
                "remember": False,
            }
            reply = self._transport.post(f"{_LOGIN}/two-factor-auth", body, headers=self._client())
        token = reply.secret("remoteSigningAccessToken") or reply.secret(
            "data.remoteSigningAccessToken"
        )
        if not reply.is_ok or token is None:
            raise OutsideError("REMOTE.LOGIN", detail=reply.told(*_WORDS))
        return token

    def _credential(self, held: Reply) -> Credential:
        alias = held.text("keyAlias") or ""
        self._users[alias] = held.text("userId") or ""
        # The name is spelt so in the document.
        above = held.texts("certiticateChain") or held.texts("certificateChain")
        return Credential(
            id=alias,
            chain_der=chain_of((held.text("certificate") or "", *above)),
            is_usable=(held.text("keyStatus") or "ACTIVE").upper() == "ACTIVE",
        )


@dataclass(frozen=True, slots=True)
class MisaSigner(AccountSigner[MisaService]):
    """A `RemoteSigner` for one certificate."""

    dialect = "misa"

    def submit(self, order: Order, authorisation: object) -> Answer:
        del authorisation
        documents = [
            {
                "DocumentId": item.id,
                "FileToSign": base64.b64encode(item.digest).decode(),
                "DocumentName": item.id,
            }
            for item in order.items
        ]
        body = {
            "DataToBeDisplayed": self.service.settings.text("description", "hocba"),
            "UserId": self.service.user_of(self.credential),
            "CertAlias": self.credential.id,
            "Documents": documents,
        }
        reply = self.service.call(f"{_SERVICE}/signing/api/v1/Signing/hash", body)
        ticket = reply.text("transactionId") or reply.text("data.transactionId")
        if ticket is None:
            raise OutsideError("REMOTE.ANSWER", detail=reply.told(*_WORDS))
        return Answer(state=OrderState.PENDING, ticket=ticket)

    def ask(self, order: Order) -> Answer:
        if order.ticket is None:
            return Answer(state=OrderState.UNKNOWN)
        path = f"{_SERVICE}/signing/api/v1/Signing/status/{order.ticket}"
        return _status(self.service.call(path, method="GET"))


def refusal(reply: Reply) -> OutsideError:
    cause = status_cause(reply.status)
    return OutsideError(cause, detail=reply.told(*_WORDS))


def _status(reply: Reply) -> Answer:
    state = _STATES.get((reply.text("status") or reply.text("data.status") or "").upper())
    if state is None:
        raise OutsideError("REMOTE.ANSWER", detail=reply.told(*_WORDS))
    if state is not OrderState.DONE:
        return Answer(state=state, detail=reply.told("message"))
    held = reply.objects("signatures") or reply.objects("data.signatures")
    values = named_values((item.text("documentId"), item.text("signature")) for item in held)
    return Answer(state=state, values=values)
