"""A driver for another machine is named before it is loaded."""

import struct
import sys
from pathlib import Path

import pytest

from hocba_sign.adapters.pkcs11 import machine
from hocba_sign.errors import CallerError


def elf(number: int, *, order: str = "<", is_64: bool = True) -> bytes:
    head = b"\x7fELF" + bytes((2 if is_64 else 1, 1 if order == "<" else 2, 1)) + bytes(9)
    return head + struct.pack(f"{order}HH", 3, number) + bytes(44)


def pe(number: int) -> bytes:
    return (
        b"MZ\x90\0"
        + bytes(0x38)
        + struct.pack("<I", 0x80)
        + bytes(0x40)
        + b"PE\0\0"
        + struct.pack("<H", number)
    )


def mach(*numbers: int) -> bytes:
    if len(numbers) == 1:
        return struct.pack("<II", 0xFEEDFACF, numbers[0]) + bytes(24)
    entries = b"".join(struct.pack(">IIIII", number, 0, 0, 0, 0) for number in numbers)
    return struct.pack(">II", 0xCAFEBABE, len(numbers)) + entries


CASES = [
    ("x86_64", elf(62), None),
    ("x86_64", elf(3, is_64=False), "TOKEN.DRIVER_32_BIT"),
    ("x86_64", elf(183), "TOKEN.DRIVER_OTHER_MACHINE"),
    ("aarch64", elf(183), None),
    ("AMD64", pe(0x8664), None),
    ("AMD64", pe(0x014C), "TOKEN.DRIVER_32_BIT"),
    ("arm64", mach(0x01000007), "TOKEN.DRIVER_OTHER_MACHINE"),
    ("arm64", mach(0x01000007, 0x0100000C), None),
    ("x86_64", elf(62, order=">"), None),
    ("x86_64", elf(9999), "TOKEN.DRIVER_OTHER_MACHINE"),
    ("x86_64", b"#!/bin/sh\n", "TOKEN.DRIVER"),
    ("x86_64", b"", "TOKEN.DRIVER"),
    ("x86_64", b"\x7fELF", "TOKEN.DRIVER"),
    ("x86_64", b"MZ\x90\0", "TOKEN.DRIVER"),
]


@pytest.mark.parametrize(("own", "head", "cause"), CASES)
def test_heads(own: str, head: bytes, cause: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("platform.machine", lambda: own)
    if cause is None:
        machine.require_loadable(head, where="driver")
        return
    with pytest.raises(CallerError) as caught:
        machine.require_loadable(head, where="driver")
    assert caught.value.cause == cause


def test_this_interpreter_may_load_itself() -> None:
    machine.require_loadable(Path(sys.executable).resolve().read_bytes()[:4096], where="python")
