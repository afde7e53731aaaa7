"""URIs and object identifiers of algorithms, and those that are known and not supported."""

from hocba_sign.errors import InputError

DSIG = "http://www.w3.org/2000/09/xmldsig#"


MORE_2001 = "http://www.w3.org/2001/04/xmldsig-more#"


MORE_2007 = "http://www.w3.org/2007/05/xmldsig-more#"


MORE_2021 = "http://www.w3.org/2021/04/xmldsig-more#"


XMLENC = "http://www.w3.org/2001/04/xmlenc#"


PKCS1_OID, X962_OID, NIST_OID = (
    "1.2.840.113549.1.1.",
    "1.2.840.10045.4.",
    "2.16.840.1.101.3.4.3.",
)


PLAIN_ECDSA_OID = "0.4.0.127.0.7.1.1.4.1."


_UNSUPPORTED = {
    prefix + name: name
    for prefix, names in (
        (DSIG, "hmac-sha1 dsa-sha1"),
        (XMLENC, "ripemd160"),
        (
            MORE_2001,
            (
                "hmac-md5 hmac-sha224 hmac-sha256 hmac-sha384 hmac-sha512 hmac-ripemd160 "
                "rsa-ripemd160 ecdsa-ripemd160"
            ),
        ),
        (MORE_2001, "esign-sha1 esign-sha256 esign-sha384 esign-sha512"),
        (
            MORE_2007,
            (
                "md5-rsa-MGF1 ripemd160-rsa-MGF1 whirlpool-rsa-MGF1 ecdsa-ripemd160 "
                "ecdsa-whirlpool rsa-whirlpool whirlpool"
            ),
        ),
        (MORE_2021, "eddsa-ed25519ph eddsa-ed25519ctx eddsa-ed448ph"),
        ("http://www.w3.org/2009/xmldsig11#", "dsa-sha256"),
    )
    for name in names.split()
} | {
    "1.2.840.10040.4.3": "dsa-sha1",
    NIST_OID + "1": "dsa-sha224",
    NIST_OID + "2": "dsa-sha256",
    PKCS1_OID + "2": "rsa-md2",
    "1.2.840.113549.2.2": "md2",
    "1.3.36.3.2.1": "ripemd160",
    **{f"{PLAIN_ECDSA_OID}{last}": "plain-ecdsa" for last in range(1, 7)},
}
"""Known, named in errors, never verified. Keys are URIs and OIDs."""


def refuse_algorithm(identifier: str) -> InputError:
    shown = identifier if len(identifier) <= 100 and identifier.isprintable() else "(not shown)"
    if identifier in _UNSUPPORTED:
        return InputError(
            "CRYPTO.UNSUPPORTED_ALGORITHM", detail=f"{_UNSUPPORTED[identifier]} <{shown}>"
        )
    return InputError("CRYPTO.UNKNOWN_ALGORITHM", detail=shown)
