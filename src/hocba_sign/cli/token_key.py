"""The signer's key in a token: which one the options name, and where its PIN comes from."""

import argparse
import getpass
import os
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Final

from hocba_sign.adapters.files import read_limited
from hocba_sign.adapters.pkcs11.choice import choose_token
from hocba_sign.adapters.pkcs11.token_signer import (
    TokenSigner,
    chosen_certificate,
    load_driver,
    open_token,
)
from hocba_sign.cli import console
from hocba_sign.cli.help_words import say
from hocba_sign.cli.material import note_findings
from hocba_sign.errors import CallerError, Finding
from hocba_sign.pki.loading.objects import MAX_FILE_OCTETS

MAX_PIN_OCTETS: Final = 256
"""Tokens take 4 to 64."""


def refuse_stray_options(given: argparse.Namespace) -> None:
    """Refuse options about a token where none is named. Raises: CallerError CLI.TOKEN_OPTIONS."""
    stray = ["token", "pin_env", "pin_fd"]
    if getattr(given, "remote", None) is None:
        stray.append("cert_sha256")
    is_stray = getattr(given, "last_try", False) or any(
        getattr(given, option, None) is not None for option in stray
    )
    if given.pkcs11 is None and is_stray:
        raise CallerError("CLI.TOKEN_OPTIONS")


def token_signer(given: argparse.Namespace) -> TokenSigner:
    """Open the token that `--pkcs11` and `--token` name; what it says of its PIN is told.

    Raises: CallerError CLI.PIN_TWICE, CLI.CERT_TWICE, CLI.PIN_FD, TOKEN.PIN_NEEDED; as
    `open_token`.
    """
    signer = open_token(
        given.pkcs11,
        given.token,
        at=datetime.now(UTC),
        pin=_pin_source(given),
        certificate=_certificate(given),
        allow_last_try=given.last_try,
    )
    if signer.pin_flags.was_wrong:
        note_findings((Finding("TOKEN.PIN_WAS_WRONG"),), given.lang)
    if signer.pin_flags.has_pad:
        console.note(say("PIN_PAD", given.lang))
    return signer


def token_chain(given: argparse.Namespace) -> tuple[bytes, ...]:
    """Return the signer's certificate on the token and its issuers in DER; nobody is asked for a
    PIN. Raises: as `open_token`.
    """
    driver, wanted = load_driver(given.pkcs11), _certificate(given)
    with driver.lock:
        tokens = driver.tokens()
        token = tokens[choose_token([candidate.facts for candidate in tokens], given.token)]
        return chosen_certificate(token.certificates()[0], wanted, at=datetime.now(UTC))[1]


def _certificate(given: argparse.Namespace) -> bytes | str | None:
    if given.cert is None:
        sha256: str | None = given.cert_sha256
        return sha256
    if given.cert_sha256 is not None:
        raise CallerError("CLI.CERT_TWICE")
    return read_limited(given.cert, MAX_FILE_OCTETS)


def _pin_source(given: argparse.Namespace) -> Callable[[], str] | None:
    """Return where the PIN comes from: an environment variable, a file descriptor, which is read
    now, or whoever sits at the terminal; None where there is nobody.
    """
    if given.pin_env is not None and given.pin_fd is not None:
        raise CallerError("CLI.PIN_TWICE")
    name = given.pin_env
    if name is not None:
        if not os.environ[name]:
            raise CallerError("TOKEN.PIN_NEEDED")
        return lambda: os.environ[name]
    if given.pin_fd is not None:
        return _from_descriptor(given.pin_fd)
    if not sys.stdin.isatty():
        return None
    return lambda: getpass.getpass(say("PIN_PROMPT", given.lang))


def _from_descriptor(descriptor: int) -> Callable[[], str]:
    """Read up to the first line feed or the end."""
    held = bytearray()
    try:
        while b"\n" not in held and len(held) <= MAX_PIN_OCTETS:
            piece = os.read(descriptor, MAX_PIN_OCTETS)
            if not piece:
                break
            held += piece
        line = held.partition(b"\n")[0].removesuffix(b"\r")
        if not line:
            raise CallerError("TOKEN.PIN_NEEDED")
        if len(line) > MAX_PIN_OCTETS:
            raise CallerError("CLI.PIN_FD")
        line.decode()
    except (OSError, UnicodeDecodeError):
        # Without what was read: it may be a secret.
        raise CallerError("CLI.PIN_FD") from None
    return line.decode
