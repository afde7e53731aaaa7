"""A validation report that whoever verified has signed: all of it is covered, and nothing of what it
says is other than in the report without a signature.
"""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from lxml import etree

from hocba_sign import Report, Verdict, Verifier
from hocba_sign.cli.main import main
from hocba_sign.crypto.signer import SoftwareSigner
from hocba_sign.errors import CallerError
from hocba_sign.operations.validation_report import signed_etsi
from hocba_sign.signing.signing_policy import Level
from hocba_sign.signing.xml import whole
from hocba_sign.validation.verdict import Indication
from tests.support.scene import JUDGED_AT, SIGNED_AT, Scene

PASSWORD = "phieu-kiem-tra"


@pytest.fixture(scope="module")
def scene() -> Scene:
    return Scene(subjects=1)


@pytest.fixture(scope="module")
def report(scene: Scene) -> Report:
    return scene.verify(scene.signed(level=Level.T))


@pytest.fixture(scope="module")
def signed(scene: Scene, report: Report) -> str:
    seal = scene.world.organisation("Sở Giáo dục và Đào tạo Hà Nội")
    return signed_etsi(report, signer=SoftwareSigner(seal.key, seal.chain_der), at=SIGNED_AT)


def judged(scene: Scene, octets: bytes) -> Report:
    verifier = Verifier(trust=scene.trust, evidence=scene.evidence())
    return verifier.verify_any(octets, at=JUDGED_AT, name="report.xml")


def test_our_own_verifier_passes_it_and_finds_all_of_it_covered(scene: Scene, signed: str) -> None:
    found = judged(scene, signed.encode())
    assert found.verdict is Verdict.VALID
    assert found.conclusion is not None
    (signature,) = found.conclusion.signatures
    assert signature.conclusion.indication is Indication.TOTAL_PASSED
    assert signature.signature.identifier == "report-signature"


def test_it_says_what_the_report_without_a_signature_says(report: Report, signed: str) -> None:
    root = etree.fromstring(signed.encode())
    last, validator = root[-1], root[-2]
    assert etree.QName(last).localname == "Signature"
    assert etree.QName(validator).localname == "SignatureValidator"
    named = validator.findtext(".//{http://uri.etsi.org/02231/v2#}X509Certificate")
    embedded = last.findtext(".//{http://www.w3.org/2000/09/xmldsig#}X509Certificate")
    assert named == embedded
    own = re.sub(r"\n<SignatureValidator>.*</SignatureValidator>", "", signed)
    assert re.sub(r"<ds:Signature [^>]*Id=.*</ds:Signature>", "", own) == report.to_etsi()


@pytest.mark.parametrize(
    ("told", "instead"),
    [
        ("mainindication:total-passed", "mainindication:total-failed"),
        ('Verdict="VALID"', 'Verdict="INVALID"'),
        ("</ValidationReport>", "<Added/></ValidationReport>"),
    ],
)
def test_whatever_is_changed_afterwards_is_found(
    scene: Scene, signed: str, told: str, instead: str
) -> None:
    assert told in signed
    changed = judged(scene, signed.replace(told, instead, 1).encode())
    assert changed.verdict is Verdict.INVALID


def test_a_certificate_that_verifiers_refuse_signs_no_report(scene: Scene, report: Report) -> None:
    expired = scene.world.organisation("Sở Giáo dục và Đào tạo Hà Nội")
    signer = SoftwareSigner(expired.key, expired.chain_der)
    late = datetime(2050, 1, 1, tzinfo=UTC)
    with pytest.raises(CallerError) as refused:
        signed_etsi(report, signer=signer, at=late)
    assert refused.value.cause == "SIGN.CERTIFICATE_EXPIRED"


def test_a_value_of_another_key_is_not_handed_out(scene: Scene, report: Report) -> None:
    own, other = scene.world.organisation("A"), scene.world.organisation("B")
    signer = SoftwareSigner(other.key, own.chain_der)
    with pytest.raises(CallerError) as refused:
        signed_etsi(report, signer=signer, at=SIGNED_AT)
    assert refused.value.cause == "SIGN.VALUE"


def test_a_result_without_the_signature_is_not_handed_out(
    scene: Scene, report: Report, monkeypatch: pytest.MonkeyPatch
) -> None:
    seal = scene.world.organisation("A")
    monkeypatch.setattr(whole, "grow", lambda xml, _: xml.octets)
    with pytest.raises(CallerError) as refused:
        signed_etsi(report, signer=SoftwareSigner(seal.key, seal.chain_der), at=SIGNED_AT)
    assert refused.value.cause == "SIGN.VALUE"


def test_the_command_signs_with_the_key_of_a_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    scene = Scene(subjects=1)
    document, key = tmp_path / "hoc-ba.xml", tmp_path / "so.p12"
    document.write_bytes(scene.signed())
    identity = scene.world.organisation("Sở Giáo dục và Đào tạo Hà Nội")
    key.write_bytes(identity.p12(PASSWORD.encode()))
    monkeypatch.setenv("PW", PASSWORD)
    options = ("--offline", "--sign-report", str(key), "--password-env", "PW")
    assert main(["verify", str(document), "--format", "etsi", *options]) == 3
    written = capsys.readouterr().out.encode()
    verifier = Verifier(trust=scene.trust)
    found = verifier.verify_any(written, at=datetime.now(UTC), name="report.xml")
    assert found.conclusion is not None
    (signature,) = found.conclusion.signatures
    assert signature.is_intact


def test_only_a_report_of_etsi_is_signed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["verify", "a.xml", "--sign-report", "so.p12", "--json"]) == 2
    assert "[CLI.SIGN_REPORT]" in capsys.readouterr().err
