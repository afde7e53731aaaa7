"""Before the key: check signer, certificate and turn, and give the octets to sign."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

from hocba_sign.ades.structure import SealedRoot
from hocba_sign.crypto.algorithms import SignatureAlgorithm
from hocba_sign.errors import CallerError
from hocba_sign.extract.leaves import leaf_hashes
from hocba_sign.extract.merkle import tree_root
from hocba_sign.model.transcript import Transcript
from hocba_sign.model.workflow import Role, Slot
from hocba_sign.pki.certificates.certificate import Certificate
from hocba_sign.signing.certificate_fitness import require_holder, usable_algorithm
from hocba_sign.signing.signing_policy import SigningPolicy
from hocba_sign.signing.state import ToBeSigned
from hocba_sign.signing.xml.draft import Draft, OpenDraft, require_nonce, require_turn
from hocba_sign.xades.syntax.names import COMMITMENT
from hocba_sign.xades.transcript.write import XadesTemplate, write_without_value
from hocba_sign.xml.layout import CANONICAL


def prepare_xml(
    given: OpenDraft, slot: Slot, *, chain_der: Sequence[bytes], at: datetime, policy: SigningPolicy
) -> ToBeSigned:
    """Prepare the signature of `slot`.

    `chain_der` and `at` as for `prepare`. Raises: CallerError as `prepare`, but for `admit`;
    InputError `SIGN.NO_NONCE`.
    Spec: EN 319 132-1, 6.3.
    """
    state = build_xml(given, slot, chain_der=chain_der, at=at, policy=policy)
    notes = require_holder(
        Certificate.load(chain_der[0]),
        given.draft,
        slot=slot,
        at=state.created,
        registry=policy.registry,
    )
    return replace(state, notes=notes)


def build_xml(
    given: OpenDraft, slot: Slot, *, chain_der: Sequence[bytes], at: datetime, policy: SigningPolicy
) -> ToBeSigned:
    """Build what `prepare_xml` gives without asking whose certificate it is; the same arguments
    give the same state.
    """
    moment = at.astimezone(UTC).replace(microsecond=0)
    chain = tuple(Certificate.load(der) for der in chain_der)
    if not chain:
        raise CallerError("SIGN.NO_CERTIFICATE")
    algorithm = usable_algorithm(chain[0], moment=moment, policy=policy)
    draft = given.draft
    require_turn(draft, slot)
    require_nonce(draft)
    description = _description(
        draft, slot, chain, algorithm=algorithm, moment=moment, policy=policy
    )
    unsigned, octets = write_without_value(
        given.opened.places.slots[slot], description, ids=given.opened.xml.ids
    )
    return ToBeSigned(
        document=draft.parsed.octets,
        slot=slot,
        unsigned=unsigned,
        octets=octets,
        algorithm=algorithm,
        created=moment,
        expires=moment + policy.lifetime,
    )


def signature_id(slot: Slot) -> str:
    """Return the Id of the signature of `slot`: fixed, so that copies signed in parallel never
    clash when merged.
    """
    return f"ck-{slot.teacher or slot.role}"


def _description(
    draft: Draft,
    slot: Slot,
    chain: tuple[Certificate, ...],
    *,
    algorithm: SignatureAlgorithm,
    moment: datetime,
    policy: SigningPolicy,
) -> XadesTemplate:
    step = draft.plan.step(slot.role)
    if step is None:
        raise CallerError("SIGN.NO_SUCH_SLOT", where=str(slot))
    linked = (
        draft.parsed.signature(other)
        for other in draft.layout.linked_slots(slot, draft.content.slots)
    )
    return XadesTemplate(
        identifier=signature_id(slot),
        algorithm=algorithm,
        digest_algorithm=policy.digest_algorithm,
        covered_ids=draft.layout.covered_ids(slot),
        linked_ids=tuple(
            signature.value_id
            for signature in linked
            if signature is not None and signature.value_id is not None
        ),
        chain_der=tuple(certificate.der for certificate in chain),
        issuer_serial_der=chain[0].issuer_serial_der,
        signing_time=moment,
        role=slot.role,
        commitment=COMMITMENT + step.commitment,
        city=draft.city,
        sealed_root=_sealed_root(draft, slot),
    )


def _sealed_root(draft: Draft, slot: Slot) -> SealedRoot | None:
    """Return what the seal of a transcript in our layout says of its leaves.

    Without the random octets the leaves could be guessed: then it says nothing.
    """
    is_seal = slot.role is Role.KY_PHAT_HANH and draft.layout is CANONICAL
    if not is_seal or draft.nonce is None or not isinstance(draft.content, Transcript):
        return None
    hashes = leaf_hashes(draft.content, draft.nonce)
    return SealedRoot(leaves=len(hashes), root=tree_root(hashes))
