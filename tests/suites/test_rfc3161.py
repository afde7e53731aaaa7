"""Time-stamp responses and tokens of rfc3161-client, sigstore and OpenSSL, and a real one of the
Government's service.
"""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from hocba_sign.crypto import der
from hocba_sign.crypto.digests import DigestAlgorithm, digest
from hocba_sign.errors import OutsideError
from hocba_sign.pki.certificates.certificate import Certificate
from hocba_sign.pki.certificates.profile import (
    ProfileException,
    Purpose,
    profile_causes,
    usage_cause,
)
from hocba_sign.pki.loading.objects import load_certificates
from hocba_sign.pki.path.path_validation import PathRequirements, PathStatus, validate_path
from hocba_sign.pki.revocation.evidence import Evidence
from hocba_sign.pki.timestamp.faultless_token import read_faultless, remember
from hocba_sign.pki.timestamp.protocol import (
    IntactToken,
    Token,
    TokenAlgorithms,
    read_response,
    read_token,
    verify_token,
)
from hocba_sign.pki.trust.store import TrustStore

pytestmark = pytest.mark.suite

NOW = datetime(2026, 6, 1, tzinfo=UTC)


def _certificates(case: dict[str, Any], folder: Path) -> tuple[Certificate, ...]:
    names = [case[key] for key in ("anchors", "untrusted") if case.get(key)]
    return tuple(
        certificate
        for name in names
        for certificate in load_certificates((folder / name).read_bytes())
    )


def _path(token: Token, pool: tuple[Certificate, ...], at: datetime) -> PathStatus:
    assert token.certificate is not None
    return validate_path(
        token.certificate,
        trust=TrustStore.of(one for one in pool if one.is_self_issued),
        evidence=Evidence.of(certificates=(*token.certificates, *pool)),
        at=at,
        requirements=PathRequirements(purpose=Purpose.TIMESTAMPING, allow_unknown_revocation=True),
    ).status


def _verdict(case: dict[str, Any], folder: Path) -> str:
    response = (folder / case["response"]).read_bytes()
    pool = _certificates(case, folder)
    if case.get("request"):
        try:
            token_der = read_response(response, (folder / case["request"]).read_bytes())
        except OutsideError as error:
            return error.cause
    else:
        token_der = der.sequence(der.whole(response, der.SEQUENCE))[1].der
    token = read_token(token_der, pool)

    def expected(algorithm: DigestAlgorithm) -> bytes:
        return (
            digest(algorithm, (folder / case["data"]).read_bytes())
            if case.get("data")
            else token.imprint
        )

    causes = verify_token(token, expected).causes
    if causes:
        return causes[0]
    if not pool:
        return token.certificate.subject_text if token.certificate else "none"
    return f"{_path(token, pool, token.gen_time)} then, {_path(token, pool, NOW)} now"


def test_every_case(shared_data: Path) -> None:
    folder = shared_data / "suites" / "rfc3161"
    cases = json.loads((folder / "expected.json").read_text())["cases"]
    good, signer = "passed then, passed now", "CN=Test TSA Timestamping,O=local"
    past = "passed then, indeterminate now"
    assert {case["id"]: _verdict(case, folder) for case in cases} == {
        "rfc3161-client/test_tsa/ok": good,
        "rfc3161-client/test_tsa/other": "TSA.NONCE",
        "rfc3161-client/test_tsa/mismatch": "TSA.NONCE",
        "rfc3161-client/test_tsa/injected-certs": good,
        "rfc3161-client/sigstage/sha256": good,
        "rfc3161-client/sigstage/sha384": good,
        "rfc3161-client/sigstage/sha512": good,
        "rfc3161-client/sigstage/invalid-signature": "TST.SIGNATURE",
        "rfc3161-client/sigstage/no-embedded-cert": good,
        "rfc3161-client/sigstore.mock/expired": past,
        "rfc3161-client/identrust/issue-104": past,
        "openssl/sectigo-all-zero": good,
        "timestamp-authority/injected-certs": signer,
    }


def test_a_real_token_of_the_government_service_holds_at_its_time(shared_data: Path) -> None:
    folder = shared_data / "vn-ca"
    token = read_token((folder / "misc" / "vgca-tsa-hl01-2022-12-01.tst.der").read_bytes())
    assert (token.policy, token.gen_time.date().isoformat()) == ("2.16.704.1.1.1.2", "2022-12-01")
    assert verify_token(token, lambda _: token.imprint).causes == ()
    intact = IntactToken.of(token, where="here")
    remember(token, intact)
    assert read_faultless(token.der, lambda _: token.imprint) == intact
    assert TokenAlgorithms.of(token).cause(token.gen_time) is None
    roots = tuple(
        one
        for name in sorted((folder / "root").glob("*.pem"))
        for one in load_certificates(name.read_bytes())
    )
    assert _path(token, roots, token.gen_time) is PathStatus.PASSED


def test_genuine_time_stamping_certificates_need_only_named_exceptions(shared_data: Path) -> None:
    needed: dict[str, frozenset[ProfileException]] = {}
    (root,) = load_certificates(
        next((shared_data / "vn-ca" / "root").glob("vietnam-national-root-ca-g3*.pem")).read_bytes()
    )
    for name in (shared_data / "vn-ca" / "tsa").glob("*.pem"):
        (certificate,) = load_certificates(name.read_bytes())
        assert usage_cause(certificate.der, Purpose.TIMESTAMPING) is None
        causes, used = profile_causes((certificate.der, root.der), frozenset(ProfileException))
        assert causes == ()
        needed[name.name.split("-")[0]] = frozenset(used)
    key_cert_sign, aia = (
        ProfileException.KEY_CERT_SIGN_WITHOUT_CA,
        ProfileException.CRITICAL_AUTHORITY_INFORMATION_ACCESS,
    )
    assert needed.pop("fpt") == {key_cert_sign, aia}
    assert needed.pop("may") == needed.pop("trustca") == frozenset()
    assert set(needed.values()) == {frozenset({key_cert_sign})}
