"""The library and the articles agree on records that were made, and changed, by chance."""

import json
import os
from collections import Counter
from random import Random
from typing import Final

import pytest

from hocba_sign.errors import InputError
from hocba_sign.model.rules import Severity, apply_rules
from hocba_sign.model.transcript import Transcript
from tests.oracle import primary, secondary
from tests.oracle.answer import Answer, Json
from tests.oracle.generate import elementary, mutated
from tests.oracle.generate import secondary as generated

CIRCULARS: Final = {one.code: one for one in (secondary.TT22, secondary.TT43, secondary.TT58)}
PRIMARY: Final = ("TT27/2020", "TT22/2016")
COUNT: Final = int(os.environ.get("HOCBA_ORACLE_COUNT", "100"))
"""Records of one part; four parts for each circular, half of them honest.

`make oracle` takes 1,250.
"""


def made(code: str, random: Random) -> Json:
    return elementary(code, random) if code in PRIMARY else generated(CIRCULARS[code], random)


def expected(record: Json, code: str) -> dict[str, Answer]:
    return (
        primary.judge(record, code) if code in PRIMARY else secondary.judge(record, CIRCULARS[code])
    )


def disagreement(record: Json, code: str) -> str | None:
    """Say how the library differs from the articles, None where it does not."""
    answers = expected(record, code)
    worst = max(answers.values(), default=Answer.FINE)
    findings = apply_rules(Transcript.from_json(json.dumps(record)))
    errors = sorted({finding.rule for finding in findings if finding.severity is Severity.ERROR})
    broken = sorted(
        name for name, answer in answers.items() if answer is worst and worst > Answer.FINE
    )
    if worst is Answer.WRONG and not errors:
        return f"passes, but is wrong: {', '.join(broken)}"
    if worst is Answer.TOLD and not findings:
        return f"says nothing, but is doubtful: {', '.join(broken)}"
    if worst <= Answer.DOUBT and errors:
        return f"is an error, but should not be: {', '.join(errors)}"
    return None


@pytest.mark.parametrize("part", range(4))
@pytest.mark.parametrize("code", [*CIRCULARS, *PRIMARY])
def test_the_library_judges_as_the_articles_do(code: str, part: int) -> None:
    random = Random(f"{code} {part}")
    found: Counter[str] = Counter()
    example: dict[str, Json] = {}
    for number in range(COUNT):
        record = made(code, random)
        record = mutated(record, random) if number % 2 else record
        said = disagreement(record, code)
        if said is not None:
            found[said] += 1
            example.setdefault(said, record)
    assert not found, "\n".join(
        f"{count} of {COUNT} {said}; {_shown(example[said])}"
        for said, count in found.most_common(12)
    )


def _shown(record: Json) -> str:
    rows = [
        {
            name: value
            for name, value in row.items()
            if name not in {"tenmonhoc", "nxetmonhoc", "danhsachgvbm"}
        }
        for row in record["danhsachdiemtongket"]
    ]
    kept = {
        name: value
        for name, value in record.items()
        if isinstance(value, (str, bool, int))
        and name[:3] not in {"ten", "nxe", "ma_", "hot", "ngh"}
    }
    return json.dumps({**kept, "rows": rows}, ensure_ascii=False)


def test_a_record_that_cannot_be_read_is_no_answer() -> None:
    """What the generators make is read: else the comparison would be of nothing."""
    random = Random(1)
    for code in (*CIRCULARS, *PRIMARY):
        for _ in range(20):
            try:
                Transcript.from_json(json.dumps(mutated(made(code, random), random)))
            except InputError as error:
                pytest.fail(f"{code}: {error.cause} {error.where}")
