"""Laws of the transcript's two written forms."""

import dataclasses
import json
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from hocba_sign.model.check import check
from hocba_sign.model.codes import SchoolLevel
from hocba_sign.model.reading import names
from hocba_sign.model.transcript import Transcript
from hocba_sign.testing.drafts import drafted
from hocba_sign.xml.decode import check_document, decode, decode_document
from hocba_sign.xml.parse import parse
from hocba_sign.xml.schema import violations
from tests.support.transcripts import LEVELS, records, transcripts

THOUSAND = settings(
    max_examples=1000 if settings().max_examples > 1000 else 30,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
"""`pytest --hypothesis-profile=search tests/property/test_transcript.py` tries a thousand of each
level, half a minute each.
"""
SLOW = settings(
    max_examples=30,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
ONCE = settings(
    max_examples=5,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


@pytest.mark.parametrize("level", LEVELS)
def test_what_is_written_is_read(level: SchoolLevel) -> None:
    @THOUSAND
    @given(transcripts((level,)))
    def survives(transcript: Transcript) -> None:
        octets = drafted(transcript)
        root = parse(octets).root
        assert violations(root, issued=False) == ()
        assert decode_document(root) == transcript
        assert decode(etree.tostring(root[0], method="c14n", exclusive=True)) == transcript
        assert drafted(decode_document(root)) == octets
        assert Transcript.from_json(transcript.to_json()) == transcript

    survives()


@SLOW
@given(transcripts())
def test_a_clean_transcript_passes_every_check_and_the_schema(transcript: Transcript) -> None:
    root = parse(drafted(transcript)).root
    assert check(transcript) == ()
    assert check_document(root) == ()
    assert violations(root, issued=False) == ()
    assert violations(root, issued=True) != ()


@SLOW
@given(transcripts())
def test_slots_stand_in_the_document_as_the_transcript_says(transcript: Transcript) -> None:
    root = parse(drafted(transcript)).root
    written = [
        (etree.QName(slot).localname, slot.get("monHoc"), slot.get("giaoVien")) for slot in root[1]
    ]
    assert written == [(slot.role, slot.subject, slot.teacher) for slot in transcript.slots]
    assert tuple(signer.slot for signer in transcript.expected_signers) == transcript.slots


def _keys(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield key
            yield from _keys(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _keys(inner)


@pytest.mark.parametrize("level", LEVELS)
def test_every_field_of_the_table_occurs(level: SchoolLevel) -> None:
    @ONCE
    @given(records(Transcript, level, is_complete=True))
    def run(drawn: Transcript) -> None:
        transcript = dataclasses.replace(
            drawn, identification=dataclasses.replace(drawn.identification, level=level)
        )
        written = set(_keys(json.loads(transcript.to_json())))
        assert written >= {name for name, _ in names(Transcript, level=level, naming="key")}
        assert Transcript.from_json(transcript.to_json().encode()) == transcript

    run()


@SLOW
@given(transcripts(), st.data())
def test_no_element_can_be_left_out_twice_or_renamed_unnoticed(
    transcript: Transcript, data: st.DataObject
) -> None:
    root = parse(drafted(transcript)).root
    victim = data.draw(st.sampled_from(list(root[0].iterdescendants())))
    parent = victim.getparent()
    assert parent is not None
    match data.draw(st.sampled_from(("rename", "repeat", "comment"))):
        case "rename":
            victim.tag = "{urn:hocba:1}KHONG_CO"
        case "repeat":
            twin = etree.fromstring(etree.tostring(victim, with_tail=False))
            twin.set("Id", "khac")
            parent.insert(parent.index(victim), twin)
        case _:
            parent.insert(parent.index(victim), etree.Comment("x"))
    assert check_document(root) != ()
