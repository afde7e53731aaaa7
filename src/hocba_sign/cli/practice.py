"""`hocba demo --practice`: keys, transcripts and lists of an invented world, for trying things out.

The keys are those of the tests: anybody can make them, and no verifier trusts them but by the
roots beside them.
"""

import secrets
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from hocba_sign.adapters.files import write_atomically
from hocba_sign.adapters.key_file import load_key
from hocba_sign.adapters.tsa import TimeStampClient
from hocba_sign.cli.commands.new import example
from hocba_sign.crypto.signer import SoftwareSigner
from hocba_sign.model.transcript import Transcript
from hocba_sign.model.workflow import Role, Slot
from hocba_sign.operations.signing import sign
from hocba_sign.signing.signing_policy import Level, SigningPolicy
from hocba_sign.testing.identity import Identity
from hocba_sign.testing.server import WorldServer
from hocba_sign.testing.staff import staff
from hocba_sign.testing.world import World
from hocba_sign.xml.encode import encode
from hocba_sign.xml.nonce import NONCE_OCTETS

PRACTICE_FOLDERS: Final = ("keys", "trust", "lists", "old", "class")
PASSWORD: Final = "practice"
_CLASS: Final = (1, 2, 3)
_EARLIER: Final = timedelta(days=1)
"""So long ago everything was signed: lists of now are newer than the signatures, as after some days
at a school.
"""


def write_practice(folder: Path, *, now: datetime) -> None:
    """Write everything into `folder`, whose `PRACTICE_FOLDERS` are there; `now` is aware."""
    signed_at = now - _EARLIER
    with WorldServer(lambda: signed_at, lambda url: World(now, base_url=url, fast=True)) as server:
        files = dict(_files(server, signed_at, now=now))
    for name, octets in files.items():
        write_atomically(folder / name, octets)


def _files(server: WorldServer, at: datetime, *, now: datetime) -> Iterator[tuple[str, bytes]]:
    world, authority = server.world, TimeStampClient(server.tsa_url)
    transcript = Transcript.from_json(example("lop5"))
    people = staff(world, transcript)
    yield from _keys({str(slot.role): person for slot, person in people.items()})
    yield "draft.xml", _draft(transcript)
    for name, version in (("signed.xml", 1), ("version2.xml", 2)):
        issue = replace(
            transcript, identification=replace(transcript.identification, version=version)
        )
        document = _draft(issue)
        for slot, person in people.items():
            document = sign(document, slot, signer=_signer(person), at=at, tsa=authority).octets
        yield name, document
    yield from _class(world, at)
    for place, moment in (("lists", now), ("old", at)):
        for slug in world.slugs:
            yield f"{place}/{slug}.crl", world.crl(slug, moment)
    for slug in world.slugs:
        if world.authority(slug).parent is None:
            yield f"trust/{slug}.pem", world.authority(slug).certificate_pem


def _class(world: World, at: datetime) -> Iterator[tuple[str, bytes]]:
    """Yield transcripts of grade 12 that every subject teacher has signed, and the keys."""
    text = example("lop12")
    people = staff(world, Transcript.from_json(text))
    teachers = {slot: person for slot, person in people.items() if slot.role is Role.GVBM}
    yield from _keys({str(slot.subject): person for slot, person in teachers.items()})
    yield from _keys({"homeroom": people[Slot(Role.GVCN)]})
    policy = SigningPolicy(level=Level.B)
    for number in _CLASS:
        document = _draft(Transcript.from_json(text.replace("5d0f3c1e", f"5d0f3c1{number}")))
        for slot, person in teachers.items():
            document = sign(
                document, slot, signer=_signer(person), at=at, tsa=None, policy=policy
            ).octets
        yield f"class/{number}.xml", document


def _draft(transcript: Transcript) -> bytes:
    return encode(transcript, nonce=secrets.token_bytes(NONCE_OCTETS))


def _keys(people: Mapping[str, Identity]) -> Iterator[tuple[str, bytes]]:
    for name, person in people.items():
        yield f"keys/{name}.p12", person.p12(PASSWORD.encode())
        yield f"keys/{name}.pem", person.chain_pem
        yield f"keys/{name}.key", person.key_pem


def _signer(person: Identity) -> SoftwareSigner:
    return load_key(person.key_pem, person.chain_pem)
