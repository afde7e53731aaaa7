"""The parts of a transcript that can be shown one by one: what each says, and as which value it
enters the tree.

Index 0 is the head, 1 the result of the year, 2 what is private, and from 3 on the subjects in the
order of the transcript. Comments of teachers are no part of any leaf.
"""

import hmac
from datetime import date
from decimal import Decimal
from enum import IntEnum
from typing import Final
from uuid import UUID

from hocba_sign.extract.cbor import Value, encode
from hocba_sign.extract.merkle import leaf_hash
from hocba_sign.model.codes import SchoolKind
from hocba_sign.model.lexical import Mark
from hocba_sign.model.primary import PrimaryAssessment
from hocba_sign.model.results import PrimaryMarks, SubjectResult
from hocba_sign.model.transcript import Transcript

SALT_OCTETS: Final = 16
_SALT_LABEL: Final = b"hocba-extract-1"
EPOCH: Final = date(1970, 1, 1)
KINDS: Final = (None, SchoolKind.PUBLIC, SchoolKind.PRIVATE)
"""How the head numbers the kinds of schools; None where the transcript does not say."""


class FixedLeaf(IntEnum):
    """The leaves that every transcript has, by index; subjects follow."""

    HEAD = 0
    RESULT = 1
    PRIVATE = 2


FIRST_SUBJECT: Final = len(FixedLeaf)


def values_of(transcript: Transcript) -> tuple[Value, ...]:
    """Return the values of all leaves, by index."""
    return (
        _head(transcript),
        _result(transcript),
        _private(transcript),
        *map(_subject, transcript.subjects),
    )


def salts_of(nonce: bytes, count: int) -> tuple[bytes, ...]:
    """Return the salts of all leaves: without one a mark could be found by trying all of them."""
    return tuple(
        hmac.digest(nonce, _SALT_LABEL + bytes([index]), "sha256")[:SALT_OCTETS]
        for index in range(count)
    )


def hash_of(index: int, value: Value, *, salt: bytes) -> bytes:
    """Return the hash of one leaf."""
    return leaf_hash(encode((index, salt, value)))


def leaf_hashes(transcript: Transcript, nonce: bytes) -> tuple[bytes, ...]:
    """Return the hashes of all leaves, by index."""
    values = values_of(transcript)
    pairs = zip(salts_of(nonce, len(values)), values, strict=True)
    return tuple(hash_of(index, value, salt=salt) for index, (salt, value) in enumerate(pairs))


def leaf_names(transcript: Transcript) -> tuple[str, ...]:
    """Return how leaves are named when they are asked for, by index: `head`, `mon-15`."""
    return (
        *(part.name.lower() for part in FixedLeaf),
        *(subject.id for subject in transcript.subjects),
    )


def _head(transcript: Transcript) -> Value:
    own, school = transcript.identification, transcript.school
    return (
        own.pupil.full_name,
        int(own.school_year[:4]),
        own.grade,
        _short_id(own.id),
        own.version,
        _short_day(transcript.signers.issued),
        int(school.department_code),
        int(school.province_code),
        school.code,
        school.name,
        school.tax_id or school.organisation_id,
        KINDS.index(school.kind),
    )


def _short_day(day: date) -> Value:
    """Write a day as the number of days since 1970, an earlier one as it is."""
    return day.isoformat() if day < EPOCH else (day - EPOCH).days


def _short_id(identifier: str) -> Value:
    """Write a UUID as its octets, anything else as it is."""
    try:
        short = UUID(identifier)
    except ValueError:
        return identifier
    return short.bytes if str(short) == identifier else identifier


def _result(transcript: Transcript) -> Value:
    given, is_promoted = transcript.content.assessment, transcript.content.is_promoted
    if isinstance(given, PrimaryAssessment):
        return (_code(given.outcome), is_promoted)
    return (
        _code(given.learning),
        _code(given.conduct),
        _code(given.learning_after_summer),
        _code(given.conduct_after_summer),
        is_promoted,
    )


def _private(transcript: Transcript) -> Value:
    own, pupil = transcript.identification, transcript.pupil
    paper = pupil.identity_document
    birth = pupil.birth_date.isoformat() if pupil.birth_date else pupil.birth_month
    return (
        pupil.personal_id,
        None if paper is None else (int(paper.kind), paper.number),
        birth or (None if pupil.birth_year is None else str(pupil.birth_year)),
        int(pupil.sex),
        pupil.code,
        own.class_name,
    )


def _subject(subject: SubjectResult) -> Value:
    marks = subject.marks
    if isinstance(marks, PrimaryMarks):
        return (subject.code, _code(marks.achievement), _mark(marks.test))
    again = () if marks.reassessed is None else (_mark(marks.reassessed),)
    return (subject.code, _mark(marks.year), *again)


def _mark(mark: Mark | None) -> Value:
    return int(mark * 10) if isinstance(mark, Decimal) else _code(mark)


def _code(code: str | None) -> Value:
    return None if code is None else str(code)
