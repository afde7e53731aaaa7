"""Transcripts whose signatures EU DSS makes, slot by slot, in the places of the format."""

import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import permutations
from pathlib import Path
from typing import Any

from hocba_sign.model.workflow import Role, Slot
from hocba_sign.testing import Identity
from hocba_sign.xml.layout import CANONICAL
from tools.others.dss_pages import LIBRARIES
from tools.vectors.stage import CBQL, GVCN, LISTED_AT, SEAL, SIGNED_AT, Stage

_PASSWORD = b"insecure"
_SHORT = {"GVBM": "teacher", "GVCN": "homeroom", "CBQL": "principal", "KY_PHAT_HANH": "seal"}
_C14N = {
    "inclusive": "http://www.w3.org/TR/2001/REC-xml-c14n-20010315",
    "inclusive-1.1": "http://www.w3.org/2006/12/xml-c14n11",
}


@dataclass(kw_only=True)
class DssDesk:
    """Jobs for `DssTranscriptWriter`; every file of a job stands in `folder`."""

    folder: Path
    stage: Stage
    jobs: list[dict[str, str]] = field(default_factory=list)

    def p12(self, identity: Identity) -> str:
        path = self.folder / f"{identity.authority}-{identity.serial}.p12"
        if not path.exists():
            path.write_bytes(identity.p12(_PASSWORD))
        return str(path)

    def given(self, name: str, octets: bytes) -> None:
        path = self.folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(octets)

    def sign(
        self, name: str, source: str, slot: Slot, *, links: Sequence[Slot] = (), **words: str
    ) -> str:
        """Sign a slot; `key` among the words is a PKCS#12 file of somebody else."""
        job = {
            "do": "sign",
            "from": str(self.folder / f"{source}.xml"),
            "out": str(self.folder / f"{name}.xml"),
            "key": self.p12(self.stage.holder(slot)),
            "tsa": self.p12(self.stage.world.tsa),
            "at": _text(SIGNED_AT),
            "slot": _path(slot),
            "covers": ",".join(CANONICAL.covered_ids(slot)),
            "links": "|".join(f"{_path(one)}//*[local-name()='SignatureValue']" for one in links),
            "role": slot.role.value,
        }
        self.jobs.append({**job, **words})
        return name

    def whole(self, name: str, order: Sequence[Slot] | None = None, **words: str) -> str:
        """Sign all slots in an order, each linked to the one before it; last the file `name`."""
        before, source = None, "draft"
        slots = tuple(order or self.stage.transcript().slots)
        for number, slot in enumerate(slots):
            goal = name if number == len(slots) - 1 else f"{name}-{number}"
            source = self.sign(
                goal, source, slot, links=() if before is None else (before,), **words
            )
            before = slot
        return name

    def extend(self, name: str, source: str, **words: str) -> str:
        job = {
            "do": "extend",
            "from": str(self.folder / f"{source}.xml"),
            "out": str(self.folder / f"{name}.xml"),
            "tsa": self.p12(self.stage.world.tsa),
            "at": _text(SIGNED_AT),
            "trust": str(self.folder / "trust"),
            "crl": str(self.folder / "crl"),
            "certs": str(self.folder / "certs"),
        }
        self.jobs.append({**job, **words})
        return name

    def run(self) -> None:
        lines = "".join(
            "\t".join(f"{word}={value}" for word, value in job.items()) + "\n" for job in self.jobs
        )
        program = Path(__file__).with_name("DssTranscriptWriter.java")
        command = ["java", "-cp", f"{LIBRARIES}/*", str(program)]
        subprocess.run(command, input=lines.encode(), check=True)

    def made(self, name: str) -> bytes:
        return (self.folder / f"{name}.xml").read_bytes()


def _text(at: datetime) -> str:
    return f"{at:%Y-%m-%dT%H:%M:%SZ}"


def _path(slot: Slot) -> str:
    places = "//*[local-name()='DANH_SACH_CHU_KY']"
    if slot.role is Role.GVBM:
        return f"{places}//*[@monHoc='{slot.subject}'][@giaoVien='{slot.teacher}']"
    return f"{places}/*[local-name()='{slot.role.value}']"


def transcripts(folder: Path, stage: Stage) -> Iterator[tuple[str, bytes]]:
    """Yield signed transcripts by their names."""
    desk = DssDesk(folder=folder, stage=stage)
    desk.given("draft.xml", stage.draft())
    for number, der in enumerate(stage.world.anchors_der):
        desk.given(f"trust/{number}", der)
    for number, der in enumerate(stage.world.intermediates_der):
        desk.given(f"certs/{number}", der)
    for number, der in enumerate(stage.world.crls(LISTED_AT)):
        desk.given(f"crl/{number}", der)
    names = [*_forms(desk), *_levels(desk), *_orders(desk), *_wrong(desk)]
    desk.run()
    yield from ((f"{name}.xml", desk.made(name)) for name in names)


def _with(word: str) -> dict[str, Any]:
    return {"with": word}


def _forms(desk: DssDesk) -> Iterator[str]:
    yield desk.whole("b")
    for digest in ("SHA384", "SHA512"):
        yield desk.whole(digest.lower(), digest=digest)
    yield desk.whole("pss", encryption="RSASSA_PSS")
    for name, uri in _C14N.items():
        yield desk.whole(name, c14n=uri)
    yield desk.whole(
        "mixed", c14n=_C14N["inclusive-1.1"], transform="http://www.w3.org/2001/10/xml-exc-c14n#"
    )
    for word in ("v1", "subject", "city", "keyinfo", "no-commitment"):
        yield desk.whole(word, **_with(word))


def _levels(desk: DssDesk) -> Iterator[str]:
    late = _text(LISTED_AT + timedelta(minutes=20))
    yield desk.whole("t", level="T")
    yield desk.extend("lt", "t", level="LT")
    yield desk.extend("lta", "t", level="LTA", stamp=late)
    yield desk.extend("stamped-later", "b", level="T", stamp=late)


def _orders(desk: DssDesk) -> Iterator[str]:
    planned = desk.stage.transcript().slots
    for order in permutations(planned):
        if order != planned:
            name = "order-" + "-".join(_SHORT[slot.role] for slot in order)
            yield desk.whole(name, order)


def _wrong(desk: DssDesk) -> Iterator[str]:
    teacher, stage = desk.stage.teacher, desk.stage
    stranger = desk.p12(stage.world.person("Trịnh Văn Lạ", "001099000777"))
    steps = (teacher, GVCN, CBQL, SEAL)
    for count, name in ((1, "teacher-only"), (2, "up-to-homeroom"), (3, "up-to-principal")):
        yield desk.whole(name, steps[:count])
    yield desk.whole("seal-only", (SEAL,))
    yield desk.whole("sealed-without-principal", (teacher, GVCN, SEAL))
    for slot in (teacher, GVCN, CBQL):
        word = _SHORT[slot.role]
        yield _with_one_other(desk, f"by-stranger-{word}", slot, {"key": stranger})
        yield _with_one_other(desk, f"as-seal-{word}", slot, {"role": SEAL.role.value})
        yield _with_one_other(desk, f"no-role-{word}", slot, {"role": ""})
    subject, pupil = (CANONICAL.covered_ids(teacher)[place] for place in (-1, 0))
    yield _with_one_other(desk, "subject-alone", teacher, {"covers": subject})
    yield _with_one_other(desk, "pupil-alone", teacher, {"covers": pupil})
    yield _with_one_other(desk, "all-data-teacher", teacher, {"covers": "data"})
    for slot in (GVCN, CBQL, SEAL):
        word = _SHORT[slot.role]
        yield _with_one_other(desk, f"pupil-alone-{word}", slot, {"covers": pupil})
        yield _with_one_other(desk, f"unlinked-{word}", slot, None)


def _with_one_other(desk: DssDesk, name: str, changed: Slot, words: dict[str, str] | None) -> str:
    """Let one slot be signed with other words; without a link where there are none."""
    before, source = None, "draft"
    for slot in desk.stage.transcript().slots:
        goal = name if slot == SEAL else f"{name}-{_SHORT[slot.role]}"
        is_other = slot == changed
        links = () if before is None or (is_other and words is None) else (before,)
        said: dict[str, Any] = words if is_other and words is not None else {}
        source = desk.sign(goal, source, slot, links=links, **said)
        before = slot
    return name
