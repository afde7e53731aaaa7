"""Environments of the libraries that this one is compared with: each in a venv of its own, from
hashed requirements.

`python -m tools.benchmark.environments signxml xmlsec pyhanko certomancer` makes those of the
interop tests.
"""

import hashlib
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PLACE = ROOT / ".bench"


def environment(peer: str) -> Path:
    """Return the Python of the peer's own environment, made again when its requirements change."""
    requirements = ROOT / "requirements" / f"bench-{peer}.txt"
    folder = PLACE / "env" / peer
    stamp = folder / "requirements.sha256"
    wanted = hashlib.sha256(requirements.read_bytes()).hexdigest()
    python = folder / "bin" / "python"
    if not stamp.exists() or stamp.read_text() != wanted:
        print(f"environment of {peer}", file=sys.stderr, flush=True)
        shutil.rmtree(folder, ignore_errors=True)
        subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
        install = [
            str(python),
            "-m",
            "pip",
            "--quiet",
            "--disable-pip-version-check",
            "install",
            "--require-hashes",
        ]
        subprocess.run([*install, "-r", str(requirements)], check=True)
        stamp.write_text(wanted)
    return python


if __name__ == "__main__":
    for name in sys.argv[1:]:
        environment(name)
