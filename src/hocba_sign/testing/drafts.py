"""Documents to be signed whose random octets follow from their content, so that tests repeat."""

import hashlib

from hocba_sign.model.transcript import Transcript
from hocba_sign.xml.encode import encode
from hocba_sign.xml.layout import CANONICAL, Layout


def drafted(transcript: Transcript, layout: Layout = CANONICAL) -> bytes:
    """Encode a transcript with random octets that anybody can compute: for tests only.

    Raises: as `encode`.
    """
    return encode(transcript, layout, nonce=_nonce(transcript))


def _nonce(transcript: Transcript) -> bytes:
    given = transcript.identification
    seed = f"hocba test nonce/{given.id}/{given.version}/{given.school_year}"
    return hashlib.sha256(seed.encode()).digest()
