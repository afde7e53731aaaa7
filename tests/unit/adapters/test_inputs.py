"""What a call names becomes documents: each once, in order, and none lost."""

import base64
import io
import json
import os
import zipfile
from pathlib import Path

import pytest

from hocba_sign.adapters.inputs import Source, expand
from hocba_sign.errors import HocbaSignError, InputError, OutsideError

XML = b"<HOC_BA/>"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def put(path: Path, octets: bytes = XML) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(octets)
    return path


def packet(members: dict[str, bytes]) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as file:
        for name, octets in members.items():
            file.writestr(name, octets)
    return held.getvalue()


def names(*paths: str, lists: tuple[Path, ...] = ()) -> list[str]:
    return [source.name for source in expand(map(Path, paths), lists=lists)]


def outcome(source: Source, limit: int = 1000) -> bytes | str:
    try:
        return source.read(limit)
    except HocbaSignError as error:
        return error.cause


def test_files_stay_in_the_order_given(folder: Path) -> None:
    put(folder / "b.xml")
    put(folder / "a.xml")
    assert names("b.xml", "a.xml", "-") == ["b.xml", "a.xml", "-"]


def test_a_folder_is_searched_to_the_bottom_without_hidden_files(folder: Path) -> None:
    for name in ("in/b.xml", "in/a/z.pdf", "in/.hidden.xml", "in/.git/x.xml", "in/photo.jpg"):
        put(folder / name)
    (folder / "in" / "loop").symlink_to(folder / "in", target_is_directory=True)
    assert names("in") == ["in/a/z.pdf", "in/b.xml", "in/photo.jpg"]
    assert [one.name for one in expand([Path("in")], suffixes=[".xml"])] == ["in/b.xml"]


def test_a_pattern_that_the_shell_left_alone_is_matched(folder: Path) -> None:
    for name in ("b.xml", "a.xml", "c.txt", "sub/d.xml"):
        put(folder / name)
    assert names("*.xml") == ["a.xml", "b.xml"]
    assert names("**/*.xml") == ["a.xml", "b.xml", "sub/d.xml"]
    put(folder / "[1].xml")
    assert names("[1].xml") == ["[1].xml"]
    (source,) = expand([Path("*.none")])
    assert outcome(source) == "FILE.NOT_FOUND"


def test_a_list_names_one_path_a_line(folder: Path) -> None:
    for name in ("a.xml", "học bạ.xml", "in/b.xml", "c.xml"):
        put(folder / name)
    listed = put(folder / "list.txt", "\ufeffa.xml\r\n\r\nhọc bạ.xml\nin\n".encode())
    assert names(lists=(listed,)) == ["a.xml", "học bạ.xml", "in/b.xml"]
    lines = [{"file": "c.xml", "verdict": "VALID"}, {"summary": {"signed": 1}}]
    put(folder / "reports.jsonl", "\n".join(map(json.dumps, lines)).encode())
    assert names("reports.jsonl") == ["c.xml"]
    with pytest.raises(OutsideError, match=r"FILE\.NOT_FOUND"):
        names(lists=(Path("none.txt"),))


def test_lines_may_hold_documents(folder: Path) -> None:
    lines = [
        {"file": "first", "document": "<a>ế</a>"},
        {"document": base64.b64encode(b"%PDF-1.7").decode()},
        {"document": "no Base64!"},
        {"other": 1},
    ]
    put(
        folder / "documents.jsonl",
        "\n".join(json.dumps(line, ensure_ascii=False) for line in lines).encode(),
    )
    found = list(expand([Path("documents.jsonl")]))
    assert [source.name for source in found] == [
        "first",
        "documents.jsonl:2",
        "documents.jsonl:3",
        "documents.jsonl:4",
    ]
    assert [outcome(source) for source in found] == [
        "<a>ế</a>".encode(),
        b"%PDF-1.7",
        "FILE.LINE",
        "FILE.LINE",
    ]
    assert outcome(found[0], 3) == "FILE.TOO_LARGE"


def test_a_packet_is_the_files_in_it(folder: Path) -> None:
    members = {"lop/b.xml": b"<b/>", "a.pdf": b"%PDF-", "anh.jpg": b"\xff\xd8\xff", "lop/.x": b""}
    put(folder / "packet.zip", packet(members))
    found = list(expand([Path()]))
    assert [source.name for source in found] == [
        "packet.zip/a.pdf",
        "packet.zip/anh.jpg",
        "packet.zip/lop/b.xml",
    ]
    assert [outcome(source) for source in found] == [b"%PDF-", b"\xff\xd8\xff", b"<b/>"]


def test_a_member_that_unpacks_without_end_is_refused(folder: Path) -> None:
    put(folder / "bomb.zip", packet({"a.xml": b"<" + b" " * 5_000_000, "b.xml": XML}))
    bomb, honest = expand([Path("bomb.zip")])
    with pytest.raises(InputError, match=r"FILE\.TOO_LARGE"):
        bomb.read(1000)
    assert outcome(honest) == XML


def test_a_damaged_member_costs_only_itself(folder: Path) -> None:
    octets = packet({"a.xml": b"<a>" + os.urandom(200), "b.xml": XML})
    at = octets.index(b"a.xml") + 60
    put(folder / "p.zip", octets[:at] + b"\xff\x00\xff" + octets[at + 3 :])
    damaged, honest = expand([Path("p.zip")])
    assert (outcome(damaged), outcome(honest)) == ("FILE.MEMBER", XML)


@pytest.mark.parametrize(
    "members",
    [
        {"[Content_Types].xml": XML, "word/document.xml": XML},
        {"mimetype": b"application/epub+zip", "a.xml": XML},
        {"photo.jpg": b"\xff\xd8\xff"},
    ],
)
def test_an_office_file_or_a_packet_of_pictures_is_one_file(
    folder: Path, members: dict[str, bytes]
) -> None:
    put(folder / "one.zip", packet(members))
    assert names("one.zip") == ["one.zip"]


def test_a_broken_packet_is_one_file(folder: Path) -> None:
    put(folder / "cut.zip", packet({"a.xml": XML})[:40])
    assert names("cut.zip") == ["cut.zip"]


def test_what_is_missing_is_one_document_that_cannot_be_read(folder: Path) -> None:
    put(folder / "a.xml")
    found = list(expand([Path("none.xml"), Path("a.xml")]))
    assert [outcome(source) for source in found] == ["FILE.NOT_FOUND", XML]
