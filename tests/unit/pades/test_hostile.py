"""Files made to cost time or memory, or to be read differently by others: refused, named, and
within bounds.
"""

import subprocess
import sys
import zlib
from pathlib import Path

import pytest

from hocba_sign.errors import CallerError, InputError
from hocba_sign.pades.header import is_pdf
from hocba_sign.pades.read_pdf import read_pdf
from tests.support.pdf import page_of

ROOT = Path(__file__).parents[3]
BOUNDED = """
import resource, sys
resource.setrlimit(resource.RLIMIT_AS, (1_500_000_000, 1_500_000_000))
resource.setrlimit(resource.RLIMIT_CPU, (20, 20))
from hocba_sign.errors import CallerError, InputError
from hocba_sign.pades.read_pdf import read_pdf
try:
    read_pdf(sys.stdin.buffer.read())
except InputError as error:
    print(error.cause)
else:
    print("read")
"""


def outcome(octets: bytes, *, program: str = BOUNDED) -> str:
    """Run `program` on octets in a process of its own.

    The usual one reads, with at most 20 s and 1.5 GB, and says the cause, or `read`.
    """
    done = subprocess.run(
        [sys.executable, "-c", program],
        input=octets,
        capture_output=True,
        cwd=ROOT,
        env={"PYTHONPATH": "src"},
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr[-500:]
    return done.stdout.decode().strip()


def stream_object(number: int, entries: str, content: bytes) -> bytes:
    return (
        f"{number} 0 obj\n<< {entries} /Length {len(content)} >>\nstream\n".encode()
        + content
        + b"\nendstream\nendobj\n"
    )


def with_table(bodies: list[str], *, trailer: str = "") -> bytes:
    octets, offsets = b"%PDF-1.7\n", []
    for number, body in enumerate(bodies, 1):
        offsets.append(len(octets))
        octets += f"{number} 0 obj\n{body}\nendobj\n".encode()
    table = "".join(f"{offset:010} 00000 n \n" for offset in offsets)
    count = len(bodies) + 1
    tail = (
        f"xref\n0 {count}\n0000000000 65535 f \n{table}trailer\n<< /Size {count} /Root 1 "
        f"0 R {trailer} >>\nstartxref\n{len(octets)}\n%%EOF\n"
    )
    return octets + tail.encode()


def test_a_cross_reference_stream_that_claims_a_billion_objects() -> None:
    head = b"%PDF-1.7\n"
    xref = stream_object(
        1, "/Type /XRef /W [0 0 0] /Index [0 1000000000] /Size 1000000000 /Root 2 0 R", b""
    )
    assert outcome(head + xref + b"startxref\n%d\n%%%%EOF\n" % len(head)) == "PDF.LIMIT"


def test_object_streams_that_unpack_to_gigabytes() -> None:
    head = b"%PDF-1.7\n"
    bomb = zlib.compress(zlib.compress(b"0" * 300_000_000, 9), 9)
    packed = stream_object(
        3, "/Type /ObjStm /N 1 /First 4 /Filter [/FlateDecode /FlateDecode]", bomb
    )
    entries = b"\0\0\0\0" + b"\2\0\3\0" * 2 + b"\1" + len(head).to_bytes(2, "big") + b"\0"
    at = len(head) + len(packed)
    xref = stream_object(4, "/Type /XRef /W [1 2 1] /Index [0 4] /Size 5 /Root 1 0 R", entries)
    assert outcome(head + packed + xref + b"startxref\n%d\n%%%%EOF\n" % at) in {
        "PDF.LIMIT",
        "PDF.UNREADABLE",
    }


def test_arrays_nested_ten_thousand_deep() -> None:
    assert (
        outcome(
            with_table(["<< /Type /Catalog /Pages 2 0 R /X " + "[" * 10_000 + "]" * 10_000 + " >>"])
        )
        == "PDF.UNREADABLE"
    )


def test_more_paths_than_objects() -> None:
    """Each of sixty objects points twice at the next: a billion billion paths, which tracing
    changes would walk.
    """
    links = [f"[{number} 0 R {number} 0 R]" for number in range(7, 67)]
    field = "<< /FT /Sig /T (Sig1) /V 5 0 R >>"
    value = "<< /Type /Sig /SubFilter /ETSI.CAdES.detached /ByteRange [0 1 2 3] /Contents <00> >>"
    first = with_table(
        [
            "<< /Type /Catalog /Pages 2 0 R /AcroForm 3 0 R /X 6 0 R >>",
            "<< /Type /Pages /Kids [] /Count 0 >>",
            "<< /Fields [4 0 R] >>",
            field,
            value,
            *links,
            "[]",
        ]
    )
    size, last = 67, first.rindex(b"xref\n0 ")
    body = b"66 0 obj\n[null]\nendobj\n"
    tail = (
        f"xref\n66 1\n{len(first):010} 00000 n \ntrailer\n<< /Size {size} /Root 1 0 R "
        f"/Prev {last} >>\nstartxref\n{len(first) + len(body)}\n%%EOF\n"
    )
    assert outcome(first + body + tail.encode()) == "PDF.LIMIT"


def test_revisions_in_a_loop() -> None:
    octets = with_table(
        ["<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Kids [] /Count 0 >>"],
        trailer="/Prev 0000000000",
    )
    at = octets.rindex(b"xref\n0 ")
    assert outcome(octets.replace(b"/Prev 0000000000", b"/Prev %010d" % at)) == "PDF.UNREADABLE"


def test_too_many_octets() -> None:
    with pytest.raises(InputError, match=r"PDF\.LIMIT"):
        read_pdf(b"%PDF-1.7\n" + b" " * 20_000_000)


def test_an_encrypted_file() -> None:
    octets = page_of().replace(b"/Info 6 0 R", b"/Encrypt 6 0 R")
    with pytest.raises(InputError, match=r"PDF\.ENCRYPTED"):
        read_pdf(octets)


@pytest.mark.parametrize(
    "octets", [b"%PDF-", b"%PDF-1.7\n", b"%PDF-1.7\n%%EOF", b"%PDF-1.7\nstartxref\n9\n%%EOF\n"]
)
def test_next_to_nothing(octets: bytes) -> None:
    with pytest.raises(InputError, match=r"PDF\.UNREADABLE"):
        read_pdf(octets)


def test_octets_before_the_head() -> None:
    octets = b"GIF89a " + page_of()
    assert is_pdf(octets)
    with pytest.raises(InputError, match=r"PDF\.HEADER"):
        read_pdf(octets)


def test_xml_that_speaks_of_pdf_is_xml() -> None:
    assert not is_pdf(b"\xef\xbb\xbf <!-- %PDF-1.7 --><HOC_BA/>")
    assert not is_pdf(b"<a/>" + b" " * 2_000 + b"%PDF-1.7")


def test_without_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "hocba_sign.pades.engine.pyhanko_reading", None)
    with pytest.raises(CallerError, match=r"PDF\.EXTRA_MISSING"):
        read_pdf(page_of())
