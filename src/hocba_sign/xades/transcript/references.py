"""From a ds:Reference to the octets that were digested.

In transcripts only same-document references by Id and canonicalization transforms are followed; everything else is named
in a finding and never fetched or evaluated. Documents of others go to `foreign`.
"""

from collections.abc import Callable, Iterable, Mapping

from lxml import etree

from hocba_sign.ades.structure import Covers, Reference
from hocba_sign.crypto.algorithms import digest, digest_algorithm
from hocba_sign.errors import Finding, InputError
from hocba_sign.xades.general.node_sets import Method
from hocba_sign.xades.general.references import ForeignDocument, read_foreign_reference
from hocba_sign.xades.general.transforms import inclusive_prefixes
from hocba_sign.xades.syntax import names
from hocba_sign.xades.syntax.elements import algorithm_of, c14n_of, malformed, octets_of, only, optional, require_children
from hocba_sign.xml.c14n import C14nAlgorithm, canonicalize
from hocba_sign.xml.names import DS, XADES
from hocba_sign.xml.parse import Element, ParsedXml, locate

__all__ = ["MAX_DIGESTED", "Method", "Resolver", "inclusive_prefixes", "read_reference", "reference_octets"]

MAX_DIGESTED = 100_000_000
"""Octets canonicalized for one document: nested elements that are all referenced would grow without bound."""
MAX_STAMPED = 220_000_000
"""Octets that the time-stamps of one document cover together, those of an archive each of them all that stands before it: half a second of
SHA-256. A file of the greatest size, whose sixteen signers were renewed twenty times, comes to 210 million."""


class Resolver:
    """Resolves the references of one document and remembers what each target's octets were.

    The constructor is for transcripts, `open` for documents of others. Several signers cover the same element by the same method: it is canonicalized and digested once.
    `allows_enveloped`: an enveloped-signature transform may stand where it removes nothing, as other makers write it.
    """

    __slots__ = ("_budget", "_digests", "_ids", "_octets", "_parts", "_stamped", "_values", "allows_enveloped", "foreign")

    def __init__(self, ids: Mapping[str, Element], *, allows_enveloped: bool = False) -> None:
        self._ids = ids
        self.allows_enveloped = allows_enveloped
        self._octets: dict[tuple[str, Method], bytes] = {}
        self._digests: dict[tuple[str, Method, str], bytes] = {}
        self._parts: dict[tuple[Element, Method], bytes] = {}
        self._values: dict[Element, tuple[bytes, ...]] = {}
        self._budget = MAX_DIGESTED
        self._stamped = MAX_STAMPED
        self.foreign: ForeignDocument | None = None

    @classmethod
    def open(cls, xml: ParsedXml, detached: Mapping[str, bytes]) -> "Resolver":
        """Resolve in a document of others, parsed openly; `detached` gives by name the octets that references outside it may mean."""
        resolver = cls(xml.ids)
        resolver.foreign = ForeignDocument(xml, detached)
        return resolver

    def target(self, identifier: str) -> Element | None:
        return self._ids.get(identifier)

    def octets(self, identifier: str, method: Method) -> bytes:
        """Canonicalize the element with this Id.

        Raises: InputError `SIG.TOO_MUCH_DIGESTED` when the document's references add up to too much.
        """
        key = (identifier, method)
        if key not in self._octets:
            self._octets[key] = self._canonical(self._ids[identifier], method)
        return self._octets[key]

    def part(self, element: Element, method: Method) -> bytes:
        """Canonicalize a part of a signature, which many time-stamps cover. Raises: as `octets`."""
        key = (element, method)
        if key not in self._parts:
            self._parts[key] = self._canonical(element, method)
        return self._parts[key]

    def values(self, holder: Element, read: Callable[[Element], Iterable[bytes]]) -> tuple[bytes, ...]:
        """Give what `read` finds in an element, which many time-stamps cover; it is read once."""
        if holder not in self._values:
            self._values[holder] = tuple(read(holder))
        return self._values[holder]

    def stamp(self, parts: tuple[bytes, ...], *, where: str) -> None:
        """Count what one time-stamp covers. Raises: InputError `SIG.TOO_MUCH_DIGESTED`."""
        self._stamped -= sum(map(len, parts))
        if self._stamped < 0:
            raise InputError("SIG.TOO_MUCH_DIGESTED", where=where)

    def _canonical(self, element: Element, method: Method) -> bytes:
        octets = canonicalize(element, method.algorithm, inclusive_prefixes=method.prefixes)
        self._budget -= len(octets)
        if self._budget < 0:
            raise InputError("SIG.TOO_MUCH_DIGESTED", where=locate(element))
        return octets

    def digest(self, identifier: str, method: Method, *, digest_uri: str) -> bytes:
        key = (identifier, method, digest_uri)
        if key not in self._digests:
            self._digests[key] = digest(digest_algorithm(digest_uri), self.octets(identifier, method))
        return self._digests[key]

    def all_octets(self) -> dict[str, bytes]:
        """Give, by Id, the exclusive canonical octets of every element for which they were made."""
        plain = Method(C14nAlgorithm.EXCLUSIVE)
        return {identifier: octets for (identifier, method), octets in self._octets.items() if method == plain}


def read_reference(element: Element, resolver: Resolver) -> tuple[Reference, tuple[Finding, ...]]:
    """Read one ds:Reference, dereference it and compare its digest.

    A reference that this profile does not follow is given as not found, with a finding that says why.
    Raises: InputError `SIG.STRUCTURE` for broken structure.
    Spec: XML Signature 1.1, 4.4.3 and 5.
    """
    if resolver.foreign is not None:
        return read_foreign_reference(element, resolver.foreign)
    require_children(element, (names.TRANSFORMS, names.DIGEST_METHOD, names.DIGEST_VALUE))
    uri = element.get("URI")
    if uri is None:
        raise malformed(element)
    digest_uri = algorithm_of(only(element, names.DIGEST_METHOD))
    digest_value = octets_of(only(element, names.DIGEST_VALUE))
    target_id = uri[1:] if uri.startswith("#") and not uri.startswith("#xpointer(") and len(uri) > 1 else None
    target = None if target_id is None else resolver.target(target_id)
    method, findings = _transforms(element, target if resolver.allows_enveloped else None)
    try:
        digest_algorithm(digest_uri)
    except InputError as error:
        method, findings = None, (*findings, Finding(error.cause, uri))
    if target_id is None:
        findings += (Finding("SIG.REFERENCE_URI", locate(element)),)
    elif target is None:
        findings += (Finding("SIG.TARGET_MISSING", f"#{target_id}"),)
    is_intact = False
    if target_id is not None and target is not None and method is not None:
        is_intact = resolver.digest(target_id, method, digest_uri=digest_uri) == digest_value
        if not is_intact:
            findings += (Finding("SIG.DIGEST", f"#{target_id}"),)
    reference = Reference(
        identifier=element.get("Id"),
        uri=uri,
        target_id=target_id,
        kind=_kind(element, target),
        digest_uri=digest_uri,
        digest_value=digest_value,
        is_found=target is not None,
        is_intact=is_intact,
    )
    return reference, findings


def reference_octets(element: Element, resolver: Resolver, *, default: Method) -> bytes:
    """Give the octets that one ds:Reference digests; `default` canonicalizes where it has no transform of its own.

    Raises: InputError `SIG.TARGET_MISSING`, `SIG.TRANSFORM`, `SIG.TRANSFORM_UNKNOWN` where they cannot be had.
    """
    if resolver.foreign is not None:
        return resolver.foreign.octets(element, default=default)
    uri = element.get("URI", "")
    target = resolver.target(uri[1:]) if uri.startswith("#") else None
    if target is None:
        raise InputError("SIG.TARGET_MISSING", where=uri[:100])
    method, findings = _transforms(element, target if resolver.allows_enveloped else None)
    if method is None:
        raise InputError(findings[0].cause, where=findings[0].where)
    return resolver.octets(uri[1:], default if optional(element, names.TRANSFORMS) is None else method)


def _transforms(reference: Element, target: Element | None) -> tuple[Method | None, tuple[Finding, ...]]:
    """Give the canonicalization that the transforms amount to; None when one of them is not allowed, or not known at all.

    With `target`, an enveloped-signature transform in front is skipped where the signature lies outside the target: it removes nothing.
    """
    holder = optional(reference, names.TRANSFORMS)
    if holder is None:
        return Method(C14nAlgorithm.INCLUSIVE), ()
    require_children(holder, (names.TRANSFORM,))
    transforms = tuple(holder.iterchildren("*"))
    if transforms and target is not None and algorithm_of(transforms[0]) == names.ENVELOPED and target not in reference.iterancestors():
        transforms = transforms[1:]
        if not transforms:
            return Method(C14nAlgorithm.INCLUSIVE), ()
    algorithm = c14n_of(transforms[0], is_comment_free=True) if len(transforms) == 1 else None
    if algorithm is None:
        is_known = all(c14n_of(one) is not None or algorithm_of(one) in names.TRANSFORMS_KNOWN for one in transforms)
        return None, (Finding("SIG.TRANSFORM" if is_known else "SIG.TRANSFORM_UNKNOWN", locate(holder)),)
    return Method(algorithm, inclusive_prefixes(transforms[0])), ()


def _kind(reference: Element, target: Element | None) -> Covers:
    if reference.get("Type") == names.TYPE_SIGNED_PROPERTIES:
        return Covers.SIGNED_PROPERTIES
    if target is None:
        return Covers.SIGNATURE_VALUE if reference.get("Type") == names.TYPE_COUNTERSIGNED else Covers.OTHER
    if target.tag == names.SIGNATURE_VALUE:
        return Covers.SIGNATURE_VALUE
    return Covers.OTHER if etree.QName(target).namespace in (DS, XADES) else Covers.DATA
