"""One verifier: offline without a source, its time moves only where it is the present, and what it
knows goes along.
"""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import pytest

from hocba_sign import (
    Available,
    Certificate,
    CertificateIndication,
    Evidence,
    InputError,
    Need,
    Purpose,
    Sources,
    TrustStore,
    Unavailable,
    Verdict,
    Verifier,
    draft,
    slots_for,
)
from hocba_sign.errors import Finding
from hocba_sign.operations.ground import PRESENT
from tests.support.scene import GVCN, JUDGED_AT, Scene

SCENE = Scene("lop5", subjects=None)
ISSUED = SCENE.signed()
MOMENT = timedelta(seconds=1)
NONCE = bytes(range(32))


@dataclass(frozen=True)
class Clock:
    """A source whose clock shows `now`, and whose answers, if it has any, are `evidence`."""

    now: datetime
    evidence: Evidence | None = None

    def session(self) -> "Clock":
        return self

    def moment(self) -> datetime:
        return self.now

    def __call__(self, need: Need) -> Available | Unavailable:
        if self.evidence is None:
            return Unavailable(need=need, finding=Finding("FETCH.BUDGET", need.url))
        return Available(need=need, evidence=self.evidence)


def at_of(now: datetime, *, is_time_fixed: bool = False) -> datetime:
    verifier = Verifier(trust=SCENE.trust, fetch=Clock(now), is_time_fixed=is_time_fixed)
    return verifier.verify(ISSUED, at=JUDGED_AT).at


def test_a_time_that_is_the_present_moves_on_and_any_other_stays() -> None:
    assert at_of(JUDGED_AT + MOMENT) == JUDGED_AT + MOMENT
    assert at_of(JUDGED_AT + PRESENT) == JUDGED_AT + PRESENT
    assert at_of(JUDGED_AT + PRESENT + MOMENT) == JUDGED_AT
    assert at_of(JUDGED_AT - MOMENT) == JUDGED_AT
    assert at_of(JUDGED_AT + MOMENT, is_time_fixed=True) == JUDGED_AT


def test_without_a_source_nobody_is_asked() -> None:
    verifier = Verifier(trust=SCENE.trust)
    report = verifier.verify(ISSUED, at=JUDGED_AT)
    assert (report.verdict, report.fetches) == (Verdict.INDETERMINATE, ())
    assert verifier.verify_certificate(SCENE.signer(GVCN).chain_der[0], at=JUDGED_AT).fetches == ()


def test_what_a_source_answers_counts_and_is_told() -> None:
    source = Clock(JUDGED_AT, SCENE.evidence())
    report = Verifier(trust=SCENE.trust, fetch=source).verify(ISSUED, at=JUDGED_AT)
    assert report.verdict is Verdict.VALID
    assert report.fetches


def test_threads_share_one_verifier() -> None:
    verifier = Verifier(trust=SCENE.trust, evidence=SCENE.evidence())
    changed = ISSUED.replace("Hà Nội".encode(), "Hà Tĩnh".encode(), 1)
    with ThreadPoolExecutor(4) as pool:
        reports = list(
            pool.map(lambda one: verifier.verify(one, at=JUDGED_AT), [ISSUED, changed] * 8)
        )
    assert [report.verdict for report in reports] == [Verdict.VALID, Verdict.INVALID] * 8


def test_a_verifier_that_knows_records_is_another_one() -> None:
    verifier = Verifier(trust=SCENE.trust, evidence=SCENE.evidence())
    knowing = verifier.with_records(Sources(events=()), at=JUDGED_AT)
    assert verifier.verify(ISSUED, at=JUDGED_AT).status is None
    assert knowing.verify(ISSUED, at=JUDGED_AT).status == "in_force"
    assert (knowing.trust, knowing.evidence) == (verifier.trust, verifier.evidence)
    with pytest.raises(InputError, match="REGISTRY"):
        verifier.with_records(Sources(registries=(("a.xml", ISSUED),)), at=JUDGED_AT)


def test_years_are_judged_each_and_together() -> None:
    verifier = Verifier(trust=SCENE.trust, evidence=SCENE.evidence())
    (report,) = verifier.verify_years([("a.xml", ISSUED)], at=JUDGED_AT)
    assert (report.file, report.verdict) == ("a.xml", Verdict.VALID)


def test_a_certificate_is_judged_for_a_purpose() -> None:
    verifier = Verifier(trust=SCENE.trust, evidence=SCENE.evidence())
    der = SCENE.signer(GVCN).chain_der[0]
    good = verifier.verify_certificate(der, at=JUDGED_AT, purpose=Purpose.SIGNING)
    bad = verifier.verify_certificate(der, at=JUDGED_AT, purpose=Purpose.TIMESTAMPING)
    assert good.indication is CertificateIndication.PASSED
    assert bad.indication is CertificateIndication.INDETERMINATE


def test_anchors_of_the_caller_are_added_to_those_of_the_list() -> None:
    certificates = [anchor.certificate for anchor in SCENE.trust.anchors]
    trust = TrustStore.vietnam().with_certificates(certificates)
    assert [anchor.certificate for anchor in trust.anchors] == certificates
    assert {anchor.origin for anchor in trust.anchors} == {"user"}
    assert trust.pins == TrustStore.vietnam().pins


def test_a_draft_with_faults_is_refused_with_all_of_them() -> None:
    transcript = SCENE.transcript
    assert draft(transcript, nonce=NONCE) != draft(transcript, nonce=NONCE[::-1])
    identification = replace(transcript.identification, school_year="2025-2027")
    with pytest.raises(InputError) as caught:
        draft(replace(transcript, identification=identification), nonce=NONCE)
    assert caught.value.findings[0].cause == caught.value.cause


def test_a_signer_finds_the_slots_that_wait_for_them() -> None:
    scene = Scene("lop12")
    for slot in scene.slots:
        certificate = Certificate.load(scene.signer(slot).chain_der[0])
        assert slot in slots_for(scene.transcript, certificate)
    stranger = Certificate.load(SCENE.world.person("Lê Văn Lạ", "001099012345").chain_der[0])
    assert slots_for(scene.transcript, stranger) == ()
