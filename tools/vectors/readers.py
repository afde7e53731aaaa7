"""Areas format, reference and signature: what a reader of its own easily gets wrong, found out by changing lines of
one.
"""

import base64
import hashlib
from collections.abc import Iterator
from typing import Any, Final

from lxml import etree

from hocba_sign.xades.syntax import names
from hocba_sign.xml.tree import Element
from tools.vectors.case import Case, Verdict
from tools.vectors.stage import CBQL, GVCN, SEAL, Stage, swapped
from tools.vectors.templates import C14NS, COMMENTS

_WELL_FORMED: Final = "XML 1.0, 2.1; Namespaces in XML 1.0, 3 and 6.3"
_SIGNED: Final = "EN 319 132-1, 4.2.1 and 5.2.2; docs/reference/format.md, 6"


def cases(stage: Stage) -> Iterator[Case]:
    issued = stage.issued()
    yield from _markup(issued)
    texts = (
        "Nobody has signed, and the namespace is a stranger's",
        "It is named as ours is, and is none",
    )
    foreign = swapped(stage.draft(), 'xmlns="urn:hocba:1"', 'xmlns="urn:example:khac"')
    spec = "docs/reference/format.md, 11"
    yield _case(
        "format/foreign-namespace-unsigned", texts, foreign, "INVALID", "DOC.FORMAT", spec=spec
    )
    yield from _encodings(issued)
    yield from _comments(stage)
    yield from _namespaces(stage)
    yield from _properties(stage)


def _case(
    name: str, texts: tuple[str, str], document: bytes, verdict: Verdict, *causes: str, **facts: Any
) -> Case:
    given = {"spec": _WELL_FORMED, "twin": "format/issued-secondary", **facts}
    return Case(
        identifier=name,
        title=texts[0],
        why=texts[1],
        document=document,
        verdict=verdict,
        causes=causes,
        **given,
    )


def _markup(issued: bytes) -> Iterator[Case]:
    why = "Not well-formed, though no signature covers the place"
    places = (
        (
            "entity-outside-the-data",
            "An entity that nobody declared, between data and signatures",
            "</DU_LIEU_HOC_BA>",
            "</DU_LIEU_HOC_BA>&khac;",
        ),
        (
            "namespace-declared-twice",
            "A prefix declared twice in one start tag",
            "<HOC_BA ",
            '<HOC_BA xmlns:a="urn:example:a" xmlns:a="urn:example:b" ',
        ),
    )
    for name, title, old, new in places:
        yield _case(
            f"format/{name}", (title, why), swapped(issued, old, new), "INVALID", "DOC.FORMAT"
        )
    octets = issued.replace(b"<HOC_BA ", b"<!-- \xc3\x28 --><HOC_BA ", 1)
    title = "Octets that are no UTF-8, in a comment before the root"
    yield _case("format/broken-utf-8-in-a-comment", (title, why), octets, "INVALID", "DOC.FORMAT")
    texts = ("A slot of a role that nobody knows", "The schema knows four roles")
    octets = swapped(issued, "</DANH_SACH_CHU_KY>", "<HIEU_PHO></HIEU_PHO></DANH_SACH_CHU_KY>")
    yield _case(
        "format/slot-of-unknown-role",
        texts,
        octets,
        "INVALID",
        "DOC.SCHEMA",
        spec="docs/reference/format.md, 4",
    )


def _encodings(issued: bytes) -> Iterator[Case]:
    text = issued.decode().replace('encoding="UTF-8"', 'encoding="UTF-16"')
    changed = text.replace("<DIEM_CA_NAM>", "<DIEM_CA_NAM>1", 1)
    for name, octets, is_good in (
        ("utf-16-big-endian", text, True),
        ("utf-16-big-endian-changed", changed, False),
    ):
        yield _case(
            f"format/{name}",
            (
                f"Written again in UTF-16, the high octet first{'' if is_good else ', a mark changed'}",
                "Every reader of XML reads UTF-16; the characters are what is signed",
            ),
            b"\xfe\xff" + octets.encode("utf-16-be"),
            "VALID" if is_good else "INVALID",
            *(() if is_good else ("SIG.DIGEST",)),
            spec="XML 1.0, 4.3.3",
            twin=f"format/utf-16-big-endian{'-changed' if is_good else ''}",
        )


def _comments(stage: Stage) -> Iterator[Case]:
    """Yield a comment in SignedInfo: one form holds it, the other leaves it out."""
    for forms, is_held in ((COMMENTS, True), (C14NS, False)):
        for name, uri in forms.items():

            def commented(signature: Element, uri: str = uri) -> None:
                method = next(signature.iter(names.CANONICALIZATION_METHOD))
                method.set("Algorithm", uri)
                method.addnext(etree.Comment("ghi 1"))

            document = stage.forged_at(SEAL, before_value=commented)
            word = f"signature/comment-{'held' if is_held else 'left-out'}-{name}"
            changed = swapped(document, "<!--ghi 1-->", "<!--ghi 2-->")
            title = f"A comment in SignedInfo, canonical by {uri}"
            spec = "XML Signature 1.1, 4.4.1; Canonical XML 1.0, 2.1"
            if is_held:
                texts = (title, "It is part of what is signed")
                yield _case(word, texts, document, "VALID", spec=spec, twin=f"{word}-changed")
                texts = (f"{title}, changed since", "It is part of what is signed")
                yield _case(
                    f"{word}-changed", texts, changed, "INVALID", "SIG.VALUE", spec=spec, twin=word
                )
            else:
                texts = (f"{title}, changed since", "It is no part of what is signed")
                twin = f"signature/comment-held-{name}-comments-changed".replace("-comments-", "-")
                yield _case(f"{word}-changed", texts, changed, "VALID", spec=spec, twin=twin)


def _namespaces(stage: Stage) -> Iterator[Case]:
    """Yield two prefixes whose order by octets is not that of a dictionary."""
    declared = b'<HOC_BA xmlns:aa="urn:example:aa" xmlns:Zz="urn:example:zz" '
    document = stage.draft().replace(b"<HOC_BA ", declared, 1)

    def inclusive(signature: Element) -> None:
        for transform in signature.iter(names.TRANSFORM):
            transform.set("Algorithm", C14NS["inclusive"])

    for slot in stage.transcript().slots:
        document = stage.forged(document, slot, before_digests=inclusive)
    spec = "Canonical XML 1.0, 2.2 and 4.3"
    texts = (
        "Two prefixes in scope, in capitals and not, every reference in Canonical XML 1.0",
        "Namespaces stand in the order of the octets of their prefixes",
    )
    name = "reference/prefixes-by-octets"
    yield _case(name, texts, document, "VALID", spec=spec, twin=f"{name}-changed")
    texts = (
        "The same, one of the two names changed since",
        "Inclusive form holds every namespace in scope",
    )
    changed = document.replace(b"urn:example:zz", b"urn:example:zy", 1)
    yield _case(f"{name}-changed", texts, changed, "INVALID", "SIG.DIGEST", spec=spec, twin=name)


def _properties(stage: Stage) -> Iterator[Case]:
    def second(signature: Element) -> None:
        qualifying = next(signature.iter(names.QUALIFYING_PROPERTIES))
        copy = etree.fromstring(etree.tostring(next(qualifying.iter(names.SIGNED_PROPERTIES))))
        copy.set("Id", "khac")
        copy.tail = None
        qualifying.append(copy)

    def twice(signature: Element) -> None:
        own = [
            one
            for one in signature.iter(names.REFERENCE)
            if one.get("Type") == names.TYPE_SIGNED_PROPERTIES
        ]
        own[0].addnext(etree.fromstring(etree.tostring(own[0])))

    def chained(signature: Element) -> None:
        (bound,) = signature.iter(names.SIGNING_CERTIFICATE_V2)
        above = etree.fromstring(etree.tostring(bound[0]))
        above.tail = None
        digest = hashlib.sha256(stage.world.authority("public-ca").certificate_der).digest()
        next(above.iter(names.DIGEST_VALUE)).text = base64.b64encode(digest).decode()
        above.remove(above[-1])
        bound.append(above)

    facts = {"spec": _SIGNED}
    yield _case(
        "signature/authority-named-too",
        (
            "The signed properties name the authority's certificate behind the signer's",
            "The first one named is the signer's, others are of its path",
        ),
        stage.forged_at(CBQL, before_digests=chained),
        "VALID",
        spec="EN 319 132-1, 5.2.2",
        twin="signature/properties-referenced-twice",
    )
    texts = (
        "SignedProperties twice, the second one not signed",
        "There is one: a reader could take the other's time or certificate",
    )
    yield _case(
        "signature/second-properties-behind",
        texts,
        stage.forged_at(GVCN, after=second),
        "INVALID",
        "SIG.STRUCTURE",
        **facts,
    )
    texts = ("Two references to the same SignedProperties", "Exactly one reference is to them")
    octets = stage.forged_at(GVCN, before_digests=twice)
    yield _case(
        "signature/properties-referenced-twice",
        texts,
        octets,
        "INVALID",
        "SIG.SIGNED_PROPERTIES",
        **facts,
    )
