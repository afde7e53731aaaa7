"""Provinces as addresses and authorities name them, and whether two names, written on different
days, may mean one place.

A name means the provinces that its province held on the day when it was written, by the mergers of
`data/names/provinces.json`; two names agree where they have one of them in common. Communes and
districts are never compared: they change, and their names repeat those of provinces.
"""

import json
import re
from collections.abc import Iterable, Mapping
from datetime import date
from functools import cache
from types import MappingProxyType
from typing import Any, Final, TypeAlias

from hocba_sign.frozen_dataclass import dataclass
from hocba_sign.model.codes import code_list
from hocba_sign.model.remembered import remembered
from hocba_sign.model.spelling import plain, spelled
from hocba_sign.shipped import shipped

Address: TypeAlias = tuple[tuple[str, str], ...]
"""Parts by the attribute of a certificate that holds the like: `ST` a province, `L` a place of any
rank, `STREET`, `O` and `OU` authorities.
"""

_STRONG: Final = frozenset({"ST", "STREET", "O", "OU"})
_LEVELS: Final = ("tỉnh", "thành phố", "tp", "tp.")
_AUTHORITIES: Final = ("sở", "ủy ban nhân dân", "ubnd")
_BELOW: Final = ("huyện", "quận", "thị xã", "xã", "phường", "thị trấn", "đặc khu")
_TAIL: Final = re.compile(
    rf"[ ,.;-]*(?:(?:{spelled('việt nam')}|viet nam|vietnam|city|province)[ ,.;-]*)*$"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Merger:
    """`name` is the province since `since`, with what it was before and all that it takes."""

    name: str
    since: date
    takes: tuple[str, ...]


def contradicts(
    stated: Address, certified: Address, *, stated_on: date, certified_on: date
) -> bool:
    """Return whether a certificate names another province than a document does; each is read as of
    the day when it was written.

    What is no province of Vietnam contradicts nothing. A locality counts only where nothing else in
    the certificate names a province.
    """
    strong = [part for part in certified if part[0] in _STRONG]
    own = _provinces(strong, certified_on) or _provinces(
        (part for part in certified if part[0] == "L"), certified_on
    )
    if not stated or not own:
        return False
    wanted = _provinces(stated, stated_on)
    return not wanted or any(left.isdisjoint(right) for left in own for right in wanted)


@cache
def mergers() -> tuple[Merger, ...]:
    """Return the mergers of provinces, by the resolutions that the data file names."""
    rows = _source()["mergers"]
    return tuple(
        Merger(name=row["name"], since=date.fromisoformat(row["since"]), takes=tuple(row["takes"]))
        for row in rows
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Successor:
    """`code` is the department's since `since`, of the province that took the one called
    `before`.
    """

    code: str
    since: date
    before: str


@cache
def successors() -> Mapping[str, Successor]:
    """Return by its code every department that another one followed; departments have the codes of
    their provinces.

    A code that went on, be it for the province that took the one before, follows itself and is not
    named.
    """
    entries = [entry for group in code_list("provinces").entries.values() for entry in group]
    found = {}
    for ended in entries:
        before = _short(ended.name)
        after = [
            other
            for other in entries
            if other.since == ended.until and before in _held(_short(other.name), other.since)
        ]
        if len(after) == 1 and after[0].code != ended.code:
            found[ended.code] = Successor(code=after[0].code, since=ended.until, before=before)
    return MappingProxyType(found)


def is_followed_by(code: str, address: Address, *, later: str, day: date) -> bool:
    """Return whether `later` is on `day` the code of the department that followed the one of
    `code`.

    An address in another province than that of `code` tells that the code is of another list, so
    that nothing is known.
    """
    one = successors().get(code)
    if one is None or one.code != later or day < one.since:
        return False
    return not contradicts(address, (("ST", one.before),), stated_on=day, certified_on=day)


def _short(name: str) -> str:
    return name.removeprefix("Thành phố ")


def _provinces(address: Iterable[tuple[str, str]], day: date) -> list[frozenset[str]]:
    named = (_named(kind, text) for kind, text in address)
    return [_held(name, day) for name in named if name is not None]


def _held(name: str, day: date) -> frozenset[str]:
    return frozenset({name}).union(
        *(merger.takes for merger in mergers() if merger.name == name and merger.since <= day)
    )


@remembered
def _named(kind: str, text: str) -> str | None:
    """Return the province that a part of an address ends with, if it is named as one."""
    written = _TAIL.sub("", spelled(text))
    for known, name in _known().items():
        before = written.removesuffix(known)
        if before != written and (not before or not before[-1].isalnum()):
            part = re.split(r"[,;]| - ", before)[-1].strip()
            return name if _is_province(kind, part) else None
    return None


def _is_province(kind: str, before: str) -> bool:
    """Return by what stands before a name whether it is that of a province: its level, or the
    authority of one.
    """
    if before in _forms(_LEVELS):
        return True
    if kind in {"O", "OU"}:
        words = f" {before} "
        return any(words.startswith(f" {form} ") for form in _forms(_AUTHORITIES)) and not any(
            f" {form} " in words for form in _forms(_BELOW)
        )
    return kind in {"ST", "L"} and not before


@cache
def _forms(words: tuple[str, ...]) -> frozenset[str]:
    return frozenset({spelled(word) for word in words} | {plain(word) for word in words})


@cache
def _known() -> Mapping[str, str]:
    """Map every way of writing the name of a province to the name, longer ones first."""
    listed = (
        _short(entry.name)
        for entries in code_list("provinces").entries.values()
        for entry in entries
    )
    names = {*listed, *(taken for merger in mergers() for taken in merger.takes)}
    written = {name: name for name in names} | {
        other: row["name"] for row in _source()["spellings"] for other in row["also"]
    }
    forms = {
        form(other): name
        for other, name in written.items()
        for form in (spelled, lambda text: plain(spelled(text)))
    }
    return MappingProxyType(dict(sorted(forms.items(), key=lambda pair: (-len(pair[0]), pair[0]))))


@cache
def _source() -> dict[str, list[dict[str, Any]]]:
    source: dict[str, list[dict[str, Any]]] = json.loads(
        shipped("data", "names", "provinces.json").read_text("utf-8")
    )
    return source
