"""Area event: what a school says of its transcript after issuing it."""

from collections.abc import Iterator
from dataclasses import replace

from hocba_sign.model.codes import EventKind
from hocba_sign.model.event import Correction
from hocba_sign.model.record import vietnam_day
from hocba_sign.signing.signing_policy import Level
from hocba_sign.xml.record_octets import encode_record
from tools.vectors.case import Case
from tools.vectors.office import DAY, SIGNED, Office, office_case
from tools.vectors.stage import CBQL, JUDGED_AT, SEAL, Stage, swapped


def cases(stage: Stage) -> Iterator[Case]:
    yield from _events(Office(stage))


def _events(office: Office) -> Iterator[Case]:
    why = (
        "An event of the school that issued the transcript decides whether it is in "
        "force; it is still signed correctly"
    )
    yield office_case(
        office,
        "event/withdrawn",
        why,
        verdict="VALID",
        causes=("STATUS.WITHDRAWN",),
        status="withdrawn",
        twin="event/from-tomorrow-on",
        event=office.signed_event(office.event()),
    )
    yield office_case(
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
    yield office_case(
        office,
        "event/corrected",
        why,
        verdict="VALID",
        causes=("EVENT.CORRECTED",),
        twin="event/withdrawn",
        event=office.signed_event(corrected),
    )
    tomorrow = office.event(effective=vietnam_day(JUDGED_AT) + DAY)
    yield office_case(
        office,
        "event/from-tomorrow-on",
        why,
        verdict="VALID",
        causes=("EVENT.LATER",),
        twin="event/withdrawn",
        event=office.signed_event(tomorrow),
    )
    other = replace(office.event().target, digest="ef" * 32)
    yield office_case(
        office,
        "event/about-other-content",
        why,
        verdict="INDETERMINATE",
        causes=("EVENT.OTHER_CONTENT",),
        twin="event/withdrawn",
        event=office.signed_event(office.event(target=other)),
    )
    school = replace(office.school, code="KHAC-02")
    yield office_case(
        office,
        "event/of-another-school",
        why,
        verdict="VALID",
        causes=("EVENT.WRONG_SCHOOL",),
        twin="event/withdrawn",
        event=office.signed_event(office.event(school=school)),
    )
    yield office_case(
        office,
        "event/sealed-by-another",
        why,
        verdict="VALID",
        causes=("EVENT.REFUSED",),
        twin="event/withdrawn",
        event=_of_another_seal(office),
    )
    yield office_case(
        office,
        "event/unreadable",
        why,
        verdict="VALID",
        causes=("EVENT.UNREADABLE",),
        twin="event/withdrawn",
        event=b"<a/>",
    )
    yield office_case(
        office,
        "event/damaged",
        "What cannot be read and may be a withdrawal is never passed over",
        verdict="INDETERMINATE",
        causes=("EVENT.UNREAD",),
        twin="event/unreadable",
        event=office.signed_event(office.event())[:-200],
    )
    for name, old, new in (
        ("later-version", 'phienBanLuocDo="1.0"', 'phienBanLuocDo="1.1"'),
        ("later-generation", 'xmlns="urn:hocba:1"', 'xmlns="urn:hocba:2"'),
    ):
        yield office_case(
            office,
            f"event/{name}",
            "What a reader of 1.0 cannot read may be a withdrawal, and is never passed over",
            verdict="INDETERMINATE",
            causes=("EVENT.UNREAD",),
            twin="event/withdrawn",
            event=swapped(office.signed_event(office.event()), old, new),
        )
    ended = office.snapshot(office.entry(CBQL, until=SIGNED), office.entry(SEAL))
    claimed = office.signed_event(office.event(), level=Level.B)
    yield office_case(
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
    yield office_case(
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
    yield office_case(
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
    yield office_case(
        office,
        "event/none-though-canonicalized-inclusively",
        "Other makers canonicalize the data inclusively, which harms nobody",
        verdict="VALID",
        twin="event/withdrawn-though-canonicalized-inclusively",
        document=inclusive,
    )


def _of_another_seal(office: Office) -> bytes:
    document = office.stage.signed(
        encode_record(office.event()), CBQL, office.stage.holder(CBQL), level=Level.T
    )
    return office.stage.forged(document, SEAL, office.commune)
