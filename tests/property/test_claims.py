"""The document never chooses its judge: what a transcript says of itself is classified field by
field, and no claim improves what others say.

`CLAIMS` says for each field that may have a say in the verdict what confirms it; every other field
is content, for which its signers answer.
"""

import dataclasses
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from enum import Enum
from functools import cache
from typing import Any, Final

import pytest

from hocba_sign.errors import HocbaSignError
from hocba_sign.model.appointments import Appointment
from hocba_sign.model.fields import Bound, Leaf, table
from hocba_sign.model.registry import Rank
from hocba_sign.model.status_list import Cell
from hocba_sign.model.transcript import Transcript
from hocba_sign.testing.forge import value_id
from hocba_sign.validation.document.records import Sources
from hocba_sign.xml.layout import CANONICAL
from tests.support.records import (
    appointment,
    delegation,
    department,
    in_json,
    judge,
    signed,
    snapshot,
    status_list,
)
from tests.support.scene import CBQL, SEAL, Scene

CLAIMS: Final = {
    "identification.id": "events, lists and other years name it together with version and digest",
    "identification.version": "as id; of two valid files given together the older is replaced",
    "identification.status": "nothing: it only withdraws",
    "identification.replaces": (
        "nothing: it only marks the version that it replaces, of the same school, as replaced"
    ),
    "identification.previous": "the file of the year before, by its digest",
    "identification.is_digitised": (
        "the school year had ended before the seal's proven time; registry or policy"
    ),
    "identification.rule_set": "the table of circulars by year, level and grade",
    "identification.school_year": (
        "time-stamps and validation time bound it; a year without rules leaves it open"
    ),
    "identification.level": "the form of its content; the table of circulars",
    "identification.grade": "the level; the table of circulars; the year before",
    "identification.created": "no time-stamp is earlier",
    "identification.school": (
        "the seal's certificate; with a registry its entry for department and school code"
    ),
    "identification.pupil": "the year before, by personal id or code; all signatures cover it",
    "content.particulars.is_exempt_from_assessment": (
        "nothing but its signers: the circular's rules are then told as not checked"
    ),
    "content.subjects.code": "the form of its content; the rules of the circular",
    "content.subjects.name": "the list of subjects, told where it differs",
    "content.subjects.marks": "the rules of the circular: the whole year must fit together",
    "content.subjects.comment": "the rules of the circular, as marks",
    "content.subjects.teachers": "the certificates; with a registry its entries",
    "content.assessment": "the rules of the circular: the whole year must fit together",
    "content.is_promoted": (
        "the rules of the circular; a year that did not promote is no proof for the next"
    ),
    "content.completion": "the rules of the circular",
    "content.award": "the rules of the circular",
    "signers.homeroom_teacher": "the certificate; with a registry its entries",
    "signers.principal": "the certificate; with a registry its entries",
    "signers.substitutes": "the certificate of whoever stands in; registry or policy",
    "signers.issued": "validation time and seal bound it",
}
CONTENT: Final = {
    "identification.class_name": "told as it is signed",
    "identification.learning_record": "told as it is signed",
    "content.particulars": "told as it is signed",
    "content.earlier_years": "told as it is signed",
    "content.homeroom_comment": "told as it is signed",
    "signers.place": "told as it is signed",
}


def leaves(record: type = Transcript, path: tuple[str, ...] = ()) -> Iterator[str]:
    for bound in table(record):
        own = (*path, bound.attribute)
        if isinstance(bound.spec, Leaf):
            yield ".".join(own)
        for inner in bound.records:
            yield from leaves(inner, own)


def is_below(path: str, name: str) -> bool:
    return path == name or path.startswith(f"{name}.")


@pytest.mark.parametrize("path", sorted(set(leaves())))
def test_every_field_is_classified(path: str) -> None:
    """A new field must say what confirms it, or that it is told as content."""
    kinds = [name for name in (*CLAIMS, *CONTENT) if is_below(path, name)]
    longest = max(kinds, key=len, default=None)
    assert longest is not None, (
        f"{path}: say in CLAIMS what confirms it, or in CONTENT that it has no say in the verdict"
    )


def test_nothing_is_classified_that_is_no_field() -> None:
    known = set(leaves())
    assert not [
        name for name in (*CLAIMS, *CONTENT) if not any(is_below(path, name) for path in known)
    ]


SCENE = Scene()
KEPT: Final = frozenset({"identification.id", "identification.version"})
"""Another id or version is another transcript: what is said of this one does not speak of it."""


def others(value: Any) -> tuple[Any, ...]:
    """Return other values of a field, as a forger would try them; those that the form does not
    allow are refused when signing.
    """
    match value:
        case bool():
            return (not value,)
        case Enum():
            return tuple(one for one in type(value) if one is not value)
        case date():
            return tuple(value + timedelta(days=days) for days in (-400, -1, 1, 50, 400))
        case int() | Decimal():
            return (value + 1, max(value - 1, type(value)(0)))
        case str() if value.isdigit():
            return (value[:-1] + ("1" if value[-1] != "1" else "2"), "9" * len(value))
        case str() if len(value) == len("2025-2026") and value[4:5] == "-" and value[:4].isdigit():
            return ("2024-2025", "2023-2024", "2026-2027")
        case str():
            return (f"{value} khác", "TT58/2011", "TT27/2020")
        case _:
            return ()


def changed(
    record: Any, bounds: tuple[Bound, ...] | None = None, path: tuple[str, ...] = ()
) -> Iterator[tuple[str, Any]]:
    """Yield the record with each of its leaves changed in turn, and the path of that leaf.

    Of several records the first is changed.
    """
    for bound in table(type(record)) if bounds is None else bounds:
        value, own = getattr(record, bound.attribute), (*path, bound.attribute)
        if isinstance(bound.spec, Leaf):
            for other in (
                (None, *others(value))
                if not bound.is_required and value is not None
                else others(value)
            ):
                yield ".".join(own), replace(record, **{bound.attribute: other})
        elif isinstance(value, tuple):
            for name, one in changed(value[0], path=own) if value else ():
                yield name, replace(record, **{bound.attribute: (one, *value[1:])})
        elif dataclasses.is_dataclass(value):
            for name, one in changed(value, path=own):
                yield name, replace(record, **{bound.attribute: one})


VARIANTS: Final = [(name, one) for name, one in changed(SCENE.transcript) if name not in KEPT]


@cache
def resigned(number: int) -> bytes | None:
    """Let the same keys sign a changed transcript, without the checks that signing makes; None
    where it cannot even be written.
    """
    scene = Scene()
    scene.transcript = VARIANTS[number][1]
    try:
        document = scene.draft
    except HocbaSignError:
        return None
    slots = scene.transcript.slots
    for slot in slots:
        known = (
            slot
            if slot in SCENE.slots
            else next((one for one in SCENE.slots if one.role is slot.role), SEAL)
        )
        linked = tuple(value_id(other) for other in CANONICAL.linked_slots(slot, slots))
        document = scene.forge(
            document,
            slot,
            covered=CANONICAL.covered_ids(slot),
            linked=linked,
            identity=SCENE.identity(known),
        )
    return document


def registry(*entries: Appointment) -> Sources:
    top = snapshot(SCENE, *entries, rank=Rank.MINISTRY)
    return in_json(replace(top, delegations=(delegation(SCENE, to=department(SCENE)),)))


HONEST: Final = registry(appointment(SCENE, CBQL), appointment(SCENE, SEAL))
REFUSING: Final = registry(
    appointment(SCENE, CBQL), replace(appointment(SCENE, SEAL), certificate_sha256="00" * 32)
)
OWN: Final = SCENE.transcript.identification
WITHDRAWING: Final = replace(
    HONEST,
    lists=(
        (
            "list.xml",
            signed(
                SCENE,
                status_list(SCENE, {(OWN.id, OWN.version): Cell.WITHDRAWN}),
                {SEAL: department(SCENE)},
            ),
        ),
    ),
)


def test_the_untouched_transcript() -> None:
    document = SCENE.signed()
    assert judge(SCENE, document, HONEST).verdict == "VALID"
    assert judge(SCENE, document, REFUSING).verdict == "INVALID"
    assert judge(SCENE, document, WITHDRAWING).status == "withdrawn"


@pytest.mark.parametrize(
    "number", range(len(VARIANTS)), ids=lambda number: f"{number}-{VARIANTS[number][0]}"
)
def test_no_claim_improves_what_others_say(number: int) -> None:
    """Whatever the file says instead: who is refused stays refused, and what is withdrawn stays
    withdrawn, or it is open.
    """
    document = resigned(number)
    if document is None:
        pytest.skip("no such file can be written")
    assert judge(SCENE, document, REFUSING).verdict != "VALID"
    withdrawn = judge(SCENE, document, WITHDRAWING)
    assert withdrawn.verdict != "VALID" or withdrawn.status == "withdrawn"
