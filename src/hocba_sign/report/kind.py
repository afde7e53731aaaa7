"""What a report is about, as far as its words depend on it."""

from enum import StrEnum

from hocba_sign.validation.document.three_answers import DocumentConclusion
from hocba_sign.xml.layout import RECORDS


class Kind(StrEnum):
    """`FILE` could not be read, so nobody knows what it is; `OTHER` was judged as a document of
    others; one that is `FOREIGN` was not judged, for it is no transcript, and `NONE` is no document
    or not even signed.
    """

    FILE = "FILE"
    TRANSCRIPT = "TRANSCRIPT"
    OTHER = "OTHER"
    FOREIGN = "FOREIGN"
    NONE = "NONE"
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
        return "" if self in {Kind.FILE, Kind.TRANSCRIPT} else f"{self}_"

    @property
    def is_no_transcript(self) -> bool:
        """Return whether nothing was judged, for it is no transcript."""
        return self in {Kind.FOREIGN, Kind.NONE}


_RECORDS = {layout.name: Kind[layout.name.upper()] for layout in RECORDS}


def kind_of(conclusion: DocumentConclusion | None) -> Kind:
    """Return the kind by the root of the file, which is known whatever its signatures say."""
    if conclusion is None:
        return Kind.FILE
    if conclusion.is_no_document:
        return Kind.NONE
    if conclusion.is_other:
        is_foreign = any(check.identifier == "DOC.OTHER" for check in conclusion.checks)
        return Kind.FOREIGN if is_foreign else Kind.OTHER
    if conclusion.extract is not None:
        return Kind.EXTRACT
    return _RECORDS.get(conclusion.layout, Kind.TRANSCRIPT)
