"""Whose word about the time counts: the authority's certificate, what the trust list says of it,
and what is known of its key.
"""

import hashlib
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from asn1crypto import cms, core, crl

from hocba_sign.crypto import der
from hocba_sign.errors import InputError
from hocba_sign.operations.verifier import Verifier
from hocba_sign.pki.certificates.certificate import Certificate
from hocba_sign.pki.revocation.evidence import Evidence
from hocba_sign.pki.revocation.pool import RevocationFact
from hocba_sign.pki.timestamp.token import is_bound, read_token
from hocba_sign.pki.trust.store import TrustStore
from hocba_sign.pki.trust.vietnam_list import Hierarchy, ListedKind
from hocba_sign.report.report import Report
from hocba_sign.testing import Identity, World
from hocba_sign.testing.forge import stamp
from hocba_sign.testing.keys import sign_octets
from hocba_sign.validation.signature.path_at_time import is_compromised
from hocba_sign.validation.verdict import Verdict
from tests.support.pins import pin, trust_list
from tests.support.scene import JUDGED_AT, SEAL, SIGNED_AT, Scene

DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
SCENE = Scene()
BARE = SCENE.signed()


def stamped(at: datetime, tsa: Identity | None = None, *, document: bytes = BARE) -> bytes:
    return stamp(
        document,
        SEAL,
        token=lambda imprint: SCENE.world.timestamp_token(("sha256", imprint), at, tsa=tsa),
    )


def judged(
    document: bytes,
    *pins: dict[str, object],
    at: datetime = JUDGED_AT,
    evidence: Evidence | None = None,
    roots: bool = True,
) -> Report:
    trust = replace(SCENE.trust if roots else TrustStore(), pins=trust_list(*pins))
    return Verifier(trust=trust, evidence=evidence or SCENE.evidence(at - MINUTE)).verify(
        document, at=at
    )


def stamp_causes(report: Report) -> set[str]:
    return {
        cause
        for one in report.to_dict()["signatures"]
        for told in one["timestamps"]
        for cause in told["causes"]
    }


def best_times(report: Report) -> set[str]:
    return {one["time_proof"] for one in report.to_dict()["signatures"]}


def authority(name: str, **options: object) -> Identity:
    return SCENE.world.time_stamper(f"TEST TSA {name}", **options)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("minutes", "is_fine"), [(-1, False), (0, True), (1, True), (60, True), (61, False)]
)
def test_the_time_lies_within_the_life_of_the_authoritys_certificate(
    minutes: int, *, is_fine: bool
) -> None:
    tsa = authority("Short", not_before=SIGNED_AT, not_after=SIGNED_AT + 60 * MINUTE)
    report = judged(stamped(SIGNED_AT + minutes * MINUTE, tsa), at=SIGNED_AT + 30 * MINUTE)
    told = stamp_causes(report)
    assert ("TST.OUTSIDE_CERTIFICATE" in told) is not is_fine
    if is_fine:
        assert report.verdict is Verdict.VALID
    else:
        assert (report.verdict, best_times(report)) == (Verdict.INDETERMINATE, {"claimed"})


def test_three_hundred_days_too_early_are_not_the_best_time() -> None:
    report = judged(stamped(SIGNED_AT - 300 * DAY, authority("New", not_before=SIGNED_AT - DAY)))
    assert stamp_causes(report) == {"TST.OUTSIDE_CERTIFICATE"}
    assert best_times(report) == {"claimed"}


def test_a_token_of_the_future_is_passed_over_only_if_that_is_its_one_fault() -> None:
    later = JUDGED_AT + 10 * DAY
    assert judged(stamped(later)).verdict is Verdict.VALID
    assert (
        judged(stamped(later, authority("Future", not_before=later - DAY))).verdict is Verdict.VALID
    )
    stranger = World(SIGNED_AT, fast=True, seed="another world").time_stamper()
    assert judged(stamped(later, stranger)).verdict is Verdict.INDETERMINATE
    assert (
        judged(stamped(later, authority("Ended", not_after=later - DAY))).verdict
        is Verdict.INDETERMINATE
    )
    person = SCENE.world.person("Nguyễn Thị Thử", "001300000001")
    assert judged(stamped(later, person)).verdict is Verdict.INDETERMINATE
    ill = stamp(
        BARE,
        SEAL,
        token=lambda imprint: SCENE.world.timestamp_token(
            ("sha256", imprint), later, digest="sha1"
        ),
    )
    assert judged(ill).verdict is Verdict.INDETERMINATE


def test_an_impostor_of_the_list_stamps_nothing_on_any_path() -> None:
    tsa = authority("Listed")
    document = stamped(SIGNED_AT, tsa)
    assert (
        judged(document, pin(tsa.certificate_der, ListedKind.TSA, Hierarchy.TSA)).verdict
        is Verdict.VALID
    )
    for bad in (tsa.certificate_der, SCENE.world.anchors_der[2]):
        pins = (pin(bad, ListedKind.IMPOSTOR, None),)
        trust = replace(
            TrustStore.of([Certificate.load(one) for one in SCENE.world.anchors_der if one != bad]),
            pins=trust_list(*pins),
        )
        report = Verifier(trust=trust, evidence=SCENE.evidence()).verify(document, at=JUDGED_AT)
        assert report.verdict is Verdict.INDETERMINATE
        assert best_times(report) == {"claimed"}
    assert "TRUST.KNOWN_BAD" in stamp_causes(
        judged(document, pin(tsa.certificate_der, ListedKind.IMPOSTOR, None))
    )


@pytest.mark.parametrize(("days", "is_trusted"), [(-1, False), (0, True), (1, True)])
def test_the_end_of_trust_in_the_list_holds_for_a_path_to_a_root_too(
    days: int, *, is_trusted: bool
) -> None:
    tsa = authority("Listed")
    report = judged(
        stamped(SIGNED_AT, tsa),
        pin(
            tsa.certificate_der, ListedKind.TSA, Hierarchy.TSA, trusted_until=SIGNED_AT + days * DAY
        ),
    )
    assert (report.verdict is Verdict.VALID) is is_trusted
    assert ("TRUST.PIN_ENDED" in stamp_causes(report)) is not is_trusted


OLD = authority("Old", not_after=SIGNED_AT + 100 * DAY)
LATER = SIGNED_AT + 200 * DAY
OLD_PIN = pin(OLD.certificate_der, ListedKind.TSA, Hierarchy.TSA)


def long_after(*lists: bytes, is_rooted: bool = True) -> Report:
    """Judge a file whose seal was stamped by an authority that is pinned and has expired since; the
    others' lists are at hand.
    """
    evidence = SCENE.evidence(LATER - DAY).merged(Evidence.of(crls=lists))
    tsa_root = Certificate.load(SCENE.world.anchors_der[2])
    trust = TrustStore.of(
        Certificate.load(one) for one in SCENE.world.anchors_der[: 3 if is_rooted else 2]
    )
    known = evidence.merged(Evidence(certificates=(tsa_root,)))
    return Verifier(trust=replace(trust, pins=trust_list(OLD_PIN)), evidence=known).verify(
        stamped(SIGNED_AT, OLD), at=LATER
    )


def listing(reason: str | None, revoked: timedelta, *, at: timedelta) -> bytes:
    """Return the list of the authority's issuer that has it, with a reason or without one."""
    world = World(SIGNED_AT, fast=True)
    tsa = world.time_stamper("TEST TSA Old", not_after=SIGNED_AT + 100 * DAY)
    world.revoke(tsa, SIGNED_AT + revoked, reason=reason or "unspecified")
    octets = world.crl("tsa-root", SIGNED_AT + at)
    if reason is not None:
        return octets
    listed = crl.CertificateList.load(octets)
    fields = listed["tbs_cert_list"]
    del fields["revoked_certificates"][0]["crl_entry_extensions"]
    signature = sign_octets(
        world.authority("tsa-root").key, fields.dump(force=True), digest="sha256"
    )
    return bytes(
        crl.CertificateList(
            {
                "tbs_cert_list": fields,
                "signature_algorithm": listed["signature_algorithm"],
                "signature": signature,
            }
        ).dump()
    )


@pytest.mark.parametrize("is_rooted", [True, False])
@pytest.mark.parametrize(
    ("reason", "is_over"),
    [
        ("key_compromise", True),
        (None, True),
        ("superseded", False),
        ("cessation_of_operation", False),
        ("unspecified", False),
    ],
)
def test_a_list_that_has_the_key_as_stolen_ends_a_pin(
    reason: str | None, *, is_over: bool, is_rooted: bool
) -> None:
    """Issued in the certificate's life or after it, whether or not its issuer is still an anchor;
    RFC 3161, 4 says which reasons count.
    """
    assert "SIG.TIME_STAMPS" not in failing(long_after(is_rooted=is_rooted))
    for at in (80 * DAY, 150 * DAY):
        report = long_after(listing(reason, 50 * DAY, at=at), is_rooted=is_rooted)
        assert ("SIG.TIME_STAMPS" in failing(report)) is is_over, (reason, at)


def test_a_list_that_has_it_from_before_the_stamp_ends_a_pin_for_any_reason() -> None:
    assert "SIG.TIME_STAMPS" in failing(
        long_after(listing("superseded", -DAY, at=150 * DAY), is_rooted=False)
    )


def failing(report: Report) -> set[str]:
    return {
        check["id"]
        for check in report.to_dict()["checks"]
        if check["result"] in {"fail", "warning"} and check["forces"]
    }


@pytest.mark.parametrize(
    ("reason", "has_reason", "of_time_stamps", "of_issuers"),
    [
        ("key_compromise", True, True, True),
        ("ca_compromise", True, True, True),
        ("unspecified", False, True, True),
        ("unspecified", True, False, True),
        ("superseded", True, False, False),
        ("cessation_of_operation", True, False, False),
    ],
)
def test_without_a_reason_a_key_may_be_stolen(
    reason: str, *, has_reason: bool, of_time_stamps: bool, of_issuers: bool
) -> None:
    fact = RevocationFact(
        certificate_sha256="",
        status="good",
        revoked_at=SIGNED_AT,
        reason=reason,
        has_reason=has_reason,
    )
    assert is_compromised(fact, is_authority=False) is of_time_stamps
    assert is_compromised(fact, is_authority=True) is of_issuers
    assert not is_compromised(replace(fact, revoked_at=None), is_authority=True)


def with_signing_certificate(value: bytes, *, version: str = "signing_certificate_v2") -> bytes:
    """Return a token whose attribute is `value`, signed anew."""

    def token_of(imprint: bytes) -> bytes:
        tsa = SCENE.world.tsa
        content = cms.ContentInfo.load(SCENE.world.timestamp_token(("sha256", imprint), SIGNED_AT))
        signer = content["content"]["signer_infos"][0]
        kept = [
            one for one in signer["signed_attrs"] if one["type"].native != "signing_certificate_v2"
        ]
        parts = sorted([*(one.dump() for one in kept), _attribute(version, value)])
        attributes = der.encode(der.SET, *parts)
        signer["signed_attrs"] = cms.CMSAttributes.load(attributes)
        signer["signature"] = sign_octets(tsa.key, attributes, digest="sha256")
        return bytes(content.dump(force=True))

    return stamp(BARE, SEAL, token=token_of)


def _attribute(version: str, value: bytes) -> bytes:
    return der.encode(
        der.SEQUENCE, cms.CMSAttributeType(version).dump(), der.encode(der.SET, value)
    )


def _named_by(oid: str | None, digest: bytes) -> bytes:
    algorithm = (
        b"" if oid is None else der.encode(der.SEQUENCE, bytes(core.ObjectIdentifier(oid).dump()))
    )
    one = der.encode(der.SEQUENCE, algorithm, der.encode(der.OCTET_STRING, digest))
    return der.encode(der.SEQUENCE, der.encode(der.SEQUENCE, one))


def _digest(name: str) -> bytes:
    return hashlib.new(name, SCENE.world.tsa.certificate_der).digest()


@pytest.mark.parametrize(
    ("version", "oid", "name", "cause", "warning"),
    [
        ("signing_certificate_v2", None, "sha256", None, False),
        ("signing_certificate_v2", "2.16.840.1.101.3.4.2.3", "sha512", None, False),
        ("signing_certificate_v2", "1.3.14.3.2.26", "sha1", None, True),
        ("signing_certificate_v2", "1.2.840.113549.2.5", "md5", "TST.WEAK_ALGORITHM", False),
        ("signing_certificate", None, "sha1", None, False),
    ],
)
def test_the_digest_that_names_an_authoritys_certificate(
    version: str, oid: str | None, name: str, cause: str | None, *, warning: bool
) -> None:
    """MD5 never; SHA-1 is told, but for ESSCertID, which has no other."""
    report = judged(with_signing_certificate(_named_by(oid, _digest(name)), version=version))
    assert stamp_causes(report) == ({cause} if cause else set())
    told = {
        one["id"] for signature in report.to_dict()["signatures"] for one in signature["warnings"]
    }
    assert ("SIG.BINDING_DIGEST" in told) is warning
    assert (report.verdict is Verdict.VALID) is (cause is None)


def test_an_unreadable_name_of_the_certificate_binds_nothing() -> None:
    token = read_token(SCENE.world.timestamp_token(("sha256", bytes(32)), SIGNED_AT))
    (signer,) = token.signers
    assert token.certificate is not None
    assert is_bound(signer, token.certificate)
    for value in (b"\x05\x00", b"\x30\x02\x30\x00"):
        attributes = tuple(
            (oid, (value,) if oid.endswith(".16.2.47") else held)
            for oid, held in signer.attributes or ()
        )
        assert not is_bound(replace(signer, attributes=attributes), token.certificate)
    assert not is_bound(replace(signer, attributes=()), token.certificate)
    with pytest.raises(InputError):
        read_token(b"\x30\x00")


def test_the_age_of_the_list_is_told_and_warned_of_beyond_a_year() -> None:
    def told(at: datetime) -> list[tuple[str, str]]:
        report = judged(BARE, at=at)
        return [
            (check["where"], check["result"])
            for check in report.to_dict()["checks"]
            if check["id"] == "TRUST.LIST_AGE"
        ]

    assert told(SIGNED_AT + 365 * DAY) == [("2026-06-01", "pass")]
    assert told(SIGNED_AT + 366 * DAY) == [("2026-06-01", "warning")]
    assert judged(BARE, at=SIGNED_AT + 366 * DAY).verdict is Verdict.VALID
