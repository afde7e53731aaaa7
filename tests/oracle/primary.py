"""Primary school, article by article: TT 27/2020 and TT 30/2014 as amended by TT 22/2016."""

from collections.abc import Iterator

from tests.oracle.answer import Answer, Json, says

TRAITS = ("yeunuoc", "nhanai", "chamchi", "trungthuc", "trachnhiem")
COMPETENCES = (
    "tuchuvatuhoc",
    "giaotiepvahoptac",
    "giaiquyetvandevasangtao",
    "ngonngu",
    "tinhtoan",
    "khoahoc",
    "congnghe",
    "tinhoc",
    "thammi",
    "thechat",
)
PLANNED = frozenset({"outcome", "completed", "completed grade 5", "promotion", "test"})
"""What the individual plan of a disabled pupil decides (Điều 8)."""
OUTCOMES = ("HTXS", "HTT", "HT", "CHT")
SINCE = {1: 2020, 2: 2021, 3: 2022, 4: 2023, 5: 2024}
"""The first school year of TT 27/2020 in each grade; the older circular holds before."""


def compulsory(grade: int, circular: str = "TT27/2020") -> tuple[str, ...]:
    """The subjects of the programme of 2018: without Ngoại ngữ 1 and Tin học và Công nghệ in grades
    1 and 2; before, both were optional.
    """
    if circular == "TT22/2016":
        return ("01", "02", "03", "88", "89", "90", *(("04",) if grade <= 3 else ("05", "13")))
    common = ("01", "02", "03", "88", "89", "90", "91")
    if grade <= 2:
        return (*common, "04")
    if grade == 3:
        return (*common, "04", "11", "12", "87")
    return (*common, "05", "13", "11", "12", "87")


def tested(grade: int, circular: str) -> tuple[str, ...]:
    """Điều 7 khoản 1 điểm b: what has a test at the end of the year; Tin học và Công nghệ is one
    subject in two rows.
    """
    return tuple(
        code
        for code in ("01", "02", "05", "11", "12", "13", "87")
        if code in compulsory(grade, circular)
    )


def judge(record: Json, circular: str) -> dict[str, Answer]:
    if record.get("cokhuyettatkhongdanhgia"):
        return {}
    found: dict[str, Answer] = {}
    for name, answer in _all(record, circular):
        found[name] = max(found.get(name, Answer.FINE), answer)
    if says(record.get("doituongchinhsach"), "khuyết tật"):
        return {
            name: min(answer, Answer.DOUBT) if name in PLANNED else answer
            for name, answer in found.items()
        }
    return found


def outcomes(record: Json) -> set[str]:
    """Điều 9 khoản 2 điểm a, with and without optional subjects; a blank leaves everything open
    that its best and worst value give.
    """
    own = compulsory(record["makhoi"], record["thongtu"])
    rows = [
        row
        for row in record["danhsachdiemtongket"]
        if row.get("mucdatduoc") is not None or row.get("diemkiemtradinhky") is not None
    ]
    readings = (rows, [row for row in rows if row["mamonhoc"] in own])
    return {
        _outcome(record, [row for row in reading if not leaves or row.get("mucdatduoc") != "M"])
        for reading in readings
        for leaves in (True, False)
    }


def _outcome(record: Json, rows: list[Json]) -> str:
    letters = {row.get("mucdatduoc") for row in rows} - {"M", None}
    traits = {record.get(name) for name in (*TRAITS, *COMPETENCES)} - {None}
    tests = [
        int(row["diemkiemtradinhky"])
        for row in rows
        if row.get("diemkiemtradinhky") not in {None, "M"}
    ]
    for outcome, least in (("HTXS", 9), ("HTT", 7)):
        if letters <= {"T"} and traits <= {"T"} and all(test >= least for test in tests):
            return outcome
    return (
        "HT"
        if letters <= {"T", "H"} and traits <= {"T", "Đ"} and all(test >= 5 for test in tests)
        else "CHT"
    )


def _all(record: Json, circular: str) -> Iterator[tuple[str, Answer]]:
    allowed = outcomes(record)
    is_blank = any(row.get("mucdatduoc") is None for row in record["danhsachdiemtongket"])
    outcome = record.get("xeploai")
    if circular == "TT27/2020" and outcome is not None and not is_blank:
        yield "outcome", Answer.FINE if outcome in allowed else Answer.WRONG
    completed = (
        {one != "CHT" for one in allowed}
        if circular == "TT22/2016" or outcome is None
        else {outcome != "CHT"}
    )
    flag, school = (
        bool(record.get("dahthanhctrinhlophoc")),
        bool(record.get("dahthanhctrinhtieuhoc")),
    )
    if flag not in completed and not is_blank:
        yield "completed", Answer.WRONG
    if school and record["makhoi"] != 5:
        yield "completed school", Answer.WRONG
    if school and record["makhoi"] == 5 and not flag:
        yield "completed grade 5", Answer.WRONG
    if record["makhoi"] == 5 and flag and record.get("dahthanhctrinhtieuhoc") is False:
        yield "completed grade 5", Answer.WRONG
    words = record.get("ndunghoanthanh")
    if says(words, "hoàn thành chương trình tiểu học") and not says(words, "chưa"):
        if record["makhoi"] != 5:
            yield "words", Answer.TOLD
        elif not flag or record.get("dahthanhctrinhtieuhoc") is False:
            yield "words", Answer.WRONG
    if record["duoclenlop"] and not flag and words is None:
        yield "promotion", Answer.TOLD
    if not record["duoclenlop"] and flag and record["makhoi"] != 5:
        yield "promotion", Answer.TOLD
    yield "title", _title(record) if circular == "TT27/2020" else _title_of_2016(record)
    yield from _tests(record)


def _tests(record: Json) -> Iterator[tuple[str, Answer]]:
    wanted = tested(record["makhoi"], record["thongtu"])
    rows = {row["mamonhoc"]: row for row in record["danhsachdiemtongket"]}
    if any(
        row.get("mucdatduoc") == "M" and row.get("diemkiemtradinhky") not in {None, "M"}
        for row in rows.values()
    ):
        yield "exempt, yet tested", Answer.EITHER
    for code in wanted:
        if (
            code in rows
            and code not in {"12", "87"}
            and rows[code].get("diemkiemtradinhky") is None
            and rows[code].get("mucdatduoc") != "M"
        ):
            yield "test", Answer.WRONG if code in {"01", "02"} else Answer.TOLD
    for code, row in rows.items():
        if (
            code not in wanted
            and code not in {"11", "12", "87", "14"}
            and row.get("diemkiemtradinhky") is not None
        ):
            yield "test", Answer.TOLD


def _title_of_2016(record: Json) -> Answer:
    """TT 22/2016 praises those who completed all contents excellently, and progress or merit
    beyond; it has no other title.
    """
    text = record.get("ndungkhenthuong")
    if text is None or says(text, "cấp", "giải"):
        return Answer.FINE
    return Answer.FINE if says(text, "xuất sắc") and "HTXS" in outcomes(record) else Answer.WRONG


def _title(record: Json) -> Answer:
    text, outcome = record.get("ndungkhenthuong"), record.get("xeploai")
    if text is None or says(text, "cấp", "giải"):
        return Answer.FINE
    if says(text, "xuất sắc"):
        return Answer.FINE if outcome == "HTXS" else Answer.WRONG
    if says(text, "tiêu biểu"):
        return {"HTT": Answer.FINE, "HTXS": Answer.EITHER}.get(str(outcome), Answer.WRONG)
    return Answer.WRONG
