"""From level T to LT and LTA: put validation data and archive time-stamps into signatures, nothing
else changes.

What to embed is for the caller to decide, who has validated the signatures; this module writes. No
archive time-stamp covers what is put into another signature, so all of them grow at once.
"""

import base64
from collections.abc import Mapping

from hocba_sign.errors import CallerError
from hocba_sign.model.workflow import Slot
from hocba_sign.signing.validation_data import ValidationData
from hocba_sign.signing.xml.opened import OpenXml
from hocba_sign.xades.syntax import names
from hocba_sign.xades.syntax.canonicalization import Method
from hocba_sign.xades.syntax.imprints import archive_parts
from hocba_sign.xades.transcript.read import transcript_resolver
from hocba_sign.xml.c14n import C14nAlgorithm
from hocba_sign.xml.namespaces import DS, XADES, XADES141
from hocba_sign.xml.tree import Element

_METHOD = Method(C14nAlgorithm.EXCLUSIVE)


def with_validation_data(opened: OpenXml, data: Mapping[Slot, ValidationData]) -> OpenXml:
    """Embed validation data in the signatures of the slots; those without any stay as they are.

    The first goes into CertificateValues and RevocationValues, later ones into a
    TimeStampValidationData of their own, for an archive time-stamp may cover what is there.
    Raises: CallerError `EXTEND.NO_TIME_STAMP` when a signature has no unsigned properties yet,
    `EXTEND.COVERED` when others cover it.
    Spec: EN 319 132-1, 5.4 and 5.5.1.
    """
    fragments = {}
    for slot, lacking in data.items():
        if lacking:
            holder = _holder(opened, slot)
            fragments[holder] = _values(lacking, holder).encode()
    return OpenXml.of(opened.with_fragments(fragments)) if fragments else opened


def octets_to_archive(opened: OpenXml, slots: tuple[Slot, ...]) -> Mapping[Slot, bytes]:
    """Return the octets that the next archive time-stamp of each signature must be of.

    Spec: EN 319 132-1, 5.5.2.2.
    """
    resolver = transcript_resolver(opened.xml, opened.places.layout)
    return {
        slot: b"".join(
            # It will be put last, so all unsigned properties that stand now come before it.
            archive_parts(opened.signature(slot), _METHOD, resolver=resolver, before=None)
        )
        for slot in slots
    }


def with_archive_time_stamps(opened: OpenXml, tokens_der: Mapping[Slot, bytes]) -> OpenXml:
    """Put an archive time-stamp token on each signature; that it is of the right octets is checked
    by reading it back.

    Raises: as `with_validation_data`.
    """
    fragments = {
        _holder(opened, slot): _archive_time_stamp(token_der)
        for slot, token_der in tokens_der.items()
    }
    return OpenXml.of(opened.with_fragments(fragments))


def _archive_time_stamp(token_der: bytes) -> bytes:
    return (
        # Prefixes are declared where they are used: the document around may bind them otherwise.
        f'<xades141:ArchiveTimeStamp xmlns:xades141="{XADES141}">'
        f'<ds:CanonicalizationMethod xmlns:ds="{DS}" '
        f'Algorithm="{_METHOD.algorithm}"></ds:CanonicalizationMethod>'
        f'<xades:EncapsulatedTimeStamp xmlns:xades="{XADES}">{_base64(token_der)}</'
        f"xades:EncapsulatedTimeStamp>"
        "</xades141:ArchiveTimeStamp>"
    ).encode()


def _holder(opened: OpenXml, slot: Slot) -> Element:
    opened.require_uncovered(slot)
    holder = opened.signature(slot).find(names.UNSIGNED_PATH)
    if holder is None:
        raise CallerError("EXTEND.NO_TIME_STAMP", where=str(slot))
    return holder


def _values(data: ValidationData, holder: Element) -> str:
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
    if (
        holder.find(names.CERTIFICATE_VALUES) is None
        and holder.find(names.REVOCATION_VALUES) is None
    ):
        return written
    return (
        f"<xades141:TimeStampValidationData "
        f'xmlns:xades141="{XADES141}">{written}</xades141:TimeStampValidationData>'
    )


def _item(name: str, der: bytes) -> str:
    return f"<xades:{name}>{_base64(der)}</xades:{name}>"


def _base64(octets: bytes) -> str:
    return base64.b64encode(octets).decode()
