"""A folder as a school's computer would have it, with a test world's authorities behind
real HTTP.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed, decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from hocba_sign.model.transcript import Transcript
from hocba_sign.model.workflow import Role
from hocba_sign.testing import World, WorldServer
from hocba_sign.testing.staff import staff
from tests.support.pdf import page_of
from tests.support.scene import with_subjects

PASSWORD = "mật khẩu thử"
SUBJECTS = 2


@dataclass(frozen=True, slots=True)
class School:
    """`folder` holds hocba.json, book.pdf (a page made elsewhere), keys/*.p12, *.pem and *.key, and
    trust/; `server` answers at its address.
    """

    folder: Path
    server: WorldServer

    @classmethod
    @contextmanager
    def opened(cls, folder: Path, example: Path) -> Iterator["School"]:
        """Fill `folder`; certificates are valid now, and keys are ECDSA."""
        transcript = Transcript.from_json(example.read_bytes())
        transcript = with_subjects(transcript, SUBJECTS)
        (folder / "hocba.json").write_text(transcript.to_json(), "utf-8")
        (folder / "book.pdf").write_bytes(page_of())
        with WorldServer(
            lambda: datetime.now(UTC), lambda url: World(datetime.now(UTC), base_url=url, fast=True)
        ) as server:
            school = cls(folder, server)
            school.write_keys(transcript)
            school.write_trust()
            yield school

    def write_keys(self, transcript: Transcript) -> None:
        keys = self.folder / "keys"
        keys.mkdir()
        for slot, identity in staff(self.server.world, transcript).items():
            name = slot.teacher if slot.role is Role.GVBM else slot.role.lower()
            (keys / f"{name}.p12").write_bytes(identity.p12(PASSWORD.encode()))
            (keys / f"{name}.key").write_bytes(identity.key_pem)
            (keys / f"{name}.pem").write_bytes(identity.chain_pem)

    def write_trust(self) -> None:
        trust = self.folder / "trust"
        trust.mkdir()
        for number, der in enumerate(self.server.world.anchors_der):
            (trust / f"{number}.cer").write_bytes(der)

    def write_evidence(self) -> None:
        """Write the revocation lists as they are now, among certificates and a file of another
        kind.
        """
        evidence = self.folder / "evidence"
        evidence.mkdir(exist_ok=True)
        (evidence / "README.txt").write_text("danh sách chứng thư bị thu hồi", "utf-8")
        world = self.server.world
        for slug in world.slugs:
            (evidence / f"{slug}.crl").write_bytes(world.crl(slug, datetime.now(UTC)))
            (evidence / f"{slug}.cer").write_bytes(world.authority(slug).certificate_der)


def value_of(folder: Path, state: str, key: str) -> bytes:
    """Sign a prepared digest as a device would: it sees the digest and nothing else.

    Gives r and s side by side.
    """
    digest = bytes.fromhex(json.loads((folder / state).read_text("utf-8"))["digest"])
    private_key = load_pem_private_key((folder / key).read_bytes(), None)
    assert isinstance(private_key, ec.EllipticCurvePrivateKey)
    r, s = decode_dss_signature(private_key.sign(digest, ec.ECDSA(Prehashed(SHA256()))))
    return r.to_bytes(32, "big") + s.to_bytes(32, "big")
