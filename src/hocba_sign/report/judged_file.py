"""What is reported of one file, as values: the ground of JSON, text and HTML."""

from datetime import datetime

from hocba_sign.frozen_dataclass import dataclass
from hocba_sign.validation.document.missing_evidence import Answer
from hocba_sign.validation.document.three_answers import DocumentConclusion
from hocba_sign.validation.policy import DEFAULT
from hocba_sign.validation.verdict import Check, Verdict


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class JudgedFile:
    """The judgement of one file at one moment.

    `file` is the name given by the caller, `sha256` of the octets as they came.
    `at` is UTC.
    `fetches` are all addresses that were asked or refused for it.
    `policies` name the demands that it was judged by.
    """

    file: str
    sha256: str
    at: datetime
    verdict: Verdict
    conclusion: DocumentConclusion | None
    checks: tuple[Check, ...]
    fetches: tuple[Answer, ...] = ()
    format: str = "xml"
    policies: tuple[str, ...] = DEFAULT.names

    def __repr__(self) -> str:
        words = f"file={self.file!r}, verdict={self.verdict}, status={self.status}"
        return f"{type(self).__name__}({words}, at={self.at.isoformat()})"

    @property
    def status(self) -> str | None:
        """Return `in_force`, `withdrawn` or `replaced`; None where nobody looked or it is open, see
        DOC.STATUS, and for what is no signed transcript.
        """
        conclusion = self.conclusion
        if conclusion is None or conclusion.standing is None:
            return None
        is_transcript = conclusion.transcript is not None or conclusion.extract is not None
        return conclusion.standing.force if is_transcript else None
