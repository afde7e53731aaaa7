"""Pages of ours, judged by other people's programs: veraPDF, qpdf, poppler, zbar."""

from dataclasses import replace
from pathlib import Path

import pytest

from hocba_sign.rendering.code import content_of
from hocba_sign.rendering.source import read_source
from hocba_sign.testing.drafts import drafted
from hocba_sign.xml.layout import CANONICAL
from tests.interop.programs import program, run
from tests.interop.verapdf_oracle import verapdf
from tests.support.pages import Load, example, loaded, rendered, words

NAMES = ("lop5", "lop9", "lop12")
FULL = Load(comment=words(2000), name=words(100), person=words(150), teachers=3)


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("pages")
    transcripts = {name: example(name) for name in NAMES}
    transcripts |= {f"{name}-full": loaded(example(name), FULL) for name in ("lop5", "lop12")}
    files = {name: folder / f"{name}.pdf" for name in transcripts}
    for name, transcript in transcripts.items():
        files[name].write_bytes(rendered(transcript).octets)
    return files


def test_verapdf_finds_pdf_a_3a_and_pdf_ua_1(pages: dict[str, Path]) -> None:
    judgements = verapdf(tuple(pages.values()))
    assert {(one["flavour"], one["compliant"]) for one in judgements} == {
        ("3a", True),
        ("ua1", True),
    }
    assert [one["broken"] for one in judgements] == [{}] * len(judgements)
    assert min(one["checks"] for one in judgements) > 10_000


def test_verapdf_finds_a_fault_that_is_there(pages: dict[str, Path], tmp_path: Path) -> None:
    broken = tmp_path / "broken.pdf"
    broken.write_bytes(pages["lop5"].read_bytes().replace(b"<pdfuaid:part>1<", b"<pdfuaid:part>7<"))
    assert [one["compliant"] for one in verapdf((broken,))] == [True, False]


def test_qpdf_finds_no_fault(pages: dict[str, Path]) -> None:
    for path in pages.values():
        done = run([program("qpdf"), "--check", path])
        assert done.status == 0, done.output + done.log


@pytest.mark.parametrize("name", NAMES)
def test_every_font_is_embedded_and_nothing_is_active(name: str, pages: dict[str, Path]) -> None:
    fonts = run([program("pdffonts"), pages[name]]).output.splitlines()[2:]
    assert fonts
    assert all("+LiberationSerif" in line for line in fonts)
    assert {tuple(line.split()[-5:-2]) for line in fonts} == {("yes", "yes", "yes")}, (
        "embedded, a subset, with Unicode"
    )
    facts = dict(
        line.split(":", 1) for line in run([program("pdfinfo"), pages[name]]).output.splitlines()
    )
    found = {
        key: facts[key].strip()
        for key in ("Tagged", "JavaScript", "Form", "Encrypted", "PDF version")
    }
    assert found == {
        "Tagged": "yes",
        "JavaScript": "no",
        "Form": "none",
        "Encrypted": "no",
        "PDF version": "1.7",
    }
    assert facts["Page size"].strip().endswith("(A4)")


def test_the_attached_file_comes_out_as_it_went_in(pages: dict[str, Path], tmp_path: Path) -> None:
    run([program("pdfdetach"), "-saveall", "-o", tmp_path, pages["lop9"]])
    assert [path.name for path in tmp_path.iterdir()] == ["hocba.xml"]
    assert (tmp_path / "hocba.xml").read_bytes() == drafted(example("lop9"), CANONICAL)


@pytest.mark.parametrize("name", NAMES)
def test_the_code_is_read_from_the_picture_of_the_page(
    name: str, pages: dict[str, Path], tmp_path: Path
) -> None:
    run(
        [
            program("pdftoppm"),
            "-r",
            "150",
            "-f",
            "1",
            "-l",
            "1",
            "-singlefile",
            "-png",
            pages[name],
            tmp_path / "cover",
        ]
    )
    done = run([program("zbarimg"), "--quiet", "--raw", tmp_path / "cover.png"])
    digest = read_source(drafted(example(name), CANONICAL)).digest
    assert done.output.strip() == content_of(example(name).identification, digest)


def test_the_longest_code_is_read(tmp_path: Path) -> None:
    transcript = example("lop5")
    given = replace(transcript.identification, id="A" * 36, version=9_999_999_999)
    longest = replace(transcript, identification=given)
    (tmp_path / "a.pdf").write_bytes(rendered(longest).octets)
    run(
        [
            program("pdftoppm"),
            "-r",
            "150",
            "-f",
            "1",
            "-l",
            "1",
            "-singlefile",
            "-png",
            tmp_path / "a.pdf",
            tmp_path / "cover",
        ]
    )
    assert run([program("zbarimg"), "--quiet", "--raw", tmp_path / "cover.png"]).output.startswith(
        f"hocba:{'A' * 36}?v=9999999999&sha256="
    )
