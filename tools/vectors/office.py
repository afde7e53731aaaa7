"""The registry, events and lists about a transcript: what a verifier knows beside the file."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any, Final

from hocba_sign.model.appointments import Appointment
from hocba_sign.model.codes import EventKind
from hocba_sign.model.event import Event, TranscriptReference
from hocba_sign.model.record import IssuingBody, vietnam_day
from hocba_sign.model.registry import Rank, RegistrySnapshot
from hocba_sign.model.status_list import Cell, StatusList, encode
from hocba_sign.model.transcript import Transcript
from hocba_sign.model.workflow import Role, Slot
from hocba_sign.pki.certificates.certificate import Certificate
from hocba_sign.rendering.source import read_source
from hocba_sign.signing.signing_policy import Level
from hocba_sign.testing import Identity
from hocba_sign.testing.drafts import drafted
from hocba_sign.xades.syntax import names
from hocba_sign.xml.record_octets import encode_record
from hocba_sign.xml.tree import Element
from tools.vectors.case import Case
from tools.vectors.stage import CBQL, SEAL, SIGNED_AT, Stage

_SPEC: Final = "docs/explanation/authority-and-status.md"
_INCLUSIVE: Final = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"
DEPARTMENT: Final = "Sở Giáo dục và Đào tạo Thử nghiệm"
COMMUNE: Final = "Ủy ban nhân dân xã Thử"
FIRST: Final = date(2020, 9, 1)
SIGNED: Final = vietnam_day(SIGNED_AT)
DAY: Final = timedelta(days=1)
_OPTIONS: Final = {"registry": "--registry", "event": "--events", "list": "--status-list"}
_STRANGER: Final = "001099000000"


class Office:
    """The registry, events and lists about the transcript of the stage."""

    def __init__(self, stage: Stage, *, department_code: str | None = None) -> None:
        self.stage = stage
        self.transcript, self.document = stage.transcript(), stage.issued(level=Level.T)
        if department_code is not None:
            self.transcript, self.document = self._of_department(department_code)
        self.school = self.transcript.school
        self.department = stage.world.organisation(DEPARTMENT, unit=DEPARTMENT)
        self.commune = stage.world.organisation(COMMUNE)

    def _of_department(self, code: str) -> tuple[Transcript, bytes]:
        own = self.transcript.identification
        transcript = replace(
            self.transcript,
            identification=replace(own, school=replace(own.school, department_code=code)),
        )
        document = drafted(transcript)
        for signer in transcript.expected_signers:
            document = self.stage.signed(
                document, signer.slot, self.stage.identity(signer), level=Level.T
            )
        return transcript, document

    def entry(self, slot: Slot, **changes: Any) -> Appointment:
        signer = next(one for one in self.transcript.expected_signers if one.slot == slot)
        is_seal = slot.role is Role.KY_PHAT_HANH
        usual = Appointment(
            department_code=self.school.department_code,
            school_code=self.school.code,
            role=slot.role,
            name=signer.name,
            personal_id=None if is_seal else signer.personal_id,
            certificate_sha256=sha256(self.stage.identity(signer)) if is_seal else None,
            since=FIRST,
        )
        return replace(usual, **changes)

    def snapshot(self, *entries: Appointment, **changes: Any) -> RegistrySnapshot:
        usual = RegistrySnapshot(
            id="SO-2026",
            version=1,
            rank=Rank.DEPARTMENT,
            department_code=self.school.department_code,
            issuer=IssuingBody(name=DEPARTMENT),
            issued=date(2026, 5, 20),
            next_update=date(2026, 12, 31),
            appointments=entries or (self.entry(CBQL), self.entry(SEAL)),
        )
        return replace(usual, **changes)

    def refusing(self, **changes: Any) -> RegistrySnapshot:
        return self.snapshot(self.entry(CBQL, personal_id=_STRANGER), self.entry(SEAL), **changes)

    def sealed(self, record: RegistrySnapshot | StatusList, seal: Identity) -> bytes:
        return self.stage.signed(encode_record(record), SEAL, seal, level=Level.T)

    def event(
        self,
        kind: EventKind = EventKind.WITHDRAWAL,
        *,
        document: bytes | None = None,
        **changes: Any,
    ) -> Event:
        own = self.transcript.identification
        target = TranscriptReference(
            id=own.id, version=own.version, digest=read_source(document or self.document).digest
        )
        usual = Event(
            id="SK-2026-001",
            kind=kind,
            target=target,
            successor=replace(target, version=own.version + 1, digest="ab" * 32)
            if kind is EventKind.REPLACEMENT
            else None,
            reason="Nhầm lớp khi phát hành",
            effective=SIGNED,
            school=self.school,
            principal=self.transcript.signers.principal,
            place="Hà Nội",
        )
        return replace(usual, **changes)

    def signed_event(self, record: Event, *, level: Level = Level.T) -> bytes:
        document = encode_record(record)
        for slot in (CBQL, SEAL):
            document = self.stage.signed(document, slot, self.stage.holder(slot), level=level)
        return document

    def status_list(self, cell: Cell | None, **changes: Any) -> StatusList:
        own = self.transcript.identification
        key = (own.id, own.version)
        cells = encode(
            "TT-01",
            [key, *((f"khac-{n}", 1) for n in range(100))],
            gone={} if cell is None else {key: cell},
        )
        usual = StatusList(
            id="TT-01",
            version=7,
            department_code=self.school.department_code,
            issuer=IssuingBody(name=DEPARTMENT),
            issued=SIGNED,
            next_update=SIGNED + timedelta(days=7),
            size=cells.size,
            encoded=cells.encoded,
            exceptions=cells.exceptions,
        )
        return replace(usual, **changes)

    def inclusive(self) -> bytes:
        """Return the transcript as other makers sign it: the data in its inclusive
        canonical form.
        """
        document = drafted(self.transcript)
        for slot in self.transcript.slots:
            document = self.stage.forged(document, slot, before_digests=_as_others_do)
        return document


def sha256(identity: Identity) -> str:
    return Certificate.load(identity.certificate_der).sha256


def _as_others_do(signature: Element) -> None:
    for reference in signature.iter(names.REFERENCE):
        if reference.get("URI") == "#data":
            for transform in reference.iter(names.TRANSFORM):
                transform.set("Algorithm", _INCLUSIVE)


def office_case(
    office: Office,
    identifier: str,
    why: str,
    *,
    pins: tuple[str, ...] = (),
    policy: str | None = None,
    **facts: Any,
) -> Case:
    """Describe a case whose title says what lies beside the document; of `facts`, `registry…`,
    `event…` and `list…` are files, given by their options.
    """
    octets, options = dict[str, bytes](), list[str]()
    for name in [name for name in facts if name.rstrip("0123456789") in _OPTIONS]:
        content = facts.pop(name)
        is_signed = isinstance(content, bytes)
        file = f"{name}.{'xml' if is_signed else 'json'}"
        octets[file] = content if is_signed else content.to_json().encode()
        options += (_OPTIONS[name.rstrip("0123456789")], file)
    options += [part for pin in pins for part in ("--registry-pin", pin)]
    options += [] if policy is None else ["--policy", policy]
    title = identifier.partition("/")[2].replace("-", " ")
    given = {"document": office.document, **facts}
    return Case(
        identifier=identifier,
        title=title[0].upper() + title[1:],
        why=why,
        spec=_SPEC,
        files=octets,
        options=tuple(options),
        **given,
    )
