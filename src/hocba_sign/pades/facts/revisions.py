"""What a PDF says about its revisions, signature fields and long-term data: found by the engine,
judged by nobody yet.
"""

from dataclasses import field
from enum import StrEnum
from typing import TypeAlias

from hocba_sign.errors import Finding
from hocba_sign.frozen_dataclass import dataclass

Box: TypeAlias = tuple[float, float, float, float]
"""Left, bottom, right and top in points."""


class ChangeRule(StrEnum):
    """What a revision may add after a signature; docs/reference/pdf-changes.md."""

    SIGNATURE = "signature"
    """A signature field that was empty or is new holds a signature."""
    EMPTY_FIELD = "empty_field"
    """A new signature field that is empty and of which nothing is seen."""
    TIME_STAMP = "time_stamp"
    """A document time-stamp of which nothing is seen."""
    DSS = "dss"
    EXTENSIONS = "extensions"
    VERSION = "version"
    METADATA = "metadata"
    INFO = "info"
    DATED = "dated"
    """Beside `info`: nothing in the information dictionary changed but when and by which program
    the file was written.
    """
    MARK_INFO = "mark_info"
    STRUCTURE = "structure"
    """The tags that say what a page's parts are."""
    FORM_DEFAULTS = "form_defaults"
    """Default fonts of a form that has no fields but signatures."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldLock:
    """FieldMDP: `names` are locked, or with `is_all_but` all others."""

    names: frozenset[str]
    is_all_but: bool

    def forbids(self, name: str) -> bool:
        is_named = any(name == other or name.startswith(f"{other}.") for other in self.names)
        return is_named is not self.is_all_but


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldFacts:
    """A signature field that is filled, as the newest revision that has it shows it.

    `signature_object` is the number of the signature dictionary, `revision` (from 0) when that was
        last written, `object_at` where it begins in the file, None inside an object stream.
    `contents` is the decoded string, padding included, None where it is no string.
    `doc_mdp` is P of DocMDP or of the field's lock, `locks` what FieldMDP and the field's lock say.
    `is_present`: the last revision still has it.
    """

    name: str
    where: str
    signature_object: int
    revision: int
    object_at: int | None
    kind: str
    sub_filter: str
    byte_range: tuple[int, ...]
    contents: bytes | None = field(repr=False)
    time_text: str | None
    doc_mdp: int | None
    locks: tuple[FieldLock, ...]
    is_present: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldChange:
    """A signature field that a revision made or filled.

    `page` from 0 and `box` are None where nothing is seen.

    `picture` is the digest of all that is drawn there with the signature, None where it cannot be
    read.
    """

    name: str
    is_new: bool
    is_filled: bool
    is_time_stamp: bool
    page: int | None = None
    box: Box | None = None
    picture: bytes | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RevisionStep:
    """What one revision (from 1) changed: `rules` that explain all of it, unless `refusal` says why
    none does.

    `is_proven`: False where the analysis itself failed.
    """

    revision: int
    rules: frozenset[ChangeRule]
    fields: tuple[FieldChange, ...] = ()
    refusal: str | None = None
    is_proven: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class LongTermValues:
    """What the DSS dictionaries of one revision hold, DER of unverified origin; `other_…` what
    cannot be decoded, or is empty.
    """

    certificates: tuple[bytes, ...] = ()
    crls: tuple[bytes, ...] = ()
    ocsps: tuple[bytes, ...] = ()
    other_certificates: tuple[bytes, ...] = ()
    other_statements: tuple[bytes, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PdfFacts:
    """All that is read of a PDF.

    `ends` gives for each revision the offset behind its %%EOF.
    `beginning` is what the revision of the first signature did to the one before, None where there
        is none before;
    `steps` are those after it.
    `empty_fields` are the signature fields that nobody has filled, `attachments` those of the asked
        name, both in the last revision.
    `values` are by revision.
    `findings` are about the file.
    `producer` is the program that the file names as its maker; anybody can write any name there.
    """

    octets: bytes = field(repr=False)
    ends: tuple[int, ...]
    fields: tuple[FieldFacts, ...]
    beginning: RevisionStep | None
    steps: tuple[RevisionStep, ...]
    empty_fields: tuple[str, ...]
    values: tuple[LongTermValues, ...]
    attachments: tuple[bytes, ...] = field(repr=False)
    page_count: int
    findings: tuple[Finding, ...]
    producer: str | None = None
