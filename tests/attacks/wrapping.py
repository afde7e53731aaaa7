"""Signature wrapping: the signed element is moved to where nobody looks, a forged one stands in its
place.

XSW1 to XSW8 are the eight permutations of Somorovsky et al., "On Breaking SAML" (USENIX Security
2012), for any document.
"""

from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass
from typing import Final

from lxml import etree

from tests.attacks.case import (
    ENVELOPED_EXC,
    NS,
    RECORD,
    TRANSCRIPT,
    Attack,
    attack,
    octets_of,
    on_transcript,
    parts,
)
from tests.attacks.writer import DS, ENVELOPED, EXC, MARK, Element, Ref, Sig, cut, sign, transform
from tests.support.scene import GVCN

CAUSES: Final = (
    "COVER.PARTIAL",
    "SIG.TARGET_AMBIGUOUS",
    "SIG.STRUCTURE",
    "SIG.DIGEST",
    "XML.DUPLICATE_ID",
)
STRICT_CAUSES: Final = (
    "DOC.SCHEMA",
    "DOC.SLOT_CONTENT",
    "XML.DUPLICATE_ID",
    "DOC.FORMAT",
    "SIG.STRUCTURE",
    "SIG.TARGET_MISSING",
    "DOC.TARGET",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scheme:
    """A signed document: `target` is the Id of what the signature `signature` covers, `old` a text
    in it that is forged to `new`.
    """

    name: str
    document: bytes
    target: str
    signature: str = "ck"
    old: str = "dat"
    new: str = "xuatsac"


def _signed(document: str, ref: Ref) -> bytes:
    return sign(document, Sig(refs=(ref,)))


_BESIDE: Final = f'<hoso xmlns="{NS}">{RECORD}{MARK}</hoso>'
_WITHIN: Final = (
    _BESIDE.replace(f"</phieu>{MARK}", f"{MARK}</phieu>")
    .replace("<hoso ", "<HDon ")
    .replace("</hoso>", "</HDon>")
)
"""A frame with a name that a published format prescribes: any other around an enveloped signature
is a word that nobody signed.
"""
_ROOT: Final = f'<hoso xmlns="{NS}" Id="hoso"><ketqua>dat</ketqua>{MARK}</hoso>'
_XPOINTER: Final = "#xpointer(id('{}'))"
SCHEMES: Final = tuple(
    Scheme(
        name=f"{name}-{form}",
        document=_signed(document, Ref(uri=uri.format(target), transforms=transforms)),
        target=target,
    )
    for name, document, target, transforms in (
        ("beside", _BESIDE, "phieu", transform(EXC)),
        ("beside-enveloped", _BESIDE, "phieu", transform(ENVELOPED) + transform(EXC)),
        ("within", _WITHIN, "phieu", ENVELOPED_EXC),
        ("root", _ROOT, "hoso", ENVELOPED_EXC),
    )
    for form, uri in (("id", "#{}"), ("xpointer", _XPOINTER))
)
STRICT: Final = Scheme(
    name="data",
    document=TRANSCRIPT,
    target="data",
    signature=f"ck-{GVCN.role}",
    old="<DIEM_CA_NAM>8.4",
    new="<DIEM_CA_NAM>9.9",
)


@dataclass(frozen=True, slots=True)
class Stage:
    """A document ready to be wrapped: the signed original, out of the tree and without its
    signature, and a forged copy in its place.
    """

    root: Element
    forged: Element
    original: Element
    signature: Element


def _stage(scheme: Scheme, identifier: str | None) -> Stage:
    """`identifier` is the Id of the forged copy; None for none."""
    root, signature = parts(scheme.document, scheme.signature)
    target = root.xpath("//*[@Id = $wanted]", wanted=scheme.target)[0]
    original = deepcopy(target)
    if target in signature.iterancestors():
        cut(
            next(
                one
                for one in original.iter(f"{{{DS}}}Signature")
                if one.get("Id") == scheme.signature
            )
        )
    original.tail = None
    for text in target.iter("*"):
        if text not in signature.iter() and text.text is not None:
            text.text = text.text.replace(
                scheme.old.rpartition(">")[2], scheme.new.rpartition(">")[2]
            )
    if identifier is None:
        del target.attrib["Id"]
    else:
        target.set("Id", identifier)
    return Stage(root, target, original, signature)


def _holder(stage: Stage, name: str) -> Element:
    """Return a new element in the document's own namespace that no program of theirs knows."""
    return etree.Element(
        etree.QName(etree.QName(stage.root).namespace, name), nsmap=stage.root.nsmap
    )


def _object(stage: Stage) -> Element:
    return etree.SubElement(stage.signature, f"{{{DS}}}Object")


def xsw1(stage: Stage) -> None:
    """The original is a bare child of the signature, which stays in the forged element."""
    stage.signature.append(stage.original)


def xsw2(stage: Stage) -> None:
    """The original stands before the signature, both inside the forged document."""
    stage.signature.addprevious(stage.original)


def xsw3(stage: Stage) -> None:
    """The forged element is the first of two siblings."""
    (stage.forged if stage.forged is not stage.root else stage.forged[0]).addnext(stage.original)


def xsw4(stage: Stage) -> None:
    """The original is inside the forged element."""
    stage.forged.append(stage.original)


def xsw5(stage: Stage) -> None:
    """The signature moves into the forged element, the original to the end."""
    stage.forged.append(stage.signature)
    stage.root.append(stage.original)


def xsw6(stage: Stage) -> None:
    """The signature moves into the forged element, and the original into an Object of the
    signature.
    """
    stage.forged.append(stage.signature)
    _object(stage).append(stage.original)


def xsw7(stage: Stage) -> None:
    """The original hides in an extension that readers skip."""
    holder = _holder(stage, "Extensions")
    holder.append(stage.original)
    stage.root.insert(0, holder)


def xsw8(stage: Stage) -> None:
    """The original hides in an Object of the signature, which stays where it is."""
    _object(stage).append(stage.original)


def in_properties(stage: Stage) -> None:
    """The original hides among the unsigned properties."""
    qualifying = stage.signature.find(".//{*}QualifyingProperties")
    assert qualifying is not None
    unsigned = etree.SubElement(
        qualifying, etree.QName(etree.QName(qualifying).namespace, "UnsignedProperties")
    )
    data = etree.SubElement(
        unsigned, etree.QName(etree.QName(qualifying).namespace, "UnsignedDataObjectProperties")
    )
    etree.SubElement(
        data, etree.QName(etree.QName(qualifying).namespace, "UnsignedDataObjectProperty")
    ).append(stage.original)


def in_key_info(stage: Stage) -> None:
    holder = stage.signature.find(f"{{{DS}}}KeyInfo")
    assert holder is not None
    holder.append(stage.original)


def in_foreign_signature(stage: Stage) -> None:
    """The original hides in an element that calls itself a signature, of no known namespace."""
    holder = etree.Element("{urn:other}Signature")
    holder.append(stage.original)
    stage.root.append(holder)


WRAPPINGS: Final[tuple[Callable[[Stage], None], ...]] = (
    *(xsw1, xsw2, xsw3, xsw4, xsw5, xsw6, xsw7, xsw8),
    *(in_properties, in_key_info, in_foreign_signature),
)
_NAMES: Final = (("other-id", "gia-mao"), ("no-id", None), ("same-id", ""))


def attacks() -> Iterator[Attack]:
    for wrap in WRAPPINGS:
        for label, identifier in _NAMES:
            for scheme in SCHEMES:
                stage = _stage(scheme, scheme.target if identifier == "" else identifier)
                if stage.forged is stage.root and wrap in {xsw5, xsw6}:
                    continue
                wrap(stage)
                yield attack(
                    f"{wrap.__name__}-{label}-{scheme.name}",
                    octets_of(stage.root),
                    *CAUSES,
                    honest=scheme.document,
                    verdict="either",
                )
            stage = _stage(STRICT, STRICT.target if identifier == "" else identifier)
            wrap(stage)
            yield on_transcript(f"{wrap.__name__}-{label}", octets_of(stage.root), *STRICT_CAUSES)
