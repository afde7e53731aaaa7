"""Who holds a key in the test world: a person, an organisation, a time-stamp authority or a
certification authority.
"""

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.serialization import pkcs12

from hocba_sign.frozen_dataclass import dataclass
from hocba_sign.testing.certificates import Issuer, Subject
from hocba_sign.testing.keys import InsecureKey


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """A certificate with its INSECURE test key.

    `chain_der` begins with the certificate itself, then the issuers, nearest first, the anchor
        last.
    `authority` is the slug of the issuing authority.
    """

    name: str
    certificate_der: bytes
    key: InsecureKey
    chain_der: tuple[bytes, ...]
    authority: str
    serial: int

    @property
    def certificate_pem(self) -> bytes:
        """Return the certificate in PEM."""
        return pem(self.certificate_der)

    @property
    def chain_pem(self) -> bytes:
        """Return certificate, intermediates and anchor in PEM, one after the other."""
        return b"".join(map(pem, self.chain_der))

    @property
    def key_pem(self) -> bytes:
        """Return the key in PEM, PKCS#8, not encrypted."""
        return self.key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )

    def encrypted_key_pem(self, password: bytes) -> bytes:
        """Return the key in PEM, PKCS#8, encrypted; the bytes differ from call to call."""
        encryption = serialization.BestAvailableEncryption(password)
        return self.key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, encryption
        )

    def p12(self, password: bytes) -> bytes:
        """Return key, certificate and chain as PKCS#12; the bytes differ from call to call, because
        the salt is random.
        """
        issuers = [x509.load_der_x509_certificate(der) for der in self.chain_der[1:]]
        certificate = x509.load_der_x509_certificate(self.certificate_der)
        encryption = (
            serialization.BestAvailableEncryption(password)
            if password
            else serialization.NoEncryption()
        )
        return pkcs12.serialize_key_and_certificates(
            self.name.encode(), self.key, certificate, issuers, encryption
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateAuthority:
    """A certification authority; `parent` is None for a root, `chain_der` as in `Identity`."""

    slug: str
    subject: Subject
    certificate_der: bytes
    key: InsecureKey
    chain_der: tuple[bytes, ...]
    parent: str | None
    serial: int

    @property
    def certificate_pem(self) -> bytes:
        """Return the certificate in PEM."""
        return pem(self.certificate_der)

    @property
    def issuer(self) -> Issuer:
        """Return what `certificates.issue` signs with."""
        return Issuer(subject=self.subject, key=self.key)


def pem(certificate_der: bytes) -> bytes:
    """Encode a certificate in PEM, whether or not its content is sensible."""
    return x509.load_der_x509_certificate(certificate_der).public_bytes(serialization.Encoding.PEM)
