"""Ways in which authorities, mail programs, directories and people write one object, and a row of
them.
"""

import base64
import binascii
import textwrap
from collections.abc import Callable, Mapping
from types import MappingProxyType

from asn1crypto import cms, crl, ocsp, x509

from hocba_sign.crypto.der import SEQUENCE, sequence, whole

LABELS = {"certificate": "CERTIFICATE", "crl": "X509 CRL", "ocsp": "OCSP RESPONSE"}
Writing = Callable[[str, bytes], bytes]


def armoured(
    kind: str, der: bytes, *, end: str = "\n", label: str | None = None, width: int = 64
) -> bytes:
    name = label or LABELS[kind]
    body = end.join(textwrap.wrap(base64.b64encode(der).decode(), width))
    return f"-----BEGIN {name}-----{end}{body}{end}-----END {name}-----{end}".encode()


def bundle(*ders: tuple[str, bytes]) -> bytes:
    """Return PKCS#7 as authorities publish it: signed by nobody, with certificates, lists and
    answers inside.
    """
    choices = [
        ("crl", crl.CertificateList.load(der)) if kind == "crl" else _other(der)
        for kind, der in ders
        if kind != "certificate"
    ]
    fields: dict[str, object] = {
        "version": "v1",
        "digest_algorithms": [],
        "encap_content_info": {"content_type": "data"},
        "certificates": [x509.Certificate.load(der) for kind, der in ders if kind == "certificate"],
        "signer_infos": [],
    }
    if choices:
        fields["crls"] = [
            cms.RevocationInfoChoice(name=name, value=value) for name, value in choices
        ]
    return bytes(
        cms.ContentInfo({"content_type": "signed_data", "content": cms.SignedData(fields)}).dump()
    )


def _other(der: bytes) -> tuple[str, cms.OtherRevocationInfoFormat]:
    value = {
        "other_rev_info_format": "ocsp_response",
        "other_rev_info": ocsp.OCSPResponse.load(der),
    }
    return "other", cms.OtherRevocationInfoFormat(value)


def indefinite(der: bytes) -> bytes:
    """Write the outer levels of PKCS#7 with indefinite lengths, as Windows does."""
    oid, holder = sequence(whole(der, SEQUENCE))
    signed = whole(holder.content, SEQUENCE).content
    return b"\x30\x80" + oid.der + b"\xa0\x80\x30\x80" + signed + b"\0\0" * 3


def wrapped(der: bytes) -> bytes:
    """Put an object into the content of signed data, as a file that was signed for mail."""
    info = {"content_type": "data", "content": der}
    signed = {
        "version": "v1",
        "digest_algorithms": [],
        "encap_content_info": info,
        "signer_infos": [],
    }
    return bytes(
        cms.ContentInfo({"content_type": "signed_data", "content": cms.SignedData(signed)}).dump()
    )


def quoted(text: bytes) -> bytes:
    return b"".join(b"> " + line for line in text.splitlines(keepends=True))


WRITINGS: Mapping[str, Writing] = MappingProxyType(
    {
        "der": lambda _, der: der,
        "der-blank-behind": lambda _, der: der + b"\r\n\0\x1a",
        "der-octets-behind": lambda _, der: der + b"\xf0trailer",
        "der-octets-in-front": lambda _, der: b"\x80\x01\x02" + der,
        "pem": armoured,
        "pem-crlf": lambda kind, der: armoured(kind, der, end="\r\n"),
        "pem-cr": lambda kind, der: armoured(kind, der, end="\r"),
        "pem-one-line": lambda kind, der: armoured(kind, der, end=" ", width=100_000),
        "pem-wrong-label": lambda kind, der: armoured(
            kind, der, label="CERTIFICATE" if kind != "certificate" else "X509 CRL"
        ),
        "pem-quoted": lambda kind, der: quoted(armoured(kind, der)),
        "pem-in-json": lambda kind, der: b'{"a": "' + armoured(kind, der, end="\\n") + b'"}',
        "base64-in-json": lambda _, der: (
            b'{"a": "' + base64.b64encode(der).replace(b"/", rb"\/") + b'"}'
        ),
        "base64-in-json-of-dotnet": lambda _, der: (
            b'{"a": "' + base64.b64encode(der).replace(b"+", rb"\u002B") + b'"}'
        ),
        "base64-in-xml": lambda _, der: (
            b"<a>" + base64.encodebytes(der).replace(b"\n", b"&#13;\n") + b"</a>"
        ),
        "base64-in-xml-attribute": lambda _, der: (
            b'<a b="' + base64.encodebytes(der).replace(b"\n", b"&#xA;") + b'"/>'
        ),
        "pem-in-html": lambda kind, der: (
            b"<pre>"
            + armoured(kind, der).replace(b"+", b"&#43;").replace(b"/", b"&#x2F;")
            + b"</pre>"
        ),
        "pem-with-text": lambda kind, der: (
            b"\xef\xbb\xbfBag Attributes\n    friendlyName: \xc4\x91\n"
            + armoured(kind, der)
            + b"\nh\xe1\xba\xbft\n"
        ),
        "pem-zero-behind": lambda kind, der: armoured(kind, der) + b"\0\0",
        "pem-utf-16": lambda kind, der: armoured(kind, der).decode().encode("utf-16"),
        "pem-utf-16-be": lambda kind, der: (
            b"\xfe\xff" + armoured(kind, der).decode().encode("utf-16-be")
        ),
        "pem-utf-16-unmarked": lambda kind, der: armoured(kind, der).decode().encode("utf-16-le"),
        "pem-utf-32": lambda kind, der: armoured(kind, der).decode().encode("utf-32"),
        "base64": lambda _, der: base64.encodebytes(der),
        "base64-one-line": lambda _, der: base64.b64encode(der),
        "base64-marked": lambda _, der: b"\xef\xbb\xbf\n" + base64.encodebytes(der),
        "base64-utf-16": lambda _, der: base64.encodebytes(der).decode().encode("utf-16"),
        "base64-for-addresses": lambda _, der: base64.urlsafe_b64encode(der).rstrip(b"="),
        "base64-in-text": lambda _, der: (
            b"Danh s\xc3\xa1ch m\xe1\xbb\x9bi:\n\n"
            + base64.encodebytes(der)
            + b"\n-- \nPhong CNTT\n"
        ),
        "ldif": lambda _, der: (
            b"dn: cn=x\ncertificateRevocationList;binary:: "
            + b"\n ".join(base64.encodebytes(der).split())
            + b"\ncn: x\n"
        ),
        "hexadecimal": lambda _, der: der.hex().encode(),
        "hexadecimal-lines": lambda _, der: "\n".join(
            textwrap.wrap(der.hex(":").upper(), 48)
        ).encode(),
        "pkcs7": lambda kind, der: bundle((kind, der)),
        "pkcs7-pem": lambda kind, der: armoured(kind, bundle((kind, der)), label="PKCS7"),
        "pkcs7-base64": lambda kind, der: base64.encodebytes(bundle((kind, der))),
        "pkcs7-indefinite": lambda kind, der: indefinite(bundle((kind, der))),
        "pkcs7-indefinite-pem": lambda kind, der: armoured(
            kind, indefinite(bundle((kind, der))), label="CMS"
        ),
        "pkcs7-content": lambda _, der: wrapped(der),
        "pkcs7-in-pkcs7": lambda kind, der: wrapped(bundle((kind, der))),
    }
)
"""Each gives a file that holds one object; every one of them must be read."""

UNKNOWN: Mapping[str, Writing] = MappingProxyType(
    {
        "base32": lambda _, der: base64.b32encode(der),
        "base85": lambda _, der: base64.b85encode(der),
        "ascii85": lambda _, der: base64.a85encode(der, wrapcol=72),
        "reversed": lambda _, der: der[::-1],
        "masked": lambda _, der: bytes(octet ^ 0x55 for octet in der),
        "cut": lambda _, der: der[:-9],
        "cut-base64": lambda _, der: base64.encodebytes(der)[:-40],
        "no-end": lambda kind, der: armoured(kind, der).rpartition(b"-----END")[0],
        "broken-armour": lambda kind, der: (
            armoured(kind, der).replace(b"-----BEGIN", b"---BEGIN").replace(b"MI", b"!I")
        ),
        "broken-base64": lambda kind, der: (
            armoured(kind, der)[:90] + b"!" + armoured(kind, der)[91:]
        ),
        "dump": lambda _, der: "\n".join(
            f"{at:08x}: {der[at : at + 16].hex(' ', 2)}  ......" for at in range(0, len(der), 16)
        ).encode(),
        "dump-of-octets": lambda _, der: "\n".join(
            f"{at:08x}  {der[at : at + 16].hex(' ')}  |...|" for at in range(0, len(der), 16)
        ).encode(),
        "array": lambda _, der: ", ".join(f"0x{octet:02X}" for octet in der).encode(),
        "decimal": lambda _, der: ", ".join(str(octet) for octet in der).encode(),
        "columns": lambda _, der: " ".join(
            textwrap.wrap(base64.b64encode(der).decode(), 4)
        ).encode(),
        "columns-of-eight": lambda _, der: " ".join(
            textwrap.wrap(base64.b64encode(der).decode(), 8)
        ).encode(),
        "uuencoded": lambda _, der: (
            b"begin 644 a.crl\n"
            + b"".join(binascii.b2a_uu(der[at : at + 45]) for at in range(0, len(der), 45))
            + b"`\nend\n"
        ),
        "ebcdic": lambda kind, der: armoured(kind, der).decode().encode("cp500"),
    }
)
"""None of these is read, so each must be named."""
