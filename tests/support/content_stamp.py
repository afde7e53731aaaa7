"""A time-stamp of the content among the signed properties, as a program of others may write one."""

import base64
from collections.abc import Callable

from lxml import etree

from hocba_sign.crypto.digests import SHA256, digest
from hocba_sign.testing.forge import Edit
from hocba_sign.xades.syntax import names
from hocba_sign.xml.c14n import C14nAlgorithm, canonicalize
from hocba_sign.xml.tree import Element

_EXCLUSIVE = C14nAlgorithm.EXCLUSIVE


def content_stamp(token_of: Callable[[bytes], bytes]) -> Edit:
    """Return the edit of a signature, before its digests are made, that puts in a time-stamp over
    all that it covers beside its own properties.

    `token_of` makes the token from the SHA-256 of the octets.
    """

    def put_in(signature: Element) -> None:
        *references, _ = signature.iter(names.REFERENCE)
        root = signature.getroottree().getroot()
        content = b"".join(
            canonicalize(root.xpath(f"//*[@Id='{reference.get('URI', '#')[1:]}']")[0], _EXCLUSIVE)
            for reference in references
        )
        (holder,) = signature.iter(names.SIGNED_DATA_OBJECT_PROPERTIES)
        stamp = etree.SubElement(holder, names.xades("AllDataObjectsTimeStamp"))
        etree.SubElement(stamp, names.CANONICALIZATION_METHOD, Algorithm=_EXCLUSIVE.value)
        token = token_of(digest(SHA256, content))
        etree.SubElement(stamp, names.ENCAPSULATED_TIME_STAMP).text = base64.b64encode(
            token
        ).decode()

    return put_in
