"""A transcript signed without hocba_sign: string templates, lxml's exclusive C14N and RSA, nothing
else.

Whoever writes and reads with the same code can be wrong twice in the same way; this is the second
writer.
"""

import hashlib
from base64 import b64encode
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Self

from asn1crypto import core
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import AuthorityInformationAccessOID, NameOID
from lxml import etree

SIGNED_AT = datetime(2026, 5, 25, 8, 0, tzinfo=UTC)
JUDGED_AT = SIGNED_AT + timedelta(days=1)
C14N = "http://www.w3.org/2001/10/xml-exc-c14n#"
SHA256_URI = "http://www.w3.org/2001/04/xmlenc#sha256"
LINK = "http://uri.etsi.org/01903#CountersignedSignature"
PROPERTIES = "http://uri.etsi.org/01903#SignedProperties"

DOCUMENT = """<HOC_BA xmlns="urn:hocba:1" phienBanLuocDo="1.0"><DU_LIEU_HOC_BA Id="data"><DINH_DANH Id="dinhdanh"><HO_VA_TEN>Nguyễn Văn An\
</HO_VA_TEN></DINH_DANH><THONG_TIN_HOC_BA Id="thongtinhocba"><DANH_SACH_DIEM_TONG_KET><DIEM_TONG_KET Id="mon-01"><DIEM>8.5</DIEM>\
<GVBM Id="gv-01-1"/></DIEM_TONG_KET><DIEM_TONG_KET Id="mon-15"><DIEM>7.0</DIEM><GVBM Id="gv-15-1"/></DIEM_TONG_KET>\
</DANH_SACH_DIEM_TONG_KET></THONG_TIN_HOC_BA><NGUOI_KY/></DU_LIEU_HOC_BA><DANH_SACH_CHU_KY><GVBM monHoc="mon-01" giaoVien="gv-01-1"/>\
<GVBM monHoc="mon-15" giaoVien="gv-15-1"/><GVCN/><CBQL/><KY_PHAT_HANH/></DANH_SACH_CHU_KY></HOC_BA>"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entity:
    key: RSAPrivateKey
    certificate: x509.Certificate

    @classmethod
    def make(cls, common_name: str, issuer: "Entity | None" = None, *, is_ca: bool = False) -> Self:
        key = generate_private_key(65537, 2048)
        name = x509.Name(
            [
                x509.NameAttribute(NameOID.COUNTRY_NAME, "VN"),
                x509.NameAttribute(NameOID.COMMON_NAME, common_name),
            ]
        )
        usage = {
            "digital_signature": not is_ca,
            "content_commitment": not is_ca,
            "key_cert_sign": is_ca,
            "crl_sign": is_ca,
        }
        unused = dict.fromkeys(
            (
                "key_encipherment",
                "data_encipherment",
                "key_agreement",
                "encipher_only",
                "decipher_only",
            ),
            False,
        )
        builder = (
            x509.CertificateBuilder(
                issuer.certificate.subject if issuer else name,
                name,
                key.public_key(),
                x509.random_serial_number(),
            )
            .not_valid_before(SIGNED_AT - timedelta(days=30))
            .not_valid_after(SIGNED_AT + timedelta(days=700))
            .add_extension(x509.BasicConstraints(ca=is_ca, path_length=None), critical=True)
            .add_extension(x509.KeyUsage(**usage, **unused), critical=True)
            .add_extension(
                x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False
            )
        )
        if issuer is not None:
            crl = x509.DistributionPoint([_uri("ca.crl")], None, None, None)
            ca = x509.AccessDescription(AuthorityInformationAccessOID.CA_ISSUERS, _uri("ca.cer"))
            builder = (
                builder.add_extension(
                    x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer.key.public_key()),
                    critical=False,
                )
                .add_extension(x509.CRLDistributionPoints([crl]), critical=False)
                .add_extension(x509.AuthorityInformationAccess([ca]), critical=False)
            )
        return cls(key=key, certificate=builder.sign(issuer.key if issuer else key, SHA256()))

    def crl(self) -> bytes:
        """Return a CRL, DER, that lists nothing and is an hour younger than the signatures."""
        builder = x509.CertificateRevocationListBuilder(self.certificate.subject).add_extension(
            x509.CRLNumber(1), critical=False
        )
        builder = builder.last_update(SIGNED_AT + timedelta(hours=1)).next_update(
            SIGNED_AT + timedelta(days=30)
        )
        builder = builder.add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(self.key.public_key()),
            critical=False,
        )
        return builder.sign(self.key, SHA256()).public_bytes(Encoding.DER)


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkForm:
    """How a signature refers to the values of earlier ones."""

    has_type: bool = True
    has_format: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One signature to make. `covers` and `links` are Ids, of data and of SignatureValues."""

    slot: str
    role: str
    covers: tuple[str, ...]
    links: tuple[str, ...] = ()

    @property
    def signature_id(self) -> str:
        return "S-" + self.slot


SUBJECTS = (
    Task(slot="GVBM-mon-01", role="GVBM", covers=("dinhdanh", "mon-01")),
    Task(slot="GVBM-mon-15", role="GVBM", covers=("dinhdanh", "mon-15")),
)
HOMEROOM = Task(
    slot="GVCN", role="GVCN", covers=("data",), links=("S-GVBM-mon-01-value", "S-GVBM-mon-15-value")
)
PRINCIPAL = Task(slot="CBQL", role="CBQL", covers=("data",), links=("S-GVCN-value",))
SEAL = Task(slot="KY_PHAT_HANH", role="KY_PHAT_HANH", covers=("data",), links=("S-CBQL-value",))
PLAN = (*SUBJECTS, HOMEROOM, PRINCIPAL, SEAL)


@dataclass(frozen=True, slots=True, kw_only=True)
class ForeignWorld:
    """A root, an issuing CA and one signer, with `trust/`, `certs/` and `crl/` in `folder`."""

    folder: Path
    authority: Entity
    signer: Entity

    @classmethod
    def make(cls, folder: Path) -> Self:
        root = Entity.make("Test root", is_ca=True)
        authority = Entity.make("Test issuing CA", root, is_ca=True)
        for name, entity in (("trust/root", root), ("certs/ca", authority)):
            (folder / name).parent.mkdir()
            (folder / f"{name}.pem").write_bytes(entity.certificate.public_bytes(Encoding.PEM))
        (folder / "crl").mkdir()
        (folder / "crl/root.crl").write_bytes(root.crl())
        (folder / "crl/ca.crl").write_bytes(authority.crl())
        return cls(folder=folder, authority=authority, signer=Entity.make("Lê Thị Bình", authority))

    def issue(self, tasks: tuple[Task, ...] = PLAN, form: LinkForm | None = None) -> etree._Element:
        """Sign in the order of `tasks`."""
        document = etree.fromstring(DOCUMENT)
        for task in tasks:
            slot(document, task.slot).append(self._signature(document, task, form or LinkForm()))
        return document

    def write(self, name: str, document: etree._Element) -> Path:
        path = self.folder / name
        path.write_bytes(etree.tostring(document, encoding="UTF-8", xml_declaration=True))
        return path

    def _signature(self, document: etree._Element, task: Task, form: LinkForm) -> etree._Element:
        me = task.signature_id
        targets = (
            *((target, "") for target in task.covers),
            *((target, LINK) for target in task.links),
        )
        formats = "".join(
            (
                f'<xades:DataObjectFormat ObjectReference="#{me}-ref-{number}">'
                f"<xades:MimeType>text/xml</xades:MimeType></xades:DataObjectFormat>"
            )
            for number, (_, kind) in enumerate(targets)
            if form.has_format or not kind
        )
        properties = self._properties(task, formats)
        references = "".join(
            _reference(
                canonical(by_id(document, target)),
                target,
                f"{me}-ref-{number}",
                kind if form.has_type else "",
            )
            for number, (target, kind) in enumerate(targets)
        )
        references += _reference(canonical(properties), f"{me}-props", "", PROPERTIES)
        signed_info = _ds(
            f'<ds:SignedInfo xmlns:ds="{{ds}}"><ds:CanonicalizationMethod Algorithm="{C14N}"/>'
            f'<ds:SignatureMethod Algorithm="http://www.w3.org/2001/04/'
            f'xmldsig-more#rsa-sha256"/>{references}</ds:SignedInfo>'
        )
        value = _base64(self.signer.key.sign(canonical(signed_info), PKCS1v15(), SHA256()))
        chain = "".join(
            (
                f"<ds:X509Certificate>{_base64(entity.certificate.public_bytes(Encoding.DER))}</"
                f"ds:X509Certificate>"
            )
            for entity in (self.signer, self.authority)
        )
        signature = _ds(
            f'<ds:Signature xmlns:ds="{{ds}}" Id="{me}"><ds:SignatureValue '
            f'Id="{me}-value">{value}</ds:SignatureValue>'
            f"<ds:KeyInfo><ds:X509Data>{chain}</ds:X509Data></ds:KeyInfo>"
            f'<ds:Object><xades:QualifyingProperties xmlns:xades="{{xades}}" '
            f'Target="#{me}"/></ds:Object></ds:Signature>'
        )
        signature.insert(0, signed_info)
        signature[-1][0].append(properties)
        return signature

    def _properties(self, task: Task, formats: str) -> etree._Element:
        certificate = self.signer.certificate
        digest = _base64(certificate.fingerprint(SHA256()))
        return _ds(
            f'<xades:SignedProperties xmlns:xades="{{xades}}" xmlns:ds="{{ds}}" '
            f'Id="{task.signature_id}-props"><xades:SignedSignatureProperties>'
            f"<xades:SigningTime>{SIGNED_AT:%Y-%m-%dT%H:%M:%SZ}</xades:SigningTime>"
            f"<xades:SigningCertificateV2><xades:Cert><xades:CertDigest><ds:DigestMethod "
            f'Algorithm="{SHA256_URI}"/><ds:DigestValue>{digest}'
            f"</ds:DigestValue></xades:CertDigest>"
            f"<xades:IssuerSerialV2>{_base64(issuer_serial(certificate))}</xades:IssuerSerialV2>"
            "</xades:Cert></xades:SigningCertificateV2><xades:SignatureProductionPlaceV2>"
            "<xades:City>Hà Nội</xades:City>"
            "<xades:CountryName>VN</xades:CountryName></xades:SignatureProductionPlaceV2>"
            "<xades:SignerRoleV2><xades:ClaimedRoles>"
            f"<xades:ClaimedRole>{task.role}</xades:ClaimedRole></xades:ClaimedRoles></"
            f"xades:SignerRoleV2></xades:SignedSignatureProperties>"
            f"<xades:SignedDataObjectProperties>{formats}<xades:CommitmentTypeIndication>"
            f"<xades:CommitmentTypeId><xades:Identifier>"
            "http://uri.etsi.org/01903/v1.2.2#ProofOfApproval</xades:Identifier></xades:CommitmentTypeId><xades:AllSignedDataObjects/>"
            "</xades:CommitmentTypeIndication></xades:SignedDataObjectProperties></"
            "xades:SignedProperties>"
        )


def by_id(document: etree._Element, wanted: str) -> etree._Element:
    """Return the only element with that Id."""
    (found,) = (element for element in document.iter("*") if element.get("Id") == wanted)
    return found


def slot(document: etree._Element, name: str) -> etree._Element:
    """Return the slot `GVCN`, `CBQL`, `KY_PHAT_HANH` or `GVBM-<subject>`."""
    role, _, subject = name.partition("-")
    (found,) = (
        item
        for item in document[-1]
        if etree.QName(item).localname == role and item.get("monHoc", "") == subject
    )
    return found


def canonical(element: etree._Element) -> bytes:
    return etree.tostring(element, method="c14n", exclusive=True, with_comments=False)


def issuer_serial(certificate: x509.Certificate) -> bytes:
    """Return the DER of IssuerSerial (RFC 5035) of `certificate`."""
    parsed = asn1_x509.Certificate.load(certificate.public_bytes(Encoding.DER))
    names = asn1_x509.GeneralNames([asn1_x509.GeneralName("directory_name", parsed.issuer)])
    content = names.dump() + core.Integer(parsed.serial_number).dump()
    return bytes(core.Sequence(contents=content).dump())


def _uri(file: str) -> x509.UniformResourceIdentifier:
    return x509.UniformResourceIdentifier(f"http://ca.invalid/{file}")


def _reference(octets: bytes, target: str, identifier: str, kind: str) -> str:
    attributes = (f' Id="{identifier}"' if identifier else "") + (f' Type="{kind}"' if kind else "")
    return (
        f'<ds:Reference{attributes} URI="#{target}"><ds:Transforms><ds:Transform '
        f'Algorithm="{C14N}"/></ds:Transforms>'
        f'<ds:DigestMethod Algorithm="{SHA256_URI}"/>'
        f"<ds:DigestValue>{_base64(hashlib.sha256(octets).digest())}</ds:DigestValue></"
        f"ds:Reference>"
    )


def _ds(template: str) -> etree._Element:
    spelled = template.replace("{ds}", "http://www.w3.org/2000/09/xmldsig#").replace(
        "{xades}", "http://uri.etsi.org/01903/v1.3.2#"
    )
    return etree.fromstring(spelled)


def _base64(octets: bytes) -> str:
    return b64encode(octets).decode("ascii")
