"""The validation report of ETSI: valid by its schema for every vector with a signature, and in
agreement with what EU DSS says of the demonstration.
"""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import pytest
from lxml import etree

from hocba_sign import TrustStore, Verifier, collect_certificates, collect_evidence
from hocba_sign.cli.main import main
from hocba_sign.crypto.signer import SoftwareSigner
from hocba_sign.operations.validation_report import signed_etsi
from hocba_sign.signing.signing_policy import Level
from hocba_sign.testing.identity import pem
from hocba_sign.testing.world import World
from tests.interop.dss_oracle import build, dss
from tests.interop.etsi_schema import etsi_schema
from tests.interop.peers import signxml
from tests.interop.xmlsec1 import xmlsec1
from tests.support.scene import JUDGED_AT, SIGNED_AT, Scene
from tests.vectors.replay import FOLDERS, identifier, load

NAMESPACE: Final = {
    "vr": "http://uri.etsi.org/19102/v1.4.1#",
    "ds": "http://www.w3.org/2000/09/xmldsig#",
}
SIGNED: Final = tuple(
    folder
    for folder in FOLDERS
    if load(folder)["arguments"][0] == "verify"
    and load(folder)["expect"].get("verdict") != "NOTHING_TO_VERIFY"
)


@pytest.fixture(scope="module")
def schema() -> etree.XMLSchema:
    build()
    return etsi_schema()


@pytest.fixture(scope="module")
def key(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, ...]:
    """Return the options that sign a report with a key of the invented world."""
    file = tmp_path_factory.mktemp("key") / "seal.p12"
    seal = World(datetime.now(UTC), fast=True).organisation("Sở Giáo dục và Đào tạo Hà Nội")
    file.write_bytes(seal.p12(b"phieu"))
    return "--sign-report", str(file), "--password-env", "REPORT_KEY_PASSWORD"


@pytest.fixture(scope="module")
def demonstration(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("demo") / "out"
    assert main(["demo", "--out", str(folder)]) == 0
    return folder


def statuses(octets: bytes) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield main and sub-indications of each signature."""
    root = etree.fromstring(octets)
    for status in root.iterfind(
        "vr:SignatureValidationReport/vr:SignatureValidationStatus", NAMESPACE
    ):
        main_indication = status.findtext("vr:MainIndication", namespaces=NAMESPACE)
        subs = status.iterfind("vr:SubIndication", NAMESPACE)
        yield str(main_indication), tuple(str(one.text) for one in subs)


@pytest.mark.parametrize("folder", SIGNED, ids=identifier)
def test_every_report_is_valid_by_the_schema(
    folder: Path,
    schema: etree.XMLSchema,
    key: tuple[str, ...],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(folder)
    monkeypatch.setenv("REPORT_KEY_PASSWORD", "phieu")
    arguments = [one for one in load(folder)["arguments"] if one != "--json"]
    codes = [main([*arguments, "--format", "etsi"])]
    written = capsys.readouterr().out.encode()
    schema.assertValid(etree.fromstring(written))
    assert main([*arguments, "--format", "etsi", *key]) == codes[0]
    signed = etree.fromstring(capsys.readouterr().out.encode())
    schema.assertValid(signed)
    assert signed[-1].tag == "{http://www.w3.org/2000/09/xmldsig#}Signature"
    codes.append(main([*arguments, "--json"]))
    report: dict[str, Any] = json.loads(capsys.readouterr().out)
    assert codes[0] == codes[1]
    if report["signatures"]:
        assert [main_indication for main_indication, _ in statuses(written)] == [
            f"urn:etsi:019102:mainindication:{one['indication'].lower().replace('_', '-')}"
            for one in report["signatures"]
        ]


def test_other_programs_find_a_signed_report_intact(
    schema: etree.XMLSchema, tmp_path: Path
) -> None:
    """xmlsec1 and EU DSS pass the signature of a report, and refuse it once a verdict was
    changed; DSS calls it XAdES of level B.
    """
    scene = Scene(subjects=1, is_rsa=True)
    written = signed_report(scene)
    schema.assertValid(etree.fromstring(written))
    roots, issuers = (
        [made(tmp_path / f"{name}-{number}.pem", pem(der)) for number, der in enumerate(ders)]
        for name, ders in (
            ("root", scene.world.anchors_der),
            ("issuer", scene.world.intermediates_der),
        )
    )
    told = b"mainindication:total-passed"
    assert told in written
    right = made(tmp_path / "report.xml", written)
    changed = made(tmp_path / "changed.xml", written.replace(told, b"mainindication:total-failed"))
    for file, is_right in ((right, True), (changed, False)):
        (checked,) = xmlsec1(file, trust=roots, certs=issuers, at=SIGNED_AT)
        assert checked.is_verified is is_right, checked.log
    found, refused = dss([right, changed], trust=roots, certs=issuers, at=JUDGED_AT)
    (signature,) = found["signatures"]
    assert signature["format"] == "XAdES-BASELINE-B"
    assert signature["structure_valid"], signature["structure_messages"]
    assert signature["intact"]
    assert not refused["signatures"][0]["intact"]


def test_signxml_finds_a_signed_report_intact(tmp_path: Path) -> None:
    scene = Scene(subjects=1, is_rsa=True)
    told = b"mainindication:total-passed"
    written = signed_report(scene)
    roots = made(tmp_path / "roots.pem", b"".join(map(pem, scene.world.anchors_der)))
    answers = signxml(
        [
            {
                "do": "verify",
                "document": octets.decode(),
                "roots": str(roots),
                "at": SIGNED_AT.isoformat(),
            }
            for octets in (written, written.replace(told, b"mainindication:total-failed"))
        ]
    )
    assert [one["is_verified"] for (one,) in answers] == [True, False]


def signed_report(scene: Scene) -> bytes:
    seal = scene.world.organisation("Sở Giáo dục và Đào tạo Hà Nội")
    signer = SoftwareSigner(seal.key, seal.chain_der)
    report = scene.verify(scene.signed(level=Level.T))
    return signed_etsi(report, signer=signer, at=SIGNED_AT).encode()


def made(file: Path, octets: bytes) -> Path:
    file.write_bytes(octets)
    return file


def test_dss_gives_the_same_indications_for_the_demonstration(
    demonstration: Path, schema: etree.XMLSchema, tmp_path: Path
) -> None:
    """Ours agrees with the validation report that DSS writes itself, signature by signature."""
    files = [path for path in sorted(demonstration.iterdir()) if path.suffix in {".xml", ".pdf"}]
    evidence = [demonstration / "evidence"]
    at = datetime.now(UTC)
    dss(
        files,
        trust=[demonstration / "trust"],
        certs=evidence,
        crls=evidence,
        at=at,
        reports=[tmp_path],
    )
    verifier = Verifier(
        trust=TrustStore.of(collect_certificates([demonstration / "trust"])),
        evidence=collect_evidence(certificates=evidence, crls=evidence),
    )
    compared = 0
    for file in files:
        own = verifier.verify(file.read_bytes(), at=at, name=file.name).to_etsi().encode()
        theirs = (tmp_path / f"{file.name}.etsi.xml").read_bytes()
        schema.assertValid(etree.fromstring(theirs))
        assert by_value(own) == by_value(theirs), file.name
        compared += len(by_value(own))
    assert compared > len(files)


def by_value(octets: bytes) -> dict[str, tuple[str, tuple[str, ...]]]:
    """Return the indications by signature value."""
    parts = etree.fromstring(octets).iterfind("vr:SignatureValidationReport", NAMESPACE)
    values = [
        part.findtext("vr:SignatureIdentifier/ds:SignatureValue", namespaces=NAMESPACE)
        for part in parts
    ]
    found = zip(values, statuses(octets), strict=True)
    return {value: status for value, status in found if value is not None}
