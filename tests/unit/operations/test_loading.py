"""What the library loads before it is asked for anything: neither the reference engine, nor what
only pages, documents of others, tokens and the network need.
"""

import os
import subprocess
import sys
from pathlib import Path

import pytest

LATER = frozenset(
    {
        "asyncio",
        "asn1crypto",
        "cryptography.x509",
        "http.client",
        "pkcs11",
        "pyhanko",
        "pyhanko_certvalidator",
        "pypdfium2",
        "segno",
        "ssl",
        "typst",
        "urllib3",
        "hocba_sign.adapters",
        "hocba_sign.pades.engine",
        "hocba_sign.pades.read_pdf",
        "hocba_sign.pades.write_pdf",
        "hocba_sign.pki.path.reference_engine",
        "hocba_sign.rendering",
        "hocba_sign.report.html",
        "hocba_sign.report.plain_text",
        "hocba_sign.report.view",
        "hocba_sign.signing.pdf",
        "hocba_sign.testing",
        "hocba_sign.validation.document.any_xml",
        "hocba_sign.validation.document.pdf",
        "hocba_sign.xades.general.read",
    }
)
"""Modules that load with the first document, path or command that needs them."""


def loaded_by(root: Path, statement: str) -> frozenset[str]:
    done = subprocess.run(
        (sys.executable, "-c", f"import sys; {statement}; print(*sys.modules, file=sys.stderr)"),
        env={**os.environ, "PYTHONPATH": str(root / "src")},
        capture_output=True,
        text=True,
        check=True,
        timeout=300,
    )
    return frozenset(done.stderr.split())


def test_signing_and_verifying_load_what_a_transcript_needs(root: Path) -> None:
    loaded = loaded_by(root, "from hocba_sign import Verifier, sign")
    assert not loaded & LATER


@pytest.mark.parametrize("name", sorted(name for name in LATER if name.startswith("hocba_sign.")))
def test_what_loads_later_is_there(name: str) -> None:
    __import__(name)


def test_the_help_loads_neither_documents_nor_certificates(root: Path) -> None:
    loaded = loaded_by(root, "from hocba_sign.cli.main import main; main(['--help'])")
    own = {name for name in loaded if name.startswith("hocba_sign.")}
    assert not loaded & {*(LATER - {"hocba_sign.adapters"}), "cryptography", "lxml", "asn1crypto"}
    assert not {name for name in own if name.split(".")[1] in {"pki", "xml", "xades", "validation"}}
    assert {name for name in own if name.startswith("hocba_sign.model.")} <= {
        "hocba_sign.model.codes",
        "hocba_sign.model.text",
        "hocba_sign.model.workflow",
    }


@pytest.mark.long
def test_the_demo_loads_neither_tokens_nor_services(root: Path, tmp_path: Path) -> None:
    """So its time is what it was before there were any."""
    out = str(tmp_path / "demo")
    loaded = loaded_by(
        root, f"from hocba_sign.cli.main import main; main(['demo', '--out', {out!r}])"
    )
    assert "hocba_sign.cli.commands.demo" in loaded
    asked = ("hocba_sign.adapters.remote", "hocba_sign.adapters.pkcs11", "pkcs11")
    assert not [name for name in loaded if name.startswith(asked)]
