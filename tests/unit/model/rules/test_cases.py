"""Every rule by a transcript that keeps it and one, changed at few places, that breaks it."""

import json
from pathlib import Path
from typing import Any, Final

import pytest

from hocba_sign.catalogue.messages import catalogue
from hocba_sign.model.rules import RuleFinding, Severity, apply_rules, rule_sets
from hocba_sign.model.rules.ruleset import document_rules
from tests.support.changes import BASES, base, changed

CASES: Final[list[dict[str, Any]]] = json.loads(
    (Path(__file__).parent / "cases.json").read_text("utf-8")
)
SETS: Final = (document_rules(), *rule_sets())


def errors(findings: tuple[RuleFinding, ...]) -> tuple[RuleFinding, ...]:
    return tuple(finding for finding in findings if finding.severity is Severity.ERROR)


def named(case: dict[str, Any]) -> str:
    return f"{case['rule']}-{case['base']}"


@pytest.mark.parametrize("name", BASES)
def test_the_bases_break_no_rule(name: str) -> None:
    assert apply_rules(base(name)) == ()


@pytest.mark.parametrize("case", CASES, ids=named)
def test_keeping_the_rule_passes(case: dict[str, Any]) -> None:
    found = apply_rules(changed(base(case["base"]), case["passes"]))
    assert case["rule"] not in {finding.rule for finding in found}
    assert not errors(tuple(finding for finding in found if finding.rule not in {"X1", "X10"}))


@pytest.mark.parametrize("case", CASES, ids=named)
def test_breaking_the_rule_is_found_where_it_is_broken(case: dict[str, Any]) -> None:
    rule = next(one for one in SETS if one.code == case["rule_set"]).rules[case["rule"]]
    found = [
        finding
        for finding in apply_rules(changed(base(case["base"]), case["fails"]))
        if finding.rule == rule.id
    ]
    assert found
    assert {(finding.article, finding.severity, finding.mark) for finding in found} == {
        (rule.article, rule.severity, rule.mark)
    }
    if "at" in case:
        assert any(finding.where.endswith(case["at"]) for finding in found), [
            finding.where for finding in found
        ]


@pytest.mark.parametrize("rule_set", SETS, ids=lambda one: one.code)
def test_every_rule_has_a_case_and_words(rule_set: Any) -> None:
    with_case = {case["rule"] for case in CASES if case["rule_set"] == rule_set.code}
    assert set(rule_set.rules) == with_case
    assert {f"RULE.{rule}" for rule in rule_set.rules} <= set(catalogue())


def test_a_reading_left_open_is_never_an_error() -> None:
    """Where a case is about a warning of two readings, no reading makes it an error."""
    open_rules = {"R22-6O", "R22-7A", "R27-3O", "R43-2S", "R43-2O", "R58-3A", "R58-4T"}
    for case in CASES:
        if case["rule"] in open_rules:
            assert not errors(apply_rules(changed(base(case["base"]), case["fails"]))), case
