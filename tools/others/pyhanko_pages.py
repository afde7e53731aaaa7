"""PDFs that pyHanko signs, extends and stamps, with the keys of the vectors' world."""

import json
import os
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from hocba_sign.testing import Identity
from tools.benchmark.environments import environment
from tools.vectors.pages import page_of
from tools.vectors.stage import CBQL, GVCN, JUDGED_AT, LISTED_AT, SIGNED_AT, Stage

_PROGRAM = Path(__file__).with_name("pyhanko_program.py")
_PASSWORD = b"insecure"
BOX = [72, 100, 272, 150]


@dataclass(kw_only=True)
class HankoDesk:
    """Jobs for pyHanko; every file of a job stands in `folder`."""

    folder: Path
    stage: Stage
    jobs: list[dict[str, Any]] = field(default_factory=list)

    def p12(self, identity: Identity) -> str:
        path = self.folder / f"{identity.serial}.p12"
        if not path.exists():
            path.write_bytes(identity.p12(_PASSWORD))
        return str(path)

    def given(self, name: str, octets: bytes) -> str:
        path = self.folder / name
        path.write_bytes(octets)
        return str(path)

    def add(
        self, name: str, source: str, *, do: str = "sign", key: Identity | None = None, **words: Any
    ) -> str:
        """Add a job, whose result other jobs may start from by its name."""
        place = {
            "from": str(self.folder / f"{source}.pdf"),
            "out": str(self.folder / f"{name}.pdf"),
        }
        signer = self.p12(key or self.stage.holder(GVCN))
        time = {"tsa": self.p12(self.stage.world.tsa), "at": SIGNED_AT.isoformat()}
        if words.get("level", "B") == "B" and do == "sign":
            time = {}
        self.jobs.append({"do": do, **place, "key": signer, **time, **words})
        return name

    def evidence(self, at: datetime) -> dict[str, list[str]]:
        world = self.stage.world
        return {
            "roots": [self.given(f"r{n}", der) for n, der in enumerate(world.anchors_der)],
            "others": [self.given(f"i{n}", der) for n, der in enumerate(world.intermediates_der)],
            "crls": [self.given(f"{at:%m%d%H}-{n}", der) for n, der in enumerate(world.crls(at))],
        }

    def run(self, at: datetime) -> None:
        program = [environment("pyhanko"), _PROGRAM]
        subprocess.run(
            ["faketime", f"{at:%Y-%m-%d %H:%M:%S}", *map(str, program)],
            input=json.dumps(self.jobs).encode(),
            check=True,
            env={**os.environ, "TZ": "UTC"},
        )
        self.jobs.clear()

    def made(self, name: str) -> bytes:
        return (self.folder / f"{name}.pdf").read_bytes()


def pages(folder: Path, stage: Stage) -> Iterator[tuple[str, bytes]]:
    """Yield signed PDFs by their names."""
    desk = HankoDesk(folder=folder, stage=stage)
    desk.given("page.pdf", page_of())
    names = [*_once(desk), *_twice(desk)]
    desk.run(SIGNED_AT)
    late: dict[str, Any] = desk.evidence(LISTED_AT)
    names.append(desk.add("lt", "t", do="extend", **late))
    desk.run(LISTED_AT + timedelta(minutes=10))
    stamped: dict[str, Any] = {
        "field": "Stamp1",
        "at": (LISTED_AT + timedelta(minutes=20)).isoformat(),
    }
    names.append(desk.add("lta", "lt", do="stamp", **stamped))
    names.append(desk.add("stamped-b", "b", do="stamp", **stamped))
    names.append(desk.add("stamp-alone", "page", do="stamp", **stamped))
    desk.run(LISTED_AT + timedelta(minutes=20))
    yield from ((name, desk.made(name)) for name in names)


def _with(**said: Any) -> dict[str, Any]:
    return {"with": said}


def _once(desk: HankoDesk) -> Iterator[str]:
    world, stage = desk.stage.world, desk.stage
    person = stage.transcript().signers.homeroom_teacher

    def teacher(**options: Any) -> Identity:
        return world.person(person.full_name, person.personal_id or "", **options)

    yield desk.add("b", "page")
    yield desk.add("t", "page", level="T")
    yield desk.add("sha384", "page", **_with(md_algorithm="sha384"))
    yield desk.add("sha512", "page", **_with(md_algorithm="sha512"))
    yield desk.add("pss", "page", pss=True)
    yield desk.add("p256", "page", key=teacher(key="ec"))
    yield desk.add("rsa3072", "page", key=teacher(key="rsa3072"))
    yield desk.add("rsa1024", "page", key=teacher(key="rsa1024"))
    yield desk.add("visible", "page", box=BOX)
    told = {"reason": "Ký xác nhận kết quả", "location": "Hà Nội", "contact_info": "01"}
    yield desk.add("told", "page", **_with(**told))
    yield desk.add("pkcs7", "page", **_with(subfilter="PKCS7"))
    for permission in (1, 2, 3):
        said: dict[str, Any] = {"certify": True, "docmdp_permissions": permission}
        desk.add(f"certified-{permission}", "page", **_with(**said))
    yield "certified-1"
    early = teacher(not_after=SIGNED_AT + timedelta(hours=6))
    yield desk.add("short-life-b", "page", key=early)
    yield desk.add("short-life-t", "page", key=early, level="T")
    stray = world.issuing_ca("stray-root", "TEST Stray Root", parent=None)
    yield desk.add("stray", "page", key=teacher(issuer=stray))
    yield desk.add("encryption-only", "page", key=teacher(key_usage=("key_encipherment",)))
    future = (JUDGED_AT + timedelta(days=3)).isoformat()
    yield desk.add("future-stamp", "page", level="T", at=future)
    unfit = world.time_stamper("TEST TSA without purpose", extended_key_usage=())
    yield desk.add("stamp-without-purpose", "page", level="T", tsa=desk.p12(unfit))


def _twice(desk: HankoDesk) -> Iterator[str]:
    second: dict[str, Any] = {"key": desk.stage.holder(CBQL), "field": "Sig2"}
    yield desk.add("b-b", "b", **second)
    yield desk.add("t-t", "t", **second, level="T")
    yield desk.add("b-visible", "b", **second, box=BOX)
    yield desk.add("b-over", "b", **second, box=[60, 690, 300, 730])
    for permission in (2, 3):
        yield desk.add(f"certified-{permission}-b", f"certified-{permission}", **second)
    desk.add("prepared", "page", do="field", field="Sig2")
    for name, lock in (
        ("all", ["/All"]),
        ("second", ["/Include", "Sig2"]),
        ("other", ["/Include", "Ten"]),
    ):
        desk.add(f"locks-{name}", "prepared", lock=lock)
        yield desk.add(f"locks-{name}-b", f"locks-{name}", **second, is_there=True)
    yield desk.add("prepared-b", "b", do="field", field="Sig2")
