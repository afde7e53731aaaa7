"""What people see is what was signed: nothing unsigned stands in a transcript that could show or
mean something else.
"""

from collections.abc import Iterable
from typing import Final

from hocba_sign.validation.signature.validation import SignatureConclusion
from hocba_sign.validation.verdict import Check, Status
from hocba_sign.xml.c14n import C14nAlgorithm, canonicalize
from hocba_sign.xml.outside import PDF_OBJECT, Stray, other_kinds, outside
from hocba_sign.xml.parse import ParsedXml
from hocba_sign.xml.tree import Element

_TOLD: Final = {
    Stray.SHOWN: ("DOC.UNSIGNED", Status.FAIL),
    Stray.ADDED: ("DOC.ADDED", Status.WARNING),
    Stray.COMMENT: ("DOC.COMMENTS", Status.WARNING),
    Stray.INSTRUCTION: ("DOC.INSTRUCTIONS", Status.WARNING),
}


def outside_checks(xml: ParsedXml, signatures: Iterable[SignatureConclusion]) -> list[Check]:
    """Judge what no signature covers, and whether other programs may take the file for another
    kind.

    A kind that is only mentioned in signed text is told; where that text holds a whole file of this
    kind, what it shows is unproven.
    """
    ids = sorted(
        {
            identifier
            for signature in signatures
            if signature.is_intact
            for identifier in signature.signature.covered_ids()
        }
        & xml.ids.keys()
    )
    targets = [xml.ids[identifier] for identifier in ids]
    roots = [
        target
        for target in targets
        if not any(above in targets for above in target.iterancestors())
    ]
    checks = [
        Check(identifier=_TOLD[one.kind][0], status=_TOLD[one.kind][1], where=one.where)
        for one in outside(xml.root, covered=roots)
    ]
    return checks + _kind_checks(xml.octets, roots)


def _kind_checks(octets: bytes, roots: list[Element]) -> list[Check]:
    found = other_kinds(octets)
    if not found:
        return []
    signed = other_kinds(b"\n".join(canonicalize(root, C14nAlgorithm.EXCLUSIVE) for root in roots))
    if unsigned := found - signed:
        return [
            Check(identifier="DOC.UNSIGNED", status=Status.FAIL, where=kind) for kind in unsigned
        ]
    weight = Status.UNPROVEN if PDF_OBJECT in found else Status.WARNING
    return [Check(identifier="DOC.OTHER_KIND", status=weight, where=kind) for kind in found]
