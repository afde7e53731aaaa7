"""What a report says of the holder of a certificate."""

from hocba_sign.model.workflow import Role, Slot
from tests.support.scene import SIGNED_AT, Scene


def test_no_number_of_a_certificate_is_lost() -> None:
    scene = Scene()
    slot = Slot(Role.CBQL)
    person = scene.expected(slot)
    numbers = (("CMND", "012345678"), ("CCCD", person.personal_id), ("CCCD", "001099000002"))
    holder = scene.world.subscriber(
        ("country_name", "VN"),
        ("common_name", person.name),
        *(("user_id", f"{kind}:{value}") for kind, value in numbers),
    )
    document = scene.sign_as(
        holder,
        scene.signed([one for one in scene.slots if one.role in {Role.GVBM, Role.GVCN}]),
        slot,
        at=SIGNED_AT,
        stamped=None,
    )
    signer = scene.verify(document).to_dict()["signatures"][-1]["signer"]
    assert signer["numbers"] == [{"kind": kind, "value": value} for kind, value in numbers]
    assert signer["identifiers"] == {"CMND": "012345678", "CCCD": "001099000002"}
