"""What other programs say to the order links (docs/adr/0003-order-links.md), and what they cannot
see.

The files come from a writer that shares nothing with hocba_sign, so these answers are about the
format, not about our code.
"""

from collections.abc import Callable
from copy import deepcopy
from pathlib import Path

import pytest
from lxml import etree

from tests.interop.dss_oracle import Verdict, dss
from tests.interop.foreign import (
    HOMEROOM,
    JUDGED_AT,
    PLAN,
    PRINCIPAL,
    SEAL,
    SUBJECTS,
    ForeignWorld,
    LinkForm,
    Task,
    by_id,
    slot,
)
from tests.interop.xmlsec1 import Checked, xmlsec1

LATER = {"S-GVCN", "S-CBQL", "S-KY_PHAT_HANH"}
FORMS = {
    "chosen": (LinkForm(), "XAdES-BASELINE-B"),
    "without-type": (LinkForm(has_type=False), "XAdES-BASELINE-B"),
    "without-format": (LinkForm(has_format=False), "XAdES-BES"),
    "bare": (LinkForm(has_type=False, has_format=False), "XAdES-BES"),
}


def change_mark(document: etree._Element) -> None:
    by_id(document, "mon-01")[0].text = "9.5"


def remove_principal(document: etree._Element) -> None:
    slot(document, "CBQL").clear()


def remove_seal(document: etree._Element) -> None:
    slot(document, "KY_PHAT_HANH").clear()


def duplicate_principal(document: etree._Element) -> None:
    slot(document, "CBQL").append(deepcopy(by_id(document, "S-CBQL")))


def swap_slots(document: etree._Element) -> None:
    principal, seal = by_id(document, "S-CBQL"), by_id(document, "S-KY_PHAT_HANH")
    slot(document, "CBQL").append(seal)
    slot(document, "KY_PHAT_HANH").append(principal)


CHANGES: dict[str, tuple[Callable[[etree._Element], None], dict[str, str]]] = {
    "change-mark": (change_mark, dict.fromkeys(("S-GVBM-mon-01", *LATER), "HASH_FAILURE")),
    "remove-principal": (remove_principal, {"S-KY_PHAT_HANH": "SIGNED_DATA_NOT_FOUND"}),
    "duplicate-principal": (
        duplicate_principal,
        dict.fromkeys(("S-CBQL", "S-KY_PHAT_HANH"), "FORMAT_FAILURE"),
    ),
    "remove-seal": (remove_seal, {}),
    "swap-slots": (swap_slots, {}),
}
"""Change -> signatures that DSS refuses, with the sub-indication.

Nothing here means: only a check of the workflow sees it.
"""

OTHER_ORDER = (
    Task(slot="KY_PHAT_HANH", role="KY_PHAT_HANH", covers=("data",)),
    *SUBJECTS,
    HOMEROOM,
    Task(
        slot="CBQL", role="CBQL", covers=("data",), links=("S-GVCN-value", "S-KY_PHAT_HANH-value")
    ),
)
RESIGNED = Task(slot="GVCN", role="GVCN", covers=("dinhdanh", "data"), links=HOMEROOM.links)


@pytest.fixture(scope="module")
def files(foreign: ForeignWorld) -> dict[str, Path]:
    made = {f"form-{name}": foreign.issue(PLAN, form) for name, (form, _) in FORMS.items()}
    for name, (change, _) in CHANGES.items():
        made[name] = foreign.issue()
        change(made[name])
    made["other-order"] = foreign.issue(OTHER_ORDER)
    made["replace-homeroom"] = foreign.issue()
    remaining = made["replace-homeroom"]
    slot(remaining, "GVCN").clear()
    slot(remaining, "GVCN").append(by_id(foreign.issue((*SUBJECTS, RESIGNED)), "S-GVCN"))
    return {name: foreign.write(f"{name}.xml", document) for name, document in made.items()}


@pytest.fixture(scope="module")
def verdicts(foreign: ForeignWorld, files: dict[str, Path]) -> dict[str, Verdict]:
    answers = dss(
        tuple(files.values()),
        trust=[foreign.folder / "trust"],
        crls=[foreign.folder / "crl"],
        at=JUDGED_AT,
    )
    return dict(zip(files, answers, strict=True))


def refused_by_dss(verdict: Verdict) -> dict[str | None, str | None]:
    return {
        one["xml_id"]: one["sub_indication"]
        for one in verdict["signatures"]
        if one["indication"] != "TOTAL_PASSED"
    }


def refused_by_xmlsec1(foreign: ForeignWorld, file: Path) -> set[str | None]:
    checked = by_xmlsec1(foreign, file)
    assert checked
    return {one.signature_id for one in checked if not one.is_verified}


def by_xmlsec1(foreign: ForeignWorld, file: Path) -> tuple[Checked, ...]:
    return xmlsec1(
        file,
        trust=[foreign.folder / "trust/root.pem"],
        certs=[foreign.folder / "certs/ca.pem"],
        at=JUDGED_AT,
    )


@pytest.mark.parametrize("name", FORMS)
def test_level_and_verdict_of_each_link_form(verdicts: dict[str, Verdict], name: str) -> None:
    signatures = verdicts[f"form-{name}"]["signatures"]
    assert {one["xml_id"] for one in signatures} == {task.signature_id for task in PLAN}
    for one in signatures:
        assert one["format"] == (FORMS[name][1] if one["xml_id"] in LATER else "XAdES-BASELINE-B")
        assert one["indication"] == "TOTAL_PASSED"
        assert one["structure_valid"]
        assert not one["structure_messages"] + one["errors"] + one["warnings"]


def test_links_are_digested_as_ordinary_references(verdicts: dict[str, Verdict]) -> None:
    (seal,) = (
        one for one in verdicts["form-chosen"]["signatures"] if one["xml_id"] == SEAL.signature_id
    )
    (link,) = (
        reference
        for reference in seal["references"]
        if reference["uri"] == f"#{PRINCIPAL.signature_id}-value"
    )
    assert link["found"]
    assert link["intact"]
    assert f"PARTIAL:{PRINCIPAL.signature_id}-value" in seal["scopes"]


@pytest.mark.parametrize("name", CHANGES)
def test_dss_refuses_what_breaks_a_reference_and_nothing_else(
    verdicts: dict[str, Verdict], name: str
) -> None:
    assert refused_by_dss(verdicts[name]) == CHANGES[name][1]


def test_dss_blames_only_the_next_signer_for_a_replaced_one(verdicts: dict[str, Verdict]) -> None:
    assert refused_by_dss(verdicts["replace-homeroom"]) == {"S-CBQL": "HASH_FAILURE"}


def test_dss_knows_no_order(verdicts: dict[str, Verdict]) -> None:
    assert refused_by_dss(verdicts["other-order"]) == {}


@pytest.mark.parametrize("name", ["form-chosen", "other-order", "remove-seal", "swap-slots"])
def test_xmlsec1_verifies(foreign: ForeignWorld, files: dict[str, Path], name: str) -> None:
    assert refused_by_xmlsec1(foreign, files[name]) == set()


@pytest.mark.parametrize(
    ("name", "refused"),
    [
        ("change-mark", {"S-GVBM-mon-01", *LATER}),
        ("remove-principal", {"S-KY_PHAT_HANH"}),
        ("replace-homeroom", {"S-CBQL"}),
    ],
)
def test_xmlsec1_refuses(
    foreign: ForeignWorld, files: dict[str, Path], name: str, refused: set[str]
) -> None:
    assert refused_by_xmlsec1(foreign, files[name]) == refused


def test_xmlsec1_checks_the_chain(
    foreign: ForeignWorld, files: dict[str, Path], tmp_path: Path
) -> None:
    stranger = ForeignWorld.make(tmp_path)
    checked = xmlsec1(
        files["form-chosen"], trust=[stranger.folder / "trust/root.pem"], at=JUDGED_AT
    )
    assert len(checked) == len(PLAN)
    assert not any(one.is_verified for one in checked)


def test_dss_checks_the_chain(files: dict[str, Path], tmp_path: Path) -> None:
    stranger = ForeignWorld.make(tmp_path)
    (verdict,) = dss([files["form-chosen"]], trust=[stranger.folder / "trust"], at=JUDGED_AT)
    assert {one["sub_indication"] for one in verdict["signatures"]} == {
        "NO_CERTIFICATE_CHAIN_FOUND"
    }


def test_xmlsec1_refuses_every_signature_of_a_file_with_an_id_twice(
    foreign: ForeignWorld, files: dict[str, Path]
) -> None:
    checked = by_xmlsec1(foreign, files["duplicate-principal"])
    assert len(checked) == len(PLAN) + 1
    for one in checked:
        assert not one.is_verified
        assert "duplicate" in one.log.lower()
