"""What people see is what was signed: nothing unsigned stands in a transcript that could show or
mean something else.
"""

from collections.abc import Iterable
from typing import Final

from hocba_sign.extract.seal_octets import EXTRACT_ID
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
    given = tuple(signatures)
    named = {
        identifier
        for signature in given
        if signature.is_intact
        for identifier in signature.signature.covered_ids()
    }
    if any(_has_root(signature) for signature in given):
        named.add(EXTRACT_ID)
    ids = sorted(named & xml.ids.keys())
    targets = [xml.ids[identifier] for identifier in ids]
    roots = [
        target
        for target in targets
        if not any(above in targets for above in target.iterancestors())
    ]
    plain = {
        str(judged.signature.identifier) for judged in given if judged.signature.is_of_own_form
    }
    known = [xml.ids[identifier] for identifier in plain & xml.ids.keys()]
    checks = [
        Check(identifier=_TOLD[stray.kind][0], status=_TOLD[stray.kind][1], where=stray.where)
        for stray in outside(xml.root, covered=(*roots, *known))
    ]
    return checks + _kind_checks(xml.octets, roots)


def _has_root(one: SignatureConclusion) -> bool:
    """Return whether a seal names the root of extracts in its place: like the properties it is the
    signature's own, and shows nothing, whether that holds or not.
    """
    is_wrong = any(finding.cause == "SIG.EXTRACT" for finding in one.signature.findings)
    return one.signature.sealed_root is not None and not is_wrong


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
