"""Files that must be refused: signed by the right keys but against the plan, or altered
afterwards.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from hocba_sign.crypto.digests import SHA256
from hocba_sign.crypto.signer import SoftwareSigner, default_algorithm
from hocba_sign.model.workflow import Slot
from hocba_sign.pki.certificates.certificate import Certificate
from hocba_sign.signing.xml.prepare import signature_id
from hocba_sign.testing.identity import Identity
from hocba_sign.xades.syntax.names import COMMITMENT
from hocba_sign.xades.transcript.read import places_of
from hocba_sign.xades.transcript.write import (
    XadesTemplate,
    time_stamp,
    time_stamped_octets,
    with_value,
    write_unsigned,
)
from hocba_sign.xml.names import ID_DATA
from hocba_sign.xml.parse import parse
from hocba_sign.xml.splice import grow

_SIGNATURE = re.compile(rb"<ds:Signature .*?</ds:Signature>", re.DOTALL)
_MARK = re.compile(rb"(<DIEM_CA_NAM>)([0-9])([.][0-9]</DIEM_CA_NAM>)")

TokenSource = Callable[[bytes], bytes]
"""Returns a time-stamp token (DER) for octets."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Forgery:
    """A signature that asks nobody: `covered_ids` and `linked` (slots) are what it covers, whatever
    the layout demands. `at` is UTC.
    """

    slot: Slot
    identity: Identity
    at: datetime
    covered_ids: tuple[str, ...] = (ID_DATA,)
    linked: tuple[Slot, ...] = ()


def forge(document: bytes, forgery: Forgery, *, token: TokenSource | None = None) -> bytes:
    """Sign as `forgery` says, at level T where `token` is given.

    The value and all digests are right.
    """
    xml = parse(document)
    element = places_of(xml.root).slots[forgery.slot]
    identity = forgery.identity
    signer = SoftwareSigner(identity.key, identity.chain_der)
    algorithm = default_algorithm(signer.public_key)
    description = XadesTemplate(
        identifier=signature_id(forgery.slot),
        algorithm=algorithm,
        digest_algorithm=SHA256,
        covered_ids=forgery.covered_ids,
        linked_ids=tuple(f"{signature_id(slot)}-value" for slot in forgery.linked),
        chain_der=signer.chain_der,
        issuer_serial_der=Certificate.load(identity.certificate_der).issuer_serial_der,
        signing_time=forgery.at,
        role=forgery.slot.role,
        commitment=f"{COMMITMENT}ProofOfApproval",
        city=None,
    )
    unsigned, octets = write_unsigned(element, description, ids=xml.ids)
    signed = grow(xml, {element: with_value(unsigned, signer.sign(octets, algorithm))})
    return signed if token is None else _stamped(signed, forgery.slot, token)


def with_changed_mark(document: bytes) -> bytes:
    """Return the first subject another mark for the year.

    Raises ValueError where there is no score.
    """
    changed, count = _MARK.subn(
        lambda found: found[1] + (b"9" if found[2] != b"9" else b"8") + found[3], document, count=1
    )
    if not count:
        raise ValueError("no mark in the document")
    return changed


def with_swapped_signatures(document: bytes) -> bytes:
    """Let the first two signatures change places. Raises ValueError where there are fewer."""
    found = list(_SIGNATURE.finditer(document))[:2]
    if len(found) < len("ab"):
        raise ValueError("fewer than two signatures")
    first, second = found
    return (
        document[: first.start()]
        + second[0]
        + document[first.end() : second.start()]
        + first[0]
        + document[second.end() :]
    )


def without_signature(document: bytes, slot: Slot) -> bytes:
    """Empty a slot; the slot itself stays. Raises ValueError where it is empty."""
    wanted = f'Id="{signature_id(slot)}"'.encode()
    found = next((one for one in _SIGNATURE.finditer(document) if wanted in one[0][:200]), None)
    if found is None:
        raise ValueError(f"no signature in {slot}")
    return document[: found.start()] + document[found.end() :]


def _stamped(document: bytes, slot: Slot, token: TokenSource) -> bytes:
    xml = parse(document)
    signature = places_of(xml.root).signatures[slot]
    qualifying = next(signature.iter("{*}QualifyingProperties"))
    return grow(xml, {qualifying: time_stamp(token(time_stamped_octets(signature)))})
