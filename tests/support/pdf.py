"""Small PDFs with a page of text, signed with the keys of the test world, and revisions that nobody signed."""

from collections.abc import Callable
from datetime import datetime
from io import BytesIO
from typing import Any

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

from hocba_sign.crypto.algorithms import SHA256, digest
from hocba_sign.crypto.signer import SoftwareSigner, default_algorithm
from hocba_sign.pades.form import NewField, Place, Revision
from hocba_sign.pades.write import engine, fill
from hocba_sign.pades.write_cms import Description, unsigned, with_value
from hocba_sign.pki.certificate import Certificate
from hocba_sign.testing import Identity

NAME = generic.NameObject


def page_of(text: str = "Diem Toan: 8", *, extra: str = "", objects: tuple[str, ...] = (), catalog: str = "", drawing: str = "") -> bytes:
    """Write a PDF of one page. `extra` are entries of the page, `objects` further objects, numbered from 7."""
    content = f"BT /F1 24 Tf 72 700 Td ({text}) Tj ET{drawing}"
    bodies = [
        f"<< /Type /Catalog /Pages 2 0 R{catalog} >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> {extra} >>",
        f"<< /Length {len(content)} >>\nstream\n{content}\nendstream",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        "<< /Title (Hoc ba) >>",
        *objects,
    ]
    octets, offsets = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", []
    for number, body in enumerate(bodies, 1):
        offsets.append(len(octets))
        octets += f"{number} 0 obj\n{body}\nendobj\n".encode("latin-1")
    table = "".join(f"{offset:010} 00000 n \n" for offset in offsets)
    count = len(bodies) + 1
    start = len(octets)
    tail = f"xref\n0 {count}\n0000000000 65535 f \n{table}trailer\n<< /Size {count} /Root 1 0 R /Info 6 0 R >>\nstartxref\n{start}\n%%EOF\n"
    return octets + tail.encode()


def signed(
    octets: bytes,
    identity: Identity,
    *,
    field: str = "Sig1",
    at: datetime,
    box: tuple[float, float, float, float] | None = None,
    is_new: bool = True,
    role: str = "GVCN",
    **options: Any,
) -> bytes:
    """Sign as PAdES B in a field that is there or new, `at` being the claimed time; `options` are those of `Revision`."""
    algorithm = default_algorithm(SoftwareSigner(identity.key, identity.chain_der).public_key)
    described = Description(
        algorithm=algorithm,
        digest_algorithm=SHA256,
        chain_der=identity.chain_der,
        issuer_serial_der=Certificate.load(identity.chain_der[0]).issuer_serial_der,
        role=role,
        commitment="ProofOfApproval",
    )
    place = None if box is None else Place(page=0, box=box)
    made = (NewField(name=field, label=field, place=place, locked_fields=options.get("locked_fields", ())),) if is_new else ()
    options.setdefault("appearance", page_of("signed") if box is not None else None)
    options["new_fields"] = (*made, *options.get("new_fields", ()))
    revision = Revision(field=field, room=described.room, digest_name="sha256", signing_time=at, **options)
    gap = engine().append_gap(octets, revision)
    cms, to_sign = unsigned(described, digest(SHA256, gap.covered))
    return fill(gap, with_value(cms, SoftwareSigner(identity.key, identity.chain_der).sign(to_sign, algorithm), algorithm=algorithm))


def revised(octets: bytes, change: Callable[[IncrementalPdfFileWriter], None]) -> bytes:
    """Append a revision that nobody signed."""
    writer = IncrementalPdfFileWriter(BytesIO(octets), strict=False)
    change(writer)
    return _written(writer)


def _written(writer: IncrementalPdfFileWriter) -> bytes:
    output = BytesIO()
    writer.write(output)
    return output.getvalue()


def page(writer: IncrementalPdfFileWriter) -> Any:
    return writer.root["/Pages"]["/Kids"][0]
