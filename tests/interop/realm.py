"""People with keys and certificates, as files that other programs read."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

from hocba_sign import Evidence, TrustStore
from hocba_sign.operations.verifier import Verifier
from hocba_sign.pki.certificates.certificate import Certificate
from hocba_sign.testing import Identity, World
from tests.support.scene import SIGNED_AT

PASSWORD = "insecure"
JUDGED_AT = SIGNED_AT + timedelta(hours=2)


@dataclass(frozen=True)
class Realm:
    """A test world with its files in `folder`: `trust/`, `crl/`, and for each person NAME.p12,
    NAME.key and NAME.pem (the chain).
    """

    folder: Path
    world: World

    @classmethod
    def make(cls, folder: Path) -> "Realm":
        realm = cls(folder, World(SIGNED_AT))
        for part, ders in (
            ("trust", realm.world.anchors_der),
            ("crl", realm.world.crls(SIGNED_AT + timedelta(hours=1))),
        ):
            (folder / part).mkdir()
            for number, der in enumerate(ders):
                (folder / part / f"{number}.der").write_bytes(der)
        for name, identity in realm.people.items():
            realm.path(f"{name}.p12").write_bytes(identity.p12(PASSWORD.encode()))
            realm.path(f"{name}.key").write_bytes(identity.key_pem)
            realm.path(f"{name}.pem").write_bytes(identity.chain_pem)
            realm.path(f"{name}.cer").write_bytes(identity.certificate_pem)
        return realm

    @cached_property
    def people(self) -> dict[str, Identity]:
        return {
            "rsa": self.world.person("Lê Thị Bình", "001085000001"),
            "ec": self.world.person("Trần Văn Chính", "001085000002", key="ec"),
            "old": self.world.person("Lê Văn Cũ", "001085000003", key="rsa1024"),
            "tsa": self.world.tsa,
        }

    def path(self, name: str) -> Path:
        return self.folder / name

    @cached_property
    def anchors(self) -> tuple[Certificate, ...]:
        """Return the national root, the Government's and that of the time-stamps."""
        return tuple(Certificate.load(der) for der in self.world.anchors_der)

    @cached_property
    def intermediates(self) -> tuple[Certificate, ...]:
        return tuple(Certificate.load(der) for der in self.world.intermediates_der)

    @cached_property
    def trust(self) -> TrustStore:
        return TrustStore.of(self.anchors)

    @cached_property
    def evidence(self) -> Evidence:
        return Evidence.of(
            certificates=self.intermediates, crls=self.world.crls(SIGNED_AT + timedelta(hours=1))
        )

    def judge(
        self,
        document: bytes,
        *,
        detached: Iterable[Path] = (),
        at: datetime = JUDGED_AT,
        trust: TrustStore | None = None,
        evidence: Evidence | None = None,
    ) -> dict[str, Any]:
        """Return the report of `hocba verify --any`; detached data is found by its file's name."""
        given = {path.name: path.read_bytes() for path in detached}
        report = Verifier(trust=trust or self.trust, evidence=evidence or self.evidence).verify_any(
            document, at=at, detached=given
        )
        return report.to_dict()
