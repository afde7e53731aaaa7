"""What the command line itself says to people: help texts and the option parser's own words, in
Vietnamese and English.
"""

import json
import os
import re
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Final

from hocba_sign.catalogue.messages import LANGUAGES, Language, filled, message
from hocba_sign.shipped import shipped

LANGUAGE_VARIABLE: Final = "HOCBA_LANG"

_CAPITALS: Final = re.compile(r"[A-Z]{2,}")
_CAUSE: Final = re.compile(r"CLI\.[A-Z_]+")
_PARSER_SAYS: Final = (
    (r"the following arguments are required: (.+)", "MISSING_ARGUMENTS"),
    (r"one of the arguments (.+) is required", "ONE_OF_REQUIRED"),
    (r"unrecognized arguments: (.+)", "UNKNOWN_ARGUMENTS"),
    (r"argument (.+?): not allowed with argument (.+)", "NOT_TOGETHER"),
    (r"argument (.+?): expected (?:one|at least one) argument", "VALUE_MISSING"),
    (
        r"argument (.+?): invalid choice: '?(.*?)'? \((?:choose|maybe).*? from (.+)\)",
        "INVALID_CHOICE",
    ),
    (r"argument (.+?): ignored explicit argument (.+)", "NO_VALUE_TAKEN"),
    (r"ambiguous option: (.+?) could match (.+)", "AMBIGUOUS"),
    (r"argument (.+?): (.+)", "ARGUMENT"),
)


def spoken_language(arguments: Sequence[str]) -> Language:
    """Return the language before anything is parsed, so that errors of the parsing are in it too:
    `--lang`, then `HOCBA_LANG`.
    """
    wanted = os.environ.get(LANGUAGE_VARIABLE, "")
    for index, argument in enumerate(arguments):
        if argument == "--lang" and index + 1 < len(arguments):
            wanted = arguments[index + 1]
        elif argument.startswith("--lang="):
            wanted = argument.partition("=")[2]
    return next((language for language in LANGUAGES if language == wanted), "vi")


def say(key: str, language: Language, **values: object) -> str:
    """Return the words under `key` of words.json, filled in."""
    return filled(_words()[key][language], values)


def value_name(written: str, language: Language) -> str:
    """Return what a help text calls a value: each word in capitals in the user's language."""
    names = _words()
    return _CAPITALS.sub(
        lambda word: names.get(f"NAMED_{word[0]}", {}).get(language, word[0]), written
    )


def translated(parser_message: str, language: Language) -> str:
    """Say what the option parser has to say; a cause id in it is replaced by its words."""
    found = _CAUSE.search(parser_message)
    if found is not None:
        option = parser_message.partition(":")[0].removeprefix("argument ")
        return say("ARGUMENT", language, values=(option, message(found[0]).in_language(language)))
    for pattern, key in _PARSER_SAYS:
        matched = re.fullmatch(pattern, parser_message, re.DOTALL)
        if matched is not None:
            return say(key, language, values=[group.replace("'", "") for group in matched.groups()])
    return parser_message


@cache
def _words() -> Mapping[str, Mapping[str, str]]:
    found: Mapping[str, Mapping[str, str]] = json.loads(
        shipped("cli", "words.json").read_text("utf-8")
    )
    return found
