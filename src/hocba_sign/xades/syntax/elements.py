"""Reading single XMLDSig and XAdES elements strictly: one child, no stray content, exact base64,
zoned times.
"""

import binascii
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, tzinfo
from typing import TypeVar

from hocba_sign.errors import Finding, InputError
from hocba_sign.xml.c14n import C14nAlgorithm
from hocba_sign.xml.tree import Element, locate

_WHITESPACE = b" \t\r\n"
_WITHOUT_COMMENTS = {
    C14nAlgorithm.INCLUSIVE_WITH_COMMENTS: C14nAlgorithm.INCLUSIVE,
    C14nAlgorithm.INCLUSIVE_11_WITH_COMMENTS: C14nAlgorithm.INCLUSIVE_11,
    C14nAlgorithm.EXCLUSIVE_WITH_COMMENTS: C14nAlgorithm.EXCLUSIVE,
}
_DATE_TIME = re.compile(r"-?\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)?")


_Part = TypeVar("_Part")


class Parts:
    """Reads the parts of one signature: strictly, where one that is malformed spoils the whole, or
    each for itself, where it is told and left out.
    """

    __slots__ = ("_is_strict", "findings")

    def __init__(self, *, is_strict: bool) -> None:
        self._is_strict = is_strict
        self.findings: list[Finding] = []

    def read(
        self, read: Callable[[Element], _Part], element: Element, *, otherwise: _Part
    ) -> _Part:
        """Return what `read` gives, or `otherwise` where that raises `SIG.STRUCTURE`.

        Raises: as `read`, but for that.
        """
        try:
            return read(element)
        except InputError as error:
            if self._is_strict or error.cause != "SIG.STRUCTURE":
                raise
            self.findings.append(Finding("SIG.PART_UNREADABLE", error.where or locate(element)))
            return otherwise


def malformed(element: Element) -> InputError:
    return InputError("SIG.STRUCTURE", where=locate(element))


def only(parent: Element, tag: str) -> Element:
    """Return the one child named `tag`; Raises: InputError `SIG.STRUCTURE` when there is none or a
    second.
    """
    found = optional(parent, tag)
    if found is None:
        raise malformed(parent)
    return found


def optional(parent: Element, tag: str) -> Element | None:
    """Return the child named `tag` or None; Raises: InputError `SIG.STRUCTURE` when there are
    several.
    """
    found = tuple(parent.iterchildren(tag))
    if len(found) > 1:
        raise malformed(parent)
    return found[0] if found else None


def descend(parent: Element, *tags: str) -> Element | None:
    """Follow `tags` one level each through children that occur at most once."""
    node: Element | None = parent
    for tag in tags:
        if node is None:
            return None
        node = optional(node, tag)
    return node


def require_children(element: Element, allowed: tuple[str, ...], *, first: int = 0) -> None:
    """Check that all child elements are among `allowed` and that no text stands between them.

    The `first` of `allowed` must stand first, in this order.
    """
    tags, texts = [], [element.text]
    for child in element:
        texts.append(child.tail)
        # Comments and instructions have a function in place of a tag.
        if isinstance(child.tag, str):
            tags.append(child.tag)
    if not set(tags).issubset(allowed) or tuple(tags[:first]) != allowed[:first]:
        raise malformed(element)
    if any(text and text.strip() for text in texts):
        raise malformed(element)


def text_of(element: Element) -> str:
    """Return the text of an element that holds nothing else: no child, no comment, no processing
    instruction.
    """
    if len(element):
        raise malformed(element)
    return element.text or ""


def octets_of(element: Element) -> bytes:
    """Decode base64 content; white space is allowed, anything else outside the alphabet is
    refused.
    """
    try:
        text = text_of(element).encode("ascii").translate(None, _WHITESPACE)
        octets = binascii.a2b_base64(text)
    except (UnicodeEncodeError, binascii.Error) as error:
        raise malformed(element) from error
    # What reading leaves out, other letters and bits behind the last octet, is not written again.
    if not octets or binascii.b2a_base64(octets, newline=False) != text:
        raise malformed(element)
    return octets


def algorithm_of(element: Element) -> str:
    """Return the Algorithm attribute."""
    uri = element.get("Algorithm")
    if uri is None:
        raise malformed(element)
    return uri


def c14n_of(element: Element, *, is_comment_free: bool = False) -> C14nAlgorithm | None:
    """Return the canonicalization that an Algorithm attribute names, or None for anything else.

    `is_comment_free`: for a node-set that has no comments anyway, such as the target of `#id` (XML
    Signature 1.1, 4.4.3.3).
    """
    uri = algorithm_of(element)
    try:
        method = C14nAlgorithm(uri)
    except ValueError:
        return None
    return _WITHOUT_COMMENTS.get(method, method) if is_comment_free else method


def moment_of(text: str) -> datetime | None:
    """Read an xs:dateTime that names its zone, as UTC; None for any other text."""
    match = _DATE_TIME.fullmatch(text.strip())
    if match is None or match[2] is None:
        return None
    try:
        return _read(match).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def local_moment_of(text: str, zone: tzinfo) -> datetime | None:
    """Read an xs:dateTime that names no zone as one in `zone`, as UTC; None for any other text."""
    match = _DATE_TIME.fullmatch(text.strip())
    if match is None or match[2] is not None:
        return None
    try:
        return _read(match).replace(tzinfo=zone).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _read(date_time: re.Match[str]) -> datetime:
    """The end of a day may be written 24:00:00 (XML Schema Part 2, 3.2.7).

    Raises: ValueError, OverflowError.
    """
    day, _, rest = date_time[0].partition("T")
    if not rest.startswith("24:00:00"):
        return datetime.fromisoformat(date_time[0])
    if (date_time[1] or "").strip(".0"):
        raise ValueError(rest)
    return datetime.fromisoformat(f"{day}T00{rest[2:]}") + timedelta(days=1)
