"""The transforms of a ds:Reference: an allow-list, read first and then applied one after the other.

XSLT is never run. Spec: XML Signature 1.1, 4.4.3.2 and 6.6.
"""

import base64
import binascii
import re
from collections.abc import Iterator
from typing import Final, TypeAlias

from hocba_sign.errors import InputError
from hocba_sign.frozen_dataclass import dataclass
from hocba_sign.xades.general.node_sets import NodeSet, WorkBudget, without_signature
from hocba_sign.xades.general.xpath import (
    Both,
    Either,
    Not,
    Predicate,
    UnknownExpression,
    read_filter,
    read_selection,
)
from hocba_sign.xades.syntax import names
from hocba_sign.xades.syntax.canonicalization import DEFAULT, Method, inclusive_prefixes
from hocba_sign.xades.syntax.elements import algorithm_of, only, optional, require_children, text_of
from hocba_sign.xml.c14n import C14nAlgorithm
from hocba_sign.xml.parse import parse
from hocba_sign.xml.tree import Element, locate

MAX_TRANSFORMS: Final = 10
"""Of one reference; real ones have at most three."""
PARSE_WORK: Final = 100
"""What a tag costs that is parsed, as in `nodes.MAX_WORK`."""
MAX_SELECTIONS: Final = 10
"""XPath elements in one XPath Filter 2.0."""

Value: TypeAlias = NodeSet | bytes

_SHOWN_URI: Final = 80
_BASE64: Final = re.compile(rb"[A-Za-z0-9+/]*={0,2}")


@dataclass(frozen=True, slots=True)
class Canonicalization:
    method: Method


@dataclass(frozen=True, slots=True)
class Enveloped:
    """Leaves the signature around `here` out."""

    here: Element


@dataclass(frozen=True, slots=True)
class Base64:
    pass


@dataclass(frozen=True, slots=True)
class Filter:
    """Keeps the nodes of which the predicate is true; `here` is the element with the expression."""

    predicate: Predicate
    here: Element


Transform: TypeAlias = Canonicalization | Enveloped | Base64 | Filter


@dataclass(frozen=True, slots=True)
class Named:
    """A transform with the algorithm identifier that stands in the file."""

    uri: str
    transform: Transform


def read_transforms(reference: Element) -> tuple[Named, ...]:
    """Read the ds:Transforms of a ds:Reference.

    Raises: InputError `SIG.TRANSFORM_UNKNOWN` for one that is not supported, `SIG.STRUCTURE`.
    """
    holder = optional(reference, names.TRANSFORMS)
    if holder is None:
        return ()
    require_children(holder, (names.TRANSFORM,))
    elements = tuple(holder.iterchildren(names.TRANSFORM))
    if len(elements) > MAX_TRANSFORMS:
        raise InputError(
            "SIG.TRANSFORM_UNKNOWN", where=locate(holder), detail=f"the limit is {MAX_TRANSFORMS}"
        )
    return tuple(Named(algorithm_of(element), _transform(element)) for element in elements)


def steps(start: Value, transforms: tuple[Named, ...], *, budget: WorkBudget) -> Iterator[Value]:
    """Yield the value after each transform.

    Raises: InputError `SIG.TRANSFORM` where one cannot be applied, XML.* where octets are no
    document, those of `WorkBudget.spend`.
    """
    value = start
    for named in transforms:
        value = _applied(value, named, budget)
        yield value


def octets_of_value(value: Value, budget: WorkBudget, *, default: Method = DEFAULT) -> bytes:
    """Return what is digested: a node-set is canonicalized (XML Signature 1.1, 4.4.3.2)."""
    if isinstance(value, NodeSet):
        return value.octets(default, budget)
    budget.spend(len(value) // 4)
    return value


def as_node_set(value: Value, budget: WorkBudget) -> NodeSet:
    """Return a node-set; octets are parsed, comments included. Raises: those of `parse`."""
    if isinstance(value, NodeSet):
        return value
    budget.spend(len(value) + PARSE_WORK * value.count(b"<"))
    xml = parse(value, is_of_others=True)
    return NodeSet(
        apex=xml.root,
        ids=xml.ids,
        size=sum(1 for _ in xml.root.iter("*")),
        is_document=True,
        has_comments=True,
    )


def _applied(value: Value, named: Named, budget: WorkBudget) -> Value:
    match named.transform:
        case Canonicalization(method):
            return as_node_set(value, budget).octets(method, budget)
        case Base64():
            octets = value.text(budget).encode() if isinstance(value, NodeSet) else value
            budget.spend(len(octets))
            return _decoded(octets, named)
        case Enveloped(here):
            if not isinstance(value, NodeSet) or value.root is not here.getroottree().getroot():
                raise refused(named.uri, here)
            return without_signature(value, here, budget=budget)
        case Filter(predicate, here):
            return as_node_set(value, budget).filtered(predicate, here, budget=budget)


def _decoded(octets: bytes, named: Named) -> bytes:
    packed = octets.translate(None, b" \t\r\n")
    try:
        if _BASE64.fullmatch(packed):
            return base64.b64decode(packed, validate=True)
    except binascii.Error:
        pass
    raise InputError("SIG.TRANSFORM", where=named.uri, detail="no base64")


def _transform(element: Element) -> Transform:
    uri = algorithm_of(element)
    match uri:
        case names.ENVELOPED:
            require_children(element, ())
            return Enveloped(element)
        case names.BASE64:
            require_children(element, ())
            return Base64()
        case names.XPATH:
            return _xpath(element)
        case names.XPATH_FILTER:
            return _xpath_filter(element)
        case _:
            try:
                algorithm = C14nAlgorithm(uri)
            except ValueError:
                raise unsupported(uri, element) from None
            return Canonicalization(Method(algorithm, inclusive_prefixes(element)))


def _xpath(element: Element) -> Filter:
    require_children(element, (names.XPATH_ELEMENT,))
    holder = only(element, names.XPATH_ELEMENT)
    try:
        return Filter(read_filter(text_of(holder), holder.nsmap), holder)
    except UnknownExpression:
        raise unsupported(names.XPATH, element) from None


def _xpath_filter(element: Element) -> Filter:
    require_children(element, (names.FILTER_ELEMENT,))
    holders = tuple(element.iterchildren(names.FILTER_ELEMENT))
    if not 1 <= len(holders) <= MAX_SELECTIONS:
        raise unsupported(names.XPATH_FILTER, element)
    kept: Predicate = Both(())
    for holder in holders:
        try:
            selected = read_selection(text_of(holder), holder.nsmap)
        except UnknownExpression:
            raise unsupported(names.XPATH_FILTER, holder) from None
        match holder.get("Filter"):
            case "intersect":
                kept = Both((kept, selected))
            case "subtract":
                kept = Both((kept, Not(selected)))
            case "union":
                kept = Either((kept, selected))
            case _:
                raise unsupported(names.XPATH_FILTER, holder)
    return Filter(kept, holders[0])


def refused(uri: str, element: Element) -> InputError:
    """Name a transform that cannot be applied to what it is given."""
    return InputError("SIG.TRANSFORM", where=_where(uri, element))


def unsupported(uri: str, element: Element) -> InputError:
    """Name a transform that is not known here, or not in this form: what it would give is neither
    right nor wrong.
    """
    return InputError("SIG.TRANSFORM_UNKNOWN", where=_where(uri, element))


def _where(uri: str, element: Element) -> str:
    shown = uri[:_SHOWN_URI] if uri.isprintable() else "(not shown)"
    return f"{shown} {locate(element)}"
