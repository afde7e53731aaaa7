"""Every cause and check id that the source can say has words in both languages, and no words lie
about unused.
"""

import ast
import json
import re
import unicodedata
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

from hocba_sign.catalogue.messages import LANGUAGES, catalogue, message

PACKAGE = Path(__file__).resolve().parents[3] / "src" / "hocba_sign"
IDENTIFIER = re.compile(r"[A-Z][A-Z0-9]*\.[A-Z][A-Z0-9_]*[A-Z0-9]")


@cache
def said() -> frozenset[str]:
    """Collect the id-like string literals of the source, and the ids of the rules, which
    are data.
    """
    found = {
        f"RULE.{rule['id']}"
        for path in (PACKAGE / "data" / "rules").glob("*.json")
        for rule in json.loads(path.read_text("utf-8")).get("rules", ())
    }
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if (
                isinstance(node, ast.Constant)
                and isinstance(node.value, str)
                and IDENTIFIER.fullmatch(node.value)
            ):
                found.add(node.value)
    return frozenset(found)


def test_every_id_has_words() -> None:
    missing = said() - catalogue().keys()
    assert not missing, f"no words for: {', '.join(sorted(missing))}"


def test_no_words_are_unused() -> None:
    written = {identifier for identifier in catalogue() if identifier not in said()}
    assert not written, f"nothing says: {', '.join(sorted(written))}"


def test_no_id_is_explained_twice() -> None:
    files = (PACKAGE / "catalogue").glob("*.json")
    counted = Counter(
        identifier for file in files for identifier in json.loads(file.read_text("utf-8"))
    )
    assert [identifier for identifier, count in counted.items() if count > 1] == []


@pytest.mark.parametrize("identifier", sorted(catalogue()))
def test_words_are_sentences(identifier: str) -> None:
    words = message(identifier)
    for language in LANGUAGES:
        sentence = words.in_language(language)
        assert sentence[:1].isupper() or sentence.startswith("-"), sentence
        assert sentence.endswith((".", ")", ";")), sentence
        assert unicodedata.is_normalized("NFC", sentence)
        assert "ð" not in sentence.lower() or identifier == "TEXT.WRONG_D"
    assert words.vi != words.en


def test_reformatting_is_called_by_its_name() -> None:
    words = message("SIG.REFORMATTED")
    assert "định dạng lại hoặc lưu lại bằng phần mềm khác sau khi ký" in words.vi
    assert "reformatted" in words.en


def test_an_unknown_id_stands_for_itself() -> None:
    assert message("NO.SUCH").vi == "NO.SUCH"
