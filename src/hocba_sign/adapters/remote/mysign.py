"""Viettel MySign by its integration document 1.9: by published description, not tried against the
service.

An order has the service's number only, so one whose answer did not come is unknown.
"""

import base64
import re
from collections.abc import Sequence
from typing import Any, Final

from hocba_sign.adapters.remote.account import AccountSigner
from hocba_sign.adapters.remote.credential import Credential, Dialogue, chain_of
from hocba_sign.adapters.remote.hash_order import Answer, Order, OrderState
from hocba_sign.adapters.remote.secret import Secret
from hocba_sign.adapters.remote.service_file import Settings
from hocba_sign.adapters.remote.transport import Reply, named_values, status_cause
from hocba_sign.crypto.algorithms import RSA_OID, Scheme
from hocba_sign.crypto.digests import SHA256
from hocba_sign.errors import CallerError, OutsideError
from hocba_sign.frozen_dataclass import dataclass

_TEXT_LENGTH: Final = 70
"""Letters whose Base64 stays below 100."""
_SERVER_ASKS: Final = 1
"""Of the ways of `async`: answer at once with a number, and be asked."""
_STATES: Final = {
    "1": OrderState.DONE,
    "4000": OrderState.PENDING,
    "6000": OrderState.PENDING,
    "4001": OrderState.EXPIRED,
    "4002": OrderState.REJECTED,
    "4004": OrderState.FAILED,
    "4005": OrderState.NO_CREDIT,
    "13004": OrderState.FAILED,
    "50000": OrderState.FAILED,
}
_CAUSES: Final = {
    "4005": "REMOTE.NO_CREDIT",
    "13004": "REMOTE.CERTIFICATE",
    "58007": "REMOTE.LOGIN",
    "58008": "REMOTE.LOGIN",
    "59033": "REMOTE.LOGIN",
    "86024": "REMOTE.LOGIN",
    "86002": "REMOTE.LOGIN",
}
_CODES: Final = ("status", "error", "errorCode", "code", "error_code")
_WORDS: Final = ("message", "error_description", "error", "errorCode", "code")
_NOT_ALLOWED: Final = re.compile(r"[^A-Za-z0-9_\- ]")


class MySignService:
    """The service at its address without a path."""

    def __init__(self, settings: Settings, dialogue: Dialogue) -> None:
        del dialogue
        self.settings = settings
        self._transport = settings.transport()
        self._token: Secret | None = None

    def account(self) -> dict[str, Any]:
        return {
            "client_id": self.settings.text("client_id"),
            "client_secret": self.settings.secret("client_secret"),
        }

    def credentials(self) -> tuple[Credential, ...]:
        asked = {"certificates": "chain", "certInfo": True, "authInfo": True}
        reply = self.call("certificates/info", self._person() | asked)
        return tuple(
            Credential(
                id=held.text("credential_id") or "",
                chain_der=chain_of(held.texts("cert.certificates")),
            )
            for held in reply.objects()
        )

    def signer(self, credential: Credential) -> "MySignSigner":
        return MySignSigner(self, credential)

    def call(self, path: str, body: dict[str, Any], *, is_signed_in: bool = False) -> Reply:
        """Raises: OutsideError REMOTE.* by what the service says."""
        headers: dict[str, str | Secret] = {}
        if is_signed_in:
            self._token = self._token or self._signed_in()
            headers["Authorization"] = Secret(f"Bearer {self._token.reveal()}")
        reply = self._transport.post(f"vtss/service/{path}", self.account() | body, headers=headers)
        if not reply.is_ok:
            if reply.status == 401:
                # The next call signs in again: tokens last an hour.
                self._token = None
            raise refusal(reply)
        return reply

    def _person(self) -> dict[str, Any]:
        return {
            "profile_id": self.settings.text("profile_id", "adss:ras:profile:001"),
            "user_id": self._transport.learn(self.settings.text("user_id")),
        }

    def _signed_in(self) -> Secret:
        reply = self.call("ras/v1/login", self._person())
        token = reply.secret("access_token")
        if token is None:
            raise OutsideError("REMOTE.LOGIN", detail=reply.told(*_WORDS))
        return token


@dataclass(frozen=True, slots=True)
class MySignSigner(AccountSigner[MySignService]):
    """A `RemoteSigner` for one certificate."""

    dialect = "mysign"

    def authorise(self, orders: Sequence[Order]) -> object:
        """Return None: the signer is asked on the telephone once the order is there."""
        if any((order.algorithm.scheme, order.algorithm.digest) != _ONLY for order in orders):
            raise CallerError("KEY.ALGORITHM", detail=orders[0].algorithm.name)
        return None

    def submit(self, order: Order, authorisation: object) -> Answer:
        del authorisation
        documents = [
            {"document_id": item.id, "document_name": _named(item.id)} for item in order.items
        ]
        body = {
            "credentialID": self.credential.id,
            "numSignatures": len(order.items),
            "description": _named(self.service.settings.text("description", "hocba")),
            "documents": documents,
            "hash": [base64.b64encode(item.digest).decode() for item in order.items],
            "hashAlgo": SHA256.oid,
            "signAlgo": RSA_OID,
            "async": _SERVER_ASKS,
        }
        return _answer(self.service.call("signHash", body, is_signed_in=True))

    def ask(self, order: Order) -> Answer:
        if order.ticket is None:
            return Answer(state=OrderState.UNKNOWN)
        body = {"transactionId": order.ticket}
        return _answer(self.service.call("requests/status", body, is_signed_in=True))


_ONLY: Final = (Scheme.RSA_PKCS1, SHA256)


def refusal(reply: Reply) -> OutsideError:
    code = _code(reply)
    cause = _CAUSES.get(code) or (status_cause(reply.status))
    return OutsideError(cause, detail=reply.told(*_WORDS))


def _answer(reply: Reply) -> Answer:
    """Read values, which stand in the order of the hashes or beside the id of their document."""
    code, ticket = _code(reply), reply.text("transactionId")
    state = _STATES.get(code)
    if state is None and code in _CAUSES:
        raise refusal(reply)
    named = [
        (item.text("document_id"), item.text("signature")) for item in reply.objects("signatures")
    ]
    texts = named or [(None, text) for text in reply.texts("signatures")]
    if texts and state in {None, OrderState.DONE}:
        values = named_values(texts)
        return Answer(state=OrderState.DONE, values=values, ticket=ticket)
    if state is None or state is OrderState.DONE:
        if ticket is None and state is None:
            raise OutsideError("REMOTE.ANSWER", detail=reply.told(*_WORDS))
        return Answer(state=state or OrderState.PENDING, ticket=ticket)
    return Answer(
        state=state, ticket=ticket, cause=_CAUSES.get(code), detail=reply.told("status", "message")
    )


def _code(reply: Reply) -> str:
    return next((text for text in map(reply.text, _CODES) if text), "")


def _named(text: str) -> str:
    """Return a text as the service takes it: few letters, in Base64."""
    plain = _NOT_ALLOWED.sub("", text)[:_TEXT_LENGTH]
    return base64.b64encode(plain.encode()).decode()
