"""Every row of Annex II passes for a good file, and tells where it does not for a bad one."""

from datetime import timedelta

from hocba_sign.operations.verifier import Verifier
from hocba_sign.pki.revocation.evidence import Evidence
from hocba_sign.signing.signing_policy import Level
from hocba_sign.validation.verdict import Verdict
from tests.support.scene import GVCN, JUDGED_AT, SIGNED_AT, Scene

ROWS = ("1_1", "1_2", "1_3", "1_4", "2_1", "2_2", "2_3", "2_4")


def rows(report: dict[str, object]) -> dict[str, tuple[str, str | None]]:
    checks = report["checks"]
    assert isinstance(checks, list)
    return {
        check["id"].removeprefix("TT15.II_"): (check["result"], check["where"])
        for check in checks
        if check["id"].startswith("TT15")
    }


def test_all_rows_pass_for_a_good_file() -> None:
    scene = Scene(subjects=1)
    told = rows(scene.verify(scene.signed(level=Level.T)).to_dict())
    assert tuple(told) == ROWS
    assert set(told.values()) == {("pass", None)}


def test_unknown_status_is_a_visible_warning_and_no_pass() -> None:
    scene = Scene(subjects=1)
    report = Verifier(
        trust=scene.trust, evidence=Evidence(certificates=scene.evidence().certificates)
    ).verify(scene.signed(), at=JUDGED_AT)
    assert report.verdict is Verdict.INDETERMINATE
    result, where = rows(report.to_dict())["1_2"]
    assert result == "warning"
    assert where == ", ".join(map(str, scene.slots))


def test_a_changed_content_fails_the_rows_on_integrity() -> None:
    scene = Scene(subjects=1)
    changed = scene.signed().replace(
        scene.transcript.pupil.full_name.encode(), "Vũ Thị Khác".encode()
    )
    told = rows(scene.verify(changed).to_dict())
    assert told["2_4"][0] == "fail"


def test_a_revoked_signer_is_named() -> None:
    scene = Scene(subjects=1)
    document = scene.signed(level=Level.T)
    scene.world.revoke(scene.identity(GVCN), SIGNED_AT - timedelta(days=1))
    told = rows(scene.verify(document).to_dict())
    assert told["1_1"] == ("warning", "GVCN")
    assert told["2_3"] == ("warning", "GVCN")
    assert told["1_2"] == ("pass", None)
