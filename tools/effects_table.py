"""Write docs/reference/effects.md, what each cause makes of a signature and of the document, from
the classes of causes and the judgement's own table; with --check, fail where it is stale.
"""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from hocba_sign.errors import Finding
from hocba_sign.pki.path.result import sub_indication
from hocba_sign.validation.verdict import conclude

ROOT: Final = Path(__file__).parent.parent
TARGET: Final = ROOT / "docs" / "reference" / "effects.md"
CLASSES: Final = ROOT / "tests" / "unit" / "validation" / "causes.json"
NOT_PROVEN: Final = frozenset({"unproven", "note", "call"})
DOCUMENT: Final = {"unproven": "INDETERMINATE", "note": "—", "call": "no verdict"}
"""What a cause of this class makes of the document; any other class is a proven fault."""
PROVEN: Final = "INVALID"
CONCLUDED: Final = frozenset({"SIG", "PDF", "DER", "CRYPTO", "CERT"})
OF_FILES: Final = frozenset(
    {
        *("PDF.ATTACHED_TWICE", "PDF.ATTACHED_XML", "PDF.CONTENT_CHANGED", "PDF.CONTENT_DIFFERS"),
        *("PDF.ENCRYPTED", "PDF.HEADER", "PDF.LIMIT", "PDF.NOT_COMPARED", "PDF.NO_TRANSCRIPT"),
        *("PDF.OVERLAY", "PDF.PAGE_LIMIT", "PDF.PICTURE", "PDF.SYNTAX", "PDF.TRAILING"),
        *("PDF.UNREADABLE", "PDF.XFA", "SIG.TIME_STAMPS"),
    }
)
"""Said of a whole file, not of one signature in it."""
OF_TIME_STAMPS: Final = frozenset({"SIG.TIME_STAMP_FORM", "SIG.TIME_STAMP_INCLUDE"})
"""Said of a time-stamp alone, as all of TST are."""
DEPENDS: Final = {
    "DOC.OTHER_KIND": "INDETERMINATE; — where signed text only mentions the mark",
    "DOC.STATUS": "INDETERMINATE where it is open; — where nobody asked, or it is known",
    "PATH.EXPIRED": "INDETERMINATE; INVALID where made after the end of the certificate is proven",
    "PATH.NOT_YET_VALID": "INDETERMINATE; INVALID where it existed before the certificate did",
    "REVOCATION.REVOKED": "INDETERMINATE; INVALID where made after the revocation is proven",
    "TST.FUTURE": "INDETERMINATE; — where that is all that stands against the token",
    "WF.AUTHORITY": "as the worst REGISTRY cause; — where there is no registry",
    "WF.PUPIL_NOT_COVERED": "INDETERMINATE; — by the policy kho",
}
"""Causes whose effect on the document depends on more than the cause."""
HEAD: Final = """# Effects of causes

Made by `tools/effects_table.py`. The normative table of [the format](format.md#10-verdict): what a cause makes of the signature in which it is found, and of the document. Words for people: [causes](causes.md).

**Proves**: what is proven wrong by it: `value` a signature value, `digest` a digest, `form` the form, `role` who signed what, in which order, `date`, `validity`, `revocation`, `limit` a [limit](limits.md). `unproven`: nothing is wrong, something that VALID needs is not confirmed. `note`: it is told, and changes nothing.
`call`: it ends a command, a read or a signing, before any verdict.

**Signature**: by this cause alone, in the words of EN 319 102-1; of several causes [the first in the order of its process](format.md#10-verdict) gives the indication. **Document**: INVALID prevails over INDETERMINATE, that over VALID; — changes nothing. Circulars' rules (`RULE.*`) are summed up in `DOC.RULES`. Causes of other areas
(`BATCH`, `BULK`, `CLI`, `CONVERT`, `EXTEND`, `FETCH`, `FILE`, `JSON`, `KEY`, `MERGE`, `RECORD`, `RENDER`, `REPORT`, `SCHEMA`, `SIGN`, `TSA`) are of the class `call`; `POLICY.REGISTRY_NEEDED`, `POLICY.STATUS_NEEDED` and, but in a copy of paper, `RULE.NO_RULE_SET` are `unproven`.

| Cause | Proves | Signature | Document |
|---|---|---|---|
"""


def in_signature(cause: str, proves: str) -> str:
    """Return what the cause alone makes of a signature, empty where it is not said of one."""
    area = cause.partition(".")[0]
    if proves == "call" or cause in OF_FILES:
        return ""
    if area == "TST" or cause in OF_TIME_STAMPS:
        return "its time-stamp proves nothing"
    if proves == "note":
        return "warning" if area in CONCLUDED else ""
    if area in {"PATH", "REVOCATION"}:
        return f"INDETERMINATE / {sub_indication(cause)}"
    if cause == "TRUST.KNOWN_BAD":
        return "INDETERMINATE / NO_CERTIFICATE_CHAIN_FOUND"
    if area not in CONCLUDED:
        return ""
    conclusion = conclude((Finding(cause),))
    return f"{conclusion.indication} / {conclusion.sub_indication}"


def on_document(cause: str, proves: str) -> str:
    """Return what the cause makes of the document; of time-stamps SIG.TIME_STAMPS decides."""
    if cause in DEPENDS:
        return DEPENDS[cause]
    if cause.startswith("TST.") and proves != "call":
        return DOCUMENT["unproven"]
    return DOCUMENT.get(proves, PROVEN)


def rows() -> Iterator[tuple[str, str, str, str]]:
    """Yield cause, class, effect on the signature and on the document."""
    classes: dict[str, list[str]] = json.loads(CLASSES.read_text("utf-8"))
    for cause, proves in sorted((one, name) for name, causes in classes.items() for one in causes):
        yield cause, proves, in_signature(cause, proves), on_document(cause, proves)


def page() -> str:
    return HEAD + "".join(
        f"| `{cause}` | {proves} | {signature} | {document} |\n"
        for cause, proves, signature, document in rows()
    )


def main() -> int:
    made = page()
    if "--check" in sys.argv[1:]:
        if not TARGET.exists() or TARGET.read_text("utf-8") != made:
            print(f"{TARGET.name} is stale: run tools/effects_table.py", file=sys.stderr)
            return 1
        return 0
    TARGET.write_text(made, "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
