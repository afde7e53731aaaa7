"""Copies of the library with a law of a verdict taken out (ARCHITECTURE, "The laws of a verdict"),
and which vector of each area departs then.

`python -m tests.vectors.law_copies` writes the list again, which takes tens of minutes.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.vectors.replay import FOLDERS, ROOT, Outcome, departures, identifier, load

LISTED: Final = Path(__file__).with_name("law_copies.json")

_WITHOUT_CHECKS: Final = """

_law_status = Check.__init__


def _without(self, *, identifier, status, where=None):
    if identifier.startswith({prefixes}):
        status = Status.PASS
    _law_status(self, identifier=identifier, status=status, where=where)


Check.__init__ = _without
_law_conclude = conclude


def conclude(findings):
    return _law_conclude(one for one in findings if not one.cause.startswith({prefixes}))
"""


_BELIEVED: Final = """

_law_path = PathResult.__init__


def _believing(self, **given):
    if any(cause.startswith({prefix!r}) for cause in given.get("causes", ())):
        given |= {{"status": PathStatus.PASSED, "causes": (), "sub_indication": None}}
    _law_path(self, **given)


PathResult.__init__ = _believing
"""


_INTACT: Final = """

_law_integrity = Integrity.__init__


def _believing(self, **given):
    _law_integrity(self, **given | {"is_value_right": True, "is_intact": True, "findings": ()})


Integrity.__init__ = _believing
"""


@dataclass(frozen=True, slots=True)
class Change:
    """What is written at the end of modules, so that they keep a law no longer.

    `areas` must notice it.
    """

    law: int
    areas: tuple[str, ...]
    texts: Mapping[str, str]


def without_checks(law: int, areas: str, *prefixes: str) -> Change:
    text = _WITHOUT_CHECKS.format(prefixes=prefixes)
    return Change(law, tuple(areas.split()), {"validation/verdict.py": text})


def believed(law: int, areas: str, prefix: str) -> Change:
    text = _BELIEVED.format(prefix=prefix)
    return Change(law, tuple(areas.split()), {"pki/path/result.py": text})


def replaced(law: int, areas: str, module: str, name: str, value: str) -> Change:
    """Replace what a module defines; a name that is gone fails when the copy is imported."""
    text = f"\n\n_law_{name.strip('_')} = {name}\n{name} = {value}\n"
    return Change(law, tuple(areas.split()), {module: text})


_NOTHING: Final = "lambda *given, **more: None"
CHANGES: Final = {
    "who-signs-is-believed": without_checks(
        1, "signer workflow kho registry policy", "WF.", "REGISTRY.", "POLICY."
    ),
    "holder-is-believed": replaced(1, "signer", "pki/certificates/holder.py", "_another", _NOTHING),
    "any-path-is-believed": believed(1, "path time", "PATH."),
    "claimed-times-are-believed": without_checks(1, "date signature", "DATE.", "SIG.SIGNING_TIME"),
    "time-stamps-are-believed": without_checks(1, "token time archive", "TST.", "SIG."),
    "revocation-is-not-asked": believed(2, "revocation evidence archive", "REVOCATION."),
    "stale-statements-count": replaced(
        2, "revocation", "pki/revocation/freshness.py", "silence_cause", _NOTHING
    ),
    "what-cannot-be-read-is-dropped": replaced(
        2,
        "evidence",
        "validation/document/dispatch.py",
        "with_unread",
        "lambda conclusion, setting: conclusion",
    ),
    "status-is-not-asked": without_checks(2, "event status", "EVENT.", "STATUS."),
    "digests-and-values-are-not-compared": Change(
        3,
        ("signature", "algorithm", "reference", "reformatted", "extract"),
        {"ades/integrity.py": _INTACT},
    ),
    "content-is-not-judged": without_checks(
        3, "schema outside nonce pdf partial", "DOC.", "TRANSCRIPT.", "PDF.", "EXTRACT."
    ),
    "not-proven-is-told-as-wrong": replaced(
        3,
        "partial evidence revocation registry algorithm workflow",
        "validation/document/three_answers.py",
        "verdict_of",
        "lambda *given: {Verdict.INDETERMINATE: Verdict.INVALID}.get(\n"
        "    one := _law_verdict_of(*given), one\n)",
    ),
    "breaking-a-circular-is-advice": Change(
        3, ("rules",), {"model/rules/finding.py": "\n\nSeverity.ERROR = Severity.INFO\n"}
    ),
    "deceptive-texts-are-not-told": replaced(
        3, "text", "model/text.py", "faults", "lambda text, **more: ()"
    ),
    "nothing-is-limited": Change(
        4,
        ("format", "time"),
        {
            "xml/limits.py": "\n\nMAX_ATTRIBUTES = MAX_NAMESPACES = 10**6\n",
            "xades/syntax/time_stamps.py": "\n\nMAX_TIME_STAMPS = 10**9\n",
        },
    ),
}


def copy_with(change: Change | None, place: Path) -> Path:
    """Return the folder with a copy of the package, changed."""
    shutil.copytree(
        ROOT / "src" / "hocba_sign",
        place / "hocba_sign",
        ignore=shutil.ignore_patterns("__pycache__"),
    )
    if change is not None:
        for name, text in change.texts.items():
            module = place / "hocba_sign" / name
            module.write_text(module.read_text("utf-8") + text, "utf-8")
    return place


def program(place: Path) -> Path:
    """Return a program that is called as `hocba` is and runs the copy at `place`."""
    written = place / "hocba.py"
    written.write_text(
        "import sys\n"
        f"sys.path.insert(0, {str(place)!r})\n"
        "from hocba_sign.cli.main import main\n"
        f"assert sys.modules['hocba_sign'].__file__.startswith({str(place)!r})\n"
        "raise SystemExit(main())\n",
        "utf-8",
    )
    return written


_FIND: Final = """
import contextlib, io, json, os, sys
sys.path.insert(0, {place!r})
from hocba_sign.cli.main import main
for line in sys.stdin:
    folder, arguments = json.loads(line)
    os.chdir(folder)
    out = io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(io.StringIO()):
        try:
            code = main(arguments)
        except BaseException:
            code = -1
    print(json.dumps([code, out.getvalue()]), flush=True)
"""


def departing(place: Path, areas: Collection[str]) -> dict[str, str]:
    """Return by area the first case, of those that are not VALID, in which the copy departs."""
    child = subprocess.Popen(
        [sys.executable, "-c", _FIND.format(place=str(place))],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
    )
    assert child.stdin
    assert child.stdout
    found: dict[str, str] = {}
    for folder in FOLDERS:
        name, area = identifier(folder), folder.parent.name
        case = load(folder)
        if area in found or area not in areas or case["expect"]["exit_code"] == 0:
            continue
        child.stdin.write(json.dumps([str(folder), case["arguments"]]) + "\n")
        child.stdin.flush()
        code, written = json.loads(child.stdout.readline())
        try:
            is_other = bool(departures(case, Outcome(code, json.loads(written))))
        except ValueError:
            is_other = True
        if is_other:
            found[area] = name
    child.stdin.close()
    child.wait()
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("changes", nargs="*", help="names of changes; all of them without")
    given = parser.parse_args()
    listed = json.loads(LISTED.read_text("utf-8")) if LISTED.exists() else {}
    for name in given.changes or CHANGES:
        with tempfile.TemporaryDirectory() as place:
            listed[name] = departing(copy_with(CHANGES[name], Path(place)), CHANGES[name].areas)
        print(name, *sorted(set(CHANGES[name].areas) - set(listed[name])), flush=True)
        LISTED.write_text(json.dumps(listed, indent=2, sort_keys=True) + "\n", "utf-8")


if __name__ == "__main__":
    main()
