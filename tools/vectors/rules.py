"""Area rules: what the circulars on assessment forbid, each with the honest record beside it.

The records are those of `tests/unit/model/rules/cases.json`, the first of each rule that the format
can hold.
"""

import json
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from hocba_sign.errors import InputError
from hocba_sign.model.check import check
from hocba_sign.model.rules import Severity, apply_rules, rule_sets
from hocba_sign.model.rules.ruleset import RuleSet, document_rules
from hocba_sign.model.transcript import Transcript
from hocba_sign.testing.drafts import drafted
from tests.support.changes import base, changed
from tools.vectors.case import Case
from tools.vectors.stage import Stage

_CASES = Path(__file__).resolve().parents[2] / "tests" / "unit" / "model" / "rules" / "cases.json"


def cases(stage: Stage) -> Iterator[Case]:
    given = json.loads(_CASES.read_text("utf-8"))
    for rule_set in {one.code: one for one in (document_rules(), *reversed(rule_sets()))}.values():
        for rule in rule_set.rules:
            is_error = rule_set.rules[rule].severity is Severity.ERROR
            own = (one for one in given if (one["rule_set"], one["rule"]) == (rule_set.code, rule))
            usable = (one for one in own if _holds(one, is_error=is_error))
            for one in islice(usable, 1):
                yield from _pair(rule_set, rule, one)
    yield from _signed(stage)


def _pair(rule_set: RuleSet, rule: str, given: dict[str, Any]) -> Iterator[Case]:
    law = rule_set.rules[rule]
    name = f"rules/{_slug(rule_set, rule)}"
    is_error = law.severity is Severity.ERROR
    yield Case(
        identifier=name,
        title=f"{rule}: a record that breaks the rule",
        why=f"The rule is {law.severity}, its text {_SURETY[law.mark]}",
        spec=_spec(rule_set, law.article),
        document=_document(given, "fails"),
        verdict="INVALID" if is_error else "VALID",
        causes=(f"RULE.{rule}",),
        command="validate",
        twin=f"{name}-kept",
    )
    yield Case(
        identifier=f"{name}-kept",
        title=f"{rule}: the same record, changed so that it keeps the rule",
        why="An honest record is not refused",
        spec=_spec(rule_set, law.article),
        document=_document(given, "passes"),
        verdict="VALID",
        command="validate",
        twin=name,
    )


_SURETY = {"C": "certain", "L": "known from one secondary source", "I": "inferred"}


def _spec(rule_set: RuleSet, article: str) -> str:
    """Write a clause as the source does: `TT 22/2021, Đ.9 k.1a`."""
    if rule_set.code == document_rules().code:
        return "docs/reference: rules"
    short = article.replace("Điều ", "Đ.").replace(" khoản ", " k.").replace(" điểm ", "")
    return f"{rule_set.code.replace('TT', 'TT ', 1)}, {short}"


def _slug(rule_set: RuleSet, rule: str) -> str:
    shared = sum(rule in one.rules for one in {one.code: one for one in rule_sets()}.values()) > 1
    return (
        f"{rule}-{rule_set.code.replace('/', '-')}".lower()
        if shared
        else rule.lower().replace("_", "-")
    )


def _record(given: dict[str, Any], side: str) -> Transcript:
    return changed(base(given["base"]), given[side])


def _document(given: dict[str, Any], side: str) -> bytes:
    return drafted(_record(given, side))


def _holds(given: dict[str, Any], *, is_error: bool) -> bool:
    """Return whether the format can hold both records and nothing else is wrong with either."""
    kept, broken = _record(given, "passes"), _record(given, "fails")
    try:
        drafted(kept), drafted(broken)
    except InputError:
        return False
    is_clean = not check(kept) and not check(broken)
    return is_clean and not _errors(kept) and (is_error or not _errors(broken))


def _errors(transcript: Transcript) -> bool:
    return any(finding.severity is Severity.ERROR for finding in apply_rules(transcript))


_SIGNED: tuple[tuple[str, str, str, dict[str, Any], tuple[str, ...]], ...] = (
    ("signed-primary", "lop5", "Grade 5, completed, signed by everybody", {}, ()),
    (
        "signed-completed-in-words-only",
        "lop5",
        "Grade 5, not completed, words that say it is, signed by everybody",
        {
            "subjects.01.achievement": "C",
            "subjects.01.test": "3",
            "assessment.outcome": "CHT",
            "assessment.has_completed_grade": False,
            "assessment.has_completed_primary": False,
            "content.award": None,
            "content.is_promoted": False,
        },
        ("RULE.R27-13", "DOC.RULES"),
    ),
    (
        "signed-words-against-the-field",
        "lop5",
        "Grade 5, completed, words that deny it, signed by everybody",
        {"content.completion": "Chưa hoàn thành chương trình tiểu học"},
        ("RULE.R27-14",),
    ),
    ("signed-lower-secondary", "lop9", "Grade 9, completed, signed by everybody", {}, ()),
    (
        "signed-diploma-for-a-failed-year",
        "lop9",
        "Grade 9, Chưa đạt, words that stand for the diploma, signed by everybody",
        {
            "subjects.15.*": "2.0",
            "subjects.19.*": "3.0",
            "assessment.learning_1": "CĐ",
            "assessment.learning_2": "CĐ",
            "assessment.learning": "CĐ",
            "content.is_promoted": False,
            "assessment.promotion": "Không được lên lớp",
        },
        ("RULE.R22-20", "DOC.RULES"),
    ),
)


def _signed(stage: Stage) -> Iterator[Case]:
    for name, source, title, changes, causes in _SIGNED:
        honest = next(one[0] for one in _SIGNED if one[1] == source and not one[3])
        other = next(one[0] for one in _SIGNED if one[1] == source and one[3])
        is_refused = any(_is_error(cause.removeprefix("RULE.")) for cause in causes)
        yield Case(
            identifier=f"rules/{name}",
            title=title,
            why="Good signatures do not make a wrong result right"
            if changes
            else "An honest record is VALID",
            spec="Luật 123/2025/QH15; the circular that the document names",
            document=_completed(stage, changed(base(source), changes)),
            verdict="INVALID" if is_refused else "VALID",
            causes=causes,
            twin=f"rules/{honest if changes else other}",
        )


def _is_error(rule: str) -> bool:
    return any(
        rule in one.rules and one.rules[rule].severity is Severity.ERROR for one in rule_sets()
    )


def _completed(stage: Stage, transcript: Transcript) -> bytes:
    """Return the document signed in order, without any of the checks that signing makes."""
    document = drafted(transcript)
    for signer in transcript.expected_signers:
        document = stage.forged(document, signer.slot, stage.identity(signer))
    return document
