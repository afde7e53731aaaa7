"""docs/reference/format.md is true: a reader written from it alone agrees with every vector that it
covers, and reaches the values that the page works out.
"""

import base64
import hashlib
import json
import re
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest
from lxml import etree

from tests.oracle import format_reader as reader

ROOT: Final = Path(__file__).resolve().parents[2]
VECTORS: Final = ROOT / "test_vectors"
PAGE: Final = (ROOT / "docs" / "reference" / "format.md").read_text("utf-8")
DECIDED: Final = frozenset(
    {
        *("WF.UNEXPECTED_SLOT", "WF.SLOT_REMOVED", "WF.MOVED", "WF.REMOVED", "WF.COVERAGE"),
        *("WF.ORDER", "WF.SKIPPED", "WF.MISSING", "SIG.DIGEST", "SIG.VALUE", "SIG.STRAY"),
        *("DOC.SLOT_TWICE", "DOC.SLOT_CONTENT", "DOC.NOT_HOC_BA", "DOC.NEWER", "XML.DTD"),
        *("XML.DUPLICATE_ID", "XML.RELATIVE_NAMESPACE", "TRANSCRIPT.SCHEMA_VERSION"),
        *("TRANSCRIPT.NONCE", "SIG.EXTRACT"),
    }
)
"""What the reader decides, of what vectors demand."""
OPEN: Final = frozenset({"WF.MISSING", "DOC.NEWER"})
"""Of what it names, what proves nothing wrong."""
CASES: Final = {
    path.parent: json.loads(path.read_text("utf-8"))
    for path in sorted(VECTORS.glob("*/*/case.json"))
}


def covered() -> list[tuple[Path, dict[str, Any]]]:
    """Return the cases of `verify` of one XML document as a transcript or record."""
    return [
        (folder, case)
        for folder, case in CASES.items()
        if case["arguments"][0] == "verify" and "--any" not in case["arguments"]
        if (folder / "document.xml").exists()
    ]


def read(octets: bytes) -> tuple[reader.Judgement | None, set[str]] | None:
    """Return what the reader says of a document and the causes that it names; None for what the
    page alone does not decide.
    """
    try:
        judged = reader.judge(octets)
    except reader.Refused as error:
        return None, {str(error)}
    except reader.Undecided:
        return None
    return judged, judged.causes


def departures(
    expect: dict[str, Any], judged: reader.Judgement | None, causes: set[str]
) -> Iterator[str]:
    """Compare with what a vector demands."""
    is_open = judged is not None and any(
        one is not None and one.is_intact is None for one in judged.slots.values()
    )
    missing = DECIDED & set(expect["causes"]) - causes
    if missing and not is_open:
        yield f"not found: {sorted(missing)}"
    if causes - OPEN and expect["verdict"] not in {"INVALID", "NOTHING_TO_VERIFY"}:
        yield f"found: {sorted(causes)}"
    if causes and expect["verdict"] == "VALID":
        yield f"found in what is VALID: {sorted(causes)}"
    if judged is None:
        return
    own = {"complete": judged.is_complete, "order_proven": judged.is_order_proven}
    for name, value in expect.get("workflow", {}).items():
        if own.get(name) not in (None, value) and "DOC.NEWER" not in causes:
            yield f"{name}: {own[name]}"
    for slot, members in expect.get("signatures", {}).items():
        one = judged.slots.get(tuple(slot.split("/")))
        answers = {None, members.get("intact")} if "intact" in members else {None, True, False}
        if one is not None and one.is_intact not in answers:
            yield f"{slot}: {one.is_intact}"


def test_the_reader_agrees_with_every_vector() -> None:
    answers = [
        (case["id"], case["expect"], answer)
        for folder, case in covered()
        if (answer := read((folder / "document.xml").read_bytes())) is not None
    ]
    disagreements = {name: [*departures(expect, *answer)] for name, expect, answer in answers}
    assert not [(name, found) for name, found in disagreements.items() if found]
    assert len(answers) > 0.95 * len(covered())
    assert {cause for _, _, (_, causes) in answers for cause in causes} >= DECIDED


@pytest.mark.parametrize(
    ("before", "after", "cause"),
    [
        (b"<NAM_HOC>2025", b"<NAM_HOC>2024", "SIG.DIGEST"),
        (b'monHoc="mon-19"', b'monHoc="mon-18"', "WF.SLOT_REMOVED"),
        (b">CBQL</xades:ClaimedRole>", b">GVCN</xades:ClaimedRole>", "WF.MOVED"),
        (b'URI="#ck-CBQL-value"', b'URI="#ck-GVCN-value"', "WF.ORDER"),
    ],
)
def test_the_reader_sees_what_is_changed(before: bytes, after: bytes, cause: str) -> None:
    octets = (VECTORS / "format" / "issued-secondary" / "document.xml").read_bytes()
    answer = read(octets.replace(before, after, 1))
    assert answer is not None
    assert cause in answer[1]
    assert reader.judge(octets).causes == set()


def fields(root: etree._Element, name: str) -> list[str]:
    return [one.text or "" for one in root.iter(reader.HOCBA + name)]


def test_an_event_names_its_transcript_by_the_digest_of_its_data() -> None:
    found = {}
    for folder, case in CASES.items():
        event = folder / "event.xml"
        if not event.exists() or not (folder / "document.xml").exists():
            continue
        try:
            named = fields(reader.read(event.read_bytes())[0], "GIA_TRI_BAM")
        except reader.Refused:
            continue
        judged = reader.judge((folder / "document.xml").read_bytes())
        found[case["id"]] = named[0] == judged.data_sha256
    assert found.pop("event/about-other-content") is False
    assert len(found) > 5
    assert all(found.values()), found


def test_a_status_list_says_what_the_vectors_demand() -> None:
    found = 0
    for folder, case in CASES.items():
        status = case["expect"].get("status")
        if not (folder / "list.xml").exists() or status is None:
            continue
        root = reader.read((folder / "document.xml").read_bytes())[0]
        key = fields(root, "MA_DINH_DANH_HOC_BA")[0], fields(root, "PHIEN_BAN")[0]
        listed = reader.read((folder / "list.xml").read_bytes())[0]
        assert reader.status(listed, *key) == status, case["id"]
        found += 1
    assert found > 2


def test_fields_of_a_pdf_are_called_as_the_page_says() -> None:
    seen = set()
    for folder, case in CASES.items():
        if not (folder / "document.pdf").exists() or "--any" in case["arguments"]:
            continue
        names = reader.field_names((folder / "document.pdf").read_bytes())
        seen |= names
        is_stray = any(reader.FIELD.fullmatch(name) is None for name in names)
        told = {"SIG.STRAY", "DOC.OTHER"}.intersection(case["expect"]["causes"])
        assert is_stray == bool(told), case["id"]
    assert {"KY_PHAT_HANH", "GVCN"} < seen
    examples = re.findall(r"`(GVBM-mon-\w+-gv-[\w-]+)`", PAGE)
    assert examples
    assert all(reader.FIELD.fullmatch(name) for name in examples)
    assert not any(reader.FIELD.fullmatch(name) for name in ("GVBM-mon-15-gv-16-1", "gvcn"))


def blocks(section: str) -> list[str]:
    """Return the XML blocks of a section."""
    text = PAGE.split(f"\n## {section}")[1].split("\n## ")[0]
    return re.findall(r"```xml\n(.*?)\n```", text, re.DOTALL)


def test_the_digest_of_data_is_worked_out_right() -> None:
    document, octets = blocks("3 ")
    made = reader.canonical(etree.fromstring(document)[0])
    assert made == octets.encode()
    assert f"canonical octets ({len(made)})" in PAGE
    assert f"`{hashlib.sha256(made).hexdigest()}`" in PAGE


def test_the_imprint_of_a_time_stamp_is_worked_out_right() -> None:
    octets = blocks("7 ")[0].encode()
    assert reader.canonical(etree.fromstring(octets)) == octets
    assert f"these {len(octets)} octets" in PAGE
    assert f"`{hashlib.sha256(octets).hexdigest()}`" in PAGE


def test_the_status_list_is_worked_out_right() -> None:
    named = re.search(
        r"list `([^`]+)`, `SO_O` (\d+), `TRANG_THAI_NEN` `([^`]+)` \(octets `(\w+)`\), "
        r"`NGOAI_LE` `([^`]+)`",
        PAGE,
    )
    assert named is not None
    assert zlib.decompress(base64.b64decode(named[3])).hex() == named[4]
    rows = re.findall(
        r"\| `([\w-]+)` version (\d) \| `(\w+)` \| (\d+) \| (\d) \| ([\w ]+) \|", PAGE
    )
    assert len(rows) == 4
    for transcript, version, start, cell, said, status in rows:
        digest = hashlib.sha256(f"{named[1]}/{transcript}/{version}".encode()).digest()
        place = int.from_bytes(digest[:8], "big") % int(named[2])
        assert (digest[:16].hex(), place) == (start, int(cell))
        assert bytes.fromhex(named[4])[place // 4] >> 2 * (place % 4) & 3 == int(said)
        told = reader.status_in(
            (named[1], int(named[2])), (named[3], named[5]), (transcript, version)
        )
        assert told == status.replace(" ", "_")
