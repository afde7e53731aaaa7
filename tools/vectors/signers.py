"""Area signer: is the certificate's holder the person or school that the content names."""

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import cast

from hocba_sign.model.signers import Substitute
from hocba_sign.model.transcript import Transcript
from hocba_sign.model.workflow import Slot
from hocba_sign.pki.certificates.certificate import Certificate
from hocba_sign.testing import Identity
from hocba_sign.testing.drafts import drafted
from tools.vectors.case import Case, Verdict
from tools.vectors.forge import stamp
from tools.vectors.stage import CBQL, SEAL, Stage

_SPEC = "docs/reference/names.md; TT 15/2025"
_OLD_CARD = "201234567"


def cases(stage: Stage) -> Iterator[Case]:
    yield from _people(stage)
    yield from _papers(stage)
    yield from _schools(stage)
    yield from _places(stage)
    yield from _registered(stage)
    yield from _hands(stage)
    yield from _hierarchies(stage)


def _case(name: str, texts: tuple[str, str], document: bytes, verdict: str, *causes: str) -> Case:
    title, why = texts
    return Case(
        identifier=f"signer/{name}",
        title=title,
        why=why,
        spec=_SPEC,
        document=document,
        verdict=cast("Verdict", verdict),
        causes=causes,
        twin="signer/another-number" if verdict == "VALID" else "format/issued-secondary",
    )


def _head(stage: Stage, *parts: tuple[str, str]) -> bytes:
    """Let somebody sign as principal whose certificate says just this."""
    return stage.forged_at(CBQL, stage.world.subscriber(("country_name", "VN"), *parts))


def _people(stage: Stage) -> Iterator[Case]:
    principal = stage.transcript().signers.principal
    name, number, world = principal.full_name, principal.personal_id or "", stage.world
    yield _case(
        "another-number",
        (
            "The certificate has the principal's name and another number",
            "Names repeat, numbers do not",
        ),
        stage.forged_at(CBQL, world.person(name, "048172000999")),
        "INVALID",
        "WF.SIGNER_MISMATCH",
    )
    yield _case(
        "another-name-same-number",
        (
            "The certificate has the principal's number and another name",
            (
                "The number is what the transcript says of itself: whoever makes it can state a "
                "stranger's. Number and name must agree"
            ),
        ),
        stage.forged_at(CBQL, world.person("Phạm Thị Hằng", number)),
        "INDETERMINATE",
        "WF.SIGNER_NAME",
    )
    yield _case(
        "plain-letters-same-number",
        (
            "The certificate has the principal's number, and the name without diacritics",
            "Older certificates are written so; noted",
        ),
        stage.forged_at(CBQL, world.person("PHAM THI MINH HANG", number)),
        "VALID",
        "WF.SIGNER_LETTERS",
    )
    yield _case(
        "plain-letters-no-number",
        (
            "The certificate has no number, and the name without diacritics",
            "Many names are written with the same letters",
        ),
        stage.forged_at(CBQL, world.person("PHAM THI MINH HANG", number, uid="")),
        "INDETERMINATE",
        "WF.SIGNER_UNKNOWN",
    )
    yield _case(
        "number-without-prefix",
        ("The certificate has the number without `CCCD:`", "Genuine certificates deviate so"),
        stage.forged_at(CBQL, world.person(name, number, uid=number)),
        "VALID",
    )
    yield _case(
        "no-number-same-name",
        ("The certificate has the principal's name and no number", "Accepted by name, and said so"),
        stage.forged_at(CBQL, world.person(name, number, uid="")),
        "VALID",
        "WF.SIGNER_BY_NAME",
    )
    yield _case(
        "no-number-otherwise-written",
        (
            (
                "The certificate has no number, and the name in capitals, decomposed, with the "
                "tone mark elsewhere"
            ),
            "One name may be written in several ways",
        ),
        stage.forged_at(
            CBQL, world.person("PHA\u0323M  THI\u0323\u00a0MINH H\u0103\u0300NG", number, uid="")
        ),
        "VALID",
        "WF.SIGNER_BY_NAME",
    )
    yield _case(
        "no-number-another-name",
        (
            "The certificate has no number and another name",
            "Nothing shows that this is the principal, nothing that it is not",
        ),
        stage.forged_at(CBQL, world.person("Trịnh Văn Lạ", number, uid="")),
        "INDETERMINATE",
        "WF.SIGNER_UNKNOWN",
    )
    yield _case(
        "no-number-similar-letters",
        (
            "The certificate has no number, and the name with a Cyrillic letter in it",
            "It looks the same and is another name",
        ),
        stage.forged_at(CBQL, world.person(name.replace("i", "\u0456"), number, uid="")),
        "INDETERMINATE",
        "WF.SIGNER_UNKNOWN",
    )
    yield _case(
        "two-common-names",
        (
            "The certificate has the principal's name and another one",
            "One of several names is nobody's",
        ),
        _head(stage, ("common_name", name), ("common_name", "Trịnh Văn Lạ")),
        "INDETERMINATE",
        "WF.SIGNER_UNKNOWN",
    )
    yield _case(
        "title-and-school-in-certificate",
        (
            "The principal's certificate carries title, unit and school",
            "The usual form of a certificate for a head of school",
        ),
        stage.forged_at(CBQL, world.principal(name, number, school=stage.transcript().school.name)),
        "VALID",
    )


def _papers(stage: Stage) -> Iterator[Case]:
    principal = stage.transcript().signers.principal
    name, number = principal.full_name, principal.personal_id or ""
    named = ("common_name", name)
    yield _case(
        "old-card-same-name",
        (
            "The certificate has the principal's name and an old identity card's number",
            "Numbers of two kinds cannot be compared",
        ),
        _head(stage, named, ("user_id", f"CMND:{_OLD_CARD}")),
        "INDETERMINATE",
        "WF.SIGNER_NUMBER",
    )
    yield _case(
        "old-card-and-number",
        (
            "The certificate has an old identity card's number and the principal's",
            "Of several numbers any may agree",
        ),
        _head(stage, named, ("user_id", f"CMND:{_OLD_CARD}"), ("user_id", f"CCCD:{number}")),
        "VALID",
    )
    yield _case(
        "number-as-old-card",
        (
            "The certificate has the principal's number as `CMND:`",
            "Twelve digits are one number, whatever they are called",
        ),
        _head(stage, named, ("user_id", f"CMND:{number}")),
        "VALID",
    )
    yield _case(
        "tax-code-same-name",
        (
            "The certificate has the principal's name and a tax code",
            "Anybody may call a firm by a person's name",
        ),
        _head(stage, named, ("user_id", "MST:0100000001")),
        "INDETERMINATE",
        "WF.SIGNER_NUMBER",
    )
    yield _case(
        "seal-as-principal",
        (
            "The school's seal in the principal's place",
            "An organisation's certificate is no person's signature",
        ),
        stage.forged_at(CBQL, stage.holder(SEAL)),
        "INDETERMINATE",
        "WF.SIGNER_KIND",
    )


def _schools(stage: Stage) -> Iterator[Case]:
    school = stage.transcript().school
    world = stage.world
    yield _case(
        "school-with-tax-number",
        (
            "The seal's certificate carries the school's name and tax number",
            "Number and name agree; no warning is needed",
        ),
        stage.forged_at(SEAL, world.organisation(school.name, government=False, mst=school.tax_id)),
        "VALID",
    )
    yield _case(
        "school-with-another-tax-number",
        (
            "The seal's certificate has the school's name and another tax number",
            "Names of schools repeat from province to province",
        ),
        stage.forged_at(SEAL, world.organisation(school.name, government=False, mst="0400999999")),
        "INVALID",
        "WF.SIGNER_MISMATCH",
    )
    yield _case(
        "firm-with-the-tax-number",
        (
            "A firm's seal with the tax number that the transcript states for the school",
            (
                "The document's own word is not enough: a firm that states its own number for "
                "any school would seal for it"
            ),
        ),
        stage.forged_at(
            SEAL, world.organisation("Công ty TNHH Thử nghiệm", government=False, mst=school.tax_id)
        ),
        "INDETERMINATE",
        "WF.SIGNER_NAME",
    )
    yield _case(
        "government-seal-same-name",
        (
            "A Government certificate without a number and with the school's name",
            "The usual seal of a public school; accepted by name, and said so",
        ),
        stage.forged_at(SEAL, world.organisation(school.name)),
        "VALID",
        "WF.SIGNER_BY_NAME",
    )
    yield _case(
        "government-seal-long-form",
        (
            "A Government certificate with the school's name in full",
            "THPT is Trung học phổ thông; certificates and transcripts differ in this",
        ),
        stage.forged_at(SEAL, world.organisation("TRƯỜNG TRUNG HỌC PHỔ THÔNG THANH KHÊ TRUNG")),
        "VALID",
        "WF.SIGNER_BY_NAME",
    )
    yield _case(
        "government-seal-another-name",
        (
            "A Government certificate without a number and with another school's name",
            "Nothing shows that this school sealed the file",
        ),
        stage.forged_at(SEAL, world.organisation("Trường THPT Khác")),
        "INDETERMINATE",
        "WF.SIGNER_UNKNOWN",
    )
    yield _case(
        "person-seals",
        ("The principal seals with the personal key", "The seal is the school's, not a person's"),
        stage.forged_at(SEAL, stage.holder(CBQL)),
        "INDETERMINATE",
        "WF.SIGNER_KIND",
    )
    parts = (
        ("common_name", school.name),
        ("user_id", f"MST:{school.tax_id}"),
        ("user_id", "CCCD:048172000934"),
    )
    yield _case(
        "person-in-the-school-seals",
        (
            "A certificate with the school's name and tax number, and a person's number",
            "Whoever has a personal number is a person",
        ),
        stage.forged_at(SEAL, world.subscriber(("country_name", "VN"), *parts)),
        "INDETERMINATE",
        "WF.SIGNER_KIND",
    )


def _places(stage: Stage) -> Iterator[Case]:
    school, world = stage.transcript().school, stage.world
    for name, province, verdict, causes in (
        ("seal-of-another-province", "Thành phố Hà Nội", "INDETERMINATE", ("WF.SIGNER_PLACE",)),
        ("seal-of-the-province-before", "Tỉnh Quảng Nam", "VALID", ("WF.SIGNER_BY_NAME",)),
    ):
        yield _case(
            name,
            (
                f"A Government certificate with the school's name, of {province}",
                (
                    "Dozens of schools share a name; Quảng Nam belongs to Đà Nẵng since "
                    "1/7/2025 (NQ 202/2025/QH15), Hà Nội does not"
                ),
            ),
            stage.forged_at(SEAL, world.organisation(school.name, locality=province)),
            verdict,
            *causes,
        )


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
        case = _case(name, texts, stage.forged_at(SEAL, seal), verdict, cause)
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
        document = stamp(document, slot, stage.token) if is_stamped else document
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
            _case(
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
        _case(
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
            _case(
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
            _case(
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
