"""The address that a page gives to phones: what it may be, and where a PDF states it."""

import re
from typing import Final

from hocba_sign.errors import CallerError

MAX_ADDRESS: Final = 200
"""Characters: a code of more could not be read from paper."""
_ADDRESS: Final = re.compile(
    r"https://[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?(?::[0-9]{1,5})?(?:/[A-Za-z0-9._~/-]*)?"
    r"(?:\?[A-Za-z0-9._~/=&-]*)?"
)
_KEYWORD: Final = "hocba-check-url="
_STATED: Final = re.compile(re.escape(_KEYWORD.encode()) + rb"([!-~]{1,%d})" % (MAX_ADDRESS + 1))


def require_address(address: str) -> str:
    """Return the address. Raises: CallerError RENDER.CHECK_URL for one that is no plain https
    address of a host in lower case, or too long.
    """
    if len(address) > MAX_ADDRESS or _ADDRESS.fullmatch(address) is None:
        raise CallerError("RENDER.CHECK_URL")
    return address


def stated_address(pdf: bytes) -> str | None:
    """Return the address that a PDF of ours gives among its keywords, None where it gives none.

    It is a claim: a page made again with it must be the same in every octet.
    """
    for found in _STATED.finditer(pdf):
        matched = _ADDRESS.match(found[1].decode("ascii"))
        if matched is not None and len(matched[0]) <= MAX_ADDRESS:
            return matched[0]
    return None
