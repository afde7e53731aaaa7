"""Files made of very many objects that nothing uses: bounded work and memory, whatever way they are
listed.
"""

import re
import sys
import zlib
from collections.abc import Callable

import pytest

from tests.support.pdf import page_of, signed
from tests.support.scene import SIGNED_AT, Scene
from tests.unit.pades.test_hostile import outcome

SCENE = Scene()
COSTS = """
import re, resource, sys
from pathlib import Path
from hocba_sign.errors import InputError
from hocba_sign.pades.read_pdf import read_pdf
octets = sys.stdin.buffer.read()
before = resource.getrusage(resource.RUSAGE_SELF)
try:
    document = read_pdf(octets)
    print("changed" if any(one.findings for one in document.signatures) else "read")
except InputError as error:
    print(error.cause)
used = resource.getrusage(resource.RUSAGE_SELF)
most = re.search(r"VmHWM:\\s*(\\d+)", Path("/proc/self/status").read_text())
print(used.ru_utime + used.ru_stime - before.ru_utime - before.ru_stime, most[1])
"""


def with_table(octets: bytes, count: int) -> bytes:
    """Append a revision with so many objects in a table."""
    size, root, last = _tail(octets)
    body, offsets = bytearray(octets), []
    for number in range(size, size + count):
        offsets.append(len(body))
        body += b"%d 0 obj\n<<>>\nendobj\n" % number
    table = "".join(f"{offset:010} 00000 n \n" for offset in offsets)
    tail = (
        f"xref\n{size} {count}\n{table}trailer\n<< /Size {size + count} /Root {root} "
        f"/Prev {last} >>\nstartxref\n{len(body)}\n%%EOF\n"
    )
    return bytes(body) + tail.encode()


def with_stream(octets: bytes, count: int) -> bytes:
    """Append a revision with so many objects in one object stream: some kilobytes."""
    size, root, last = _tail(octets)
    holder = size + count
    head = " ".join(f"{size + at} {at * 2}" for at in range(count)).encode() + b" "
    packed = zlib.compress(head + b"1 " * count)
    first = (
        b"%d 0 obj\n<< /Type /ObjStm /N %d /First %d /Filter /FlateDecode /Length %d >>\nstream\n"
        % (
            holder,
            count,
            len(head),
            len(packed),
        )
    )
    body = octets + first + packed + b"\nendstream\nendobj\n"
    rows = b"".join(
        b"\2" + holder.to_bytes(4, "big") + at.to_bytes(4, "big") for at in range(count)
    )
    rows += b"".join(b"\1" + at.to_bytes(4, "big") + b"\0" * 4 for at in (len(octets), len(body)))
    packed = zlib.compress(rows)
    entries = f"/W [1 4 4] /Index [{size} {count + 2}] /Size {holder + 2} /Root {root} /Prev {last}"
    stream = (
        f"{holder + 1} 0 obj\n<< /Type /XRef {entries} /Filter /FlateDecode /Length "
        f"{len(packed)} >>\nstream\n"
    ).encode()
    return body + stream + packed + f"\nendstream\nendobj\nstartxref\n{len(body)}\n%%EOF\n".encode()


def _tail(octets: bytes) -> tuple[int, str, int]:
    size = max(int(found) for found in re.findall(rb"/Size (\d+)", octets))
    return (
        size,
        re.findall(rb"/Root (\d+ 0 R)", octets)[-1].decode(),
        int(re.findall(rb"startxref\s+(\d+)", octets)[-1]),
    )


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
@pytest.mark.parametrize("append", [with_table, with_stream])
@pytest.mark.parametrize(("count", "expected"), [(100_000, "read"), (300_000, "PDF.LIMIT")])
def test_unused_objects_after_a_signature(
    append: Callable[[bytes, int], bytes], count: int, expected: str
) -> None:
    octets = append(
        signed(page_of(), SCENE.world.person("Trần Thị Hồng Nhung", "048181004217"), at=SIGNED_AT),
        count,
    )
    said, seconds, memory = outcome(octets, program=COSTS).split()
    assert said == expected
    assert float(seconds) < 2
    assert int(memory) < 200_000
