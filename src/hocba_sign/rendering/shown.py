"""What a page shows of a field: dates as 28/05/2026, marks with a comma, words for codes."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import Any, Final

from hocba_sign.model.codes import code_list
from hocba_sign.model.fields import Leaf, element_path, table
from hocba_sign.model.transcript import DATA_PATH, Transcript

_YEARS: Final = "school_year"
_MONTH: Final = "birth_month"
_LAST_PADDED_MONTH: Final = 2
_LATER_WORDS: Final[Mapping[str, Mapping[str, str]]] = MappingProxyType(
    {
        "Rating": {"G": "Giỏi", "Tb": "Trung bình", "Y": "Yếu", "Kém": "Kém"},
        "has_individual_plan": {
            "true": "Học sinh khuyết tật, học theo kế hoạch giáo dục cá nhân",
            "false": "",
        },
    }
)
"""Words for values that came after a version of the template was published, which is then not
changed.
"""


class Recorder:
    """Returns the text of each field that a page asks for, and keeps what was asked for in that
    order.

    `fields` are the fields' paths in the XML form and their texts, empty for a field without a
    value.
    """

    def __init__(self, transcript: Transcript, words: Mapping[str, Mapping[str, str]]) -> None:
        self.transcript = transcript
        self._words = words
        self.fields: list[tuple[str, str]] = []

    def __call__(self, *steps: str | int, in_words: bool = False) -> str:
        """Return the text of the field at `steps`, names of attributes and indexes from 0; empty
        where it has no value.

        `in_words` is for a date above signatures.
        """
        owner: Any = self.transcript
        for step in steps[:-1]:
            if owner is None:
                break
            owner = owner[step] if isinstance(step, int) else getattr(owner, step)
        text = "" if owner is None else self._text(owner, str(steps[-1]))
        if in_words:
            text = _date_in_words(getattr(owner, str(steps[-1])))
        self.fields.append((DATA_PATH + element_path(Transcript, *steps), text))
        return text

    def _text(self, owner: Any, attribute: str) -> str:
        value = getattr(owner, attribute)
        if value is None:
            return ""
        spec = next(bound.spec for bound in table(type(owner)) if bound.attribute == attribute)
        assert isinstance(spec, Leaf)
        written = spec.kind.write(value)
        name = (
            attribute
            if attribute in self._words or not spec.kind.letters
            else spec.kind.letters.__name__
        )
        words = {**_LATER_WORDS.get(name, {}), **self._words.get(name, {})}
        if words:
            return words.get(written, written)
        if isinstance(value, Decimal):
            return written.replace(".", ",")
        if isinstance(value, date):
            return value.strftime("%d/%m/%Y")
        if spec.kind.codes is not None:
            return next(
                (entry.name for entry in code_list(spec.kind.codes).entries.get(written, ())),
                written,
            )
        return _in_order(attribute, written)


def _date_in_words(day: date) -> str:
    """Write a date as official papers do: a zero before days below 10 and before January and
    February.
    """
    month = f"{day.month:02}" if day.month <= _LAST_PADDED_MONTH else str(day.month)
    return f"ngày {day.day:02} tháng {month} năm {day.year}"


def _in_order(attribute: str, written: str) -> str:
    """Write periods the way people do: `2025 – 2026`, `03/2011`."""
    if attribute == _YEARS:
        return written.replace("-", " – ")
    if attribute == _MONTH:
        return "/".join(reversed(written.split("-")))
    return written
