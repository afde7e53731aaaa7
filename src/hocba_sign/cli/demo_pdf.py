"""The printed form of the demonstration, signed by all, and with one octet changed afterwards."""

import secrets
from collections.abc import Mapping
from datetime import UTC, datetime

from hocba_sign.adapters.key_file import load_key
from hocba_sign.cli.commands.new import example
from hocba_sign.errors import CallerError
from hocba_sign.model.transcript import Transcript
from hocba_sign.model.workflow import Slot
from hocba_sign.operations.signing import TimeStampAuthority, sign
from hocba_sign.rendering.render import render
from hocba_sign.testing.identity import Identity
from hocba_sign.testing.staff import staff
from hocba_sign.testing.world import World
from hocba_sign.xml.encode import encode
from hocba_sign.xml.nonce import NONCE_OCTETS


def printed_files(world: World, authority: TimeStampAuthority) -> dict[str, bytes]:
    """Return the PDF files by name; none where the extra `pdf` is not installed."""
    transcript = Transcript.from_json(example("lop5"))
    try:
        document = encode(transcript, nonce=secrets.token_bytes(NONCE_OCTETS))
        pages = render(transcript, document).octets
    except CallerError as error:
        if error.cause != "PDF.EXTRA_MISSING":
            raise
        return {}
    issued = _signed(pages, staff(world, transcript), authority)
    return {"issued.pdf": issued, "tampered-octet.pdf": _with_another_octet(issued)}


def _signed(
    document: bytes, signers: Mapping[Slot, Identity], authority: TimeStampAuthority
) -> bytes:
    for slot, identity in signers.items():
        signer = load_key(identity.key_pem, identity.chain_pem)
        document = sign(document, slot, signer=signer, at=datetime.now(UTC), tsa=authority).octets
    return document


def _with_another_octet(document: bytes) -> bytes:
    """Change the check sum of the first stream: no reader of PDF shows a difference."""
    place = document.index(b"endstream") - 2
    return document[:place] + bytes([document[place] ^ 1]) + document[place + 1 :]
