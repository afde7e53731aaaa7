"""What a CSC service, or the authorisation server beside it, means by an answer without success."""

from typing import Final

from hocba_sign.adapters.remote.transport import Reply, status_cause
from hocba_sign.errors import OutsideError

CAUSES: Final = {
    "invalid_pin": "REMOTE.PIN",
    "invalid_otp": "REMOTE.PIN",
    "invalid_authentication_data": "REMOTE.PIN",
    "authentication_error": "REMOTE.LOGIN",
    "access_denied": "REMOTE.REJECTED",
    "invalid_token": "REMOTE.LOGIN",
    "expired_token": "REMOTE.LOGIN",
    "invalid_client": "REMOTE.LOGIN",
    "unauthorized_client": "REMOTE.LOGIN",
    "invalid_grant": "REMOTE.LOGIN",
    "server_error": "REMOTE.BUSY",
    "temporarily_unavailable": "REMOTE.BUSY",
    "invalid_hash": "REMOTE.REFUSED",
}
_BY_WORDS: Final = (
    ("certificate is expired", "REMOTE.CERTIFICATE"),
    ("certificate is revoked", "REMOTE.CERTIFICATE"),
    ("credential locked", "REMOTE.CERTIFICATE"),
    ("pin locked", "REMOTE.PIN"),
    ("otp locked", "REMOTE.PIN"),
    ("sad expired", "REMOTE.EXPIRED"),
)
"""`invalid_request` stands for many things, and only its description says which."""


def refusal(reply: Reply) -> OutsideError:
    """Return what an answer other than success means."""
    error, words = reply.text("error") or "", (reply.text("error_description") or "").lower()
    cause = CAUSES.get(error) or next(
        (cause for phrase, cause in _BY_WORDS if phrase in words), status_cause(reply.status)
    )
    return OutsideError(cause, detail=reply.told("error", "error_description"))
