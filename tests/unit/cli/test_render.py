"""`hocba render`: a transcript in, a whole PDF out, or no file and the reason."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from hocba_sign.cli.main import main
from hocba_sign.testing.drafts import drafted
from hocba_sign.xml.layout import CANONICAL, KHO, Layout
from tests.support.pages import example, rendered
from tests.support.scene import Scene

Captured = pytest.CaptureFixture[str]
BLOCKED = (
    "import sys\n"
    "class Absent:\n"
    "    def find_spec(self, name, path=None, target=None):\n"
    "        if name.partition('.')[0] in {'typst', 'segno', 'pypdfium2', 'pyhanko'}: raise "
    "ModuleNotFoundError(name)\n"
    "sys.meta_path.insert(0, Absent())\n"
    "from hocba_sign.cli.main import main\n"
    "sys.exit(main())\n"
)


@pytest.mark.parametrize("layout", [CANONICAL, KHO], ids=lambda layout: layout.name)
def test_a_draft_becomes_a_pdf(layout: Layout, tmp_path: Path, capsys: Captured) -> None:
    (tmp_path / "a.xml").write_bytes(drafted(example("lop9"), layout))
    assert main(["render", str(tmp_path / "a.xml"), "-o", str(tmp_path / "a.pdf")]) == 0
    assert (tmp_path / "a.pdf").read_bytes() == rendered(example("lop9"), layout).octets
    assert (
        capsys.readouterr().out
        == f"Đã tạo bản PDF để ký số (mẫu in số 2, 19 ô ký): {tmp_path / 'a.pdf'}\n"
    )


def test_a_signed_transcript_becomes_a_pdf(tmp_path: Path, capsys: Captured) -> None:
    (tmp_path / "a.xml").write_bytes(Scene(subjects=1).signed())
    assert main(["render", str(tmp_path / "a.xml"), "-o", str(tmp_path / "a.pdf")]) == 0
    assert (tmp_path / "a.pdf").read_bytes().startswith(b"%PDF-1.7")
    told = capsys.readouterr().out
    assert "đã ký số" in told
    assert "ô ký" not in told


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        (b"H'Nhi", b"H'Nh\xf0\x9f\x98\x80", "HO_VA_TEN: U+1F600"),
        (b"<TEN_LOP>9A2</TEN_LOP>", b"<TEN_LOP></TEN_LOP>", "TEN_LOP"),
        (b"</HOC_BA>", b"", "XML"),
    ],
)
def test_a_faulty_transcript_leaves_the_old_file_alone(
    old: bytes, new: bytes, words: str, tmp_path: Path, capsys: Captured
) -> None:
    document = drafted(example("lop9"), CANONICAL)
    assert old in document
    (tmp_path / "a.xml").write_bytes(document.replace(old, new))
    (tmp_path / "a.pdf").write_bytes(b"old")
    assert (
        main(["render", str(tmp_path / "a.xml"), "-o", str(tmp_path / "a.pdf"), "--lang", "en"])
        == 1
    )
    assert (tmp_path / "a.pdf").read_bytes() == b"old"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.pdf", "a.xml"]
    assert words in capsys.readouterr().err


def test_without_the_extra_it_says_what_to_install(root: Path, tmp_path: Path) -> None:
    (tmp_path / "a.xml").write_bytes(drafted(example("lop9"), CANONICAL))
    command = (
        sys.executable,
        "-c",
        BLOCKED,
        "render",
        str(tmp_path / "a.xml"),
        "-o",
        str(tmp_path / "a.pdf"),
        "--lang",
        "en",
    )
    surroundings = {**os.environ, "PYTHONPATH": str(root / "src")}
    done = subprocess.run(
        command,
        env=surroundings,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        timeout=60,
    )
    assert done.returncode == 2
    assert "pip install hocba-sign[pdf]" in done.stderr
    assert not (tmp_path / "a.pdf").exists()
