"""Cross-reference sections, read within limits."""

from collections.abc import Iterator
from contextlib import suppress
from typing import Any, Final

from pyhanko.pdf_utils.xref import XRefBuilder, XRefCache

from hocba_sign.errors import InputError
from hocba_sign.pades.engine.budget import (
    MAX_ENTRIES,
    MAX_REVISIONS,
)
from hocba_sign.pades.engine.uses import Key

TABLE_ENTRIES: Final = tuple(
    kind + end for kind in (b" n", b" f") for end in (b" \n", b"\r\n", b" \r", b"\n")
)


class Sections(XRefCache):
    """Looks for an object in all sections once."""

    def __init__(self, reader: Any, sections: Any) -> None:
        super().__init__(reader, sections)
        self._found: dict[Key, tuple[tuple[int, Any], ...]] = {}

    def _history(self, ref: Any) -> tuple[tuple[int, Any], ...]:
        """Return the revisions that say where an object is, the last one first, and what they say;
        None where it is freed.
        """
        key = (ref.idnum, ref.generation)
        if key not in self._found:
            self._found[key] = tuple(self._search(ref))
        return self._found[key]

    def _search(self, ref: Any) -> Iterator[tuple[int, Any]]:
        for revision in reversed(range(self.total_revisions)):
            with suppress(KeyError):
                yield revision, self.get_xref_data(revision).try_resolve(ref)

    def get_historical_ref(self, ref: Any, revision: int) -> Any:
        return next((place for at, place in self._history(ref) if at <= revision), None)

    def get_last_change(self, ref: Any) -> int:
        for at, _ in self._history(ref):
            return at
        raise KeyError(ref)

    def get_introducing_revision(self, ref: Any) -> int:
        revisions = [at for at, place in self._history(ref) if place is not None]
        if not revisions:
            raise KeyError(ref)
        return revisions[-1]


class Builder(XRefBuilder):
    entries = 0

    def _read_xref_stream_object(self) -> Any:
        reference, stream = super()._read_xref_stream_object()
        pairs = [int(number) for number in entry(stream, "/Index", default=(0, stream["/Size"]))]
        self.entries += sum(pairs[1::2])
        if self.entries > MAX_ENTRIES:
            raise InputError("PDF.LIMIT", detail=f"more than {MAX_ENTRIES} objects")
        self._check_sections()
        return reference, stream

    def _read_xref_table(self, declared_startxref: int) -> Any:
        self._check_sections()
        return super()._read_xref_table(declared_startxref)

    def _check_sections(self) -> None:
        if len(self.sections) > MAX_REVISIONS:
            raise InputError("PDF.LIMIT", detail=f"more than {MAX_REVISIONS} revisions")


def raw_entry(holder: Any, key: str) -> Any:
    """Return what stands in an entry of a dictionary, a reference not followed; None where there is
    none.
    """
    return holder.raw_get(key) if key in holder else None


def entry(holder: Any, key: str, *, default: Any = None) -> Any:
    """Return the object that an entry of a dictionary stands for or points at, `default` where
    there is none or it is null.
    """
    try:
        return holder[key]
    except KeyError:
        return default
