"""INSECURE keys for tests: derived from a public seed string, so anybody can compute them.

A test world is byte for byte reproducible without a single key in the repository. Never use these
keys for anything real.
"""

import hashlib
import math
from collections.abc import Iterator
from functools import lru_cache
from typing import Final, Literal, assert_never

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from hocba_sign.crypto.algorithms import Scheme, SignatureAlgorithm
from hocba_sign.crypto.digests import DigestAlgorithm, digest

KeyKind = Literal["rsa1024", "rsa2048", "rsa3072", "rsa4096", "ec"]
InsecureKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey

HASHES: Final[dict[str, hashes.HashAlgorithm]] = {
    "sha1": hashes.SHA1(),  # noqa: S303 -- SHA-1 certificates are one of the faults
    "sha256": hashes.SHA256(),
    "sha384": hashes.SHA384(),
    "sha512": hashes.SHA512(),
}
_PSS_SALT: Final = b"hocba insecure salt"
_SIEVE_LIMIT: Final = 1 << 17
_WINDOW: Final = 1 << 13
_ROUNDS: Final = (3, 5, 7, 11, 13)
_P256_ORDER: Final = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


def insecure_key(seed: str, kind: KeyKind) -> InsecureKey:
    """Derive the INSECURE test key that `seed` and `kind` determine."""
    if kind == "ec":
        return insecure_ec_key(seed)
    return insecure_rsa_key(seed, int(kind.removeprefix("rsa")))


@lru_cache(maxsize=512)
def insecure_rsa_key(seed: str, bits: int = 2048) -> rsa.RSAPrivateKey:
    """Derive an INSECURE RSA test key of exactly `bits` bits, exponent 65537; about 0.25 s for 2048
    bits.
    """
    exponent = 65537
    octets = _octets(f"hocba insecure rsa {bits} {seed}")
    p, q = sorted(
        (_prime(octets, bits // 2, exponent), _prime(octets, bits // 2, exponent)), reverse=True
    )
    d = pow(exponent, -1, math.lcm(p - 1, q - 1))
    public = rsa.RSAPublicNumbers(exponent, p * q)
    numbers = rsa.RSAPrivateNumbers(p, q, d, d % (p - 1), d % (q - 1), pow(q, -1, p), public)
    return numbers.private_key(unsafe_skip_rsa_key_validation=True)


@lru_cache(maxsize=512)
def insecure_ec_key(seed: str) -> ec.EllipticCurvePrivateKey:
    """Derive an INSECURE ECDSA P-256 test key."""
    wide = int.from_bytes(_take(_octets(f"hocba insecure p256 {seed}"), 48), "big")
    return ec.derive_private_key(wide % (_P256_ORDER - 1) + 1, ec.SECP256R1())


def sign_octets(key: InsecureKey, octets: bytes, *, digest: str) -> bytes:
    """Sign with PKCS#1 v1.5 or deterministic ECDSA (RFC 6979, DER value), so that equal input gives
    equal bytes.
    """
    match key:
        case rsa.RSAPrivateKey():
            return key.sign(octets, padding.PKCS1v15(), HASHES[digest])
        case ec.EllipticCurvePrivateKey():
            return key.sign(octets, ec.ECDSA(HASHES[digest], deterministic_signing=True))
        case _:
            assert_never(key)


def signature_value(key: InsecureKey, octets: bytes, *, algorithm: SignatureAlgorithm) -> bytes:
    """Sign deterministically as XML wants it: raw RSA values (PSS with a fixed salt), ECDSA
    as r‖s.
    """
    if algorithm.digest is None:
        raise ValueError("EdDSA keys have no test identity")
    match key:
        case rsa.RSAPrivateKey() if algorithm.scheme is Scheme.RSA_PSS:
            return _pss(key, octets, algorithm.digest)
        case rsa.RSAPrivateKey():
            return sign_octets(key, octets, digest=algorithm.digest.name)
        case _:
            size = (key.key_size + 7) // 8
            r, s = decode_dss_signature(sign_octets(key, octets, digest=algorithm.digest.name))
            return r.to_bytes(size, "big") + s.to_bytes(size, "big")


def public_key_der(key: InsecureKey) -> bytes:
    """Return the SubjectPublicKeyInfo."""
    return key.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )


def _pss(key: rsa.RSAPrivateKey, octets: bytes, algorithm: DigestAlgorithm) -> bytes:
    """Encode as RFC 8017, 9.1.1 with a salt that is always the same, and apply the key."""
    numbers = key.private_numbers()
    modulus = numbers.public_numbers.n
    bits = modulus.bit_length() - 1
    length = (bits + 7) // 8
    salt = hashlib.sha512(_PSS_SALT).digest()[: algorithm.size]
    hashed = digest(algorithm, bytes(8) + digest(algorithm, octets) + salt)
    block = bytes(length - len(salt) - len(hashed) - 2) + b"\x01" + salt
    counters = range(-(-len(block) // algorithm.size))
    mask = b"".join(digest(algorithm, hashed + counter.to_bytes(4, "big")) for counter in counters)
    joined = int.from_bytes(bytes(a ^ b for a, b in zip(block, mask, strict=False)), "big")
    kept = joined & ((1 << (8 * len(block) - (8 * length - bits))) - 1)
    encoded = kept.to_bytes(len(block), "big") + hashed + b"\xbc"
    return pow(int.from_bytes(encoded, "big"), numbers.d, modulus).to_bytes(
        (modulus.bit_length() + 7) // 8, "big"
    )


def _octets(seed: str) -> Iterator[int]:
    counter = 0
    while True:
        yield from hashlib.sha256(f"{seed}\0{counter}".encode()).digest()
        counter += 1


def _take(octets: Iterator[int], count: int) -> bytes:
    return bytes(next(octets) for _ in range(count))


def _prime(octets: Iterator[int], bits: int, exponent: int) -> int:
    # The two top bits are set, so that the product of two primes has exactly twice as many bits.
    while True:
        start = int.from_bytes(_take(octets, bits // 8), "big") | 3 << (bits - 2) | 1
        for candidate in _sieved(start):
            if (
                candidate.bit_length() == bits
                and candidate % exponent != 1
                and _is_probable_prime(candidate)
            ):
                return candidate


def _sieved(start: int) -> Iterator[int]:
    window = bytearray(b"\1") * _WINDOW
    for prime in _small_primes():
        first = -(start % prime) * ((prime + 1) // 2) % prime
        if first < _WINDOW:
            window[first::prime] = bytes(len(range(first, _WINDOW, prime)))
    return (start + 2 * index for index, is_candidate in enumerate(window) if is_candidate)


@lru_cache(maxsize=1)
def _small_primes() -> tuple[int, ...]:
    flags = bytearray(b"\1") * (_SIEVE_LIMIT // 2)
    for odd in range(3, math.isqrt(_SIEVE_LIMIT) + 1, 2):
        if flags[odd // 2]:
            flags[odd * odd // 2 :: odd] = bytes(len(range(odd * odd // 2, _SIEVE_LIMIT // 2, odd)))
    return tuple(2 * index + 1 for index in range(1, _SIEVE_LIMIT // 2) if flags[index])


def _is_probable_prime(candidate: int) -> bool:
    """Judge by a Fermat test to base 2, then by Miller-Rabin to five fixed bases."""
    if pow(2, candidate - 1, candidate) != 1:
        return False
    return all(_is_strong_probable_prime(candidate, base) for base in _ROUNDS)


def _is_strong_probable_prime(candidate: int, base: int) -> bool:
    twos = ((candidate - 1) & -(candidate - 1)).bit_length() - 1
    x = pow(base, (candidate - 1) >> twos, candidate)
    if x in (1, candidate - 1):
        return True
    for _ in range(twos - 1):
        x = x * x % candidate
        if x == candidate - 1:
            return True
    return False
