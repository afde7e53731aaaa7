"""Services that speak the interface of the Cloud Signature Consortium, versions 1 and 2.

`signHash` is called once for an order and never repeated: it spends the signer's approval. The
service does not know our ids, so after a crash an order that was submitted stays unknown.
Spec: CSC API 1.0.4.0 and 2.0.0.2, 11.
"""

import base64
import time
from collections.abc import Sequence
from dataclasses import field
from typing import Any, Final

from hocba_sign.adapters.remote.account import AccountSigner
from hocba_sign.adapters.remote.credential import Credential, Dialogue, chain_of
from hocba_sign.adapters.remote.csc_authentication import CscLogin, approval_query, factors
from hocba_sign.adapters.remote.csc_refusal import refusal
from hocba_sign.adapters.remote.hash_order import Answer, Order, OrderLimits, OrderState
from hocba_sign.adapters.remote.secret import Secret
from hocba_sign.adapters.remote.service_file import Settings
from hocba_sign.adapters.remote.transport import Reply, Transport, named_values
from hocba_sign.crypto.algorithms import RSA_OID, Scheme, SignatureAlgorithm
from hocba_sign.errors import CallerError, OutsideError
from hocba_sign.frozen_dataclass import dataclass

MAX_PAGES: Final = 50
_APPROVAL_SECONDS: Final = 300
_PAUSE: Final = 3.0
_MOST: Final = 500
"""Hashes for one approval, whatever more a service allows."""
_MOST_IN_ADDRESS: Final = 50
"""Of hashes that go through a browser, which with servers takes addresses of some thousand letters.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """How the versions name the same things."""

    number: int
    hashes: str
    hash_algorithm: str


VERSIONS: Final = {
    1: Version(number=1, hashes="hash", hash_algorithm="hashAlgo"),
    2: Version(number=2, hashes="hashes", hash_algorithm="hashAlgorithmOID"),
}


@dataclass(slots=True)
class _Approval:
    """What authorises signing: a SAD, or the token of scope `credential` that stands in its place.
    It is never written down.
    """

    sad: Secret
    is_token: bool = False
    is_begun: bool = False


class CscService:
    """The service at the base address `…/csc/v1` or `…/csc/v2`."""

    def __init__(self, settings: Settings, dialogue: Dialogue) -> None:
        self.settings = settings
        self._ask = dialogue.ask
        self._transport: Transport = settings.transport()
        self._login = CscLogin(settings, self._transport, dialogue)
        self._methods: frozenset[str] = frozenset()
        self.version = VERSIONS[1]
        self.is_asynchronous = False

    def credentials(self) -> tuple[Credential, ...]:
        self._learn()
        named = self.settings.text("credential", "")
        identifiers = (named,) if named else self._identifiers()
        found = (self._credential(identifier) for identifier in identifiers)
        return tuple(credential for credential in found if credential is not None)

    def signer(self, credential: Credential) -> "CscSigner":
        return CscSigner(self, credential, self.info(credential.id))

    def _learn(self) -> None:
        """Read what the service says of itself. Its version is never compared as a whole: services
        of 1.0.4 say 1.0.3.
        """
        info = self.call("info", {})
        number = (info.text("specs") or "1")[:1]
        if number not in {"1", "2"}:
            raise OutsideError("REMOTE.ANSWER", detail="a version of the interface")
        self.version = VERSIONS[int(number)]
        self._methods = frozenset(info.texts("methods"))
        self.is_asynchronous = self.settings.is_set("asynchronous")
        self._login.info = info

    def _identifiers(self) -> tuple[str, ...]:
        found: list[str] = []
        page: str | None = None
        for _ in range(MAX_PAGES):
            reply = self.call(
                "credentials/list", {} if page is None else {"pageToken": page}, is_signed_in=True
            )
            found += reply.texts("credentialIDs")
            page = reply.text("nextPageToken")
            if not page:
                break
        return tuple(dict.fromkeys(found))

    def _credential(self, identifier: str) -> Credential | None:
        info = self.info(identifier)
        certificates = info.texts("cert.certificates")
        if not certificates:
            return None
        return Credential(
            id=identifier,
            chain_der=chain_of(certificates),
            is_usable=(info.text("key.status") or "enabled").lower() == "enabled",
        )

    def info(self, identifier: str) -> Reply:
        return self.call(
            "credentials/info",
            {"credentialID": identifier, "certificates": "chain", "authInfo": True},
            is_signed_in=True,
        )

    def has(self, method: str) -> bool:
        return method in self._methods

    def call(
        self,
        path: str,
        body: dict[str, Any],
        *,
        is_signed_in: bool = False,
        token: Secret | None = None,
    ) -> Reply:
        """Raises: OutsideError REMOTE.* by what the service says."""
        held = token or (self._login.token() if is_signed_in else None)
        headers = {} if held is None else {"Authorization": Secret(f"Bearer {held.reveal()}")}
        reply = self._transport.post(path, body, headers=headers)
        if not reply.is_ok:
            raise refusal(reply)
        return reply

    def authorise(self, credential: str, info: Reply, *, orders: Sequence[Order]) -> _Approval:
        """Ask for approval of all hashes of `orders`, once.

        Raises: CallerError REMOTE.PIN_NEEDED; OutsideError REMOTE.*.
        """
        hashes = [_text(item.digest) for order in orders for item in order.items]
        body: dict[str, Any] = {
            "credentialID": credential,
            "numSignatures": len(hashes),
            self.version.hashes: hashes,
        }
        if self.version.number > 1:
            body[self.version.hash_algorithm] = _hash_oid(orders[0].algorithm)
        if _is_by_browser(info):
            query = approval_query(
                body, digests=[item.digest for batch in orders for item in batch.items]
            )
            return _Approval(self._login.approved(query), is_token=True)
        body |= factors(info, self.settings, credential=credential, ask=self._ask, send=self._send)
        reply = self.call("credentials/authorize", body, is_signed_in=True)
        until = time.monotonic() + _APPROVAL_SECONDS
        while reply.status == 202:
            if time.monotonic() > until:
                raise OutsideError("REMOTE.EXPIRED")
            time.sleep(_PAUSE)
            reply = self._checked(reply)
        sad = reply.secret("SAD")
        if sad is None:
            raise OutsideError("REMOTE.ANSWER", detail="no SAD")
        return _Approval(sad)

    def _checked(self, reply: Reply) -> Reply:
        """Ask whether the signer has approved elsewhere; to ask is repeated where it failed."""
        handle = reply.secret("handle")
        if handle is None:
            raise OutsideError("REMOTE.ANSWER", detail="no handle")
        try:
            return self.call("credentials/authorizeCheck", {"handle": handle}, is_signed_in=True)
        except OutsideError as error:
            if error.cause not in {"REMOTE.BUSY", "REMOTE.TIMEOUT", "REMOTE.BROKEN"}:
                raise
            return reply

    def extended(self, credential: str, approval: _Approval, *, order: Order) -> None:
        """Get a new SAD for the next order of one approval, where the service has such a call."""
        if not self.has("credentials/extendTransaction"):
            return
        body: dict[str, Any] = {
            "credentialID": credential,
            self.version.hashes: [_text(item.digest) for item in order.items],
            "SAD": approval.sad,
        }
        if self.version.number > 1:
            body[self.version.hash_algorithm] = _hash_oid(order.algorithm)
        reply = self.call("credentials/extendTransaction", body, is_signed_in=True)
        approval.sad = reply.secret("SAD") or approval.sad

    def token_for(self, approval: _Approval) -> Secret | None:
        """Return the account's token, else what the signer approved in the browser."""
        return self._login.token() or (approval.sad if approval.is_token else None)

    def _send(self, path: str, body: dict[str, Any]) -> Reply:
        return self.call(path, body, is_signed_in=True)


@dataclass(frozen=True, slots=True)
class CscSigner(AccountSigner[CscService]):
    """A `RemoteSigner` for one credential."""

    dialect = "csc"

    info: Reply = field(repr=False)

    @property
    def limits(self) -> OrderLimits:
        multisign = self.info.at("multisign")
        bound = _MOST_IN_ADDRESS if _is_by_browser(self.info) else _MOST
        most = min(multisign, bound) if isinstance(multisign, int) and multisign > 0 else 1
        per_call = self.service.settings.count("max_hashes", most)
        return OrderLimits(per_call=min(per_call, most), per_approval=most)

    def authorise(self, orders: Sequence[Order]) -> object:
        return self.service.authorise(self.credential.id, self.info, orders=orders)

    def submit(self, order: Order, authorisation: object) -> Answer:
        assert isinstance(authorisation, _Approval)
        if authorisation.is_begun:
            self.service.extended(self.credential.id, authorisation, order=order)
        authorisation.is_begun = True
        version = self.service.version
        body: dict[str, Any] = {
            "credentialID": self.credential.id,
            version.hashes: [_text(item.digest) for item in order.items],
            "signAlgo": _algorithm_oid(order.algorithm, self.info.texts("key.algo")),
            version.hash_algorithm: _hash_oid(order.algorithm),
            "SAD": authorisation.sad,
        }
        if version.number > 1:
            body["operationMode"] = "A" if self.service.is_asynchronous else "S"
        return _answer(
            self.service.call(
                "signatures/signHash", body, token=self.service.token_for(authorisation)
            )
        )

    def ask(self, order: Order) -> Answer:
        if order.ticket is None:
            return Answer(state=OrderState.UNKNOWN)
        return _answer(
            self.service.call(
                "signatures/signPolling", {"requestID": order.ticket}, is_signed_in=True
            )
        )


def _is_by_browser(info: Reply) -> bool:
    return (info.text("authMode") or info.text("auth.mode")) == "oauth2code"


def _answer(reply: Reply) -> Answer:
    """Read values, which come in the order of the hashes and name no document."""
    ticket = reply.text("responseID")
    if reply.status == 202 or (ticket is not None and not reply.texts("signatures")):
        return Answer(state=OrderState.PENDING, ticket=ticket)
    values = named_values((None, text) for text in reply.texts("signatures"))
    return Answer(state=OrderState.DONE, values=values)


def _algorithm_oid(algorithm: SignatureAlgorithm, known: Sequence[str]) -> str:
    """Return how the service calls the algorithm: by its own identifier, or by the key's with the
    hash apart.

    Raises: CallerError KEY.ALGORITHM where the service lists neither, and for RSASSA-PSS.
    """
    names = [algorithm.oid]
    if algorithm.scheme is Scheme.RSA_PKCS1:
        names.append(RSA_OID)
    elif algorithm.scheme is not Scheme.ECDSA:
        raise CallerError("KEY.ALGORITHM", detail=algorithm.name)
    found = next((name for name in names if name in known or not known), None)
    if found is None:
        raise CallerError("KEY.ALGORITHM", detail=algorithm.name)
    return found


def _hash_oid(algorithm: SignatureAlgorithm) -> str:
    assert algorithm.digest is not None
    return algorithm.digest.oid


def _text(octets: bytes) -> str:
    return base64.b64encode(octets).decode()
