"""The seven items that a checking program must show of every signature.

Spec: Circular 15/2025/TT-BKHCN, Article 6, paragraph 4, point b.
"""

from typing import Final

from hocba_sign.catalogue.messages import Language
from hocba_sign.frozen_dataclass import dataclass
from hocba_sign.model.numbers import NumberKind, number_of, numbers_of
from hocba_sign.pki.certificates.certificate import Certificate
from hocba_sign.report.phrases import local_time, phrase, printable
from hocba_sign.report.places import mask, masked
from hocba_sign.validation.signature.level import level_of
from hocba_sign.validation.signature.time_stamp_checks import TimeStampConclusion
from hocba_sign.validation.signature.validation import SignatureConclusion, claimed_time
from hocba_sign.validation.verdict import is_contradicted

_LEVELS: Final = frozenset({"B", "T", "LT", "LTA"})


@dataclass(frozen=True, slots=True)
class Fact:
    """A label and its value, both for people."""

    label: str
    value: str


def signature_facts(one: SignatureConclusion, language: Language) -> tuple[Fact, ...]:
    """Return the seven items, in the order of the law."""
    certificate = one.certificate
    unknown = phrase("UNKNOWN_VALUE", language)
    values = {
        "ISSUER": unknown if certificate is None else _issuer(one, certificate),
        "SIGNER": unknown if certificate is None else _signer(certificate),
        "UNIT": unknown if certificate is None else _unit(certificate, language),
        "SIGNED_AT": _time(one, language),
        "INTEGRITY": _integrity(one, language),
        "VALIDITY": _validity(one, language),
        "PERIOD": unknown if certificate is None else _period(certificate, language),
    }
    return tuple(
        Fact(phrase(key, language), printable(value[:1].upper() + value[1:]))
        for key, value in values.items()
    )


def technical_signature_facts(
    one: SignatureConclusion, language: Language, *, is_other: bool
) -> tuple[Fact, ...]:
    """Return what programs call the signature, its level and its certificate."""
    signature, certificate = one.signature, one.certificate
    values = {
        "SLOT": str(signature.slot or signature.where),
        "FORMAT": _level(level_of(one, is_other=is_other), language),
        "CERTIFICATE_SHA256": None if certificate is None else certificate.sha256,
        "CAUSES": ", ".join(dict.fromkeys(found.cause for found in one.conclusion.findings)),
    }
    return tuple(
        Fact(phrase(key, language), printable(value)) for key, value in values.items() if value
    )


def _level(name: str, language: Language) -> str:
    """Say what a level of the baseline means."""
    level = name.rpartition("-")[2]
    return f"{name}: {phrase(f'LEVEL_{level}', language)}" if level in _LEVELS else name


def _issuer(one: SignatureConclusion, certificate: Certificate) -> str:
    chain = () if one.path is None else one.path.chain
    issuer = chain[1].subject if len(chain) > 1 else None
    if issuer is None or issuer.common_name is None:
        return certificate.issuer_text
    return (
        issuer.common_name
        if issuer.organisation is None
        else f"{issuer.common_name}, {issuer.organisation}"
    )


def _signer(certificate: Certificate) -> str:
    """Name the holder, a person's numbers masked: only JSON has them in full."""
    subject = certificate.subject
    parts = [subject.common_name or certificate.subject_text]
    if subject.title is not None:
        parts.append(subject.title)
    is_person = any(number.is_personal for number in numbers_of(subject.identifiers))
    for kind, value in subject.identifiers:
        number = number_of(kind, value)
        is_shown = not is_person and number is not None and number.kind is NumberKind.TAX
        parts.append(f"{kind} {value if is_shown else mask(value)}")
    return masked(", ".join(parts))


def _unit(certificate: Certificate, language: Language) -> str:
    subject = certificate.subject
    parts = [
        part for part in (subject.organisational_unit, subject.organisation) if part is not None
    ]
    return ", ".join(parts) or phrase("UNIT_UNNAMED", language)


def _time(one: SignatureConclusion, language: Language) -> str:
    claimed = claimed_time(one.signature)
    first = (
        phrase("CLAIMED_NONE", language)
        if claimed is None
        else phrase("CLAIMED", language, time=local_time(claimed, language))
    )
    if not one.time_stamps:
        key = "STAMP_NOT_JUDGED" if one.signature.time_stamps else "STAMP_NONE"
        return f"{first}; {phrase(key, language)}"
    return "; ".join((first, *(_stamp(stamp, language) for stamp in one.time_stamps)))


def _stamp(stamp: TimeStampConclusion, language: Language) -> str:
    if not stamp.is_intact or stamp.time is None:
        return phrase("STAMP_BROKEN", language)
    key = "STAMPED" if stamp.is_passed else "STAMP_UNPROVEN"
    return phrase(
        key,
        language,
        time=local_time(stamp.time, language),
        tsa=stamp.tsa or phrase("UNKNOWN_VALUE", language),
    )


def _integrity(one: SignatureConclusion, language: Language) -> str:
    if one.is_intact:
        return phrase("INTACT", language)
    if not is_contradicted(one.conclusion.findings):
        return phrase("NOT_COMPARED", language)
    changed = [
        reference.uri
        for reference in one.signature.references
        if reference.is_found and not reference.is_intact
    ]
    return (
        phrase("CHANGED", language, what=", ".join(changed))
        if changed
        else phrase("VALUE_WRONG", language)
    )


def _validity(one: SignatureConclusion, language: Language) -> str:
    if is_contradicted(one.conclusion.findings):
        return phrase("NOT_JUDGED", language)
    words = phrase(one.conclusion.indication, language)
    fact = None if one.path is None or not one.path.revocation else one.path.revocation[0]
    if fact is None or fact.status != "good" or fact.this_update is None:
        return words
    revocation = phrase(
        "NOT_REVOKED",
        language,
        kind=str(fact.kind).upper(),
        time=local_time(fact.this_update, language),
    )
    return f"{words}; {revocation}"


def _period(certificate: Certificate, language: Language) -> str:
    since, until = (
        local_time(moment, language) for moment in (certificate.not_before, certificate.not_after)
    )
    return phrase("PERIOD_VALUE", language, since=since, until=until)
