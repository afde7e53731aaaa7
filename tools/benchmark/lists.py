"""Revocation lists with very many entries: what their first use and each look-up cost."""

import asyncio
from datetime import datetime, timedelta
from pathlib import Path

from asn1crypto import crl as asn1_crl
from asn1crypto import x509
from pyhanko_certvalidator import CertificateValidator, ValidationContext

from hocba_sign.crypto import der
from hocba_sign.pki.certificates.certificate import Certificate
from hocba_sign.pki.path.path_validation import PathRequirements, PathStatus, validate_path
from hocba_sign.pki.revocation.evidence import Evidence
from hocba_sign.pki.trust.store import TrustStore
from hocba_sign.testing.certificates import RevokedEntry, revocation_list
from hocba_sign.testing.keys import InsecureKey, sign_octets
from hocba_sign.testing.world import World

LARGE, SMALL = 100_000, 20
HOLDERS = 8
_CA = "national-root"
_ENTRIES = 5
"""The place of revokedCertificates among the fields: version, algorithm, issuer and the two times
stand before it.
"""
_STEP = 0x9E3779B97F4A7C15F39CC0605CEDC835
"""Serial numbers of 128 bits, far from one another, as CAs draw them."""


def write(world: World, folder: Path, at: datetime) -> None:
    """Write a root, a few certificates, and lists that name none of them."""
    authority = world.authority(_CA)
    (folder / "list-ca.cer").write_bytes(authority.certificate_der)
    for number in range(HOLDERS):
        (folder / f"list-{number}.cer").write_bytes(
            world.person(f"Người Thử {number}", f"0011990{number:05}", issuer=_CA).certificate_der
        )
    model = revocation_list(
        authority.issuer,
        at,
        next_update=at + timedelta(days=7),
        entries=(RevokedEntry(serial=1, at=at, reason="superseded"),),
        signing_key=authority.key,
    )
    for size in (LARGE, SMALL):
        (folder / f"list-{size}.crl").write_bytes(grown(model, size, authority.key))


def grown(model: bytes, size: int, key: InsecureKey) -> bytes:
    """Return the list of one entry with `size` of its like; element by element the encoder would
    take minutes.
    """
    content, algorithm, _ = der.sequence(der.whole(model, der.SEQUENCE))
    parts = list(der.sequence(content))
    _, date, *rest = der.sequence(der.sequence(parts[_ENTRIES])[0])
    tail = b"".join(part.der for part in (date, *rest))
    serials = (((n + 1) * _STEP % (1 << 126)).to_bytes(16, "big") for n in range(size))
    lines = der.encode(
        der.SEQUENCE,
        *(
            der.encode(der.SEQUENCE, der.encode(der.INTEGER, b"\x01" + serial[1:]), tail)
            for serial in serials
        ),
    )
    octets = [lines if number == _ENTRIES else part.der for number, part in enumerate(parts)]
    signed = der.encode(der.SEQUENCE, *octets)
    value = der.encode(der.BIT_STRING, b"\x00" + sign_octets(key, signed, digest="sha256"))
    return der.encode(der.SEQUENCE, signed, algorithm.der, value)


class Lists:
    """Judges single certificates directly below a root."""

    def __init__(self, folder: Path, at: datetime) -> None:
        self._at = at
        self._holders = [(folder / f"list-{number}.cer").read_bytes() for number in range(HOLDERS)]
        self._anchor = (folder / "list-ca.cer").read_bytes()
        self._octets = {size: (folder / f"list-{size}.crl").read_bytes() for size in (LARGE, SMALL)}
        self._trust = TrustStore.of([Certificate.load(self._anchor)])
        self._read = {size: Evidence.of(crls=[octets]) for size, octets in self._octets.items()}

    def first(self, number: int) -> None:
        """Read, verify and ask the large list."""
        self._judge(number, Evidence.of(crls=[self._octets[LARGE]]))

    def again(self, number: int, size: int) -> None:
        """Ask a list that was seen before."""
        self._judge(number, self._read[size])

    def _judge(self, number: int, evidence: Evidence) -> None:
        leaf = Certificate.load(self._holders[number % HOLDERS])
        result = validate_path(
            leaf, trust=self._trust, evidence=evidence, at=self._at, requirements=PathRequirements()
        )
        assert result.status is PathStatus.PASSED, result.causes

    def reference(self, number: int) -> None:
        """Let pyhanko-certvalidator do what `first` does."""
        context = ValidationContext(
            trust_roots=[x509.Certificate.load(self._anchor)],
            crls=[asn1_crl.CertificateList.load(self._octets[LARGE])],
            moment=self._at,
            allow_fetching=False,
            revocation_mode="require",
        )
        leaf = x509.Certificate.load(self._holders[number % HOLDERS])
        asyncio.run(CertificateValidator(leaf, validation_context=context).async_validate_path())
