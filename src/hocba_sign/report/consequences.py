"""What follows from another fault and is no news to people: after tampering they read the root
cause, and that the rest was not judged.
"""

from collections.abc import Iterable, Iterator
from types import MappingProxyType
from typing import Final

from hocba_sign.errors import Finding
from hocba_sign.validation.signature.validation import SignatureConclusion
from hocba_sign.validation.verdict import (
    Check,
    Conclusion,
    Indication,
    Status,
    is_contradicted,
    is_proven_wrong,
)

NOT_JUDGED: Final = "SIG.NOT_JUDGED"
_WARNING: Final = "TT15.II_1_2"
"""Spec: Circular 15/2025/TT-BKHCN, Annex II, 1.2."""
_AWAITING: Final = ("SIG.TIME_STAMPS", "TT15.")
"""Checks of a signature that are made only where its value and its digests hold."""
_OF_CHANGED: Final = ("DOC.RULES", "RULE.", "TRANSCRIPT.", "DATE.", "CHAIN.", "PDF.NOT_COMPARED")
"""Causes that content which nobody signed as it stands may bring."""
_EXPLAINED_BY: Final = MappingProxyType(
    {"SIG.TARGET_MISSING": "WF.REMOVED", "SIG.NO_SIGNING_CERTIFICATE": "EXTRACT.CERTIFICATE"}
)
"""Causes that another one tells in full where both were found."""
_SUMMARIES: Final = MappingProxyType({"DOC.RULES": "RULE.", "DOC.FORMAT": ""})
"""Checks that only sum up causes of these beginnings, each of which says more."""
_SAYS_ALL: Final = MappingProxyType(
    {
        "SIG.REFORMATTED": frozenset({"SIG.DIGEST", "SIG.VALUE", "SIG.EXTRACT"}),
        "SIG.BROKEN_BY_ADDED": frozenset({"SIG.DIGEST"}),
        "SIG.EDITED": frozenset({"SIG.DIGEST"}),
        "SIG.C14N_MISMATCH": frozenset({"SIG.DIGEST", "SIG.VALUE"}),
        "SIG.DOTNET_READING": frozenset({"SIG.DIGEST"}),
    }
)
"""Causes that tell why a comparison failed, and the bare result that they make superfluous."""


def name_of(one: SignatureConclusion) -> str:
    """Name a signature as checks do."""
    return str(one.signature.slot or one.signature.where)


def changed_names(signatures: Iterable[SignatureConclusion]) -> frozenset[str]:
    """Name the signatures that were compared with the content and differ."""
    return frozenset(
        name_of(signature)
        for signature in signatures
        if is_contradicted(signature.conclusion.findings)
    )


def root_causes(one: SignatureConclusion) -> Iterator[Finding]:
    """Return what was found about a signature but for what one of the findings explains."""
    found = one.conclusion.findings
    explained = frozenset[str]().union(
        *(_SAYS_ALL.get(finding.cause, frozenset()) for finding in found)
    )
    return (finding for finding in found if finding.cause not in explained)


def proven_wrong(one: SignatureConclusion) -> frozenset[Finding]:
    """Return what makes a signature fail: the findings that mean it each by itself, or all of them
    where none does.
    """
    found = frozenset(one.conclusion.findings)
    alone = frozenset(
        finding
        for finding in found
        if is_proven_wrong(
            Conclusion(
                indication=Indication.INDETERMINATE, sub_indication=None, findings=(finding,)
            )
        )
    )
    is_failed = one.conclusion.indication is Indication.TOTAL_FAILED
    return alone or (found if is_failed else frozenset())


def unjudged_names(signatures: Iterable[SignatureConclusion]) -> frozenset[str]:
    """Name the signatures that do not match the content, or could not be compared with it: nothing
    else of them was judged.
    """
    return frozenset(name_of(signature) for signature in signatures if not signature.is_intact)


def is_consequence(
    finding: Finding,
    *,
    causes: frozenset[str],
    unjudged: frozenset[str],
    stamped: frozenset[str],
    is_changed: bool,
) -> bool:
    """Return whether people need not act on a finding because of what else was found: `causes`.

    1. each row of the circular only sums up causes, but for its warning that revocation could not
       be checked, which it wants to be seen;
    2. what a signature was not judged by follows from why it was not judged, and what is told of
       its time-stamps, as of those of `stamped`, says more than that they do not hold;
    3. content that was changed may break any rule.
    """
    places = frozenset((finding.where or "").split(", "))
    if finding.cause.startswith("TT15.") and finding.cause != _WARNING:
        return any(not cause.startswith("TT15.") for cause in causes)
    if finding.cause in {NOT_JUDGED, _WARNING}:
        return places <= unjudged
    if finding.cause == "SIG.TIME_STAMPS":
        return places <= unjudged | stamped
    if finding.cause in _EXPLAINED_BY:
        return _EXPLAINED_BY[finding.cause] in causes
    return is_changed and finding.cause.startswith(_OF_CHANGED)


def told_checks(
    checks: Iterable[Check], changed: frozenset[str], *, status: Status
) -> Iterator[Finding]:
    """Yield the checks of one status, but for those that only the change of the content kept from
    being made; these are told as one, at the end of what is not confirmed.
    """
    awaiting: dict[str, None] = {}
    found = [check for check in checks if check.status is status]
    for check in found:
        if _is_summary(check, found):
            continue
        places = frozenset((check.where or "").split(", "))
        if check.identifier.startswith(_AWAITING) and places <= changed:
            awaiting.update(dict.fromkeys(sorted(places)))
        else:
            yield Finding(check.identifier, check.where)
    if status is Status.UNPROVEN:
        yield from (Finding(NOT_JUDGED, place) for place in awaiting)


def _is_summary(check: Check, found: Iterable[Check]) -> bool:
    beginning = _SUMMARIES.get(check.identifier)
    return beginning is not None and any(
        other is not check and other.identifier.startswith(beginning) for other in found
    )


def told_notes(notes: Iterable[Finding]) -> Iterator[Finding]:
    """Yield the notes but for the check of the status where a note says what the status is."""
    found = tuple(notes)
    is_said = any(note.cause.startswith("STATUS.") for note in found)
    return (note for note in found if not (is_said and note.cause == "DOC.STATUS"))
