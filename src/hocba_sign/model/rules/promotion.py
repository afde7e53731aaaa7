"""Checks of conduct, of what the summer changed and of promotion at secondary school."""

from collections.abc import Iterator

from hocba_sign.model.rules.learning import known
from hocba_sign.model.rules.settings import RuleSettings
from hocba_sign.model.rules.transcript_view import Breach, ResultView, result_steps


def letters(view: ResultView, settings: RuleSettings) -> Iterator[Breach]:
    """Results are written in the letters of the circular; those of another one, as far as they can
    be understood, are only noted.
    """
    for field in settings.texts("fields"):
        written, scale = view.written(field), view.scale(field)
        if written is None or written in scale.order:
            continue
        yield Breach(
            rule=settings.text("foreign" if written in scale.also else "rule"),
            steps=result_steps(field),
        )


def conduct_year(view: ResultView, settings: RuleSettings) -> Iterator[Breach]:
    """Conduct of the year follows from both terms; where term I is blank, from term II and
    something. Spec: TT 22/2021, Đ.8 k.2b.
    """
    table = settings.part("table")
    first, second, year = (
        view.written("conduct_1"),
        view.written("conduct_2"),
        view.written("conduct"),
    )
    if second is None or year is None or second not in table:
        return
    row = table.part(second)
    able = {row.text(value) for value in row.values if first in {None, value}}
    if able and year not in able:
        yield Breach(rule=settings.text("rule"), steps=result_steps("conduct"))


def summer_fields(view: ResultView, settings: RuleSettings) -> Iterator[Breach]:
    """A result after the summer stands only where the year failed, and stands there if a subject
    was assessed again.
    """
    failed = frozenset(settings.texts("failed"))
    for field in ("learning", "conduct"):
        year = view.result(field)
        if view.written(f"{field}_after_summer") is not None and year and not year & failed:
            yield Breach(rule=settings.text("rule"), steps=result_steps(f"{field}_after_summer"))
    if view.written("learning_after_summer") is None and any(
        row.marks.reassessed is not None for row in view.rows
    ):
        yield Breach(rule=settings.text("missing"), steps=result_steps("learning_after_summer"))


def promotion(view: ResultView, settings: RuleSettings) -> Iterator[Breach]:
    """Promoted iff conduct and learning, after the summer where it changed them, and attendance
    suffice.

    In the last grade of a level, which has no next one, a refusal may be a way of writing. Spec: TT
    22/2021, Đ.12 k.1.
    """
    if view.secondary is None:
        return
    is_promoted, steps = view.transcript.content.is_promoted, ("content", "is_promoted")
    judged = conditions(view, settings)
    if not is_promoted and all(judged):
        yield Breach(
            rule=settings.text(
                "last" if view.grade in settings.integers("last_grades") else "rule"
            ),
            steps=steps,
        )
    if is_promoted and False in judged:
        is_of_training = (
            False not in judged[1:] and view.written("conduct_after_summer") is not None
        )
        yield Breach(rule=settings.text("training" if is_of_training else "rule"), steps=steps)


def conditions(view: ResultView, settings: RuleSettings) -> tuple[bool | None, ...]:
    """Return for conduct, learning and attendance whether each suffices for promotion; None where
    the record does not show it.
    """
    absences = view.secondary.absences if view.secondary is not None else None
    learning = (
        False
        if is_barred(view, settings)
        else _suffices(view, "learning", settings.text("learning"))
    )
    attendance = None if absences is None else absences <= settings.integer("absences")
    return (_suffices(view, "conduct", settings.text("conduct")), learning, attendance)


def is_barred(view: ResultView, settings: RuleSettings) -> bool:
    """Return whether the results of the year allow no second chance in summer, as surely as they
    are known. Spec: TT 58/2011, Đ.15 k.2b.
    """
    learning, conduct = known(view, "learning"), view.result("conduct")
    for part in settings.parts("barred"):
        is_so = bool(learning) and learning <= frozenset(part.texts("learning"))
        if is_so and (
            "conduct" not in part or (conduct and conduct <= frozenset(part.texts("conduct")))
        ):
            return True
    return False


def _suffices(view: ResultView, field: str, least: str) -> bool | None:
    """Return whether a result reaches `least`; None if the record does not show it."""
    found = known(view, f"{field}_after_summer") or known(view, field)
    enough = {view.scale(field).is_at_least(letter, least) for letter in found}
    return enough.pop() if len(enough) == 1 else None
