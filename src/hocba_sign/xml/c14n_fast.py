"""Canonical XML by libxml2, where lxml gives it all that it needs."""

import re
from collections.abc import Collection
from copy import deepcopy
from typing import Final

from lxml import etree

from hocba_sign.xml.c14n_algorithm import C14nAlgorithm
from hocba_sign.xml.node_set import Document
from hocba_sign.xml.tree import Element

_UNESCAPED_NAMESPACE: Final = re.compile(rb""" xmlns(?::[^=\s]+)?=(?:'|"[^"]*[&<\t\n\r])""")

MAX_HIDDEN: Final = 50
"""Sub-trees that are left out of a copy; finding more of them costs more than it saves."""


def by_libxml2(
    target: Element | Document,
    algorithm: C14nAlgorithm,
    *,
    prefixes: Collection[str],
    hidden: tuple[Element, ...],
) -> bytes | None:
    """Canonicalize whole documents, but for `hidden` sub-trees, and sub-trees exclusively without a
    PrefixList; None where it cannot.

    For a sub-tree lxml hands over a copy of the apex element that has lost its ancestors, and with
    them inherited attributes and namespaces that the element does not use itself. libxml2 writes
    namespace names without escaping them, and refuses some absolute ones: None leaves both to the
    own writer. Where no ancestor of what is written is left out, version 1.1 is version 1.0.
    """
    if isinstance(target, Document):
        if "#default" in prefixes or len(hidden) > MAX_HIDDEN or target.getroot() in hidden:
            return None
        target = _copy_without(target, hidden) if hidden else target
    elif hidden or prefixes or not algorithm.is_exclusive:
        return None
    try:
        octets = etree.tostring(
            target,
            method="c14n",
            exclusive=algorithm.is_exclusive,
            with_comments=algorithm.has_comments,
            inclusive_ns_prefixes=list(prefixes) if algorithm.is_exclusive and prefixes else None,
        )
    except etree.C14NError:
        return None
    return None if _UNESCAPED_NAMESPACE.search(octets) else octets


def _copy_without(document: Document, hidden: tuple[Element, ...]) -> Document:
    copy = deepcopy(document)
    for element in [_at(copy.getroot(), _path(hidden_element)) for hidden_element in hidden]:
        parent, before = element.getparent(), element.getprevious()
        assert parent is not None, "the root element is never hidden"
        if before is not None:
            before.tail = (before.tail or "") + (element.tail or "")
        else:
            parent.text = (parent.text or "") + (element.tail or "")
        parent.remove(element)
    return copy


def _path(element: Element) -> list[int]:
    """Return the positions from the root element down."""
    found: list[int] = []
    while (parent := element.getparent()) is not None:
        found.append(parent.index(element))
        element = parent
    return found[::-1]


def _at(root: Element, path: list[int]) -> Element:
    for position in path:
        root = root[position]
    return root
