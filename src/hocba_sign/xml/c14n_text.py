"""How names, attributes and text are written in a canonical form."""

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any, Final, cast

from lxml import etree

from hocba_sign.xml.limits import MAX_ATTRIBUTES
from hocba_sign.xml.tree import Element

XML_NAMESPACE: Final = "http://www.w3.org/XML/1998/namespace"


XML_PREFIX: Final = f"{{{XML_NAMESPACE}}}"


BASE: Final = f"{XML_PREFIX}base"


SIMPLY_INHERITED: Final = frozenset({f"{XML_PREFIX}lang", f"{XML_PREFIX}space"})


_IN_TEXT: Final = re.compile(r"[&<>\r]")


_IN_ATTRIBUTE: Final = re.compile(r'[&<"\t\n\r]')


def scope_of(element: Element) -> dict[str, str]:
    return merged({}, {prefix or "": uri for prefix, uri in element.nsmap.items()})


def merged(scope: dict[str, str], declared: dict[str, str]) -> dict[str, str]:
    merged = scope.copy()
    for prefix, uri in declared.items():
        if uri and prefix != "xml":
            merged[prefix] = uri
        else:
            merged.pop(prefix, None)
    return merged


def items(element: Element) -> list[tuple[str, str]]:
    items: Any = element.items()
    return cast("list[tuple[str, str]]", items)


def tag_of(element: Element) -> str:
    local = str(element.tag).rpartition("}")[2]
    return f"{element.prefix}:{local}" if element.prefix else local


def prefixes(scope: dict[str, str]) -> dict[str, str]:
    """Return the prefix of each namespace that has exactly one."""
    found: dict[str, str] = {}
    for prefix, uri in scope.items():
        if prefix:
            found[uri] = "" if uri in found else prefix
    return found


@lru_cache(maxsize=MAX_ATTRIBUTES)
def name_at(position: int) -> Callable[[Element], str]:
    """Return the query for the name of an attribute as written, which lxml tells in no
    other way.
    """
    return cast(
        "Callable[[Element], str]",
        etree.XPath(f"string(name(@*[{position}]))", smart_strings=False),
    )


def attribute_order(attribute: tuple[str, str, str]) -> tuple[str, str]:
    name = attribute[0]
    uri, _, local = name[1:].partition("}") if name.startswith("{") else ("", "", name)
    return uri, local


def escaped(text: str) -> str:
    if _IN_TEXT.search(text) is None:
        return text
    return (
        text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\r", "&#xD;")
    )


def attribute(value: str) -> str:
    if _IN_ATTRIBUTE.search(value) is None:
        return value
    value = value.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")
    return value.replace("\t", "&#x9;").replace("\n", "&#xA;").replace("\r", "&#xD;")
