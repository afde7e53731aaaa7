import dataclasses
import json
import unicodedata
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from hocba_sign.model.check import check
from hocba_sign.model.codes import SchoolLevel
from hocba_sign.model.identification import ReplacedVersion
from hocba_sign.model.results import PrimaryMarks
from hocba_sign.model.rules import Severity, apply_rules
from hocba_sign.model.signers import Substitute
from hocba_sign.model.transcript import Transcript
from hocba_sign.testing.drafts import drafted
from hocba_sign.xml.decode import decode_document
from hocba_sign.xml.parse import parse
from hocba_sign.xml.schema import violations

EXAMPLES = Path(__file__).parent.parent.parent.parent / "examples"
DATA = "/HOC_BA/DU_LIEU_HOC_BA"
ID = f"{DATA}/DINH_DANH"
CONTENT = f"{DATA}/THONG_TIN_HOC_BA"
ROW = f"{CONTENT}/DANH_SACH_DIEM_TONG_KET/DIEM_TONG_KET"
SIGNERS = f"{DATA}/NGUOI_KY"
Edit = Callable[[Transcript], Transcript]


def example(name: str) -> Transcript:
    return Transcript.from_json((EXAMPLES / f"{name}.json").read_bytes())


def identified(**changes: Any) -> Edit:
    return lambda t: dataclasses.replace(
        t, identification=dataclasses.replace(t.identification, **changes)
    )


def pupil(**changes: Any) -> Edit:
    return lambda t: identified(pupil=dataclasses.replace(t.pupil, **changes))(t)


def school(**changes: Any) -> Edit:
    return lambda t: identified(school=dataclasses.replace(t.school, **changes))(t)


def content(**changes: Any) -> Edit:
    return lambda t: dataclasses.replace(t, content=dataclasses.replace(t.content, **changes))


def signers(**changes: Any) -> Edit:
    return lambda t: dataclasses.replace(t, signers=dataclasses.replace(t.signers, **changes))


def subject(n: int, **changes: Any) -> Edit:
    def edit(t: Transcript) -> Transcript:
        rows = list(t.subjects)
        rows[n] = dataclasses.replace(rows[n], **changes)
        return content(subjects=tuple(rows))(t)

    return edit


def substitute(teacher: str) -> Substitute:
    return Substitute(
        teacher=teacher,
        full_name="Phạm Thị Minh Hằng",
        personal_id="048172000934",
        title="Hiệu trưởng",
        reason="Nghỉ thai sản",
    )


@pytest.mark.parametrize("name", ["lop5", "lop9", "lop12"])
def test_examples_are_clean(name: str) -> None:
    assert check(example(name)) == ()


@pytest.mark.parametrize(
    ("name", "edit", "cause", "where"),
    [
        ("lop12", pupil(full_name=unicodedata.normalize("NFD", "Nguyễn Châu")), "TEXT.NOT_NFC", f"{ID}/HOC_SINH/HO_VA_TEN"),
        ("lop12", pupil(full_name="\u00d0ỗ Châu"), "TEXT.WRONG_D", f"{ID}/HOC_SINH/HO_VA_TEN"),
        ("lop12", pupil(full_name="Đỗ" * 76), "TEXT.TOO_LONG", f"{ID}/HOC_SINH/HO_VA_TEN"),
        ("lop12", content(homeroom_comment=""), "TEXT.EMPTY", f"{CONTENT}/NHAN_XET_GVCN"),
        ("lop12", subject(3, comment=" Tốt"), "TEXT.BLANKS", f"{ROW}[4]/NHAN_XET"),
        ("lop12", identified(school_year="2025-2027"), "TRANSCRIPT.SCHOOL_YEAR", f"{ID}/NAM_HOC"),
        ("lop12", identified(school_year="0000-0000"), "TRANSCRIPT.SCHOOL_YEAR", f"{ID}/NAM_HOC"),
        ("lop12", identified(school_year="9999-0000"), "TRANSCRIPT.SCHOOL_YEAR", f"{ID}/NAM_HOC"),
        ("lop12", identified(grade=9), "TRANSCRIPT.LEVEL_GRADE", f"{ID}/MA_KHOI"),
        ("lop12", identified(rule_set="TT99/2031"), "CODE.UNKNOWN", f"{ID}/THONG_TU"),
        ("lop12", identified(rule_set="TT27/2020"), "CODE.NOT_VALID_THEN", f"{ID}/THONG_TU"),
        ("lop12", identified(school_year="2020-2021"), "CODE.NOT_VALID_THEN", f"{ID}/THONG_TU"),
        ("lop12", identified(replaces=ReplacedVersion(id="5d0f3c1e-8a47-4b6e-9c52-2f7b6a1e4d90", version=1)), "TRANSCRIPT.REPLACES_ITSELF", f"{ID}/THAY_THE"),
        ("lop12", pupil(birth_year=2008), "TRANSCRIPT.BIRTH_DATE", f"{ID}/HOC_SINH/NGAY_THANG_NAM_SINH"),
        ("lop12", pupil(birth_date=None), "TRANSCRIPT.BIRTH_DATE", f"{ID}/HOC_SINH/NGAY_THANG_NAM_SINH"),
        ("lop12", pupil(personal_id=None), "TRANSCRIPT.PUPIL_ID", f"{ID}/HOC_SINH/SO_DINH_DANH"),
        ("lop12", school(province_code="49"), "CODE.NOT_VALID_THEN", f"{ID}/TRUONG/MA_TINH"),
        ("lop12", school(province_code="99"), "CODE.UNKNOWN", f"{ID}/TRUONG/MA_TINH"),
        ("lop12", signers(issued=date(2026, 5, 24)), "TRANSCRIPT.DATE_ORDER", f"{SIGNERS}/NGAY_KY_PHAT_HANH"),
        ("lop12", subject(1, code="19"), "TRANSCRIPT.DUPLICATE_SUBJECT", f"{ROW}[2]/MA_MON_HOC"),
        ("lop12", subject(1, code="66"), "TRANSCRIPT.SUBJECT_LEVEL", f"{ROW}[2]/MA_MON_HOC"),
        ("lop12", subject(1, code="999"), "CODE.UNKNOWN", f"{ROW}[2]/MA_MON_HOC"),
        ("lop12", subject(1, teachers=()), "TRANSCRIPT.NO_TEACHER", f"{ROW}[2]/GVBM"),
        ("lop12", subject(1, marks=PrimaryMarks()), "TRANSCRIPT.WRONG_LEVEL_FORM", f"{ROW}[2]"),
        ("lop12", signers(substitutes=(substitute("gv-15-2"),)), "TRANSCRIPT.SUBSTITUTE", f"{SIGNERS}/DANH_SACH_KY_THAY/NGUOI_KY_THAY[1]/MA_GIAO_VIEN"),
        ("lop12", signers(substitutes=(substitute("gv-15-1"), substitute("gv-15-1"))), "TRANSCRIPT.SUBSTITUTE", f"{SIGNERS}/DANH_SACH_KY_THAY/NGUOI_KY_THAY[2]/MA_GIAO_VIEN"),
    ],
)  # fmt: skip
def test_one_fault_is_found_alone(name: str, edit: Edit, cause: str, where: str) -> None:
    assert [(one.cause, one.where) for one in check(edit(example(name)))] == [(cause, where)]


def test_float_marks_are_refused_by_type() -> None:
    row: Any = example("lop12").subjects[0]
    marks = dataclasses.replace(row.marks, year=8.5)
    found = check(subject(0, marks=marks)(example("lop12")))
    assert [(one.cause, one.where) for one in found] == [("VALUE.TYPE", f"{ROW}[1]/DIEM_CA_NAM")]


def test_a_primary_homeroom_teacher_has_a_personal_id() -> None:
    given = example("lop5")
    teacher = dataclasses.replace(given.signers.homeroom_teacher, personal_id=None)
    found = check(signers(homeroom_teacher=teacher)(given))
    assert [(one.cause, one.where) for one in found] == [
        ("TRANSCRIPT.MISSING_FIELD", f"{SIGNERS}/GVCN/SO_DINH_DANH")
    ]


def test_a_place_with_a_commune_has_a_province() -> None:
    given = example("lop12")
    place = dataclasses.replace(given.content.particulars.residence, province_code=None)
    found = check(
        content(particulars=dataclasses.replace(given.content.particulars, residence=place))(given)
    )
    assert [(one.cause, one.where) for one in found] == [
        ("TRANSCRIPT.MISSING_FIELD", f"{CONTENT}/LY_LICH/NOI_O_HIEN_NAY/MA_TINH")
    ]


def test_a_birthplace_keeps_its_old_code() -> None:
    given = example("lop9")
    assert given.content.particulars.birthplace.province_code == "64"
    assert check(given) == ()


def test_continuing_education_takes_subjects_of_both_secondary_levels() -> None:
    found = check(identified(level=SchoolLevel.CONTINUING, rule_set="TT43/2021")(example("lop12")))
    assert found == ()


def test_all_faults_are_found_together() -> None:
    given = pupil(full_name="\u00d0ỗ")(
        subject(1, teachers=())(identified(grade=9)(example("lop12")))
    )
    causes = {one.cause for one in check(given)}
    assert causes >= {"TEXT.WRONG_D", "TRANSCRIPT.NO_TEACHER", "TRANSCRIPT.LEVEL_GRADE"}


def abroad(group: str | None) -> Transcript:
    given = json.loads((EXAMPLES / "lop9.json").read_text("utf-8"))
    del given["sodinhdanh"], given["dantoc"]
    given |= {
        "giayto": {"loaigiayto": "6", "sogiayto": "M12345678"},
        "quoctich": "KR",
        "hovaten": "Kim Min-su",
        "hotencha": "김철수",
    }
    given |= {"noisinh": {"chitiet": "Seoul, Hàn Quốc"}, "quequan": {"chitiet": "Busan, Hàn Quốc"}}
    return Transcript.from_json(json.dumps(given | ({"dantoc": group} if group else {})))


@pytest.mark.parametrize("group", [None, "55"])
def test_a_pupil_from_abroad_can_be_entered(group: str | None) -> None:
    transcript = abroad(group)
    assert check(transcript) == ()
    root = parse(drafted(transcript)).root
    assert decode_document(root) == transcript
    assert violations(root, issued=False) == ()
    assert [one.cause for one in apply_rules(transcript) if one.severity is Severity.ERROR] == []


@pytest.mark.parametrize(
    ("group", "cause"), [(None, "TRANSCRIPT.MISSING_FIELD"), ("55", "TRANSCRIPT.FOREIGNER")]
)
def test_a_vietnamese_has_an_ethnic_group(group: str | None, cause: str) -> None:
    given = example("lop9")
    particulars = dataclasses.replace(given.content.particulars, ethnic_group=group)
    assert [one.cause for one in check(content(particulars=particulars)(given))] == [cause]
