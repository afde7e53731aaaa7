"""The signed files that EU DSS tests itself with, and what DSS says to each.

The files come with `make interop` from DSS' own test jars. DSS' answers are recorded once in
`dss-corpus.jsonl`, for it needs ten minutes for all of them; `python -m tests.interop.dss_corpus`
records them anew.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal, TypeAlias

from hocba_sign.operations.verifier import Verifier
from hocba_sign.pki.revocation.evidence import Evidence
from hocba_sign.pki.trust.store import TrustStore
from tests.interop.dss_oracle import TARGET, dss

Kind: TypeAlias = Literal["xml", "pdf"]

CORPUS = TARGET / "corpus"
RECORD = Path(__file__).with_name("dss-corpus.jsonl")
JUDGED_AT = datetime(2026, 11, 24, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Answer:
    """What is said of one signature; `intact` as the report of this library defines it."""

    identifier: str | None
    intact: bool
    indication: str
    sub_indication: str | None
    format: str


def recorded(kind: Kind) -> dict[str, tuple[Answer, ...]]:
    """Return DSS' answers by the file's name within the corpus; none where DSS could not
    read it.
    """
    rows = (json.loads(line) for line in RECORD.read_text("utf-8").splitlines())
    return {
        row["file"]: tuple(Answer(*answer) for answer in row["signatures"])
        for row in rows
        if row["file"].endswith(".pdf") is (kind == "pdf")
    }


def ours(name: str) -> tuple[dict[str, Any], tuple[Answer, ...]]:
    """Return the report on a file of the corpus, judged without any trust, and its signatures."""
    report = (
        Verifier(trust=TrustStore(), evidence=Evidence.of())
        .verify_any((CORPUS / name).read_bytes(), at=JUDGED_AT)
        .to_dict()
    )
    return report, tuple(
        Answer(one["id"], one["intact"], one["indication"], one["sub_indication"], one["format"])
        for one in report["signatures"]
    )


def pairs(
    theirs: tuple[Answer, ...], mine: tuple[Answer, ...]
) -> Iterator[tuple[int, Answer, Answer]]:
    """Pair the signatures by Id, else by place."""
    left = list(mine)
    for place, their in enumerate(theirs):
        match = next((one for one in left if one.identifier == their.identifier), None) or left[0]
        left.remove(match)
        yield place, their, match


def _record() -> None:
    files = sorted(
        path for path in CORPUS.rglob("*") if path.suffix in {".xml", ".xades", ".ddoc", ".pdf"}
    )
    signed = [
        path for path in files if path.suffix == ".pdf" or b"SignatureValue" in path.read_bytes()
    ]
    lines = []
    for verdict in dss(signed, trust=(), at=JUDGED_AT):
        signatures = [
            [
                one["xml_id"],
                one["valid"],
                one["indication"],
                one["sub_indication"],
                one["format"].replace("_", "-"),
            ]
            for one in verdict.get("signatures", [])
        ]
        name = str(Path(verdict["file"]).relative_to(CORPUS))
        lines.append(json.dumps({"file": name, "signatures": signatures}, ensure_ascii=False))
    RECORD.write_text("\n".join(lines) + "\n", "utf-8")


if __name__ == "__main__":
    _record()
