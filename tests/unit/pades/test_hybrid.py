"""Two lists of objects in one revision, as Microsoft Word writes them: read where they agree,
refused where programs may take either.
"""

import re
from functools import cache

import pytest

from hocba_sign.errors import InputError
from hocba_sign.operations.verifier import Verifier
from hocba_sign.pades.write_pdf import engine
from hocba_sign.report.report import Report
from hocba_sign.testing import Identity
from hocba_sign.validation.verdict import Verdict
from tests.support.pdf import page_of, signed
from tests.support.pdf_tools import signed_by_pyhanko
from tests.support.scene import JUDGED_AT, SIGNED_AT, Scene, causes

SCENE = Scene()
SHOWN = "BT /F1 24 Tf 72 700 Td (Diem Toan: 10) Tj ET"


@cache
def teacher() -> Identity:
    return SCENE.world.person("Trần Thị Hồng Nhung", "048181004217")


def judged(octets: bytes) -> Report:
    return Verifier(trust=SCENE.trust, evidence=SCENE.evidence()).verify_any(octets, at=JUDGED_AT)


def hybrid(octets: bytes, *, hidden: dict[int, str], listed: dict[int, str] | None = None) -> bytes:
    """Append a revision whose stream lists the objects `hidden`, its table `listed`."""
    last = int(re.findall(rb"startxref\s+(\d+)", octets)[-1])
    size = max(int(found) for found in re.findall(rb"/Size (\d+)", octets))
    root = re.findall(rb"/Root (\d+ 0 R)", octets)[-1].decode()
    number, body, table, rows, index = size, octets, "0 0\n", b"", ""
    for at, held in (listed or {}).items():
        table += f"{at} 1\n{len(body):010} 00000 n \n"
        body += f"{at} 0 obj\n{held}\nendobj\n".encode()
    for at, held in hidden.items():
        rows += b"\1" + len(body).to_bytes(4, "big") + b"\0\0"
        index += f"{at} 1 "
        body += f"{at} 0 obj\n{held}\nendobj\n".encode()
    stream = len(body)
    entries = (
        f"/Type /XRef /W [1 4 2] /Index [{index}] /Size {number + 1} /Root {root} "
        f"/Length {len(rows)}"
    )
    body += f"{number} 0 obj\n<< {entries} >>\nstream\n".encode() + rows + b"\nendstream\nendobj\n"
    trailer = f"<< /Size {number + 1} /Root {root} /Prev {last} /XRefStm {stream} >>"
    return body + f"xref\n{table}trailer\n{trailer}\nstartxref\n{len(body)}\n%%EOF\n".encode()


def test_a_file_of_word_that_another_program_signed() -> None:
    octets = hybrid(page_of(), hidden={40: "<< /Kind /Unused >>"})
    report = judged(signed_by_pyhanko(octets, teacher(), field="Sig1", at=SIGNED_AT))
    assert report.verdict is Verdict.VALID, causes(report)


def test_a_file_of_word_is_not_signed_but_told_of() -> None:
    with pytest.raises(InputError, match=r"PDF\.HYBRID"):
        engine().read_form(hybrid(page_of(), hidden={40: "<< >>"}))


def test_what_nothing_uses_may_be_listed_twice_over() -> None:
    assert (
        judged(hybrid(signed(page_of(), teacher(), at=SIGNED_AT), hidden={60: "<< >>"})).verdict
        is Verdict.VALID
    )


CONTENT = f"<< /Length {len(SHOWN)} >>\nstream\n{SHOWN}\nendstream"


@pytest.mark.parametrize(
    ("hidden", "listed"),
    [
        ({4: CONTENT}, {}),
        ({4: CONTENT}, {4: CONTENT.replace("10", "08")}),
        ({60: "<< >>"}, {60: "[]"}),
    ],
    ids=["in the stream alone", "in both, differently", "new, in both, differently"],
)
def test_what_only_some_programs_see(hidden: dict[int, str], listed: dict[int, str]) -> None:
    report = judged(
        hybrid(signed(page_of(), teacher(), at=SIGNED_AT), hidden=hidden, listed=listed)
    )
    assert report.verdict is Verdict.INVALID
    assert "PDF.CHANGED" in causes(report)
