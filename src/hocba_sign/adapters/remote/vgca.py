"""VGCA Sign Service, the Government's program beside the token (`SignMsg`: a hash in, a raw RSA
value out): by published description, not tried against the service.

It tells its certificate only after a signature, so the configuration names a file with it. It signs
one hash at a time and knows no ids: what a crash leaves unknown is one hash.
"""

import base64
import json
from collections.abc import Sequence
from typing import Any, Final

from hocba_sign.adapters.files import read_limited
from hocba_sign.adapters.remote.credential import Credential, Dialogue
from hocba_sign.adapters.remote.hash_order import Answer, Order, OrderLimits, OrderState
from hocba_sign.adapters.remote.service_file import Settings
from hocba_sign.adapters.remote.transport import DEFAULT_TIMEOUT, named_values
from hocba_sign.adapters.remote.websocket import exchange
from hocba_sign.crypto.algorithms import Scheme
from hocba_sign.crypto.digests import SHA256
from hocba_sign.errors import CallerError, OutsideError
from hocba_sign.frozen_dataclass import dataclass
from hocba_sign.pki.fitness import issuers_at_hand
from hocba_sign.pki.loading.objects import MAX_FILE_OCTETS, load_certificates

_MOST: Final = 500
_WORDS: Final = 120
_PATIENCE: Final = 3
"""Times the usual time-out: a person looks for the PIN meanwhile."""


class VgcaService:
    """The program at `wss://127.0.0.1:8987`."""

    def __init__(self, settings: Settings, dialogue: Dialogue) -> None:
        del dialogue
        self.settings = settings
        settings.transport()

    def credentials(self) -> tuple[Credential, ...]:
        """Return what the file `certificate` of the configuration holds.

        Raises: CallerError REMOTE.CONFIG; as `read_limited` and `load_certificates`.
        """
        path = self.settings.folder / self.settings.text("certificate")
        loaded = load_certificates(read_limited(path, MAX_FILE_OCTETS))
        leaves = [certificate for certificate in loaded if not certificate.is_ca]
        return tuple(
            Credential(
                id=leaf.sha256,
                chain_der=tuple(link.der for link in issuers_at_hand((leaf, *loaded))),
            )
            for leaf in leaves
        )

    def signer(self, credential: Credential) -> "VgcaSigner":
        return VgcaSigner(self, credential)

    def ask(self, question: dict[str, Any]) -> dict[str, Any]:
        """Raises: OutsideError REMOTE.*."""
        ca_file = self.settings.text("ca_file", "")
        text = exchange(
            f"{self.settings.url.rstrip('/')}/SignMsg",
            json.dumps(question),
            timeout=DEFAULT_TIMEOUT * _PATIENCE,
            certificate=self.settings.folder / ca_file if ca_file else None,
        )
        try:
            answer = json.loads(text)
        except (ValueError, RecursionError):
            answer = None
        if not isinstance(answer, dict):
            raise OutsideError("REMOTE.ANSWER", detail="no JSON object")
        return answer


@dataclass(frozen=True, slots=True)
class VgcaSigner:
    """A `RemoteSigner` for the token that is plugged in."""

    service: VgcaService
    credential: Credential

    @property
    def name(self) -> str:
        return f"vgca {self.service.settings.url}"

    @property
    def chain_der(self) -> tuple[bytes, ...]:
        return self.credential.chain_der

    @property
    def limits(self) -> OrderLimits:
        return OrderLimits(per_call=1, per_approval=_MOST)

    @property
    def finds_orders(self) -> bool:
        return False

    def authorise(self, orders: Sequence[Order]) -> object:
        """Return None: the program asks for the PIN itself."""
        algorithm = orders[0].algorithm
        if (algorithm.scheme, algorithm.digest) != (Scheme.RSA_PKCS1, SHA256):
            raise CallerError("KEY.ALGORITHM", detail=algorithm.name)
        return None

    def submit(self, order: Order, authorisation: object) -> Answer:
        del authorisation
        (item,) = order.items
        value = base64.b64encode(item.digest).decode()
        answer = self.service.ask({"HashAlg": "SHA256", "HashValue": value, "Encode": "RSA"})
        if str(answer.get("Status")) != "0":
            words = str(answer.get("Message") or answer.get("Error") or "")[:_WORDS]
            detail = f"Status {str(answer.get('Status'))[:8]} {words}".strip()
            return Answer(state=OrderState.FAILED, detail=detail)
        signature = answer.get("Signature")
        given = signature if isinstance(signature, str) else None
        return Answer(state=OrderState.DONE, values=named_values([(item.id, given)]))

    def ask(self, order: Order) -> Answer:
        del order
        return Answer(state=OrderState.UNKNOWN)
