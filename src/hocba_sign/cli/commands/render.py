"""`hocba render`: a transcript as a PDF. Whether its signatures are valid is for `verify`."""

import argparse

from hocba_sign.cli import console
from hocba_sign.cli.delivery import deliver
from hocba_sign.cli.file_or_stdin import read_document
from hocba_sign.cli.help_words import say
from hocba_sign.operations.documents import render


def run(given: argparse.Namespace) -> int:
    """Write the PDF. Raises: as `render`."""
    rendering = render(read_document(given.file), check_url=given.check_url)
    sentence = say(
        "RENDERED" if rendering.places else "RENDERED_SIGNED",
        given.lang,
        template=rendering.template,
        places=len(rendering.places),
        file=console.printable(str(given.out)),
    )
    deliver(given.out, rendering.octets, sentence=sentence)
    return console.EXIT_VALID
