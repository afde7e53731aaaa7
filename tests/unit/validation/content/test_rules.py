"""A signed transcript that contradicts the circular of its year is not valid, however good its
signatures are.
"""

from dataclasses import replace

from hocba_sign.validation.verdict import Verdict
from tests.support.scene import Scene, causes


def test_a_contradiction_fails_and_names_its_rule() -> None:
    scene = Scene(subjects=1)
    particulars = replace(scene.transcript.content.particulars, is_exempt_from_assessment=False)
    scene.transcript = replace(
        scene.transcript, content=replace(scene.transcript.content, particulars=particulars)
    )
    report = scene.verify(scene.signed())
    assert report.verdict is Verdict.INVALID
    assert {"DOC.RULES", "RULE.R22-6"} <= causes(report)
    assert {signature["indication"] for signature in report.to_dict()["signatures"]} == {
        "TOTAL_PASSED"
    }


def test_an_example_obeys_its_circular() -> None:
    scene = Scene("lop5", subjects=None)
    report = scene.verify(scene.signed())
    results = {check["id"]: check["result"] for check in report.to_dict()["checks"]}
    assert (report.verdict, results["DOC.RULES"]) == (Verdict.VALID, "pass")


def test_a_pupil_who_is_not_assessed_is_said_to_be_unjudged() -> None:
    scene = Scene(subjects=1)
    results = {
        check["id"]: check["result"] for check in scene.verify(scene.signed()).to_dict()["checks"]
    }
    assert results["DOC.RULES"] == "not_checked"
