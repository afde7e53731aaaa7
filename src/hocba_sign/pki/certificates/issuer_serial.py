"""Whether a certificate is the one that an issuer's name and a serial number mean.

Spelling may differ, what is said may not.

Spec: RFC 5035, 5 (IssuerSerial); RFC 4514 and its predecessors RFC 2253 and RFC 1779 for names as
text.
"""

import re
import unicodedata
from typing import Final

from hocba_sign.crypto import der
from hocba_sign.errors import InputError
from hocba_sign.pki.certificates import distinguished_names as name
from hocba_sign.pki.certificates.certificate import Certificate
from hocba_sign.pki.certificates.name_comparison import name_key

MAX_TEXT: Final = 4_000
"""Characters of a name as text; real ones have two hundred."""
MAX_DIGITS: Final = 200
"""Of a serial number; RFC 5280 allows 49."""

_DIRECTORY_NAME: Final = 0xA4
_KINDS: Final = {
    "S": "2.5.4.8",
    "ST": "2.5.4.8",
    "CN": "2.5.4.3",
    "SN": "2.5.4.4",
    "SURNAME": "2.5.4.4",
    "SERIALNUMBER": "2.5.4.5",
    "C": "2.5.4.6",
    "L": "2.5.4.7",
    "STREET": "2.5.4.9",
    "O": "2.5.4.10",
    "OU": "2.5.4.11",
    "T": "2.5.4.12",
    "TITLE": "2.5.4.12",
    "GN": "2.5.4.42",
    "G": "2.5.4.42",
    "GIVENNAME": "2.5.4.42",
    "PHONE": "2.5.4.20",
    "POSTALCODE": "2.5.4.17",
    "UID": "0.9.2342.19200300.100.1.1",
    "USERID": "0.9.2342.19200300.100.1.1",
    "DC": "0.9.2342.19200300.100.1.25",
    "E": "1.2.840.113549.1.9.1",
    "EMAIL": "1.2.840.113549.1.9.1",
    "EMAILADDRESS": "1.2.840.113549.1.9.1",
    "ORGANIZATIONIDENTIFIER": "2.5.4.97",
}
_PART: Final = re.compile(
    r"""\s*(?P<kind>[A-Za-z][A-Za-z0-9.\-]*|[0-9.]+)\s*=\s*(?:"(?P<quoted>(?:[^"\\]|\\.)*)"|(?P<plain>(?:[^,;+\\]|\\.)*))\s*(?P<end>[,;+]|$)""",
    re.DOTALL,
)
_ESCAPE: Final = re.compile(r"(?:\\[0-9A-Fa-f]{2})+|\\(.)", re.DOTALL)
_DECIMAL: Final = re.compile(r"[+-]?[0-9]+", re.ASCII)

_Name = tuple[frozenset[tuple[str, str]], ...]
"""RDNs, the most significant first; values folded for comparison."""


def is_issuer_serial(certificate: Certificate, issuer_serial_der: bytes) -> bool | None:
    """Compare with IssuerSerial in DER; the issuer may be encoded with other string types.

    None where it cannot be read.
    """
    if issuer_serial_der == certificate.issuer_serial_der:
        return True
    try:
        names, serial, *_ = der.sequence(der.whole(issuer_serial_der, der.SEQUENCE))
        (issuer,) = der.sequence(names)
        (issuer_name,) = der.sequence(issuer, _DIRECTORY_NAME)
        is_issuer = name_key(issuer_name.der) == name_key(certificate.issuer_der)
        return is_issuer and der.integer(serial) == certificate.serial_number
    except (InputError, ValueError, TypeError):
        return None


def is_issuer_serial_text(
    certificate: Certificate, *, issuer_name: str, serial_number: str
) -> bool | None:
    """Compare with X509IssuerName and X509SerialNumber, in either order of the name's parts.

    None where what can be read does not differ, but not all can.
    """
    digits = serial_number.strip()
    is_number = _DECIMAL.fullmatch(digits) is not None and len(digits) <= MAX_DIGITS
    if is_number and int(digits) != certificate.serial_number:
        return False
    said = _read(issuer_name)
    try:
        true = tuple(
            frozenset((_kind(kind), _folded(value)) for kind, value in rdn)
            for rdn in name.rdns(certificate.issuer_der)
        )
    except InputError:
        return None
    if said is not None and said not in (true, true[::-1]):
        return False
    return True if is_number and said is not None else None


def _read(text: str) -> _Name | None:
    if len(text) > MAX_TEXT:
        return None
    rdns: list[set[tuple[str, str]]] = [set()]
    at = 0
    while at < len(text):
        part = _PART.match(text, at)
        if part is None:
            return None
        value = part["quoted"] if part["quoted"] is not None else part["plain"]
        rdns[-1].add((_kind(part["kind"]), _folded(_value(value))))
        at = part.end()
        if part["end"] and part["end"] != "+":
            rdns.append(set())
        if not part["end"]:
            break
    return tuple(frozenset(rdn) for rdn in rdns if rdn)


def _value(text: str) -> str:
    stripped = text.strip()
    if not stripped.startswith("#"):
        return _ESCAPE.sub(_unescape, stripped)
    try:
        octets = bytes.fromhex(stripped[1:])
        return name.string(der.whole(octets, octets[0])) if octets else ""
    except (ValueError, InputError):
        return stripped


def _unescape(match: re.Match[str]) -> str:
    if match[1] is not None:
        return match[1]
    return bytes.fromhex(match[0].replace("\\", "")).decode("utf-8", "replace")


def _kind(kind: str) -> str:
    upper = kind.upper().removeprefix("OID.")
    return _KINDS.get(upper, upper)


def _folded(value: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", value).casefold().split())
