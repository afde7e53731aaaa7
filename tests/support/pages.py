"""Transcripts at their limits, and what can be measured on the pages made of them."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Final

import pypdfium2
from pypdfium2 import raw

from hocba_sign.model.codes import Rating
from hocba_sign.model.identification import PreviousTranscript, ReplacedVersion
from hocba_sign.model.person import EarlierYear, Particulars
from hocba_sign.model.primary import PrimaryAssessment
from hocba_sign.model.results import CertificateHeld, SecondaryAssessment, SubjectResult, Teacher
from hocba_sign.model.transcript import Transcript, TranscriptContent
from hocba_sign.rendering.render import Rendering, render, shown_fields
from hocba_sign.rendering.text_layer import text_layer
from hocba_sign.testing.drafts import drafted
from hocba_sign.xml.layout import CANONICAL, Layout

ROOT: Final = Path(__file__).resolve().parents[2]
SENTENCE: Final = "Nắm vững kiến thức, vận dụng linh hoạt; cần rèn luyện thêm kĩ năng trình bày. "
LEFT, RIGHT, TOP, BOTTOM = 45.0, 40.0, 35.0, 25.0
"""No text comes nearer to the edges, in points."""
LEAN: Final = 3.5


def example(name: str) -> Transcript:
    return Transcript.from_json((ROOT / "examples" / f"{name}.json").read_bytes())


def rendered(transcript: Transcript, layout: Layout = CANONICAL) -> Rendering:
    return render(transcript, drafted(transcript, layout))


def words(length: int) -> str:
    """Return a text of exactly `length` characters."""
    return (SENTENCE * (length // len(SENTENCE) + 1))[: length - 1].rstrip().ljust(length, ".")


@dataclass(frozen=True, kw_only=True)
class Load:
    """What to fill a transcript with: `name` wherever a person or thing is named, `comment`
    wherever free text is.
    """

    comment: str
    name: str
    person: str
    teachers: int


def loaded(transcript: Transcript, load: Load) -> Transcript:
    """Fill every field and list of a transcript as far as its limits go."""
    given, signers = transcript.identification, transcript.signers
    school = replace(
        given.school,
        name=load.person,
        commune=load.person,
        province=load.person,
        district=load.person,
    )
    identification = replace(
        given,
        class_name=load.name,
        learning_record="A" * 36,
        replaces=ReplacedVersion(id="x" * 36, version=9_999_999_999),
        previous=PreviousTranscript(id="x" * 36, version=9_999_999_999, digest="ab" * 32),
        school=replace(school, department_name=load.person),
        pupil=replace(given.pupil, full_name=load.person),
    )
    principal = replace(
        signers.principal, full_name=load.person, title=load.name, acting_for=load.name
    )
    homeroom = replace(signers.homeroom_teacher, full_name=load.person)
    return replace(
        transcript,
        identification=identification,
        content=_content(transcript.content, load),
        signers=replace(signers, principal=principal, homeroom_teacher=homeroom, place=load.person),
    )


def _content(given: TranscriptContent, load: Load) -> TranscriptContent:
    year = EarlierYear(
        school_year="2000-2001",
        class_name=load.name,
        school=words(250),
        province=load.person,
        register_number="1234567890" * 5,
        arrived=date(2020, 1, 1),
    )
    return replace(
        given,
        particulars=_particulars(given.particulars, load),
        earlier_years=(year,) * 30,
        subjects=tuple(_subject(subject, load) for subject in given.subjects),
        assessment=_assessment(given.assessment, load),
        completion=words(500),
        award=load.comment,
        homeroom_comment=load.comment,
    )


def _particulars(given: Particulars, load: Load) -> Particulars:
    return replace(
        given,
        register_number="1234567890" * 5,
        policy_group=words(250),
        birthplace=replace(given.birthplace, detail=words(250)),
        home_town=replace(given.home_town, detail=words(250)),
        residence=replace(given.residence, detail="W" * 250),
        father=load.person,
        father_occupation=load.person,
        mother=load.person,
        mother_occupation=load.person,
        guardian=load.person,
        guardian_occupation=load.person,
    )


def _subject(given: SubjectResult, load: Load) -> SubjectResult:
    teacher = Teacher(full_name=load.person, personal_id="001188012573")
    return replace(given, name=load.name, comment=load.comment, teachers=(teacher,) * load.teachers)


def _assessment(
    given: PrimaryAssessment | SecondaryAssessment, load: Load
) -> PrimaryAssessment | SecondaryAssessment:
    short = load.comment[:500].strip()
    if isinstance(given, PrimaryAssessment):
        return replace(
            given,
            special_award=load.comment,
            qualities=replace(given.qualities, comment=short),
            general_competences=replace(given.general_competences, comment=short),
            specific_competences=replace(given.specific_competences, comment=short),
        )
    return replace(
        given,
        promotion=words(500),
        certificates=(CertificateHeld(name=words(250), grade=words(100)),) * 20,
        competitions=load.comment,
        summer_training=load.comment,
        conduct_after_summer=Rating.FAILED,
        learning_after_summer=Rating.FAILED,
    )


def squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text)


def missing_fields(transcript: Transcript, pdf: bytes) -> list[str]:
    """Return the paths of fields whose text is not on the pages in its order; hyphens are left out
    on both sides, for PDFium takes one at the end of a line for one that only divides a word.
    """
    said = squeezed("".join(text for page in text_layer(pdf) for text in page.read))
    said = said.replace("-", "")
    at, missing = 0, []
    for path, text in shown_fields(transcript):
        sought = squeezed(text).replace("-", "")
        found = said.find(sought, at)
        if found < 0:
            missing.append(path)
        else:
            at = found + len(sought)
    return missing


@dataclass(frozen=True)
class Box:
    """A piece of text on a page and where its ink is: left, bottom, right, top in points."""

    left: float
    bottom: float
    right: float
    top: float
    text: str


def text_boxes(pdf: bytes) -> Iterator[tuple[int, tuple[Box, ...]]]:
    """Yield the number of each page, from 1, with its texts."""
    document = pypdfium2.PdfDocument(pdf)
    for number, page in enumerate(document, 1):
        pieces = page.get_objects(filter=[raw.FPDF_PAGEOBJ_TEXT], textpage=page.get_textpage())
        found = ((one.get_bounds(), one.extract()) for one in pieces)
        yield (
            number,
            tuple(
                Box(left, bottom, right, top, text)
                for (left, bottom, right, top), text in found
                if text.strip()
            ),
        )
    document.close()


def misplaced(pdf: bytes) -> list[tuple[int, str]]:
    """Return texts that leave the page's margins, or lie over another text."""
    width, height = 595.28, 841.89
    found = []
    for number, boxes in text_boxes(pdf):
        found += [
            (number, box.text)
            for box in boxes
            if box.left < LEFT
            or box.right > width - RIGHT
            or box.bottom < BOTTOM
            or box.top > height - TOP
        ]
        found += [(number, f"{one.text} / {other.text}") for one, other in _overlaps(boxes)]
    return found


def _overlaps(boxes: Iterable[Box]) -> Iterator[tuple[Box, Box]]:
    """Yield pairs that share more than marks above and below letters, or letters that lean, do."""
    ordered = sorted(boxes, key=lambda box: box.left)
    for n, one in enumerate(ordered):
        for other in ordered[n + 1 :]:
            if other.left > one.right - LEAN:
                break
            if (
                min(one.top, other.top) - max(one.bottom, other.bottom) > 2.2
                and min(one.right, other.right) - other.left > LEAN
            ):
                yield one, other
