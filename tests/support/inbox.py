"""What a clerk finds in one folder after a week: transcripts in every state, and much that is
none.
"""

import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from uuid import NAMESPACE_URL, uuid5

from hocba_sign.model.codes import EventKind
from hocba_sign.model.transcript import Transcript
from hocba_sign.operations.documents import render
from hocba_sign.testing.identity import pem
from hocba_sign.testing.tamper import with_changed_mark, without_signature
from tests.support.records import event, later_version, signed_event
from tests.support.scene import CBQL, JUDGED_AT, SIGNED_AT, Scene
from tools.vectors.pages import page_of, signed

COUNT = 196
_VALID = 150


@dataclass(frozen=True, kw_only=True)
class Inbox:
    """`expected` counts files by outcome; `options` are those of `hocba verify` beside the folder
    `mail`.
    """

    folder: Path
    options: tuple[str, ...]
    expected: dict[str, int] = field(
        default_factory=lambda: {
            "VALID": _VALID + 3,
            "INVALID": 10 + 4,
            "INDETERMINATE": 8,
            "NOT_IN_FORCE": 2,
            "NOTHING_TO_VERIFY": 2,
            "NOT_TRANSCRIPT": 17,
        }
    )

    @classmethod
    def make(cls, folder: Path) -> "Inbox":
        """Lay out `mail` with 196 files, and beside it what is trusted and known."""
        scene, stranger = Scene("lop9", subjects=1), Scene("lop12", subjects=1, is_rsa=True)
        ended = tuple(Scene("lop9", subjects=1, change=_called(one)) for one in _ENDS)
        mail, trust, evidence, events = (
            folder / name for name in ("mail", "trust", "evidence", "events")
        )
        for made in (mail / "truong-a", trust, evidence, events):
            made.mkdir(parents=True)
        for name, octets in _files(scene, stranger):
            (mail / name).write_bytes(octets)
        with zipfile.ZipFile(mail / "anh.zip", "w") as packet:
            packet.writestr("anh.jpg", b"\xff\xd8\xff\xe0")
        for number, one in enumerate((scene, *ended)):
            _lay_out(one, trust, evidence, number=number)
        for number, (one, kind) in enumerate(zip(ended, _ENDS, strict=True)):
            document = one.signed()
            (mail / f"het-hieu-luc-{number}.xml").write_bytes(document)
            successor = later_version(one) if kind is EventKind.REPLACEMENT else None
            told = signed_event(one, event(one, document, kind, successor=successor))
            (events / f"{number}.xml").write_bytes(told)
        return cls(
            folder=folder,
            options=(
                *("--trust", str(trust), "--crl", str(evidence), "--cert", str(evidence)),
                *("--events", str(events), "--offline", "--at", JUDGED_AT.isoformat()),
            ),
        )


_ENDS = (EventKind.WITHDRAWAL, EventKind.REPLACEMENT)


def _called(kind: EventKind) -> Callable[[Transcript], Transcript]:
    """Return what gives a transcript an id of its own: a notice is about one content."""

    def change(transcript: Transcript) -> Transcript:
        own = replace(transcript.identification, id=str(uuid5(NAMESPACE_URL, kind)))
        return replace(transcript, identification=own)

    return change


def _lay_out(scene: Scene, trust: Path, evidence: Path, *, number: int) -> None:
    for at, anchor in enumerate(scene.trust.anchors):
        (trust / f"{number}-{at}.pem").write_bytes(pem(anchor.certificate.der))
    held = scene.evidence()
    lists = [one.der for one in held.crls]
    for at, der in enumerate([*lists, *(one.der for one in held.certificates)]):
        (evidence / f"{number}-{at}.der").write_bytes(der)


def _files(scene: Scene, stranger: Scene) -> Iterator[tuple[str, bytes]]:
    issued, other = scene.signed(), stranger.signed()
    pages = page_of()
    for number in range(_VALID):
        yield f"truong-a/hoc-ba-{number:03}.xml", issued + b"\n" * number
    for number in range(10):
        yield f"sua-diem-{number}.xml", with_changed_mark(issued) + b"\n" * number
    for number in range(4):
        yield f"thieu-chu-ky-{number}.xml", without_signature(issued, CBQL) + b"\n" * number
    for number in range(8):
        yield f"truong-b-{number}.xml", other + b"\n" * number
    for number in range(2):
        yield f"chua-ky-{number}.xml", scene.draft + b"\n" * number
    for number in range(3):
        yield f"ban-in-{number}.pdf", render(issued).octets
    for number in range(5):
        yield f"anh-{number}.jpg", b"\xff\xd8\xff\xe0" + bytes(number)
    for number in range(5):
        yield f"hoa-don-{number}.xml", f"<HDon><DLHDon Id='{number}'/></HDon>".encode()
    for number in range(4):
        yield f"quet-{number}.pdf", page_of(f"Trang {number}")
    head = stranger.identity(stranger.slots[-2])
    for number in range(2):
        field = f"Signature{number}"
        yield (
            f"cong-van-{number}.pdf",
            signed(pages, head, field=field, at=SIGNED_AT, role="Văn thư"),
        )
