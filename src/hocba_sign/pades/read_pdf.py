"""From a PDF's octets to its signatures as facts: byte ranges, revisions, time-stamps, long-term
data.

A CMS signature becomes what an XML signature is: octets under the value, one reference (the byte
range), time-stamps, values it carries. Document time-stamps of later revisions are its archive
time-stamps.
"""

from collections.abc import Iterator
from dataclasses import field, replace
from datetime import timedelta
from importlib import import_module
from typing import Final, Protocol, cast

from hocba_sign.ades.structure import (
    Covers,
    Family,
    ParsedSignature,
    Reference,
    SignedProperties,
    StampKind,
    TimeStamp,
)
from hocba_sign.crypto.digests import SHA1, DigestAlgorithm, digest
from hocba_sign.errors import CallerError, Finding, InputError
from hocba_sign.frozen_dataclass import dataclass
from hocba_sign.pades.byte_range import WHITE, octets_covered, range_findings
from hocba_sign.pades.changes import change_findings, tolerated
from hocba_sign.pades.facts.field_names import ATTACHMENT, slot_of
from hocba_sign.pades.facts.revisions import FieldFacts, LongTermValues, PdfFacts
from hocba_sign.pades.header import HEAD
from hocba_sign.pades.read_cms import CmsFacts, cms_octets, pdf_date, read_cms

MAX_SIGNATURES: Final = 200
"""A transcript has about fifteen; each signature costs digests, a public-key operation and
a path.
"""
MAX_TIME_STAMPS: Final = 60
"""Of the document; an archive renewed every year for a pupil's working life has fewer."""

_ZONE, _TOLERANCE = timedelta(hours=7), timedelta(minutes=5)
_SHA1_INSIDE: Final = "/adbe.pkcs7.sha1"
"""Its signed content is the SHA-1 digest of the byte range (ISO 32000-1, 12.8.3.3.1)."""
_FAMILIES: Final = {
    "/ETSI.CAdES.detached": Family.PADES,
    "/adbe.pkcs7.detached": Family.PKCS7,
    _SHA1_INSIDE: Family.PKCS7,
}
_TIME_STAMP: Final = "/ETSI.RFC3161"


@dataclass(frozen=True, slots=True, kw_only=True)
class PdfDocument:
    """A PDF with all its signatures, in the order of their revisions.

    `findings` are about the file, not one signature.
    """

    facts: PdfFacts = field(repr=False)
    signatures: tuple[ParsedSignature, ...]
    time_stamp_count: int
    findings: tuple[Finding, ...]

    def revision(self, number: int) -> bytes:
        """Return the file as it was with its first `number` revisions."""
        return self.facts.octets[: self.facts.ends[number - 1]]


class _Engine(Protocol):
    def read_facts(self, octets: bytes, *, attachment: str) -> PdfFacts: ...


def read_pdf(octets: bytes) -> PdfDocument:
    """Read a PDF and everything signed in it.

    A signature that cannot be read has findings that say why; the others are read.

    Octets before the header are refused: readers disagree about what offsets count from then.
    Raises: CallerError PDF.EXTRA_MISSING; InputError PDF.HEADER, PDF.UNREADABLE, PDF.ENCRYPTED,
    PDF.LIMIT, PDF.SIGNATURE_DICTIONARY.
    """
    if not octets.startswith(HEAD):
        raise InputError("PDF.HEADER", where="octet 0")
    facts = _engine().read_facts(octets, attachment=ATTACHMENT)
    signing = [field for field in facts.fields if not _is_time_stamp(field)]
    stamping = [field for field in facts.fields if _is_time_stamp(field)]
    if len(signing) > MAX_SIGNATURES or len(stamping) > MAX_TIME_STAMPS:
        raise InputError("PDF.LIMIT", detail="signatures")
    stamps, findings = _document_stamps(facts, stamping)
    signatures: dict[int, ParsedSignature] = {}
    for signed_field in signing:
        earlier = signatures.get(signed_field.signature_object)
        found = (
            _signature(facts, signed_field, stamps)
            if earlier is None
            else _used_again(earlier, signed_field)
        )
        signatures[signed_field.signature_object] = found
    if octets[facts.ends[-1] :].strip(WHITE):
        findings = (*findings, Finding("PDF.TRAILING", f"octet {facts.ends[-1]}"))
    return PdfDocument(
        facts=facts,
        signatures=tuple(signatures.values()),
        time_stamp_count=len(stamping),
        findings=(*facts.findings, *findings),
    )


def _used_again(signature: ParsedSignature, again: FieldFacts) -> ParsedSignature:
    """Count a signature that stands in several fields once, in the first of them."""
    return replace(
        signature, findings=(*signature.findings, Finding("PDF.SIGNATURE_TWICE", again.where))
    )


def _engine() -> _Engine:
    try:
        return cast("_Engine", import_module("hocba_sign.pades.engine.pyhanko_reading"))
    except ImportError as error:
        raise CallerError("PDF.EXTRA_MISSING", detail=str(error)) from error


def _is_time_stamp(one: FieldFacts) -> bool:
    return one.kind == "/DocTimeStamp" or one.sub_filter == _TIME_STAMP


@dataclass(frozen=True, slots=True, kw_only=True)
class _DocumentStamp:
    revision: int
    token: bytes
    octets: bytes = field(repr=False)


def _document_stamps(
    facts: PdfFacts, stamping: list[FieldFacts]
) -> tuple[tuple[_DocumentStamp, ...], tuple[Finding, ...]]:
    """Read the document time-stamps; one whose byte range is wrong proves nothing, nor does one
    after which more than long-term data changed.
    """
    stamps: list[_DocumentStamp] = []
    findings: list[Finding] = []
    for stamp_field in stamping:
        found = [
            *range_findings(facts, stamp_field),
            *(finding for finding in change_findings(stamp_field, facts.steps)),
        ]
        if stamp_field.sub_filter != _TIME_STAMP:
            found.append(Finding("PDF.SUBFILTER", stamp_field.where))
        try:
            token, is_padded = cms_octets(stamp_field.contents or b"")
            if not is_padded:
                found.append(Finding("PDF.PADDING", stamp_field.where))
            stamps += (
                []
                if found
                else [
                    _DocumentStamp(
                        revision=stamp_field.revision,
                        token=token,
                        octets=octets_covered(facts, stamp_field),
                    )
                ]
            )
        except InputError as error:
            found.append(Finding(error.cause, stamp_field.where))
        findings += found
    return tuple(stamps), tuple(findings)


def _signature(
    facts: PdfFacts, one: FieldFacts, stamps: tuple[_DocumentStamp, ...]
) -> ParsedSignature:
    findings = [*range_findings(facts, one), *change_findings(one, facts.steps)]
    if not one.is_present:
        findings.append(Finding("PDF.SIGNATURE_REMOVED", one.where))
    family = _FAMILIES.get(one.sub_filter)
    if family is None:
        return _unreadable(
            one, [*findings, Finding("PDF.SUBFILTER", f"{one.where} ({one.sub_filter[:40]})")]
        )
    try:
        octets, is_padded = cms_octets(one.contents or b"")
        cms = read_cms(octets, where=one.where)
    except InputError as error:
        return _unreadable(one, [*findings, Finding(error.cause, one.where)])
    covered = octets_covered(facts, one)
    reference, faults = _reference(one, cms, covered)
    findings += [
        *faults,
        *cms.findings,
        *(() if is_padded else (Finding("PDF.PADDING", one.where),)),
    ]
    properties = _properties(one, cms, family)
    values = _all_values(facts.values)
    return ParsedSignature(
        identifier=one.name,
        where=one.where,
        slot=slot_of(one.name),
        family=family,
        algorithm_uri="",
        pss=None,
        algorithm=cms.algorithm,
        has_der_value=cms.has_der_value,
        signed_info_octets=cms.signed_octets
        or (cms.content if one.sub_filter == _SHA1_INSIDE else covered)
        or b"",
        received_octets=cms.received_octets,
        value=cms.value,
        value_id=None,
        references=(reference,),
        certificates_der=cms.certificates_der,
        properties=properties,
        time_stamps=tuple(_time_stamps(facts, one, cms, stamps=stamps)),
        embedded_certificates_der=values.certificates,
        embedded_crls_der=(*cms.crls, *values.crls),
        embedded_ocsps_der=(*cms.ocsps, *values.ocsps),
        other_certificates=values.other_certificates,
        other_statements=(*cms.other_statements, *values.other_statements),
        departures=tuple(_departures(one, properties, family)),
        findings=tuple(dict.fromkeys(findings)),
        revision=one.revision + 1,
        is_baseline=family is Family.PADES
        and cms.signing_time is None
        and properties.signing_time is not None,
        warnings=(*tolerated(one, facts.steps), *_zone_warning(one, cms)),
    )


def _reference(one: FieldFacts, cms: CmsFacts, covered: bytes) -> tuple[Reference, list[Finding]]:
    """Compare the digest of the byte range with what is signed."""
    algorithm, computed = _digested(one, cms, covered)
    stated: bytes | None = computed if cms.signed_octets is None else cms.message_digest
    findings = []
    if one.sub_filter == _SHA1_INSIDE:
        inner = digest(cms.digest_algorithm, cms.content or b"")
        is_intact = cms.content == computed and (
            cms.signed_octets is None or cms.message_digest == inner
        )
    else:
        is_intact = stated == computed and bool(covered)
        if cms.content is not None:
            findings.append(Finding("PDF.ENCAPSULATED", one.where))
    if not is_intact and covered and stated is not None:
        findings.append(Finding("SIG.DIGEST", one.where))
    reference = Reference(
        identifier=None,
        uri=f"ByteRange {' '.join(map(str, one.byte_range))}",
        target_id=None,
        kind=Covers.DATA,
        digest_uri=algorithm.uri,
        digest_value=stated or b"",
        is_found=True,
        is_intact=is_intact,
    )
    return reference, findings


def _digested(one: FieldFacts, cms: CmsFacts, covered: bytes) -> tuple[DigestAlgorithm, bytes]:
    algorithm = SHA1 if one.sub_filter == _SHA1_INSIDE else cms.digest_algorithm
    return algorithm, digest(algorithm, covered)


def _properties(one: FieldFacts, cms: CmsFacts, family: Family) -> SignedProperties:
    stated = None if one.time_text is None else pdf_date(one.time_text)
    return SignedProperties(
        identifier=one.name,
        signing_time=stated
        if family is Family.PADES or cms.signing_time is None
        else cms.signing_time,
        signing_time_text=one.time_text,
        certificates=cms.bindings,
        claimed_roles=cms.roles,
        commitments=cms.commitments,
        described_references=frozenset(),
    )


def _zone_warning(one: FieldFacts, cms: CmsFacts) -> Iterator[Finding]:
    """Say so where the two times that a signer states differ by Vietnam's zone: one is local time
    that is marked as UTC.
    """
    stated = None if one.time_text is None else pdf_date(one.time_text)
    if (
        stated is not None
        and cms.signing_time is not None
        and abs(abs(stated - cms.signing_time) - _ZONE) < _TOLERANCE
    ):
        yield Finding("SIG.LOCAL_TIME", one.where)


def _departures(one: FieldFacts, properties: SignedProperties, family: Family) -> Iterator[Finding]:
    """Compare with the B level (EN 319 142-1, 6.3)."""
    if family is Family.PKCS7:
        yield Finding("PDF.PKCS7", one.where)
    elif properties.signing_time is None:
        yield Finding("SIG.SIGNING_TIME", one.where)


def _all_values(values: tuple[LongTermValues, ...]) -> LongTermValues:
    return LongTermValues(
        certificates=tuple(dict.fromkeys(der for value in values for der in value.certificates)),
        crls=tuple(dict.fromkeys(der for value in values for der in value.crls)),
        ocsps=tuple(dict.fromkeys(der for value in values for der in value.ocsps)),
        other_certificates=tuple(
            dict.fromkeys(octets for value in values for octets in value.other_certificates)
        ),
        other_statements=tuple(
            dict.fromkeys(octets for value in values for octets in value.other_statements)
        ),
    )


def _time_stamps(
    facts: PdfFacts, one: FieldFacts, cms: CmsFacts, *, stamps: tuple[_DocumentStamp, ...]
) -> Iterator[TimeStamp]:
    if cms.tokens:
        yield TimeStamp(kind=StampKind.SIGNATURE, tokens_der=cms.tokens, message_parts=(cms.value,))
    for at, stamp in enumerate(stamps):
        if stamp.revision <= one.revision:
            continue
        values = _all_values(facts.values[: stamp.revision + 1])
        earlier = tuple(other.token for other in stamps[:at])
        yield TimeStamp(
            kind=StampKind.ARCHIVE,
            tokens_der=(stamp.token,),
            message_parts=(stamp.octets,),
            covered_der=(
                *cms.certificates_der,
                *cms.crls,
                *cms.ocsps,
                *cms.tokens,
                *earlier,
                *values.certificates,
                *values.crls,
                *values.ocsps,
            ),
        )


def _unreadable(one: FieldFacts, findings: list[Finding]) -> ParsedSignature:
    return ParsedSignature(
        identifier=one.name,
        where=one.where,
        slot=slot_of(one.name),
        family=Family.PKCS7,
        findings=tuple(dict.fromkeys(findings)),
        revision=one.revision + 1,
        is_baseline=False,
    )
