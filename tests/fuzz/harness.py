"""Runs one target on changed seeds: the same inputs for the same number, as many as time allows."""

import hashlib
import random
import time
import traceback
from dataclasses import dataclass

from tests.fuzz.seeds import seeds
from tests.fuzz.targets import Target

MAX_FAULTS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One input that broke something; `what` is the exception and where it came from."""

    octets: bytes
    what: str

    @property
    def name(self) -> str:
        return hashlib.sha256(self.octets).hexdigest()[:16]


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What a run came to: inputs tried, seconds, the slowest input."""

    count: int
    seconds: float
    slowest: float
    faults: tuple[Fault, ...]


def explore(target: Target, *, seconds: float, seed: int = 1) -> Found:
    """Try changed seeds for so long; of faults with one cause only the first is kept."""
    chance = random.Random(f"{target.name} {seed}")
    sources = seeds(target.kind)
    faults: dict[str, Fault] = {}
    started = time.monotonic()
    count, slowest = 0, 0.0
    while time.monotonic() - started < seconds and len(faults) < MAX_FAULTS:
        octets = chance.choice(sources)
        for _ in range(chance.choice((1, 1, 1, 2, 5))):
            octets = chance.choice(target.mutators)(octets, chance.choice(sources), chance)
        took, fault = attempt(target, octets)
        count += 1
        slowest = max(slowest, took)
        if fault is not None:
            faults.setdefault(fault.what, fault)
    return Found(
        count=count,
        seconds=time.monotonic() - started,
        slowest=slowest,
        faults=tuple(faults.values()),
    )


def attempt(target: Target, octets: bytes) -> tuple[float, Fault | None]:
    """Try one input: seconds of computing, and what broke."""
    started = time.process_time()
    fault = None
    try:
        target.run(octets)
    except Exception as error:  # noqa: BLE001 - whatever escapes is what is looked for
        place = traceback.extract_tb(error.__traceback__)[-1]
        fault = Fault(
            octets=octets,
            what=f"{type(error).__name__} at {place.name}:{place.lineno}: {str(error)[:100]}",
        )
    took = time.process_time() - started
    if fault is None and took > target.limit:
        fault = Fault(octets=octets, what=f"more than {target.limit} s")
    return took, fault
