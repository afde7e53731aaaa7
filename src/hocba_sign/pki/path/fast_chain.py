"""Chains of simple certificates, judged without the engine: the fast path.

Simple are strictly encoded v3 certificates without name constraints, policy constraints and
mappings, or unknown critical extensions, whose names chain octet by octet. For these RFC 5280, 6.1
comes down to dates, CA flags, key usages and path lengths. The only answer given here is "the
path is good"; for everything else the engine finds the reason.
Spec: RFC 5280, 4.2 and 6.1.
"""

from collections.abc import Callable
from datetime import datetime
from itertools import pairwise
from types import MappingProxyType

from hocba_sign.crypto import der
from hocba_sign.errors import InputError
from hocba_sign.frozen_dataclass import dataclass
from hocba_sign.model.remembered import remembered
from hocba_sign.pki.cache.bounded import BoundedCache
from hocba_sign.pki.certificates.certificate import Certificate
from hocba_sign.pki.certificates.extensions import (
    Extension,
    boolean,
    extensions,
    full_names,
    general_names,
    moment,
)
from hocba_sign.pki.certificates.name_comparison import name_key, same_name
from hocba_sign.pki.certificates.profile import ProfileException, Purpose, knows_qualifiers
from hocba_sign.pki.path.result import PathRequirements

MAX_KEPT_FACTS = 4_096
"""Facts of one certificate take some 300 octets."""
MAX_EXTENSIONS = 32
MAX_POLICIES = 16

_BASIC_CONSTRAINTS, _KEY_USAGE, _EXTENDED_KEY_USAGE = "2.5.29.19", "2.5.29.15", "2.5.29.37"
_POLICIES, _POINTS, _ALTERNATIVE_NAME, _NO_CHECK = (
    "2.5.29.32",
    "2.5.29.31",
    "2.5.29.17",
    "1.3.6.1.5.5.7.48.1.5",
)
_SUBJECT_KEY, _AUTHORITY_KEY, _ACCESS, _STATEMENTS = (
    "2.5.29.14",
    "2.5.29.35",
    "1.3.6.1.5.5.7.1.1",
    "1.3.6.1.5.5.7.1.3",
)
_STANDARD_ARCS = ("2.5.29.", "1.3.6.1.5.5.7.1.")
"""An extension of these arcs that is not named above may have a say in validation."""
_TIME_STAMPING = "1.3.6.1.5.5.7.3.8"
_OCSP_SIGNING = "1.3.6.1.5.5.7.3.9"
_SERVER_AUTHENTICATION, _CODE_SIGNING = "1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.3"
_SERVICES = frozenset({_TIME_STAMPING, _OCSP_SIGNING, _SERVER_AUTHENTICATION, _CODE_SIGNING})
_VERSION_3 = b"\xa0\x03\x02\x01\x02"


@dataclass(frozen=True, slots=True, kw_only=True)
class FastFacts:
    """What `Certificate` does not tell.

    `points_der` are the GeneralNames of the CRL distribution points.
    """

    path_length: int | None = None
    points_der: frozenset[bytes] = frozenset()
    exceptions: frozenset[ProfileException] = frozenset()
    is_extended_key_usage_critical: bool = False
    is_revocation_unchecked: bool = False


_facts: BoundedCache[str, FastFacts | None] = BoundedCache(MAX_KEPT_FACTS)


def fast_facts(certificate: Certificate) -> FastFacts | None:
    """Return the facts of a simple certificate, None for any other."""
    return _facts.get(certificate.sha256, lambda: _read(certificate))


def is_fast_chain(chain: tuple[Certificate, ...]) -> bool:
    """Return whether all certificates are simple, their names chain octet by octet, no name,
    number or key occurs twice, and the anchor is not itself issued under a name of the chain.
    """
    return (
        len(chain) > 1
        and all(fast_facts(certificate) is not None for certificate in chain)
        and all(subject.issuer_der == issuer.subject_der for subject, issuer in pairwise(chain))
        # Distinct names exclude self-issued certificates, which use up no path length (6.1.4 (l)).
        and len({certificate.subject_der for certificate in chain}) == len(chain)
        and len({certificate.public_key_der for certificate in chain}) == len(chain)
        and len({(certificate.issuer_der, certificate.serial_number) for certificate in chain})
        == len(chain)
        # The engine also follows an anchor upwards, here in a circle.
        and not any(same_name(chain[-1].issuer_der, below.subject_der) for below in chain[:-1])
    )


def _known(certificate: Certificate) -> FastFacts:
    facts = fast_facts(certificate)
    assert facts is not None
    return facts


def check_fast_path(
    chain: tuple[Certificate, ...], *, at: datetime, asked: PathRequirements
) -> tuple[ProfileException, ...] | None:
    """Judge structure, profile and purpose of a chain whose signatures have been verified (leaf
    first, anchor last).

    Gives the exceptions that the leaf needs when everything holds; None when it does not, or when
    the engine must judge.
    """
    # RFC 5280, 6.1.3 (f): policies fail a path only where an explicit one is required, and the
    # extensions that require one are never simple.
    if asked.initial_policies or asked.is_policy_explicit:
        return None
    if not is_fast_chain(chain) or not all(
        _is_issued(subject, issuer, at) for subject, issuer in pairwise(chain)
    ):
        return None
    leaf, *issuing, anchor = map(_known, chain)
    # RFC 5280, 6.1.1 (d) takes name and key of the anchor only; its path length binds here as it
    # does in the engine.
    remaining = len(chain) if anchor.path_length is None else anchor.path_length
    for facts in reversed(issuing):
        if facts.exceptions or remaining == 0:
            return None
        remaining = min(
            remaining - 1, len(chain) if facts.path_length is None else facts.path_length
        )
    if (
        anchor.exceptions
        or not leaf.exceptions <= asked.exceptions
        or not _is_fit(chain[0], leaf, asked.purpose)
    ):
        return None
    return tuple(exception for exception in ProfileException if exception in leaf.exceptions)


def may_respond(certificate: Certificate, issuer: Certificate, *, at: datetime) -> bool:
    """Return whether a simple certificate is that of an OCSP responder of `issuer` whose
    revocation need not be checked.

    The signature on it is for the caller to verify. Spec: RFC 6960, 4.2.2.2.
    """
    facts = fast_facts(certificate)
    return (
        facts is not None
        and facts.is_revocation_unchecked
        and _OCSP_SIGNING in certificate.extended_key_usage
        and certificate.may_sign
        and certificate.issuer_der == issuer.subject_der
        and certificate.not_before <= at <= certificate.not_after
    )


def _is_issued(subject: Certificate, issuer: Certificate, at: datetime) -> bool:
    may_issue = issuer.is_ca and (issuer.key_usage is None or "key_cert_sign" in issuer.key_usage)
    return may_issue and subject.not_before <= at <= subject.not_after


def _is_fit(leaf: Certificate, facts: FastFacts, purpose: Purpose) -> bool:
    if purpose is not Purpose.ANY and not leaf.may_sign:
        return False
    if (
        purpose is Purpose.SIGNING
        and leaf.extended_key_usage
        and _SERVICES.issuperset(leaf.extended_key_usage)
    ):
        return False
    return purpose is not Purpose.TIMESTAMPING or (
        facts.is_extended_key_usage_critical and leaf.extended_key_usage == (_TIME_STAMPING,)
    )


def _read(certificate: Certificate) -> FastFacts | None:
    try:
        return _strictly(certificate)
    except (InputError, ValueError, TypeError, LookupError):
        return None


def _strictly(certificate: Certificate) -> FastFacts:
    fields = der.sequence(der.whole(certificate.tbs_der, der.SEQUENCE))
    if len(fields) not in (7, 8) or fields[0].der != _VERSION_3 or not certificate.signature:
        raise der.malformed(0, "version or fields")
    for element in der.sequence(fields[4]):
        moment(element)
    _ = (name_key(certificate.issuer_der), name_key(certificate.subject_der))
    if fields[3].start == fields[3].end or fields[5].start == fields[5].end:
        raise der.malformed(0, "empty name")
    found = extensions(fields[7], 0xA3, limit=MAX_EXTENSIONS) if len(fields) == 8 else {}
    points: frozenset[bytes] = frozenset()
    for oid, extension in found.items():
        if oid == _POLICIES and extension.is_critical and not knows_qualifiers(extension.value_der):
            raise der.malformed(0, "a critical policy with a qualifier that is for the engine")
        if oid == _POINTS:
            points = _points(extension.value_der, certificate.issuer_der)
        elif oid in _READERS:
            _check(oid, extension.value_der)
        # What is unknown and not critical may be ignored (RFC 5280, 4.2); constraints of the
        # standard bind even where an authority did not mark them critical.
        elif extension.is_critical or oid.startswith(_STANDARD_ARCS):
            raise der.malformed(0, "an extension that is for the engine")
    return _facts_of(certificate, found, points=points)


def _facts_of(
    certificate: Certificate, found: dict[str, Extension], *, points: frozenset[bytes]
) -> FastFacts:
    exceptions: set[ProfileException] = set()
    if (
        certificate.key_usage is not None
        and "key_cert_sign" in certificate.key_usage
        and not certificate.is_ca
    ):
        exceptions.add(ProfileException.KEY_CERT_SIGN_WITHOUT_CA)
    if _ACCESS in found and found[_ACCESS].is_critical:
        exceptions.add(ProfileException.CRITICAL_AUTHORITY_INFORMATION_ACCESS)
    constraints = found.get(_BASIC_CONSTRAINTS)
    return FastFacts(
        path_length=_constraints(constraints.value_der) if constraints else None,
        points_der=points,
        exceptions=frozenset(exceptions),
        is_extended_key_usage_critical=_EXTENDED_KEY_USAGE in found
        and found[_EXTENDED_KEY_USAGE].is_critical,
        is_revocation_unchecked=_NO_CHECK in found,
    )


@remembered
def _check(oid: str, value_der: bytes) -> None:
    _READERS[oid](value_der)


def _items(value_der: bytes) -> tuple[der.Element, ...]:
    items = der.sequence(der.whole(value_der, der.SEQUENCE))
    if not items:
        raise der.malformed(0, "empty extension")
    return items


@remembered
def _constraints(value_der: bytes) -> int | None:
    parts = list(der.sequence(der.whole(value_der, der.SEQUENCE)))
    is_ca = bool(parts) and parts[0].tag == der.BOOLEAN and boolean(parts.pop(0))
    length = der.integer(parts.pop(0)) if parts else None
    if parts or (length is not None and (length < 0 or not is_ca)):
        raise der.malformed(0, "basicConstraints")
    return length


def _key_usage(value_der: bytes) -> None:
    content = der.whole(value_der, der.BIT_STRING).content
    if not 2 <= len(content) <= 3 or content[0] > 7:
        raise der.malformed(0, "keyUsage")


def _purposes(value_der: bytes) -> None:
    for purpose in _items(value_der):
        der.oid(purpose)


def _policies(value_der: bytes) -> None:
    policies = _items(value_der)
    names = {der.oid(der.sequence(policy)[0]) for policy in policies}
    # RFC 5280, 4.2.1.4: no policy may occur twice.
    if len(names) < len(policies) or len(policies) > MAX_POLICIES:
        raise der.malformed(0, "certificatePolicies")
    for policy in policies:
        for qualifiers in der.sequence(policy)[1:]:
            for qualifier in der.sequence(qualifiers):
                der.oid(der.sequence(qualifier)[0])


@remembered
def _points(value_der: bytes, issuer_der: bytes) -> frozenset[bytes]:
    """Read the names.

    A cRLIssuer that is the certificate's issuer names nobody else: some authorities write it.
    """
    names: list[bytes] = []
    for point in _items(value_der):
        point_name, *others = der.sequence(point)
        if (
            point_name.tag != 0xA0
            or any(part.der != der.encode(0xA2, der.encode(0xA4, issuer_der)) for part in others)
            or len(others) > 1
        ):
            raise der.malformed(
                point.at, "distribution point for some reasons, or of another issuer"
            )
        names.extend(full_names(point_name))
    for name in names:
        general_names((der.whole(name, name[0]),))
    return frozenset(names)


def _alternative_names(value_der: bytes) -> None:
    general_names(_items(value_der))


def _authority_key(value_der: bytes) -> None:
    if any(
        part.tag not in (0x80, 0xA1, 0x82)
        for part in der.sequence(der.whole(value_der, der.SEQUENCE))
    ):
        raise der.malformed(0, "authorityKeyIdentifier")


def _access(value_der: bytes) -> None:
    for description in _items(value_der):
        method, location = der.sequence(description)
        der.oid(method)
        general_names((location,))


def _octets(value_der: bytes) -> None:
    der.whole(value_der, der.OCTET_STRING)


def _sequence(value_der: bytes) -> None:
    der.sequence(der.whole(value_der, der.SEQUENCE))


def _null(value_der: bytes) -> None:
    if value_der != b"\x05\x00":
        raise der.malformed(0, "ocsp-nocheck")


_READERS: MappingProxyType[str, Callable[[bytes], object]] = MappingProxyType(
    {
        _BASIC_CONSTRAINTS: _constraints,
        _KEY_USAGE: _key_usage,
        _EXTENDED_KEY_USAGE: _purposes,
        _POLICIES: _policies,
        _ALTERNATIVE_NAME: _alternative_names,
        _NO_CHECK: _null,
        _SUBJECT_KEY: _octets,
        _AUTHORITY_KEY: _authority_key,
        _ACCESS: _access,
        _STATEMENTS: _sequence,
    }
)
"""What each extension must look like; all of them may be critical, as the engine knows them all."""
