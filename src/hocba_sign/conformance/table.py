"""The agreement of a program with the suite, for people and as JSON."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

from hocba_sign.catalogue.messages import Language
from hocba_sign.conformance.judgement import ConformanceLevel
from hocba_sign.conformance.suite import Suite
from hocba_sign.conformance.trial import LEVELS, Trial
from hocba_sign.version import VERSION

_WORDS: Final[dict[Language, dict[str, str]]] = {
    "en": {
        "area": "area",
        "cases": "cases",
        "VERDICT": "verdict",
        "CAUSES": "causes",
        "MEMBERS": "members",
        "failed": "no answer",
        "UNSUPPORTED": "not supported",
        "total": "all",
        "DIED": "the program ended with an error",
        "TIME_LIMIT": "the program did not end in time and was stopped",
        "OUTPUT_LIMIT": "the program wrote too much and was stopped",
        "NO_ANSWER": "the program wrote no answer that can be read",
        "ANSWERED": "the answer is another",
        "suite": "Conformance suite {version}, format {format}, level {level}",
        "more": "{count} more cases; all of them with --json",
    },
    "vi": {
        "area": "nhóm",
        "cases": "số ca",
        "VERDICT": "kết luận",
        "CAUSES": "mã lý do",
        "MEMBERS": "chi tiết",
        "failed": "không trả lời",
        "UNSUPPORTED": "chưa hỗ trợ",
        "total": "tổng",
        "DIED": "chương trình kết thúc do lỗi",
        "TIME_LIMIT": "chương trình không kết thúc đúng hạn nên bị dừng",
        "OUTPUT_LIMIT": "chương trình ghi ra quá nhiều dữ liệu nên bị dừng",
        "NO_ANSWER": "không đọc được câu trả lời của chương trình",
        "ANSWERED": "câu trả lời khác với kết quả yêu cầu",
        "suite": "Bộ kiểm thử phiên bản {version}, định dạng {format}, mức {level}",
        "more": "còn {count} ca; xem đầy đủ bằng --json",
    },
}
_SHOWN: Final = 30
"""Cases that are told one by one; the rest is in the JSON."""


def as_text(
    suite: Suite, trials: Sequence[Trial], *, level: ConformanceLevel, language: Language
) -> str:
    """Return the table by area and level, and the cases that do not reach `level`."""
    words = _WORDS[language]
    heads = ("area", "cases", *(known.name for known in LEVELS), "failed", "UNSUPPORTED")
    rows = [tuple(words[head] for head in heads), *_rows(trials, words["total"])]
    widths = [max(len(row[column]) for row in rows) for column in range(len(heads))]
    lines = [
        words["suite"].format(
            version=suite.version, format=suite.format_version, level=words[level.name]
        ),
        "",
        *(
            "  ".join(
                cell.rjust(width) if column else cell.ljust(width)
                for column, (cell, width) in enumerate(zip(row, widths, strict=True))
            ).rstrip()
            for row in rows
        ),
    ]
    failed = [trial for trial in trials if not trial.reaches(level)]
    if failed:
        lines.append("")
    lines += [
        f"{trial.case.identifier}: {words[trial.outcome]}{_details(trial, level)}"
        for trial in failed[:_SHOWN]
    ]
    if len(failed) > _SHOWN:
        lines.append(words["more"].format(count=len(failed) - _SHOWN))
    return "\n".join(lines)


def as_json(suite: Suite, trials: Sequence[Trial], *, level: ConformanceLevel) -> str:
    """Return the same with every case, as one JSON object in ASCII."""
    return json.dumps(
        {
            "runner": VERSION,
            "suite": suite.version,
            "format": suite.format_version,
            "level": level.name.lower(),
            "agrees": all(trial.reaches(level) for trial in trials),
            "areas": {area: _counted(inside) for area, inside in _by_area(trials).items()},
            "all": _counted(trials),
            "cases": [_case(trial) for trial in trials],
        },
        indent=1,
    )


def _case(trial: Trial) -> dict[str, Any]:
    reached = [level.name.lower() for level in LEVELS if trial.reaches(level)]
    return {
        "case": trial.case.identifier,
        "outcome": trial.outcome,
        "reaches": reached[-1] if reached else None,
        "details": list(trial.details),
    }


def _by_area(trials: Iterable[Trial]) -> dict[str, list[Trial]]:
    areas: dict[str, list[Trial]] = {}
    for trial in trials:
        areas.setdefault(trial.case.area, []).append(trial)
    return areas


def _counted(trials: Sequence[Trial]) -> dict[str, int]:
    outcomes = Counter(trial.outcome for trial in trials)
    return {
        "cases": len(trials),
        **{level.name.lower(): sum(trial.reaches(level) for trial in trials) for level in LEVELS},
        "no_answer": len(trials) - outcomes["ANSWERED"] - outcomes["UNSUPPORTED"],
        "unsupported": outcomes["UNSUPPORTED"],
    }


def _rows(trials: Sequence[Trial], total: str) -> Iterator[tuple[str, ...]]:
    for area, inside in _by_area(trials).items():
        yield (area, *map(str, _counted(inside).values()))
    yield (total, *map(str, _counted(trials).values()))


def _details(trial: Trial, level: ConformanceLevel) -> str:
    """Return what `level` asks for, without what a program could make a terminal do."""
    points = [departure.text for departure in trial.departures if departure.level <= level]
    told = "; ".join(points or trial.details)
    shown = "".join(letter if letter.isprintable() else "?" for letter in told)
    return f" ({shown})" if shown else ""
