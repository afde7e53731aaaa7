"""Pictures in the fields of a transcript: ours made again, another program's told, anything else
unproven.
"""

from functools import cache, partial

import pytest

from hocba_sign.model.workflow import Slot
from hocba_sign.pades.facts.field_names import field_name
from hocba_sign.rendering.appearance import draw_appearance
from hocba_sign.rendering.render import render
from hocba_sign.report.report import Report
from hocba_sign.validation.verdict import Verdict
from tests.support.pdf import page_of, signed
from tests.support.pdf_tools import signed_by_pyhanko
from tests.support.scene import CBQL, GVCN, SEAL, SIGNED_AT, Scene, causes

SCENE = Scene("lop9", subjects=1)


@cache
def signed_by(count: int) -> bytes:
    if count == 0:
        return render(SCENE.transcript, SCENE.draft).octets
    return SCENE.sign(signed_by(count - 1), SCENE.slots[count - 1])


def finished(octets: bytes, slots: tuple[Slot, ...]) -> Report:
    for slot in slots:
        octets = SCENE.sign(octets, slot)
    return SCENE.verify(octets)


def told(report: Report) -> dict[str, str]:
    return {
        one["id"]: one["result"] for one in report.to_dict()["checks"] if "PICTURE" in one["id"]
    }


def test_our_own_pictures_are_no_news() -> None:
    report = finished(signed_by(0), SCENE.slots)
    assert report.verdict is Verdict.VALID, causes(report)
    assert told(report) == {}


def test_our_own_pictures_of_before_are_no_news(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every look that this program has ever drawn is made again."""
    drawn = partial(draw_appearance, look="1")
    monkeypatch.setattr("hocba_sign.signing.pdf.prepare.draw_appearance", drawn)
    octets = signed_by.__wrapped__(0)
    for slot in SCENE.slots:
        octets = SCENE.sign(octets, slot)
    report = SCENE.verify(octets)
    assert report.verdict is Verdict.VALID, causes(report)
    assert told(report) == {}


@pytest.mark.parametrize("slot", [GVCN, SEAL], ids=str)
def test_the_picture_of_another_program_in_its_place(slot: Slot) -> None:
    """VGCA's tool and SMAS draw their own, and state no role of ours."""
    at = SCENE.slots.index(slot)
    octets = signed_by_pyhanko(
        signed_by(at), SCENE.identity(slot), field=field_name(slot), at=SIGNED_AT, is_new=False
    )
    report = finished(octets, SCENE.slots[at + 1 :])
    assert report.verdict is Verdict.VALID, causes(report)
    assert told(report) == {"PDF.OTHER_PICTURE": "warning"}


@pytest.mark.parametrize("text", ["Toan 10,0", "signed"])
def test_another_picture_by_our_own_program(text: str) -> None:
    """Whoever states a role as this program does has its picture too."""
    identity = SCENE.identity(GVCN)
    octets = signed(
        signed_by(1),
        identity,
        field=field_name(GVCN),
        at=SIGNED_AT,
        is_new=False,
        appearance=page_of(text),
    )
    report = SCENE.verify(SCENE.sign(SCENE.sign(octets, CBQL), SEAL))
    assert report.verdict is Verdict.INDETERMINATE
    assert told(report) == {"PDF.PICTURE": "warning"}


def test_our_own_picture_of_somebody_else() -> None:
    """The picture names the principal; the homeroom teacher has signed."""
    drawn = draw_appearance(SCENE.expected(CBQL).name, CBQL.role, at=SIGNED_AT, size=(146, 58))
    octets = signed(
        signed_by(1),
        SCENE.identity(GVCN),
        field=field_name(GVCN),
        at=SIGNED_AT,
        is_new=False,
        appearance=drawn,
    )
    assert "PDF.PICTURE" in causes(SCENE.verify(octets))


def test_another_program_signs_first() -> None:
    """It writes the metadata again, and shows nothing of its signature."""
    octets = signed_by_pyhanko(
        signed_by(0), SCENE.identity(SCENE.slots[0]), field=field_name(SCENE.slots[0]), at=SIGNED_AT
    )
    report = finished(octets, SCENE.slots[1:])
    assert report.verdict is Verdict.VALID, causes(report)


def test_a_picture_outside_the_place_of_the_role() -> None:
    """The first signer's program makes the field elsewhere, on a part of the page where
    nothing is.
    """
    slot = SCENE.slots[0]
    octets = signed_by_pyhanko(
        signed_by(0), SCENE.identity(slot), field=field_name(slot), at=SIGNED_AT, box=(2, 2, 40, 30)
    )
    report = SCENE.verify(octets)
    assert report.verdict is not Verdict.VALID
    assert "PDF.PICTURE" in causes(report)
