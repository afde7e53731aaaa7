"""Which slot is meant: by role, subject and teacher as far as given, else by whose certificate it is."""

import argparse
from collections.abc import Sequence

from hocba_sign.errors import CallerError
from hocba_sign.model.transcript import ExpectedSigner
from hocba_sign.model.workflow import Role, Slot
from hocba_sign.pki.certificate import Certificate
from hocba_sign.signing.draft import read_draft


def choose_slot(document: bytes, given: argparse.Namespace, *, certificate_der: bytes) -> Slot:
    """Give the one slot that the options and the certificate point at.

    Raises: CallerError CLI.NO_SLOT, CLI.WHICH_SLOT naming the candidates, CLI.SUBJECT_ROLE; as `read_draft` and `Certificate.load`.
    """
    role = Role(given.role)
    if role is not Role.GVBM and (given.subject or given.teacher):
        raise CallerError("CLI.SUBJECT_ROLE", where=role)
    signers = read_draft(document).content.expected_signers
    candidates = [signer for signer in signers if signer.slot.role is role and _is_named(signer.slot, given.subject, given.teacher)]
    if len(candidates) > 1:
        candidates = _of_person(candidates, Certificate.load(certificate_der)) or candidates
    if not candidates:
        raise CallerError("CLI.NO_SLOT", where="/".join(filter(None, (role, given.subject, given.teacher))))
    if len(candidates) > 1:
        raise CallerError("CLI.WHICH_SLOT", where=", ".join(str(signer.slot) for signer in candidates))
    return candidates[0].slot


def _is_named(slot: Slot, subject: str | None, teacher: str | None) -> bool:
    is_subject = subject is None or slot.subject in {subject, f"mon-{subject}"}
    return is_subject and (teacher is None or slot.teacher in {teacher, f"gv-{teacher}"})


def _of_person(candidates: Sequence[ExpectedSigner], certificate: Certificate) -> list[ExpectedSigner]:
    own = {value for kind, value in certificate.subject.identifiers if kind == "CCCD"}
    return [signer for signer in candidates if signer.personal_id in own]
