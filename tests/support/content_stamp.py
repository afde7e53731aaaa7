"""Signatures with a time-stamp of the content among their signed properties, as a program of others
may write them.
"""

import base64
import hashlib
from collections.abc import Callable

from lxml import etree

from hocba_sign.crypto.signer import SoftwareSigner, default_algorithm
from hocba_sign.model.workflow import Slot
from hocba_sign.xades.syntax import names
from hocba_sign.xades.transcript.read import signature_elements
from hocba_sign.xml.c14n import C14nAlgorithm, canonicalize
from hocba_sign.xml.layout import CANONICAL
from hocba_sign.xml.parse import parse

_EXCLUSIVE = C14nAlgorithm.EXCLUSIVE


def with_content_stamp(
    document: bytes, slot: Slot, *, signer: SoftwareSigner, token_of: Callable[[bytes], bytes]
) -> bytes:
    """Put a time-stamp into the signature of a slot that no other one covers, and sign it again.

    `token_of` makes the token from the SHA-256 of the octets.
    """
    xml = parse(document)
    signature = signature_elements(xml.root, CANONICAL)[slot]
    (signed_info,) = signature.iterchildren(names.SIGNED_INFO)
    *references, own = signed_info.iterchildren(names.REFERENCE)
    content = b"".join(
        canonicalize(xml.ids[reference.get("URI", "#")[1:]], _EXCLUSIVE) for reference in references
    )
    (properties,) = signature.iter(names.SIGNED_PROPERTIES)
    (holder,) = properties.iterchildren(names.SIGNED_DATA_OBJECT_PROPERTIES)
    stamp = etree.SubElement(holder, names.xades("AllDataObjectsTimeStamp"))
    etree.SubElement(stamp, names.CANONICALIZATION_METHOD, Algorithm=_EXCLUSIVE.value)
    token = token_of(hashlib.sha256(content).digest())
    etree.SubElement(stamp, names.ENCAPSULATED_TIME_STAMP).text = base64.b64encode(token).decode()
    (digest_value,) = own.iterchildren(names.DIGEST_VALUE)
    digest_value.text = base64.b64encode(
        hashlib.sha256(canonicalize(properties, _EXCLUSIVE)).digest()
    ).decode()
    (value,) = signature.iterchildren(names.SIGNATURE_VALUE)
    octets = canonicalize(signed_info, _EXCLUSIVE)
    value.text = base64.b64encode(
        signer.sign(octets, default_algorithm(signer.public_key))
    ).decode()
    return etree.tostring(xml.root.getroottree(), encoding="UTF-8", xml_declaration=True)
