"""VNPT SmartCA by its documents "Tài liệu tích hợp VNPT SmartCA" 4.0 and 4.1 (gateway sp769): by
published description, not tried against the service.

Product `v1` asks on the telephone and finds an order by our `transaction_id`; product `v2` takes
the user's password and one-time code, and answers at once.
"""

import uuid
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Final

from hocba_sign.adapters.remote.account import MOST, AccountSigner
from hocba_sign.adapters.remote.credential import Credential, Dialogue, asked_for, chain_of
from hocba_sign.adapters.remote.hash_order import Answer, Order, OrderLimits, OrderState
from hocba_sign.adapters.remote.secret import Secret
from hocba_sign.adapters.remote.service_file import Settings
from hocba_sign.adapters.remote.transport import Reply, named_values, status_cause
from hocba_sign.errors import CallerError, OutsideError
from hocba_sign.frozen_dataclass import dataclass

_ENDS: Final = {
    "REJECT": OrderState.REJECTED,
    "CANCEL": OrderState.REJECTED,
    "EXPIRE": OrderState.EXPIRED,
    "TIMEOUT": OrderState.EXPIRED,
    "FAIL": OrderState.FAILED,
}
"""What the `message` of an order contains, in capital letters."""
_REFUSALS: Final = (
    ("SP_CREDENTIAL_INVALID", "REMOTE.LOGIN"),
    ("CREDENTIAL_STATUS_INVALID", "REMOTE.CERTIFICATE"),
    ("SERVICE_PACK", "REMOTE.NO_CREDIT"),
    ("65000", "REMOTE.NO_CREDIT"),
    ("OTP", "REMOTE.PIN"),
    ("PASSWORD", "REMOTE.PIN"),
)
_NO_SUCH_ORDER: Final = ("NOT_FOUND", "NOT_EXIST", "62000", "62001")
_ENDED: Final = ("thu hồi", "hết hạn", "tạm dừng", "revoked", "expired", "suspended", "invalid")


class SmartCaService:
    """The gateway at `…/sca/sp769`."""

    def __init__(self, settings: Settings, dialogue: Dialogue) -> None:
        self.settings = settings
        self.prompt = dialogue.ask
        self._transport = settings.transport()
        self.product = settings.text("product", "v1")
        if self.product not in {"v1", "v2"}:
            raise CallerError("REMOTE.CONFIG", where="product")

    def credentials(self) -> tuple[Credential, ...]:
        asked = {"serial_number": "", "transaction_id": str(uuid.uuid4())}
        reply = self.call("v1/credentials/get_certificate", asked)
        return tuple(map(_credential, reply.objects("data.user_certificates")))

    def signer(self, credential: Credential) -> "SmartCaSigner":
        return SmartCaSigner(self, credential)

    def call(self, path: str, body: dict[str, Any]) -> Reply:
        """Raises: OutsideError REMOTE.* by what the service says."""
        reply = self.send(path, body)
        if _code(reply) != 200:
            raise refusal(reply)
        return reply

    def send(self, path: str, body: dict[str, Any]) -> Reply:
        """Send with the account in the body, where this service has it."""
        account = {
            "sp_id": self.settings.text("sp_id"),
            "sp_password": self.settings.secret("sp_password"),
            "user_id": self._transport.learn(self.settings.text("user_id")),
        }
        return self._transport.post(path, account | body)


@dataclass(frozen=True, slots=True)
class _PhoneApproval:
    sad: Secret
    password: Secret


@dataclass(frozen=True, slots=True)
class SmartCaSigner(AccountSigner[SmartCaService]):
    """A `RemoteSigner` for one certificate."""

    dialect = "smartca"

    @property
    def limits(self) -> OrderLimits:
        return OrderLimits(per_call=MOST, per_approval=MOST)

    @property
    def finds_orders(self) -> bool:
        return self.service.product == "v1"

    def authorise(self, orders: Sequence[Order]) -> object:
        if self.service.product == "v1":
            return None
        settings, prompt = self.service.settings, self.service.prompt
        password = asked_for("password", settings, ask=prompt)
        secrets = {"password": password, "otp": asked_for("otp", settings, ask=prompt)}
        reply = self.service.call("v2/signatures/sign", self._body(orders[0]) | secrets)
        sad = reply.secret("data.sad")
        if sad is None:
            raise OutsideError("REMOTE.ANSWER", detail="no sad")
        return _PhoneApproval(sad, password)

    def submit(self, order: Order, authorisation: object) -> Answer:
        if isinstance(authorisation, _PhoneApproval):
            body = {
                "password": authorisation.password,
                "sad": authorisation.sad,
                "transaction_id": order.id,
            }
            return _done(self.service.call("v2/signatures/confirm", body))
        reply = self.service.call("v1/signatures/sign", self._body(order))
        return Answer(state=OrderState.PENDING, ticket=reply.text("data.tran_code"))

    def ask(self, order: Order) -> Answer:
        """Ask by our id, and by the service's where it does not know ours."""
        answer = Answer(state=OrderState.UNKNOWN)
        for name in filter(None, (order.id, order.ticket)):
            answer = _status(self.service.send(f"v1/signatures/sign/{name}/status", {}))
            if answer.state is not OrderState.UNKNOWN:
                break
        return answer

    def _body(self, order: Order) -> dict[str, Any]:
        files = [
            {
                "doc_id": item.id,
                "file_type": "xml",
                "sign_type": "hash",
                "data_to_be_signed": item.digest.hex(),
            }
            for item in order.items
        ]
        return {
            "transaction_id": order.id,
            "transaction_desc": self.service.settings.text("description", "hocba"),
            "serial_number": self.credential.id,
            "time_stamp": datetime.now(UTC).strftime("%Y%m%d%H%M%SZ"),
            "sign_files": files,
        }


def refusal(reply: Reply) -> OutsideError:
    """Return what an answer other than success means."""
    words = (reply.text("message") or "").upper()
    cause = next((cause for phrase, cause in _REFUSALS if phrase in words), None)
    code = _code(reply)
    if cause is None:
        cause = "REMOTE.CERTIFICATE" if code == 403 else status_cause(code)
    return OutsideError(cause, detail=reply.told("message"))


def _status(reply: Reply) -> Answer:
    words = (reply.text("message") or "").upper()
    code = _code(reply)
    if code == 404 or any(phrase in words for phrase in _NO_SUCH_ORDER):
        return Answer(state=OrderState.UNKNOWN)
    if reply.objects("data.signatures"):
        return _done(reply)
    end = next((state for phrase, state in _ENDS.items() if phrase in words), None)
    if end is not None:
        return Answer(state=end, detail=reply.told("message"))
    if code != 200:
        raise refusal(reply)
    left = reply.at("data.expired_in")
    is_over = isinstance(left, int) and not isinstance(left, bool) and left <= 0
    return Answer(state=OrderState.EXPIRED if is_over else OrderState.PENDING)


def _done(reply: Reply) -> Answer:
    held = reply.objects("data.signatures")
    values = named_values((item.text("doc_id"), item.text("signature_value")) for item in held)
    return Answer(state=OrderState.DONE, values=values)


def _code(reply: Reply) -> int:
    stated = reply.at("status_code")
    return stated if isinstance(stated, int) else reply.status


def _credential(held: Reply) -> Credential:
    status = f"{held.text('cert_status') or ''} {held.text('cert_status_code') or ''}".lower()
    names = ("cert_data", "chain_data.ca_cert", "chain_data.root_cert")
    return Credential(
        id=held.text("serial_number") or "",
        chain_der=chain_of(text for text in map(held.text, names) if text),
        is_seal=(held.text("service_type") or "").upper() == "ESEAL",
        is_usable=not any(word in status for word in _ENDED),
    )
