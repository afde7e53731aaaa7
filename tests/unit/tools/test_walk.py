"""The walk of `verify` and `sign` goes down; what was handed down may be called back, seldom."""

import tomllib

import pytest

from tools.walk import SETTINGS, climbs, heights, walk, works

CONTRACTS = tomllib.loads(SETTINGS.read_text("utf-8"))["tool"]["importlinter"]["contracts"]
MOST = {"verify": 3, "sign": 2}


def test_a_climb_is_a_call_from_below_to_above_in_the_smallest_house_of_both() -> None:
    known = heights(
        [
            {"containers": ["p"], "layers": ["top | side", "low"]},
            {"containers": ["p.low"], "layers": ["a", "b"]},
        ]
    )
    arrows = {
        ("p.top.x", "p.low.a"): 1,
        ("p.low.a.x", "p.top"): 2,
        ("p.low.a", "p.low.b"): 3,
        ("p.low.b.x", "p.low.a"): 4,
        ("p.top.x", "p.top.y"): 5,
        ("p.top", "p.side"): 6,
    }
    assert climbs(arrows, known) == {("p.low.a.x", "p.top"): 2, ("p.low.b.x", "p.low.a"): 4}


@pytest.mark.long
@pytest.mark.parametrize("name", ["verify", "sign"])
def test_the_walk_goes_down(name: str) -> None:
    work = works()[name]
    work()
    arrows = walk(work)
    assert len(arrows) > 100
    found = climbs(arrows, heights(CONTRACTS))
    assert len(found) <= MOST[name], found
