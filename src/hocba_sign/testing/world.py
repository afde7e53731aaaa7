"""A small public-key infrastructure shaped like Vietnam's, with INSECURE keys, for tests and the
demonstration.

    national-root   -> public-ca     -> teachers, homeroom teacher, principal, private schools
    government-root -> government-ca -> seals of public schools
    tsa-root        -> the time-stamp authority

Equal arguments give equal bytes. Nothing is made before it is asked for.
"""

from datetime import datetime, timedelta
from typing import Final, Unpack, cast

from asn1crypto import x509

from hocba_sign.testing.authority import (
    OcspAnswer,
    OcspOptions,
    TimestampOptions,
    certificate_id,
    is_issued_by,
    ocsp_error,
    ocsp_response,
    read_ocsp_request,
    serial_asked,
    timestamp_request,
    timestamp_response,
    timestamp_token,
)
from hocba_sign.testing.certificates import (
    CertificateProfile,
    Issuer,
    RevokedEntry,
    Subject,
    distinguished_name,
    issue,
    revocation_list,
)
from hocba_sign.testing.identity import CertificateAuthority, Identity
from hocba_sign.testing.keys import InsecureKey, KeyKind, insecure_key
from hocba_sign.testing.profiles import (
    AUTHORITIES,
    CA_KEY_USAGE,
    SIGNER_KEY_USAGE,
    TSA_KEY_USAGE,
    AuthorityPlan,
    CertificateOptions,
    OrganisationOptions,
    PersonOptions,
)

_YEAR: Final = timedelta(days=365)
_IMPOSTOR: Final = "-impostor"


class World:
    """Everything that signs in the tests, as of `at` (UTC); certificates of persons run from one
    year before to two years after.

    `seed` decides every key, `base_url` the addresses in the certificates. With `fast` all keys are
    ECDSA P-256, made at once; otherwise they are RSA with `rsa_bits`, about 0.2 s each on first use
    in a process.
    """

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

    @property
    def tsa(self) -> Identity:
        """Return the time-stamp authority; call `time_stamper` for one with faults."""
        return self.time_stamper()

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

    def person(
        self,
        name: str,
        cccd: str,
        *,
        title: str | None = None,
        ou: str | None = None,
        **options: Unpack[PersonOptions],
    ) -> Identity:
        """Issue a personal certificate: UID `CCCD:<12 digits>`, the title in T.

        `cccd` is the bare number.
        """
        subject = _subject(
            ("country_name", "VN"),
            ("organization_name", options.get("organisation")),
            ("organizational_unit_name", ou),
            ("title", title),
            ("common_name", name),
            ("user_id", options.get("uid", f"CCCD:{cccd}")),
        )
        return self._leaf(
            subject, options, CertificateOptions(key_usage=SIGNER_KEY_USAGE, issuer="public-ca")
        )

    def principal(
        self,
        name: str,
        cccd: str,
        *,
        school: str,
        title: str = "Hiệu trưởng",
        **options: Unpack[PersonOptions],
    ) -> Identity:
        """Issue the certificate of a head of school: title in T, OU `Ban Giám hiệu`, O the
        school.
        """
        options["organisation"] = school
        return self.person(name, cccd, title=title, ou="Ban Giám hiệu", **options)

    def organisation(
        self,
        name: str,
        *,
        government: bool = True,
        mst: str | None = None,
        **options: Unpack[OrganisationOptions],
    ) -> Identity:
        """Issue a seal: CN, O, OU and L only from the Government, else with UID `MST:<10 digits>`
        from the public authority.
        """
        subject = _subject(
            ("country_name", None if government else "VN"),
            ("locality_name", options.get("locality", "Thành phố Thử nghiệm")),
            ("organization_name", "Ủy ban nhân dân Thành phố Thử nghiệm" if government else name),
            (
                "organizational_unit_name",
                options.get("unit", "Sở Giáo dục và Đào tạo Thử nghiệm" if government else None),
            ),
            ("common_name", name),
            ("user_id", mst and f"MST:{mst}"),
        )
        issuer = "government-ca" if government else "public-ca"
        return self._leaf(
            subject, options, CertificateOptions(key_usage=SIGNER_KEY_USAGE, issuer=issuer)
        )

    def subscriber(
        self, *subject: tuple[str, str], **options: Unpack[CertificateOptions]
    ) -> Identity:
        """Issue a signer's certificate with exactly this subject, attribute by attribute, named as
        in asn1crypto.
        """
        return self._leaf(
            subject, options, CertificateOptions(key_usage=SIGNER_KEY_USAGE, issuer="public-ca")
        )

    def time_stamper(
        self,
        name: str = "TEST Máy chủ cấp dấu thời gian 01 (thử nghiệm)",
        **options: Unpack[CertificateOptions],
    ) -> Identity:
        """Issue a time-stamp authority: critical EKU timeStamping and nothing else, unless
        `options` say otherwise.
        """
        subject = _subject(
            ("country_name", "VN"),
            ("organization_name", "TEST - Ban Thử nghiệm"),
            ("common_name", name),
        )
        usual = CertificateOptions(
            not_after=self.at + 5 * _YEAR,
            key_usage=TSA_KEY_USAGE,
            extended_key_usage=("time_stamping",),
            is_extended_key_usage_critical=True,
            issuer="tsa-root",
        )
        return self._leaf(subject, options, usual)

    def responder(
        self, which: CertificateAuthority | str, **options: Unpack[CertificateOptions]
    ) -> Identity:
        """Issue a delegated OCSP responder of an authority, with EKU OCSPSigning and the extension
        ocsp-nocheck.
        """
        authority = self.authority(which)
        name = f"TEST OCSP {authority.slug} (thử nghiệm)"
        usual = CertificateOptions(
            key_usage=("digital_signature",), extended_key_usage=("ocsp_signing",), issuer=authority
        )
        return self._leaf(
            _subject(("country_name", "VN"), ("common_name", name)),
            options,
            usual,
            is_responder=True,
        )

    def revoke(
        self,
        holder: Identity | CertificateAuthority,
        at: datetime,
        *,
        reason: str = "key_compromise",
    ) -> None:
        """Revoke from `at` on: lists and answers made for an earlier moment do not know it.

        `reason` as in RFC 5280.
        """
        authority = (
            holder.authority if isinstance(holder, Identity) else holder.parent or holder.slug
        )
        self._revoked[authority, holder.serial] = RevokedEntry(
            serial=holder.serial, at=at, reason=reason
        )

    def crl(
        self,
        which: CertificateAuthority | str,
        at: datetime,
        *,
        next_update: datetime | None = None,
        signed_by: CertificateAuthority | None = None,
        digest: str = "sha256",
    ) -> bytes:
        """Return the full list of an authority in DER; `signed_by` forges it with another
        authority's key.

        The next update is 180 days later for a root, 7 days for others.
        """
        authority = self.authority(which)
        entries = (
            entry
            for (slug, _), entry in self._revoked.items()
            if slug == authority.slug and entry.at <= at
        )
        return revocation_list(
            authority.issuer,
            at,
            next_update=next_update or at + timedelta(days=180 if authority.parent is None else 7),
            entries=tuple(sorted(entries, key=lambda entry: (entry.at, entry.serial))),
            signing_key=(signed_by or authority).key,
            digest=digest,
        )

    def crls(self, at: datetime) -> tuple[bytes, ...]:
        """Return the lists of all authorities in the order of `slugs`."""
        return tuple(self.crl(slug, at) for slug in self.slugs)

    def ocsp_response(
        self,
        certificate: Identity | CertificateAuthority | bytes,
        at: datetime,
        *,
        signer: CertificateAuthority | Identity | None = None,
        **options: Unpack[OcspOptions],
    ) -> bytes:
        """Return the OCSPResponse for one certificate, signed by its issuer unless a `signer` is
        given (`responder`, `impostor`).

        Raises: KeyError for a certificate in DER whose issuer has no name of this world.
        """
        authority = self._issuer_of(certificate)
        certificate_der = (
            certificate if isinstance(certificate, bytes) else certificate.certificate_der
        )
        identifier = certificate_id(
            certificate_der, authority.certificate_der, digest=options.get("cert_id_digest", "sha1")
        )
        return ocsp_response(
            (self._answer(identifier, authority, at),), signer or authority, at=at, **options
        )

    def answer_ocsp(
        self,
        request_der: bytes,
        at: datetime,
        *,
        issuer: CertificateAuthority | str,
        signer: CertificateAuthority | Identity | None = None,
        **options: Unpack[OcspOptions],
    ) -> bytes:
        """Answer an OCSPRequest: its nonce comes back, certificates of another `issuer` are
        `unauthorized`.
        """
        authority = self.authority(issuer)
        try:
            identifiers, nonce = read_ocsp_request(request_der)
        except ValueError:
            return ocsp_error("malformed_request")
        if not all(
            is_issued_by(identifier, authority.certificate_der) for identifier in identifiers
        ):
            return ocsp_error("unauthorized")
        if nonce is not None:
            options = {"nonce": nonce, **options}
        answers = tuple(self._answer(identifier, authority, at) for identifier in identifiers)
        return ocsp_response(answers, signer or authority, at=at, **options)

    def timestamp(
        self,
        request: bytes | tuple[str, bytes],
        at: datetime,
        *,
        tsa: Identity | None = None,
        **options: Unpack[TimestampOptions],
    ) -> bytes:
        """Return a TimeStampResp for a TimeStampReq in DER, or for (hash name, digest)."""
        request_der = request if isinstance(request, bytes) else timestamp_request(*request)
        return timestamp_response(request_der, tsa or self.tsa, at=at, **options)

    def timestamp_token(
        self,
        request: bytes | tuple[str, bytes],
        at: datetime,
        *,
        tsa: Identity | None = None,
        **options: Unpack[TimestampOptions],
    ) -> bytes:
        """Return only the token (ContentInfo) of `timestamp`."""
        return timestamp_token(self.timestamp(request, at, tsa=tsa, **options))

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

    def _answer(
        self, identifier: bytes, authority: CertificateAuthority, at: datetime
    ) -> OcspAnswer:
        place = authority.slug, serial_asked(identifier)
        revoked = self._revoked.get(place)
        if revoked is not None and revoked.at <= at:
            return OcspAnswer(cert_id_der=identifier, status="revoked", revoked=revoked)
        return OcspAnswer(
            cert_id_der=identifier, status="good" if place in self._issued else "unknown"
        )

    def _found(
        self, slug: str, plan: AuthorityPlan, options: CertificateOptions
    ) -> CertificateAuthority:
        key = insecure_key(f"{self._seed}/ca/{slug}", options.get("key", self._kind))
        above = None if plan.parent is None else self.authority(plan.parent)
        profile = CertificateProfile(
            subject=plan.subject,
            not_before=options.get("not_before", self.at - (10 if above is None else 2) * _YEAR),
            not_after=options.get("not_after", self.at + (15 if above is None else 6) * _YEAR),
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

    def _leaf(
        self,
        subject: Subject,
        options: CertificateOptions,
        usual: CertificateOptions,
        *,
        is_responder: bool = False,
    ) -> Identity:
        said: CertificateOptions = {**usual, **options}
        above = self.authority(said["issuer"])
        kind = said.get("key", self._kind)
        key: InsecureKey = insecure_key(f"{self._seed}/leaf/{subject!r}", kind)
        profile = CertificateProfile(
            subject=subject,
            not_before=said.get("not_before", self.at - _YEAR),
            not_after=said.get("not_after", self.at + 2 * _YEAR),
            key_usage=said["key_usage"],
            extended_key_usage=said.get("extended_key_usage", ()),
            is_extended_key_usage_critical=said.get("is_extended_key_usage_critical", False),
            is_aia_critical=said.get("is_aia_critical", False),
            has_ocsp_no_check=is_responder,
            serial=said.get("serial"),
            digest=said.get("digest", "sha256"),
            crl_url=None if is_responder else self._crl_url(above),
            ocsp_url=None
            if is_responder or above.parent is None
            else f"{self.base_url}/ocsp/{above.slug}",
            issuer_url=None if is_responder else self._issuer_url(above),
        )
        certificate_der = issue(profile, key, issuer=above.issuer)
        chain = (certificate_der, *above.chain_der)
        serial = self._record(above.slug, certificate_der)
        return Identity(
            name=dict(subject).get("common_name", ""),
            certificate_der=certificate_der,
            key=key,
            chain_der=chain,
            authority=above.slug,
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


def _subject(*parts: tuple[str, str | None]) -> Subject:
    return tuple((kind, value) for kind, value in parts if value)
