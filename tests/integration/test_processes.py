"""Eight processes with one cache, killed at random: the file stays sound and every answer
is right.
"""

import os
import sqlite3
import subprocess
import sys
from collections import Counter
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from hocba_sign.adapters.revocation import cache_key
from hocba_sign.validation.verdict import Verdict
from tests.conftest import ROOT
from tests.integration.online import Online, opened
from tests.support.scene import CBQL, JUDGED_AT, SIGNED_AT

PROCESSES = 8
KILLS = 25


def files(folder: Path) -> list[Path]:
    return sorted((folder / "cache").glob("fetched-*.sqlite3"))


@pytest.mark.skipif(not hasattr(os, "fork"), reason="processes cannot be killed outright here")
def test_killed_at_random(tmp_path: Path) -> None:
    with opened() as server:
        scene = Online(server)
        for name in ("documents", "trust"):
            (tmp_path / name).mkdir()
        (tmp_path / "at").write_text(JUDGED_AT.isoformat())
        (tmp_path / "documents" / "good.xml").write_bytes(scene.document)
        other = scene.identity(CBQL)
        # The same person with a second certificate, which is revoked.
        second = scene.world.principal(
            other.name,
            scene.expected(CBQL).personal_id or "",
            school="TEST - Trường Thử nghiệm",
            not_before=SIGNED_AT - timedelta(days=30),
        )
        bad = scene.sign_as(second, scene.signed(scene.slots[:-2]), CBQL, stamped=SIGNED_AT)
        server.world.revoke(second, SIGNED_AT - timedelta(days=1))
        (tmp_path / "documents" / "revoked.xml").write_bytes(bad)
        for number, der in enumerate(server.world.anchors_der):
            (tmp_path / "trust" / f"{number}.cer").write_bytes(der)
        done = subprocess.run(
            [
                sys.executable,
                "-m",
                "tests.integration.worker",
                str(tmp_path),
                str(PROCESSES),
                str(KILLS),
            ],
            cwd=ROOT,
            env=os.environ | {"PYTHONPATH": os.pathsep.join((str(ROOT / "src"), str(ROOT)))},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert (done.returncode, done.stderr) == (0, "")
        told = Counter(
            line
            for path in tmp_path.glob("told-*")
            # The last line of a killed process may be cut off.
            for line in path.read_text().rpartition("\n")[0].splitlines()
        )
        assert set(told) <= {"good VALID", "revoked INDETERMINATE", "blob right"}, told
        assert min(told["good VALID"], told["revoked INDETERMINATE"]) >= 5, told
        assert int(done.stdout) >= KILLS
        assert [path.name for path in files(tmp_path)] == ["fetched-1.sqlite3"]
        with closing(sqlite3.connect(files(tmp_path)[0])) as connection:
            assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        report = scene.judge(fetch=scene.fetcher(tmp_path / "cache"))
        assert report.verdict is Verdict.VALID
        assert len({cache_key(answer.need) for answer in report.fetches}) == len(report.fetches)
