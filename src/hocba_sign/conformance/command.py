"""The program `hocba-conformance`: arguments in, a table or JSON out, exit code 0 where every case
agrees.
"""

import argparse
import os
import shlex
import sys
import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Final

from hocba_sign.catalogue.messages import LANGUAGES
from hocba_sign.conformance.judgement import ConformanceLevel
from hocba_sign.conformance.suite import KNOWN_FORMAT, KNOWN_SUITE, Case, open_suite
from hocba_sign.conformance.table import as_json, as_text
from hocba_sign.conformance.trial import Program, Trial, put
from hocba_sign.errors import HocbaSignError, InputError, OutsideError
from hocba_sign.version import VERSION

EXIT_AGREES: Final = 0
EXIT_DEPARTS: Final = 1
EXIT_USAGE: Final = 2
EXIT_OUTSIDE: Final = 6
_INTERRUPTED: Final = 130
_MOST_JOBS: Final = 64


def main(argv: Sequence[str] | None = None) -> int:
    """Run the suite and return the exit code: 0 where every case agrees at the level asked for, 1
    where one does not, 2 for arguments or a suite that cannot be used, 6 where the program cannot
    be started.
    """
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    given = _parser().parse_args(argv)
    command = tuple(shlex.split(given.exec, posix=os.name == "posix"))
    program = Program(
        command=command, seconds=given.time_limit, takes_arguments=given.interface == "arguments"
    )
    level = ConformanceLevel[given.level.upper()]
    try:
        with tempfile.TemporaryDirectory(
            prefix="hocba-conformance-", ignore_cleanup_errors=True
        ) as place:
            suite = open_suite(given.vectors, Path(place), areas=given.area)
            trials = _trials(suite.cases, program, jobs=given.jobs)
    except HocbaSignError as error:
        place_of = f" ({error.where})" if error.where else ""
        print(f"{error.message(given.lang)}{place_of} [{error.cause}]", file=sys.stderr)
        return EXIT_OUTSIDE if isinstance(error, OutsideError) else EXIT_USAGE
    except KeyboardInterrupt:
        return _INTERRUPTED
    if given.json:
        print(as_json(suite, trials, level=level))
    else:
        print(as_text(suite, trials, level=level, language=given.lang))
    return EXIT_AGREES if all(trial.reaches(level) for trial in trials) else EXIT_DEPARTS


def _trials(cases: Sequence[Case], program: Program, *, jobs: int) -> list[Trial]:
    if not cases:
        raise InputError("CONFORMANCE.NO_AREA")
    pool = ThreadPoolExecutor(jobs)
    try:
        return list(pool.map(partial(put, program=program), cases))
    finally:
        pool.shutdown(cancel_futures=True)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="hocba-conformance",
        allow_abbrev=False,
        description="Run a verifier over the test vectors of the format and count where it agrees.",
    )
    parser.add_argument(
        "--exec",
        required=True,
        metavar="CMD",
        help="the program with its arguments, as one word; started in the folder of each case",
    )
    parser.add_argument(
        "--vectors",
        required=True,
        type=Path,
        metavar="DIR|ZIP",
        help="the suite: its archive, or the folder test_vectors",
    )
    parser.add_argument(
        "--area",
        action="append",
        default=[],
        help="an area or a case, as format or format/dtd; may be given several times",
    )
    parser.add_argument(
        "--level",
        choices=[level.name.lower() for level in ConformanceLevel],
        default="verdict",
        help="what must agree (default: verdict)",
    )
    parser.add_argument(
        "--interface",
        choices=("json", "arguments"),
        default="json",
        help="json: a request on standard input, an answer on standard output; arguments: called "
        "as hocba is",
    )
    parser.add_argument("--json", action="store_true", help="every case, as one JSON object")
    parser.add_argument(
        "--jobs", type=_jobs, default=os.cpu_count() or 1, help="how many cases at a time"
    )
    parser.add_argument(
        "--time-limit",
        type=_seconds,
        default=60.0,
        metavar="SECONDS",
        help="of one case (default: 60)",
    )
    parser.add_argument("--lang", choices=LANGUAGES, default="en", help="of the table")
    parser.add_argument(
        "--version",
        action="version",
        version=f"hocba-conformance {VERSION}, suite {KNOWN_SUITE}.x, format {KNOWN_FORMAT}.x",
    )
    return parser


def _jobs(word: str) -> int:
    number = int(word)
    if not 1 <= number <= _MOST_JOBS:
        raise ValueError(word)
    return number


def _seconds(word: str) -> float:
    number = float(word)
    if not 0 < number <= 86_400:
        raise ValueError(word)
    return number
