"""A grade-9 transcript is still proven when every certificate in it has expired and every server is
gone.
"""

from datetime import UTC, datetime, timedelta

import pytest

from hocba_sign.errors import CallerError
from hocba_sign.operations.extension import extend
from hocba_sign.operations.verifier import Verifier
from hocba_sign.pki.certificates.certificate import Certificate
from hocba_sign.pki.certificates.profile import Purpose
from hocba_sign.pki.path.result import PathStatus
from hocba_sign.pki.revocation.evidence import Evidence
from hocba_sign.pki.trust.store import TrustStore
from hocba_sign.pki.trust.vietnam_list import Hierarchy, ListedKind
from hocba_sign.report.report import Report
from hocba_sign.signing.signing_policy import Level
from hocba_sign.testing import Identity
from hocba_sign.validation.policy import DEFAULT
from hocba_sign.validation.setting import Setting
from hocba_sign.validation.signature.path_at_time import validate_signer_path
from hocba_sign.validation.signature.proof_of_existence import Existence
from hocba_sign.validation.verdict import Verdict
from tests.support.pins import pin, trust_list
from tests.support.scene import SIGNED_AT, DirectTsa, Scene, causes

DAY = timedelta(days=1)
NOTHING = Evidence()
"""No network, no files: only what the document carries."""


class YearTsa(DirectTsa):
    """A time-stamp authority with a certificate of its own, issued for a few years."""

    def __init__(self, scene: Scene, at: datetime, *, years: int = 5) -> None:
        super().__init__(scene.world, at)
        self.identity: Identity = scene.world.time_stamper(
            f"TEST TSA {at.year}", not_before=at - DAY, not_after=at + years * 365 * DAY
        )

    def answer(self, request_der: bytes) -> bytes:
        return self.world.timestamp(request_der, self.at, tsa=self.identity)


def archived(scene: Scene, document: bytes, at: datetime, to: Level = Level.LTA) -> bytes:
    return extend(
        document,
        Verifier(trust=scene.trust, evidence=scene.evidence(at - DAY)),
        to=to,
        at=at,
        tsa=YearTsa(scene, at),
    )


def judged(
    scene: Scene, document: bytes, at: datetime, *, anchors: tuple[bytes, ...] = ()
) -> Report:
    trust = TrustStore.of(Certificate.load(der) for der in (*scene.world.anchors_der, *anchors))
    return Verifier(trust=trust, evidence=NOTHING).verify(document, at=at)


SCENE = Scene("lop9", subjects=1)
T = SCENE.signed(level=Level.T)
LT_AT = SIGNED_AT + 10 * DAY
LT = archived(SCENE, T, LT_AT, Level.LT)
LTA_AT = datetime(2027, 3, 1, tzinfo=UTC)
LTA = archived(SCENE, LT, LTA_AT)
AGAIN_AT = datetime(2030, 3, 1, tzinfo=UTC)
AGAIN = archived(SCENE, LTA, AGAIN_AT)
LAST_TSA = YearTsa(SCENE, AGAIN_AT).identity.certificate_der
YEAR_2046 = datetime(2046, 6, 1, tzinfo=UTC)


def formats(report: Report) -> set[str]:
    return {signature["format"] for signature in report.to_dict()["signatures"]}


def test_each_level_is_what_it_says() -> None:
    for document, name, at in (
        (T, "T", SIGNED_AT + DAY),
        (LT, "LT", LT_AT),
        (LTA, "LTA", LTA_AT + DAY),
        (AGAIN, "LTA", AGAIN_AT + DAY),
    ):
        assert formats(judged(SCENE, document, at)) == {f"XAdES-BASELINE-{name}"}


def test_it_is_valid_offline_all_its_life() -> None:
    assert judged(SCENE, LT, LT_AT + DAY).verdict is Verdict.VALID
    assert judged(SCENE, LTA, LTA_AT + DAY).verdict is Verdict.VALID
    assert judged(SCENE, AGAIN, AGAIN_AT + DAY).verdict is Verdict.VALID


def test_before_a_renewal_the_status_of_the_last_authority_is_asked_for() -> None:
    """Nobody can embed, at the time of an archive time-stamp, that its own authority is not revoked
    later.
    """
    report = judged(SCENE, LTA, AGAIN_AT)
    assert report.verdict is Verdict.INDETERMINATE
    assert any(
        "REVOCATION.EXPIRED" in stamp["causes"]
        for one in report.to_dict()["signatures"]
        for stamp in one["timestamps"]
    )
    fresh = SCENE.evidence(AGAIN_AT - DAY)
    assert (
        Verifier(trust=SCENE.trust, evidence=fresh).verify(LTA, at=AGAIN_AT).verdict
        is Verdict.VALID
    )


def from_pins(
    document: bytes, at: datetime, *pins: dict[str, object], evidence: Evidence = NOTHING
) -> Report:
    """Judge with no anchor at all: nothing but a trust list, which holds digests."""
    roots = [
        pin(der, ListedKind.ROOT, hierarchy)
        for der, hierarchy in zip(SCENE.world.anchors_der, ROOTS, strict=True)
    ]
    return Verifier(trust=TrustStore(pins=trust_list(*roots, *pins)), evidence=evidence).verify(
        document, at=at
    )


ROOTS = (Hierarchy.PUBLIC, Hierarchy.GOVERNMENT, Hierarchy.TSA)
LAST_PIN = pin(LAST_TSA, ListedKind.TSA, Hierarchy.TSA)


def test_in_2046_with_everything_expired_it_is_valid_from_its_pins() -> None:
    """The last time-stamp authority is one of the pins: nothing younger proves that its token
    existed in time.
    """
    report = from_pins(AGAIN, YEAR_2046, LAST_PIN)
    assert report.verdict is Verdict.VALID, causes(report)
    assert report.require_passed() == SCENE.transcript
    warned = [
        check
        for check in report.to_dict()["checks"]
        if check["id"].startswith("TRUST.") and check["id"] != "TRUST.LIST_AGE"
    ]
    assert [(check["id"], check["where"], check["forces"]) for check in warned] == [
        ("TRUST.PINNED_TSA", LAST_PIN["sha256"], None)
    ]


def test_without_that_pin_the_missed_renewal_is_said() -> None:
    report = from_pins(AGAIN, YEAR_2046)
    assert report.verdict is Verdict.INDETERMINATE
    assert {signature["sub_indication"] for signature in report.to_dict()["signatures"]} == {
        "OUT_OF_BOUNDS_NO_POE"
    }


def test_a_pin_stands_for_what_was_stamped_while_it_was_trusted() -> None:
    last_day = pin(LAST_TSA, ListedKind.TSA, Hierarchy.TSA, trusted_until=AGAIN_AT)
    assert from_pins(AGAIN, YEAR_2046, last_day).verdict is Verdict.VALID
    report = from_pins(
        AGAIN, YEAR_2046, pin(LAST_TSA, ListedKind.TSA, Hierarchy.TSA, trusted_until=AGAIN_AT - DAY)
    )
    assert report.verdict is Verdict.INDETERMINATE
    assert {
        cause
        for one in report.to_dict()["signatures"]
        for stamp in one["timestamps"]
        for cause in stamp["causes"]
    } >= {"TRUST.PIN_ENDED"}


def test_a_pin_does_not_replace_asking_while_there_is_somebody_to_ask() -> None:
    """A year after the last list, with the authority's certificate valid: only its issuer can say
    that it was not revoked.
    """
    assert from_pins(AGAIN, AGAIN_AT + 365 * DAY, LAST_PIN).verdict is Verdict.INDETERMINATE


@pytest.mark.parametrize(
    ("reason", "verdict"),
    [("key_compromise", Verdict.INDETERMINATE), ("superseded", Verdict.VALID)],
)
def test_what_is_known_of_a_pinned_authority_counts(reason: str, verdict: Verdict) -> None:
    """Who has its key can stamp with any date; an authority that was replaced has told the
    truth.
    """
    last = YearTsa(SCENE, AGAIN_AT).identity
    world = Scene("lop9", subjects=1).world
    world.revoke(last, AGAIN_AT + 100 * DAY, reason=reason)
    known = Evidence.of(crls=[world.crl("tsa-root", AGAIN_AT + 200 * DAY)])
    assert from_pins(AGAIN, YEAR_2046, LAST_PIN, evidence=known).verdict is verdict


@pytest.mark.parametrize(
    ("kind", "hierarchy"),
    [
        (ListedKind.ISSUING, Hierarchy.TSA),
        (ListedKind.GOVERNMENT_CA, Hierarchy.TSA),
        (ListedKind.IMPOSTOR, None),
    ],
)
def test_only_what_is_listed_as_a_time_stamp_authority_stands_for_tokens(
    kind: ListedKind, hierarchy: Hierarchy | None
) -> None:
    assert (
        from_pins(AGAIN, YEAR_2046, pin(LAST_TSA, kind, hierarchy)).verdict is Verdict.INDETERMINATE
    )


def test_a_file_that_rests_on_a_pin_can_still_be_renewed() -> None:
    """With a list that has the roots too; the renewal is by an authority that is valid then."""
    pins = [
        pin(der, ListedKind.ROOT, hierarchy)
        for der, hierarchy in zip(SCENE.world.anchors_der, ROOTS, strict=True)
    ]
    at = datetime(2038, 1, 1, tzinfo=UTC)
    renewed = extend(
        AGAIN,
        Verifier(
            trust=TrustStore(pins=trust_list(*pins, LAST_PIN)), evidence=SCENE.evidence(at - DAY)
        ),
        to=Level.LTA,
        at=at,
        tsa=YearTsa(SCENE, at),
    )
    next_pin = pin(YearTsa(SCENE, at).identity.certificate_der, ListedKind.TSA, Hierarchy.TSA)
    assert (
        from_pins(renewed, datetime(2055, 1, 1, tzinfo=UTC), LAST_PIN, next_pin).verdict
        is Verdict.VALID
    )
    assert (
        from_pins(renewed, datetime(2055, 1, 1, tzinfo=UTC), next_pin).verdict
        is Verdict.INDETERMINATE
    )


def test_a_pinned_time_stamp_authority_vouches_for_nobody() -> None:
    """Genuine ones have keyCertSign: neither it nor what it issues passes as a signer."""
    tsa = SCENE.world.time_stamper("TEST TSA", key_usage=("digital_signature", "key_cert_sign"))
    pins = trust_list(pin(tsa.certificate_der, ListedKind.TSA, Hierarchy.TSA))
    for leaf in (tsa.certificate_der, SCENE.identity(SCENE.slots[-1]).certificate_der):
        certificate = Certificate.load(leaf)
        path = validate_signer_path(
            certificate,
            purpose=Purpose.SIGNING,
            existed=YEAR_2046,
            existence=Existence(YEAR_2046),
            evidence=Evidence.of(certificates=[Certificate.load(tsa.certificate_der)]),
            setting=Setting(
                trust=TrustStore(pins=pins), evidence=NOTHING, at=YEAR_2046, policy=DEFAULT
            ),
        )
        assert (path.status, path.causes) == (PathStatus.INDETERMINATE, ("PATH.NO_CHAIN",))


@pytest.mark.parametrize("document", [T, LT, LTA])
def test_what_was_not_renewed_is_not_valid(document: bytes) -> None:
    assert from_pins(document, YEAR_2046, LAST_PIN).verdict is Verdict.INDETERMINATE


def test_a_user_may_trust_the_last_authority_as_an_anchor() -> None:
    assert judged(SCENE, AGAIN, YEAR_2046, anchors=(LAST_TSA,)).verdict is Verdict.VALID


def test_revoked_after_signing_is_valid_with_a_time_stamp_only() -> None:
    scene = Scene("lop9", subjects=1)
    stamped, bare = scene.signed(level=Level.T), scene.signed(level=Level.B)
    scene.world.revoke(scene.identity(scene.slots[-2]), SIGNED_AT + DAY)
    later = SIGNED_AT + 3 * DAY
    evidence = scene.evidence(SIGNED_AT + 2 * DAY)
    assert (
        Verifier(trust=scene.trust, evidence=evidence).verify(stamped, at=later).verdict
        is Verdict.VALID
    )
    report = Verifier(trust=scene.trust, evidence=evidence).verify(bare, at=later)
    assert report.verdict is Verdict.INDETERMINATE
    assert [
        one["sub_indication"] for one in report.to_dict()["signatures"] if one["sub_indication"]
    ] == ["REVOKED_NO_POE"]


def test_revoked_before_signing_is_not_valid() -> None:
    scene = Scene("lop9", subjects=1)
    scene.world.revoke(scene.identity(scene.slots[-2]), SIGNED_AT - DAY)
    report = Verifier(trust=scene.trust, evidence=scene.evidence()).verify(
        scene.signed(level=Level.T), at=SIGNED_AT + DAY
    )
    assert report.verdict is Verdict.INDETERMINATE
    assert "REVOCATION.REVOKED" in causes(report)


def test_data_older_than_the_signature_is_refused_with_the_day_to_come_back() -> None:
    old = SCENE.evidence(SIGNED_AT - timedelta(hours=1))
    with pytest.raises(CallerError) as caught:
        extend(
            T,
            Verifier(trust=SCENE.trust, evidence=old),
            to=Level.LT,
            at=SIGNED_AT + timedelta(hours=1),
        )
    assert caught.value.cause == "EXTEND.TOO_EARLY"
    assert caught.value.due is not None
    assert caught.value.due.isoformat().startswith("2026-06")


def test_a_crl_that_turns_up_after_its_issuer_expired_proves_nothing() -> None:
    """Evidence must have existed while its issuer could be relied on; who finds it later cannot
    show that.
    """
    late = datetime(2033, 1, 1, tzinfo=UTC)
    trust = SCENE.trust.with_anchors(
        TrustStore.of([Certificate.load(SCENE.world.tsa.certificate_der)]).anchors
    )
    report = Verifier(trust=trust, evidence=SCENE.evidence(SIGNED_AT + DAY)).verify(T, at=late)
    assert report.verdict is Verdict.INDETERMINATE
    told = report.to_dict()["signatures"][0]
    assert (told["time_proof"], told["sub_indication"]) == (
        "timestamp",
        "REVOCATION_OUT_OF_BOUNDS_NO_POE",
    )
    assert "REVOCATION.NO_PROOF_OF_EXISTENCE" in told["causes"]


@pytest.mark.parametrize(
    ("reason", "verdict"),
    [("key_compromise", Verdict.INDETERMINATE), ("cessation_of_operation", Verdict.VALID)],
)
def test_lists_of_a_compromised_key_prove_nothing_without_their_age(
    reason: str, verdict: Verdict
) -> None:
    scene = Scene("lop9", subjects=1)
    document = scene.signed(level=Level.T)
    scene.world.revoke(scene.world.authority("public-ca"), SIGNED_AT + DAY, reason=reason)
    report = Verifier(trust=scene.trust, evidence=scene.evidence(SIGNED_AT + 2 * DAY)).verify(
        document, at=SIGNED_AT + 3 * DAY
    )
    assert report.verdict is verdict
    assert ("REVOCATION.CA_COMPROMISED" in causes(report)) is (verdict is Verdict.INDETERMINATE)


def test_an_archive_time_stamp_older_than_what_it_covers_is_noticed() -> None:
    before = DirectTsa(SCENE.world, SIGNED_AT - DAY)
    evidence = SCENE.evidence(LT_AT - DAY)
    document = extend(
        T, Verifier(trust=SCENE.trust, evidence=evidence), to=Level.LTA, at=LT_AT, tsa=before
    )
    report = Verifier(trust=SCENE.trust, evidence=evidence).verify(document, at=LT_AT)
    assert report.verdict is not Verdict.VALID
    stamps = [
        stamp
        for one in report.to_dict()["signatures"]
        for stamp in one["timestamps"]
        if stamp["type"] == "signature"
    ]
    assert {stamp["sub_indication"] for stamp in stamps} == {"TIMESTAMP_ORDER_FAILURE"}


def test_extending_one_signature_leaves_the_others_intact() -> None:
    report = judged(SCENE, AGAIN, AGAIN_AT + DAY)
    assert all(signature["intact"] for signature in report.to_dict()["signatures"])
    assert report.to_dict()["workflow"]["order_proven"] is True


@pytest.mark.parametrize("which", [0, 1])
def test_a_changed_archive_time_stamp_is_noticed(which: int) -> None:
    """What an archive time-stamp covers cannot be exchanged, though no signature covers it."""
    start = [at for at in range(len(LTA)) if LTA.startswith(b"<xades:EncapsulatedCRLValue>", at)][
        which
    ]
    end = LTA.index(b"</xades:EncapsulatedCRLValue>", start) + len(b"</xades:EncapsulatedCRLValue>")
    report = judged(SCENE, LTA[:start] + LTA[end:], LTA_AT + DAY)
    assert report.verdict is not Verdict.VALID
