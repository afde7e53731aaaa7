"""Is this certificate the expected signer's: every combination of numbers, names, kinds of
certificate and registry, by the rules as written.
"""

from dataclasses import replace
from datetime import UTC, date, datetime
from itertools import product

import pytest

from hocba_sign.model.signers import ExpectedSigner
from hocba_sign.model.spelling import plain
from hocba_sign.model.workflow import Role, Slot
from hocba_sign.pki.certificates.certificate import Certificate
from hocba_sign.pki.certificates.holder import Match, is_same_holder, match_holder
from hocba_sign.testing import World

WORLD = World(datetime(2026, 6, 1, tzinfo=UTC), fast=True)
PERSON, OTHER_PERSON, CARD, TAX, OTHER_TAX = (
    "048172000934",
    "048172000999",
    "201234567",
    "0400123987",
    "0400999999",
)
NAME, SCHOOL = "Phạm Thị Minh Hằng", "Trường THPT Thanh Khê Trung"
HEAD = ExpectedSigner(slot=Slot(Role.CBQL), name=NAME, personal_id=PERSON)
SEAL = ExpectedSigner(
    slot=Slot(Role.KY_PHAT_HANH),
    name=SCHOOL,
    organisation_id=TAX,
    address=(("O", "Sở Giáo dục và Đào tạo thành phố Đà Nẵng"), ("ST", "Thành phố Đà Nẵng")),
    written=date(2026, 5, 25),
)


def certificate(*names: str, uids: tuple[str, ...] = (), **more: str) -> Certificate:
    parts = [
        ("country_name", "VN"),
        *more.items(),
        *(("common_name", name) for name in names),
        *(("user_id", uid) for uid in uids),
    ]
    return Certificate.load(WORLD.subscriber(*parts).certificate_der)


def answer(one: Certificate, expected: ExpectedSigner, *, is_vouched: bool = False) -> str:
    holder = match_holder(one, expected, is_vouched=is_vouched)
    assert (holder.finding is None) is (holder.match is Match.YES)
    return (
        holder.match
        if holder.finding is None
        else f"{holder.match} {holder.finding.cause.removeprefix('WF.SIGNER_')}"
    )


PEOPLE_NUMBERS = {
    "none": (),
    "same": (f"CCCD:{PERSON}",),
    "same as CMND": (f"CMND:{PERSON}",),
    "same, bare": (PERSON,),
    "same, after another kind": (f"CMND:{CARD}", f"CCCD:{PERSON}"),
    "same, beside a tax code": (f"MST:{TAX}", f"CCCD:{PERSON}"),
    "one of two": (f"CCCD:{OTHER_PERSON}", f"CCCD:{PERSON}"),
    "another": (f"CCCD:{OTHER_PERSON}",),
    "another, bare": (OTHER_PERSON,),
    "another as CMND": (f"CMND:{OTHER_PERSON}",),
    "old card": (f"CMND:{CARD}",),
    "passport": ("HC:B1234567",),
    "tax code": (f"MST:{TAX}",),
}
SEAL_NUMBERS = {
    "none": (),
    "same": (f"MST:{TAX}",),
    "same, bare": (TAX,),
    "one of two": (f"MST:{OTHER_TAX}", f"MST:{TAX}"),
    "another": (f"MST:{OTHER_TAX}",),
    "branch": (f"MST:{TAX}-001",),
    "organisation": ("000.00.48.H17",),
    "person": (f"CCCD:{PERSON}",),
    "person with the tax code": (f"CCCD:{PERSON}", f"MST:{TAX}"),
    "old card with the tax code": (f"MST:{TAX}", f"CMND:{CARD}"),
    "bare person": (PERSON,),
    "passport with the tax code": (f"MST:{TAX}", "HC:B1234567"),
}
NAMES = {
    "same": ("{name}",),
    "same, otherwise written": ("{name_upper}",),
    "plain": ("{name_plain}",),
    "other": ("Trịnh Văn Lạ",),
    "none": (),
    "two": ("{name}", "Trịnh Văn Lạ"),
    "twice": ("{name}", "{name}"),
}
PLAIN = {NAME: "Pham Thi Minh Hang", SCHOOL: "TRUONG THPT THANH KHE TRUNG"}


def names_of(kind: str, name: str) -> tuple[str, ...]:
    return tuple(
        form.format(name=name, name_upper=name.upper(), name_plain=PLAIN[name])
        for form in NAMES[kind]
    )


def wanted_of_a_person(numbers: str, names: str, *, is_stated: bool, is_vouched: bool) -> str:
    """Return the answer by the words of the rule."""
    is_equal_name, is_plain = names in {"same", "same, otherwise written"}, names == "plain"
    if is_stated and numbers.startswith("another"):
        return "no MISMATCH"
    if numbers == "tax code" and not (is_equal_name or is_plain):
        return "unproven KIND"
    doubt = None
    if is_stated and (numbers.startswith("same") or numbers == "one of two"):
        if is_equal_name:
            return "yes"
        if is_plain:
            return "noted LETTERS"
        doubt = "NAME"
    elif not is_equal_name:
        doubt = "UNKNOWN"
    elif is_stated and numbers != "none":
        doubt = "NUMBER"
    if doubt is None:
        return "noted BY_NAME"
    return "noted BY_REGISTRY" if is_vouched else f"unproven {doubt}"


def wanted_of_a_seal(numbers: str, names: str, *, is_stated: bool, is_vouched: bool) -> str:
    is_equal_name, is_plain = names in {"same", "same, otherwise written"}, names == "plain"
    if is_stated and numbers in {"another", "branch"}:
        return "no MISMATCH"
    if "person" in numbers or "card" in numbers or "passport" in numbers:
        return "unproven KIND"
    doubt = None
    if is_stated and (numbers.startswith("same") or numbers == "one of two"):
        if is_equal_name:
            return "yes"
        if is_plain:
            return "noted LETTERS"
        doubt = "NAME"
    elif not is_equal_name:
        doubt = "UNKNOWN"
    elif is_stated and numbers != "none":
        doubt = "NUMBER"
    if doubt is None:
        return "noted BY_NAME"
    if is_vouched and numbers in {"none", "organisation"} and names in {"other", "none"}:
        return "unproven KIND"  # nothing but the registry's entry says that this is no person's
    return "noted BY_REGISTRY" if is_vouched else f"unproven {doubt}"


def combinations(numbers: dict[str, tuple[str, ...]]) -> tuple[tuple[str, str, bool, bool], ...]:
    return tuple(product(numbers, NAMES, (True, False), (True, False)))


@pytest.mark.parametrize(
    ("numbers", "names", "is_stated", "is_vouched"), combinations(PEOPLE_NUMBERS)
)
def test_people(numbers: str, names: str, is_stated: bool, is_vouched: bool) -> None:
    expected = HEAD if is_stated else replace(HEAD, personal_id=None)
    one = certificate(
        *names_of(names, NAME), uids=PEOPLE_NUMBERS[numbers], organization_name=SCHOOL
    )
    assert answer(one, expected, is_vouched=is_vouched) == wanted_of_a_person(
        numbers, names, is_stated=is_stated, is_vouched=is_vouched
    )


@pytest.mark.parametrize(
    ("numbers", "names", "is_stated", "is_vouched"), combinations(SEAL_NUMBERS)
)
def test_seals(numbers: str, names: str, is_stated: bool, is_vouched: bool) -> None:
    expected = SEAL if is_stated else replace(SEAL, organisation_id=None)
    one = certificate(
        *names_of(names, SCHOOL), uids=SEAL_NUMBERS[numbers], organization_name=SCHOOL
    )
    assert answer(one, expected, is_vouched=is_vouched) == wanted_of_a_seal(
        numbers, names, is_stated=is_stated, is_vouched=is_vouched
    )


ORDINARY = {
    "VNPT SmartCA, person in an organisation": (
        HEAD,
        certificate(
            NAME,
            uids=(f"CCCD:{PERSON}",),
            state_or_province_name="Đà Nẵng",
            organization_name=SCHOOL.upper(),
            organizational_unit_name="Ban Giám hiệu",
            title="Hiệu trưởng",
        ),
        "yes",
    ),
    "Viettel, person": (
        HEAD,
        certificate(
            "PHẠM THỊ MINH HẰNG", uids=(f"CMND:{PERSON}",), state_or_province_name="Hà Nội"
        ),
        "yes",
    ),
    "form of 2026, without prefix": (HEAD, certificate(NAME, uids=(PERSON,)), "yes"),
    "Government, person": (
        HEAD,
        certificate(NAME, organization_name="Sở Giáo dục và Đào tạo", locality_name="Đà Nẵng"),
        "noted BY_NAME",
    ),
    "tax code and old card of a request": (
        HEAD,
        certificate(NAME, uids=(f"MST:{TAX}", f"CMND:{PERSON}")),
        "yes",
    ),
    "older, without diacritics": (
        HEAD,
        certificate("PHAM THI MINH HANG", uids=(f"CCCD:{PERSON}",)),
        "noted LETTERS",
    ),
    "private school": (
        SEAL,
        certificate(
            SCHOOL.upper(), uids=(f"MST:{TAX}",), state_or_province_name="Thành phố Đà Nẵng"
        ),
        "yes",
    ),
    "private school, no prefix": (
        SEAL,
        certificate("THPT Thanh Khê Trung", uids=(TAX,), state_or_province_name="Quảng Nam"),
        "yes",
    ),
    "tax code in OU": (
        SEAL,
        certificate(
            SCHOOL, organizational_unit_name=f"MST:{TAX}", locality_name="Quận Thanh Khê, Đà Nẵng"
        ),
        "yes",
    ),
    "Government, seal": (
        SEAL,
        certificate(
            "Trường Trung học phổ thông Thanh Khê Trung",
            organization_name="Ủy ban nhân dân Thành phố Đà Nẵng",
            organizational_unit_name="Sở Giáo dục và Đào tạo",
            locality_name="Đà Nẵng",
        ),
        "noted BY_NAME",
    ),
    "Government, seal of before the mergers": (
        SEAL,
        certificate(SCHOOL, organization_name="UBND tỉnh Quảng Nam"),
        "noted BY_NAME",
    ),
}


@pytest.mark.parametrize("form", ORDINARY)
def test_ordinary_forms_of_certificates_pass(form: str) -> None:
    expected, one, wanted = ORDINARY[form]
    assert answer(one, expected) == wanted


ATTACKS = {
    "a firm with the school's tax code": (
        SEAL,
        certificate("CÔNG TY TNHH A", uids=(f"MST:{TAX}",)),
        "unproven NAME",
    ),
    "a stranger with the stated number": (
        HEAD,
        certificate("Trịnh Văn Lạ", uids=(f"CCCD:{PERSON}",)),
        "unproven NAME",
    ),
    "a firm called as the principal": (
        HEAD,
        certificate(NAME, uids=("MST:0100000001",)),
        "unproven NUMBER",
    ),
    "a namesake with an old card": (
        HEAD,
        certificate(NAME, uids=(f"CMND:{CARD}",)),
        "unproven NUMBER",
    ),
    "letters of another script": (
        HEAD,
        certificate("Ph\u1ea1m Th\u1ecb Minh H\u1eb1n\u0261"),
        "unproven UNKNOWN",
    ),
    "a letter that does not show": (
        HEAD,
        certificate("Phạm Thị\u200b Minh Hằng", uids=(f"CCCD:{PERSON}",)),
        "unproven NAME",
    ),
    "letters of full width": (HEAD, certificate("Ｐhạm Thị Minh Hằng"), "unproven UNKNOWN"),
    "digits of full width": (
        HEAD,
        certificate(
            NAME,
            uids=("CCCD:\uff10\uff14\uff18\uff11\uff17\uff12\uff10\uff10\uff10\uff19\uff13\uff14",),
        ),
        "unproven NUMBER",
    ),
    "another name first": (HEAD, certificate("Trịnh Văn Lạ", NAME), "unproven UNKNOWN"),
    "the number in another attribute": (
        HEAD,
        certificate(NAME, serial_number=f"CCCD:{OTHER_PERSON}"),
        "no MISMATCH",
    ),
    "the principal's key as seal": (
        SEAL,
        certificate(SCHOOL, uids=(f"CCCD:{PERSON}",), organization_name=SCHOOL),
        "unproven KIND",
    ),
    "the seal as principal": (HEAD, certificate(SCHOOL, organization_name="UBND"), "unproven KIND"),
    "namesake school, by ST": (
        SEAL,
        certificate(SCHOOL, uids=(f"MST:{TAX}",), state_or_province_name="Hà Nội"),
        "unproven PLACE",
    ),
    "namesake school, by OU": (
        SEAL,
        certificate(SCHOOL, organizational_unit_name="Sở Giáo dục và Đào tạo Hà Nội"),
        "unproven PLACE",
    ),
    "namesake school, by L": (
        SEAL,
        certificate(SCHOOL, locality_name="Thành phố Hồ Chí Minh"),
        "unproven PLACE",
    ),
    "namesake school, second OU": (
        SEAL,
        certificate(
            SCHOOL, organizational_unit_name="UBND tỉnh Gia Lai", state_or_province_name="Đà Nẵng"
        ),
        "unproven PLACE",
    ),
    "no name at all": (HEAD, certificate(uids=(f"CCCD:{PERSON}",)), "unproven NAME"),
    "an empty name": (replace(HEAD, name=""), certificate(""), "unproven UNKNOWN"),
}


@pytest.mark.parametrize("attack", ATTACKS)
def test_attacks_do_not_pass(attack: str) -> None:
    expected, one, wanted = ATTACKS[attack]
    assert answer(one, expected) == wanted


def test_a_registry_makes_no_seal_of_a_person_and_no_person_of_a_seal() -> None:
    assert (
        answer(certificate(SCHOOL, uids=(f"CCCD:{PERSON}",)), SEAL, is_vouched=True)
        == "unproven KIND"
    )
    assert answer(certificate(NAME), SEAL, is_vouched=True) == "unproven KIND"
    assert answer(certificate(SCHOOL), HEAD, is_vouched=True) == "unproven KIND"
    assert (
        answer(certificate(NAME, uids=(f"CCCD:{OTHER_PERSON}",)), HEAD, is_vouched=True)
        == "no MISMATCH"
    )
    assert (
        answer(
            certificate("Trường THPT Tên Mới", state_or_province_name="Hà Nội"),
            SEAL,
            is_vouched=True,
        )
        == "noted BY_REGISTRY"
    )


@pytest.mark.parametrize(
    ("one", "other", "is_one_holder"),
    [
        (
            certificate(NAME, uids=(f"CCCD:{PERSON}",)),
            certificate("Tên Khác", uids=(f"CMND:{PERSON}",)),
            True,
        ),
        (certificate(NAME), certificate(NAME.upper(), title="Hiệu trưởng"), True),
        (certificate(NAME), certificate("Tên Khác"), False),
        (
            certificate(NAME, uids=(f"CCCD:{PERSON}",)),
            certificate(NAME, uids=(f"CCCD:{OTHER_PERSON}",)),
            False,
        ),
        (certificate(NAME, uids=(f"CCCD:{PERSON}",)), certificate(NAME), True),
        (
            certificate(NAME, uids=(f"CCCD:{PERSON}",)),
            certificate(NAME, uids=("CMND:012345678",)),
            True,
        ),
        (
            certificate(NAME, uids=(f"CCCD:{PERSON}",)),
            certificate("Tên Khác", uids=("CMND:012345678",)),
            False,
        ),
        (certificate(NAME, uids=(f"CCCD:{PERSON}",)), certificate(plain(NAME)), True),
        (
            certificate(NAME, uids=(f"CCCD:{PERSON}",), title="a"),
            certificate(NAME, uids=(f"CCCD:{PERSON}",), title="b"),
            True,
        ),
    ],
)
def test_two_certificates_of_one_holder(
    one: Certificate, other: Certificate, is_one_holder: bool
) -> None:
    assert is_same_holder(one, other) is is_same_holder(other, one) is is_one_holder


@pytest.mark.parametrize("attribute", ["serial_number", "organization_identifier", "user_id"])
@pytest.mark.parametrize(
    ("expected", "written", "wanted"),
    [
        (HEAD, f"PNOVN-{PERSON}", "yes"),
        (HEAD, f"IDCVN-{PERSON}", "yes"),
        (HEAD, f"PNOVN-{OTHER_PERSON}", "no MISMATCH"),
        (HEAD, "PASVN-C1234567", "unproven NUMBER"),
        (SEAL, f"VATVN-{TAX}", "yes"),
        (SEAL, f"VATVN-{OTHER_TAX}", "no MISMATCH"),
        (SEAL, f"NTRVN-{OTHER_TAX}", "no MISMATCH"),
        (SEAL, f"PNOVN-{PERSON}", "unproven KIND"),
        (SEAL, "PASVN-C1234567", "unproven KIND"),
    ],
)
def test_numbers_as_european_profiles_write_them(
    attribute: str, expected: ExpectedSigner, written: str, wanted: str
) -> None:
    """A number is one wherever a certificate writes it, else a namesake's passes for a certificate
    without any.
    """
    assert answer(certificate(expected.name, uids=(), **{attribute: written}), expected) == wanted


def test_a_serial_number_of_a_device_is_nobodys() -> None:
    assert (
        answer(certificate(NAME, serial_number="5404FFFEB7033FB316D672201B"), HEAD)
        == "noted BY_NAME"
    )
