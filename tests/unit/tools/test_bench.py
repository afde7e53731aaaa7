"""The measuring is trusted only as far as its own rules hold: what a row says, what is emptied,
what is measured.
"""

import json
import re
from datetime import timedelta
from pathlib import Path

import pytest

from hocba_sign import Certificate, Evidence, TrustStore, Verdict, Verifier
from hocba_sign.model.spelling import school_forms
from hocba_sign.operations.forget import forget
from hocba_sign.pki.certificates.name_comparison import name_key
from hocba_sign.testing.drafts import drafted
from hocba_sign.testing.world import World
from tools import country_page
from tools.benchmark import bulk_material, lists, material, size
from tools.benchmark.protocol import Task, require_refusal, tampered
from tools.benchmark.rows import Row


def row(*, target: float | None) -> Row:
    return Row(
        name="a / b",
        unit="ms",
        value=6.0,
        reference=4.0,
        target=target,
        goal="",
        rounds=((6.0, 4.0), (5.0, 5.0)),
    )


@pytest.mark.parametrize(("target", "is_met"), [(None, None), (1.5, True), (1.4, False)])
def test_a_row_is_only_judged_by_a_target(target: float | None, is_met: bool | None) -> None:
    expected = {
        "name": "a / b [ms]",
        "value": 6.0,
        "reference": 4.0,
        "ratio": 1.5,
        "target": target,
        "ok": is_met,
    }
    assert row(target=target).result == expected


def test_a_line_tells_the_spread_of_the_rounds() -> None:
    assert "1.50  1.00 to 1.50" in row(target=None).line


@pytest.mark.parametrize(("teachers", "signers"), [(1, 4), (12, 15)])
def test_transcripts_differ_in_signers_not_in_size(teachers: int, signers: int) -> None:
    first, second = (material.transcript_of(number, teachers) for number in (0, 1))
    assert len(first.expected_signers) == signers
    assert len({first.pupil.personal_id, second.pupil.personal_id}) == 2
    assert 18_000 < len(drafted(first)) < 22_000


def test_fifty_signers_stand_behind_the_measured_files() -> None:
    names = {
        (signer.name, signer.personal_id)
        for n in range(material.TIMED)
        for signer in material.transcript_of(n, 1).expected_signers
    }
    assert len(names) == 50


def test_preparations_are_not_measured_but_done_every_time() -> None:
    done: list[str] = []
    sample = Task(
        lambda number: done.append(str(number)), before=lambda: done.append("before")
    ).measure(2, 5)
    assert done == ["before", "5", "before", "6"]
    assert set(sample) == {"cpu", "wall"}


def test_a_verifier_that_lets_a_changed_file_pass_is_not_measured() -> None:
    changed = tampered(drafted(material.transcript_of(0, 1)))
    with pytest.raises(SystemExit):
        require_refusal(lambda: changed, ValueError)


def test_emptied_caches_are_those_of_what_was_verified_not_of_the_schema() -> None:
    name_key(bytes.fromhex("300d310b3009060355040613025648"[:-2] + "4e"))
    assert name_key.cache_info().currsize
    school_forms()
    forget()
    assert not name_key.cache_info().currsize
    assert school_forms.cache_info().currsize


def test_both_sides_judge_the_large_list(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lists, "LARGE", 300)
    lists.write(World(material.AT, fast=True), tmp_path, material.AT)
    judged = lists.Lists(tmp_path, material.JUDGED)
    judged.first(0)
    judged.again(1, 300)
    judged.again(2, lists.SMALL)
    judged.reference(3)
    octets = (tmp_path / "list-300.crl").read_bytes()
    assert octets.count(bytes.fromhex("0a0104")) >= 300
    with pytest.raises(AssertionError, match=r"REVOCATION\.EXPIRED"):
        lists.Lists(tmp_path, material.JUDGED + timedelta(days=30)).first(0)


def test_the_size_is_of_what_comes_without_an_extra() -> None:
    brought = size.installed_with(size.PROJECT)
    assert {"lxml", "cryptography", "pyhanko-certvalidator", size.PROJECT} <= set(brought)
    assert not {"pyhanko", "typst", "pillow", "pytest", "requests"} & set(brought)
    found = size.size_row()
    assert 1 < found.ratio < 3
    assert found.target is None


def test_an_archive_is_of_honest_files_that_have_nothing_in_common_but_signers(
    tmp_path: Path,
) -> None:
    archive = bulk_material.Archive(tmp_path, 3)
    archive.write_material()
    assert list(archive.missing()) == [0]
    archive.write_class(0)
    assert list(archive.missing()) == []
    trust, crls = (
        [path.read_bytes() for path in sorted((tmp_path / name).iterdir())]
        for name in (bulk_material.TRUST, bulk_material.LISTS)
    )
    verifier = Verifier(
        trust=TrustStore.of(map(Certificate.load, trust)), evidence=Evidence.of(crls=crls)
    )
    values: list[str] = []
    for number in range(3):
        octets = archive.path_of(number).read_bytes()
        assert verifier.verify(octets, at=bulk_material.JUDGED).verdict is Verdict.VALID
        values += re.findall(
            r"<(?:ds:SignatureValue[^>]*|xades:EncapsulatedTimeStamp)>([^<]+)<", octets.decode()
        )
    assert len(values) == len(set(values)) == 3 * 8
    # Equal numbers give equal files, and those that are there stay.
    before = archive.path_of(2).read_bytes()
    archive.path_of(2).unlink()
    assert archive.write_class(0)[0] == 1
    assert archive.path_of(2).read_bytes() == before


def test_the_country_is_played_through_from_the_figures_of_a_run() -> None:
    figures = json.loads(country_page.FIGURES.read_text("utf-8"))
    run = {
        "machine": figures["machine"],
        "runs": [
            {
                "kind": "2",
                "files": 100_000,
                "cpu_ms_per_file": 4.0,
                "files_per_s": 2 * 10**6 / 3600,
                "peak_worker_mb": 70.0,
                "peak_command_mb": 80.0,
            }
        ],
    }
    taken = country_page.taken(run, figures)
    assert taken["files_per_s_1"] == figures["files_per_s_1"]
    # 16 workers, each a million an hour: 23.2 million in 1.45 hours.
    assert "**1.5 hours, 26 core-hours**" in country_page.page(taken)
