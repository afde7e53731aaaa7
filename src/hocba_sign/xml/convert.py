"""From one layout to another, as long as nobody has signed."""

from hocba_sign.errors import CallerError, InputError
from hocba_sign.model.transcript import Transcript
from hocba_sign.xml.decode import decode_document, document_nonce
from hocba_sign.xml.encode import encode
from hocba_sign.xml.layout import LAYOUTS, Layout, recognise
from hocba_sign.xml.namespaces import DS_SIGNATURE
from hocba_sign.xml.parse import parse
from hocba_sign.xml.schema import violations
from hocba_sign.xml.tree import locate


def convert(document: bytes, layout: Layout, *, nonce: bytes) -> bytes:
    """Write an unsigned transcript in another layout, with the same content and random octets;
    `nonce` are those of a document that has none.

    A signature covers octets of the layout it was made in, so a signed file stays what it is.
    Raises: as `read_draft_content`, `encode`.
    """
    transcript, own = read_draft_content(document)
    return encode(transcript, layout, nonce=own or nonce)


def read_draft_content(document: bytes) -> tuple[Transcript, bytes | None]:
    """Read the content of a transcript that nobody has signed, and its random octets, if any.

    Raises: CallerError `CONVERT.SIGNED` naming the first signature; InputError for a document that
    cannot be read, `DOC.SCHEMA`.
    """
    root = parse(document).root
    if recognise(root) not in LAYOUTS.values():
        raise InputError("DOC.NOT_HOC_BA", where=locate(root))
    signature = next(root.iter(DS_SIGNATURE), None)
    if signature is not None:
        raise CallerError("CONVERT.SIGNED", where=locate(signature))
    faults = violations(root, issued=False)
    if faults:
        raise InputError("DOC.SCHEMA", where=f"{faults[0].path} (line {faults[0].line})")
    return decode_document(root), document_nonce(root)
