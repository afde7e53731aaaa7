"""The authorities of the test world: roots, the issuing authorities below them, and impostors."""

from datetime import datetime, timedelta
from typing import Final, Unpack, cast

from asn1crypto import x509

from hocba_sign.testing.certificates import (
    CertificateProfile,
    Issuer,
    RevokedEntry,
    distinguished_name,
    issue,
)
from hocba_sign.testing.identity import CertificateAuthority, Identity
from hocba_sign.testing.keys import KeyKind, insecure_key
from hocba_sign.testing.profiles import (
    AUTHORITIES,
    CA_KEY_USAGE,
    AuthorityPlan,
    CertificateOptions,
)

YEAR: Final = timedelta(days=365)
_IMPOSTOR: Final = "-impostor"


class Authorities:
    """Authorities as of `at` (UTC), each made when first asked for; arguments as for `World`."""

    def __init__(
        self,
        at: datetime,
        *,
        seed: str = "hocba",
        base_url: str = "http://127.0.0.1:0",
        rsa_bits: int = 2048,
        fast: bool = False,
    ) -> None:
        self.at = at
        self.base_url = base_url
        self._seed = seed
        self._kind: KeyKind = "ec" if fast else cast("KeyKind", f"rsa{rsa_bits}")
        self._authorities: dict[str, CertificateAuthority] = {}
        self._issued: set[tuple[str, int]] = set()
        self._revoked: dict[tuple[str, int], RevokedEntry] = {}

    @property
    def slugs(self) -> tuple[str, ...]:
        """Return the slugs of all authorities, the built-in ones first, impostors left out."""
        added = (
            slug
            for slug in self._authorities
            if slug not in AUTHORITIES and not slug.endswith(_IMPOSTOR)
        )
        return (*AUTHORITIES, *added)

    @property
    def anchors_der(self) -> tuple[bytes, ...]:
        """Return the built-in roots: national, Government, time-stamping."""
        return tuple(
            self.authority(slug).certificate_der
            for slug, plan in AUTHORITIES.items()
            if plan.parent is None
        )

    @property
    def intermediates_der(self) -> tuple[bytes, ...]:
        """Return the issuing authorities below the roots."""
        authorities = (self.authority(slug) for slug in self.slugs)
        return tuple(
            authority.certificate_der for authority in authorities if authority.parent is not None
        )

    def authority(self, which: CertificateAuthority | str) -> CertificateAuthority:
        """Return an authority by its slug; one that is already an authority comes back as it is.

        Raises KeyError for an unknown slug.
        """
        if isinstance(which, CertificateAuthority):
            return which
        if which not in self._authorities:
            self._authorities[which] = self._found(which, AUTHORITIES[which], CertificateOptions())
        return self._authorities[which]

    def issuing_ca(
        self,
        slug: str,
        name: str,
        *,
        parent: str | None = "national-root",
        **options: Unpack[CertificateOptions],
    ) -> CertificateAuthority:
        """Add an authority below `parent`, or a further root with None, e.g. with `key="ec"` or
        `digest="sha1"`.
        """
        subject = (
            ("country_name", "VN"),
            ("organization_name", "TEST - Thử nghiệm"),
            ("common_name", name),
        )
        self._authorities[slug] = self._found(slug, AuthorityPlan(subject, parent), options)
        return self._authorities[slug]

    def impostor(self, which: str) -> CertificateAuthority:
        """Return an authority with the same name but another key; an impostor of a root is its own
        root.

        It stands in no list of this world: neither `slugs` nor `anchors_der`, `intermediates_der`
        and `crls`.
        """
        true = self.authority(which)
        slug = f"{which}{_IMPOSTOR}"
        plan = AuthorityPlan(true.subject, true.parent and self.impostor(true.parent).slug)
        self._authorities[slug] = self._found(slug, plan, CertificateOptions())
        return self._authorities[slug]

    def _issuer_of(
        self, certificate: Identity | CertificateAuthority | bytes
    ) -> CertificateAuthority:
        match certificate:
            case Identity():
                return self.authority(certificate.authority)
            case CertificateAuthority():
                return self.authority(certificate.parent or certificate)
            case _:
                issuer = x509.Certificate.load(certificate).issuer.dump()
                slugs = {
                    distinguished_name(self.authority(slug).subject).dump(): slug
                    for slug in self.slugs
                }
                return self.authority(slugs[issuer])

    def _found(
        self, slug: str, plan: AuthorityPlan, options: CertificateOptions
    ) -> CertificateAuthority:
        key = insecure_key(f"{self._seed}/ca/{slug}", options.get("key", self._kind))
        above = None if plan.parent is None else self.authority(plan.parent)
        profile = CertificateProfile(
            subject=plan.subject,
            not_before=options.get("not_before", self.at - (10 if above is None else 2) * YEAR),
            not_after=options.get("not_after", self.at + (15 if above is None else 6) * YEAR),
            key_usage=options.get("key_usage", CA_KEY_USAGE),
            is_ca=True,
            path_length=None if above is None else 0,
            serial=options.get("serial"),
            digest=options.get("digest", "sha256"),
            crl_url=None if above is None else self._crl_url(above),
            issuer_url=None if above is None else self._issuer_url(above),
        )
        certificate_der = issue(
            profile,
            key,
            issuer=Issuer(subject=plan.subject, key=key) if above is None else above.issuer,
        )
        serial = self._record(above.slug if above else slug, certificate_der)
        chain = (certificate_der, *(above.chain_der if above else ()))
        return CertificateAuthority(
            slug=slug,
            subject=plan.subject,
            certificate_der=certificate_der,
            key=key,
            chain_der=chain,
            parent=plan.parent,
            serial=serial,
        )

    def _crl_url(self, authority: CertificateAuthority) -> str:
        return f"{self.base_url}/crl/{authority.slug}.crl"

    def _issuer_url(self, authority: CertificateAuthority) -> str:
        return f"{self.base_url}/ca/{authority.slug}.crt"

    def _record(self, slug: str, certificate_der: bytes) -> int:
        serial = int(x509.Certificate.load(certificate_der).serial_number)
        self._issued.add((slug, serial))
        return serial
