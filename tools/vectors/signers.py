"""Area signer: is the certificate's holder the person or school that the content names."""

from collections.abc import Iterator

from tools.vectors.case import Case, Verdict
from tools.vectors.stage import CBQL, SEAL, Stage

_SPEC = "docs/explanation: who signed; TT 15/2025"


def cases(stage: Stage) -> Iterator[Case]:
    yield from _people(stage)
    yield from _schools(stage)


def _case(name: str, texts: tuple[str, str], document: bytes, verdict: Verdict, *causes: str) -> Case:
    title, why = texts
    return Case(
        identifier=f"signer/{name}",
        title=title,
        why=why,
        spec=_SPEC,
        document=document,
        verdict=verdict,
        causes=causes,
        twin="signer/another-number" if verdict == "VALID" else "format/issued-secondary",
    )


def _people(stage: Stage) -> Iterator[Case]:
    principal = stage.transcript().signers.principal
    name, number, world = principal.full_name, principal.personal_id or "", stage.world
    yield _case(
        "another-number",
        ("The certificate has the principal's name and another number", "Names repeat, numbers do not"),
        stage.forged_at(CBQL, world.person(name, "048172000999")),
        "INVALID",
        "WF.SIGNER_MISMATCH",
    )
    yield _case(
        "another-name-same-number",
        ("The certificate has the principal's number and a changed name", "A name may change by marriage; the number decides"),
        stage.forged_at(CBQL, world.person("Phạm Thị Hằng", number)),
        "VALID",
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
        "no-number-another-name",
        ("The certificate has no number and another name", "Nothing shows that this is the principal, nothing that it is not"),
        stage.forged_at(CBQL, world.person("Trịnh Văn Lạ", number, uid="")),
        "INDETERMINATE",
        "WF.SIGNER_UNKNOWN",
    )
    yield _case(
        "title-and-school-in-certificate",
        ("The principal's certificate carries title, unit and school", "The usual form of a certificate for a head of school"),
        stage.forged_at(CBQL, world.principal(name, number, school=stage.transcript().school.name)),
        "VALID",
    )


def _schools(stage: Stage) -> Iterator[Case]:
    school = stage.transcript().school
    world = stage.world
    yield _case(
        "school-with-tax-number",
        ("The seal's certificate carries the school's tax number", "A number on both sides decides; no warning is needed"),
        stage.forged_at(SEAL, world.organisation(school.name, government=False, mst=school.tax_id)),
        "VALID",
    )
    yield _case(
        "school-with-another-tax-number",
        ("The seal's certificate has the school's name and another tax number", "Names of schools repeat from province to province"),
        stage.forged_at(SEAL, world.organisation(school.name, government=False, mst="0400999999")),
        "INVALID",
        "WF.SIGNER_MISMATCH",
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
        "government-seal-another-name",
        ("A Government certificate without a number and with another school's name", "Nothing shows that this school sealed the file"),
        stage.forged_at(SEAL, world.organisation("Trường THPT Khác")),
        "INDETERMINATE",
        "WF.SIGNER_UNKNOWN",
    )
    yield _case(
        "person-seals",
        ("The principal seals with the personal key", "The seal is the school's, not a person's"),
        stage.forged_at(SEAL, stage.holder(CBQL)),
        "INDETERMINATE",
        "WF.SIGNER_UNKNOWN",
    )
