"""A transcript as the texts of its pages, in the order in which the pages show them."""

from collections.abc import Iterable
from typing import Any, Final, TypeAlias

from hocba_sign.frozen_dataclass import dataclass
from hocba_sign.model.codes import SchoolLevel, TranscriptStatus
from hocba_sign.model.primary import PrimaryAssessment
from hocba_sign.model.results import teacher_id
from hocba_sign.model.transcript import Transcript
from hocba_sign.model.workflow import PLANS, Role, Slot
from hocba_sign.rendering.shown import Recorder
from hocba_sign.rendering.template import FIRST, Template

Texts: TypeAlias = dict[str, Any]
"""What the template reads: texts, truth values, lists and tables of them."""

_LAST_LOWER_GRADE: Final = 9
_COMMENT_WIDTH: Final = 28
_TRAIT_COMMENT_WIDTH: Final = 50
_MOST_LINES: Final = 9
"""A comment that fills more lines of so many letters goes below its row, over the table's whole
width.
"""
_FORMS: Final = {
    SchoolLevel.PRIMARY: "TIEU_HOC",
    SchoolLevel.LOWER_SECONDARY: "THCS",
    SchoolLevel.UPPER_SECONDARY: "THPT",
}
_PRINCIPAL: Final = "hiệu trưởng"
_IDENTITY: Final = "identification"
_PUPIL: Final = (_IDENTITY, "pupil")
_SCHOOL: Final = (_IDENTITY, "school")
_CONTENT: Final = "content"
_ASSESSMENT: Final = (_CONTENT, "assessment")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """All pages of one transcript: `texts` for the template, `fields` as (path, text) in the order
    of the pages.
    """

    texts: Texts
    fields: tuple[tuple[str, str], ...]


def fill(transcript: Transcript, template: Template) -> Sheet:
    """Write the texts of every page, in order."""
    show = Recorder(transcript, template.words)
    is_primary = isinstance(transcript.content.assessment, PrimaryAssessment)
    texts = {
        "form": _form(transcript),
        "is_continuing": transcript.level is SchoolLevel.CONTINUING,
        "grade": transcript.identification.grade,
        "cover": _cover(show),
        "pupil": _pupil(show),
        "earlier": _earlier(show),
        "head": _head(show, template),
        "year": _primary(show, template) if is_primary else _secondary(show, template),
        "foot": _foot(show, template),
    }
    return Sheet(texts=texts, fields=tuple(show.fields))


def _head(show: Recorder, template: Template) -> Texts:
    """Return what stands above the results; the school year is the heading since the second
    template.
    """
    year = {} if template.version == FIRST else {"year": show(_IDENTITY, "school_year")}
    texts: Texts = {
        **year,
        "name": show(*_PUPIL, "full_name"),
        "class": show(_IDENTITY, "class_name"),
    }
    if template.version == FIRST:
        texts["year"] = show(_IDENTITY, "school_year")
    return texts | {"school": show(*_SCHOOL, "name"), "exempt": _disability(show)}


def _disability(show: Recorder) -> str:
    """Return the line about a disabled pupil that stands above the results: not assessed, or by the
    individual plan.
    """
    names = ("is_exempt_from_assessment", "has_individual_plan")
    given = [
        name for name in names if getattr(show.transcript.content.particulars, name) is not None
    ]
    return "; ".join(
        text for text in [show(_CONTENT, "particulars", attribute) for attribute in given] if text
    )


def _form(transcript: Transcript) -> str:
    if transcript.level is SchoolLevel.CONTINUING:
        return "THCS" if transcript.identification.grade <= _LAST_LOWER_GRADE else "THPT"
    return _FORMS[transcript.level]


def _cover(show: Recorder) -> Texts:
    given = show.transcript.identification
    return {
        "digitised": show(_IDENTITY, "is_digitised"),
        "withdrawn": show(_IDENTITY, "status")
        if given.status is TranscriptStatus.WITHDRAWN
        else "",
        "name": show(*_PUPIL, "full_name"),
        "class": show(_IDENTITY, "class_name"),
        "school": show(*_SCHOOL, "name"),
        "year": show(_IDENTITY, "school_year"),
        "commune": show(*_SCHOOL, "commune"),
        "district": show(*_SCHOOL, "district") if given.school.district else "",
        "province": show(*_SCHOOL, "province"),
        "register": show(_CONTENT, "particulars", "register_number"),
        "id": show(_IDENTITY, "id"),
        "version": show(_IDENTITY, "version"),
        "created": show(_IDENTITY, "created"),
        "rule_set": show(_IDENTITY, "rule_set"),
        "department": show(*_SCHOOL, "department_name"),
        "school_code": show(*_SCHOOL, "code"),
        "pupil_code": show(*_PUPIL, "code"),
        "learning_record": show(_IDENTITY, "learning_record") if given.learning_record else "",
        "replaces": _reference(show, "replaces", ("id", "version")) if given.replaces else None,
        "previous": _reference(show, "previous", ("id", "version", "digest"))
        if given.previous
        else None,
    }


def _reference(show: Recorder, attribute: str, parts: Iterable[str]) -> Texts:
    return {part: show(_IDENTITY, attribute, part) for part in parts}


def _pupil(show: Recorder) -> Texts:
    pupil = show.transcript.pupil
    born = next(
        (
            name
            for name in ("birth_date", "birth_month", "birth_year")
            if getattr(pupil, name) is not None
        ),
        "birth_date",
    )
    paper = (*_PUPIL, "identity_document")
    texts = {
        "name": show(*_PUPIL, "full_name"),
        "sex": show(*_PUPIL, "sex"),
        "born": show(*_PUPIL, born),
    }
    texts |= {
        name: show(_CONTENT, "particulars", name)
        for name in ("ethnic_group", "nationality", "policy_group")
    }
    texts["personal_id"] = show(*_PUPIL, "personal_id")
    texts |= {
        name: show(*paper, name) if pupil.identity_document else "" for name in ("kind", "number")
    }
    texts |= {
        name: show(_CONTENT, "particulars", name, "detail")
        for name in ("birthplace", "home_town", "residence")
    }
    for relative in ("father", "mother", "guardian"):
        texts |= {
            name: show(_CONTENT, "particulars", name)
            for name in (relative, f"{relative}_occupation")
        }
    texts |= {name: show("signers", "principal", name) for name in ("full_name", "title")}
    return texts | {"issued": show("signers", "issued")}


def _earlier(show: Recorder) -> list[Texts]:
    is_primary = show.transcript.level is SchoolLevel.PRIMARY
    first = ("school_year", "class_name", "school", "province")
    columns = (*first, "register_number", "arrived") if is_primary else (*first, "arrived")
    years = range(len(show.transcript.content.earlier_years))
    return [
        {column: show(_CONTENT, "earlier_years", n, column) for column in columns} for n in years
    ]


def _subjects(show: Recorder, template: Template, columns: tuple[str, ...]) -> list[Texts]:
    """Return the rows of the form in its order, those of subjects not taken without values, then
    subjects that the form does not name.

    The form of continuing education is not published: its rows are the subjects taken.
    """
    places = {subject.code: n for n, subject in enumerate(show.transcript.subjects)}
    form = template.rows[_form(show.transcript)]
    known = {code for code, _ in form}
    is_open = show.transcript.level is SchoolLevel.CONTINUING
    rows = [(code, title) for code, title in form if not is_open or code in places]
    rows += [
        (subject.code, "") for subject in show.transcript.subjects if subject.code not in known
    ]
    return [_subject(show, places.get(code), columns) or {"name": title} for code, title in rows]


def _subject(show: Recorder, n: int | None, columns: tuple[str, ...]) -> Texts:
    if n is None:
        return {}
    steps = (_CONTENT, "subjects", n)
    texts: Texts = {"name": show(*steps, "name")}
    texts |= {column: show(*steps, "marks", column) for column in columns}
    subject = show.transcript.subjects[n]
    is_long = _lines(subject.comment, _COMMENT_WIDTH) > _MOST_LINES
    if not is_long:
        texts["comment"] = show(*steps, "comment")
    texts["teachers"] = [_teacher(show, n, k) for k in range(len(subject.teachers))]
    return texts | ({"comment": "", "long_comment": show(*steps, "comment")} if is_long else {})


def _lines(text: str | None, width: int) -> int:
    """Estimate how many lines a text fills; a line of its own is begun at each line feed."""
    return sum(1 + len(line) // width for line in (text or "").split("\n"))


def _teacher(show: Recorder, n: int, k: int) -> Texts:
    subject = show.transcript.subjects[n].id
    slot = Slot(Role.GVBM, subject, teacher_id(subject, k + 1))
    stand_in = next(
        (
            m
            for m, substitute in enumerate(show.transcript.signers.substitutes)
            if substitute.teacher == slot.teacher
        ),
        None,
    )
    return {
        "name": show(_CONTENT, "subjects", n, "teachers", k, "full_name"),
        "substitute": ""
        if stand_in is None
        else show("signers", "substitutes", stand_in, "full_name"),
        "slot": str(slot) if _has_step(show.transcript, Role.GVBM) else None,
    }


def _substitutes(show: Recorder) -> list[Texts]:
    parts = ("full_name", "title", "reason")
    return [
        {part: show("signers", "substitutes", n, part) for part in parts}
        for n in range(len(show.transcript.signers.substitutes))
    ]


def _has_step(transcript: Transcript, role: Role) -> bool:
    return PLANS[transcript.plan_name].step(role) is not None


def _primary(show: Recorder, template: Template) -> Texts:
    sizes = ("height", "weight", "excused_absences", "unexcused_absences")
    texts: Texts = {size: show(*_ASSESSMENT, size) for size in sizes}
    texts["subjects"] = _subjects(show, template, ("achievement", "test"))
    texts["substitutes"] = _substitutes(show)
    groups = {
        "qualities": ("patriotism", "compassion", "diligence", "honesty", "responsibility"),
        "general_competences": ("autonomy", "cooperation", "problem_solving"),
        "specific_competences": (
            "language",
            "calculation",
            "science",
            "technology",
            "informatics",
            "aesthetics",
            "fitness",
        ),
    }
    for group, levels in groups.items():
        texts[group] = _traits(show, group, levels)
    texts["outcome"] = show(*_ASSESSMENT, "outcome")
    texts["award"] = show(_CONTENT, "award")
    texts["special_award"] = show(*_ASSESSMENT, "special_award")
    texts |= {
        name: show(*_ASSESSMENT, name) for name in ("has_completed_grade", "has_completed_primary")
    }
    texts["completion"] = _completion(show, template, said=texts)
    return texts | {name: show(_CONTENT, name) for name in ("is_promoted", "homeroom_comment")}


def _completion(show: Recorder, template: Template, *, said: Texts) -> str:
    """Return what was completed in words, unless they repeat what the two statements before them
    say, which one line joins since the second template.
    """
    words = (show.transcript.content.completion or "").strip().casefold()
    statements = (said["has_completed_grade"], said["has_completed_primary"])
    if template.version != FIRST and words in {statement.casefold() for statement in statements} - {
        ""
    }:
        return ""
    return show(_CONTENT, "completion")


def _traits(show: Recorder, group: str, levels: tuple[str, ...]) -> Texts:
    comment = getattr(getattr(show.transcript.content.assessment, group), "comment", None)
    is_long = _lines(comment, _TRAIT_COMMENT_WIDTH) > _MOST_LINES
    order = (*levels, "comment") if is_long else (levels[0], "comment", *levels[1:])
    texts: Texts = {name: show(*_ASSESSMENT, group, name) for name in order}
    return texts | (
        {"comment": "", "long_comment": texts["comment"]} if is_long else {"long_comment": ""}
    )


def _secondary(show: Recorder, template: Template) -> Texts:
    texts: Texts = {
        "subjects": _subjects(show, template, ("term_1", "term_2", "year", "reassessed"))
    }
    texts["substitutes"] = _substitutes(show)
    texts |= {
        name: show(*_ASSESSMENT, name)
        for name in (
            "conduct_1",
            "learning_1",
            "absences",
            "conduct_after_summer",
            "learning_after_summer",
        )
    }
    texts |= {
        "is_promoted": show(_CONTENT, "is_promoted"),
        "promotion": show(*_ASSESSMENT, "promotion"),
    }
    texts |= {
        name: show(*_ASSESSMENT, name)
        for name in ("conduct_2", "learning_2", "conduct", "learning")
    }
    texts["completion"] = show(_CONTENT, "completion")
    certificates = range(len(getattr(show.transcript.content.assessment, "certificates", ())))
    texts["certificates"] = [
        {name: show(*_ASSESSMENT, "certificates", n, name) for name in ("name", "grade")}
        for n in certificates
    ]
    texts["competitions"] = show(*_ASSESSMENT, "competitions")
    texts["award"] = show(_CONTENT, "award")
    texts["summer_training"] = show(*_ASSESSMENT, "summer_training")
    return texts | {"homeroom_comment": show(_CONTENT, "homeroom_comment")}


def _foot(show: Recorder, template: Template) -> Texts:
    texts: Texts = {
        "place": show("signers", "place"),
        "issued": show("signers", "issued", in_words=True),
    }
    texts["acting_for"] = show("signers", "principal", "acting_for")
    title = show.transcript.signers.principal.title
    # The heading names the office already, and the pupil's page the signer's.
    is_named = template.version != FIRST and title.casefold() == _PRINCIPAL
    texts["title"] = "" if is_named else show("signers", "principal", "title")
    texts |= {
        "principal": show("signers", "principal", "full_name"),
        "seal": show(*_SCHOOL, "name"),
    }
    texts["homeroom"] = show("signers", "homeroom_teacher", "full_name")
    roles = (Role.GVCN, Role.CBQL, Role.KY_PHAT_HANH)
    return texts | {
        "slots": {
            str(role): str(Slot(role)) if _has_step(show.transcript, role) else None
            for role in roles
        }
    }
