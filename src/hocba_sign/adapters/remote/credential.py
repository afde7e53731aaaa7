"""The certificates of an account, and which of them signs in a role."""

import base64
import binascii
from collections.abc import Callable, Iterable, Sequence
from dataclasses import field
from datetime import datetime
from typing import Protocol, TypeAlias

from hocba_sign.adapters.remote.hash_order import RemoteSigner
from hocba_sign.adapters.remote.secret import Secret
from hocba_sign.adapters.remote.service_file import Settings
from hocba_sign.errors import CallerError, InputError, OutsideError
from hocba_sign.frozen_dataclass import dataclass
from hocba_sign.model.numbers import NumberKind, numbers_of
from hocba_sign.model.spelling import names_organisation
from hocba_sign.model.workflow import Role
from hocba_sign.pki.certificates.certificate import Certificate
from hocba_sign.pki.fitness import issuers_at_hand

Prompt: TypeAlias = Callable[[str], str]
"""Asks whoever signs for a PIN or one-time code; the argument says for which, in the service's
words.
"""


@dataclass(frozen=True, slots=True)
class Dialogue:
    """How whoever signs is spoken to: `ask` for a code, `show` an address to open in the browser;
    None where nobody is there.
    """

    ask: Prompt | None = None
    show: Callable[[str], None] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Credential:
    """A key that the service holds: its id there, its certificate with those above it in DER;
    `is_seal` is what the service says of it, `is_usable` false where the service calls it ended.
    """

    id: str
    chain_der: tuple[bytes, ...] = field(repr=False)
    is_seal: bool | None = None
    is_usable: bool = True


class RemoteService(Protocol):
    """A service as its dialect speaks to it."""

    def credentials(self) -> tuple[Credential, ...]:
        """Return the keys of the account. Raises: OutsideError REMOTE.*."""
        ...

    def signer(self, credential: Credential) -> RemoteSigner: ...


def choose_credential(
    held: Sequence[Credential],
    *,
    at: datetime,
    role: Role | None,
    sha256: str | None = None,
) -> Credential:
    """Return the key to sign with: the one whose certificate has this SHA-256, else the only one
    that may sign at `at` (aware) and fits the role: a seal's certificate is an organisation's, all
    others are persons'. Never the first of several.

    Raises: CallerError REMOTE.NO_CERTIFICATE, REMOTE.WHICH_CERTIFICATE naming them.
    """
    leaves = {credential.id: Certificate.load(credential.chain_der[0]) for credential in held}
    if sha256 is not None:
        named = [credential for credential in held if leaves[credential.id].sha256 == sha256]
        if not named:
            raise CallerError("REMOTE.NO_CERTIFICATE", where=sha256)
        return named[0]
    fitting = {
        leaves[credential.id].sha256: credential
        for credential in held
        if credential.is_usable
        and _may_sign(leaves[credential.id], at)
        and (
            role is None
            or _is_seal(credential, leaves[credential.id]) is (role is Role.KY_PHAT_HANH)
        )
    }
    if not fitting:
        raise CallerError("REMOTE.NO_CERTIFICATE", where=None if role is None else role.value)
    if len(fitting) > 1:
        raise CallerError("REMOTE.WHICH_CERTIFICATE", where=", ".join(fitting))
    return next(iter(fitting.values()))


def asked_for(name: str, settings: Settings, *, ask: Prompt | None, label: str = "") -> Secret:
    """Return a password, PIN or one-time code from where the configuration says, else from whoever
    signs.

    Raises: CallerError REMOTE.PIN_NEEDED, REMOTE.SECRET.
    """
    if name in settings.secrets:
        return settings.secret(name)
    given = "" if ask is None else ask(label or name.upper())
    if not given:
        raise CallerError("REMOTE.PIN_NEEDED", where=label or name)
    return Secret(given)


def chain_of(certificates: Iterable[str]) -> tuple[bytes, ...]:
    """Return certificates in Base64, with or without PEM lines, as a chain: the signer's own first,
    whatever the service's order.

    Raises: OutsideError REMOTE.ANSWER where there is none that can be read.
    """
    loaded = tuple(map(_loaded, certificates))
    if not loaded:
        raise OutsideError("REMOTE.ANSWER", detail="no certificate")
    leaf = next((certificate for certificate in loaded if not certificate.is_ca), loaded[0])
    return tuple(certificate.der for certificate in issuers_at_hand((leaf, *loaded)))


def _loaded(text: str) -> Certificate:
    lines = [line for line in text.split() if line]
    bare = "".join(lines).replace("-----BEGINCERTIFICATE-----", "")
    try:
        return Certificate.load(base64.b64decode(bare.partition("-----END")[0], validate=True))
    except (binascii.Error, ValueError, InputError):
        raise OutsideError("REMOTE.ANSWER", detail="a certificate") from None


def _is_seal(credential: Credential, certificate: Certificate) -> bool:
    if credential.is_seal is not None:
        return credential.is_seal
    numbers = numbers_of(certificate.subject.identifiers)
    if any(number.is_personal for number in numbers):
        return False
    return any(number.kind is NumberKind.TAX for number in numbers) or names_organisation(
        certificate.subject.common_name
    )


def _may_sign(certificate: Certificate, at: datetime) -> bool:
    return certificate.may_sign and certificate.not_before <= at <= certificate.not_after
