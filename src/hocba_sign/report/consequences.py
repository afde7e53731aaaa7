"""What follows from another fault and is no news to people: after tampering they read the root
cause, and that the rest was not judged.
"""

from collections.abc import Iterable, Iterator
from types import MappingProxyType
from typing import Final

from hocba_sign.errors import Finding
from hocba_sign.validation.signature.validation import SignatureConclusion
from hocba_sign.validation.verdict import Check, Status, is_contradicted

NOT_JUDGED: Final = "SIG.NOT_JUDGED"
_AWAITING: Final = ("SIG.TIME_STAMPS", "TT15.")
"""Checks of a signature that are made only where its value and its digests hold."""
_SAYS_ALL: Final = MappingProxyType(
    {
        "SIG.REFORMATTED": frozenset({"SIG.DIGEST", "SIG.VALUE"}),
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


def told_checks(checks: Iterable[Check], changed: frozenset[str]) -> Iterator[Finding]:
    """Yield the failed and unproven checks, the worst first; those that only the change of the
    content kept from being made as one.
    """
    awaiting: dict[str, None] = {}
    wrong = [check for check in checks if check.status in (Status.FAIL, Status.UNPROVEN)]
    for check in sorted(wrong, key=lambda one: one.status is Status.UNPROVEN):
        places = frozenset((check.where or "").split(", "))
        if check.identifier.startswith(_AWAITING) and places <= changed:
            if check.status is Status.UNPROVEN:
                awaiting.update(dict.fromkeys(sorted(places)))
        else:
            yield Finding(check.identifier, check.where)
    yield from (Finding(NOT_JUDGED, place) for place in awaiting)
