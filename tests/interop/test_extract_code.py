"""The codes of extracts as other programs read them: zbar from paper, OpenSSL over the
rebuilt octets.
"""

from itertools import pairwise
from pathlib import Path

import pytest

from hocba_sign.errors import InputError
from hocba_sign.extract.container import Extract, read_extract
from hocba_sign.operations.open_extract import open_extract
from hocba_sign.pki.certificates.certificate import Certificate
from hocba_sign.report.extract_page import extract_page
from hocba_sign.testing.identity import pem
from tests.interop.programs import program, run
from tests.support.scene import SEAL, Scene
from tests.vectors.replay import FOLDERS, identifier, load

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
    seal = pem(Certificate.load(scene.identity(SEAL).certificate_der).der)
    octets = extract.signed_info
    if is_changed:
        octets = octets[:-1] + b"?"
    assert is_right_for_openssl(octets, extract.signature, seal, tmp_path) is not is_changed


def is_right_for_openssl(octets: bytes, value: bytes, certificate: bytes, folder: Path) -> bool:
    """Return whether OpenSSL takes the value over these octets for that of a certificate's key."""
    (folder / "seal.pem").write_bytes(certificate)
    (folder / "octets").write_bytes(octets)
    (folder / "value").write_bytes(value)
    key = run([program("openssl"), "x509", "-in", folder / "seal.pem", "-pubkey", "-noout"]).output
    (folder / "key.pem").write_text(key)
    done = run([
        program("openssl"), "dgst", "-sha256", "-verify", folder / "key.pem",
        "-signature", folder / "value", folder / "octets",
    ])  # fmt: skip
    return "Verified OK" in done.output


def given(folder: Path) -> tuple[Extract, list[bytes]] | None:
    """Return the extract of a vector and the certificates beside it; None for what is none."""
    case = load(folder)
    try:
        extract = read_extract((folder / "document.txt").read_bytes())
    except InputError:
        return None
    files = [
        (folder / value).read_bytes()
        for option, value in pairwise(case["arguments"])
        if option == "--cert" and (folder / value).is_file()
    ]
    return extract, files


VECTORS = [
    (folder, *found)
    for folder in FOLDERS
    if identifier(folder).startswith("partial/") and (found := given(folder)) is not None
]


def test_there_are_vectors() -> None:
    assert len(VECTORS) >= 20


@pytest.mark.parametrize(
    ("folder", "extract", "certificates"), VECTORS, ids=[identifier(row[0]) for row in VECTORS]
)
def test_openssl_agrees_on_every_vector(
    folder: Path, extract: Extract, certificates: list[bytes], tmp_path: Path
) -> None:
    is_right = any(
        is_right_for_openssl(extract.signed_info, extract.signature, certificate, tmp_path)
        for certificate in certificates
    )
    causes = load(folder)["expect"].get("causes", [])
    assert is_right is not bool({"EXTRACT.CHANGED", "EXTRACT.CERTIFICATE"}.intersection(causes))
