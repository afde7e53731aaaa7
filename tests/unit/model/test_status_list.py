"""A list answers exactly for every transcript that was issued, is small, and refuses what is
damaged.
"""

import base64
import hashlib
import zlib
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hocba_sign.errors import CallerError, InputError
from hocba_sign.model.record import IssuingBody
from hocba_sign.model.status_list import Cell, Key, StatusList, StatusTable, encode

KEYS = st.lists(
    st.tuples(st.text("0123456789abcdef-", min_size=1, max_size=36), st.integers(1, 3)),
    min_size=1,
    max_size=200,
    unique=True,
)


def listed(issued: list[Key], gone: dict[Key, Cell]) -> StatusList:
    cells = encode("TT-79", issued, gone=gone)
    return StatusList(
        id="TT-79",
        version=1,
        department_code="79",
        issuer=IssuingBody(name="Sở Giáo dục và Đào tạo"),
        issued=date(2026, 6, 1),
        next_update=date(2026, 6, 8),
        size=cells.size,
        encoded=cells.encoded,
        exceptions=cells.exceptions,
    )


@given(keys=KEYS, data=st.data())
def test_every_issued_transcript_gets_its_own_answer(keys: list[Key], data: st.DataObject) -> None:
    gone = data.draw(
        st.dictionaries(st.sampled_from(keys), st.sampled_from([Cell.WITHDRAWN, Cell.REPLACED]))
    )
    table = StatusTable(listed(keys, gone))
    assert {key: table.status(key) for key in keys} == {
        key: gone.get(key, Cell.IN_FORCE) for key in keys
    }


def test_the_mapping_is_the_documented_one() -> None:
    """The first eight octets of a SHA-256 modulo the size; two bits to a cell, the least
    significant first.
    """
    source = listed([("hs-1", 2)], {("hs-1", 2): Cell.REPLACED})
    place = int.from_bytes(hashlib.sha256(b"TT-79/hs-1/2").digest()[:8], "big") % source.size
    octets = zlib.decompress(base64.b64decode(source.encoded))
    assert octets == bytes([2 << 2 * place])


def test_a_province_of_a_hundred_thousand_takes_a_few_kilobytes() -> None:
    keys: list[Key] = [
        (f"{number:08x}-0000-4000-8000-000000000000", 1) for number in range(100_000)
    ]
    gone = dict.fromkeys(keys[::200], Cell.WITHDRAWN)
    source = listed(keys, gone)
    assert len(source.encoded) + len(source.exceptions or "") < 4_000
    table = StatusTable(source)
    assert all(table.status(key) is gone.get(key, Cell.IN_FORCE) for key in keys[:5_000])


def test_versions_have_their_own_status() -> None:
    table = StatusTable(listed([("a", 1), ("a", 2)], {("a", 1): Cell.REPLACED}))
    assert (table.status(("a", 1)), table.status(("a", 2))) == (Cell.REPLACED, Cell.IN_FORCE)


def test_what_was_never_issued_cannot_be_withdrawn() -> None:
    with pytest.raises(CallerError, match=r"STATUS\.NOT_ISSUED"):
        encode("TT", [("a", 1)], gone={("b", 1): Cell.WITHDRAWN})


def bomb() -> str:
    return base64.b64encode(zlib.compress(bytes(50_000_000), 9)).decode()


@pytest.mark.parametrize(
    "change",
    [
        {"size": 5},
        {"size": 400},
        {"encoded": "AAAA"},
        {"encoded": "A"},
        {"encoded": bomb()},
        {"encoded": base64.b64encode(zlib.compress(b"\0") + b"more").decode()},
        {"exceptions": "AAAA"},
        {"exceptions": base64.b64encode(b"12345678\x09").decode()},
    ],
)
def test_damaged_cells_are_refused(change: dict[str, object]) -> None:
    source = listed([("a", 1)], {})
    with pytest.raises(InputError, match=r"STATUS\.CELLS"):
        StatusTable(replace(source, **change))  # type: ignore[arg-type]  # wrong on purpose


@pytest.mark.parametrize("status", range(256))
def test_an_exception_with_a_status_that_no_transcript_has_is_refused_when_the_list_is_opened(
    status: int,
) -> None:
    source = replace(
        listed([("a", 1)], {}), exceptions=base64.b64encode(bytes(8) + bytes((status,))).decode()
    )
    if status in {Cell.IN_FORCE, Cell.WITHDRAWN, Cell.REPLACED}:
        StatusTable(source)
        return
    with pytest.raises(InputError, match=r"STATUS\.CELLS"):
        StatusTable(source)


@pytest.mark.parametrize("hashes", [(2, 1), (1, 1)])
def test_exceptions_stand_in_order_and_once(hashes: tuple[int, ...]) -> None:
    rows = b"".join(number.to_bytes(8, "big") + b"\1" for number in hashes)
    with pytest.raises(InputError, match=r"STATUS\.CELLS"):
        StatusTable(replace(listed([("a", 1)], {}), exceptions=base64.b64encode(rows).decode()))
