"""Copies of the real certificates of Vietnamese authorities, where they are at hand; they are not
part of the repository.
"""

import csv
from functools import cache
from pathlib import Path

import pytest

from hocba_sign.pki.certificates.certificate import Certificate
from hocba_sign.pki.loading.objects import load_certificates

FOLDER = Path(__file__).resolve().parents[2] / "shared" / "data" / "vn-ca"
needs_copies = pytest.mark.skipif(
    not FOLDER.exists(),
    reason="no copies of the real certificates beside the repository (../shared/data/vn-ca)",
)


@cache
def real_certificates() -> dict[str, tuple[str, Certificate]]:
    """Return group and certificate by SHA-256, as the index has them."""
    found: dict[str, tuple[str, Certificate]] = {}
    with (FOLDER / "index.tsv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t"):
            (certificate,) = load_certificates((FOLDER / row["file"]).read_bytes())
            found[row["sha256"]] = (row["group"], certificate)
    return found
