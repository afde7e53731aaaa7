"""The manifest of a class: read as it was written, and whatever else is there is refused."""

import json
import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hocba_sign import InputError, prepare
from hocba_sign.signing.manifest import (
    LineState,
    in_batches,
    line_of,
    read_manifest,
    read_values,
    write_manifest,
)
from tests.support.scene import SIGNED_AT, Scene

SCENE = Scene(subjects=2)
LINES = tuple(
    line_of(
        prepare(SCENE.draft, slot, chain_der=SCENE.signer(slot).chain_der, at=SIGNED_AT),
        file="../in/5A/Nguyễn.xml",
        place="5A/Nguyễn.xml",
        document_id=SCENE.transcript.identification.id,
        signer_sha256="ab" * 32,
    )
    for slot in SCENE.teachers
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=5,
)


def refusal(read: Callable[[bytes], object], octets: bytes) -> InputError | None:
    """Return why something cannot be read; nothing else may escape."""
    try:
        read(octets)
    except InputError as error:
        return error
    return None


def test_what_is_written_is_read() -> None:
    assert read_manifest(write_manifest(LINES)) == LINES


@pytest.mark.parametrize(
    ("at_once", "batches"), [(1, [1, 2, 3, 4]), (3, [1, 1, 1, 2]), (50, [1] * 4)]
)
def test_what_waits_is_numbered_and_nothing_else(at_once: int, batches: list[int]) -> None:
    waiting = [LINES[0]] * 4
    done = replace(LINES[1], state=LineState.DONE, batch=7)
    numbered = list(in_batches([*waiting[:2], done, *waiting[2:]], at_once))
    assert [line.batch for line in numbered if line.state is LineState.PREPARED] == batches
    assert [line.batch for line in numbered if line.state is LineState.DONE] == [None]


@given(st.sampled_from(sorted(LINES[0].as_dict())), JSON)
def test_a_line_is_read_or_refused_by_name(member: str, value: Any) -> None:
    octets = json.dumps(LINES[0].as_dict() | {member: value}).encode()
    refused = refusal(read_manifest, octets)
    if refused is None:
        assert re.fullmatch("[0-9a-f]{32}", read_manifest(octets)[0].identifier)
    else:
        assert (refused.cause, refused.where) == ("MANIFEST.LINE", "line 1")


@pytest.mark.parametrize("name", ["../../x", "a/b", "", "A" * 32, "a" * 33])
def test_an_identifier_is_no_path(name: str) -> None:
    with pytest.raises(InputError, match=r"MANIFEST\.LINE"):
        read_manifest(json.dumps(LINES[0].as_dict() | {"id": name}).encode())


@given(st.binary(max_size=200))
def test_anything_is_values_or_refused(octets: bytes) -> None:
    for read, cause in ((read_values, "MANIFEST.VALUES"), (read_manifest, "MANIFEST.LINE")):
        refused = refusal(read, octets)
        assert refused is None or refused.cause == cause


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        (None, "Nguyễn.xml"),
        ("5B/Nguyễn.xml", "5B/Nguyễn.xml"),
        ("../Nguyễn.xml", ""),
        ("/etc/Nguyễn.xml", ""),
        ("5A/../../x", ""),
        ("C:x.xml", ""),
        ("..\\x.xml", ""),
        ("", ""),
        (7, ""),
    ],
)
def test_a_place_leads_nowhere_outside_the_folder_of_results(place: object, expected: str) -> None:
    entry = json.loads(write_manifest(LINES[:1]))
    entry |= {"place": place}
    if place is None:
        del entry["place"]
    octets = json.dumps(entry).encode()
    if expected:
        assert read_manifest(octets)[0].place == expected
        return
    with pytest.raises(InputError, match=r"MANIFEST\.LINE"):
        read_manifest(octets)
