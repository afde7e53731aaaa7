"""Area signer, second part: whom a registry names, one certificate in several places, transcripts
digitised from paper, and the tree of trust that each party's certificate may come from.
"""

import json
from collections.abc import Iterator
from dataclasses import replace

from hocba_sign.model.signers import Substitute
from hocba_sign.model.transcript import Transcript
from hocba_sign.model.workflow import Slot
from hocba_sign.pki.certificates.certificate import Certificate
from hocba_sign.testing import Identity
from hocba_sign.testing.drafts import drafted
from hocba_sign.testing.forge import stamp
from tools.vectors.case import Case
from tools.vectors.signers import signer_case
from tools.vectors.stage import SEAL, Stage


def cases(stage: Stage) -> Iterator[Case]:
    yield from _registered(stage)
    yield from _hands(stage)
    yield from _hierarchies(stage)


def _registry(stage: Stage, *entries: dict[str, str]) -> bytes:
    school = stage.transcript().school
    place = {"masogd": school.department_code, "matruong": school.code, "tungay": "2024-08-01"}
    snapshot = {
        "maso": "SO-2026",
        "phienban": 1,
        "cap": "SO",
        "masogd": school.department_code,
        "coquan": {"tencoquan": school.department_name},
        "ngaylap": "2026-05-01",
        "capnhattruoc": "2026-12-31",
        "danhsachthamquyen": [{**place, **entry} for entry in entries],
    }
    return (json.dumps(snapshot, ensure_ascii=False, indent=1) + "\n").encode()


def _sha256(identity: Identity) -> str:
    return Certificate.load(identity.certificate_der).sha256


def _registered(stage: Stage) -> Iterator[Case]:
    """What the registry answers for, and what it does not: a certificate by its SHA-256, and never
    a person's for a seal.
    """
    school, world = stage.transcript().school, stage.world
    principal = {
        "vaitro": "CBQL",
        "sodinhdanh": stage.transcript().signers.principal.personal_id or "",
    }
    renamed = world.organisation("Trường THPT Tên Cũ", government=False, mst=school.tax_id)
    person = world.subscriber(
        ("country_name", "VN"), ("common_name", school.name), ("user_id", "CCCD:048172000934")
    )
    for name, texts, seal, verdict, cause in (
        (
            "seal-named-by-the-registry",
            (
                (
                    "The school's tax number and its former name, in a certificate that the "
                    "registry names"
                ),
                "The registry answers for it",
            ),
            renamed,
            "VALID",
            "WF.SIGNER_BY_REGISTRY",
        ),
        (
            "person-named-by-the-registry-seals",
            (
                "A person's certificate that the registry names as the seal",
                "No entry makes a seal of a person's certificate",
            ),
            person,
            "INVALID",
            "REGISTRY.NOT_LISTED",
        ),
    ):
        case = signer_case(name, texts, stage.forged_at(SEAL, seal), verdict, cause)
        entries = (principal, {"vaitro": "KY_PHAT_HANH", "chungthusha256": _sha256(seal)})
        registry = {"registry.json": _registry(stage, *entries)}
        yield replace(
            case,
            files=registry,
            options=("--registry", "registry.json"),
            twin="signer/firm-with-the-tax-number",
        )


def _signed_by(
    stage: Stage, transcript: Transcript, holders: dict[Slot, Identity], *, is_stamped: bool = False
) -> bytes:
    document = drafted(transcript)
    for slot in transcript.slots:
        document = stage.forged(document, slot, holders.get(slot) or stage.holder(slot, transcript))
        document = stamp(document, slot, token=stage.token) if is_stamped else document
    return document


def _hands(stage: Stage) -> Iterator[Case]:
    base = stage.transcript("lop12", 2)
    principal = base.signers.principal
    head = stage.world.person(principal.full_name, principal.personal_id or "")
    teachers = [slot for slot in base.slots if slot.teacher is not None]

    def by_head(count: int) -> Transcript:
        stand_ins = tuple(
            Substitute(
                teacher=slot.teacher or "",
                full_name=principal.full_name,
                personal_id=principal.personal_id,
                title=principal.title,
                reason="Giáo viên nghỉ thai sản",
            )
            for slot in teachers[:count]
        )
        return replace(base, signers=replace(base.signers, substitutes=stand_ins))

    for name, count, verdict, causes in (
        ("stand-in-for-one", 1, "VALID", ()),
        ("stand-in-for-all", 2, "INDETERMINATE", ("WF.STAND_IN_FOR_ALL", "WF.ONE_HAND")),
    ):
        yield replace(
            signer_case(
                name,
                (
                    "The principal signs in the place of "
                    + ("one of two teachers" if count == 1 else "both teachers"),
                    "Somebody must have taught",
                ),
                _signed_by(stage, by_head(count), dict.fromkeys(teachers[:count], head)),
                verdict,
                *causes,
            ),
            twin="signer/stand-in-for-all" if count == 1 else "signer/stand-in-for-one",
        )
    primary = stage.transcript("lop5", 2)
    chief = primary.signers.principal
    homeroom = replace(
        primary.signers.homeroom_teacher, full_name=chief.full_name, personal_id=chief.personal_id
    )
    alone = replace(primary, signers=replace(primary.signers, homeroom_teacher=homeroom))
    yield replace(
        signer_case(
            "one-hand",
            (
                (
                    "Grade 5 where the principal is the homeroom teacher, and no other teacher "
                    "is named"
                ),
                "Nobody else has confirmed the results",
            ),
            _signed_by(stage, alone, {}),
            "INDETERMINATE",
            "WF.ONE_HAND",
        ),
        twin="workflow/primary",
    )
    yield from _digitised(stage)


def _digitised(stage: Stage) -> Iterator[Case]:
    given = stage.transcript()
    digitised = replace(given, identification=replace(given.identification, is_digitised=True))
    later = digitised.identification.school_year
    for name, is_stamped, verdict, causes in (
        ("digitised", True, "VALID", ()),
        ("digitised-unproven", False, "INDETERMINATE", ("WF.DIGITISED_EARLY",)),
    ):
        yield replace(
            signer_case(
                name,
                (
                    f"Digitised from paper, {later}: principal and seal, "
                    + ("time-stamped on 1 June" if is_stamped else "without a time-stamp"),
                    (
                        "TRICH_LUC lets two sign instead of sixteen, so the school year must "
                        "have ended before the proven time of the seal"
                    ),
                ),
                _signed_by(stage, digitised, {}, is_stamped=is_stamped),
                verdict,
                *causes,
            ),
            twin="signer/digitised-unproven" if is_stamped else "signer/digitised",
        )


def _hierarchies(stage: Stage) -> Iterator[Case]:
    """The verifier's own role policy: the tree of trust that each party's certificate may come
    from.
    """
    rules = [
        {
            "id": "seal",
            "parties": ["KY_PHAT_HANH"],
            "schools": ["CONG_LAP", "TU_THUC"],
            "hierarchies": ["user"],
            "listed": [],
            "basis": "test",
        },
        {
            "id": "time_stamp",
            "parties": ["TSA"],
            "schools": ["CONG_LAP", "TU_THUC"],
            "hierarchies": ["user"],
            "listed": [],
            "basis": "test",
        },
    ]
    person = {
        "id": "person",
        "parties": ["GVBM", "GVCN", "CBQL"],
        "schools": ["CONG_LAP", "TU_THUC"],
        "listed": [],
        "basis": "test",
    }
    document = stage.issued()
    for name, allowed, verdict, causes in (
        ("hierarchy", ["government"], "INVALID", ("WF.HIERARCHY",)),
        ("hierarchy-allowed", ["user"], "VALID", ()),
    ):
        policy = {
            "version": 1,
            "name": "test",
            "rules": [*rules, {**person, "hierarchies": allowed}],
        }
        yield replace(
            signer_case(
                name,
                (
                    (
                        f"A role policy by which people sign under {allowed[0]} anchors, and "
                        f"anchors that are the user's"
                    ),
                    "Each role has its tree of trust",
                ),
                document,
                verdict,
                *causes,
            ),
            files={
                "policy.json": (json.dumps(policy, ensure_ascii=False, indent=1) + "\n").encode()
            },
            options=("--policy", "policy.json"),
            twin="signer/hierarchy-allowed" if verdict == "INVALID" else "signer/hierarchy",
        )
