import hashlib
import json
from dataclasses import FrozenInstanceError
from datetime import UTC, datetime, timedelta
from importlib import resources

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from hypothesis import given
from hypothesis import strategies as st

from hocba_sign.crypto.verify import load_public_key, verify_der_value
from hocba_sign.errors import CallerError, InputError
from hocba_sign.pki.certificates.certificate import Certificate
from hocba_sign.pki.certificates.profile import ProfileException, Purpose
from hocba_sign.pki.path.path_validation import (
    PathRequirements,
    PathResult,
    PathStatus,
    validate_path,
)
from hocba_sign.pki.revocation.evidence import Evidence
from hocba_sign.pki.timestamp.protocol import read_token, verify_token
from hocba_sign.pki.trust.anchors import (
    anchors_in,
    hierarchies_of,
    listed_anchors,
    user_findings,
)
from hocba_sign.pki.trust.store import Anchor, TrustStore
from hocba_sign.pki.trust.vietnam_list import (
    Confidence,
    Hierarchy,
    ListedKind,
    SourceConfidence,
    TrustList,
)
from hocba_sign.testing import World
from hocba_sign.testing.keys import insecure_ec_key
from tests.vn_certificates import FOLDER, needs_copies, real_certificates

LIST = TrustList.load()
ALL_EXCEPTIONS = frozenset(ProfileException)
SHIPPED = resources.files("hocba_sign").joinpath("data", "trust", "certificates.json").read_bytes()
WORLD = World(datetime(2026, 6, 1, tzinfo=UTC), fast=True)


def by_name(text: str) -> str:
    (pin,) = (
        entry.sha256
        for entry in LIST.entries
        if entry.name == text and entry.kind is ListedKind.ROOT
    )
    return pin


G2 = by_name("Vietnam National Root CA")
MIC = by_name("MIC National Root CA")


def test_the_list_has_every_kind() -> None:
    counts = {kind: sum(entry.kind is kind for entry in LIST.entries) for kind in ListedKind}
    assert counts == {
        ListedKind.ROOT: 10,
        ListedKind.ISSUING: 52,
        ListedKind.GOVERNMENT_CA: 7,
        ListedKind.TSA: 8,
        ListedKind.IMPOSTOR: 2,
    }


def test_every_root_says_until_when_and_what_it_stands_for() -> None:
    roots = [entry for entry in LIST.entries if entry.kind is ListedKind.ROOT]
    assert all(
        root.trusted_until is not None and root.trusted_until <= root.not_after for root in roots
    )
    assert {root.hierarchy for root in roots} == set(Hierarchy) - {Hierarchy.USER}
    assert all(root.issuer_sha256 == root.sha256 for root in roots)


def test_what_was_inferred_is_marked() -> None:
    mic = LIST.find(MIC)
    assert mic is not None
    assert mic.trusted_until == datetime(2022, 9, 22, 1, 35, 16, tzinfo=UTC)
    assert (mic.mark("trusted_until"), mic.mark("octets")) == (
        SourceConfidence.INFERRED,
        SourceConfidence.CERTAIN,
    )


def test_roots_known_from_one_copy_say_so() -> None:
    single = {entry.name for entry in LIST.entries if entry.confidence is Confidence.SINGLE_SOURCE}
    new_roots = {entry.name for entry in LIST.entries if entry.name.startswith("VIETNAM NATIONAL")}
    assert len(new_roots) == 7
    assert new_roots <= single
    # What rests on such a root rests on one copy too.
    assert all(
        entry.confidence is Confidence.SINGLE_SOURCE
        for entry in LIST.entries
        if entry.issuer_sha256
        and (above := LIST.find(entry.issuer_sha256))
        and above.confidence is Confidence.SINGLE_SOURCE
    )


def test_issuers_are_pins_of_the_list() -> None:
    assert all(
        entry.issuer_sha256 is None or LIST.find(entry.issuer_sha256) for entry in LIST.entries
    )
    assert [entry.name for entry in LIST.entries if entry.issuer_sha256 is None] == ["MMDSKĐ CA"]


def test_no_certificate_ships() -> None:
    assert b"MII" not in SHIPPED
    assert b"-----" not in SHIPPED


def test_the_list_cannot_be_changed() -> None:
    with pytest.raises(FrozenInstanceError):
        LIST.entries = ()  # type: ignore[misc]  # the point of the test
    with pytest.raises(TypeError):
        LIST._by_pin["0" * 64] = LIST.entries[0]  # type: ignore[index]  # the point of the test


@pytest.mark.parametrize(
    "change",
    [
        {"version": 2},
        {"as_of": "yesterday"},
        {"certificates": [{"sha256": "00"}]},
        {"certificates": 7},
        {"official": [{"url": "https://rootca.gov.vn/", "mark": "Z"}]},
    ],
)
def test_a_list_of_another_form_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(InputError) as caught:
        TrustList.load(json.dumps(json.loads(SHIPPED) | change).encode())
    assert caught.value.cause == "TRUST.LIST"


def test_a_certificate_twice_is_refused() -> None:
    content = json.loads(SHIPPED)
    content["certificates"].append(content["certificates"][0])
    with pytest.raises(InputError) as caught:
        TrustList.load(json.dumps(content).encode())
    assert caught.value.cause == "TRUST.LIST"


@given(st.binary(max_size=200))
def test_any_octets_are_refused_with_a_cause(octets: bytes) -> None:
    with pytest.raises(InputError) as caught:
        TrustList.load(octets)
    assert caught.value.cause == "TRUST.LIST"


def test_a_certificate_that_is_not_listed_is_not_admitted() -> None:
    certificate = Certificate.load(WORLD.authority("public-ca").certificate_der)
    with pytest.raises(InputError) as caught:
        LIST.admit(certificate)
    assert (caught.value.cause, caught.value.where) == ("TRUST.UNKNOWN", certificate.sha256)


def test_own_anchors_are_named_and_are_no_part_of_the_list() -> None:
    own = Certificate.load(WORLD.authority("national-root").certificate_der)
    assert listed_anchors([own]) == TrustStore()
    trust = TrustStore.vietnam().with_certificates([own])
    (finding,) = user_findings(trust)
    assert (finding.cause, finding.where) == ("TRUST.USER_ANCHOR", own.sha256)
    assert hierarchies_of(trust.anchors[0]) == {Hierarchy.USER}


# --- with the real certificates
# ---------------------------------------------------------------------------------------------


def genuine() -> list[tuple[str, Certificate]]:
    return [one for one in real_certificates().values() if one[0] != "impostor"]


def pool() -> Evidence:
    return Evidence.of(
        certificates=[certificate for _, certificate in real_certificates().values()]
    )


def judge(
    certificate: Certificate,
    at: datetime,
    purpose: Purpose = Purpose.ANY,
    *,
    has_exceptions: bool = True,
) -> PathResult:
    asked = PathRequirements(
        purpose=purpose,
        allow_unknown_revocation=True,
        exceptions=ALL_EXCEPTIONS if has_exceptions else frozenset(),
    )
    return validate_path(
        certificate, trust=anchors_in(pool()), evidence=pool(), at=at, requirements=asked
    )


@needs_copies
def test_every_genuine_certificate_is_admitted() -> None:
    assert len(genuine()) == 77
    for _, certificate in genuine():
        entry = LIST.admit(certificate)
        assert entry.sha1 == hashlib.sha1(certificate.der, usedforsecurity=False).hexdigest()
        assert (entry.subject, entry.not_after) == (certificate.subject_text, certificate.not_after)


def vouch(certificate: Certificate, way: str) -> TrustStore:
    match way:
        case "of":
            return TrustStore.of([certificate])
        case "constructor":
            return TrustStore((Anchor(certificate=certificate, name="mine"),))
        case _:
            return TrustStore.vietnam().with_certificates([certificate])


@needs_copies
def test_impostors_are_refused_whoever_vouches_for_them() -> None:
    impostors = [
        certificate for group, certificate in real_certificates().values() if group == "impostor"
    ]
    assert len(impostors) == 2
    for certificate in impostors:
        with pytest.raises(InputError) as caught:
            LIST.admit(certificate)
        assert (caught.value.cause, caught.value.where) == ("TRUST.KNOWN_BAD", certificate.sha256)
        for way in ("of", "constructor", "given"):
            with pytest.raises(CallerError) as refused:
                vouch(certificate, way)
            assert (refused.value.cause, refused.value.where) == (
                "TRUST.KNOWN_BAD_ANCHOR",
                certificate.sha256,
            )
    assert {entry.sha256 for entry in LIST.known_bad(pool().certificates)} == {
        one.sha256 for one in impostors
    }


@needs_copies
def test_the_impostors_are_no_anchors_and_lead_to_none() -> None:
    for group, certificate in real_certificates().values():
        if group == "impostor":
            result = judge(certificate, certificate.not_before + timedelta(days=3))
            assert result.status is PathStatus.INDETERMINATE
            assert result.causes in {("PATH.NO_CHAIN",), ("PATH.SIGNATURE",)}


@needs_copies
@pytest.mark.parametrize("where", [8, 40, -1, -100])
def test_a_changed_bit_is_refused(where: int) -> None:
    refused = 0
    for _, certificate in genuine():
        octets = bytearray(certificate.der)
        octets[where] ^= 1
        try:
            changed = Certificate.load(bytes(octets))
        except InputError:
            refused += 1
            continue
        with pytest.raises(InputError) as caught:
            LIST.admit(changed)
        assert caught.value.cause in {"TRUST.LOOKALIKE", "TRUST.UNKNOWN"}
        assert listed_anchors([changed]) == TrustStore()
        refused += 1
    assert refused == 77


@needs_copies
@given(st.data())
def test_any_changed_bit_is_refused(data: st.DataObject) -> None:
    _, certificate = data.draw(st.sampled_from(genuine()))
    bit = data.draw(st.integers(0, len(certificate.der) * 8 - 1))
    octets = bytearray(certificate.der)
    octets[bit // 8] ^= 1 << bit % 8
    with pytest.raises(InputError) as caught:
        LIST.admit(Certificate.load(bytes(octets)))
    assert caught.value.cause in {"TRUST.LOOKALIKE", "TRUST.UNKNOWN", "CERT.MALFORMED"}


@needs_copies
def test_the_name_of_a_listed_certificate_is_not_enough() -> None:
    _, root = real_certificates()[G2]
    octets = bytearray(root.der)
    octets[-1] ^= 1
    with pytest.raises(InputError) as caught:
        LIST.admit(Certificate.load(bytes(octets)))
    assert caught.value.cause == "TRUST.LOOKALIKE"


@pytest.mark.parametrize("shares", ["name", "identifier"])
def test_the_name_or_the_key_identifier_of_a_listed_certificate_makes_a_lookalike(
    shares: str,
) -> None:
    listed = next(entry for entry in LIST.entries if entry.subject_key_identifier)
    name = x509.Name.from_rfc4514_string(listed.subject if shares == "name" else "CN=TEST CA")
    key = insecure_ec_key("lookalike")
    builder = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(datetime(2026, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2027, 1, 1, tzinfo=UTC))
    )
    if shares == "identifier":
        identifier = bytes.fromhex(str(listed.subject_key_identifier))
        builder = builder.add_extension(x509.SubjectKeyIdentifier(identifier), critical=False)
    octets = builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.DER)
    with pytest.raises(InputError) as caught:
        LIST.admit(Certificate.load(octets))
    assert caught.value.cause == "TRUST.LOOKALIKE"


@needs_copies
def test_every_genuine_certificate_links_to_its_root() -> None:
    linked = by_signature = 0
    for _, certificate in genuine():
        entry = LIST.admit(certificate)
        if entry.issuer_sha256 is None:
            assert judge(certificate, certificate.not_before + timedelta(days=3)).causes == (
                "PATH.NO_CHAIN",
            )
            continue
        result = judge(certificate, certificate.not_before + timedelta(days=3))
        if result.status is PathStatus.PASSED:
            linked += 1
        else:
            # Old ones are signed with SHA-1: linked, but not acceptable.
            assert result.causes == ("PATH.WEAK_ALGORITHM",), entry.name
            by_signature += 1
        _, issuer = real_certificates()[entry.issuer_sha256]
        key = load_public_key(issuer.public_key_der)
        assert verify_der_value(
            key,
            certificate.tbs_der,
            signature=certificate.signature,
            algorithm=certificate.signature_algorithm,
        ), entry.name
        top = entry
        while top.issuer_sha256 is not None and top.issuer_sha256 != top.sha256:
            top = LIST.find(top.issuer_sha256) or pytest.fail("an issuer that is not listed")
        assert top.kind is ListedKind.ROOT
        assert result.anchor_sha256 == top.sha256
    assert (linked, by_signature) == (62, 14)


@needs_copies
def test_anchors_come_from_the_pool_by_pin() -> None:
    trust = anchors_in(pool())
    assert {anchor.certificate.sha256 for anchor in trust.anchors} == {
        entry.sha256 for entry in LIST.entries if entry.kind is ListedKind.ROOT
    }
    assert all(anchor.origin == "list" and len(anchor.hierarchies) == 1 for anchor in trust.anchors)
    assert user_findings(trust) == ()
    g2 = trust.find(G2)
    assert g2 is not None
    assert g2.trusted_until == datetime(2039, 4, 15, 16, 29, 20, tzinfo=UTC)


@needs_copies
def test_a_pinned_root_that_the_user_gives_keeps_what_the_list_says() -> None:
    _, root = real_certificates()[MIC]
    (anchor,) = TrustStore.vietnam().with_certificates([root]).anchors
    assert anchor.origin == "list"
    assert anchor.trusted_until == datetime(2022, 9, 22, 1, 35, 16, tzinfo=UTC)
    assert hierarchies_of(anchor) == {Hierarchy.PUBLIC}
    assert hierarchies_of(TrustStore.of([root]).anchors[0]) == {Hierarchy.PUBLIC}


TIME_STAMP_EXCEPTIONS = {
    "Máy chủ cấp dấu thời gian HL01": set[ProfileException](),
    "TrustCA Qualified Timestamping CA": set[ProfileException](),
    "FPT Certification Authority Timestamping": set(ALL_EXCEPTIONS),
    "VNPT Certification Timestamping Authority": {ProfileException.KEY_CERT_SIGN_WITHOUT_CA},
    "Viettel-CA Timestamping": {ProfileException.KEY_CERT_SIGN_WITHOUT_CA},
    "VNPAY-CA TSA": {ProfileException.KEY_CERT_SIGN_WITHOUT_CA},
    "Intrust Time-Stamping Authority": {ProfileException.KEY_CERT_SIGN_WITHOUT_CA},
    "Time Stamp CA2": {ProfileException.KEY_CERT_SIGN_WITHOUT_CA},
}


@needs_copies
def test_genuine_time_stamping_certificates_pass_with_the_exception_named() -> None:
    found = {}
    for group, certificate in genuine():
        if group != "tsa":
            continue
        at = certificate.not_before + timedelta(days=3)
        result = judge(certificate, at, Purpose.TIMESTAMPING)
        assert result.status is PathStatus.PASSED, (certificate.subject_text, result.causes)
        found[certificate.subject.common_name] = set(result.exceptions)
        strict = judge(certificate, at, Purpose.TIMESTAMPING, has_exceptions=False)
        assert (strict.status is PathStatus.PASSED) == (not result.exceptions)
    assert found == TIME_STAMP_EXCEPTIONS


@needs_copies
def test_the_token_of_the_government_verifies_offline() -> None:
    token = read_token(
        (FOLDER / "misc" / "vgca-tsa-hl01-2022-12-01.tst.der").read_bytes(), pool().certificates
    )
    assert token.gen_time.date().isoformat() == "2022-12-01"
    check = verify_token(token, lambda _: token.imprint)
    assert (check.intact, check.causes) == (True, ())
    assert token.certificate is not None
    assert LIST.admit(token.certificate).kind is ListedKind.TSA
    result = judge(token.certificate, token.gen_time, Purpose.TIMESTAMPING)
    assert (result.status, result.exceptions) == (PathStatus.PASSED, ())
    (root,) = (entry for entry in LIST.entries if entry.name == "RootCA chuyên dùng Chính phủ G2")
    assert result.anchor_sha256 == root.sha256
