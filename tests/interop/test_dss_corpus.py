"""Every signed file that EU DSS tests itself with, judged as DSS judges it; each difference is
written down with its reason.

`dss-corpus-xml.json` and `dss-corpus-pdf.json` say by file, and by place where a file has several
signatures, what differs and why.
"""

import json
from pathlib import Path
from typing import cast

import pytest

from tests.interop.dss_corpus import CORPUS, Answer, Kind, ours, pairs, recorded

EXPLAINED = {
    path.stem.rpartition("-")[2]: path for path in Path(__file__).parent.glob("dss-corpus-*.json")
}
NOT_ETSI = frozenset({"XMLDSIG", "XAdES-BES"})
"""What DSS calls XML-NOT-ETSI: without qualifying properties, or with such as make no level."""


def _difference(their: Answer, one: Answer) -> str | None:
    if their.intact is not one.intact:
        return f"intact {their.intact} in DSS, {one.intact} here"
    if (their.indication, their.sub_indication) != (one.indication, one.sub_indication):
        answers = (f"{said.indication}/{said.sub_indication}" for said in (their, one))
        return " in DSS, ".join(answers) + " here"
    is_same = their.format == one.format or (
        their.format == "XML-NOT-ETSI" and one.format in NOT_ETSI
    )
    if not is_same and not (their.format.startswith("PKCS7-") and one.format == "PKCS7"):
        return f"{their.format} in DSS, {one.format} here"
    return None


def _differences(kind: Kind) -> dict[str, str]:
    """Name what is judged otherwise: the file, the place of the signature, and in what."""
    found = {}
    for name, theirs in recorded(kind).items():
        report, mine = ours(name)
        assert report["verdict"] != "VALID", f"{name}: nobody is trusted"
        if len(theirs) != len(mine):
            found[name] = f"{len(theirs)} signatures in DSS, {len(mine)} here"
            continue
        for place, their, one in pairs(theirs, mine):
            difference = _difference(their, one)
            if difference is not None:
                found[f"{name}#{place}"] = difference
    return found


@pytest.mark.skipif(
    not CORPUS.exists(), reason="the files of EU DSS are not there: run `make interop`"
)
@pytest.mark.parametrize("kind", sorted(EXPLAINED))
def test_files_of_dss_are_judged_as_dss_does(kind: str) -> None:
    explained: dict[str, dict[str, str]] = json.loads(EXPLAINED[kind].read_text("utf-8"))
    found = _differences(cast("Kind", kind))
    assert {name: entry["difference"] for name, entry in explained.items()} == found
    assert all(entry["reason"] for entry in explained.values())
