"""Empty what is kept of judged files, so that a process that judges for days takes no more memory
than one that judges for a minute.
"""

import sys
import threading
from collections.abc import Iterator
from typing import Any, Final

_FORGETFUL: Final = (
    "hocba_sign.crypto",
    "hocba_sign.pki",
    "hocba_sign.xades",
    "hocba_sign.signing",
    "hocba_sign.validation",
)
"""Packages that keep something of a file, a certificate or a list."""
_KEPT: Final = ("hocba_sign.pki.trust.vietnam_list", "hocba_sign.pki.trust.role_policy")
"""Shipped data, read once; as are the schema, the field tables and the words of the report."""


def forget() -> None:
    """Empty every cache that holds something of a judged file; no verdict rests on one."""
    for held in _caches():
        if not isinstance(held, type) and callable(getattr(held, "cache_clear", None)):
            held.cache_clear()


def _caches() -> Iterator[Any]:
    for name, module in tuple(sys.modules.items()):
        if name.startswith("hocba_sign.model"):
            # Caches of the standard library hold code lists and tables there, which are shipped.
            held_there = tuple(vars(module).values())
            yield from (held for held in held_there if not hasattr(held, "cache_info"))
        if name.startswith(_FORGETFUL) and name not in _KEPT:
            for held in tuple(vars(module).values()):
                if isinstance(held, threading.local):
                    yield from vars(held).values()
                else:
                    yield held
