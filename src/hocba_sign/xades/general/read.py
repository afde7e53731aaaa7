"""From a document of others to facts: every signature in it, counter-signatures included, and what
each covers.

What keeps a signature from being read at all makes that one signature unreadable; what departs from
the standards is a finding.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from types import MappingProxyType
from typing import Final

from hocba_sign.ades.structure import (
    Covers,
    Family,
    ParsedDocument,
    ParsedSignature,
    Reference,
)
from hocba_sign.crypto.digests import SHA256
from hocba_sign.errors import Finding, InputError
from hocba_sign.frozen_dataclass import dataclass
from hocba_sign.xades.general.baseline import is_baseline, is_extended
from hocba_sign.xades.general.coverage import Chart, Spans
from hocba_sign.xades.general.ecdsa import in_full_width
from hocba_sign.xades.general.extent import Followed
from hocba_sign.xades.general.oddities import (
    about_claims,
    master_of,
    name_of,
    strays,
    unexpected_child,
    unsigned_properties_of,
)
from hocba_sign.xades.general.references import GeneralResolver
from hocba_sign.xades.syntax import names
from hocba_sign.xades.syntax.elements import (
    Parts,
    algorithm_of,
    malformed,
    moment_of,
    octets_of,
    only,
    optional,
    text_of,
)
from hocba_sign.xades.syntax.key_info import read_key_info
from hocba_sign.xades.syntax.properties import (
    claimed_moment,
    namespace_of,
    qualifying_properties,
    read_signed_properties,
    unsigned_properties,
)
from hocba_sign.xades.syntax.signature import read_value, unreadable
from hocba_sign.xades.syntax.time_stamps import (
    all_time_stamps,
    embedded_certificates,
    embedded_crls,
    embedded_ocsps,
    other_certificates,
    other_statements,
)
from hocba_sign.xml.parse import ParsedXml
from hocba_sign.xml.tree import Element, locate

MAX_SIGNATURES: Final = 200
"""In one document; each costs digests, a public-key operation and a path."""
MAX_REFERENCES: Final = 1_000
"""In one SignedInfo; EU DSS' own tests go to 500."""
MAX_TOKENS: Final = 300
"""Time-stamps in one document; each costs about two milliseconds."""
MAX_CERTIFICATES: Final = 1_000
"""Different certificates that the signatures of one document carry."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GeneralReading:
    """What was read of a document of others.

    `spans` are, by the place of a signature, the elements that its references cover with matching
    digests, for `chart`.
    """

    document: ParsedDocument
    spans: Mapping[str, Spans]
    chart: Chart


def read_any(xml: ParsedXml, detached: Mapping[str, bytes]) -> GeneralReading:
    """Read every ds:Signature of a document that was parsed openly; `detached` are octets by name
    that references may mean.

    Raises: InputError SIG.TOO_MANY, SIG.TOO_MANY_REFERENCES, SIG.TOO_MUCH_DIGESTED.
    """
    elements = tuple(xml.root.iter(names.SIGNATURE))
    if len(elements) > MAX_SIGNATURES:
        raise InputError("SIG.TOO_MANY", where=locate(elements[MAX_SIGNATURES]))
    reader = _SignatureReader(xml, detached)
    signatures = tuple(reader.read(element) for element in elements)
    _check_total(signatures)
    document = ParsedDocument(
        octets=xml.octets, slots=(), signatures=signatures, signed_octets=MappingProxyType({})
    )
    return GeneralReading(
        document=document, spans=MappingProxyType(reader.spans), chart=reader.chart
    )


def _check_total(signatures: tuple[ParsedSignature, ...]) -> None:
    """Raises: InputError SIG.TOO_MANY_TIME_STAMPS, SIG.TOO_MANY_CERTIFICATES."""
    if (
        sum(len(stamp.tokens_der) for signature in signatures for stamp in signature.time_stamps)
        > MAX_TOKENS
    ):
        raise InputError(
            "SIG.TOO_MANY_TIME_STAMPS", detail=f"more than {MAX_TOKENS} in one document"
        )
    carried = {
        der
        for signature in signatures
        for der in (*signature.certificates_der, *signature.embedded_certificates_der)
    }
    if len(carried) > MAX_CERTIFICATES:
        raise InputError(
            "SIG.TOO_MANY_CERTIFICATES", detail=f"more than {MAX_CERTIFICATES} in one document"
        )


_FATAL: Final = frozenset({"SIG.TOO_MUCH_DIGESTED", "SIG.TOO_MANY_REFERENCES"})


class _SignatureReader:
    """Reads the signatures of one document; they share what was digested already."""

    def __init__(self, xml: ParsedXml, detached: Mapping[str, bytes]) -> None:
        self.xml = xml
        self.detached = detached
        self.resolver = GeneralResolver(xml, detached)
        self.chart = Chart(xml.root)
        self.spans: dict[str, Spans] = {}

    def read(self, element: Element) -> ParsedSignature:
        master = master_of(element)
        try:
            return self._signature(element, master)
        except InputError as error:
            if error.cause in _FATAL:
                raise
            broken = unreadable(
                element, None, findings=(Finding(error.cause, error.where or locate(element)),)
            )
            return replace(broken, parent=None if master is None else name_of(master))

    def _signature(self, element: Element, master: Element | None) -> ParsedSignature:
        parts = Parts(is_strict=False)
        signed = read_value(element, parts)
        key_info = read_key_info(element, parts)
        found = qualifying_properties(element)
        qualifying = found[0] if found else None
        unsigned = None if qualifying is None else unsigned_properties(qualifying)
        own = (
            None
            if qualifying is None
            else optional(qualifying, names.qualified(namespace_of(qualifying), "SignedProperties"))
        )
        properties = (
            None
            if own is None
            else read_signed_properties(own, self.detached, unsigned=unsigned, parts=parts)
        )
        references, findings = self._references(element, master)
        spans = self.spans[locate(element)] = self._covered(element)
        wrong, odd = ([], []) if qualifying is None else self._about_target(qualifying, element)
        lacking, doubtful = about_claims(properties, locate(element))
        stated, told = self._stated_time(element, spans)
        return ParsedSignature(
            identifier=element.get("Id"),
            where=locate(element),
            slot=None,
            family=Family.XMLDSIG if own is None else Family.XADES,
            algorithm_uri=signed.algorithm_uri,
            pss=signed.pss,
            signed_info_octets=signed.signed_info_octets,
            value=in_full_width(signed.value, signed.algorithm_uri),
            value_id=signed.value_id,
            references=references,
            certificates_der=key_info.certificates_der,
            properties=properties,
            time_stamps=()
            if qualifying is None
            else all_time_stamps(element, qualifying, resolver=self.resolver),
            embedded_certificates_der=embedded_certificates(unsigned, skips=True),
            embedded_crls_der=embedded_crls(unsigned, skips=True),
            embedded_ocsps_der=embedded_ocsps(unsigned, skips=True),
            other_certificates=other_certificates(unsigned),
            other_statements=other_statements(unsigned),
            departures=tuple(lacking),
            findings=(
                *findings,
                *parts.findings,
                *self._about_properties(element, own, qualifying=qualifying, spans=spans),
                *wrong,
            ),
            parent=None if master is None else name_of(master),
            keys_der=key_info.keys_der,
            claimed_time=stated,
            unsigned=() if unsigned is None else unsigned_properties_of(unsigned),
            is_extended=own is not None and is_extended(element, own),
            is_baseline=own is not None and is_baseline(element, own),
            warnings=(*key_info.warnings, *odd, *doubtful, *told),
        )

    def _references(
        self, element: Element, master: Element | None
    ) -> tuple[tuple[Reference, ...], tuple[Finding, ...]]:
        signed_info = only(element, names.SIGNED_INFO)
        elements = tuple(signed_info.iterchildren(names.REFERENCE))
        if not elements:
            raise malformed(signed_info)
        if len(elements) > MAX_REFERENCES:
            raise InputError("SIG.TOO_MANY_REFERENCES", where=locate(signed_info))
        pairs = [self.resolver.reference(reference) for reference in elements]
        references = tuple(reference for reference, _ in pairs)
        findings = tuple(finding for _, found in pairs for finding in found)
        if all(reference.kind is Covers.SIGNED_PROPERTIES for reference in references):
            findings += (Finding("SIG.NOTHING_SIGNED", locate(signed_info)),)
        if master is not None and not self._countersigns(references, master):
            references += (_MISSING_MASTER,)
            findings += (Finding("SIG.COUNTERSIGNATURE", locate(element)),)
        return references, findings

    def _countersigns(self, references: tuple[Reference, ...], master: Element) -> bool:
        """Return whether a reference covers the master's SignatureValue (EN 319 132-1, 5.2.7.2; EU
        DSS 6.4).
        """
        value = only(master, names.SIGNATURE_VALUE)
        targets = (
            self.resolver.target(reference.target_id)
            for reference in references
            if reference.target_id is not None and reference.is_intact
        )
        return any(target is value for target in targets)

    def _covered(self, element: Element) -> Spans:
        """Return what the references with matching digests cover, those of manifests included."""
        signed_info = only(element, names.SIGNED_INFO)
        many: list[Spans] = []
        waiting = list(signed_info.iterchildren(names.REFERENCE))
        while waiting:
            reference = waiting.pop()
            followed = self._followed(reference)
            if followed is None or followed.nodes is None:
                continue
            many.append(self.chart.spans(followed.nodes, has_markup=followed.extent.has_markup))
            manifest = followed.nodes.apex
            if (
                reference.get("Type") == names.TYPE_MANIFEST
                and manifest.tag == names.MANIFEST
                and reference.getparent() is signed_info
            ):
                waiting += manifest.iterchildren(names.REFERENCE)
        return Spans.union(*many)

    def _followed(self, reference: Element) -> Followed | None:
        """Return what a reference covers; None where its digest does not match or it leads
        nowhere.
        """
        try:
            followed = self.resolver.followed(
                reference, digest_uri=algorithm_of(only(reference, names.DIGEST_METHOD))
            )
        except InputError as error:
            if error.cause in _FATAL:
                raise
            return None
        return (
            followed
            if followed.digest
            == Parts(is_strict=False).read(
                octets_of, only(reference, names.DIGEST_VALUE), otherwise=b""
            )
            else None
        )

    def _about_properties(
        self, element: Element, own: Element | None, *, qualifying: Element | None, spans: Spans
    ) -> Iterator[Finding]:
        """Name what is wrong with where the signed properties stand and how they are referenced.

        Exactly one reference must be to this signature's own SignedProperties (EN 319 132-1,
        4.4.2), and cover all of it.
        """
        for cause, stray in strays(element, (own, qualifying)):
            yield Finding(cause, locate(stray))
        if qualifying is not None and (unexpected := unexpected_child(qualifying)) is not None:
            yield Finding("SIG.QUALIFYING_PROPERTIES", locate(unexpected))
        signed_info = only(element, names.SIGNED_INFO)
        typed = [
            reference
            for reference in signed_info.iterchildren(names.REFERENCE)
            if reference.get("Type") in names.TYPES_SIGNED_PROPERTIES
        ]
        if own is None:
            if typed:
                yield Finding("SIG.SIGNED_PROPERTIES", locate(signed_info))
            return
        if not typed and self.chart.is_within(own, spans):
            yield Finding("SIG.PROPERTIES_TYPE", locate(signed_info))
            return
        followed = self._followed(typed[0]) if len(typed) == 1 else None
        if len(typed) != 1 or (followed is not None and not self._is_only(own, followed)):
            yield Finding("SIG.SIGNED_PROPERTIES", locate(signed_info))

    def _is_only(self, own: Element, followed: Followed) -> bool:
        """Return whether a reference covers all of the signed properties and nothing else."""
        if followed.nodes is None:
            return False
        return self.chart.spans(
            followed.nodes, has_markup=followed.extent.has_markup
        ) == self.chart.span_of(own)

    def _about_target(
        self, qualifying: Element, element: Element
    ) -> tuple[list[Finding], list[Finding]]:
        """Compare Target with the signature: another element is wrong, one that does not exist only
        odd.
        """
        target = qualifying.get("Target", "").removeprefix("#")
        if target == element.get("Id", ""):
            return [], []
        is_elsewhere = target in self.xml.ids or target in self.xml.ambiguous
        found = [
            Finding(
                "SIG.QUALIFYING_PROPERTIES" if is_elsewhere else "SIG.PROPERTIES_TARGET",
                locate(qualifying),
            )
        ]
        return (found, []) if is_elsewhere else ([], found)

    def _stated_time(self, element: Element, spans: Spans) -> tuple[datetime | None, list[Finding]]:
        """Read the SigningTime of ds:SignatureProperties in ds:Object, as Vietnamese software
        writes it: local time without a zone.
        """
        for holder in element.iterchildren(names.OBJECT):
            for stated in holder.iterfind(
                "{*}SignatureProperties/{*}SignatureProperty/{*}SigningTime"
            ):
                text = text_of(stated)
                moment = claimed_moment(text)
                if moment is None:
                    continue
                warnings = [] if moment_of(text) else [Finding("SIG.TIME_ZONE", locate(stated))]
                if not self.chart.is_within(stated, spans):
                    warnings.append(Finding("SIG.TIME_UNSIGNED", locate(stated)))
                parent = stated.getparent()
                target = "" if parent is None else parent.get("Target", "").removeprefix("#")
                if target not in self.xml.ids:
                    warnings.append(Finding("SIG.PROPERTIES_TARGET", locate(stated)))
                return moment, warnings
        return None, []


_MISSING_MASTER: Final = Reference(
    identifier=None,
    uri="",
    target_id=None,
    kind=Covers.SIGNATURE_VALUE,
    digest_uri=SHA256.uri,
    digest_value=b"",
    is_found=False,
    is_intact=False,
)
"""Stands for the reference that a counter-signature lacks: without it, it is not intact."""
