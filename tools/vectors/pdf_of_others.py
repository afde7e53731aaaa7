"""Area pdf, third part: pages that pyHanko and EU DSS signed and that PDFBox changed."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any, Final

from tools.vectors.case import WORLD, Case, Verdict
from tools.vectors.others_world import WRITERS, by_openssl, recorded
from tools.vectors.revocation import OTHER_LISTS
from tools.vectors.stage import LISTED_AT, SIGNED_AT, Stage

_ISO: Final = "ISO 32000-2, 12.8; EN 319 142-1"
_CHOICE: Final = "The standards allow it"
_OPEN: Final = "Nothing is proven wrong, and not everything right"
_CHANGED: Final = "What is shown, or runs, is not what was signed"
_LOOKS: Final = "No page shows it"
_GOOD: Final = (
    ("pyhanko-b", "pyhanko/b", "Level B", "pyhanko-b-other-octet"),
    ("pyhanko-t", "pyhanko/t", "Level T", "pyhanko-stamp-without-purpose"),
    ("pyhanko-sha384", "pyhanko/sha384", "Signed with SHA-384", "pyhanko-rsa1024"),
    ("pyhanko-sha512", "pyhanko/sha512", "Signed with SHA-512", "pyhanko-rsa1024"),
    ("pyhanko-pss", "pyhanko/pss", "Signed with RSA-PSS", "pyhanko-rsa1024"),
    ("pyhanko-p256", "pyhanko/p256", "Signed with a key on P-256", "pyhanko-rsa1024"),
    ("pyhanko-rsa3072", "pyhanko/rsa3072", "Signed with RSA of 3,072 bits", "pyhanko-rsa1024"),
    ("pyhanko-visible", "pyhanko/visible", "The signature is seen", "pyhanko-over-a-mark"),
    ("pyhanko-told", "pyhanko/told", "Reason, place and contact are said", "pyhanko-b-other-octet"),
    (
        "pyhanko-certified-1",
        "pyhanko/certified-1",
        "Certified, nothing may follow",
        "dss-certified-1-note",
    ),
    (
        "pyhanko-certified-2-signed",
        "pyhanko/certified-2-b",
        "Certified for filling in, then signed",
        "dss-certified-2-note",
    ),
    (
        "pyhanko-certified-3-signed",
        "pyhanko/certified-3-b",
        "Certified for notes, then signed",
        "dss-certified-1-note",
    ),
    ("pyhanko-twice", "pyhanko/b-b", "Signed twice", "pyhanko-twice-revoked"),
    ("pyhanko-twice-t", "pyhanko/t-t", "Signed twice at level T", "pyhanko-twice-revoked"),
    (
        "pyhanko-beside",
        "pyhanko/b-visible",
        "Signed again, seen where nothing was",
        "pyhanko-over-a-mark",
    ),
    (
        "pyhanko-empty-field",
        "pyhanko/prepared-b",
        "An empty field follows the signature",
        "pdfbox-note",
    ),
    (
        "pyhanko-field-left-open",
        "pyhanko/locks-other-b",
        "A lock on another field, then signed again",
        "pyhanko-field-locked",
    ),
    (
        "pyhanko-stamped-later",
        "pyhanko/stamped-b",
        "Level B, then a time-stamp of the document",
        "pyhanko-stamp-without-purpose",
    ),
    ("dss-b", "dss/pages/b", "Level B", "pdfbox-text"),
    ("dss-t", "dss/pages/t", "Level T", "pdfbox-text"),
    ("dss-sha384", "dss/pages/sha384", "Signed with SHA-384", "pdfbox-text"),
    ("dss-sha512", "dss/pages/sha512", "Signed with SHA-512", "pdfbox-text"),
    ("dss-pss", "dss/pages/pss", "Signed with RSA-PSS", "pdfbox-text"),
    ("dss-p256", "dss/pages/p256", "Signed with a key on P-256", "pdfbox-text"),
    ("dss-twice", "dss/pages/b-b", "Signed twice", "dss-twice-revoked"),
    ("dss-twice-t", "dss/pages/t-t", "Signed twice at level T", "dss-twice-revoked"),
    (
        "dss-certified-2-signed",
        "dss/pages/certified-2-b",
        "Certified for filling in, then signed",
        "dss-certified-2-note",
    ),
    (
        "pdfbox-nothing",
        "dss/pages/changed-nothing",
        "Saved again by PDFBox, nothing changed",
        "pdfbox-text",
    ),
    ("pdfbox-title", "dss/pages/changed-title", "The title is another since", "pdfbox-text"),
    ("pdfbox-metadata", "dss/pages/changed-metadata", "Metadata was added", "pdfbox-script"),
)
_TOLERATED: Final = frozenset({"pdfbox-title", "pdfbox-metadata"})
_OPEN_CASES: Final = (
    (
        "pyhanko-rsa1024",
        "pyhanko/rsa1024",
        "Signed with RSA of 1,024 bits",
        "CRYPTO.NOT_ACCEPTABLE",
    ),
    (
        "pyhanko-encryption-only",
        "pyhanko/encryption-only",
        "The certificate is for encryption",
        "PATH.KEY_USAGE",
    ),
    (
        "pyhanko-stray",
        "pyhanko/stray",
        "The certificate is by a root that nobody trusts",
        "PATH.NO_CHAIN",
    ),
    ("pyhanko-over-a-mark", "pyhanko/b-over", "Signed again, seen over the mark", "PDF.OVERLAY"),
    (
        "pyhanko-stamp-without-purpose",
        "pyhanko/stamp-without-purpose",
        "The time-stamp is by an authority that is none",
        "TST.KEY_USAGE",
    ),
    (
        "pyhanko-expired",
        "pyhanko/short-life-b",
        "Level B, the certificate has ended since",
        "PATH.EXPIRED",
    ),
)
_CHANGES: Final = (
    ("text", "Text was added to the page"),
    ("covered", "Text was written over the mark"),
    ("note", "A note was put on the page"),
    ("rubber-stamp", "A rubber stamp was put over the mark"),
    ("page-added", "A page was added"),
    ("rotated", "The page was turned"),
    ("cropped", "The page was cut above the mark"),
    ("attachment", "A file was attached"),
    ("script", "A script that runs on opening was added"),
)
_REMOVALS: Final = (
    ("form-removed", "The form was taken out"),
    ("fields-emptied", "The list of fields was emptied"),
    ("value-removed", "The field's value was taken out"),
)


def cases(stage: Stage) -> Iterator[Case]:
    for name, file, title, twin in _GOOD:
        causes = ("PDF.TOLERATED",) if name in _TOLERATED else ()
        why = _LOOKS if name.startswith("pdfbox") else _CHOICE
        yield _case(name, file, (title, why), "VALID", *causes, twin=twin)
    for name, file, title, cause in _OPEN_CASES:
        yield _case(name, file, (title, _OPEN), "INDETERMINATE", cause)
    for change, title in _CHANGES:
        yield _changed(change, (title, _CHANGED), "PDF.CHANGED")
    for change, title in _REMOVALS:
        texts = (title, "Whoever signed would have signed nothing")
        yield _changed(change, texts, "PDF.SIGNATURE_REMOVED")
    texts = (
        "The reason in the signed dictionary was written again",
        "The signature is another object since",
    )
    yield _changed("reason", texts, "PDF.COVERAGE")
    for level, what in ((1, "nothing may follow"), (2, "only filling in may follow")):
        yield _case(
            f"dss-certified-{level}-note",
            f"dss/pages/certified-{level}-note",
            (f"Certified, {what}, then a note by PDFBox", "DocMDP does not permit notes"),
            "INVALID",
            "PDF.CHANGED",
            twin="pyhanko-certified-1" if level == 1 else "dss-certified-2-signed",
        )
    yield from _locked()
    yield from _otherwise()
    yield from _revoked()
    yield from _in_time(stage)


def _case(
    name: str, file: str, texts: tuple[str, str], verdict: Verdict, *causes: str, **facts: Any
) -> Case:
    title, why = texts
    writer = (
        "pdfbox" if name.startswith("pdfbox") or name.endswith("note") else name.partition("-")[0]
    )
    given = {"document": recorded("", file), **facts}
    given["twin"] = f"pdf/{facts.get('twin', 'pyhanko-b')}"
    return Case(
        identifier=f"pdf/{name}",
        title=title,
        why=why,
        spec=_ISO,
        verdict=verdict,
        causes=causes,
        is_pdf=True,
        options=("--any",),
        origin=WRITERS[writer],
        **given,
    )


def _changed(change: str, texts: tuple[str, str], cause: str) -> Case:
    file = f"dss/pages/changed-{change}"
    return _case(f"pdfbox-{change}", file, texts, "INVALID", cause, twin="pdfbox-nothing")


def _locked() -> Iterator[Case]:
    for name, file, title in (
        ("pyhanko-field-locked", "locks-second-b", "A lock on the second field, then signed in it"),
        ("pyhanko-all-locked", "locks-all-b", "A lock on all fields, then signed in one"),
    ):
        texts = (title, "FieldMDP")
        twin = "pyhanko-field-left-open"
        yield _case(name, f"pyhanko/{file}", texts, "INVALID", "PDF.LOCKED", twin=twin)


def _otherwise() -> Iterator[Case]:
    octets = recorded("pyhanko", "b").replace(b"Diem Toan: 8", b"Diem Toan: 9", 1)
    texts = ("One octet of the page is another", "The digest covers it")
    yield _case(
        "pyhanko-b-other-octet", "pyhanko/b", texts, "INVALID", "SIG.DIGEST", document=octets
    )
    texts = ("A time-stamp of the document and no signature", "Nobody has signed")
    yield _case("pyhanko-stamp-alone", "pyhanko/stamp-alone", texts, "NOTHING_TO_VERIFY")
    texts = (
        "A time-stamp from after the time of validation",
        "It proves nothing then, and is named",
    )
    yield _case(
        "pyhanko-stamp-from-the-future",
        "pyhanko/future-stamp",
        texts,
        "VALID",
        "TST.FUTURE",
        twin="pyhanko-expired",
    )


def _revoked() -> Iterator[Case]:
    """Yield the second signer's certificate revoked: before, after, and after a time-stamp."""
    for name, file, listed, is_good in (
        ("pyhanko-twice-revoked", "pyhanko/b-b", "revoked-keycompromise", False),
        ("pyhanko-twice-revoked-later", "pyhanko/b-b", "revoked-after-signing", False),
        ("pyhanko-twice-t-revoked-later", "pyhanko/t-t", "revoked-after-signing", True),
        ("pyhanko-twice-t-revoked", "pyhanko/t-t", "revoked-keycompromise", False),
        ("dss-twice-revoked", "dss/pages/b-b", "revoked-superseded", False),
        ("dss-twice-t-revoked-later", "dss/pages/t-t", "superseded-after-signing", True),
    ):
        given = "evidence/list.crl"
        yield _case(
            name,
            file,
            (
                _revoked_title(is_later="after" in listed, is_stamped="-t" in file),
                "Only a proven time before the revocation saves the signature",
            ),
            "VALID" if is_good else "INDETERMINATE",
            *(() if is_good else ("REVOCATION.REVOKED",)),
            files={given: by_openssl("list", listed)},
            crl=(*OTHER_LISTS, given),
            twin="pyhanko-twice-revoked" if is_good else "pyhanko-twice",
        )


def _revoked_title(*, is_later: bool, is_stamped: bool) -> str:
    when, with_what = "later" if is_later else "before", "with" if is_stamped else "without"
    return f"The second signer's certificate is revoked {when}, {with_what} time-stamps"


def _in_time(stage: Stage) -> Iterator[Case]:
    for name, file, title in (
        ("pyhanko-lt", "pyhanko/lt", "Level LT by pyHanko, judged by itself"),
        ("pyhanko-lta", "pyhanko/lta", "Level LTA by pyHanko, judged by itself"),
    ):
        texts = (title, "Paths and lists stand in the file")
        yield _case(
            name,
            file,
            texts,
            "VALID",
            crl=(),
            cert=(),
            at=LISTED_AT + timedelta(hours=2),
            twin="pyhanko-t-alone",
        )
    texts = ("Level T by pyHanko, judged by itself", "It carries no lists")
    yield _case(
        "pyhanko-t-alone",
        "pyhanko/t",
        texts,
        "INDETERMINATE",
        "REVOCATION.NONE",
        crl=(),
        twin="pyhanko-lt",
    )
    listed = {"evidence/early.crl": stage.world.crl("public-ca", SIGNED_AT + timedelta(hours=5))}
    texts = (
        "Level T, the certificate has ended since",
        "The time-stamp is from its life, and so is the list",
    )
    yield _case(
        "pyhanko-expired-t",
        "pyhanko/short-life-t",
        texts,
        "VALID",
        files=listed,
        crl=(f"{WORLD}/crl", *listed),
        twin="pyhanko-expired",
    )
