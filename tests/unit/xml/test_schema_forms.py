"""What a fault of the schema is explained by, and that nothing is loaded without one."""

import subprocess
import sys
from pathlib import Path

import pytest

from hocba_sign.model.transcript import Transcript
from hocba_sign.testing.drafts import drafted
from hocba_sign.xml.layout import CANONICAL, KHO, Layout
from hocba_sign.xml.parse import parse
from hocba_sign.xml.schema import schema_findings, violations

ROOT = Path(__file__).parents[3]
TRANSCRIPT = Transcript.from_json((ROOT / "examples/lop9.json").read_bytes())
DATA = "/HOC_BA/DU_LIEU_HOC_BA"


@pytest.mark.parametrize("layout", [CANONICAL, KHO])
@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("<MA_CAP_HOC>03<", "<MA_CAP_HOC>3<", ("SCHEMA.CODE", f"{DATA}/DINH_DANH/MA_CAP_HOC", "02, 03, 04, 05")),
        ("<MA_KHOI>9<", "<MA_KHOI>13<", ("SCHEMA.RANGE", f"{DATA}/DINH_DANH/MA_KHOI", "1–12")),
        ("<NAM_HOC>2025-2026<", "<NAM_HOC>2025/2026<", ("SCHEMA.FORMAT", f"{DATA}/DINH_DANH/NAM_HOC", "[0-9]{4}-[0-9]{4}")),
        ("<TEN_LOP>9A2<", "<TEN_LOP><", ("SCHEMA.LENGTH", f"{DATA}/DINH_DANH/TEN_LOP", "1–100")),
        ('Id="dinhdanh"', 'Id="dinhdanh" x="1"', ("SCHEMA.ATTRIBUTE", f"{DATA}/DINH_DANH", "@Id")),
        ('NGAU_NHIEN="', 'NGAU_NHIEN="A', ("SCHEMA.FORMAT", DATA, None)),
    ],
)  # fmt: skip
def test_a_fault_says_where_it_is_and_what_may_stand_there(
    layout: Layout, old: str, new: str, told: tuple[str, str, str | None]
) -> None:
    text = drafted(TRANSCRIPT, layout).decode()
    assert text.count(old) >= 1
    root = parse(text.replace(old, new, 1).encode()).root
    found = {
        (fault.reason, (fault.where or "").partition(" ")[0]): fault.form
        for fault in schema_findings(root, issued=False)
    }
    reason, where, form = told
    assert (reason, where) in found
    if form is not None:
        assert found[reason, where] == form
    assert all(fault.cause == "DOC.SCHEMA" for fault in schema_findings(root, issued=False))


def test_a_missing_part_is_told_with_the_parts_in_order() -> None:
    text = drafted(TRANSCRIPT).decode()
    start, end = text.index("<NGUOI_KY>"), text.index("</NGUOI_KY>") + len("</NGUOI_KY>")
    root = parse((text[:start] + text[end:]).encode()).root
    (fault,) = schema_findings(root, issued=False)
    assert (fault.reason, fault.form) == ("SCHEMA.CONTENT", "DINH_DANH, THONG_TIN_HOC_BA, NGUOI_KY")
    unknown = parse(text.replace("<NGUOI_KY>", "<X/><NGUOI_KY>", 1).encode()).root
    (fault,) = schema_findings(unknown, issued=False)
    assert fault.form == "DINH_DANH, THONG_TIN_HOC_BA, NGUOI_KY"


def test_a_form_says_nothing_of_the_document() -> None:
    text = drafted(TRANSCRIPT).decode().replace("<MA_KHOI>9<", "<MA_KHOI>bi mat<", 1)
    faults = schema_findings(parse(text.encode()).root, issued=False)
    assert faults
    assert "bi mat" not in repr(faults)


def test_it_is_loaded_at_the_first_fault_only() -> None:
    program = (
        "import sys; from hocba_sign.xml.parse import parse; "
        "from hocba_sign.xml.schema import schema_findings; "
        "root = parse(sys.stdin.buffer.read()).root; "
        "assert schema_findings(root, issued=False) == (); assert 'xmlschema' not in sys.modules; "
        "assert schema_findings(root, issued=True); assert 'xmlschema' in sys.modules"
    )
    subprocess.run([sys.executable, "-c", program], input=drafted(TRANSCRIPT), check=True)


def test_every_fault_of_a_hostile_document_costs_one_look_up() -> None:
    body = "".join(f"<A{number}/>" for number in range(5_000))
    text = drafted(TRANSCRIPT).decode().replace("<NGUOI_KY>", f"{body}<NGUOI_KY>", 1)
    root = parse(text.encode()).root
    assert len(schema_findings(root, issued=False)) == len(violations(root, issued=False)) <= 200
