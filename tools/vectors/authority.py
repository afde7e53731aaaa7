"""Areas registry, event, status and policy: what a verifier knows beside the file, and what it
demands.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, timedelta
from pathlib import PurePath
from typing import Any, Final

from hocba_sign.model.appointments import Appointment
from hocba_sign.model.codes import EventKind
from hocba_sign.model.event import Correction, Event, TranscriptReference
from hocba_sign.model.record import IssuingBody, vietnam_day
from hocba_sign.model.registry import Delegation, Rank, RegistrySnapshot
from hocba_sign.model.status_list import Cell, StatusList, encode
from hocba_sign.model.transcript import Transcript
from hocba_sign.model.workflow import Role, Slot
from hocba_sign.pki.certificates.certificate import Certificate
from hocba_sign.rendering.source import read_source
from hocba_sign.signing.policy import Level
from hocba_sign.testing import Identity
from hocba_sign.testing.drafts import drafted
from hocba_sign.xades.syntax import names
from hocba_sign.xml.record import encode_record
from hocba_sign.xml.tree import Element
from tools.vectors.case import Case, Verdict
from tools.vectors.stage import CBQL, JUDGED_AT, SEAL, SIGNED_AT, Stage

_SPEC: Final = "docs/explanation/authority-and-status.md"
_INCLUSIVE: Final = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"
_DEPARTMENT: Final = "Sở Giáo dục và Đào tạo Thử nghiệm"
_COMMUNE: Final = "Ủy ban nhân dân xã Thử"
_FIRST: Final = date(2020, 9, 1)
_SIGNED: Final = vietnam_day(SIGNED_AT)
_DAY: Final = timedelta(days=1)
_MERGED, _SUCCESSOR, _MERGER = "49", "48", date(2025, 7, 1)
"""Quảng Nam, which Đà Nẵng took."""
_STRANGER: Final = "001099000000"


class _Office:
    """The registry, events and lists about the transcript of the stage."""

    def __init__(self, stage: Stage, *, department_code: str | None = None) -> None:
        self.stage = stage
        self.transcript, self.document = stage.transcript(), stage.issued(level=Level.T)
        if department_code is not None:
            self.transcript, self.document = self._of_department(department_code)
        self.school = self.transcript.school
        self.department = stage.world.organisation(_DEPARTMENT, unit=_DEPARTMENT)
        self.commune = stage.world.organisation(_COMMUNE)

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
            since=_FIRST,
        )
        return replace(usual, **changes)

    def snapshot(self, *entries: Appointment, **changes: Any) -> RegistrySnapshot:
        usual = RegistrySnapshot(
            id="SO-2026",
            version=1,
            rank=Rank.DEPARTMENT,
            department_code=self.school.department_code,
            issuer=IssuingBody(name=_DEPARTMENT),
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
            effective=_SIGNED,
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
            issuer=IssuingBody(name=_DEPARTMENT),
            issued=_SIGNED,
            next_update=_SIGNED + timedelta(days=7),
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


def cases(stage: Stage) -> Iterator[Case]:
    office = _Office(stage)
    yield from _offices(office)
    yield from _pins(office)
    yield from _events(office)
    yield from _lists(office)
    yield from _successors(_Office(stage, department_code=_MERGED))
    yield from _policies(office)


def _case(
    office: _Office,
    identifier: str,
    why: str,
    *,
    verdict: Verdict,
    causes: tuple[str, ...] = (),
    twin: str,
    status: str | None = None,
    document: bytes | None = None,
    pins: tuple[str, ...] = (),
    policy: str | None = None,
    **files: bytes | RegistrySnapshot,
) -> Case:
    """Describe a case whose title says what lies beside the document; `registry…`, `event…` and
    `list…` are given by their options.
    """
    octets = {
        _name(name, one): one if isinstance(one, bytes) else one.to_json().encode()
        for name, one in files.items()
    }
    option = {"registry": "--registry", "event": "--events", "list": "--status-list"}
    options = [
        part for name in octets for part in (option[PurePath(name).stem.rstrip("0123456789")], name)
    ]
    options += [part for pin in pins for part in ("--registry-pin", pin)]
    options += [] if policy is None else ["--policy", policy]
    title = identifier.partition("/")[2].replace("-", " ")
    return Case(
        identifier=identifier,
        title=title[0].upper() + title[1:],
        why=why,
        spec=_SPEC,
        document=office.document if document is None else document,
        verdict=verdict,
        causes=causes,
        twin=twin,
        status=status,
        files=octets,
        options=tuple(options),
    )


def _name(stem: str, content: bytes | RegistrySnapshot) -> str:
    return f"{stem}.xml" if isinstance(content, bytes) else f"{stem}.json"


def _offices(office: _Office) -> Iterator[Case]:
    head, seal = office.entry(CBQL), office.entry(SEAL)
    why = "Who held the office on the day of the best signature time is decided by the registry"
    ends: tuple[tuple[str, RegistrySnapshot, Verdict, str], ...] = (
        ("in-office", office.snapshot(), "VALID", "REGISTRY.UNSIGNED"),
        (
            "last-day-in-office",
            office.snapshot(replace(head, until=_SIGNED), seal),
            "VALID",
            "REGISTRY.UNSIGNED",
        ),
        (
            "left-a-day-before",
            office.snapshot(replace(head, until=_SIGNED - _DAY), seal),
            "INVALID",
            "REGISTRY.ENDED",
        ),
        (
            "came-a-day-after",
            office.snapshot(replace(head, since=_SIGNED + _DAY), seal),
            "INVALID",
            "REGISTRY.NOT_YET",
        ),
        ("somebody-else", office.refusing(), "INVALID", "REGISTRY.NOT_LISTED"),
        (
            "school-not-in-it",
            office.snapshot(replace(head, school_code="KHAC-01"), seal),
            "INDETERMINATE",
            "REGISTRY.NO_ENTRY",
        ),
        (
            "past-its-update",
            office.snapshot(next_update=_SIGNED - _DAY),
            "INDETERMINATE",
            "REGISTRY.TOO_OLD",
        ),
        (
            "no-number-to-compare",
            office.snapshot(head, replace(seal, certificate_sha256=None, tax_id="0100000001")),
            "INDETERMINATE",
            "REGISTRY.NOT_COMPARABLE",
        ),
    )
    for name, registry, verdict, cause in ends:
        twin = "registry/left-a-day-before" if verdict == "VALID" else "registry/in-office"
        yield _case(
            office,
            f"registry/{name}",
            why,
            verdict=verdict,
            causes=(cause,),
            twin=twin,
            registry=registry,
        )
    ended = office.snapshot(replace(head, until=_SIGNED), seal)
    yield _case(
        office,
        "registry/left-since-a-day-that-is-only-claimed",
        "Without a time-stamp, whoever has left could claim any day before",
        verdict="INDETERMINATE",
        causes=("REGISTRY.TIME_UNPROVEN",),
        twin="registry/last-day-in-office",
        document=office.stage.issued(),
        registry=ended,
    )
    left = office.snapshot(replace(head, until=_SIGNED - _DAY), seal, id="SO-KHAC")
    for name, other, verdict, cause in (
        ("two-of-one-day-that-differ", left, "INDETERMINATE", "REGISTRY.CONTRADICTION"),
        (
            "a-newer-one-that-differs",
            replace(left, issued=date(2026, 5, 21)),
            "INVALID",
            "REGISTRY.ENDED",
        ),
        (
            "an-older-one-that-differs",
            replace(left, issued=date(2026, 5, 19)),
            "VALID",
            "REGISTRY.UNSIGNED",
        ),
    ):
        yield _case(
            office,
            f"registry/{name}",
            (
                "Of two registries that contradict each other the higher rank prevails, then "
                "the newer issue, never the favourable one"
            ),
            verdict=verdict,
            causes=(cause,),
            twin="registry/a-newer-one-that-differs"
            if verdict == "VALID"
            else "registry/an-older-one-that-differs",
            registry1=office.snapshot(),
            registry2=other,
        )


def _pins(office: _Office) -> Iterator[Case]:
    why = (
        "A snapshot's rank is what the caller pins or a delegation below that says, never "
        "what it says of itself"
    )
    pin = sha256(office.department)
    good, bad = (
        office.sealed(office.snapshot(), office.department),
        office.sealed(office.refusing(), office.department),
    )
    false = office.sealed(
        office.snapshot(
            rank=Rank.MINISTRY, department_code=None, id="BO", issuer=IssuingBody(name=_COMMUNE)
        ),
        office.commune,
    )
    later = office.sealed(
        office.snapshot(version=2, issuer=IssuingBody(name=_COMMUNE)), office.commune
    )
    announcing = office.sealed(
        office.refusing(next_seal_sha256=sha256(office.commune)), office.department
    )
    wrong = "00" * 32
    given: tuple[
        tuple[str, Mapping[str, bytes | RegistrySnapshot], tuple[str, ...], Verdict, str, str], ...
    ] = (
        (
            "not-pinned",
            {"registry": good},
            (),
            "VALID",
            "REGISTRY.NOT_PINNED",
            "not-pinned-and-refusing",
        ),
        (
            "not-pinned-and-refusing",
            {"registry": bad},
            (),
            "INDETERMINATE",
            "REGISTRY.CLAIMED",
            "not-pinned",
        ),
        (
            "pinned-and-refusing",
            {"registry": bad},
            (pin,),
            "INVALID",
            "REGISTRY.NOT_LISTED",
            "next-seal-announced",
        ),
        (
            "beside-a-commune-that-calls-itself-the-ministry",
            {"registry1": bad, "registry2": false},
            (pin,),
            "INVALID",
            "REGISTRY.NOT_DELEGATED",
            "not-pinned",
        ),
        (
            "beside-one-that-nobody-signed",
            {"registry1": bad, "registry2": office.snapshot(version=9)},
            (pin,),
            "INVALID",
            "REGISTRY.NOT_DELEGATED",
            "next-seal-announced",
        ),
        (
            "next-seal-announced",
            {"registry1": announcing, "registry2": later},
            (pin,),
            "VALID",
            "",
            "next-seal-not-announced",
        ),
        (
            "next-seal-not-announced",
            {"registry1": bad, "registry2": later},
            (pin,),
            "INVALID",
            "REGISTRY.NOT_LISTED",
            "next-seal-announced",
        ),
        (
            "another-one-is-pinned",
            {"registry": good},
            (wrong,),
            "INDETERMINATE",
            "REGISTRY.NONE_PINNED",
            "not-pinned",
        ),
    )
    for name, files, pins, verdict, cause, twin in given:
        causes = tuple(
            dict.fromkeys(
                one for one in (cause, "REGISTRY.NOT_LISTED" if verdict == "INVALID" else "") if one
            )
        )
        yield _case(
            office,
            f"registry/{name}",
            why,
            verdict=verdict,
            causes=causes,
            twin=f"registry/{twin}",
            pins=pins,
            **files,  # type: ignore[arg-type]  # files
        )


def _events(office: _Office) -> Iterator[Case]:
    why = (
        "An event of the school that issued the transcript decides whether it is in "
        "force; it is still signed correctly"
    )
    yield _case(
        office,
        "event/withdrawn",
        why,
        verdict="VALID",
        causes=("STATUS.WITHDRAWN",),
        status="withdrawn",
        twin="event/from-tomorrow-on",
        event=office.signed_event(office.event()),
    )
    yield _case(
        office,
        "event/replaced",
        why,
        verdict="VALID",
        causes=("STATUS.REPLACED",),
        status="replaced",
        twin="event/from-tomorrow-on",
        event=office.signed_event(office.event(EventKind.REPLACEMENT)),
    )
    correction = Correction(path="/DINH_DANH/HOC_SINH/HO_VA_TEN", value="Nguyễn Văn Đúng")
    corrected = office.event(EventKind.CORRECTION, corrections=(correction,))
    yield _case(
        office,
        "event/corrected",
        why,
        verdict="VALID",
        causes=("EVENT.CORRECTED",),
        twin="event/withdrawn",
        event=office.signed_event(corrected),
    )
    tomorrow = office.event(effective=vietnam_day(JUDGED_AT) + _DAY)
    yield _case(
        office,
        "event/from-tomorrow-on",
        why,
        verdict="VALID",
        causes=("EVENT.LATER",),
        twin="event/withdrawn",
        event=office.signed_event(tomorrow),
    )
    other = replace(office.event().target, digest="ef" * 32)
    yield _case(
        office,
        "event/about-other-content",
        why,
        verdict="INDETERMINATE",
        causes=("EVENT.OTHER_CONTENT",),
        twin="event/withdrawn",
        event=office.signed_event(office.event(target=other)),
    )
    school = replace(office.school, code="KHAC-02")
    yield _case(
        office,
        "event/of-another-school",
        why,
        verdict="VALID",
        causes=("EVENT.WRONG_SCHOOL",),
        twin="event/withdrawn",
        event=office.signed_event(office.event(school=school)),
    )
    yield _case(
        office,
        "event/sealed-by-another",
        why,
        verdict="VALID",
        causes=("EVENT.REFUSED",),
        twin="event/withdrawn",
        event=_of_another_seal(office),
    )
    yield _case(
        office,
        "event/unreadable",
        why,
        verdict="VALID",
        causes=("EVENT.UNREADABLE",),
        twin="event/withdrawn",
        event=b"<a/>",
    )
    yield _case(
        office,
        "event/damaged",
        "What cannot be read and may be a withdrawal is never passed over",
        verdict="INDETERMINATE",
        causes=("EVENT.UNREAD",),
        twin="event/unreadable",
        event=office.signed_event(office.event())[:-200],
    )
    ended = office.snapshot(office.entry(CBQL, until=_SIGNED), office.entry(SEAL))
    claimed = office.signed_event(office.event(), level=Level.B)
    yield _case(
        office,
        "event/of-a-head-who-left-since-a-claimed-day",
        (
            "Whoever has left could claim any day, so nothing is proven; but a withdrawal is "
            "never dropped"
        ),
        verdict="INDETERMINATE",
        causes=("EVENT.UNPROVEN",),
        twin="event/of-a-head-who-left-since-a-proven-day",
        event=claimed,
        registry=ended,
    )
    yield _case(
        office,
        "event/of-a-head-who-left-since-a-proven-day",
        why,
        verdict="VALID",
        causes=("STATUS.WITHDRAWN",),
        status="withdrawn",
        twin="event/of-a-head-who-left-since-a-claimed-day",
        event=office.signed_event(office.event()),
        registry=ended,
    )
    inclusive = office.inclusive()
    yield _case(
        office,
        "event/withdrawn-though-canonicalized-inclusively",
        (
            "Events name the exclusive canonical form of the data, however its signers "
            "canonicalized it"
        ),
        verdict="VALID",
        causes=("STATUS.WITHDRAWN",),
        status="withdrawn",
        twin="event/none-though-canonicalized-inclusively",
        document=inclusive,
        event=office.signed_event(office.event(document=inclusive)),
    )
    yield _case(
        office,
        "event/none-though-canonicalized-inclusively",
        "Other makers canonicalize the data inclusively, which harms nobody",
        verdict="VALID",
        twin="event/withdrawn-though-canonicalized-inclusively",
        document=inclusive,
    )


def _of_another_seal(office: _Office) -> bytes:
    document = office.stage.signed(
        encode_record(office.event()), CBQL, office.stage.holder(CBQL), level=Level.T
    )
    return office.stage.forged(document, SEAL, office.commune)


def _lists(office: _Office) -> Iterator[Case]:
    why = (
        "A department's list tells of every transcript that was issued; a withdrawal in "
        "it always counts"
    )
    before = _SIGNED - timedelta(days=200)
    past = {"issued": before, "next_update": before + timedelta(days=7)}
    delegation = Delegation(
        rank=Rank.DEPARTMENT,
        department_code=office.school.department_code,
        name=_DEPARTMENT,
        certificate_sha256=sha256(office.department),
        since=_FIRST,
    )
    top = office.snapshot(rank=Rank.MINISTRY, department_code=None, delegations=(delegation,))
    given: tuple[
        tuple[str, StatusList, RegistrySnapshot | None, Verdict, str, str | None, str], ...
    ] = (
        (
            "in-force",
            office.status_list(None),
            None,
            "VALID",
            "STATUS.VOUCHED_BY_USER",
            None,
            "withdrawn",
        ),
        (
            "withdrawn",
            office.status_list(Cell.WITHDRAWN),
            None,
            "VALID",
            "STATUS.WITHDRAWN",
            "withdrawn",
            "in-force",
        ),
        (
            "replaced",
            office.status_list(Cell.REPLACED),
            None,
            "VALID",
            "STATUS.REPLACED",
            "replaced",
            "in-force",
        ),
        (
            "withdrawn-by-an-old-list",
            office.status_list(Cell.WITHDRAWN, **past),
            None,
            "VALID",
            "STATUS.WITHDRAWN",
            "withdrawn",
            "in-force",
        ),
        (
            "past-its-update",
            office.status_list(None, next_update=_SIGNED),
            None,
            "INDETERMINATE",
            "STATUS.TOO_OLD",
            None,
            "in-force",
        ),
        (
            "by-delegation",
            office.status_list(Cell.WITHDRAWN),
            top,
            "VALID",
            "STATUS.WITHDRAWN",
            "withdrawn",
            "without-delegation",
        ),
        (
            "without-delegation",
            office.status_list(Cell.WITHDRAWN),
            replace(top, delegations=()),
            "INDETERMINATE",
            "STATUS.NOT_DELEGATED",
            None,
            "by-delegation",
        ),
    )
    for name, record, registry, verdict, cause, status, twin in given:
        files = {"list": office.sealed(record, office.department)} | (
            {} if registry is None else {"registry": registry}
        )
        yield _case(
            office,
            f"status/{name}",
            why,
            verdict=verdict,
            causes=(cause,),
            status=status,
            twin=f"status/{twin}",
            **files,  # type: ignore[arg-type]  # files
        )


def _successors(office: _Office) -> Iterator[Case]:
    why = (
        "The department of a merged province is followed by that of the new one, from the "
        "day of the merger on"
    )
    eve = {"issued": _MERGER - _DAY, "next_update": _SIGNED + timedelta(days=7)}
    given: tuple[tuple[str, StatusList, str | None, tuple[str, ...], str], ...] = (
        (
            "of-the-successor",
            office.status_list(Cell.WITHDRAWN, department_code=_SUCCESSOR),
            "withdrawn",
            ("STATUS.WITHDRAWN",),
            "of-the-successor-before-the-merger",
        ),
        (
            "of-the-successor-before-the-merger",
            office.status_list(Cell.WITHDRAWN, department_code=_SUCCESSOR, **eve),
            None,
            (),
            "of-the-successor",
        ),
        (
            "of-the-predecessor-before-the-merger",
            office.status_list(Cell.WITHDRAWN, **eve),
            "withdrawn",
            ("STATUS.WITHDRAWN",),
            "of-the-successor-before-the-merger",
        ),
    )
    for name, record, status, causes, twin in given:
        listed = office.sealed(record, office.department)
        yield _case(
            office,
            f"status/{name}",
            why,
            verdict="VALID",
            causes=causes,
            status=status,
            twin=f"status/{twin}",
            list=listed,
        )


def _policies(office: _Office) -> Iterator[Case]:
    why = (
        "The policy strict demands a registry, a status and time-stamps, and names what "
        "is missing; the policy default does not"
    )
    listed = office.sealed(office.status_list(None), office.department)
    yield _case(
        office,
        "policy/strict-without-registry",
        why,
        verdict="INDETERMINATE",
        causes=("POLICY.REGISTRY_NEEDED",),
        twin="policy/default-alone",
        policy="strict",
        list=listed,
    )
    yield _case(
        office,
        "policy/strict-without-status",
        why,
        verdict="INDETERMINATE",
        causes=("POLICY.STATUS_NEEDED",),
        twin="policy/default-alone",
        policy="strict",
        registry=office.snapshot(),
    )
    yield _case(
        office,
        "policy/strict-without-time-stamps",
        why,
        verdict="INDETERMINATE",
        causes=("SIG.NO_TIME_STAMP",),
        twin="policy/default-alone",
        policy="strict",
        document=office.stage.issued(),
        registry=office.snapshot(),
        list=listed,
    )
    yield _case(
        office,
        "policy/strict-with-all",
        why,
        verdict="VALID",
        twin="policy/strict-without-status",
        policy="strict",
        registry=office.snapshot(),
        list=listed,
    )
    yield _case(
        office,
        "policy/default-alone",
        why,
        verdict="VALID",
        twin="policy/strict-without-registry",
        policy="default",
    )
