"""A folder of 196 mixed files is answered on one screen, as CSV and as a page; each file is counted
once, for what it is.
"""

import csv
import io
import re
from collections import Counter
from pathlib import Path

import pytest

from hocba_sign.cli.main import main
from tests.support.inbox import COUNT, Inbox

LINES, COLUMNS = 24, 80


@pytest.fixture(scope="module")
def inbox(tmp_path_factory: pytest.TempPathFactory) -> Inbox:
    return Inbox.make(tmp_path_factory.mktemp("inbox"))


def test_it_is_answered_on_one_screen(
    inbox: Inbox, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(inbox.folder)
    written = ("--csv", "out.csv", "--html", "out.html")
    assert main(["verify", "mail", *inbox.options, *written, "--lang", "vi"]) == 1
    told = capsys.readouterr().out.splitlines()
    assert len(told) <= LINES
    assert max(map(len, told)) <= COLUMNS
    assert str(COUNT) in told[0]
    assert not any("/HOC_BA" in line for line in told)

    cells = list(csv.DictReader(io.StringIO(Path("out.csv").read_text("utf-8-sig"))))
    assert len(cells) == COUNT
    named = Counter(row["verdict"] for row in cells)
    nothing = inbox.expected["NOT_TRANSCRIPT"] + inbox.expected["NOTHING_TO_VERIFY"]
    assert named == {
        "VALID": inbox.expected["VALID"] + inbox.expected["NOT_IN_FORCE"],
        "INVALID": inbox.expected["INVALID"],
        "INDETERMINATE": inbox.expected["INDETERMINATE"],
        "NOTHING_TO_VERIFY": nothing,
    }
    assert Counter(row["status"] for row in cells if row["status"] not in {"", "in_force"}) == {
        "withdrawn": 1,
        "replaced": 1,
    }

    page = Path("out.html").read_text("utf-8")
    rows = re.findall(r'<tr role="row" class="(\w+)">.*?href="([^"]+)"', page)
    assert Counter(ended for ended, _ in rows) == inbox.expected
    assert all(Path(link).is_file() for _, link in rows)
