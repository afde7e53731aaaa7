"""Extracts: every subset opens, every change is noticed, and what is hidden stays hidden."""

import hmac
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from functools import cache
from itertools import product
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hocba_sign.errors import CallerError, InputError
from hocba_sign.extract.cbor import Value, encode
from hocba_sign.extract.container import Extract
from hocba_sign.extract.leaves import hash_of, leaf_names
from hocba_sign.extract.merkle import HASH_OCTETS
from hocba_sign.operations.open_extract import open_extract
from hocba_sign.operations.verifier import Verifier
from hocba_sign.pki.certificates.certificate import Certificate
from hocba_sign.pki.revocation.evidence import Evidence
from hocba_sign.report.report import NotPassed, Report
from hocba_sign.validation.verdict import Verdict
from tests.support.scene import JUDGED_AT, SEAL, Scene

SCENE = Scene(subjects=6)
NAMES = leaf_names(SCENE.transcript)
SHOWN = ("result", "mon-15")


@cache
def document() -> bytes:
    return SCENE.signed()


@cache
def whole() -> Report:
    return SCENE.verify(document())


@cache
def extract(*shown: str) -> Extract:
    return open_extract(document(), whole(), show=shown)


@cache
def verifier() -> Verifier:
    seal = Certificate.load(SCENE.identity(SEAL).certificate_der)
    evidence = SCENE.evidence().merged(Evidence.of(certificates=[seal]))
    return Verifier(trust=SCENE.trust, evidence=evidence, policy=SCENE.policy)


def judged(octets: bytes) -> Report:
    return verifier().verify_extract(octets, at=JUDGED_AT)


@given(shown=st.sets(st.sampled_from(NAMES)))
def test_every_subset_opens_and_is_valid_in_every_form(shown: set[str]) -> None:
    made = extract(*sorted(shown))
    assert Extract.from_octets(made.to_octets()) == made
    report = judged(made.to_text().encode())
    assert report.verdict is Verdict.VALID
    content = report.require_extract()
    assert judged(made.to_json().encode()).require_extract() == content
    assert {one.id for one in content.subjects} == shown & set(NAMES[3:])
    assert (content.result is not None, content.private is not None) == (
        "result" in shown,
        "private" in shown,
    )


def test_it_shows_what_the_transcript_says() -> None:
    content = extract(*NAMES).content
    given, own = SCENE.transcript, SCENE.transcript.identification
    assert content.head.name == given.pupil.full_name
    assert (content.head.id, content.head.version) == (own.id, own.version)
    assert (content.head.school_year, content.head.grade) == (own.school_year, own.grade)
    assert content.head.issued == given.signers.issued
    assert content.private is not None
    assert content.private.personal_id == given.pupil.personal_id
    shown = {one.code: one.mark for one in content.subjects}
    assert shown == {one.code: getattr(one.marks, "year", None) for one in given.subjects}


def _changes() -> Iterator[tuple[str, Extract]]:
    made, other = extract(*SHOWN), extract("private", "mon-19", "mon-69")
    for index, value in made.values.items():
        assert isinstance(value, tuple)
        for at, item in enumerate(value):
            changed: object = {str: "x", int: 7, bytes: bytes(16), bool: not item}.get(
                type(item), "x"
            )
            values = {
                **made.values,
                index: cast("Value", (*value[:at], changed, *value[at + 1 :])),
            }
            yield f"value {index}.{at}", replace(made, values=values)
        yield f"salt {index}", replace(made, salts={**made.salts, index: bytes(16)})
    for at in range(0, len(made.proof), HASH_OCTETS):
        yield (
            f"hash {at}",
            replace(made, proof=made.proof[:at] + bytes(16) + made.proof[at + HASH_OCTETS :]),
        )
    for field in ("data", "principal", "properties"):
        yield field, replace(made, digests=replace(made.digests, **{field: bytes(32)}))
    yield "order", replace(made, values={**made.values, 1: made.values[4], 4: made.values[1]})
    yield "other leaf", replace(made, values={**made.values, 4: other.values[3]})
    yield "other proof", replace(made, proof=other.proof[: len(made.proof)])
    yield "count", replace(made, leaves=made.leaves + 1)
    for template in range(1, 12):
        if template != made.template:
            yield f"template {template}", replace(made, template=template)


@pytest.mark.parametrize(("name", "changed"), list(_changes()), ids=lambda one: str(one)[:20])
def test_every_change_of_a_part_is_noticed(name: str, changed: Extract) -> None:
    assert judged(changed.to_octets()).verdict is Verdict.INVALID, name


@given(at=st.integers(0, 8 * len(extract(*SHOWN).to_octets()) - 1))
def test_every_bit_counts(at: int) -> None:
    octets = bytearray(extract(*SHOWN).to_octets())
    octets[at // 8] ^= 1 << at % 8
    report = judged(bytes(octets))
    assert report.verdict is not Verdict.VALID


@pytest.mark.parametrize("tail", [b"\0", b"\xf6", b"HB1:"])
def test_nothing_may_follow(tail: bytes) -> None:
    assert judged(extract(*SHOWN).to_octets() + tail).verdict is Verdict.INVALID


def test_a_leaf_of_another_year_or_pupil_is_refused() -> None:
    def renamed(name: str) -> Extract:
        scene = Scene(
            subjects=6,
            change=lambda one: replace(
                one,
                identification=replace(
                    one.identification, pupil=replace(one.pupil, full_name=name)
                ),
            ),
        )
        octets = scene.signed()
        return open_extract(octets, scene.verify(octets), show=SHOWN)

    other = renamed("Trần Văn Khác")
    made = extract(*SHOWN)
    for index in made.values:
        if other.values[index] != made.values[index]:
            values = {**made.values, index: other.values[index]}
            salts = {**made.salts, index: other.salts[index]}
            mixed = replace(made, values=values, salts=salts)
            assert judged(mixed.to_octets()).verdict is Verdict.INVALID


def test_no_hidden_mark_can_be_found_by_trying() -> None:
    made = extract("result")
    told = {made.proof[at : at + HASH_OCTETS] for at in range(0, len(made.proof), HASH_OCTETS)} | {
        *made.salts.values(),
        made.digests.data,
        made.root,
    }
    public = made.to_octets()
    salts = [*made.salts.values(), bytes(16), made.digests.data[:16], made.root[:16]]
    salts += [
        hmac.digest(key, b"hocba-extract-1" + bytes([4]), "sha256")[:16]
        for key in (public, made.root, b"")
    ]
    for mark, salt in product([*range(101), "Đ", "CĐ", "M", None], salts):
        for index in range(3, made.leaves):
            assert hash_of(index, ("15", mark), salt=salt) not in told
    assert encode("15") not in public


def test_what_is_not_valid_or_not_in_force_is_not_opened() -> None:
    late = SCENE.verify(document(), at=JUDGED_AT + timedelta(days=4000))
    with pytest.raises(NotPassed):
        open_extract(document(), late, show=())


def test_a_report_about_another_file_opens_nothing() -> None:
    with pytest.raises(CallerError) as refused:
        open_extract(document() + b"\n", whole(), show=())
    assert refused.value.cause == "EXTRACT.OTHER_FILE"


def test_what_is_not_there_is_named() -> None:
    with pytest.raises(CallerError) as refused:
        extract("mon-99")
    assert (refused.value.cause, refused.value.where) == ("EXTRACT.UNKNOWN_LEAF", "mon-99")


def test_another_school_is_not_taken_for_this_one() -> None:
    other = SCENE.world.organisation("Trường THPT Khác")
    evidence = SCENE.evidence().merged(
        Evidence.of(certificates=[Certificate.load(other.certificate_der)])
    )
    report = replace(verifier(), evidence=evidence).verify_extract(
        extract(*SHOWN).to_octets(), at=JUDGED_AT
    )
    assert report.verdict is Verdict.INDETERMINATE
    assert report.conclusion is not None
    assert report.conclusion.shown is None


def test_never_valid_without_revocation() -> None:
    seal = Certificate.load(SCENE.identity(SEAL).certificate_der)
    bare = Evidence.of(certificates=[seal, *SCENE.evidence().certificates])
    for registered in ((), (extract(*SHOWN).registered_value,)):
        report = replace(verifier(), evidence=bare).verify_extract(
            extract(*SHOWN).to_octets(), at=JUDGED_AT, registered=registered
        )
        assert report.verdict is Verdict.INDETERMINATE


def test_refusals_are_documented_errors() -> None:
    with pytest.raises(InputError):
        Extract.from_text("HB1:")
