"""What is suggested for an unknown code: the nearest by name, of the list alone."""

import json
from pathlib import Path
from typing import Any

import pytest

from hocba_sign import InputError, Transcript
from hocba_sign.cli.main import main
from hocba_sign.model.check import check
from hocba_sign.model.codes import code_list
from hocba_sign.model.suggestion import MAX_SUGGESTED, suggested


@pytest.mark.parametrize("name", ["subjects", "provinces", "ethnic_groups"])
def test_every_name_leads_to_its_own_codes(name: str) -> None:
    codes = code_list(name)
    for entry in (entry for group in codes.entries.values() for entry in group):
        for written in (entry.name, entry.name.upper(), f"môn {entry.name} "):
            found = suggested(codes, (written,))
            assert found[0].name == entry.name, written
            assert len(found) <= MAX_SUGGESTED


@pytest.mark.parametrize("words", ["", "99", "xq", "!?", "Hướng dẫn viên du lịch"])
def test_what_is_like_no_name_leads_to_none(words: str) -> None:
    assert suggested(code_list("subjects"), (words,)) == ()


def with_changes(root: Path, **changes: Any) -> list[tuple[str, str]]:
    given = json.loads((root / "examples" / "lop9.json").read_text("utf-8"))
    subject = {key: changes.pop(key) for key in ("mamonhoc", "tenmonhoc") if key in changes}
    given["danhsachdiemtongket"][0] |= subject
    try:
        findings = check(Transcript.from_json(json.dumps(given | changes)))
    except InputError as error:
        findings = error.findings
    return [(one.cause, one.form) for one in findings]


def test_a_subject_is_found_by_the_name_beside_its_code(root: Path) -> None:
    unknown = with_changes(root, mamonhoc="98", tenmonhoc="Ngữ Van")
    assert ("CODE.UNKNOWN", "19 (Ngữ văn), …") in unknown


def test_a_word_in_the_place_of_a_code_is_taken_for_its_name(root: Path) -> None:
    assert with_changes(root, dantoc="Gia Rai")[0][1].startswith("10 (Gia-rai)")
    assert with_changes(root, matinh="Gia lai")[0][1].startswith("52 (Gia Lai)")
    assert with_changes(root, thongtu="TT22/2022")[0][1].startswith("TT22/2021 (")


def test_where_nothing_is_alike_the_form_is_told(root: Path) -> None:
    assert ("CODE.UNKNOWN", "[0-9]{2,3}") in with_changes(root, mamonhoc="98", tenmonhoc="Xqz")


def test_a_teacher_who_names_the_subject_is_told_its_code(
    root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    document = tmp_path / "draft.xml"
    assert main(["new", str(root / "examples" / "lop9.json"), "-o", str(document)]) == 0
    certificate = next(iter((root / "test_vectors" / "_world" / "cert").iterdir()))
    arguments = ["--role", "GVBM", "--cert", str(certificate), "--out", str(tmp_path / "state")]
    assert main(["prepare", str(document), "--subject", "Ngu van", *arguments, "--offline"]) == 2
    assert "GVBM/Ngu van (19 (Ngữ văn), …)" in capsys.readouterr().err


def test_the_lists_are_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["codes"]) == 0
    assert [line.split()[0] for line in capsys.readouterr().out.splitlines()] == [
        "subjects",
        "rule_sets",
        "provinces",
        "ethnic_groups",
    ]
    assert main(["codes", "subjects", "--lang", "en"]) == 0
    assert "  19   Ngữ văn (grade 6–9; programme of 2018)" in capsys.readouterr().out.splitlines()
    assert main(["codes", "provinces", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    first = {"code": "01", "name": "Hà Nội", "until": "2025-07-01"}
    assert first.items() <= told["entries"][0].items()
    assert main(["codes", "subject"]) == 2
