"""The table of algorithms agrees with itself, with hashlib and with the dates of ETSI and
the law.
"""

import hashlib
from datetime import UTC, datetime, timedelta

import pytest

from hocba_sign.crypto import algorithms, digests
from hocba_sign.crypto.acceptance import (
    AcceptabilityStatus,
    AcceptanceRule,
    acceptable,
    acceptable_digest,
)
from hocba_sign.crypto.algorithms import (
    RSA_PSS_URI,
    SIGNATURE_ALGORITHMS,
    PssParameters,
    Scheme,
    signature_algorithm,
    signature_algorithm_by_oid,
    signature_algorithm_named,
)
from hocba_sign.crypto.digests import (
    DIGEST_ALGORITHMS,
    SHA1,
    SHA256,
    SHA384,
    SHA512,
    SHAKE256,
    digest,
    digest_algorithm,
    digest_algorithm_by_oid,
)
from hocba_sign.errors import CallerError, InputError

NOW = datetime(2026, 6, 1, tzinfo=UTC)
RSA_END = datetime(2029, 1, 1, tzinfo=UTC)
MORE = "http://www.w3.org/2001/04/xmldsig-more#"
MORE_2007 = "http://www.w3.org/2007/05/xmldsig-more#"


def test_identifiers_are_unique() -> None:
    uris = [algorithm.uri for algorithm in SIGNATURE_ALGORITHMS if algorithm.uri]
    oids = [
        algorithm.oid
        for algorithm in SIGNATURE_ALGORITHMS
        if algorithm.scheme is not Scheme.RSA_PSS
    ]
    names = [algorithm.name for algorithm in SIGNATURE_ALGORITHMS]
    for identifiers in (
        uris,
        oids,
        names,
        [a.uri for a in DIGEST_ALGORITHMS],
        [a.oid for a in DIGEST_ALGORITHMS],
    ):
        assert len(identifiers) == len(set(identifiers))


@pytest.mark.parametrize("algorithm", SIGNATURE_ALGORITHMS, ids=lambda algorithm: algorithm.name)
def test_every_algorithm_is_found_by_its_own_identifiers(
    algorithm: algorithms.SignatureAlgorithm,
) -> None:
    assert signature_algorithm_named(algorithm.name) == algorithm
    if algorithm.uri:
        assert signature_algorithm(algorithm.uri) == algorithm
    if algorithm.pss is None:
        assert signature_algorithm_by_oid(algorithm.oid) == algorithm
    else:
        found = signature_algorithm_by_oid(algorithm.oid, parameters=algorithm.pss)
        assert (found.name, found.pss) == (algorithm.name, algorithm.pss)


@pytest.mark.parametrize("algorithm", DIGEST_ALGORITHMS, ids=lambda algorithm: algorithm.name)
def test_digests_have_the_size_and_value_of_their_name(
    algorithm: digests.DigestAlgorithm,
) -> None:
    value = digest(algorithm, b"h\xe1\xbb\x8dc b\xe1\xba\xa1")
    assert len(value) == algorithm.size == algorithm.hash.digest_size
    if algorithm is not SHAKE256:
        assert (
            value
            == hashlib.new(
                algorithm.name.replace("-", "_"), b"h\xe1\xbb\x8dc b\xe1\xba\xa1"
            ).digest()
        )
    assert algorithm.hash.name == algorithm.name
    assert digest_algorithm(algorithm.uri) == digest_algorithm_by_oid(algorithm.oid) == algorithm


def test_shake256_gives_64_octets_and_serves_ed448_only() -> None:
    assert (
        digest(SHAKE256, b"")
        .hex()
        .startswith("46b9dd2b0ba88d13233b3feb743eeb243fcd52ea62b81b82b50c27646ed5762f")
    )
    with pytest.raises(InputError, match=r"CRYPTO\.UNKNOWN_ALGORITHM"):
        signature_algorithm_by_oid(algorithms.RSA_OID, digest=SHAKE256)
    with pytest.raises(InputError, match=r"CRYPTO\.PARAMETERS"):
        algorithms.rsa_pss(
            PssParameters(digest=SHAKE256, mgf_digest=SHA256, salt_length=32), uri=None
        )


@pytest.mark.parametrize(
    ("last", "name"), [(1, "ecdsa-sha1"), (3, "ecdsa-sha256"), (5, "ecdsa-sha512")]
)
def test_plain_ecdsa_names_the_same_algorithms(last: int, name: str) -> None:
    found = algorithms.plain_ecdsa(f"0.4.0.127.0.7.1.1.4.1.{last}")
    assert found is not None
    assert found.name == name
    assert algorithms.plain_ecdsa("0.4.0.127.0.7.1.1.4.1.6") is None


@pytest.mark.parametrize(
    ("uri", "name"),
    [
        ("http://www.w3.org/2000/09/xmldsig#rsa-sha1", "rsa-sha1"),
        (MORE + "rsa-sha256", "rsa-sha256"),
        (MORE + "ecdsa-sha384", "ecdsa-sha384"),
        (MORE_2007 + "sha256-rsa-MGF1", "rsa-pss-sha256"),
        (MORE_2007 + "sha3-512-rsa-MGF1", "rsa-pss-sha3-512"),
        (MORE_2007 + "rsa-pss", "rsa-pss-sha256"),
        ("http://www.w3.org/2021/04/xmldsig-more#eddsa-ed25519", "ed25519"),
        ("http://www.w3.org/2021/04/xmldsig-more#eddsa-ed448", "ed448"),
    ],
)
def test_uris_of_rfc_9231(uri: str, name: str) -> None:
    assert signature_algorithm(uri).name == name


@pytest.mark.parametrize(
    "uri",
    [
        "http://www.w3.org/2000/09/xmldsig#hmac-sha1",
        "http://www.w3.org/2000/09/xmldsig#dsa-sha1",
        "http://www.w3.org/2009/xmldsig11#dsa-sha256",
        MORE + "hmac-sha256",
        MORE_2007 + "ripemd160-rsa-MGF1",
    ],
)
def test_known_but_unsupported_algorithms_are_named(uri: str) -> None:
    with pytest.raises(InputError) as caught:
        signature_algorithm(uri)
    assert caught.value.cause == "CRYPTO.UNSUPPORTED_ALGORITHM"
    assert uri.rsplit("#", 1)[1] in caught.value.detail


@pytest.mark.parametrize(
    "uri", ["", "urn:x", MORE + "RSA-SHA256", MORE + "rsa-sha256 ", "x" * 10_000, "a\x1b[31m\n"]
)
def test_unknown_algorithms_are_refused_without_echoing_noise(uri: str) -> None:
    for look_up in (
        signature_algorithm,
        digest_algorithm,
        signature_algorithm_by_oid,
        digest_algorithm_by_oid,
    ):
        with pytest.raises(InputError) as caught:
            look_up(uri)
        assert caught.value.cause == "CRYPTO.UNKNOWN_ALGORITHM"
        said = len(str(caught.value)) - len(str(InputError("CRYPTO.UNKNOWN_ALGORITHM")))
        assert said < 170
        assert str(caught.value).isprintable()


def test_an_unknown_name_lists_the_known() -> None:
    with pytest.raises(CallerError) as caught:
        signature_algorithm_named("rsa-sha255")
    assert caught.value.cause == "CRYPTO.UNKNOWN_ALGORITHM"
    assert "rsa-sha256" in caught.value.detail


def test_pss_parameters() -> None:
    parameters = PssParameters(digest=SHA384, mgf_digest=SHA256, salt_length=20)
    found = signature_algorithm(RSA_PSS_URI, parameters)
    assert (found.name, found.uri, found.pss, found.digest) == (
        "rsa-pss-sha384-mgf1-sha256",
        RSA_PSS_URI,
        parameters,
        SHA384,
    )
    default = signature_algorithm(RSA_PSS_URI).pss
    assert default == PssParameters(digest=SHA256, mgf_digest=SHA256, salt_length=32)
    cms_default = signature_algorithm_by_oid(algorithms.RSA_PSS_OID).pss
    assert cms_default == PssParameters(digest=SHA1, mgf_digest=SHA1, salt_length=20)


@pytest.mark.parametrize("salt_length", [-1, 2049, 10**9])
def test_pss_salt_out_of_range(salt_length: int) -> None:
    with pytest.raises(InputError) as caught:
        signature_algorithm(
            RSA_PSS_URI, PssParameters(digest=SHA256, mgf_digest=SHA256, salt_length=salt_length)
        )
    assert caught.value.cause == "CRYPTO.PARAMETERS"


def test_parameters_where_none_belong() -> None:
    parameters = PssParameters(digest=SHA256, mgf_digest=SHA256, salt_length=32)
    with pytest.raises(InputError) as caught:
        signature_algorithm(MORE + "rsa-sha256", parameters)
    assert caught.value.cause == "CRYPTO.PARAMETERS"
    with pytest.raises(InputError) as caught:
        signature_algorithm_by_oid("1.2.840.113549.1.1.11", parameters=parameters)
    assert caught.value.cause == "CRYPTO.PARAMETERS"


def test_cms_names_the_hash_beside_plain_rsa() -> None:
    assert signature_algorithm_by_oid(algorithms.RSA_OID, digest=SHA512).name == "rsa-sha512"
    with pytest.raises(InputError):
        signature_algorithm_by_oid(algorithms.RSA_OID)
    with pytest.raises(InputError) as caught:
        signature_algorithm_by_oid("1.2.840.113549.1.1.11", digest=SHA1)
    assert caught.value.cause == "CRYPTO.PARAMETERS"


@pytest.mark.parametrize(
    ("name", "bits", "status", "rule", "until"),
    [
        ("rsa-sha256", 2048, "ends", AcceptanceRule.TS_119_312, RSA_END),
        ("rsa-sha512", 4096, "ends", AcceptanceRule.TS_119_312, RSA_END),
        ("rsa-pss-sha256", 2048, "ends", AcceptanceRule.TS_119_312, RSA_END),
        ("rsa-pss-sha256", 3000, "ok", None, None),
        ("rsa-sha256", 2047, "too_small", AcceptanceRule.TT_15_2025, None),
        ("rsa-sha256", 512, "too_small", AcceptanceRule.TT_15_2025, None),
        (
            "rsa-sha1",
            2048,
            "forbidden",
            AcceptanceRule.TT_15_2025,
            datetime(2012, 8, 1, tzinfo=UTC),
        ),
        (
            "rsa-sha1",
            1024,
            "forbidden",
            AcceptanceRule.TT_15_2025,
            datetime(2012, 8, 1, tzinfo=UTC),
        ),
        ("rsa-sha224", 2048, "forbidden", AcceptanceRule.TT_15_2025, RSA_END),
        ("rsa-sha3-224", 2048, "forbidden", AcceptanceRule.TS_119_312, None),
        ("ecdsa-sha256", 256, "ok", None, None),
        ("ecdsa-sha512", 521, "ok", None, None),
        ("ecdsa-sha256", 224, "too_small", AcceptanceRule.TT_15_2025, None),
        (
            "ecdsa-sha1",
            256,
            "forbidden",
            AcceptanceRule.TT_15_2025,
            datetime(2012, 8, 1, tzinfo=UTC),
        ),
        ("ed25519", 256, "forbidden", AcceptanceRule.TT_15_2025, None),
    ],
)
def test_acceptability(
    name: str, bits: int, status: str, rule: AcceptanceRule | None, until: datetime | None
) -> None:
    answer = acceptable(signature_algorithm_named(name), bits, at=NOW)
    assert (answer.status, answer.rule, answer.until) == (AcceptabilityStatus(status), rule, until)
    assert answer.is_acceptable == (status in {"ok", "ends"})


def test_the_last_moment_still_counts() -> None:
    algorithm = signature_algorithm_named("rsa-sha256")
    assert acceptable(algorithm, 2048, at=RSA_END).status is AcceptabilityStatus.ENDS
    late = acceptable(algorithm, 2048, at=RSA_END + timedelta(seconds=1))
    assert (late.status, late.is_acceptable, late.what) == (
        AcceptabilityStatus.OVERDUE,
        True,
        "RSA 2048",
    )


def test_the_mask_generation_hash_counts_too() -> None:
    weak = algorithms.rsa_pss(
        PssParameters(digest=SHA256, mgf_digest=SHA1, salt_length=32), uri=RSA_PSS_URI
    )
    assert acceptable(weak, 4096, at=NOW).what == "sha1"
    assert not acceptable(weak, 4096, at=NOW).is_acceptable


@pytest.mark.parametrize(
    ("algorithm", "is_acceptable"),
    [(SHA1, False), (digests.SHA224, False), (digests.MD5, False), (SHA256, True)],
)
def test_acceptable_digests(algorithm: digests.DigestAlgorithm, *, is_acceptable: bool) -> None:
    assert acceptable_digest(algorithm, NOW).is_acceptable is is_acceptable
