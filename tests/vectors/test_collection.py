"""The vectors as a collection: described by their schema, frozen, paired, and none of the causes
forgotten.
"""

import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

from tests.vectors.replay import FOLDERS, ROOT, VECTORS, identifier, load
from tools.effects_table import DEPENDS

CASES = {identifier(folder): load(folder) for folder in FOLDERS}
UNCOVERED: dict[str, str] = json.loads(
    (Path(__file__).parent / "uncovered.json").read_text("utf-8")
)
AREAS = (
    "CRYPTO",
    "DATE",
    "DOC",
    "EVENT",
    "EVIDENCE",
    "EXTRACT",
    "INTEROP",
    "PATH",
    "PDF",
    "POLICY",
    "REGISTRY",
    "REVOCATION",
    "RULE",
    "SIG",
    "STATUS",
    "TST",
    "WF",
    "XML",
)
"""The areas of causes that judging a document may name."""
TYPES: dict[str, type] = {
    "string": str,
    "object": dict,
    "array": list,
    "boolean": bool,
    "null": type(None),
}


def faults(value: Any, schema: dict[str, Any], path: str = "$") -> Iterator[str]:
    """Judge by the part of JSON Schema that schema.json uses."""
    types = schema.get("type", [])
    if types and not isinstance(
        value, tuple(TYPES[name] for name in ((types,) if isinstance(types, str) else types))
    ):
        yield f"{path} is no {types}"
        return
    if "enum" in schema and value not in schema["enum"]:
        yield f"{path} is {value!r}"
    if isinstance(value, str) and (
        len(value) < schema.get("minLength", 0) or not re.search(schema.get("pattern", ""), value)
    ):
        yield f"{path} is {value!r}"
    if isinstance(value, list):
        if len(value) < schema.get("minItems", 0):
            yield f"{path} is too short"
        for number, item in enumerate(value):
            yield from faults(item, schema.get("items", {}), f"{path}[{number}]")
    if isinstance(value, dict):
        properties = schema.get("properties", {})
        yield from (
            f"{path} lacks {name}" for name in schema.get("required", ()) if name not in value
        )
        if schema.get("additionalProperties") is False:
            yield from (f"{path} has {name}" for name in value if name not in properties)
        for name, item in value.items():
            yield from faults(item, properties.get(name, {}), f"{path}.{name}")


def test_cases_obey_their_schema() -> None:
    schema = json.loads((VECTORS / "schema.json").read_text("utf-8"))
    assert not [
        f"{name}: {fault}" for name, case in CASES.items() for fault in faults(case, schema)
    ]


def test_a_case_is_named_after_its_folder_and_has_its_files() -> None:
    assert not [name for name, case in CASES.items() if case["id"] != name]
    options = {"--trust", "--cert", "--crl", "--ocsp"}
    for name, case in CASES.items():
        given = case["arguments"]
        named = [given[1], *(value for option, value in pairwise(given) if option in options)]
        assert not [path for path in named if not (VECTORS / name / path).exists()], name
        if given[0] == "verify":
            assert given[given.index("--at") + 1] == case["at"], name


def test_the_manifest_freezes_every_file() -> None:
    lines = (VECTORS / "MANIFEST.sha256").read_text("utf-8").splitlines()
    frozen = {name: digest for digest, name in (line.split("  ", 1) for line in lines)}
    ours = {"MANIFEST.sha256", "README.md", "schema.json", ".gitattributes"}
    files = {
        path.relative_to(VECTORS).as_posix(): path for path in VECTORS.rglob("*") if path.is_file()
    }
    assert frozen == {
        name: hashlib.sha256(path.read_bytes()).hexdigest()
        for name, path in files.items()
        if name not in ours
    }


def test_no_key_is_committed() -> None:
    assert not [
        path
        for path in VECTORS.rglob("*")
        if path.is_file() and b"PRIVATE KEY" in path.read_bytes()
    ]


def test_twins_exist_and_end_otherwise() -> None:
    def end(name: str) -> tuple[object, ...]:
        expect = CASES[name]["expect"]
        return expect["exit_code"], tuple(expect["causes"]), CASES[name]["arguments"][0]

    assert not [
        name
        for name, case in CASES.items()
        if case["twin"] is not None and end(name) == end(case["twin"])
    ]


def test_every_valid_case_has_a_twin_that_fails() -> None:
    twins = {case["twin"] for case in CASES.values()} - {None}
    valid = {name for name, case in CASES.items() if case["expect"]["exit_code"] == 0}
    alone = {name for name in valid if CASES[name]["twin"] is None and name not in twins}
    assert not alone


def test_a_verdict_names_no_cause_that_ends_a_command_and_a_valid_one_only_what_may_be_told() -> (
    None
):
    classes = json.loads((ROOT / "tests/unit/validation/causes.json").read_text("utf-8"))
    wrong = [
        (name, cause)
        for name, case in CASES.items()
        if "verdict" in case["expect"]
        for cause in case["expect"]["causes"]
        if cause in classes["call"]
        or (
            case["expect"]["verdict"] == "VALID"
            and not cause.startswith("RULE.")
            and cause not in classes["note"]
            and cause not in DEPENDS
        )
    ]
    assert not wrong


def test_every_cause_has_a_vector_or_a_reason() -> None:
    catalogues = (ROOT / "src" / "hocba_sign" / "catalogue").glob("*.json")
    known = {
        cause
        for path in catalogues
        for cause in json.loads(path.read_text("utf-8"))
        if cause.partition(".")[0] in AREAS
    }
    covered = {cause for case in CASES.values() for cause in case["expect"]["causes"]}
    assert not sorted(known - covered - set(UNCOVERED)), (
        "a cause without a vector: write one, or say in uncovered.json why there is none"
    )
    assert not sorted(covered & set(UNCOVERED)), "these have a vector now"
    assert not sorted(set(UNCOVERED) - known), "these causes are gone"


def test_inputs_say_as_data_what_the_arguments_say() -> None:
    names = {
        "--trust": "trust",
        "--cert": "certificates",
        "--crl": "crls",
        "--ocsp": "ocsp",
        "--registry": "registries",
        "--registry-pin": "registry_pins",
        "--events": "events",
        "--status-list": "status_lists",
        "--registered": "registered",
        "--at": "at",
        "--policy": "policy",
    }
    for name, case in CASES.items():
        said: dict[str, Any] = {"document": case["arguments"][1]}
        rest = iter(case["arguments"][2:])
        for option in rest:
            if option == "--any":
                said["any"] = True
            elif option in {"--at", "--policy"}:
                said[names[option]] = next(rest)
            elif option not in {"--offline", "--json"}:
                said.setdefault(names[option], []).append(next(rest))
        given = {key: value for key, value in case["inputs"].items() if value != []}
        assert (case["command"], given) == (case["arguments"][0], said), name


def test_the_listing_counts_the_cases() -> None:
    listing = json.loads((VECTORS / "suite.json").read_text("utf-8"))
    counted = Counter(name.partition("/")[0] for name in CASES)
    assert (listing["cases"], listing["areas"]) == (len(CASES), dict(counted))
    others = [name for name, case in CASES.items() if case["origin"] != "hocba-sign"]
    assert listing["by_other_writers"] == len(others)
    assert 3 * len(others) >= len(CASES), "a third of the cases is by other writers"
