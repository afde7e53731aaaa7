"""What we sign is intact for every other program: both layouts, levels B to LTA, four signers.

EU DSS and xmlsec1 judge more in test_time, test_kho.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from hocba_sign.operations.extension import extend
from hocba_sign.operations.verifier import Verifier
from hocba_sign.signing.signing_policy import Level
from hocba_sign.testing.identity import pem
from hocba_sign.xml.layout import CANONICAL, KHO, Layout
from tests.interop.dss_oracle import dss
from tests.interop.peers import python_xmlsec, signxml, xadesjs
from tests.interop.xmlsec1 import xmlsec1
from tests.support.scene import SIGNED_AT, DirectTsa, Scene

LAYOUTS = {"canonical": CANONICAL, "kho": KHO}
LEVELS = (Level.B, Level.T, Level.LT, Level.LTA)
SIGNERS = 4
LATER = timedelta(days=10)
STAYS_KHO = "XAdES-BASELINE-T"
"""What a signature stays that others cover as a whole: in the store's layout it stands in their
data.
"""


@dataclass(frozen=True, slots=True)
class Ours:
    """Files of one layout by level, with one mark changed in a copy of each; `folder` holds trust/,
    crl/ and PEM files.
    """

    scene: Scene
    folder: Path
    files: Mapping[Level, bytes]

    def forged(self) -> Mapping[Level, bytes]:
        return {
            level: octets.replace(b"<DIEM_CA_NAM>", b"<DIEM_CA_NAM>1", 1)
            for level, octets in self.files.items()
        }


def levels(scene: Scene) -> dict[Level, bytes]:
    at = SIGNED_AT + LATER
    tsa = DirectTsa(scene.world, at)
    stamped = scene.signed(level=Level.T)
    lt, lta = (
        extend(
            stamped,
            Verifier(trust=scene.trust, evidence=scene.evidence(at - timedelta(days=1))),
            to=level,
            at=at,
            tsa=tsa,
        )
        for level in (Level.LT, Level.LTA)
    )
    return {Level.B: scene.signed(), Level.T: stamped, Level.LT: lt, Level.LTA: lta}


@pytest.fixture(scope="module", params=LAYOUTS)
def ours(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Ours:
    layout: Layout = LAYOUTS[request.param]
    scene = Scene(subjects=1, is_rsa=True, layout=layout)
    folder = tmp_path_factory.mktemp(request.param)
    for part in ("trust", "certs", "crl"):
        (folder / part).mkdir()
    for part, ders in (
        ("trust", scene.world.anchors_der),
        ("certs", scene.world.intermediates_der),
    ):
        for number, der in enumerate(ders):
            (folder / part / f"{number}.pem").write_bytes(pem(der))
    for number, der in enumerate(scene.world.crls(SIGNED_AT + timedelta(hours=1))):
        (folder / "crl" / f"{number}.crl").write_bytes(der)
    (folder / "roots.pem").write_bytes(b"".join(map(pem, scene.world.anchors_der)))
    return Ours(scene, folder, levels(scene))


def verdicts(answers: list[list[dict[str, object]]], name: str) -> list[list[object]]:
    return [[one[name] for one in answer] for answer in answers]


def test_xmlsec1(ours: Ours) -> None:
    file = ours.folder / "file.xml"
    for files, held in ((ours.files, True), (ours.forged(), False)):
        for octets in files.values():
            file.write_bytes(octets)
            trust, certs = (sorted((ours.folder / part).iterdir()) for part in ("trust", "certs"))
            checked = xmlsec1(file, trust=trust, certs=certs, at=SIGNED_AT)
            assert len(checked) == SIGNERS
            assert all(one.is_verified for one in checked) is held, [one.log for one in checked]


def test_python_xmlsec(ours: Ours) -> None:
    for files, held in ((ours.files, True), (ours.forged(), False)):
        for answer in python_xmlsec([{"document": octets.decode()} for octets in files.values()]):
            assert len(answer) == SIGNERS
            assert all(one["is_verified"] for one in answer) is held, answer


def test_signxml(ours: Ours) -> None:
    for files, held in ((ours.files, True), (ours.forged(), False)):
        roots, at = str(ours.folder / "roots.pem"), SIGNED_AT.isoformat()
        for answer in signxml(
            [
                {"do": "verify", "document": octets.decode(), "roots": roots, "at": at}
                for octets in files.values()
            ]
        ):
            assert len(answer) == SIGNERS
            assert all(one["is_verified"] for one in answer) is held, answer


def test_xadesjs(ours: Ours) -> None:
    for files, held in ((ours.files, True), (ours.forged(), False)):
        for answer in xadesjs(
            [{"do": "verify", "document": octets.decode()} for octets in files.values()]
        ):
            assert len(answer) == SIGNERS
            assert all(one["is_valid"] for one in answer) is held, answer


def test_dss(ours: Ours) -> None:
    paths = []
    for level, octets in [
        *ours.files.items(),
        *((f"{level}-forged", octets) for level, octets in ours.forged().items()),
    ]:
        paths.append(ours.folder / f"{level}.xml")
        paths[-1].write_bytes(octets)
    given = {
        "trust": [ours.folder / "trust"],
        "certs": [ours.folder / "certs"],
        "crls": [ours.folder / "crl"],
    }
    answers = dss(paths, at=SIGNED_AT + LATER + timedelta(days=1), **given)
    for level, answer, forged in zip(LEVELS, answers, answers[len(LEVELS) :], strict=False):
        formats = [one["format"] for one in answer["signatures"]]
        assert (len(formats), formats[-1]) == (SIGNERS, f"XAdES-BASELINE-{level}")
        assert set(formats) <= (
            {formats[-1], STAYS_KHO} if ours.scene.layout is KHO else {formats[-1]}
        )
        assert all(one["intact"] and one["valid"] for one in answer["signatures"])
        assert not all(one["intact"] and one["valid"] for one in forged["signatures"])
