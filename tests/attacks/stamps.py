"""Time-stamps of something else, of somebody else, or with something slipped in around them."""

import hashlib
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from tests.attacks.case import DOCUMENT, WHOLE, WHOLE_REF, Attack, attack, parts, replaced
from tests.attacks.writer import (
    DS,
    EXC,
    MARK,
    OTHER,
    PERSON,
    WORLD,
    XADES,
    XADES141,
    Sig,
    b64,
    c14n,
    cut,
    sign,
)
from tests.support.scene import SIGNED_AT

CAUSES: Final = (
    *("SIG.TIME_STAMPS", "TSA.BAD_TOKEN", "TSA.IMPRINT", "SIG.STRUCTURE", "SIG.C14N"),
    *(
        "TST.IMPRINT",
        "TST.MALFORMED",
        "SIG.TOO_MANY_TIME_STAMPS",
        "SIG.SIGNING_TIME_RANGE",
        "PATH.NOT_YET_VALID",
        "SIG.TIME_STAMP_FORM",
    ),
)
NO_UNSIGNED: Final = "</xades:QualifyingProperties>"


def value_octets(document: bytes) -> bytes:
    _, signature = parts(document)
    value = signature.find(f"{{{DS}}}SignatureValue")
    assert value is not None
    return c14n(value, EXC)


def token(octets: bytes, *, at: datetime = SIGNED_AT, **options: object) -> bytes:
    return WORLD.timestamp_token(("sha256", hashlib.sha256(octets).digest()), at, **options)  # type: ignore[arg-type]


def stamp(
    *tokens: bytes, tag: str = "xades:SignatureTimeStamp", method: str = EXC, more: str = ""
) -> str:
    values = "".join(
        f"<xades:EncapsulatedTimeStamp>{b64(one)}</xades:EncapsulatedTimeStamp>" for one in tokens
    )
    return (
        f'<{tag} xmlns:xadesv141="{XADES141}"><ds:CanonicalizationMethod '
        f'Algorithm="{method}"></ds:CanonicalizationMethod>{more}{values}</{tag}>'
    )


def with_unsigned(document: bytes, markup: str) -> bytes:
    holder = (
        f"<xades:UnsignedProperties><xades:UnsignedSignatureProperties>{markup}</"
        f"xades:UnsignedSignatureProperties></xades:UnsignedProperties>"
    )
    return replaced(document, NO_UNSIGNED, f"{holder}{NO_UNSIGNED}")


STAMPED: Final = with_unsigned(WHOLE, stamp(token(value_octets(WHOLE))))


def _archive_octets(document: bytes) -> bytes:
    """Return what an archive time-stamp at the end of the properties covers (EN 319 132-1,
    5.5.2.2).
    """
    root, signature = parts(document)
    found = []
    info = signature.find(f"{{{DS}}}SignedInfo")
    properties = signature.find(f".//{{{XADES}}}SignedProperties")
    assert info is not None
    assert properties is not None
    found += [c14n(properties, EXC), c14n(info, EXC)]
    for name in ("SignatureValue", "KeyInfo"):
        part = signature.find(f"{{{DS}}}{name}")
        assert part is not None
        found.append(c14n(part, EXC))
    unsigned = signature.find(f".//{{{XADES}}}UnsignedSignatureProperties")
    found += [c14n(one, EXC) for one in (() if unsigned is None else unsigned)]
    cut(signature)
    return b"".join([c14n(root.getroottree(), EXC), *found])


ARCHIVED: Final = replaced(
    STAMPED,
    "</xades:UnsignedSignatureProperties>",
    stamp(
        token(_archive_octets(STAMPED), at=SIGNED_AT + timedelta(minutes=5)),
        tag="xadesv141:ArchiveTimeStamp",
    )
    + "</xades:UnsignedSignatureProperties>",
)


def _signature_stamps() -> Iterator[Attack]:
    octets = value_octets(WHOLE)
    good = token(octets)
    other = sign(DOCUMENT, Sig(refs=(WHOLE_REF,), identity=OTHER))
    impostor = WORLD.impostor("tsa-root")
    stranger = WORLD.time_stamper("TSA lạ", issuer=impostor)
    for name, markup in (
        ("of-other-signature", stamp(token(value_octets(other)))),
        ("of-other-data", stamp(token(b"khac"))),
        ("of-nothing", stamp(token(b""))),
        ("of-bare-value", stamp(token(octets.split(b">")[1].split(b"<")[0]))),
        ("of-stranger", stamp(token(octets, tsa=stranger))),
        ("by-person", stamp(token(octets, tsa=PERSON))),
        ("garbage", stamp(b"khong phai token")),
        ("truncated", stamp(good[:-5])),
        ("trailing", stamp(good + b"\0")),
        ("none", stamp()),
        ("flipped", stamp(good[:-20] + bytes([good[-20] ^ 1]) + good[-19:])),
        ("good-and-bad", stamp(good) + stamp(token(b"khac"))),
        ("bad-and-good", stamp(token(b"khac")) + stamp(good)),
        ("two-tokens-one-bad", stamp(good, token(b"khac"))),
        ("other-c14n", stamp(good, method="http://www.w3.org/TR/2001/REC-xml-c14n-20010315")),
        ("unknown-c14n", stamp(good, method="urn:c14n")),
        ("many", stamp(good) * 500),
        ("many-tokens", stamp(*[good] * 2_000)),
        ("xml-token", stamp(more="<xades:XMLTimeStamp>x</xades:XMLTimeStamp>")),
        ("before-certificate", stamp(token(octets, at=SIGNED_AT - timedelta(days=4000)))),
        ("deep-token", stamp(b"\x30\x80" * 10_000)),
    ):
        yield attack(
            f"stamp-{name}", with_unsigned(WHOLE, markup), *CAUSES, honest=STAMPED, verdict="either"
        )
    forged = replaced(STAMPED, "<ketqua>dat", "<ketqua>xuatsac")
    yield attack("stamp-of-changed-document", forged, "SIG.DIGEST", honest=STAMPED)
    copied = sign(
        WHOLE.decode().replace("</hoso>", f"{MARK}</hoso>"),
        Sig(refs=(WHOLE_REF,), identifier="ck2", unsigned=stamp(good)),
    )
    yield attack(
        "stamp-copied-to-a-second-signature",
        copied,
        *CAUSES,
        "SIG.DIGEST",
        honest=STAMPED,
        verdict="either",
    )


def _archives() -> Iterator[Attack]:
    archive = "<xadesv141:ArchiveTimeStamp"
    certificates = (
        f"<xades:CertificateValues><xades:EncapsulatedX509Certificate>"
        f"{b64(OTHER.certificate_der)}</xades:EncapsulatedX509Certificate></"
        f"xades:CertificateValues>"
    )
    markup = ARCHIVED.decode()
    first = markup[
        markup.index("<xades:SignatureTimeStamp") : markup.index("</xades:SignatureTimeStamp>") + 27
    ]
    last = markup[markup.index(archive) : markup.index("</xadesv141:ArchiveTimeStamp>") + 29]
    for name, octets in (
        ("property-slipped-in-before", replaced(ARCHIVED, archive, certificates + archive)),
        ("property-removed-before", replaced(ARCHIVED, first, "")),
        ("order-swapped", replaced(ARCHIVED, first + last, last + first)),
        ("stamp-doubled-before", replaced(ARCHIVED, archive, first + archive)),
        (
            "key-info-changed",
            replaced(
                ARCHIVED,
                "</ds:X509Data>",
                (
                    f"<ds:X509Certificate>{b64(OTHER.certificate_der)}</ds:X509Certificate></"
                    f"ds:X509Data>"
                ),
            ),
        ),
        (
            "object-added",
            replaced(ARCHIVED, "</ds:Signature>", "<ds:Object>x</ds:Object></ds:Signature>"),
        ),
        (
            "of-signature-stamp",
            replaced(
                ARCHIVED,
                last,
                last.replace(
                    last.split("TimeStamp>")[1].split("<")[0],
                    first.split("TimeStamp>")[1].split("<")[0],
                ),
            ),
        ),
    ):
        yield attack(f"archive-{name}", octets, *CAUSES, honest=ARCHIVED, verdict="either")


def attacks() -> Iterator[Attack]:
    yield from _signature_stamps()
    yield from _archives()
