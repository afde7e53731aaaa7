"""CSC 1.0.4 against a service by another author: Certomancer's, of which only the keys are ours."""

import socket
import subprocess
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from hocba_sign.adapters.remote.dialect_choice import open_remote
from hocba_sign.adapters.remote.hash_order import OrderItem
from hocba_sign.adapters.remote.machine import sign_remotely
from hocba_sign.errors import OutsideError
from hocba_sign.model.workflow import Role
from hocba_sign.operations.signing import complete, prepare
from tests.interop.programs import MissingProgramError
from tests.support.remote_items import QUICK, configuration
from tests.support.scene import GVCN, SIGNED_AT, Scene
from tools.benchmark.environments import PLACE

PROGRAM = PLACE / "env" / "certomancer" / "bin" / "certomancer-csc"
CONFIG = """
keysets:
  keys:
    path-prefix: {folder}
    keys:
      root: {{ path: root.key.pem }}
      signer: {{ path: signer.key.pem }}
pki-architectures:
  school:
    keyset: keys
    entities:
      root: {{ country-name: VN, common-name: TEST root }}
      signer: {{ country-name: VN, common-name: TEST signer }}
    certs:
      root:
        subject: root
        issuer: root
        authority-key: root
        subject-key: root
        validity: {{ valid-from: "2020-01-01T00:00:00+0000", valid-to: "2040-01-01T00:00:00+0000" }}
        extensions: [{{ id: basic_constraints, critical: true, value: {{ ca: true }} }}]
      signer:
        subject: signer
        subject-key: signer
        issuer: root
        authority-key: root
        certificate-file: {folder}/signer.cert.pem
        validity: {{ valid-from: "2020-01-01T00:00:00+0000", valid-to: "2040-01-01T00:00:00+0000" }}
"""


@pytest.fixture(params=["1", "2"], ids=["scal1", "scal2"])
def service(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[str, Scene]]:
    """Return its address, and whose key it has; of SCAL 2 hashes are bound to the approval."""
    if not PROGRAM.exists():
        message = "certomancer-csc is not installed: run tools/setup-interop"
        raise MissingProgramError(message)
    scene = Scene("lop5", subjects=None, is_rsa=True)
    identity = scene.identity(GVCN)
    (tmp_path / "signer.key.pem").write_bytes(identity.key_pem)
    (tmp_path / "root.key.pem").write_bytes(identity.key_pem)
    (tmp_path / "signer.cert.pem").write_bytes(identity.certificate_pem)
    (tmp_path / "certomancer.yml").write_text(CONFIG.format(folder=tmp_path), "utf-8")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [PROGRAM, str(tmp_path / "certomancer.yml"), str(port), request.param]
    log = tmp_path / "log"
    with log.open("wb") as told, subprocess.Popen(command, stdout=told, stderr=told) as running:
        try:
            for _ in range(300):
                try:
                    socket.create_connection(("127.0.0.1", port)).close()
                    break
                except OSError:
                    assert running.poll() is None, log.read_text("utf-8")
                    time.sleep(0.1)
            yield f"http://127.0.0.1:{port}/csc/v1", scene
        finally:
            running.terminate()


def test_transcripts_are_signed_in_one_call(service: tuple[str, Scene], tmp_path: Path) -> None:
    url, scene = service
    file = configuration(tmp_path, "csc", url, {"credential": "school/signer"})
    signer = open_remote(file, Role.GVCN, at=SIGNED_AT)
    assert signer.chain_der[0] == scene.identity(GVCN).certificate_der
    states = [
        prepare(scene.draft, GVCN, chain_der=signer.chain_der, at=SIGNED_AT + timedelta(seconds=n))
        for n in range(3)
    ]
    items = [OrderItem.of(state, f"doc-{number}") for number, state in enumerate(states)]
    results = sign_remotely(signer, items, folder=tmp_path / "state", wait=QUICK)
    for state, result in zip(states, results, strict=True):
        assert result.value is not None, result.error
        assert complete(state, result.value, at=SIGNED_AT + timedelta(minutes=1)).slot == GVCN


def test_what_it_refuses_is_told(service: tuple[str, Scene], tmp_path: Path) -> None:
    url, _ = service
    file = configuration(tmp_path, "csc", url, {"credential": "school/nobody"})
    with pytest.raises(OutsideError, match=r"REMOTE\.REFUSED"):
        open_remote(file, Role.GVCN, at=SIGNED_AT)
