"""The validity criteria of Thông tư 15/2025/TT-BKHCN, Annex II, answered row by row for a whole
document.

Each row sums up what was found elsewhere; it adds no judgement of its own and never makes a verdict
better or worse. Rows II-1.5 (optional) and II-1.6 (the CA's own statements) are not judged apart:
key usage is part of II-1.4.
Spec: TT 15/2025/TT-BKHCN, Annex II; the text read is a teaching copy, see
docs/reference/standards.md.
"""

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Final

from hocba_sign.pki.path.result import PathStatus
from hocba_sign.validation.signature.validation import SignatureConclusion
from hocba_sign.validation.verdict import Check, Status
from hocba_sign.validation.workflow.order import Workflow

_StatusOf = Callable[[SignatureConclusion], Status]


def _path_but(*causes: str) -> _StatusOf:
    """Pass unless the path stands for one of `causes`, given as beginnings of ids; unproven where
    there is no path at all.
    """

    def status_of(one: SignatureConclusion) -> Status:
        if one.path is None:
            return Status.UNPROVEN
        return (
            Status.UNPROVEN
            if any(cause.startswith(causes) for cause in one.path.causes)
            else Status.PASS
        )

    return status_of


def _path(one: SignatureConclusion) -> Status:
    return (
        Status.PASS
        if one.path is not None and one.path.status is PathStatus.PASSED
        else Status.UNPROVEN
    )


def _status_known(one: SignatureConclusion) -> Status:
    facts = () if one.path is None else one.path.revocation
    is_anchor = (
        one.path is not None and len(one.path.chain) == 1 and one.path.status is PathStatus.PASSED
    )
    return (
        Status.PASS
        if is_anchor or (facts and facts[0].status in {"good", "revoked"})
        else Status.UNPROVEN
    )


def _value(one: SignatureConclusion) -> Status:
    if any(finding.cause == "SIG.VALUE" for finding in one.conclusion.findings):
        return Status.FAIL
    return Status.PASS if one.is_value_right else Status.UNPROVEN


def _digests(one: SignatureConclusion) -> Status:
    if any(finding.cause == "SIG.DIGEST" for finding in one.conclusion.findings):
        return Status.FAIL
    references = one.signature.references
    return (
        Status.PASS
        if references and all(reference.holds for reference in references)
        else Status.UNPROVEN
    )


_ROWS: Final[Mapping[str, _StatusOf]] = MappingProxyType(
    {
        "TT15.II_1_1": _path_but(
            "PATH.EXPIRED",
            "PATH.NOT_YET_VALID",
            "PATH.NO_PROOF_OF_EXISTENCE",
            "REVOCATION.REVOKED",
            "REVOCATION.ON_HOLD",
        ),
        "TT15.II_1_2": _status_known,
        "TT15.II_1_3": _path_but("PATH.WEAK_ALGORITHM", "PATH.UNSUPPORTED_ALGORITHM"),
        "TT15.II_1_4": _path_but("PATH.KEY_USAGE", "PATH.EXTENDED_KEY_USAGE", "PATH.POLICY"),
        "TT15.II_2_2": _value,
        "TT15.II_2_3": _path,
        "TT15.II_2_4": _digests,
    }
)
_WORST: Final = (Status.FAIL, Status.UNPROVEN, Status.PASS)


def tt15_checks(
    signatures: Iterable[SignatureConclusion], workflow: Workflow | None
) -> tuple[Check, ...]:
    """Return one check per row; `where` names the signatures that do not pass it."""
    judged = [(_name(signature), signature) for signature in signatures]
    checks = [
        _sum_up(row, {name: status_of(signature) for name, signature in judged})
        for row, status_of in _ROWS.items()
    ]
    return (*checks[:4], _signers(workflow), *checks[4:])


def _signers(workflow: Workflow | None) -> Check:
    """Row II-2.1: the signer's information is checked against the numbers and names in the
    document.
    """
    if workflow is None:
        return Check(identifier="TT15.II_2_1", status=Status.NOT_CHECKED)
    found = {
        check.where or "": check.status
        for check in workflow.checks
        if check.identifier.startswith("WF.SIGNER_")
    }
    return _sum_up(
        "TT15.II_2_1",
        {
            name: Status.PASS if status is Status.WARNING else status
            for name, status in found.items()
        },
    )


def _sum_up(row: str, answers: Mapping[str, Status]) -> Check:
    worst = min(answers.values(), key=_WORST.index, default=Status.PASS)
    wrong = ", ".join(name for name, status in answers.items() if status is not Status.PASS)
    return Check(identifier=row, status=worst, where=wrong or None)


def _name(one: SignatureConclusion) -> str:
    return str(one.signature.slot or one.signature.where)
