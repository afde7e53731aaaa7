"""Signatures with parts doubled, missing, empty, moved, or of another name; and text where programs
read differently.
"""

import re
from collections.abc import Callable, Iterator
from copy import deepcopy
from typing import Final

from hocba_sign.testing import Identity
from tests.attacks.case import (
    DOCUMENT,
    TRANSCRIPT,
    WHOLE,
    WHOLE_REF,
    Attack,
    attack,
    octets_of,
    on_transcript,
    parts,
    replaced,
)
from tests.attacks.writer import DS, Element, Sig, b64, cut, sign

SLOT: Final = "ck-GVCN"
CAUSES: Final = (
    "SIG.STRUCTURE",
    "SIG.PART_UNREADABLE",
    "SIG.VALUE",
    "SIG.DIGEST",
    "XML.DUPLICATE_ID",
    "SIG.TARGET_AMBIGUOUS",
    "SIG.NO_SIGNING_CERTIFICATE",
    "SIG.CERTIFICATE_BINDING",
    "SIG.SIGNED_PROPERTIES",
)


def ds(signature: Element, path: str) -> Element:
    found = signature.find("/".join(f"{{{DS}}}{step}" for step in path.split("/")))
    assert found is not None
    return found


def twin(signature: Element, path: str) -> Element:
    """Return a copy of a part, made of text so that no Id is shared but by will."""
    part = ds(signature, path)
    copy: Element = part.makeelement(part.tag, dict(part.attrib), nsmap=part.nsmap)
    copy.text = part.text
    for child in part:
        copy.append(deepcopy(child))
    return copy


def double(path: str, *, first: bool = False) -> Callable[[Element], None]:
    def change(signature: Element) -> None:
        part, copy = ds(signature, path), twin(signature, path)
        (part.addprevious if first else part.addnext)(copy)

    return change


def without(path: str) -> Callable[[Element], None]:
    return lambda signature: cut(ds(signature, path))


def without_references(signature: Element) -> None:
    for one in list(ds(signature, "SignedInfo").iterchildren(f"{{{DS}}}Reference")):
        cut(one)


def zeros(count: int) -> Callable[[bytes, Identity], bytes]:
    return lambda _octets, _identity: bytes(count)


def emptied(path: str) -> Callable[[Element], None]:
    def change(signature: Element) -> None:
        part = ds(signature, path)
        part.text = None
        for child in list(part):
            part.remove(child)

    return change


def renamed(path: str, tag: str) -> Callable[[Element], None]:
    def change(signature: Element) -> None:
        ds(signature, path).tag = tag

    return change


def moved(path: str, place: str) -> Callable[[Element], None]:
    def change(signature: Element) -> None:
        ds(signature, place).append(ds(signature, path))

    return change


def _forged_signed_info(*, is_first: bool) -> Callable[[Element], None]:
    """A second SignedInfo whose digests fit a forged document; the signature value is of
    the other.
    """

    def change(signature: Element) -> None:
        part, copy = ds(signature, "SignedInfo"), twin(signature, "SignedInfo")
        for value in copy.iter(f"{{{DS}}}DigestValue"):
            value.text = b64(b"\0" * 32)
        (part.addprevious if is_first else part.addnext)(copy)

    return change


def _in_object(signature: Element) -> None:
    holder = signature.makeelement(f"{{{DS}}}Object", {})
    holder.append(ds(signature, "SignedInfo"))
    signature.append(holder)


def _signature_within(signature: Element) -> None:
    holder = signature.makeelement(f"{{{DS}}}Object", {})
    inner = signature.makeelement(f"{{{DS}}}Signature", {"Id": "trong"})
    inner.append(ds(signature, "SignedInfo"))
    inner.append(twin(signature, "SignatureValue"))
    holder.append(inner)
    signature.append(holder)


def _swapped(signature: Element) -> None:
    ds(signature, "SignatureValue").addnext(ds(signature, "SignedInfo"))


CHANGES: Final[tuple[tuple[str, Callable[[Element], None]], ...]] = (
    ("two-signed-info", double("SignedInfo")),
    ("two-signed-info-forged-first", _forged_signed_info(is_first=True)),
    ("two-signed-info-forged-last", _forged_signed_info(is_first=False)),
    ("two-signature-values", double("SignatureValue")),
    ("two-signature-values-first", double("SignatureValue", first=True)),
    ("two-key-infos", double("KeyInfo")),
    ("two-c14n-methods", double("SignedInfo/CanonicalizationMethod")),
    ("two-signature-methods", double("SignedInfo/SignatureMethod")),
    ("two-digest-values", double("SignedInfo/Reference/DigestValue")),
    ("two-digest-methods", double("SignedInfo/Reference/DigestMethod")),
    ("two-transforms", double("SignedInfo/Reference/Transforms")),
    ("two-references-alike", double("SignedInfo/Reference")),
    ("no-signed-info", without("SignedInfo")),
    ("no-signature-value", without("SignatureValue")),
    ("no-key-info", without("KeyInfo")),
    ("no-c14n-method", without("SignedInfo/CanonicalizationMethod")),
    ("no-signature-method", without("SignedInfo/SignatureMethod")),
    ("no-reference-left", without_references),
    ("one-reference-removed", without("SignedInfo/Reference")),
    ("no-digest-value", without("SignedInfo/Reference/DigestValue")),
    ("no-digest-method", without("SignedInfo/Reference/DigestMethod")),
    ("no-transforms", without("SignedInfo/Reference/Transforms")),
    ("no-object", without("Object")),
    ("empty-signed-info", emptied("SignedInfo")),
    ("empty-signature-value", emptied("SignatureValue")),
    ("empty-digest-value", emptied("SignedInfo/Reference/DigestValue")),
    ("empty-reference", emptied("SignedInfo/Reference")),
    ("empty-transforms", emptied("SignedInfo/Reference/Transforms")),
    ("empty-certificate", emptied("KeyInfo/X509Data/X509Certificate")),
    ("empty-x509-data", emptied("KeyInfo/X509Data")),
    ("empty-key-info", emptied("KeyInfo")),
    ("signed-info-in-object", _in_object),
    ("signed-info-in-signature-in-object", _signature_within),
    ("signed-info-in-key-info", moved("SignedInfo", "KeyInfo")),
    ("signature-value-in-signed-info", moved("SignatureValue", "SignedInfo")),
    ("signature-value-in-object", moved("SignatureValue", "Object")),
    ("key-info-in-object", moved("KeyInfo", "Object")),
    ("key-info-in-signed-info", moved("KeyInfo", "SignedInfo")),
    ("order-swapped", _swapped),
    ("signed-info-of-other-namespace", renamed("SignedInfo", "{urn:other}SignedInfo")),
    ("signed-info-of-no-namespace", renamed("SignedInfo", "SignedInfo")),
    ("signed-info-lower-case", renamed("SignedInfo", f"{{{DS}}}signedInfo")),
    ("signature-value-of-other-namespace", renamed("SignatureValue", "{urn:other}SignatureValue")),
    ("reference-of-other-namespace", renamed("SignedInfo/Reference", "{urn:other}Reference")),
    (
        "reference-of-dsig11",
        renamed("SignedInfo/Reference", "{http://www.w3.org/2009/xmldsig11#}Reference"),
    ),
    (
        "digest-value-of-other-namespace",
        renamed("SignedInfo/Reference/DigestValue", "{urn:other}DigestValue"),
    ),
    (
        "certificate-of-other-namespace",
        renamed("KeyInfo/X509Data/X509Certificate", "{urn:other}X509Certificate"),
    ),
)


def _structures() -> Iterator[Attack]:
    for name, change in CHANGES:
        root, signature = parts(WHOLE)
        change(signature)
        yield attack(name, octets_of(root), *CAUSES, verdict="either")
        root, signature = parts(TRANSCRIPT, SLOT)
        change(signature)
        yield on_transcript(
            name,
            octets_of(root),
            *CAUSES,
            "DOC.SCHEMA",
            "SIG.TARGET_MISSING",
            "SIG.PLAIN",
            verdict="either",
        )


def _empty() -> Iterator[Attack]:
    """What an attacker signs with a certificate of their own: nothing."""
    yield attack(
        "signs-no-reference",
        sign(DOCUMENT, Sig(refs=(), is_xades=False)),
        "SIG.STRUCTURE",
        verdict="either",
    )
    yield attack("signs-properties-only", sign(DOCUMENT, Sig(refs=())), "SIG.NOTHING_SIGNED")
    empty = sign(DOCUMENT, Sig(refs=(WHOLE_REF,), value=lambda _octets, _identity: b""))
    yield attack("signs-with-empty-value", empty, "SIG.STRUCTURE", "SIG.VALUE")
    for count in (1, 32, 64, 128, 256, 4096):
        octets = sign(DOCUMENT, Sig(refs=(WHOLE_REF,), value=zeros(count)))
        yield attack(f"signs-with-{count}-zeros", octets, "SIG.VALUE")


INSERTS: Final = (
    ("comment", "<!--x-->"),
    ("instruction", "<?x y?>"),
    ("element", "<x/>"),
    ("own-element", f'<ds:x xmlns:ds="{DS}"/>'),
    ("entity", "&x;"),
    ("nul", "&#0;"),
    ("zero-width", "\u200b"),
    ("no-break-space", "\u00a0"),
    ("letter", "A"),
    ("padding", "="),
    ("dash", "-"),
    ("emoji", "😀"),
)
HOLDERS: Final = (
    "DigestValue",
    "SignatureValue",
    "X509Certificate",
    "SigningTime",
    "IssuerSerialV2",
)


def _inserts() -> Iterator[Attack]:
    """Text that one program joins over a comment and another does not."""
    for holder in HOLDERS:
        for name, text in INSERTS:
            for document, make in ((WHOLE, attack), (TRANSCRIPT, on_transcript)):
                pattern = re.compile(rf"(<(?:ds|xades):{holder}[^>]*>[^<]{{6}})".encode())
                found = pattern.search(document)
                assert found is not None
                octets = document[: found.end()] + text.encode() + document[found.end() :]
                yield make(
                    f"{name}-in-{holder}",
                    octets,
                    *CAUSES,
                    "XML.SYNTAX",
                    "XML.ENCODING",
                    "SIG.SIGNING_TIME",
                    "SIG.CERTIFICATE_BINDING",
                    "CERT.FORMAT",
                    verdict="either",
                )
    for name, text in INSERTS[1:4]:
        yield attack(
            f"{name}-in-content", replaced(WHOLE, "<ketqua>dat", f"<ketqua>d{text}at"), "SIG.DIGEST"
        )


def attacks() -> Iterator[Attack]:
    yield from _structures()
    yield from _empty()
    yield from _inserts()
