"""What is said of content that cannot be read, of records by their schema, and of what stands where
nothing may.
"""

import re
from functools import cache

import pytest

from hocba_sign.model.codes import EventKind
from hocba_sign.validation.verdict import Status
from tests.support.records import event, signed_event
from tests.support.scene import Scene


@cache
def scene() -> tuple[Scene, bytes]:
    made = Scene(subjects=1)
    return made, made.signed()


def test_content_that_cannot_be_decoded_fails() -> None:
    made, octets = scene()
    report = made.verify(re.sub(rb"<NGAY_TAO>[^<]+<", b"<NGAY_TAO>2026-02-30<", octets, count=1))
    assert ("VALUE.DATE", Status.FAIL) in {
        (check.identifier, check.status) for check in report.checks
    }


@pytest.mark.parametrize("is_changed", [False, True])
def test_a_record_passes_its_schema_or_does_not(*, is_changed: bool) -> None:
    made, octets = scene()
    record = signed_event(made, event(made, octets, EventKind.WITHDRAWAL))
    if is_changed:
        record = record.replace(b"<DANH_SACH_CHU_KY>", b"<KHAC/><DANH_SACH_CHU_KY>", 1)
    statuses = {
        check.status for check in made.verify(record).checks if check.identifier == "DOC.SCHEMA"
    }
    assert statuses == {Status.FAIL if is_changed else Status.PASS}


@pytest.mark.parametrize("stray", [b"<x/>", b"chu", b"<ds:DigestValue>AAAA</ds:DigestValue>"])
@pytest.mark.parametrize("place", [b"<ds:DigestMethod", b"</ds:Reference>"])
def test_nothing_else_stands_in_a_reference(place: bytes, stray: bytes) -> None:
    """It would be under the value of a careless signer, and mean something to a careless reader."""
    made, octets = scene()
    start = octets.rindex(b"<ds:SignedInfo")
    at = octets.index(place, start)
    report = made.verify(octets[:at] + stray + octets[at:])
    (last,) = [one for one in report.to_dict()["signatures"] if one["slot"] == "KY_PHAT_HANH"]
    assert (last["indication"], last["causes"]) == ("TOTAL_FAILED", ["SIG.STRUCTURE"])
