"""What is embedded so that a signature can be judged long after: the same for XML and PDF."""

from collections.abc import Iterable

from hocba_sign.frozen_dataclass import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class ValidationData:
    """Certificates, CRLs and OCSP responses in DER, each once."""

    certificates: tuple[bytes, ...] = ()
    crls: tuple[bytes, ...] = ()
    ocsps: tuple[bytes, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.certificates or self.crls or self.ocsps)

    def without(self, held: Iterable[bytes]) -> "ValidationData":
        """Leave out what is embedded already."""
        known = frozenset(held)
        return ValidationData(
            certificates=tuple(der for der in self.certificates if der not in known),
            crls=tuple(der for der in self.crls if der not in known),
            ocsps=tuple(der for der in self.ocsps if der not in known),
        )
