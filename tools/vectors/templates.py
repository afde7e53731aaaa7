"""Transcripts with everything of their signatures but digests and values, for other programs to
fill in.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from lxml import etree

from hocba_sign.crypto.algorithms import signature_algorithm
from hocba_sign.crypto.digests import DigestAlgorithm, digest_algorithm
from hocba_sign.signing.xml.prepare import signature_id
from hocba_sign.testing import Identity
from hocba_sign.xades.syntax import names
from hocba_sign.xml.tree import Element
from tools.vectors.stage import Stage

_EMPTY = re.compile(rb"(<ds:(?:DigestValue|SignatureValue)\b[^>]*>)[^<]*(</ds:)")
_PROPERTIES = re.compile(
    rb"<xades:(?:SignedProperties)\b.*?</xades:(?:SignedProperties)>", re.DOTALL
)
C14NS = {
    "exclusive": "http://www.w3.org/2001/10/xml-exc-c14n#",
    "inclusive": "http://www.w3.org/TR/2001/REC-xml-c14n-20010315",
    "inclusive-1.1": "http://www.w3.org/2006/12/xml-c14n11",
}
COMMENTS = {
    name: uri + ("" if uri.endswith("#") else "#") + "WithComments" for name, uri in C14NS.items()
}
_MORE = "http://www.w3.org/2001/04/xmldsig-more#"
_EXCLUSIVE = "{http://www.w3.org/2001/10/xml-exc-c14n#}"


@dataclass(frozen=True, slots=True)
class Template:
    """`signers` are the Ids of the empty signatures, in order, each with who signs it."""

    name: str
    title: str
    octets: bytes
    signers: tuple[tuple[str, Identity], ...]


def templates(stage: Stage) -> Iterator[Template]:
    """Yield one for each way to write a signature that a verifier must accept."""
    for name, uri in (C14NS | {f"{name}-comments": uri for name, uri in COMMENTS.items()}).items():
        yield _template(
            stage, f"info-{name}", f"CanonicalizationMethod {name} in every signature", _info(uri)
        )
    for name, uri in C14NS.items():
        yield _template(
            stage, f"data-{name}", f"Every reference transformed by {name}", _transforms(uri)
        )
    yield _template(stage, "data-untransformed", "No reference has a transform", _untransformed)
    for prefixes in ("#default", "ds xades", "thua"):
        named = prefixes.strip("#").replace(" ", "-")
        yield _template(
            stage,
            f"prefixes-{named}",
            f"Exclusive canonicalization with the PrefixList {prefixes!r}",
            _prefixes(prefixes),
        )
    for bits in (384, 512):
        yield _template(
            stage,
            f"digest-sha{bits}",
            f"Digests by SHA-{bits}",
            digest=digest_algorithm(
                f"{_MORE}sha384" if bits == 384 else "http://www.w3.org/2001/04/xmlenc#sha512"
            ),
        )
        yield _template(
            stage,
            f"value-rsa-sha{bits}",
            f"Values by RSA with SHA-{bits}",
            algorithm=f"{_MORE}rsa-sha{bits}",
        )


def _template(
    stage: Stage,
    name: str,
    title: str,
    edit: Callable[[Element], None] = lambda _: None,
    *,
    algorithm: str | None = None,
    digest: DigestAlgorithm | None = None,
) -> Template:
    document = stage.draft().replace(b"<HOC_BA ", b'<HOC_BA xmlns:thua="urn:example:thua" ', 1)
    more: dict[str, Any] = {} if digest is None else {"digest_algorithm": digest}
    signers = []
    for slot in stage.transcript().slots:
        chosen = None if algorithm is None else signature_algorithm(algorithm)
        document = stage.forged(document, slot, before_digests=edit, algorithm=chosen, **more)
        signers.append((signature_id(slot), stage.holder(slot)))
    kept = [found[0] for found in _PROPERTIES.finditer(document)]
    emptied = _EMPTY.sub(rb"\1\2", document)
    # What the signed properties say of the certificate is no digest of the writer's.
    whole = iter(kept)
    return Template(name, title, _PROPERTIES.sub(lambda _: next(whole), emptied), tuple(signers))


def _info(uri: str) -> Callable[[Element], None]:
    def edit(signature: Element) -> None:
        next(signature.iter(names.CANONICALIZATION_METHOD)).set("Algorithm", uri)

    return edit


def _transforms(uri: str) -> Callable[[Element], None]:
    def edit(signature: Element) -> None:
        for transform in signature.iter(names.TRANSFORM):
            transform.set("Algorithm", uri)

    return edit


def _untransformed(signature: Element) -> None:
    for transforms in list(signature.iter(names.TRANSFORMS)):
        parent = transforms.getparent()
        assert parent is not None
        parent.remove(transforms)


def _prefixes(prefixes: str) -> Callable[[Element], None]:
    def edit(signature: Element) -> None:
        for element in signature.iter(names.TRANSFORM, names.CANONICALIZATION_METHOD):
            etree.SubElement(
                element,
                f"{_EXCLUSIVE}InclusiveNamespaces",
                nsmap={"ec": _EXCLUSIVE[1:-1]},
            ).set("PrefixList", prefixes)

    return edit
