"""Sign with a key that never leaves its token: one session, one try of the PIN, and nothing more
after the first failure.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn, Protocol, Self, cast

from hocba_sign.adapters.pkcs11.choice import choose_certificate, choose_key, choose_token, task
from hocba_sign.adapters.pkcs11.inventory import PinFlags, StoredCertificate
from hocba_sign.adapters.pkcs11.pin import Pin
from hocba_sign.crypto.algorithms import SignatureAlgorithm
from hocba_sign.crypto.signer import Signer
from hocba_sign.crypto.verify import load_public_key, verify_value
from hocba_sign.errors import CallerError, InputError, OutsideError
from hocba_sign.pki.certificates.certificate import Certificate
from hocba_sign.pki.fitness import issuers_at_hand
from hocba_sign.pki.loading.objects import load_certificates

if TYPE_CHECKING:
    from hocba_sign.adapters.pkcs11.cryptoki import (
        Driver,
        PluggedToken,
        PrivateKeyOnToken,
        TokenSession,
    )


class TokenSigner(Signer, Protocol):
    """A `Signer` whose key is in a token; `open_token` gives one.

    The PIN is asked for at the first signature, so after all checks of document and certificate,
    and given to the token once. After any failure the session is closed for good and every further
    call raises TOKEN.STOPPED without touching the token: open it again to go on. Signatures are
    made one after the other. It cannot be pickled: a session belongs to its process.
    """

    @property
    def pin_flags(self) -> PinFlags:
        """What the token said of its PIN before it was tried."""
        ...

    def close(self) -> None:
        """Log out; the signer is of no use afterwards."""
        ...

    def __enter__(self) -> Self: ...

    def __exit__(self, *_: object) -> None: ...


class SessionSigner:
    """The `TokenSigner` of one session."""

    def __init__(
        self,
        driver: "Driver",
        token: "PluggedToken",
        *,
        stored: StoredCertificate,
        chain_der: tuple[bytes, ...],
        ask_pin: Callable[[], Pin] | None,
    ) -> None:
        self._driver = driver
        self._token = token
        self._stored = stored
        self._chain_der = chain_der
        self._ask_pin = ask_pin
        self._session: TokenSession | None = None
        self._key: PrivateKeyOnToken | None = None
        self._pin: Pin | None = None
        self._stopped: str | None = None

    @property
    def chain_der(self) -> tuple[bytes, ...]:
        return self._chain_der

    @property
    def pin_flags(self) -> PinFlags:
        return self._token.facts.pin

    def sign(self, octets: bytes, algorithm: SignatureAlgorithm) -> bytes:
        """Sign, see `Signer.sign`; the value was checked with the certificate's key.

        Raises: CallerError KEY.ALGORITHM; OutsideError TOKEN.*.
        """
        with self._driver.lock:
            if self._stopped is not None:
                raise OutsideError(
                    "TOKEN.STOPPED", where=self._token.facts.name, detail=self._stopped
                )
            given = task(octets, algorithm, mechanisms=self._token.facts.mechanisms)
            try:
                key = self._key or self._log_in()
                value = key.sign(given, self._pin)
                self._require_right(octets, value, algorithm)
            except OutsideError as error:
                told = self._explained(error)
                self._stop(told.cause)
                raise told from error
            except BaseException as error:
                self._stop(type(error).__name__)
                raise
            return value

    def close(self) -> None:
        with self._driver.lock:
            self._stop("closed")

    def _log_in(self) -> "PrivateKeyOnToken":
        pin = None if self._ask_pin is None else self._ask_pin()
        self._session = self._token.log_in(pin)
        keys = self._session.keys()
        key = keys[choose_key([candidate.facts for candidate in keys], self._stored)]
        if key.facts.asks_each_time:
            if pin is None:
                raise OutsideError("TOKEN.PAD_EACH_TIME")
            self._pin = pin
        self._key = key
        return key

    def _require_right(self, octets: bytes, value: bytes, algorithm: SignatureAlgorithm) -> None:
        public_key = load_public_key(self._stored.certificate.public_key_der)
        try:
            is_right = verify_value(public_key, octets, signature=value, algorithm=algorithm)
        except InputError as error:
            raise OutsideError("TOKEN.OTHER_KEY", detail=error.cause) from error
        if not is_right:
            raise OutsideError("TOKEN.OTHER_KEY")

    def _explained(self, error: OutsideError) -> OutsideError:
        """Say which token, and what its flags say after a refusal; a token that no longer answers
        was pulled, whatever its driver called that.
        """
        cause, flags = error.cause, self._token.flags_now()
        if flags is None:
            cause = "TOKEN.REMOVED"
        elif cause == "TOKEN.PIN_WRONG" and flags.is_locked:
            cause = "TOKEN.PIN_LOCKED"
        elif cause == "TOKEN.PIN_WRONG" and flags.is_last_try:
            cause = "TOKEN.PIN_WRONG_LAST_LEFT"
        place = f"{self._token.facts.name}: {error.where}" if error.where else None
        return OutsideError(cause, where=place or self._token.facts.name, detail=error.detail)

    def _stop(self, why: str) -> None:
        self._stopped = self._stopped or why
        self._pin = self._key = None
        if self._session is not None:
            self._session.close()
            self._session = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"SessionSigner({self._token.facts.name!r})"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a session with a token belongs to its process")


def load_driver(path: Path) -> "Driver":
    """Load a PKCS#11 driver.

    Raises: CallerError TOKEN.EXTRA_MISSING without the extra `pkcs11`; as `open_driver`.
    """
    try:
        cryptoki = import_module("hocba_sign.adapters.pkcs11.cryptoki")
    except ImportError as error:
        raise CallerError("TOKEN.EXTRA_MISSING", detail="python-pkcs11") from error
    return cast("Driver", cryptoki.open_driver(path))


def open_token(
    driver_path: Path,
    label: str | None = None,
    *,
    at: datetime,
    pin: Callable[[], str] | None = None,
    certificate: bytes | str | None = None,
    allow_last_try: bool = False,
) -> TokenSigner:
    """Return a signer for a token; nobody is asked for a PIN yet.

    `label` is the token's label or serial number, needed where several are plugged in. `pin` is
    called at the first signature, unless the token asks on a pad of its own. `certificate` says
    which one: a file's octets, with those above it if at hand, or a SHA-256 in hexadecimal; without
    it the only one on the token that may sign at `at` (aware). A token that says that the next
    wrong PIN locks it is left alone unless `allow_last_try`.
    Raises: CallerError TOKEN.*; OutsideError TOKEN.*; as `load_driver` and `load_certificates`.
    """
    driver = load_driver(driver_path)
    with driver.lock:
        tokens = driver.tokens()
        token = tokens[choose_token([candidate.facts for candidate in tokens], label)]
        _require_pin(token.facts.pin, where=token.facts.name, allow_last_try=allow_last_try)
        if pin is None and not token.facts.pin.has_pad:
            raise CallerError("TOKEN.PIN_NEEDED", where=token.facts.name)
        stored, chain_der = chosen_certificate(token.certificates()[0], certificate, at=at)
    ask = None if pin is None or token.facts.pin.has_pad else _sealed(pin)
    return SessionSigner(driver, token, stored=stored, chain_der=chain_der, ask_pin=ask)


def chosen_certificate(
    held: Sequence[StoredCertificate], wanted: bytes | str | None, *, at: datetime
) -> tuple[StoredCertificate, tuple[bytes, ...]]:
    """Return the certificate to sign with, see `open_token`, and its chain in DER, itself first.

    Raises: as `choose_certificate` and `load_certificates`.
    """
    given = load_certificates(wanted) if isinstance(wanted, bytes) else ()
    stored = choose_certificate(
        held,
        at=at,
        given=_leaf(given) if given else None,
        sha256=wanted if isinstance(wanted, str) else None,
    )
    around = (*given, *(kept.certificate for kept in held))
    chain = issuers_at_hand((stored.certificate, *around))
    return stored, tuple(certificate.der for certificate in chain)


def _leaf(given: tuple[Certificate, ...]) -> Certificate:
    """Return the first that is no authority's; some files begin with the root."""
    return next((certificate for certificate in given if not certificate.is_ca), given[0])


def _require_pin(flags: PinFlags, *, where: str, allow_last_try: bool) -> None:
    if flags.is_locked:
        raise OutsideError("TOKEN.PIN_LOCKED", where=where)
    if not flags.is_set:
        raise OutsideError("TOKEN.PIN_NOT_SET", where=where)
    if flags.is_last_try and not allow_last_try:
        raise OutsideError("TOKEN.LAST_TRY", where=where)


def _sealed(pin: Callable[[], str]) -> Callable[[], Pin]:
    return lambda: Pin(pin())
