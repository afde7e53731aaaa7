"""Pages written by hand that speak of what the program gives: the report, what is not checked, the
standards.
"""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from hocba_sign import Evidence, TrustStore
from hocba_sign.adapters.evidence_files import collect_certificates, collect_crls
from hocba_sign.operations.documents import render
from hocba_sign.operations.verifier import Verifier
from hocba_sign.testing import World
from tests.support.others import Maker, judged, make
from tests.support.pdf import signed
from tests.unit.docs.pages import ROOT

REFERENCE = ROOT / "docs" / "reference"


@pytest.fixture(scope="module")
def reports(demonstration: Path) -> dict[str, dict[str, Any]]:
    """Return the JSON report of every file of the demonstration, of one without evidence, of a PDF,
    and of one that is no XML.
    """
    trust = TrustStore.of(collect_certificates([demonstration / "trust"]))
    evidence = Evidence.of(crls=collect_crls([demonstration / "evidence"]))
    at = datetime.now(UTC)
    files = {path.name: path.read_bytes() for path in demonstration.glob("*.xml")} | {
        "noise": b"\0"
    }
    found = {
        name: Verifier(trust=trust, evidence=evidence).verify(octets, at=at, name=name).to_dict()
        for name, octets in files.items()
    }
    unproven = (
        Verifier(trust=TrustStore(), evidence=Evidence())
        .verify(files["issued.xml"], at=at)
        .to_dict()
    )
    page = render(files["issued.xml"]).octets
    sealed = signed(
        page, World(at, fast=True).organisation("Trường Thử nghiệm"), field="KY_PHAT_HANH", at=at
    )
    claims = (
        "<SignaturePolicyIdentifier><SignaturePolicyImplied/></"
        "SignaturePolicyIdentifier><SignatureProductionPlace/>"
    )
    found["others"] = judged(make(Maker(properties=claims)).octets).to_dict()
    return found | {
        "unproven": unproven,
        "sealed.pdf": Verifier(trust=TrustStore(), evidence=Evidence())
        .verify(sealed, at=at)
        .to_dict(),
    }


def fields(value: object, path: str = "") -> Iterator[str]:
    """Yield the paths of all leaves; numbers of a person are not spelled out by kind."""
    if isinstance(value, dict) and path != "signatures[].signer.identifiers":
        for key, inner in value.items():
            yield from fields(inner, f"{path}.{key}" if path else key)
    elif isinstance(value, list):
        for inner in value:
            yield from fields(inner, f"{path}[]")
        if not value:
            yield f"{path}[]"
    else:
        yield path


def test_every_field_of_a_report_is_described_and_no_other(
    reports: dict[str, dict[str, Any]],
) -> None:
    described = set(
        re.findall(
            r"`([a-z_0-9]+(?:\[\])?(?:\.[a-z_0-9]+(?:\[\])?)*)`",
            _tables((REFERENCE / "report.md").read_text("utf-8").split("\n## The short form")[0]),
        )
    )
    given = {path for report in reports.values() for path in fields(report)}
    containers = {
        path
        for path in described
        if any(other.startswith((f"{path}.", path + "[]")) for other in given)
    }
    nullable = {
        path for path in given if any(other.startswith(f"{path}.") for other in given | described)
    }
    assert sorted(given - nullable - described - containers) == []
    always_empty = tuple(
        f"{path}."
        for path in given
        if path.endswith("[]") and not any(other.startswith(f"{path}.") for other in given)
    )
    assert (
        sorted(path for path in described - containers - given if not path.startswith(always_empty))
        == []
    )


def _tables(page: str) -> str:
    """Return the first cells of all rows."""
    return "\n".join(row.split("|")[1] for row in page.splitlines() if row.startswith("| "))


@pytest.mark.parametrize("part", ["## What VALID means", "### HỢP LỆ nghĩa là gì"])
def test_the_readme_names_what_is_not_checked(
    part: str, reports: dict[str, dict[str, Any]]
) -> None:
    text = (
        (ROOT / "README.md")
        .read_text("utf-8")
        .split(part)[1]
        .split("\n---\n")[0]
        .split("## More")[0]
    )
    not_checked = {
        check["id"] for check in reports["issued.xml"]["checks"] if check["result"] == "not_checked"
    }
    assert set(re.findall(r"`((?:CHAIN|DOC|WF|SIG|TT15)\.[A-Z_0-9]+)`", text)) == not_checked


def test_every_standard_that_the_source_cites_has_its_edition() -> None:
    """An RFC never changes: its number is its edition."""
    cited = re.findall(
        r"^## (.+)$", (REFERENCE / "conformance.md").read_text("utf-8"), re.MULTILINE
    )
    editions = (REFERENCE / "standards.md").read_text("utf-8")
    assert [
        name
        for name in cited
        if name != "This library" and not name.startswith("RFC ") and name not in editions
    ] == []


def test_every_cause_named_in_the_documentation_has_words() -> None:
    known = set(
        re.findall(r"`([A-Z0-9]+\.[A-Z_0-9]+)`", (REFERENCE / "causes.md").read_text("utf-8"))
    )
    pages = [
        ROOT / "README.md",
        *(page for page in (ROOT / "docs").rglob("*.md") if page.name != "causes.md"),
    ]
    named = {
        (page.name, name)
        for page in pages
        for name in re.findall(r"`([A-Z]{2,}\.[A-Z_0-9]{3,})`", page.read_text("utf-8"))
    }
    assert sorted((page, name) for page, name in named if name not in known) == []
