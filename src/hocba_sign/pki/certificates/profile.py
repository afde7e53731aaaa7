"""What a certificate may be used for, and the profile rules that path validation leaves to its
caller.

Spec: RFC 5280, 4.1 and 4.2; RFC 3161, 2.3.
"""

from collections.abc import Iterator
from enum import StrEnum
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from hocba_sign.crypto import der
from hocba_sign.pki.cache.asn1 import parsed_certificate

if TYPE_CHECKING:
    from asn1crypto import x509

MAX_KEPT: Final = 512
"""Answers about certificates that stay; those of the people of a school or two."""


class Purpose(StrEnum):
    """What the leaf must be fit for."""

    ANY = "any"
    SIGNING = "signing"
    TIMESTAMPING = "timestamping"


class ProfileException(StrEnum):
    """A deviation from RFC 5280 of genuine Vietnamese certificates that a caller may let pass; its
    use is reported.
    """

    KEY_CERT_SIGN_WITHOUT_CA = "key_cert_sign_without_ca"
    """keyCertSign in a leaf that is no CA: the time-stamping certificates of six public CAs."""
    CRITICAL_AUTHORITY_INFORMATION_ACCESS = "critical_authority_information_access"
    """authorityInfoAccess marked critical: one public CA's time-stamping certificate."""


_EXCUSABLE = {
    "PATH.KEY_CERT_SIGN_WITHOUT_CA": ProfileException.KEY_CERT_SIGN_WITHOUT_CA,
    "PATH.CRITICAL_AIA": ProfileException.CRITICAL_AUTHORITY_INFORMATION_ACCESS,
}


_PROCESSED = frozenset(
    {
        "1.3.6.1.5.5.7.1.3",
        "aa_controls",
        "authority_information_access",
        "authority_key_identifier",
        "basic_constraints",
        "certificate_policies",
        "crl_distribution_points",
        "extended_key_usage",
        "freshest_crl",
        "inhibit_any_policy",
        "key_identifier",
        "key_usage",
        "name_constraints",
        "ocsp_no_check",
        "policy_constraints",
        "policy_mappings",
        "qc_statements",
        "subject_alt_name",
    }
)
"""Extensions that path validation processes; another that is critical is refused."""

_SERVICES = frozenset({"time_stamping", "ocsp_signing", "server_auth", "code_signing"})
"""Purposes of machines and programs: a key for these alone signs no documents.

Log-on, e-mail and document signing are people's.
"""

MAX_NAME_COMPARISONS = 4_096
"""Names times constrained subtrees in one chain; real chains have none.

The engine needs up to 0.1 ms for each.
"""


def has_too_many_names(chain_der: tuple[bytes, ...]) -> bool:
    """Return whether name constraints would make judging the chain expensive."""
    names = subtrees = 0
    for octets in chain_der:
        certificate = parsed_certificate(octets)
        names += len(certificate.subject_alt_name_value or ()) + len(certificate.subject.chosen)
        constraints = certificate.name_constraints_value
        if constraints is not None:
            subtrees += sum(
                len(constraints[side])
                for side in ("permitted_subtrees", "excluded_subtrees")
                if constraints[side]
            )
    return names * subtrees > MAX_NAME_COMPARISONS


@lru_cache(maxsize=MAX_KEPT)
def usage_cause(certificate_der: bytes, purpose: Purpose) -> str | None:
    """Return why the certificate is not fit for `purpose`, or None.

    A key for services of machines alone signs no documents.
    Spec: RFC 5280, 4.2.1.3 and 4.2.1.12; RFC 3161, 2.3 (the extended key usage is critical and
    holds timeStamping alone).
    """
    certificate = parsed_certificate(certificate_der)
    usage = certificate.key_usage_value
    if (
        purpose is not Purpose.ANY
        and usage is not None
        and not usage.native & {"digital_signature", "non_repudiation"}
    ):
        return "PATH.KEY_USAGE"
    if purpose is Purpose.TIMESTAMPING:
        extended = certificate.extended_key_usage_value
        is_critical = "extended_key_usage" in certificate.critical_extensions
        if extended is None or not is_critical or extended.native != ["time_stamping"]:
            return "PATH.EXTENDED_KEY_USAGE"
    if purpose is Purpose.SIGNING:
        extended = certificate.extended_key_usage_value
        if extended is not None and _SERVICES.issuperset(extended.native):
            return "PATH.EXTENDED_KEY_USAGE"
    return None


def leaf_causes(
    certificate_der: bytes, purpose: Purpose, *, allowed: frozenset[ProfileException]
) -> tuple[str, ...]:
    """Return the causes against one certificate that is no issuer: its profile, its usage, and
    critical extensions that nobody here knows.
    """
    certificate = parsed_certificate(certificate_der)
    causes = [
        cause for cause in _certificate_causes(certificate) if _EXCUSABLE.get(cause) not in allowed
    ]
    usage = usage_cause(certificate_der, purpose)
    causes += [usage] if usage is not None else []
    causes += ["PATH.CRITICAL_EXTENSION"] if certificate.critical_extensions - _PROCESSED else []
    return tuple(dict.fromkeys(causes))


def profile_causes(
    chain_der: tuple[bytes, ...], allowed: frozenset[ProfileException]
) -> tuple[tuple[str, ...], tuple[ProfileException, ...]]:
    """Return the causes against the certificates (leaf first, anchor last), and the exceptions that
    were needed.

    The anchor itself is only asked whether it may issue.
    """
    causes: list[str] = []
    used: list[ProfileException] = []
    for index, octets in enumerate(chain_der):
        certificate = parsed_certificate(octets)
        is_anchor = index == len(chain_der) - 1
        for cause in _issuer_causes(certificate) if is_anchor else _certificate_causes(certificate):
            exception = _EXCUSABLE.get(cause)
            if exception in allowed and index == 0:
                used.append(exception)
            else:
                causes.append(cause)
    return tuple(dict.fromkeys(causes)), tuple(dict.fromkeys(used))


def _issuer_causes(certificate: "x509.Certificate") -> Iterator[str]:
    if _version(certificate) == "v3" and not certificate.ca:
        yield "PATH.NOT_A_CA"
    usage = certificate.key_usage_value
    if usage is not None and "key_cert_sign" not in usage.native:
        yield "PATH.CA_KEY_USAGE"


def _certificate_causes(certificate: "x509.Certificate") -> Iterator[str]:
    fields = certificate["tbs_certificate"]
    has_extensions = bool(fields["extensions"])
    extended = certificate.extended_key_usage_value
    names_itself = (
        len(fields["subject"].chosen) > 0 or "subject_alt_name" in certificate.critical_extensions
    )
    if (
        (has_extensions and _version(certificate) != "v3")
        or len(fields["issuer"].chosen) == 0
        or not names_itself
        or (extended is not None and len(extended) == 0)
        or (certificate.name_constraints_value is not None and not certificate.ca)
    ):
        yield "PATH.PROFILE"
    if "certificate_policies" in certificate.critical_extensions and not knows_qualifiers(
        certificate.certificate_policies_value.dump()
    ):
        yield "PATH.CRITICAL_EXTENSION"
    usage = certificate.key_usage_value
    if usage is not None and "key_cert_sign" in usage.native and not certificate.ca:
        yield "PATH.KEY_CERT_SIGN_WITHOUT_CA"
    if "authority_information_access" in certificate.critical_extensions:
        yield "PATH.CRITICAL_AIA"


_QUALIFIERS = frozenset({"1.3.6.1.5.5.7.2.1", "1.3.6.1.5.5.7.2.2"})
"""CPS pointer and user notice: they are for people, and change nothing."""


def knows_qualifiers(policies_der: bytes) -> bool:
    """Return whether all qualifiers of a certificatePolicies extension are known, as they must be
    where it is critical.

    Raises: InputError DER.MALFORMED. Spec: RFC 5280, 4.2.1.4.
    """
    policies = der.sequence(der.whole(policies_der, der.SEQUENCE))
    holders = (holder for policy in policies for holder in der.sequence(policy)[1:])
    return all(
        der.oid(der.sequence(element)[0]) in _QUALIFIERS
        for holder in holders
        for element in der.sequence(holder)
    )


def _version(certificate: "x509.Certificate") -> str:
    return str(certificate["tbs_certificate"]["version"].native)
