"""pyHanko's signed PDFs: the bits that rest on no policy; disagreements are listed with their
reasons beside this file.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from hocba_sign.ades.integrity import check_integrity
from hocba_sign.errors import InputError
from hocba_sign.pades.read_pdf import PdfDocument, read_pdf

pytestmark = pytest.mark.suite

DISAGREEMENTS = Path(__file__).parent / "pades-pyhanko-disagreements.json"
COVERED = {"ENTIRE_FILE", "ENTIRE_REVISION"}
ABOUT_COVERAGE = {"PDF.BYTE_RANGE", "PDF.COVERAGE"}
ABOUT_CHANGES = {"PDF.CHANGED", "PDF.CHANGE_UNKNOWN", "PDF.NOT_PERMITTED", "PDF.LOCKED"}
FORM_ONLY = {"PDF.PKCS7"}


def bits(document: PdfDocument) -> dict[str, dict[str, bool]]:
    """Tell of each signature whether it is intact, covers its revision, and was followed by nothing
    but what may follow.
    """
    found = {}
    for signature in document.signatures:
        integrity = check_integrity(signature)
        causes = {finding.cause for finding in integrity.findings}
        is_covered = not causes & ABOUT_COVERAGE
        found[str(signature.identifier)] = {
            "intact": integrity.is_intact,
            "covered": is_covered,
            "unchanged": is_covered and not causes & ABOUT_CHANGES,
            "good": integrity.is_intact and not causes - FORM_ONLY,
        }
    return found


def expected_bits(case: dict[str, Any]) -> dict[str, dict[str, bool]]:
    """Take them from what pyHanko said when the suite was made; where it could not say, from the
    suite's own word.
    """
    found = {}
    for one in case["oracles"].get("pyhanko", ()):
        if isinstance(one, dict) and one.get("intact") is not None:
            is_good = case["expected"] != "must_not_report_ok" and one["docmdp_ok"]
            found[one["field"]] = {
                "intact": one["intact"],
                "covered": one["coverage"] in COVERED,
                "unchanged": one["docmdp_ok"],
                "good": is_good,
            }
    return found


def test_agreement(shared_data: Path) -> None:
    folder = shared_data / "suites" / "pades-pyhanko"
    cases = json.loads((folder / "expected.json").read_text())["cases"]
    assert len(cases) == 57
    differing, compared, refused = {}, 0, []
    for case in cases:
        try:
            own = bits(read_pdf((folder / case["file"]).read_bytes()))
        except InputError:
            refused.append(case["expected"])
            continue
        if case["expected"] == "must_not_report_ok":
            assert not any(one["good"] for one in own.values()), case["id"]
        for name, wanted in expected_bits(case).items():
            compared += 1
            if own[name] != wanted:
                differing[f"{case['id']} {name}"] = own[name]
    assert all(expected.startswith(("must_not_crash", "must_terminate")) for expected in refused)
    assert compared == 50
    assert differing.keys() == json.loads(DISAGREEMENTS.read_text()).keys(), differing
