"""Area signer: is the certificate's holder the person or school that the content names."""

from collections.abc import Iterator
from typing import cast

from tools.vectors.case import Case, Verdict
from tools.vectors.stage import CBQL, SEAL, Stage

_SPEC = "docs/reference/names.md; TT 15/2025"
_OLD_CARD = "201234567"


def cases(stage: Stage) -> Iterator[Case]:
    yield from _people(stage)
    yield from _papers(stage)
    yield from _schools(stage)
    yield from _places(stage)


def signer_case(
    name: str, texts: tuple[str, str], document: bytes, verdict: str, *causes: str
) -> Case:
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
    yield signer_case(
        "another-number",
        (
            "The certificate has the principal's name and another number",
            "Names repeat, numbers do not",
        ),
        stage.forged_at(CBQL, world.person(name, "048172000999")),
        "INVALID",
        "WF.SIGNER_MISMATCH",
    )
    yield signer_case(
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
    yield signer_case(
        "plain-letters-same-number",
        (
            "The certificate has the principal's number, and the name without diacritics",
            "Older certificates are written so; noted",
        ),
        stage.forged_at(CBQL, world.person("PHAM THI MINH HANG", number)),
        "VALID",
        "WF.SIGNER_LETTERS",
    )
    yield signer_case(
        "plain-letters-no-number",
        (
            "The certificate has no number, and the name without diacritics",
            "Many names are written with the same letters",
        ),
        stage.forged_at(CBQL, world.person("PHAM THI MINH HANG", number, uid="")),
        "INDETERMINATE",
        "WF.SIGNER_UNKNOWN",
    )
    yield signer_case(
        "number-without-prefix",
        ("The certificate has the number without `CCCD:`", "Genuine certificates deviate so"),
        stage.forged_at(CBQL, world.person(name, number, uid=number)),
        "VALID",
    )
    yield signer_case(
        "number-without-prefix-plain-letters",
        (
            "The certificate has the number without `CCCD:`, and the name without diacritics",
            "Only where the number counts, whatever its prefix, do plain letters suffice",
        ),
        stage.forged_at(CBQL, world.person("PHAM THI MINH HANG", number, uid=number)),
        "VALID",
        "WF.SIGNER_LETTERS",
    )
    yield signer_case(
        "number-without-prefix-of-another",
        (
            "The certificate has the principal's name and another number without `CCCD:`",
            "Numbers are compared by their form, whatever prefix they have",
        ),
        stage.forged_at(CBQL, world.person(name, number, uid="048172000935")),
        "INVALID",
        "WF.SIGNER_MISMATCH",
    )
    yield signer_case(
        "no-number-same-name",
        ("The certificate has the principal's name and no number", "Accepted by name, and said so"),
        stage.forged_at(CBQL, world.person(name, number, uid="")),
        "VALID",
        "WF.SIGNER_BY_NAME",
    )
    yield signer_case(
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
    yield signer_case(
        "no-number-another-name",
        (
            "The certificate has no number and another name",
            "Nothing shows that this is the principal, nothing that it is not",
        ),
        stage.forged_at(CBQL, world.person("Trịnh Văn Lạ", number, uid="")),
        "INDETERMINATE",
        "WF.SIGNER_UNKNOWN",
    )
    yield signer_case(
        "no-number-similar-letters",
        (
            "The certificate has no number, and the name with a Cyrillic letter in it",
            "It looks the same and is another name",
        ),
        stage.forged_at(CBQL, world.person(name.replace("i", "\u0456"), number, uid="")),
        "INDETERMINATE",
        "WF.SIGNER_UNKNOWN",
    )
    yield signer_case(
        "two-common-names",
        (
            "The certificate has the principal's name and another one",
            "One of several names is nobody's",
        ),
        _head(stage, ("common_name", name), ("common_name", "Trịnh Văn Lạ")),
        "INDETERMINATE",
        "WF.SIGNER_UNKNOWN",
    )
    yield signer_case(
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
    yield signer_case(
        "old-card-same-name",
        (
            "The certificate has the principal's name and an old identity card's number",
            "Numbers of two kinds cannot be compared",
        ),
        _head(stage, named, ("user_id", f"CMND:{_OLD_CARD}")),
        "INDETERMINATE",
        "WF.SIGNER_NUMBER",
    )
    yield signer_case(
        "old-card-and-number",
        (
            "The certificate has an old identity card's number and the principal's",
            "Of several numbers any may agree",
        ),
        _head(stage, named, ("user_id", f"CMND:{_OLD_CARD}"), ("user_id", f"CCCD:{number}")),
        "VALID",
    )
    yield signer_case(
        "number-as-old-card",
        (
            "The certificate has the principal's number as `CMND:`",
            "Twelve digits are one number, whatever they are called",
        ),
        _head(stage, named, ("user_id", f"CMND:{number}")),
        "VALID",
    )
    yield signer_case(
        "tax-code-same-name",
        (
            "The certificate has the principal's name and a tax code",
            "Anybody may call a firm by a person's name",
        ),
        _head(stage, named, ("user_id", "MST:0100000001")),
        "INDETERMINATE",
        "WF.SIGNER_NUMBER",
    )
    yield signer_case(
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
    yield signer_case(
        "school-with-tax-number",
        (
            "The seal's certificate carries the school's name and tax number",
            "Number and name agree; no warning is needed",
        ),
        stage.forged_at(SEAL, world.organisation(school.name, government=False, mst=school.tax_id)),
        "VALID",
    )
    yield signer_case(
        "school-with-another-tax-number",
        (
            "The seal's certificate has the school's name and another tax number",
            "Names of schools repeat from province to province",
        ),
        stage.forged_at(SEAL, world.organisation(school.name, government=False, mst="0400999999")),
        "INVALID",
        "WF.SIGNER_MISMATCH",
    )
    yield signer_case(
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
    yield signer_case(
        "government-seal-same-name",
        (
            "A Government certificate without a number and with the school's name",
            "The usual seal of a public school; accepted by name, and said so",
        ),
        stage.forged_at(SEAL, world.organisation(school.name)),
        "VALID",
        "WF.SIGNER_BY_NAME",
    )
    yield signer_case(
        "government-seal-long-form",
        (
            "A Government certificate with the school's name in full",
            "THPT is Trung học phổ thông; certificates and transcripts differ in this",
        ),
        stage.forged_at(SEAL, world.organisation("TRƯỜNG TRUNG HỌC PHỔ THÔNG THANH KHÊ TRUNG")),
        "VALID",
        "WF.SIGNER_BY_NAME",
    )
    yield signer_case(
        "government-seal-another-name",
        (
            "A Government certificate without a number and with another school's name",
            "Nothing shows that this school sealed the file",
        ),
        stage.forged_at(SEAL, world.organisation("Trường THPT Khác")),
        "INDETERMINATE",
        "WF.SIGNER_UNKNOWN",
    )
    yield signer_case(
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
    yield signer_case(
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
        yield signer_case(
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
