"""Checks of the free words about completion and promotion against flags, results, level and grade.

Since 2026 the words of completion stand for the diploma of lower secondary school. Spec: Luật
123/2025/QH15; TT 10/2026.
"""

from collections.abc import Iterator
from typing import Final

from hocba_sign.model.codes import SchoolLevel
from hocba_sign.model.rules.claims import Completion, completion_in, promotion_in
from hocba_sign.model.rules.primary_rules import may_complete
from hocba_sign.model.rules.promotion import conditions
from hocba_sign.model.rules.settings import RuleSettings
from hocba_sign.model.rules.transcript_view import Breach, ResultView, result_steps, taught_as

_COMPLETION: Final = ("content", "completion")


def words(view: ResultView, settings: RuleSettings) -> Iterator[Breach]:
    """Words certify what the results allow, in the last grade of the level and of no other, and
    agree with the flag. Spec: TT 22/2021, Đ.12.
    """
    if view.secondary is None:
        return
    content, is_last = view.transcript.content, view.grade in settings.integers("last_grades")
    of_promotion = view.rule_set.settings("promotion")
    judged = conditions(view, of_promotion) if of_promotion is not None else ()
    texts = (
        (content.completion, _COMPLETION),
        (view.secondary.promotion, result_steps("promotion")),
    )
    for text, steps in texts:
        found = completion_in(text)
        if found is None:
            if text is content.completion is not None and is_last and False in judged:
                yield Breach(rule=settings.text("contradiction"), steps=steps)
            continue
        if _is_out_of_place(view, found, is_last=is_last):
            yield Breach(rule=settings.text("place"), steps=steps)
        elif (
            found.is_certified
            and is_last
            and False in judged
            and not (view.is_by_plan and content.is_promoted)
        ):
            yield Breach(rule=settings.text("certified"), steps=steps)
        elif _contradicts(
            found, is_promoted=content.is_promoted, may_be_unsaid=is_last and all(judged)
        ):
            yield Breach(rule=settings.text("contradiction"), steps=steps)
    yield from _promotion(
        view, settings, text=view.secondary.promotion, steps=result_steps("promotion")
    )
    if content.completion is not None:
        yield from _promotion(view, settings, text=content.completion, steps=_COMPLETION)
        if not is_last and not _is_of_year(content.completion):
            yield Breach(rule=settings.text("field"), steps=_COMPLETION)
    if is_last and content.is_promoted and content.completion is None and "missing" in settings:
        yield Breach(rule=settings.text("missing"), steps=_COMPLETION)


def _is_out_of_place(view: ResultView, found: Completion, *, is_last: bool) -> bool:
    """Return whether words certify another level or grade than that of the transcript, or a level
    before its last grade.
    """
    if not found.is_certified:
        return False
    if found.grade is not None:
        return found.grade != view.grade
    return found.level is not None and (
        found.level is not taught_as(view.transcript) or not is_last
    )


def _is_of_year(text: str) -> bool:
    """Return whether words of completion are about the year alone."""
    found = completion_in(text)
    return promotion_in(text) is not None if found is None else found.is_of_year


def _contradicts(found: Completion, *, is_promoted: bool, may_be_unsaid: bool) -> bool:
    """Return whether words and flag disagree; in the last grade the flag may say no for want of a
    next one.
    """
    return found.is_certified is not is_promoted and not (found.is_certified and may_be_unsaid)


def _promotion(
    view: ResultView, settings: RuleSettings, *, text: str, steps: tuple[str | int, ...]
) -> Iterator[Breach]:
    found = promotion_in(text)
    if found is None:
        return
    is_elsewhere = found.is_granted and found.grade not in {None, view.grade + 1}
    if found.is_granted is not view.transcript.content.is_promoted or is_elsewhere:
        yield Breach(rule=settings.text("contradiction"), steps=steps)


def words_at_primary(view: ResultView, settings: RuleSettings) -> Iterator[Breach]:
    """Words certify what result and flags do, primary school in its last grade only.

    Spec: TT 27/2020, Đ.11.
    """
    content, primary = view.transcript.content, view.primary
    if primary is None or content.completion is None:
        return
    found = completion_in(content.completion)
    if found is not None:
        is_of_level = found.level is not None
        is_elsewhere = found.level not in {None, SchoolLevel.PRIMARY} or found.grade not in {
            None,
            view.grade,
        }
        is_early = is_of_level and view.grade != settings.integer("last_grade")
        flags = (
            (primary.has_completed_primary, primary.has_completed_grade)
            if is_of_level
            else (primary.has_completed_grade,)
        )
        if found.is_certified and (is_elsewhere or is_early):
            yield Breach(rule=settings.text("place"), steps=_COMPLETION)
        elif found.is_certified and (
            False in flags or (may_complete(view) == {False} and not view.is_by_plan)
        ):
            yield Breach(rule=settings.text("certified"), steps=_COMPLETION)
        elif not found.is_certified and not is_elsewhere and flags[0] is True:
            yield Breach(rule=settings.text("contradiction"), steps=_COMPLETION)
    yield from _promotion(view, settings, text=content.completion, steps=_COMPLETION)
