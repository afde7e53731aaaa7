"""References in documents of others: everything that XML Signature defines, within an allow-list;
nothing is ever fetched.

Spec: XML Signature 1.1, 4.4.3 and 5.1 (manifests).
"""

from collections.abc import Mapping
from typing import Final

from hocba_sign.ades.structure import Covers, Reference
from hocba_sign.crypto.digests import digest, digest_algorithm
from hocba_sign.errors import Finding, InputError
from hocba_sign.xades.general.extent import Followed, Origin, extent_of, named, shown
from hocba_sign.xades.general.node_sets import NODE_WORK, NodeSet, WorkBudget
from hocba_sign.xades.general.transforms import (
    Named,
    octets_of_value,
    read_transforms,
    steps,
)
from hocba_sign.xades.general.xpointer import ById, External, Pointer, Whole, pointer
from hocba_sign.xades.syntax import names
from hocba_sign.xades.syntax.canonicalization import DEFAULT, Method
from hocba_sign.xades.syntax.elements import Parts, algorithm_of, octets_of, only, require_children
from hocba_sign.xades.syntax.properties import qualifying_properties
from hocba_sign.xades.syntax.resolver import CanonicalParts
from hocba_sign.xml.namespaces import DS
from hocba_sign.xml.parse import ParsedXml
from hocba_sign.xml.tree import Element, locate
from hocba_sign.xml.uri import unescaped

MAX_REFERENCES: Final = 2_000
"""In one document, entries of manifests included."""
MAX_REMEMBERED: Final = 20_000_000
"""Octets kept for time-stamps that cover the same references again."""

_XADES: Final = "{http://uri.etsi.org/01903/"


class GeneralResolver:
    """Follows the references of any XML document; `detached` gives by name the octets that
    references outside it may mean.

    What is asked twice costs once, and all together has a bound.
    """

    __slots__ = (
        "_followed",
        "_octets",
        "_references",
        "_remembered",
        "_size",
        "budget",
        "detached",
        "parts",
        "xml",
    )

    def __init__(
        self, xml: ParsedXml, detached: Mapping[str, bytes], *, budget: WorkBudget | None = None
    ) -> None:
        self.xml = xml
        self.detached = detached
        self.budget = WorkBudget() if budget is None else budget
        self.parts = CanonicalParts()
        self._references = 0
        self._size = sum(1 for _ in xml.root.iter("*"))
        self._octets: dict[tuple[Pointer, tuple[Named, ...], Method], bytes] = {}
        self._remembered = 0
        self._followed: dict[tuple[Pointer, tuple[Named, ...], str], Followed] = {}

    @property
    def is_general(self) -> bool:
        return True

    def target(self, identifier: str) -> Element | None:
        return self.xml.ids.get(identifier)

    def reference(self, element: Element) -> tuple[Reference, tuple[Finding, ...]]:
        """Read one ds:Reference.

        Raises: InputError `SIG.STRUCTURE`, `SIG.TOO_MANY_REFERENCES`, `SIG.TOO_MUCH_DIGESTED`.
        """
        return _read_reference(element, self)

    def count_stamped(self, parts: tuple[bytes, ...], method: Method, *, stamp: Element) -> None:
        """Count what one time-stamp covers. Raises: InputError `SIG.TOO_MUCH_DIGESTED`."""
        self.parts.count_stamped(parts, stamp=stamp)
        is_fast = method.algorithm.is_exclusive and not method.prefixes
        self.budget.spend(
            sum(2 * len(part) + (0 if is_fast else NODE_WORK * part.count(b"</")) for part in parts)
        )

    def count(self, element: Element) -> None:
        """Raises: InputError `SIG.TOO_MANY_REFERENCES`."""
        self._references += 1
        if self._references > MAX_REFERENCES:
            raise InputError(
                "SIG.TOO_MANY_REFERENCES",
                where=locate(element),
                detail=f"the limit is {MAX_REFERENCES}",
            )

    def origin(self, reference: Element, meant: Pointer) -> Origin:
        """Find what a reference points at.

        Raises: InputError `SIG.TARGET_MISSING`, `SIG.TARGET_AMBIGUOUS`, `SIG.DETACHED_MISSING`.
        """
        match meant:
            case Whole(has_comments):
                return Origin(self._nodes(None, has_comments=has_comments))
            case ById(identifier, has_comments):
                where = f"#{shown(identifier)}"
                # Signature wrapping: of two elements with one Id programs differ in which they
                # take.
                if identifier in self.xml.ambiguous:
                    raise InputError("SIG.TARGET_AMBIGUOUS", where=where)
                target = self.xml.ids.get(identifier)
                if target is None:
                    raise InputError("SIG.TARGET_MISSING", where=where)
                return Origin(self._nodes(target, has_comments=has_comments), identifier=identifier)
            case External(uri):
                return self._detached(reference, uri)

    def followed(self, reference: Element, *, digest_uri: str) -> Followed:
        """Dereference, transform and digest; what is asked twice costs once.

        Raises: InputError `SIG.REFERENCE_UNKNOWN`, as `digest_algorithm`, `origin`,
        `read_transforms` and `steps`.
        """
        algorithm = digest_algorithm(digest_uri)
        meant, transforms = _read(reference)
        key = (meant, transforms, digest_uri)
        if key not in self._followed:
            origin = self.origin(reference, meant)
            values = tuple(steps(origin.value, transforms, budget=self.budget))
            last = values[-1] if values else origin.value
            octets = octets_of_value(last, self.budget)
            extent, nodes = extent_of(origin, transforms, values=values)
            self._followed[key] = Followed(origin, extent, digest(algorithm, octets), nodes)
        return self._followed[key]

    def reference_octets(self, element: Element, *, default: Method) -> bytes:
        """Return what a reference digests; `default` canonicalizes where it ends as a node-set.

        Raises: as `followed`.
        """
        meant, transforms = _read(element)
        key = (meant, transforms, default)
        if key in self._octets:
            return self._octets[key]
        octets = self.transformed(element, transforms, default=default)
        self._remembered += len(octets)
        if self._remembered <= MAX_REMEMBERED:
            self._octets[key] = octets
        return octets

    def transformed(
        self, reference: Element, transforms: tuple[Named, ...], *, default: Method = DEFAULT
    ) -> bytes:
        """Return what a reference would digest if these were its transforms.

        Raises: as `followed`.
        """
        meant = pointed_at(reference)
        start = self.origin(reference, meant).value
        last = (start, *steps(start, transforms, budget=self.budget))[-1]
        return octets_of_value(last, self.budget, default=default)

    def _nodes(self, apex: Element | None, *, has_comments: bool) -> NodeSet:
        root = self.xml.root if apex is None else apex
        return NodeSet(
            apex=root,
            ids=self.xml.ids,
            size=self._size,
            is_document=apex is None,
            has_comments=has_comments,
        )

    def _detached(self, reference: Element, uri: str | None) -> Origin:
        missing = InputError(
            "SIG.DETACHED_MISSING", where=shown(uri) if uri is not None else locate(reference)
        )
        for name in () if uri is None else (uri, unescaped(uri), _file_name(uri)):
            if name in self.detached:
                return Origin(self.detached[name], name=name)
        siblings = (
            reference.itersiblings(names.REFERENCE),
            reference.itersiblings(names.REFERENCE, preceding=True),
        )
        others = (
            isinstance(pointer(other.get("URI")), External) for side in siblings for other in side
        )
        # Files are renamed on their way; one file and one such reference leave nothing else to be
        # meant.
        if len(self.detached) != 1 or any(others):
            raise missing
        name, octets = next(iter(self.detached.items()))
        return Origin(octets, name=name, is_assumed=uri is not None)


def _read_reference(
    element: Element, resolver: GeneralResolver, *, is_entry: bool = False
) -> tuple[Reference, tuple[Finding, ...]]:
    """Read one ds:Reference, follow it and compare its digest; `is_entry` of a manifest.

    Raises: InputError `SIG.STRUCTURE`, `SIG.TOO_MANY_REFERENCES`, `SIG.TOO_MUCH_DIGESTED`.
    """
    resolver.count(element)
    require_children(element, (names.TRANSFORMS, names.DIGEST_METHOD, names.DIGEST_VALUE))
    uri = element.get("URI")
    meant = pointer(uri)
    digest_uri = algorithm_of(only(element, names.DIGEST_METHOD))
    parts = Parts(is_strict=False)
    digest_value = parts.read(octets_of, only(element, names.DIGEST_VALUE), otherwise=b"")
    followed, findings = _follow(element, resolver, digest_uri=digest_uri)
    # XML Signature 1.1, 5.1: whether a manifest's entries must be there is for the application.
    is_absent = is_entry and any(finding.cause in _ABSENT for finding in findings)
    findings = (*parts.findings, *(() if is_absent else findings))
    if followed is not None and not is_entry and not _is_placed(element, followed.origin):
        followed, findings = None, (*findings, Finding("SIG.TARGET_MISPLACED", named(uri)))
    entries: tuple[Reference, ...] = ()
    if element.get("Type") == names.TYPE_MANIFEST and followed is not None:
        entries, found = _entries(element, followed.origin, resolver, is_entry=is_entry)
        findings += found
        followed = followed if entries else None
    is_intact = followed is not None and followed.digest == digest_value
    if followed is not None and not is_intact:
        findings += (Finding("SIG.DIGEST", named(uri)),)
    # Transforms may leave nothing over, and the digest of nothing is right whatever the document.
    if followed is not None and followed.is_nothing(digest_uri):
        findings += (Finding("SIG.NOTHING_SIGNED", named(uri)),)
    reference = Reference(
        identifier=element.get("Id"),
        uri=uri or "",
        target_id=meant.identifier if isinstance(meant, ById) else None,
        kind=_kind(element, followed),
        digest_uri=digest_uri,
        digest_value=digest_value,
        is_found=followed is not None,
        is_intact=is_intact,
        entries=entries,
        extent=None if followed is None else followed.extent,
        is_absent=is_absent,
    )
    return reference, findings


_SIGNED_PROPERTIES: Final = frozenset(
    names.qualified(namespace, "SignedProperties") for namespace in names.XADES_VERSIONS
)
_ABSENT: Final = frozenset({"SIG.DETACHED_MISSING", "SIG.TARGET_MISSING", "SIG.TARGET_AMBIGUOUS"})


def _is_placed(element: Element, origin: Origin) -> bool:
    """Return whether what a reference names by Id is, where its Type says so, an object or the
    signed properties of its own signature.

    What was signed once as such could otherwise be moved aside, and something else stand in its
    place.
    """
    if origin.identifier is None or not isinstance(origin.value, NodeSet):
        return True
    chain = (origin.value.apex, *origin.value.apex.iterancestors())
    tags = [str(ancestor.tag) for ancestor in chain[:3]]
    signature = next(element.iterancestors(names.SIGNATURE), None)
    kind = element.get("Type")
    if kind == names.TYPE_OBJECT:
        # Some signers say so of their KeyInfo, which is as good.
        return tags[0] in {names.OBJECT, names.KEY_INFO} and chain[1:2] == (signature,)
    if kind not in names.TYPES_SIGNED_PROPERTIES:
        return True
    if tags[0] not in _SIGNED_PROPERTIES:
        # Before XAdES had a namespace: then there must be no other properties that this could be
        # taken for.
        return signature is not None and not qualifying_properties(signature)
    is_properties = tags[1:] == [tags[0].replace("}Signed", "}Qualifying"), names.OBJECT]
    return is_properties and chain[3:4] == (signature,)


def _follow(
    element: Element, resolver: GeneralResolver, *, digest_uri: str
) -> tuple[Followed | None, tuple[Finding, ...]]:
    try:
        return resolver.followed(element, digest_uri=digest_uri), ()
    except InputError as error:
        if error.cause in {"SIG.TOO_MUCH_DIGESTED", "SIG.STRUCTURE"}:
            raise
        is_ours = error.cause.startswith("SIG.")
        return None, (Finding(error.cause, error.where if is_ours else named(element.get("URI"))),)


def _entries(
    element: Element, origin: Origin, resolver: GeneralResolver, *, is_entry: bool
) -> tuple[tuple[Reference, ...], tuple[Finding, ...]]:
    """Read the references of the manifest that `element` points at: one in a ds:Object of the same
    signature, and no manifest's own.
    """
    where = named(element.get("URI"))
    manifest = origin.value.apex if isinstance(origin.value, NodeSet) else None
    signature = next(element.iterancestors(names.SIGNATURE), None)
    holder = None if manifest is None else manifest.getparent()
    is_placed = (
        holder is not None and holder.tag == names.OBJECT and holder.getparent() is signature
    )
    if is_entry or manifest is None or manifest.tag != names.MANIFEST or not is_placed:
        return (), (Finding("SIG.MANIFEST", where),)
    pairs = [
        _read_reference(reference, resolver, is_entry=True)
        for reference in manifest.iterchildren(names.REFERENCE)
    ]
    findings = tuple(finding for _, found in pairs for finding in found)
    return tuple(reference for reference, _ in pairs), findings if pairs else (
        Finding("SIG.MANIFEST", where),
    )


def _kind(element: Element, followed: Followed | None) -> Covers:
    if element.get("Type") in names.TYPES_SIGNED_PROPERTIES:
        return Covers.SIGNED_PROPERTIES
    if followed is None:
        return (
            Covers.SIGNATURE_VALUE
            if element.get("Type") == names.TYPE_COUNTERSIGNED
            else Covers.OTHER
        )
    value = followed.origin.value
    if not isinstance(value, NodeSet) or value.is_document:
        return Covers.DATA
    tag = str(value.apex.tag)
    if tag == names.SIGNATURE_VALUE:
        return Covers.SIGNATURE_VALUE
    if tag.startswith(_XADES):
        return Covers.SIGNED_PROPERTIES if tag.endswith("}SignedProperties") else Covers.OTHER
    return Covers.OTHER if tag.startswith(f"{{{DS}}}") and tag != names.OBJECT else Covers.DATA


def _read(reference: Element) -> tuple[Pointer, tuple[Named, ...]]:
    return pointed_at(reference), read_transforms(reference)


def pointed_at(reference: Element) -> Pointer:
    """Read the URI of a reference.

    Raises: InputError `SIG.REFERENCE_UNKNOWN` for a form that is not supported.
    """
    meant = pointer(reference.get("URI"))
    if meant is None:
        raise InputError("SIG.REFERENCE_UNKNOWN", where=locate(reference))
    return meant


def _file_name(uri: str) -> str:
    return unescaped(uri).rpartition("/")[2]
