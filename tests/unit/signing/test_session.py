"""A document is opened once for all stages of a call, and what a call gives out was read back."""

import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields, is_dataclass, replace
from types import CodeType, FrameType

import pytest
from lxml import etree

from hocba_sign.crypto.digests import SHA256, DigestAlgorithm, digest
from hocba_sign.errors import CallerError
from hocba_sign.operations import extension
from hocba_sign.operations.extension import covered_slots, extend
from hocba_sign.operations.signing import complete, merge, prepare, sign, time_stamp
from hocba_sign.operations.verifier import Verifier
from hocba_sign.signing.signing_policy import Level, SigningPolicy
from hocba_sign.signing.state import SignedDocument
from hocba_sign.signing.xml import time_stamp as time_stamp_module
from hocba_sign.signing.xml.draft import OpenDraft, open_draft, read_draft
from hocba_sign.signing.xml.opened import OpenXml
from hocba_sign.signing.xml.prepare import build_xml
from hocba_sign.testing.forge import value_id
from hocba_sign.validation.verdict import Verdict
from hocba_sign.xades.transcript.write import time_stamp as time_stamp_octets
from hocba_sign.xml.layout import slot_elements
from hocba_sign.xml.parse import parse
from hocba_sign.xml.tree import Element
from tests.support.scene import CBQL, GVCN, JUDGED_AT, SEAL, SIGNED_AT, DirectTsa, Scene

SCENE = Scene(subjects=3)
TEACHERS = SCENE.teachers
COPIES = tuple(SCENE.sign(SCENE.draft, slot) for slot in TEACHERS)
ISSUED = SCENE.signed(level=Level.T)
TSA = DirectTsa(SCENE.world, SIGNED_AT)
LATE_TSA = DirectTsa(SCENE.world, JUDGED_AT)
PREPARED = prepare(
    SCENE.draft, TEACHERS[0], chain_der=SCENE.signer(TEACHERS[0]).chain_der, at=SIGNED_AT
)
VALUE = SCENE.signer(TEACHERS[0]).sign(PREPARED.octets, PREPARED.algorithm)


def signed(level: Level) -> SignedDocument:
    policy = SigningPolicy(level=level)
    signer = SCENE.signer(TEACHERS[0])
    return sign(SCENE.draft, TEACHERS[0], signer=signer, at=SIGNED_AT, tsa=TSA, policy=policy)


def extended(document: bytes, to: Level, tsa: DirectTsa = LATE_TSA) -> bytes:
    verifier = Verifier(trust=SCENE.trust, evidence=SCENE.evidence())
    return extend(document, verifier, to=to, at=JUDGED_AT, tsa=tsa)


def counted(work: Callable[[], object], *functions: Callable[..., object]) -> Counter[str]:
    """Count how often `work` calls each of the functions, from wherever."""
    wanted: dict[CodeType, str] = {one.__code__: one.__name__ for one in functions}
    found: Counter[str] = Counter()

    def on_event(frame: FrameType, event: str, _: object) -> None:
        if event == "call" and frame.f_code in wanted:
            found[wanted[frame.f_code]] += 1

    sys.setprofile(on_event)
    try:
        work()
    finally:
        sys.setprofile(None)
    return found


OPENINGS: dict[str, tuple[int, Callable[[], object]]] = {
    # the draft
    "prepare": (
        1,
        lambda: prepare(
            SCENE.draft, TEACHERS[0], chain_der=SCENE.signer(TEACHERS[0]).chain_der, at=SIGNED_AT
        ),
    ),
    # the draft, and what is given out
    "complete": (2, lambda: complete(PREPARED, VALUE, at=SIGNED_AT)),
    "sign B": (2, lambda: signed(Level.B)),
    "time_stamp": (2, lambda: time_stamp(signed_once(), TSA)),
    # the draft, the value that is checked before an authority is asked, and what is given out
    "sign T": (3, lambda: signed(Level.T)),
    # what is given, and what is given out, however many signatures grow
    "extend LT": (2, lambda: extended(ISSUED, Level.LT)),
    # and what the archive time-stamps cover
    "extend LTA": (3, lambda: extended(ISSUED, Level.LTA)),
    # the target; each copy, and what it made of the target
    "merge": (1 + 2 * len(COPIES), lambda: merge(SCENE.draft, COPIES)),
    "merge nothing": (1 + len(COPIES), lambda: merge(SCENE.signed(()), (SCENE.draft,) * 3)),
    "verify": (1, lambda: SCENE.verify(ISSUED)),
}


def signed_once() -> SignedDocument:
    return SignedDocument(octets=COPIES[0], slot=TEACHERS[0])


@pytest.mark.parametrize("name", OPENINGS)
def test_how_often_a_document_is_opened(name: str) -> None:
    expected, work = OPENINGS[name]
    found = counted(work, parse, slot_elements)
    assert found["parse"] == expected
    assert found["slot_elements"] <= expected


def elements_in(value: object) -> Iterator[object]:
    """Yield every element of a tree that a value holds, however deep."""
    if isinstance(value, etree._Element):
        yield value
    elif is_dataclass(value):
        for one in fields(value):
            yield from elements_in(getattr(value, one.name))
    elif isinstance(value, dict):
        for item in value.items():
            yield from elements_in(item)
    elif isinstance(value, tuple | list | set | frozenset):
        for item in value:
            yield from elements_in(item)


def test_nothing_that_leaves_a_call_holds_an_element() -> None:
    assert list(elements_in(open_draft(SCENE.draft)))
    for value in (PREPARED, signed(Level.T), read_draft(COPIES[0]), SCENE.verify(ISSUED)):
        assert not list(elements_in(value))


@pytest.mark.parametrize("is_found", [True, False])
def test_preparing_leaves_the_tree_as_it_was(*, is_found: bool) -> None:
    given = open_draft(SCENE.draft)
    before = etree.tostring(given.opened.xml.root)
    if is_found:
        prepare_again(given)
    else:
        ids = {name: one for name, one in given.opened.xml.ids.items() if name != "dinhdanh"}
        poorer = replace(
            given, opened=replace(given.opened, xml=replace(given.opened.xml, ids=ids))
        )
        with pytest.raises(CallerError) as caught:
            prepare_again(poorer)
        assert caught.value.cause == "SIGN.TARGET_MISSING"
    assert etree.tostring(given.opened.xml.root) == before


def prepare_again(given: OpenDraft) -> None:
    chain = SCENE.signer(TEACHERS[0]).chain_der
    build_xml(given, TEACHERS[0], chain_der=chain, at=SIGNED_AT, policy=SigningPolicy())


def test_a_time_stamp_that_was_written_wrong_is_not_given_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    other = time_stamp_octets(TSA.stamp(*sha256_of(b"of something else")))
    monkeypatch.setattr(time_stamp_module, "time_stamp", lambda _: other)
    with pytest.raises(CallerError) as caught:
        signed(Level.T)
    assert (caught.value.cause, caught.value.where) == ("SIGN.TIME_STAMP", str(TEACHERS[0]))


@pytest.mark.parametrize("writer", ["octets_to_archive", "with_archive_time_stamps"])
def test_what_was_extended_wrong_is_not_given_out(
    monkeypatch: pytest.MonkeyPatch, writer: str
) -> None:
    """Where other octets are stamped, and where a digest of a signature changes on the way."""
    changed = ISSUED.replace(b"<ds:DigestValue>", b"<ds:DigestValue>A", 1)
    faults: dict[str, Callable[..., object]] = {
        "octets_to_archive": lambda _, slots: dict.fromkeys(slots, b"other octets"),
        "with_archive_time_stamps": lambda *_: OpenXml.of(changed),
    }
    monkeypatch.setattr(extension, writer, faults[writer])
    with pytest.raises(CallerError) as caught:
        extended(ISSUED, Level.LTA)
    expected = "SIGN.TIME_STAMP" if writer == "octets_to_archive" else "SIGN.STATE"
    assert (caught.value.cause, caught.value.where) == (expected, str(TEACHERS[0]))


def sha256_of(octets: bytes) -> tuple[DigestAlgorithm, bytes]:
    return SHA256, digest(SHA256, octets)


class Counting(DirectTsa):
    asked = 0

    def stamp(self, digest_algorithm: DigestAlgorithm, imprint: bytes) -> bytes:
        self.asked += 1
        return super().stamp(digest_algorithm, imprint)


def test_no_authority_is_asked_where_one_signature_cannot_be_extended() -> None:
    document = SCENE.signed(TEACHERS[:2], level=Level.T)
    tsa = Counting(SCENE.world, JUDGED_AT)
    with pytest.raises(CallerError) as caught:
        extended(SCENE.sign(document, TEACHERS[2]), Level.LTA, tsa)
    assert (caught.value.cause, caught.value.where) == ("EXTEND.NO_TIME_STAMP", str(TEACHERS[2]))
    assert tsa.asked == 0
    extended(document, Level.LTA, tsa)
    assert tsa.asked == len(TEACHERS[:2])


def test_a_signature_that_another_covers_itself_stays_as_it_is() -> None:
    """A signature of another program may cover the ds:Signature of an earlier one, not its place
    alone.
    """
    document = SCENE.signed(TEACHERS[:1], level=Level.T)
    assert covered_slots(document) == ()
    name = f"ck-{TEACHERS[0].teacher}"
    covering = SCENE.forge(document, GVCN, covered=("data", name))
    assert covered_slots(covering) == (TEACHERS[0],)
    with pytest.raises(CallerError) as caught:
        time_stamp(SignedDocument(octets=covering, slot=TEACHERS[0]), TSA)
    assert caught.value.cause == "EXTEND.COVERED"


@pytest.mark.parametrize("is_merged", [False, True], ids=["signed", "merged"])
def test_what_breaks_an_earlier_signature_is_not_given_out(
    monkeypatch: pytest.MonkeyPatch, *, is_merged: bool
) -> None:
    first, second = TEACHERS[:2]
    with_fragments = OpenXml.with_fragments

    def with_another_value(opened: OpenXml, fragments: Mapping[Element, bytes]) -> bytes:
        grown = with_fragments(opened, fragments)
        value = f'Id="{value_id(first)}">'.encode()
        at = grown.index(b"<ds:DigestValue>", grown.index(value) - 2000) + len(b"<ds:DigestValue>")
        return grown[:at] + (b"A" if grown[at : at + 1] != b"A" else b"B") + grown[at + 1 :]

    def work() -> bytes:
        return merge(COPIES[0], COPIES[1:2]) if is_merged else SCENE.sign(COPIES[0], second)

    assert work() != COPIES[0]
    monkeypatch.setattr(OpenXml, "with_fragments", with_another_value)
    with pytest.raises(CallerError) as caught:
        work()
    assert caught.value.cause == ("MERGE.CHANGED" if is_merged else "SIGN.STATE")


def test_what_was_signed_on_top_stays_valid() -> None:
    document = extended(ISSUED, Level.LTA)
    report = SCENE.verify(document)
    assert report.verdict is Verdict.VALID
    assert {one["format"] for one in report.to_dict()["signatures"]} == {"XAdES-BASELINE-LTA"}
    assert {CBQL, SEAL} <= set(read_draft(document).filled)
