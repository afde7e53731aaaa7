"""What a reference covers, as sub-trees that stay or are left out."""

from itertools import islice
from typing import Final

from hocba_sign.ades.structure import Extent, ExtentKind
from hocba_sign.crypto.digests import digest, digest_algorithm
from hocba_sign.frozen_dataclass import dataclass
from hocba_sign.xades.general.node_sets import NodeSet
from hocba_sign.xades.general.transforms import (
    Base64,
    Filter,
    Named,
    Value,
)
from hocba_sign.xades.syntax import names
from hocba_sign.xml.tree import Element, locate

MAX_PLACES: Final = 20
"""Sub-trees that an extent names."""


_SHOWN_URI: Final = 100


@dataclass(frozen=True, slots=True)
class Origin:
    """Where the processing of a reference starts: the value, the Id that named it, the name that
    detached octets were given under.
    """

    value: Value
    identifier: str | None = None
    name: str = ""
    is_assumed: bool = False


@dataclass(frozen=True, slots=True)
class Followed:
    """Where a reference started, what it covers, and the digest of that; `nodes` are the extent's,
    None for detached octets and for less.
    """

    origin: Origin
    extent: Extent
    digest: bytes
    nodes: NodeSet | None

    def is_nothing(self, digest_uri: str) -> bool:
        """Return whether no part of the document is left; a detached file may be empty."""
        has_all_out = self.extent.omitted[:1] == (self.extent.where,) and not self.extent.kept
        is_empty = self.digest == digest(digest_algorithm(digest_uri), b"")
        return self.extent.kind is not ExtentKind.DETACHED and (has_all_out or is_empty)


def extent_of(
    origin: Origin, transforms: tuple[Named, ...], *, values: tuple[Value, ...]
) -> tuple[Extent, NodeSet | None]:
    """Return what is covered: all of the origin but the sub-trees that the last node-set of it
    leaves out.
    """
    last, is_octets, has_markup, is_reduced = (
        origin.value,
        isinstance(origin.value, bytes),
        True,
        False,
    )
    for named, value in zip(transforms, values, strict=True):
        is_reduced |= is_octets and isinstance(named.transform, Filter)
        has_markup &= is_octets or not isinstance(named.transform, Base64)
        is_octets |= isinstance(value, bytes)
        last = last if is_octets else value
    if not isinstance(last, NodeSet):
        where, is_full = shown(origin.name), not is_reduced
        return Extent(
            kind=ExtentKind.DETACHED,
            where=where,
            is_full=is_full,
            is_name_assumed=origin.is_assumed,
        ), None
    where = "/" if last.is_document else locate(last.apex)
    switches = last.subtrees.switches
    omitted = [where] if last.is_document and not last.subtrees.is_shown else []
    extent = Extent(
        kind=ExtentKind.DOCUMENT if last.is_document else ExtentKind.ELEMENT,
        where=where,
        identifier=origin.identifier,
        omitted=(
            *omitted,
            *islice(
                (locate(element) for element, is_kept in switches.items() if not is_kept),
                MAX_PLACES,
            ),
        ),
        kept=tuple(
            islice(
                (locate(element) for element, is_kept in switches.items() if is_kept), MAX_PLACES
            )
        ),
        is_full=not is_reduced and has_markup and _is_full(last),
        has_markup=has_markup,
    )
    return extent, None if is_reduced else last


def _is_full(nodes: NodeSet) -> bool:
    """Return whether all of the document but signatures belongs to a node-set."""
    omitted = (element for element, is_kept in nodes.subtrees.switches.items() if not is_kept)
    return (
        nodes.apex is nodes.root
        and nodes.subtrees.switches.get(nodes.apex, nodes.subtrees.is_shown)
        and all(_is_in_signature(element) for element in omitted)
    )


def _is_in_signature(element: Element) -> bool:
    return (
        element.tag == names.SIGNATURE
        or next(element.iterancestors(names.SIGNATURE), None) is not None
    )


def named(uri: str | None) -> str:
    """Show the URI of a reference in a finding."""
    return "(no URI)" if uri is None else shown(uri) or '""'


def shown(text: str) -> str:
    return text[:_SHOWN_URI] if text.isprintable() else "(not shown)"
