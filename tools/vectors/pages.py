"""Small PDFs with a page of text, signed with the keys of a test world, and octets appended to
them: the same every time.
"""

import re
from datetime import datetime
from typing import Any

from hocba_sign.crypto.digests import SHA256, digest
from hocba_sign.crypto.signer import SoftwareSigner, default_algorithm
from hocba_sign.pades.facts.form import FieldBox, NewField, PlannedRevision, SignaturePlaceholder
from hocba_sign.pades.write_cms import CmsTemplate, cms_without_value, with_value
from hocba_sign.pades.write_pdf import engine, fill
from hocba_sign.pki.certificates.certificate import Certificate
from hocba_sign.testing import Identity


def page_of(
    text: str = "Diem Toan: 8",
    *,
    extra: str = "",
    objects: tuple[str, ...] = (),
    catalog: str = "",
    drawing: str = "",
    resources: str = "",
) -> bytes:
    """Write a PDF of one page.

    `extra` are entries of the page, `objects` further objects, numbered from 7.
    """
    content = f"BT /F1 24 Tf 72 700 Td ({text}) Tj ET{drawing}"
    bodies = [
        f"<< /Type /Catalog /Pages 2 0 R{catalog} >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        (
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources "
            f"<< /Font << /F1 5 0 R >>{resources} >> {extra} >>"
        ),
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
    tail = (
        f"xref\n0 {count}\n0000000000 65535 f \n{table}trailer\n<< /Size {count} /Root 1 "
        f"0 R /Info 6 0 R >>\nstartxref\n{start}\n%%EOF\n"
    )
    return octets + tail.encode()


def signed(
    octets: bytes,
    identity: Identity,
    *,
    field: str = "Sig1",
    at: datetime,
    box: tuple[float, float, float, float] | None = None,
    is_new: bool = True,
    **options: Any,
) -> bytes:
    """Sign as PAdES B in a field that is there or new, `at` being the claimed time; `options` are
    those of `PlannedRevision`.

    `role` is what the signature says of its signer; `written` replaces octets of the file by as many others before it is signed.
    """
    algorithm = default_algorithm(SoftwareSigner(identity.key, identity.chain_der).public_key)
    described = CmsTemplate(
        algorithm=algorithm,
        digest_algorithm=SHA256,
        chain_der=identity.chain_der,
        issuer_serial_der=Certificate.load(identity.chain_der[0]).issuer_serial_der,
        role=options.pop("role", "GVCN"),
        commitment="ProofOfApproval",
    )
    place = None if box is None else FieldBox(page=0, box=box)
    made = (
        (
            NewField(
                name=field, label=field, place=place, locked_fields=options.get("locked_fields", ())
            ),
        )
        if is_new
        else ()
    )
    written = options.pop("written", {})
    options.setdefault("appearance", page_of("signed") if box is not None else None)
    options.setdefault("room", described.room)
    options["new_fields"] = (*made, *options.get("new_fields", ()))
    revision = PlannedRevision(field=field, digest_name="sha256", signing_time=at, **options)
    gap = _replaced(engine().append_gap(octets, revision), written)
    cms, to_sign = cms_without_value(described, digest(SHA256, gap.covered))
    return fill(
        gap,
        with_value(
            cms,
            SoftwareSigner(identity.key, identity.chain_der).sign(to_sign, algorithm),
            algorithm=algorithm,
        ),
    )


def _replaced(gap: SignaturePlaceholder, written: dict[bytes, bytes]) -> SignaturePlaceholder:
    octets = gap.octets
    for old, new in written.items():
        assert len(old) == len(new), f"{old!r} is not as long as {new!r}"
        before, found, after = octets.rpartition(old)
        assert found, f"{old!r} is not in the file"
        octets = before + new + after
    return SignaturePlaceholder(octets=octets, start=gap.start, end=gap.end)


def last_object(octets: bytes, number: int) -> str:
    """Return what an object holds, as the last revision writes it."""
    start = octets.rindex(b"\n%d 0 obj" % number)
    return (
        octets[octets.index(b"obj", start) + 3 : octets.index(b"endobj", start)]
        .decode("latin-1")
        .strip()
    )


def appended(octets: bytes, objects: dict[int, str]) -> bytes:
    """Append a revision that nobody signed, of these objects."""
    last = int(re.findall(rb"startxref\s+(\d+)", octets)[-1])
    size = max(int(found) for found in re.findall(rb"/Size (\d+)", octets))
    root, information = (
        re.findall(rb"/%s (\d+ 0 R)" % key, octets)[-1].decode() for key in (b"Root", b"Info")
    )
    body, table = octets, ""
    for number, held in objects.items():
        table += f"{number} 1\n{len(body):010} 00000 n \n"
        body += f"{number} 0 obj\n{held}\nendobj\n".encode("latin-1")
    trailer = (
        f"<< /Size {max(size, *(number + 1 for number in objects))} /Root {root} "
        f"/Info {information} /Prev {last} >>"
    )
    return body + f"xref\n{table}trailer\n{trailer}\nstartxref\n{len(body)}\n%%EOF\n".encode()
