"""The signer's key, from files or in a token; passwords and PINs never come from the arguments."""

import argparse
import getpass
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from hocba_sign.adapters.files import read_limited
from hocba_sign.adapters.key_file import MAX_KEY_FILE_OCTETS, load_key, load_pkcs12
from hocba_sign.cli.help_words import say
from hocba_sign.cli.remote import RemoteKey, refuse_stray_remote_options, remote_signer
from hocba_sign.cli.token_key import refuse_stray_options, token_signer
from hocba_sign.crypto.signer import Signer, SoftwareSigner
from hocba_sign.errors import CallerError, OutsideError
from hocba_sign.pki.loading.objects import MAX_FILE_OCTETS
from hocba_sign.signing.signing_policy import SigningPolicy


@contextmanager
def opened_signer(
    given: argparse.Namespace, remote_folder: Path, *, policy: SigningPolicy
) -> Iterator[Signer | RemoteKey]:
    """Yield the signer that the options name: in a token as `--pkcs11` says, for which nobody is
    asked for a PIN before the first signature; at a service as `--remote` says, of which
    `remote_folder` holds what was asked; or `load_signer`'s.

    Raises: CallerError CLI.TOKEN_OPTIONS, CLI.REMOTE_OPTIONS; as `token_signer`, `remote_signer`
    and `load_signer`.
    """
    refuse_stray_options(given)
    refuse_stray_remote_options(given)
    if given.remote is not None:
        yield RemoteKey(remote_signer(given), given, remote_folder, policy)
        return
    if given.pkcs11 is None:
        yield load_signer(given)
        return
    with token_signer(given) as signer:
        yield signer


def load_signer(given: argparse.Namespace) -> SoftwareSigner:
    """Load the key that `--p12`, or `--key` and `--cert`, name.

    Raises: CallerError CLI.KEY_WITHOUT_CERT, CLI.P12_WITH_CERT; those of `adapters.key_file`;
    OutsideError FILE.*, with the file as place.
    """
    if given.p12 is not None:
        if given.cert is not None:
            raise CallerError("CLI.P12_WITH_CERT")
        return load_p12(given, given.p12)
    if given.cert is None:
        raise CallerError("CLI.KEY_WITHOUT_CERT")
    key, certificates = (
        read_limited(given.key, MAX_KEY_FILE_OCTETS),
        read_limited(given.cert, MAX_FILE_OCTETS),
    )
    return _with_password(
        given, given.key, lambda password: load_key(key, certificates, password=password)
    )


def load_p12(given: argparse.Namespace, file: Path) -> SoftwareSigner:
    """Load key and certificates from one PKCS#12 file.

    Raises: as `load_signer`.
    """
    octets = read_limited(file, MAX_KEY_FILE_OCTETS)
    return _with_password(given, file, lambda password: load_pkcs12(octets, password))


def _with_password(
    given: argparse.Namespace, file: Path, load: Callable[[str | None], SoftwareSigner]
) -> SoftwareSigner:
    """Try the password of the environment, or none, and only then ask whoever sits at the
    terminal.
    """
    try:
        return _named(file, load, os.environ[given.password_env] if given.password_env else None)
    except CallerError as error:
        if error.cause != "KEY.PASSWORD" or given.password_env or not sys.stdin.isatty():
            raise
    return _named(file, load, getpass.getpass(say("PASSWORD_PROMPT", given.lang, file=file)))


def _named(
    file: Path, load: Callable[[str | None], SoftwareSigner], password: str | None
) -> SoftwareSigner:
    """Name the file in whatever is wrong with it."""
    try:
        return load(password)
    except (CallerError, OutsideError) as error:
        raise type(error)(
            error.cause, where=error.where or str(file), detail=error.detail
        ) from error
