"""What .NET's SignedXml writes in Vietnamese e-invoices, made without hocba_sign and without .NET.

Inclusive canonicalization of SignedInfo is done by writing it canonically from the start; lxml's
inclusive form of a whole document and its exclusive form of a sub-tree are right.
"""

import hashlib
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA1, SHA256
from lxml import etree

DS = "http://www.w3.org/2000/09/xmldsig#"
ENVELOPED = f"{DS}enveloped-signature"
INCLUSIVE = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"
EXCLUSIVE = "http://www.w3.org/2001/10/xml-exc-c14n#"
XSI = ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
METHODS = {
    "sha256": (
        SHA256(),
        "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256",
        "http://www.w3.org/2001/04/xmlenc#sha256",
    ),
    "sha1": (SHA1(), f"{DS}rsa-sha1", f"{DS}sha1"),
}
DOCUMENT = f"""<HDon{XSI}><DLHDon Id="data"><TTChung><SHDon>17</SHDon></TTChung>
  <NMua><Ten>Nguyễn Văn An</Ten></NMua></DLHDon><DSCKS><NBan>{{signature}}</NBan></DSCKS></HDon>"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Invoice:
    """`uri` and `transforms` of the reference to the data; `time` are the transforms of the
    reference to the signing time, if it is signed.
    """

    uri: str = ""
    transforms: tuple[str, ...] = (ENVELOPED,)
    time: tuple[str, ...] | None = (EXCLUSIVE,)
    digest: str = "sha256"
    forgets_namespaces: bool = False

    def sign(self, key: RSAPrivateKey, certificate_der: bytes) -> bytes:
        """Sign as SignedXml does: the signature stands in the document only afterwards, an
        enveloped transform elsewhere removes nothing.

        With `forgets_namespaces` the SignedInfo is canonicalized before it has the document's
        namespaces.
        """
        hash_, method, _ = METHODS[self.digest]
        stamped = (
            f'<Object xmlns="{DS}" Id="SigningTime-1"><SignatureProperties '
            f'xmlns=""><SignatureProperty Id="t" Target="#nowhere">'
            "<SigningTime>2026-06-01T10:00:00</SigningTime></SignatureProperty></"
            "SignatureProperties></Object>"
        )
        document = etree.fromstring(DOCUMENT.format(signature=""))
        references = self._reference(self.uri, self.transforms, self._data(document))
        if self.time is not None:
            octets = _canonical(etree.fromstring(stamped), is_exclusive=True)
            if EXCLUSIVE not in self.time:
                octets = octets.replace(f'xmlns="{DS}"'.encode(), f'xmlns="{DS}"{XSI}'.encode(), 1)
            references += self._reference("#SigningTime-1", self.time, octets)
        inner = (
            f'<CanonicalizationMethod Algorithm="{INCLUSIVE}"></CanonicalizationMethod>'
            f'<SignatureMethod Algorithm="{method}"></SignatureMethod>'
            f"{references}"
        )
        inherited = "" if self.forgets_namespaces else XSI
        value = key.sign(
            f'<SignedInfo xmlns="{DS}"{inherited}>{inner}</SignedInfo>'.encode(), PKCS1v15(), hash_
        )
        signature = (
            f'<Signature Id="NBan" xmlns="{DS}"><SignedInfo>{inner}</SignedInfo>'
            f"<SignatureValue>{_base64(value)}</SignatureValue><KeyInfo>"
            f"<X509Data><X509SubjectName>CN=x</X509SubjectName>"
            f"<X509Certificate>{_base64(certificate_der)}</X509Certificate></X509Data></KeyInfo>"
            f"{stamped.replace(f' xmlns={chr(34)}{DS}{chr(34)}', '') if self.time is not None else ''}</Signature>"
        )
        return DOCUMENT.format(signature=signature).encode()

    def _data(self, document: etree._Element) -> bytes:
        is_exclusive = EXCLUSIVE in self.transforms
        if not self.uri:
            return _canonical(document, is_exclusive=is_exclusive)
        part = document[0]
        octets = _canonical(part, is_exclusive=True)
        # The inclusive form of a direct child of the root, which declares nothing itself, differs
        # by the root's namespaces.
        return (
            octets
            if is_exclusive
            else octets.replace(b"<DLHDon ", b"<DLHDon" + XSI.encode() + b" ", 1)
        )

    def _reference(self, uri: str, transforms: Sequence[str], octets: bytes) -> str:
        chain = "".join(f'<Transform Algorithm="{name}"></Transform>' for name in transforms)
        value = _base64(hashlib.new(self.digest, octets).digest())
        return (
            f'<Reference URI="{uri}"><Transforms>{chain}</Transforms><DigestMethod '
            f'Algorithm="{METHODS[self.digest][2]}"></DigestMethod>'
            f"<DigestValue>{value}</DigestValue></Reference>"
        )


def _canonical(element: etree._Element, *, is_exclusive: bool) -> bytes:
    return etree.tostring(element, method="c14n", exclusive=is_exclusive, with_comments=False)


def _base64(octets: bytes) -> str:
    return b64encode(octets).decode()
