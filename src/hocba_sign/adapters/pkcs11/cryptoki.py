"""The only importer of python-pkcs11: drivers, sessions and objects, with our causes for its
errors.

A driver is loaded once and stays for the life of the process, because some misbehave when they are
started twice; one lock per driver lets one thread in at a time, because the library never tells
drivers of threads. Lists are read to their end: an open search blocks every other call.
"""

import os
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import field
from functools import cache
from pathlib import Path
from typing import Any, Final, TypeVar, cast

import pkcs11
from pkcs11.constants import Attribute, ObjectClass, TokenFlag
from pkcs11.mechanisms import MGF, KeyType, Mechanism

from hocba_sign.adapters.pkcs11.choice import Task
from hocba_sign.adapters.pkcs11.inventory import (
    DriverFacts,
    KeyFacts,
    PinFlags,
    StoredCertificate,
    TokenFacts,
)
from hocba_sign.adapters.pkcs11.machine import HEAD_OCTETS, require_loadable
from hocba_sign.adapters.pkcs11.pin import Pin
from hocba_sign.errors import CallerError, InputError, OutsideError
from hocba_sign.frozen_dataclass import dataclass
from hocba_sign.pki.certificates.certificate import Certificate

MAX_OBJECTS: Final = 1_000
"""Of one kind on a token; real ones hold some ten."""

_CAUSES: Final[Mapping[type[Exception], str]] = {
    pkcs11.PinIncorrect: "TOKEN.PIN_WRONG",
    pkcs11.PinInvalid: "TOKEN.PIN_WRONG",
    pkcs11.PinLenRange: "TOKEN.PIN_WRONG",
    pkcs11.PinLocked: "TOKEN.PIN_LOCKED",
    pkcs11.PinExpired: "TOKEN.PIN_TO_CHANGE",
    pkcs11.UserPinNotInitialized: "TOKEN.PIN_NOT_SET",
    pkcs11.UserAlreadyLoggedIn: "TOKEN.IN_USE",
    pkcs11.AnotherUserAlreadyLoggedIn: "TOKEN.IN_USE",
    pkcs11.FunctionCancelled: "TOKEN.CANCELLED",
    pkcs11.FunctionRejected: "TOKEN.CANCELLED",
    pkcs11.SessionHandleInvalid: "TOKEN.REMOVED",
    pkcs11.SessionClosed: "TOKEN.REMOVED",
    pkcs11.DeviceRemoved: "TOKEN.REMOVED",
    pkcs11.DeviceError: "TOKEN.REMOVED",
    pkcs11.TokenNotPresent: "TOKEN.REMOVED",
    pkcs11.TokenNotRecognised: "TOKEN.REMOVED",
}
_ABSENT: Final = (
    pkcs11.AttributeTypeInvalid,
    pkcs11.AttributeSensitive,
    pkcs11.AttributeValueInvalid,
)

_Value = TypeVar("_Value")


@dataclass(frozen=True, slots=True, kw_only=True)
class PrivateKeyOnToken:
    """A key that can sign while its session is open."""

    facts: KeyFacts
    _object: Any = field(repr=False)

    def sign(self, given: Task, pin: Pin | None) -> bytes:
        """Return the value as the token gives it: RSA as it is, ECDSA as r‖s.

        `pin` only for a key that asks each time. Raises: OutsideError TOKEN.*.
        """
        settings: dict[str, Any] = {"mechanism": Mechanism[given.mechanism]}
        if given.pss is not None:
            hashing, mask, salt_length = given.pss
            settings["mechanism_param"] = (Mechanism[hashing], MGF[mask], salt_length)
        with _told():
            if pin is None:
                return bytes(self._object.sign(given.octets, **settings))
            return bytes(self._object.sign(given.octets, pin=pin.reveal(), **settings))


class TokenSession:
    """Someone logged in; close it, and after any error open another one."""

    __slots__ = ("_session",)

    def __init__(self, session: Any) -> None:
        self._session = session

    def keys(self) -> tuple[PrivateKeyOnToken, ...]:
        """Return the private keys that may sign. Raises: OutsideError TOKEN.*."""
        with _told():
            points = {
                _attribute(key, Attribute.ID, b""): _point(key)
                for key in _objects(self._session, ObjectClass.PUBLIC_KEY)
            }
            return tuple(
                PrivateKeyOnToken(facts=_key_facts(key, points), _object=key)
                for key in _objects(self._session, ObjectClass.PRIVATE_KEY)
                if hasattr(key, "sign")
            )

    def close(self) -> None:
        """Log out and close, whatever became of the token."""
        with suppress(pkcs11.PKCS11Error):
            self._session.close()


@dataclass(frozen=True, slots=True, kw_only=True)
class PluggedToken:
    """A token that was there when it was looked for."""

    facts: TokenFacts
    _token: Any = field(repr=False)

    def certificates(self) -> tuple[tuple[StoredCertificate, ...], int]:
        """Return the certificates that can be read without a PIN, and the count of those that
        cannot. Raises: OutsideError TOKEN.*.
        """
        with _told(), self._token.open() as session:
            read = [
                _stored(certificate) for certificate in _objects(session, ObjectClass.CERTIFICATE)
            ]
        found = tuple(certificate for certificate in read if certificate is not None)
        return found, len(read) - len(found)

    def log_in(self, pin: Pin | None) -> TokenSession:
        """Open a session, with one try of the PIN; None lets the token's own pad ask.

        Raises: OutsideError TOKEN.*.
        """
        with _told():
            if pin is None:
                return TokenSession(self._token.open(user_pin=pkcs11.PROTECTED_AUTH))
            return TokenSession(self._token.open(user_pin=pin.reveal()))

    def flags_now(self) -> PinFlags | None:
        """Read the flags again; None where the token has gone."""
        try:
            with _told():
                token = self._token.slot.get_token()
        except OutsideError:
            return None
        return _pin_flags(token.flags) if _serial(token) == self.facts.serial else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Driver:
    """A loaded driver; hold `lock` while calling anything of it."""

    facts: DriverFacts
    lock: threading.RLock = field(default_factory=threading.RLock, repr=False, compare=False)
    _library: Any = field(repr=False)
    _process: int = field(default_factory=os.getpid, repr=False)

    def tokens(self) -> tuple[PluggedToken, ...]:
        """Return the tokens plugged in now; where there is none the driver is started again, which
        some need to see one that came later.

        Raises: OutsideError TOKEN.*; CallerError TOKEN.FORKED in a child of the process that loaded
        the driver.
        """
        if os.getpid() != self._process:
            raise CallerError("TOKEN.FORKED")
        with _told():
            slots = self._library.get_slots(token_present=True)
            if not slots:
                self._library.reinitialize()
                slots = self._library.get_slots(token_present=True)
        return tuple(filter(None, map(_plugged, slots)))


def open_driver(path: Path) -> Driver:
    """Load the driver at exactly this path, or return it where it is loaded.

    Raises: CallerError TOKEN.DRIVER and those of `require_loadable`; OutsideError TOKEN.FAILED
    where it does not start.
    """
    return _open_driver(os.path.realpath(path))


@cache
def _open_driver(path: str) -> Driver:
    try:
        with Path(path).open("rb") as file:
            head = file.read(HEAD_OCTETS)
    except OSError as error:
        raise CallerError("TOKEN.DRIVER", where=path, detail=str(error.strerror)) from error
    require_loadable(head, where=path)
    try:
        library = pkcs11.lib(path)
    except pkcs11.PKCS11Error as error:
        if type(error) is pkcs11.PKCS11Error:
            raise CallerError("TOKEN.DRIVER", where=path, detail=str(error)) from error
        raise OutsideError("TOKEN.FAILED", where=path, detail=type(error).__name__) from error
    facts = DriverFacts(
        path=path,
        maker=library.manufacturer_id,
        description=library.library_description,
        version=".".join(map(str, library.library_version)),
        interface=".".join(map(str, library.cryptoki_version)),
    )
    return Driver(facts=facts, _library=library)


@contextmanager
def _told() -> Iterator[None]:
    """Raise our causes for the library's errors, with their class, never a text of the driver."""
    try:
        yield
    except pkcs11.PKCS11Error as error:
        cause = _CAUSES.get(type(error), "TOKEN.FAILED")
        raise OutsideError(cause, detail=type(error).__name__) from error


def _plugged(slot: Any) -> PluggedToken | None:
    """Return None for a token that went while it was looked at."""
    try:
        token, mechanisms = slot.get_token(), slot.get_mechanisms()
    except pkcs11.PKCS11Error:
        return None
    facts = TokenFacts(
        slot=slot.slot_description.strip(),
        label=token.label.strip(),
        serial=_serial(token),
        model=token.model.strip(),
        maker=token.manufacturer_id.strip(),
        is_initialised=bool(token.flags & TokenFlag.TOKEN_INITIALIZED),
        pin=_pin_flags(token.flags),
        mechanisms=frozenset(
            getattr(mechanism, "name", f"{int(mechanism):#010x}") for mechanism in mechanisms
        ),
    )
    return PluggedToken(facts=facts, _token=token)


def _serial(token: Any) -> str:
    serial: bytes = token.serial
    return serial.rstrip(b"\0 ").decode("utf-8", "replace")


def _pin_flags(flags: int) -> PinFlags:
    return PinFlags(
        is_set=bool(flags & TokenFlag.USER_PIN_INITIALIZED),
        was_wrong=bool(flags & TokenFlag.USER_PIN_COUNT_LOW),
        is_last_try=bool(flags & TokenFlag.USER_PIN_FINAL_TRY),
        is_locked=bool(flags & TokenFlag.USER_PIN_LOCKED),
        must_be_changed=bool(flags & TokenFlag.USER_PIN_TO_BE_CHANGED),
        has_pad=bool(flags & TokenFlag.PROTECTED_AUTHENTICATION_PATH),
    )


def _objects(session: Any, kind: ObjectClass) -> list[Any]:
    found = list(session.get_objects({Attribute.CLASS: kind}))
    if len(found) > MAX_OBJECTS:
        raise OutsideError("TOKEN.FAILED", detail=f"{len(found)} objects")
    return found


def _attribute(one: Any, which: Attribute, missing: _Value) -> _Value:
    try:
        return cast("_Value", one[which])
    except _ABSENT:
        return missing


def _stored(one: Any) -> StoredCertificate | None:
    try:
        certificate = Certificate.load(_attribute(one, Attribute.VALUE, b""))
    except InputError:
        return None
    return StoredCertificate(
        certificate=certificate,
        id=_attribute(one, Attribute.ID, b""),
        label=_attribute(one, Attribute.LABEL, ""),
    )


def _key_facts(one: Any, points: Mapping[bytes, bytes | None]) -> KeyFacts:
    identifier = _attribute(one, Attribute.ID, b"")
    reads: Mapping[KeyType, Callable[[], bytes | None]] = {
        KeyType.RSA: lambda: _attribute(one, Attribute.MODULUS, b"").lstrip(b"\0") or None,
        KeyType.EC: lambda: points.get(identifier),
    }
    public = reads.get(one.key_type)
    return KeyFacts(
        id=identifier,
        label=_attribute(one, Attribute.LABEL, ""),
        public=None if public is None else public(),
        asks_each_time=_attribute(one, Attribute.ALWAYS_AUTHENTICATE, missing=False),
    )


def _point(one: Any) -> bytes | None:
    """Return the point of an EC public key: PKCS#11 wraps it in an OCTET STRING, some tokens do
    not.
    """
    if one.key_type is not KeyType.EC:
        return None
    point = _attribute(one, Attribute.EC_POINT, b"")
    for head in (
        bytes((4, max(len(point) - 2, 0) % 256)),
        bytes((4, 0x81, max(len(point) - 3, 0) % 256)),
    ):
        if point.startswith(head + b"\x04"):
            return point[len(head) :]
    return point or None
