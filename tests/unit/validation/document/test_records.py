"""A file of another kind is told as that, and nobody's signature is blamed for it."""

import pytest

from hocba_sign.errors import InputError
from hocba_sign.validation.document.records import Sources, load_records
from hocba_sign.validation.policy import DEFAULT
from hocba_sign.validation.setting import Setting
from tests.support.scene import JUDGED_AT, SIGNED_AT, Scene


@pytest.mark.parametrize(
    ("field", "cause"),
    [("lists", "STATUS.NOT_A_LIST"), ("registries", "REGISTRY.NOT_A_REGISTRY")],
)
def test_a_transcript_is_neither_list_nor_registry(field: str, cause: str) -> None:
    scene = Scene(subjects=1)
    given = (("transcript.xml", scene.signed()),)
    sources = Sources(lists=given) if field == "lists" else Sources(registries=given)
    evidence = scene.evidence(SIGNED_AT)
    setting = Setting(trust=scene.trust, evidence=evidence, at=JUDGED_AT, policy=DEFAULT)
    with pytest.raises(InputError) as caught:
        load_records(sources, setting)
    assert (caught.value.cause, caught.value.where) == (cause, "transcript.xml")
