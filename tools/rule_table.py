"""Write docs/reference/rules.md from the rule sets; with --check, fail where the file is stale."""

import sys
from collections.abc import Iterator
from pathlib import Path

from hocba_sign.catalogue.messages import message
from hocba_sign.model.rules import Severity
from hocba_sign.model.rules.ruleset import ContentRule, Period, RuleSet, document_rules, rule_sets

TARGET = Path(__file__).parent.parent / "docs" / "reference" / "rules.md"

HEAD = """# Rules of the circulars on assessment

Made by `tools/rule_table.py` from `src/hocba_sign/data/rules/`; changes here are lost.

A transcript is judged by the rule set of the circular that it names (`thongtu`), if that one is valid for its level, grade and school year,
and by the rules of the document. A pupil with `cokhuyettatkhongdanhgia` is judged by the latter only; a subject marked `M` takes no part.

- **ContentRule**: the id in a finding; `RULE.<id>` has its words in the catalogue.
- **Severity**: `error`, proven to contradict the circular; `warning`, probably wrong, or right by one reading of it; `info`, worth knowing.
- **Mark**: how surely the rule is known. C: from the official text or two independent sources. L: from one secondary source, or well known
  and not read again word for word. I: inferred. Only a rule with C can be an error: an honest record refused is as grave as a wrong one passed.
- **Why**: what makes it an error, or what keeps it from being one.

Where a mark or a result is blank, what is certain whatever stood there is judged, and nothing else. A row without any mark of a subject that not everybody
takes is that of a subject not chosen. Of a pupil with an individual plan (`cokehoachgiaoduccanhan`, or told by the words about the pupil or the school) the
rules that the plan decides are replaced by one note. A transcript that names a circular which does not apply is an error, and judged by the one that does.

A finding has the rule, its article and the path of the field, never the value. Arithmetic is exact decimal.

Adding a rule set: one more JSON file in that folder, and the words of its rules in `catalogue/rules.json`. The checks that a file may name, and
what each reads from its settings, are the functions listed in `hocba_sign.model.rules.judge.CHECKS`.
"""


def rule_set_page(rule_set: RuleSet) -> Iterator[str]:
    yield f"## {rule_set.title}\n"
    yield f"`{rule_set.code}`: {rule_set.source}.\n"
    if rule_set.periods:
        yield f"Valid for {'; '.join(map(period_words, rule_set.periods))}.\n"
    if rule_set.by_plan.values:
        decided = ", ".join(f"`{rule}`" for rule in rule_set.by_plan.texts("instead_of"))
        yield f"With an individual plan `{rule_set.by_plan.text('rule')}` stands for {decided}.\n"
    if rule_set.comment_subjects:
        yield (
            f"Assessed by comment: subjects "
            f"{', '.join(f'`{code}`' for code in sorted(rule_set.comment_subjects))}.\n"
        )
    yield (
        "| ContentRule | Article | Severity | Mark | Why | Tiếng Việt | English "
        "|\n|---|---|---|---|---|---|---|"
    )
    for rule in rule_set.rules.values():
        words = message(f"RULE.{rule.id}")
        yield row(
            f"`{rule.id}`", rule.article, rule.severity, rule.mark, why(rule), words.vi, words.en
        )
    if rule_set.unchecked:
        yield (
            "\n### Not judged here\n\n| ContentRule | Article | Mark | Why | Reported as "
            "|\n|---|---|---|---|---|"
        )
        for one in rule_set.unchecked:
            yield row(
                f"`{one.id}`", one.article, one.mark, one.why, f"`{one.cause}`" if one.cause else ""
            )
    if rule_set.doubts:
        yield "\n### Doubts about the reading\n"
        yield from (f"- {doubt}" for doubt in rule_set.doubts)
    yield ""


def why(rule: ContentRule) -> str:
    """Say what makes a rule an error; of others the data says what keeps them from it."""
    certain = (
        "the text is certain and the record contradicts it"
        if rule.severity is Severity.ERROR
        else ""
    )
    return "; ".join(part for part in (certain, rule.note) if part)


def period_words(period: Period) -> str:
    grades = ", ".join(str(grade) for grade in sorted(period.grades))
    first, last = (
        school_year(period.first),
        school_year(period.last) if period.last is not None else "",
    )
    years = f"from {first}" if not last else (first if first == last else f"{first} to {last}")
    return f"level {period.level}, grade {grades}: {years} [{period.mark}]"


def school_year(year: int) -> str:
    return f"{year}–{year + 1}"


def row(*cells: str) -> str:
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"


def page() -> str:
    newest_first = sorted(rule_sets(), key=lambda one: -max(period.first for period in one.periods))
    return "\n".join(
        [
            HEAD,
            *(
                line
                for rule_set in (document_rules(), *newest_first)
                for line in rule_set_page(rule_set)
            ),
        ]
    )


def main() -> int:
    written = page()
    if "--check" in sys.argv[1:]:
        if not TARGET.exists() or TARGET.read_text("utf-8") != written:
            print(f"{TARGET.name} is stale: run {Path(__file__).name}")
            return 1
        return 0
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    TARGET.write_text(written, "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
