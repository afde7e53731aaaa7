"""Records as schools write them, by chance: honest ones, and ones with a few fields changed."""

import json
from functools import cache
from pathlib import Path
from random import Random
from typing import Final

from tests.oracle import primary
from tests.oracle.answer import LAST_GRADE, Json, mark, year_of
from tests.oracle.secondary import TT22, TT43, TT58, YEAR_OF_CONDUCT, Circular, Marks, readings

EXAMPLES: Final = Path(__file__).resolve().parents[2] / "examples"
NAMES: Final = {
    "14": "Tiếng dân tộc thiểu số",
    "15": "Toán",
    "19": "Ngữ văn",
    "69": "Ngoại ngữ 1",
    "26": "Giáo dục công dân",
    "05": "Lịch sử và Địa lí",
    "66": "Khoa học tự nhiên",
    "27": "Công nghệ",
    "32": "Tin học",
    "88": "Giáo dục thể chất",
    "97": "Nghệ thuật",
    "91": "Hoạt động trải nghiệm, hướng nghiệp",
    "99": "Nội dung giáo dục của địa phương",
    "40": "Lịch sử",
    "47": "Giáo dục quốc phòng và an ninh",
    "41": "Địa lí",
    "100": "Giáo dục kinh tế và pháp luật",
    "35": "Vật lí",
    "36": "Hóa học",
    "37": "Sinh học",
    "46": "Công nghệ",
    "38": "Tin học",
    "29": "Âm nhạc",
    "30": "Mĩ thuật",
    "70": "Ngoại ngữ 2",
    "01": "Toán",
    "02": "Tiếng Việt",
    "03": "Đạo đức",
    "04": "Tự nhiên và Xã hội",
    "11": "Ngoại ngữ 1 (Tiếng Anh)",
    "12": "Tin học",
    "13": "Khoa học",
    "87": "Công nghệ",
    "89": "Âm nhạc",
    "90": "Mĩ thuật",
}
LOWER_2018: Final = ("19", "15", "69", "26", "05", "66", "27", "32", "88", "97", "91", "99")
LOWER_2006: Final = ("15", "35", "36", "37", "19", "40", "41", "69", "26", "27", "88", "29", "30")
UPPER_2018: Final = ("19", "15", "69", "40", "88", "47", "91", "99")
UPPER_2006: Final = ("19", "15", "69", "40", "88", "47", "41", "35", "36", "37", "46", "38")
ADULT: Final = ("19", "15", "40", "41", "100", "35", "36", "91", "99")
ELECTIVES: Final = ("41", "100", "35", "36", "37", "46", "38", "29", "30")
MEANS: Final = (20, 34, 35, 45, 49, 50, 58, 64, 65, 72, 79, 80, 86, 90, 95)


@cache
def _skeleton(name: str) -> str:
    return (EXAMPLES / f"{name}.json").read_text("utf-8")


def secondary(circular: Circular, random: Random) -> Json:
    """An honest record: everything that the circular determines follows from the marks."""
    record: Json = json.loads(_skeleton("lop9"))
    level, grade, year, codes = _place(circular, random)
    teacher = record["danhsachdiemtongket"][0]["danhsachgvbm"]
    rows = [
        _row(code, circular, random)
        | {"tenmonhoc": NAMES[code], "nxetmonhoc": "Có tiến bộ.", "danhsachgvbm": teacher}
        for code in codes
    ]
    for name in (
        "tenhuyen",
        "ndunghoanthanh",
        "ndungkhenthuong",
        "kquathamgiacuocthi",
        "hocbatruoc",
        "doituongchinhsach",
    ):
        record.pop(name, None)
    record |= {
        "thongtu": circular.code,
        "macaphoc": level,
        "makhoi": grade,
        "namhoc": f"{year}-{year + 1}",
        "tenlop": f"{grade}A",
        "ngaytao": f"{year + 1}-05-22",
        "ngaykyphathanh": f"{year + 1}-05-28",
        "quatrinhhoctap": [],
        "danhsachdiemtongket": rows,
        "sobuoinghi": random.choice((0, 0, 3, 8, 45, 46, 60)),
    }
    _with_conduct(record, circular, random)
    for term, field in (("diemhocky1", "hocky1"), ("diemhocky2", "hocky2"), ("diemcanam", "canam")):
        record[field] = _chosen(
            [(row["mamonhoc"], mark(row[term])) for row in rows], circular, record, random
        )
    settle(record, circular, random)
    return record


def _place(circular: Circular, random: Random) -> tuple[str, int, int, tuple[str, ...]]:
    if circular is TT43:
        return "05", random.choice((10, 11, 12)), 2025, ADULT
    if circular is TT58:
        if random.random() < 0.5:
            return "03", 8, 2022, LOWER_2006
        return "04", 11, 2021, UPPER_2006
    if random.random() < 0.6:
        return "03", random.choice((6, 7, 8, 9)), 2025, LOWER_2018
    optional = ("70",) if random.random() < 0.2 else ()
    return (
        "04",
        random.choice((10, 11, 12)),
        2025,
        (*UPPER_2018, *random.sample(ELECTIVES, 4), *optional),
    )


def _row(code: str, circular: Circular, random: Random) -> Json:
    if code in circular.comment:
        passed, also = random.choices(("Đ", "CĐ"), (12, 1), k=2)
        return {"mamonhoc": code, "diemhocky1": passed, "diemhocky2": also, "diemcanam": also}
    middle = random.choice(MEANS)
    first, second = (
        min(100, max(0, middle + random.choice((-3, -1, 0, 0, 1, 4)))) for _ in range(2)
    )
    return {"mamonhoc": code} | {
        name: score(value)
        for name, value in (
            ("diemhocky1", first),
            ("diemhocky2", second),
            ("diemcanam", year_of(first, second)),
        )
    }


def score(tenths: int) -> str:
    return f"{tenths // 10}.{tenths % 10}"


def _with_conduct(record: Json, circular: Circular, random: Random) -> None:
    first, second = random.choices(circular.conduct, (8, 4, 2, 1)[: len(circular.conduct)], k=2)
    year = second if circular is TT58 else YEAR_OF_CONDUCT[second][first]
    record |= {"renluyenhocky1": first, "renluyenhocky2": second, "renluyencanam": year}


def _chosen(marks: Marks, circular: Circular, record: Json, random: Random) -> str:
    return random.choice(sorted(readings(marks, circular, record)))


def settle(record: Json, circular: Circular, random: Random) -> None:
    """Write promotion, words and title as they follow, with what summer brought where it is
    allowed.
    """
    order, behaviour = circular.learning, circular.conduct
    learns = order.index(record["canam"]) <= order.index(circular.pass_learning)
    behaves = behaviour.index(record["renluyencanam"]) <= behaviour.index(circular.pass_conduct)
    if not behaves and learns and random.random() < 0.5:
        record["renluyenlai"] = circular.pass_conduct
        behaves = True
    record["duoclenlop"] = learns and behaves and record["sobuoinghi"] <= 45
    is_last = record["makhoi"] == LAST_GRADE[record["macaphoc"]]
    level = "trung học cơ sở" if record["macaphoc"] == "03" else "trung học phổ thông"
    record["ndungduoclenlop"] = "Được lên lớp" if record["duoclenlop"] else "Không được lên lớp"
    if is_last and record["duoclenlop"]:
        record["ndungduoclenlop"] = record["ndunghoanthanh"] = f"Hoàn thành chương trình {level}"
    for name in ("giỏi", "tiên tiến"):
        learning, conduct = circular.titles.get(name, (None, None))
        if learning is None or conduct is None:
            continue
        if order.index(record["canam"]) <= order.index(learning) and behaviour.index(
            record["renluyencanam"]
        ) <= behaviour.index(conduct):
            record["ndungkhenthuong"] = f"Học sinh {name.capitalize()}"
            break


def elementary(circular: str, random: Random) -> Json:
    """An honest record of a primary school."""
    record: Json = json.loads(_skeleton("lop5"))
    grade = random.choice((1, 2, 3, 4, 5))
    year = 2025 if circular == "TT27/2020" else primary.SINCE[grade] - 1
    codes = primary.compulsory(grade, circular)
    best = random.choice(((9, 10), (7, 10), (7, 9), (5, 8), (3, 9)))
    rows = []
    for code in codes:
        row = {"mamonhoc": code, "tenmonhoc": NAMES[code], "nxetmonhoc": "Có tiến bộ."}
        row["mucdatduoc"] = random.choices(
            ("T", "H", "C"), (6, 3 if best[1] < 10 else 0.2, 0.4 if best[0] < 5 else 0.01)
        )[0]
        if code in primary.tested(grade, circular):
            row["diemkiemtradinhky"] = str(random.randint(*best))
        rows.append(row)
    for name in (
        "ndunghoanthanh",
        "ndungkhenthuong",
        "ndungkhenthuongdotxuat",
        "xeploai",
        "dahthanhctrinhtieuhoc",
        "tenhuyen",
    ):
        record.pop(name, None)
    for name in (*primary.TRAITS, *primary.COMPETENCES):
        record[name] = random.choices(("T", "Đ", "C"), (30, 3 if best[1] < 10 else 0.1, 0.3))[0]
    record |= {
        "thongtu": circular,
        "namhoc": f"{year}-{year + 1}",
        "makhoi": grade,
        "tenlop": f"{grade}A",
        "ngaytao": f"{year + 1}-05-20",
        "ngaykyphathanh": f"{year + 1}-05-29",
        "quatrinhhoctap": [],
        "danhsachdiemtongket": rows,
    }
    settle_primary(record, circular, random)
    return record


def settle_primary(record: Json, circular: str, random: Random) -> None:
    outcome = random.choice(sorted(primary.outcomes(record)))
    is_completed = outcome != "CHT"
    if circular == "TT27/2020":
        record["xeploai"] = outcome
        title = {
            "HTXS": "Học sinh Xuất sắc",
            "HTT": "Học sinh Tiêu biểu hoàn thành tốt trong học tập và rèn luyện",
        }.get(outcome)
        if title:
            record["ndungkhenthuong"] = title
    record["dahthanhctrinhlophoc"] = record["duoclenlop"] = is_completed
    if record["makhoi"] == 5:
        record["dahthanhctrinhtieuhoc"] = is_completed
        if is_completed:
            record["ndunghoanthanh"] = "Hoàn thành chương trình tiểu học"


def mutated(record: Json, random: Random) -> Json:
    """The record with one to three fields changed to another value that the field can hold."""
    changed: Json = json.loads(json.dumps(record))
    for _ in range(random.choice((1, 1, 1, 2, 3))):
        random.choice(PRIMARY_CHANGES if changed["macaphoc"] == "02" else SECONDARY_CHANGES)(
            changed, random
        )
    return changed


def _circular(record: Json) -> Circular:
    return {one.code: one for one in (TT22, TT43, TT58)}[record["thongtu"]]


def _change_mark(record: Json, random: Random) -> None:
    row = random.choice(record["danhsachdiemtongket"])
    field = random.choice(("diemhocky1", "diemhocky2", "diemcanam", "diemcanam"))
    value = mark(row.get(field))
    if isinstance(value, int):
        row[field] = score(min(100, max(0, value + random.choice((-30, -10, -1, 1, 10, 30)))))
    elif value is not None:
        row[field] = "CĐ" if value == "Đ" else "Đ"


def _change_whole_row(record: Json, random: Random) -> None:
    """A row stays right in itself; only what follows from it changes."""
    row = random.choice(record["danhsachdiemtongket"])
    if isinstance(mark(row.get("diemcanam")), int):
        row |= dict.fromkeys(("diemhocky1", "diemhocky2", "diemcanam"), score(random.choice(MEANS)))
    elif row.get("diemcanam") is not None:
        row |= dict.fromkeys(("diemhocky1", "diemhocky2", "diemcanam"), random.choice(("Đ", "CĐ")))


def _blank(record: Json, random: Random) -> None:
    row = random.choice(record["danhsachdiemtongket"])
    for field in random.choice(
        (("diemhocky1",), ("diemcanam",), ("diemhocky1", "diemhocky2", "diemcanam"))
    ):
        row.pop(field, None)


def _exempt(record: Json, random: Random) -> None:
    random.choice(record["danhsachdiemtongket"]).update(
        dict.fromkeys(("diemhocky1", "diemhocky2", "diemcanam"), "M")
    )


def _change_result(record: Json, random: Random) -> None:
    record[random.choice(("hocky1", "hocky2", "canam", "canam", "canam"))] = random.choice(
        _circular(record).learning
    )


def _change_conduct(record: Json, random: Random) -> None:
    record[random.choice(("renluyenhocky1", "renluyenhocky2", "renluyencanam"))] = random.choice(
        _circular(record).conduct
    )


def _change_flag(record: Json, random: Random) -> None:
    record["duoclenlop"] = not record["duoclenlop"]


def _change_absences(record: Json, random: Random) -> None:
    record["sobuoinghi"] = random.choice((0, 44, 45, 46, 90))


def _change_words(record: Json, random: Random) -> None:
    if random.random() < 0.5:
        record["ndungduoclenlop"] = random.choice(("Được lên lớp", "Không được lên lớp"))
    else:
        record["ndunghoanthanh"] = random.choice(
            (
                "Hoàn thành chương trình trung học cơ sở",
                "Hoàn thành chương trình trung học phổ thông",
            )
        )


def _change_title(record: Json, random: Random) -> None:
    record["ndungkhenthuong"] = random.choice(
        (
            "Học sinh Giỏi",
            "HS Giỏi",
            "HSG",
            "Học sinh Xuất sắc",
            "HSXS",
            "Học sinh Tiên tiến",
            "Giải Nhì học sinh giỏi cấp tỉnh môn Toán",
        )
    )


def _summer(record: Json, random: Random) -> None:
    circular = _circular(record)
    low = [
        row
        for row in record["danhsachdiemtongket"]
        if row.get("diemcanam") is not None and mark(row["diemcanam"]) != "M"
    ]
    row = random.choice(low)
    row["diemkttralai"] = (
        random.choice(("Đ", "CĐ"))
        if row["mamonhoc"] in circular.comment
        else score(random.choice((30, 50, 65)))
    )
    record["kqhoctaplai"] = random.choice(circular.learning)


def _disabled(record: Json, random: Random) -> None:
    record["doituongchinhsach"] = "Học sinh khuyết tật học hòa nhập"


SECONDARY_CHANGES: Final = (
    _change_mark,
    _change_mark,
    _change_whole_row,
    _change_whole_row,
    _blank,
    _exempt,
    _change_result,
    _change_result,
    _change_conduct,
    _change_flag,
    _change_absences,
    _change_words,
    _change_title,
    _summer,
    _disabled,
)


def _change_level(record: Json, random: Random) -> None:
    random.choice(record["danhsachdiemtongket"])["mucdatduoc"] = random.choice(("T", "H", "C", "M"))


def _change_test(record: Json, random: Random) -> None:
    row = random.choice(record["danhsachdiemtongket"])
    if "diemkiemtradinhky" in row:
        row["diemkiemtradinhky"] = str(random.choice((3, 4, 5, 6, 7, 8, 9, 10)))


def _remove_test(record: Json, random: Random) -> None:
    random.choice(record["danhsachdiemtongket"]).pop("diemkiemtradinhky", None)


def _change_trait(record: Json, random: Random) -> None:
    record[random.choice((*primary.TRAITS, *primary.COMPETENCES))] = random.choice(("T", "Đ", "C"))


def _change_outcome(record: Json, random: Random) -> None:
    if "xeploai" in record:
        record["xeploai"] = random.choice(primary.OUTCOMES)


def _change_completion(record: Json, random: Random) -> None:
    name = random.choice(("dahthanhctrinhlophoc", "dahthanhctrinhtieuhoc", "duoclenlop"))
    record[name] = not record.get(name, False)


def _change_primary_words(record: Json, random: Random) -> None:
    record["ndunghoanthanh"] = random.choice(
        ("Hoàn thành chương trình tiểu học", "Chưa hoàn thành chương trình tiểu học")
    )


def _change_primary_title(record: Json, random: Random) -> None:
    record["ndungkhenthuong"] = random.choice(
        (
            "Học sinh Xuất sắc",
            "Học sinh Tiêu biểu hoàn thành tốt trong học tập và rèn luyện",
            "Học sinh Giỏi",
            "Học sinh Tiên tiến",
            "Giải Ba vẽ tranh cấp phường",
        )
    )


PRIMARY_CHANGES: Final = (
    _change_level,
    _change_level,
    _change_test,
    _change_test,
    _remove_test,
    _change_trait,
    _change_outcome,
    _change_outcome,
    _change_completion,
    _change_completion,
    _change_primary_words,
    _change_primary_title,
    _disabled,
)
