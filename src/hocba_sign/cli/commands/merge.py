"""`hocba merge`: signatures made in parallel come together."""

import argparse
import hashlib

from hocba_sign.cli import console
from hocba_sign.cli.class_merge import merge_folders
from hocba_sign.cli.delivery import deliver_signed, holding
from hocba_sign.cli.file_or_stdin import read_document
from hocba_sign.cli.folders import names_many
from hocba_sign.cli.help_words import say
from hocba_sign.operations.signing import merge
from hocba_sign.xades.transcript.read import read


def run(given: argparse.Namespace) -> int:
    """Merge. Raises: as `merge` and `merge_folders`; then there is no output file."""
    if names_many((given.file,)):
        return merge_folders(given)
    merged = merge(read_document(given.file), [read_document(path) for path in given.copies])
    slots = [str(signature.slot) for signature in read(merged).signatures]
    facts = {"file": str(given.out), "sha256": hashlib.sha256(merged).hexdigest(), "slots": slots}
    sentence = say("MERGED", given.lang, count=len(slots), file=console.printable(str(given.out)))
    with holding(given.out):
        deliver_signed(
            given.out, merged, sentence=console.json_line(facts) if given.json else sentence
        )
    return console.EXIT_VALID
