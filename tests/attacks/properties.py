"""Properties that nobody signed, that belong to another signature, or that stand twice;
counter-signatures of something else; manifests.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from tests.attacks.case import (
    DOCUMENT,
    NS,
    PART,
    RECORD,
    TRANSCRIPT,
    WHOLE,
    WHOLE_REF,
    Attack,
    attack,
    on_transcript,
    replaced,
)
from tests.attacks.writer import (
    COUNTERSIGNED,
    DS,
    MARK,
    OTHER,
    SIGNED_PROPERTIES,
    XADES,
    Ref,
    Sig,
    b64,
    sign,
    signed_properties,
    transform,
)

CAUSES: Final = (
    *(
        "SIG.SIGNED_PROPERTIES",
        "SIG.QUALIFYING_PROPERTIES",
        "SIG.STRUCTURE",
        "SIG.DIGEST",
        "SIG.TARGET_AMBIGUOUS",
        "SIG.NO_SIGNING_CERTIFICATE",
    ),
    *(
        "SIG.SIGNING_TIME",
        "SIG.PROPERTIES_TARGET",
        "SIG.REFERENCE_TWICE",
        "XML.DUPLICATE_ID",
        "SIG.TARGET_MISSING",
        "SIG.PROPERTIES_TYPE",
    ),
)
USUAL: Final = Sig(refs=(WHOLE_REF,))
OWN: Final = signed_properties(USUAL)
OTHERS: Final = signed_properties(
    replace(USUAL, identity=OTHER), identifier="khac-tt", time="2020-01-01T00:00:00Z"
)


def _object(content: str, target: str = "ck", tag: str = "xades:QualifyingProperties") -> str:
    return (
        f'<ds:Object><{tag} xmlns:xades="{XADES}" Target="#{target}">{content}</{tag}></ds:Object>'
    )


def _signed_properties() -> Iterator[Attack]:
    typed = f' Type="{SIGNED_PROPERTIES}"'
    bare = replace(USUAL, is_xades=False, refs=(WHOLE_REF, Ref(uri="#ck-tt", attributes=typed)))
    for name, sig in (
        ("unreferenced", replace(USUAL, is_xades=False, objects=_object(OWN))),
        ("untyped-data-instead", replace(USUAL, properties_ref=Ref(uri="#phieu"))),
        ("typed-data", replace(USUAL, properties_ref=Ref(uri="#phieu", attributes=typed))),
        ("typed-twice", replace(USUAL, refs=(WHOLE_REF, Ref(uri="#phieu", attributes=typed)))),
        ("own-twice", replace(USUAL, refs=(WHOLE_REF, Ref(uri="#ck-tt", attributes=typed)))),
        (
            "of-other-object",
            replace(
                USUAL,
                objects=_object(OTHERS, "khac"),
                properties_ref=Ref(uri="#khac-tt", attributes=typed),
            ),
        ),
        ("second-qualifying", replace(USUAL, objects=_object(OTHERS))),
        ("second-in-same-object", replace(USUAL, properties=OWN + OTHERS)),
        (
            "second-with-same-id",
            replace(
                USUAL,
                objects=_object(OTHERS.replace("khac-tt", "ck-tt")),
                properties_ref=Ref(uri="#ck-tt", attributes=typed, octets=b"x"),
            ),
        ),
        ("target-of-other", replace(bare, objects=_object(OWN, "phieu"))),
        (
            "bare-in-object",
            replace(bare, objects=f'<ds:Object xmlns:xades="{XADES}">{OWN}</ds:Object>'),
        ),
        (
            "deep-in-object",
            replace(
                bare,
                objects=_object(OWN)
                .replace("<ds:Object>", "<ds:Object><x>")
                .replace("</ds:Object>", "</x></ds:Object>"),
            ),
        ),
        (
            "other-namespace",
            replace(bare, objects=_object(OWN).replace(XADES, "http://uri.etsi.org/01903/v9.9.9#")),
        ),
        (
            "mixed-versions",
            replace(
                USUAL,
                properties=OWN.replace(
                    "<xades:SignedProperties ",
                    '<xades:SignedProperties xmlns:xades="http://uri.etsi.org/01903/v1.1.1#" ',
                ),
            ),
        ),
        (
            "external",
            replace(
                USUAL,
                is_xades=False,
                refs=(WHOLE_REF, Ref(uri="#ck-tt", attributes=typed, octets=b"")),
                objects=(
                    f"<ds:Object><xades:QualifyingPropertiesReference "
                    f'xmlns:xades="{XADES}" URI="http://127.0.0.1:9/x.xml#tt"></'
                    f"xades:QualifyingPropertiesReference></ds:Object>"
                ),
            ),
        ),
        (
            "in-a-signed-object",
            replace(
                bare,
                refs=(WHOLE_REF, Ref(uri="#vat")),
                objects=_object(OWN).replace("<ds:Object>", '<ds:Object Id="vat">'),
            ),
        ),
    ):
        yield attack(f"properties-{name}", sign(DOCUMENT, sig), *CAUSES, verdict="either")
    outside = DOCUMENT.replace(
        RECORD, f'{RECORD}<kho xmlns:xades="{XADES}" xmlns:ds="{DS}">{OWN}</kho>'
    )
    yield attack("properties-outside-signature", sign(outside, bare), *CAUSES, verdict="either")
    first = sign(DOCUMENT, replace(USUAL, refs=(Ref(uri="#phieu", attributes=' Id="r-1"'),)))
    second = Sig(refs=(Ref(uri="#phieu"),), identifier="ck2", is_xades=False, identity=OTHER)
    borrowed = replace(second, refs=(Ref(uri="#phieu"), Ref(uri="#ck-tt", attributes=typed)))
    yield attack(
        "properties-of-another-signature",
        sign(first.decode().replace("</hoso>", f"{MARK}</hoso>"), borrowed),
        *CAUSES,
        honest=first,
        verdict="either",
    )


TIMES: Final = (
    "2099-01-01T00:00:00Z",
    "",
    "hom nay",
    "2026-06-01",
    "2026-13-01T00:00:00Z",
    "0000-00-00T00:00:00Z",
    "-2026-06-01T00:00:00Z",
    "99999-01-01T00:00:00Z",
    "2026-06-01T02:00:00+99:99",
    "1000-01-01T00:00:00Z",
)


def _times() -> Iterator[Attack]:
    for number, time in enumerate(TIMES):
        properties = OWN.replace(OWN.split("SigningTime>")[1].split("<")[0], time)
        yield attack(
            f"time-{number}",
            sign(DOCUMENT, replace(USUAL, properties=properties)),
            *CAUSES,
            "SIG.SIGNING_TIME_FUTURE",
            "SIG.SIGNING_TIME_RANGE",
            verdict="either",
        )
    twice = OWN.replace(
        "<xades:SigningTime>",
        "<xades:SigningTime>2020-01-01T00:00:00Z</xades:SigningTime><xades:SigningTime>",
    )
    yield attack(
        "time-twice", sign(DOCUMENT, replace(USUAL, properties=twice)), *CAUSES, verdict="either"
    )
    for name, old, new in (
        (
            "role-added",
            "</xades:SignedSignatureProperties>",
            (
                "<xades:SignerRoleV2><xades:ClaimedRoles><xades:ClaimedRole>HT</"
                "xades:ClaimedRole></xades:ClaimedRoles></xades:SignerRoleV2></"
                "xades:SignedSignatureProperties>"
            ),
        ),
        ("time-changed", "<xades:SigningTime>2026", "<xades:SigningTime>2025"),
        ("format-changed", "text/xml", "text/html"),
    ):
        yield attack(f"properties-{name}", replaced(WHOLE, old, new), "SIG.DIGEST")
    at = TRANSCRIPT.index(b'Id="ck-GVCN"')
    yield on_transcript(
        "properties-time-changed",
        TRANSCRIPT[:at]
        + replaced(TRANSCRIPT[at:], "<xades:SigningTime>2026", "<xades:SigningTime>2025"),
        "SIG.DIGEST",
    )


MASTER: Final = sign(
    DOCUMENT, replace(USUAL, unsigned=f"<xades:CounterSignature>{MARK}</xades:CounterSignature>")
)


def _counter(reference: Ref, **changes: object) -> bytes:
    sig = Sig(refs=(reference,), identifier="cs", identity=OTHER, **changes)  # type: ignore[arg-type]
    return sign(MASTER.decode(), sig)


COUNTER_REF: Final = Ref(uri="#ck-gt", attributes=f' Type="{COUNTERSIGNED}"')
COUNTERED: Final = _counter(COUNTER_REF)
COUNTER_END: Final = "</ds:Signature></xades:CounterSignature>"


def _counters() -> Iterator[Attack]:
    causes = ("SIG.COUNTERSIGNATURE", *CAUSES)
    other = sign(
        f'<hoso xmlns="{NS}">{RECORD}</hoso>'.replace("</hoso>", f"{MARK}</hoso>"),
        Sig(refs=(WHOLE_REF,), identifier="kia"),
    )
    foreign = other[
        other.index(b"<ds:SignatureValue") : other.index(b"</ds:SignatureValue>")
        + len("</ds:SignatureValue>")
    ].decode()
    foreign = foreign.replace("<ds:SignatureValue", f'<ds:SignatureValue xmlns:ds="{DS}"', 1)
    elsewhere = _counter(
        Ref(uri="#kia-gt", attributes=f' Type="{COUNTERSIGNED}"', octets=foreign.encode())
    )
    once = (
        COUNTERED.decode()
        .split("<xades:CounterSignature>")[1]
        .split("</xades:CounterSignature>")[0]
    )
    for name, octets in (
        ("of-data", _counter(Ref(uri="#phieu", attributes=f' Type="{COUNTERSIGNED}"'))),
        (
            "of-signed-info",
            _counter(Ref(uri="#ck", attributes=f' Type="{COUNTERSIGNED}"', octets=b"x")),
        ),
        (
            "of-nothing",
            _counter(Ref(uri="#khong", attributes=f' Type="{COUNTERSIGNED}"', octets=b"x")),
        ),
        (
            "of-itself",
            _counter(Ref(uri="#cs-gt", attributes=f' Type="{COUNTERSIGNED}"', octets=b"x")),
        ),
        ("untyped-of-data", _counter(Ref(uri="#phieu"))),
        ("wrong-value", _counter(COUNTER_REF, value=lambda _octets, _identity: b"\1" * 64)),
        (
            "master-value-changed",
            replaced(
                COUNTERED, MASTER.decode().split('Id="ck-gt">')[1].split("<")[0], b64(b"\1" * 64)
            ),
        ),
        (
            "of-another-master",
            replaced(elsewhere, COUNTER_END, f"<ds:Object>{foreign}</ds:Object>{COUNTER_END}"),
        ),
        (
            "two-in-one",
            replaced(COUNTERED, "<xades:CounterSignature>", f"<xades:CounterSignature>{once}"),
        ),
    ):
        yield attack(
            f"counter-{name}", octets, *causes, "SIG.VALUE", honest=COUNTERED, verdict="either"
        )
    deep = COUNTERED.decode()
    for level in range(16):
        hole = "</xades:UnsignedSignatureProperties>"
        inner = (
            f"<xades:UnsignedProperties><xades:UnsignedSignatureProperties>"
            f"<xades:CounterSignature>{MARK}</xades:CounterSignature>{hole}</"
            f"xades:UnsignedProperties>"
        )
        at = deep.index(
            "</xades:QualifyingProperties>",
            deep.index(f'Id="{"cs" if level == 0 else f"cs{level - 1}"}"'),
        )
        deep = deep[:at] + inner + deep[at:]
        target = "cs" if level == 0 else f"cs{level - 1}"
        deep = sign(
            deep,
            Sig(
                refs=(Ref(uri=f"#{target}-gt", attributes=f' Type="{COUNTERSIGNED}"'),),
                identifier=f"cs{level}",
                identity=OTHER,
            ),
        ).decode()
    yield attack(
        "counter-deep",
        deep,
        *causes,
        "XML.TOO_DEEP",
        "SIG.TOO_DEEP",
        honest=COUNTERED,
        verdict="either",
    )


def _manifest(*refs: Ref) -> str:
    inner = "".join(ref.markup(number + 50) for number, ref in enumerate(refs))
    return f'<ds:Object><ds:Manifest Id="bk">{inner}</ds:Manifest></ds:Object>'


def _manifests() -> Iterator[Attack]:
    manifest = Ref(uri="#bk", attributes=f' Type="{DS}Manifest" Id="r-1"')
    right = b64(
        hashlib.sha256(RECORD.replace("<phieu ", f'<phieu xmlns="{NS}" ').encode()).digest()
    )
    zero = b64(bytes(32))

    def signed(*refs: Ref, objects: str = "") -> bytes:
        return sign(DOCUMENT, Sig(refs=(manifest,), objects=objects or _manifest(*refs)))

    honest = signed(Ref(uri="#phieu", value=right))
    for name, octets in (
        ("wrong-entry", signed(Ref(uri="#phieu", value=zero))),
        ("missing-entry", signed(Ref(uri="#khong", value=right))),
        ("one-wrong-of-two", signed(Ref(uri="#phieu", value=right), Ref(uri="#phieu", value=zero))),
        ("external-entry", signed(Ref(uri="http://127.0.0.1:9/x", value=right))),
        ("file-entry", signed(Ref(uri="file:///etc/passwd", value=right))),
        ("unknown-digest", signed(Ref(uri="#phieu", value=right, digest="urn:bam"))),
        (
            "xslt-entry",
            signed(
                Ref(
                    uri="#phieu",
                    value=right,
                    transforms=transform("http://www.w3.org/TR/1999/REC-xslt-19991116"),
                )
            ),
        ),
        ("empty", signed(objects='<ds:Object><ds:Manifest Id="bk"></ds:Manifest></ds:Object>')),
        ("of-itself", signed(Ref(uri="#bk", value=zero, attributes=f' Type="{DS}Manifest"'))),
        ("many-entries", signed(*[Ref(uri="#phieu", value=right)] * 20_000)),
        (
            "two-manifests-in-a-ring",
            signed(
                objects=_manifest(Ref(uri="#bk2", value=zero, attributes=f' Type="{DS}Manifest"'))
                + _manifest(Ref(uri="#bk", value=zero, attributes=f' Type="{DS}Manifest"')).replace(
                    '"bk"', '"bk2"', 1
                )
            ),
        ),
        ("content-changed", replaced(honest, "<ketqua>dat", "<ketqua>xuatsac")),
        ("entry-changed", replaced(honest, right, zero)),
    ):
        yield attack(
            f"manifest-{name}",
            octets,
            "SIG.MANIFEST",
            "SIG.TOO_MANY_REFERENCES",
            "SIG.DETACHED_MISSING",
            "COVER.ENTRY",
            "CRYPTO.UNKNOWN_ALGORITHM",
            "SIG.TRANSFORM",
            "SIG.REFERENCE_URI",
            "SIG.TOO_MANY",
            *CAUSES,
            honest=honest,
            verdict="either",
        )


def _moved() -> Iterator[Attack]:
    """The signed element itself, moved to where only properties are looked for; nothing stands in
    its place.
    """
    for name, place in (
        ("qualifying", "</xades:QualifyingProperties>"),
        ("signed", "</xades:SignedProperties>"),
    ):
        octets = replaced(
            PART.replace(RECORD.encode(), b""),
            place,
            RECORD.replace("<phieu ", f'<phieu xmlns="{NS}" ') + place,
        )
        yield attack(
            f"moved-into-{name}-properties", octets, *CAUSES, honest=PART, verdict="either"
        )


def _in_transcript() -> Iterator[Attack]:
    """What stands in a transcript's signature and is covered by nothing."""
    at = TRANSCRIPT.index(b'Id="ck-GVCN"')
    for name, markup in (
        ("object-empty", "<ds:Object></ds:Object>"),
        ("object-with-data", "<ds:Object><DIEM_CA_NAM>10</DIEM_CA_NAM></ds:Object>"),
        ("object-with-text", "<ds:Object>10</ds:Object>"),
        ("object-with-properties", _object(OTHERS, "khac")),
        ("object-with-bare-properties", f'<ds:Object xmlns:xades="{XADES}">{OTHERS}</ds:Object>'),
        ("object-with-manifest", '<ds:Object><ds:Manifest Id="bk"></ds:Manifest></ds:Object>'),
        ("object-with-signature", "<ds:Object><ds:Signature></ds:Signature></ds:Object>"),
    ):
        yield on_transcript(
            name,
            TRANSCRIPT[:at]
            + replaced(TRANSCRIPT[at:], "</ds:Signature>", f"{markup}</ds:Signature>"),
            *CAUSES,
        )
    for name, place in (
        ("beside-properties", "</ds:Object>"),
        ("within-properties", "</xades:QualifyingProperties>"),
    ):
        octets = TRANSCRIPT[:at] + replaced(
            TRANSCRIPT[at:], place, f"<DIEM_CA_NAM>10</DIEM_CA_NAM>{place}"
        )
        yield on_transcript(f"data-{name}", octets, *CAUSES)


def attacks() -> Iterator[Attack]:
    yield from _moved()
    yield from _in_transcript()
    yield from _signed_properties()
    yield from _times()
    yield from _counters()
    yield from _manifests()
