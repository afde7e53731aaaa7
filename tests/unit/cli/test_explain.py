"""`hocba explain`: digests of every step, for transcripts and files of others, and never a word of
the content.
"""

import base64
import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from hocba_sign.cli.main import main
from tests.support.scene import Scene

Captured = pytest.CaptureFixture[str]
SCENE = Scene()
ISSUED = SCENE.signed()
DS = "http://www.w3.org/2000/09/xmldsig#"


def explain(folder: Path, captured: Captured, octets: bytes, *options: str) -> dict[str, Any]:
    file = folder / "file.xml"
    file.write_bytes(octets)
    assert main(["explain", str(file), "--json", *options]) in {0, 4}
    told: dict[str, Any] = json.loads(captured.readouterr().out)
    return told


def _is_intact(signature: Mapping[str, Any]) -> bool:
    return (
        signature["intact"]
        and signature["value_ok"]
        and all(one["digest_ok"] for one in signature["references"])
    )


def test_a_transcript_is_explained_step_by_step(tmp_path: Path, capsys: Captured) -> None:
    told = explain(tmp_path, capsys, ISSUED)
    assert told["sha256"] == hashlib.sha256(ISSUED).hexdigest()
    assert told["signatures"]
    assert all(_is_intact(signature) for signature in told["signatures"])
    data = next(
        one
        for signature in told["signatures"]
        for one in signature["references"]
        if one["uri"] == "#data"
    )
    element = next(one for one in etree.fromstring(ISSUED).iter() if one.get("Id") == "data")
    octets = etree.tostring(element, method="c14n", exclusive=True)
    last = data["steps"][-1]
    assert (last["kind"], last["octets"], last["sha256"]) == (
        "octets",
        len(octets),
        hashlib.sha256(octets).hexdigest(),
    )
    assert base64.b64decode(data["digest_computed"]).hex() == last["sha256"]
    assert [step["kind"] for step in data["steps"]] == ["node-set", "octets"]
    assert (data["covers"]["kind"], data["covers"]["omitted"], data["covers"]["full"]) == (
        "element",
        [],
        False,
    )
    certificates = {one["key"]["certificate_sha256"] for one in told["signatures"]}
    assert None not in certificates


def test_the_wrong_step_is_shown_and_named(tmp_path: Path, capsys: Captured) -> None:
    forged = ISSUED.replace(b"<DIEM_CA_NAM>", b"<DIEM_CA_NAM>1", 1)
    assert forged != ISSUED
    told = explain(tmp_path, capsys, forged)
    wrong = [
        one["uri"]
        for signature in told["signatures"]
        for one in signature["references"]
        if not one["digest_ok"]
    ]
    assert wrong
    for signature in told["signatures"]:
        if not signature["intact"]:
            assert signature["value_ok"]
            assert "SIG.EDITED" in {finding["id"] for finding in signature["diagnosis"]}


@pytest.mark.parametrize("language", ["vi", "en"])
def test_no_content_is_printed(tmp_path: Path, capsys: Captured, language: str) -> None:
    file = tmp_path / "file.xml"
    file.write_bytes(ISSUED.replace(b"<DIEM_CA_NAM>", b"<DIEM_CA_NAM>1", 1))
    assert main(["explain", str(file), "--lang", language]) == 0
    shown = capsys.readouterr().out
    assert "SHA-256" in shown
    words = {
        text.strip() for text in etree.fromstring(ISSUED)[0].itertext() if len(text.strip()) > 3
    }
    assert words
    assert not [word for word in words if word in shown]


def test_detached_files_and_what_is_missing(tmp_path: Path, capsys: Captured) -> None:
    digest = base64.b64encode(hashlib.sha256(b"beside").digest()).decode()
    reference = (
        f'<Reference URI="a.bin"><DigestMethod '
        f'Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"/><DigestValue>{digest}</DigestValue></Reference>'
    )
    method = (
        f'<CanonicalizationMethod Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#"/>'
        f'<SignatureMethod Algorithm="{DS}rsa-sha1"/>'
    )
    info = f"<SignedInfo>{method}{reference}</SignedInfo><SignatureValue>AAAA</SignatureValue>"
    octets = f'<Signature xmlns="{DS}">{info}</Signature>'.encode()
    (one,) = explain(tmp_path, capsys, octets)["signatures"][0]["references"]
    assert (one["digest_ok"], one["error"], one["steps"]) == (
        False,
        {"id": "SIG.DETACHED_MISSING", "where": "a.bin"},
        [],
    )
    (tmp_path / "given").write_bytes(b"beside")
    (one,) = explain(tmp_path, capsys, octets, "--detached", f"a.bin={tmp_path / 'given'}")[
        "signatures"
    ][0]["references"]
    assert one["digest_ok"]
    assert (one["covers"]["kind"], one["covers"]["where"], one["covers"]["name_assumed"]) == (
        "detached",
        "a.bin",
        False,
    )
    assert explain(tmp_path, capsys, octets, "--detached", f"b.bin={tmp_path / 'given'}")[
        "signatures"
    ][0]["references"][0]["covers"]["name_assumed"]
    assert one["steps"] == [
        {
            "transform": None,
            "kind": "octets",
            "octets": 6,
            "sha256": hashlib.sha256(b"beside").hexdigest(),
        }
    ]


def test_a_file_without_signatures_and_one_that_is_none(tmp_path: Path, capsys: Captured) -> None:
    file = tmp_path / "file.xml"
    file.write_bytes(b"<a/>")
    assert main(["explain", str(file)]) == 4
    file.write_bytes(b"<a>")
    assert main(["explain", str(file)]) == 1
    assert "XML.SYNTAX" in capsys.readouterr().err
    file.write_bytes(f'<Signature xmlns="{DS}"/>'.encode())
    (signature,) = explain(tmp_path, capsys, file.read_bytes())["signatures"]
    assert (signature["intact"], signature["error"]["id"]) == (False, "SIG.STRUCTURE")
