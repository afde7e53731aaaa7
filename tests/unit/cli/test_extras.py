"""Without an extra every command that needs it says which one to install, also where a child process
needs it; and what needs none works as before.
"""

import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support.scene import GVCN, Scene

BLOCK = """
import os, sys
class Without:
    def __init__(self, finder):
        self.finder = finder
    def find_spec(self, name, *more):
        blocked = os.environ["BLOCKED_FOR_TEST"].split()
        return None if name.partition(".")[0] in blocked else self.finder.find_spec(name, *more)
    def __getattr__(self, name):
        return getattr(self.finder, name)
sys.meta_path[:] = [Without(finder) for finder in sys.meta_path]
"""
LIBRARIES = {
    "pdf": "pyhanko pypdfium2 segno typst",
    "pkcs11": "pkcs11",
    "image": "PIL zxingcpp",
    "dask": "dask distributed",
}
"""What each extra installs, by the names that are imported."""


@dataclass(frozen=True)
class Refused:
    """A command, the extra that it cannot do without, and the exit codes that say so."""

    extra: str
    arguments: tuple[str, ...]
    codes: tuple[int, ...] = (2,)


KEY = ("--role", "GVCN", "--key", "signer.key", "--cert", "signer.pem", "--level", "B")
MODULE = ("--pkcs11", "/nowhere/driver.so")
CASES = (
    Refused("pdf", ("render", "draft.xml", "-o", "out.pdf")),
    Refused("pdf", ("verify", "made.pdf", "--offline"), (2, 3, 6)),
    Refused("pdf", ("sign", "made.pdf", *KEY, "-o", "out.pdf")),
    Refused(
        "pdf", ("prepare", "made.pdf", "--role", "GVCN", "--cert", "signer.pem", "-o", "s.json")
    ),
    Refused("pdf", ("verify", "--any", "made.pdf", "--offline"), (2, 3, 6)),
    Refused("pkcs11", ("token", "list", *MODULE)),
    Refused("pkcs11", ("token", "check", *MODULE)),
    Refused(
        "pkcs11", ("sign", "draft.xml", "--role", "GVCN", *MODULE, "--level", "B", "-o", "o.xml")
    ),
    Refused("pkcs11", ("prepare", "draft.xml", "--role", "GVCN", *MODULE, "-o", "s.json")),
    Refused("image", ("verify-extract", "photo.png", "--offline"), (2, 3, 6)),
    Refused("dask", ("verify", "draft.xml", "--results", "r", "--dask", "tcp://127.0.0.1:1")),
)
PNG = bytes.fromhex("89504e470d0a1a0a0000000d49484452000000010000000108000000003a7e9b55")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("extras")
    scene = Scene("lop5", subjects=None)
    identity = scene.identity(GVCN)
    (made / "draft.xml").write_bytes(scene.draft)
    (made / "signer.key").write_bytes(identity.key_pem)
    (made / "signer.pem").write_bytes(identity.chain_pem)
    (made / "made.pdf").write_bytes(b"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\n%%EOF\n")
    (made / "photo.png").write_bytes(PNG)
    (made / "blocking").mkdir()
    (made / "blocking" / "sitecustomize.py").write_text(BLOCK, "utf-8")
    return made


def run(folder: Path, root: Path, extra: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    start = "import sys; from hocba_sign.cli.main import main; sys.exit(main())"
    return subprocess.run(
        (sys.executable, "-c", start, *arguments),
        env={
            **os.environ,
            "PYTHONPATH": f"{folder / 'blocking'}{os.pathsep}{root / 'src'}",
            "BLOCKED_FOR_TEST": LIBRARIES[extra],
            "HOCBA_HOME": str(folder / "home"),
            "HOCBA_LANG": "en",
        },
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


@pytest.mark.long
@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.extra} {case.arguments[0]}")
def test_a_command_without_its_extra_names_it(case: Refused, folder: Path, root: Path) -> None:
    done = run(folder, root, case.extra, *case.arguments)
    told = done.stdout + done.stderr
    named = re.search(r"pip install hocba-sign\[([a-z0-9,]+)\]", told)
    assert named is not None, told
    assert case.extra in named[1].split(",")
    assert done.returncode in case.codes
    assert "Traceback" not in told


@pytest.mark.parametrize("extra", LIBRARIES)
def test_what_needs_no_extra_works_without_it(extra: str, folder: Path, root: Path) -> None:
    out = f"signed-{extra}.xml"
    done = run(folder, root, extra, "sign", "draft.xml", *KEY, "-o", out)
    assert done.returncode == 0, done.stderr
    assert (folder / out).exists()


def test_the_doctor_lists_what_is_missing(folder: Path, root: Path) -> None:
    for extra in LIBRARIES:
        told = run(folder, root, extra, "doctor", "--json", "--offline").stdout
        assert extra in told
