"""The random octets in the signed data, without which its digest could be guessed.

A primary-school transcript has so few grades that whoever knows the pupil could try all of them
against the digest that a register, a log or another document shows.
"""

import base64
import re
from typing import Final

from hocba_sign.errors import CallerError, InputError
from hocba_sign.model.transcript import DATA_PATH
from hocba_sign.xml import namespaces
from hocba_sign.xml.tree import Element

NONCE_OCTETS: Final = 32
NONCE_PATTERN: Final = "[0-9A-Za-z+/]{42}[048AEIMQUYcgkosw]="
"""The one Base64 text of 32 octets: no line breaks, no bits left over."""
NONCE_PLACE: Final = f"{DATA_PATH}/@{namespaces.NONCE}"


def written_nonce(nonce: bytes) -> str:
    """Write the value of the attribute. Raises: CallerError `TRANSCRIPT.NONCE`."""
    if len(nonce) != NONCE_OCTETS:
        raise CallerError("TRANSCRIPT.NONCE", where=NONCE_PLACE)
    return base64.b64encode(nonce).decode("ascii")


def read_nonce(data: Element) -> bytes | None:
    """Return the random octets of a DU_LIEU_HOC_BA element, None where it has none.

    Raises: InputError `TRANSCRIPT.NONCE`.
    """
    text = data.get(namespaces.NONCE)
    if text is None:
        return None
    if re.fullmatch(NONCE_PATTERN, text) is None:
        raise InputError("TRANSCRIPT.NONCE", where=NONCE_PLACE)
    return base64.b64decode(text)
