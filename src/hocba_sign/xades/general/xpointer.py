"""What the URI of a ds:Reference points at, by the few forms that XML Signature defines."""

import re
from typing import Final, TypeAlias

from hocba_sign.frozen_dataclass import dataclass

_ELEMENT: Final = re.compile(r"""#xpointer\(\s*id\(\s*(?:'([^']*)'|"([^"]*)")\s*\)\s*\)""")
_XPOINTER: Final = re.compile(r"#(?:xpointer|xmlns|element|xpath1?)\(")


@dataclass(frozen=True, slots=True)
class Whole:
    """The document that holds the reference."""

    has_comments: bool


@dataclass(frozen=True, slots=True)
class ById:
    """The element with this Id, with all in it."""

    identifier: str
    has_comments: bool


@dataclass(frozen=True, slots=True)
class External:
    """Octets outside the document; without a URI the caller must know which."""

    uri: str | None


Pointer: TypeAlias = Whole | ById | External


def pointer(uri: str | None) -> Pointer | None:
    """Read a URI attribute; None for a same-document form that is none of XML Signature's.

    Spec: XML Signature 1.1, 4.4.3.2 and 4.4.3.3.
    """
    if uri is None or (uri and not uri.startswith("#")):
        return External(uri)
    if uri == "":
        return Whole(has_comments=False)
    if uri == "#xpointer(/)":
        return Whole(has_comments=True)
    found = _ELEMENT.fullmatch(uri)
    if found is not None:
        identifier = found[1] if found[1] is not None else found[2]
        return ById(identifier, has_comments=True) if identifier else None
    if uri == "#" or _XPOINTER.match(uri):
        return None
    return ById(uri[1:], has_comments=False)
