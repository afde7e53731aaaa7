"""Many documents by several processes: the same as one by one, whoever is killed on the way."""

import gc
import json
import os
import pickle
import signal
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from dataclasses import dataclass, fields, replace
from datetime import timedelta
from multiprocessing import get_context, parent_process
from pathlib import Path
from typing import Any

import pytest

from hocba_sign.adapters import result_files as disk
from hocba_sign.adapters.inputs import Source, expand
from hocba_sign.errors import CallerError, Finding, OutsideError
from hocba_sign.model.authority import Registry
from hocba_sign.model.codes import EventKind
from hocba_sign.operations.context import context_of
from hocba_sign.operations.forget import forget
from hocba_sign.operations.many import FLUSH, Chunk, Pace, line_of, verify_chunk, verify_many
from hocba_sign.operations.verifier import Verifier
from hocba_sign.pki.cache.bounded import BoundedCache
from hocba_sign.pki.revocation.evidence import Evidence
from hocba_sign.pki.trust.store import TrustStore
from hocba_sign.report.overview import Tally
from hocba_sign.validation.document.records import Sources
from tests.support.records import event, signed_event
from tests.support.scene import JUDGED_AT, Scene

SCENE = Scene("lop9", subjects=1)
ISSUED = SCENE.signed()
VERIFIER = Verifier(trust=SCENE.trust, evidence=SCENE.evidence(), is_time_fixed=True)
PACE = Pace(chunk=24, window=2, workers=1)
COUNT = 50


@dataclass(frozen=True, slots=True)
class Deadly(Source):
    """A document that ends the process that reads it, as one does that takes all memory; once only
    where it leaves a note.
    """

    note: Path | None = None

    def read(self, limit: int) -> bytes:
        is_worker = parent_process() is not None
        if is_worker and (self.note is None or not self.note.exists()):
            if self.note is not None:
                self.note.touch()
            os.kill(os.getpid(), signal.SIGKILL)
        return Source.read(self, limit)

    def head(self, size: int = 4096) -> bytes:
        return b""


class Here(Executor):
    """Does at once what it is given, and is killed in the middle of the second chunk."""

    def __init__(self, *, is_killed: bool = False) -> None:
        self.given: list[int] = []
        self._is_killed = is_killed

    def submit(self, work: Callable[..., Any], /, *items: Any, **named: Any) -> "Future[Any]":
        (chunk,) = items
        assert isinstance(chunk, Chunk)
        future: Future[Any] = Future()
        self.given.append(len(chunk.sources))
        if self._is_killed and len(self.given) == 2:
            verify_chunk(replace(chunk, sources=chunk.sources[: FLUSH + 3][:FLUSH]))
            future.set_exception(RuntimeError("the worker ended"))
        else:
            future.set_result(work(chunk))
        return future


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "in"
    folder.mkdir()
    for number in range(COUNT):
        (folder / f"{number:03}.xml").write_bytes(ISSUED + b"\n" * number)
    return folder


def serial(folder: Path) -> dict[str, Any]:
    lines = (line_of(source, VERIFIER, at=JUDGED_AT) for source in expand([folder]))
    return {line["file"]: json.loads(json.dumps(line)) for line in lines}


def run(folder: Path, results: str = "results.jsonl", **options: Any) -> Tally:
    return verify_many(
        options.pop("items", None) or expand([folder]),
        VERIFIER,
        at=JUDGED_AT,
        results=Path(results),
        **{"pace": PACE, **options},
    )


def written(results: str = "results.jsonl") -> list[dict[str, Any]]:
    return list(disk.lines_of(Path(results)))


@pytest.mark.parametrize("results", ["results.jsonl", "results.sqlite"])
def test_it_is_the_same_as_one_by_one(folder: Path, results: str) -> None:
    tally = run(folder, results, executor=Here())
    assert {line["file"]: line for line in written(results)} == serial(folder)
    assert tally.outcomes == {"VALID": COUNT}
    assert sum(count for (_, ended), count in tally.by["issuer"].items() if ended == "VALID")
    assert tally.by["vendor"] == {("", "VALID"): COUNT}
    # A run again judges nothing.
    again = Here()
    assert run(folder, results, executor=again).outcomes == {"VALID": COUNT}
    assert again.given == []


def test_a_worker_killed_in_the_middle_costs_less_than_a_chunk(folder: Path) -> None:
    engine = Here(is_killed=True)
    run(folder, executor=engine)
    assert {line["file"]: line for line in written()} == serial(folder)
    assert len(written()) == COUNT
    assert sum(engine.given) - COUNT < PACE.chunk


def test_a_chunk_given_out_again_is_not_judged_again(folder: Path) -> None:
    """An engine does so where a worker ended before it could tell that it was done."""

    class Twice(Here):
        def submit(self, work: Callable[..., Any], /, *items: Any, **named: Any) -> "Future[Any]":
            super().submit(work, *items)
            return super().submit(work, *items)

    for results in ("results.jsonl", "results.sqlite"):
        assert run(folder, results, executor=Twice()).outcomes == {"VALID": COUNT}
        assert len(written(results)) == COUNT


def test_an_executor_that_takes_no_more_ends_the_run_and_blames_no_file(folder: Path) -> None:
    with (
        ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool,
        pytest.raises(OutsideError, match=r"BULK\.EXECUTOR"),
    ):
        run(folder, items=deadly(folder, None), executor=pool)
    assert all(line["verdict"] == "VALID" for line in written())


@pytest.mark.parametrize("results", ["results.jsonl", "results.sqlite"])
def test_a_name_that_is_no_unicode_is_a_name(folder: Path, results: str) -> None:
    name = str(folder / "\udcff.xml")
    Path(name).write_bytes(ISSUED)
    assert run(folder, results, executor=Here()).outcomes == {"VALID": COUNT + 1}
    assert name in {line["file"] for line in written(results)}
    again = Here()
    run(folder, results, executor=again)
    assert again.given == []


def test_a_run_killed_in_the_middle_goes_on(folder: Path) -> None:
    run(folder, executor=Here(), items=iter(list(expand([folder]))[:30]))
    with Path("results.jsonl").open("r+b") as file:
        file.seek(-30, os.SEEK_END)
        file.truncate()  # a line that a kill cut off
    engine = Here()
    assert run(folder, executor=engine).outcomes == {"VALID": COUNT}
    assert sum(engine.given) == COUNT - 29
    assert {line["file"]: line for line in written()} == serial(folder)


def test_a_worker_forgets_the_schools_before(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept: list[int] = []

    def counted() -> None:
        caches = [held for held in gc.get_objects() if isinstance(held, BoundedCache)]
        before = sum(map(len, caches))
        forget()
        kept.append(sum(map(len, caches)))
        assert before > 0

    monkeypatch.setattr("hocba_sign.operations.many.forget", counted)
    monkeypatch.setattr("hocba_sign.operations.many._KEPT_FOR", PACE.chunk)
    monkeypatch.setattr("hocba_sign.operations.many._ChunkWorker.judged", 0)
    assert run(folder, executor=Here()).outcomes == {"VALID": COUNT}
    assert kept == [0] * (COUNT // PACE.chunk)


def test_what_changed_is_judged_again(folder: Path) -> None:
    run(folder, executor=Here())
    (folder / "000.xml").write_bytes(b"<cut")
    engine = Here()
    assert run(folder, executor=engine).outcomes == {"VALID": COUNT - 1, "INVALID": 1}
    assert engine.given == [1]


def test_poisoned_files_are_a_line_each(folder: Path) -> None:
    poison = {
        "bomb.xml": b"<!DOCTYPE a [<!ENTITY b '" + b"c" * 1000 + b"'>]><a>&b;</a>",
        "cut.xml": ISSUED[: len(ISSUED) // 2],
        "huge.xml": b"<" * 20_000_001,
        "encoding.xml": ISSUED.decode().encode("utf-16-le"),
        "photo.jpg": b"\xff\xd8\xff",
        "zip": b"PK\x03\x04<",
    }
    for name, octets in poison.items():
        (folder / name).write_bytes(octets)
    (folder / "gone.xml").symlink_to(folder / "nowhere")
    outcomes = run(folder, executor=Here()).outcomes
    assert outcomes == {"VALID": COUNT, "INVALID": 4, "NOT_TRANSCRIPT": 2, "UNREAD": 1}
    assert len(written()) == COUNT + len(poison) + 1


def deadly(folder: Path, note: Path | None) -> Iterator[Source]:
    for number, source in enumerate(expand([folder])):
        yield Deadly(source.name, source.path, note=note) if number == 30 else source


def test_a_process_that_is_killed_is_replaced(folder: Path) -> None:
    outcomes = run(folder, items=deadly(folder, folder.parent / "note")).outcomes
    assert outcomes == {"VALID": COUNT}
    assert len(written()) == COUNT


def test_a_file_that_ends_every_process_is_one_line(folder: Path) -> None:
    outcomes = run(folder, items=deadly(folder, None), pace=replace(PACE, chunk=4)).outcomes
    assert outcomes == {"VALID": COUNT - 1, "UNREAD": 1}
    (line,) = (line for line in written() if line["verdict"] is None)
    assert line["causes"] == [{"id": "BULK.WORKER_ENDED", "where": line["file"]}]


def withdrawn() -> Verifier:
    named = event(SCENE, ISSUED, EventKind.WITHDRAWAL)
    sources = Sources(events=(("a.xml", signed_event(SCENE, named)),))
    return VERIFIER.with_records(sources, at=JUDGED_AT)


def others() -> Iterator[tuple[str, Verifier]]:
    """Yield verifiers that may judge otherwise, one for each thing that judgements rest on."""
    policy, knowledge = VERIFIER.policy, VERIFIER.policy.knowledge
    for field in fields(policy):
        value = getattr(policy, field.name)
        if isinstance(value, bool):
            other: dict[str, Any] = {field.name: not value}
            yield field.name, replace(VERIFIER, policy=replace(policy, **other))
    for name, pins in (("one pin", "0" * 64), ("another pin", "1" * 64)):
        yield name, replace(VERIFIER, policy=replace(policy, registry_pins=(pins,)))
    knowing: tuple[tuple[str, dict[str, Any]], ...] = (
        ("registry", {"registry": Registry.of((), today=JUDGED_AT.date())}),
        ("asked for events, none found", {"events": {}}),
        ("unread", {"unread": (Finding("EVENT.UNREAD", "a.xml"),)}),
    )
    for name, more in knowing:
        known = replace(policy, knowledge=replace(knowledge, **more))
        yield name, replace(VERIFIER, policy=known)
    yield "withdrawn", withdrawn()
    yield "trust", replace(VERIFIER, trust=TrustStore())
    yield "evidence", replace(VERIFIER, evidence=Evidence())
    yield "present", replace(VERIFIER, is_time_fixed=False)


def test_what_judgements_rest_on_is_told_apart() -> None:
    found = {name: context_of(verifier, JUDGED_AT) for name, verifier in others()}
    found["as it is"] = context_of(VERIFIER, JUDGED_AT)
    found["a day later"] = context_of(VERIFIER, JUDGED_AT + timedelta(days=1))
    assert len(set(found.values())) == len(found)


def test_what_changes_nothing_is_not_told_apart() -> None:
    evidence = VERIFIER.evidence
    turned = replace(evidence, certificates=evidence.certificates[::-1], crls=evidence.crls[::-1])
    assert evidence.crls != turned.crls
    for same in (replace(VERIFIER, evidence=turned), pickle.loads(pickle.dumps(withdrawn()))):
        expected = VERIFIER if same.policy == VERIFIER.policy else withdrawn()
        assert context_of(same, JUDGED_AT) == context_of(expected, JUDGED_AT)


def test_results_that_rest_on_something_else_are_not_mixed(folder: Path) -> None:
    """What was VALID before its withdrawal was known is not passed on as VALID after it."""
    run(folder, executor=Here())
    with pytest.raises(CallerError, match=r"BULK\.OTHER_CONTEXT"):
        verify_many(
            expand([folder]),
            withdrawn(),
            at=JUDGED_AT,
            results=Path("results.jsonl"),
            executor=Here(),
        )


def test_lines_of_the_short_form_have_these_members(folder: Path) -> None:
    run(folder, executor=Here(), items=expand([folder / "000.xml"]))
    (line,) = written()
    assert list(line) == [
        *("report_version", "file", "sha256", "verdict", "status", "document", "missing"),
        *("causes", "signatures", "issuers", "vendor"),
    ]
    assert list(line["document"]) == ["kind", "id", "version", "school_code", "school_year"]
    assert list(line["signatures"][0]) == [
        *("slot", "indication", "best_signature_time", "time_proof"),
    ]
