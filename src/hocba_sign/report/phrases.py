"""Words of the reports for people that are neither checks nor causes."""

import json
import unicodedata
from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from functools import cache
from typing import Any, Final

from hocba_sign.catalogue.messages import Language, filled
from hocba_sign.model.text import has_hidden, is_hidden
from hocba_sign.shipped import shipped

_LEFTWARDS: Final = frozenset({"R", "AL", "AN"})
"""Bidirectional classes of Hebrew, Arabic and the like, which pull digits and signs beside them to
their other side.
"""
VIETNAM: Final = timezone(timedelta(hours=7))
"""Indochina Time; Vietnam has no summer time."""


def phrase(key: str, language: Language, **values: object) -> str:
    """Return the words under `key` of phrases.json, filled in."""
    return filled(_phrases()[key][language], values)


def vietnam_time(moment: datetime, language: Language) -> str:
    """Write an aware moment in Vietnam's time, the zone named; one that the calendar does not hold
    there, as its first or last.

    A certificate without an end ends at 9999-12-31T23:59:59Z (RFC 5280, 4.1.2.5).
    """
    return _time("TIME", moment, language)


def local_time(moment: datetime, language: Language) -> str:
    """Write a moment as `vietnam_time` does where the zone is said once for all: in a report."""
    return _time("LOCAL_TIME", moment, language)


def short_time(moment: datetime) -> str:
    """Write a moment as `local_time` does, without words, for a narrow column."""
    return _in_vietnam(moment).strftime("%H:%M:%S %d/%m/%Y")


def _time(key: str, moment: datetime, language: Language) -> str:
    local = _in_vietnam(moment)
    return phrase(key, language, date=local.strftime("%d/%m/%Y"), time=local.strftime("%H:%M:%S"))


def _in_vietnam(moment: datetime) -> datetime:
    try:
        return moment.astimezone(VIETNAM)
    except OverflowError:
        return (
            datetime.max.replace(tzinfo=VIETNAM)
            if moment.year > 1
            else datetime.min.replace(tzinfo=VIETNAM)
        )


def printable(text: str) -> str:
    """Replace what does not print, is drawn as nothing or turns the reading direction; keep words
    that run from right to left to themselves.
    """
    if has_hidden(text):
        text = "".join("\ufffd" if is_hidden(letter) else letter for letter in text)
    return (
        f"\u2068{text}\u2069"
        if any(unicodedata.bidirectional(letter) in _LEFTWARDS for letter in text)
        else text
    )


def json_line(value: Mapping[str, Any]) -> str:
    """Write one line of JSON; what does not print, such as marks that turn the reading direction,
    is escaped.
    """
    written = json.dumps(value, ensure_ascii=False)
    if not has_hidden(written):
        return written
    return "".join(json.dumps(letter)[1:-1] if is_hidden(letter) else letter for letter in written)


@cache
def _phrases() -> Mapping[str, Mapping[str, str]]:
    found: Mapping[str, Mapping[str, str]] = json.loads(
        shipped("report", "phrases.json").read_text("utf-8")
    )
    return found
