"""Before the first signature: a transcript as a document, on pages, and who signs where."""

from hocba_sign.ades.shown_signature import shown_signatures
from hocba_sign.errors import Finding, InputError
from hocba_sign.model.check import check
from hocba_sign.model.transcript import Transcript
from hocba_sign.model.workflow import Slot
from hocba_sign.pki.certificates.certificate import Certificate
from hocba_sign.pki.certificates.holder import signers_held
from hocba_sign.rendering import render as pages
from hocba_sign.rendering.render import CURRENT, Rendering
from hocba_sign.xades.transcript.read import read
from hocba_sign.xml.decode import check_document, decode_document, decode_quickly
from hocba_sign.xml.encode import encode
from hocba_sign.xml.layout import CANONICAL, KHO, LAYOUTS, recognise
from hocba_sign.xml.parse import parse
from hocba_sign.xml.tree import locate


def draft(transcript: Transcript, *, nonce: bytes, for_store: bool = False) -> bytes:
    """Return the document of a transcript, its signature slots empty; `for_store` in the layout of
    the national transcript store (Kho học bạ), which proves less.

    `nonce` are 32 octets that nobody can guess, new for every document, such as
    `secrets.token_bytes(32)`: with them the digest of the data tells nothing of the data.
    Raises: InputError with all faults of the content in `findings`; CallerError `TRANSCRIPT.NONCE`
    for another number of octets.
    """
    _require_none(check(transcript))
    return encode(transcript, KHO if for_store else CANONICAL, nonce=nonce)


def slots_for(transcript: Transcript, certificate: Certificate) -> tuple[Slot, ...]:
    """Return the slots in which the holder of `certificate` is to sign, in document order: one for
    each subject of a teacher, none for a stranger.
    """
    return tuple(signer.slot for signer in signers_held(certificate, transcript.expected_signers))


def render(document: bytes, *, template: str = CURRENT, check_url: str | None = None) -> Rendering:
    """Show a transcript, signed or not, on the pages of the official form: a PDF/A-3a that carries
    the document. Whether its signatures are valid is for `Verifier.verify`.

    `check_url`: the code is a link that asks there, by id, version and digest, for phones.

    Raises: InputError for what is no transcript, with all faults of its content; RENDER.GLYPH;
    CallerError PDF.EXTRA_MISSING where the extra `pdf` is not installed, RENDER.TEMPLATE,
    RENDER.CHECK_URL.
    """
    root = parse(document).root
    if recognise(root) not in LAYOUTS.values():
        raise InputError("DOC.NOT_HOC_BA", where=locate(root))
    quickly = decode_quickly(root)
    if quickly is None:
        _require_none(check_document(root))
    return pages.render(
        quickly or decode_document(root),
        document,
        template=template,
        signed=shown_signatures(read(document)),
        check_url=check_url,
    )


def _require_none(findings: tuple[Finding, ...]) -> None:
    if findings:
        raise InputError(findings[0].cause, where=findings[0].where, findings=findings)
