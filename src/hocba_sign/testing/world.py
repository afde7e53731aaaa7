"""A small public-key infrastructure shaped like Vietnam's, with INSECURE keys, for tests and the
demonstration.

    national-root   -> public-ca     -> teachers, homeroom teacher, principal, private schools
    government-root -> government-ca -> seals of public schools
    tsa-root        -> the time-stamp authority

Equal arguments give equal bytes. Nothing is made before it is asked for.
"""

from datetime import datetime, timedelta
from typing import Unpack

from hocba_sign.testing.authorities import YEAR, Authorities
from hocba_sign.testing.authority_answers import (
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
    RevokedEntry,
    Subject,
    issue,
    revocation_list,
)
from hocba_sign.testing.identity import CertificateAuthority, Identity
from hocba_sign.testing.keys import InsecureKey, insecure_key
from hocba_sign.testing.profiles import (
    SIGNER_KEY_USAGE,
    TSA_KEY_USAGE,
    CertificateOptions,
    OrganisationOptions,
    PersonOptions,
)


class World(Authorities):
    """Everything that signs in the tests, as of `at` (UTC); certificates of persons run from one
    year before to two years after.

    `seed` decides every key, `base_url` the addresses in the certificates. With `fast` all keys are
    ECDSA P-256, made at once; otherwise they are RSA with `rsa_bits`, about 0.2 s each on first use
    in a process.
    """

    @property
    def tsa(self) -> Identity:
        """Return the time-stamp authority; call `time_stamper` for one with faults."""
        return self.time_stamper()

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
            not_after=self.at + 5 * YEAR,
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
            not_before=said.get("not_before", self.at - YEAR),
            not_after=said.get("not_after", self.at + 2 * YEAR),
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


def _subject(*parts: tuple[str, str | None]) -> Subject:
    return tuple((kind, value) for kind, value in parts if value)
