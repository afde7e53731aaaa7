"""The quick path of `decode`: one walk over canonical octets that can only say "faultless".

Whatever is not exactly as the field table and the rules for texts have it is left to the careful
path, which explains (docs/adr/0021-quick-and-careful.md). Nothing is parsed: canonical octets have
one spelling, so tags are compared as they are written.
Spec: Canonical XML 1.0, 2.3; Exclusive XML Canonicalization 1.0.
"""

import re
from collections.abc import Callable
from functools import cache
from typing import Any, Final, TypeAlias, cast

from hocba_sign.errors import InputError
from hocba_sign.model.check import check_transcript
from hocba_sign.model.codes import SchoolLevel, code_list
from hocba_sign.model.fields import Bound, Group, Leaf, Many, table
from hocba_sign.model.text import faults, is_plain
from hocba_sign.model.transcript import Transcript
from hocba_sign.xml import namespaces
from hocba_sign.xml.nonce import NONCE_PATTERN

MAX_QUICK: Final = 1_000_000
"""Octets; real data has a fiftieth of that."""

_TOKEN: Final = re.compile("<([^<>]*)>([^<>]*)")
_ROOT: Final = re.compile(
    f'{namespaces.DATA} xmlns="{namespaces.HOCBA}" {namespaces.ID}="{namespaces.ID_DATA}"'
    f'(?: {namespaces.NONCE}="{NONCE_PATTERN}")?'
)
_BLANK: Final = " \t\n"


class _DoubtError(Exception):
    """Something is not exactly as expected; what it is, the careful path finds out."""


class _Walk:
    """Where the walk stands: the tokens, the next one, and what was found on the way.

    `is_plain`: no text has a reference, or a letter that needs a closer look.
    """

    __slots__ = ("at", "built", "is_plain", "level", "parent", "tags", "texts")

    def __init__(self, tags: list[str], texts: list[str]) -> None:
        self.tags = tags
        self.texts = texts
        together = "".join(texts)
        self.is_plain = "&" not in together and is_plain(together)
        self.at = 0
        self.level: SchoolLevel | None = None
        self.parent = ""
        self.built: dict[type, object] = {}


_Step: TypeAlias = Callable[[_Walk], object | None]
"""Reads what stands next if it is its own; None leaves the walk where it is."""


def decode_faultless(data: bytes) -> Transcript | None:
    """Return the transcript in the exclusive canonical form of a DU_LIEU_HOC_BA element, if
    `decode` and `check_data` find no fault in it; None for any other octets.
    """
    if len(data) > MAX_QUICK or not data.startswith(b"<"):
        return None
    try:
        text = data.decode("utf-8")
        tokens = _TOKEN.findall(text)
        if not text.count("<") == text.count(">") == len(tokens):
            return None
        walk = _Walk([tag for tag, _ in tokens], [after for _, after in tokens])
        found = _data(walk)
    except (_DoubtError, InputError, UnicodeDecodeError, IndexError):
        return None
    return None if check_transcript(walk.built) else found


def _data(walk: _Walk) -> Transcript:
    if _ROOT.fullmatch(walk.tags[0]) is None:
        raise _DoubtError
    _enter(walk, namespaces.ID_DATA)
    found = _fields(walk, Transcript)
    if (
        walk.tags[walk.at] != f"/{namespaces.DATA}"
        or walk.at + 1 != len(walk.tags)
        or walk.texts[-1]
    ):
        raise _DoubtError
    return cast("Transcript", found)


def _enter(walk: _Walk, identifier: str | None) -> None:
    """Step over an opening tag, and hold what stands below it for parts of this element."""
    _pass(walk)
    walk.parent = identifier or ""


def _pass(walk: _Walk) -> None:
    """Step over a tag that only blanks may follow."""
    after = walk.texts[walk.at]
    if after and after.strip(_BLANK):
        raise _DoubtError
    walk.at += 1


def _fields(walk: _Walk, record: type) -> object:
    values: dict[str, object] = {}
    for attribute, is_required, step in _steps(record):
        value = step(walk)
        if value is not None:
            values[attribute] = value
        elif is_required:
            raise _DoubtError
    walk.built[record] = built = record(**values)
    return cast("object", built)


@cache
def _steps(record: type) -> tuple[tuple[str, bool, _Step], ...]:
    return tuple((bound.attribute, bound.is_required, _step(bound)) for bound in table(record))


def _step(bound: Bound) -> _Step:
    match bound.spec:
        case Leaf() as spec:
            return _leaf(spec)
        case Group() as spec:
            return _group(bound, spec)
        case Many() as spec:
            return _many(bound, spec)


def _leaf(spec: Leaf) -> _Step:
    kind, opening, closing = spec.kind, spec.element, f"/{spec.element}"
    longest = kind.max_length if kind.is_free else None
    is_comment, codes, read = kind.is_comment, kind.codes, kind.read

    def step(walk: _Walk) -> object | None:
        at = walk.at
        if walk.tags[at] != opening:
            return None
        text = walk.texts[at]
        if walk.tags[at + 1] != closing:
            raise _DoubtError
        if "&" in text:
            text = _written_out(text)
        is_bad = (
            not text or text != text.strip()
            if walk.is_plain
            else faults(text, is_comment=is_comment)
        )
        if (
            is_bad
            or (longest is not None and len(text) > longest)
            or (codes is not None and text not in code_list(codes))
        ):
            raise _DoubtError
        after = walk.texts[at + 1]
        if after and after.strip(_BLANK):
            raise _DoubtError
        walk.at = at + 2
        value = read(text)
        if spec.is_level:
            walk.level = cast("SchoolLevel", value)
        return value

    return step


def _written_out(text: str) -> str:
    """Replace the references that canonical text has; whatever else begins with `&` is none."""
    for reference, letter in (("&lt;", "<"), ("&gt;", ">"), ("&#xD;", "\r")):
        text = text.replace(reference, letter)
    if text.count("&") != text.count("&amp;"):
        raise _DoubtError
    return text.replace("&amp;", "&")


def _group(bound: Bound, spec: Group) -> _Step:
    if spec.element is None:

        def inline(walk: _Walk) -> object:
            record = bound.record(walk.level)
            if record is None:
                raise _DoubtError
            return _fields(walk, record)

        return inline
    element = spec.element

    def step(walk: _Walk) -> object | None:
        if _name(walk.tags[walk.at]) != element:
            return None
        record = bound.record(walk.level)
        if record is None:
            raise _DoubtError
        value, identifier = _element(walk, element, record)
        if identifier != spec.identifier:
            raise _DoubtError
        return value

    return step


def _many(bound: Bound, spec: Many) -> _Step:
    wrapper, element, record = spec.wrapper, spec.element, bound.records[0]

    def step(walk: _Walk) -> object | None:
        if wrapper is not None:
            if walk.tags[walk.at] != wrapper:
                if _name(walk.tags[walk.at]) == wrapper or spec.least:
                    raise _DoubtError
                return ()
            _pass(walk)
        parent, items = walk.parent, list[Any]()
        while _name(walk.tags[walk.at]) == element:
            item, identifier = _element(walk, element, record)
            items.append(item)
            expected = spec.identify(parent, item, len(items)) if spec.identify else None
            if identifier != expected:
                raise _DoubtError
        if not max(spec.least, int(wrapper is not None)) <= len(items) <= spec.most:
            raise _DoubtError
        if wrapper is not None:
            if walk.tags[walk.at] != f"/{wrapper}":
                raise _DoubtError
            _pass(walk)
        return tuple(items)

    return step


def _name(tag: str) -> str:
    return tag.partition(" ")[0]


def _element(walk: _Walk, element: str, record: type) -> tuple[object, str | None]:
    """Read an element of this name with the record in it, and the Id that it states."""
    tag, parent, identifier = walk.tags[walk.at], walk.parent, None
    if tag != element:
        before = f'{element} {namespaces.ID}="'
        identifier = tag[len(before) : -1]
        if tag != f'{before}{identifier}"' or '"' in identifier or "&" in identifier:
            raise _DoubtError
    _enter(walk, identifier)
    value = _fields(walk, record)
    if walk.tags[walk.at] != f"/{element}":
        raise _DoubtError
    _pass(walk)
    walk.parent = parent
    return value, identifier
