"""A line of the table of speeds, and how two programs are compared."""

import sys
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median
from typing import Any

Probe = Callable[[], tuple[float, float]]
"""Returns CPU and wall seconds of one call of something."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line: `ratio` is `value` / `reference`, medians of CPU time unless `unit` says otherwise.

    `goal` is where the project wants to be one day; only `target` is binding.
    `rounds` holds (value, reference) of each round.
    """

    name: str
    unit: str
    value: float
    reference: float
    target: float | None
    goal: str
    rounds: tuple[tuple[float, float], ...]
    wall: tuple[float, float] | None = None

    @property
    def ratio(self) -> float:
        return self.value / self.reference

    @property
    def result(self) -> dict[str, Any]:
        numbers = {
            "value": round(self.value, 4),
            "reference": round(self.reference, 4),
            "ratio": round(self.ratio, 4),
        }
        is_met = None if self.target is None else self.ratio <= self.target
        return {
            "name": f"{self.name} [{self.unit}]",
            **numbers,
            "target": self.target,
            "ok": is_met,
        }

    @property
    def line(self) -> str:
        ratios = [value / reference for value, reference in self.rounds]
        spread = f"{min(ratios):.2f} to {max(ratios):.2f}" if len(ratios) > 1 else ""
        target = "none yet" if self.target is None else f"<= {self.target:g}"
        return (
            f"{self.name:<66}{self.value:>10.2f}{self.reference:>10.2f} "
            f"{self.unit:<3}{self.ratio:>9.2f}  {spread:<19}{target:<10}{self.goal}"
        )


def say(text: str) -> None:
    print(f"bench: {text}", file=sys.stderr, flush=True)


def compare(
    name: str,
    ours: Probe,
    reference: Probe,
    *,
    rounds: int,
    goal: str = "",
    target: float | None = None,
) -> Row:
    """Measure both in turn, the first of a round changing, and take the medians."""
    say(name)
    taken = []
    for number in range(rounds):
        if number % 2:
            there, here = reference(), ours()
        else:
            here, there = ours(), reference()
        taken.append((here, there))
    cpu = tuple((1e3 * here[0], 1e3 * there[0]) for here, there in taken)
    wall = median(1e3 * here[1] for here, _ in taken), median(1e3 * there[1] for _, there in taken)
    value, base = median(here for here, _ in cpu), median(there for _, there in cpu)
    return Row(
        name=name,
        unit="ms",
        value=value,
        reference=base,
        target=target,
        goal=goal,
        rounds=cpu,
        wall=wall,
    )
