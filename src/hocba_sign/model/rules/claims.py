"""What the free words about completion and promotion say, as far as that is beyond doubt."""

import re
from collections.abc import Iterator
from typing import Final

from hocba_sign.frozen_dataclass import dataclass
from hocba_sign.model.codes import SchoolLevel

_CLAUSE: Final = re.compile(r"[.;,\n]")
_NOT: Final = re.compile(r"\b(?:không|chưa|chẳng)\b")
_OPEN_BEFORE: Final = re.compile(r"\b(?:nếu|chờ|sẽ|để|dự kiến|khi nào)\b")
_OPEN_AFTER: Final = re.compile(r"\b(?:nếu|với điều kiện)\b")
_EITHER: Final = re.compile(
    r"hoàn thành\s*/\s*(?:không|chưa)|(?:không|chưa) hoàn thành\s*/|lên "
    r"lớp\s*/\s*không|không (?:được )?lên lớp\s*/"
)
_COMPLETED: Final = re.compile(r"\bhoàn thành\b")
_OF_STUDY: Final = re.compile(
    r"\s*(?:xuất sắc |tốt )?(?:xong |toàn bộ )*(?:các )?(?:chương trình|cấp|bậc|lớp "
    r"(?:\d|học)|tiểu học|trung học|thcs|thpt)"
)
_GRADUATED: Final = re.compile(r"(?P<before>.*?)\btốt nghiệp\b(?P<rest>.*)")
_EXAMINATION: Final = re.compile(r"\b(?:thi|xét|dự)\b")
_PLACE: Final = re.compile(
    r"(?P<primary>tiểu học)|(?P<lower>trung học cơ sở|thcs)|(?P<upper>trung học phổ "
    r"thông|thpt)|lớp (?P<grade>\d{1,2})"
)
_YEAR: Final = re.compile(r"\b(?:lớp|năm) học\b")
_GENERAL: Final = "giáo dục phổ thông"
_LEVELS: Final = {
    "primary": SchoolLevel.PRIMARY,
    "lower": SchoolLevel.LOWER_SECONDARY,
    "upper": SchoolLevel.UPPER_SECONDARY,
}
_SHORT: Final = (
    (r"\bhtctth\b", "hoàn thành chương trình tiểu học"),
    (r"\bhtctlh\b", "hoàn thành chương trình lớp học"),
    (r"\bhtct\b", "hoàn thành chương trình"),
)
_PROMOTED: Final = re.compile(r"(?P<before>.*?)\blên lớp\b(?:\s*(?P<grade>\d{1,2}))?")
_REPEATS: Final = re.compile(r"(?P<before>.*?)\b(?:ở lại lớp|lưu ban|học lại lớp)\b")


@dataclass(frozen=True, slots=True, kw_only=True)
class Completion:
    """Words that certify, or deny, the completion of a level, of the year, the grade of which may
    be named, or of neither by name.
    """

    is_certified: bool
    level: SchoolLevel | None = None
    grade: int | None = None
    is_of_year: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Promotion:
    """Words that promote, to `grade` where they name one, or refuse to."""

    is_granted: bool
    grade: int | None = None


def completion_in(text: str | None) -> Completion | None:
    """Return what words say of completion; None where they say nothing, both, or something with a
    condition.
    """
    words = _plain(text)
    for pattern, whole in _SHORT:
        words = re.sub(pattern, whole, words)
    found = (
        []
        if _EITHER.search(words)
        else [completion for clause in _CLAUSE.split(words) for completion in _completions(clause)]
    )
    return found[0] if found and len({claim.is_certified for claim in found}) == 1 else None


def promotion_in(text: str | None) -> Promotion | None:
    """Return what words say of promotion; None where they say nothing, both, or something with a
    condition.
    """
    words = _plain(text)
    found = (
        []
        if _EITHER.search(words)
        else [promotion for clause in _CLAUSE.split(words) for promotion in _promotions(clause)]
    )
    return found[0] if found and len({claim.is_granted for claim in found}) == 1 else None


def _plain(text: str | None) -> str:
    return "\n".join(" ".join(line.split()) for line in (text or "").casefold().split("\n"))


def _completions(clause: str) -> Iterator[Completion]:
    for before, rest in (*_completed(clause), *_graduated(clause)):
        if _OPEN_BEFORE.search(before) or _OPEN_AFTER.search(rest):
            continue
        place, is_certified = _PLACE.search(rest), _NOT.search(before) is None
        if place is None:
            level = SchoolLevel.UPPER_SECONDARY if _GENERAL in rest else None
            yield Completion(
                is_certified=is_certified, level=level, is_of_year=_YEAR.search(rest) is not None
            )
        elif place["grade"]:
            yield Completion(is_certified=is_certified, grade=int(place["grade"]), is_of_year=True)
        else:
            yield Completion(is_certified=is_certified, level=_LEVELS[str(place.lastgroup)])


def _completed(clause: str) -> Iterator[tuple[str, str]]:
    """Yield what stands before and after each `hoàn thành` that is about a programme; alone it is
    the choice of the printed form.
    """
    for found in _COMPLETED.finditer(clause):
        rest = clause[found.end() :]
        if _OF_STUDY.match(rest) or not rest.strip():
            yield clause[: found.start()], rest


def _graduated(clause: str) -> Iterator[tuple[str, str]]:
    found = _GRADUATED.match(clause)
    if found is not None and not _EXAMINATION.search(found["before"]):
        yield found["before"], found["rest"]


def _promotions(clause: str) -> Iterator[Promotion]:
    promoted, repeats = _PROMOTED.match(clause), _REPEATS.match(clause)
    if promoted is not None and not (
        _OPEN_BEFORE.search(promoted["before"]) or _OPEN_AFTER.search(clause)
    ):
        grade = promoted["grade"]
        yield Promotion(
            is_granted=_NOT.search(promoted["before"]) is None, grade=int(grade) if grade else None
        )
    if repeats is not None and not _OPEN_BEFORE.search(repeats["before"]):
        yield Promotion(is_granted=_NOT.search(repeats["before"]) is not None)
