"""`hocba demo`: the whole way of a transcript in an invented world, then every forgery of it,
judged by the real verifier.
"""

import argparse
import secrets
import shutil
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from hocba_sign.adapters.evidence_files import collect_certificates, collect_evidence
from hocba_sign.adapters.files import read_limited, write_atomically
from hocba_sign.adapters.key_file import load_key
from hocba_sign.adapters.tsa import TimeStampClient
from hocba_sign.catalogue.messages import Language
from hocba_sign.cli import console
from hocba_sign.cli.commands.new import example
from hocba_sign.cli.demo_pdf import printed_files
from hocba_sign.cli.help_words import say
from hocba_sign.cli.practice import PASSWORD, PRACTICE_FOLDERS, write_practice
from hocba_sign.crypto.digests import SHA256
from hocba_sign.errors import CallerError, OutsideError
from hocba_sign.frozen_dataclass import dataclass
from hocba_sign.model.transcript import Transcript
from hocba_sign.model.workflow import Role, Slot
from hocba_sign.operations.signing import merge, sign
from hocba_sign.operations.verifier import Verifier
from hocba_sign.pki.trust.store import TrustStore
from hocba_sign.report.html import html
from hocba_sign.report.phrases import phrase
from hocba_sign.report.problems import main_cause
from hocba_sign.report.report import Report
from hocba_sign.testing.forge import Forgery, forge, stamp, value_id
from hocba_sign.testing.identity import Identity, pem
from hocba_sign.testing.server import WorldServer
from hocba_sign.testing.staff import staff
from hocba_sign.testing.tamper import with_changed_mark, with_swapped_signatures, without_signature
from hocba_sign.testing.world import World
from hocba_sign.validation.verdict import Verdict
from hocba_sign.xml.encode import encode
from hocba_sign.xml.limits import MAX_BYTES
from hocba_sign.xml.nonce import NONCE_OCTETS

_MARKER: Final = ".hocba-demo"
_EXPECTED: Final = {
    "draft.xml": Verdict.NOTHING_TO_VERIFY,
    "issued.xml": Verdict.VALID,
    "tampered-mark.xml": Verdict.INVALID,
    "tampered-moved.xml": Verdict.INVALID,
    "tampered-removed.xml": Verdict.INVALID,
    "tampered-order.xml": Verdict.INVALID,
    "issued.pdf": Verdict.VALID,
    "tampered-octet.pdf": Verdict.INVALID,
}

_SHOWN: Final = {
    "draft.xml": "DEMO_DRAFT",
    "issued.xml": "DEMO_ISSUED",
    "tampered-mark.xml": "DEMO_MARK",
    "tampered-moved.xml": "DEMO_MOVED",
    "tampered-removed.xml": "DEMO_REMOVED",
    "tampered-order.xml": "DEMO_ORDER",
    "issued.pdf": "DEMO_PRINTED",
    "tampered-octet.pdf": "DEMO_OCTET",
}


def run(given: argparse.Namespace) -> int:
    """Make everything and judge it; 6 if the verifier should say anything but what is right. With
    `practice` only make what is needed for trying things out.

    Raises: CallerError CLI.DEMO_FOLDER.
    """
    language: Language = given.lang
    console.result(say("DEMO_INSECURE", language))
    if given.practice is not None:
        write_practice(_own_folder(given.practice, PRACTICE_FOLDERS), now=datetime.now(UTC))
        console.result(say("PRACTICE_MADE", language, folder=given.practice, password=PASSWORD))
        return console.EXIT_VALID
    folder = _own_folder(given.out, ("trust", "evidence"))
    with WorldServer(
        lambda: datetime.now(UTC), lambda url: World(datetime.now(UTC), base_url=url)
    ) as server:
        production = Production.of(server)
        console.result(say("DEMO_SIGNING", language, count=len(production.teachers)))
        files = production.files()
        console.result(say("DEMO_PRINTING", language))
        printed = printed_files(server.world, production.authority)
        if not printed:
            console.result(say("DEMO_NO_PDF", language))
        files |= printed
        for name, octets in files.items():
            write_atomically(folder / name, octets)
        _write_world(folder, server.world)
    console.result(say("DEMO_RESULT", language, folder=folder))
    reports = _judge(folder, tuple(files))
    write_atomically(folder / "report.html", html([reports["issued.xml"]], language).encode())
    for name, report in reports.items():
        console.result(_line(name, report, language))
    console.result(
        say(
            "DEMO_NEXT",
            language,
            file=console.as_word(folder / "issued.xml"),
            trust=console.as_word(folder / "trust"),
            lists=console.as_word(folder / "evidence"),
        )
    )
    is_right = all(report.verdict is _EXPECTED[name] for name, report in reports.items())
    return console.EXIT_VALID if is_right else console.EXIT_OUTSIDE


@dataclass(frozen=True, slots=True, kw_only=True)
class Production:
    """A transcript, the people who sign it, and the authority that stamps."""

    draft: bytes
    signers: Mapping[Slot, Identity]
    authority: TimeStampClient

    @classmethod
    def of(cls, server: WorldServer) -> "Production":
        transcript = Transcript.from_json(example("lop12"))
        authority = TimeStampClient(server.tsa_url)
        return cls(
            draft=encode(transcript, nonce=secrets.token_bytes(NONCE_OCTETS)),
            signers=staff(server.world, transcript),
            authority=authority,
        )

    @property
    def teachers(self) -> Mapping[str, tuple[Slot, ...]]:
        """Return the slots of each teacher, by the certificate's serial number: one may teach
        several subjects.
        """
        found: dict[str, tuple[Slot, ...]] = {}
        for slot, identity in self.signers.items():
            if slot.role is Role.GVBM:
                found[str(identity.serial)] = (*found.get(str(identity.serial), ()), slot)
        return found

    def files(self) -> dict[str, bytes]:
        """Return every document by its file name."""
        taught = merge(
            self.draft, [self.signed(self.draft, *slots) for slots in self.teachers.values()]
        )
        approved = self.signed(taught, Slot(Role.GVCN))
        issued = self.signed(approved, Slot(Role.CBQL), Slot(Role.KY_PHAT_HANH))
        return {
            "draft.xml": self.draft,
            "issued.xml": issued,
            "tampered-mark.xml": with_changed_mark(issued),
            "tampered-moved.xml": with_swapped_signatures(issued),
            "tampered-removed.xml": without_signature(issued, Slot(Role.CBQL)),
            "tampered-order.xml": self.forged(
                self.forged(approved, Role.KY_PHAT_HANH, after=Role.GVCN),
                Role.CBQL,
                after=Role.KY_PHAT_HANH,
            ),
        }

    def signed(self, document: bytes, *slots: Slot) -> bytes:
        """Sign slots one after the other, as a user would."""
        for slot in slots:
            identity = self.signers[slot]
            signer = load_key(identity.key_pem, identity.chain_pem)
            document = sign(
                document, slot, signer=signer, at=datetime.now(UTC), tsa=self.authority
            ).octets
        return document

    def forged(self, document: bytes, role: Role, *, after: Role) -> bytes:
        """Sign after the wrong role, with the right key."""
        slot = Slot(role)
        forgery = Forgery(
            slot=slot,
            identity=self.signers[slot],
            at=datetime.now(UTC),
            linked=(value_id(Slot(after)),),
        )
        return stamp(
            forge(document, forgery),
            slot,
            token=lambda imprint: self.authority.stamp(SHA256, imprint),
        )


def _own_folder(folder: Path, inner: Sequence[str]) -> Path:
    """Take a folder that is empty or that an earlier demonstration made, and leave nothing of that
    one in it.
    """
    try:
        if (
            folder.exists()
            and not (folder / _MARKER).is_file()
            and (not folder.is_dir() or any(folder.iterdir()))
        ):
            raise CallerError("CLI.DEMO_FOLDER", where=str(folder))
        folder.mkdir(parents=True, exist_ok=True)
        (folder / _MARKER).touch()
        for name in inner:
            shutil.rmtree(folder / name, ignore_errors=True)
            (folder / name).mkdir()
    except OSError as error:
        raise OutsideError(
            "FILE.UNWRITABLE", where=str(folder), detail=str(error.strerror)
        ) from error
    return folder


def _write_world(folder: Path, world: World) -> None:
    """Write the anchors, and certificates and revocation lists as they are after the signing."""
    for slug in world.slugs:
        authority = world.authority(slug)
        place = "trust" if authority.parent is None else "evidence"
        write_atomically(folder / place / f"{slug}.pem", authority.certificate_pem)
        write_atomically(folder / "evidence" / f"{slug}.crl", world.crl(slug, datetime.now(UTC)))
    write_atomically(folder / "evidence" / "tsa.pem", pem(world.tsa.certificate_der))


def _judge(folder: Path, names: tuple[str, ...]) -> dict[str, Report]:
    """Verify what lies in the folder, as anybody else would."""
    verifier = Verifier(
        trust=TrustStore.of(collect_certificates([folder / "trust"])),
        evidence=collect_evidence(crls=[folder / "evidence"]),
    )
    at = datetime.now(UTC)
    return {
        name: verifier.verify(read_limited(folder / name, MAX_BYTES), at=at, name=name)
        for name in names
    }


def _line(name: str, report: Report, language: Language) -> str:
    """Say of a file what was done to it, and what came of that."""
    verdict = phrase(f"VERDICT_{report.verdict}", language)
    cause = main_cause(report)
    told = "" if cause is None else f" [{cause}]"
    return f"  {name:<22}{say(_SHOWN[name], language)}: {verdict}{told}"
