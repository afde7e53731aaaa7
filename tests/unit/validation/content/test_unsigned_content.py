"""What other programs take a file for: signed, beside what is signed, or not at all."""

import pytest

from hocba_sign.validation.content.unsigned_content import _kind_checks
from hocba_sign.validation.verdict import Status
from hocba_sign.xml.parse import parse

PDF = "%PDF-1.7"


@pytest.mark.parametrize(
    ("octets", "expected"),
    [
        ("<a><b>c</b></a>", []),
        (f"<a><b>{PDF}</b></a>", [("DOC.OTHER_KIND", Status.WARNING)]),
        (f"<a><b>c</b>{PDF}</a>", [("DOC.UNSIGNED", Status.FAIL)]),
        (f"<a><b>{PDF}</b>{PDF}</a>", [("DOC.UNSIGNED", Status.FAIL)]),
    ],
)
def test_a_mark_of_another_kind_is_told_by_where_it_stands(
    octets: str, expected: list[tuple[str, Status]]
) -> None:
    root = parse(octets.encode()).root
    checks = _kind_checks(octets.encode(), [root[0]])
    assert [(check.identifier, check.status) for check in checks] == expected
