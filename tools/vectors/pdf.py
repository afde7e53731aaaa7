"""Area pdf: pages, revisions and fields.

Most are one page of text, judged for its signatures alone; a few are transcripts.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from hocba_sign.pades.facts.form import NewField
from hocba_sign.testing import Identity
from tools.vectors.boxes import shown_cases
from tools.vectors.case import Case
from tools.vectors.others_world import WRITERS, recorded
from tools.vectors.pages import appended, last_object, page_of, signed
from tools.vectors.stage import CBQL, GVCN, SIGNED_AT, Stage

ISO = "ISO 32000-2"
_ROOM = 3_000
_FREE, _OVER = (72.0, 100.0, 272.0, 150.0), (60.0, 690.0, 300.0, 730.0)
_PAGE, _CONTENT, _INFORMATION = 3, 4, 6
_PASSED = "pdf/signed-once"


class Desk:
    """People who sign pages."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.teacher, self.principal = (stage.holder(slot) for slot in (GVCN, CBQL))

    def sign(self, octets: bytes, identity: Identity | None = None, **options: Any) -> bytes:
        signer = identity or self.teacher
        alone = replace(signer, chain_der=(signer.certificate_der,))
        return signed(octets, alone, at=SIGNED_AT, room=_ROOM, **{"appearance": None, **options})

    def again(self, octets: bytes, **options: Any) -> bytes:
        return self.sign(octets, self.principal, **{"field": "Sig2", **options})


def cases(stage: Stage) -> Iterator[Case]:
    desk = Desk(stage)
    yield from _honest(desk)
    yield from _changed(desk)
    yield from _permissions(desk)
    yield from _wrapped(desk)
    yield from _unreadable(desk)
    yield from shown_cases(stage, sign=desk.sign)


def _any(name: str, title: str, why: str, document: bytes, *, verdict: Any, **facts: Any) -> Case:
    given = {"spec": f"{ISO}, 12.8", "twin": _PASSED, **facts}
    return Case(
        identifier=f"pdf/{name}",
        title=title,
        why=why,
        document=document,
        verdict=verdict,
        is_pdf=True,
        options=("--any",),
        **given,
    )


def _numbers(octets: bytes) -> tuple[int, int]:
    """Return the numbers of the form and of the field of the first signature."""
    form = int(re.findall(rb"/AcroForm (\d+) 0 R", octets)[-1])
    return form, int(re.findall(rb"/Fields \[ (\d+) 0 R", octets)[-1])


def _honest(desk: Desk) -> Iterator[Case]:
    once = desk.sign(page_of())
    yield _any(
        "signed-once",
        "One page, signed once",
        "Nothing came after the signature",
        once,
        verdict="VALID",
        twin="pdf/changed-content",
    )
    yield _any(
        "signed-twice",
        "One page, signed twice",
        "A signature may follow a signature",
        desk.again(once),
        verdict="VALID",
        twin="pdf/action",
    )
    yield _any(
        "white-space-behind",
        "2,000 octets of white space and NUL behind the end",
        "Tools fill files up to whole blocks; nothing of it is seen",
        once + b" \0" * 1_000,
        verdict="VALID",
        spec=f"{ISO}, 7.2.3, 7.5.5",
        twin="pdf/octets-behind",
    )
    yield _any(
        "octets-behind",
        "A comment behind the end",
        "No signature covers it, and programs may read it",
        once + b" " * 1_000 + b"% 4 0 obj",
        verdict="INVALID",
        causes=("PDF.TRAILING",),
        twin="pdf/white-space-behind",
    )
    dated = "<< /Title (Hoc ba) /ModDate (D:20260602100000+07'00') >>"
    yield _any(
        "date-of-change",
        "The information dictionary says when the file was changed",
        "Tools write it when they add long-term data; no page shows it",
        appended(once, {_INFORMATION: dated}),
        verdict="VALID",
        causes=("PDF.TOLERATED",),
        twin="pdf/changed-content",
    )


def _changed(desk: Desk) -> Iterator[Case]:
    once = desk.sign(page_of())
    shown = "BT /F1 24 Tf 72 700 Td (Diem Toan: 10) Tj ET"
    other = f"<< /Length {len(shown)} >>\nstream\n{shown}\nendstream"
    changed = {"verdict": "INVALID", "causes": ("PDF.CHANGED",)}
    yield _any(
        "changed-content",
        "The page shows another mark since",
        "Incremental saving: the signed octets are all there",
        appended(once, {_CONTENT: other}),
        **changed,
    )
    form, field = _numbers(once)
    removed = appended(once, {form: "<< /Fields [ ] /SigFlags 3 >>"})
    yield _any(
        "removed-signature",
        "The list of fields is empty since",
        "Whoever signed would have signed nothing",
        removed,
        verdict="INVALID",
        causes=("PDF.SIGNATURE_REMOVED",),
    )
    written = last_object(once, field)
    twice = {
        form: f"<< /Fields [ {field} 0 R 90 0 R ] /SigFlags 3 >>",
        90: written.replace("(Sig1)", "(Sig2)"),
    }
    yield _any(
        "signature-in-two-fields",
        "A second field has the first one's signature",
        "One person would count as two",
        appended(once, twice),
        verdict="INVALID",
        causes=("PDF.SIGNATURE_TWICE",),
    )
    yield _any(
        "action",
        "The second signature's field brings actions",
        "A field may bring nothing that runs",
        desk.again(once, written={b"/TU (Sig2)": b"/AA (Sig2)"}),
        **changed,
        twin="pdf/signed-twice",
    )
    yield _any(
        "unknown-entry",
        "The second signature's field has an entry that nobody knows",
        "It is not proven wrong, nor proven harmless",
        desk.again(once, written={b"/TU (Sig2)": b"/QX (Sig2)"}),
        verdict="INDETERMINATE",
        causes=("PDF.CHANGE_UNKNOWN",),
        twin="pdf/signed-twice",
    )
    yield _any(
        "picture-over-a-mark",
        "The place of the second signature is over the mark",
        "Who signed first has seen something else; whether it was meant so nobody can tell",
        desk.again(once, box=_OVER),
        verdict="INDETERMINATE",
        causes=("PDF.OVERLAY",),
        twin="pdf/picture-beside",
    )
    yield _any(
        "picture-beside",
        "The place of the second signature is where nothing was",
        "The later signer hides nothing",
        desk.again(once, box=_FREE),
        verdict="VALID",
        twin="pdf/picture-over-a-mark",
    )


def _permissions(desk: Desk) -> Iterator[Case]:
    certified = desk.sign(page_of(), certifies=True)
    yield _any(
        "visible-field-after-certification",
        "A new field is seen after a certification that permits signing only",
        "DocMDP, P 2",
        desk.again(certified, box=_FREE),
        verdict="INVALID",
        causes=("PDF.NOT_PERMITTED",),
        spec=f"{ISO}, 12.8.2.2",
        twin="pdf/picture-beside",
    )
    prepared = NewField(name="Sig2", label="Sig2", place=None, locked_fields=())
    for locked, verdict, causes in ((("Sig2",), "INVALID", ("PDF.LOCKED",)), ((), "VALID", ())):
        first = desk.sign(page_of(), new_fields=(prepared,), locked_fields=locked)
        yield _any(
            "locked-field" if locked else "field-left-open",
            f"The first signature {'locks' if locked else 'leaves open'} the field of the second",
            "FieldMDP",
            desk.again(first, is_new=False),
            verdict=verdict,
            causes=causes,
            spec=f"{ISO}, 12.8.2.4",
            twin="pdf/field-left-open" if locked else "pdf/locked-field",
        )


def _wrapped(desk: Desk) -> Iterator[Case]:
    once = desk.sign(page_of())
    found = list(re.finditer(rb"/ByteRange\s*\[[^\]]*\]", once))[-1]

    def ranged(value: str) -> bytes:
        return (
            once[: found.start()]
            + f"/ByteRange {value}".encode().ljust(len(found[0]))
            + once[found.end() :]
        )

    start, gap, resumed, length = map(int, re.findall(rb"\d+", found[0]))
    yield _any(
        "empty-byte-range",
        "The byte range covers nothing",
        "Universal signature forgery",
        ranged("[0 0 0 0]"),
        verdict="INVALID",
        causes=("PDF.BYTE_RANGE",),
    )
    yield _any(
        "short-byte-range",
        "The byte range ends before the revision does",
        "What is not covered could be anything",
        ranged(f"[{start} {gap} {resumed} {length - 9}]"),
        verdict="INVALID",
        causes=("PDF.COVERAGE",),
    )
    end = once.index(b">", gap)
    yield _any(
        "octets-behind-the-value",
        "Octets other than zeros behind the value, in the room left for it",
        "No signature covers them",
        once[: end - 4] + b"beef" + once[end:],
        verdict="INVALID",
        causes=("PDF.PADDING",),
    )
    yield _any(
        "older-form",
        "The signature says that it is of the form before PAdES",
        "Its time and its certificate are bound in another way; nothing is proven wrong",
        recorded("pyhanko", "pkcs7"),
        verdict="INDETERMINATE",
        origin=WRITERS["pyhanko"],
        causes=("PDF.PKCS7",),
        spec=f"{ISO}, 12.8.3.3; EN 319 142-1, 6.3",
    )


def _unreadable(desk: Desk) -> Iterator[Case]:
    once = desk.sign(page_of())
    for name, title, document, cause in (
        ("octets-before-the-head", "Six octets before the head", b"GIF89a" + once, "PDF.HEADER"),
        (
            "encrypted",
            "The file says that it is encrypted, in no known way",
            page_of().replace(b"/Info 6", b"/Encrypt 6"),
            "PDF.ENCRYPTED",
        ),
        (
            "a-billion-objects",
            "A list of a billion objects in some octets",
            _billion(),
            "PDF.LIMIT",
        ),
        (
            "value-in-the-field",
            "The value of a field is no object of its own",
            page_of(
                catalog=" /AcroForm << /Fields [7 0 R] >>",
                objects=("<< /FT /Sig /T (Sig1) /V << /Type /Sig /Contents <00> >> >>",),
            ),
            "PDF.SIGNATURE_DICTIONARY",
        ),
    ):
        yield _any(
            name,
            title,
            "Refused before anything is believed",
            document,
            verdict="INVALID",
            causes=("DOC.FORMAT", cause),
            spec=f"{ISO}, 7.5",
        )


def _billion() -> bytes:
    head = b"%PDF-1.7\n"
    entries = b"/Type /XRef /W [0 0 0] /Index [0 1000000000] /Size 1000000000 /Root 2 0 R /Length 0"
    return (
        head
        + b"1 0 obj\n<< "
        + entries
        + b" >>\nstream\n\nendstream\nendobj\nstartxref\n%d\n%%%%EOF\n" % len(head)
    )
