"""What is wrong, unclear, noted and not checked, each cause said once with the places where it was
found.
"""

from collections.abc import Iterable, Mapping
from functools import partial
from typing import Final

from hocba_sign.catalogue.messages import Language, message
from hocba_sign.errors import Finding
from hocba_sign.frozen_dataclass import dataclass
from hocba_sign.report.consequences import (
    changed_names,
    is_consequence,
    name_of,
    proven_wrong,
    root_causes,
    told_checks,
    told_notes,
    unjudged_names,
)
from hocba_sign.report.judged_file import JudgedFile
from hocba_sign.report.lines import State
from hocba_sign.report.phrases import phrase, printable
from hocba_sign.report.places import Places, masked
from hocba_sign.validation.document.missing_evidence import Unavailable
from hocba_sign.validation.signature.validation import SignatureConclusion
from hocba_sign.validation.verdict import Check, Status

_TELLING: Final = (
    "SIG.REFORMATTED",
    "SIG.BROKEN_BY_ADDED",
    "WF.SKIPPED",
    "WF.SLOT_REMOVED",
    "WF.REMOVED",
    "WF.MOVED",
    "WF.ORDER",
    "WF.SIGNER_MISMATCH",
)
"""Causes that name what was done to a file; others are often their consequence."""
_SHOWN_PLACES: Final = 6
_ISSUERS: Final[Mapping[Language, tuple[tuple[str, str], ...]]] = {
    "vi": (("nhà trường", "đơn vị phát hành"), ("Nhà trường", "Đơn vị phát hành")),
    "en": (("the school", "the issuer"), ("The school", "The issuer")),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One cause with all places where it was found.

    `places` are in words, `technical` as JSON has them; both may be empty.
    `state` is `no` where it is proven wrong, `unknown` where it is not confirmed.
    """

    identifier: str
    words: str
    places: tuple[str, ...]
    technical: tuple[str, ...]
    state: State = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Problems:
    """What is told of one file, the cause that best names what is wrong first; what only follows
    from it is apart.
    """

    told: tuple[Problem, ...]
    consequences: tuple[Problem, ...]
    notes: tuple[Problem, ...]
    not_checked: tuple[Problem, ...]


def problems_of(report: JudgedFile, places: Places) -> Problems:
    signatures = _signatures(report)
    wrong, unclear = _wrong(report), _unclear(report)
    follows = partial(
        is_consequence,
        causes=frozenset(finding.cause for finding in (*wrong, *unclear)),
        unjudged=unjudged_names(signatures),
        stamped=_with_told_stamps(signatures),
        is_changed=bool(changed_names(signatures)),
    )
    return Problems(
        told=(
            *_told((check for check in wrong if not follows(check)), places, state="no"),
            *_told((check for check in unclear if not follows(check)), places),
        ),
        consequences=(
            *_told(filter(follows, wrong), places, state="no"),
            *_told(filter(follows, unclear), places),
        ),
        notes=_told(_noted(report), places),
        not_checked=_told(_found(report.checks, Status.NOT_CHECKED), places),
    )


def blamed_slots(problems: Problems) -> Mapping[str, State]:
    """Return the slots that a problem names, with the worst that is said of each."""
    return {
        name: problem.state
        for problem in sorted(problems.told, key=lambda problem: problem.state == "no")
        for place in problem.technical
        for name in place.partition(":")[0].split(", ")
    }


def main_cause(report: JudgedFile) -> str | None:
    """Return the cause id that best names what is wrong with a file; None where nothing is."""
    causes = [finding.cause for finding in (*_wrong(report), *_unclear(report))]
    telling = (cause for cause in _TELLING if cause in causes)
    return next(telling, next(iter(causes), None))


def _with_told_stamps(signatures: Iterable[SignatureConclusion]) -> frozenset[str]:
    """Name the signatures of whose time-stamps something is told that says more than a check."""
    return frozenset(
        name_of(signature)
        for signature in signatures
        if any(stamp.findings for stamp in signature.time_stamps)
    )


def _signatures(report: JudgedFile) -> tuple[SignatureConclusion, ...]:
    return () if report.conclusion is None else report.conclusion.signatures


def _wrong(report: JudgedFile) -> list[Finding]:
    """Collect what is proven wrong: the signatures' causes first, then the document's."""
    signatures = _signatures(report)
    found = [
        finding
        for signature in signatures
        for finding in root_causes(signature)
        if finding in proven_wrong(signature)
    ]
    return [*found, *told_checks(report.checks, changed_names(signatures), status=Status.FAIL)]


def _unclear(report: JudgedFile) -> list[Finding]:
    """Collect what is not confirmed. A time-stamp that does not hold proves nothing wrong."""
    signatures = _signatures(report)
    found = [
        finding
        for signature in signatures
        for finding in root_causes(signature)
        if finding not in proven_wrong(signature)
    ]
    found += [
        finding
        for signature in signatures
        for stamp in signature.time_stamps
        for finding in stamp.findings
    ]
    return [*found, *told_checks(report.checks, changed_names(signatures), status=Status.UNPROVEN)]


def _noted(report: JudgedFile) -> list[Finding]:
    warnings = (finding for signature in _signatures(report) for finding in signature.warnings)
    unfetched = (
        Finding(answer.finding.cause, answer.need.url)
        for answer in report.fetches
        if isinstance(answer, Unavailable)
    )
    return [*told_notes(_found(report.checks, Status.WARNING)), *warnings, *unfetched]


def _found(checks: Iterable[Check], status: Status) -> list[Finding]:
    return [Finding(check.identifier, check.where) for check in checks if check.status is status]


def _told(
    findings: Iterable[Finding], places: Places, *, state: State = "unknown"
) -> tuple[Problem, ...]:
    """Say each cause once, with its places; the telling ones first."""
    found: dict[str, dict[str, None]] = {}
    for finding in findings:
        held = found.setdefault(finding.cause, {})
        if finding.where is not None:
            held.setdefault(finding.where)
    telling = [cause for cause in _TELLING if cause in found]
    return tuple(
        Problem(
            identifier=cause,
            words=cause_words(cause, places),
            places=_said(found[cause], places),
            technical=tuple(masked(printable(place)) for place in found[cause]),
            state=state,
        )
        for cause in (*telling, *(cause for cause in found if cause not in telling))
    )


def cause_words(cause: str, places: Places) -> str:
    """Say a cause; of a document of others no school is told to act, but whoever issued it."""
    words = message(cause).in_language(places.language)
    if places.is_of_others:
        for school, issuer in _ISSUERS[places.language]:
            words = words.replace(school, issuer)
    return words


def _said(wheres: Iterable[str], places: Places) -> tuple[str, ...]:
    if places.are_all(wheres):
        return (phrase("PLACE_ALL", places.language),)
    language = places.language
    said = tuple(dict.fromkeys(filter(None, map(places.in_words, wheres))))
    rest = len(said) - _SHOWN_PLACES
    if rest <= 1:
        return said
    return (*said[:_SHOWN_PLACES], phrase("MORE_PLACES", language, count=rest))
