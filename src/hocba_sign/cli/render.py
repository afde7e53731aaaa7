"""`hocba render`: a transcript as a PDF. Whether its signatures are valid is for `verify`."""

import argparse

from hocba_sign.cli import console
from hocba_sign.cli.delivery import deliver
from hocba_sign.cli.documents import read_document
from hocba_sign.cli.words import say
from hocba_sign.errors import InputError
from hocba_sign.rendering.render import render
from hocba_sign.xml.decode import check_document, decode_document
from hocba_sign.xml.layout import LAYOUTS, recognise
from hocba_sign.xml.parse import parse
from hocba_sign.xml.tree import locate


def run(given: argparse.Namespace) -> int:
    """Write the PDF. Raises: InputError with all faults of the content; as `render`."""
    xml = read_document(given.file)
    root = parse(xml).root
    if recognise(root) not in LAYOUTS.values():
        raise InputError("DOC.NOT_HOC_BA", where=locate(root))
    findings = check_document(root)
    if findings:
        raise InputError(findings[0].cause, where=findings[0].where, findings=findings)
    rendering = render(decode_document(root), xml)
    sentence = say(
        "RENDERED",
        given.lang,
        template=rendering.template,
        places=len(rendering.places),
        file=console.printable(str(given.out)),
    )
    deliver(given.out, rendering.octets, sentence=sentence)
    return console.EXIT_VALID
