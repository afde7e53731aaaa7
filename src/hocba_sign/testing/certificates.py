"""Certificates and revocation lists of the test world, right or wrong as asked.

Built on asn1crypto instead of a certificate builder, because a builder refuses the very faults that
tests need.
"""

import hashlib
from datetime import datetime
from typing import Any, Final

from asn1crypto import algos, core, crl, keys, x509
from cryptography.hazmat.primitives.asymmetric import rsa

from hocba_sign.frozen_dataclass import dataclass
from hocba_sign.testing.keys import InsecureKey, public_key_der, sign_octets

Subject = tuple[tuple[str, str], ...]
"""Attribute names as in asn1crypto (`common_name`, `user_id`, ...) with their values, in order of
appearance.
"""

_GENERALIZED_TIME_FROM: Final = 2050


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateProfile:
    """What a certificate says; issuer and signature are given to `issue`."""

    subject: Subject
    not_before: datetime
    not_after: datetime
    key_usage: tuple[str, ...]
    path_length: int | None = None
    is_ca: bool = False
    extended_key_usage: tuple[str, ...] = ()
    is_extended_key_usage_critical: bool = False
    is_aia_critical: bool = False
    has_ocsp_no_check: bool = False
    serial: int | None = None
    digest: str = "sha256"
    crl_url: str | None = None
    ocsp_url: str | None = None
    issuer_url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Issuer:
    """Name and key that certificates, lists and answers are signed with."""

    subject: Subject
    key: InsecureKey


@dataclass(frozen=True, slots=True, kw_only=True)
class RevokedEntry:
    """One line of a revocation list; `reason` is named as in RFC 5280, e.g. `key_compromise`."""

    serial: int
    at: datetime
    reason: str


def distinguished_name(subject: Subject) -> x509.Name:
    """Encode `subject` in the given order, UTF8String throughout, the country as
    PrintableString.
    """
    return x509.Name(
        name="", value=x509.RDNSequence([_relative_name(kind, value) for kind, value in subject])
    )


def signature_algorithm(key: InsecureKey, digest: str) -> algos.SignedDigestAlgorithm:
    """Name the algorithm that `keys.sign_octets` uses."""
    suffix = "rsa" if isinstance(key, rsa.RSAPrivateKey) else "ecdsa"
    return algos.SignedDigestAlgorithm({"algorithm": f"{digest}_{suffix}"})


def key_identifier(key: InsecureKey) -> bytes:
    """Return the SHA-1 key identifier. Spec: RFC 5280, 4.2.1.2 (1)."""
    return bytes(keys.PublicKeyInfo.load(public_key_der(key)).sha1)


def issue(profile: CertificateProfile, key: InsecureKey, *, issuer: Issuer) -> bytes:
    """Return the certificate of `key` signed by `issuer`, in DER; for a root give its own name and
    key as issuer.

    Without `profile.serial` the number is derived from the content, addresses excepted.
    """
    algorithm = signature_algorithm(issuer.key, profile.digest)
    to_be_signed = x509.TbsCertificate(
        {
            "version": "v3",
            "serial_number": _derived_serial(profile, key, issuer)
            if profile.serial is None
            else profile.serial,
            "signature": algorithm,
            "issuer": distinguished_name(issuer.subject),
            "validity": {
                "not_before": _time(profile.not_before),
                "not_after": _time(profile.not_after),
            },
            "subject": distinguished_name(profile.subject),
            "subject_public_key_info": keys.PublicKeyInfo.load(public_key_der(key)),
            "extensions": _extensions(profile, key, issuer),
        }
    )
    certificate = x509.Certificate(
        {
            "tbs_certificate": to_be_signed,
            "signature_algorithm": algorithm,
            "signature_value": sign_octets(issuer.key, to_be_signed.dump(), digest=profile.digest),
        }
    )
    return bytes(certificate.dump())


def revocation_list(
    issuer: Issuer,
    at: datetime,
    *,
    next_update: datetime,
    entries: tuple[RevokedEntry, ...],
    signing_key: InsecureKey,
    digest: str = "sha256",
) -> bytes:
    """Return a full CRL in DER, numbered by the seconds of `at`; `signing_key` differs from the
    issuer's only in forgeries.
    """
    algorithm = signature_algorithm(signing_key, digest)
    fields: dict[str, Any] = {
        "version": "v2",
        "signature": algorithm,
        "issuer": distinguished_name(issuer.subject),
        "this_update": _time(at),
        "next_update": _time(next_update),
        "crl_extensions": [
            {
                "extn_id": "authority_key_identifier",
                "extn_value": {"key_identifier": key_identifier(issuer.key)},
            },
            {"extn_id": "crl_number", "extn_value": int(at.timestamp())},
        ],
    }
    if entries:
        fields["revoked_certificates"] = [
            {
                "user_certificate": entry.serial,
                "revocation_date": _time(entry.at),
                "crl_entry_extensions": [
                    {"extn_id": "crl_reason", "extn_value": crl.CRLReason(entry.reason)}
                ],
            }
            for entry in entries
        ]
    to_be_signed = crl.TbsCertList(fields)
    signed = crl.CertificateList(
        {
            "tbs_cert_list": to_be_signed,
            "signature_algorithm": algorithm,
            "signature": sign_octets(signing_key, to_be_signed.dump(), digest=digest),
        }
    )
    return bytes(signed.dump())


def _relative_name(kind: str, value: str) -> x509.RelativeDistinguishedName:
    text = (
        x509.DirectoryString(name="printable_string", value=core.PrintableString(value))
        if kind == "country_name"
        else x509.DirectoryString(name="utf8_string", value=core.UTF8String(value))
    )
    return x509.RelativeDistinguishedName([x509.NameTypeAndValue({"type": kind, "value": text})])


def _time(moment: datetime) -> x509.Time:
    whole = moment.replace(microsecond=0)
    if whole.year < _GENERALIZED_TIME_FROM:
        return x509.Time(name="utc_time", value=core.UTCTime(whole))
    return x509.Time(name="general_time", value=core.GeneralizedTime(whole))


def _derived_serial(profile: CertificateProfile, key: InsecureKey, issuer: Issuer) -> int:
    content = (
        profile.subject,
        profile.not_before.isoformat(),
        profile.not_after.isoformat(),
        profile.key_usage,
        profile.extended_key_usage,
        profile.is_extended_key_usage_critical,
        profile.is_aia_critical,
        profile.digest,
        key_identifier(key),
        key_identifier(issuer.key),
    )
    return int.from_bytes(hashlib.sha256(repr(content).encode()).digest()[:16], "big") >> 1


def _extensions(
    profile: CertificateProfile, key: InsecureKey, issuer: Issuer
) -> list[dict[str, object]]:
    constraints: dict[str, object] = {"ca": profile.is_ca}
    if profile.path_length is not None:
        constraints["path_len_constraint"] = profile.path_length
    extensions: list[dict[str, object]] = [
        {
            "extn_id": "basic_constraints",
            "critical": True,
            "extn_value": x509.BasicConstraints(constraints),
        },
        {
            "extn_id": "key_usage",
            "critical": True,
            "extn_value": x509.KeyUsage(set(profile.key_usage)),
        },
        {"extn_id": "key_identifier", "extn_value": key_identifier(key)},
        {
            "extn_id": "authority_key_identifier",
            "extn_value": {"key_identifier": key_identifier(issuer.key)},
        },
    ]
    if profile.extended_key_usage:
        extensions.append(
            {
                "extn_id": "extended_key_usage",
                "critical": profile.is_extended_key_usage_critical,
                "extn_value": list(profile.extended_key_usage),
            }
        )
    if profile.has_ocsp_no_check:
        extensions.append({"extn_id": "ocsp_no_check", "extn_value": core.Null()})
    if profile.crl_url is not None:
        point = {
            "distribution_point": x509.DistributionPointName(
                name="full_name", value=[_address(profile.crl_url)]
            )
        }
        extensions.append({"extn_id": "crl_distribution_points", "extn_value": [point]})
    access = [
        {"access_method": method, "access_location": _address(url)}
        for method, url in (("ocsp", profile.ocsp_url), ("ca_issuers", profile.issuer_url))
        if url is not None
    ]
    if access:
        extensions.append(
            {
                "extn_id": "authority_information_access",
                "critical": profile.is_aia_critical,
                "extn_value": access,
            }
        )
    return extensions


def _address(url: str) -> x509.GeneralName:
    return x509.GeneralName(name="uniform_resource_identifier", value=url)
