"""What the pages say of the file that they carry."""

import hashlib

from hocba_sign.errors import InputError
from hocba_sign.frozen_dataclass import dataclass
from hocba_sign.model.transcript import DATA_PATH, ID_DATA
from hocba_sign.xml.c14n import C14nAlgorithm, canonicalize
from hocba_sign.xml.layout import recognise, signature_in, slot_elements
from hocba_sign.xml.parse import parse


@dataclass(frozen=True, slots=True, kw_only=True)
class PageSource:
    """A transcript XML in two facts.

    `digest` is the SHA-256 of the exclusive canonical form of `#data`, in lower-case hexadecimal: a
    report's `document.data_sha256`. In the store's layout the slots of teachers and homeroom
    teacher lie within `#data`: there it stands still only from the principal's signature on.
    `signed` is the number of slots with a signature in them, valid or not.
    """

    digest: str
    signed: int


def read_source(xml: bytes) -> PageSource:
    """Read the facts. Raises: InputError XML.*, DOC.*, TRANSCRIPT.WRONG_ID."""
    document = parse(xml)
    data = document.ids.get(ID_DATA)
    if data is None:
        raise InputError("TRANSCRIPT.WRONG_ID", where=DATA_PATH)
    slots = slot_elements(document.root, recognise(document.root))
    return PageSource(
        digest=hashlib.sha256(canonicalize(data, C14nAlgorithm.EXCLUSIVE)).hexdigest(),
        signed=sum(signature_in(element) is not None for _, element in slots),
    )
