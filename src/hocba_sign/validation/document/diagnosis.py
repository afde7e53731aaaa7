"""Why a signature in a document of others does not hold: the faults that real software makes, and
editing.

Only facts for people: nothing found here makes a signature any better.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final

from hocba_sign.ades.integrity import check_integrity
from hocba_sign.ades.structure import ParsedSignature, Reference
from hocba_sign.crypto.algorithms import signature_algorithm
from hocba_sign.crypto.digests import digest, digest_algorithm
from hocba_sign.crypto.verify import PublicKey, load_public_key, verify_value
from hocba_sign.errors import Finding, InputError
from hocba_sign.frozen_dataclass import dataclass
from hocba_sign.pki.certificates.certificate import Certificate
from hocba_sign.validation.signature.validation import SignatureConclusion
from hocba_sign.validation.verdict import conclude
from hocba_sign.xades.general.extent import named
from hocba_sign.xades.general.node_sets import WorkBudget
from hocba_sign.xades.general.references import GeneralResolver
from hocba_sign.xades.general.transforms import Canonicalization, Enveloped, Named, read_transforms
from hocba_sign.xades.general.xpointer import ById, pointer
from hocba_sign.xades.syntax import names
from hocba_sign.xades.syntax.canonicalization import Method, inclusive_prefixes
from hocba_sign.xades.syntax.elements import Parts, algorithm_of, octets_of, only
from hocba_sign.xades.syntax.signature import read_value
from hocba_sign.xml.c14n import C14nAlgorithm, canonicalize
from hocba_sign.xml.parse import ParsedXml
from hocba_sign.xml.reformat import undo_in_others, undo_letters, without_signatures
from hocba_sign.xml.tree import Element, locate

MAX_OCTETS: Final = 2_000_000
"""A larger document is not diagnosed: it would be parsed and digested several times."""
MAX_REFERENCES: Final = 100
"""Of one signature, and of all that are diagnosed."""
MAX_WORK: Final = 20_000_000
"""As `nodes.MAX_WORK`."""
COPIES_WORK: Final = 1_000
"""What an element costs where the document is rewritten as it may have been."""
MAX_ADDED: Final = 5
"""Signatures without which each other one is tried."""
MAX_DROPPED: Final = 10
"""Namespace declarations that are tried."""

_START_TAG: Final = re.compile(rb'<[^\s<>!?/]+((?: [^\s=]+="[^"]*")*)>')
_DECLARATION: Final = re.compile(rb' xmlns:([^\s=]+)="[^"]*"')


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyedSignature:
    """A signature that does not hold, and the key that should have made it, if there is one."""

    signature: ParsedSignature
    key: PublicKey | None

    @classmethod
    def of(cls, signature: ParsedSignature, certificate: Certificate | None) -> "KeyedSignature":
        """Take the key of the certificate that was found, else what stands in the signature."""
        if certificate is None:
            return cls(signature=signature, key=check_integrity(signature).key)
        try:
            return cls(signature=signature, key=load_public_key(certificate.public_key_der))
        except InputError:
            return cls(signature=signature, key=None)

    @property
    def is_value_right(self) -> bool:
        return self.holds(self.signature.signed_info_octets)

    def holds(self, octets: bytes) -> bool:
        if self.key is None:
            return False
        try:
            algorithm = signature_algorithm(self.signature.algorithm_uri, self.signature.pss)
            return verify_value(
                self.key, octets, signature=self.signature.value, algorithm=algorithm
            )
        except InputError:
            return False


def diagnose(
    xml: ParsedXml, keyed_signatures: Sequence[KeyedSignature], *, detached: Mapping[str, bytes]
) -> tuple[tuple[Finding, ...], ...]:
    """Say for each signature that does not hold what is the matter with it, as far as that can be
    told.

    `xml` was parsed openly. Raises: nothing.
    """
    if not keyed_signatures or len(xml.octets) > MAX_OCTETS:
        return tuple(() for _ in keyed_signatures)
    document = _DiagnosedDocument(xml, detached)
    return tuple(document.diagnosis(keyed) for keyed in keyed_signatures)


def diagnosed(
    xml: ParsedXml, conclusions: tuple[SignatureConclusion, ...], *, detached: Mapping[str, bytes]
) -> tuple[SignatureConclusion, ...]:
    """Add to the signatures that do not hold what is the matter with them."""
    broken = [conclusion for conclusion in conclusions if not conclusion.is_intact]
    told = diagnose(
        xml,
        [KeyedSignature.of(judged.signature, judged.certificate) for judged in broken],
        detached=detached,
    )
    found = {
        judged.signature.where: findings
        for judged, findings in zip(broken, told, strict=True)
        if findings
    }
    return tuple(
        replace(
            conclusion,
            conclusion=conclude(
                (*conclusion.conclusion.findings, *found[conclusion.signature.where])
            ),
        )
        if conclusion.signature.where in found
        else conclusion
        for conclusion in conclusions
    )


class _DiagnosedDocument:
    """One document, and what it would be without the white space that was put into it."""

    def __init__(self, xml: ParsedXml, detached: Mapping[str, bytes]) -> None:
        self.budget = WorkBudget(MAX_WORK)
        self.detached = detached
        self.document = GeneralResolver(xml, detached, budget=self.budget)
        self.numbers = {
            locate(element): number for number, element in enumerate(xml.root.iter(names.SIGNATURE))
        }
        self.left = MAX_REFERENCES
        self._originals: tuple[GeneralResolver, ...] | None = None

    def diagnosis(self, keyed: KeyedSignature) -> tuple[Finding, ...]:
        number = self.numbers.get(keyed.signature.where)
        if number is None or not keyed.signature.references:
            return ()
        self.left -= len(keyed.signature.references)
        if self.left < 0:
            return ()
        try:
            return tuple(dict.fromkeys(self._diagnosis(keyed, number)))
        except InputError:
            return ()

    def _diagnosis(self, keyed: KeyedSignature, number: int) -> Iterator[Finding]:
        element = _signature(self.document.xml, number)
        is_right = keyed.is_value_right
        if not is_right and (fitting := _fitting_signed_info(element, keyed)):
            is_right = True
            yield Finding("SIG.C14N_MISMATCH", f"SignedInfo: {fitting}")
        wrong = _wrong(element, keyed.signature.references, self.document)
        reasons = [self._reason(reference) for reference in wrong]
        if wrong and None in reasons and is_right and (added := self._added(keyed, number)):
            yield from added
            return
        if (wrong and None in reasons) or not is_right:
            would_hold = self._as_before_reformatting(keyed, number)
            if would_hold is not None:
                yield Finding("SIG.REFORMATTED", keyed.signature.where)
                yield from would_hold
                return
        if is_right:
            for reference, reason in zip(wrong, reasons, strict=True):
                yield reason or Finding("SIG.EDITED", named(reference.get("URI")))

    def _added(self, keyed: KeyedSignature, number: int) -> tuple[Finding, ...]:
        """Name the signatures without which this one would hold: they were added inside of what it
        covers.
        """
        signatures = list(self.document.xml.root.iter(names.SIGNATURE))
        own = signatures[number]
        others = [
            n
            for n, member in enumerate(signatures)
            if n != number and not {member, own} & {*member.iterancestors(), *own.iterancestors()}
        ]
        trials = [*([n] for n in others[:MAX_ADDED]), *([others] if len(others) > 1 else [])]
        for removed in trials:
            try:
                self.budget.spend(COPIES_WORK * sum(1 for _ in self.document.xml.root.iter("*")))
                xml = without_signatures(self.document.xml, removed)
                gone = {signatures[n] for n in removed}
                # What is nested in a removed one goes with it.
                at = sum(
                    1
                    for signature in signatures[:number]
                    if not gone & {signature, *signature.iterancestors()}
                )
                if (
                    _would_hold(
                        _signature(xml, at),
                        GeneralResolver(xml, self.detached, budget=self.budget),
                        keyed,
                    )
                    is not None
                ):
                    return tuple(
                        Finding("SIG.BROKEN_BY_ADDED", locate(signatures[n]))
                        for n in removed[:MAX_ADDED]
                    )
            except InputError:
                return ()
        return ()

    def _as_before_reformatting(
        self, keyed: KeyedSignature, number: int
    ) -> tuple[Finding, ...] | None:
        """Return whether the signature would hold if the file had not been reformatted; findings
        where only as .NET reads it.
        """
        try:
            if self._originals is None:
                self.budget.spend(COPIES_WORK * sum(1 for _ in self.document.xml.root.iter("*")))
                self._originals = tuple(
                    GeneralResolver(xml, self.detached, budget=self.budget)
                    for xml in (
                        *undo_in_others(self.document.xml),
                        *undo_letters(self.document.xml),
                    )
                )
            for original in self._originals:
                would_hold = _would_hold(_signature(original.xml, number), original, keyed)
                if would_hold is not None:
                    return would_hold
        except InputError:
            # Too much to be tried, or the other signatures hide it.
            return None
        return None

    def _reason(self, reference: Element) -> Finding | None:
        """Return under which other reading the digest of a reference is right."""
        where = named(reference.get("URI"))
        try:
            reading = _dotnet_reading(reference, self.document)
            if reading is not None and _fits(reference, self.document, reading=reading):
                return Finding("SIG.DOTNET_READING", where)
            for name, octets in _other_forms(reference, self.document):
                if _digest(reference, octets) == _digest_value(reference):
                    return Finding("SIG.C14N_MISMATCH", f"{where}: {name}")
        except InputError:
            # Too much to be tried.
            return None
        return None


def _signature(xml: ParsedXml, number: int) -> Element:
    return list(xml.root.iter(names.SIGNATURE))[number]


def _references(signature: Element) -> tuple[Element, ...]:
    return tuple(only(signature, names.SIGNED_INFO).iterchildren(names.REFERENCE))


def _wrong(
    signature: Element, references: Sequence[Reference], document: GeneralResolver
) -> list[Element]:
    """Return the references, and the entries of manifests, whose digests do not match."""
    found: list[Element] = []
    for element, reference in zip(_references(signature), references, strict=False):
        if reference.is_found and not reference.is_intact:
            found.append(element)
        if reference.entries and reference.target_id is not None:
            entries = document.xml.ids[reference.target_id].iterchildren(names.REFERENCE)
            found += [
                digested
                for digested, entry in zip(entries, reference.entries, strict=True)
                if entry.is_found and not entry.is_intact
            ]
    return found


def _would_hold(
    signature: Element, document: GeneralResolver, keyed: KeyedSignature
) -> tuple[Finding, ...] | None:
    """Return whether the signature would hold in this document, at least as .NET reads it, which is
    a finding then.
    """
    if not keyed.holds(read_value(signature, Parts(is_strict=False)).signed_info_octets):
        return None
    findings = []
    for reference in _references(signature):
        if _fits(reference, document, reading=read_transforms(reference)):
            continue
        reading = _dotnet_reading(reference, document)
        if reading is None or not _fits(reference, document, reading=reading):
            return None
        findings.append(Finding("SIG.DOTNET_READING", named(reference.get("URI"))))
    return tuple(findings)


def _dotnet_reading(reference: Element, document: GeneralResolver) -> tuple[Named, ...] | None:
    """Return the transforms that .NET applies to a part of the signature itself: all but the
    enveloped one.
    """
    transforms = read_transforms(reference)
    others = tuple(
        transform for transform in transforms if not isinstance(transform.transform, Enveloped)
    )
    meant = pointer(reference.get("URI"))
    target = document.xml.ids.get(meant.identifier) if isinstance(meant, ById) else None
    signature = next(reference.iterancestors(names.SIGNATURE), None)
    is_inside = target is not None and signature is not None and signature in target.iterancestors()
    return others if is_inside and len(others) < len(transforms) else None


def _fits(reference: Element, document: GeneralResolver, *, reading: tuple[Named, ...]) -> bool:
    return _digest(reference, document.transformed(reference, reading)) == _digest_value(reference)


def _digest(reference: Element, octets: bytes) -> bytes:
    return digest(digest_algorithm(algorithm_of(only(reference, names.DIGEST_METHOD))), octets)


def _digest_value(reference: Element) -> bytes:
    return octets_of(only(reference, names.DIGEST_VALUE))


def _other_forms(reference: Element, document: GeneralResolver) -> Iterator[tuple[str, bytes]]:
    """Yield what a reference would digest by the other canonicalizations, and without namespace
    declarations that nothing uses.
    """
    transforms = read_transforms(reference)
    last = transforms[-1].transform if transforms else None
    method = last.method if isinstance(last, Canonicalization) else Method(C14nAlgorithm.INCLUSIVE)
    before = transforms[:-1] if isinstance(last, Canonicalization) else transforms
    for algorithm in C14nAlgorithm:
        if algorithm is not method.algorithm:
            other = Named(algorithm, Canonicalization(replace(method, algorithm=algorithm)))
            yield algorithm, document.transformed(reference, (*before, other))
    yield from _without_declarations(document.transformed(reference, transforms))


def _fitting_signed_info(signature: Element, keyed: KeyedSignature) -> str | None:
    """Name the canonicalization of SignedInfo under which the value is right."""
    signed_info = only(signature, names.SIGNED_INFO)
    prefixes = inclusive_prefixes(only(signed_info, names.CANONICALIZATION_METHOD))
    forms = (
        (str(algorithm), canonicalize(signed_info, algorithm, inclusive_prefixes=prefixes))
        for algorithm in C14nAlgorithm
    )
    dropped = _without_declarations(keyed.signature.signed_info_octets)
    return next((name for name, octets in (*forms, *dropped) if keyed.holds(octets)), None)


def _without_declarations(octets: bytes) -> Iterator[tuple[str, bytes]]:
    """Leave out of the first start tag the namespace declarations whose prefix no name has: each,
    and all together.
    """
    tag = _START_TAG.search(octets)
    if tag is None:
        return
    unused = [
        match
        for match in _DECLARATION.finditer(octets, *tag.span(1))
        if not _is_used(match[1], octets)
    ][:MAX_DROPPED]
    for match in unused:
        yield f"without xmlns:{match[1].decode()}", octets[: match.start()] + octets[match.end() :]
    if len(unused) > 1:
        for match in reversed(unused):
            octets = octets[: match.start()] + octets[match.end() :]
        yield f"without {' '.join(f'xmlns:{match[1].decode()}' for match in unused)}", octets


def _is_used(prefix: bytes, octets: bytes) -> bool:
    return any(mark + prefix + b":" in octets for mark in (b"<", b"</", b" "))
