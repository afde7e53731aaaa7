"""For which machine a driver was built, read from the head of its file before it is loaded.

Spec: ELF-64 object file format, 3; PE/COFF, 2 and 3.3.1; Mach-O, mach-o/loader.h and fat.h.
"""

import platform
import struct
import sys
from collections.abc import Iterator
from typing import Final, Literal

from hocba_sign.errors import CallerError

HEAD_OCTETS: Final = 8_192
"""Of a driver that are read; the headers stand in the first kilobyte."""

Endian = Literal["little", "big"]

_X86, _X86_64, _ARM64 = "32-bit x86", "x86_64", "arm64"
_ELF: Final = {3: _X86, 40: "32-bit ARM", 62: _X86_64, 183: _ARM64}
_PE: Final = {0x014C: _X86, 0x01C4: "32-bit ARM", 0x8664: _X86_64, 0xAA64: _ARM64}
_MACH: Final = {7: _X86, 0x01000007: _X86_64, 12: "32-bit ARM", 0x0100000C: _ARM64}
_NAMES: Final = {"amd64": _X86_64, "aarch64": _ARM64, "i386": _X86, "i686": _X86}
_MAX_MACHINES: Final = 8
"""In one universal file of macOS; real ones hold two."""


def require_loadable(head: bytes, *, where: str) -> None:
    """Refuse a driver for another machine than this process is.

    Raises: CallerError TOKEN.DRIVER for no driver at all, TOKEN.DRIVER_32_BIT,
    TOKEN.DRIVER_OTHER_MACHINE.
    """
    built = tuple(_machines(head))
    if not built:
        raise CallerError("TOKEN.DRIVER", where=where, detail="no shared library")
    own = _own()
    if own in built:
        return
    cause = (
        "TOKEN.DRIVER_32_BIT"
        if all(kind.startswith("32-bit") for kind in built)
        else "TOKEN.DRIVER_OTHER_MACHINE"
    )
    raise CallerError(cause, where=where, detail=f"for {', '.join(built)}, this process is {own}")


def _own() -> str:
    name = platform.machine().lower()
    name = _NAMES.get(name, name)
    if sys.maxsize > 2**32:
        return name
    return _X86 if name in {_X86, _X86_64} else "32-bit ARM"


def _machines(head: bytes) -> Iterator[str]:
    """Yield what is named, `machine N` for what has no name here; nothing for no library."""
    try:
        match head[:4]:
            case b"\x7fELF":
                order: Endian = "big" if head[5] == 2 else "little"
                yield _named(_ELF, int.from_bytes(head[18:20], order))
            case b"MZ\x90\x00" | b"MZ\x00\x00":
                start = struct.unpack_from("<I", head, 0x3C)[0]
                if head[start : start + 4] == b"PE\0\0":
                    yield _named(_PE, struct.unpack_from("<H", head, start + 4)[0])
            case b"\xcf\xfa\xed\xfe" | b"\xce\xfa\xed\xfe":
                yield _named(_MACH, struct.unpack_from("<I", head, 4)[0])
            case b"\xca\xfe\xba\xbe":
                count = min(struct.unpack_from(">I", head, 4)[0], _MAX_MACHINES)
                for number in range(count):
                    yield _named(_MACH, struct.unpack_from(">I", head, 8 + 20 * number)[0])
            case _:
                return
    except (struct.error, IndexError):
        return


def _named(table: dict[int, str], number: int) -> str:
    return table.get(number, f"machine {number}")
