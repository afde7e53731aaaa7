"""ContentRule sets: one JSON file each, which names its rules, thresholds, subjects and the years
it is valid for.
"""

import json
import re
from collections.abc import Callable, Mapping
from functools import cache
from types import MappingProxyType
from typing import Final

from hocba_sign.frozen_dataclass import dataclass
from hocba_sign.model.codes import SchoolLevel
from hocba_sign.model.identification import Identification
from hocba_sign.model.rules.finding import Severity, SourceMark
from hocba_sign.model.rules.settings import RuleSettings
from hocba_sign.shipped import shipped

DOCUMENT: Final = "document"
"""The file with the rules that hold whatever the circular."""
_FOLDER: Final = shipped("data", "rules")


@dataclass(frozen=True, slots=True, kw_only=True)
class ContentRule:
    """`note` says for the reference why a reading was chosen.

    `leaves_unjudged`: it tells that the assessment was not judged.
    """

    id: str
    article: str
    severity: Severity
    mark: SourceMark
    note: str = ""
    leaves_unjudged: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """School years, named by the year in which they begin, both ends included, for some grades of a
    level.
    """

    level: SchoolLevel
    grades: frozenset[int]
    first: int
    last: int | None
    mark: SourceMark

    def holds(self, level: SchoolLevel, grade: int, *, year: int) -> bool:
        return (
            level is self.level
            and grade in self.grades
            and self.first <= year
            and (self.last is None or year <= self.last)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """Letters of a result, best first.

    `also` gives for a letter of another circular the letters it may stand for.
    """

    order: tuple[str, ...]
    also: Mapping[str, frozenset[str]]

    def read(self, letter: str | None) -> frozenset[str]:
        """Return what a written letter may mean; nothing for none and for a strange one."""
        if letter is None:
            return frozenset()
        return frozenset({letter}) if letter in self.order else self.also.get(letter, frozenset())

    def is_at_least(self, letter: str, least: str) -> bool:
        return self.order.index(letter) <= self.order.index(least)


@dataclass(frozen=True, slots=True, kw_only=True)
class Unchecked:
    """A rule that a transcript alone cannot show to be broken, or that another check reports under
    `cause`.
    """

    id: str
    article: str
    mark: SourceMark
    why: str
    cause: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleSet:
    """`checks` are the names of the checks to run, in order, with their settings.

    `tests` are for primary school, by subject code the grades with a test at the end of the year:
        `required`, `allowed` besides, `expected` where a missing one is only noted, and `one_of`
        for subjects of which one has it.
    `subject_groups` are subjects by a name that checks refer to.
    `by_plan` names the rules that a pupil with an individual plan cannot break, `instead_of`, and
        the `rule` that says so.
    """

    code: str
    title: str
    source: str
    periods: tuple[Period, ...]
    scales: Mapping[str, Scale]
    comment_subjects: frozenset[str]
    subject_groups: RuleSettings
    by_plan: RuleSettings
    tests: RuleSettings
    rules: Mapping[str, ContentRule]
    checks: tuple[tuple[str, RuleSettings], ...]
    unchecked: tuple[Unchecked, ...]
    doubts: tuple[str, ...]

    def settings(self, check: str) -> RuleSettings | None:
        """Return the settings of the first check of that name."""
        return next((settings for name, settings in self.checks if name == check), None)

    def period(self, level: SchoolLevel, grade: int, *, year: int) -> Period | None:
        return next(
            (period for period in self.periods if period.holds(level, grade, year=year)), None
        )


@cache
def rule_sets() -> tuple[RuleSet, ...]:
    """Read every rule set of the package, in the order of their file names."""
    names = sorted(
        entry.name.removesuffix(".json")
        for entry in _FOLDER.iterdir()
        if entry.name.endswith(".json")
    )
    return tuple(read_rule_set(_text(name), amended=_text) for name in names if name != DOCUMENT)


@cache
def document_rules() -> RuleSet:
    """Read the rules that hold for every transcript."""
    return read_rule_set(_text(DOCUMENT))


def _text(name: str) -> str:
    return (_FOLDER / f"{name}.json").read_text("utf-8")


def read_rule_set(text: str, *, amended: Callable[[str], str] | None = None) -> RuleSet:
    """Read a rule set; one that `amends` another is that one, which `amended` gives by name, but
    for what it says itself.

    Raises: KeyError, TypeError or ValueError where the file is not one.
    """
    own = json.loads(text)
    if amended is not None and "amends" in own:
        own = json.loads(amended(own["amends"])) | own
    given = RuleSettings(MappingProxyType(own))
    return RuleSet(
        code=given.text("code"),
        title=given.text("title"),
        source=given.text("source"),
        periods=tuple(_period(part) for part in given.parts("periods")),
        scales=MappingProxyType(
            {name: _scale(given.part("scales").part(name)) for name in given.part("scales").values}
        ),
        comment_subjects=frozenset(given.texts("comment_subjects")),
        subject_groups=given.part("subject_groups"),
        by_plan=given.part("by_plan"),
        tests=given.part("tests"),
        rules=MappingProxyType({rule.id: rule for rule in map(_rule, given.parts("rules"))}),
        checks=tuple((part.text("check"), part) for part in given.parts("checks")),
        unchecked=tuple(_unchecked(part) for part in given.parts("unchecked")),
        doubts=given.texts("doubts"),
    )


def _period(given: RuleSettings) -> Period:
    return Period(
        level=SchoolLevel(given.text("level")),
        grades=given.integers("grades"),
        first=given.integer("first"),
        last=given.optional_integer("last"),
        mark=SourceMark(given.text("mark")),
    )


def _scale(given: RuleSettings) -> Scale:
    also = given.part("also")
    return Scale(
        order=given.texts("order"),
        also=MappingProxyType({name: frozenset(also.texts(name)) for name in also.values}),
    )


def _rule(given: RuleSettings) -> ContentRule:
    rule = ContentRule(
        id=given.text("id"),
        article=given.text("article"),
        severity=Severity(given.text("severity")),
        mark=SourceMark(given.text("mark")),
        note=given.text("note") if "note" in given else "",
        leaves_unjudged=given.is_set("leaves_unjudged"),
    )
    if rule.mark is not SourceMark.CERTAIN and rule.severity is Severity.ERROR:
        raise ValueError(f"{rule.id} is not certain and cannot be an error")
    return rule


def _unchecked(given: RuleSettings) -> Unchecked:
    return Unchecked(
        id=given.text("id"),
        article=given.text("article"),
        mark=SourceMark(given.text("mark")),
        why=given.text("why"),
        cause=given.text("cause") if "cause" in given else "",
    )


def first_year(school_year: str) -> int | None:
    """Return the year in which a school year such as `2025-2026` begins."""
    found = re.fullmatch("([0-9]{4})-[0-9]{4}", school_year, re.ASCII)
    return int(found[1]) if found else None


def choose(given: Identification) -> RuleSet | None:
    """Choose the circular that the transcript names in its version for the level, grade and year,
    else the one that applies to these.

    None where neither is known.
    """
    able = _in_force(given)
    return next(
        (rule_set for rule_set in able if rule_set.code == given.rule_set),
        able[0] if len(able) == 1 else None,
    )


def prescribed(given: Identification) -> Mapping[str, SourceMark]:
    """Return the circulars that apply to the level, grade and year, each with how surely that is
    known; empty where it is not known.
    """
    year = first_year(given.school_year)
    periods = {
        rule_set.code: rule_set.period(given.level, given.grade, year=year)
        for rule_set in _in_force(given)
        if year is not None
    }
    return MappingProxyType(
        {code: period.mark for code, period in periods.items() if period is not None}
    )


def is_out_of_force(given: Identification) -> bool:
    """Return whether the circular that is named is certainly not in force that year, though it is
    in others for this level and grade.
    """
    year = first_year(given.school_year)
    periods = [
        period
        for rule_set in rule_sets()
        if rule_set.code == given.rule_set
        for period in rule_set.periods
        if period.level is given.level and given.grade in period.grades
    ]
    is_certain = bool(periods) and all(period.mark is SourceMark.CERTAIN for period in periods)
    return (
        year is not None
        and is_certain
        and not any(period.holds(given.level, given.grade, year=year) for period in periods)
    )


def _in_force(given: Identification) -> tuple[RuleSet, ...]:
    year = first_year(given.school_year)
    return tuple(
        rule_set
        for rule_set in rule_sets()
        if year is not None and rule_set.period(given.level, given.grade, year=year) is not None
    )
