"""One word for one concept: what people read keeps to the table at the end of the glossary, says
of a check what it demands, and names who acts.
"""

import json
import re
from collections.abc import Iterator
from functools import cache
from string import Formatter

import pytest

from hocba_sign.catalogue.messages import LANGUAGES, catalogue, filled, message
from tests.unit.docs.pages import ROOT

PACKAGE = ROOT / "src" / "hocba_sign"
PAGES = (
    "README.md",
    "docs/**/*.vi.md",
    "docs/reference/fields.md",
    "docs/reference/workflow.md",
    "schemas/*.xsd",
    "src/hocba_sign/data/rules/*.json",
)
CHECKS = (
    *("DOC.FORMAT", "DOC.SCHEMA", "DOC.RULES", "DOC.STATUS", "SIG.TIME_STAMPS"),
    *("PDF.ATTACHED_XML", "PDF.REVISIONS", "PDF.SAME_CONTENT"),
    *("WF.COMPLETE", "WF.ORDER_PROVEN", "WF.AUTHORITY"),
    *(identifier for identifier in sorted(catalogue()) if identifier.startswith("TT15.")),
)
"""Checks that are told whether they pass or not."""
NOTES = (
    *("EVENT.COUNTS", "EVIDENCE.PASSED_OVER", "WF.SIGNER_BY_REGISTRY", "WF.SIGNER_LETTERS"),
    *("EXTRACT.REGISTERED", "EXTRACT.EXPIRED_REGISTERED", "EXTRACT.OTHER_SIGNERS"),
    *("REGISTRY.ALLOWED", "SIG.NOT_JUDGED"),
    *("RULE.R22-18", "RULE.R27-11", "RULE.R30-11", "RULE.R43-12", "RULE.R58-14"),
)
"""Told for information; nobody has to do anything."""
ACTS = {
    "vi": re.compile(
        r"\b(?:hãy|cần|nên|lưu ý|không (?:sử dụng|dựa|dùng|lấy|được chấp nhận))\b", re.IGNORECASE
    ),
    "en": re.compile(
        r"\b(?:must|should|needs?|ask|get|use|do not|check|choose|give|add|fetch|verify|tell|try)\b"
        r"|\b(?:provide|report|have it|wait|complete|compare|update|pin|then|go by|go back|delete)\b"
        r"|\b(?:name|see|run|sign|make|write|enter|end|copy|leave|put|prepare|convert|decode)\b"
        r"|\b(?:install|plug it in|download|contact|look|open|rename|go on|have the|let)\b",
        re.IGNORECASE,
    ),
}
ENGLISH = re.compile(
    r"\b(?:whoever|anew|mend\w*|makers?|all the same|is none(?! of)|has not the|nobody either)\b"
    r"|\b(?:stands?|stood) (?:in|outside|behind|beside|twice)\b"
    r"|(?<!There )\b(?:is|are|was) no (?:digital|extract|transcript|XML|PDF|registry|certificate|valid)\b",
    re.IGNORECASE,
)
"""Turns of older or translated English."""
CITED = re.compile(r"Điều \d+ khoản|khoản \d+ điểm", re.IGNORECASE)
"""The law says điểm a khoản 2 Điều 9, from the smallest part on."""
SEVERAL = re.compile(r"\{(?!tsa\})\w+\}(?: signature| new| more)? [a-z]+s\b")
"""A number with a word that is said of several things only."""


@cache
def table() -> tuple[tuple[tuple[str, ...], tuple[str, ...]], ...]:
    """Return the words to use and those to avoid, row by row."""
    page = (ROOT / "docs" / "reference" / "glossary.md").read_text("utf-8")
    _, rows = page.split("| Avoid · Tránh |\n|---|---|---|\n")
    cells = ([cell.strip() for cell in row.strip("|").split("|")] for row in rows.splitlines())
    return tuple(
        (tuple(used.split(" · ")), tuple(avoided.split(" · "))) for _, used, avoided in cells
    )


def avoided(text: str) -> set[str]:
    """Return the words of a text that the table avoids, but for those within what it uses."""
    found = set()
    for used, words in table():
        rest = text.lower()
        for one in used:
            rest = rest.replace(one.partition(" (")[0].lower(), "")
        found |= {word for word in words if re.search(rf"\b{re.escape(word)}\b", rest)}
    return found


def said() -> Iterator[tuple[str, str]]:
    """Yield every text of the source in Vietnamese, and every page that has some."""
    for identifier, words in catalogue().items():
        yield identifier, words.vi
    for name in ("report/phrases.json", "cli/words.json"):
        for key, words in json.loads((PACKAGE / name).read_text("utf-8")).items():
            yield f"{name}: {key}", words["vi"]
    for pattern in PAGES:
        for path in ROOT.glob(pattern):
            for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
                yield f"{path.relative_to(ROOT)}:{number}", line


def test_the_table_is_read() -> None:
    assert len(table()) > 25
    assert avoided("Hãy xin lại chứng thư số từ nơi gửi.") == {
        "hãy xin",
        "xin lại",
        "chứng thư số",
        "nơi gửi",
    }
    assert avoided("Tại thời điểm xét hiệu lực, cơ sở giáo dục không tin cậy gốc này.") == set()
    assert avoided("Tại thời điểm xét") == {"thời điểm xét"}


def test_no_avoided_word_is_said() -> None:
    wrong = [
        f"{where}: {', '.join(sorted(words))}" for where, text in said() if (words := avoided(text))
    ]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("identifier", CHECKS)
def test_a_check_says_what_it_demands(identifier: str) -> None:
    words = message(identifier)
    assert re.match(r"Yêu cầu(?: \d\.\d \([^)]*\))?: ", words.vi), words.vi
    assert re.match(r"Required(?: by \d\.\d \([^)]*\))?: ", words.en), words.en


def test_every_cause_but_a_note_says_who_acts() -> None:
    kinds = json.loads((ROOT / "tests" / "unit" / "validation" / "causes.json").read_text("utf-8"))
    silent = [
        f"{cause} ({language}): {message(cause).in_language(language)}"
        for cause in sorted(catalogue().keys() - set(kinds["note"]) - set(NOTES) - set(CHECKS))
        for language in LANGUAGES
        if not ACTS[language].search(message(cause).in_language(language))
    ]
    assert not silent, "\n".join(silent)


def english() -> Iterator[tuple[str, str]]:
    """Yield every text of the source in English."""
    for identifier, words in catalogue().items():
        yield identifier, words.en
    for name in ("report/phrases.json", "cli/words.json"):
        for key, words in json.loads((PACKAGE / name).read_text("utf-8")).items():
            yield f"{name}: {key}", words["en"]


def test_no_old_or_translated_english_is_said() -> None:
    wrong = [f"{where}: {found[0]}" for where, text in english() if (found := ENGLISH.search(text))]
    assert not wrong, "\n".join(wrong)


def test_a_number_of_one_is_said_as_one() -> None:
    wrong = [f"{where}: {found[0]}" for where, text in english() if (found := SEVERAL.search(text))]
    assert not wrong, "\n".join(wrong)
    assert filled("{count} {count:file was|files were} read", {"count": 1}) == "1 file was read"
    assert filled("{count} {count:file was|files were} read", {"count": 0}) == "0 files were read"


@pytest.mark.parametrize("name", ["report/phrases.json", "cli/words.json"])
def test_both_languages_have_the_same_values(name: str) -> None:
    texts = json.loads((PACKAGE / name).read_text("utf-8"))
    values = {
        key: [
            {field for _, field, _, _ in Formatter().parse(words[language]) if field is not None}
            for language in LANGUAGES
        ]
        for key, words in texts.items()
    }
    assert {key: both for key, both in values.items() if both[0] != both[1]} == {}


def test_the_law_is_cited_in_its_own_order() -> None:
    wrong = [f"{where}: {found[0]}" for where, text in said() if (found := CITED.search(text))]
    assert not wrong, "\n".join(wrong)


def test_a_circular_for_centres_speaks_of_centres() -> None:
    wrong = [
        f"{identifier}: {words.vi}"
        for identifier, words in catalogue().items()
        if identifier.startswith("RULE.R43-")
        and re.search(r"nhà trường|học sinh|(?<!\()hiệu trưởng", words.vi, re.IGNORECASE)
    ]
    assert not wrong, "\n".join(wrong)
