"""Area signature, third part: what a ds:Signature holds, and what stands around it."""

from collections.abc import Iterator

from lxml import etree

from hocba_sign.testing.forge import Edit
from hocba_sign.xades.syntax import names
from hocba_sign.xml.tree import Element
from tools.vectors.case import Case
from tools.vectors.stage import SEAL, Stage, inserted, signature_octets
from tools.vectors.structure import find, refused_seal


def cases(stage: Stage) -> Iterator[Case]:
    yield from _inner(stage)
    yield from _outer(stage)


def _inner(stage: Stage) -> Iterator[Case]:
    def comment(tag: str) -> Edit:
        def edit(signature: Element) -> None:
            element = next(signature.iter(tag))
            text = element.text or ""
            element.text = text[:8]
            note = etree.Comment("x")
            note.tail = text[8:]
            element.append(note)

        return edit

    spec = "XML Signature 1.1, 4.4.3.6; CVE-2025-29775"
    why = (
        "Canonicalization drops comments, so the value still verifies; readers differ in "
        "what text they see"
    )
    yield refused_seal(
        stage,
        "comment-in-digest-value",
        ("A comment splits the seal's DigestValue", why, spec),
        "SIG.STRUCTURE",
        after=comment(names.DIGEST_VALUE),
    )
    yield refused_seal(
        stage,
        "comment-in-signature-value",
        ("A comment splits the seal's SignatureValue", why, spec),
        "SIG.STRUCTURE",
        after=comment(names.SIGNATURE_VALUE),
    )

    def twice(tag: str) -> Edit:
        def edit(signature: Element) -> None:
            element = find(signature, tag)
            copy = etree.fromstring(etree.tostring(element, with_tail=False))
            for one in copy.iter("*"):
                one.attrib.pop("Id", None)
            element.addprevious(copy)

        return edit

    spec = "XML Signature 1.1, 4.1; CVE-2025-29774"
    yield refused_seal(
        stage,
        "two-signed-info",
        ("The seal has two SignedInfo", "One is verified, the other one read", spec),
        "SIG.STRUCTURE",
        after=twice(names.SIGNED_INFO),
    )
    yield refused_seal(
        stage,
        "two-signature-values",
        ("The seal has two SignatureValues", "One is verified, the other one covered", spec),
        "SIG.STRUCTURE",
        after=twice(names.SIGNATURE_VALUE),
    )
    yield refused_seal(
        stage,
        "two-key-infos",
        ("The seal has two KeyInfo", "Two answers to whose key it is", spec),
        "SIG.STRUCTURE",
        after=twice(names.KEY_INFO),
    )

    def text_between(signature: Element) -> None:
        find(signature, names.SIGNED_INFO).tail = "x"

    yield refused_seal(
        stage,
        "text-between",
        ("Text stands between the parts of the seal's signature", "No place for text", spec),
        "SIG.STRUCTURE",
        after=text_between,
    )

    def not_base64(signature: Element) -> None:
        value = find(signature, names.SIGNATURE_VALUE)
        value.text = f"*{value.text}"

    yield refused_seal(
        stage,
        "not-base64",
        (
            "The seal's SignatureValue is not base64",
            "Lenient decoders skip what they do not know",
            "RFC 4648, 3.3",
        ),
        "SIG.STRUCTURE",
        after=not_base64,
    )

    def strip(signature: Element) -> None:
        for child in tuple(signature):
            signature.remove(child)

    yield refused_seal(
        stage,
        "empty-signature",
        (
            "The seal is an empty ds:Signature",
            "An element of that name is no signature",
            "XML Signature 1.1, 4.1",
        ),
        "SIG.STRUCTURE",
        after=strip,
    )


def _outer(stage: Stage) -> Iterator[Case]:
    issued = stage.issued()
    stray = signature_octets(issued, SEAL).replace(b"ck-KY_PHAT_HANH", b"ck-thua")
    yield Case(
        identifier="signature/outside-every-slot",
        title="A further signature stands outside every slot",
        why="It covers what it likes and would appear in lists of signers",
        spec="docs/reference: layout",
        document=inserted(issued, ".", stray),
        verdict="INVALID",
        causes=("SIG.STRAY",),
        twin="format/issued-secondary",
    )
    empty = b'<ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#"/>'
    yield Case(
        identifier="signature/too-many",
        title="More than 200 signatures",
        why="Each would cost a key operation and a path",
        spec="docs/reference: limits",
        document=inserted(issued, ".", empty * 201),
        verdict="INVALID",
        causes=("SIG.TOO_MANY",),
        twin="signature/outside-every-slot",
    )

    def crowd(signature: Element) -> None:
        data = find(signature, names.KEY_INFO, names.X509_DATA)
        for _ in range(60):
            etree.SubElement(data, names.X509_CERTIFICATE).text = "AAAA"

    yield refused_seal(
        stage,
        "too-many-certificates",
        (
            "More than 50 certificates in KeyInfo",
            "Each is digested and may widen the path search",
            "docs/reference: limits",
        ),
        "SIG.TOO_MANY_CERTIFICATES",
        after=crowd,
    )
