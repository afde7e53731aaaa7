"""After tampering people read the root cause; what was not judged because of it is said once,
without remedies that do not apply.
"""

import re
from functools import cache

import pytest

from hocba_sign.catalogue.messages import LANGUAGES, Language
from hocba_sign.report.plain_text import text
from hocba_sign.report.view import view
from hocba_sign.signing.signing_policy import Level
from tests.support.scene import SEAL, Scene, causes

REMEDIES = {
    "SIG.TIME_STAMPS",
    *(f"TT15.II_{row}" for row in ("1_1", "1_2", "1_3", "1_4", "2_2", "2_3")),
}


@cache
def scene() -> tuple[Scene, bytes]:
    made = Scene(subjects=1)
    return made, made.signed(level=Level.T)


def changed(octets: bytes) -> bytes:
    return re.sub(rb"<DIEM_CA_NAM>[0-9.]+<", b"<DIEM_CA_NAM>10.0<", octets, count=1)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_changed_mark_is_one_problem(language: Language) -> None:
    made, octets = scene()
    report = made.verify(changed(octets))
    shown = view(report, language)
    assert [problem.identifier for problem in shown.problems] == ["SIG.DIGEST"]
    assert "SIG.NOT_JUDGED" in {problem.identifier for problem in shown.consequences}
    states = [answer.state for answer in shown.answers]
    assert states == ["yes", "no", "yes", "unknown", "unknown", "unknown"]
    assert causes(report) >= {"SIG.DIGEST", "SIG.TIME_STAMPS", "TT15.II_1_2"}


def test_one_wrong_value_is_one_problem() -> None:
    made, octets = scene()
    other = re.sub(rb"(<ds:SignatureValue Id=\"ck-KY_PHAT_HANH-value\">)....", rb"\1AAAA", octets)
    assert other != octets
    problems = [problem.identifier for problem in view(made.verify(other), "en").problems]
    assert problems == ["SIG.VALUE"]


def test_what_was_not_compared_is_not_said_to_differ() -> None:
    made, octets = scene()
    method = b"http://www.w3.org/2001/10/xml-exc-c14n#"
    start = octets.index(b"<KY_PHAT_HANH")
    unknown = octets[:start] + octets[start:].replace(method, b"urn:example:c14n", 1)
    report = made.verify(unknown)
    assert report.verdict == "INDETERMINATE"
    shown = text(report, "en")
    assert "no longer match" not in shown
    assert "could not be compared" in " ".join(shown.split())
    assert str(SEAL) in {one["slot"] for one in report.to_dict()["signatures"] if not one["intact"]}
