"""Verdicts from what is fetched over loopback, with working and failing servers."""

import json
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from hocba_sign.adapters.revocation import FetchBudget
from hocba_sign.cli.console import EXIT_INVALID, EXIT_NOT_IN_FORCE
from hocba_sign.cli.main import main
from hocba_sign.model.codes import EventKind
from hocba_sign.operations.verifier import Verifier
from hocba_sign.pki.revocation.evidence import Evidence
from hocba_sign.testing.server import ServerFault, WorldServer
from hocba_sign.validation.verdict import Verdict
from tests.integration.online import Online, opened, results
from tests.support.records import appointment, department, event, signed, signed_event, snapshot
from tests.support.scene import CBQL, JUDGED_AT, SEAL, SIGNED_AT, causes


@pytest.fixture(scope="module")
def shared() -> Iterator[Online]:
    with opened() as server:
        yield Online(server)


@pytest.fixture
def scene(shared: Online) -> Iterator[Online]:
    shared.server.delay = timedelta(seconds=2)
    yield shared
    shared.server.recover()


def asked(server: WorldServer, since: int) -> list[str]:
    return sorted(request.path for request in server.requests[since:])


def test_everything_comes_from_the_network(scene: Online) -> None:
    before = len(scene.server.requests)
    report = scene.judge()
    assert report.verdict is Verdict.VALID, causes(report)
    assert asked(scene.server, before) == [
        "/crl/government-root.crl",
        "/crl/national-root.crl",
        "/crl/tsa-root.crl",
        "/ocsp/government-ca",
        *["/ocsp/public-ca"] * 3,
    ]
    told = report.to_dict()["fetches"]
    assert {one["result"] for one in told} == {"fetched"}
    assert {tuple(one["contacted"]) for one in told} == {("127.0.0.1",)}
    sources = {
        fact["source"]
        for one in report.to_dict()["signatures"]
        for fact in one["certificate"]["revocation"]
    }
    assert all(source.startswith("fetched from http://127.0.0.1:") for source in sources)


def test_without_a_network_it_stays_open(scene: Online) -> None:
    before = len(scene.server.requests)
    bare = Verifier(trust=scene.trust, evidence=Evidence()).verify(scene.document, at=JUDGED_AT)
    assert bare.verdict is Verdict.INDETERMINATE
    assert "REVOCATION.NONE" in causes(bare)
    assert "TT15.II_1_2" in causes(bare)
    assert bare.to_dict()["fetches"] == []
    assert len(scene.server.requests) == before


@pytest.mark.parametrize("fault", [None, ServerFault.P7B, ServerFault.PEM])
def test_the_chain_is_fetched_too(scene: Online, fault: ServerFault | None) -> None:
    bare = Online(scene.server, chain=1)
    if fault is not None:
        scene.server.fail("/ca/", fault)
    report = bare.judge()
    assert report.verdict is Verdict.VALID, causes(report)
    assert [answer.need.kind.value for answer in report.fetches].count("ca_issuers") == 2


def test_a_list_as_text(scene: Online) -> None:
    scene.server.fail("/crl/", ServerFault.PEM)
    assert scene.judge().verdict is Verdict.VALID


def test_the_list_is_asked_where_ocsp_fails(scene: Online) -> None:
    scene.server.fail("/ocsp/", ServerFault.SERVER_ERROR)
    report = scene.judge()
    assert report.verdict is Verdict.VALID, causes(report)
    told = results(report.fetches)
    assert ("ocsp", "/ocsp/public-ca", "FETCH.HTTP_STATUS") in told
    assert told.count(("crl", "/crl/public-ca.crl", None)) == 1


def test_what_is_given_is_not_fetched(scene: Online) -> None:
    report = scene.judge(evidence=scene.evidence())
    assert report.verdict is Verdict.VALID
    assert report.fetches == ()


def test_a_revoked_signer_is_found_out() -> None:
    with opened() as server:
        own = Online(server)
        document = own.document
        server.world.revoke(own.identity(CBQL), SIGNED_AT - timedelta(days=1))
        report = own.judge(document)
        assert report.verdict is Verdict.INDETERMINATE
        assert "REVOCATION.REVOKED" in causes(report)


@pytest.mark.parametrize(
    ("fault", "cause"),
    [
        (ServerFault.SERVER_ERROR, "FETCH.HTTP_STATUS"),
        (ServerFault.NOT_FOUND, "FETCH.HTTP_STATUS"),
        (ServerFault.GARBAGE, "REVOCATION."),
        (ServerFault.EMPTY, "REVOCATION."),
        (ServerFault.HTML, "REVOCATION."),
        (ServerFault.HANG_UP, "FETCH.UNREACHABLE"),
        (ServerFault.TRUNCATED, "FETCH.TRUNCATED"),
        (ServerFault.SLOW, "FETCH."),
        (ServerFault.DRIP, "FETCH."),
        (ServerFault.FLOOD, "FETCH.T"),
        (ServerFault.REDIRECT, "FETCH.ADDRESS"),
        (ServerFault.WRONG_CONTENT_TYPE, None),
    ],
)
def test_faults(scene: Online, fault: ServerFault, cause: str | None) -> None:
    scene.server.fail("/", fault)
    scene.server.delay = timedelta(seconds=4 if fault is ServerFault.SLOW else 0.05)
    scene.server.redirect_to = "http://10.0.0.1/secret"
    started = time.monotonic()
    report = scene.judge(
        fetch=scene.fetcher(budget=FetchBudget(timeout=timedelta(seconds=1.5), max_octets=1 << 20))
    )
    assert time.monotonic() - started < 4
    if cause is None:
        assert report.verdict is Verdict.VALID
        return
    assert report.verdict is Verdict.INDETERMINATE
    assert "TT15.II_1_2" in causes(report)
    told = report.to_dict()["fetches"]
    assert told
    assert all(one["result"] != "fetched" and one["message"]["vi"] for one in told)
    assert any(one["cause"].startswith(cause) for one in told)


def test_the_cache_saves_the_second_judgement(scene: Online, tmp_path: Path) -> None:
    assert scene.judge(fetch=scene.fetcher(tmp_path)).verdict is Verdict.VALID
    before = len(scene.server.requests)
    report = scene.judge(fetch=scene.fetcher(tmp_path))
    assert report.verdict is Verdict.VALID
    assert len(scene.server.requests) == before
    assert all(answer.is_kept for answer in report.fetches)
    # OCSP answers are kept for an hour.
    late = scene.judge(fetch=scene.fetcher(tmp_path, at=JUDGED_AT + timedelta(minutes=61)))
    assert late.verdict is Verdict.VALID
    assert asked(scene.server, before) == ["/ocsp/government-ca", *["/ocsp/public-ca"] * 3]


def test_failures_are_remembered_for_a_moment(scene: Online, tmp_path: Path) -> None:
    scene.server.fail("/", ServerFault.NOT_FOUND)
    scene.judge(fetch=scene.fetcher(tmp_path))
    before = len(scene.server.requests)
    scene.server.recover()
    report = scene.judge(fetch=scene.fetcher(tmp_path))
    assert report.verdict is Verdict.INDETERMINATE
    assert len(scene.server.requests) == before
    assert (
        scene.judge(fetch=scene.fetcher(tmp_path, at=JUDGED_AT + timedelta(minutes=6))).verdict
        is Verdict.VALID
    )


def test_what_a_registry_and_an_event_need_is_fetched_too(
    scene: Online,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Both are judged before the transcript is judged by them; offline neither can be relied on."""
    monkeypatch.setenv("HOCBA_HOME", str(tmp_path / "home"))
    seal = department(scene)
    registry = snapshot(scene, *(appointment(scene, slot) for slot in scene.slots))
    withdrawal = event(scene, scene.document, EventKind.WITHDRAWAL)
    files = {
        "document.xml": scene.document,
        "registry.xml": signed(scene, registry, {SEAL: seal}),
        "event.xml": signed_event(scene, withdrawal),
        **{f"trust/{number}.cer": der for number, der in enumerate(scene.world.anchors_der)},
    }
    (tmp_path / "trust").mkdir()
    for name, octets in files.items():
        (tmp_path / name).write_bytes(octets)
    given = [
        f"--registry={tmp_path}/registry.xml",
        f"--events={tmp_path}/event.xml",
        f"--trust={tmp_path}/trust",
        f"--at={JUDGED_AT.isoformat()}",
    ]
    before = len(scene.server.requests)
    assert (
        main(
            ["verify", str(tmp_path / "document.xml"), *given, "--unsafe-allow-loopback", "--json"]
        )
        == EXIT_NOT_IN_FORCE
    )
    told = json.loads(capsys.readouterr().out)
    assert (told["verdict"], told["status"]) == ("VALID", "withdrawn")
    # The department's seal, and the event's two signers, who signed the transcript too, are asked
    # about once each.
    assert asked(scene.server, before).count("/ocsp/government-ca") == 2
    assert (
        main(["verify", str(tmp_path / "document.xml"), *given, "--offline", "--json"])
        == EXIT_INVALID
    )
    assert json.loads(capsys.readouterr().out)["error"]["id"] == "REGISTRY.NOT_VALID"
