"""A broken digest counts wherever it stands: under a manifest, under the certificate's name; and
what strict asks of statements.
"""

from dataclasses import replace
from datetime import timedelta

import pytest

from hocba_sign.ades.structure import ParsedSignature
from hocba_sign.crypto.digests import MD5, SHA1, SHA256, DigestAlgorithm, digest
from hocba_sign.operations.verifier import Verifier
from hocba_sign.signing.signing_policy import Level
from hocba_sign.validation.policy import DEFAULT, Policy
from hocba_sign.validation.setting import Setting
from hocba_sign.validation.signature.validation import SignatureConclusion, validate_signature
from hocba_sign.validation.verdict import Indication, SubIndication, Verdict
from hocba_sign.xades.transcript.read import read
from tests.support.scene import CBQL, JUDGED_AT, SIGNED_AT, Scene, causes

SCENE = Scene()
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def parsed() -> ParsedSignature:
    found = read(SCENE.signed()).signature(CBQL)
    assert found is not None
    return found


def judged(signature: ParsedSignature) -> SignatureConclusion:
    return validate_signature(
        signature,
        Setting(trust=SCENE.trust, evidence=SCENE.evidence(), at=JUDGED_AT, policy=DEFAULT),
    )


def told(one: SignatureConclusion) -> set[str]:
    return {finding.cause for finding in one.conclusion.findings}


def warned(one: SignatureConclusion) -> set[str]:
    return {finding.cause for finding in one.warnings}


@pytest.mark.parametrize(("algorithm", "is_fine"), [(SHA256, True), (SHA1, False), (MD5, False)])
def test_entries_of_a_manifest_are_content(algorithm: DigestAlgorithm, *, is_fine: bool) -> None:
    signature = parsed()
    first, *others = signature.references
    entry = replace(first, digest_uri=algorithm.uri, entries=())
    found = judged(replace(signature, references=(replace(first, entries=(entry,)), *others)))
    assert ("CRYPTO.NOT_ACCEPTABLE" in told(found)) is not is_fine
    assert found.conclusion.sub_indication is (
        None if is_fine else SubIndication.CRYPTO_CONSTRAINTS_FAILURE_NO_POE
    )


def test_an_entry_that_is_not_at_hand_is_not_judged() -> None:
    signature = parsed()
    first, *others = signature.references
    entry = replace(first, digest_uri=MD5.uri, is_intact=False, is_absent=True, entries=())
    assert (
        told(judged(replace(signature, references=(replace(first, entries=(entry,)), *others))))
        == set()
    )


@pytest.mark.parametrize(
    ("algorithm", "is_own", "is_by_definition", "is_fine", "is_warned"),
    [
        (SHA256, True, False, True, False),
        (SHA256, False, False, True, False),
        (SHA1, True, False, False, False),
        (SHA1, False, False, True, True),
        (SHA1, False, True, True, False),
        (MD5, True, False, False, False),
        (MD5, False, False, False, False),
    ],
)
def test_the_digest_that_names_the_certificate(
    algorithm: DigestAlgorithm,
    *,
    is_own: bool,
    is_by_definition: bool,
    is_fine: bool,
    is_warned: bool,
) -> None:
    signature = parsed()
    properties = signature.properties
    assert properties is not None
    (binding,) = properties.certificates
    certificate_der = SCENE.identity(CBQL).certificate_der
    weak = replace(
        binding,
        digest_uri=algorithm.uri,
        digest_value=digest(algorithm, certificate_der),
        is_sha1_by_definition=is_by_definition,
    )
    changed = replace(
        signature,
        properties=replace(properties, certificates=(weak,)),
        slot=signature.slot if is_own else None,
    )
    found = judged(changed)
    assert (found.conclusion.indication is Indication.TOTAL_PASSED) is is_fine
    assert ("CRYPTO.NOT_ACCEPTABLE" in told(found)) is not is_fine
    assert ("SIG.BINDING_DIGEST" in warned(found)) is is_warned


@pytest.mark.parametrize(
    ("listed", "at", "default", "strict"),
    [
        (HOUR, 2 * HOUR, Verdict.VALID, "settled"),
        (-HOUR, 2 * HOUR, Verdict.VALID, "open"),
        (-HOUR, 30 * DAY, Verdict.INDETERMINATE, "open"),
        (HOUR, 30 * DAY, Verdict.VALID, "settled"),
        (timedelta(0), 2 * HOUR, Verdict.VALID, "settled"),
    ],
)
def test_a_statement_after_the_signature_settles_the_question(
    listed: timedelta, at: timedelta, default: Verdict, strict: str
) -> None:
    """Those of authorities stay as they are: current at the signature is enough for them by any
    policy.
    """
    scene = Scene()
    document = scene.signed(level=Level.T)
    world = scene.world
    held = scene.evidence(SIGNED_AT + listed)
    roots = [
        world.crl(slug, SIGNED_AT - DAY, next_update=SIGNED_AT + 90 * DAY)
        for slug in ("national-root", "government-root", "tsa-root")
    ]
    evidence = replace(held, crls=(*held.crls, *replace(held).of(crls=roots).crls))
    asked = Policy(require_fresh_revocation=True)
    for policy, expected in (
        (DEFAULT, default),
        (asked, Verdict.VALID if strict == "settled" else Verdict.INDETERMINATE),
    ):
        report = Verifier(trust=scene.trust, policy=policy, evidence=evidence).verify(
            document, at=SIGNED_AT + at
        )
        assert report.verdict is expected, causes(report)
        assert ("REVOCATION.BEFORE_SIGNATURE" in causes(report)) is (
            expected is Verdict.INDETERMINATE
        )
    report = Verifier(trust=scene.trust, evidence=evidence).verify(document, at=SIGNED_AT + at)
    notes = {one["id"] for told in report.to_dict()["signatures"] for one in told["warnings"]}
    assert ("REVOCATION.ASKED_BEFORE" in notes) is (
        listed < timedelta(0) and default is Verdict.VALID
    )


def test_without_a_time_stamp_what_is_current_is_asked_for_now() -> None:
    """Every list is older than now: the note would say nothing."""
    scene = Scene()
    report = Verifier(trust=scene.trust, evidence=scene.evidence(SIGNED_AT - HOUR)).verify(
        scene.signed(), at=JUDGED_AT
    )
    assert report.verdict is Verdict.VALID
    assert not [
        one
        for told in report.to_dict()["signatures"]
        for one in told["warnings"]
        if one["id"] == "REVOCATION.ASKED_BEFORE"
    ]
