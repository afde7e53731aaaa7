"""How callers use the public names, for the type checker only: this file is never run."""

import json
from datetime import datetime
from decimal import Decimal
from typing import assert_type

import hocba_sign
from hocba_sign.adapters.revocation import EvidenceFetcher
from hocba_sign.crypto.algorithms import SignatureAlgorithm
from hocba_sign.crypto.digests import DigestAlgorithm
from hocba_sign.crypto.signer import PrivateKey


class Token:
    """A key in a device: any class of this shape is a `Signer`."""

    @property
    def chain_der(self) -> tuple[bytes, ...]:
        return ()

    def sign(self, octets: bytes, algorithm: SignatureAlgorithm) -> bytes:
        return octets + algorithm.name.encode()


class Stamper:
    """Any class of this shape is a time-stamp authority."""

    def stamp(self, digest_algorithm: DigestAlgorithm, imprint: bytes) -> bytes:
        return digest_algorithm.name.encode() + imprint


def sign_everything(
    document: bytes, transcript: hocba_sign.Transcript, signer: hocba_sign.Signer, at: datetime
) -> bytes:
    for slot in transcript.slots:
        assert_type(slot, hocba_sign.Slot)
        signed = hocba_sign.sign(document, slot, signer=signer, at=at, tsa=Stamper())
        assert_type(signed, hocba_sign.SignedDocument)
        document = signed.octets
    return document


def sign_in_two_steps(
    document: bytes, chain_der: tuple[bytes, ...], at: datetime
) -> hocba_sign.SignedDocument:
    slot = hocba_sign.Slot(hocba_sign.Role.GVBM, "mon-15", "gv-15-1")
    state = hocba_sign.prepare(document, slot, chain_der=chain_der, at=at)
    again = hocba_sign.ToBeSigned.from_json(state.to_json())
    assert_type(again.digest, bytes)
    signed = hocba_sign.complete(again, Token().sign(again.octets, again.algorithm), at=at)
    return hocba_sign.time_stamp(signed, Stamper())


def sign_in_memory(key: PrivateKey, chain_der: tuple[bytes, ...]) -> hocba_sign.Signer:
    return hocba_sign.SoftwareSigner(key, chain_der)


def bring_together(target: bytes, copies: list[bytes]) -> bytes:
    return hocba_sign.merge(target, copies)


def plan_ahead(
    plan: hocba_sign.SigningPlan, transcript: hocba_sign.Transcript
) -> tuple[hocba_sign.Slot, ...]:
    return plan.next_slots(expected=transcript.slots, filled=())


def level() -> hocba_sign.Level:
    return hocba_sign.Level("T")


def judge(
    document: bytes, trust: hocba_sign.TrustStore, evidence: hocba_sign.Evidence, at: datetime
) -> Decimal | None:
    report = hocba_sign.verify(
        document,
        trust=trust,
        evidence=evidence,
        at=at,
        policy=hocba_sign.Policy(require_time_stamp=True),
        name="a.xml",
    )
    assert_type(report, hocba_sign.Report)
    json.dumps(report.to_dict())
    try:
        transcript = report.require_passed()
    except hocba_sign.NotPassed as error:
        assert_type(error.report, hocba_sign.Report)
        return None
    assert_type(transcript, hocba_sign.Transcript)
    return Decimal(transcript.identification.version)


def make_last(
    document: bytes, trust: hocba_sign.TrustStore, evidence: hocba_sign.Evidence, at: datetime
) -> bytes:
    return hocba_sign.extend(
        document, to=hocba_sign.Level.LT, trust=trust, evidence=evidence, at=at
    )


def with_all_that_is_known(
    years: list[tuple[str, bytes]],
    registry: bytes,
    trust: hocba_sign.TrustStore,
    evidence: hocba_sign.Evidence,
    at: datetime,
) -> list[str | None]:
    sources = hocba_sign.Sources(registries=(("so.json", registry),), events=(), lists=())
    policy = hocba_sign.know(sources, trust=trust, evidence=evidence, at=at)
    assert_type(policy, hocba_sign.Policy)
    reports = hocba_sign.verify_years(years, trust=trust, evidence=evidence, at=at, policy=policy)
    return [report.status for report in reports]


def from_the_network(
    document: bytes, trust: hocba_sign.TrustStore, fetch: EvidenceFetcher
) -> hocba_sign.Report:
    setting = hocba_sign.Setting(
        trust=trust, evidence=hocba_sign.Evidence(), at=fetch.moment(), policy=hocba_sign.Policy()
    )
    report = hocba_sign.verify_online(document, setting, fetch=fetch, clock=fetch.moment)
    assert_type(report, hocba_sign.Report)
    return report


def of_others(
    document: bytes, trust: hocba_sign.TrustStore, evidence: hocba_sign.Evidence, at: datetime
) -> str:
    report = hocba_sign.verify_any(
        document, detached={"hoa-don.xml": b""}, trust=trust, evidence=evidence, at=at
    )
    assert_type(report, hocba_sign.Report)
    return report.verdict


def with_another_hash(algorithm: DigestAlgorithm) -> hocba_sign.SigningPolicy:
    return hocba_sign.SigningPolicy(level=hocba_sign.Level.B, digest_algorithm=algorithm)


def blame(error: hocba_sign.HocbaSignError) -> str:
    match error:
        case hocba_sign.CallerError():
            return f"we: {error.cause}"
        case hocba_sign.InputError():
            return f"the file: {', '.join(finding.cause for finding in error.findings)}"
        case hocba_sign.OutsideError():
            return f"the world: {error.where}"
        case _:
            return error.cause
