"""What statements on revocation add up to, against an oracle written from the text of
docs/explanation/evidence.md and of the RFCs.

A case is a certificate's life, a signing time that is proven or not, and some lists and answers
about it, all authentic.
"""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from asn1crypto import core, crl
from hypothesis import given, settings
from hypothesis import strategies as st

from hocba_sign.pki.certificates.certificate import Certificate
from hocba_sign.pki.path.path_validation import (
    PathRequirements,
    PathResult,
    PathStatus,
    validate_by_engine,
    validate_path,
)
from hocba_sign.pki.revocation.evidence import Evidence
from hocba_sign.pki.trust.store import TrustStore
from hocba_sign.testing.authority_answers import OcspAnswer, certificate_id, ocsp_response
from hocba_sign.testing.certificates import RevokedEntry
from hocba_sign.testing.keys import sign_octets
from hocba_sign.testing.world import World

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
NOW = datetime(2026, 6, 1, 8, tzinfo=UTC)
WORLD = World(NOW, fast=True)
CA = WORLD.authority("public-ca")
TRUST = TrustStore.of(Certificate.load(der) for der in WORLD.anchors_der)
ROOT_LIST = WORLD.crl("national-root", NOW - 100 * DAY, next_update=NOW + 2000 * DAY)
BIRTH, END = NOW - 50 * DAY, NOW + 20 * DAY
LEAF = WORLD.person("Nguyễn Thị Thử", "001300000001", not_before=BIRTH, not_after=END)
LEAF_CERTIFICATE = Certificate.load(LEAF.certificate_der)

TIMES = [
    NOW + hours * HOUR
    for hours in (
        -51 * 24,
        -5 * 24,
        -49,
        -25,
        -24,
        -1,
        0,
        1,
        30,
        5 * 24,
        20 * 24,
        20 * 24 + 1,
        30 * 24,
        50 * 24,
    )
]


@dataclass(frozen=True, order=True)
class Said:
    """One statement: `status` is good, unknown, revoked (for good) or hold, dated at `since`."""

    kind: str
    issued: datetime
    next_update: datetime | None
    status: str = "good"
    since: datetime = NOW


@dataclass(frozen=True)
class Scene:
    signed: datetime
    judged: datetime
    is_newer_demanded: bool = False


def _list(said: Said) -> bytes:
    octets = WORLD.crl("public-ca", said.issued, next_update=said.next_update)
    changed = crl.CertificateList.load(octets)
    fields = changed["tbs_cert_list"]
    if said.next_update is None:
        del fields["next_update"]
    if said.status in {"revoked", "hold"}:
        reason = "certificate_hold" if said.status == "hold" else "superseded"
        entry: dict[str, Any] = {
            "user_certificate": LEAF.serial,
            "revocation_date": fields["this_update"].__class__(
                {"utc_time": core.UTCTime(said.since)}
            ),
            "crl_entry_extensions": [
                {"extn_id": "crl_reason", "extn_value": crl.CRLReason(reason)}
            ],
        }
        fields["revoked_certificates"] = [entry]
    signature = sign_octets(CA.key, fields.dump(force=True), digest="sha256")
    algorithm = changed["signature_algorithm"]
    return bytes(
        crl.CertificateList(
            {"tbs_cert_list": fields, "signature_algorithm": algorithm, "signature": signature}
        ).dump()
    )


def _answer(said: Said) -> bytes:
    revoked = RevokedEntry(
        serial=LEAF.serial,
        at=said.since,
        reason="certificate_hold" if said.status == "hold" else "superseded",
    )
    status: Any = {"hold": "revoked"}.get(said.status, said.status)
    answer = OcspAnswer(
        cert_id_der=certificate_id(LEAF.certificate_der, CA.certificate_der),
        status=status,
        revoked=revoked,
    )
    return ocsp_response((answer,), CA, at=said.issued, next_update=said.next_update)


def judged(scene: Scene, statements: tuple[Said, ...], *, by: Any = validate_path) -> PathResult:
    evidence = Evidence.of(
        certificates=[Certificate.load(CA.certificate_der)],
        crls=[ROOT_LIST, *(_list(one) for one in statements if one.kind == "crl")],
        ocsps=[_answer(one) for one in statements if one.kind == "ocsp"],
    )
    requirements = PathRequirements(
        known_until=scene.judged, current_at=scene.judged, is_newer_demanded=scene.is_newer_demanded
    )
    result: PathResult = by(
        LEAF_CERTIFICATE, trust=TRUST, evidence=evidence, at=scene.signed, requirements=requirements
    )
    return result


def oracle(scene: Scene, statements: tuple[Said, ...]) -> str:
    """Say `revoked`, `hold`, `good` or `open`, sentence by sentence."""
    known = [one for one in statements if one.issued <= scene.judged]
    # A permanent revocation never lifts, and the earliest date counts.
    if any(one.status == "revoked" and one.since <= scene.signed for one in known):
        return "revoked"
    # A hold counts for its interval: until a later statement, made in the certificate's life, is
    # silent about it.
    in_life = [one for one in known if BIRTH <= one.issued <= END]
    for held in known:
        if held.status == "hold" and held.since <= scene.signed:
            lifted = [
                one.issued for one in in_life if one.status == "good" and one.issued > held.issued
            ]
            if not lifted or scene.signed < min(lifted):
                return "hold"
    # Of answers that contradict each other the newer counts; unknown outweighs good of the same
    # moment.
    ignorance = max(
        (one.issued for one in known if one.status == "unknown" and one.issued <= END), default=None
    )
    for one in known:
        if one.status == "unknown" or (
            one.status in {"revoked", "hold"} and one.since <= scene.signed
        ):
            continue
        if ignorance is not None and one.issued <= ignorance:
            continue
        if one.issued >= scene.signed and (one.status != "good" or one.issued <= END):
            return "good"  # made after the signature: settles the question
        end = one.next_update or (one.issued + 24 * HOUR if one.kind == "ocsp" else None)
        if (
            one in in_life
            and one.issued < scene.signed
            and end is not None
            and end >= scene.judged
            and not scene.is_newer_demanded
        ):
            return "good"  # made before: counts only while it is current
    return "open"


WORDS = {"revoked": "revoked", "on_hold": "hold", "good": "good", "unknown": "open"}


def told(result: PathResult) -> str:
    assert result.revocation, result.causes
    word = WORDS[result.revocation[0].status]
    assert (result.status is PathStatus.PASSED) == (word == "good")
    return word


@st.composite
def said(draw: st.DrawFn) -> Said:
    kind = draw(st.sampled_from(["crl", "ocsp"]))
    issued = draw(st.sampled_from(TIMES))
    life = draw(st.sampled_from([None, 2 * HOUR, 7 * DAY, 400 * DAY]))
    status = draw(
        st.sampled_from(
            ["good", "good", "good", "revoked", "hold", *(["unknown"] if kind == "ocsp" else [])]
        )
    )
    return Said(
        kind,
        issued,
        None if life is None else issued + life,
        status,
        draw(st.sampled_from([one for one in TIMES if one <= issued])),
    )


@st.composite
def scenes(draw: st.DrawFn) -> Scene:
    signed = draw(st.sampled_from([one for one in TIMES if BIRTH < one <= END]))
    later = draw(st.sampled_from([one for one in TIMES if one >= signed]))
    return Scene(signed, draw(st.sampled_from([signed, later])), draw(st.booleans()))


STATEMENTS = st.lists(said(), max_size=4, unique=True).map(tuple)


@given(scenes(), STATEMENTS)
def test_statements_add_up_as_the_text_says(scene: Scene, statements: tuple[Said, ...]) -> None:
    assert told(judged(scene, statements)) == oracle(scene, statements)


@settings(max_examples=40)
@given(scenes(), STATEMENTS)
def test_the_reference_engine_follows_the_same_rules(
    scene: Scene, statements: tuple[Said, ...]
) -> None:
    assert judged(scene, statements, by=validate_by_engine) == judged(scene, statements)


@given(scenes(), STATEMENTS, st.randoms(use_true_random=False))
def test_the_order_of_statements_changes_nothing(
    scene: Scene, statements: tuple[Said, ...], random: Any
) -> None:
    shuffled = list(statements)
    random.shuffle(shuffled)
    assert judged(scene, tuple(shuffled)) == judged(scene, statements)


@given(scenes(), STATEMENTS, said())
def test_a_reported_revocation_never_improves_anything(
    scene: Scene, statements: tuple[Said, ...], more: Said
) -> None:
    """Whatever dates the statement has, as long as it was made by the validation time."""
    report = replace(
        more,
        status="revoked",
        issued=min(more.issued, scene.judged),
        since=min(more.since, scene.signed),
    )
    assert told(judged(scene, (*statements, report))) == "revoked"


@given(scenes(), STATEMENTS)
def test_what_is_not_good_by_default_is_not_good_by_strict(
    scene: Scene, statements: tuple[Said, ...]
) -> None:
    strict = told(judged(replace(scene, is_newer_demanded=True), statements))
    assert strict == "open" or strict == told(
        judged(replace(scene, is_newer_demanded=False), statements)
    )


SIGNED_TODAY = Scene(NOW, NOW + 10 * DAY)


@pytest.mark.parametrize(
    ("scene", "one", "cause"),
    [
        (
            Scene(NOW, NOW + 300 * DAY),
            Said("crl", NOW - HOUR, NOW + 7 * DAY),
            "REVOCATION.BEFORE_SIGNATURE",
        ),
        (
            Scene(NOW, NOW + HOUR, is_newer_demanded=True),
            Said("crl", NOW - HOUR, NOW + 7 * DAY),
            "REVOCATION.BEFORE_SIGNATURE",
        ),
        (
            Scene(NOW, NOW),
            Said("crl", NOW - 37 * timedelta(minutes=1), None),
            "REVOCATION.NO_NEXT_UPDATE",
        ),
        (Scene(NOW, NOW), Said("ocsp", NOW - 24 * HOUR, None), None),
        (Scene(NOW, NOW), Said("ocsp", NOW - 25 * HOUR, None), "REVOCATION.EXPIRED"),
        (Scene(NOW, NOW + DAY), Said("crl", NOW + HOUR, None), None),
        (Scene(NOW, NOW + 300 * DAY), Said("crl", NOW + HOUR, NOW + 2 * HOUR), None),
        (SIGNED_TODAY, Said("crl", NOW - 8 * DAY, NOW - DAY), "REVOCATION.EXPIRED"),
        (Scene(NOW, NOW + 40 * DAY), Said("crl", END + HOUR, None), "REVOCATION.AFTER_EXPIRY"),
        (Scene(NOW, NOW + 40 * DAY), Said("crl", END + HOUR, None, "revoked", NOW + DAY), None),
        (
            Scene(NOW, NOW + 40 * DAY),
            Said("crl", END + HOUR, None, "revoked", NOW),
            "REVOCATION.REVOKED",
        ),
        (
            Scene(NOW, NOW + DAY),
            Said("crl", BIRTH - DAY, NOW + 2 * DAY),
            "REVOCATION.BEFORE_ISSUANCE",
        ),
    ],
)
@pytest.mark.parametrize("by", [validate_path, validate_by_engine])
def test_each_cause(scene: Scene, one: Said, cause: str | None, by: Any) -> None:
    assert judged(scene, (one,), by=by).causes == (() if cause is None else (cause,))


def test_the_earliest_date_counts() -> None:
    first, second = (
        Said("crl", NOW + DAY, None, "revoked", NOW - HOUR),
        Said("ocsp", NOW + 2 * DAY, None, "revoked", NOW + HOUR),
    )
    for statements in ((first, second), (second, first)):
        assert judged(SIGNED_TODAY, statements).revocation[0].revoked_at == NOW - HOUR
    later = replace(first, since=NOW + 3 * HOUR)
    assert judged(SIGNED_TODAY, (later, second)).revocation[0].revoked_at == NOW + HOUR


@pytest.mark.parametrize(("signed", "status"), [(-30, "good"), (-10, "on_hold"), (1, "good")])
def test_a_lifted_hold_counts_for_its_interval(signed: int, status: str) -> None:
    held = Said("crl", NOW - 5 * HOUR, None, "hold", NOW - 20 * HOUR)
    lifted = Said("crl", NOW, NOW + 7 * DAY)
    newer = Said("crl", NOW + 2 * DAY, None)
    assert (
        judged(Scene(NOW + signed * HOUR, NOW + 3 * DAY), (held, lifted, newer))
        .revocation[0]
        .status
        == status
    )


def test_a_permanent_revocation_never_lifts() -> None:
    gone, silent = (
        Said("crl", NOW - 5 * DAY, None, "revoked", NOW - 6 * DAY),
        Said("crl", NOW + HOUR, NOW + 7 * DAY),
    )
    assert judged(Scene(NOW, NOW + DAY), (gone, silent)).causes == ("REVOCATION.REVOKED",)


@pytest.mark.parametrize(("delay", "status"), [(-1, "good"), (0, "unknown"), (1, "unknown")])
def test_who_does_not_know_the_certificate_outweighs_an_older_list(delay: int, status: str) -> None:
    statements = (
        Said("crl", NOW + DAY, None),
        Said("ocsp", NOW + DAY + delay * HOUR, None, "unknown"),
    )
    assert judged(Scene(NOW, NOW + 3 * DAY), statements).revocation[0].status == status
