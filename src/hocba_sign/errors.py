"""What can go wrong, by who must act.

Every exception that leaves this library derives from `HocbaSignError` and carries a stable
cause id; the words for it, in Vietnamese and English, are in the catalogue (`report.catalogue`).
Texts never carry marks or comments of pupils.
"""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """One thing found while judging: the value twin of an exception, so that all of them can be
    reported.

    `cause` and `where` as in `HocbaSignError`; `form` is what may stand there, where that is known:
    the values, or a regular expression.
    """

    cause: str
    where: str | None = None
    form: str = field(default="", compare=False)


class HocbaSignError(Exception):
    """Base of all documented errors.

    `cause` is a stable id such as `XML.DTD`; `where` a position or path such as `line 3, column 8`
    or `/HOC_BA/DU_LIEU_HOC_BA`; `detail` technical words for a developer, free of content.
    """

    def __init__(self, cause: str, *, where: str | None = None, detail: str = "") -> None:
        self.cause = cause
        self.where = where
        self.detail = detail
        text = cause if not detail else f"{cause}: {detail}"
        super().__init__(f"{text} ({where})" if where else text)


class CallerError(HocbaSignError):
    """The call asks for what cannot be: a forbidden step, a key that does not fit, a wrong
    option.
    """


class InputError(HocbaSignError):
    """The given document, certificate or other data is malformed or over a limit.

    `findings` are all the faults that were found; the first of them is the exception's own cause
    and place.
    """

    def __init__(
        self,
        cause: str,
        *,
        where: str | None = None,
        detail: str = "",
        findings: tuple[Finding, ...] = (),
    ) -> None:
        super().__init__(cause, where=where, detail=detail)
        self.findings = findings or (Finding(cause, where),)


class OutsideError(HocbaSignError):
    """Something outside failed: a network, a time-stamp authority, a token, a file system."""
