from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hocba_sign.errors import InputError
from hocba_sign.model.lexical import DAY, FLAG, MARK, TEST_MARK, ValueKind, count, measure


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        *((MARK, text) for text in ("0.0", "8.5", "9.9", "10.0", "Đ", "CĐ", "M")),
        *((TEST_MARK, text) for text in ("0", "9", "10", "M")),
        *((FLAG, text) for text in ("true", "false")),
        (DAY, "2024-02-29"),
        (count(0, 300), "0"),
        (count(0, 300), "300"),
        (measure(3), "141.5"),
        (measure(3), "1.0"),
    ],
)
def test_written_as_read(kind: ValueKind, text: str) -> None:
    assert kind.write(kind.read(text)) == text


@pytest.mark.parametrize(
    ("kind", "text", "cause"),
    [
        *(
            (MARK, text, "VALUE.MARK")
            for text in (
                "08.5",
                "08",
                "8.50",
                "10.1",
                "11.0",
                "-0.0",
                "8.",
                ".5",
                "D",
                "đ",
                "\u00d0",
                "١.٠",
                "8.5 ",
                "",
            )
        ),
        *((MARK, text, "TEXT.COMMA_DECIMAL") for text in ("8,5", "10,0", "-1,0")),
        *((TEST_MARK, text, "VALUE.MARK") for text in ("9.0", "11", "Đ", "CĐ", "09")),
        (TEST_MARK, "8,5", "TEXT.COMMA_DECIMAL"),
        *((FLAG, text, "VALUE.BOOLEAN") for text in ("1", "True", "có", "")),
        *(
            (DAY, text, "VALUE.DATE")
            for text in (
                "2025-02-29",
                "28/05/2026",
                "2026-5-28",
                "20260528",
                "2026-05-28Z",
                "0000-01-01",
            )
        ),
        *(
            (count(0, 300), text, "VALUE.NUMBER")
            for text in ("01", "+1", "-1", "1.0", "٣", "9" * 19)
        ),
        (count(1, 300), "0", "VALUE.RANGE"),
        (count(0, 300), "301", "VALUE.RANGE"),
        *((measure(3), text, "VALUE.NUMBER") for text in ("141", "0.5", "1000.0", "141.55")),
        (measure(3), "36,5", "TEXT.COMMA_DECIMAL"),
    ],
)
def test_refused_when_read(kind: ValueKind, text: str, cause: str) -> None:
    with pytest.raises(InputError) as caught:
        kind.read(text)
    assert caught.value.cause == cause
    # What the sentence says of the kind stands there for every value; of this one nothing does.
    assert str(caught.value) == str(InputError(cause))


@pytest.mark.parametrize(
    "value",
    [
        Decimal("8.55"),
        Decimal("10.1"),
        Decimal("-0.1"),
        Decimal("NaN"),
        Decimal("sNaN"),
        Decimal("Infinity"),
        Decimal("1E+999999"),
    ],
)
def test_a_mark_that_has_no_written_form(value: Decimal) -> None:
    with pytest.raises(InputError) as caught:
        MARK.write(value)
    assert caught.value.cause == "VALUE.MARK"


@given(st.integers(0, 100))
def test_every_mark_has_one_written_form(tenths: int) -> None:
    value = Decimal(tenths) / 10
    assert MARK.read(MARK.write(value)) == value
    assert MARK.write(value.normalize()) == MARK.write(value)


def test_negative_zero_is_zero() -> None:
    assert MARK.write(Decimal("-0")) == "0.0"


@given(st.dates(date(1000, 1, 1)))
def test_every_day_has_one_written_form(day: date) -> None:
    assert DAY.read(DAY.write(day)) == day


@pytest.mark.parametrize(("given", "written"), [("8", "8.0"), ("10", "10.0"), ("0", "0.0")])
def test_a_whole_mark_is_read_without_its_decimal(given: str, written: str) -> None:
    assert MARK.write(MARK.read(given)) == written
