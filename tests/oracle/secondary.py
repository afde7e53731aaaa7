"""THCS, THPT and continuing education, article by article: TT 22/2021, TT 43/2021 and TT 58/2011
(as amended by TT 26/2020).

Written from the circulars' texts in whole tenths; nothing here knows how the library judges.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from tests.oracle.answer import LAST_GRADE, Answer, Json, Mark, filled, mark, says, year_of

Marks = list[tuple[str, Mark]]
OPTIONAL = frozenset({"14", "31", "70"})
"""Tiếng dân tộc thiểu số, Ngoại ngữ 2."""
MOST_ABSENCES = 45
PLANNED = frozenset({"learning", "again", "promotion", "both", "exempt"})
"""What the individual plan of a disabled pupil decides (TT 22/2021, Điều 11 khoản 2, Điều 12 khoản
4).
"""
ELECTIVE = frozenset({"41", "100", "35", "36", "37", "46", "38", "29", "30"})
"""Of these a pupil of the programme of 2018 chooses four at THPT."""


@dataclass(frozen=True, kw_only=True)
class Circular:
    """`levels` are the letters of learning, best first; the conduct letters of TT 58 are its own,
    too.
    """

    code: str
    learning: tuple[str, ...]
    conduct: tuple[str, ...]
    comment: frozenset[str]
    possible: Callable[[Marks, "Circular", Json], set[str]]
    pass_learning: str
    pass_conduct: str
    titles: dict[str, tuple[str, str]]
    """Title: the least learning and conduct of the year."""
    sure: frozenset[str]
    """The letters whose conditions are known for certain."""
    exempt: frozenset[str]
    """Subjects of which a pupil who is not disabled may be exempt."""


def judge(record: Json, circular: Circular) -> dict[str, Answer]:
    """What each article says of the record."""
    if record.get("cokhuyettatkhongdanhgia"):
        return {}
    found: dict[str, Answer] = {}
    plan = says(record.get("doituongchinhsach"), "khuyết tật")
    for name, value in _all(record, circular):
        found[name] = max(found.get(name, Answer.FINE), value)
    if plan:
        return {
            name: min(value, Answer.DOUBT) if name in PLANNED else value
            for name, value in found.items()
        }
    return found


def _all(record: Json, circular: Circular) -> Iterator[tuple[str, Answer]]:
    for row in record["danhsachdiemtongket"]:
        yield from _row(row, circular)
    for term, field in (("diemhocky1", "hocky1"), ("diemhocky2", "hocky2"), ("diemcanam", "canam")):
        yield "learning", _learning(record, term, field, circular)
    yield "conduct", _conduct(record, circular)
    yield from _promotion(record, circular)
    yield from _words(record)
    yield "title", _title(record, circular)


def _row(row: Json, circular: Circular) -> Iterator[tuple[str, Answer]]:
    first, second, year = (
        mark(row.get(name)) for name in ("diemhocky1", "diemhocky2", "diemcanam")
    )
    values = [value for value in (first, second, year) if value is not None]
    is_comment = row["mamonhoc"] in circular.comment
    if any(isinstance(value, int) if is_comment else value in {"Đ", "CĐ"} for value in values):
        yield "kind of mark", Answer.TOLD if circular.code == "TT43/2021" else Answer.WRONG
        return
    if values and all(value == "M" for value in values):
        if row["mamonhoc"] not in circular.exempt:
            yield "exempt", Answer.TOLD
        return
    if (
        isinstance(first, int)
        and isinstance(second, int)
        and isinstance(year, int)
        and year != year_of(first, second)
    ):
        yield "year mark", Answer.WRONG
    if isinstance(year, int) and (first is None) != (second is None):
        yield "year mark", _from_one_term(first, second, year)
    if (
        is_comment
        and "M" not in values
        and second is not None
        and year is not None
        and second != year
    ):
        yield "year comment", Answer.TOLD if circular.code == "TT43/2021" else Answer.WRONG


def _from_one_term(first: Mark, second: Mark, year: int) -> Answer:
    """A pupil who was there for one term has its mark; with the other one only missing, some mark
    must give that of the year.
    """
    one = first if second is None else second
    if not isinstance(one, int) or year == one:
        return Answer.DOUBT
    others = (
        year_of(other, one) if second is not None else year_of(one, other) for other in range(101)
    )
    return Answer.DOUBT if year in others else Answer.EITHER


def _marks(record: Json, term: str) -> Marks:
    return [
        (row["mamonhoc"], mark(row.get(term)))
        for row in record["danhsachdiemtongket"]
        if _is_taken(row, record)
    ]


def _is_taken(row: Json, record: Json) -> bool:
    """Whether a subject counts: the printed form keeps empty rows of electives that were not
    chosen.
    """
    is_empty = all(row.get(name) is None for name in ("diemhocky1", "diemhocky2", "diemcanam"))
    may_be_left = row["mamonhoc"] in OPTIONAL or (
        record["thongtu"] != "TT58/2011" and row["mamonhoc"] in ELECTIVE
    )
    return not (is_empty and may_be_left)


def readings(marks: Marks, circular: Circular, record: Json) -> set[str]:
    """Every result that some reading of the article, and some value of each blank, allows; empty
    where too much is blank.
    """
    found: set[str] = set()
    for whole in filled(marks, circular.comment):
        counted = [(code, value) for code, value in whole if value != "M"]
        found |= circular.possible(counted, circular, record)
        found |= circular.possible(
            [(code, value) for code, value in counted if code not in OPTIONAL], circular, record
        )
    return found


def _learning(record: Json, term: str, field: str, circular: Circular) -> Answer:
    result = record.get(field)
    if result is None or result not in circular.learning:
        return Answer.DOUBT
    marks = _marks(record, term)
    allowed = readings(marks, circular, record)
    if not allowed or result in allowed:
        return Answer.FINE
    if (
        circular.code == "TT58/2011"
        and record["macaphoc"] == "04"
        and result in _specialised(marks, circular, record)
    ):
        return Answer.EITHER
    return Answer.WRONG if circular.sure & {result, *allowed} else Answer.TOLD


YEAR_OF_CONDUCT = {
    "T": {"T": "T", "K": "T", "Đ": "K", "CĐ": "K"},
    "K": {"T": "K", "K": "K", "Đ": "K", "CĐ": "Đ"},
    "Đ": {"T": "K", "K": "Đ", "Đ": "Đ", "CĐ": "Đ"},
    "CĐ": {"T": "CĐ", "K": "CĐ", "Đ": "CĐ", "CĐ": "CĐ"},
}
"""TT 22/2021, Điều 8 khoản 2 điểm b: term II, then term I."""


def _conduct(record: Json, circular: Circular) -> Answer:
    first, second, year = (
        record.get(name) for name in ("renluyenhocky1", "renluyenhocky2", "renluyencanam")
    )
    if None in {first, second, year} or circular.code == "TT58/2011":
        return Answer.DOUBT
    if YEAR_OF_CONDUCT[str(second)][str(first)] == year:
        return Answer.FINE
    return Answer.WRONG if circular.code == "TT22/2021" else Answer.TOLD


def _is_at_least(letter: str, least: str, order: tuple[str, ...]) -> bool:
    return order.index(letter) <= order.index(least)


def _promotion(record: Json, circular: Circular) -> Iterator[tuple[str, Answer]]:
    year, conduct = record.get("canam"), record.get("renluyencanam")
    again, summer = record.get("kqhoctaplai"), record.get("renluyenlai")
    if year not in circular.learning or conduct not in circular.conduct:
        yield "promotion", Answer.DOUBT
        return
    fails_learning = not _is_at_least(year, circular.pass_learning, circular.learning)
    fails_conduct = not _is_at_least(conduct, circular.pass_conduct, circular.conduct)
    if again is not None:
        yield "again", _again(record, circular) if fails_learning else Answer.TOLD
        if _is_lost(year, conduct, circular):
            yield "again", Answer.EITHER
    if summer is not None and not fails_conduct:
        yield "summer", Answer.TOLD
    if again is not None and fails_learning and fails_conduct and circular.code != "TT58/2011":
        yield "both", Answer.DOUBT
    learning, behaviour = again or year, summer or conduct
    is_earned = _is_at_least(learning, circular.pass_learning, circular.learning)
    is_earned = is_earned and _is_at_least(behaviour, circular.pass_conduct, circular.conduct)
    is_earned = is_earned and not _is_lost(year, conduct, circular)
    absences = record.get("sobuoinghi")
    is_earned = is_earned and (absences or 0) <= MOST_ABSENCES
    if record["duoclenlop"] and not is_earned:
        yield "promotion", Answer.WRONG
    elif not record["duoclenlop"] and is_earned:
        is_last = record["makhoi"] == LAST_GRADE[record["macaphoc"]]
        yield "promotion", Answer.DOUBT if is_last or absences is None else Answer.WRONG
    if says(record.get("ndunghoanthanh"), "hoàn thành chương trình"):
        is_last = record["makhoi"] == LAST_GRADE[record["macaphoc"]]
        if not is_earned:
            is_planned = (
                says(record.get("doituongchinhsach"), "khuyết tật") and record["duoclenlop"]
            )
            yield "completion", Answer.DOUBT if is_planned else Answer.WRONG
        elif not record["duoclenlop"]:
            yield "completion", Answer.DOUBT if is_last else Answer.WRONG


def _is_lost(year: str, conduct: str, circular: Circular) -> bool:
    """TT 58/2011, Điều 15 khoản 2 điểm b: Kém, or learning and conduct both Yếu, stays in the grade
    whatever the summer brings.
    """
    return circular.code == "TT58/2011" and (year == "Kém" or (year == "Y" and conduct == "Y"))


def _again(record: Json, circular: Circular) -> Answer:
    """The result after the summer follows from the new marks in place of the old ones."""
    marks: Marks = []
    for row in record["danhsachdiemtongket"]:
        new, old = mark(row.get("diemkttralai")), mark(row.get("diemcanam"))
        if new is not None and (old == "Đ" or (isinstance(old, int) and old >= 50)):
            return Answer.TOLD
        if _is_taken(row, record):
            marks.append((row["mamonhoc"], old if new is None else new))
    if all(row.get("diemkttralai") is None for row in record["danhsachdiemtongket"]):
        return Answer.DOUBT
    allowed = readings(marks, circular, record)
    if not allowed or record["kqhoctaplai"] in allowed:
        return Answer.FINE
    return Answer.WRONG if circular.code == "TT22/2021" else Answer.TOLD


LEVEL_WORDS = {
    "03": ("trung học cơ sở", "thcs"),
    "06": ("trung học cơ sở", "thcs"),
    "04": ("trung học phổ thông", "thpt"),
    "05": ("trung học phổ thông", "thpt"),
}


def _words(record: Json) -> Iterator[tuple[str, Answer]]:
    completion, promotion, flag = (
        record.get("ndunghoanthanh"),
        record.get("ndungduoclenlop"),
        record["duoclenlop"],
    )
    own = LEVEL_WORDS[record["macaphoc"]]
    others = {word for words in LEVEL_WORDS.values() for word in words} - set(own)
    is_last = record["makhoi"] == LAST_GRADE[record["macaphoc"]]
    if completion is not None and (not is_last or says(completion, *others)):
        yield "completion words", Answer.TOLD
    if completion is None and is_last and flag and record["macaphoc"] == "03":
        yield "completion words", Answer.TOLD
    refuses = says(promotion, "không được lên lớp", "ở lại lớp", "lưu ban")
    if promotion is not None and refuses == bool(flag):
        yield "promotion words", Answer.TOLD


def _title(record: Json, circular: Circular) -> Answer:
    text = record.get("ndungkhenthuong")
    if text is None or says(text, "cấp", "giải"):
        return Answer.FINE
    year, conduct = record.get("canam"), record.get("renluyencanam")
    if year not in circular.learning or conduct not in circular.conduct:
        return Answer.DOUBT
    for title, (learning, behaviour) in circular.titles.items():
        if says(text, title):
            is_earned = _is_at_least(year, learning, circular.learning) and _is_at_least(
                conduct, behaviour, circular.conduct
            )
            if title == "xuất sắc":
                is_earned = (
                    is_earned
                    and sum(
                        isinstance(value, int) and value >= 90
                        for _, value in _marks(record, "diemcanam")
                    )
                    >= 6
                )
            return Answer.FINE if is_earned else _strange(circular)
    return _strange(circular)


def _strange(circular: Circular) -> Answer:
    """What a title that was not earned, or that the circular does not have, is; the list of TT
    43/2021 could not be read.
    """
    return Answer.TOLD if circular.code == "TT43/2021" else Answer.WRONG


def by_subjects(marks: Marks, enough: int) -> str:
    """TT 22/2021, Điều 9 khoản 2; TT 43/2021 asks for five subjects instead of six."""
    scores = [value for _, value in marks if isinstance(value, int)]
    failed = sum(value == "CĐ" for _, value in marks)
    for letter, least, good in (("T", 65, 80), ("K", 50, 65)):
        if (
            not failed
            and all(score >= least for score in scores)
            and sum(score >= good for score in scores) >= enough
        ):
            return letter
    is_enough = (
        failed <= 1
        and sum(score >= 50 for score in scores) >= enough
        and all(score >= 35 for score in scores)
    )
    return "Đ" if is_enough else "CĐ"


def lifted(marks: Marks, circular: Circular, record: Json) -> set[str]:
    """TT 22/2021, Điều 9 khoản 3: two or more levels below because of one single subject.

    Whether that one then counts among the six is open.
    """
    enough = 6
    if circular.code == "TT43/2021":
        # Điều 9 khoản 2 speaks of means alone.
        enough, marks = 5, [(code, value) for code, value in marks if isinstance(value, int)]
    order = circular.learning
    plain = by_subjects(marks, enough)
    allowed = {plain}
    for target in ("T", "K"):
        if order.index(plain) - order.index(target) < 2:
            continue
        counts = [
            _causes(marks, target, enough=enough, order=order, is_counted=is_counted)
            for is_counted in (True, False)
        ]
        raised = order[order.index(plain) - 1]
        if counts[0] == 1 and counts[1] == 1:
            return {raised}
        if 1 in counts:
            allowed.add(raised)
    return allowed


def _causes(
    marks: Marks, target: str, *, enough: int, order: tuple[str, ...], is_counted: bool
) -> int:
    """How many subjects there are with which at their best, and nothing else changed, the target is
    reached.
    """
    count = 0
    for index, (_, value) in enumerate(marks):
        needed = enough + (isinstance(value, int) and not is_counted)
        is_low = value not in {100, "Đ"}
        count += is_low and _is_at_least(by_subjects(_healed(marks, index), needed), target, order)
    return count


def by_mean(marks: Marks, circular: Circular, record: Json) -> set[str]:
    """TT 58/2011, Điều 13: the mean over all subjects, the lowest one, and one of the main ones;
    khoản 6 where one single subject is the cause.
    """
    scores = dict(marks)
    plain = [value for value in scores.values() if isinstance(value, int)]
    if not plain:
        return set(circular.learning)
    total, count = sum(plain), len(plain)
    means = {(2 * total + count) // (2 * count), -((count - 2 * total) // (2 * count))}
    main = ("15", "19", "69") if int(record["namhoc"][:4]) >= 2020 else ("15", "19")
    own = record.get("own subject")
    allowed: set[str] = set()
    for mean in means:
        level = _level_58(marks, mean, main, own)
        allowed.add(level)
        for target, raises in (("G", {"Tb": "K", "Y": "Tb"}), ("K", {"Y": "Tb", "Kém": "Y"})):
            if mean >= {"G": 80, "K": 65}[target] and level in raises:
                causes = sum(
                    _level_58(_healed(marks, index), mean, main, own) in _above(target)
                    for index in range(len(marks))
                )
                if causes == 1:
                    allowed.add(raises[level])
                    if _is_low_alone(marks, target) and own is None:
                        allowed.discard(level)
    return allowed


def _above(target: str) -> tuple[str, ...]:
    return ("G",) if target == "G" else ("G", "K")


def _healed(marks: Marks, index: int) -> Marks:
    code, value = marks[index]
    return [*marks[:index], (code, 100 if isinstance(value, int) else "Đ"), *marks[index + 1 :]]


def _is_low_alone(marks: Marks, target: str) -> bool:
    """Whether one subject below the least mark is the whole cause; the subject that must be good
    may be a second one.
    """
    least = 65 if target == "G" else 50
    main = [value for code, value in marks if code in {"15", "19", "69"} and isinstance(value, int)]
    has_good = sorted(main, reverse=True)[:1] >= [80 if target == "G" else 65]
    return (
        has_good
        and sum(value == "CĐ" or (isinstance(value, int) and value < least) for _, value in marks)
        == 1
    )


def _specialised(marks: Marks, circular: Circular, record: Json) -> set[str]:
    """Điều 13 asks more of a class's own subject where the class is a specialised one, which only
    its name may tell.
    """
    found: set[str] = set()
    for code, value in marks:
        if isinstance(value, int):
            found |= readings(marks, circular, record | {"own subject": code})
    return found


def _level_58(marks: Marks, mean: int, main: tuple[str, ...], own: str | None) -> str:
    scores = [value for _, value in marks if isinstance(value, int)]
    least_own = min(
        (value for code, value in marks if code == own and isinstance(value, int)), default=100
    )
    best = max(
        (value for code, value in marks if code in main and isinstance(value, int)), default=100
    )
    has_failed = any(value == "CĐ" for _, value in marks)
    for letter, wanted, least in (("G", 80, 65), ("K", 65, 50), ("Tb", 50, 35)):
        if (
            mean >= wanted
            and min(best, least_own) >= wanted
            and min(scores) >= least
            and not has_failed
        ):
            return letter
    return "Y" if mean >= 35 and min(scores) >= 20 else "Kém"


TT22 = Circular(
    code="TT22/2021",
    learning=("T", "K", "Đ", "CĐ"),
    conduct=("T", "K", "Đ", "CĐ"),
    comment=frozenset({"29", "30", "88", "91", "97", "99"}),
    possible=lifted,
    pass_learning="Đ",
    pass_conduct="Đ",
    titles={"xuất sắc": ("T", "T"), "hsxs": ("T", "T"), "giỏi": ("T", "T"), "hsg": ("T", "T")},
    sure=frozenset({"T", "K", "Đ", "CĐ"}),
    exempt=frozenset({"88", "47"}),
)
TT43 = Circular(
    code="TT43/2021",
    learning=TT22.learning,
    conduct=TT22.conduct,
    comment=TT22.comment,
    possible=lifted,
    pass_learning="Đ",
    pass_conduct="Đ",
    titles=TT22.titles,
    sure=frozenset({"T"}),
    exempt=frozenset({"88", "47"}),
)
TT58 = Circular(
    code="TT58/2011",
    learning=("G", "K", "Tb", "Y", "Kém"),
    conduct=("T", "K", "Tb", "Y"),
    comment=frozenset({"29", "30", "88"}),
    possible=by_mean,
    pass_learning="Tb",
    pass_conduct="Tb",
    titles={"giỏi": ("G", "T"), "hsg": ("G", "T"), "tiên tiến": ("K", "K"), "hstt": ("K", "K")},
    sure=frozenset({"G", "K", "Tb", "Y", "Kém"}),
    exempt=frozenset({"88", "47", "29", "30"}),
)
