"""Every kind of bad evidence has its own cause, and none of them lets a file pass."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from hocba_sign.operations.verifier import Verifier
from hocba_sign.pki.certificates.certificate import Certificate
from hocba_sign.pki.revocation.evidence import Evidence
from hocba_sign.report.report import Report
from hocba_sign.signing.signing_policy import Level
from hocba_sign.validation.verdict import Verdict
from tests.support.scene import CBQL, GVCN, JUDGED_AT, SIGNED_AT, Scene

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def told(
    scene: Scene,
    *,
    crls: dict[str, bytes] | None = None,
    ocsps: tuple[bytes, ...] = (),
    document: bytes | None = None,
) -> Report:
    """Judge a level T file with the world's CRLs, `crls` in the place of some of them; b"" leaves
    one out.
    """
    lists = {slug: scene.world.crl(slug, SIGNED_AT + HOUR) for slug in scene.world.slugs} | (
        crls or {}
    )
    certificates = [Certificate.load(der) for der in scene.world.intermediates_der]
    evidence = Evidence.of(
        certificates=certificates, crls=[der for der in lists.values() if der], ocsps=ocsps
    )
    return Verifier(trust=scene.trust, evidence=evidence).verify(
        document or scene.signed(level=Level.T), at=JUDGED_AT
    )


def expired_crl(scene: Scene) -> Report:
    return told(
        scene,
        crls={
            "public-ca": scene.world.crl(
                "public-ca", SIGNED_AT - 20 * DAY, next_update=SIGNED_AT - 10 * DAY
            )
        },
    )


def crl_of_another_issuer(scene: Scene) -> Report:
    return told(scene, crls={"public-ca": b""})


def forged_crl(scene: Scene) -> Report:
    forged = scene.world.crl(
        "public-ca", SIGNED_AT + HOUR, signed_by=scene.world.impostor("public-ca")
    )
    return told(scene, crls={"public-ca": forged})


def ocsp_for_another_certificate(scene: Scene) -> Report:
    other = scene.world.ocsp_response(
        scene.world.person("TEST Người Khác", "001099999999"), SIGNED_AT + HOUR
    )
    return told(scene, crls={"public-ca": b""}, ocsps=(other,))


def forged_ocsp(scene: Scene) -> Report:
    impostor = scene.world.impostor("public-ca")
    responses = tuple(
        scene.world.ocsp_response(scene.identity(slot), SIGNED_AT + HOUR, signer=impostor)
        for slot in scene.slots[:-1]
    )
    return told(scene, crls={"public-ca": b""}, ocsps=responses)


def ca_revoked(scene: Scene) -> Report:
    document = scene.signed(level=Level.T)
    scene.world.revoke(scene.world.authority("public-ca"), SIGNED_AT - DAY)
    return told(scene, document=document)


def signer_revoked(scene: Scene) -> Report:
    document = scene.signed(level=Level.T)
    scene.world.revoke(scene.identity(GVCN), SIGNED_AT - DAY)
    return told(scene, document=document)


def unknown_root(scene: Scene) -> Report:
    stranger = Scene(subjects=1)
    stranger.world = type(scene.world)(SIGNED_AT, seed="stranger", fast=True)
    return told(scene, document=stranger.signed(level=Level.T))


@pytest.mark.parametrize(
    ("fault", "cause"),
    [
        (expired_crl, "REVOCATION.EXPIRED"),
        (crl_of_another_issuer, "REVOCATION.WRONG_ISSUER"),
        (forged_crl, "REVOCATION.SIGNATURE"),
        (ocsp_for_another_certificate, "REVOCATION.NONE"),
        (forged_ocsp, "REVOCATION.RESPONDER"),
        (ca_revoked, "REVOCATION.CA_REVOKED"),
        (signer_revoked, "REVOCATION.REVOKED"),
        (unknown_root, "PATH.NO_CHAIN"),
    ],
)
def test_each_fault_has_its_cause(fault: Callable[[Scene], Report], cause: str) -> None:
    report = fault(Scene(subjects=1))
    assert report.verdict is Verdict.INDETERMINATE
    found = {one for signature in report.to_dict()["signatures"] for one in signature["causes"]}
    assert cause in found, found


def test_a_revoked_time_stamp_authority_proves_no_time() -> None:
    scene = Scene(subjects=1)
    document = scene.signed(level=Level.T)
    scene.world.revoke(scene.world.tsa, SIGNED_AT - DAY)
    report = told(scene, document=document)
    assert report.verdict is Verdict.INDETERMINATE
    stamps = [
        stamp for signature in report.to_dict()["signatures"] for stamp in signature["timestamps"]
    ]
    assert all(
        stamp["indication"] == "INDETERMINATE" and "REVOCATION.REVOKED" in stamp["causes"]
        for stamp in stamps
    )
    assert {signature["time_proof"] for signature in report.to_dict()["signatures"]} == {"claimed"}


def test_good_ocsp_responses_are_enough() -> None:
    scene = Scene(subjects=1)
    responses = tuple(
        scene.world.ocsp_response(scene.identity(slot), SIGNED_AT + HOUR)
        for slot in scene.slots[:-1]
    )
    assert told(scene, crls={"public-ca": b""}, ocsps=responses).verdict is Verdict.VALID


def test_evidence_from_after_the_validation_time_is_not_known_then() -> None:
    scene = Scene(subjects=1)
    document = scene.signed(level=Level.T)
    later = scene.evidence(SIGNED_AT + 2 * DAY)
    report = Verifier(trust=scene.trust, evidence=later).verify(document, at=JUDGED_AT)
    assert report.verdict is Verdict.INDETERMINATE
    assert (
        Verifier(trust=scene.trust, evidence=later).verify(document, at=SIGNED_AT + 3 * DAY).verdict
        is Verdict.VALID
    )


def test_a_time_stamp_copied_from_another_signature_is_noticed() -> None:
    scene = Scene(subjects=1)
    document = scene.signed(level=Level.T)

    def token_of(number: int) -> tuple[int, int]:
        start = -1
        for _ in range(number + 1):
            start = document.index(b"<xades:EncapsulatedTimeStamp>", start + 1)
        return start, document.index(b"</xades:EncapsulatedTimeStamp>", start)

    first, second = token_of(0), token_of(1)
    swapped = document[: first[0]] + document[second[0] : second[1]] + document[first[1] :]
    report = told(scene, document=swapped)
    assert report.verdict is Verdict.INDETERMINATE
    stamp = report.to_dict()["signatures"][0]["timestamps"][0]
    assert (stamp["intact"], stamp["indication"], stamp["causes"]) == (
        False,
        "FAILED",
        ["TST.IMPRINT"],
    )


def test_the_right_slot_is_named() -> None:
    scene = Scene(subjects=1)
    document = scene.signed(level=Level.T)
    scene.world.revoke(scene.identity(CBQL), SIGNED_AT - DAY)
    report = told(scene, document=document)
    wrong = [
        one["slot"] for one in report.to_dict()["signatures"] if one["indication"] != "TOTAL_PASSED"
    ]
    assert wrong == ["CBQL"]
