"""Pages of documentation as programs: every `bash` and `python` block is run, what a `text` or
`json` block shows must come out.

All blocks of a page run in one folder, one after the other, in one shell. A `python` block that
begins with a comment like `# world.py` is that file and is not run by itself. A `text` or `json`
block right after a block that runs is its output; `…` stands for anything. Other languages are only
shown.
"""

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
_FENCE = re.compile(r"^```(\w+)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
_FILE = re.compile(r"# ([\w.-]+\.py)\n")
_RUN = frozenset({"bash", "python"})
_SHOWN = frozenset({"text", "json"})
_TIME_LIMIT = 180


@dataclass(frozen=True, slots=True)
class Block:
    """One fenced block; `line` is that of its first line in the page.

    `output` is what must come out, None where nothing is said.
    """

    language: str
    text: str
    line: int
    output: str | None = None

    @property
    def file(self) -> str | None:
        """Return the name of the file that the block is, or None."""
        match = _FILE.match(self.text) if self.language == "python" else None
        return None if match is None else match[1]


def blocks(page: str) -> Iterator[Block]:
    """Yield the blocks that run, with the output that the page promises."""
    found = list(_FENCE.finditer(page))
    for number, match in enumerate(found):
        if match[1] not in _RUN:
            continue
        after = found[number + 1] if number + 1 < len(found) else None
        is_output = (
            after is not None
            and after[1] in _SHOWN
            and not page[match.end() : after.start()].strip()
        )
        yield Block(
            match[1],
            match[2],
            page.count("\n", 0, match.start()) + 2,
            after[2] if is_output and after is not None else None,
        )


def run(page: Path, folder: Path) -> list[str]:
    """Run a page in `folder` and give what did not happen as the page says."""
    listed = list(blocks(page.read_text("utf-8")))
    script = ["set -eu", "trap 'kill $(jobs -p) 2>/dev/null || true' EXIT"]
    for number, block in enumerate(listed):
        if block.file is not None:
            (folder / block.file).write_text(block.text, "utf-8")
            continue
        command = block.text
        if block.language == "python":
            (folder / f".block-{number}").write_text(block.text, "utf-8")
            command = f"python .block-{number}\n"
        script.append(f"echo {block.line} >.line\n{{\n{command}}} >.output-{number}")
    environment = _environment(folder)
    done = subprocess.run(
        ["bash", "-c", "\n".join(script)],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=_TIME_LIMIT,
        check=False,
    )
    if done.returncode != 0:
        return [
            (
                f"{page.name}, line {(folder / '.line').read_text().strip()}: exit code "
                f"{done.returncode}\n{done.stderr[-2000:]}"
            )
        ]
    return [
        f"{page.name}, line {block.line}: promised\n{block.output}\nbut came\n{came}"
        for number, block in enumerate(listed)
        if block.output is not None
        and not _agrees(block.output, came := (folder / f".output-{number}").read_text("utf-8"))
    ]


def _agrees(promised: str, came: str) -> bool:
    pattern = ".*".join(re.escape(piece) for piece in " ".join(promised.split()).split("…"))
    return re.fullmatch(pattern, " ".join(came.split()), re.DOTALL) is not None


def _environment(folder: Path) -> Mapping[str, str]:
    """Put `python` and `hocba` of this very interpreter and source tree first, and nothing that
    could reach the outside.
    """
    programs = folder / ".bin"
    programs.mkdir()
    interpreter = shlex.quote(sys.executable)
    start = "import sys; from hocba_sign.cli.main import main; sys.exit(main())"
    for name, line in (
        ("python", f'exec {interpreter} "$@"'),
        ("hocba", f'exec {interpreter} -c {shlex.quote(start)} "$@"'),
    ):
        (programs / name).write_text(f"#!/bin/sh\n{line}\n")
        (programs / name).chmod(0o755)
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.lower().endswith("_proxy") and not name.startswith("HOCBA_")
    }
    return kept | {
        "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT / "src"),
        "HOCBA_LANG": "en",
        "HOCBA_HOME": str(folder / ".hocba"),
    }
