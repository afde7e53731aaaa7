"""Words for cause and check ids, in Vietnamese and English, from the catalogue."""

import json
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import Final, Literal, TypeAlias

from hocba_sign.frozen_dataclass import dataclass
from hocba_sign.shipped import shipped

Language: TypeAlias = Literal["vi", "en"]
LANGUAGES: Final[tuple[Language, ...]] = ("vi", "en")


@dataclass(frozen=True, slots=True)
class Message:
    vi: str
    en: str

    def in_language(self, language: Language) -> str:
        return self.vi if language == "vi" else self.en


class _Counted(int):
    """A number that chooses the word beside it: `{count:file|files}`."""

    def __format__(self, form: str) -> str:
        one, is_choice, several = form.partition("|")
        if not is_choice:
            return super().__format__(form)
        return one if self == 1 else several


def filled(text: str, values: Mapping[str, object]) -> str:
    """Return a text with its values in it; one is said of one thing, any other number of several.

    English needs it; in Vietnamese a word is the same for one and for many.
    """
    counted = {
        name: _Counted(value) if isinstance(value, int) else value for name, value in values.items()
    }
    return text.format(**counted)


@cache
def catalogue() -> Mapping[str, Message]:
    """Return every known id with its words."""
    found = {}
    for file in sorted(shipped("catalogue").iterdir()):
        if file.name.endswith(".json"):
            entries = json.loads(file.read_text(encoding="utf-8"))
            found.update(
                {
                    identifier: Message(words["vi"], words["en"])
                    for identifier, words in entries.items()
                }
            )
    return MappingProxyType(found)


def message(identifier: str) -> Message:
    """Return the words for a cause or check id.

    A test proves that every id the code can produce has some.
    """
    found = catalogue().get(identifier)
    return Message(identifier, identifier) if found is None else found
