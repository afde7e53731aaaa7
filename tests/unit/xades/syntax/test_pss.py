"""The children of SignatureMethod: parameters of RSASSA-PSS, and nothing else."""

import pytest
from lxml import etree

from hocba_sign.crypto.algorithms import RSA_PSS_URI, PssParameters
from hocba_sign.crypto.digests import SHA256, SHA384
from hocba_sign.errors import InputError
from hocba_sign.xades.syntax.pss import pss_parameters

DS = "http://www.w3.org/2000/09/xmldsig#"
PSS = "http://www.w3.org/2007/05/xmldsig-more#"
SHA384_URI = "http://www.w3.org/2001/04/xmldsig-more#sha384"


def method(algorithm: str, children: str = "") -> etree._Element:
    return etree.fromstring(
        f'<SignatureMethod xmlns="{DS}" Algorithm="{algorithm}">{children}</SignatureMethod>'
    )


def pss(inner: str) -> str:
    return f'<RSAPSSParams xmlns="{PSS}">{inner}</RSAPSSParams>'


@pytest.mark.parametrize(
    ("inner", "expected"),
    [
        ("", PssParameters(digest=SHA256, mgf_digest=SHA256, salt_length=32)),
        (
            "<SaltLength>20</SaltLength>",
            PssParameters(digest=SHA256, mgf_digest=SHA256, salt_length=20),
        ),
        (
            f'<DigestMethod xmlns="{DS}" Algorithm="{SHA384_URI}"/>',
            PssParameters(digest=SHA384, mgf_digest=SHA384, salt_length=48),
        ),
    ],
)
def test_parameters_have_defaults(inner: str, expected: PssParameters) -> None:
    assert pss_parameters(method(RSA_PSS_URI, pss(inner))) == expected


def test_most_methods_have_none() -> None:
    assert pss_parameters(method(RSA_PSS_URI)) is None


@pytest.mark.parametrize(
    ("algorithm", "children", "cause"),
    [
        (
            f"{DS}hmac-sha1",
            "<HMACOutputLength>40</HMACOutputLength>",
            "CRYPTO.UNSUPPORTED_ALGORITHM",
        ),
        ("urn:none", "<X/>", "CRYPTO.UNKNOWN_ALGORITHM"),
        (f"{DS}rsa-sha1", "<HMACOutputLength>40</HMACOutputLength>", "SIG.STRUCTURE"),
        (RSA_PSS_URI, pss("<TrailerField>2</TrailerField>"), "CRYPTO.PARAMETERS"),
        (RSA_PSS_URI, pss('<MaskGenerationFunction Algorithm="urn:none"/>'), "CRYPTO.PARAMETERS"),
        (RSA_PSS_URI, pss("<SaltLength>-1</SaltLength>"), "SIG.STRUCTURE"),
    ],
)
def test_anything_else_is_named(algorithm: str, children: str, cause: str) -> None:
    with pytest.raises(InputError) as caught:
        pss_parameters(method(algorithm, children))
    assert caught.value.cause == cause
