"""Transcripts changed at named places: the language of the rule cases and of the mutations."""

import dataclasses
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any, Final, cast

from hocba_sign.model.codes import (
    Achievement,
    MarkLetter,
    PrimaryOutcome,
    Rating,
    SchoolLevel,
    Sex,
    Trait,
)
from hocba_sign.model.identification import ReplacedVersion
from hocba_sign.model.lexical import Mark
from hocba_sign.model.results import PrimaryMarks, SubjectResult
from hocba_sign.model.transcript import Transcript

EXAMPLES: Final = Path(__file__).resolve().parents[2] / "examples"
TERMS: Final = ("term_1", "term_2", "year")


@cache
def base(name: str) -> Transcript:
    """Return a transcript without a breach: an example, or one made from it for another
    circular.
    """
    source, changes = BASES[name]
    return changed(Transcript.from_json((EXAMPLES / f"{source}.json").read_bytes()), changes)


def changed(transcript: Transcript, changes: Mapping[str, Any]) -> Transcript:
    """Change what each path names, whether or not the field may hold it.

    `subjects.15.year` is a mark of the subject 15, `subjects.15.*` that of both terms and of the
    year, `subjects.15` the subject, which null removes and an object adds; `assessment.…` is below
    the content; every other path leads by attributes.
    """
    for path, value in changes.items():
        steps = path.split(".")
        if steps[0] == "subjects":
            transcript = _with_subject(transcript, steps[1:], value)
        else:
            transcript = _with(
                transcript, ["content", *steps] if steps[0] == "assessment" else steps, value
            )
    return transcript


def _with(record: Any, steps: list[str], value: Any) -> Any:
    name, *rest = steps
    inner = _typed(name, value) if not rest else _with(getattr(record, name), rest, value)
    return dataclasses.replace(record, **{name: inner})


def _with_subject(transcript: Transcript, steps: list[str], value: Any) -> Transcript:
    code, *rest = steps
    subjects = list(transcript.subjects)
    place = next((n for n, subject in enumerate(subjects) if subject.code == code), None)
    if place is None:
        added = SubjectResult(
            code=code,
            name=value["name"],
            marks=type(subjects[0].marks)(),
            teachers=subjects[0].teachers,
        )
        for name in value:
            added = _subject(added, name, value[name])
        subjects.append(added)
    elif not rest:
        del subjects[place]
    else:
        subjects[place] = _subject(subjects[place], rest[0], value)
    return dataclasses.replace(
        transcript, content=dataclasses.replace(transcript.content, subjects=tuple(subjects))
    )


def _subject(subject: SubjectResult, name: str, value: Any) -> SubjectResult:
    if name in {"name", "code"}:
        return dataclasses.replace(subject, **{name: value})
    if name == "teachers":
        return dataclasses.replace(subject, teachers=subject.teachers * value)
    if name == "achievement":
        achievement = None if value is None else Achievement(value)
        return dataclasses.replace(
            subject,
            marks=dataclasses.replace(cast("PrimaryMarks", subject.marks), achievement=achievement),
        )
    names = TERMS if name == "*" else (name,)
    marks = cast("Any", dataclasses.replace)(subject.marks, **{one: mark(value) for one in names})
    return dataclasses.replace(subject, marks=marks)


def mark(written: str | None) -> Mark | None:
    if written is None:
        return None
    return MarkLetter(written) if written in set(MarkLetter) else Decimal(written)


def rating(written: str) -> Rating:
    """Return a letter of any circular, even one that the field cannot hold."""
    return Rating(written) if written in set(Rating) else cast("Rating", written)


def _typed(name: str, value: Any) -> Any:
    if value is None:
        return None
    if name.startswith(("learning", "conduct")):
        return rating(value)
    if name == "replaces":
        return ReplacedVersion(**value)
    if name == "birth_date":
        return date.fromisoformat(value)
    kinds = {
        "outcome": PrimaryOutcome,
        "sex": Sex,
        "level": SchoolLevel,
        "patriotism": Trait,
        "fitness": Trait,
    }
    return kinds[name](value) if name in kinds else value


_OLD: Final = {"identification.school_year": "2023-2024", "content.earlier_years": ()}
BASES: Final[Mapping[str, tuple[str, Mapping[str, Any]]]] = {
    "lop5": ("lop5", {}),
    "lop9": ("lop9", {}),
    "lop12": ("lop12", {}),
    "lop5_old": (
        "lop5",
        {
            **_OLD,
            "identification.rule_set": "TT22/2016",
            "assessment.outcome": None,
            "content.award": None,
            "subjects.91": None,
        },
    ),
    "lop9_old": (
        "lop9",
        {
            **_OLD,
            "identification.rule_set": "TT58/2011",
            "subjects.91": None,
            "subjects.99": None,
            "subjects.05.code": "40",
            "subjects.66.code": "35",
            "subjects.97.code": "29",
        },
    ),
    "lop12_old": (
        "lop12",
        {
            **_OLD,
            "identification.rule_set": "TT58/2011",
            "subjects.91": None,
            "subjects.99": None,
            "assessment.learning_1": "G",
            "assessment.learning_2": "G",
            "assessment.learning": "G",
        },
    ),
    "gdtx9": ("lop9", {"identification.rule_set": "TT43/2021", "identification.level": "05"}),
    "gdtx": (
        "lop12",
        {
            "identification.rule_set": "TT43/2021",
            "identification.level": "05",
            "identification.grade": 11,
            "content.completion": None,
            "assessment.promotion": "Được lên lớp 12",
        },
    ),
}
