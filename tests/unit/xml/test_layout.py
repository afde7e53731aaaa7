"""The transcript store's layout: the same content in other places, and the pair of equal Ids that
comes with it.
"""

import dataclasses
import re
from pathlib import Path

import pytest
from hypothesis import given
from lxml import etree

from hocba_sign.errors import CallerError, InputError
from hocba_sign.model.transcript import Transcript
from hocba_sign.model.workflow import Role, Slot
from hocba_sign.testing.drafts import drafted
from hocba_sign.xml.convert import convert
from hocba_sign.xml.decode import check_document, decode, decode_document, document_nonce
from hocba_sign.xml.encode import encode
from hocba_sign.xml.layout import CANONICAL, KHO, PART, recognise, slot_elements
from hocba_sign.xml.parse import parse
from hocba_sign.xml.schema import violations
from tests.support.transcripts import transcripts

EXAMPLES = Path(__file__).parent.parent.parent.parent / "examples"
NAMES = ("lop5", "lop9", "lop12")
DATA = "DU_LIEU_HOC_BA"
SLOTS = f"{DATA}/DANH_SACH_THONG_TIN_KY"


def example(name: str = "lop12") -> Transcript:
    return Transcript.from_json((EXAMPLES / f"{name}.json").read_bytes())


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("is_digitised", [False, True])
def test_both_layouts_hold_the_same_content(name: str, *, is_digitised: bool) -> None:
    transcript = example(name)
    transcript = dataclasses.replace(
        transcript,
        identification=dataclasses.replace(transcript.identification, is_digitised=is_digitised),
    )
    root = parse(drafted(transcript, KHO)).root
    assert recognise(root) is KHO
    assert decode_document(root) == transcript
    assert decode(etree.tostring(root[0], method="c14n", exclusive=True)) == transcript
    assert check_document(root) == ()
    assert violations(root, issued=False) == ()
    assert sorted(slot for slot, _ in slot_elements(root, KHO)) == sorted(transcript.slots)


@given(transcripts())
def test_any_transcript_goes_to_the_store_and_back(transcript: Transcript) -> None:
    stored, canonical = (encode(transcript, layout, nonce=b"n" * 32) for layout in (KHO, CANONICAL))
    assert decode_document(parse(stored).root) == transcript
    assert convert(stored, CANONICAL, nonce=b"n" * 32) == canonical
    assert convert(canonical, KHO, nonce=b"n" * 32) == stored
    assert convert(canonical, KHO, nonce=b"m" * 32) == stored
    old = re.sub(rb' NGAU_NHIEN="[^"]*"', b"", canonical)
    assert document_nonce(parse(convert(old, KHO, nonce=b"m" * 32)).root) == b"m" * 32


def test_places_and_ids_are_those_of_the_field() -> None:
    root = parse(drafted(example(), KHO)).root
    assert not {element.tag for element in root.iter("*") if str(element.tag).startswith("{")}
    assert [child.tag for child in root] == [DATA, "PHAT_HANH_HOC_BA"]
    assert root[0].get("Id") == "data"
    assert [child.tag for child in root[0]][-1] == "DANH_SACH_THONG_TIN_KY"
    content = root.find(f"{DATA}/THONG_TIN_HOC_BA")
    assert content is not None
    assert content.get("Id") == "thongtinhocba"
    named = [
        teacher.get("Id")
        for teacher in content.iterfind("DANH_SACH_DIEM_TONG_KET/DIEM_TONG_KET/GVBM")
    ]
    assert [slot.get("Id") for slot in root.iterfind(f"{SLOTS}/DANH_SACH_GVBM/GVBM")] == named
    assert [slot.tag for slot in root.iterfind(f"{SLOTS}/*")] == ["DANH_SACH_GVBM", "GVCN"]
    assert [slot.tag for slot in root.iterfind("PHAT_HANH_HOC_BA/*")] == ["CBQL", "KY_PHAT_HANH"]


def test_the_id_of_a_teacher_and_of_the_slot_names_nothing() -> None:
    parsed = parse(drafted(example(), KHO))
    assert {"data", "thongtinhocba", "dinhdanh", "mon-15"} <= parsed.ids.keys()
    assert not {identifier for identifier in parsed.ids if identifier.startswith("gv-")}


TWIN = '<GVBM Id="gv-15-1"></GVBM>'


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (TWIN, TWIN + TWIN),  # three of a kind
        (TWIN, '<GVBM Id="mon-15"></GVBM>'),
        (TWIN, '<GVBM Id="data"></GVBM>'),
        ("<GVCN></GVCN>", '<GVCN Id="gv-15-1"></GVCN>'),
        ("<GVCN></GVCN></DANH", '<GVBM Id="gv-15-1"></GVBM><GVCN></GVCN></DANH'),
        (TWIN, '<GVBM ID="gv-15-1"></GVBM>'),
        ("<CBQL></CBQL>", '<CBQL Id="thongtinhocba"></CBQL>'),
        (TWIN, '<GVBM xmlns="urn:hocba:1" Id="gv-15-1"></GVBM>'),
    ],
)
def test_any_other_pair_of_equal_ids_is_refused(old: str, new: str) -> None:
    text = drafted(example(), KHO).decode()
    assert old in text
    with pytest.raises(InputError) as caught:
        parse(text.replace(old, new, 1).encode())
    assert caught.value.cause == "XML.DUPLICATE_ID"


def test_the_pair_is_refused_in_the_canonical_layout() -> None:
    text = drafted(example()).decode()
    with pytest.raises(InputError) as caught:
        parse(text.replace('giaoVien="gv-15-1"', 'Id="gv-15-1"').encode())
    assert caught.value.cause == "XML.DUPLICATE_ID"


def test_what_a_signature_carries_names_no_teacher() -> None:
    """A subject written into a slot, in a ds:Object for example, must not tell which subject a slot
    is for.
    """
    text = drafted(example(), KHO).decode()
    planted = '<DIEM_TONG_KET Id="x"><GVBM Id="gv-7-7"/></DIEM_TONG_KET>'
    text = text.replace("<GVCN></GVCN></DANH", f"<GVCN>{planted}</GVCN></DANH").replace(
        TWIN + "<GVBM", '<GVBM Id="gv-7-7"></GVBM><GVBM', 1
    )
    root = parse(text.replace('<GVBM Id="gv-7-7"/>', "<GVBM/>").encode()).root
    assert Slot(Role.GVBM, None, "gv-7-7") in [slot for slot, _ in slot_elements(root, KHO)]


def test_a_signed_file_keeps_its_layout() -> None:
    for layout, other in ((CANONICAL, KHO), (KHO, CANONICAL)):
        signed = drafted(example(), layout).replace(
            b"<CBQL></CBQL>",
            (
                b'<CBQL><ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#"></'
                b"ds:Signature></CBQL>"
            ),
        )
        with pytest.raises(CallerError) as caught:
            convert(signed, other, nonce=bytes(32))
        assert caught.value.cause == "CONVERT.SIGNED"
        assert "CBQL" in str(caught.value.where)


@pytest.mark.parametrize(
    "text",
    [
        '<TONG_KET_CA_NAM Id="tk"/>',
        '<HOC_BA><TONG_KET_CA_NAM Id="tk"/></HOC_BA>',
        '<HOC_BA><THONG_TIN Id="lyLich"/></HOC_BA>',
        "<LY_LICH/>",
    ],
)
def test_parts_of_a_transcript_are_recognised_and_not_converted(text: str) -> None:
    assert recognise(parse(text.encode()).root) is PART
    with pytest.raises(InputError) as caught:
        convert(text.encode(), KHO, nonce=bytes(32))
    assert caught.value.cause == "DOC.NOT_HOC_BA"


@pytest.mark.parametrize(
    "text",
    [
        "<HOC_BA/>",
        '<HOC_BA><DU_LIEU_HOC_BA Id="data"/></HOC_BA>',
        '<x xmlns="urn:x"/>',
        "<THONG_TIN/>",
    ],
)
def test_other_files_are_no_transcripts(text: str) -> None:
    with pytest.raises(InputError) as caught:
        recognise(parse(text.encode()).root)
    assert caught.value.cause == "DOC.NOT_HOC_BA"
