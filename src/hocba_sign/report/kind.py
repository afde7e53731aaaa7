"""What a report is about, as far as its words depend on it."""

from enum import StrEnum

from hocba_sign.validation.document.transcript import DocumentConclusion
from hocba_sign.xml.layout import RECORDS


class Kind(StrEnum):
    """`FILE` could not be read, so nobody knows what it is; `OTHER` was judged as a document of
    others.
    """

    FILE = "FILE"
    TRANSCRIPT = "TRANSCRIPT"
    OTHER = "OTHER"
    EXTRACT = "EXTRACT"
    EVENT = "EVENT"
    REGISTRY = "REGISTRY"
    STATUS_LIST = "STATUS_LIST"

    @property
    def is_record(self) -> bool:
        return self in _RECORDS.values()

    @property
    def sentence(self) -> str:
        """Return what stands between SENTENCE_ and the verdict in the name of a phrase."""
        if self.is_record:
            return "RECORD_"
        return f"{self}_" if self in {Kind.OTHER, Kind.EXTRACT} else ""


_RECORDS = {layout.name: Kind[layout.name.upper()] for layout in RECORDS}


def kind_of(conclusion: DocumentConclusion | None) -> Kind:
    """Return the kind by the root of the file, which is known whatever its signatures say."""
    if conclusion is None:
        return Kind.FILE
    if conclusion.is_other:
        return Kind.OTHER
    if conclusion.extract is not None:
        return Kind.EXTRACT
    return _RECORDS.get(conclusion.layout, Kind.TRANSCRIPT)
