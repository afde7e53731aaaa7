"""What other programs wrote, and the keys that they had and the world of the vectors has not.

The files lie in `tools/vectors/others/`; `tools/written_by_others.py` says how they were made.
"""

from functools import cache
from pathlib import Path
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric import ec

from hocba_sign.testing.forge import stamp
from hocba_sign.testing.keys import InsecureKey, insecure_key
from hocba_sign.xades.transcript.write import time_stamped_octets
from hocba_sign.xml.layout import CANONICAL, signature_in, slot_elements
from hocba_sign.xml.parse import parse
from tools.vectors.stage import SEAL

OTHERS: Final = Path(__file__).parent / "others"
WRITERS: Final = {
    "dss": "EU DSS 6.4, Apache Santuario",
    "jdk": "OpenJDK 17.0.15, Apache Santuario",
    "openssl": "OpenSSL 3.0.19",
    "pdfbox": "Apache PDFBox 3.0.6",
    "pyhanko": "pyHanko 0.38.0",
    "xmlsec1": "xmlsec1 1.2.37, libxml2",
}
_CURVES: Final = {"p256": ec.SECP256R1(), "p384": ec.SECP384R1(), "p521": ec.SECP521R1()}


def recorded(writer: str, name: str) -> bytes:
    """Return what a program wrote."""
    return (OTHERS / writer / name).read_bytes()


def seal_octets(document: bytes) -> bytes:
    """Return the octets of a seal's value, which a time-stamp is over."""
    holders = dict(slot_elements(parse(document).root, CANONICAL))
    signature = signature_in(holders[SEAL])
    assert signature is not None
    return time_stamped_octets(signature)


def by_openssl(kind: str, name: str) -> bytes:
    """Return what OpenSSL made: a `list`, `answer`, `token` or `certificate`."""
    return recorded("openssl", f"{kind}/{name}")


def by_dss(name: str) -> bytes:
    """Return a transcript that DSS signed."""
    return recorded("dss", f"transcripts/{name}.xml")


def stamped_by_openssl(token: str) -> dict[str, Any]:
    """Return document and origin of a case whose seal, by xmlsec1, has a time-stamp by OpenSSL."""
    octets = by_openssl("token", token)
    document = stamp(recorded("xmlsec1", "data-exclusive.xml"), SEAL, token=lambda _: octets)
    return {"document": document, "origin": WRITERS["openssl"]}


@cache
def holder_key(kind: str) -> InsecureKey:
    """Return the key of the principal where it is not the one of the world."""
    if kind in _CURVES:
        return ec.derive_private_key(0x5EED << 200 | 0x704, _CURVES[kind])
    return insecure_key("vectors of others", kind)  # type: ignore[arg-type]  # one of KeyKind
