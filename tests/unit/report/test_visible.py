"""Nothing that a file, its name or a certificate brings changes what people read of the rest."""

import json
import unicodedata
from pathlib import Path

import pytest

from hocba_sign.cli import console
from hocba_sign.cli.main import main
from hocba_sign.model.text import is_hidden
from hocba_sign.report.phrases import printable

HIDDEN = (
    "\u202e\u202d\u2066\u2069\u200e\u200f\u061c\u200b\u3164\u115f\u034f\ufe0f\U000e0041"
    "\x1b\x85\u2028\ue000"
)
ISOLATES = {"\u2068", "\u2069"}


@pytest.mark.parametrize("letter", HIDDEN)
def test_a_hidden_character_is_escaped_in_json_and_replaced_elsewhere(letter: str) -> None:
    written = console.json_line({"name": f"a{letter}b"})
    assert letter not in written
    assert json.loads(written) == {"name": f"a{letter}b"}
    assert printable(f"a{letter}b") == "a\ufffdb"


def test_ordinary_text_is_written_as_it_is() -> None:
    for text in ("Nguyễn Hoàng Bảo Châu – “THPT” № 5", "김민수", "Rơ̆ Châm", "សុខ"):
        assert printable(text) == text
        assert text in console.json_line({"name": text})


def test_words_from_right_to_left_keep_to_themselves() -> None:
    assert printable("محمد 12") == "\u2068محمد 12\u2069"


@pytest.mark.parametrize("option", ["--json", "--html", None])
def test_the_name_of_a_file_reorders_no_report(
    option: str | None,
    root: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    document = (
        root / "test_vectors" / "format" / "issued-secondary-level-t" / "document.xml"
    ).read_bytes()
    name = f"hoc-ba{HIDDEN.replace(chr(0x1B), '')}אבג.xml"
    Path(name).write_bytes(document)
    more = {None: (), "--json": ("--json",), "--html": ("--html", "report.html")}[option]
    main(["verify", name, "--offline", *more])
    out, err = capsys.readouterr()
    page = Path("report.html").read_text("utf-8") if option == "--html" else ""
    shown = {
        letter
        for text in (out, err, page)
        for letter in text
        if is_hidden(letter) and letter != "\n"
    }
    assert shown <= ISOLATES, [unicodedata.name(letter, repr(letter)) for letter in shown]
