"""Extracts read from pictures: what a camera or a printer makes of the code is judged as its text,
and a picture that shows none proves nothing.
"""

import io
import struct
import zlib
from functools import cache
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from PIL import Image, ImageFilter

from hocba_sign.errors import CallerError
from hocba_sign.extract.container import Extract
from hocba_sign.operations.open_extract import open_extract
from hocba_sign.operations.verifier import Verifier
from hocba_sign.pki.certificates.certificate import Certificate
from hocba_sign.pki.revocation.evidence import Evidence
from hocba_sign.rendering.code import code_png
from hocba_sign.report.extract_page import extract_page
from hocba_sign.report.report import Report
from hocba_sign.validation.verdict import Verdict
from tests.support.pdf import page_of
from tests.support.scene import JUDGED_AT, SEAL, Scene

SCENE = Scene(subjects=6)


@cache
def whole() -> tuple[bytes, Report]:
    document = SCENE.signed()
    return document, SCENE.verify(document)


@cache
def extract(*shown: str) -> Extract:
    document, report = whole()
    return open_extract(document, report, show=shown or ("result", "mon-15"))


@cache
def verifier() -> Verifier:
    seal = Certificate.load(SCENE.identity(SEAL).certificate_der)
    evidence = SCENE.evidence().merged(Evidence.of(certificates=[seal]))
    return Verifier(trust=SCENE.trust, evidence=evidence, policy=SCENE.policy)


def judged(octets: bytes) -> Report:
    return verifier().verify_extract(octets, at=JUDGED_AT)


def drawn(text: str) -> Any:
    return Image.open(io.BytesIO(code_png(text))).convert("L")


def saved(picture: Any, kind: str = "PNG", **options: Any) -> bytes:
    out = io.BytesIO()
    picture.save(out, kind, **options)
    return out.getvalue()


@cache
def photograph() -> bytes:
    """Draw the code as a phone sees it: turned, blurred, unevenly compressed, on a larger sheet."""
    code = drawn(extract().to_text())
    sheet = Image.new("L", (1800, 2400), 225)
    sheet.paste(code.resize((1000, 1000)), (400, 700))
    turned = sheet.rotate(7, resample=Image.Resampling.BICUBIC, fillcolor=225)
    return saved(turned.filter(ImageFilter.GaussianBlur(1)), "JPEG", quality=45)


def test_a_picture_is_judged_as_its_text() -> None:
    text = judged(extract().to_text().encode())
    page = extract_page(extract(), whole()[1])
    assert text.verdict is Verdict.VALID
    for octets in (saved(drawn(extract().to_text())), photograph(), page):
        report = judged(octets)
        assert report.verdict is Verdict.VALID
        assert report.conclusion is not None
        assert text.conclusion is not None
        assert report.conclusion.shown == text.conclusion.shown


def test_a_changed_code_in_a_picture_is_no_better_than_its_text() -> None:
    octets = extract().to_octets()
    changed = Extract.from_octets(octets[:-1] + bytes([octets[-1] ^ 1])).to_text()
    assert judged(changed.encode()).verdict is Verdict.INVALID
    assert judged(saved(drawn(changed))).verdict is Verdict.INVALID


def stated(width: int, height: int) -> bytes:
    """Write the head of a PNG that states a size, and a little of a picture."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        crc = struct.pack(">I", zlib.crc32(kind + content))
        return struct.pack(">I", len(content)) + kind + content + crc

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(bytes(10_000_000)))
        + chunk(b"IEND", b"")
    )


def beside(*texts: str) -> bytes:
    pictures = [drawn(text) for text in texts]
    sheet = Image.new("L", (sum(p.width for p in pictures), max(p.height for p in pictures)), 255)
    at = 0
    for picture in pictures:
        sheet.paste(picture, (at, 0))
        at += picture.width
    return saved(sheet)


@pytest.mark.parametrize(
    "make",
    [
        lambda: saved(Image.new("L", (600, 600), 200)),
        lambda: saved(drawn("https://example.edu.vn/khac")),
        lambda: beside(extract().to_text(), extract("mon-69").to_text()),
        page_of,
        lambda: saved(drawn(extract().to_text()))[:400],
        lambda: stated(60_000, 60_000),
        lambda: stated(9_000, 9_000),
        lambda: b"\xff\xd8\xff\xe0" + bytes(100),
        lambda: b"%PDF-1.7\n",
    ],
    ids=["empty", "other", "two", "page", "cut", "bomb", "large", "jpeg", "pdf"],
)
def test_a_picture_that_shows_no_single_extract_proves_nothing(make: Any) -> None:
    report = judged(make())
    assert report.verdict is Verdict.INDETERMINATE, report.to_json()


def test_without_the_extra_it_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hocba_sign.rendering.worker.find_spec", lambda _: None)
    with pytest.raises(CallerError, match=r"EXTRACT\.EXTRA_MISSING"):
        judged(photograph())


@settings(max_examples=40, phases=[Phase.generate])
@given(data=st.data())
def test_broken_pictures_end_in_a_verdict(data: st.DataObject) -> None:
    octets = bytearray(photograph() if data.draw(st.booleans()) else beside(extract().to_text()))
    for _ in range(data.draw(st.integers(1, 8))):
        octets[data.draw(st.integers(8, len(octets) - 1))] = data.draw(st.integers(0, 255))
    # A code that is damaged too much for its correction may be read as another text.
    assert judged(bytes(octets)).verdict in set(Verdict)
