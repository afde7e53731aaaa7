"""A signer of documents of others: XMLDSig and XAdES of any version, written without the library's
own writer.

Everything is canonicalized exclusively by libxml2, in the tree that is then written.
"""

import base64
import copy
import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from asn1crypto import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from lxml import etree

from hocba_sign.operations.verifier import Verifier
from hocba_sign.pki.certificates.certificate import Certificate
from hocba_sign.pki.revocation.evidence import Evidence
from hocba_sign.pki.trust.store import TrustStore
from hocba_sign.report.report import Report
from hocba_sign.testing import Identity, World
from tests.support.scene import JUDGED_AT, SIGNED_AT

DS: Final = "http://www.w3.org/2000/09/xmldsig#"
XADES: Final = "http://uri.etsi.org/01903/v1.3.2#"
XADES122: Final = "http://uri.etsi.org/01903/v1.2.2#"
XADES111: Final = "http://uri.etsi.org/01903/v1.1.1#"
XADES141: Final = "http://uri.etsi.org/01903/v1.4.1#"
EXC: Final = "http://www.w3.org/2001/10/xml-exc-c14n#"
SHA256: Final = "http://www.w3.org/2001/04/xmlenc#sha256"
SHA1: Final = f"{DS}sha1"
MORE: Final = "http://www.w3.org/2001/04/xmldsig-more#"
ECDSA: Final = f"{MORE}ecdsa-sha256"
RSA: Final = f"{MORE}rsa-sha256"
COUNTERSIGNED: Final = "http://uri.etsi.org/01903#CountersignedSignature"
TYPES: Final = {XADES: "http://uri.etsi.org/01903#", XADES122: XADES122, XADES111: XADES111}
PLACE: Final = "<!--here-->"
DOCUMENT: Final = f'<a xmlns="urn:vidu"><b Id="b">mot</b>{PLACE}</a>'
WORLD: Final = World(SIGNED_AT, fast=True)
PERSON: Final = WORLD.person("Nguyễn Thị Ví Dụ", "001199000001")
OTHER: Final = WORLD.person("Trần Văn Thử", "001199000002")

Element = etree._Element
_DIGESTS: Final = {SHA256: "sha256", SHA1: "sha1", f"{MORE}md5": "md5"}


def b64(octets: bytes) -> str:
    return base64.b64encode(octets).decode()


def c14n(element: "Element | etree._ElementTree[Element]") -> bytes:
    return etree.tostring(element, method="c14n", exclusive=True, with_comments=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Maker:
    """How to sign.

    `properties` is markup inside SignedSignatureProperties, None for plain XMLDSig; `data` inside
    SignedDataObjectProperties.
    """

    identity: Identity = PERSON
    name: str = "s"
    refs: tuple[str, ...] = ("#b",)
    types: Mapping[str, str] = field(default_factory=dict)
    digest: str = SHA256
    algorithm: str = ECDSA
    namespace: str = XADES
    properties: str | None = ""
    binding: str | None = None
    time: str | None = "2026-06-01T03:00:00Z"
    data: str = ""
    key_info: str | None = None
    objects: str = ""
    target: str | None = None
    has_type: bool = True
    detached: Mapping[str, bytes] = field(default_factory=dict)
    is_enveloped: bool = False

    def markup(self) -> str:
        key_info = (
            x509_data(*self.identity.chain_der[:2]) if self.key_info is None else self.key_info
        )
        refs = "".join(self._reference(number, uri) for number, uri in enumerate(self.refs))
        if self.properties is not None:
            kind = f' Type="{TYPES[self.namespace]}SignedProperties"' if self.has_type else ""
            refs += self._reference(-1, f"#{self.name}-p", kind=kind)
        return (
            f'<ds:Signature xmlns:ds="{DS}" Id="{self.name}"><ds:SignedInfo>'
            f'<ds:CanonicalizationMethod Algorithm="{EXC}"/>'
            f'<ds:SignatureMethod Algorithm="{self.algorithm}"/>{refs}</ds:SignedInfo>'
            f'<ds:SignatureValue Id="{self.name}-v"/>'
            f"{f'<ds:KeyInfo>{key_info}</ds:KeyInfo>' if key_info else ''}"
            f"{self._qualifying()}{self.objects}</ds:Signature>"
        )

    def _reference(self, number: int, uri: str, *, kind: str = "") -> str:
        enveloped = (
            f'<ds:Transform Algorithm="{DS}enveloped-signature"/>' if self._envelops(uri) else ""
        )
        kind = kind or (f' Type="{self.types[uri]}"' if uri in self.types else "")
        identifier = f' Id="{self.name}-r{number}"' if number >= 0 else ""
        transforms = f'<ds:Transforms>{enveloped}<ds:Transform Algorithm="{EXC}"/></ds:Transforms>'
        return (
            f'<ds:Reference URI="{uri}"{identifier}{kind}>'
            f"{'' if uri in self.detached else transforms}"
            f'<ds:DigestMethod Algorithm="{self.digest}"/><ds:DigestValue/></ds:Reference>'
        )

    def _envelops(self, uri: str) -> bool:
        return not uri or (self.is_enveloped and uri in self.refs)

    def _qualifying(self) -> str:
        if self.properties is None:
            return ""
        time = "" if self.time is None else f"<SigningTime>{self.time}</SigningTime>"
        binding = v2(self.identity.certificate_der) if self.binding is None else self.binding
        formats = "".join(
            (
                f'<DataObjectFormat ObjectReference="#{self.name}-r{number}"><MimeType>text/'
                f"xml</MimeType></DataObjectFormat>"
            )
            for number, _ in enumerate(self.refs)
        )
        target = f"#{self.name}" if self.target is None else self.target
        return (
            f'<ds:Object><QualifyingProperties xmlns="{self.namespace}" '
            f'Target="{target}"><SignedProperties Id="{self.name}-p">'
            f"<SignedSignatureProperties>{time}{binding}{self.properties}</"
            f"SignedSignatureProperties>"
            f"<SignedDataObjectProperties>{formats}{self.data}</SignedDataObjectProperties>"
            f"</SignedProperties>"
            "</QualifyingProperties></ds:Object>"
        )


class Made:
    """A signature in a tree that grows."""

    def __init__(self, root: Element, signature: Element, maker: Maker) -> None:
        self.root, self.signature, self.maker = root, signature, maker

    @property
    def octets(self) -> bytes:
        return etree.tostring(self.root.getroottree(), encoding="UTF-8")

    def part(self, path: str) -> Element:
        found = self.signature.find(
            path.replace("ds:", f"{{{DS}}}").replace("x:", f"{{{self.maker.namespace}}}")
        )
        assert found is not None
        return found

    def unsigned(self) -> Element:
        """Return UnsignedSignatureProperties, made when needed."""
        qualifying, space = (
            self.part("ds:Object/x:QualifyingProperties"),
            f"{{{self.maker.namespace}}}",
        )
        holder = qualifying.find(f"{space}UnsignedProperties")
        if holder is None:
            holder = etree.SubElement(qualifying, f"{space}UnsignedProperties")
            etree.SubElement(holder, f"{space}UnsignedSignatureProperties")
        return holder[0]

    def add(self, tag: str, *children: Element | str, namespace: str | None = None) -> Element:
        """Append an unsigned property."""
        element = etree.SubElement(self.unsigned(), f"{{{namespace or self.maker.namespace}}}{tag}")
        element.extend(
            [etree.fromstring(child) if isinstance(child, str) else child for child in children]
        )
        return element

    def before(self, element: Element) -> list[Element]:
        return list(element.itersiblings(preceding=True))[::-1]

    def referenced(self) -> Iterable[tuple[Element, bytes]]:
        for reference in self.signature.iterfind(f"{{{DS}}}SignedInfo/{{{DS}}}Reference"):
            uri = reference.get("URI", "")
            detached = self.maker.detached.get(uri)
            yield (
                reference,
                _digested(self.root, self.signature, uri) if detached is None else detached,
            )

    def stamp(
        self, tag: str, octets: bytes, *, at: datetime = SIGNED_AT, namespace: str | None = None
    ) -> Element:
        """Append a time-stamp of `octets`."""
        return self.add(tag, *stamp_parts(octets, self.maker.namespace, at=at), namespace=namespace)

    def value_stamp(self, at: datetime = SIGNED_AT) -> Element:
        return self.stamp("SignatureTimeStamp", c14n(self.part("ds:SignatureValue")), at=at)

    def archive_octets(self, *, is_earlier: bool = False) -> bytes:
        """Return what an archive time-stamp covers that is appended now; `is_earlier` than
        1.4.1.
        """
        parts = [octets for _, octets in self.referenced()]
        parts += [
            c14n(self.part(f"ds:{name}")) for name in ("SignedInfo", "SignatureValue", "KeyInfo")
        ]
        parts += [c14n(element) for element in self.unsigned()]
        named = (
            {reference.get("URI") for reference, _ in self.referenced()} if is_earlier else set()
        )
        others = [
            holder
            for holder in self.signature.iterfind(f"{{{DS}}}Object")
            if not holder.findall(f"{{{self.maker.namespace}}}*")
        ]
        return b"".join(
            [*parts, *(c14n(holder) for holder in others if f"#{holder.get('Id')}" not in named)]
        )


def make(maker: Maker | None = None, document: str = DOCUMENT) -> Made:
    """Sign `document` where `PLACE` stands in it."""
    used = maker or Maker()
    root = etree.fromstring(document.replace(PLACE, used.markup()))
    return _complete(root, used)


def countersign(master: Made, maker: Maker) -> Made:
    """Put a counter-signature into the master; its tree is the master's."""
    holder = master.add("CounterSignature", maker.markup())
    assert holder is not None
    return _complete(master.root, maker)


def _complete(root: Element, maker: Maker) -> Made:
    (signature,) = [
        element for element in root.iter(f"{{{DS}}}Signature") if element.get("Id") == maker.name
    ]
    made = Made(root, signature, maker)
    for reference, octets in made.referenced():
        value = reference.find(f"{{{DS}}}DigestValue")
        assert value is not None
        value.text = b64(hashlib.new(_DIGESTS[maker.digest], octets).digest())
    made.part("ds:SignatureValue").text = b64(value_of(maker, c14n(made.part("ds:SignedInfo"))))
    return made


def _digested(root: Element, signature: Element, uri: str) -> bytes:
    if uri:
        (target,) = root.xpath("//*[@Id=$wanted]", wanted=uri[1:])
        if signature not in target.iterdescendants():
            return c14n(target)
        bare = copy.deepcopy(target)
        (own,) = (
            one for one in bare.iter(f"{{{DS}}}Signature") if one.get("Id") == signature.get("Id")
        )
        own.getparent().remove(own)
        return c14n(bare)
    place = root.getroottree().getpath(signature)
    bare = copy.deepcopy(root)
    (own,) = bare.xpath(
        place, namespaces={key: value for key, value in signature.nsmap.items() if key}
    )
    own.getparent().remove(own)
    return c14n(bare.getroottree())


def value_of(maker: Maker, octets: bytes) -> bytes:
    hashed = hashes.SHA1() if maker.algorithm.endswith("sha1") else hashes.SHA256()
    key = maker.identity.key
    if isinstance(key, ec.EllipticCurvePrivateKey):
        return b"".join(
            number.to_bytes(32, "big")
            for number in decode_dss_signature(key.sign(octets, ec.ECDSA(hashed)))
        )
    return key.sign(octets, padding.PKCS1v15(), hashed)


def stamp_parts(octets: bytes, namespace: str, *, at: datetime = SIGNED_AT) -> tuple[str, str]:
    token = WORLD.timestamp_token(("sha256", hashlib.sha256(octets).digest()), at)
    method = f'<CanonicalizationMethod xmlns="{DS}" Algorithm="{EXC}"/>'
    return (
        method,
        f'<EncapsulatedTimeStamp xmlns="{namespace}">{b64(token)}</EncapsulatedTimeStamp>',
    )


def x509_data(*ders: bytes) -> str:
    return (
        f"<ds:X509Data>"
        f"{''.join(f'<ds:X509Certificate>{b64(der)}</ds:X509Certificate>' for der in ders)}<"
        f"/ds:X509Data>"
    )


def v2(der: bytes, *, digest: str = SHA256) -> str:
    return f"<SigningCertificateV2><Cert>{_cert_digest(der, digest)}</Cert></SigningCertificateV2>"


def v1(
    der: bytes, *, issuer: str | None = None, serial: int | None = None, digest: str = SHA256
) -> str:
    certificate = x509.Certificate.load(der)
    name = Certificate.load(der).issuer_text if issuer is None else issuer
    number = certificate.serial_number if serial is None else serial
    return (
        f"<SigningCertificate><Cert>{_cert_digest(der, digest)}<IssuerSerial>"
        f"<ds:X509IssuerName>{name}</ds:X509IssuerName>"
        f"<ds:X509SerialNumber>{number}</ds:X509SerialNumber></IssuerSerial></Cert></"
        f"SigningCertificate>"
    )


def _cert_digest(der: bytes, digest: str) -> str:
    value = b64(hashlib.new(_DIGESTS[digest], der).digest())
    return (
        f'<CertDigest><ds:DigestMethod Algorithm="{digest}"/><ds:DigestValue>{value}</'
        f"ds:DigestValue></CertDigest>"
    )


def judged(
    octets: bytes,
    *,
    at: datetime = JUDGED_AT,
    detached: Mapping[str, bytes] | None = None,
    has_trust: bool = True,
) -> Report:
    """Judge with the world's anchors, CAs and CRLs."""
    certificates = [Certificate.load(der) for der in WORLD.intermediates_der]
    evidence = Evidence.of(
        certificates=certificates, crls=WORLD.crls(SIGNED_AT + timedelta(hours=1))
    )
    trust = (
        TrustStore.of(Certificate.load(der) for der in WORLD.anchors_der)
        if has_trust
        else TrustStore()
    )
    return Verifier(trust=trust, evidence=evidence).verify_any(
        octets, at=at, detached=detached or {}
    )
