import hashlib
import os
import random
import sqlite3
import threading
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from hocba_sign.adapters.cache import CLOCK_TOLERANCE, Cache, CachedAnswer
from hocba_sign.errors import Finding

AT = datetime(2026, 6, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)


def entry(
    octets: bytes = b"a list", *, at: datetime = AT, until: datetime = AT + HOUR
) -> CachedAnswer:
    return CachedAnswer(stored=at, until=until, octets=octets)


@pytest.fixture
def cache(tmp_path: Path) -> Cache:
    return Cache(folder=tmp_path / "home" / "cache")


def database(cache: Cache) -> Path:
    (path,) = cache.folder.glob("fetched-*.sqlite3")
    return path


def test_what_is_kept_comes_back_until_its_end(cache: Cache) -> None:
    assert cache.get("crl a", at=AT) is None
    assert not cache.folder.exists()
    cache.put("crl a", entry())
    assert cache.get("crl a", at=AT) == entry()
    assert cache.get("crl a", at=AT + HOUR - timedelta(seconds=1)) == entry()
    assert cache.get("crl a", at=AT + HOUR) is None
    assert cache.get("crl b", at=AT) is None
    cache.put("crl a", entry(b"a newer list"))
    assert cache.get("crl a", at=AT) == entry(b"a newer list")


def test_failures_are_kept_like_answers(cache: Cache) -> None:
    failure = CachedAnswer(
        stored=AT, until=AT + HOUR, finding=Finding("FETCH.HTTP_STATUS", "http://a.example/")
    )
    cache.put("crl a", failure)
    assert cache.get("crl a", at=AT) == failure


def test_an_entry_from_the_future_is_not_used(cache: Cache) -> None:
    cache.put("crl a", entry())
    assert cache.get("crl a", at=AT - CLOCK_TOLERANCE) == entry()
    assert cache.get("crl a", at=AT - CLOCK_TOLERANCE - timedelta(seconds=1)) is None


def test_what_has_run_out_is_dropped(cache: Cache) -> None:
    cache.put("crl a", entry())
    cache.put("crl b", entry(at=AT + 2 * HOUR, until=AT + 3 * HOUR))
    with closing(sqlite3.connect(database(cache))) as connection:
        assert connection.execute("SELECT key FROM entry").fetchall() == [("crl b",)]


def test_the_file_does_not_outgrow_its_limit(cache: Cache) -> None:
    small = Cache(folder=cache.folder, max_octets=400_000)
    for number in range(100):
        small.put(
            f"crl {number}",
            entry(bytes([number]) * 30_000, until=AT + HOUR + timedelta(minutes=number)),
        )
        assert small.get(f"crl {number}", at=AT) is not None
    assert database(small).stat().st_size < 2 * 400_000
    # What runs out soonest went first.
    assert small.get("crl 0", at=AT) is None
    assert small.get("crl 98", at=AT) is not None
    small.put("too large", entry(bytes(500_000)))
    assert small.get("too large", at=AT) is None


@pytest.mark.parametrize("column", ["octets", "until", "stored", "cause", "place", "sha256"])
def test_a_changed_entry_is_not_given(cache: Cache, column: str) -> None:
    changed = {
        "octets": b"another",
        "until": 1 << 40,
        "stored": 1,
        "cause": "FETCH.NAME",
        "place": "x",
        "sha256": b"\0" * 32,
    }[column]
    cache.put("crl a", entry())
    with closing(sqlite3.connect(database(cache))) as connection, connection:
        connection.execute(f"UPDATE entry SET {column} = ?", (changed,))
    assert cache.get("crl a", at=AT) is None
    cache.put("crl a", entry())
    assert cache.get("crl a", at=AT) == entry()


def test_an_entry_under_another_key_is_not_given(cache: Cache) -> None:
    cache.put("crl a", entry())
    with closing(sqlite3.connect(database(cache))) as connection, connection:
        connection.execute("UPDATE entry SET key = 'crl b'")
    assert cache.get("crl b", at=AT) is None


@pytest.mark.parametrize("column", ["octets", "until", "stored", "cause", "sha256"])
def test_an_entry_of_other_types_is_not_given(cache: Cache, column: str) -> None:
    cache.put("crl a", entry())
    with closing(sqlite3.connect(database(cache))) as connection, connection:
        connection.execute(f"UPDATE entry SET {column} = ?", (1.5,))
    assert cache.get("crl a", at=AT) is None


@pytest.mark.parametrize("octets", [b"garbage" * 1000, b"SQLite format 3\0" + bytes(4000)])
def test_a_damaged_file_is_left_for_a_new_one(cache: Cache, octets: bytes) -> None:
    cache.put("crl a", entry())
    database(cache).write_bytes(octets)
    assert cache.get("crl a", at=AT) is None
    cache.put("crl a", entry())
    assert cache.get("crl a", at=AT) == entry()
    assert database(cache).name == "fetched-2.sqlite3"


def test_a_file_with_other_tables_is_left_for_a_new_one(cache: Cache) -> None:
    cache.folder.mkdir(parents=True)
    with closing(sqlite3.connect(cache.folder / "fetched-1.sqlite3")) as connection, connection:
        connection.executescript("CREATE TABLE entry (other); PRAGMA user_version = 1;")
    cache.put("crl a", entry())
    assert cache.get("crl a", at=AT) == entry()


def test_no_flipped_octet_gives_a_wrong_answer(cache: Cache) -> None:
    chance = random.Random(3)
    kept = {f"crl {number}": entry(number.to_bytes(2, "big") * 700) for number in range(30)}
    for key, one in kept.items():
        cache.put(key, one)
    sound = database(cache).read_bytes()
    for _ in range(150):
        damaged = bytearray(sound)
        for _ in range(chance.randrange(1, 6)):
            damaged[chance.randrange(len(damaged))] ^= 1 << chance.randrange(8)
        cache.clear()
        (cache.folder / "fetched-1.sqlite3").write_bytes(
            damaged[: chance.choice((len(damaged), chance.randrange(len(damaged))))]
        )
        for key, one in kept.items():
            assert cache.get(key, at=AT) in (None, one)
        cache.put("crl 7", kept["crl 7"])
        assert cache.get("crl 7", at=AT) in (None, kept["crl 7"])


def test_a_folder_that_cannot_be_used_costs_only_the_cache(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    cache = Cache(folder=tmp_path / "file" / "cache")
    cache.put("crl a", entry())
    assert cache.get("crl a", at=AT) is None
    (tmp_path / "cache" / "fetched-1.sqlite3").mkdir(parents=True)
    taken = Cache(folder=tmp_path / "cache")
    taken.put("crl a", entry())
    assert taken.get("crl a", at=AT) is None


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="the superuser may write anywhere")
def test_a_folder_without_permission(cache: Cache) -> None:
    cache.put("crl a", entry())
    cache.folder.chmod(0o500)
    cache.put("crl b", entry())
    assert cache.get("crl a", at=AT) == entry()
    cache.folder.chmod(0o700)


def test_the_folder_is_the_users_own(cache: Cache) -> None:
    cache.put("crl a", entry())
    if os.name != "nt":
        assert cache.folder.stat().st_mode & 0o077 == 0


def test_threads_share_it(cache: Cache) -> None:
    wrong: list[str] = []

    def work(seed: int) -> None:
        chance = random.Random(seed)
        for _ in range(40):
            number = chance.randrange(5)
            cache.put(f"crl {number}", entry(bytes([number]) * 50_000))
            found = cache.get(f"crl {number}", at=AT)
            if found is not None and found.octets != bytes([number]) * 50_000:
                wrong.append(f"crl {number}")

    threads = [threading.Thread(target=work, args=(seed,)) for seed in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong
    assert cache.get("crl 0", at=AT) is not None
    cache.clear()
    assert cache.get("crl 0", at=AT) is None


def forged(cache: Cache, **fields: object) -> None:
    """Write a row as another program could, which knows how digests are made."""
    row: dict[str, object] = {
        "key": "crl a",
        "stored": int(AT.timestamp()),
        "until": int((AT + HOUR).timestamp()),
    }
    row |= {"cause": "", "place": "", "octets": b"a list"} | fields
    hashed = hashlib.sha256()
    for part in row.values():
        octets = part if isinstance(part, bytes) else str(part).encode()
        hashed.update(len(octets).to_bytes(8, "big") + octets)
    with closing(sqlite3.connect(database(cache))) as connection, connection:
        connection.execute("DELETE FROM entry")
        connection.execute(
            "INSERT INTO entry VALUES (?, ?, ?, ?, ?, ?, ?)", (*row.values(), hashed.digest())
        )


@pytest.mark.parametrize(
    "fields",
    [
        {"octets": "text"},
        {"cause": b"FETCH.NAME"},
        {"cause": "FETCH.NAME", "place": b"\xff"},
        {"cause": "X" * 5_000},
        {"stored": 1 << 60},
        {"until": 1 << 62},
        {"stored": -(1 << 60)},
        {"octets": bytes(2_000_000)},
    ],
)
def test_a_row_of_another_program_is_as_good_as_absent(
    cache: Cache, fields: dict[str, object]
) -> None:
    small = Cache(folder=cache.folder, max_octets=1_000_000)
    small.put("crl a", entry())
    forged(small)
    assert small.get("crl a", at=AT) == entry()
    forged(small, **fields)
    assert small.get("crl a", at=AT) is None
    small.put("crl a", entry())
    assert small.get("crl a", at=AT) == entry()


@pytest.mark.parametrize(
    "script",
    [
        "PRAGMA user_version = 2",
        "ALTER TABLE entry ADD COLUMN other",
        "CREATE TRIGGER never AFTER DELETE ON entry BEGIN SELECT 1; END",
        (
            "DROP TABLE entry; CREATE VIEW entry AS WITH RECURSIVE endless(n) AS (SELECT 1 "
            "UNION ALL SELECT n + 1 FROM endless) "
            "SELECT 'crl a' AS key, 1 AS stored, 1 AS until, '' AS cause, '' AS place, n AS "
            "octets, n AS sha256 FROM endless"
        ),
    ],
)
def test_a_file_of_another_version_or_with_tricks_is_left_for_a_new_one(
    cache: Cache, script: str
) -> None:
    cache.put("crl a", entry())
    with closing(sqlite3.connect(database(cache))) as connection, connection:
        connection.executescript(script)
    assert cache.get("crl a", at=AT) is None
    cache.put("crl a", entry())
    assert cache.get("crl a", at=AT) == entry()


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes")
def test_a_pipe_in_place_of_the_file(cache: Cache) -> None:
    cache.folder.mkdir(parents=True)
    os.mkfifo(cache.folder / "fetched-7.sqlite3")
    cache.put("crl a", entry())
    assert cache.get("crl a", at=AT) is None
