"""How callers use the public names, for the type checker only: this file is never run."""

import json
import secrets
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import assert_type

import hocba_sign
from hocba_sign.crypto.signer import PrivateKey


class Token:
    """A key in a device: any class of this shape is a `Signer`."""

    @property
    def chain_der(self) -> tuple[bytes, ...]:
        return ()

    def sign(self, octets: bytes, algorithm: hocba_sign.SignatureAlgorithm) -> bytes:
        return octets + algorithm.name.encode()


class Stamper:
    """Any class of this shape is a time-stamp authority."""

    def stamp(self, digest_algorithm: hocba_sign.DigestAlgorithm, imprint: bytes) -> bytes:
        return digest_algorithm.name.encode() + imprint


def sign_with_a_token(document: bytes, slot: hocba_sign.Slot, at: datetime) -> bytes:
    with hocba_sign.open_token(Path("driver.so"), "VGCA Token", at=at, pin=lambda: "") as signer:
        assert_type(signer, hocba_sign.TokenSigner)
        assert_type(signer.pin_flags, hocba_sign.PinFlags)
        return hocba_sign.sign(document, slot, signer=signer, at=at, tsa=Stamper()).octets


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
    verifier = hocba_sign.Verifier(
        trust=trust, policy=hocba_sign.Policy(require_time_stamp=True), evidence=evidence
    )
    report = verifier.verify(document, at=at, name="a.xml")
    assert_type(report, hocba_sign.Report)
    json.dumps(report.to_dict())
    try:
        transcript = report.require_passed()
    except hocba_sign.NotPassed as error:
        assert_type(error.report, hocba_sign.Report)
        return None
    assert_type(transcript, hocba_sign.Transcript)
    return Decimal(transcript.identification.version)


def told(report: hocba_sign.Report) -> list[str]:
    texts = [report.message("vi"), report.to_text("vi"), report.to_html("vi"), report.to_json()]
    assert_type(report.verdict, hocba_sign.Verdict)
    for check in report.checks:
        assert_type(check, hocba_sign.Check)
        assert_type(check.status, hocba_sign.Status)
        texts.append(check.message("en"))
    return texts


def make_last(document: bytes, verifier: hocba_sign.Verifier, at: datetime) -> bytes:
    return hocba_sign.extend(document, verifier, to=hocba_sign.Level.LT, at=at)


def with_all_that_is_known(
    years: list[tuple[str, bytes]], registry: bytes, verifier: hocba_sign.Verifier, at: datetime
) -> list[str | None]:
    sources = hocba_sign.Sources(registries=(("so.json", registry),), events=(), lists=())
    knowing = verifier.with_records(sources, at=at)
    assert_type(knowing, hocba_sign.Verifier)
    return [report.status for report in knowing.verify_years(years, at=at)]


def from_the_network(document: bytes, roots: list[Path], at: datetime) -> hocba_sign.Report:
    verifier = hocba_sign.Verifier(
        trust=hocba_sign.TrustStore.vietnam().with_certificates(
            hocba_sign.collect_certificates(roots)
        ),
        policy=hocba_sign.Policy.named("strict"),
        evidence=hocba_sign.collect_evidence(crls=roots),
        fetch=hocba_sign.OnlineFetcher(),
    )
    return verifier.verify(document, at=at)


class Archive:
    """Any class of this shape is an `EvidenceSource`, and what it gives an `EvidenceSession`."""

    def session(self) -> hocba_sign.EvidenceSession:
        return Answers()


class Answers:
    def moment(self) -> datetime:
        return datetime.now(UTC)

    def __call__(self, need: hocba_sign.Need) -> hocba_sign.Available | hocba_sign.Unavailable:
        found = hocba_sign.Finding("FETCH.BUDGET", need.url)
        return hocba_sign.Unavailable(need=need, finding=found)


def from_an_archive(trust: hocba_sign.TrustStore) -> hocba_sign.EvidenceSource | None:
    return hocba_sign.Verifier(trust=trust, fetch=Archive()).fetch


def of_others(document: bytes, verifier: hocba_sign.Verifier, at: datetime) -> hocba_sign.Verdict:
    return verifier.verify_any(document, detached={"hoa-don.xml": b""}, at=at).verdict


def of_a_certificate(
    octets: bytes, verifier: hocba_sign.Verifier, at: datetime
) -> hocba_sign.CertificateIndication:
    report = verifier.verify_certificate(octets, at=at, purpose=hocba_sign.Purpose.SIGNING)
    assert_type(report, hocba_sign.CertificateReport)
    return report.indication


def sign_with_a_file(text: str, p12: bytes, at: datetime, tsa: str) -> bytes:
    transcript = hocba_sign.Transcript.from_json(text)
    signer = hocba_sign.load_pkcs12(p12, "secret")
    document = hocba_sign.draft(transcript, nonce=secrets.token_bytes(32))
    authority: hocba_sign.TimeStampAuthority = hocba_sign.TimeStampClient(tsa)
    for slot in hocba_sign.slots_for(transcript, hocba_sign.Certificate.load(signer.chain_der[0])):
        document = hocba_sign.sign(document, slot, signer=signer, at=at, tsa=authority).octets
    return document


def sign_at_a_service(
    document: bytes, slot: hocba_sign.Slot, configuration: Path, at: datetime
) -> list[hocba_sign.SignedDocument]:
    signer: hocba_sign.RemoteSigner = hocba_sign.open_remote(configuration, slot.role, at=at)
    state = hocba_sign.prepare(document, slot, chain_der=signer.chain_der, at=at)
    items = [hocba_sign.OrderItem.of(state, "1")]
    results = hocba_sign.sign_remotely(signer, items, folder=configuration.parent / "asked")
    assert_type(results, tuple[hocba_sign.RemoteResult, ...])
    return [
        hocba_sign.complete(state, result.value, at=at)
        for result in results
        if result.value is not None
    ]


def answered(order: hocba_sign.Order, value: bytes) -> hocba_sign.Answer:
    return hocba_sign.Answer(state=hocba_sign.OrderState.DONE, values=((order.items[0].id, value),))


def given(key: bytes, certificates: bytes, crl: bytes, ocsp: bytes) -> hocba_sign.Evidence:
    assert_type(hocba_sign.load_key(key, certificates), hocba_sign.SoftwareSigner)
    return hocba_sign.Evidence.of(
        certificates=hocba_sign.load_certificates(certificates),
        crls=[hocba_sign.load_crl(crl)],
        ocsps=[hocba_sign.load_ocsp(ocsp)],
    )


def shown(document: bytes) -> hocba_sign.Rendering:
    return hocba_sign.render(document)


def shown_part(document: bytes, report: hocba_sign.Report) -> hocba_sign.Extract:
    return hocba_sign.open_extract(document, report, show=["result", "mon-15"])


def read_part(extract: bytes, verifier: hocba_sign.Verifier, at: datetime) -> str:
    report = verifier.verify_extract(extract, at=at)
    content: hocba_sign.ExtractContent = report.require_extract()
    return content.head.name


def signed_by_the_verifier(
    report: hocba_sign.Report, signer: hocba_sign.Signer, at: datetime
) -> str:
    return hocba_sign.signed_etsi(report, signer=signer, at=at)


def with_another_hash(algorithm: hocba_sign.DigestAlgorithm) -> hocba_sign.SigningPolicy:
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


def a_whole_country(folder: Path, verifier: hocba_sign.Verifier, at: datetime) -> str:
    tally = hocba_sign.verify_many(
        hocba_sign.expand([folder]),
        verifier,
        at=at,
        results=Path("results.sqlite"),
        pace=hocba_sign.Pace(workers=16),
    )
    assert_type(tally, hocba_sign.Tally)
    return tally.to_text("en")
