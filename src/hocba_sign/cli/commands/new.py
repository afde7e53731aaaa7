"""`hocba new`: from a vendor's JSON, or from an unsigned document in another layout, to a document
that can be signed.
"""

import argparse
import secrets

from hocba_sign.cli import console
from hocba_sign.cli.delivery import deliver
from hocba_sign.cli.file_or_stdin import read_document
from hocba_sign.cli.help_words import say
from hocba_sign.errors import CallerError
from hocba_sign.model.transcript import Transcript
from hocba_sign.operations.documents import draft
from hocba_sign.pki.loading.encodings import decoded_text
from hocba_sign.shipped import shipped
from hocba_sign.xml.convert import read_draft_content
from hocba_sign.xml.layout import KHO
from hocba_sign.xml.nonce import NONCE_OCTETS


def run(given: argparse.Namespace) -> int:
    """Make a draft, or print an example.

    Raises: CallerError CLI.NEW_INPUT, CLI.OUT_MISSING, CONVERT.SIGNED; InputError with all
    findings.
    """
    if (given.file is None) == (given.example is None):
        raise CallerError("CLI.NEW_INPUT")
    if given.file is None:
        console.result(example(given.example).rstrip("\n"))
        return console.EXIT_VALID
    if given.out is None:
        raise CallerError("CLI.OUT_MISSING")
    octets = read_document(given.file)
    is_xml = (decoded_text(octets) or b"").lstrip()[:1] == b"<"
    transcript, own = read_draft_content(octets) if is_xml else (Transcript.from_json(octets), None)
    document = draft(
        transcript,
        nonce=own or secrets.token_bytes(NONCE_OCTETS),
        for_store=given.layout == KHO.name,
    )
    sentence = say(
        "CREATED", given.lang, count=len(transcript.slots), file=console.printable(str(given.out))
    )
    deliver(given.out, document, sentence=sentence)
    return console.EXIT_VALID


def example(name: str) -> str:
    """Return the JSON of an invented transcript: `lop5`, `lop9` or `lop12`."""
    return shipped("data", "examples", f"{name}.json").read_text("utf-8")
