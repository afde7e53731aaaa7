"""What can go wrong, by who must act.

Every exception that leaves this library derives from `HocbaSignError` and carries a stable
cause id; the words for it, in Vietnamese and English, are in the catalogue.
Texts never carry marks or comments of pupils.
"""

from collections.abc import Iterable
from dataclasses import field
from datetime import datetime

from hocba_sign.catalogue.messages import Language, message
from hocba_sign.frozen_dataclass import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """One thing found while judging: the value twin of an exception, so that all of them can be
    reported.

    `cause` and `where` as in `HocbaSignError`; `form` is what may stand there, where that is known:
    the values, or a regular expression. `reason` is the cause id of the narrower rule that `cause`
    stands for, where there is one.
    """

    cause: str
    where: str | None = None
    form: str = field(default="", compare=False)
    reason: str = field(default="", compare=False)

    def message(self, language: Language) -> str:
        """Return the sentence for the cause: what is wrong, and who must do what."""
        return message(self.cause).in_language(language)


class HocbaSignError(Exception):
    """Base of all documented errors.

    `cause` is a stable id such as `XML.DTD`; `where` a position or path such as `line 3, column 8`
    or `/HOC_BA/DU_LIEU_HOC_BA`; `detail` technical words for a developer, free of content. As text
    it is the English sentence with place, cause id and detail.
    """

    def __init__(self, cause: str, *, where: str | None = None, detail: str = "") -> None:
        # The cause alone: an exception is pickled as its arguments and its attributes.
        super().__init__(cause)
        self.cause = cause
        self.where = where
        self.detail = detail

    def message(self, language: Language) -> str:
        """Return the sentence for the cause: what is wrong, and who must do what."""
        return message(self.cause).in_language(language)

    def __str__(self) -> str:
        place = f" ({_shown(self.where)})" if self.where else ""
        detail = f": {_shown(self.detail)}" if self.detail else ""
        return f"{self.message('en')}{place} [{self.cause}]{detail}"


class CallerError(HocbaSignError):
    """The call asks for what cannot be: a forbidden step, a key that does not fit, a wrong
    option.

    `findings` are the reasons, each cause once, where there are several; `due` (aware) is when the
    same call may succeed, where that is known.
    """

    def __init__(
        self,
        cause: str,
        *,
        where: str | None = None,
        detail: str = "",
        findings: Iterable[Finding] = (),
        due: datetime | None = None,
    ) -> None:
        super().__init__(cause, where=where, detail=detail)
        self.findings = tuple({finding.cause: finding for finding in findings}.values())
        self.due = due


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


def _shown(text: str) -> str:
    """Replace what does not print or turns the reading direction: places quote hostile files."""
    return "".join(letter if letter.isprintable() else "\ufffd" for letter in text)
