"""Which judgement a file is for, by its first octets."""

from collections.abc import Mapping

from hocba_sign.pades.read import is_pdf
from hocba_sign.validation.chain import Setting
from hocba_sign.validation.document import DocumentConclusion, validate
from hocba_sign.validation.foreign import NOTHING_DETACHED, validate_any
from hocba_sign.validation.pdf import validate_any_pdf, validate_pdf


def judge(octets: bytes, setting: Setting) -> DocumentConclusion:
    """Judge a transcript, or a document about transcripts, as XML or PDF. Raises: as `validate` and `validate_pdf`."""
    return validate_pdf(octets, setting) if is_pdf(octets) else validate(octets, setting)


def judge_any(octets: bytes, setting: Setting, *, detached: Mapping[str, bytes] = NOTHING_DETACHED) -> DocumentConclusion:
    """Judge any signed XML or PDF; `detached` is for XML. Raises: as `validate_any` and `validate_any_pdf`."""
    return validate_any_pdf(octets, setting) if is_pdf(octets) else validate_any(octets, setting, detached=detached)
