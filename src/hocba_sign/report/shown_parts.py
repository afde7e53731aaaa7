"""What an extract shows, for people: on a screen or on a page. No report carries it."""

from collections.abc import Iterator
from decimal import Decimal
from functools import cache
from typing import Final

from hocba_sign.catalogue.messages import Language
from hocba_sign.extract.content import ExtractContent, PrivateData, ShownSubject, YearResult
from hocba_sign.model.codes import Sex, code_list
from hocba_sign.rendering.template import CURRENT, load_template
from hocba_sign.report.facts import head_facts
from hocba_sign.report.lines import fact_lines
from hocba_sign.report.phrases import phrase, printable
from hocba_sign.report.seven_items import Fact

_NONE: Final = "–"


def content_facts(content: ExtractContent, language: Language) -> tuple[Fact, ...]:
    """Return everything that is shown, by label."""
    facts = [*head_facts(content.head, language)]
    if content.private is not None:
        facts += _private(content.private, language)
    if content.result is not None:
        facts += _result(content.result, language)
    grade = content.head.grade
    facts += (_subject(subject, language, grade=grade) for subject in content.subjects)
    return tuple(Fact(fact.label, printable(fact.value)) for fact in facts)


def content_text(content: ExtractContent, language: Language) -> str:
    """Write what is shown, without a line feed at the end."""
    return "\n".join([phrase("SHOWN", language), *fact_lines(content_facts(content, language))])


def _private(private: PrivateData, language: Language) -> Iterator[Fact]:
    words = _words("IdentityPaper")
    paper = (
        None
        if private.paper is None
        else f"{words.get(str(private.paper[0]), '')} {private.paper[1]}".strip()
    )
    known = {str(code) for code in Sex}
    sex = _words("Sex").get(str(private.sex), "") if str(private.sex) in known else ""
    for key, value in (
        ("PERSONAL_ID", private.personal_id),
        ("PAPER", paper),
        ("BIRTH", private.birth),
        ("SEX", sex),
        ("PUPIL_CODE", private.pupil_code),
        ("CLASS", private.class_name),
    ):
        if value:
            yield Fact(phrase(key, language), value)


def _result(result: YearResult, language: Language) -> Iterator[Fact]:
    ratings, outcomes = _words("Rating"), _words("PrimaryOutcome")
    for key, value, words in (
        ("RESULT_OF_YEAR", result.outcome, outcomes),
        ("LEARNING", result.learning, ratings),
        ("CONDUCT", result.conduct, ratings),
        ("LEARNING_AFTER_SUMMER", result.learning_after_summer, ratings),
        ("CONDUCT_AFTER_SUMMER", result.conduct_after_summer, ratings),
    ):
        if value is not None:
            yield Fact(phrase(key, language), words.get(value, value))
    promoted = phrase("PROMOTED_YES" if result.is_promoted else "PROMOTED_NO", language)
    yield Fact(phrase("PROMOTION", language), promoted)


def _subject(subject: ShownSubject, language: Language, *, grade: int) -> Fact:
    said = [mark for mark in (subject.achievement, _mark(subject.mark)) if mark is not None]
    if subject.reassessed is not None:
        said.append(phrase("REASSESSED", language, mark=_mark(subject.reassessed)))
    return Fact(subject_name(subject.code, grade), "; ".join(said) or _NONE)


def subject_name(code: str, grade: int) -> str:
    """Return what the national list calls a subject of a grade, else its code."""
    entries = code_list("subjects").entries.get(code, ())
    fitting = [entry for entry in entries if grade in entry.grades] or list(entries)
    return fitting[-1].name if fitting else f"mon-{code}"


def _mark(mark: Decimal | str | None) -> str | None:
    return None if mark is None else str(mark).replace(".", ",")


@cache
def _words(kind: str) -> dict[str, str]:
    return dict(load_template(CURRENT).words.get(kind, {}))
