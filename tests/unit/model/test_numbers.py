"""Numbers by kind: which can be compared, and whose they are."""

import pytest

from hocba_sign.model.numbers import Number, NumberKind, agrees, number_of

PERSON, TAX = "048172000934", "0400123987"


@pytest.mark.parametrize(
    ("label", "value", "kind"),
    [
        ("CCCD", PERSON, NumberKind.PERSON),
        ("CMND", PERSON, NumberKind.PERSON),
        ("UID", PERSON, NumberKind.PERSON),
        ("MST", PERSON, NumberKind.PERSON),
        ("CCCD", "048 172 000 934", NumberKind.PERSON),
        ("CMND", "201234567", NumberKind.OLD_CARD),
        ("UID", "201234567", NumberKind.OLD_CARD),
        ("CCCD", "0481720009", NumberKind.OTHER_PAPER),
        ("UID", "HC:B1234567", NumberKind.OTHER_PAPER),
        ("MST", TAX, NumberKind.TAX),
        ("UID", TAX, NumberKind.TAX),
        ("MST", f"{TAX}-001", NumberKind.TAX),
        ("MST", f"{TAX}001", NumberKind.TAX),
        ("MST", "201234567", NumberKind.OTHER),
        ("UID", "000.00.48.H17", NumberKind.OTHER),
        ("CCCD", "\uff10" * 12, NumberKind.OTHER_PAPER),
        ("UID", "\u0660" * 12, NumberKind.OTHER),
    ],
)
def test_kinds(label: str, value: str, kind: NumberKind) -> None:
    number = number_of(label, value)
    assert number is not None
    assert number.kind is kind


def test_an_empty_number_is_none() -> None:
    assert number_of("CCCD", " ") is None


@pytest.mark.parametrize(
    ("wanted", "given", "answer"),
    [
        (PERSON, [PERSON], True),
        (PERSON, ["048172000999", PERSON], True),
        (PERSON, ["048172000999"], False),
        (PERSON, ["201234567"], None),
        (PERSON, [], None),
        (TAX, [f"{TAX}-001"], False),
        (f"{TAX}-001", [f"{TAX}001"], True),
        ("000.00.48.H17", ["HD-223"], None),
        ("000.00.48.H17", ["000.00.48.H17"], True),
    ],
)
def test_of_several_any_may_agree_and_kinds_are_not_mixed(
    wanted: str, given: list[str], answer: bool | None
) -> None:
    numbers = [number for one in given if (number := number_of("UID", one)) is not None]
    expected = number_of("UID", wanted)
    assert isinstance(expected, Number)
    assert agrees(expected, numbers) is answer
