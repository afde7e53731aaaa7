"""Another signature algorithm on request, and none that is unknown or does not fit the key."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from hocba_sign.cli.main import main
from hocba_sign.testing import World
from tests.support.scene import Scene


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    scene = Scene(subjects=1)
    scene.world = World(datetime.now(UTC))
    identity = scene.identity(scene.teachers[0])
    (tmp_path / "draft.xml").write_bytes(scene.draft)
    (tmp_path / "key.pem").write_bytes(identity.key_pem)
    (tmp_path / "chain.pem").write_bytes(identity.chain_pem)
    return tmp_path


def sign(desk: Path, algorithm: str) -> int:
    paths = (
        str(desk / "draft.xml"),
        "--key",
        str(desk / "key.pem"),
        "--cert",
        str(desk / "chain.pem"),
        "-o",
        str(desk / "out.xml"),
    )
    return main(["sign", *paths, "--role", "GVBM", "--level", "B", "--algorithm", algorithm])


@pytest.mark.parametrize("algorithm", ["rsa-pss-sha256", "rsa-sha512"])
def test_the_algorithm_asked_for_is_used(
    desk: Path, algorithm: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert sign(desk, algorithm) == 0
    capsys.readouterr()
    main(["verify", str(desk / "out.xml"), "--offline", "--json"])
    (signature,) = json.loads(capsys.readouterr().out)["signatures"]
    assert (signature["algorithm"], signature["intact"]) == (algorithm, True)


@pytest.mark.parametrize("algorithm", ["rsa", "rsa-sha1", "ecdsa-sha256"])
def test_any_other_is_refused(desk: Path, algorithm: str) -> None:
    assert sign(desk, algorithm) == 2
    assert not (desk / "out.xml").exists()
