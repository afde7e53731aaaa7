"""Area signature, second part: references, transforms and the inner structure of a ds:Signature."""

from collections.abc import Iterator
from typing import Any

from lxml import etree

from hocba_sign.testing.forge import Edit
from hocba_sign.xades.syntax import names
from hocba_sign.xml.tree import Element
from tools.vectors.case import Case
from tools.vectors.stage import SEAL, Stage, swapped

_FORMAT = {"indication": "TOTAL_FAILED", "sub_indication": "FORMAT_FAILURE"}
_EXCLUSIVE = "http://www.w3.org/2001/10/xml-exc-c14n#"


def cases(stage: Stage) -> Iterator[Case]:
    yield from _references(stage)
    yield from _transforms(stage)


def refused_seal(
    stage: Stage, name: str, texts: tuple[str, str, str], cause: str, **edits: Any
) -> Case:
    """Return a case whose seal is made wrong before it is signed, so that nothing but `cause`
    speaks against it.
    """
    title, why, spec = texts
    return Case(
        identifier=f"signature/{name}",
        title=title,
        why=why,
        spec=spec,
        document=stage.forged_at(SEAL, **edits),
        verdict="INVALID",
        causes=(cause,),
        signatures={"KY_PHAT_HANH": _FORMAT, "CBQL": {"indication": "TOTAL_PASSED"}},
        twin="format/issued-secondary",
    )


_UNSUPPORTED = "EN 319 102-1, 5.2.7; an algorithm that is not supported proves nothing wrong"


def _unsupported(
    name: str, texts: tuple[str, str, str], document: bytes, ends: tuple[str, str]
) -> Case:
    title, why, spec = texts
    cause, sub_indication = ends
    return Case(
        identifier=f"signature/{name}",
        title=title,
        why=why,
        spec=spec,
        document=document,
        verdict="INDETERMINATE",
        causes=(cause,),
        signatures={
            "KY_PHAT_HANH": {
                "indication": "INDETERMINATE",
                "sub_indication": sub_indication,
                "intact": False,
            }
        },
        twin="format/issued-secondary",
    )


def find(signature: Element, *tags: str) -> Element:
    found = signature.find("/".join(tags))
    assert found is not None, f"no {tags[-1]}"
    return found


def _reference(uri: str) -> Edit:
    """Return an edit that adds a reference beside the usual ones, and describes it."""

    def edit(signature: Element) -> None:
        signed_info = find(signature, names.SIGNED_INFO)
        added = etree.SubElement(
            signed_info, names.REFERENCE, {"Id": "ck-KY_PHAT_HANH-extra", "URI": uri}
        )
        transforms = etree.SubElement(added, names.TRANSFORMS)
        etree.SubElement(transforms, names.TRANSFORM, Algorithm=_EXCLUSIVE)
        etree.SubElement(
            added, names.DIGEST_METHOD, Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"
        )
        etree.SubElement(added, names.DIGEST_VALUE).text = "A" * 43 + "="
        data = next(signature.iter(names.SIGNED_DATA_OBJECT_PROPERTIES))
        form = data.makeelement(
            names.DATA_OBJECT_FORMAT, {"ObjectReference": "#ck-KY_PHAT_HANH-extra"}
        )
        etree.SubElement(form, names.MIME_TYPE).text = "text/xml"
        data.insert(0, form)

    return edit


def _references(stage: Stage) -> Iterator[Case]:
    yield Case(
        identifier="signature/extra-reference-inside",
        title="The seal covers #thongtinhocba besides what it must",
        why="Covering more than the layout demands is allowed",
        spec="XML Signature 1.1, 4.4.3",
        document=stage.forged_at(SEAL, before_digests=_reference("#thongtinhocba")),
        verdict="VALID",
        twin="signature/external-reference",
    )
    yield refused_seal(
        stage,
        "external-reference",
        (
            "The seal refers to a file on the web",
            "A verifier that fetches it tells the world what it verifies, and can be led anywhere",
            "XML Signature 1.1, 4.4.3.1; Best Practices, 2.1.4",
        ),
        "SIG.REFERENCE_URI",
        before_digests=_reference("http://hocba.example/extra.xml"),
    )
    yield refused_seal(
        stage,
        "file-reference",
        (
            "The seal refers to a local file",
            "Theft of local files",
            "XML Signature Best Practices, 2.1.4",
        ),
        "SIG.REFERENCE_URI",
        before_digests=_reference("file:///etc/hostname"),
    )
    yield refused_seal(
        stage,
        "whole-document-reference",
        (
            'The seal refers to the whole document (URI="")',
            "The slots change with every signature, so such a signature cannot last",
            "XML Signature 1.1, 4.4.3.2",
        ),
        "SIG.REFERENCE_URI",
        before_digests=_reference(""),
    )
    yield refused_seal(
        stage,
        "xpointer-reference",
        (
            "The seal refers by an XPointer",
            "Only plain Ids are followed",
            "XML Signature 1.1, 4.4.3.2",
        ),
        "SIG.REFERENCE_URI",
        before_digests=_reference("#xpointer(id('data'))"),
    )
    missing = stage.forged_at(SEAL, before_digests=_reference("#khong-co"))
    yield Case(
        identifier="signature/reference-to-nothing",
        title="The seal refers to an Id that does not exist",
        why="What was signed may have been taken out: nothing is proven",
        spec="EN 319 102-1, 5.2.7",
        document=missing,
        verdict="INDETERMINATE",
        causes=("SIG.TARGET_MISSING",),
        signatures={
            "KY_PHAT_HANH": {
                "indication": "INDETERMINATE",
                "sub_indication": "SIGNED_DATA_NOT_FOUND",
                "intact": False,
            }
        },
        twin="signature/extra-reference-inside",
    )
    yield refused_seal(
        stage,
        "same-reference-twice",
        (
            "The seal refers to #data twice",
            "No signer does so; one of the two may be meant to be overlooked",
            "docs/reference: profile",
        ),
        "SIG.REFERENCE_TWICE",
        before_digests=_reference("#data"),
    )

    def drop_properties_reference(signature: Element) -> None:
        signed_info = find(signature, names.SIGNED_INFO)
        signed_info.remove(signed_info[-1])

    yield refused_seal(
        stage,
        "properties-not-covered",
        (
            "SignedProperties are not covered by the seal",
            "Signing time, role and certificate could be exchanged",
            "EN 319 132-1, 4.2",
        ),
        "SIG.SIGNED_PROPERTIES",
        before_digests=drop_properties_reference,
    )

    def others_properties(signature: Element) -> None:
        find(signature, names.SIGNED_INFO)[-1].set("URI", "#ck-CBQL-props")

    yield refused_seal(
        stage,
        "properties-of-another",
        (
            "The seal covers the SignedProperties of the principal's signature",
            "Its own would be free to change",
            "EN 319 132-1, 4.2",
        ),
        "SIG.SIGNED_PROPERTIES",
        before_digests=others_properties,
    )


_XSLT = (
    '<xsl:stylesheet xmlns:xsl="http://www.w3.org/1999/XSL/Transform" '
    'version="1.0"><xsl:template match="/"><x/></xsl:template></xsl:stylesheet>'
)


def _transform(uri: str, parameter: str | None = None) -> Edit:
    """Return an edit that puts a transform before the canonicalization of the reference to
    #data.
    """

    def edit(signature: Element) -> None:
        transforms = find(signature, names.SIGNED_INFO, names.REFERENCE, names.TRANSFORMS)
        added = transforms.makeelement(names.TRANSFORM, {"Algorithm": uri})
        if parameter is not None:
            added.append(etree.fromstring(parameter))
        transforms.insert(0, added)

    return edit


def _transforms(stage: Stage) -> Iterator[Case]:
    spec = "XML Signature 1.1, 6.6; Best Practices, 2.1"
    xpath = (
        '<ds:XPath xmlns:ds="http://www.w3.org/2000/09/'
        'xmldsig#">not(ancestor-or-self::*[local-name()="DIEM_TONG_KET"])</ds:XPath>'
    )
    dangers = (
        ("xslt", "http://www.w3.org/TR/1999/REC-xslt-19991116", _XSLT, "XSLT runs programs"),
        (
            "xpath",
            "http://www.w3.org/TR/1999/REC-xpath-19991116",
            xpath,
            "The filter leaves all marks out of what is signed",
        ),
        (
            "xpath-filter-2",
            "http://www.w3.org/2002/06/xmldsig-filter2",
            None,
            "Subtracts what it likes from what is signed",
        ),
        (
            "enveloped",
            "http://www.w3.org/2000/09/xmldsig#enveloped-signature",
            None,
            "The signature lies outside the data; nothing needs to be left out",
        ),
        (
            "base64",
            "http://www.w3.org/2000/09/xmldsig#base64",
            None,
            "Digests only the letters of the text, not the elements",
        ),
    )
    for name, uri, parameter, why in dangers:
        yield refused_seal(
            stage,
            f"transform-{name}",
            (f"The seal's reference to #data has the transform {name}", why, spec),
            "SIG.TRANSFORM",
            before_digests=_transform(uri, parameter),
        )

    def inclusive(signature: Element) -> None:
        for transform in signature.iter(names.TRANSFORM):
            transform.set("Algorithm", "http://www.w3.org/TR/2001/REC-xml-c14n-20010315")

    yield Case(
        identifier="signature/inclusive-canonicalization",
        title="The seal's references use inclusive canonicalization",
        why=(
            "Legal in XMLDSig and used by others' programs; the namespaces around the "
            "target belong to it"
        ),
        spec="Canonical XML 1.0; XML Signature 1.1, 6.5.1",
        document=stage.forged_at(SEAL, before_digests=inclusive),
        verdict="VALID",
        twin="signature/relative-namespace",
    )
    yield Case(
        identifier="signature/relative-namespace",
        title="Inclusive canonicalization where a relative address is declared as a namespace",
        why="No canonical form exists for such a document",
        spec="Canonical XML 1.0, 1.3",
        document=swapped(
            stage.forged_at(SEAL, before_digests=inclusive),
            "<HOC_BA xmlns=",
            '<HOC_BA xmlns:r="tuong/doi" xmlns=',
        ),
        verdict="INVALID",
        causes=("XML.RELATIVE_NAMESPACE",),
        signatures={
            "KY_PHAT_HANH": {"indication": "TOTAL_FAILED", "intact": False},
            "CBQL": {"indication": "TOTAL_PASSED"},
        },
        twin="signature/inclusive-canonicalization",
    )

    def odd_method(signature: Element) -> None:
        find(signature, names.SIGNED_INFO, names.CANONICALIZATION_METHOD).set(
            "Algorithm", "urn:example:c14n"
        )

    yield _unsupported(
        "unknown-canonicalization",
        (
            "SignedInfo names an unknown canonicalization",
            "What was signed cannot be computed: neither right nor wrong",
            _UNSUPPORTED,
        ),
        stage.forged_at(SEAL, before_value=odd_method),
        ("SIG.C14N", "SIG_CONSTRAINTS_FAILURE"),
    )
    yield _unsupported(
        "transform-unknown",
        (
            "The seal's reference to #data has a transform that nobody knows",
            "What was signed cannot be computed",
            _UNSUPPORTED,
        ),
        stage.forged_at(SEAL, before_digests=_transform("urn:example:transform")),
        ("SIG.TRANSFORM_UNKNOWN", "SIGNED_DATA_NOT_FOUND"),
    )
