"""Signatures as an attacker or a faulty program makes them: any key, any place, any coverage, any
structure. What `hocba_sign.signing` refuses is made here.

Equal arguments give equal octets.
"""

import base64
from collections.abc import Callable
from dataclasses import field
from datetime import UTC, datetime

from hocba_sign.crypto.algorithms import SignatureAlgorithm
from hocba_sign.crypto.digests import SHA256, DigestAlgorithm, digest, digest_algorithm
from hocba_sign.crypto.signer import default_algorithm
from hocba_sign.crypto.verify import load_public_key
from hocba_sign.frozen_dataclass import dataclass
from hocba_sign.model.workflow import Slot
from hocba_sign.pki.certificates.certificate import Certificate
from hocba_sign.signing.xml.prepare import signature_id
from hocba_sign.testing.identity import Identity
from hocba_sign.testing.keys import InsecureKey, signature_value
from hocba_sign.xades.syntax import names
from hocba_sign.xades.syntax.elements import algorithm_of, c14n_of
from hocba_sign.xades.transcript.write import (
    XadesTemplate,
    time_stamp,
    time_stamped_octets,
    write_without_value,
)
from hocba_sign.xml.c14n import C14nAlgorithm, canonicalize
from hocba_sign.xml.layout import recognise, signature_in, slot_elements
from hocba_sign.xml.namespaces import ID_DATA
from hocba_sign.xml.parse import ParsedXml, parse
from hocba_sign.xml.splice import insert, path_of
from hocba_sign.xml.tree import Element

_EXCLUSIVE = C14nAlgorithm.EXCLUSIVE

Edit = Callable[[Element], None]
"""Changes a ds:Signature element in place."""

TokenSource = Callable[[bytes], bytes]
"""Returns a time-stamp token (DER) for a SHA-256."""


def _leave(_: Element) -> None:
    """Change nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Forgery:
    """What to sign, and what to say instead of the right thing.

    `slot` is where the signature goes, unless `forge` is told of another element.
    `covered` and `linked` are Ids, `linked` those of ds:SignatureValues.
    `chain_length` is how many certificates of the identity are embedded, its own first.
    `role` and `identifier` None are those of the slot.
    `signing_key` None is the identity's.
    `before_digests` edits the signature before its references are digested again, `before_value`
        before SignedInfo is signed, `after` when everything is done.
    """

    slot: Slot
    identity: Identity
    at: datetime
    covered: tuple[str, ...] = (ID_DATA,)
    linked: tuple[str, ...] = ()
    chain_length: int | None = None
    role: str | None = None
    identifier: str | None = None
    algorithm: SignatureAlgorithm | None = None
    digest_algorithm: DigestAlgorithm = SHA256
    issuer_serial_der: bytes | None = None
    signing_key: InsecureKey | None = None
    before_digests: Edit = field(default=_leave, repr=False)
    before_value: Edit = field(default=_leave, repr=False)
    after: Edit = field(default=_leave, repr=False)


def value_id(slot: Slot) -> str:
    """Return the Id of the ds:SignatureValue of `slot`, which later signatures link to."""
    return f"{signature_id(slot)}-value"


def forge(document: bytes, forgery: Forgery, *, path: str | None = None) -> bytes:
    """Sign as `forgery` says, in its slot or in the element that an XPath finds, without asking
    whether the signature may be there; every other octet of `document` stays.
    """
    xml = parse(document)
    holder = _slot_element(xml, forgery.slot) if path is None else xml.root.xpath(path)[0]
    place = path_of(holder)
    certificate = Certificate.load(forgery.identity.certificate_der)
    algorithm = forgery.algorithm or default_algorithm(load_public_key(certificate.public_key_der))
    unsigned, _ = write_without_value(
        holder, _template(forgery, certificate, algorithm), ids=xml.ids
    )
    signature = parse(unsigned).root
    holder.append(signature)
    forgery.before_digests(signature)
    _digest_again(signature, xml)
    forgery.before_value(signature)
    _write_value(signature, forgery.signing_key or forgery.identity.key, algorithm)
    forgery.after(signature)
    return insert(
        document, place, fragment=canonicalize(signature, C14nAlgorithm.EXCLUSIVE_WITH_COMMENTS)
    )


def stamp(document: bytes, slot: Slot, *, token: TokenSource) -> bytes:
    """Attach the time-stamp that `token` gives for a signature's value, right or wrong.

    Raises ValueError where the slot holds no signature with properties.
    """
    signature = _signature(document, slot)
    (qualifying,) = signature.iter(names.QUALIFYING_PROPERTIES)
    token_der = token(digest(SHA256, time_stamped_octets(signature)))
    return insert(document, path_of(qualifying), fragment=time_stamp(token_der))


def further_stamp(document: bytes, slot: Slot, *, token: TokenSource) -> bytes:
    """Attach one more signature time-stamp to a signature that has one already.

    Raises ValueError where the slot holds no such signature.
    """
    signature = _signature(document, slot)
    (properties,) = signature.iter(names.UNSIGNED_SIGNATURE_PROPERTIES)
    written = parse(time_stamp(token(digest(SHA256, time_stamped_octets(signature))))).root
    (further,) = written.iter(names.SIGNATURE_TIME_STAMP)
    return insert(document, path_of(properties), fragment=canonicalize(further, _EXCLUSIVE))


def _slot_element(xml: ParsedXml, slot: Slot) -> Element:
    return dict(slot_elements(xml.root, recognise(xml.root)))[slot]


def _signature(document: bytes, slot: Slot) -> Element:
    signature = signature_in(_slot_element(parse(document), slot))
    if signature is None:
        raise ValueError(f"no signature in {slot}")
    return signature


def _template(
    forgery: Forgery, certificate: Certificate, algorithm: SignatureAlgorithm
) -> XadesTemplate:
    return XadesTemplate(
        identifier=forgery.identifier or signature_id(forgery.slot),
        algorithm=algorithm,
        digest_algorithm=forgery.digest_algorithm,
        covered_ids=forgery.covered,
        linked_ids=forgery.linked,
        chain_der=forgery.identity.chain_der[: forgery.chain_length],
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
            target, (None if transform is None else c14n_of(transform)) or _EXCLUSIVE
        )
        value.text = base64.b64encode(
            digest(digest_algorithm(algorithm_of(method)), canonical)
        ).decode()


def _write_value(signature: Element, key: InsecureKey, algorithm: SignatureAlgorithm) -> None:
    (signed_info,) = signature.iterchildren(names.SIGNED_INFO)
    value = next(signature.iterchildren(names.SIGNATURE_VALUE))
    method = signed_info.find(names.CANONICALIZATION_METHOD)
    canonical = canonicalize(
        signed_info, (None if method is None else c14n_of(method)) or _EXCLUSIVE
    )
    value.text = base64.b64encode(signature_value(key, canonical, algorithm=algorithm)).decode()
