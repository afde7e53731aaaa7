"""What an attack is: the octets, the honest file that they were made of, and what must be said of
them.
"""

from dataclasses import dataclass
from typing import Final

from lxml import etree

from tests.attacks.writer import ENVELOPED, EXC, MARK, Element, Ref, Sig, find, sign, transform
from tests.support.scene import Scene

INVALID: Final = "INVALID"
INDETERMINATE: Final = "INDETERMINATE"
NOTHING: Final = "NOTHING_TO_VERIFY"
NS: Final = "urn:vidu:hoso"
NAMESPACES: Final = {
    "v": NS,
    "ds": "http://www.w3.org/2000/09/xmldsig#",
    "xades": "http://uri.etsi.org/01903/v1.3.2#",
}
ENVELOPED_EXC: Final = transform(ENVELOPED) + transform(EXC)
RECORD: Final = '<phieu Id="phieu"><ten>Nguyễn Văn Thử</ten><ketqua>dat</ketqua></phieu>'
DOCUMENT: Final = f'<hoso xmlns="{NS}">{RECORD}{MARK}</hoso>'
WHOLE_REF: Final = Ref(uri="", transforms=ENVELOPED_EXC, attributes=' Id="r-1"')
PART_REF: Final = Ref(uri="#phieu", attributes=' Id="r-1"')
WHOLE: Final = sign(DOCUMENT, Sig(refs=(WHOLE_REF,)))
PART: Final = sign(DOCUMENT, Sig(refs=(PART_REF,)))
SCENE: Final = Scene(subjects=1)
TRANSCRIPT: Final = SCENE.signed()


@dataclass(frozen=True, slots=True, kw_only=True)
class Attack:
    """One hostile file.

    At least one of `causes` must be named and the verdict be `verdict`; `honest` is VALID the same
    way.

    `is_any` for `hocba verify --any`; else it is judged as a transcript. `detached` are names and
    octets given beside it.
    """

    name: str
    octets: bytes
    causes: frozenset[str]
    verdict: str = INVALID
    honest: bytes | None = None
    is_any: bool = True
    detached: tuple[tuple[str, bytes], ...] = ()


def attack(
    name: str,
    octets: bytes | str,
    *causes: str,
    honest: bytes | None = WHOLE,
    verdict: str = INVALID,
) -> Attack:
    """Return an attack on a document of others."""
    return Attack(
        name=name,
        octets=octets.encode() if isinstance(octets, str) else octets,
        causes=frozenset(causes),
        honest=honest,
        verdict=verdict,
    )


def on_transcript(name: str, octets: bytes | str, *causes: str, verdict: str = INVALID) -> Attack:
    return Attack(
        name=f"{name}-transcript",
        octets=octets.encode() if isinstance(octets, str) else octets,
        causes=frozenset(causes),
        honest=TRANSCRIPT,
        is_any=False,
        verdict=verdict,
    )


def parts(document: bytes, identifier: str = "ck") -> tuple[Element, Element]:
    """Return the root and the signature of a document that may be changed."""
    return find(document, identifier)


def octets_of(root: Element) -> bytes:
    octets: bytes = etree.tostring(root, encoding="UTF-8", xml_declaration=True)
    return octets


def replaced(document: bytes, old: str, new: str, count: int = 1) -> bytes:
    """Replace text that must be there."""
    assert old.encode() in document, old
    return document.replace(old.encode(), new.encode(), count)
