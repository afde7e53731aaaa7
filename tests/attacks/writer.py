"""An XML signature writer of the attackers': it shares no code with the library, and asks no
question.

A document is text with the mark `@@S@@` where the signature goes. Digests and value are put in as
text, so what an attacker writes stays as it is.
"""

import base64
import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from typing import Final

from asn1crypto import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from lxml import etree

from hocba_sign.testing import Identity, World
from tests.support.scene import SIGNED_AT

DS: Final = "http://www.w3.org/2000/09/xmldsig#"
XADES: Final = "http://uri.etsi.org/01903/v1.3.2#"
XADES141: Final = "http://uri.etsi.org/01903/v1.4.1#"
EXC: Final = "http://www.w3.org/2001/10/xml-exc-c14n#"
EXC_COMMENTS: Final = f"{EXC}WithComments"
INC: Final = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"
ENVELOPED: Final = f"{DS}enveloped-signature"
BASE64: Final = f"{DS}base64"
SHA1: Final = f"{DS}sha1"
SHA256: Final = "http://www.w3.org/2001/04/xmlenc#sha256"
SHA512: Final = "http://www.w3.org/2001/04/xmlenc#sha512"
MORE: Final = "http://www.w3.org/2001/04/xmldsig-more#"
ECDSA_SHA256: Final = f"{MORE}ecdsa-sha256"
RSA_SHA256: Final = f"{MORE}rsa-sha256"
SIGNED_PROPERTIES: Final = "http://uri.etsi.org/01903#SignedProperties"
COUNTERSIGNED: Final = "http://uri.etsi.org/01903#CountersignedSignature"
MARK: Final = "@@S@@"

_DIGESTS: Final = {
    SHA1: "sha1",
    SHA256: "sha256",
    SHA512: "sha512",
    f"{MORE}md5": "md5",
    f"{MORE}sha224": "sha224",
}
_DIGEST_SLOT: Final = re.compile(r"@@D(\d+)@@")
_PAST: Final = SIGNED_AT - timedelta(hours=1)
_SPELLINGS: Final = "//*[@*[translate(local-name(), 'ID', 'id') = 'id'] = $wanted]"

WORLD: Final = World(SIGNED_AT, fast=True)
PERSON: Final = WORLD.person("Nguyễn Thị Ví Dụ", "001199000001")
OTHER: Final = WORLD.person("Trần Văn Thử", "001199000002")
Element = etree._Element
Octets = Callable[[Element, Element], bytes]
"""From the root and the ds:Signature, with all earlier digests in it, to the octets of one
reference.
"""


def transform(uri: str, content: str = "") -> str:
    return f'<ds:Transform Algorithm="{uri}">{content}</ds:Transform>'


@dataclass(frozen=True, slots=True, kw_only=True)
class Ref:
    """One ds:Reference; `transforms` is the content of ds:Transforms, `octets` what is digested if
    not what `uri` and `transforms` say.
    """

    uri: str | None
    transforms: str = transform(EXC)
    digest: str = SHA256
    attributes: str = ""
    octets: Octets | bytes | None = None
    value: str | None = None

    def markup(self, number: int) -> str:
        uri = "" if self.uri is None else f' URI="{self.uri}"'
        holder = f"<ds:Transforms>{self.transforms}</ds:Transforms>" if self.transforms else ""
        value = f"@@D{number}@@" if self.value is None else self.value
        return (
            f"<ds:Reference{uri}{self.attributes}>{holder}<ds:DigestMethod "
            f'Algorithm="{self.digest}"></ds:DigestMethod>'
            f"<ds:DigestValue>{value}</ds:DigestValue></ds:Reference>"
        )


@dataclass(frozen=True, kw_only=True)
class Sig:
    """One ds:Signature.

    `properties`, `key_info` and `method` are raw markup that replaces what an honest writer writes.

    `value` gives the octets of the signature value from those of SignedInfo; `objects` is further
    content at the end.
    """

    refs: tuple[Ref, ...]
    identity: Identity = PERSON
    algorithm: str = ECDSA_SHA256
    c14n: str = EXC
    identifier: str = "ck"
    method: str = ""
    is_xades: bool = True
    properties: str | None = None
    properties_ref: Ref | None = None
    unsigned: str = ""
    key_info: str | None = None
    objects: str = ""
    value: Callable[[bytes, Identity], bytes] | None = None
    attributes: str = ""
    c14n_content: str = ""

    @cached_property
    def all_refs(self) -> tuple[Ref, ...]:
        if not self.is_xades:
            return self.refs
        usual = Ref(uri=f"#{self.identifier}-tt", attributes=f' Type="{SIGNED_PROPERTIES}"')
        return (*self.refs, self.properties_ref or usual)

    def signed_info(self) -> str:
        refs = "".join(ref.markup(number) for number, ref in enumerate(self.all_refs))
        return (
            f"<ds:SignedInfo><ds:CanonicalizationMethod "
            f'Algorithm="{self.c14n}">{self.c14n_content}</ds:CanonicalizationMethod>'
            f'<ds:SignatureMethod Algorithm="{self.algorithm}">{self.method}</'
            f"ds:SignatureMethod>{refs}</ds:SignedInfo>"
        )

    def markup(self) -> str:
        key_info = (
            x509_data(*self.identity.chain_der[:2]) if self.key_info is None else self.key_info
        )
        holder = f"<ds:KeyInfo>{key_info}</ds:KeyInfo>" if key_info else ""
        return (
            f'<ds:Signature xmlns:ds="{DS}" Id="{self.identifier}"{self.attributes}>'
            f"{self.signed_info()}"
            f'<ds:SignatureValue Id="{self.identifier}-gt">@@V@@</'
            f"ds:SignatureValue>{holder}{self.qualifying()}{self.objects}</ds:Signature>"
        )

    def qualifying(self) -> str:
        if not self.is_xades:
            return ""
        signed = signed_properties(self) if self.properties is None else self.properties
        unsigned = (
            f"<xades:UnsignedProperties><xades:UnsignedSignatureProperties>{self.unsigned}"
            "</xades:UnsignedSignatureProperties></xades:UnsignedProperties>"
            if self.unsigned
            else ""
        )
        return (
            f'<ds:Object><xades:QualifyingProperties xmlns:xades="{XADES}" '
            f'Target="#{self.identifier}">{signed}{unsigned}'
            "</xades:QualifyingProperties></ds:Object>"
        )


def signed_properties(
    sig: Sig,
    *,
    identifier: str | None = None,
    certificate: str | None = None,
    time: str = "",
    more: str = "",
) -> str:
    """Write SignedProperties as an honest writer does; `certificate` replaces
    SigningCertificateV2.
    """
    formats = "".join(_format(ref) for ref in sig.refs if ' Id="' in ref.attributes)
    data = (
        f"<xades:SignedDataObjectProperties>{formats}</xades:SignedDataObjectProperties>"
        if formats
        else ""
    )
    return (
        f'<xades:SignedProperties Id="{identifier or f"{sig.identifier}-tt"}">'
        f"<xades:SignedSignatureProperties>"
        f"<xades:SigningTime>{time or _PAST.strftime('%Y-%m-%dT%H:%M:%SZ')}</xades:SigningTime>"
        f"{signing_certificate(sig.identity.certificate_der) if certificate is None else certificate}{more}"
        f"</xades:SignedSignatureProperties>{data}</xades:SignedProperties>"
    )


def _format(ref: Ref) -> str:
    identifier = ref.attributes.split(' Id="')[1].split('"')[0]
    return (
        f'<xades:DataObjectFormat ObjectReference="#{identifier}"><xades:MimeType>text/'
        f"xml</xades:MimeType></xades:DataObjectFormat>"
    )


def signing_certificate(
    der: bytes, *, issuer_serial: bytes | None = None, digest: str = SHA256
) -> str:
    value = hashlib.new(_DIGESTS[digest], der).digest()
    return (
        f"<xades:SigningCertificateV2><xades:Cert><xades:CertDigest><ds:DigestMethod "
        f'Algorithm="{digest}"></ds:DigestMethod>'
        f"<ds:DigestValue>{b64(value)}</ds:DigestValue></xades:CertDigest>"
        f"<xades:IssuerSerialV2>{b64(issuer_serial or issuer_serial_of(der))}</"
        f"xades:IssuerSerialV2></xades:Cert></xades:SigningCertificateV2>"
    )


def issuer_serial_of(der: bytes) -> bytes:
    """Return the DER of IssuerSerial (RFC 5035)."""
    tbs = x509.Certificate.load(der)["tbs_certificate"]
    names = _tlv(0x30, _tlv(0xA4, bytes(tbs["issuer"].dump())))
    return _tlv(0x30, names + bytes(tbs["serial_number"].dump()))


def _tlv(tag: int, content: bytes) -> bytes:
    size = len(content)
    octets = size.to_bytes((size.bit_length() + 7) // 8 or 1, "big")
    length = octets if size < 0x80 else bytes([0x80 | len(octets)]) + octets
    return bytes([tag]) + length + content


def x509_data(*ders: bytes) -> str:
    return (
        "<ds:X509Data>"
        + "".join(f"<ds:X509Certificate>{b64(der)}</ds:X509Certificate>" for der in ders)
        + "</ds:X509Data>"
    )


def key_value(identity: Identity) -> str:
    """Write the ds:KeyValue of an RSA key, or the ECKeyValue of one on P-256."""
    match identity.key.public_key():
        case rsa.RSAPublicKey() as key:
            numbers = key.public_numbers()
            modulus, exponent = (
                b64(number.to_bytes((number.bit_length() + 7) // 8, "big"))
                for number in (numbers.n, numbers.e)
            )
            return (
                f"<ds:KeyValue><ds:RSAKeyValue><ds:Modulus>{modulus}</ds:Modulus>"
                f"<ds:Exponent>{exponent}</ds:Exponent></ds:RSAKeyValue></ds:KeyValue>"
            )
        case ec.EllipticCurvePublicKey() as key:
            point = key.public_numbers()
            octets = b"\x04" + point.x.to_bytes(32, "big") + point.y.to_bytes(32, "big")
            return (
                '<ds:KeyValue><dsig11:ECKeyValue xmlns:dsig11="http://www.w3.org/2009/xmldsig11#">'
                '<dsig11:NamedCurve URI="urn:oid:1.2.840.10045.3.1.7"></dsig11:NamedCurve>'
                f"<dsig11:PublicKey>{b64(octets)}</dsig11:PublicKey></dsig11:ECKeyValue></"
                f"ds:KeyValue>"
            )


def b64(octets: bytes) -> str:
    return base64.b64encode(octets).decode()


def sign(document: str, sig: Sig) -> bytes:
    """Put `sig` where the mark stands, with every digest and the value right for what is there."""
    text = document.replace(MARK, sig.markup())
    for number, ref in enumerate(sig.all_refs):
        if ref.value is None:
            octets = ref.octets if isinstance(ref.octets, bytes) else _octets(text, sig, ref)
            text = text.replace(
                f"@@D{number}@@",
                b64(hashlib.new(_DIGESTS.get(ref.digest, "sha256"), octets).digest()),
                1,
            )
    _, signature = find(text, sig.identifier)
    signed_info = signature.find(f"{{{DS}}}SignedInfo")
    assert signed_info is not None
    value = (sig.value or honest_value(sig.algorithm))(c14n(signed_info, sig.c14n), sig.identity)
    return text.replace("@@V@@", b64(value)).encode()


def find(document: str | bytes, identifier: str) -> tuple[Element, Element]:
    """Return the root and the first element with this Id, by the attackers' own careless parser."""
    octets = document.encode() if isinstance(document, str) else document
    root = etree.fromstring(octets, etree.XMLParser(huge_tree=True, no_network=True))
    return root, root.xpath(_SPELLINGS, wanted=identifier)[0]


def _octets(text: str, sig: Sig, ref: Ref) -> bytes:
    root, signature = find(text, sig.identifier)
    if ref.octets is not None:
        assert not isinstance(ref.octets, bytes)
        return ref.octets(root, signature)
    uri = ref.uri or ""
    method = next((uri for uri in (EXC_COMMENTS, EXC, INC) if f'"{uri}"' in ref.transforms), INC)
    if uri in {"", "#xpointer(/)"}:
        if ENVELOPED in ref.transforms:
            cut(signature)
        return c14n(root.getroottree(), method)
    identifier = re.sub(r"""^#(?:xpointer\(id\(['"](.*)['"]\)\))?""", r"\1", uri)
    target = root.xpath(_SPELLINGS, wanted=identifier)[0]
    if ENVELOPED in ref.transforms and target in signature.iterancestors():
        cut(signature)
    return c14n(target, method)


def c14n(node: "Element | etree._ElementTree[Element]", method: str) -> bytes:
    """Canonicalize with libxml2, right for all that is written here."""
    octets: bytes = etree.tostring(
        node,
        method="c14n",
        exclusive=method.startswith(EXC),
        with_comments=method.endswith("WithComments"),
    )
    return octets


def cut(element: Element) -> None:
    """Remove an element; the text after it stays."""
    parent, before = element.getparent(), element.getprevious()
    assert parent is not None
    if element.tail:
        if before is None:
            parent.text = (parent.text or "") + element.tail
        else:
            before.tail = (before.tail or "") + element.tail
    parent.remove(element)


def honest_value(algorithm: str) -> Callable[[bytes, Identity], bytes]:
    """Return what makes the signature value that `algorithm` names; SHA-256 where it names
    no hash.
    """
    name = next(
        (name for name in ("sha512", "sha384", "sha1") if algorithm.endswith(name)), "sha256"
    )
    hashed = {
        "sha512": hashes.SHA512(),
        "sha384": hashes.SHA384(),
        "sha1": hashes.SHA1(),
        "sha256": hashes.SHA256(),
    }[name]

    def value(octets: bytes, identity: Identity) -> bytes:
        match identity.key:
            case rsa.RSAPrivateKey() as key:
                return key.sign(octets, padding.PKCS1v15(), hashed)
            case ec.EllipticCurvePrivateKey() as key:
                r, s = decode_dss_signature(
                    key.sign(octets, ec.ECDSA(hashed, deterministic_signing=True))
                )
                return r.to_bytes(32, "big") + s.to_bytes(32, "big")

    return value
