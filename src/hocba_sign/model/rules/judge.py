"""Judge a transcript by the rules of the circular that it names."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Final

from hocba_sign.model.fields import element_path
from hocba_sign.model.rules import (
    any_transcript,
    free_words,
    learning,
    primary_rules,
    promotion,
    scores,
    titles,
)
from hocba_sign.model.rules.finding import RuleFinding, SourceMark
from hocba_sign.model.rules.ruleset import (
    RuleSet,
    choose,
    document_rules,
    is_out_of_force,
    prescribed,
)
from hocba_sign.model.rules.transcript_view import Breach, Check, ResultView
from hocba_sign.model.transcript import DATA_PATH, Transcript

CHECKS: Final[Mapping[str, Check]] = MappingProxyType(
    {
        "comment_year": scores.comment_year,
        "completed_grade": primary_rules.completed_grade,
        "completed_primary": primary_rules.completed_primary,
        "composition": scores.composition,
        "conduct_year": promotion.conduct_year,
        "exemptions": scores.exemptions,
        "learning": learning.learning,
        "letters": promotion.letters,
        "mark_kind": scores.mark_kind,
        "missing": scores.missing,
        "missing_at_primary": primary_rules.missing_at_primary,
        "newer_version": any_transcript.newer_version,
        "no_outcome": primary_rules.no_outcome,
        "one_slot_per_teacher": any_transcript.one_slot_per_teacher,
        "outcome": primary_rules.outcome,
        "overall_mean": scores.overall_mean,
        "personal_id": any_transcript.personal_id,
        "programme": any_transcript.programme,
        "promotion": promotion.promotion,
        "promotion_at_primary": primary_rules.promotion_at_primary,
        "reassessed_subjects": scores.reassessed_subjects,
        "score_form": scores.score_form,
        "study_history": any_transcript.study_history,
        "summer_fields": promotion.summer_fields,
        "test_form": primary_rules.test_form,
        "tests": primary_rules.tests,
        "titles": titles.titles,
        "titles_at_primary": titles.titles_at_primary,
        "unjudged": any_transcript.unjudged,
        "words": free_words.words,
        "words_at_primary": free_words.words_at_primary,
        "year_mean": scores.year_mean,
    }
)
"""The checks that a rule set's file may name.

A file brings the thresholds; a new kind of rule is a function here.
"""

_RULE_SET: Final = ("identification", "rule_set")
_PARTICULARS: Final = ("content", "particulars")
_EXEMPT: Final = (*_PARTICULARS, "is_exempt_from_assessment")


def apply_rules(transcript: Transcript) -> tuple[RuleFinding, ...]:
    """Return every breach, in the order of the rules, each with its path and none with a value.

    What `model.check` finds is not repeated. A transcript that names a circular which does not
    apply is judged by the one that does. A pupil who is not assessed for a disability is judged by
    the rules of the document only.
    """
    common, chosen = document_rules(), choose(transcript.identification)
    found = [*_of_its_time(transcript, common), *apply_rule_set(transcript, common)]
    if chosen is None:
        found.append(_finding(common, Breach(rule="NO_RULE_SET", steps=_RULE_SET)))
    elif transcript.content.particulars.is_exempt_from_assessment:
        found.append(_finding(common, Breach(rule="NOT_ASSESSED", steps=_EXEMPT)))
    else:
        found.extend(apply_rule_set(transcript, chosen))
    return tuple(dict.fromkeys(found))


def apply_rule_set(transcript: Transcript, rule_set: RuleSet) -> Iterator[RuleFinding]:
    """Judge by one rule set, whether or not the transcript names it and its year is one of that
    rule set.

    Of a pupil with an individual plan, what the plan decides is told once, as no breach.
    """
    view = ResultView.of(transcript, rule_set)
    decided = frozenset(rule_set.by_plan.texts("instead_of")) if view.is_by_plan else frozenset()
    for name, settings in rule_set.checks:
        for breach in CHECKS[name](view, settings):
            is_decided = breach.rule in decided
            yield _finding(
                rule_set,
                Breach(rule=rule_set.by_plan.text("rule"), steps=_PARTICULARS)
                if is_decided
                else breach,
            )


def _of_its_time(transcript: Transcript, common: RuleSet) -> Iterator[RuleFinding]:
    """Judge X1: the circular is the one that applies to the level, the grade and the year, as far
    as that is known.
    """
    given = transcript.identification
    marks, is_over = prescribed(given), is_out_of_force(given)
    if given.rule_set in marks or not (marks or is_over):
        return
    yield _finding(
        common,
        Breach(
            rule="X1" if is_over or SourceMark.CERTAIN in marks.values() else "X1I", steps=_RULE_SET
        ),
    )


def _finding(rule_set: RuleSet, breach: Breach) -> RuleFinding:
    rule = rule_set.rules[breach.rule]
    where = DATA_PATH + element_path(Transcript, *breach.steps)
    return RuleFinding(
        rule=rule.id,
        article=rule.article,
        severity=rule.severity,
        mark=rule.mark,
        where=where,
        leaves_unjudged=rule.leaves_unjudged,
    )
