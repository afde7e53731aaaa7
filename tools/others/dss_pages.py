"""PDFs that EU DSS signs and extends, and that PDFBox changes by incremental saving."""

import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from hocba_sign.testing import Identity
from tools.vectors.pages import page_of
from tools.vectors.stage import CBQL, GVCN, SIGNED_AT, Stage

ROOT = Path(__file__).resolve().parents[2]
LIBRARIES = ROOT / "tests" / "interop" / "dss" / "target" / "lib"
_PASSWORD = b"insecure"
CHANGES = (
    "text",
    "covered",
    "note",
    "rubber-stamp",
    "page-added",
    "rotated",
    "cropped",
    "title",
    "metadata",
    "attachment",
    "script",
    "form-removed",
    "fields-emptied",
    "value-removed",
    "reason",
    "nothing",
)


@dataclass(kw_only=True)
class DssPageDesk:
    """Jobs for `DssPdfWriter`; every file of a job stands in `folder`."""

    folder: Path
    stage: Stage
    jobs: list[dict[str, str]] = field(default_factory=list)

    def p12(self, identity: Identity) -> str:
        path = self.folder / f"{identity.serial}.p12"
        if not path.exists():
            path.write_bytes(identity.p12(_PASSWORD))
        return str(path)

    def given(self, name: str, octets: bytes) -> None:
        path = self.folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(octets)

    def add(
        self, name: str, source: str, *, do: str = "sign", key: Identity | None = None, **words: str
    ) -> str:
        job = {
            "do": do,
            "from": str(self.folder / f"{source}.pdf"),
            "out": str(self.folder / f"{name}.pdf"),
            "key": self.p12(key or self.stage.holder(GVCN)),
            "tsa": self.p12(self.stage.world.tsa),
            "at": _text(SIGNED_AT),
        }
        self.jobs.append({**job, **words})
        return name

    def run(self) -> None:
        lines = "".join(
            "\t".join(f"{word}={value}" for word, value in job.items()) + "\n" for job in self.jobs
        )
        program = Path(__file__).with_name("DssPdfWriter.java")
        subprocess.run(
            ["java", "-cp", f"{LIBRARIES}/*", str(program)], input=lines.encode(), check=True
        )

    def made(self, name: str) -> bytes:
        return (self.folder / f"{name}.pdf").read_bytes()


def _text(at: datetime) -> str:
    return f"{at:%Y-%m-%dT%H:%M:%SZ}"


def pages(folder: Path, stage: Stage) -> Iterator[tuple[str, bytes]]:
    """Yield signed and changed PDFs by their names."""
    desk = DssPageDesk(folder=folder, stage=stage)
    desk.given("page.pdf", page_of())
    names = [
        *_signed(desk),
        *(desk.add(f"changed-{one}", "b", do="change", change=one) for one in CHANGES),
    ]
    names += [
        desk.add(f"certified-{level}-note", f"certified-{level}", do="change", change="note")
        for level in (1, 2)
    ]
    desk.run()
    yield from ((name, desk.made(name)) for name in names)


def _signed(desk: DssPageDesk) -> Iterator[str]:
    stage = desk.stage
    person, second = stage.transcript().signers.homeroom_teacher, stage.holder(CBQL)

    def teacher(kind: str) -> Identity:
        return stage.world.person(person.full_name, person.personal_id or "", key=kind)  # type: ignore[arg-type]  # one of KeyKind

    yield desk.add("b", "page")
    yield desk.add("t", "page", level="T")
    yield desk.add("b-b", "b", key=second)
    yield desk.add("t-t", "t", key=second, level="T")
    for digest in ("SHA384", "SHA512"):
        yield desk.add(digest.lower(), "page", digest=digest)
    yield desk.add("pss", "page", encryption="RSASSA_PSS")
    yield desk.add("p256", "page", key=teacher("ec"), encryption="ECDSA")
    for level in (1, 2):
        desk.add(f"certified-{level}", "page", certifies=str(level))
    yield desk.add("certified-2-b", "certified-2", key=second)
