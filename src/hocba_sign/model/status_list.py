"""Danh sách trạng thái: the status of every transcript of a province, a few bits each, in one small
signed file.

Mapping. A list has `size` cells of two bits. The transcript `id` in version `version` has the cell

    int.from_bytes(SHA-256(UTF-8(list id + "/" + id + "/" + version))[:8], "big") mod size

Cell n is in octet n // 4, bits 2 * (n mod 4) and the next, least significant bit first. 0: every
transcript of the cell is in force; 1: all are withdrawn; 2: all are replaced; 3: they differ, and
those not in force are among the exceptions: rows of nine octets, octets 8 to 15 of the hash and the
status, in ascending order. Whoever makes a list knows every transcript that was issued, so the
answer is exact for each of them; about an id that was never issued it says nothing. Octets are
compressed with zlib (RFC 1950) and written in Base64.
"""

import base64
import binascii
import hashlib
import zlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from enum import IntEnum
from types import MappingProxyType
from typing import Annotated, Final

from hocba_sign.errors import CallerError, Finding, InputError
from hocba_sign.frozen_dataclass import dataclass
from hocba_sign.model.fields import Group, Leaf, element_path
from hocba_sign.model.lexical import DAY, count, identifier
from hocba_sign.model.record import DEPARTMENT, ISSUER_PLAN, RECORD_ID, RECORD_VERSION, IssuingBody
from hocba_sign.model.signers import ExpectedSigner
from hocba_sign.model.workflow import Slot

ROOT_ELEMENT: Final = "DANH_SACH_TRANG_THAI"
DATA_ELEMENT: Final = "DU_LIEU_TRANG_THAI"
MAX_CELLS: Final = 100_000_000
"""A quarter of this in octets; the whole country has 23 million transcripts a year."""
MAX_ENCODED: Final = 8_000_000
_CELLS_PER_TRANSCRIPT: Final = 4
_ROW: Final = 9


class Cell(IntEnum):
    """What one cell says."""

    IN_FORCE = 0
    WITHDRAWN = 1
    REPLACED = 2
    DIFFERS = 3


Key = tuple[str, int]
"""Transcript id and version."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusList:
    """The statuses that a department publishes on `issued`, good until `next_update`; days in
    Vietnam.
    """

    id: Annotated[
        str,
        Leaf(
            element="MA_DANH_SACH",
            key="madanhsach",
            title="Mã danh sách",
            kind=RECORD_ID,
            is_column=False,
        ),
    ]
    version: Annotated[
        int,
        Leaf(
            element="PHIEN_BAN",
            key="phienban",
            title="Phiên bản danh sách",
            kind=RECORD_VERSION,
            is_column=False,
        ),
    ]
    department_code: Annotated[
        str,
        Leaf(
            element="MA_SO_GD",
            key="masogd",
            title="Mã sở giáo dục và đào tạo",
            kind=DEPARTMENT,
            is_column=False,
        ),
    ]
    issuer: Annotated[
        IssuingBody, Group(element="CO_QUAN", key="coquan", title="Cơ quan lập danh sách")
    ]
    issued: Annotated[
        date, Leaf(element="NGAY_LAP", key="ngaylap", title="Ngày lập", kind=DAY, is_column=False)
    ]
    next_update: Annotated[
        date,
        Leaf(
            element="CAP_NHAT_TRUOC",
            key="capnhattruoc",
            title="Hạn cập nhật",
            kind=DAY,
            is_column=False,
        ),
    ]
    size: Annotated[
        int,
        Leaf(element="SO_O", key="soo", title="Số ô", kind=count(1, MAX_CELLS), is_column=False),
    ]
    encoded: Annotated[
        str,
        Leaf(
            element="TRANG_THAI_NEN",
            key="trangthainen",
            title="Các ô trạng thái, nén zlib, viết bằng Base64",
            kind=identifier("compressed cells", "[A-Za-z0-9+/]+={0,2}", max_length=MAX_ENCODED),
            is_column=False,
        ),
    ]
    exceptions: Annotated[
        str | None,
        Leaf(
            element="NGOAI_LE",
            key="ngoaile",
            title="Học bạ chung ô nhưng khác trạng thái, viết bằng Base64",
            kind=identifier("exceptions", "[A-Za-z0-9+/]+={0,2}", max_length=MAX_ENCODED),
            is_column=False,
        ),
    ] = None

    @property
    def plan_name(self) -> str:
        return ISSUER_PLAN

    @property
    def slots(self) -> tuple[Slot, ...]:
        return tuple(signer.slot for signer in self.expected_signers)

    @property
    def expected_signers(self) -> tuple[ExpectedSigner, ...]:
        return self.issuer.expected()

    def cells(self) -> bytes:
        """Return the cells, four to an octet.

        Raises: InputError STATUS.CELLS when they are not what `size` says.
        """
        wanted = (self.size + 3) // 4
        try:
            expander = zlib.decompressobj()
            octets = expander.decompress(base64.b64decode(self.encoded, validate=True), wanted + 1)
        except (binascii.Error, ValueError, zlib.error) as error:
            raise InputError("STATUS.CELLS", where=self.id) from error
        if len(octets) != wanted or not expander.eof or expander.unused_data:
            raise InputError("STATUS.CELLS", where=self.id)
        return octets

    def exceptional(self) -> Mapping[bytes, Cell]:
        """Return the exceptions by their hashes.

        Raises: InputError STATUS.CELLS for malformed ones, or a status that no transcript has.
        """
        try:
            octets = base64.b64decode(self.exceptions or "", validate=True)
            rows = [
                (octets[at : at + _ROW - 1], Cell(octets[at + _ROW - 1]))
                for at in range(0, len(octets), _ROW)
            ]
        except (binascii.Error, ValueError, IndexError) as error:
            raise InputError("STATUS.CELLS", where=self.id) from error
        found = dict(rows)
        if Cell.DIFFERS in found.values() or [*found] != sorted(found) or len(found) < len(rows):
            raise InputError("STATUS.CELLS", where=self.id)
        return MappingProxyType(found)


class StatusTable:
    """A list opened once and asked many times."""

    __slots__ = ("_cells", "_exceptions", "source")

    def __init__(self, source: StatusList) -> None:
        """Raises: InputError STATUS.CELLS."""
        self.source = source
        self._cells = source.cells()
        self._exceptions = source.exceptional()

    def status(self, key: Key) -> Cell:
        """Return IN_FORCE, WITHDRAWN or REPLACED for an issued transcript."""
        digest = _hash(self.source.id, key)
        place = _place(digest, self.source.size)
        cell = Cell(self._cells[place // 4] >> 2 * (place % 4) & 3)
        return self._exceptions.get(digest[8:16], Cell.IN_FORCE) if cell is Cell.DIFFERS else cell


@dataclass(frozen=True, slots=True, kw_only=True)
class Cells:
    """What `encode` gives for the fields of a StatusList of the same name."""

    size: int
    encoded: str
    exceptions: str | None


def encode(list_id: str, issued: Iterable[Key], *, gone: Mapping[Key, Cell]) -> Cells:
    """Make the cells of a list: `issued` is every transcript, `gone` those withdrawn or replaced.

    The same arguments give the same octets. Raises: CallerError STATUS.NOT_ISSUED when `gone` names
    one that is not in `issued`.
    """
    keys = tuple(issued)
    unknown = gone.keys() - frozenset(keys)
    if unknown:
        raise CallerError("STATUS.NOT_ISSUED", where=min(unknown)[0])
    size = max(1, _CELLS_PER_TRANSCRIPT * len(keys))
    crowded = {_place(_hash(list_id, key), size) for key in gone}
    shared: dict[int, list[tuple[bytes, Cell]]] = defaultdict(list)
    for key in keys:
        digest = _hash(list_id, key)
        place = _place(digest, size)
        if place in crowded:
            shared[place].append((digest, gone.get(key, Cell.IN_FORCE)))
    octets = bytearray((size + 3) // 4)
    exceptions: list[bytes] = []
    for place, members in shared.items():
        statuses = {cell for _, cell in members}
        cell = members[0][1] if len(statuses) == 1 else Cell.DIFFERS
        octets[place // 4] |= cell << 2 * (place % 4)
        if cell is Cell.DIFFERS:
            exceptions += [
                digest[8:16] + bytes((own,)) for digest, own in members if own is not Cell.IN_FORCE
            ]
    return Cells(
        size=size,
        encoded=base64.b64encode(zlib.compress(bytes(octets), 9)).decode(),
        exceptions=base64.b64encode(b"".join(sorted(exceptions))).decode() or None,
    )


def check_status_list(status_list: StatusList, path: str) -> Iterator[Finding]:
    """Yield what does not fit together in a list whose fields are read; `path` is that of its data
    element.
    """
    if status_list.next_update < status_list.issued:
        yield Finding("STATUS.PERIOD", path + element_path(StatusList, "next_update"))
    try:
        StatusTable(status_list)
    except InputError as error:
        yield Finding(error.cause, path + element_path(StatusList, "encoded"))


def _hash(list_id: str, key: Key) -> bytes:
    return hashlib.sha256(f"{list_id}/{key[0]}/{key[1]}".encode()).digest()


def _place(digest: bytes, size: int) -> int:
    return int.from_bytes(digest[:8], "big") % size
