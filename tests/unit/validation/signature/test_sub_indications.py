"""Every sub-indication of EN 319 102-1 comes up where the standard says, and those that cannot come
up are named.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from hocba_sign.ades.structure import ParsedSignature, StampKind, TimeStamp
from hocba_sign.crypto.digests import SHA1, SHA256, digest
from hocba_sign.errors import Finding
from hocba_sign.pki.certificates.certificate import Certificate
from hocba_sign.pki.certificates.profile import Purpose
from hocba_sign.pki.revocation.evidence import Evidence
from hocba_sign.pki.timestamp.protocol import build_request, read_response
from hocba_sign.pki.trust.store import TrustStore
from hocba_sign.testing import Identity
from hocba_sign.validation.policy import DEFAULT, Policy
from hocba_sign.validation.setting import Setting
from hocba_sign.validation.signature.path_at_time import validate_signer_path
from hocba_sign.validation.signature.proof_of_existence import Existence
from hocba_sign.validation.signature.validation import SignatureConclusion, validate_signature
from hocba_sign.validation.verdict import Indication, SubIndication
from hocba_sign.xades.transcript.read import read
from tests.support.scene import SEAL, SIGNED_AT, Scene

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
Said = tuple[Indication, SubIndication | None]


def said(one: SignatureConclusion) -> Said:
    return one.conclusion.indication, one.conclusion.sub_indication


class Case:
    """The seal's signature, alone: `changed` may alter what was read of it."""

    def __init__(self) -> None:
        self.scene = Scene("lop9", subjects=1)
        self.identity: Identity = self.scene.identity(SEAL)

    def file(self, *, at: datetime = SIGNED_AT, stamped: datetime | None = None) -> bytes:
        return self.scene.sign_as(
            self.identity, self.scene.signed(self.scene.slots[:-1]), SEAL, at=at, stamped=stamped
        )

    def parsed(
        self, *, at: datetime = SIGNED_AT, stamped: datetime | None = None
    ) -> ParsedSignature:
        signature = read(self.file(at=at, stamped=stamped)).signature(SEAL)
        assert signature is not None
        return signature

    def judge(
        self,
        signature: ParsedSignature,
        at: datetime,
        *,
        known: datetime | None = None,
        evidence: Evidence | None = None,
        trust: TrustStore | None = None,
    ) -> SignatureConclusion:
        """Judge at `at`, with the lists of `known`, which is a day before unless given."""
        pool = self.scene.evidence(known or at - DAY) if evidence is None else evidence
        return validate_signature(
            signature,
            replace(
                self.setting(at), evidence=pool, trust=self.scene.trust if trust is None else trust
            ),
        )

    def setting(self, at: datetime) -> Setting:
        return Setting(
            trust=self.scene.trust, evidence=self.scene.evidence(), at=at, policy=DEFAULT
        )

    def revoke(self, at: datetime) -> None:
        self.scene.world.revoke(self.identity, at, reason="cessation_of_operation")

    @property
    def expiry(self) -> datetime:
        return Certificate.load(self.identity.certificate_der).not_after

    def with_content_stamp(self, signature: ParsedSignature, at: datetime) -> ParsedSignature:
        """Add what a reader finds where a time-stamp of the content stands among the signed
        properties.
        """
        octets = b"what is signed"
        request = build_request(SHA256, digest(SHA256, octets), nonce=7)
        token = read_response(self.scene.world.timestamp(request, at), request)
        stamp = TimeStamp(
            kind=StampKind.CONTENT, tokens_der=(token,), message_parts=(octets,), covers_value=False
        )
        return replace(signature, time_stamps=(stamp, *signature.time_stamps))


def revoked_no_poe() -> Said:
    case = Case()
    signature = case.parsed()
    case.revoke(SIGNED_AT + DAY)
    return said(case.judge(signature, SIGNED_AT + 3 * DAY))


def revoked_before_its_time_stamp() -> Said:
    """The signature may be older than the revocation: a time-stamp proves nothing about the time
    before it.
    """
    case = Case()
    signature = case.parsed(stamped=SIGNED_AT + 2 * DAY)
    case.revoke(SIGNED_AT + DAY)
    return said(case.judge(signature, SIGNED_AT + 4 * DAY))


def made_when_revoked() -> Said:
    case = Case()
    signature = case.with_content_stamp(
        case.parsed(stamped=SIGNED_AT + 3 * DAY), SIGNED_AT + 2 * DAY
    )
    case.revoke(SIGNED_AT + DAY)
    return said(case.judge(signature, SIGNED_AT + 5 * DAY))


def content_stamp_before_revocation() -> Said:
    case = Case()
    signature = case.with_content_stamp(case.parsed(), SIGNED_AT)
    case.revoke(SIGNED_AT + DAY)
    return said(case.judge(signature, SIGNED_AT + 3 * DAY))


def expired_and_known_not_revoked() -> Said:
    case = Case()
    return said(case.judge(case.parsed(), case.expiry + 30 * DAY, known=case.expiry - DAY))


def expired_and_revoked() -> Said:
    case = Case()
    signature = case.parsed()
    case.revoke(SIGNED_AT + DAY)
    return said(case.judge(signature, case.expiry + 30 * DAY, known=case.expiry - DAY))


def expired_and_unknown() -> Said:
    case = Case()
    return said(case.judge(case.parsed(), case.expiry + 30 * DAY, known=SIGNED_AT + DAY))


def made_when_expired() -> Said:
    case = Case()
    signature = case.with_content_stamp(case.parsed(), case.expiry + DAY)
    evidence = case.scene.evidence(case.expiry - DAY).merged(
        case.scene.evidence(case.expiry + 3 * DAY)
    )
    return said(case.judge(signature, case.expiry + 5 * DAY, evidence=evidence))


def content_stamp_before_expiry() -> Said:
    case = Case()
    signature = case.with_content_stamp(case.parsed(), SIGNED_AT)
    evidence = case.scene.evidence(case.expiry - DAY).merged(
        case.scene.evidence(case.expiry + 3 * DAY)
    )
    return said(case.judge(signature, case.expiry + 5 * DAY, evidence=evidence))


def stamped_before_issuance() -> Said:
    case = Case()
    name = case.scene.expected(SEAL).name
    case.identity = case.scene.world.organisation(name, not_before=SIGNED_AT + 10 * DAY)
    return said(
        case.judge(
            case.parsed(at=SIGNED_AT + 11 * DAY, stamped=SIGNED_AT + 5 * DAY), SIGNED_AT + 20 * DAY
        )
    )


def stranger_stamped_before_issuance() -> Said:
    """Nobody trusted says that the certificate is what it seems, its dates included."""
    case = Case()
    name = case.scene.expected(SEAL).name
    case.identity = case.scene.world.organisation(name, not_before=SIGNED_AT + 10 * DAY)
    signature = case.parsed(at=SIGNED_AT + 11 * DAY, stamped=SIGNED_AT + 5 * DAY)
    tsa_root = Certificate.load(case.scene.world.authority("tsa-root").certificate_der)
    return said(case.judge(signature, SIGNED_AT + 20 * DAY, trust=TrustStore.of([tsa_root])))


def ended_algorithm(*, is_stamped: bool) -> Said:
    case = Case()
    scene = case.scene
    signature = read(
        scene.forge(scene.draft, SEAL, covered=("data",), digest_algorithm=SHA1)
    ).signature(SEAL)
    assert signature is not None
    return said(
        case.judge(
            case.with_content_stamp(signature, SIGNED_AT) if is_stamped else signature,
            SIGNED_AT + DAY,
        )
    )


def changed(change: Callable[[ParsedSignature], ParsedSignature]) -> Said:
    case = Case()
    return said(case.judge(change(case.parsed()), SIGNED_AT + DAY, known=SIGNED_AT + HOUR))


def with_reference(signature: ParsedSignature, *, is_found: bool) -> ParsedSignature:
    first, *rest = signature.references
    finding = Finding("SIG.DIGEST" if is_found else "SIG.TARGET_MISSING", first.uri)
    return replace(
        signature,
        references=(replace(first, is_found=is_found, is_intact=False), *rest),
        findings=(finding,),
    )


def unstamped() -> Said:
    case = Case()
    setting = Setting(
        trust=case.scene.trust,
        evidence=case.scene.evidence(),
        at=SIGNED_AT + DAY,
        policy=Policy(require_time_stamp=True),
    )
    return said(validate_signature(case.parsed(), setting))


def wrong_usage() -> Said:
    case = Case()
    identity = case.scene.world.organisation(
        case.scene.expected(SEAL).name, key_usage=("key_encipherment",)
    )
    path = validate_signer_path(
        Certificate.load(identity.certificate_der),
        purpose=Purpose.SIGNING,
        existed=SIGNED_AT + DAY,
        existence=Existence(SIGNED_AT + DAY),
        evidence=case.scene.evidence(),
        setting=case.setting(SIGNED_AT + DAY),
    )
    return Indication.INDETERMINATE, SubIndication(path.sub_indication or "")


def no_revocation_data() -> Said:
    case = Case()
    evidence = Evidence.of(
        certificates=[Certificate.load(der) for der in case.scene.world.intermediates_der]
    )
    return said(case.judge(case.parsed(), SIGNED_AT + DAY, evidence=evidence))


def unknown_root() -> Said:
    case = Case()
    return said(case.judge(case.parsed(), SIGNED_AT + DAY, trust=TrustStore()))


def anchor_that_ended() -> Said:
    case = Case()
    anchors = [
        replace(anchor, trusted_until=SIGNED_AT - DAY) for anchor in case.scene.trust.anchors
    ]
    return said(
        case.judge(
            case.parsed(),
            SIGNED_AT + DAY,
            known=SIGNED_AT + HOUR,
            trust=TrustStore().with_anchors(anchors),
        )
    )


def ca_revoked() -> Said:
    case = Case()
    case.scene.world.revoke(case.scene.world.authority("government-ca"), SIGNED_AT - DAY)
    return said(case.judge(case.parsed(), SIGNED_AT + DAY, known=SIGNED_AT + HOUR))


def old_list() -> Said:
    case = Case()
    return said(case.judge(case.parsed(), SIGNED_AT + 30 * DAY, known=SIGNED_AT + DAY))


def list_that_turns_up_late() -> Said:
    """The list of 2026 comes to light when its issuer has expired: anyone who has the old key could
    have made it.
    """
    case = Case()
    trust = case.scene.trust.with_anchors(
        TrustStore.of([Certificate.load(case.scene.world.tsa.certificate_der)]).anchors
    )
    signature = case.parsed(stamped=SIGNED_AT)
    return said(
        case.judge(signature, datetime(2033, 1, 1, tzinfo=UTC), known=SIGNED_AT + DAY, trust=trust)
    )


def content_stamp_after_the_signature() -> Said:
    """What is signed cannot be younger than the signature: this stamp counts for nothing."""
    case = Case()
    signature = case.with_content_stamp(case.parsed(stamped=SIGNED_AT), SIGNED_AT + DAY)
    (content, own) = case.judge(signature, SIGNED_AT + 3 * DAY).time_stamps
    assert (content.kind, own.kind, own.is_passed) == (StampKind.CONTENT, StampKind.SIGNATURE, True)
    return content.indication, content.sub_indication


FAILED, INDETERMINATE = Indication.TOTAL_FAILED, Indication.INDETERMINATE
CASES: tuple[tuple[Callable[[], Said], Indication, SubIndication], ...] = (
    (
        lambda: changed(lambda one: replace(one, findings=(Finding("SIG.STRAY"),))),
        FAILED,
        SubIndication.FORMAT_FAILURE,
    ),
    (
        lambda: changed(lambda one: with_reference(one, is_found=True)),
        FAILED,
        SubIndication.HASH_FAILURE,
    ),
    (
        lambda: changed(lambda one: with_reference(one, is_found=False)),
        INDETERMINATE,
        SubIndication.SIGNED_DATA_NOT_FOUND,
    ),
    (
        lambda: changed(lambda one: replace(one, signed_info_octets=b"other")),
        FAILED,
        SubIndication.SIG_CRYPTO_FAILURE,
    ),
    (
        lambda: changed(lambda one: replace(one, certificates_der=())),
        INDETERMINATE,
        SubIndication.NO_SIGNING_CERTIFICATE_FOUND,
    ),
    (unstamped, INDETERMINATE, SubIndication.SIG_CONSTRAINTS_FAILURE),
    (wrong_usage, INDETERMINATE, SubIndication.CHAIN_CONSTRAINTS_FAILURE),
    (no_revocation_data, INDETERMINATE, SubIndication.CERTIFICATE_CHAIN_GENERAL_FAILURE),
    (unknown_root, INDETERMINATE, SubIndication.NO_CERTIFICATE_CHAIN_FOUND),
    (anchor_that_ended, INDETERMINATE, SubIndication.NO_CERTIFICATE_CHAIN_FOUND_NO_POE),
    (
        lambda: ended_algorithm(is_stamped=False),
        INDETERMINATE,
        SubIndication.CRYPTO_CONSTRAINTS_FAILURE_NO_POE,
    ),
    (
        lambda: ended_algorithm(is_stamped=True),
        INDETERMINATE,
        SubIndication.CRYPTO_CONSTRAINTS_FAILURE,
    ),
    (revoked_no_poe, INDETERMINATE, SubIndication.REVOKED_NO_POE),
    (revoked_before_its_time_stamp, INDETERMINATE, SubIndication.REVOKED_NO_POE),
    (content_stamp_before_revocation, INDETERMINATE, SubIndication.REVOKED_NO_POE),
    (made_when_revoked, FAILED, SubIndication.REVOKED),
    (ca_revoked, INDETERMINATE, SubIndication.REVOKED_CA_NO_POE),
    (old_list, INDETERMINATE, SubIndication.TRY_LATER),
    (list_that_turns_up_late, INDETERMINATE, SubIndication.REVOCATION_OUT_OF_BOUNDS_NO_POE),
    (expired_and_known_not_revoked, INDETERMINATE, SubIndication.OUT_OF_BOUNDS_NOT_REVOKED),
    (content_stamp_before_expiry, INDETERMINATE, SubIndication.OUT_OF_BOUNDS_NOT_REVOKED),
    (expired_and_revoked, INDETERMINATE, SubIndication.REVOKED_NO_POE),
    (expired_and_unknown, INDETERMINATE, SubIndication.OUT_OF_BOUNDS_NO_POE),
    (made_when_expired, FAILED, SubIndication.EXPIRED),
    (stamped_before_issuance, FAILED, SubIndication.NOT_YET_VALID),
    (stranger_stamped_before_issuance, INDETERMINATE, SubIndication.NO_CERTIFICATE_CHAIN_FOUND),
    (content_stamp_after_the_signature, INDETERMINATE, SubIndication.TIMESTAMP_ORDER_FAILURE),
)
OF_DOCUMENTS_OF_OTHERS = frozenset(
    {SubIndication.POLICY_PROCESSING_ERROR, SubIndication.SIGNATURE_POLICY_NOT_AVAILABLE}
)
"""They speak of signature policies, which transcripts do not have."""


@pytest.mark.parametrize(("case", "indication", "sub_indication"), CASES)
def test_it_comes_up_where_the_standard_says(
    case: Callable[[], Said], indication: Indication, sub_indication: SubIndication
) -> None:
    assert case() == (indication, sub_indication)


def test_none_is_defined_in_vain() -> None:
    assert {expected for _, _, expected in CASES} | OF_DOCUMENTS_OF_OTHERS == set(SubIndication)
