import subprocess
import sys
from pathlib import Path

import pytest

from hocba_sign.model.codes import SchoolLevel
from hocba_sign.model.fields import element_path, table
from hocba_sign.model.reading import Naming, names
from hocba_sign.model.transcript import Transcript

ROOT = Path(__file__).parent.parent.parent.parent
HEADER = """trangthaithongtinhocba trichluc phienbanthongtinhocba thongtu madinhdanhhocba namhoc masogd tensogd matruong tentruong
tenxa tentinh maxa matinh tenhuyen macaphoc sosodangbo hovaten sodinhdanh mahocsinh gioitinh ngaythangnamsinh thangnamsinh namsinh
noisinh quequan noiohiennay dantoc quoctich doituongchinhsach cokhuyettatkhongdanhgia hotencha hotenme hotennguoigiamho
tengiamhieu soddcngiamhieu chucvugiamhieu diadanhphathanh ngaykyphathanh ngaytao tengvcn soddcngvcn makhoi tenlop duoclenlop nxetgvcn
quatrinhhoctap ndungkhenthuong ndunghoanthanh"""
PRIMARY = """xeploai ndungkhenthuongdotxuat dahthanhctrinhlophoc dahthanhctrinhtieuhoc nxetphamchat nxetnanglucchung nxetnanglucdacthu
diemkiemtradinhky"""
SECONDARY = """diemhocky1 diemhocky2 diemcanam diemkttralai soddcngvbm gvbm hocky1 hocky2 canam renluyenhocky1 renluyenhocky2
renluyencanam renluyenlai kqhoctaplai sobuoinghi ndungduoclenlop kquathamgiacuocthi ndungkquarenluyen tenchungchi loaichungchi"""
EARLIER_YEAR = "namhoc tenlop tentruong tentinh ngaytrangthaichuyenden"
SUBJECT = "mamonhoc tenmonhoc nxetmonhoc"


def all_columns(record: type, level: SchoolLevel) -> set[str]:
    """Return the JSON keys of a record and all records in it that the table calls columns of the
    dictionary.
    """
    found = set()
    for bound in table(record):
        if bound.spec.is_column and bound.spec.key is not None:
            found.add(bound.spec.key)
        inner = bound.record(level) if bound.records else None
        if inner is not None:
            found |= all_columns(inner, level)
    return found


@pytest.mark.parametrize(
    ("level", "own"),
    [
        (SchoolLevel.PRIMARY, PRIMARY),
        (SchoolLevel.LOWER_SECONDARY, SECONDARY),
        (SchoolLevel.UPPER_SECONDARY, SECONDARY),
    ],
)
def test_every_column_of_the_dictionary_has_its_field(level: SchoolLevel, own: str) -> None:
    wanted = set(f"{HEADER} {own} {EARLIER_YEAR} {SUBJECT}".split())
    has = all_columns(Transcript, level)
    assert wanted - has == set()
    assert has - wanted <= {"soddcngvbm", "gvbm"}


@pytest.mark.parametrize("level", SchoolLevel)
@pytest.mark.parametrize("naming", ["element", "key"])
def test_no_name_stands_for_two_fields(level: SchoolLevel, naming: Naming) -> None:
    seen: set[type] = set()
    waiting: list[type] = [Transcript]
    while waiting:
        record = waiting.pop()
        seen.add(record)
        given = [name for name, _ in names(record, level=level, naming=naming)]
        assert len(given) == len(set(given))
        waiting += [
            inner for bound in table(record) for inner in bound.records if inner not in seen
        ]


def test_path_of_a_field() -> None:
    assert element_path(Transcript, "content", "subjects", 2, "marks", "year") == (
        "/THONG_TIN_HOC_BA/DANH_SACH_DIEM_TONG_KET/DIEM_TONG_KET[3]/DIEM_CA_NAM"
    )


@pytest.mark.parametrize("tool", ["field_table.py", "schema_types.py"])
def test_what_is_made_from_the_table_is_fresh(tool: str) -> None:
    done = subprocess.run(
        [sys.executable, ROOT / "tools" / tool, "--check"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
