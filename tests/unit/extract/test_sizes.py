"""What a code must hold at most, for a pupil with a name of thirty letters."""

from dataclasses import replace
from functools import cache

import pytest

from hocba_sign.extract.container import Extract
from hocba_sign.model.transcript import Transcript
from hocba_sign.operations.open_extract import open_extract
from hocba_sign.rendering.code import code_version
from tests.support.scene import Scene

NAME = "Nguyễn Trần Hoàng Bảo Quỳnh Anh"


def named(transcript: Transcript) -> Transcript:
    pupil = replace(transcript.pupil, full_name=NAME)
    return replace(transcript, identification=replace(transcript.identification, pupil=pupil))


@cache
def extract(*shown: str) -> Extract:
    scene = Scene(subjects=None, is_rsa=True, change=named)
    document = scene.signed()
    return open_extract(document, scene.verify(document), show=shown)


def version(made: Extract, bits: int) -> int:
    """Return the version of the code as it would be for a seal of so many bits."""
    sized = replace(made, signature=bytes(bits // 8))
    return int(code_version(sized.to_text()).partition("-")[0])


@pytest.mark.parametrize(
    ("subjects", "most"),
    [
        (("mon-19", "mon-15", "mon-69"), (21, 23)),
        (("mon-19", "mon-15", "mon-88"), (21, 23)),
        (("mon-69", "mon-99", "mon-38"), (22, 24)),
    ],
)
def test_head_result_and_three_subjects(subjects: tuple[str, ...], most: tuple[int, int]) -> None:
    made = extract("result", *subjects)
    assert (version(made, 2048), version(made, 3072)) <= most
    assert version(made, 3072) <= most[1]


def test_all_subjects_without_private_data() -> None:
    subjects = [one.id for one in Scene(subjects=None).transcript.subjects]
    made = extract("result", *subjects)
    assert version(made, 2048) <= 25
    assert version(made, 3072) <= 26
