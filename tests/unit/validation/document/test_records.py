"""A file of another kind is told as that, and nobody's signature is blamed for it."""

import pytest

from hocba_sign.errors import InputError
from hocba_sign.operations.verification import know
from hocba_sign.validation.document.records import Sources
from tests.support.scene import JUDGED_AT, SIGNED_AT, Scene


@pytest.mark.parametrize(
    ("field", "cause"),
    [("lists", "STATUS.NOT_A_LIST"), ("registries", "REGISTRY.NOT_A_REGISTRY")],
)
def test_a_transcript_is_neither_list_nor_registry(field: str, cause: str) -> None:
    scene = Scene(subjects=1)
    given = (("transcript.xml", scene.signed()),)
    sources = Sources(lists=given) if field == "lists" else Sources(registries=given)
    with pytest.raises(InputError) as caught:
        know(sources, trust=scene.trust, evidence=scene.evidence(SIGNED_AT), at=JUDGED_AT)
    assert (caught.value.cause, caught.value.where) == (cause, "transcript.xml")
