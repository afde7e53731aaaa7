"""Honest situations that no circular may hold against a pupil: at most something worth knowing is
said.
"""

import dataclasses
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

import pytest

from hocba_sign.model.check import check
from hocba_sign.model.person import EarlierYear
from hocba_sign.model.rules import Severity, apply_rules
from hocba_sign.model.transcript import Transcript
from tests.support.changes import base, changed

Changes = dict[str, Any]

SECONDARY: Final = ("lop9", "lop12", "gdtx9", "gdtx", "lop9_old", "lop12_old", "lop12_first")
PRIMARY: Final = ("lop5", "lop5_old")
OF_2018: Final = ("lop12", "gdtx")
TERMS: Final = ("learning_1", "learning_2", "learning")
FAILED: Final = {
    "lop9": "CĐ",
    "lop12": "CĐ",
    "gdtx9": "CĐ",
    "gdtx": "CĐ",
    "lop9_old": "Y",
    "lop12_old": "Y",
    "lop12_first": "Y",
}
RAISED: Final = {
    "lop9": "K",
    "lop12": "T",
    "gdtx9": "K",
    "gdtx": "T",
    "lop9_old": "K",
    "lop12_old": "G",
    "lop12_first": "G",
}
"""The result of learning with 9.0 in Toán and Ngữ văn, the other marks being those of the example.
"""
REFUSED: Final = {
    "content.is_promoted": False,
    "content.completion": None,
    "content.award": None,
    "assessment.promotion": "Không được lên lớp",
}


def record(name: str) -> Transcript:
    return (
        changed(base("lop12_old"), {"identification.school_year": "2016-2017"})
        if name == "lop12_first"
        else base(name)
    )


def second_language(name: str) -> str:
    return "70" if "12" in name or name == "gdtx" else "31"


def results(letter: str) -> Changes:
    return {f"assessment.{field}": letter for field in TERMS}


def joins_in_term_two(name: str) -> Changes:
    """The year is that of the one term."""
    marks = {
        subject.code: getattr(subject.marks, "term_2", None) for subject in record(name).subjects
    }
    only = {f"subjects.{code}.year": str(mark) for code, mark in marks.items()} | {
        f"subjects.{code}.term_1": None for code in marks
    }
    second = getattr(record(name).content.assessment, "learning_2", None)
    return only | {
        "assessment.learning_1": None,
        "assessment.conduct_1": None,
        "assessment.learning": str(second),
    }


def a_term_abroad(name: str) -> Changes:
    """The marks of term I stay with the school abroad."""
    del name
    return {
        "subjects.15.term_1": None,
        "subjects.19.term_1": None,
        "assessment.learning_1": None,
        "assessment.conduct_1": None,
    }


def exempt(name: str) -> Changes:
    del name
    return {"subjects.88.*": "M"}


def exempt_in_term_two(name: str) -> Changes:
    del name
    return {"subjects.88.term_2": "M"}


def two_languages(name: str) -> Changes:
    return {
        f"subjects.{second_language(name)}": {
            "name": "Ngoại ngữ 2",
            "term_1": "9.0",
            "term_2": "9.0",
            "year": "9.0",
        }
    }


def an_ethnic_language(name: str) -> Changes:
    del name
    return {
        "subjects.14": {
            "name": "Tiếng dân tộc thiểu số",
            "term_1": "9.0",
            "term_2": "9.0",
            "year": "9.0",
        }
    }


def examined_again(name: str) -> Changes:
    low = {f"subjects.{code}.*": "3.0" for code in ("15", "19")} | {
        f"subjects.{code}.reassessed": "9.0" for code in ("15", "19")
    }
    return (
        low
        | results(FAILED[name])
        | {"assessment.learning_after_summer": RAISED[name], "content.award": None}
    )


def examined_again_in_part(name: str) -> Changes:
    """Two of four subjects, which does not suffice."""
    other = "26" if "26" in {subject.code for subject in record(name).subjects} else "35"
    low = {f"subjects.{code}.*": "3.0" for code in ("15", "19", "69", other)} | {
        f"subjects.{code}.reassessed": "9.0" for code in ("15", "69")
    }
    return (
        low | results(FAILED[name]) | {"assessment.learning_after_summer": FAILED[name]} | REFUSED
    )


def trained_in_summer(name: str) -> Changes:
    worst, passing = (
        ("Y", "Tb") if name in {"lop9_old", "lop12_old", "lop12_first"} else ("CĐ", "Đ")
    )
    conduct = {f"assessment.{field}": worst for field in ("conduct_1", "conduct_2", "conduct")}
    return conduct | {"assessment.conduct_after_summer": passing, "content.award": None}


def no_absences(name: str) -> Changes:
    del name
    return {"assessment.absences": 0}


def forty_five_absences(name: str) -> Changes:
    del name
    return {"assessment.absences": 45}


def an_individual_plan(name: str) -> Changes:
    low = {"subjects.15.*": "2.0", "subjects.19.*": "3.0", "subjects.69.*": "M"}
    return (
        low
        | results(FAILED[name])
        | {"content.award": None, "content.particulars.has_individual_plan": True}
    )


def disabled_in_words(name: str) -> Changes:
    return an_individual_plan(name) | {
        "content.particulars.has_individual_plan": None,
        "content.particulars.policy_group": "Học sinh khuyết tật học hòa nhập",
    }


def changed_electives(name: str) -> Changes:
    """One was left after term I, another taken up."""
    del name
    return {
        "subjects.38.term_2": None,
        "subjects.38.year": None,
        "subjects.46": {"name": "Công nghệ", "term_2": "8.5", "year": "8.5"},
    }


def electives_not_chosen(name: str) -> Changes:
    del name
    return {
        f"subjects.{code}": {"name": title}
        for code, title in (("41", "Địa lí"), ("29", "Âm nhạc"), ("46", "Công nghệ"))
    }


def in_letters_of_its_circular(name: str) -> Changes:
    learning = getattr(record(name).content.assessment, "learning", None)
    return results(str(learning))


SITUATIONS: Final[tuple[Callable[[str], Changes], ...]] = (
    joins_in_term_two,
    a_term_abroad,
    exempt,
    two_languages,
    an_ethnic_language,
    examined_again,
    examined_again_in_part,
    trained_in_summer,
    no_absences,
    forty_five_absences,
    an_individual_plan,
    disabled_in_words,
    in_letters_of_its_circular,
)


def all_situations() -> Iterator[tuple[str, Callable[[str], Changes]]]:
    yield from ((name, situation) for name in SECONDARY for situation in SITUATIONS)
    yield from (
        (name, situation)
        for name in OF_2018
        for situation in (changed_electives, electives_not_chosen)
    )
    yield from ((name, exempt_in_term_two) for name in ("lop9_old", "lop12_old", "lop12_first"))


def alarms(transcript: Transcript) -> set[str]:
    return {
        finding.rule for finding in apply_rules(transcript) if finding.severity is not Severity.INFO
    } | {one.cause for one in check(transcript)}


@pytest.mark.parametrize(
    ("name", "situation"), [*all_situations()], ids=lambda one: getattr(one, "__name__", str(one))
)
def test_no_alarm_at_secondary_school(name: str, situation: Callable[[str], Changes]) -> None:
    assert alarms(changed(record(name), situation(name))) == set()


NOT_DONE: Final = {"subjects.01.achievement": "C", "subjects.01.test": "3", "content.award": None}
PRIMARY_SITUATIONS: Final[Mapping[str, Changes]] = {
    "exempt": {"subjects.88.achievement": "M"},
    "an ethnic language": {
        "subjects.14": {"name": "Tiếng dân tộc", "achievement": "T", "test": "9"}
    },
    "an individual plan": NOT_DONE | {"content.particulars.has_individual_plan": True},
    "disabled in words": NOT_DONE | {"content.particulars.policy_group": "HSKT học hoà nhập"},
    "a school for the disabled": NOT_DONE
    | {"identification.school.name": "Trường Tiểu học chuyên biệt Sao Mai"},
    "promoted by the principal": NOT_DONE
    | {
        "identification.grade": 4,
        "assessment.has_completed_grade": False,
        "assessment.has_completed_primary": None,
        "content.completion": "Được lên lớp 5 theo quyết định của Hiệu trưởng",
    },
    "kept back": NOT_DONE
    | {
        "assessment.has_completed_grade": False,
        "assessment.has_completed_primary": False,
        "content.is_promoted": False,
        "content.completion": "Chưa hoàn thành chương trình tiểu học, ở lại lớp",
    },
}


@pytest.mark.parametrize("name", PRIMARY)
@pytest.mark.parametrize("situation", PRIMARY_SITUATIONS)
def test_no_alarm_at_primary_school(name: str, situation: str) -> None:
    changes = PRIMARY_SITUATIONS[situation]
    if name == "lop5" and "subjects.01.achievement" in changes:
        changes = changes | {"assessment.outcome": "CHT"}
    if name == "lop5_old" and "identification.grade" in changes:
        changes = changes | {"identification.school_year": "2021-2022"}
    assert alarms(changed(base(name), changes)) == set()


@pytest.mark.parametrize("name", [*SECONDARY, *PRIMARY])
def test_no_alarm_for_one_who_repeats_a_grade_or_changed_schools_within_a_year(name: str) -> None:
    given = record(name)
    first = int(given.identification.school_year[:4])
    line = EarlierYear(
        school_year=f"{first - 1}-{first}", class_name="1A", school="Trường A", province="Tỉnh B"
    )
    years = (
        dataclasses.replace(line, school_year=f"{first - 2}-{first - 1}"),
        line,
        dataclasses.replace(line, school="Trường C"),
    )
    assert (
        alarms(
            dataclasses.replace(
                given, content=dataclasses.replace(given.content, earlier_years=years)
            )
        )
        == set()
    )


@pytest.mark.parametrize("letter", ["Tb", "K"])
def test_a_specialised_class_is_only_asked_to_look_again(letter: str) -> None:
    """Môn chuyên 7.9 keeps from Giỏi, with a second subject of 4.9 there is no adjustment: both
    results can be right.
    """
    low = {"subjects.38.*": "7.9", "subjects.40.*": "4.9"}
    given = changed(
        base("lop12_old"),
        low | results(letter) | {"assessment.learning_1": "Tb", "content.award": None},
    )
    assert alarms(given) <= {"R58-2C"}
    assert {finding.severity for finding in apply_rules(given)} <= {Severity.WARNING, Severity.INFO}


def test_the_number_of_a_pupil_born_abroad_is_no_matter() -> None:
    assert (
        alarms(changed(base("lop9"), {"identification.pupil.personal_id": "164311002485"})) == set()
    )
