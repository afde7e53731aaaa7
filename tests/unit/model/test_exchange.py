import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from hocba_sign.errors import InputError
from hocba_sign.model.transcript import Transcript

EXAMPLES = Path(__file__).parent.parent.parent.parent / "examples"
Edit = Callable[[dict[str, Any]], object]


def example(name: str = "lop12") -> dict[str, Any]:
    return dict(json.loads((EXAMPLES / f"{name}.json").read_text("utf-8")))


@pytest.mark.parametrize("name", ["lop5", "lop9", "lop12"])
def test_examples_are_written_as_they_stand(name: str) -> None:
    text = (EXAMPLES / f"{name}.json").read_text("utf-8")
    assert Transcript.from_json(text).to_json() == text


@pytest.mark.parametrize(
    ("edit", "cause", "where"),
    [
        (lambda j: j.pop("hovaten"), "TRANSCRIPT.MISSING_FIELD", "$.hovaten"),
        (lambda j: j.update(hovaten=None), "TRANSCRIPT.MISSING_FIELD", "$.hovaten"),
        (lambda j: j.update(hovaten=3), "JSON.TYPE", "$.hovaten"),
        (lambda j: j.update(hoten="x"), "TRANSCRIPT.UNKNOWN_FIELD", "$.hoten"),
        (lambda j: j["noisinh"].update(x="x"), "TRANSCRIPT.UNKNOWN_FIELD", "$.noisinh.x"),
        (lambda j: j.update(noisinh="Đà Nẵng"), "JSON.TYPE", "$.noisinh"),
        (lambda j: j.update(makhoi=True), "JSON.TYPE", "$.makhoi"),
        (lambda j: j.update(makhoi=12.0), "JSON.TYPE", "$.makhoi"),
        (lambda j: j.update(makhoi=13), "VALUE.RANGE", "$.makhoi"),
        (lambda j: j.update(duoclenlop=1), "JSON.TYPE", "$.duoclenlop"),
        (lambda j: j.update(macaphoc="4"), "CODE.UNKNOWN", "$.macaphoc"),
        (
            lambda j: j["danhsachdiemtongket"][2].update(diemcanam="8,7"),
            "TEXT.COMMA_DECIMAL",
            "$.danhsachdiemtongket[2].diemcanam",
        ),
        (
            lambda j: j["danhsachdiemtongket"][2].update(diemcanam=8.75),
            "VALUE.MARK",
            "$.danhsachdiemtongket[2].diemcanam",
        ),
        (
            lambda j: j["danhsachdiemtongket"][2].update(mucdatduoc="T"),
            "TRANSCRIPT.UNKNOWN_FIELD",
            "$.danhsachdiemtongket[2].mucdatduoc",
        ),
        (
            lambda j: j["danhsachdiemtongket"][0]["danhsachgvbm"][0].update(soddcngvbm="48"),
            "VALUE.FORMAT",
            "$.danhsachdiemtongket[0].danhsachgvbm[0].soddcngvbm",
        ),
        (lambda j: j["danhsachdiemtongket"].append("x"), "JSON.TYPE", "$.danhsachdiemtongket[13]"),
        (lambda j: j.update(danhsachdiemtongket={}), "JSON.TYPE", "$.danhsachdiemtongket"),
        (
            lambda j: j.update(danhsachdiemtongket=[]),
            "TRANSCRIPT.MISSING_FIELD",
            "$.danhsachdiemtongket",
        ),
        (
            lambda j: j.update(danhsachdiemtongket=j["danhsachdiemtongket"] * 4),
            "TRANSCRIPT.TOO_MANY",
            "$.danhsachdiemtongket",
        ),
        (lambda j: j.update(xeploai="HTT"), "TRANSCRIPT.UNKNOWN_FIELD", "$.xeploai"),
    ],
)
def test_a_fault_is_named_with_its_path(edit: Edit, cause: str, where: str) -> None:
    given = example()
    edit(given)
    with pytest.raises(InputError) as caught:
        Transcript.from_json(json.dumps(given))
    assert (caught.value.cause, caught.value.where) == (cause, where)


def test_all_faults_are_reported() -> None:
    given = example()
    given["danhsachdiemtongket"][0]["diemhocky1"] = "8,2"
    given["danhsachdiemtongket"][4]["diemcanam"] = "11"
    given["ngaytao"] = "25/05/2026"
    with pytest.raises(InputError) as caught:
        Transcript.from_json(json.dumps(given))
    assert [(one.cause, one.where) for one in caught.value.findings] == [
        ("VALUE.DATE", "$.ngaytao"),
        ("TEXT.COMMA_DECIMAL", "$.danhsachdiemtongket[0].diemhocky1"),
        ("VALUE.MARK", "$.danhsachdiemtongket[4].diemcanam"),
    ]


def test_numbers_and_booleans_may_be_given_as_such_or_as_text() -> None:
    given = example()
    given["makhoi"] = "12"
    given["duoclenlop"] = "true"
    marks = given["danhsachdiemtongket"][1]
    marks.update(diemhocky1=8.9, diemhocky2=9.3)
    assert Transcript.from_json(json.dumps(given)) == Transcript.from_json(json.dumps(example()))
    marks.update(diemhocky1=9)
    assert Transcript.from_json(json.dumps(given)).to_json().count('"diemhocky1": "9.0"') == 1


@pytest.mark.parametrize(
    ("document", "cause"),
    [
        (b"", "JSON.SYNTAX"),
        (b"{", "JSON.SYNTAX"),
        (b"[]", "JSON.TYPE"),
        (b"\xff", "JSON.ENCODING"),
        (b'{"a": NaN}', "JSON.SYNTAX"),
        (b'{"a": 1, "a": 2}', "JSON.DUPLICATE_KEY"),
        (b"[" * 100_000, "JSON.SYNTAX"),
        (b'{"a": ' + b"9" * 5000 + b"}", "JSON.SYNTAX"),
        (b'{"diemcanam": 1e999999999}', "TRANSCRIPT.MISSING_FIELD"),
        (b" " * 5_000_001, "JSON.TOO_LARGE"),
    ],
)
def test_hostile_json_is_refused(document: bytes, cause: str) -> None:
    with pytest.raises(InputError) as caught:
        Transcript.from_json(document)
    assert caught.value.cause == cause


def test_a_huge_exponent_is_no_mark() -> None:
    text = (EXAMPLES / "lop12.json").read_text("utf-8").replace('"8.9"', "1e999999999", 1)
    with pytest.raises(InputError) as caught:
        Transcript.from_json(text)
    assert caught.value.cause == "VALUE.MARK"


def test_errors_never_carry_a_value() -> None:
    given = example()
    given["danhsachdiemtongket"][0]["diemcanam"] = "3,1415"
    given["nxetgvcn"] = ["bí mật"]
    with pytest.raises(InputError) as caught:
        Transcript.from_json(json.dumps(given))
    told = f"{caught.value!s}{caught.value.findings!r}"
    assert "3,1415" not in told
    assert "bí mật" not in told


@pytest.mark.parametrize(
    "number",
    [
        "1e-99999999999999999999",
        "1e99999999999999999999",
        "-0.0e-99999999999999999999",
        "8.5e-400000000",
    ],
)
def test_a_number_beyond_all_measure_is_a_wrong_mark_at_its_place(number: str) -> None:
    document = json.dumps(example()).replace('"diemcanam": "8.4"', f'"diemcanam": {number}', 1)
    assert number in document
    with pytest.raises(InputError) as caught:
        Transcript.from_json(document)
    assert caught.value.cause == "VALUE.MARK"
    assert caught.value.where is not None
    assert caught.value.where.endswith("diemcanam")


def test_many_keys_of_which_one_stands_twice_cost_as_much_as_they_are_long() -> None:
    document = "{" + ",".join(f'"k{number}":0' for number in range(200_000)) + ',"k199999":1}'
    started = time.process_time()
    with pytest.raises(InputError, match=r"JSON\.DUPLICATE_KEY"):
        Transcript.from_json(document)
    assert time.process_time() - started < 2
