"""Documents of others: every signature on its own, and whether together they cover what the
document says.

VALID means that every signature passed and no content lies outside those that did: a signed part
beside, or moved into, something else is not VALID.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from itertools import islice
from typing import Final

from hocba_sign.ades.integrity import is_value_made_with
from hocba_sign.ades.structure import Coverage, ExtentKind, ParsedSignature, Reference, StampKind
from hocba_sign.errors import Finding
from hocba_sign.pki.certificates.certificate import Certificate
from hocba_sign.validation.document.diagnosis import diagnosed
from hocba_sign.validation.document.three_answers import (
    DocumentConclusion,
    time_stamp_check,
    verdict_of,
)
from hocba_sign.validation.setting import NOTHING_DETACHED, Setting
from hocba_sign.validation.signature.validation import (
    SignatureConclusion,
    claimed_time,
    embedded_evidence,
    validate_signature,
)
from hocba_sign.validation.verdict import Check, Indication, Status, Verdict
from hocba_sign.validation.workflow.trust_hierarchy import hierarchy_checks
from hocba_sign.validation.workflow.tt15 import tt15_checks
from hocba_sign.xades.general.coverage import Spans
from hocba_sign.xades.general.extent import named
from hocba_sign.xades.general.read import GeneralReading, read_any
from hocba_sign.xml.layout import part_of
from hocba_sign.xml.outside import instructions, is_stylesheet, other_kinds
from hocba_sign.xml.parse import ParsedXml, parse
from hocba_sign.xml.tree import locate

MAX_GIVEN: Final = 500
"""Given certificates that are tried for a signature that carries none that fits."""
MAX_MISSES: Final = 100
"""Keys of one document that did not make the value beside which they stand; the slowest cost ten
milliseconds each.
"""
MAX_ENTRIES: Final = 20
"""Entries of manifests without their data that are named; one is enough for the verdict."""
MAX_NAME: Final = 100
"""Characters of the name of a detached file that are told."""

_ZONE: Final = timedelta(hours=7)
_TOLERANCE: Final = timedelta(minutes=30)
"""Between the clock of a signer and that of an authority, when telling whether they differ by a
zone.
"""


def validate_any(
    octets: bytes, setting: Setting, *, detached: Mapping[str, bytes] = NOTHING_DETACHED
) -> DocumentConclusion:
    """Judge any document with XML signatures.

    `detached` gives by name the files that its references may mean.

    Raises: InputError for octets that are no readable XML, or over a limit.
    Spec: EN 319 102-1, 5; XML Signature 1.1, 3.2.
    """
    xml = parse(octets, is_of_others=True)
    reading = read_any(xml, detached)
    if not reading.document.signatures:
        return DocumentConclusion(
            verdict=Verdict.NOTHING_TO_VERIFY, signatures=(), checks=(), is_other=True
        )
    # What one signature carries may help another one: a counter-signature's issuer is often in its
    # master.
    carried = (embedded_evidence(signature) for signature in reading.document.signatures)
    shared = replace(setting, evidence=setting.evidence.merged(*carried))
    candidates = tuple(_with_candidates(reading, setting.evidence.certificates))
    signatures = tuple(
        with_zone_warning(validate_signature(signature, shared)) for signature in candidates
    )
    signatures = diagnosed(xml, signatures, detached=detached)
    checks = [
        Check(identifier="DOC.FORMAT", status=Status.PASS),
        *_cover_checks(reading, xml, signatures, detached=detached),
    ]
    if part_of(xml.root) is not None:
        checks += _placement_checks(signatures)
    checks += hierarchy_checks(signatures, None, setting=setting)
    checks += [time_stamp_check(judged) for judged in signatures if judged.signature.time_stamps]
    checks += tt15_checks(signatures, None)
    coverage = {
        place: Coverage(reading.chart.uncovered(spans))
        for place, spans in (
            (judged.signature.where, reading.spans.get(judged.signature.where, Spans()))
            for judged in signatures
        )
    }
    return DocumentConclusion(
        verdict=verdict_of(signatures, checks),
        signatures=signatures,
        checks=tuple(checks),
        is_other=True,
        coverage=coverage,
    )


def _with_candidates(
    reading: GeneralReading, given: tuple[Certificate, ...]
) -> Iterator[ParsedSignature]:
    """Let a certificate that stands elsewhere in a signature, or was given and made the value, be
    the signer's too.

    A signature whose value no key made keeps only the likeliest certificate, and so does every one
    after too many tries.
    """
    left = MAX_MISSES
    for signature in reading.document.signatures:
        own = signature.certificates_der
        # What stands within other octets may help a path; the signer's own is where it belongs.
        standing = {*own, *signature.embedded_certificates_der}
        held = embedded_evidence(signature).certificates
        carried = sorted(
            (certificate for certificate in held if certificate.der in standing),
            key=_likelihood(signature),
        )
        tried = carried[: max(left, 1)]
        maker = next(
            (
                certificate.der
                for certificate in tried
                if is_value_made_with(signature, certificate)
            ),
            None,
        )
        if maker is None:
            left -= len(tried)
            maker = next(
                (
                    certificate.der
                    for certificate in given[:MAX_GIVEN]
                    if is_value_made_with(signature, certificate)
                ),
                None,
            )
        if maker is None:
            likeliest = (
                tuple(certificate.der for certificate in carried if certificate.der in own)[:1]
                or own[:1]
            )
            bindings = () if signature.properties is None else signature.properties.certificates
            is_bound = any(binding.binds(der) for binding in bindings for der in likeliest)
            yield replace(
                signature,
                certificates_der=likeliest,
                is_baseline=signature.is_baseline and is_bound,
            )
        else:
            ders = tuple(dict.fromkeys((maker, *own)))
            yield replace(
                signature, certificates_der=ders, is_baseline=signature.is_baseline and maker in own
            )


def _likelihood(signature: ParsedSignature) -> Callable[[Certificate], tuple[bool, bool]]:
    """Return an order in which the signer's certificate comes early: bound by digest, and of nobody
    who issues certificates.
    """
    bindings = () if signature.properties is None else signature.properties.certificates
    return lambda certificate: (
        not any(binding.binds(certificate.der) for binding in bindings),
        certificate.is_ca,
    )


def with_zone_warning(one: SignatureConclusion) -> SignatureConclusion:
    """Say so where a claimed time looks like local time that was marked as UTC; it is used for
    nothing.
    """
    claimed = claimed_time(one.signature)
    times = (
        stamp.time
        for stamp in one.time_stamps
        if stamp.kind is StampKind.SIGNATURE and stamp.is_intact
    )
    if claimed is None or not any(
        time is not None and abs(claimed - time - _ZONE) < _TOLERANCE for time in times
    ):
        return one
    return replace(one, warnings=(*one.warnings, Finding("SIG.LOCAL_TIME", one.signature.where)))


def _cover_checks(
    reading: GeneralReading,
    xml: ParsedXml,
    signatures: tuple[SignatureConclusion, ...],
    *,
    detached: Mapping[str, bytes],
) -> Iterator[Check]:
    """Compare what the passing signatures cover together with all that the document, and the files
    beside it, hold.
    """
    passed = tuple(
        signature
        for signature in signatures
        if signature.conclusion.indication is Indication.TOTAL_PASSED
    )
    counted = passed or tuple(signature for signature in signatures if signature.is_intact)
    outside = reading.chart.uncovered(
        Spans.union(*(reading.spans[judged.signature.where] for judged in counted))
    )
    if outside and counted:
        yield Check(identifier="COVER.PARTIAL", status=Status.UNPROVEN, where=outside[0])
    elif counted:
        yield Check(identifier="COVER.FULL", status=Status.PASS)
    absent = (
        named(part.uri)
        for signature in signatures
        for reference in signature.signature.references
        for part in reference.entries
        if part.is_absent
    )
    for uri in islice(dict.fromkeys(absent), MAX_ENTRIES):
        yield Check(identifier="COVER.ENTRY", status=Status.UNPROVEN, where=uri)
    references = tuple(_detached_references(counted))
    used = {
        reference.extent.where
        for reference in references
        if reference.extent is not None and reference.extent.is_full
    }
    policies = {name for signature in signatures for name in _policy_names(signature.signature)}
    for name in detached:
        if name[:MAX_NAME] not in used and name not in policies:
            yield Check(identifier="COVER.DETACHED", status=Status.UNPROVEN, where=name[:MAX_NAME])
    for reference in references:
        if reference.extent is not None and reference.extent.is_name_assumed:
            yield Check(
                identifier="COVER.NAME", status=Status.WARNING, where=reference.extent.where
            )
    yield from _node_checks(xml, is_whole=any(_is_whole(judged) for judged in counted))


def _placement_checks(signatures: tuple[SignatureConclusion, ...]) -> Iterator[Check]:
    """Name the signatures within the element that they reference: the national verifier refuses
    them, as makers of school software report.
    """
    for judged in signatures:
        extents = (reference.extent for reference in judged.signature.references)
        if any(
            extent is not None
            and extent.kind is ExtentKind.ELEMENT
            and judged.signature.where in extent.omitted
            for extent in extents
        ):
            yield Check(
                identifier="INTEROP.NEAC_PLACEMENT",
                status=Status.WARNING,
                where=judged.signature.where,
            )


def _is_whole(one: SignatureConclusion) -> bool:
    extents = (reference.extent for reference in one.signature.references if reference.is_intact)
    return any(
        extent is not None and extent.kind is ExtentKind.DOCUMENT and extent.is_full
        for extent in extents
    )


def _node_checks(xml: ParsedXml, *, is_whole: bool) -> Iterator[Check]:
    """Name what other programs may go by and no signature covers; one of a whole document covers
    instructions too.
    """
    for kind in other_kinds(xml.octets):
        yield Check(identifier="DOC.OTHER_KIND", status=Status.UNPROVEN, where=kind)
    styled = (
        ()
        if is_whole or xml.first_instruction is None
        else (node for node in instructions(xml.root) if is_stylesheet(node))
    )
    for instruction in islice(styled, 1):
        yield Check(
            identifier="COVER.STYLESHEET", status=Status.UNPROVEN, where=locate(instruction)
        )
    if xml.first_comment is not None:
        yield Check(identifier="COVER.COMMENTS", status=Status.WARNING, where=xml.first_comment)
    if xml.first_instruction is not None:
        yield Check(
            identifier="COVER.INSTRUCTIONS", status=Status.WARNING, where=xml.first_instruction
        )


def _detached_references(signatures: Iterable[SignatureConclusion]) -> Iterator[Reference]:
    for signature in signatures:
        for reference in signature.signature.references:
            for part in (reference, *reference.entries):
                if (
                    part.is_intact
                    and part.extent is not None
                    and part.extent.kind is ExtentKind.DETACHED
                ):
                    yield part


def _policy_names(signature: ParsedSignature) -> tuple[str, ...]:
    policy = None if signature.properties is None else signature.properties.policy
    return (
        ()
        if policy is None or policy.identifier is None
        else (policy.identifier, *policy.addresses)
    )
