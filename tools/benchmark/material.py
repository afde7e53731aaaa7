"""The files that are measured: one transcript with 4 and with 15 signers, for many pupils, signed
in the test world at different times, so that nothing kept by the exact time helps.

The keys are the test world's insecure ones, which anybody can derive; everything lies in a
git-ignored folder and is used again until the library or this file changes.
"""

import hashlib
import json
import multiprocessing
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from hocba_sign import (
    Certificate,
    Evidence,
    ExpectedSigner,
    Level,
    Role,
    SigningPolicy,
    SoftwareSigner,
    Transcript,
    TrustStore,
    Verifier,
    extend,
    sign,
)
from hocba_sign.crypto.digests import DigestAlgorithm
from hocba_sign.pki.timestamp.protocol import build_request, read_response
from hocba_sign.rendering.render import render
from hocba_sign.testing.drafts import drafted
from hocba_sign.testing.identity import Identity, pem
from hocba_sign.testing.world import World
from hocba_sign.xml.decode import decode_document
from hocba_sign.xml.parse import parse
from tools.benchmark import lists
from tools.benchmark.protocol import DRAFT, ROOTS, SETTING, TEACHER_SUBJECT

ROOT = Path(__file__).resolve().parent.parent.parent
AT = datetime(2026, 6, 1, 3, 0, tzinfo=UTC)
"""When the first file is signed; the others follow within an hour."""
JUDGED = AT + timedelta(hours=3)
LISTED = JUDGED - timedelta(hours=1)
"""When authorities issue the lists that are at hand; level LT carries those, and responses."""
TIMED = 50
"""Files with 4 signers that are measured in turn."""
FIFTEEN = 8
LONG = 20
"""Files with 4 signers at level LT, each with OCSP responses of its own."""
PAGES = 24
"""Files in pages with one signature (`once`), and with four (`page`): typst keeps what it set last,
and would answer for a page that comes again.
"""
DRAFT_OCTETS = 20_000
_PEOPLE = 16
"""Teachers, homeroom teachers and principals, so that with two seals the files have 50 signers
between them.
"""
_FAMILIES = ("Nguyễn", "Trần", "Lê", "Phạm")
_GIVEN = ("Văn Thử", "Thị Mẫu", "Quang Đo", "Ngọc Ví")
_COMMENT = (
    "Hoàn thành tốt nội dung môn học, tích cực phát biểu, biết giúp bạn; cần luyện "
    "viết cẩn thận hơn. "
)


@dataclass(frozen=True)
class Maker:
    """Makes the signed file of any number; equal numbers give equal octets."""

    world: World
    folder: Path

    @cached_property
    def people(self) -> dict[str, Identity]:
        """Return everybody who may sign, by personal number."""
        return {
            number: self.world.person(name, number)
            for part in range(3)
            for name, number in (_person(part, n) for n in range(_PEOPLE))
        }

    @cached_property
    def seals(self) -> tuple[Identity, ...]:
        return tuple(self.world.organisation(name) for name in _SCHOOLS)

    def signed(self, number: int, teachers: int) -> bytes:
        """Sign the transcript of pupil `number`, level T: `teachers` subject teachers, homeroom
        teacher, principal, seal.
        """
        transcript = transcript_of(number, teachers)
        document = drafted(transcript)
        for turn, expected in enumerate(transcript.expected_signers):
            at = signed_at(number) + timedelta(seconds=7 * turn)
            document = sign(
                document,
                expected.slot,
                signer=self.signer(number, expected),
                at=at,
                tsa=_TestAuthority(self.world, number, at),
            ).octets
        return document

    def signer(self, number: int, expected: ExpectedSigner) -> SoftwareSigner:
        holder = self.holder(number, expected)
        return SoftwareSigner(holder.key, holder.chain_der)

    def holder(self, number: int, expected: ExpectedSigner) -> Identity:
        return (
            self.seals[number % 2]
            if expected.slot.role is Role.KY_PHAT_HANH
            else self.people[str(expected.personal_id)]
        )

    def long_term(self, number: int) -> bytes:
        """Raise the file of pupil `number` to level LT, with a response on each certificate from
        after its signature.
        """
        asked = signed_at(number) + timedelta(minutes=10)
        holders = [self.holder(number, one) for one in transcript_of(number, 1).expected_signers]
        evidence = Evidence.of(
            certificates=map(Certificate.load, self.world.intermediates_der),
            crls=self.world.crls(LISTED),
            ocsps=[self.world.ocsp_response(one, asked) for one in (*holders, self.world.tsa)],
        )
        anchors = TrustStore.of(map(Certificate.load, self.world.anchors_der))
        verifier = Verifier(trust=anchors, evidence=evidence)
        return extend(self.signed(number, 1), verifier, to=Level.LT, at=JUDGED)

    def page(self, number: int, signers: int) -> bytes:
        """Return the pages of pupil `number`, signed by the first of the four signers at level
        B.
        """
        transcript = transcript_of(number, 1)
        document = drafted(transcript)
        document = render(decode_document(parse(document).root), document).octets
        for expected in transcript.expected_signers[:signers]:
            document = sign(
                document,
                expected.slot,
                signer=self.signer(number, expected),
                at=AT,
                tsa=None,
                policy=SigningPolicy(level=Level.B),
            ).octets
        return document

    def write(self, name: str, number: int) -> None:
        path = path_of(self.folder, name, number)
        if not path.exists():
            half = path.with_suffix(".part")
            half.write_bytes(self._octets(name, number))
            half.rename(path)

    def _octets(self, name: str, number: int) -> bytes:
        match name:
            case "long":
                return self.long_term(number)
            case "once" | "page":
                return self.page(number, 1 if name == "once" else 4)
            case _:
                return self.signed(number, 12 if name == "fifteen" else 1)


def path_of(folder: Path, name: str, number: int) -> Path:
    return folder / f"{name}-{number:05}.{'pdf' if name in {'once', 'page'} else 'xml'}"


@dataclass(frozen=True)
class _TestAuthority:
    world: World
    nonce: int
    at: datetime

    def stamp(self, digest_algorithm: DigestAlgorithm, imprint: bytes) -> bytes:
        request = build_request(digest_algorithm, imprint, nonce=self.nonce + 1)
        return read_response(self.world.timestamp(request, self.at), request)


def signed_at(number: int) -> datetime:
    """Return when the first signer of pupil `number` signs."""
    return AT + timedelta(seconds=37 * number % 3_000)


_inherited: list[Maker] = []
_SCHOOLS = ("Trường Tiểu học Thử Nghiệm A", "Trường Tiểu học Thử Nghiệm B")


def _person(part: int, n: int) -> tuple[str, str]:
    return f"{_FAMILIES[n // 4]} {_GIVEN[n % 4]}", f"0011880{part}{n:04}"


def _fields(number: int, teachers: int, comment: str) -> dict[str, Any]:
    fields: dict[str, Any] = json.loads((ROOT / "examples" / "lop5.json").read_bytes())
    fields |= {
        "madinhdanhhocba": f"00000000-0000-4000-8000-{number:012}",
        "sodinhdanh": f"001315{number:06}",
        "tentruong": _SCHOOLS[number % 2],
    }
    fields["tengvcn"], fields["soddcngvcn"] = _person(1, number // 2 % _PEOPLE)
    fields["tengiamhieu"], fields["soddcngiamhieu"] = _person(2, number // 3 % _PEOPLE)
    subjects = sorted(
        fields["danhsachdiemtongket"],
        key=lambda subject: f"mon-{subject['mamonhoc']}" != TEACHER_SUBJECT,
    )
    for n, subject in enumerate(subjects):
        subject["nxetmonhoc"] = comment
        subject.pop("danhsachgvbm", None)
        if n < teachers:
            name, personal_id = _person(0, (number + n) % _PEOPLE)
            subject["danhsachgvbm"] = [{"gvbm": name, "soddcngvbm": personal_id}]
    return {**fields, "danhsachdiemtongket": subjects}


def transcript_of(number: int, teachers: int) -> Transcript:
    """Return the grade-5 transcript of an invented pupil, `teachers` of whose 12 subjects name a
    teacher; about 20 kB.
    """
    spare = DRAFT_OCTETS - len(
        drafted(Transcript.from_json(json.dumps(_fields(number, teachers, _COMMENT.strip()))))
    )
    times = 1 + max(0, round(spare / 12 / len(_COMMENT.encode())))
    return Transcript.from_json(json.dumps(_fields(number, teachers, (_COMMENT * times).strip())))


def _fingerprint() -> str:
    paths = [
        *sorted((ROOT / "src").rglob("*.py")),
        *sorted((ROOT / "schemas").glob("*")),
        ROOT / "examples" / "lop5.json",
        Path(__file__),
        Path(lists.__file__),
    ]
    digest = hashlib.sha256()
    for path in paths:
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:16]


def prepare(below: Path, most: int) -> Path:
    """Return the folder with everything the measured processes read, `most` files with 4 signers
    among it.
    """
    folder = below / _fingerprint()
    for old in below.glob("*"):
        if old != folder:
            shutil.rmtree(old)
    folder.mkdir(parents=True, exist_ok=True)
    wanted = {
        "four": max(most, TIMED),
        "fifteen": FIFTEEN,
        "long": LONG,
        "once": PAGES,
        "page": PAGES,
    }
    missing = [
        (name, number)
        for name, count in wanted.items()
        for number in range(count)
        if not path_of(folder, name, number).exists()
    ]
    if missing or not (folder / SETTING).exists():
        maker = Maker(World(AT), folder)
        _write_world(maker)
        _write_files(maker, missing)
    return folder


def _write_files(maker: Maker, missing: Iterable[tuple[str, int]]) -> None:
    # Forked processes inherit the keys, which take longer to derive than to use.
    with multiprocessing.get_context("fork").Pool(
        initializer=_inherited.append, initargs=(maker,)
    ) as pool:
        pool.starmap(_write, missing, chunksize=4)


def _write(name: str, number: int) -> None:
    _inherited[0].write(name, number)


def _write_world(maker: Maker) -> None:
    world, folder = maker.world, maker.folder
    draft = transcript_of(0, 1)
    signer = maker.people[str(draft.expected_signers[0].personal_id)]
    _ = maker.seals, world.tsa
    (folder / DRAFT).write_bytes(drafted(draft))
    (folder / ROOTS).write_bytes(b"".join(map(pem, world.anchors_der)))
    (folder / "signer.key").write_bytes(
        signer.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    )
    (folder / "signer.pem").write_bytes(b"".join(map(pem, signer.chain_der)))
    for kind, octets in (
        ("crl", world.crls(LISTED)),
        ("root", world.anchors_der),
        ("ca", world.intermediates_der),
    ):
        for n, der in enumerate(octets):
            (folder / f"{kind}-{n}.der").write_bytes(der)
    lists.write(world, folder, LISTED)
    (folder / SETTING).write_text(
        json.dumps({"timed": TIMED, "signed": AT.isoformat(), "judged": JUDGED.isoformat()})
    )
