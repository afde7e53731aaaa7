"""Drafts of a class: `python drafts.py class.jsonl drafts`.

Each line of the input is the JSON of one pupil. A pupil whose data has faults gets no draft; the
faults are printed with the number of the line, without marks or comments.
"""

import secrets
import sys
from pathlib import Path

from hocba_sign import InputError, Transcript, draft


def main(lines: Path, folder: Path) -> int:
    folder.mkdir(parents=True, exist_ok=True)
    drafted = refused = 0
    for number, line in enumerate(lines.read_bytes().splitlines(), 1):
        try:
            transcript = Transcript.from_json(line)
            octets = draft(transcript, nonce=secrets.token_bytes(32))
        except InputError as error:
            refused += 1
            for finding in error.findings:
                print(f"line {number}: {finding.where}: {finding.message('en')}", file=sys.stderr)
            continue
        # The number of the line, for a name must not tell who the pupil is.
        (folder / f"{number:02}.xml").write_bytes(octets)
        drafted += 1
    print(f"{drafted} drafts, {refused} refused")
    return 1 if refused else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2])))
