"""From level T to LT and LTA: put validation data and archive time-stamps into a signature, nothing
else changes.

What to embed is for the caller to decide, who has validated the signature; this module writes.
"""

import base64
from collections.abc import Iterable
from dataclasses import dataclass

from hocba_sign.errors import CallerError
from hocba_sign.model.workflow import Slot
from hocba_sign.signing.xml.enclosure import require_open
from hocba_sign.xades.syntax import names
from hocba_sign.xades.syntax.canonicalization import Method
from hocba_sign.xades.syntax.imprints import archive_parts
from hocba_sign.xades.transcript.read import signature_elements
from hocba_sign.xades.transcript.references import TranscriptResolver
from hocba_sign.xml.c14n import C14nAlgorithm
from hocba_sign.xml.layout import recognise
from hocba_sign.xml.names import DS, XADES, XADES141
from hocba_sign.xml.parse import parse
from hocba_sign.xml.splice import insert, path_of
from hocba_sign.xml.tree import Element

_METHOD = Method(C14nAlgorithm.EXCLUSIVE)


@dataclass(frozen=True, slots=True, kw_only=True)
class ValidationData:
    """Certificates, CRLs and OCSP responses in DER, each once."""

    certificates: tuple[bytes, ...] = ()
    crls: tuple[bytes, ...] = ()
    ocsps: tuple[bytes, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.certificates or self.crls or self.ocsps)

    def without(self, held: Iterable[bytes]) -> "ValidationData":
        """Leave out what is embedded already."""
        known = frozenset(held)
        return ValidationData(
            certificates=tuple(der for der in self.certificates if der not in known),
            crls=tuple(der for der in self.crls if der not in known),
            ocsps=tuple(der for der in self.ocsps if der not in known),
        )


def with_validation_data(octets: bytes, slot: Slot, *, data: ValidationData) -> bytes:
    """Embed validation data in the signature of `slot`.

    The first goes into CertificateValues and RevocationValues, later ones into a
    TimeStampValidationData of their own, for an archive time-stamp may cover what is there.
    Raises: CallerError `EXTEND.NO_TIME_STAMP` when the signature has no unsigned properties yet,
    `EXTEND.COVERED` when others cover it.
    Spec: EN 319 132-1, 5.4 and 5.5.1.
    """
    signature = _signature(octets, slot)
    holder = _holder(signature, slot)
    values = _values(data)
    if (
        holder.find(names.CERTIFICATE_VALUES) is not None
        or holder.find(names.REVOCATION_VALUES) is not None
    ):
        values = (
            f"<xades141:TimeStampValidationData "
            f'xmlns:xades141="{XADES141}">{values}</xades141:TimeStampValidationData>'
        )
    return insert(octets, path_of(holder), fragment=values.encode())


def octets_to_archive(octets: bytes, slot: Slot) -> bytes:
    """Return the octets that the next archive time-stamp on the signature of `slot` must be of.

    Spec: EN 319 132-1, 5.5.2.2.
    """
    xml = parse(octets)
    signature = signature_elements(xml.root, recognise(xml.root)).get(slot)
    if signature is None:
        raise CallerError("SIGN.NO_SUCH_SLOT", where=str(slot))
    return b"".join(
        archive_parts(signature, _METHOD, resolver=TranscriptResolver(xml.ids), before=None)
    )


def with_archive_time_stamp(octets: bytes, slot: Slot, *, token_der: bytes) -> bytes:
    """Put an archive time-stamp token on the signature of `slot`; that it is of the right octets is
    checked by reading it back.
    """
    stamp = (
        f'<xades141:ArchiveTimeStamp xmlns:xades141="{XADES141}">'
        f'<ds:CanonicalizationMethod xmlns:ds="{DS}" '
        f'Algorithm="{_METHOD.algorithm}"></ds:CanonicalizationMethod>'
        f'<xades:EncapsulatedTimeStamp xmlns:xades="{XADES}">{_base64(token_der)}</'
        f"xades:EncapsulatedTimeStamp>"
        "</xades141:ArchiveTimeStamp>"
    )
    return insert(octets, path_of(_holder(_signature(octets, slot), slot)), fragment=stamp.encode())


def _signature(octets: bytes, slot: Slot) -> Element:
    xml = parse(octets)
    require_open(xml, slot)
    signature = signature_elements(xml.root, recognise(xml.root)).get(slot)
    if signature is None:
        raise CallerError("SIGN.NO_SUCH_SLOT", where=str(slot))
    return signature


def _holder(signature: Element, slot: Slot) -> Element:
    holder = signature.find(names.UNSIGNED_PATH)
    if holder is None:
        raise CallerError("EXTEND.NO_TIME_STAMP", where=str(slot))
    return holder


def _values(data: ValidationData) -> str:
    written = ""
    if data.certificates:
        items = "".join(_item("EncapsulatedX509Certificate", der) for der in data.certificates)
        written += (
            f'<xades:CertificateValues xmlns:xades="{XADES}">{items}</xades:CertificateValues>'
        )
    if data.crls or data.ocsps:
        crls = "".join(_item("EncapsulatedCRLValue", der) for der in data.crls)
        ocsps = "".join(_item("EncapsulatedOCSPValue", der) for der in data.ocsps)
        crls = f"<xades:CRLValues>{crls}</xades:CRLValues>" if crls else ""
        ocsps = f"<xades:OCSPValues>{ocsps}</xades:OCSPValues>" if ocsps else ""
        written += (
            f'<xades:RevocationValues xmlns:xades="{XADES}">{crls}{ocsps}</xades:RevocationValues>'
        )
    return written


def _item(name: str, der: bytes) -> str:
    return f"<xades:{name}>{_base64(der)}</xades:{name}>"


def _base64(octets: bytes) -> str:
    return base64.b64encode(octets).decode()
