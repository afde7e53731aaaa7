"""What docs/reference/format.md states of names, tables, values and limits is what the code has."""

import re
from datetime import UTC, datetime
from itertools import pairwise
from typing import Final

import pytest

from hocba_sign.crypto.acceptance import TABLE_PUBLISHED, acceptable
from hocba_sign.crypto.algorithms import KeyKind, signature_algorithm_named
from hocba_sign.errors import Finding
from hocba_sign.extract.container import MAX_LEAVES, MIN_LEAVES
from hocba_sign.extract.seal_octets import EXTRACT_ID, EXTRACT_TYPE
from hocba_sign.model.transcript import DATA_ELEMENT, ID_CONTENT, ID_DATA, ID_IDENTITY
from hocba_sign.model.workflow import PLANS, Role, Slot
from hocba_sign.pades.facts.field_names import ATTACHMENT, TIME_STAMP_PREFIX, field_name, slot_of
from hocba_sign.signing.xml.prepare import signature_id
from hocba_sign.validation.verdict import conclude
from hocba_sign.xades.syntax import names as xades
from hocba_sign.xades.syntax.key_info import MAX_CERTIFICATES
from hocba_sign.xades.syntax.time_stamps import MAX_TIME_STAMPS
from hocba_sign.xades.transcript.read import MAX_REFERENCES, MAX_SIGNATURES
from hocba_sign.xml import limits, namespaces
from hocba_sign.xml.layout import CANONICAL, RECORDS
from hocba_sign.xml.nonce import NONCE_OCTETS, NONCE_PATTERN
from hocba_sign.xml.parse import parse
from hocba_sign.xml.record_octets import FORMS
from tests.unit.docs.pages import ROOT

PAGE: Final = (ROOT / "docs" / "reference" / "format.md").read_text("utf-8")


def section(number: int) -> str:
    return PAGE.split(f"\n## {number} ")[1].split("\n## ")[0]


def table(number: int, first: str) -> list[list[str]]:
    """Return the rows of the table in a section whose head begins with `first`."""
    lines = section(number).split(f"| {first} |", 1)[1].splitlines()[2:]
    rows = []
    for line in lines:
        if not line.startswith("|"):
            break
        rows.append([cell.strip() for cell in line.strip("|").split("|")])
    return rows


def test_frame() -> None:
    text = section(2) + section(3)
    for name in (
        namespaces.ROOT,
        namespaces.HOCBA,
        namespaces.SCHEMA_VERSION_ATTRIBUTE,
        namespaces.SIGNATURE_SLOTS,
    ):
        assert f"`{name}`" in text
    assert DATA_ELEMENT in text
    for value in (ID_DATA, ID_IDENTITY, ID_CONTENT):
        assert f'`Id="{value}"`' in text
    assert f"`{namespaces.SLOT_SUBJECT}`" in section(4)
    assert f"`{namespaces.SLOT_TEACHER}`" in section(4)
    assert f"this is `{namespaces.SCHEMA_VERSION}`" in section(11)


def test_random_octets_and_the_place_of_an_extract() -> None:
    assert f"`{namespaces.NONCE}` is {NONCE_OCTETS} octets" in section(3)
    assert f"`{NONCE_PATTERN}`" in section(3)
    text = section(8)
    assert f'`Type="{EXTRACT_TYPE}"`' in text
    assert f"`{EXTRACT_ID}`" in text
    assert f"from {MIN_LEAVES} to {MAX_LEAVES}" in text


def test_schemas_that_are_named_are_there() -> None:
    named = set(re.findall(r"`(schemas/[\w-]+\.xsd)`", PAGE))
    assert len(named) > 5
    assert all((ROOT / name).exists() for name in named)


def test_limits() -> None:
    assert (
        f"{limits.MAX_BYTES:,} octets, {limits.MAX_DEPTH} levels of elements, {MAX_SIGNATURES} "
        f"signatures, {MAX_REFERENCES} references and {MAX_TIME_STAMPS} time-stamps of one "
        f"signature, {MAX_CERTIFICATES} certificates in one KeyInfo, {limits.MAX_ATTRIBUTES} "
        f"attributes of one element, {limits.MAX_NAMESPACES} namespaces in scope"
    ) in section(1)


@pytest.mark.parametrize(
    "name", re.findall(r"`(UTF-\d+\w*|utf\d+)`", section(1).split("(declared as")[1].split(")")[0])
)
def test_encodings_that_may_be_declared(name: str) -> None:
    encoding = "utf-8" if name.lower() in {"utf-8", "utf8"} else "utf-16"
    text = f'<?xml version="1.0" encoding="{name}"?><a/>'
    assert parse(text.encode(encoding)).root.tag == "a"


def test_plans() -> None:
    rows = table(4, "Plan")
    assert {row[0].strip("`") for row in rows} == set(PLANS)
    for name, _, roles, teachers in rows:
        plan = PLANS[name.strip("`")]
        assert roles == ", ".join(step.role for step in plan.steps)
        step = plan.step(Role.GVBM)
        word = "has no slots of teachers"
        if step is not None:
            word = "MUST" if step.is_required_per_subject else "MAY"
        assert teachers == word


def test_coverage_and_links() -> None:
    for role, covers, links in table(5, "Role"):
        rule = CANONICAL.rules[Role(role)]
        wanted = [f"`#{one}`" for one in rule.covers if one != "{subject}"]
        assert all(one in covers for one in wanted)
        assert ("Id of its subject" in covers) == ("{subject}" in rule.covers)
        assert links == "nothing" if rule.links is None else rule.links in links


def test_records() -> None:
    layouts = {layout.name: layout for layout in RECORDS}
    rows = table(14, "Kind")
    assert len(rows) == len(FORMS)
    for kind, root, data, slots, links in rows:
        form = next(one for one in FORMS if one.kind == kind.replace(" ", "_"))
        rules = layouts[form.kind].rules
        assert (root, data) == (f"`{form.root}`", f"`{form.data}`")
        assert slots == ", ".join(rules)
        assert bool(links) == any(rule.links for rule in rules.values())
        assert {rule.covers for rule in rules.values()} == {(ID_DATA,)}


def test_algorithms() -> None:
    rows = table(6, "Algorithm")
    assert len(rows) == 9
    for name, uri, smallest, ends in rows:
        algorithm = signature_algorithm_named(name)
        kind, bits = smallest.split()
        assert (f"`{algorithm.uri}`", algorithm.key_kind) == (uri, KeyKind(kind))
        at = TABLE_PUBLISHED
        assert acceptable(algorithm, int(bits), at=at).is_acceptable
        assert not acceptable(algorithm, int(bits) - 1, at=at).is_acceptable
        until = acceptable(algorithm, int(bits), at=at).until
        assert ends.startswith("" if until is None else f"forecast {until.date()}")
        assert until is None or until > TABLE_PUBLISHED


@pytest.mark.parametrize(
    "name", ["rsa-sha1", "rsa-sha224", "ecdsa-sha1", "ed25519", "ed448", "rsa-sha256"]
)
def test_what_is_not_listed_is_not_acceptable_whatever_time_is_proven(name: str) -> None:
    algorithm = signature_algorithm_named(name)
    first = datetime(2000, 1, 1, tzinfo=UTC)
    is_listed = f"`{algorithm.uri}`" in section(6)
    assert acceptable(algorithm, 4096, at=first).is_acceptable == is_listed


def test_identifiers_of_signatures() -> None:
    text = section(6)
    for value in (xades.TYPE_COUNTERSIGNED, xades.TYPE_SIGNED_PROPERTIES):
        assert f'`Type="{value}"`' in text
    assert f"`{xades.COMMITMENT}`" in text
    for role in (Slot(Role.GVBM, "mon-15", "gv-15-1"), Slot(Role.GVCN)):
        assert f"`{signature_id(role)}`" in text
    plan = PLANS["THCS_THPT"]
    for step in plan.steps:
        assert re.search(rf"{step.commitment} \([^)]*{step.role}", text)


def test_fields_of_a_pdf() -> None:
    text = section(13)
    assert f"`{ATTACHMENT}`" in text
    assert f"`{TIME_STAMP_PREFIX}`" in text
    for slot in (Slot(Role.GVBM, "mon-15", "gv-15-1"), Slot(Role.GVCN)):
        assert f"`{field_name(slot)}`" in text
        assert slot_of(field_name(slot)) == slot


ORDER: Final = (
    "SIG.STRUCTURE",
    "SIG.NO_SIGNING_CERTIFICATE",
    "SIG.TARGET_MISSING",
    "SIG.DIGEST",
    "SIG.VALUE",
    "SIG.TRANSFORM",
    "SIG.SIGNING_TIME",
)
"""One cause for each step of section 10 that is said of a signature alone."""


@pytest.mark.parametrize(("first", "second"), list(pairwise(ORDER)))
def test_the_first_in_the_order_decides(first: str, second: str) -> None:
    together = conclude((Finding(second), Finding(first)))
    alone = conclude((Finding(first),))
    assert (together.indication, together.sub_indication) == (
        alone.indication,
        alone.sub_indication,
    )


def test_what_refers_to_a_section_finds_it() -> None:
    heads = {
        re.sub(r"[^\w -]", "", line[3:].lower()).replace(" ", "-")
        for line in PAGE.splitlines()
        if line.startswith("## ")
    }
    pages = [*(ROOT / "docs").rglob("*.md"), ROOT / "README.md"]
    named = {
        anchor
        for page in pages
        for anchor in re.findall(r"format\.md#([\w-]+)", page.read_text("utf-8"))
    }
    assert named
    assert named <= heads
