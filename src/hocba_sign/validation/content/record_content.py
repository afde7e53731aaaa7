"""Events, registries and status lists as documents of their own: their form and content, from
signed octets where there are some.
"""

from collections.abc import Iterable

from hocba_sign.ades.structure import ParsedDocument
from hocba_sign.errors import InputError
from hocba_sign.model.event import Event
from hocba_sign.model.registry import RegistrySnapshot
from hocba_sign.model.status_list import StatusList
from hocba_sign.validation.signature.validation import SignatureConclusion, signed_data
from hocba_sign.validation.verdict import Check, Status
from hocba_sign.xml.record_octets import decode_record, decode_record_document
from hocba_sign.xml.schema import violations
from hocba_sign.xml.tree import Element


def record_content(
    parsed: ParsedDocument, root: Element, *, signatures: Iterable[SignatureConclusion]
) -> tuple[Event | RegistrySnapshot | StatusList | None, list[Check]]:
    """Check a record itself, and decode it: from the signed octets where a signature covers its
    data, else from the file.
    """
    filled = {signature.slot for signature in parsed.signatures}
    faults = violations(root, issued=all(slot in filled for slot in parsed.slots))
    checks = [Check(identifier="DOC.FORMAT", status=Status.PASS)]
    checks += [
        Check(
            identifier="DOC.SCHEMA", status=Status.FAIL, where=f"{fault.path} (line {fault.line})"
        )
        for fault in faults
    ]
    if not faults:
        checks.append(Check(identifier="DOC.SCHEMA", status=Status.PASS))
    data = signed_data(parsed, signatures)
    try:
        record = decode_record_document(root)
        if data is not None:
            record = decode_record(data)
    except InputError as error:
        return None, [
            *checks,
            *(
                Check(identifier=finding.cause, status=Status.FAIL, where=finding.where)
                for finding in error.findings
            ),
        ]
    return record, checks
