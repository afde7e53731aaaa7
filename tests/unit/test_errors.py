"""Errors speak, travel between processes, and keep their parts apart."""

import pickle
from datetime import UTC, datetime

import pytest

from hocba_sign.catalogue.messages import message
from hocba_sign.errors import CallerError, Finding, HocbaSignError, InputError, OutsideError

DUE = datetime(2026, 1, 2, tzinfo=UTC)
ERRORS = [
    CallerError("EXTEND.TOO_EARLY", where="GVCN", due=DUE),
    CallerError("EXTEND.NOT_VALID", where="GVCN", findings=[Finding("SIG.VALUE", "GVCN")]),
    InputError("XML.DTD", where="line 3, column 8", findings=(Finding("XML.DTD", "line 3"),)),
    OutsideError("TSA.TIMEOUT", where="http://tsa.example", detail="30 s"),
]


@pytest.mark.parametrize("error", ERRORS, ids=lambda one: one.cause)
def test_an_error_is_a_sentence_a_place_and_a_cause(error: HocbaSignError) -> None:
    assert error.message("vi") == message(error.cause).vi != message(error.cause).en
    assert str(error).startswith(f"{error.message('en')} ({error.where}) [{error.cause}]")
    assert str(error).endswith(error.detail)


@pytest.mark.parametrize("error", ERRORS, ids=lambda one: one.cause)
def test_an_error_comes_whole_out_of_another_process(error: HocbaSignError) -> None:
    again = pickle.loads(pickle.dumps(error))
    assert (type(again), vars(again), str(again)) == (type(error), vars(error), str(error))


def test_a_place_that_does_not_print_or_turns_the_line_is_not_shown_as_it_is() -> None:
    assert str(InputError("XML.DTD", where="a\n\x1b[2J\u202eb")).isprintable()
    assert "a.xml" in str(InputError("XML.DTD", where="a.xml"))


def test_a_finding_speaks_as_its_error() -> None:
    assert Finding("XML.DTD").message("vi") == InputError("XML.DTD").message("vi")
