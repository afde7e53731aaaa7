"""Does a transcript obey the circular of its year: the findings of `model.rules` as checks of a
report.
"""

from hocba_sign.model.rules import Severity, apply_rules
from hocba_sign.model.transcript import Transcript
from hocba_sign.validation.verdict import Check, Status

_NO_RULE_SET = "RULE.NO_RULE_SET"
_STATUS = {Severity.ERROR: Status.FAIL, Severity.WARNING: Status.WARNING}


def rule_checks(transcript: Transcript) -> tuple[Check, ...]:
    """Return one check per finding and DOC.RULES on top: not checked where no rule set applies,
    else passed or failed.

    A contradiction with the circular makes a document INVALID; a doubtful reading of it is a
    warning. The year that a transcript states chooses the rules, so one for which there are none
    leaves it open; but not of what certifies a copy of paper, made by rules of its time.
    """
    findings = apply_rules(transcript)
    told = [
        Check(identifier=finding.cause, status=_STATUS[finding.severity], where=finding.where)
        for finding in findings
        if finding.severity in _STATUS
    ]
    unjudged = next((finding for finding in findings if finding.leaves_unjudged), None)
    if any(check.status is Status.FAIL for check in told):
        summary = Check(identifier="DOC.RULES", status=Status.FAIL)
    elif unjudged is not None:
        summary = Check(identifier="DOC.RULES", status=Status.NOT_CHECKED, where=unjudged.cause)
        if unjudged.cause == _NO_RULE_SET:
            status = Status.WARNING if transcript.identification.is_digitised else Status.UNPROVEN
            told.append(Check(identifier=_NO_RULE_SET, status=status, where=unjudged.where))
    else:
        summary = Check(identifier="DOC.RULES", status=Status.PASS)
    return (summary, *told)
