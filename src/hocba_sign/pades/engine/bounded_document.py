"""A hostile PDF opened within limits: pyHanko parses, this module bounds what that may cost, and
names whatever escapes it.
"""

import logging
from functools import cached_property
from io import BytesIO
from typing import Any, Final

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.decode_limits import (
    DecodeContext,
    DecodePurpose,
)
from pyhanko.pdf_utils.misc import (
    PdfReadError,
    PdfStreamError,
    read_non_whitespace,
)
from pyhanko.pdf_utils.reader import (
    HistoricalResolver,
    PdfFileReader,
    RawPdfPath,
    _read_header_version,
    process_data_at_eof,
)

from hocba_sign.errors import InputError
from hocba_sign.pades.engine.budget import (
    LIMIT_WORDS,
    MAX_ENTRIES,
    MAX_OCTETS,
    MAX_VISITS,
    MAX_VISITS_TOGETHER,
    translated_errors,
)
from hocba_sign.pades.engine.contents import LongStrings
from hocba_sign.pades.engine.encryption import Cipher
from hocba_sign.pades.engine.sections import TABLE_ENTRIES, Builder, Sections, entry, raw_entry
from hocba_sign.pades.engine.uses import Key, Path, Spot, Uses, spots

WHITE: Final = b"\0\t\n\f\r "
"""White space of PDF (ISO 32000-2, 7.2.3)."""


# It logs what it finds in files; everything that matters is raised or returned.
logging.getLogger("pyhanko").addHandler(logging.NullHandler())
logging.getLogger("pyhanko").propagate = False


def open_document(octets: bytes, *, strict: bool = True) -> "RevisionReader":
    """Open a PDF that asks for no password.

    Raises: InputError `PDF.UNREADABLE`, `PDF.ENCRYPTED`, `PDF.LIMIT`.
    """
    if len(octets) > MAX_OCTETS:
        raise InputError("PDF.LIMIT", where=f"octet {MAX_OCTETS}", detail=f"{len(octets)} octets")
    if sum(map(octets.count, TABLE_ENTRIES)) > MAX_ENTRIES:
        raise InputError("PDF.LIMIT", detail=f"more than {MAX_ENTRIES} objects")
    with translated_errors():
        reader = RevisionReader(octets, strict=strict)
        if not isinstance(reader.root, generic.DictionaryObject):
            raise InputError("PDF.UNREADABLE", detail="no catalog")
        return reader


class RevisionReader(PdfFileReader):
    """Counts while the cross-references are read, and gives revisions whose tracing is bounded."""

    def __init__(self, octets: bytes, *, strict: bool) -> None:
        """Do as the parent does, with another builder of cross-references."""
        self._security_handler = None
        self.strict = strict
        self._decode_context = DecodeContext(LIMIT_WORDS, input_size=len(octets))
        self.resolved_objects = {}
        self._input_version = None
        self._historical_resolver_cache = {}
        self._revisions: dict[int, ReadRevision] = {}
        self._versions: dict[Any, Any] = {}
        self._spots: dict[Any, tuple[Spot, ...]] = {}
        self._object_streams: dict[int, tuple[BytesIO, dict[int, tuple[int, int]]]] = {}
        self.uses = Uses()
        self._embedded_signatures = None
        self._cipher: Cipher | None = None
        self._long_strings = LongStrings(octets)
        self.stream = BytesIO(octets)
        self._header_version = _read_header_version(self.stream)
        self.stream.seek(len(octets.rstrip(WHITE)) - 1)
        builder = Builder(
            handler=self,
            stream=self.stream,
            strict=strict,
            last_startxref=process_data_at_eof(self.stream),
        )
        self.xrefs = Sections(self, builder.read_xrefs())
        self.last_startxref = builder.last_startxref
        self.trailer = builder.trailer
        self.has_xref_stream = builder.has_xref_stream
        self.visits = 0
        self._cipher = self._opened()

    @property
    def encrypted(self) -> bool:
        """Return that nothing is encrypted: objects are decrypted where they are read."""
        return False

    @property
    def is_encrypted(self) -> bool:
        return self._cipher is not None

    def _opened(self) -> Cipher | None:
        """Return what decrypts the file, None where nothing has to be.

        One key is for all revisions: another would turn what was signed into something else.

        Raises: InputError `PDF.ENCRYPTED`.
        """
        trailers = [self.trailer.flatten(revision) for revision in range(self.last_revision + 1)]
        keys = [
            (raw_entry(trailer, "/Encrypt"), _first_identifier(trailer)) for trailer in trailers
        ]
        if all(dictionary is None for dictionary, _ in keys):
            return None
        if any(key != keys[-1] for key in keys) or self.encrypt_dict is None:
            raise InputError("PDF.ENCRYPTED")
        held = self.trailer.raw_get("/Encrypt")
        if isinstance(held, generic.IndirectObject) and self.xrefs.get_last_change(
            held.reference
        ) != self.xrefs.get_introducing_revision(held.reference):
            raise InputError("PDF.ENCRYPTED")
        return Cipher(self.encrypt_dict, file_identifier=keys[-1][1])

    def get_historical_resolver(self, revision: int) -> "ReadRevision":
        if revision not in self._revisions:
            self._revisions[revision] = ReadRevision(self, revision)
        return self._revisions[revision]

    def with_all_written(self, revision: int) -> "ReadRevision":
        """Return a revision that takes for used whatever it wrote: who uses what need not be
        known, and more has to be explained.
        """
        return ReadRevision(self, revision, counts_unused=True)

    def get_object(self, ref: Any, *arguments: Any, **options: Any) -> Any:
        """Read each version of an object once; revisions copy what they change of it."""
        if len(arguments) != 1 or options.get("as_metadata_stream"):
            return super().get_object(ref, *arguments, **options)
        key = (ref.idnum, ref.generation, self.xrefs.get_historical_ref(ref, arguments[0]))
        if key not in self._versions:
            self._versions[key] = super().get_object(ref, *arguments, **options)
        return self._versions[key]

    def _read_object(self, ref: Any, marker: Any, *arguments: Any, **options: Any) -> Any:
        whole, usual = self.stream, super()._read_object

        def read(excerpt: bytes) -> Any:
            self.stream = BytesIO(excerpt)
            try:
                return usual(ref, 0, *arguments, **options)
            finally:
                self.stream = whole

        found = self._long_strings.read(marker, read) if isinstance(marker, int) else None
        found = usual(ref, marker, *arguments, **options) if found is None else found
        is_plain = (
            self._cipher is None
            or not isinstance(marker, int)
            or arguments[:1] == (True,)
            or options.get("never_decrypt")
        )
        return found if is_plain or self._cipher is None else self._cipher.decrypted(found)

    def _get_object_from_stream(self, idnum: int, stmnum: int, idx: int) -> Any:
        """Do as the parent does, but read what stands at the head of an object stream once, not for
        each object in it.
        """
        if stmnum not in self._object_streams:
            self._object_streams[stmnum] = self._read_object_stream(stmnum)
        content, places = self._object_streams[stmnum]
        at, offset = places.get(idnum, (None, 0))
        if at is None or (self.strict and at != idx):
            return self._missing(f"object {idnum} in object stream {stmnum}")
        content.seek(offset)
        try:
            found = generic.read_object(content, generic.Reference(idnum, 0, self))
        except (PdfStreamError, PdfReadError):
            return self._missing(f"object {idnum} in object stream {stmnum}")
        is_forbidden = isinstance(found, generic.StreamObject | generic.IndirectObject)
        return self._missing(f"kind of object {idnum}") if is_forbidden and self.strict else found

    def _missing(self, what: str) -> Any:
        if self.strict:
            raise PdfReadError(what)
        return generic.NullObject()

    def _read_object_stream(self, number: int) -> tuple[BytesIO, dict[int, tuple[int, int]]]:
        """Return its content, and where in it each object is: its place in the order, its first
        octet.
        """
        stream = generic.Reference(number, 0, self).get_object()
        if not isinstance(stream, generic.StreamObject) or stream["/Type"] != "/ObjStm":
            raise PdfReadError(f"object stream {number}")
        content = BytesIO(stream.read_data(DecodePurpose.OBJECT_STREAM))
        places: dict[int, tuple[int, int]] = {}
        for at in range(int(stream["/N"])):
            try:
                numbers = []
                for _ in range(2):
                    read_non_whitespace(content, seek_back=True)
                    numbers.append(int(generic.NumberObject.read_from_stream(content)))
                places.setdefault(numbers[0], (at, int(stream["/First"]) + numbers[1]))
            except (ValueError, PdfStreamError):
                self._missing(f"head of object stream {number}")
                break
        return content, places

    def spots(self, ref: Any, revision: int) -> tuple[Spot, ...]:
        """Return the references in an object as a revision has it."""
        key = (ref.idnum, ref.generation, self.xrefs.get_historical_ref(ref, revision))
        if key not in self._spots:
            self._spots[key] = tuple(spots(self.version(ref, revision)))
        return self._spots[key]

    def version(self, ref: Any, revision: int) -> Any:
        """Return an object as a revision has it, its references leading to the last revision; null
        where there is none.
        """
        if self.xrefs.get_historical_ref(ref, revision) is None:
            return generic.NullObject()
        return (
            self.get_object(ref)
            if self.xrefs.get_last_change(ref) <= revision
            else self.get_object(ref, revision)
        )

    @property
    def last_revision(self) -> int:
        return int(self.xrefs.total_revisions) - 1


class ReadRevision(HistoricalResolver):
    """One revision; tracing references in it costs the reader's visits.

    A reference to no object is null (ISO 32000-2, 7.3.10), where the parent fails.
    """

    def __init__(
        self, reader: RevisionReader, revision: int, *, counts_unused: bool = False
    ) -> None:
        super().__init__(reader, revision)
        self._counts_unused = counts_unused
        self._budget = reader
        self._visits = 0
        self._sizes: dict[Any, int] = {}
        self._size = 0
        self._paths: dict[Key, set[Path]] = {}

    @property
    def has_catalog(self) -> bool:
        """Return whether this is a document; the first section of a linearized file holds the later
        half of its objects only.
        """
        try:
            return isinstance(self.get_object(self.root_ref), generic.DictionaryObject)
        except (PdfReadError, KeyError):
            return False

    def get_object(self, ref: Any, *arguments: Any, **options: Any) -> Any:
        if self.reader.xrefs.get_historical_ref(ref, self.revision) is None:
            return generic.NullObject()
        if ref not in self._sizes:
            self._size = 0
            found = super().get_object(ref, *arguments, **options)
            self._sizes[ref] = self._size
        else:
            found = super().get_object(ref, *arguments, **options)
        self.visit(1 + self._sizes[ref])
        return found

    def visit(self, count: int) -> None:
        self._visits += count
        self._budget.visits += count
        if self._visits > MAX_VISITS or self._budget.visits > MAX_VISITS_TOGETHER:
            raise InputError(
                "PDF.LIMIT", where=f"revision {self.revision + 1}", detail="uses of objects"
            )

    def usages(self, reference: Any) -> set[RawPdfPath]:
        """Return the paths from the trailer to all places where this revision refers to an
        object.
        """
        key = (reference.idnum, reference.generation)
        if not self._budget.uses.is_used(self, key):
            return set()
        if key not in self._paths:
            self._paths |= self._budget.uses.paths(self, self._asked(key))
        return {RawPdfPath(*path) for path in self._paths[key]}

    def version(self, key: Key) -> Any:
        return self._budget.version(generic.Reference(*key), self.revision)

    def spots(self, key: Key) -> tuple[Spot, ...]:
        return self._budget.spots(generic.Reference(*key), self.revision)

    @cached_property
    def _written(self) -> frozenset[Key]:
        section = self._budget.xrefs.get_xref_data(self.revision)
        hidden = (
            () if section.hybrid is None else section.hybrid.xref_data.explicit_refs_in_revision
        )
        return frozenset(section.explicit_refs_in_revision).union(hidden)

    def written(self) -> frozenset[Key]:
        return self._written

    @cached_property
    def written_and_used(self) -> frozenset[Key]:
        return self._written if self._counts_unused else self._budget.uses.used(self)

    def explicit_refs_in_revision(self) -> set[Any]:
        """Return what this revision wrote and uses: a file may hold any number of objects that
        nothing uses, and they show nothing.
        """
        return {generic.Reference(*key, self.reader) for key in self.written_and_used}

    def _asked(self, key: Key) -> set[Key]:
        """What the next revision wrote will be asked for, and the fields of the form."""
        if self._paths or self.revision == self._budget.last_revision:
            return {key}
        fields = {
            used for _, used in spots(entry(entry(self.root, "/AcroForm", default={}), "/Fields"))
        }
        return {
            key,
            *fields,
            *self._budget.get_historical_resolver(self.revision + 1).written_and_used,
        }

    def _load_reverse_xref_cache(self) -> None:
        """Leave it: `usages` finds what is asked for."""

    def _get_usages_of_ref(self, ref: Any) -> set[RawPdfPath]:
        return self.usages(ref)

    def is_ref_unassignable(self, ref: Any) -> bool:
        """A number below /Size that stands for nothing and is used nowhere is as good as a new one;
        tools do reuse them.
        """
        if super().is_ref_unassignable(ref):
            return True
        return self.reader.xrefs.get_historical_ref(ref, self.revision) is None and not self.usages(
            ref
        )

    def _subsume_object(self, obj: Any) -> Any:
        self._size += 1
        return super()._subsume_object(obj)

    def _collect_indirect_references(self, obj: Any, seen: Any, since_revision: Any = None) -> None:
        if (
            isinstance(obj, generic.IndirectObject)
            and self.reader.xrefs.get_historical_ref(obj.reference, self.revision) is None
        ):
            return
        super()._collect_indirect_references(obj, seen, since_revision)


def _first_identifier(trailer: Any) -> bytes:
    """Return the part of the file's identifier that keys are made with."""
    found = entry(trailer, "/ID")
    return (
        bytes(found[0].original_bytes)
        if isinstance(found, generic.ArrayObject) and len(found)
        else b""
    )
