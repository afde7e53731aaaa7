"""One breach of a rule, told without the value that breaks it."""

from enum import StrEnum

from hocba_sign.frozen_dataclass import dataclass


class Severity(StrEnum):
    """ERROR: proven to contradict the circular.

    WARNING: probably wrong, or right by one reading of it. INFO: worth knowing.
    """

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


class SourceMark(StrEnum):
    """How surely a rule is known: from the official text, from one secondary source, or
    inferred.
    """

    CERTAIN = "C"
    LIKELY = "L"
    INFERRED = "I"


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleFinding:
    """`rule` is the rule's id such as `R22-4`, `article` its place in the circular, `where` the
    path in the XML form.

    `leaves_unjudged`: it says that the assessment was not judged.
    """

    rule: str
    article: str
    severity: Severity
    mark: SourceMark
    where: str
    leaves_unjudged: bool = False

    @property
    def cause(self) -> str:
        """Return the id under which the catalogue has the words."""
        return f"RULE.{self.rule}"
