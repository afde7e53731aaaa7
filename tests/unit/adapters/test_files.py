"""Files are read within limits and written whole."""

import errno
import os
import stat
import sys
import tracemalloc
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from hocba_sign.adapters.evidence_files import gather
from hocba_sign.adapters.files import read_limited, sha256_of, write_atomically
from hocba_sign.adapters.locks import exclusive_file
from hocba_sign.cli.beside_files import named
from hocba_sign.cli.console import EXIT_OUTSIDE, EXIT_USAGE
from hocba_sign.cli.main import main
from hocba_sign.errors import HocbaSignError, InputError, OutsideError
from hocba_sign.pki.loading.kinds import ObjectKind
from hocba_sign.testing import World

AT = datetime(2026, 6, 1, tzinfo=UTC)
posix = pytest.mark.skipif(sys.platform == "win32", reason="POSIX files")


@pytest.fixture(scope="module")
def world() -> World:
    return World(AT, fast=True)


def cause(error: pytest.ExceptionInfo[HocbaSignError]) -> str:
    return error.value.cause


def test_a_file_of_exactly_the_limit_is_read(tmp_path: Path) -> None:
    file = tmp_path / "a"
    file.write_bytes(b"12345")
    assert read_limited(file, 5) == b"12345"
    with pytest.raises(InputError) as refused:
        read_limited(file, 4)
    assert cause(refused) == "FILE.TOO_LARGE"


def test_a_large_file_is_refused_without_being_read(tmp_path: Path) -> None:
    file = tmp_path / "large"
    with file.open("wb") as sparse:
        sparse.truncate(1 << 30)
    tracemalloc.start()
    with pytest.raises(InputError):
        read_limited(file, 1 << 20)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 1 << 20
    assert sha256_of(file) is None


def test_the_digest_of_a_file_is_that_of_its_octets(tmp_path: Path) -> None:
    file = tmp_path / "a"
    file.write_bytes(b"abc" * 1_000_000)
    assert sha256_of(file) == "f4096a131e7e6ebfa7a512b5c299e13b065df34d15624ee1202ab394cc4d7e90"


@pytest.mark.parametrize(("name", "expected"), [("none", "FILE.NOT_FOUND"), (".", "FILE.FOLDER")])
def test_what_is_no_file_is_named(tmp_path: Path, name: str, expected: str) -> None:
    with pytest.raises(OutsideError) as refused:
        read_limited(tmp_path / name, 9)
    assert cause(refused) == expected


@posix
def test_a_pipe_nobody_writes_to_does_not_block(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(OutsideError) as refused:
        read_limited(tmp_path / "pipe", 9)
    assert cause(refused) == "FILE.NOT_REGULAR"
    with pytest.raises(OutsideError) as refused:
        write_atomically(tmp_path / "pipe", b"")
    assert cause(refused) == "FILE.NOT_REGULAR"
    assert stat.S_ISFIFO((tmp_path / "pipe").stat().st_mode)


@posix
def test_a_device_is_refused() -> None:
    with pytest.raises(OutsideError) as refused:
        read_limited(Path("/dev/zero"), 9)
    assert cause(refused) == "FILE.NOT_REGULAR"


def test_writing_replaces_and_leaves_nothing_else(tmp_path: Path) -> None:
    file = tmp_path / "a.xml"
    for octets in (b"first", b"second"):
        write_atomically(file, octets)
        assert file.read_bytes() == octets
    assert [path.name for path in tmp_path.iterdir()] == ["a.xml"]


@posix
def test_writing_keeps_permissions_and_follows_a_link(tmp_path: Path) -> None:
    file, link = tmp_path / "a.xml", tmp_path / "link.xml"
    file.write_bytes(b"old")
    file.chmod(0o640)
    link.symlink_to(file)
    write_atomically(link, b"new")
    assert link.is_symlink()
    assert file.read_bytes() == b"new"
    assert stat.S_IMODE(file.stat().st_mode) == 0o640


@posix
def test_a_new_file_has_the_permissions_of_any_new_file(tmp_path: Path) -> None:
    (tmp_path / "usual").touch()
    write_atomically(tmp_path / "a.xml", b"")
    assert (tmp_path / "a.xml").stat().st_mode == (tmp_path / "usual").stat().st_mode


@posix
def test_writing_changes_nothing_for_other_threads(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The mask of permissions is the whole process's: even for a moment another thread's new file
    would be open to everybody.
    """

    def refused(_: int) -> int:
        raise AssertionError

    monkeypatch.setattr(os, "umask", refused)
    write_atomically(tmp_path / "a.xml", b"")
    assert (tmp_path / "a.xml").exists()


@posix
def test_what_is_half_written_is_not_open_to_more_people_than_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "a.xml"
    file.touch(0o600)
    seen: list[int] = []
    monkeypatch.setattr(
        os, "fsync", lambda descriptor: seen.append(stat.S_IMODE(os.fstat(descriptor).st_mode))
    )
    write_atomically(file, b"new")
    assert seen == [0o600]


def test_a_failed_write_leaves_the_old_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "a.xml"
    file.write_bytes(b"old")

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OutsideError) as refused:
        write_atomically(file, b"new")
    assert cause(refused) == "FILE.UNWRITABLE"
    assert file.read_bytes() == b"old"
    assert [path.name for path in tmp_path.iterdir()] == ["a.xml"]


def test_the_folder_must_exist(tmp_path: Path) -> None:
    with pytest.raises(OutsideError) as refused:
        write_atomically(tmp_path / "no" / "a.xml", b"")
    assert cause(refused) == "FILE.NO_FOLDER"


@posix
@pytest.mark.parametrize("name", ["loop", "n" * 5_000, "closed/inner"])
def test_a_name_that_leads_nowhere_is_named_by_every_reader_and_writer(
    tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A loop of links, a name too long, and a folder that is closed to this user."""
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    path = tmp_path / name
    looked, opened = Path.stat, os.open

    def allowed(one: object) -> bool:
        if "closed" in str(one):
            raise PermissionError(errno.EACCES, "closed")
        return True

    monkeypatch.setattr(Path, "stat", lambda self, **more: allowed(self) and looked(self, **more))
    monkeypatch.setattr(
        os, "open", lambda one, *more, **others: allowed(one) and opened(one, *more, **others)
    )
    uses: list[Callable[[], object]] = [
        lambda: read_limited(path, 5),
        lambda: sha256_of(path),
        lambda: write_atomically(path, b""),
        lambda: gather([path], ObjectKind.CRL),
        lambda: named([path]),
    ]
    for use in uses:
        with pytest.raises(OutsideError):
            use()
    with pytest.raises(OutsideError), exclusive_file(path, wait=0):
        pass
    for command in (
        ["verify", str(path)],
        ["validate", str(path)],
        ["verify", "x.xml", "--trust", str(path), "--policy", str(path)],
    ):
        assert main([*command]) in {EXIT_USAGE, EXIT_OUTSIDE}
