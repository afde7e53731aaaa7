"""The page: one banner for every verdict and status, nothing technical outside the folded part,
and no number of a person in full.
"""

import re
from dataclasses import replace
from functools import cache
from itertools import product

import pytest

from hocba_sign.catalogue.messages import LANGUAGES, Language, catalogue
from hocba_sign.operations.verifier import Verifier
from hocba_sign.report.html import html
from hocba_sign.report.phrases import phrase
from hocba_sign.report.places import Places
from hocba_sign.report.plain_text import text
from hocba_sign.report.problems import cause_words
from hocba_sign.report.report import Report
from hocba_sign.report.rows import SignatureRow
from hocba_sign.report.timeline import timeline
from hocba_sign.signing.signing_policy import Level
from hocba_sign.testing.tamper import with_changed_mark, with_swapped_signatures, without_signature
from hocba_sign.validation.in_force.status import Force, ForceStatus
from hocba_sign.validation.verdict import Indication, SubIndication, Verdict
from tests.support.scene import CBQL, JUDGED_AT, SIGNED_AT, Scene

BANNER = re.compile(r'<div class="verdict (\w+)"><p><strong>(.*?)</strong>')
STATES = {
    Verdict.VALID: "yes",
    Verdict.INVALID: "no",
    Verdict.INDETERMINATE: "unknown",
    Verdict.NOTHING_TO_VERIFY: "unknown",
}
NAMES = ("valid", "changed", "moved", "removed", "part", "draft", "broken")
TECHNICAL = re.compile(
    r"/HOC_BA|GVBM/|#data|#mon-|KY_PHAT_HANH|[0-9a-f]{40}|[0-9a-f]{8}-[0-9a-f]{4}-|[A-Z]{2,}\.[A-Z_]+"
)


@cache
def scene() -> Scene:
    return Scene()


@cache
def issued() -> bytes:
    return scene().signed(level=Level.T)


@cache
def files() -> dict[str, Report]:
    octets = issued()
    return {
        "valid": scene().verify(octets),
        "changed": scene().verify(with_changed_mark(octets)),
        "moved": scene().verify(with_swapped_signatures(octets)),
        "removed": scene().verify(without_signature(octets, CBQL)),
        "part": scene().verify(scene().signed(scene().teachers)),
        "draft": scene().verify(scene().draft),
        "broken": scene().verify(b"<HOC_BA"),
    }


def with_force(report: Report, force: Force | None) -> Report:
    assert report.conclusion is not None
    standing = ForceStatus(force=force, since=SIGNED_AT.date())
    return replace(report, conclusion=replace(report.conclusion, standing=standing))


def unfolded(page: str) -> str:
    return re.sub(r"<details>.*?</details>|<style>.*?</style>", "", page, flags=re.DOTALL)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("verdict", "force"), list(product(Verdict, (None, *Force))))
def test_every_verdict_and_status_has_its_banner(
    verdict: Verdict, force: Force | None, language: Language
) -> None:
    report = replace(with_force(files()["valid"], force), verdict=verdict)
    page, shown = html([report], language), text(report, language, is_coloured=True)
    (banner,) = BANNER.findall(page)
    if force in {None, Force.IN_FORCE}:
        assert banner == (STATES[verdict], phrase(f"VERDICT_{verdict}", language))
        return
    assert banner == ("ended", phrase(f"BANNER_{force}".upper(), language))
    assert '<article class="sheet-ended">' in page
    assert ".sheet-ended .yes { color: var(--ink); }" in page
    first = shown.splitlines()[0]
    assert phrase(f"BANNER_{force}".upper(), language) in first
    assert "\033[1;32m" not in shown
    assert phrase(f"VERDICT_{verdict}", language) in " ".join(shown.split())


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", NAMES)
def test_nothing_technical_is_outside_the_folded_part(name: str, language: Language) -> None:
    shown = unfolded(html([files()[name]], language))
    assert TECHNICAL.findall(shown) == []


@pytest.mark.parametrize("name", NAMES)
def test_the_folded_part_has_what_a_specialist_asks_for(name: str) -> None:
    page = html([files()[name]], "en")
    folded = "".join(re.findall(r"<details>.*?</details>", page, re.DOTALL))
    assert files()[name].sha256 in folded
    for one in files()[name].to_dict()["signatures"]:
        assert one["certificate"]["sha256"] in folded
        assert all(cause in folded for cause in one["causes"])


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", NAMES)
def test_numbers_of_people_are_masked_but_in_json(name: str, language: Language) -> None:
    report = files()[name]
    numbers = {
        number["value"]
        for signature in report.to_dict()["signatures"]
        for number in signature["signer"]["numbers"]
    }
    for written in (html([report], language), text(report, language, is_full=True)):
        assert not [number for number in numbers if number in written]
        assert all(f"•{number[-3:]}" in written for number in numbers)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", ["valid", "changed", "moved", "removed", "part"])
def test_lines_fit_a_terminal_and_every_signature_has_one(name: str, language: Language) -> None:
    shown = text(files()[name], language)
    assert max(map(len, shown.splitlines())) <= 80
    for slot in scene().teachers:
        (subject,) = (one for one in scene().transcript.subjects if one.id == slot.subject)
        assert len(re.findall(rf"^  (?:Môn )?{subject.name} ", shown, re.MULTILINE)) == 1


def test_sixteen_signatures_fit_a_screen() -> None:
    whole = Scene(subjects=None)
    shown = text(whole.verify(whole.signed(level=Level.T)), "vi").splitlines()
    assert len(whole.slots) == 16
    assert len(shown) <= 53
    assert max(map(len, shown)) <= 80


def test_after_tampering_the_root_cause_stands_alone() -> None:
    page = unfolded(html([files()["changed"]], "en"))
    assert phrase("MAIN_CAUSE", "en") in page
    assert phrase("PROBLEMS", "en") not in page
    assert phrase("UNCLEAR", "en") not in page
    assert phrase("CONSEQUENCES", "en") not in page


def test_what_nobody_signed_was_not_checked() -> None:
    page = html([files()["draft"]], "en")
    assert phrase("QUESTIONS", "en") not in page


@pytest.mark.parametrize("sub_indication", [SubIndication.TRY_LATER, SubIndication.REVOKED_NO_POE])
def test_when_to_try_again_is_said_where_that_helps(sub_indication: SubIndication) -> None:
    report = files()["valid"]
    assert report.conclusion is not None
    first, *others = report.conclusion.signatures
    open_ = replace(
        first.conclusion, indication=Indication.INDETERMINATE, sub_indication=sub_indication
    )
    signatures = (replace(first, conclusion=open_), *others)
    report = replace(
        report,
        verdict=Verdict.INDETERMINATE,
        conclusion=replace(report.conclusion, signatures=signatures),
    )
    is_said = "Verify again after" in " ".join(text(report, "en").split())
    assert is_said == (sub_indication is SubIndication.TRY_LATER)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_level_is_said_in_words(language: Language) -> None:
    assert phrase("LEVEL_T", language) in html([files()["valid"]], language)
    assert phrase("LEVEL_B", language) in html([files()["part"]], language)


def test_a_swapped_slot_blames_no_order() -> None:
    shown = text(files()["moved"], "en")
    assert re.search(rf"\? {phrase('UNKNOWN', 'en')}: Was the order", shown)


def test_who_has_not_signed_is_a_row() -> None:
    shown = text(files()["part"], "en")
    assert len(re.findall(f"{phrase('ROW_MISSING', 'en')}$", shown, re.MULTILINE)) == 3
    assert phrase("NOT_YET", "en") in shown


def test_a_signature_in_the_wrong_slot_is_not_called_valid() -> None:
    shown = text(files()["moved"], "en")
    assert len(re.findall(f"{phrase('ROW_NO', 'en')}$", shown, re.MULTILINE)) == 2


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_picture_tells_in_words_what_it_shows(language: Language) -> None:
    page = html([files()["valid"]], language)
    (label,) = re.findall(r'<svg role="img" aria-label="([^"]*)"', page)
    assert label.startswith(phrase("TIMELINE", language))
    assert "01/06/2026" in label
    assert page.count('<circle class="proven"') >= len(scene().slots) - 1


def test_one_time_alone_is_no_picture() -> None:
    row = SignatureRow(
        step="a", lane="a", name="b", time="", proof="", moment=SIGNED_AT, is_proven=True,
        state="yes", words="",
    )  # fmt: skip
    assert timeline((row,), "en") == ""
    assert timeline((row, row), "en").count("<circle") == 1


def test_who_did_not_sign_at_all_is_told_whom_to_ask() -> None:
    page = html([scene().verify(scene().draft)], "vi")
    assert "đề nghị nhà trường cung cấp bản đã ký số" in page


def test_an_option_is_never_broken_over_two_lines() -> None:
    page = unfolded(html([files()["valid"]], "vi"))
    assert '<span class="option">--registry</span>' in page
    assert ".option { white-space: nowrap; }" in html([files()["valid"]], "vi")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("cause", sorted(catalogue()))
def test_no_school_is_told_to_act_on_a_document_of_others(cause: str, language: Language) -> None:
    places = Places(slots={}, transcript=None, language=language)
    school = {"vi": "nhà trường", "en": "the school "}[language]
    ours = cause_words(cause, places)
    theirs = cause_words(cause, replace(places, is_of_others=True))
    assert school not in theirs.lower()
    assert (ours == theirs) == (school.strip() not in ours.lower())


def test_the_foot_of_a_page_speaks_of_what_was_judged() -> None:
    """An invoice is no transcript, and its maker no school."""
    said = {
        "valid": phrase("LEGAL", "vi"),
        "other": phrase("LEGAL_FILE", "vi"),
        "photo": phrase("LEGAL_FILE", "vi"),
    }
    made = scene()
    reports = {
        "valid": files()["valid"],
        "other": Verifier(trust=made.trust).verify_any(issued(), at=JUDGED_AT),
        "photo": made.verify(b"\xff\xd8\xff\xe0"),
    }
    pages = {name: html([report], "vi") for name, report in reports.items()}
    assert {name: said[name] in page for name, page in pages.items()} == dict.fromkeys(said, True)
    assert "trường" not in said["other"]
