"""`hocba status-list new`: one small file for all transcripts of a department; `hocba sign` seals
it.
"""

import argparse
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from hocba_sign.adapters.files import read_limited
from hocba_sign.cli import console
from hocba_sign.cli.delivery import deliver
from hocba_sign.cli.help_words import say
from hocba_sign.errors import InputError
from hocba_sign.model.record import IssuingBody, vietnam_day
from hocba_sign.model.status_list import Cell, Key, StatusList, encode
from hocba_sign.xml.record_octets import encode_record

MAX_INPUT_OCTETS: Final = 500_000_000
"""Ten million lines of id and version."""
_CELLS: Final = {"": Cell.IN_FORCE, "THU_HOI": Cell.WITHDRAWN, "THAY_THE": Cell.REPLACED}


def run(given: argparse.Namespace) -> int:
    """Make an unsigned list.

    Raises: InputError STATUS.INPUT with the line, CallerError STATUS.NOT_ISSUED, OutsideError
    FILE.*.
    """
    issued = {key: cell for file in given.files for key, cell in _read(file).items()}
    gone = {key: cell for key, cell in issued.items() if cell is not Cell.IN_FORCE}
    cells = encode(given.id, issued, gone=gone)
    made = StatusList(
        id=given.id,
        version=given.version,
        department_code=given.department,
        issuer=IssuingBody(name=given.issuer, tax_id=given.tax_id),
        issued=vietnam_day(datetime.now(UTC)) if given.issued is None else given.issued,
        next_update=given.next_update,
        size=cells.size,
        encoded=cells.encoded,
        exceptions=cells.exceptions,
    )
    octets = encode_record(made)
    file = console.printable(str(given.out))
    deliver(
        given.out,
        octets,
        sentence=say(
            "STATUS_LIST_CREATED",
            given.lang,
            count=len(issued),
            gone=len(gone),
            size=len(octets),
            file=file,
        ),
    )
    return console.EXIT_VALID


def _read(file: Path) -> dict[Key, Cell]:
    """Read lines of id, version and, for those not in force, THU_HOI or THAY_THE, parted by commas
    or blanks.
    """
    found: dict[Key, Cell] = {}
    for number, line in enumerate(
        read_limited(file, MAX_INPUT_OCTETS).decode("utf-8-sig", "replace").splitlines(), 1
    ):
        parts = line.replace(",", " ").split()
        if not parts:
            continue
        cell = _CELLS.get(parts[2] if len(parts) == 3 else "")
        if (
            len(parts) not in {2, 3}
            or cell is None
            or not parts[1].isascii()
            or not parts[1].isdigit()
        ):
            raise InputError("STATUS.INPUT", where=f"{file}, line {number}")
        found[parts[0], int(parts[1])] = cell
    return found
