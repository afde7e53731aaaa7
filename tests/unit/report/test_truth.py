"""No sentence of a report says more than was found: each is true in every case in which it is
said.
"""

import json
import re
from dataclasses import replace
from functools import cache
from importlib import resources

import pytest

from hocba_sign.catalogue.messages import LANGUAGES, Language
from hocba_sign.model.codes import EventKind
from hocba_sign.operations.documents import render
from hocba_sign.operations.verifier import Verifier
from hocba_sign.pki.trust.store import TrustStore
from hocba_sign.report.answers import SummaryAnswer
from hocba_sign.report.kind import Kind
from hocba_sign.report.phrases import phrase
from hocba_sign.report.plain_text import text
from hocba_sign.report.report import Report
from hocba_sign.report.view import view
from hocba_sign.signing.signing_policy import Level
from hocba_sign.testing.tamper import with_changed_mark
from hocba_sign.validation.verdict import Check, Status, Verdict
from tests.support.records import event, signed_event
from tests.support.scene import JUDGED_AT, Scene

PHRASES: dict[str, dict[str, str]] = json.loads(
    resources.files("hocba_sign.report").joinpath("phrases.json").read_text("utf-8")
)
FORM, INTACT, SIGNERS, ORDER, CERTIFICATES, TIME = range(6)
FORM_CAUSES = {
    "XML.SYNTAX": "A_FORM_NO",
    "DOC.SCHEMA": "A_FORM_NO",
    "DOC.UNSIGNED": "A_FORM_UNSIGNED",
    "TRANSCRIPT.LEVEL_GRADE": "A_FORM_CONTENT",
    "DATE.STAMPED_BEFORE_CREATED": "A_FORM_CONTENT",
    "CHAIN.DIGEST": "A_FORM_CONTENT",
    "DOC.RULES": "A_FORM_RULES",
}


@cache
def secondary() -> Scene:
    return Scene("lop12", subjects=None)


@cache
def primary() -> Scene:
    return Scene("lop5", subjects=None)


@cache
def issued() -> Report:
    return primary().verify(primary().signed(level=Level.T))


def answers(report: Report, language: Language = "vi") -> tuple[SummaryAnswer, ...]:
    return view(report, language).answers


def with_failure(report: Report, cause: str) -> Report:
    return replace(
        report,
        verdict=Verdict.INVALID,
        checks=(*report.checks, Check(identifier=cause, status=Status.FAIL)),
    )


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("cause", "key"), FORM_CAUSES.items())
def test_the_form_is_blamed_only_where_it_is_wrong(
    cause: str, key: str, language: Language
) -> None:
    told = answers(with_failure(issued(), cause), language)[FORM]
    assert (told.state, told.detail) == ("no", phrase(key, language))


def test_a_rule_of_content_is_not_called_a_fault_of_the_schema() -> None:
    scene = secondary()
    octets = re.sub(rb"<DIEM_CA_NAM>[0-9.]+<", b"<DIEM_CA_NAM>1.0<", scene.draft, count=1)
    document = scene.sign(octets, scene.slots[0])
    report = scene.verify(document)
    assert report.to_dict()["document"]["schema_valid"] is True
    told = answers(report)[FORM]
    assert (told.state, told.detail) == ("no", phrase("A_FORM_RULES", "vi"))


def test_what_was_not_judged_by_the_circular_is_not_said_to_obey_it() -> None:
    scene = Scene(subjects=1)
    told = answers(scene.verify(scene.signed()))[FORM]
    assert told.question == phrase("Q_FORM", "vi")
    assert told.detail == phrase("A_FORM_UNRULED", "vi")


def test_a_stamp_on_a_changed_signature_is_not_denied() -> None:
    scene = primary()
    octets = scene.signed(level=Level.T).replace(b"</HO_VA_TEN>", b"x</HO_VA_TEN>", 1)
    shown = text(scene.verify(octets), "vi")
    assert phrase("STAMP_NONE", "vi") not in " ".join(shown.split())


def test_a_stamp_that_could_not_be_verified_is_not_called_a_claim() -> None:
    scene = primary()
    octets = scene.signed(level=Level.T)
    report = Verifier(trust=TrustStore()).verify(octets, at=JUDGED_AT)
    told = answers(report)[TIME]
    assert told.state == "unknown"
    assert "dấu thời gian chưa xác minh được" in told.detail


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_order_names_those_who_signed(language: Language) -> None:
    teacher = phrase("ORDER_GVBM", language)
    assert teacher in answers(_issued_secondary(), language)[ORDER].detail
    told = answers(issued(), language)[ORDER]
    assert told.state == "yes"
    assert teacher not in told.detail
    assert phrase("ROLE_GVCN", language) in told.detail


@cache
def _issued_secondary() -> Report:
    scene = Scene(subjects=1)
    return scene.verify(scene.signed(level=Level.T))


def test_nobody_is_missing_where_a_signer_is_unmatched() -> None:
    conclusion = issued().conclusion
    assert conclusion is not None
    unknown = Check(identifier="WF.SIGNER_UNKNOWN", status=Status.UNPROVEN)
    unmatched = replace(conclusion, checks=(*conclusion.checks, unknown))
    told = answers(replace(issued(), conclusion=unmatched))[SIGNERS]
    assert (told.state, told.detail) == ("unknown", phrase("A_SIGNERS_UNMATCHED", "vi"))


def test_a_missing_signature_is_counted_and_nobody_doubted() -> None:
    scene = primary()
    told = answers(scene.verify(scene.signed(scene.slots[:-1])))[SIGNERS]
    assert (told.state, told.detail) == ("unknown", phrase("A_SIGNERS_MISSING", "vi", missing=1))


@pytest.mark.parametrize("language", LANGUAGES)
def test_only_what_was_compared_and_differs_is_listed_as_failed(language: Language) -> None:
    scene = Scene(subjects=1)
    report = scene.verify(scene.signed())
    wrong = view(with_failure(report, "DOC.RULES"), language)
    states = {problem.identifier: problem.state for problem in wrong.problems}
    assert states["DOC.RULES"] == "no"
    unclear = view(scene.verify(scene.signed(scene.slots[:-1])), language)
    assert {problem.state for problem in unclear.problems} == {"unknown"}
    shown = text(scene.verify(scene.signed(scene.slots[:-1])), language)
    assert phrase("MAIN_CAUSE", language) in shown
    assert phrase("PROBLEMS", language) not in shown


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_notice_is_not_called_a_transcript(language: Language) -> None:
    scene = primary()
    document = scene.signed(level=Level.T)
    octets = signed_event(scene, event(scene, document, EventKind.WITHDRAWAL))
    changed = octets.replace(b"<LY_DO>", b"<LY_DO>x", 1)
    assert changed != octets
    for file, verdict in ((octets, Verdict.VALID), (changed, Verdict.INVALID)):
        shown = view(scene.verify(file), language)
        assert (shown.verdict, shown.title) == (verdict, phrase("TITLE_EVENT", language))
        assert shown.sentence.startswith(
            phrase(f"SENTENCE_RECORD_{verdict}", language, unasked="").removesuffix(".")
        )
        assert shown.document_title == phrase("RECORD", language)
        assert shown.answers[FORM].question == phrase("Q_FORM", language)


@pytest.mark.parametrize("kind", sorted(set(Kind) - {Kind.TRANSCRIPT, Kind.FILE}))
def test_no_sentence_of_another_kind_takes_the_file_for_a_transcript(kind: Kind) -> None:
    said = {
        key: words for key, words in PHRASES.items() if key.startswith(f"SENTENCE_{kind.sentence}")
    }
    assert said
    assert f"TITLE_{kind}" in PHRASES
    for key, words in said.items():
        assert not re.search("như một học bạ|làm học bạ|là học bạ hợp lệ", words["vi"]), key
        assert "as a valid transcript" not in words["en"], key


def test_what_cannot_be_read_is_called_no_transcript() -> None:
    assert view(primary().verify(b"<a"), "en").title == phrase("TITLE_FILE", "en")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("cause", ["WF.HIERARCHY", "REGISTRY.ENDED", "WF.SIGNER_MISMATCH"])
def test_who_may_sign_is_not_told_as_who_was_taken_away(cause: str, language: Language) -> None:
    told = answers(with_failure(issued(), cause), language)[SIGNERS]
    assert (told.state, told.detail) == ("no", phrase("A_SIGNERS_NO", language))
    words = {"vi": ("loại chứng thư", "thẩm quyền"), "en": ("kind of certificate", "authority")}
    assert all(word in told.detail for word in words[language])
    assert not any(word in told.detail for word in ("gỡ", "xóa", "removed", "deleted"))


def test_blanks_between_elements_are_not_called_another_content() -> None:
    report = secondary().verify(secondary().signed().replace(b"><", b">\n<"))
    told = [problem.identifier for problem in view(report, "vi").problems]
    assert "SIG.DIGEST" not in told
    shown = " ".join(text(report, "vi").split())
    assert "nội dung đã thay đổi sau khi ký" not in shown


def test_the_order_of_signatures_that_were_broken_is_not_called_wrong() -> None:
    told = answers(secondary().verify(with_changed_mark(secondary().signed())))[ORDER]
    assert (told.state, told.detail) == ("unknown", phrase("NOT_JUDGED", "vi"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_pages_that_nobody_signed_are_told_at_the_top(language: Language) -> None:
    scene = secondary()
    report = scene.verify(render(scene.signed()).octets)
    assert report.verdict is Verdict.VALID
    sentence = view(report, language).sentence
    assert sentence.startswith(phrase("PAGES_UNSIGNED", language, sentence=""))


def test_nothing_is_said_of_laws_that_were_not_read() -> None:
    """The end of every report cites no article, and does not call itself a confirmation."""
    assert "Điều" not in phrase("LEGAL", "vi")
    assert "không phải văn bản xác nhận" in phrase("LEGAL", "vi")
