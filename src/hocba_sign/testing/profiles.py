"""The authorities that every test world has, and what a certificate in it may say instead of the
usual.
"""

from datetime import datetime
from typing import Final, TypedDict

from hocba_sign.frozen_dataclass import dataclass
from hocba_sign.testing.certificates import Subject
from hocba_sign.testing.identity import CertificateAuthority
from hocba_sign.testing.keys import KeyKind

SIGNER_KEY_USAGE: Final = ("digital_signature", "non_repudiation", "key_encipherment")
TSA_KEY_USAGE: Final = ("digital_signature", "non_repudiation")
CA_KEY_USAGE: Final = ("digital_signature", "key_cert_sign", "crl_sign")


class CertificateOptions(TypedDict, total=False):
    """What any certificate may say instead of the usual.

    Times are UTC.
    `key` is the kind of the holder's key, `digest` the hash of the issuer's signature (`sha1` for
        old certificates); usages are named as in asn1crypto.
    `issuer` is an authority or its slug.
    """

    not_before: datetime
    not_after: datetime
    key: KeyKind
    digest: str
    serial: int
    key_usage: tuple[str, ...]
    extended_key_usage: tuple[str, ...]
    is_extended_key_usage_critical: bool
    is_aia_critical: bool
    issuer: CertificateAuthority | str


class PersonOptions(CertificateOptions, total=False):
    """`organisation` goes into O; `uid` replaces `CCCD:<number>`, and an empty one leaves the
    attribute out.
    """

    organisation: str
    uid: str


class OrganisationOptions(CertificateOptions, total=False):
    """`unit` and `locality` go into OU and L."""

    unit: str
    locality: str


@dataclass(frozen=True, slots=True)
class AuthorityPlan:
    """Name of an authority and the slug of the one above it, None for a root."""

    subject: Subject
    parent: str | None


AUTHORITIES: Final[dict[str, AuthorityPlan]] = {
    "national-root": AuthorityPlan(
        (
            ("country_name", "VN"),
            ("organization_name", "TEST - Bộ Thử nghiệm"),
            ("organizational_unit_name", "TEST National Electronic Authentication Centre"),
            ("common_name", "TEST Vietnam National Root CA (thử nghiệm)"),
        ),
        None,
    ),
    "public-ca": AuthorityPlan(
        (
            ("country_name", "VN"),
            ("organization_name", "TEST - Công ty Cổ phần Chữ ký số Thử nghiệm"),
            ("common_name", "TEST Public Issuing CA RS (thử nghiệm)"),
            ("user_id", "0100000000"),
        ),
        "national-root",
    ),
    "government-root": AuthorityPlan(
        (
            ("country_name", "VN"),
            ("organization_name", "TEST - Ban Thử nghiệm Chính phủ"),
            ("common_name", "TEST Government Root CA G2 (thử nghiệm)"),
        ),
        None,
    ),
    "government-ca": AuthorityPlan(
        (
            ("country_name", "VN"),
            ("organization_name", "TEST - Ban Thử nghiệm Chính phủ"),
            ("common_name", "TEST CA phục vụ các cơ quan Nhà nước G2"),
        ),
        "government-root",
    ),
    "tsa-root": AuthorityPlan(
        (
            ("country_name", "VN"),
            ("organization_name", "TEST - Bộ Thử nghiệm"),
            ("common_name", "TEST Vietnam National Root CA - TSA (thử nghiệm)"),
        ),
        None,
    ),
}
