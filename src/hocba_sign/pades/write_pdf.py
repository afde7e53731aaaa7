"""Revisions that signing adds to a PDF; whoever reads and writes PDF syntax stands behind `engine`.

Every revision is appended: the octets that were there stay, to the byte.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Protocol, cast

from hocba_sign.errors import CallerError
from hocba_sign.pades.facts.form import Form, PlannedRevision, SignaturePlaceholder

if TYPE_CHECKING:
    from hocba_sign.pades.engine import writing


class Engine(Protocol):
    """What `pades.engine.writing` does.

    Raises: InputError `PDF.*` for a file that it cannot read or must not change.
    """

    def read_form(self, document: bytes) -> Form: ...

    def read_gap(self, document: bytes, name: str) -> SignaturePlaceholder: ...

    def append_gap(self, document: bytes, revision: PlannedRevision) -> SignaturePlaceholder: ...

    def append_values(
        self,
        document: bytes,
        *,
        certificates: tuple[bytes, ...],
        crls: tuple[bytes, ...],
        ocsps: tuple[bytes, ...],
    ) -> bytes: ...

    def picture_digest(self, appearance: bytes, size: tuple[float, float]) -> bytes: ...


def engine() -> Engine:
    """Load what reads and writes PDF syntax. Raises: CallerError `PDF.EXTRA_MISSING`."""
    try:
        return cast("Engine", import_module("hocba_sign.pades.engine.writing"))
    except ImportError as error:
        raise CallerError("PDF.EXTRA_MISSING", detail=str(error)) from error


def fill(gap: SignaturePlaceholder, cms_der: bytes) -> bytes:
    """Put a value into the room that was left for it, padded with zeros.

    Raises: CallerError `SIGN.ROOM` where it does not fit.
    Spec: ISO 32000-2, 12.8.1.
    """
    room = gap.end - gap.start - 2
    written = cms_der.hex().encode()
    if len(written) > room:
        raise CallerError("SIGN.ROOM", detail=f"{len(cms_der)} octets, room for {room // 2}")
    return b"".join(
        (gap.octets[: gap.start + 1], written.ljust(room, b"0"), gap.octets[gap.end - 1 :])
    )


if TYPE_CHECKING:
    _conforms: Engine = writing
