"""Print where `verify` and `sign` climb back: python -m tools.walk.

A climb is a call from a module into one that stands above it in the layers of pyproject.toml,
through a value that was handed down.
"""

import sys
import tempfile
import tomllib
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from inspect import CO_GENERATOR
from pathlib import Path
from types import FrameType
from typing import Final

from hocba_sign import TrustStore, Verifier
from hocba_sign.operations.signing import sign
from hocba_sign.pki.certificates.certificate import Certificate
from hocba_sign.pki.revocation.evidence import Evidence
from hocba_sign.signing.signing_policy import Level, SigningPolicy
from hocba_sign.testing.drafts import drafted
from hocba_sign.testing.world import World
from tools.benchmark.material import AT, JUDGED, LISTED, Maker, transcript_of

PACKAGE: Final = "hocba_sign"
SETTINGS: Final = Path(__file__).parent.parent / "pyproject.toml"
Arrow = tuple[str, str]


def heights(contracts: Iterable[Mapping[str, object]]) -> dict[str, int]:
    """Return for each package and module that a contract orders how high it stands; 0 is lowest."""
    found: dict[str, int] = {}
    for contract in contracts:
        layers, containers = contract.get("layers"), contract.get("containers")
        if isinstance(layers, list) and isinstance(containers, list):
            for height, layer in enumerate(reversed(layers)):
                for name in layer.split(" | "):
                    found[f"{containers[0]}.{name}"] = height
    return found


def climbs(arrows: Mapping[Arrow, int], heights: Mapping[str, int]) -> dict[Arrow, int]:
    """Return the calls from below to above, by caller and callee."""
    return {
        (caller, callee): count
        for (caller, callee), count in arrows.items()
        if _height(callee, caller, heights) > _height(caller, callee, heights)
    }


def _height(module: str, other: str, heights: Mapping[str, int]) -> int:
    """Return how high a module stands in the smallest container that it shares with another."""
    mine, theirs = module.split("."), other.split(".")
    shared = next(
        (n for n, pair in enumerate(zip(mine, theirs, strict=False)) if pair[0] != pair[1]),
        len(mine),
    )
    return heights.get(".".join(mine[: shared + 1]), 0)


def walk(work: Callable[[], object]) -> Counter[Arrow]:
    """Count the calls between modules of the package while `work` runs."""
    arrows: Counter[Arrow] = Counter()

    def look(frame: FrameType, event: str, _: object) -> None:
        is_taken_up = frame.f_code.co_flags & CO_GENERATOR and frame.f_lasti > 0
        callee = _module(frame)
        if event != "call" or is_taken_up or callee is None:
            return
        above = frame.f_back
        while above is not None and _module(above) is None:
            above = above.f_back
        caller = None if above is None else _module(above)
        if caller is not None and caller != callee:
            arrows[caller, callee] += 1

    sys.setprofile(look)
    try:
        work()
    finally:
        sys.setprofile(None)
    return arrows


def _module(frame: FrameType) -> str | None:
    name = frame.f_globals.get("__name__")
    return name if isinstance(name, str) and name.startswith(f"{PACKAGE}.") else None


def works() -> dict[str, Callable[[], object]]:
    """Return the calls that are walked through: of a file with four signers at level T."""
    world = World(AT)
    with tempfile.TemporaryDirectory() as folder:
        maker = Maker(world, Path(folder))
        signed = maker.signed(0, 1)
    expected = transcript_of(0, 1).expected_signers[0]
    draft, signer = drafted(transcript_of(0, 1)), maker.signer(0, expected)
    evidence = Evidence.of(
        certificates=map(Certificate.load, world.intermediates_der), crls=world.crls(LISTED)
    )
    anchors = TrustStore.of(map(Certificate.load, world.anchors_der))
    verifier = Verifier(trust=anchors, evidence=evidence)
    policy = SigningPolicy(level=Level.B)
    return {
        "verify": lambda: verifier.verify(signed, at=JUDGED).require_passed(),
        "sign": lambda: sign(draft, expected.slot, signer=signer, at=AT, tsa=None, policy=policy),
    }


def main() -> None:
    contracts = tomllib.loads(SETTINGS.read_text("utf-8"))["tool"]["importlinter"]["contracts"]
    for name, work in works().items():
        work()
        arrows = walk(work)
        found = climbs(arrows, heights(contracts))
        print(f"{name}: {sum(arrows.values())} calls, {len(arrows)} arrows, {len(found)} climbs")
        for (caller, callee), count in sorted(found.items()):
            print(f"  {caller} -> {callee}: {count}")


if __name__ == "__main__":
    main()
