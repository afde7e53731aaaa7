"""Events, registries and status lists about the transcript of a scene, signed by its people."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime

from hocba_sign.crypto.signer import SoftwareSigner
from hocba_sign.model.appointments import Appointment
from hocba_sign.model.codes import EventKind
from hocba_sign.model.event import Event, TranscriptReference
from hocba_sign.model.record import IssuingBody
from hocba_sign.model.registry import Delegation, Rank, RegistrySnapshot
from hocba_sign.model.status_list import Cell, Key, StatusList, encode
from hocba_sign.model.transcript import Transcript
from hocba_sign.model.workflow import Role, Slot
from hocba_sign.operations.signing import sign
from hocba_sign.operations.verifier import Verifier
from hocba_sign.pki.certificates.certificate import Certificate
from hocba_sign.report.report import Report
from hocba_sign.signing.signing_policy import Level, SigningPolicy
from hocba_sign.testing import Identity
from hocba_sign.testing.forge import value_id
from hocba_sign.validation.document.records import Sources
from hocba_sign.validation.policy import DEFAULT, Policy
from hocba_sign.xml.record_octets import encode_record
from tests.support.scene import CBQL, JUDGED_AT, SEAL, SIGNED_AT, DirectTsa, Scene

DEPARTMENT_NAME = "Sở Giáo dục và Đào tạo Thử nghiệm"
MINISTRY_NAME = "Bộ Giáo dục và Đào tạo Thử nghiệm"
FIRST, LAST = date(2020, 9, 1), date(2026, 12, 31)


def sha256(identity: Identity) -> str:
    return Certificate.load(identity.certificate_der).sha256


def data_digest(scene: Scene, document: bytes) -> str:
    """Return what a report says of the signed data."""
    digest = scene.verify(document).to_dict()["document"]["data_sha256"]
    assert isinstance(digest, str)
    return digest


def reference(transcript: Transcript, digest: str) -> TranscriptReference:
    own = transcript.identification
    return TranscriptReference(id=own.id, version=own.version, digest=digest)


def event(
    scene: Scene, document: bytes, kind: EventKind, *, successor: TranscriptReference | None = None
) -> Event:
    return Event(
        id=f"SK-{kind.replace('_', '-')}",
        kind=kind,
        target=reference(scene.transcript, data_digest(scene, document)),
        successor=successor,
        reason="Nhầm lớp khi phát hành",
        effective=SIGNED_AT.date(),
        school=scene.transcript.school,
        principal=scene.transcript.signers.principal,
        place="Hà Nội",
    )


def later_version(scene: Scene) -> TranscriptReference:
    own = scene.transcript.identification
    return TranscriptReference(id=own.id, version=own.version + 1, digest="ab" * 32)


def signed(
    scene: Scene,
    record: Event | RegistrySnapshot | StatusList,
    who: Mapping[Slot, Identity],
    *,
    at: datetime = SIGNED_AT,
    level: Level = Level.T,
) -> bytes:
    """Let each of `who` sign, in order."""
    document = encode_record(record)
    for slot, identity in who.items():
        signer = SoftwareSigner(identity.key, identity.chain_der)
        tsa = None if level is Level.B else DirectTsa(scene.world, at)
        document = sign(
            document, slot, signer=signer, at=at, tsa=tsa, policy=SigningPolicy(level=level)
        ).octets
    return document


def forged(
    scene: Scene, record: Event | RegistrySnapshot | StatusList, who: Mapping[Slot, Identity]
) -> bytes:
    """Let each of `who` sign, whether or not they are the ones that the record names."""
    document = encode_record(record)
    linked: tuple[str, ...] = ()
    for slot, identity in who.items():
        document = scene.forge(document, slot, covered=("data",), linked=linked, identity=identity)
        linked = (value_id(slot),)
    return document


def signed_event(
    scene: Scene, record: Event, *, at: datetime = SIGNED_AT, level: Level = Level.T
) -> bytes:
    return signed(
        scene, record, {CBQL: scene.identity(CBQL), SEAL: scene.identity(SEAL)}, at=at, level=level
    )


def judge(
    scene: Scene,
    document: bytes,
    sources: Sources,
    *,
    at: datetime = JUDGED_AT,
    policy: Policy = DEFAULT,
) -> Report:
    """Verify with the scene's trust and lists, and with `sources`; nothing is fetched."""
    policy = (
        Verifier(trust=scene.trust, policy=policy, evidence=scene.evidence())
        .with_records(sources, at=at)
        .policy
    )
    return Verifier(trust=scene.trust, policy=policy, evidence=scene.evidence()).verify(
        document, at=at
    )


def pinned(*identities: Identity) -> Policy:
    """Return the policy of whoever pins these seals."""
    return replace(DEFAULT, registry_pins=tuple(map(sha256, identities)))


def appointment(
    scene: Scene, slot: Slot, *, since: date = FIRST, until: date | None = None
) -> Appointment:
    """Enter whom the transcript names for a slot: a person by number, the school by its
    certificate.
    """
    school, expected = scene.transcript.school, scene.expected(slot)
    is_seal = slot.role is Role.KY_PHAT_HANH
    return Appointment(
        department_code=school.department_code,
        school_code=school.code,
        role=slot.role,
        name=expected.name,
        personal_id=expected.personal_id,
        certificate_sha256=sha256(scene.identity(slot)) if is_seal else None,
        since=since,
        until=until,
        reason=None if until is None else "thuyên chuyển",
    )


def snapshot(scene: Scene, *entries: Appointment, rank: Rank = Rank.DEPARTMENT) -> RegistrySnapshot:
    return RegistrySnapshot(
        id=f"SO-{rank}",
        version=1,
        rank=rank,
        department_code=None if rank is Rank.MINISTRY else scene.transcript.school.department_code,
        school_code=scene.transcript.school.code if rank is Rank.SCHOOL else None,
        issuer=IssuingBody(name=MINISTRY_NAME if rank is Rank.MINISTRY else DEPARTMENT_NAME),
        issued=date(2026, 5, 20),
        next_update=LAST,
        appointments=entries,
    )


def in_json(record: RegistrySnapshot) -> Sources:
    return Sources(registries=(("registry.json", record.to_json().encode()),))


def department(scene: Scene) -> Identity:
    return scene.world.organisation(DEPARTMENT_NAME, unit=DEPARTMENT_NAME)


def delegation(
    scene: Scene, *, to: Identity, since: date = FIRST, until: date | None = None
) -> Delegation:
    return Delegation(
        rank=Rank.DEPARTMENT,
        department_code=scene.transcript.school.department_code,
        name=DEPARTMENT_NAME,
        certificate_sha256=sha256(to),
        since=since,
        until=until,
    )


def status_list(
    scene: Scene, gone: Mapping[Key, Cell], *, issued: date = date(2026, 6, 1)
) -> StatusList:
    """Make the list of a department that issued the scene's transcript and a hundred others."""
    own = scene.transcript.identification
    cells = encode(
        "TT-01", [(own.id, own.version), *((f"khac-{n}", 1) for n in range(100))], gone=gone
    )
    return StatusList(
        id="TT-01",
        version=7,
        department_code=scene.transcript.school.department_code,
        issuer=IssuingBody(name=DEPARTMENT_NAME),
        issued=issued,
        next_update=date(2026, 6, 8),
        size=cells.size,
        encoded=cells.encoded,
        exceptions=cells.exceptions,
    )


def of_version(scene: Scene, version: int) -> Scene:
    """Return the same scene with another version of its transcript."""
    other = Scene(subjects=len(scene.transcript.subjects))
    other.transcript = replace(
        scene.transcript, identification=replace(scene.transcript.identification, version=version)
    )
    return other
