"""The codes of extracts as other programs read them: zbar from paper, OpenSSL over the
rebuilt octets.
"""

from pathlib import Path

import pytest

from hocba_sign.extract.container import Extract
from hocba_sign.operations.extract import open_extract
from hocba_sign.pki.certificates.certificate import Certificate
from hocba_sign.report.extract_page import extract_page
from hocba_sign.testing.identity import pem
from tests.interop.programs import program, run
from tests.support.scene import SEAL, Scene

SHOWN = ("result", "mon-19", "mon-15", "mon-69")


@pytest.fixture(scope="module")
def scene() -> Scene:
    return Scene(subjects=None, is_rsa=True)


@pytest.fixture(scope="module")
def page(scene: Scene) -> tuple[Extract, bytes]:
    document = scene.signed()
    report = scene.verify(document)
    extract = open_extract(document, report, show=SHOWN)
    return extract, extract_page(extract, report)


def read(picture: Path) -> str:
    return run([program("zbarimg"), "-q", "--raw", picture]).output.strip()


def test_zbar_reads_the_page_at_150_dpi(page: tuple[Extract, bytes], tmp_path: Path) -> None:
    extract, pdf = page
    (tmp_path / "page.pdf").write_bytes(pdf)
    run([program("pdftoppm"), "-r", "150", "-png", tmp_path / "page.pdf", tmp_path / "page"])
    assert read(next(tmp_path.glob("page*.png"))) == extract.to_text()


@pytest.mark.parametrize("is_changed", [False, True])
def test_openssl_agrees(
    scene: Scene, page: tuple[Extract, bytes], tmp_path: Path, *, is_changed: bool
) -> None:
    extract, _ = page
    certificate = Certificate.load(scene.identity(SEAL).certificate_der)
    (tmp_path / "seal.pem").write_bytes(pem(certificate.der))
    octets = extract.signed_info
    (tmp_path / "octets").write_bytes(octets[:-1] + b"?" if is_changed else octets)
    (tmp_path / "value").write_bytes(extract.signature)
    key = run(
        [program("openssl"), "x509", "-in", tmp_path / "seal.pem", "-pubkey", "-noout"]
    ).output
    (tmp_path / "key.pem").write_text(key)
    done = run([
        program("openssl"), "dgst", "-sha256", "-verify", tmp_path / "key.pem",
        "-signature", tmp_path / "value", tmp_path / "octets",
    ])  # fmt: skip
    assert ("Verified OK" in done.output) is not is_changed
