"""The demonstration's files say what their names promise; the folder of somebody else is left
alone.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from hocba_sign.adapters.evidence_files import collect_certificates, collect_crls
from hocba_sign.adapters.key_file import load_pkcs12
from hocba_sign.cli import console
from hocba_sign.cli.commands.demo import Production
from hocba_sign.cli.demo_pdf import printed_files
from hocba_sign.cli.main import main
from hocba_sign.cli.practice import PASSWORD
from hocba_sign.model.workflow import Role
from hocba_sign.operations.verifier import Verifier
from hocba_sign.pki.certificates.certificate import Certificate
from hocba_sign.pki.revocation.evidence import Evidence
from hocba_sign.pki.trust.store import TrustStore
from hocba_sign.report.problems import main_cause
from hocba_sign.report.report import Report
from hocba_sign.testing import World, WorldServer

NAMED = {
    "draft.xml": None,
    "issued.xml": None,
    "tampered-mark.xml": "SIG.DIGEST",
    "tampered-moved.xml": "WF.MOVED",
    "tampered-removed.xml": "WF.SKIPPED",
    "tampered-order.xml": "WF.ORDER",
    "issued.pdf": None,
    "tampered-octet.pdf": "SIG.DIGEST",
}


@pytest.fixture(scope="module")
def production() -> Iterator[tuple[Production, World]]:
    with WorldServer(
        lambda: datetime.now(UTC), lambda url: World(datetime.now(UTC), base_url=url, fast=True)
    ) as server:
        yield Production.of(server), server.world


@pytest.fixture(scope="module")
def reports(production: tuple[Production, World]) -> dict[str, Report]:
    made, world = production
    files = made.files() | printed_files(world, made.authority)
    at = datetime.now(UTC) + timedelta(seconds=1)
    trust = TrustStore.of(Certificate.load(der) for der in world.anchors_der)
    evidence = Evidence.of(crls=world.crls(datetime.now(UTC)))
    return {
        name: Verifier(trust=trust, evidence=evidence).verify(octets, at=at, name=name)
        for name, octets in files.items()
    }


def test_every_file_is_judged_as_its_name_says(reports: dict[str, Report]) -> None:
    verdicts = {name: str(report.verdict) for name, report in reports.items()}
    assert verdicts == {
        name: {"draft.xml": "NOTHING_TO_VERIFY", "issued.xml": "VALID", "issued.pdf": "VALID"}.get(
            name, "INVALID"
        )
        for name in NAMED
    }
    assert {name: main_cause(report) for name, report in reports.items()} == NAMED


def test_the_issued_file_proves_its_order_at_level_t(reports: dict[str, Report]) -> None:
    told = reports["issued.xml"].to_dict()
    assert told["workflow"]["order_proven"]
    assert {one["format"] for one in told["signatures"]} == {"XAdES-BASELINE-T"}
    assert {one["role"] for one in told["signatures"]} == {role.value for role in Role}


@pytest.mark.parametrize("name", ["tampered-moved.xml", "tampered-order.xml"])
def test_only_the_workflow_refuses_what_every_digest_allows(
    reports: dict[str, Report], name: str
) -> None:
    assert all(one["indication"] == "TOTAL_PASSED" for one in reports[name].to_dict()["signatures"])


def test_the_seal_is_the_governments_and_has_no_number(
    production: tuple[Production, World],
) -> None:
    made, world = production
    seal = next(
        identity for slot, identity in made.signers.items() if slot.role is Role.KY_PHAT_HANH
    )
    assert seal.authority == "government-ca"
    assert Certificate.load(seal.certificate_der).subject.identifiers == ()
    assert seal.chain_der[-1] == world.authority("government-root").certificate_der


def test_a_folder_of_somebody_else_is_left_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "mine.txt").write_text("giữ lại", "utf-8")
    assert main(["demo", "-o", str(tmp_path)]) == console.EXIT_USAGE
    assert "CLI.DEMO_FOLDER" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]
    assert main(["demo", "-o", str(tmp_path / "mine.txt")]) == console.EXIT_USAGE


def test_practice_keeps_keys_transcripts_and_lists(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "practice"
    assert main(["demo", "--practice", str(folder), "--lang", "en"]) == console.EXIT_VALID
    assert "password practice" in capsys.readouterr().out
    trust = TrustStore.of(collect_certificates([folder / "trust"]))
    verifier = Verifier(trust=trust, evidence=Evidence.of(crls=collect_crls([folder / "lists"])))
    at = datetime.now(UTC) + timedelta(seconds=1)
    verdicts = {
        name: str(verifier.verify((folder / name).read_bytes(), at=at).verdict)
        for name in ("draft.xml", "signed.xml", "version2.xml", "class/1.xml")
    }
    assert verdicts == {
        "draft.xml": "NOTHING_TO_VERIFY",
        "signed.xml": "VALID",
        "version2.xml": "VALID",
        "class/1.xml": "INDETERMINATE",
    }
    for name in ("GVCN", "CBQL", "KY_PHAT_HANH", "homeroom", "mon-19"):
        load_pkcs12((folder / "keys" / f"{name}.p12").read_bytes(), PASSWORD)


def test_practice_leaves_the_folder_of_somebody_else_alone(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine", "utf-8")
    assert main(["demo", "--practice", str(tmp_path)]) == console.EXIT_USAGE
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]
