"""No attack is VALID; each is refused with its cause, in little time and memory, and opens
nothing.
"""

import socket
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Final

import pytest

from hocba_sign.operations.verifier import Verifier
from tests.attacks import (
    algorithms,
    encodings,
    entities,
    exhaustion,
    identifiers,
    keys,
    outside,
    properties,
    stamps,
    structure,
    transforms,
    wrapping,
)
from tests.attacks.case import (
    INDETERMINATE,
    INVALID,
    NOTHING,
    SCENE,
    WHOLE,
    Attack,
    attack,
    replaced,
)
from tests.attacks.sandbox import Outcome, Sandbox, Watched
from tests.attacks.writer import WORLD
from tests.support.scene import JUDGED_AT

MODULES: Final = (
    *(wrapping, identifiers, structure, entities, exhaustion, outside),
    *(algorithms, keys, stamps, properties, transforms, encodings),
)
ATTACKS: Final = tuple(one for module in MODULES for one in module.attacks())
MAX_SECONDS: Final = 2.0
MAX_MEMORY: Final = 200_000_000
UNSUPPORTED: Final = {
    "SIG.TRANSFORM_UNKNOWN": "SIG.TRANSFORM",
    "SIG.REFERENCE_UNKNOWN": "SIG.REFERENCE_URI",
    "SIG.C14N": "SIG.C14N",
}
"""What this library does not support is neither right nor wrong; the causes that it stands for
where a form is known and has no place.
"""
EXIT_CODES: Final = {INVALID: 1, INDETERMINATE: 3, NOTHING: 4}


def names(attacks: Iterable[Attack]) -> list[str]:
    return [one.name for one in attacks]


@pytest.fixture(scope="module")
def material(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tin-cay")
    crls = {**dict.fromkeys(WORLD.crls(JUDGED_AT)), **dict.fromkeys(SCENE.world.crls(JUDGED_AT))}
    anchors = {**dict.fromkeys(WORLD.anchors_der), **dict.fromkeys(SCENE.world.anchors_der)}
    for kind, values in (("trust", anchors), ("crl", crls)):
        (folder / kind).mkdir()
        for number, der in enumerate(values):
            (folder / kind / f"{number}.{'cer' if kind == 'trust' else 'crl'}").write_bytes(der)
    return folder


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as sandbox:
        yield sandbox


class Court:
    """Judges files through the command line."""

    def __init__(self, sandbox: Sandbox, material: Path, folder: Path) -> None:
        self._sandbox = sandbox
        self._material = material
        self._folder = folder

    def judge(self, attack: Attack, octets: bytes) -> Outcome:
        document = self._folder / "ho-so.xml"
        document.write_bytes(octets)
        options = ["verify", "--offline", "--json", "--at", JUDGED_AT.isoformat()]
        options += ["--trust", str(self._material / "trust"), "--crl", str(self._material / "crl")]
        if attack.is_any:
            options.append("--any")
        for number, (name, data) in enumerate(attack.detached):
            path = self._folder / f"rieng-{number}"
            path.write_bytes(data)
            options += ["--detached", f"{name}={path}"]
        return self._sandbox.run(*options, document=document)


@pytest.fixture
def court(sandbox: Sandbox, material: Path, tmp_path: Path) -> Court:
    return Court(sandbox, material, tmp_path)


def test_names_are_unique() -> None:
    assert len(set(names(ATTACKS))) == len(ATTACKS)


HONEST: Final = {one.honest: one for one in ATTACKS if one.honest is not None}


@pytest.mark.parametrize("one", HONEST.values(), ids=names(HONEST.values()))
def test_the_honest_file_is_valid(court: Court, one: Attack) -> None:
    assert one.honest is not None
    outcome = court.judge(one, one.honest)
    assert (outcome.code, outcome.stderr) == (0, ""), outcome.stdout
    assert outcome.report["verdict"] == "VALID"


@pytest.mark.parametrize("one", ATTACKS, ids=names(ATTACKS))
def test_the_attack_is_refused(court: Court, one: Attack) -> None:
    outcome = court.judge(one, one.octets)
    assert outcome.stderr == ""
    verdict = outcome.report["verdict"]
    is_unsupported = bool(outcome.causes & UNSUPPORTED.keys())
    allowed = (
        {INVALID, INDETERMINATE}
        if one.verdict == "either"
        else {one.verdict, *([INDETERMINATE] if is_unsupported else [])}
    )
    assert verdict in allowed, outcome.causes
    assert outcome.code == EXIT_CODES[verdict]
    assert {UNSUPPORTED.get(cause, cause) for cause in outcome.causes} & one.causes, outcome.causes
    assert outcome.seconds < MAX_SECONDS
    assert outcome.memory < MAX_MEMORY


@pytest.mark.parametrize(("name", "octets"), list(outside.harmless()))
def test_addresses_in_honest_files_are_only_text(court: Court, name: str, octets: bytes) -> None:
    """A schema location, an XInclude or a stylesheet that was signed is content; nothing is opened
    for it.
    """
    outcome = court.judge(attack(name, octets), octets)
    assert (outcome.report["verdict"], outcome.stderr) == ("VALID", "")


@pytest.mark.parametrize(("name", "octets"), list(encodings.unsigned()))
def test_what_only_looks_like_a_signature_is_none(court: Court, name: str, octets: bytes) -> None:
    outcome = court.judge(attack(name, octets), octets)
    assert (outcome.report["verdict"], outcome.code) == ("NOTHING_TO_VERIFY", 4)


def test_detached_data_is_what_was_given(court: Court) -> None:
    octets, detached = outside.detached_honest()
    outcome = court.judge(replace(attack("detached", octets), detached=detached), octets)
    assert {reference["digest_ok"] for reference in outcome.report["signatures"][0]["covers"]} == {
        True
    }
    assert outcome.report["signatures"][0]["indication"] == "TOTAL_PASSED"


def test_a_comment_in_signed_text_is_told(court: Court) -> None:
    """Canonical forms drop it: the signature holds, but programs may read only the text
    before it.
    """
    octets = replaced(WHOLE, "<ketqua>dat", "<ketqua>d<!---->at")
    assert "COVER.COMMENTS" in court.judge(attack("comment", octets), octets).causes


def test_no_file_is_opened_and_no_connection_made(tmp_path: Path) -> None:
    """The same files once more, judged where a network is: whatever library would open the bait, it
    is seen.
    """
    bait = tmp_path / "moi"
    bait.mkdir()
    for name in ("x.xml", "x.xsd", "x.xsl", "x.cer"):
        (bait / name).write_text("<x/>")
    watched = Watched(bait)
    (bait / "x.xml").read_bytes()
    assert watched.opened() == ["x.xml"], "the watch does not work"
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.setblocking(False)
        address = f"127.0.0.1:{listener.getsockname()[1]}"
        bare = [
            one.octets
            for one in (*outside.attacks(), *entities.attacks())
            if len(one.octets) < 1_000_000
        ]
        for octets in (*bare, *(octets for _, octets in outside.harmless())):
            baited = octets.replace(outside.CANARY.encode(), str(bait).encode()).replace(
                b"127.0.0.1:9", address.encode()
            )
            verifier = Verifier(trust=SCENE.trust, evidence=SCENE.evidence())
            verifier.verify(baited, at=JUDGED_AT)
            verifier.verify_any(baited, at=JUDGED_AT)
        with pytest.raises(BlockingIOError):
            listener.accept()
    assert watched.opened() == []
