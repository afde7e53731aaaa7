"""A chain through a certificate that is known to be false fails, whoever trusts it."""

from dataclasses import replace
from pathlib import Path

import pytest

from hocba_sign.pki.loading.objects import load_certificates
from hocba_sign.validation.policy import DEFAULT
from hocba_sign.validation.setting import Setting
from hocba_sign.validation.signature.validation import validate_signature
from hocba_sign.validation.verdict import Check, Status
from hocba_sign.validation.workflow.trust_hierarchy import hierarchy_checks
from hocba_sign.xades.transcript.read import read
from tests.support.scene import JUDGED_AT, Scene


@pytest.fixture
def impostors(shared: Path) -> tuple[bytes, ...]:
    folder = shared / "data" / "vn-ca" / "impostor"
    if not folder.is_dir():
        pytest.skip(
            "no copies of the two false certificates beside the repository (../shared/data/vn-ca)"
        )
    return tuple(file.read_bytes() for file in sorted(folder.iterdir()))


def test_a_known_impostor_in_the_chain_fails(impostors: tuple[bytes, ...]) -> None:
    scene = Scene(subjects=1)
    setting = Setting(trust=scene.trust, evidence=scene.evidence(), at=JUDGED_AT, policy=DEFAULT)
    (signature, *_) = read(scene.signed()).signatures
    judged = validate_signature(signature, setting)
    assert judged.path is not None
    expected = Check(identifier="TRUST.KNOWN_BAD", status=Status.FAIL, where=str(signature.slot))
    assert expected not in hierarchy_checks([judged], None, setting=setting)
    for octets in impostors:
        chain = (*judged.path.chain[:-1], *load_certificates(octets))
        false = replace(judged, path=replace(judged.path, chain=chain))
        assert expected in hierarchy_checks([false], None, setting=setting)
