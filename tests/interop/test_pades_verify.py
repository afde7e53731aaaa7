"""EU DSS and this library judge the same signed PDFs.

Of changed ones DSS' default policy says nothing more than a warning; ours refuses them.
"""

from datetime import timedelta
from pathlib import Path

import pytest

from hocba_sign.operations.verifier import Verifier
from hocba_sign.rendering.render import render
from hocba_sign.signing.signing_policy import Level
from hocba_sign.validation.verdict import Verdict
from tests.attacks_pdf import test_pdf_attacks as attacks
from tests.interop.dss_oracle import dss
from tests.support.pdf import revised, signed
from tests.support.scene import JUDGED_AT, SIGNED_AT, Scene

pytestmark = pytest.mark.interop

SCENE = Scene("lop9", subjects=1)


def written(folder: Path, files: dict[str, bytes]) -> list[Path]:
    for slug in ("trust", "certs", "crl"):
        (folder / slug).mkdir()
    for number, der in enumerate(SCENE.world.anchors_der):
        (folder / "trust" / f"{number}.cer").write_bytes(der)
    for number, der in enumerate(SCENE.world.intermediates_der):
        (folder / "certs" / f"{number}.cer").write_bytes(der)
    for number, item in enumerate(SCENE.evidence().crls):
        (folder / "crl" / f"{number}.crl").write_bytes(item.der)
    paths = []
    for name, octets in files.items():
        paths.append(folder / f"{name}.pdf")
        paths[-1].write_bytes(octets)
    return paths


def test_dss(tmp_path: Path) -> None:
    document = render(SCENE.transcript, SCENE.draft).octets
    for slot in SCENE.slots:
        document = SCENE.sign(document, slot, level=Level.T)
    once = signed(
        render(SCENE.transcript, SCENE.draft).octets, SCENE.identity(SCENE.slots[0]), at=SIGNED_AT
    )
    good = {"all": document, "once": once}
    bad = {
        change.__name__: revised(once, change)
        for change in (attacks.change_content, attacks.add_page, attacks.annotate)
    }
    paths = written(tmp_path, {**good, **bad})
    answers = dss(
        paths,
        trust=[tmp_path / "trust"],
        certs=[tmp_path / "certs"],
        crls=[tmp_path / "crl"],
        at=JUDGED_AT + timedelta(hours=1),
    )
    by_name = {Path(answer["file"]).stem: answer for answer in answers}
    for name in good:
        assert all(one["intact"] and one["valid"] for one in by_name[name]["signatures"]), by_name[
            name
        ]
        report = Verifier(trust=SCENE.trust, evidence=SCENE.evidence()).verify_any(
            (tmp_path / f"{name}.pdf").read_bytes(), at=JUDGED_AT
        )
        assert report.verdict is Verdict.VALID
        told = [one["format"] for one in report.to_dict()["signatures"]]
        assert told == [one["format"] for one in by_name[name]["signatures"]]
    for name in bad:
        report = Verifier(trust=SCENE.trust, evidence=SCENE.evidence()).verify_any(
            (tmp_path / f"{name}.pdf").read_bytes(), at=JUDGED_AT
        )
        assert report.verdict is Verdict.INVALID
