"""Signatures as an attacker or a faulty program makes them: any key, any slot, any coverage, any
structure.

Equal arguments give equal octets. What `hocba_sign.signing` refuses is made here.
"""

import base64
import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from hocba_sign.crypto.algorithms import Scheme, SignatureAlgorithm
from hocba_sign.crypto.digests import SHA256, DigestAlgorithm, digest, digest_algorithm
from hocba_sign.crypto.signer import default_algorithm
from hocba_sign.crypto.verify import load_public_key
from hocba_sign.model.workflow import Slot
from hocba_sign.pki.certificates.certificate import Certificate
from hocba_sign.testing import Identity
from hocba_sign.testing.keys import InsecureKey, sign_octets
from hocba_sign.xades.syntax import names
from hocba_sign.xades.syntax.elements import algorithm_of, c14n_of
from hocba_sign.xades.transcript.write import (
    XadesTemplate,
    time_stamp,
    time_stamped_octets,
    write_unsigned,
)
from hocba_sign.xml.c14n import C14nAlgorithm, canonicalize
from hocba_sign.xml.layout import recognise, signature_in, slot_elements
from hocba_sign.xml.parse import ParsedXml, parse
from hocba_sign.xml.splice import insert, path_of
from hocba_sign.xml.tree import Element

Edit = Callable[[Element], None]
"""Changes a ds:Signature element in place."""

_PSS_SALT: Final = b"hocba insecure salt"


def _leave(_: Element) -> None:
    """Change nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Forgery:
    """What to sign, and what to say instead of the right thing.

    `covered` and `linked` are Ids, `linked` those of ds:SignatureValues.
    `slot` is where the signature goes.
    `role` None claims the slot's. Only the signer's certificate is embedded.
    `before_digests` edits the signature before its references are digested again, `before_value`
        before SignedInfo is signed, `after` when everything is done.
    `signing_key` None is the signer's.
    """

    slot: Slot
    covered: tuple[str, ...]
    linked: tuple[str, ...] = ()
    at: datetime
    role: str | None = None
    identifier: str | None = None
    algorithm: SignatureAlgorithm | None = None
    digest_algorithm: DigestAlgorithm = SHA256
    issuer_serial_der: bytes | None = None
    signing_key: InsecureKey | None = None
    before_digests: Edit = field(default=_leave, repr=False)
    before_value: Edit = field(default=_leave, repr=False)
    after: Edit = field(default=_leave, repr=False)


def signature_id(slot: Slot) -> str:
    return f"ck-{slot.teacher or slot.role}"


def value_id(slot: Slot) -> str:
    return f"{signature_id(slot)}-value"


def forge(document: bytes, forgery: Forgery, signer: Identity) -> bytes:
    """Put a signature into a slot without asking whether it may be there; every other octet of
    `document` stays.
    """
    xml = parse(document)
    slot = dict(slot_elements(xml.root, recognise(xml.root)))[forgery.slot]
    place = path_of(slot)
    certificate = Certificate.load(signer.certificate_der)
    algorithm = forgery.algorithm or default_algorithm(load_public_key(certificate.public_key_der))
    unsigned, _ = write_unsigned(slot, _description(forgery, certificate, algorithm), ids=xml.ids)
    signature = parse(unsigned).root
    slot.append(signature)
    forgery.before_digests(signature)
    _digest_again(signature, xml)
    forgery.before_value(signature)
    _write_value(signature, forgery.signing_key or signer.key, algorithm)
    forgery.after(signature)
    return insert(
        document, place, fragment=canonicalize(signature, C14nAlgorithm.EXCLUSIVE_WITH_COMMENTS)
    )


def stamp(document: bytes, slot: Slot, token: Callable[[bytes], bytes]) -> bytes:
    """Attach the time-stamp that `token` gives for the SHA-256 of a signature's value, right or
    wrong.
    """
    root = parse(document).root
    signature = signature_in(dict(slot_elements(root, recognise(root)))[slot])
    assert signature is not None, "the slot is empty"
    qualifying = signature.find(f"{names.OBJECT}/{names.QUALIFYING_PROPERTIES}")
    assert qualifying is not None, "the signature has no properties"
    token_der = token(digest(SHA256, time_stamped_octets(signature)))
    return insert(document, path_of(qualifying), fragment=time_stamp(token_der))


def further_stamp(document: bytes, slot: Slot, token: Callable[[bytes], bytes]) -> bytes:
    """Attach one more signature time-stamp to a signature that has one already."""
    root = parse(document).root
    signature = signature_in(dict(slot_elements(root, recognise(root)))[slot])
    assert signature is not None, "the slot is empty"
    place = next(signature.iter(names.UNSIGNED_SIGNATURE_PROPERTIES))
    holder = parse(time_stamp(token(digest(SHA256, time_stamped_octets(signature))))).root
    return insert(
        document,
        path_of(place),
        fragment=canonicalize(
            next(holder.iter(names.SIGNATURE_TIME_STAMP)), C14nAlgorithm.EXCLUSIVE
        ),
    )


def signature_value(key: InsecureKey, octets: bytes, algorithm: SignatureAlgorithm) -> bytes:
    """Sign deterministically as XML wants it: raw RSA values (PSS with a fixed salt), ECDSA
    as r‖s.
    """
    assert algorithm.digest is not None, "EdDSA keys have no test identity"
    match key:
        case rsa.RSAPrivateKey() if algorithm.scheme is Scheme.RSA_PSS:
            return _pss(key, octets, algorithm.digest)
        case rsa.RSAPrivateKey():
            return sign_octets(key, octets, digest=algorithm.digest.name)
        case _:
            size = (key.key_size + 7) // 8
            r, s = decode_dss_signature(sign_octets(key, octets, digest=algorithm.digest.name))
            return r.to_bytes(size, "big") + s.to_bytes(size, "big")


def _description(
    forgery: Forgery, certificate: Certificate, algorithm: SignatureAlgorithm
) -> XadesTemplate:
    return XadesTemplate(
        identifier=forgery.identifier or signature_id(forgery.slot),
        algorithm=algorithm,
        digest_algorithm=forgery.digest_algorithm,
        covered_ids=forgery.covered,
        linked_ids=forgery.linked,
        chain_der=(certificate.der,),
        issuer_serial_der=forgery.issuer_serial_der or certificate.issuer_serial_der,
        signing_time=forgery.at.astimezone(UTC),
        role=forgery.role or forgery.slot.role,
        commitment=f"{names.COMMITMENT}ProofOfApproval",
        city=None,
    )


def _digest_again(signature: Element, xml: ParsedXml) -> None:
    """Set every DigestValue whose target is in reach to what its octets are now."""
    inside = {
        str(element.get("Id")): element
        for element in signature.iter(names.SIGNED_PROPERTIES, names.OBJECT)
        if element.get("Id") is not None
    }
    for reference in signature.iter(names.REFERENCE):
        identifier = (reference.get("URI") or "").removeprefix("#")
        target = inside.get(identifier, xml.ids.get(identifier))
        value, method = reference.find(names.DIGEST_VALUE), reference.find(names.DIGEST_METHOD)
        transform = reference.find(f"{names.TRANSFORMS}/{names.TRANSFORM}")
        if target is None or value is None or method is None:
            continue
        canonical = canonicalize(
            target, (None if transform is None else c14n_of(transform)) or C14nAlgorithm.EXCLUSIVE
        )
        value.text = base64.b64encode(
            digest(digest_algorithm(algorithm_of(method)), canonical)
        ).decode()


def _write_value(signature: Element, key: InsecureKey, algorithm: SignatureAlgorithm) -> None:
    signed_info, value = signature.find(names.SIGNED_INFO), signature.find(names.SIGNATURE_VALUE)
    assert signed_info is not None, "no SignedInfo"
    assert value is not None, "no SignatureValue"
    method = signed_info.find(names.CANONICALIZATION_METHOD)
    canonical = canonicalize(
        signed_info, (None if method is None else c14n_of(method)) or C14nAlgorithm.EXCLUSIVE
    )
    value.text = base64.b64encode(signature_value(key, canonical, algorithm)).decode()


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
