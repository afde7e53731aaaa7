"""Distinguished names prepared for comparison, where they hold nothing but printable ASCII and Vietnamese letters.

The full preparation of RFC 4518 costs ten RSA verifications for each name. For these characters it comes down to case folding,
normalisation and spaces; other names are left to the caller.
Spec: RFC 5280, 7.1; RFC 4518, 2.
"""

import re
import unicodedata

from hocba_sign.crypto import der
from hocba_sign.errors import InputError

_TYPES = {
    "2.5.4.3": "common_name",
    "2.5.4.4": "surname",
    "2.5.4.5": "serial_number",
    "2.5.4.6": "country_name",
    "2.5.4.7": "locality_name",
    "2.5.4.8": "state_or_province_name",
    "2.5.4.9": "street_address",
    "2.5.4.10": "organization_name",
    "2.5.4.11": "organizational_unit_name",
    "2.5.4.12": "title",
    "2.5.4.42": "given_name",
    "2.5.4.97": "organization_identifier",
    "0.9.2342.19200300.100.1.1": "user_id",
}
"""Attributes whose value is a DirectoryString; the names are those of asn1crypto, whose form of a prepared name is written here."""

_CODECS = {0x0C: "utf-8", 0x13: "ascii"}
_PLAIN = re.compile("[ -~À-ÖØ-öø-ÿĂăĐđĨĩŨũƠơƯư\u1ea0-\u1ef9]+")


def prepared(name_der: bytes) -> str | None:
    """Give a string that is equal for names that RFC 5280 holds equal; None where this module cannot tell, or for no Name."""
    try:
        return "\x1e".join(_rdn(rdn) for rdn in der.sequence(der.whole(name_der, der.SEQUENCE)))
    except (InputError, ValueError, LookupError):
        return None


def _rdn(rdn: der.Element) -> str:
    (attribute,) = der.sequence(rdn, der.SET)
    oid, value = der.sequence(attribute)
    text = value.content.decode(_CODECS[value.tag])
    if _PLAIN.fullmatch(text) is None:
        raise ValueError("characters outside of the plain ones")
    folded = unicodedata.normalize("NFKC", text.casefold())
    return f"{_TYPES[der.oid(oid)]}:  {'  '.join(part for part in folded.split(' ') if part)} "
