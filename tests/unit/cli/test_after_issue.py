"""Registry, events, status list and years as a school and a verifier use them from the command
line, offline.
"""

import json
import os
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from hocba_sign.cli.main import main
from hocba_sign.model.appointments import Appointment
from hocba_sign.model.record import IssuingBody, vietnam_day
from hocba_sign.model.registry import Rank, RegistrySnapshot
from hocba_sign.model.transcript import Transcript
from hocba_sign.model.workflow import Role
from hocba_sign.pki.loading.objects import load_certificates
from hocba_sign.testing import World
from tests.cli.school import PASSWORD, School

TODAY = vietnam_day(datetime.now(UTC))
DEPARTMENT = "Sở Giáo dục và Đào tạo Thử nghiệm"
OFFLINE = ("--trust", "trust", "--crl", "evidence", "--offline", "--json")


@dataclass
class Desk:
    """A folder with a signed transcript, version 1 in `one.xml` and version 2 in `two.xml`, and a
    way to call the program.
    """

    school: School
    capture: pytest.CaptureFixture[str]

    def call(self, *arguments: str, code: int = 0) -> str:
        given = main(arguments)
        out, err = self.capture.readouterr()
        assert given == code, out + err
        return out

    def report(self, *arguments: str, code: int) -> dict[str, Any]:
        told: dict[str, Any] = json.loads(
            self.call("verify", *arguments, *OFFLINE, code=code).splitlines()[0]
        )
        return told

    def sign(self, file: str, *roles: str) -> None:
        for role in roles:
            key = f"keys/{role.lower()}.p12"
            arguments = (
                "--role",
                role.partition("@")[0],
                "--p12",
                key.replace("ky_phat_hanh@so", "so"),
                "--password-env",
                "PW",
            )
            self.call("sign", file, *arguments, "--tsa", self.school.server.tsa_url, "-o", file)

    def registry(self, until: date | None) -> str:
        certificate = load_certificates(Path("keys/ky_phat_hanh.pem").read_bytes())[0]
        transcript = Transcript.from_json(Path("hocba.json").read_bytes())
        head = Appointment(
            department_code=transcript.school.department_code,
            school_code=transcript.school.code,
            role=Role.CBQL,
            personal_id=transcript.signers.principal.personal_id,
            since=TODAY - timedelta(days=400),
            until=until,
        )
        seal = replace(
            head,
            role=Role.KY_PHAT_HANH,
            personal_id=None,
            certificate_sha256=certificate.sha256,
            until=None,
        )
        made = RegistrySnapshot(
            id="SO",
            version=1,
            rank=Rank.DEPARTMENT,
            department_code=transcript.school.department_code,
            issuer=IssuingBody(name=DEPARTMENT),
            issued=TODAY,
            next_update=TODAY + timedelta(days=30),
            appointments=(head, seal),
        )
        Path("so.json").write_text(made.to_json(), "utf-8")
        return "so.json"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, root: Path) -> Iterator[School]:
    """Sign the two versions once; every test reads them."""
    path = tmp_path_factory.mktemp("desk")
    with (
        pytest.MonkeyPatch.context() as patch,
        School.opened(path, root / "examples" / "lop12.json") as school,
    ):
        patch.chdir(path)
        patch.setenv("PW", PASSWORD)
        seal = school.server.world.organisation(DEPARTMENT, unit=DEPARTMENT)
        Path("keys/so.p12").write_bytes(seal.p12(PASSWORD.encode()))
        Path("keys/so.pem").write_bytes(seal.chain_pem)
        transcript = Transcript.from_json(Path("hocba.json").read_bytes())
        for version, name in ((1, "one"), (2, "two")):
            identification = replace(transcript.identification, version=version)
            Path("version.json").write_text(
                replace(transcript, identification=identification).to_json(), "utf-8"
            )
            assert main(("new", "version.json", "-o", f"{name}.xml")) == 0
            teachers = [
                ("GVBM", slot.teacher) for slot in transcript.slots if slot.role is Role.GVBM
            ]
            for role, key in (
                *teachers,
                ("GVCN", "gvcn"),
                ("CBQL", "cbql"),
                ("KY_PHAT_HANH", "ky_phat_hanh"),
            ):
                teacher = ("--teacher", key) if role == "GVBM" and key is not None else ()
                keys = (
                    "--p12",
                    f"keys/{key}.p12",
                    "--password-env",
                    "PW",
                    "--tsa",
                    school.server.tsa_url,
                )
                assert (
                    main(
                        (
                            "sign",
                            f"{name}.xml",
                            "--role",
                            role,
                            *teacher,
                            *keys,
                            "-o",
                            f"{name}.xml",
                        )
                    )
                    == 0
                )
        school.write_evidence()
        yield school


@pytest.fixture
def desk(
    folder: School, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Desk:
    monkeypatch.chdir(folder.folder)
    monkeypatch.setenv("PW", PASSWORD)
    monkeypatch.delenv("HOCBA_LANG", raising=False)
    capsys.readouterr()
    return Desk(folder, capsys)


def evidence_again(desk: Desk) -> None:
    desk.school.write_evidence()


def made(desk: Desk, kind: str, *more: str, roles: Sequence[str] = ("CBQL", "KY_PHAT_HANH")) -> str:
    file = f"{kind}.xml"
    out = desk.call(
        "event", "new", "one.xml", "--kind", kind, "--reason", "Nhầm lớp", *more, "-o", file
    )
    assert "Đã lập văn bản" in out
    desk.sign(file, *roles)
    evidence_again(desk)
    return file


def test_the_same_file_before_and_after_the_transfer(desk: Desk) -> None:
    assert (
        desk.report("one.xml", "--registry", desk.registry(TODAY + timedelta(days=1)), code=0)[
            "verdict"
        ]
        == "VALID"
    )
    told = desk.report("one.xml", "--registry", desk.registry(TODAY - timedelta(days=1)), code=1)
    assert told["verdict"] == "INVALID"
    assert "REGISTRY.ENDED" in {
        check["id"] for check in told["checks"] if check["result"] == "fail"
    }


def test_a_signed_registry(desk: Desk) -> None:
    desk.call("registry", "new", desk.registry(None), "-o", "so.xml")
    desk.sign("so.xml", "KY_PHAT_HANH@so")
    evidence_again(desk)
    told = desk.report("one.xml", "--registry", "so.xml", code=0)
    assert {check["id"]: check["result"] for check in told["checks"]}[
        "WF.AUTHORITY"
    ] == "not_checked"
    pin = load_certificates(Path("keys/so.pem").read_bytes())[0].sha256
    told = desk.report("one.xml", "--registry", "so.xml", "--registry-pin", pin.upper(), code=0)
    assert {check["id"]: check["result"] for check in told["checks"]}["WF.AUTHORITY"] == "pass"
    Path("bad.xml").write_bytes(
        Path("so.xml").read_bytes().replace(DEPARTMENT.encode(), DEPARTMENT.upper().encode())
    )
    desk.call("verify", "one.xml", "--registry", "bad.xml", *OFFLINE, code=1)


@pytest.mark.parametrize(
    ("days", "code", "cause"),
    [(0, 0, "REGISTRY.ALLOWED"), (1, 1, "REGISTRY.ENDED"), (90, 3, "REGISTRY.TOO_OLD")],
)
def test_the_question_alone(desk: Desk, days: int, code: int, cause: str) -> None:
    school = Transcript.from_json(Path("hocba.json").read_bytes()).school
    day = (TODAY + timedelta(days=days)).isoformat()
    who = (
        "--role",
        "CBQL",
        "--department",
        school.department_code,
        "--school",
        school.code,
        "--on",
        day,
    )
    out = desk.call(
        "registry",
        "check",
        "keys/cbql.pem",
        "--registry",
        desk.registry(TODAY),
        *who,
        "--json",
        code=code,
    )
    assert json.loads(out)["id"] == cause


def test_a_withdrawn_file_exits_with_five(desk: Desk) -> None:
    event = made(desk, "THU_HOI", "--successor", "two.xml")
    told = desk.report("one.xml", "--events", event, code=5)
    assert (told["verdict"], told["status"], told["successor"]["version"]) == (
        "VALID",
        "withdrawn",
        2,
    )
    assert desk.report("two.xml", "--events", event, code=0)["status"] == "in_force"


def test_a_replaced_file_exits_with_five_and_names_its_successor(desk: Desk) -> None:
    Path("events").mkdir(exist_ok=True)
    event = made(desk, "THAY_THE", "--successor", "two.xml")
    Path("events", event).write_bytes(Path(event).read_bytes())
    told = desk.report("one.xml", "--events", "events", code=5)
    assert (told["verdict"], told["status"], told["successor"]["version"]) == (
        "VALID",
        "replaced",
        2,
    )
    assert (
        told["successor"]["data_sha256"]
        == desk.report("two.xml", code=0)["document"]["data_sha256"]
    )


def test_every_file_of_a_folder_is_looked_at_by_its_content(desk: Desk, tmp_path: Path) -> None:
    event = Path(made(desk, "THU_HOI")).read_bytes()
    (tmp_path / "README.txt").write_text("Các văn bản của trường", "utf-8")
    (tmp_path / ".DS_Store").write_bytes(b"\0\0\0\1Bud1" + bytes(99))
    (tmp_path / "older").mkdir()
    told = desk.report("one.xml", "--events", str(tmp_path), code=0)
    assert (
        told["status"],
        [check for check in told["checks"] if check["id"].startswith("EVENT.")],
    ) == ("in_force", [])
    (tmp_path / "event.xml.part").write_bytes(event[:-100])
    told = desk.report("one.xml", "--events", str(tmp_path), code=3)
    assert (told["verdict"], told["status"]) == ("INDETERMINATE", None)
    assert [
        Path(check["where"]).name for check in told["checks"] if check["id"] == "EVENT.UNREAD"
    ] == ["event.xml.part: XML.SYNTAX"]
    (tmp_path / "event.xml.part").unlink()
    os.mkfifo(tmp_path / "event")
    told = desk.report("one.xml", "--events", str(tmp_path), code=3)
    assert [
        Path(check["where"]).name for check in told["checks"] if check["id"] == "EVENT.UNREAD"
    ] == ["event (FILE.NOT_REGULAR)"]
    (tmp_path / "event").unlink()
    (tmp_path / "event.old").write_bytes(event)
    assert desk.report("one.xml", "--events", str(tmp_path), code=5)["status"] == "withdrawn"


def test_a_folder_of_registries_may_hold_other_files(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "README").write_text("Danh sách thẩm quyền ký", "utf-8")
    (tmp_path / "so").write_bytes(Path(desk.registry(TODAY - timedelta(days=1))).read_bytes())
    told = desk.report("one.xml", "--registry", str(tmp_path), code=1)
    assert "REGISTRY.ENDED" in {
        check["id"] for check in told["checks"] if check["result"] == "fail"
    }
    (tmp_path / "newer").write_bytes(b"{")
    desk.call("verify", "one.xml", "--registry", str(tmp_path), *OFFLINE, code=1)


def signing(desk: Desk, *more: str, code: int = 0, key: str = "cbql") -> dict[str, Any]:
    """Let the principal sign anew what the others have signed; nothing is written where the call is
    refused.
    """
    out = Path("again.xml")
    out.unlink(missing_ok=True)
    keys = ("--p12", f"keys/{key}.p12", "--password-env", "PW", "--offline", "--json")
    told: dict[str, Any] = json.loads(
        desk.call("sign", "waiting.xml", "--role", "CBQL", *keys, *more, "-o", str(out), code=code)
    )
    assert out.exists() is (code == 0)
    return told


@pytest.fixture
def waiting(desk: Desk) -> Desk:
    """Return the desk with a transcript that waits for the principal."""
    desk.call("new", "hocba.json", "-o", "waiting.xml")
    transcript = Transcript.from_json(Path("hocba.json").read_bytes())
    for slot in transcript.slots[:-2]:
        key = slot.teacher if slot.role is Role.GVBM else slot.role.lower()
        teacher = ("--teacher", str(key)) if slot.role is Role.GVBM else ()
        keys = (
            "--p12",
            f"keys/{key}.p12",
            "--password-env",
            "PW",
            "--tsa",
            desk.school.server.tsa_url,
        )
        desk.call("sign", "waiting.xml", "--role", slot.role, *teacher, *keys, "-o", "waiting.xml")
    evidence_again(desk)
    return desk


def test_signing_asks_whom_verifiers_trust_and_what_they_demand(waiting: Desk) -> None:
    tsa, trust = ("--tsa", waiting.school.server.tsa_url), ("--trust", "trust")
    in_office, left = "in.json", "left.json"
    for name, until in ((in_office, None), (left, TODAY - timedelta(days=1))):
        Path(name).write_bytes(Path(waiting.registry(until)).read_bytes())
    assert signing(waiting, *tsa, *trust, "--registry", in_office)["checks"] == []
    assert (
        signing(waiting, *tsa, *trust, "--registry", left, code=2)["error"]["id"]
        == "REGISTRY.ENDED"
    )
    code = Transcript.from_json(Path("hocba.json").read_bytes()).school.code
    Path("elsewhere.json").write_text(
        Path(in_office).read_text("utf-8").replace(code, "KHAC-01"), "utf-8"
    )
    noted = signing(waiting, *tsa, *trust, "--registry", "elsewhere.json")["checks"]
    assert [check["id"].partition(".")[0] for check in noted] == ["REGISTRY"]
    assert (
        signing(waiting, *tsa, "--registry", in_office, code=2)["error"]["id"]
        == "CLI.REGISTRY_TRUST"
    )
    Path("other").mkdir(exist_ok=True)
    Path("other/0.cer").write_bytes(
        World(datetime.now(UTC), seed="other", fast=True).anchors_der[0]
    )
    assert signing(waiting, *tsa, "--trust", "other", code=2)["error"]["id"].startswith("PATH.")
    assert (
        signing(waiting, *trust, "--level", "B", "--policy", "strict", code=2)["error"]["id"]
        == "SIGN.POLICY_LEVEL"
    )
    assert signing(waiting, *tsa, *trust, "--policy", "strict")["checks"] == []


def test_an_event_that_only_the_principal_signed_counts_for_nothing(desk: Desk) -> None:
    event = made(desk, "THU_HOI", roles=("CBQL",))
    told = desk.report("one.xml", "--events", event, code=0)
    assert told["status"] == "in_force"
    assert "EVENT.REFUSED" in {check["id"] for check in told["checks"]}


def test_no_other_organisation_seals_an_event(desk: Desk) -> None:
    with pytest.raises(AssertionError, match=r"SIGN\.UNKNOWN_PERSON"):
        made(desk, "THU_HOI", roles=("CBQL", "KY_PHAT_HANH@so"))


def test_the_seal_cannot_come_before_the_principal(desk: Desk) -> None:
    desk.call("event", "new", "one.xml", "--kind", "THU_HOI", "--reason", "Nhầm lớp", "-o", "e.xml")
    keys = ("--p12", "keys/ky_phat_hanh.p12", "--password-env", "PW", "--level", "B")
    desk.call("sign", "e.xml", "--role", "KY_PHAT_HANH", *keys, "-o", "e.xml", code=2)


def test_a_correction_of_the_name(desk: Desk) -> None:
    event = made(desk, "DINH_CHINH", "--correct", "/DINH_DANH/HOC_SINH/HO_VA_TEN=Nguyễn Thị Đúng")
    told = desk.report("one.xml", "--events", event, code=0)
    assert "EVENT.CORRECTED" in {check["id"] for check in told["checks"]}


@pytest.mark.parametrize(
    ("more", "code"),
    [
        (("--kind", "THAY_THE"), 1),
        (("--kind", "THAY_THE", "--successor", "one.xml"), 1),
        (("--kind", "DINH_CHINH", "--correct", "no value"), 2),
        (("--kind", "DINH_CHINH", "--correct", "/THONG_TIN_HOC_BA/DUOC_LEN_LOP=true"), 1),
        (("--kind", "THU_HOI", "--effective", "1/6/2026"), 2),
    ],
)
def test_events_that_make_no_sense(desk: Desk, more: tuple[str, ...], code: int) -> None:
    desk.call(
        "event", "new", "one.xml", "--reason", "Nhầm lớp", *more, "-o", "nonsense.xml", code=code
    )
    assert not Path("nonsense.xml").exists()


def test_a_status_list(desk: Desk) -> None:
    transcript = Transcript.from_json(Path("hocba.json").read_bytes())
    own = transcript.identification
    Path("issued.txt").write_text(f"{own.id} 1 THU_HOI\n{own.id},2\n\nkhac-1 1\n", "utf-8")
    department = transcript.school.department_code
    about = ("--id", "TT", "--version", "1", "--department", department, "--issuer", DEPARTMENT)
    until = ("--next-update", (TODAY + timedelta(days=7)).isoformat())
    assert "3 học bạ, 1 không còn hiệu lực" in desk.call(
        "status-list", "new", "issued.txt", *about, *until, "-o", "tt.xml"
    )
    desk.sign("tt.xml", "KY_PHAT_HANH@so")
    evidence_again(desk)
    assert desk.report("one.xml", "--status-list", "tt.xml", code=5)["status"] == "withdrawn"
    assert desk.report("two.xml", "--status-list", "tt.xml", code=0)["status"] == "in_force"
    Path("issued.txt").write_text("one two three four\n", "utf-8")
    desk.call("status-list", "new", "issued.txt", *about, *until, "-o", "no.xml", code=1)


def test_an_event_is_a_document_that_people_can_read(desk: Desk) -> None:
    event = made(desk, "THU_HOI", "--successor", "two.xml")
    out = desk.call("verify", event, "--trust", "trust", "--crl", "evidence", "--offline")
    assert "HỢP LỆ" in out
    assert desk.report(event, code=0)["document"]["event"] == "THU_HOI"


def test_an_event_is_extended_like_a_transcript(desk: Desk) -> None:
    event = made(desk, "THU_HOI", "--successor", "two.xml")
    time.sleep(1.1)  # lists must be newer than the signatures by their own clock of whole seconds
    evidence_again(desk)
    material = (
        "--trust",
        "trust",
        "--crl",
        "evidence",
        "--cert",
        "evidence",
        "--offline",
        "--tsa",
        desk.school.server.tsa_url,
    )
    desk.call("extend", event, "--to", "LTA", *material, "-o", "lta.xml")
    told = json.loads(
        desk.call(
            "verify", "lta.xml", "--trust", "trust", "--crl", "evidence", "--offline", "--json"
        )
    )
    assert {one["format"] for one in told["signatures"]} == {"XAdES-BASELINE-LTA"}
    assert desk.report("one.xml", "--events", "lta.xml", code=5)["status"] == "withdrawn"


def test_validate_knows_the_documents_about_transcripts(desk: Desk) -> None:
    event = made(desk, "THU_HOI")
    assert "không thấy lỗi" in desk.call("validate", event)
    Path("wrong.xml").write_bytes(Path(event).read_bytes().replace(b"THU_HOI", b"THAY_THE"))
    assert "EVENT.NO_SUCCESSOR" in desk.call("validate", "wrong.xml", code=1)
