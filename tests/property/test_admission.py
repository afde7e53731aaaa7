"""Signing is never laxer than verifying: what `sign` accepts without a note, `verify` can pass;
what it refuses, `verify` refuses.
"""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

import pytest

from hocba_sign.crypto.digests import SHA256, DigestAlgorithm
from hocba_sign.crypto.signer import SoftwareSigner
from hocba_sign.errors import CallerError, OutsideError
from hocba_sign.model.workflow import Slot
from hocba_sign.operations.signing import complete, prepare, sign
from hocba_sign.operations.verifier import Verifier
from hocba_sign.pki.certificates.certificate import Certificate
from hocba_sign.pki.revocation.evidence import Evidence
from hocba_sign.pki.trust.store import TrustStore
from hocba_sign.report.report import Report
from hocba_sign.signing.signing_policy import Level, SigningPolicy
from hocba_sign.signing.state import SignedDocument, ToBeSigned
from hocba_sign.testing import Identity, World
from hocba_sign.testing.forge import Forgery, forge, value_id
from hocba_sign.validation.verdict import Indication
from hocba_sign.xml.layout import CANONICAL
from tests.support.scene import GVCN, JUDGED_AT, SIGNED_AT, DirectTsa, Scene

DAY = timedelta(days=1)
Options = Mapping[str, Any]
LEAF: Mapping[str, Options] = {
    "none": {},
    "rsa": {"key": "rsa2048"},
    "sha1": {"digest": "sha1"},
    "sha384": {"digest": "sha384"},
    "small key": {"key": "rsa1024"},
    "only encipherment": {"key_usage": ("key_encipherment",)},
    "only content commitment": {"key_usage": ("non_repudiation",)},
    "may issue": {"key_usage": ("digital_signature", "key_cert_sign")},
    "for time-stamps": {"extended_key_usage": ("time_stamping",)},
    "for answers": {"extended_key_usage": ("ocsp_signing",)},
    "for servers": {"extended_key_usage": ("server_auth",)},
    "for code": {"extended_key_usage": ("code_signing",)},
    "for clients": {"extended_key_usage": ("client_auth", "email_protection")},
    "for clients, critical": {
        "extended_key_usage": ("client_auth",),
        "is_extended_key_usage_critical": True,
    },
    "critical address": {"is_aia_critical": True},
    "not yet": {"not_before": SIGNED_AT + DAY},
    "ended": {"not_after": SIGNED_AT - DAY},
    "ends soon": {"not_after": SIGNED_AT + 10 * DAY},
}
ISSUER: Mapping[str, Options] = {
    "sha1": {"digest": "sha1"},
    "small key": {"key": "rsa1024"},
    "ended": {"not_after": SIGNED_AT - DAY},
    "not yet": {"not_before": SIGNED_AT + DAY},
    "ends soon": {"not_after": SIGNED_AT + 10 * DAY},
    "may not issue": {"key_usage": ("digital_signature", "crl_sign")},
}
TSA: Mapping[str, Options] = {
    "none": {},
    "sha1": {"digest": "sha1"},
    "small key": {"key": "rsa1024"},
    "no purpose": {"extended_key_usage": ()},
    "two purposes": {"extended_key_usage": ("time_stamping", "ocsp_signing")},
    "not critical": {"is_extended_key_usage_critical": False},
    "ended": {"not_after": SIGNED_AT - DAY},
    "not yet": {"not_before": SIGNED_AT + DAY},
    "may issue": {"key_usage": ("digital_signature", "key_cert_sign")},
    "critical address": {"is_aia_critical": True},
}
TOKEN: Mapping[str, Options] = {
    "none": {},
    "sha1": {"digest": "sha1"},
    "broken": {"is_signature_broken": True},
    "unbound": {"has_signing_certificate": False},
}


class Stamper(DirectTsa):
    """A time-stamp authority with faults, whose answers nobody looks at on the way."""

    def __init__(
        self,
        world: World,
        *,
        tsa: Identity,
        moved: timedelta = timedelta(),
        options: Options | None = None,
    ) -> None:
        super().__init__(world, SIGNED_AT + moved)
        self.tsa = tsa
        self.options = options or {}

    def stamp(self, digest_algorithm: DigestAlgorithm, imprint: bytes) -> bytes:
        return self.world.timestamp_token(
            ("sha256", imprint), self.at, tsa=self.tsa, **self.options
        )


class Bench:
    """A transcript that waits for its homeroom teacher."""

    def __init__(self) -> None:
        self.scene = Scene(subjects=1)
        self.person = self.scene.expected(GVCN)
        self.document = self.scene.signed(self.scene.teachers)

    def holder(self, **options: Any) -> Identity:
        assert self.person.personal_id is not None
        return self.scene.world.person(self.person.name, self.person.personal_id, **options)

    def sign(
        self,
        identity: Identity,
        *,
        count: int = 9,
        tsa: DirectTsa | None = None,
        policy: SigningPolicy | None = None,
    ) -> SignedDocument:
        asked = policy or SigningPolicy(level=Level.B if tsa is None else Level.T)
        signer = SoftwareSigner(identity.key, identity.chain_der[:count])
        return sign(self.document, GVCN, signer=signer, at=SIGNED_AT, tsa=tsa, policy=asked)

    def forged(self, identity: Identity) -> bytes:
        covered = CANONICAL.covered_ids(GVCN)
        return forge(
            self.document,
            Forgery(
                slot=GVCN,
                identity=identity,
                covered=covered,
                linked=tuple(map(value_id, self.scene.teachers)),
                at=SIGNED_AT,
            ),
        )

    def passes(self, document: bytes) -> bool:
        report = self.judged(document)
        one = next(one for one in report.to_dict()["signatures"] if one["slot"] == "GVCN")
        stamps = all(stamp["indication"] == "PASSED" for stamp in one["timestamps"])
        return bool(one["indication"] == Indication.TOTAL_PASSED) and stamps

    def judged(self, document: bytes) -> Report:
        world = self.scene.world
        evidence = Evidence.of(
            certificates=[Certificate.load(der) for der in world.intermediates_der],
            crls=world.crls(JUDGED_AT - timedelta(hours=1)),
        )
        return Verifier(
            trust=TrustStore.of(map(Certificate.load, world.anchors_der)), evidence=evidence
        ).verify(document, at=JUDGED_AT)


@pytest.fixture
def bench() -> Bench:
    return Bench()


def attempt(work: Callable[[], SignedDocument]) -> SignedDocument | str:
    try:
        return work()
    except (CallerError, OutsideError) as error:
        return error.cause


def holds(bench: Bench, identity: Identity, *, count: int) -> None:
    """What is accepted without a note passes; what is refused is refused by verification too; every
    way of signing says the same.
    """
    outcome = attempt(lambda: bench.sign(identity, count=count))
    if isinstance(outcome, SignedDocument):
        assert bench.passes(outcome.octets) or outcome.notes
    else:
        assert not bench.passes(bench.forged(identity))
    chain_der = identity.chain_der[:count]

    def in_two_steps() -> SignedDocument:
        state = prepare(bench.document, GVCN, chain_der=chain_der, at=SIGNED_AT)
        value = SoftwareSigner(identity.key, chain_der).sign(state.octets, state.algorithm)
        again = complete(ToBeSigned.from_json(state.to_json()), value, at=SIGNED_AT)
        assert again.notes == state.notes
        return again

    other = attempt(in_two_steps)
    if isinstance(outcome, SignedDocument) and isinstance(other, SignedDocument):
        assert outcome.notes == other.notes
    else:
        assert outcome == other


@pytest.mark.parametrize("count", [1, 2, 9])
@pytest.mark.parametrize("fault", LEAF)
def test_certificates(bench: Bench, fault: str, count: int) -> None:
    holds(bench, bench.holder(**LEAF[fault]), count=count)


@pytest.mark.parametrize("count", [1, 2, 9])
@pytest.mark.parametrize("fault", ISSUER)
def test_issuers(bench: Bench, fault: str, count: int) -> None:
    issuer = bench.scene.world.issuing_ca("faulty-ca", "TEST CA có lỗi", **ISSUER[fault])
    identity = bench.holder(issuer=issuer)
    if count > 1 or fault != "small key":
        outcome = attempt(lambda: bench.sign(identity, count=count))
        if isinstance(outcome, SignedDocument) and not outcome.notes:
            assert bench.passes(outcome.octets) or count == 1, (
                "nothing is known of an issuer that is not at hand"
            )


@pytest.mark.parametrize("fault", TSA)
@pytest.mark.parametrize("token", TOKEN)
@pytest.mark.parametrize("moved", [timedelta(), timedelta(days=-400), timedelta(hours=5)])
def test_time_stamps(bench: Bench, fault: str, token: str, moved: timedelta) -> None:
    tsa = bench.scene.world.time_stamper(**TSA[fault])
    outcome = attempt(
        lambda: bench.sign(
            bench.holder(),
            tsa=Stamper(bench.scene.world, tsa=tsa, moved=moved, options=TOKEN[token]),
        )
    )
    assert isinstance(outcome, str) or bench.passes(outcome.octets)
    if (fault, token) in {
        ("none", "none"),
        ("may issue", "none"),
        ("critical address", "none"),
    } and moved == timedelta():
        assert isinstance(outcome, SignedDocument)


def test_ordinary_certificates_are_signed_with_and_without_issuers_and_no_word_is_said(
    bench: Bench,
) -> None:
    for fault in ("none", "rsa", "sha384", "only content commitment", "for clients"):
        for count in (1, 2, 9):
            outcome = attempt(
                lambda fault=fault, count=count: bench.sign(  # type: ignore[misc]
                    bench.holder(**LEAF[fault]), count=count
                )
            )
            assert isinstance(outcome, SignedDocument), (fault, outcome)
            assert not outcome.notes, fault


def test_the_end_is_near(bench: Bench) -> None:
    ending = bench.sign(bench.holder(not_after=SIGNED_AT + 10 * DAY))
    assert [note.cause for note in ending.notes] == ["SIGN.ENDS_SOON"]
    issuer = bench.scene.world.issuing_ca(
        "ending-ca", "TEST CA sắp hết hạn", not_after=SIGNED_AT + 10 * DAY
    )
    assert [note.cause for note in bench.sign(bench.holder(issuer=issuer)).notes] == [
        "SIGN.ISSUER_ENDS_SOON"
    ]


def test_whom_verifiers_trust(bench: Bench) -> None:
    anchors = TrustStore.of(map(Certificate.load, bench.scene.world.anchors_der))
    others = TrustStore.of(
        map(Certificate.load, World(SIGNED_AT, seed="another", fast=True).anchors_der)
    )
    asked = SigningPolicy(level=Level.B)
    for trust, cause in ((anchors, None), (others, "PATH.NO_CHAIN")):
        outcome = attempt(
            lambda trust=trust: bench.sign(  # type: ignore[misc]
                bench.holder(), policy=SigningPolicy(level=Level.B, trust=trust)
            )
        )
        assert (outcome if isinstance(outcome, str) else None) == cause
    demanding = SigningPolicy(level=Level.B, is_time_stamp_demanded=True)
    assert attempt(lambda: bench.sign(bench.holder(), policy=demanding)) == "SIGN.POLICY_LEVEL"
    assert isinstance(attempt(lambda: bench.sign(bench.holder(), policy=asked)), SignedDocument)


def test_another_slot_is_as_strict() -> None:
    scene = Scene(subjects=1)
    slot: Slot = scene.teachers[0]
    person = scene.expected(slot)
    assert person.personal_id is not None
    weak = scene.world.person(person.name, person.personal_id, digest="sha1")
    with pytest.raises(CallerError) as refused:
        sign(
            scene.draft,
            slot,
            signer=SoftwareSigner(weak.key, weak.chain_der),
            at=SIGNED_AT,
            tsa=None,
            policy=SigningPolicy(level=Level.B),
        )
    assert refused.value.cause == "PATH.WEAK_ALGORITHM"
    assert SHA256.name == "sha256"
