"""What was digested, step by step, as lengths and digests: never content."""

import hashlib
from itertools import islice

from hocba_sign.crypto.digests import digest, digest_algorithm
from hocba_sign.errors import Finding, InputError
from hocba_sign.frozen_dataclass import dataclass
from hocba_sign.xades.general.extent import named
from hocba_sign.xades.general.node_sets import NodeSet
from hocba_sign.xades.general.references import MAX_REFERENCES, GeneralResolver, pointed_at
from hocba_sign.xades.general.transforms import Value, octets_of_value, read_transforms, steps
from hocba_sign.xades.syntax import names
from hocba_sign.xades.syntax.elements import Parts, algorithm_of, octets_of, only
from hocba_sign.xades.syntax.signature import read_value
from hocba_sign.xml.tree import Element


@dataclass(frozen=True, slots=True, kw_only=True)
class TraceStep:
    """A value on the way from the target to the octets that are digested.

    `transform` is the algorithm that made it, None for the target itself. A node-set is given as
    its canonical octets.
    """

    transform: str | None
    is_node_set: bool
    length: int
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """The processing of one reference; `computed` is None, and `finding` says why, where it could
    not be followed to its end.
    """

    uri: str | None
    kind: str | None
    digest_uri: str
    stated: bytes
    computed: bytes | None
    steps: tuple[TraceStep, ...]
    finding: Finding | None = None

    @property
    def is_intact(self) -> bool:
        return self.computed == self.stated


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedInfo:
    """The canonical octets that the signature value is of."""

    canonicalization: str
    length: int
    sha256: str


def signed_info_of(signature: Element) -> SignedInfo:
    """Raises: as `read_value`."""
    octets = read_value(signature, Parts(is_strict=False)).signed_info_octets
    method = only(only(signature, names.SIGNED_INFO), names.CANONICALIZATION_METHOD)
    return SignedInfo(
        canonicalization=algorithm_of(method),
        length=len(octets),
        sha256=hashlib.sha256(octets).hexdigest(),
    )


def trace(reference: Element, document: GeneralResolver) -> Trace:
    """Process a reference and note every value. Raises: InputError `SIG.STRUCTURE`."""
    digest_uri = algorithm_of(only(reference, names.DIGEST_METHOD))
    stated = octets_of(only(reference, names.DIGEST_VALUE))
    uri = reference.get("URI")
    noted: list[TraceStep] = []
    computed, finding = None, None
    try:
        transforms = read_transforms(reference)
        value = document.origin(reference, pointed_at(reference)).value
        octets = _note(noted, value, document)
        for digested, made in zip(
            transforms, steps(value, transforms, budget=document.budget), strict=True
        ):
            octets = _note(noted, made, document, transform=digested.uri)
        computed = digest(digest_algorithm(digest_uri), octets)
    except InputError as error:
        finding = Finding(error.cause, error.where)
    return Trace(
        uri=named(uri) if uri else uri,
        kind=reference.get("Type"),
        digest_uri=named(digest_uri),
        stated=stated,
        computed=computed,
        steps=tuple(noted),
        finding=finding,
    )


def entries_of(reference: Element, document: GeneralResolver) -> tuple[Element, ...]:
    """Return the references of the manifest that a reference points at, if it is one in a
    ds:Object.
    """
    identifier = (reference.get("URI") or "").removeprefix("#")
    manifest = (
        document.xml.ids.get(identifier) if reference.get("Type") == names.TYPE_MANIFEST else None
    )
    holder = None if manifest is None else manifest.getparent()
    if (
        manifest is None
        or manifest.tag != names.MANIFEST
        or holder is None
        or holder.tag != names.OBJECT
    ):
        return ()
    return tuple(islice(manifest.iterchildren(names.REFERENCE), MAX_REFERENCES))


def _note(
    noted: list[TraceStep], value: Value, document: GeneralResolver, *, transform: str | None = None
) -> bytes:
    octets = octets_of_value(value, document.budget)
    is_node_set = isinstance(value, NodeSet)
    noted.append(
        TraceStep(
            transform=transform,
            is_node_set=is_node_set,
            length=len(octets),
            sha256=hashlib.sha256(octets).hexdigest(),
        )
    )
    return octets
