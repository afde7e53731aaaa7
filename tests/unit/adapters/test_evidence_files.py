"""Files and folders of evidence: everything is read or named."""

import base64
import bz2
import gzip
import io
import os
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from hocba_sign.adapters.evidence_files import (
    collect_certificates,
    collect_crls,
    collect_evidence,
    collect_ocsps,
    gather,
)
from hocba_sign.errors import HocbaSignError, OutsideError
from hocba_sign.pki.loading.kinds import ObjectKind
from hocba_sign.testing import World
from hocba_sign.testing.identity import pem

AT = datetime(2026, 6, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def world() -> World:
    return World(AT, fast=True)


def cause(error: pytest.ExceptionInfo[HocbaSignError]) -> str:
    return error.value.cause


def test_a_folder_gives_what_is_of_its_kind(tmp_path: Path, world: World) -> None:
    ca = world.authority("public-ca")
    (tmp_path / "ca.pem").write_bytes(pem(ca.certificate_der))
    (tmp_path / "root.cer").write_bytes(world.anchors_der[0])
    (tmp_path / "ca.crl").write_bytes(world.crl(ca, AT))
    (tmp_path / "a.ocsp").write_bytes(world.ocsp_response(ca, AT))
    (tmp_path / "notes.txt").write_text("ghi chú", "utf-8")
    (tmp_path / "below").mkdir()
    assert {one.der for one in collect_certificates([tmp_path])} == {
        ca.certificate_der,
        world.anchors_der[0],
    }
    assert collect_crls([tmp_path]) == (world.crl(ca, AT),)
    assert collect_ocsps([tmp_path]) == ((tmp_path / "a.ocsp").read_bytes(),)
    assert collect_crls([tmp_path / "ca.crl", tmp_path]) == (world.crl(ca, AT),) * 2
    assert collect_crls([]) == ()


def test_a_file_that_is_named_must_be_usable(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("ghi chú", "utf-8")
    for collect, path, expected in (
        (collect_crls, tmp_path / "notes.txt", "FILE.UNUSABLE"),
        (collect_crls, tmp_path, "FILE.NOTHING_USABLE"),
        (collect_crls, tmp_path / "none", "FILE.NOT_FOUND"),
    ):
        with pytest.raises(OutsideError) as refused:
            collect([path])
        assert cause(refused) == expected
        assert refused.value.where == str(path)


def zipped(name: str) -> bytes:
    octets = io.BytesIO()
    with zipfile.ZipFile(octets, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, bytes(1_000_000))
    return octets.getvalue()


HARMLESS: dict[str, bytes] = {
    "README.txt": (
        "Thư mục này chứa danh sách thu hồi, xem http://rootca.gov.vn/crl/vnrca256.crl\n"
    ).encode(),
    "README.md": (
        b"# CRL\n\nSHA-256 of the root:\n\n7b3269e7d79aebbfae5095f45bbb7074771e690c"
        b"b7df02b441062b12f7690ece\n"
    ),
    "SHA256SUMS": b"".join(b"%064x  ca-%d.crl\n" % (number, number) for number in range(9)),
    "fingerprints": b"".join(b"%064X\n" % (number << 200) for number in range(9)),
    "serials.txt": b"".join(
        b"54 01 %02x %02x %02x %02x  revoked 2026-01-%02d\n" % (n, n, n, n, n + 1)
        for n in range(20)
    ),
    "words.txt": (
        b"with some more text that will only have very many four letter word like "
        b"this when they find that\n"
    )
    * 9,
    "notes-utf-16.txt": "Ghi chú của trường".encode("utf-16"),
    "tcvn3.txt": b"Danh s\xb8ch ch\xf8ng th\xad s\xe8\n" * 20,
    ".DS_Store": b"\x00\x00\x00\x01Bud1" + bytes(range(256)) * 20,
    "Thumbs.db": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(range(256)) * 20,
    "desktop.ini": "[.ShellClassInfo]\r\nIconResource=x.dll,3\r\n".encode("utf-16"),
    "._ca.crl": b"\x00\x05\x16\x07\x00\x02\x00\x00" + bytes(3000),
    ".gitkeep": b"",
    "index.html": b"<html><a href='ca.crl'>ca.crl</a></html>",
    "page.pdf": b"%PDF-1.7\n" + bytes(range(256)) * 20,
    "guide.docx": zipped("[Content_Types].xml"),
    "key.pem": (
        b"-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/"
        b"nwoy/HU++CXqI9EdVhC\n-----END PRIVATE KEY-----\n"
    ),
}
SUSPECT: dict[str, Callable[[bytes], bytes]] = {
    "newer.crl.gz": gzip.compress,
    "newer.bz2": bz2.compress,
    "newer.zip": lambda _: zipped("newer.crl"),
    "newer.crl": lambda _: b"",
    "error.crl": lambda _: b"<html>503</html>",
    "newer": lambda der: der[:-1],
    "newer.txt": base64.b85encode,
    "a\x1b[2J\n\u202e.txt": base64.b32encode,
}


@pytest.fixture
def folder(tmp_path: Path, world: World) -> Path:
    (tmp_path / "ca.crl").write_bytes(world.crl("public-ca", AT))
    return tmp_path


@pytest.mark.parametrize("name", HARMLESS)
def test_what_has_the_form_of_something_else_is_named_and_changes_nothing(
    folder: Path, name: str
) -> None:
    (folder / name).write_bytes(HARMLESS[name])
    evidence = collect_evidence(crls=[folder])
    assert [(one.where, one.matters) for one in evidence.unread] == [(str(folder / name), False)]
    assert collect_crls([folder])


@pytest.mark.parametrize("name", SUSPECT)
def test_what_may_be_a_list_is_named_and_matters(folder: Path, world: World, name: str) -> None:
    (folder / name).write_bytes(SUSPECT[name](world.crl("public-ca", AT)))
    (one,) = collect_evidence(crls=[folder]).unread
    assert one.matters
    assert one.where.startswith(str(folder / name))
    with pytest.raises(OutsideError):
        collect_crls([folder])


@pytest.mark.parametrize("name", ["newer.zip", "newer.txt"])
def test_in_a_folder_of_certificates_only_what_bears_a_mark_matters(
    tmp_path: Path, world: World, name: str
) -> None:
    (tmp_path / "ca.cer").write_bytes(world.authority("public-ca").certificate_der)
    (tmp_path / name).write_bytes(SUSPECT[name](world.crl("public-ca", AT)))
    assert not any(one.matters for one in gather([tmp_path], ObjectKind.CERTIFICATE).unread)
    (tmp_path / "cut").write_bytes(world.crl("public-ca", AT)[:-1])
    (tmp_path / "half.pem").write_bytes(b"-----BEGIN X509 CRL-----\nMII\n")
    lost = [one for one in gather([tmp_path], ObjectKind.CERTIFICATE).unread if one.matters]
    assert [Path(one.where.split(": ")[0]).name for one in lost] == ["cut", "half.pem"]


@pytest.mark.skipif(os.name == "nt", reason="POSIX files")
def test_what_is_no_file_is_named_and_never_waited_for(folder: Path) -> None:
    os.mkfifo(folder / "pipe")
    (folder / "nowhere").symlink_to(folder / "none")
    (folder / "round").symlink_to(folder / "round")
    (folder / "below").mkdir()
    (folder / "link.crl").symlink_to(folder / "ca.crl")
    (folder / "device").symlink_to("/dev/zero")
    evidence = collect_evidence(crls=[folder])
    named = {Path(one.where).name: (one.cause, one.matters) for one in evidence.unread}
    assert named == {
        "pipe": ("FILE.NOT_REGULAR", True),
        "nowhere": ("FILE.NOT_FOUND", True),
        "round": ("FILE.UNREADABLE", True),
        "device": ("FILE.NOT_REGULAR", True),
        "below": ("FILE.FOLDER", False),
    }
    assert len(evidence.crls) == 1


def test_a_file_too_large_is_named(folder: Path) -> None:
    with (folder / "newer").open("wb") as file:
        file.truncate(65 * 1024 * 1024)
    (one,) = collect_evidence(crls=[folder]).unread
    assert (one.cause, one.matters) == ("FILE.TOO_LARGE", True)


def test_lists_and_answers_count_wherever_they_are_given(tmp_path: Path, world: World) -> None:
    (tmp_path / "all.pem").write_bytes(
        pem(world.authority("public-ca").certificate_der)
        + base64.encodebytes(world.crl("public-ca", AT))
        + b"\n"
    )
    evidence = collect_evidence(certificates=[tmp_path / "all.pem"])
    assert (len(evidence.certificates), len(evidence.crls), evidence.unread) == (1, 1, ())
