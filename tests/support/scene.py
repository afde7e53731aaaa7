"""A transcript, the people who sign it, and a clock: what most tests of signing and judging start
from.
"""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

from lxml import etree

from hocba_sign.crypto.digests import SHA256, DigestAlgorithm, digest
from hocba_sign.crypto.signer import SoftwareSigner
from hocba_sign.model.signers import ExpectedSigner
from hocba_sign.model.transcript import Transcript
from hocba_sign.model.workflow import Role, Slot
from hocba_sign.operations.signing import sign
from hocba_sign.operations.verifier import Verifier
from hocba_sign.pki.certificates.certificate import Certificate
from hocba_sign.pki.revocation.evidence import Evidence
from hocba_sign.pki.timestamp.protocol import build_request, read_response
from hocba_sign.pki.trust.store import TrustStore
from hocba_sign.report.report import Report
from hocba_sign.signing.session import open_signed
from hocba_sign.signing.signing_policy import Level, SigningPolicy
from hocba_sign.testing import Identity, World
from hocba_sign.testing.drafts import drafted
from hocba_sign.testing.forge import Forgery, forge
from hocba_sign.validation.policy import DEFAULT, Policy
from hocba_sign.xml.layout import CANONICAL, Layout

ROOT = Path(__file__).resolve().parents[2]
SIGNED_AT = datetime(2026, 6, 1, 3, 0, tzinfo=UTC)
JUDGED_AT = SIGNED_AT + timedelta(hours=2)

GVCN, CBQL, SEAL = Slot(Role.GVCN), Slot(Role.CBQL), Slot(Role.KY_PHAT_HANH)


class DirectTsa:
    """The world's time-stamp authority without a network."""

    def __init__(self, world: World, at: datetime) -> None:
        self.world = world
        self.at = at

    def stamp(self, digest_algorithm: DigestAlgorithm, imprint: bytes) -> bytes:
        request = build_request(digest_algorithm, imprint, nonce=7)
        return read_response(self.answer(request), request)

    def answer(self, request_der: bytes) -> bytes:
        return self.world.timestamp(request_der, self.at)


def with_subjects(transcript: Transcript, count: int) -> Transcript:
    """Keep the first subjects only, of a pupil who is not assessed: results of the year cannot fit
    to so few.
    """
    particulars = replace(transcript.content.particulars, is_exempt_from_assessment=True)
    return replace(
        transcript,
        content=replace(
            transcript.content, subjects=transcript.subjects[:count], particulars=particulars
        ),
    )


class Scene:
    """`subjects` keeps so many subjects of the example; keys are ECDSA, made in no time, unless
    `is_rsa`.

    `change` makes another transcript of the example, `layout` is that of the document, `policy` the
    verifier's.
    """

    def __init__(
        self,
        example: str = "lop12",
        *,
        subjects: int | None = 2,
        is_rsa: bool = False,
        layout: Layout = CANONICAL,
        change: Callable[[Transcript], Transcript] | None = None,
        policy: Policy = DEFAULT,
    ) -> None:
        transcript = Transcript.from_json((ROOT / "examples" / f"{example}.json").read_bytes())
        if subjects is not None:
            transcript = with_subjects(transcript, subjects)
        self.transcript = transcript if change is None else change(transcript)
        self.layout = layout
        self.policy = policy
        self.world = World(SIGNED_AT, fast=not is_rsa)

    @cached_property
    def draft(self) -> bytes:
        return drafted(self.transcript, self.layout)

    @property
    def slots(self) -> tuple[Slot, ...]:
        return self.transcript.slots

    @property
    def teachers(self) -> tuple[Slot, ...]:
        return tuple(slot for slot in self.slots if slot.role is Role.GVBM)

    def expected(self, slot: Slot) -> ExpectedSigner:
        return next(signer for signer in self.transcript.expected_signers if signer.slot == slot)

    def identity(self, slot: Slot) -> Identity:
        person = self.expected(slot)
        if slot.role is Role.KY_PHAT_HANH:
            return self.world.organisation(person.name)
        assert person.personal_id is not None
        return self.world.person(person.name, person.personal_id)

    def signer(self, slot: Slot) -> SoftwareSigner:
        identity = self.identity(slot)
        return SoftwareSigner(identity.key, identity.chain_der)

    def sign(
        self, document: bytes, slot: Slot, *, level: Level = Level.B, at: datetime = SIGNED_AT
    ) -> bytes:
        return self.sign_as(
            self.identity(slot), document, slot, at=at, stamped=at if level is Level.T else None
        )

    def sign_as(
        self,
        identity: Identity,
        document: bytes,
        slot: Slot,
        *,
        at: datetime = SIGNED_AT,
        stamped: datetime | None,
    ) -> bytes:
        """Sign with any certificate; `stamped` is when the time-stamp is made, at any time, none
        with None.
        """
        signer = SoftwareSigner(identity.key, identity.chain_der)
        signed = sign(
            document, slot, signer=signer, at=at, tsa=None, policy=SigningPolicy(level=Level.B)
        )
        if stamped is None:
            return signed.octets
        completed = open_signed(signed)
        token = DirectTsa(self.world, stamped).stamp(
            SHA256, digest(SHA256, completed.octets_to_time_stamp())
        )
        return completed.with_time_stamp(token).octets

    def signed(
        self,
        slots: Iterable[Slot] | None = None,
        *,
        level: Level = Level.B,
        stamped: datetime = SIGNED_AT,
    ) -> bytes:
        document = self.draft
        for slot in self.slots if slots is None else slots:
            document = self.sign_as(
                self.identity(slot), document, slot, stamped=stamped if level is Level.T else None
            )
        return document

    def forge(
        self,
        document: bytes,
        slot: Slot,
        *,
        covered: tuple[str, ...],
        linked: tuple[str, ...] = (),
        identity: Identity | None = None,
        **changes: Any,
    ) -> bytes:
        """Sign with the right key whatever the caller likes, as a program without the workflow
        would.
        """
        usual = Forgery(
            slot=slot,
            identity=identity or self.identity(slot),
            at=SIGNED_AT,
            covered=covered,
            linked=linked,
        )
        return forge(document, replace(usual, **changes))

    @property
    def trust(self) -> TrustStore:
        return TrustStore.of(Certificate.load(der) for der in self.world.anchors_der)

    def evidence(self, at: datetime = SIGNED_AT + timedelta(hours=1)) -> Evidence:
        certificates = [Certificate.load(der) for der in self.world.intermediates_der]
        return Evidence.of(certificates=certificates, crls=self.world.crls(at))

    def verify(self, document: bytes, *, at: datetime = JUDGED_AT) -> Report:
        return Verifier(trust=self.trust, policy=self.policy, evidence=self.evidence()).verify(
            document, at=at
        )


def causes(report: Report) -> frozenset[str]:
    """Return every id that a report names as wrong or unproven."""
    told = report.to_dict()
    checks = {check["id"] for check in told["checks"] if check["forces"]}
    return frozenset(checks.union(*(signature["causes"] for signature in told["signatures"])))


def without(document: bytes, path: str) -> bytes:
    """Remove the elements that an XPath with the prefixes h, ds, xades finds."""
    root = etree.fromstring(document)
    for element in root.xpath(path, namespaces=NAMESPACES):
        element.getparent().remove(element)
    return etree.tostring(root, encoding="UTF-8", xml_declaration=True)


NAMESPACES = {
    "h": "urn:hocba:1",
    "ds": "http://www.w3.org/2000/09/xmldsig#",
    "xades": "http://uri.etsi.org/01903/v1.3.2#",
}
