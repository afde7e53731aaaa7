"""One word for one concept: what people read keeps to the table at the end of the glossary, says
of a check what it demands, and names who acts.
"""

import json
import re
from collections.abc import Iterator
from functools import cache

import pytest

from hocba_sign.catalogue.messages import LANGUAGES, catalogue, message
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
    *("EVENT.COUNTS", "EVENT.LATER", "EVIDENCE.PASSED_OVER", "STATUS.OTHER_DEPARTMENT"),
    *("WF.SIGNER_BY_REGISTRY", "WF.SIGNER_LETTERS"),
)
"""Told for information; nobody has to do anything."""
ACTS = {
    "vi": re.compile(
        r"\b(?:hãy|cần|nên|không (?:sử dụng|dựa|dùng|lấy|được chấp nhận))\b", re.IGNORECASE
    ),
    "en": re.compile(
        r"\b(?:must|should|needs?|ask|get|use|do not|check|choose|give|add|fetch|verify|tell|try)\b"
        r"|\b(?:provide|report|have it|wait|complete|compare|update|pin|then|go by|delete)\b",
        re.IGNORECASE,
    ),
}


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
            rest = rest.replace(one.partition(" (")[0], "")
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


def test_what_keeps_a_verdict_from_valid_says_who_acts() -> None:
    kinds = json.loads((ROOT / "tests" / "unit" / "validation" / "causes.json").read_text("utf-8"))
    notes = set(kinds["note"]) | set(NOTES)
    known = {cause for causes in kinds.values() for cause in causes} - notes - set(CHECKS)
    silent = [
        f"{cause} ({language}): {message(cause).in_language(language)}"
        for cause in sorted(known & catalogue().keys())
        for language in LANGUAGES
        if not ACTS[language].search(message(cause).in_language(language))
    ]
    assert not silent, "\n".join(silent)
