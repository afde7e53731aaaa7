"""Which token, certificate, key and mechanism are meant: chosen by what they are, never the first
of several.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from asn1crypto import algos, core
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from hocba_sign.adapters.pkcs11.inventory import KeyFacts, StoredCertificate, TokenFacts
from hocba_sign.crypto.algorithms import Scheme, SignatureAlgorithm
from hocba_sign.crypto.digests import DigestAlgorithm, digest
from hocba_sign.crypto.verify import PublicKey, load_public_key
from hocba_sign.errors import CallerError, OutsideError
from hocba_sign.frozen_dataclass import dataclass
from hocba_sign.pki.certificates.certificate import Certificate

_HASH_IN: Final = {
    Scheme.RSA_PKCS1: "RSA_PKCS",
    Scheme.RSA_PSS: "RSA_PKCS_PSS",
    Scheme.ECDSA: "ECDSA",
}
"""Mechanisms that take a hash; those that hash themselves are named `SHA256_` and so on before."""
_WHOLE_IN: Final = {Scheme.RSA_PKCS1: "{}_RSA_PKCS", Scheme.ECDSA: "ECDSA_{}"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """What a token is given: the mechanism and the octets that go in; `pss` are hash, mask hash and
    salt length of RSASSA-PSS.
    """

    mechanism: str
    octets: bytes
    pss: tuple[str, str, int] | None = None


def choose_token(tokens: Sequence[TokenFacts], wanted: str | None) -> int:
    """Return the place of the token that is called `wanted` by label or serial number, or of the
    only one.

    Raises: CallerError TOKEN.NONE, TOKEN.NOT_FOUND, TOKEN.WHICH naming those that are there.
    """
    there = [place for place, token in enumerate(tokens) if token.is_initialised]
    found = [place for place in there if wanted in {None, tokens[place].label}] or [
        place for place in there if tokens[place].serial == wanted
    ]
    names = ", ".join(tokens[place].name for place in there)
    if not there:
        raise CallerError("TOKEN.NONE")
    if not found:
        raise CallerError("TOKEN.NOT_FOUND", where=f"{wanted}; {names}")
    if len(found) > 1:
        raise CallerError("TOKEN.WHICH", where=names)
    return found[0]


def choose_certificate(
    stored: Sequence[StoredCertificate],
    *,
    at: datetime,
    given: Certificate | None = None,
    sha256: str | None = None,
) -> StoredCertificate:
    """Return the certificate to sign with: the one `given`, also where the token does not hold it,
    or that of `sha256`; else the only one that is no authority's.

    Of several the only one that may sign at `at` (aware): a renewed certificate stands beside the
    one that it replaces.
    Raises: CallerError TOKEN.NO_CERTIFICATE, TOKEN.WHICH_CERTIFICATE naming them.
    """
    sha256 = given.sha256 if given is not None else sha256
    if sha256 is not None:
        found = [candidate for candidate in stored if candidate.certificate.sha256 == sha256]
        if found:
            return found[0]
        if given is None:
            raise CallerError("TOKEN.NO_CERTIFICATE", where=sha256)
        return StoredCertificate(certificate=given)
    own = {
        candidate.certificate.sha256: candidate
        for candidate in stored
        if not candidate.certificate.is_ca
    }
    usable = [candidate for candidate in own.values() if _may_sign(candidate.certificate, at)]
    candidates = usable if len(own) > 1 else list(own.values())
    if not own:
        raise CallerError("TOKEN.NO_CERTIFICATE")
    if len(candidates) != 1:
        raise CallerError("TOKEN.WHICH_CERTIFICATE", where=", ".join(own))
    return candidates[0]


def choose_key(keys: Sequence[KeyFacts], wanted: StoredCertificate) -> int:
    """Return the place of the certificate's key: by its id, then by its public part, last by its
    label.

    Raises: OutsideError TOKEN.SEVERAL_KEYS, TOKEN.OTHER_KEY, TOKEN.NO_KEY.
    """
    public = public_part(load_public_key(wanted.certificate.public_key_der))
    by_id = [place for place, key in enumerate(keys) if wanted.id and key.id == wanted.id]
    if len(by_id) > 1:
        raise OutsideError("TOKEN.SEVERAL_KEYS", where=f"id {wanted.id.hex()}")
    if by_id and keys[by_id[0]].public in {None, public}:
        return by_id[0]
    by_public = [place for place, key in enumerate(keys) if key.public == public is not None]
    by_label = [
        place
        for place, key in enumerate(keys)
        if wanted.label and key.label == wanted.label and key.public is None
    ]
    found = by_public or ([] if by_id else by_label)
    if len(found) > 1:
        raise OutsideError("TOKEN.SEVERAL_KEYS", where=wanted.label or "one public key")
    if not found:
        raise OutsideError("TOKEN.OTHER_KEY" if by_id else "TOKEN.NO_KEY")
    return found[0]


def public_part(key: PublicKey) -> bytes | None:
    """Return what identifies a public key on a token: the RSA modulus without leading zeros, or the
    point of a curve, not compressed.
    """
    match key.key:
        case rsa.RSAPublicKey():
            modulus = key.key.public_numbers().n
            return modulus.to_bytes((modulus.bit_length() + 7) // 8, "big")
        case ec.EllipticCurvePublicKey():
            return key.key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        case _:
            return None


def task(octets: bytes, algorithm: SignatureAlgorithm, *, mechanisms: frozenset[str]) -> Task:
    """Return how a token makes this signature: from the hash where it can, as every token in the
    country is used, else from the octets themselves.

    Raises: CallerError KEY.ALGORITHM where it has no mechanism for it.
    """
    hashing = algorithm.digest
    if hashing is None or algorithm.scheme not in _HASH_IN:
        raise CallerError("KEY.ALGORITHM", detail=f"{algorithm.name} in a token")
    mechanism = _HASH_IN[algorithm.scheme]
    if mechanism in mechanisms:
        value = digest(hashing, octets)
        if algorithm.pss is not None:
            pss = algorithm.pss
            names = (_spelt(pss.digest), _spelt(pss.mgf_digest))
            return Task(mechanism=mechanism, octets=value, pss=(*names, pss.salt_length))
        if algorithm.scheme is Scheme.RSA_PKCS1:
            value = _digest_info(hashing.oid, value)
        return Task(mechanism=mechanism, octets=value)
    whole = _WHOLE_IN.get(algorithm.scheme, "").format(_spelt(hashing))
    if whole not in mechanisms:
        raise CallerError(
            "KEY.ALGORITHM", detail=f"the token has no mechanism for {algorithm.name}"
        )
    return Task(mechanism=whole, octets=octets)


def _digest_info(oid: str, value: bytes) -> bytes:
    """Spec: RFC 8017, 9.2, step 2."""
    parameters = {"algorithm": oid, "parameters": core.Null()}
    info = algos.DigestInfo({"digest_algorithm": parameters, "digest": value})
    return bytes(info.dump())


def _may_sign(certificate: Certificate, at: datetime) -> bool:
    return certificate.may_sign and certificate.not_before <= at <= certificate.not_after


def _spelt(hashing: DigestAlgorithm) -> str:
    """Return a hash as PKCS#11 spells it."""
    return hashing.name.upper().replace("-", "_")
