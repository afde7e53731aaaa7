"""What people read: verdict in words, the seven items of every signature, times of Vietnam, no
mark, no comment.
"""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from html.parser import HTMLParser

import pytest

from hocba_sign.catalogue.messages import Language, message
from hocba_sign.model.identification import ReplacedVersion
from hocba_sign.model.transcript import Transcript
from hocba_sign.report.html import html
from hocba_sign.report.phrases import phrase, vietnam_time
from hocba_sign.report.plain_text import text
from hocba_sign.report.problems import main_cause
from hocba_sign.report.view import view
from hocba_sign.signing.signing_policy import Level
from hocba_sign.testing.forge import Forgery, forge, value_id
from hocba_sign.testing.tamper import (
    with_changed_mark,
    with_swapped_signatures,
    without_signature,
)
from hocba_sign.validation.verdict import Verdict
from tests.support.scene import CBQL, GVCN, SEAL, SIGNED_AT, Scene

SCENE = Scene()
ISSUED = SCENE.signed(level=Level.T)
VALID = SCENE.verify(ISSUED)
SEVEN = (
    "Tổ chức tạo lập, cấp, phát hành chứng thư chữ ký số",
    "Chủ thể ký (người ký)",
    "Đơn vị quản lý chứng thư chữ ký số",
    "Thời điểm ký số, dấu thời gian",
    "Tính toàn vẹn của thông điệp dữ liệu đã ký",
    "Tính hợp lệ của chữ ký số tại thời điểm ký",
    "Thời hạn có hiệu lực của chứng thư chữ ký số",
)
LANGUAGES: tuple[Language, ...] = ("vi", "en")


def forged_order() -> bytes:
    document = SCENE.signed((*SCENE.teachers, GVCN))
    for slot, after in ((SEAL, GVCN), (CBQL, SEAL)):
        document = forge(
            document,
            Forgery(
                slot=slot, identity=SCENE.identity(slot), at=SIGNED_AT, linked=(value_id(after),)
            ),
        )
    return document


REPORTS = {
    "VALID": VALID,
    "NOTHING_TO_VERIFY": SCENE.verify(SCENE.draft),
    "INDETERMINATE": SCENE.verify(SCENE.signed(SCENE.teachers)),
    "INVALID": SCENE.verify(with_changed_mark(ISSUED)),
}


@pytest.mark.parametrize("verdict", REPORTS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_verdict_comes_first_in_words(verdict: str, language: Language) -> None:
    report = REPORTS[verdict]
    assert report.verdict == verdict
    assert text(report, language).splitlines()[0].endswith(phrase(f"VERDICT_{verdict}", language))


def test_every_signature_shows_the_seven_items() -> None:
    written = text(VALID, "vi", is_full=True)
    for item in SEVEN:
        assert len(re.findall(rf"^  {re.escape(item)}:", written, re.MULTILINE)) == len(SCENE.slots)
    for shown in view(VALID, "vi").signatures:
        assert tuple(fact.label for fact in shown.facts) == SEVEN
        assert all(fact.value for fact in shown.facts)


def test_the_circular_is_cited_by_its_full_number() -> None:
    assert "theo Thông tư 22/2021/TT-BGDĐT" in " ".join(text(VALID, "vi").split())


def test_the_version_that_is_replaced_is_named() -> None:
    def second(transcript: Transcript) -> Transcript:
        identity = transcript.identification
        first = ReplacedVersion(id=identity.id, version=1)
        return replace(transcript, identification=replace(identity, version=2, replaces=first))

    scene = Scene(subjects=1, change=second)
    assert re.search("Thay thế: +phiên bản 1\n", text(scene.verify(scene.signed()), "vi"))
    assert "Thay thế:" not in text(VALID, "vi")


def test_times_are_vietnams_and_say_so() -> None:
    # Signed at 03:00 UTC on 2026-06-01.
    for written in (text(VALID, "vi"), html([VALID], "vi")):
        assert "10:00:00 01/06/2026" in written
        assert " ".join(written.split()).count("giờ Việt Nam") == 1


def test_what_proves_the_time_is_said() -> None:
    proven, claimed = (
        text(report, "vi", is_full=True) for report in (VALID, SCENE.verify(SCENE.signed()))
    )
    assert "chứng thực đã ký không muộn hơn" in " ".join(proven.split())
    assert "chữ ký không có dấu thời gian" in " ".join(claimed.split())


def test_a_seal_without_a_number_is_told_from_one_with() -> None:
    assert "WF.SIGNER_BY_NAME" in text(VALID, "vi")


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_comment_of_the_pupil_is_in_a_report(language: Language) -> None:
    for one in REPORTS.values():
        written = text(one, language) + html([one], language) + repr(one.to_dict())
        for subject in SCENE.transcript.subjects:
            assert subject.comment is not None
            assert subject.comment[:20] not in written
        assert SCENE.transcript.content.homeroom_comment[:20] not in written


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_was_not_checked_is_listed(language: Language) -> None:
    written = " ".join(text(VALID, language, is_full=True).split())
    assert phrase("NOT_CHECKED_TITLE", language) in written
    for identifier in (check.identifier for check in VALID.checks if check.status == "not_checked"):
        assert message(identifier).in_language(language) in written


def test_each_forgery_is_called_by_its_name() -> None:
    named = {
        "SIG.DIGEST": with_changed_mark(ISSUED),
        "WF.MOVED": with_swapped_signatures(ISSUED),
        "WF.SKIPPED": without_signature(ISSUED, CBQL),
        "WF.ORDER": forged_order(),
        "XML.SYNTAX": b"<",
        "SIG.REFORMATTED": ISSUED.replace(b"><", b">\n<"),
    }
    assert {cause: main_cause(SCENE.verify(document)) for cause, document in named.items()} == {
        cause: cause for cause in named
    }
    assert main_cause(VALID) is None


def test_a_swapped_order_blames_the_order_and_nobodys_person() -> None:
    answers = {
        answer.question: answer.state for answer in view(SCENE.verify(forged_order()), "vi").answers
    }
    assert answers[phrase("Q_ORDER", "vi")] == "no"
    assert answers[phrase("Q_SIGNERS", "vi")] == "yes"
    assert answers[phrase("Q_INTACT", "vi")] == "yes"


def test_an_unreadable_file_gets_one_line() -> None:
    written = text(SCENE.verify(b"<\x01"), "vi")
    assert "\n" not in written
    assert "KHÔNG HỢP LỆ" in written
    assert "XML." in written


def test_a_place_is_told_in_the_language_of_the_report() -> None:
    report = SCENE.verify(b"<HOC_BA")
    assert "(dòng 1, cột 9)" in text(report, "vi")
    assert "dòng 1" in html([report], "vi")
    assert "column" not in text(report, "vi")
    assert "(line 1, column 9)" in text(report, "en")


def test_colours_only_repeat_the_words() -> None:
    plain, coloured = text(VALID, "vi"), text(VALID, "vi", is_coloured=True)
    assert "\033[" not in plain
    assert re.sub(r"\033\[[0-9;]*m", "", coloured) == plain


def test_a_file_name_cannot_move_the_cursor() -> None:
    written = text(replace(VALID, file="a\033[2J\u202e.xml"), "vi")
    assert "\033" not in written
    assert "\u202e" not in written


class Page(HTMLParser):
    """Notes elements and every attribute that could load something."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.loads: list[str] = []
        self.language: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.loads += [
            name
            for name, _ in attrs
            if name in {"src", "href", "style", "action", "data"} or name.startswith("on")
        ]
        if tag == "html":
            self.language = dict(attrs).get("lang")


def page(markup: str) -> Page:
    read = Page()
    read.feed(markup)
    return read


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_loads_nothing_and_names_its_language(language: Language) -> None:
    markup = html(list(REPORTS.values()), language)
    read = page(markup)
    assert read.language == language
    assert read.loads == []
    assert not {"script", "link", "img", "iframe", "object", "base"} & set(read.tags)
    assert "url(" not in markup
    assert "@import" not in markup
    assert read.tags.count("article") == len(REPORTS)


def test_the_page_escapes_what_it_is_given() -> None:
    markup = html([replace(VALID, file='"><script>alert(1)</script>&$title')], "vi")
    assert "script" not in page(markup).tags
    assert "&lt;script&gt;" in markup
    assert "&amp;$title" in markup


def test_the_page_shows_the_seven_items_and_words_beside_colours() -> None:
    markup = html([VALID], "vi")
    for item in SEVEN:
        assert markup.count(f"<dt>{item}</dt>") == len(SCENE.slots)
    assert not re.search("[✓✔✅☑]", markup)
    for state in re.findall(r'class="(?:yes|no|unknown)">([^<]*)<', markup):
        assert state.strip()


@pytest.mark.parametrize("language", ["vi", "en"])
def test_the_ends_of_the_calendar_are_written(language: Language) -> None:
    """RFC 5280, 4.1.2.5: a certificate without an end ends at 9999-12-31T23:59:59Z, which Vietnam's
    calendar does not hold.
    """
    scene = Scene()
    person = scene.expected(GVCN)
    assert person.personal_id is not None
    endless = scene.world.person(
        person.name, person.personal_id, not_after=datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)
    )
    document = scene.draft
    for slot in scene.slots:
        document = scene.sign_as(
            endless if slot == GVCN else scene.identity(slot), document, slot, stamped=None
        )
    report = scene.verify(document)
    assert report.verdict is Verdict.VALID
    assert "9999" in text(report, language, is_full=True)
    assert "9999" in html([report], language)
    for moment in (
        datetime.min.replace(tzinfo=timezone(timedelta(hours=14))),
        datetime.max.replace(tzinfo=UTC),
    ):
        assert vietnam_time(moment, language)
