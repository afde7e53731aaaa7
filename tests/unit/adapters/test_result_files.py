"""What stands in results of a whole country takes no memory of the program."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from hocba_sign.adapters.disk_map import DiskMap
from hocba_sign.adapters.result_files import last_lines
from hocba_sign.errors import OutsideError
from hocba_sign.report.short import short_failure

COUNTED = """
import resource, sys
from pathlib import Path
from hocba_sign.adapters.disk_map import DiskMap
from hocba_sign.adapters.result_files import done, last_lines
from hocba_sign.report.overview import Tally
from hocba_sign.report.short import ShortRow
path = Path(sys.argv[1])
with DiskMap.of(done(path)) as known:
    print(len(known), Tally(ShortRow.of(line) for line in last_lines(path)).total)
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


def counted(count: int, results: Path) -> float:
    """Return the most memory that a process takes which counts so many results."""
    line = {**short_failure(OutsideError("FILE.MEMBER"), "none"), "verdict": "VALID"}
    with results.open("w") as file:
        for number in range(count):
            file.write(json.dumps({**line, "file": f"archive/{number:07}.xml"}) + "\n")
    command = [sys.executable, "-c", COUNTED, str(results)]
    told = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
    assert told[:2] == [str(count)] * 2
    return float(told[2])


@pytest.mark.skipif(sys.platform == "win32", reason="the system tells no peak")
def test_memory_does_not_grow_with_results(tmp_path: Path) -> None:
    few, many = (counted(count, tmp_path / f"{count}.jsonl") for count in (1_000, 50_000))
    assert many < 1.2 * few


def test_of_a_file_judged_again_the_last_line_counts(tmp_path: Path) -> None:
    results = tmp_path / "results.jsonl"
    line = short_failure(OutsideError("FILE.MEMBER"), "a.xml")
    told = [line, {**line, "file": "b.xml"}, {**line, "verdict": "VALID"}]
    results.write_text("".join(json.dumps(each) + "\n" for each in told))
    assert [(each["file"], each["verdict"]) for each in last_lines(results)] == [
        ("b.xml", None),
        ("a.xml", "VALID"),
    ]


def test_the_last_number_of_a_key_counts() -> None:
    with DiskMap([(b"a", 1), (b"b", 2), (b"a", 3)]) as held:
        assert (len(held), held.number(b"a"), held.number(b"c")) == (2, 3, None)
        assert b"b" in held
        assert b"c" not in held
    with DiskMap.of(()) as empty:
        assert not empty
