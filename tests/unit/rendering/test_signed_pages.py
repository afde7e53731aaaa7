"""Template 2: boxes that say who signed, the address for phones; template 1 as it was."""

import re
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from hocba_sign import CallerError, Verdict, render
from hocba_sign.ades.shown_signature import ShownSignature, shown_signatures
from hocba_sign.rendering.check_address import MAX_ADDRESS, require_address, stated_address
from hocba_sign.rendering.render import render as render_pages
from hocba_sign.rendering.signature_texts import signature_texts
from hocba_sign.rendering.text_layer import text_layer
from hocba_sign.signing.signing_policy import Level
from hocba_sign.xades.transcript.read import read
from tests.support.pages import squeezed
from tests.support.scene import GVCN, SEAL, Scene, causes
from tests.unit.validation.document.test_pdf import sign_as

SCENE = Scene(subjects=1)
ADDRESS = "https://tracuu.example.vn/hoc-ba"


def said(octets: bytes) -> str:
    return squeezed("".join(text for page in text_layer(octets) for text in page.read))


def test_a_box_says_who_signed_and_when_and_by_whose_word() -> None:
    claimed, stamped = render(SCENE.signed()), render(SCENE.signed(level=Level.T))
    for made, basis in ((claimed, "(ghitrongchữký)"), (stamped, "(theodấuthờigian)")):
        text = said(made.octets)
        assert text.count("Đãkýsố") == text.count(basis) == len(SCENE.slots)
        for slot in SCENE.slots:
            assert squeezed(SCENE.identity(slot).name) in text
        assert re.search(r"\d\d:\d\d:\d\dngày\d\d/\d\d/\d{4}", text)
        assert made.places == ()


def test_a_draft_keeps_its_places_and_half_signed_pages_the_rest() -> None:
    assert len(render(SCENE.draft).places) == len(SCENE.slots)
    half = render(SCENE.signed(SCENE.slots[:2]))
    assert {place.slot for place in half.places} == {str(slot) for slot in SCENE.slots[2:]}
    assert "Đãkýsố" not in said(render(SCENE.draft).octets)


def test_a_box_of_a_broken_signature_names_nobody() -> None:
    broken = SCENE.signed().replace(b"<TEN_LOP>", b"<TEN_LOP>X", 1)
    shown = shown_signatures(read(broken))
    assert {one.name for one in shown} == {None}
    assert signature_texts(shown[0])["done"] == "Có chữ ký số"


def test_letters_that_the_fonts_lack_do_not_stop_a_page() -> None:
    name = "An \u0e01\u202e\U0001f600"
    one = ShownSignature(slot=GVCN, name=name, time=datetime(2026, 6, 1, tzinfo=UTC))
    assert signature_texts(one)["name"] == "An ???"
    assert signature_texts(one)["time"] == "07:00:00 ngày 01/06/2026"


@pytest.mark.parametrize("template", ["1", "2"])
def test_pages_of_every_template_are_proven_by_making_them_again(template: str) -> None:
    issued = SCENE.signed()
    made = render(issued, template=template)
    assert made.template == template
    report = SCENE.verify(sign_as(made.octets, SEAL))
    assert not {"PDF.CONTENT_DIFFERS", "PDF.NOT_COMPARED"} & causes(report)
    assert any(check.identifier == "PDF.SAME_CONTENT" for check in report.checks)


def test_a_box_that_names_another_is_proven_wrong() -> None:
    issued = SCENE.signed()
    first, *others = shown_signatures(read(issued))
    forged = (replace(first, name="Nguyễn Văn Khác"), *others)
    made = render_pages(SCENE.transcript, issued, signed=forged)
    report = SCENE.verify(sign_as(made.octets, SEAL))
    assert report.verdict is Verdict.INVALID
    assert "PDF.CONTENT_DIFFERS" in causes(report)


def test_an_address_is_in_the_code_on_the_page_and_in_the_file() -> None:
    made = render(SCENE.signed(), check_url=ADDRESS)
    assert stated_address(made.octets) == ADDRESS
    assert squeezed(ADDRESS) in said(made.octets)
    report = SCENE.verify(sign_as(made.octets, SEAL))
    assert not {"PDF.CONTENT_DIFFERS", "PDF.NOT_COMPARED"} & causes(report)
    assert stated_address(render(SCENE.signed()).octets) is None


@pytest.mark.parametrize(
    "address",
    [
        "http://tracuu.example.vn",
        "https://",
        "https://user@example.vn/",
        "https://EXAMPLE.vn/",
        "https://example.vn/a b",
        "https://example.vn/#x",
        "https://example.vn/(",
        "https://exаmple.vn/",
        "javascript:alert(1)",
        "https://example.vn/" + "a" * MAX_ADDRESS,
    ],
)
def test_what_is_no_plain_address_is_refused(address: str) -> None:
    with pytest.raises(CallerError) as caught:
        render(SCENE.draft, check_url=address)
    assert caught.value.cause == "RENDER.CHECK_URL"


def test_the_first_template_knows_no_address() -> None:
    require_address(ADDRESS)
    with pytest.raises(CallerError) as caught:
        render(SCENE.draft, template="1", check_url=ADDRESS)
    assert caught.value.cause == "RENDER.CHECK_URL"


def test_no_page_names_a_command() -> None:
    for document in (SCENE.draft, SCENE.signed()):
        assert "hocbaverify" not in said(render(document).octets)
