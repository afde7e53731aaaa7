"""One answer to who signed, for signing and for judging, for whatever certificate."""

from dataclasses import replace
from datetime import date
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hocba_sign.crypto.signer import SoftwareSigner
from hocba_sign.errors import CallerError
from hocba_sign.model.appointments import Appointment
from hocba_sign.model.authority import Registry
from hocba_sign.model.delegation import GivenSnapshot
from hocba_sign.model.record import IssuingBody
from hocba_sign.model.registry import Rank, RegistrySnapshot
from hocba_sign.model.workflow import Role, Slot
from hocba_sign.operations.signing import sign
from hocba_sign.operations.verifier import Verifier
from hocba_sign.pki.certificates.certificate import Certificate
from hocba_sign.report.report import Report
from hocba_sign.signing.signing_policy import Level, SigningPolicy
from hocba_sign.testing import Identity
from hocba_sign.testing.forge import value_id
from hocba_sign.validation.knowledge import Knowledge
from hocba_sign.validation.policy import Policy
from hocba_sign.xml.layout import CANONICAL
from tests.support.scene import CBQL, GVCN, JUDGED_AT, SEAL, SIGNED_AT, Scene

SCENE = Scene(subjects=1)
SLOTS = (*SCENE.teachers, GVCN, CBQL, SEAL)
BEFORE = {slot: SCENE.signed(SLOTS[:number]) for number, slot in enumerate(SLOTS)}
SCHOOL, HEAD = SCENE.transcript.school, SCENE.transcript.signers.principal
PEOPLE = tuple(SCENE.expected(slot) for slot in SLOTS[:-1])

NAMES = (
    *(person.name for person in PEOPLE),
    HEAD.full_name.upper(),
    "Pham Thi Minh Hang",
    "Trịnh Văn Lạ",
    SCHOOL.name,
    "Trường Trung học phổ thông Thanh Khê Trung",
    "TRUONG THPT THANH KHE TRUNG",
    "Công ty TNHH A",
    "",
)
NUMBERS = (
    *(f"CCCD:{person.personal_id}" for person in PEOPLE),
    *(str(person.personal_id) for person in PEOPLE),
    f"CMND:{HEAD.personal_id}",
    "CMND:201234567",
    "HC:B1234567",
    f"MST:{SCHOOL.tax_id}",
    str(SCHOOL.tax_id),
    f"MST:{SCHOOL.tax_id}-001",
    "MST:0100000001",
)
PLACES = (
    ("state_or_province_name", "Đà Nẵng"),
    ("state_or_province_name", "Hà Nội"),
    ("locality_name", "Quận 1, TP.HCM"),
    ("organization_name", SCHOOL.name),
    ("title", "Hiệu trưởng"),
)
SUBJECTS = st.tuples(
    st.lists(st.sampled_from(NAMES), max_size=2),
    st.lists(st.sampled_from(NUMBERS), max_size=2),
    st.lists(st.sampled_from(PLACES), max_size=2),
)


@cache
def identity(
    names: tuple[str, ...], numbers: tuple[str, ...], places: tuple[tuple[str, str], ...]
) -> Identity:
    parts = (
        *places,
        *(("common_name", name) for name in names),
        *(("user_id", number) for number in numbers),
    )
    return SCENE.world.subscriber(("country_name", "VN"), *parts)


def registry(holder: Identity, slot: Slot) -> Registry:
    """Let the department name this certificate for the place."""
    named = Appointment(
        department_code=SCHOOL.department_code,
        school_code=SCHOOL.code,
        role=slot.role,
        certificate_sha256=Certificate.load(holder.certificate_der).sha256,
        since=date(2024, 9, 1),
    )
    return registry_of(named)


def registry_of(named: Appointment) -> Registry:
    snapshot = RegistrySnapshot(
        id="S",
        version=1,
        rank=Rank.DEPARTMENT,
        department_code=SCHOOL.department_code,
        issuer=IssuingBody(name="Sở Giáo dục và Đào tạo"),
        issued=date(2026, 5, 1),
        next_update=date(2026, 12, 31),
        appointments=(named,),
    )
    return Registry.of((GivenSnapshot(snapshot=snapshot),), today=SIGNED_AT.date())


def signed(
    slot: Slot, holder: Identity, known: Registry | None
) -> tuple[str | None, tuple[str, ...]]:
    """Return why signing refuses, and what it notes."""
    policy = SigningPolicy(level=Level.B, registry=known)
    try:
        made = sign(
            BEFORE[slot],
            slot,
            signer=SoftwareSigner(holder.key, holder.chain_der),
            at=SIGNED_AT,
            tsa=None,
            policy=policy,
        )
    except CallerError as error:
        return error.cause, ()
    return None, tuple(note.cause for note in made.notes)


def judged(slot: Slot, holder: Identity, known: Registry | None) -> dict[str, str]:
    """Return what verification says of the signer in this place, where nothing but the certificate
    is wrong.
    """
    linked = tuple(value_id(other) for other in CANONICAL.linked_slots(slot, SLOTS))
    document = SCENE.forge(
        BEFORE[slot], slot, covered=CANONICAL.covered_ids(slot), linked=linked, identity=holder
    )
    policy = Policy(knowledge=Knowledge(registry=known))
    report = Verifier(trust=SCENE.trust, policy=policy, evidence=SCENE.evidence()).verify(
        document, at=JUDGED_AT
    )
    return signer_checks(report, slot)


def signer_checks(report: Report, slot: Slot) -> dict[str, str]:
    checks = report.to_dict()["checks"]
    return {
        one["id"]: one["forces"] or ""
        for one in checks
        if one["id"].startswith("WF.SIGNER_") and one["where"] == str(slot)
    }


@given(slot=st.sampled_from(SLOTS), subject=SUBJECTS, is_vouched=st.booleans())
@settings(max_examples=150)
def test_signing_and_judging_agree_on_whose_certificate_it_is(
    slot: Slot,
    subject: tuple[list[str], list[str], list[tuple[str, str]]],
    is_vouched: bool,
) -> None:
    holder = identity(*(tuple(part) for part in subject))
    known = registry(holder, slot) if is_vouched else None
    refusal, notes = signed(slot, holder, known)
    found = judged(slot, holder, known)
    if refusal is None:
        assert found == dict.fromkeys(notes, "")
    else:
        assert refusal.startswith("SIGN.")
        assert len(found) == 1
        assert set(found.values()) == {
            "INVALID" if refusal == "SIGN.WRONG_PERSON" else "INDETERMINATE"
        }


@pytest.mark.parametrize("slot", SLOTS, ids=str)
def test_the_right_holder_signs_without_a_note_and_any_other_of_the_file_is_refused(
    slot: Slot,
) -> None:
    for other in SLOTS:
        holder = SCENE.identity(other)
        if other is SEAL:
            holder = SCENE.world.organisation(
                SCHOOL.name, government=False, mst=SCHOOL.tax_id, locality="Đà Nẵng"
            )
        refusal, notes = signed(slot, holder, None)
        is_same = SCENE.expected(other).personal_id == SCENE.expected(slot).personal_id
        assert (refusal is None) is is_same, (slot, other, refusal)
        assert notes == ()


def test_a_seal_by_name_alone_is_noted() -> None:
    assert signed(SEAL, SCENE.world.organisation(SCHOOL.name), None) == (
        None,
        ("WF.SIGNER_BY_NAME",),
    )


def test_what_a_registry_says_of_other_days_and_places_answers_for_nothing() -> None:
    holder = identity(("Tên Cũ",), (f"CCCD:{HEAD.personal_id}",), ())
    assert signed(CBQL, holder, registry(holder, CBQL)) == (None, ("WF.SIGNER_BY_REGISTRY",))
    assert signed(CBQL, holder, registry(holder, GVCN))[0] == "SIGN.OTHER_NAME"
    (entry,) = registry(holder, CBQL).snapshots[0].snapshot.appointments
    for other in (
        replace(entry, until=date(2026, 5, 31)),
        replace(entry, since=date(2026, 6, 2)),
        replace(entry, school_code="khac"),
    ):
        assert signed(CBQL, holder, registry_of(other))[0] == "SIGN.OTHER_NAME"


def test_the_role_decides_what_kind_of_certificate_is_right() -> None:
    for slot in SLOTS:
        wrong = SCENE.identity(CBQL) if slot is SEAL else SCENE.identity(SEAL)
        refusal, _ = signed(slot, wrong, registry(wrong, slot))
        assert refusal == "SIGN.OTHER_KIND", slot.role is Role.KY_PHAT_HANH
