"""What is known of a driver, the tokens plugged in and what is on them: values without a handle."""

from dataclasses import field

from hocba_sign.frozen_dataclass import dataclass
from hocba_sign.pki.certificates.certificate import Certificate


@dataclass(frozen=True, slots=True, kw_only=True)
class DriverFacts:
    """What a driver says of itself; `interface` is the version of PKCS#11."""

    path: str
    maker: str
    description: str
    version: str
    interface: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredCertificate:
    """A certificate on a token; `id` and `label` are what ties it to a key, empty where missing."""

    certificate: Certificate
    id: bytes = b""
    label: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyFacts:
    """A private key on a token, as far as it shows.

    `public` is its public part as `choice.public_part` gives it, None where the token hides it.
    `asks_each_time`: the PIN goes with every signature (CKA_ALWAYS_AUTHENTICATE).
    """

    id: bytes = b""
    label: str = ""
    public: bytes | None = field(default=None, repr=False)
    asks_each_time: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PinFlags:
    """What a token says of its PIN, read without trying one.

    `was_wrong`: a wrong PIN was given since the last right one.

    `has_pad`: it is entered on the device.
    """

    is_set: bool = True
    was_wrong: bool = False
    is_last_try: bool = False
    is_locked: bool = False
    must_be_changed: bool = False
    has_pad: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        """Return the names of those that hold."""
        return tuple(name for name in self.__slots__ if getattr(self, name))


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenFacts:
    """A token in a slot; `mechanisms` are names of PKCS#11 without `CKM_`."""

    slot: str
    label: str
    serial: str
    model: str
    maker: str
    is_initialised: bool
    pin: PinFlags
    mechanisms: frozenset[str]

    @property
    def name(self) -> str:
        """Return label and serial number: several tokens of one maker may have one label."""
        return f"{self.label} ({self.serial})" if self.serial else self.label
