"""PDF files as signing tools of others write them: older forms of signatures, tags, files written
anew.
"""

import hashlib
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from io import BytesIO
from typing import Any

from asn1crypto import algos, cms, keys, x509
from cryptography.hazmat.primitives.asymmetric import ec, padding
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA1, SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.crypt import StandardSecurityHandler, StandardSecuritySettingsRevision
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.pdf_utils.writer import copy_into_new_writer
from pyhanko.sign import PdfSignatureMetadata, PdfSigner, SimpleSigner
from pyhanko.sign.fields import SigFieldSpec, SigSeedSubFilter, append_signature_field
from pyhanko.sign.signers.pdf_signer import PdfSigningSession
from pyhanko.stamp import BaseStampStyle
from pyhanko_certvalidator.registry import SimpleCertificateStore

from hocba_sign.pades.facts.form import FieldBox, NewField, PlannedRevision
from hocba_sign.pades.write_pdf import engine, fill
from hocba_sign.testing import Identity

PADES, ADOBE = SigSeedSubFilter.PADES, SigSeedSubFilter.ADOBE_PKCS7_DETACHED
Box = tuple[int, int, int, int]


class _Signing(PdfSigner):
    """pyHanko's signer with another clock."""

    at: datetime

    def init_signing_session(self, *given: Any, **options: Any) -> PdfSigningSession:
        session = super().init_signing_session(*given, **options)
        session.system_time = self.at
        return session


class _Kept(BaseStampStyle):
    """Leaves the picture that the newest field has."""

    def create_stamp(self, *_: Any, **__: Any) -> Any:
        return self

    def apply_appearance(self, _: Any) -> None:
        """Do nothing."""


def signed_by_pyhanko(
    octets: bytes,
    identity: Identity,
    *,
    field: str,
    at: datetime,
    kind: SigSeedSubFilter = PADES,
    box: Box | None = None,
    besides: Callable[[IncrementalPdfFileWriter], None] | None = None,
    is_encrypted: bool = False,
    has_stamp: bool = True,
    is_new: bool = True,
) -> bytes:
    """Let pyHanko sign in a field that is new unless told otherwise, with its own picture or that
    which the field has; `besides` changes more in the same revision, after the field is there.

    `is_encrypted`: the file asks nobody for a password though it is encrypted, as
    `with_owner_password` makes it.
    """
    key = identity.key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    certificates = [x509.Certificate.load(der) for der in identity.chain_der]
    signer = SimpleSigner(
        signing_cert=certificates[0],
        signing_key=keys.PrivateKeyInfo.load(key),
        cert_registry=SimpleCertificateStore.from_certs(certificates),
    )
    writer = IncrementalPdfFileWriter(BytesIO(octets), strict=False)
    if is_encrypted:
        writer.encrypt("")
    if is_new:
        append_signature_field(writer, SigFieldSpec(field, on_page=0, box=box))
    if besides is not None:
        besides(writer)
    output = BytesIO()
    made = _Signing(
        PdfSignatureMetadata(field_name=field, subfilter=kind, md_algorithm="sha256"), signer
    )
    made.at = at
    if not has_stamp:
        made.stamp_style = _Kept()
    made.sign_pdf(writer, output=output)
    return output.getvalue()


def with_owner_password(octets: bytes, kind: str, *, user: str = "") -> bytes:
    """Encrypt with `kind` (`rc4`, `aes128`, `aes256`); whoever has no password may open the file,
    unless `user` is one.
    """
    writer: Any = copy_into_new_writer(PdfFileReader(BytesIO(octets)))
    identifier = hashlib.sha256(octets).digest()[:16]
    writer._document_id = generic.ArrayObject([generic.ByteStringObject(identifier)] * 2)
    if kind == "aes256":
        handler = StandardSecurityHandler.build_from_pw("owner", user, pdf_mac=False)
    else:
        handler = StandardSecurityHandler.build_from_pw_legacy(
            StandardSecuritySettingsRevision.RC4_OR_AES128,
            identifier,
            "owner",
            user,
            keylen_bytes=16,
            use_aes128=kind == "aes128",
        )
    writer._assign_security_handler(handler)
    output = BytesIO()
    writer.write(output)
    return output.getvalue()


def signed_as_pkcs7(
    octets: bytes,
    identity: Identity,
    *,
    field: str,
    at: datetime,
    digest: str = "sha256",
    has_attributes: bool = True,
    box: Box | None = None,
) -> bytes:
    """Sign as adbe.pkcs7.detached with content type and message digest as the only signed
    attributes, or with none; the certificate alone.
    """
    place = None if box is None else FieldBox(page=0, box=box)
    new = (NewField(name=field, label=field, place=place, locked_fields=()),)
    gap = engine().append_gap(
        octets,
        PlannedRevision(
            field=field, room=4_000, digest_name=digest, signing_time=at, new_fields=new
        ),
    )
    before, _, after = gap.octets.rpartition(b"/ETSI.CAdES.detached")
    gap = replace(gap, octets=before + b"/adbe.pkcs7.detached" + after)
    covered = hashlib.new(digest, gap.covered).digest()
    attributes = cms.CMSAttributes(
        [
            {"type": "content_type", "values": ["data"]},
            {"type": "message_digest", "values": [covered]},
        ]
    )
    made, name = _value(identity, attributes.dump() if has_attributes else gap.covered, digest)
    certificate = x509.Certificate.load(identity.certificate_der)
    info = cms.SignerInfo(
        {
            "version": "v1",
            "sid": {
                "issuer_and_serial_number": {
                    "issuer": certificate.issuer,
                    "serial_number": certificate.serial_number,
                }
            },
            "digest_algorithm": algos.DigestAlgorithm({"algorithm": digest}),
            **({"signed_attrs": attributes} if has_attributes else {}),
            "signature_algorithm": {"algorithm": name},
            "signature": made,
        }
    )
    content = cms.SignedData(
        {
            "version": "v1",
            "digest_algorithms": [algos.DigestAlgorithm({"algorithm": digest})],
            "encap_content_info": {"content_type": "data"},
            "certificates": [certificate],
            "signer_infos": [info],
        }
    )
    return fill(gap, cms.ContentInfo({"content_type": "signed_data", "content": content}).dump())


def _value(identity: Identity, octets: bytes, digest: str) -> tuple[bytes, str]:
    algorithm = SHA1() if digest == "sha1" else SHA256()
    key = identity.key
    if isinstance(key, RSAPrivateKey):
        return key.sign(octets, padding.PKCS1v15(), algorithm), f"{digest}_rsa"
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    return key.sign(octets, ec.ECDSA(algorithm)), f"{digest}_ecdsa"
