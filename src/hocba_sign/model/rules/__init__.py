"""The circulars on assessment as data, and the judgement of a transcript by them."""

from hocba_sign.model.rules.finding import RuleFinding, Severity, SourceMark
from hocba_sign.model.rules.judge import apply_rules
from hocba_sign.model.rules.ruleset import RuleSet, choose, rule_sets

__all__ = ["RuleFinding", "RuleSet", "Severity", "SourceMark", "apply_rules", "choose", "rule_sets"]
