"""From a ds:Reference of a transcript to the octets that were digested.

Only same-document references by Id and canonicalization transforms are followed; everything else is
named in a finding and never fetched or evaluated. Other XML goes to `general.references`.
"""

from collections.abc import Mapping

from lxml import etree

from hocba_sign.ades.structure import Covers, Reference
from hocba_sign.crypto.digests import digest, digest_algorithm
from hocba_sign.errors import Finding, InputError
from hocba_sign.xades.syntax import names
from hocba_sign.xades.syntax.canonicalization import Method, inclusive_prefixes
from hocba_sign.xades.syntax.elements import (
    algorithm_of,
    c14n_of,
    malformed,
    octets_of,
    only,
    optional,
    require_children,
)
from hocba_sign.xades.syntax.resolver import CanonicalParts
from hocba_sign.xml.c14n import C14nAlgorithm
from hocba_sign.xml.namespaces import DS, XADES
from hocba_sign.xml.tree import Element, locate


class TranscriptResolver:
    """Follows the references of a transcript: by Id, through canonicalizations only.

    Several signers cover the same element by the same method: it is canonicalized and digested
    once.
    `allows_enveloped`: an enveloped-signature transform may stand where it removes nothing, as
    other makers write it.
    """

    __slots__ = ("_digests", "_ids", "_octets", "allows_enveloped", "parts")

    def __init__(self, ids: Mapping[str, Element], *, allows_enveloped: bool = False) -> None:
        self._ids = ids
        self.allows_enveloped = allows_enveloped
        self.parts = CanonicalParts()
        self._octets: dict[tuple[str, Method], bytes] = {}
        self._digests: dict[tuple[str, Method, str], bytes] = {}

    @property
    def is_general(self) -> bool:
        return False

    def target(self, identifier: str) -> Element | None:
        return self._ids.get(identifier)

    def octets(self, identifier: str, method: Method) -> bytes:
        """Canonicalize the element with this Id.

        Raises: InputError `SIG.TOO_MUCH_DIGESTED` when the document's references add up to too
        much.
        """
        key = (identifier, method)
        held = self._octets.get(key)
        if held is None:
            held = self._octets[key] = self.parts.octets(self._ids[identifier], method)
        return held

    def digest(self, identifier: str, method: Method, *, digest_uri: str) -> bytes:
        key = (identifier, method, digest_uri)
        held = self._digests.get(key)
        if held is None:
            octets = self.octets(identifier, method)
            held = self._digests[key] = digest(digest_algorithm(digest_uri), octets)
        return held

    def reference(self, element: Element) -> tuple[Reference, tuple[Finding, ...]]:
        """Read one ds:Reference. Raises: InputError `SIG.STRUCTURE`, `SIG.TOO_MUCH_DIGESTED`."""
        return _read_reference(element, self)

    def reference_octets(self, element: Element, *, default: Method) -> bytes:
        """Return the octets that one ds:Reference digests; `default` canonicalizes where it has no
        transform of its own.

        Raises: InputError `SIG.TARGET_MISSING`, `SIG.TRANSFORM`, `SIG.TRANSFORM_UNKNOWN` where they
        cannot be had.
        """
        uri = element.get("URI", "")
        target = self.target(uri[1:]) if uri.startswith("#") else None
        if target is None:
            raise InputError("SIG.TARGET_MISSING", where=uri[:100])
        method, findings = _transforms(element, target if self.allows_enveloped else None)
        if method is None:
            raise InputError(findings[0].cause, where=findings[0].where)
        return self.octets(
            uri[1:], default if optional(element, names.TRANSFORMS) is None else method
        )

    def count_stamped(self, parts: tuple[bytes, ...], method: Method, *, stamp: Element) -> None:  # noqa: ARG002  # costs the same by any method
        """Count what one time-stamp covers. Raises: InputError `SIG.TOO_MUCH_DIGESTED`."""
        self.parts.count_stamped(parts, stamp=stamp)

    def all_octets(self) -> dict[str, bytes]:
        """Return, by Id, the exclusive canonical octets of the elements that were canonicalized."""
        plain = Method(C14nAlgorithm.EXCLUSIVE)
        return {
            identifier: octets
            for (identifier, method), octets in self._octets.items()
            if method == plain
        }


def _read_reference(
    element: Element, resolver: TranscriptResolver
) -> tuple[Reference, tuple[Finding, ...]]:
    require_children(element, (names.TRANSFORMS, names.DIGEST_METHOD, names.DIGEST_VALUE))
    uri = element.get("URI")
    if uri is None:
        # XML Signature 1.1, 4.4.3.1: without URI the application must know the target; here none
        # does.
        raise malformed(element)
    digest_uri = algorithm_of(only(element, names.DIGEST_METHOD))
    digest_value = octets_of(only(element, names.DIGEST_VALUE))
    target_id = (
        uri[1:]
        # XML Signature 1.1, 4.4.3.3: this form keeps comments, which `#id` drops.
        if uri.startswith("#") and not uri.startswith("#xpointer(") and len(uri) > 1
        else None
    )
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
        kind=kind_of(element.get("Type"), target),
        digest_uri=digest_uri,
        digest_value=digest_value,
        is_found=target is not None,
        is_intact=is_intact,
    )
    return reference, findings


def _transforms(
    reference: Element, target: Element | None
) -> tuple[Method | None, tuple[Finding, ...]]:
    """Return the canonicalization that the transforms amount to; None when one of them is not
    allowed, or not known at all.

    With `target`, an enveloped-signature transform in front is skipped where the signature lies
    outside the target: it removes nothing.
    """
    holder = optional(reference, names.TRANSFORMS)
    if holder is None:
        # XML Signature 1.1, 4.4.3.2: what a node-set is written by where no transform says it.
        return Method(C14nAlgorithm.INCLUSIVE), ()
    require_children(holder, (names.TRANSFORM,))
    transforms = tuple(holder.iterchildren("*"))
    if (
        transforms
        and target is not None
        and algorithm_of(transforms[0]) == names.ENVELOPED
        and target not in reference.iterancestors()
    ):
        transforms = transforms[1:]
        if not transforms:
            return Method(C14nAlgorithm.INCLUSIVE), ()
    algorithm = c14n_of(transforms[0], is_comment_free=True) if len(transforms) == 1 else None
    if algorithm is None:
        is_known = all(
            c14n_of(transform) is not None or algorithm_of(transform) in names.TRANSFORMS_KNOWN
            for transform in transforms
        )
        return None, (
            Finding("SIG.TRANSFORM" if is_known else "SIG.TRANSFORM_UNKNOWN", locate(holder)),
        )
    return Method(algorithm, inclusive_prefixes(transforms[0])), ()


def kind_of(reference_type: str | None, target: Element | None) -> Covers:
    """Return what a reference of this Type points at."""
    if reference_type == names.TYPE_SIGNED_PROPERTIES:
        return Covers.SIGNED_PROPERTIES
    if target is None:
        return (
            Covers.SIGNATURE_VALUE if reference_type == names.TYPE_COUNTERSIGNED else Covers.OTHER
        )
    if target.tag == names.SIGNATURE_VALUE:
        return Covers.SIGNATURE_VALUE
    return Covers.OTHER if etree.QName(target).namespace in (DS, XADES) else Covers.DATA
