"""Area signature: one thing in a good transcript is changed, or one signature is made wrong."""

from collections.abc import Iterator

from hocba_sign.xades.syntax import names
from hocba_sign.xml.tree import Element
from tools.vectors.case import Case
from tools.vectors.stage import (
    SEAL,
    Stage,
    element_text,
    emptied,
    filled,
    first_match,
    signature_octets,
    swapped,
)

_HASH = {"indication": "TOTAL_FAILED", "sub_indication": "HASH_FAILURE", "intact": False}
_CRYPTO = {"indication": "TOTAL_FAILED", "sub_indication": "SIG_CRYPTO_FAILURE", "intact": False}
_INTEGRITY = "EN 319 102-1, 5.2.7"


def cases(stage: Stage) -> Iterator[Case]:
    yield from _content(stage)
    yield from _values(stage)
    yield from _certificates(stage)
    yield from _wrapping(stage)


def _changed(
    name: str, title: str, why: str, document: bytes, cause: str, **signatures: dict[str, object]
) -> Case:
    return Case(
        identifier=f"signature/{name}",
        title=title,
        why=why,
        spec=_INTEGRITY,
        document=document,
        verdict="INVALID",
        causes=(cause,),
        signatures=signatures,
        twin="format/issued-secondary",
    )


def _content(stage: Stage) -> Iterator[Case]:
    issued = stage.issued()
    mark = first_match(issued, "<DIEM_CA_NAM>[0-9.]+</DIEM_CA_NAM>")
    raised = swapped(issued, mark, "<DIEM_CA_NAM>9.9</DIEM_CA_NAM>")
    yield _changed(
        "changed-mark",
        "A mark is raised after signing",
        "The forgery that pays",
        raised,
        "SIG.DIGEST",
        GVCN=_HASH,
        CBQL=_HASH,
        KY_PHAT_HANH=_HASH,
    )
    renamed = swapped(
        issued, "<HO_VA_TEN>Nguyễn Hoàng Bảo Châu", "<HO_VA_TEN>Nguyễn Hoàng Bảo Trâm"
    )
    yield _changed(
        "changed-name",
        "The pupil's name is changed after signing",
        "Also breaks the teacher's signature, which covers #dinhdanh",
        renamed,
        "SIG.DIGEST",
        GVCN=_HASH,
        CBQL=_HASH,
    )
    signer = swapped(issued, "<CHUC_VU>Hiệu trưởng</CHUC_VU>", "<CHUC_VU>Phó Hiệu trưởng</CHUC_VU>")
    yield _changed(
        "changed-signer-title",
        "The title of the principal is changed after signing",
        "Who is expected to sign is signed as well",
        signer,
        "SIG.DIGEST",
        CBQL=_HASH,
    )
    spaced = swapped(issued, "<MA_HOC_SINH>", "<MA_HOC_SINH> ")
    yield _changed(
        "added-blank",
        "One blank inside signed content",
        "The smallest change there is",
        spaced,
        "SIG.DIGEST",
        GVCN=_HASH,
    )
    status = swapped(issued, "<TRANG_THAI>1<", "<TRANG_THAI>2<")
    yield _changed(
        "changed-status",
        "A transcript in force is made a withdrawn one",
        "Withdrawal must be signed as well",
        status,
        "SIG.DIGEST",
        GVCN=_HASH,
    )


def _values(stage: Stage) -> Iterator[Case]:
    issued = stage.issued()
    digest_value = element_text(
        issued, ".//h:GVCN/ds:Signature/ds:SignedInfo/ds:Reference/ds:DigestValue"
    )
    # All roles above the teachers cover #data, so the digest stands three times: change the first,
    # the homeroom teacher's.
    at = issued.index(digest_value.encode())
    other = issued[:at] + (b"A" if issued[at : at + 1] != b"A" else b"B") + issued[at + 1 :]
    yield _changed(
        "changed-digest",
        "A DigestValue is changed",
        "Then the digest and the value are both wrong",
        other,
        "SIG.DIGEST",
        GVCN=_HASH,
    )
    value = element_text(issued, ".//h:KY_PHAT_HANH/ds:Signature/ds:SignatureValue")
    flipped = ("A" if value[40] != "A" else "B").join((value[:40], value[41:]))
    yield _changed(
        "changed-value",
        "The seal's SignatureValue is changed",
        "The last signature: nothing covers it",
        swapped(issued, value, flipped),
        "SIG.VALUE",
        KY_PHAT_HANH=_CRYPTO,
    )
    cut = swapped(issued, value, value[:-8])
    yield _changed(
        "shortened-value",
        "The seal's SignatureValue is shorter than the key",
        "Must fail, not crash",
        cut,
        "SIG.VALUE",
        KY_PHAT_HANH=_CRYPTO,
    )
    middle = element_text(issued, ".//h:GVCN/ds:Signature/ds:SignatureValue")
    yield _changed(
        "changed-linked-value",
        "The homeroom teacher's SignatureValue is changed",
        "The principal's signature covers it and breaks as well",
        swapped(
            issued, middle, ("A" if middle[40] != "A" else "B").join((middle[:40], middle[41:]))
        ),
        "SIG.DIGEST",
        GVCN=_CRYPTO,
        CBQL=_HASH,
    )
    time = first_match(
        signature_octets(issued, SEAL), "<xades:SigningTime>[^<]+</xades:SigningTime>"
    )
    sealed = signature_octets(issued, SEAL).replace(
        time.encode(), b"<xades:SigningTime>2026-05-31T03:00:00Z</xades:SigningTime>"
    )
    backdated = filled(emptied(issued, SEAL), SEAL, sealed)
    yield _changed(
        "changed-signing-time",
        "The claimed signing time of the seal is set back",
        "Signed properties are covered",
        backdated,
        "SIG.DIGEST",
        KY_PHAT_HANH=_HASH,
    )
    stranger = stage.world.person("Kẻ Mạo Danh", "001099000001")
    yield _changed(
        "another-key",
        "The seal's value is made with another key than its certificate's",
        "The certificate names the school, the key does not belong to it",
        stage.forged_at(SEAL, signing_key=stranger.key),
        "SIG.VALUE",
        KY_PHAT_HANH=_CRYPTO,
    )


def _certificates(stage: Stage) -> Iterator[Case]:
    stranger = stage.world.person("Kẻ Mạo Danh", "001099000001")
    spec = "EN 319 102-1, 5.2.3; EN 319 132-1, 5.2.2"

    def add_before(signature: Element) -> None:
        data = signature.find(f"{names.KEY_INFO}/{names.X509_DATA}")
        assert data is not None
        other = data.makeelement(names.X509_CERTIFICATE)
        other.text = element_text(
            stage.issued(), ".//h:CBQL/ds:Signature/ds:KeyInfo/ds:X509Data/ds:X509Certificate"
        )
        data.insert(0, other)

    yield Case(
        identifier="signature/other-certificates-first",
        title="KeyInfo holds another certificate before the signer's",
        why="The signer's certificate is found by the signed digest, never by position",
        spec=spec,
        document=stage.forged_at(SEAL, after=add_before),
        verdict="VALID",
        twin="signature/certificate-replaced",
    )

    def replace(signature: Element) -> None:
        add_before(signature)
        data = signature.find(f"{names.KEY_INFO}/{names.X509_DATA}")
        assert data is not None
        data.remove(data[1])

    unproven = {
        "indication": "INDETERMINATE",
        "sub_indication": "NO_SIGNING_CERTIFICATE_FOUND",
        "intact": False,
    }
    yield Case(
        identifier="signature/certificate-replaced",
        title="KeyInfo holds another certificate instead of the signer's",
        why="KeyInfo is not signed; SigningCertificateV2 is",
        spec=spec,
        document=stage.forged_at(SEAL, after=replace),
        verdict="INDETERMINATE",
        causes=("SIG.CERTIFICATE_BINDING",),
        signatures={"KY_PHAT_HANH": unproven},
        twin="signature/other-certificates-first",
    )

    def drop_key_info(signature: Element) -> None:
        key_info = signature.find(names.KEY_INFO)
        assert key_info is not None
        signature.remove(key_info)

    yield Case(
        identifier="signature/no-key-info",
        title="KeyInfo is taken out",
        why="KeyInfo is optional in XMLDSig; without it nobody knows the key",
        spec=spec,
        document=stage.forged_at(SEAL, after=drop_key_info),
        verdict="INDETERMINATE",
        causes=("SIG.NO_SIGNING_CERTIFICATE",),
        signatures={"KY_PHAT_HANH": unproven},
        twin="format/issued-secondary",
    )

    def drop_binding(signature: Element) -> None:
        for binding in tuple(signature.iter(names.SIGNING_CERTIFICATE_V2)):
            parent = binding.getparent()
            assert parent is not None
            parent.remove(binding)

    yield Case(
        identifier="signature/no-signing-certificate",
        title="A signature without SigningCertificateV2",
        why="Without it the certificate can be exchanged for another one of the same key",
        spec=spec,
        document=stage.forged_at(SEAL, before_digests=drop_binding),
        verdict="INDETERMINATE",
        causes=("SIG.NO_SIGNING_CERTIFICATE",),
        signatures={"KY_PHAT_HANH": unproven},
        twin="format/issued-secondary",
    )
    from_stranger = _issuer_serial(stage, stranger.certificate_der)
    yield Case(
        identifier="signature/another-issuer-serial",
        title="IssuerSerialV2 names another certificate than the digest beside it",
        why="The two must agree on one certificate",
        spec=spec,
        document=stage.forged_at(SEAL, issuer_serial_der=from_stranger),
        verdict="INDETERMINATE",
        causes=("SIG.ISSUER_SERIAL",),
        twin="format/issued-secondary",
    )
    yield Case(
        identifier="signature/issuer-serial-unreadable",
        title="IssuerSerialV2 is no issuer and serial number at all",
        why="What cannot be read does not differ; the digest beside it names the certificate",
        spec=spec,
        document=stage.forged_at(SEAL, issuer_serial_der=b"\x30\x03\x02\x01\x07"),
        verdict="VALID",
        causes=("SIG.ISSUER_SERIAL_UNREADABLE",),
        twin="signature/another-issuer-serial",
    )

    def break_certificate(signature: Element) -> None:
        for certificate in signature.iter(names.X509_CERTIFICATE):
            certificate.text = "AAAA"

    yield Case(
        identifier="signature/certificate-unreadable",
        title="KeyInfo holds octets that are no certificate",
        why="Must be said, not crash",
        spec=spec,
        document=stage.forged_at(SEAL, after=break_certificate),
        verdict="INDETERMINATE",
        causes=("SIG.CERTIFICATE_BINDING",),
        twin="format/issued-secondary",
    )


def _issuer_serial(stage: Stage, certificate_der: bytes) -> bytes:
    return stage.certificate(certificate_der).issuer_serial_der


def _wrapping(stage: Stage) -> Iterator[Case]:
    """Classic signature wrapping: the signed element is kept for the digest, another one for the
    reader.
    """
    issued = stage.issued()
    start, end = (
        issued.index(b"<DU_LIEU_HOC_BA"),
        issued.index(b"</DU_LIEU_HOC_BA>") + len(b"</DU_LIEU_HOC_BA>"),
    )
    original = issued[start:end]
    mark = first_match(issued, "<DIEM_CA_NAM>[0-9.]+</DIEM_CA_NAM>").encode()
    forged = original.replace(mark, b"<DIEM_CA_NAM>10.0</DIEM_CA_NAM>")
    for old in ("data", "dinhdanh", "thongtinhocba", "mon-19", "gv-19-1"):
        forged = forged.replace(f'Id="{old}"'.encode(), f'Id="{old}-x"'.encode())
    document = issued[:start] + forged + issued[end:]
    spec = "XML Signature Best Practices, 2.1.3"
    yield Case(
        identifier="signature/wrapped-beside",
        title="The signed data stands at the end of the file, a forged one in its place",
        why="Every digest is right; a reader that looks at the usual place sees the forgery",
        spec=spec,
        document=document.replace(b"</HOC_BA>", original + b"</HOC_BA>"),
        verdict="INVALID",
        causes=("DOC.FORMAT",),
        twin="format/issued-secondary",
    )
    yield Case(
        identifier="signature/wrapped-in-object",
        title="The signed data is hidden in a ds:Object of the seal's signature",
        why="ds:Object holds anything, so the schema of XMLDSig does not object",
        spec=spec,
        document=document.replace(
            b"</ds:Signature></KY_PHAT_HANH>",
            b"<ds:Object>" + original + b"</ds:Object></ds:Signature></KY_PHAT_HANH>",
        ),
        verdict="INVALID",
        causes=("TRANSCRIPT.WRONG_ID",),
        twin="format/issued-secondary",
    )
    forged_same = original.replace(mark, b"<DIEM_CA_NAM>10.0</DIEM_CA_NAM>")
    yield Case(
        identifier="signature/wrapped-twice-the-id",
        title="A forged copy of the data with the same Ids stands before the signed one",
        why="Readers take the first, the last or any element of an Id",
        spec=spec,
        document=issued[:start] + forged_same + issued[start:],
        verdict="INVALID",
        causes=("XML.DUPLICATE_ID",),
        twin="format/issued-secondary",
    )
