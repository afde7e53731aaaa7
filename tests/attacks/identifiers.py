"""Ids that name two things, or another thing than a person sees."""

from collections.abc import Iterator
from itertools import product
from typing import Final

from tests.attacks.case import (
    DOCUMENT,
    INDETERMINATE,
    NS,
    PART,
    RECORD,
    TRANSCRIPT,
    Attack,
    attack,
    on_transcript,
    replaced,
)
from tests.attacks.writer import EXC, MARK, Ref, Sig, sign, transform

FORGED: Final = "<phieu {}><ten>Nguyễn Văn Thử</ten><ketqua>xuatsac</ketqua></phieu>"
SPELLINGS: Final = ("Id", "ID", "id", "iD", "xml:id", "p:Id", "p:ID", "p:id", "wsu:Id", "ds:Id")
_PREFIXES: Final = (
    ' xmlns:p="urn:p" xmlns:wsu="http://docs.oasis-open.org/wss/2004/01/'
    'oasis-200401-wss-wssecurity-utility-1.0.xsd"'
)
_DS: Final = ' xmlns:ds="http://www.w3.org/2000/09/xmldsig#"'


def _with_prefixes(spelling: str) -> str:
    return (
        _DS if spelling.startswith("ds:") else _PREFIXES if ":" in spelling else ""
    ) + f' {spelling}="phieu"'


def _duplicates() -> Iterator[Attack]:
    for honest, forged in product(SPELLINGS, SPELLINGS):
        if honest not in {"Id", "xml:id", forged} and forged != "Id":
            continue
        record = RECORD.replace(' Id="phieu"', _with_prefixes(honest))
        whole = sign(
            f'<hoso xmlns="{NS}">{record}{MARK}</hoso>',
            Sig(refs=(Ref(uri="#phieu", attributes=' Id="r-1"'),)),
        )
        other = FORGED.format(_with_prefixes(forged))
        for place, octets in (
            ("before", replaced(whole, record, other + record)),
            ("after", replaced(whole, "</hoso>", other + "</hoso>")),
        ):
            name = f"duplicate-{honest}-{forged}-{place}".replace(":", ".")
            yield attack(name, octets, "SIG.TARGET_AMBIGUOUS", honest=whole, verdict="either")


def _duplicates_in_transcript() -> Iterator[Attack]:
    for spelling in SPELLINGS:
        copy = f"<PHU_LUC{_with_prefixes(spelling).replace('phieu', 'data')}/>"
        yield on_transcript(
            f"duplicate-{spelling}-before".replace(":", "."),
            replaced(TRANSCRIPT, "<DU_LIEU_HOC_BA", copy + "<DU_LIEU_HOC_BA"),
            "XML.DUPLICATE_ID",
        )
        yield on_transcript(
            f"duplicate-{spelling}-after".replace(":", "."),
            replaced(TRANSCRIPT, "</HOC_BA>", copy + "</HOC_BA>"),
            "XML.DUPLICATE_ID",
        )
    for other in (
        "dinhdanh",
        "thongtinhocba",
        "ck-GVCN",
        "ck-GVCN-value",
        "ck-GVCN-props",
        "mon-19",
    ):
        yield on_transcript(
            f"duplicate-of-{other}",
            replaced(TRANSCRIPT, "</HOC_BA>", f'<PHU_LUC Id="{other}"/></HOC_BA>'),
            "XML.DUPLICATE_ID",
        )


def _three() -> Iterator[Attack]:
    for others in (("ID", "id"), ("Id", "Id"), ("xml:id", "iD")):
        copies = "".join(FORGED.format(_with_prefixes(spelling)) for spelling in others)
        yield attack(
            f"three-{'-'.join(others)}".replace(":", "."),
            replaced(PART, "</hoso>", copies + "</hoso>"),
            "SIG.TARGET_AMBIGUOUS",
            honest=PART,
            verdict="either",
        )
    twice = replaced(PART, '<phieu Id="phieu">', '<phieu Id="phieu" ID="phieu">')
    yield attack(
        "two-spellings-on-one-element",
        twice,
        "SIG.DIGEST",
        "SIG.TARGET_AMBIGUOUS",
        honest=PART,
        verdict="either",
    )
    yield attack(
        "id-of-the-signature",
        replaced(PART, ' Id="ck"', ' Id="phieu"'),
        "SIG.TARGET_AMBIGUOUS",
        honest=PART,
        verdict="either",
    )
    yield attack(
        "id-of-the-value",
        replaced(PART, ' Id="ck-gt"', ' Id="phieu"'),
        "SIG.TARGET_AMBIGUOUS",
        honest=PART,
        verdict="either",
    )
    yield attack(
        "id-of-an-object",
        replaced(PART, "<ds:Object>", '<ds:Object Id="phieu">'),
        "SIG.TARGET_AMBIGUOUS",
        honest=PART,
        verdict="either",
    )
    yield attack(
        "id-of-key-info",
        replaced(PART, "<ds:KeyInfo>", '<ds:KeyInfo Id="ck-tt">'),
        "SIG.TARGET_AMBIGUOUS",
        honest=PART,
        verdict="either",
    )


LOOK_ALIKES: Final = (
    ("cyrillic", "рhieu"),
    ("upper-case", "PHIEU"),
    ("title-case", "Phieu"),
    ("leading-space", " phieu"),
    ("trailing-space", "phieu "),
    ("zero-width", "phi\u200beu"),
    ("soft-hyphen", "phi\u00adeu"),
    ("full-width", "ｐhieu"),
    ("combining", "phie\u0301u"),
    ("percent", "phi%65u"),
    ("percent-space", "phieu%20"),
    ("nul", "phieu%00"),
    ("plus", "phieu+"),
    ("hash", "phieu#phieu"),
    ("tab", "phieu&#9;"),
    ("newline", "&#10;phieu"),
    ("fullstop", "phieu."),
)


def _look_alikes() -> Iterator[Attack]:
    """A forged element whose Id only looks like the signed one: as a wrapping, and with the
    reference turned to it.
    """
    for name, identifier in LOOK_ALIKES:
        forged = FORGED.format(f'Id="{identifier}"')
        yield attack(
            f"look-alike-{name}",
            replaced(PART, RECORD, forged + RECORD),
            "COVER.PARTIAL",
            "SIG.TARGET_AMBIGUOUS",
            honest=PART,
            verdict="either",
        )
        turned = replaced(
            replaced(PART, RECORD, forged + RECORD), 'URI="#phieu"', f'URI="#{identifier}"'
        )
        yield attack(
            f"turned-to-{name}",
            turned,
            "SIG.DIGEST",
            "SIG.VALUE",
            "SIG.TARGET_MISSING",
            "SIG.REFERENCE_URI",
            "SIG.TARGET_AMBIGUOUS",
            honest=PART,
        )


URIS: Final = (
    "#",
    "##phieu",
    "#phieu phieu",
    "# phieu",
    "#phieu ",
    "#PHIEU",
    "#phi%65u",
    "%23phieu",
    "phieu",
    "?#phieu",
    ".#phieu",
    "#xpointer(id(''))",
    "#xpointer(id('phieu')|id('khac'))",
    "#xpointer(id('phieu')/ten)",
    "#xpointer(//*[@Id='phieu'])",
    "#xpointer(/hoso/phieu)",
    "#xpointer(id(&quot;phieu'))",
    "#xpointer(id(phieu))",
    "#xpointer(id('phieu'))xpointer(/)",
    "#xpointer(//)",
    "#xpointer(here())",
    "#xpointer(/|id('x'))",
    "#xmlns(a=urn:x)xpointer(id('phieu'))",
    "#element(/1/1)",
    "#element(phieu)",
    "#xpath1(//phieu)",
    "#xpointer",
    "#xpointer(",
    "#XPOINTER(ID('phieu'))",
)


def _uris() -> Iterator[Attack]:
    """An attacker with a certificate signs a reference that another program reads in its
    own way.
    """
    for number, uri in enumerate(URIS):
        octets = sign(
            DOCUMENT, Sig(refs=(Ref(uri=uri, attributes=' Id="r-1"', octets=_RECORD_OCTETS),))
        )
        yield attack(
            f"uri-{number}",
            octets,
            "SIG.REFERENCE_URI",
            "SIG.TARGET_MISSING",
            "SIG.DETACHED_MISSING",
            "SIG.DIGEST",
            honest=PART,
            verdict="either",
        )
    nowhere = sign(DOCUMENT, Sig(refs=(Ref(uri="#khong-co", octets=b""),)))
    yield attack(
        "target-missing", nowhere, "SIG.TARGET_MISSING", honest=PART, verdict=INDETERMINATE
    )
    without = sign(DOCUMENT, Sig(refs=(Ref(uri=None, octets=b"", transforms=transform(EXC)),)))
    yield attack(
        "no-uri",
        without,
        "SIG.STRUCTURE",
        "SIG.REFERENCE_URI",
        "SIG.DETACHED_MISSING",
        honest=PART,
        verdict="either",
    )


_RECORD_OCTETS: Final = RECORD.replace("<phieu ", f'<phieu xmlns="{NS}" ').encode()


def attacks() -> Iterator[Attack]:
    yield from _duplicates()
    yield from _duplicates_in_transcript()
    yield from _three()
    yield from _look_alikes()
    yield from _uris()
