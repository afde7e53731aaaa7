"""What is read of files that are no pages of ours."""

import pytest

from hocba_sign.errors import InputError
from hocba_sign.rendering.text_layer import text_layer
from tests.support.pages import example, rendered


@pytest.mark.parametrize("octets", [b"", b"%PDF-1.7", b"<a/>", bytes(range(256)) * 40])
def test_what_is_no_pdf_is_refused(octets: bytes) -> None:
    with pytest.raises(InputError, match=r"PDF\.UNREADABLE"):
        text_layer(octets)


def test_any_piece_of_a_pdf_is_read_or_refused() -> None:
    whole = rendered(example("lop5")).octets
    for end in range(0, len(whole), len(whole) // 40):
        try:
            text_layer(whole[:end])
        except InputError as error:
            assert error.cause == "PDF.UNREADABLE"  # noqa: PT017 - both outcomes are right


def test_footers_are_beside_what_is_read() -> None:
    pages = text_layer(rendered(example("lop5")).octets)
    assert [page.beside[-1:] for page in pages] == [
        (),
        ("Trang 2 / 4",),
        ("Trang 3 / 4",),
        ("Trang 4 / 4",),
    ]
    assert not any("Trang" in text and "/ 4" in text for page in pages for text in page.read)
