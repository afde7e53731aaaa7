"""A whole archive of honest transcripts: level LT with 4 signers, many schools, each file with
signatures and time-stamps of its own.

Made by the library's own signing; what is done in another way is only what others do in life: the
time-stamp authority fills in a pattern, and of a class the first file is extended by the library,
whose evidence then goes into the others, as from the cache of one run. Files that are there are
left alone, so that a run that was stopped goes on.
"""

import hashlib
import json
import multiprocessing
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any, Final

from asn1crypto import cms
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256

from hocba_sign import (
    Certificate,
    Evidence,
    Slot,
    SoftwareSigner,
    Transcript,
    TrustStore,
    Verifier,
    extend,
    sign,
)
from hocba_sign.crypto.digests import DigestAlgorithm
from hocba_sign.operations.extension import signatures_of
from hocba_sign.operations.signing import TimeStampAuthority
from hocba_sign.signing.signing_policy import Level
from hocba_sign.signing.validation_data import ValidationData
from hocba_sign.signing.xml.extend import with_validation_data
from hocba_sign.signing.xml.opened import OpenXml
from hocba_sign.testing.drafts import drafted
from hocba_sign.testing.identity import Identity
from hocba_sign.testing.staff import staff
from hocba_sign.testing.world import World
from tools.benchmark.environments import ROOT

AT: Final = datetime(2026, 6, 1, 1, 0, tzinfo=UTC)
"""When the first class signs; the others follow within three weeks."""
LISTED: Final = AT + timedelta(days=22)
"""When authorities issue the lists that a verifier has at hand: at level LT nothing proves yet that
a time-stamp is older than the last answer on its authority.
"""
JUDGED: Final = LISTED + timedelta(hours=1)
CLASS: Final = 40
"""Pupils of a class, who have teachers in common, and whose files are extended in one run."""
SCHOOL: Final = 10
"""Classes of a school: 400 pupils, about the mean of the country."""
SETTING: Final = "setting.json"
TRUST: Final = "trust"
LISTS: Final = "lists"
_TEACHERS: Final = 3
"""Subject teachers, and homeroom teachers, of a school."""
_FAMILIES: Final = ("Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Vũ", "Đặng", "Bùi")
_MIDDLE: Final = ("Thử", "Mẫu", "Gia", "Minh", "Ngọc", "Đức", "Thu", "Quang")
_GIVEN: Final = ("An", "Bình", "Chi", "Dũng", "Giang", "Hà", "Khánh", "Lan", "Nam", "Oanh")
_PATTERN_AT: Final = datetime(2026, 6, 1, 1, 2, 3, tzinfo=UTC)
_PATTERN: Final = hashlib.sha256(b"pattern").digest()
_SERIAL: Final = int.from_bytes(b"\x11" + _PATTERN[:11], "big")


class Mint(TimeStampAuthority):
    """The world's authority with one pattern of a token, in which the imprint, time, serial number
    and signature of each are put; `at` is when the next is made.
    """

    def __init__(self, world: World) -> None:
        key = world.tsa.key
        assert isinstance(key, rsa.RSAPrivateKey)
        self._key = key
        self.at = _PATTERN_AT
        token = world.timestamp_token(("sha256", _PATTERN), _PATTERN_AT, serial=_SERIAL)
        signed = cms.ContentInfo.load(token)["content"]
        (signer,) = signed["signer_infos"]
        self._token = token
        self._info = bytes(signed["encap_content_info"]["content"].parsed.dump())
        self._attributes = bytes(signer["signed_attrs"].untag().dump())
        self._value = bytes(signer["signature"].native)
        self._digest = hashlib.sha256(self._info).digest()
        assert self.stamp_at(_PATTERN, _PATTERN_AT, _SERIAL) == token

    def stamp(self, digest_algorithm: DigestAlgorithm, imprint: bytes) -> bytes:
        assert digest_algorithm.name.lower().replace("-", "") == "sha256"
        number = hashlib.sha256(imprint + self.at.isoformat().encode()).digest()
        return self.stamp_at(imprint, self.at, int.from_bytes(b"\x11" + number[:11], "big"))

    def stamp_at(self, imprint: bytes, at: datetime, serial: int) -> bytes:
        info = self._info
        for old, new in (
            (_PATTERN, imprint),
            (_time(_PATTERN_AT), _time(at)),
            (_SERIAL.to_bytes(12, "big"), serial.to_bytes(12, "big")),
        ):
            info = _with(info, old, new)
        digest = hashlib.sha256(info).digest()
        attributes = _with(self._attributes, self._digest, digest)
        value = self._key.sign(attributes, padding.PKCS1v15(), SHA256())
        token = _with(self._token, self._info, info)
        return _with(_with(token, self._digest, digest), self._value, value)


def _with(octets: bytes, old: bytes, new: bytes) -> bytes:
    assert octets.count(old) == 1
    assert len(old) == len(new)
    return octets.replace(old, new)


def _time(at: datetime) -> bytes:
    return at.strftime("%Y%m%d%H%M%SZ").encode()


@dataclass(frozen=True)
class Archive:
    """A folder of `count` files; all numbers of pupils, classes and schools count from 0."""

    folder: Path
    count: int

    @cached_property
    def world(self) -> World:
        return World(AT)

    @cached_property
    def mint(self) -> Mint:
        return Mint(self.world)

    def path_of(self, number: int) -> Path:
        school, pupil = divmod(number, CLASS * SCHOOL)
        return self.folder / "files" / f"{school:05}" / f"{pupil:03}.xml"

    def write_material(self) -> None:
        """Write the anchors and lists of a verifier."""
        for name, held in (
            (TRUST, self.world.anchors_der),
            (LISTS, self.world.crls(LISTED)),
        ):
            (self.folder / name).mkdir(parents=True, exist_ok=True)
            for number, der in enumerate(held):
                (self.folder / name / f"{number}.der").write_bytes(der)

    def missing(self) -> Iterator[int]:
        """Yield the classes of which files are not there yet."""
        for number in range((self.count + CLASS - 1) // CLASS):
            if not all(self.path_of(pupil).exists() for pupil in self.pupils(number)):
                yield number

    def pupils(self, class_number: int) -> range:
        first = class_number * CLASS
        return range(first, min(first + CLASS, self.count))

    def write_class(self, class_number: int) -> tuple[int, float]:
        """Sign and extend the files of a class that are not there; return how many these were, and
        the seconds of CPU.
        """
        began, made = time.process_time(), 0
        people: Mapping[Slot, Identity] | None = None
        held: Mapping[Slot, ValidationData] | None = None
        for number in self.pupils(class_number):
            path = self.path_of(number)
            if path.exists():
                continue
            transcript = transcript_of(number)
            people = people or staff(self.world, transcript)
            document = self._signed(transcript, people, number)
            if held is None:
                held = self._evidence(document, people, class_number)
            document = with_validation_data(OpenXml.of(document), held).xml.octets
            path.parent.mkdir(parents=True, exist_ok=True)
            half = path.with_suffix(".part")
            half.write_bytes(document)
            half.rename(path)
            made += 1
        return made, time.process_time() - began

    def _signed(
        self, transcript: Transcript, people: Mapping[Slot, Identity], number: int
    ) -> bytes:
        document = drafted(transcript)
        for turn, (slot, holder) in enumerate(people.items()):
            at = signed_at(number) + timedelta(seconds=7 * turn)
            self.mint.at = at + timedelta(seconds=1 + number % 5)
            signer = SoftwareSigner(holder.key, holder.chain_der)
            document = sign(document, slot, signer=signer, at=self.mint.at, tsa=self.mint).octets
        return document

    def _evidence(
        self, document: bytes, people: Mapping[Slot, Identity], class_number: int
    ) -> Mapping[Slot, ValidationData]:
        """Let the library extend one file, and return what it put into it."""
        # Later than the last signature of the class.
        asked = signed_at(class_number * CLASS) + timedelta(hours=6)
        holders = {holder.serial: holder for holder in (*people.values(), self.world.tsa)}
        evidence = Evidence.of(
            certificates=map(Certificate.load, self.world.intermediates_der),
            crls=self.world.crls(asked),
            ocsps=[self.world.ocsp_response(holder, asked) for holder in holders.values()],
        )
        anchors = TrustStore.of(map(Certificate.load, self.world.anchors_der))
        extended = extend(
            document,
            Verifier(trust=anchors, evidence=evidence),
            to=Level.LT,
            at=asked + timedelta(minutes=5),
        )
        return {
            signature.slot: ValidationData(
                certificates=signature.embedded_certificates_der,
                crls=signature.embedded_crls_der,
                ocsps=signature.embedded_ocsps_der,
            )
            for signature in signatures_of(extended)
            if signature.slot is not None
        }


def signed_at(number: int) -> datetime:
    """Return when the first signer of pupil `number` signs: a class within half an hour."""
    class_number, pupil = divmod(number, CLASS)
    return AT + timedelta(seconds=7_919 * class_number % (20 * 86_400) + 43 * pupil)


def transcript_of(number: int) -> Transcript:
    """Return the grade-5 transcript of an invented pupil, with one subject teacher."""
    school, in_school = divmod(number, CLASS * SCHOOL)
    class_number = in_school // CLASS
    fields: dict[str, Any] = json.loads(_example())
    pupil = _name(number)
    fields |= {
        "madinhdanhhocba": f"00000000-0000-4000-8000-{number:012}",
        "sodinhdanh": f"0012150{number % 100_000:05}",
        "hovaten": pupil,
        "matruong": f"01{school:06}",
        "tentruong": f"Trường Tiểu học Thử Nghiệm {school + 1}",
        "tenlop": f"5{'ABCDEGHIKL'[class_number]}",
        "mahocsinh": f"01{number:08}",
    }
    fields["tengvcn"], fields["soddcngvcn"] = _person(1, school, class_number % _TEACHERS)
    fields["tengiamhieu"], fields["soddcngiamhieu"] = _person(2, school, 0)
    teacher, personal = _person(0, school, class_number % _TEACHERS)
    for position, subject in enumerate(fields["danhsachdiemtongket"]):
        subject.pop("danhsachgvbm", None)
        if position == 0:
            subject["danhsachgvbm"] = [{"gvbm": teacher, "soddcngvbm": personal}]
    return Transcript.from_json(json.dumps(fields))


def _example() -> bytes:
    if not _examples:
        _examples.append((ROOT / "examples" / "lop5.json").read_bytes())
    return _examples[0]


_examples: list[bytes] = []


def _name(number: int) -> str:
    family, rest = number % len(_FAMILIES), number // len(_FAMILIES)
    middle, rest = rest % len(_MIDDLE), rest // len(_MIDDLE)
    return f"{_FAMILIES[family]} {_MIDDLE[middle]} {_GIVEN[rest % len(_GIVEN)]}"


def _person(part: int, school: int, number: int) -> tuple[str, str]:
    name = _name(school * 7 + part * 31 + number * 3)
    return name, f"0011880{part}{school % 1000:03}{number}"


_inherited: list[Archive] = []


def prepare(folder: Path, count: int, *, processes: int) -> dict[str, float]:
    """Make what is missing, and return how many files were made, in how many seconds by the clock
    and of CPU.
    """
    archive = Archive(folder, count)
    archive.write_material()
    _ = archive.mint
    began = time.perf_counter()
    made, cpu = 0, 0.0
    todo = list(archive.missing())
    # Forked processes inherit the keys of the authorities, which take longer to derive than to use.
    _inherited[:] = [archive]
    with multiprocessing.get_context("fork").Pool(processes) as pool:
        for number, seconds in pool.imap_unordered(_write_class, todo, chunksize=SCHOOL):
            made += number
            cpu += seconds
    (folder / SETTING).write_text(json.dumps({"files": count, "judged": JUDGED.isoformat()}) + "\n")
    return {"made": made, "wall": time.perf_counter() - began, "cpu": cpu}


def _write_class(number: int) -> tuple[int, float]:
    return _inherited[0].write_class(number)
