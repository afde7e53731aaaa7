"""The result of learning at the edge of every threshold: exactly the letters listed are accepted,
for each term, the year and the summer.

After the summer an adjustment for one subject is doubtful, and so both letters pass.
"""

import json
from pathlib import Path
from typing import Any, Final

import pytest

from hocba_sign.model.rules import apply_rules
from tests.support.changes import base, changed

EDGES: Final[list[dict[str, Any]]] = json.loads(
    (Path(__file__).parent / "boundaries.json").read_text("utf-8")
)
SCORED: Final = {
    "lop9": ("19", "15", "69", "26", "05", "66", "27", "32"),
    "gdtx9": ("19", "15", "69", "26", "05", "66", "27", "32"),
    "lop9_old": ("19", "15", "69", "26", "40", "35", "27", "32"),
}
COMMENT: Final = {"lop9": ("88", "97"), "gdtx9": ("88", "97"), "lop9_old": ("88", "29")}
LETTERS: Final = {
    "lop9": ("T", "K", "Đ", "CĐ"),
    "gdtx9": ("T", "K", "Đ", "CĐ"),
    "lop9_old": ("G", "K", "Tb", "Y", "Kém"),
}
WRONG: Final = {
    "lop9": ({"R22-6", "R22-7"}, {"R22-11"}, {"R22-7A"}),
    "gdtx9": ({"R43-2", "R43-2A"}, {"R43-4"}, {"R43-2S"}),
    "lop9_old": ({"R58-2", "R58-3"}, {"R58-6"}, {"R58-3A"}),
}


@pytest.mark.parametrize("edge", EDGES, ids=lambda edge: f"{edge['base']}-{edge['why']}")
@pytest.mark.parametrize("period", ["term_1", "term_2", "year", "summer"])
def test_exactly_the_letters_of_the_circular_are_accepted(
    edge: dict[str, Any], period: str
) -> None:
    written = "reassessed" if period == "summer" else period
    field = {
        "term_1": "learning_1",
        "term_2": "learning_2",
        "year": "learning",
        "summer": "learning_after_summer",
    }[period]
    marks = {
        f"subjects.{code}.{written}": score
        for code, score in zip(SCORED[edge["base"]], edge["scores"], strict=True)
    }
    marks |= {
        f"subjects.{code}.{written}": "CĐ"
        for code in COMMENT[edge["base"]][: edge.get("failed", 0)]
    }
    year = changed(base(edge["base"]), {"subjects.14": None, **marks})
    in_term, after_summer, is_open = WRONG[edge["base"]]
    wrong = after_summer if period == "summer" else in_term
    accepted, noted = [], set()
    for letter in LETTERS[edge["base"]]:
        found = apply_rules(changed(year, {f"assessment.{field}": letter}))
        place = _element(field)
        rules = {finding.rule for finding in found if finding.where.endswith(place)}
        if not rules & wrong:
            accepted.append(letter)
            noted |= rules & is_open
    assert accepted == (
        edge.get("summer", edge["letters"]) if period == "summer" else edge["letters"]
    )
    assert bool(noted) is (len(accepted) > 1)


def _element(field: str) -> str:
    return {
        "learning_1": "/HOC_TAP_HOC_KY_1",
        "learning_2": "/HOC_TAP_HOC_KY_2",
        "learning": "/HOC_TAP_CA_NAM",
        "learning_after_summer": "/HOC_TAP_LAI",
    }[field]
