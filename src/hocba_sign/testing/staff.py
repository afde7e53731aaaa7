"""The people and the seal that a transcript names, with certificates of the test world."""

from collections.abc import Mapping
from types import MappingProxyType

from hocba_sign.model.codes import SchoolKind
from hocba_sign.model.signers import ExpectedSigner
from hocba_sign.model.transcript import Transcript
from hocba_sign.model.workflow import Role, Slot
from hocba_sign.testing.identity import Identity
from hocba_sign.testing.world import World


def staff(world: World, transcript: Transcript) -> Mapping[Slot, Identity]:
    """Return who signs in each slot, in document order; one who signs twice as a teacher has one
    certificate.

    The seal of a public school comes from the Government and carries no number, that of a private
    school from the public authority with its tax code.
    """
    return MappingProxyType(
        {
            signer.slot: _identity(world, transcript, signer)
            for signer in transcript.expected_signers
        }
    )


def _identity(world: World, transcript: Transcript, signer: ExpectedSigner) -> Identity:
    school = transcript.school
    match signer.slot.role:
        case Role.KY_PHAT_HANH if school.kind is SchoolKind.PRIVATE:
            return world.organisation(school.name, government=False, mst=school.tax_id)
        case Role.KY_PHAT_HANH:
            return world.organisation(
                school.name, unit=school.department_name, locality=school.province
            )
        case Role.CBQL:
            return world.principal(
                signer.name,
                signer.personal_id or "",
                school=school.name,
                title=signer.title or "Hiệu trưởng",
            )
        case _ if signer.personal_id is None:
            return world.person(signer.name, "", organisation=school.name, uid="")
        case _:
            return world.person(signer.name, signer.personal_id, organisation=school.name)
