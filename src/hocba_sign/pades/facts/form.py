"""A PDF to be signed, and the revisions that signing adds to it, as facts."""

from dataclasses import field
from datetime import datetime

from hocba_sign.errors import CallerError
from hocba_sign.frozen_dataclass import dataclass
from hocba_sign.pades.facts.revisions import FieldLock


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldBox:
    """Where a signature is seen: `page` from 0; `box` is left, bottom, right and top in points."""

    page: int
    box: tuple[float, float, float, float]

    @property
    def size(self) -> tuple[float, float]:
        left, bottom, right, top = self.box
        return abs(right - left), abs(top - bottom)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewField:
    """A signature field to be made.

    `label` is what is read to people who do not see it; without `place` nothing is seen.

    `locked_fields` may not change any more once this one is signed. They are named one by one: a
    document time-stamp makes a field, too.
    """

    name: str
    label: str
    place: FieldBox | None
    locked_fields: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """A signature field that is there.

    `size` is its width and height in points, None where nothing of it is seen.
    """

    name: str
    is_filled: bool
    size: tuple[float, float] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """What matters of a PDF for signing it.

    `locks` are what the signature in each named field says of other fields. `is_closed`: the
    certification allows no further signature (DocMDP, P 1). `pages` are widths and heights in
    points.
    """

    fields: tuple[Field, ...]
    locks: tuple[tuple[str, FieldLock], ...]
    is_closed: bool
    pages: tuple[tuple[float, float], ...]

    def field(self, name: str) -> Field | None:
        return next((field for field in self.fields if field.name == name), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedRevision:
    """What the revision of one signature, or of a document time-stamp, holds beside its value.

    `signing_time` is UTC, None for a time-stamp.
    `room` is in octets, `digest_name` the hash of what is signed.
    `locked_fields` as in `NewField`, for a field that says nothing itself.
    `appearance` is a PDF of one page.
    `certifies`: only form fields and signatures may follow (DocMDP, P 2).
    """

    field: str
    room: int
    digest_name: str
    signing_time: datetime | None = None
    new_fields: tuple[NewField, ...] = ()
    locked_fields: tuple[str, ...] = ()
    appearance: bytes | None = None
    certifies: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SignaturePlaceholder:
    """A file and the room for the value of the signature that ends it: `octets[start:end]` is
    `<…>`, everything else is signed.
    """

    octets: bytes = field(repr=False)
    start: int
    end: int

    @property
    def covered(self) -> bytes:
        return self.octets[: self.start] + self.octets[self.end :]

    @property
    def contents(self) -> bytes:
        """What is in the room now, zeros at its end included.

        Raises: CallerError `SIGN.STATE` where it is not hexadecimal.
        """
        try:
            return bytes.fromhex(self.octets[self.start + 1 : self.end - 1].decode("ascii"))
        except ValueError as error:
            raise CallerError("SIGN.STATE") from error
