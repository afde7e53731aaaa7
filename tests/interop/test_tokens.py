"""Keys in tokens, with SoftHSM, and with a driver before it that behaves as real tokens do."""

import json
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import pytest

from hocba_sign.ades.integrity import check_integrity
from hocba_sign.crypto.algorithms import RSA_SHA256
from hocba_sign.crypto.signer import SoftwareSigner
from hocba_sign.model.signers import ExpectedSigner
from hocba_sign.model.transcript import Transcript
from hocba_sign.model.workflow import Role, Slot
from hocba_sign.signing.xml.draft import read_draft
from hocba_sign.testing import Identity, World
from hocba_sign.testing.staff import staff
from hocba_sign.xml.encode import encode
from tests.interop.programs import program
from tests.interop.tokens import PIN, Item, Tokens, driver
from tests.support.planted import watched_processes

ROOT = Path(__file__).resolve().parents[2]
NOW = datetime.now(UTC)
GVCN = Slot(Role.GVCN)
SIGN = ("--pin-env", "HOCBA_TEST_PIN", "--level", "B")
RSA_PKCS, FINAL_TRY, PAD = 1, 0x20000, 0x100
WRONG = "sai4PIN"
USER, CONTEXT, REFUSED, OK = "1", "2", "a0", "0"


@pytest.fixture(scope="session")
def standin(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the driver that stands before SoftHSM's."""
    built = tmp_path_factory.mktemp("standin") / "standin.so"
    source = Path(__file__).with_name("standin.c")
    command: list[str | Path] = [
        program("cc"),
        "-Wall",
        "-Werror",
        "-shared",
        "-fPIC",
        "-o",
        built,
        source,
    ]
    subprocess.run(command, check=True)
    return built


@pytest.fixture
def tokens(tmp_path: Path, standin: Path) -> Tokens:
    program("softhsm2-util")
    behind = driver()
    assert behind is not None
    settings = {
        "STANDIN_DRIVER": str(behind),
        "STANDIN_LOG": str(tmp_path / "logins"),
        "STANDIN_TRIES": str(tmp_path / "tries"),
    }
    (tmp_path / "tries").write_text("3")
    (tmp_path / "logins").touch()
    return Tokens(tmp_path, standin, settings)


def with_settings(tokens: Tokens, **settings: str | int) -> Tokens:
    return replace(
        tokens, settings={**tokens.settings, **{key: str(value) for key, value in settings.items()}}
    )


def logins(tokens: Tokens) -> list[tuple[str, ...]]:
    """Return user type and result of every PIN that reached the token."""
    return [tuple(line.split()) for line in (tokens.folder / "logins").read_text().splitlines()]


@pytest.fixture(scope="session")
def primary() -> Transcript:
    return Transcript.from_json((ROOT / "examples" / "lop5.json").read_text("utf-8"))


def homeroom(transcript: Transcript, **options: Any) -> Identity:
    """Return the homeroom teacher with a certificate as `options` say."""
    expected: ExpectedSigner = next(
        signer for signer in transcript.expected_signers if signer.slot.role is Role.GVCN
    )
    world = World(NOW, fast=True)
    name, number = expected.name, expected.personal_id or ""
    return world.person(name, number, organisation=transcript.school.name, **options)


def write_draft(tokens: Tokens, transcript: Transcript, name: str = "draft.xml") -> Path:
    path = tokens.folder / name
    path.parent.mkdir(exist_ok=True)
    octets = encode(transcript, nonce=bytes(32))
    identifier = str(transcript.identification.id).encode()
    assert identifier in octets
    path.write_bytes(octets.replace(identifier, str(uuid5(NAMESPACE_URL, name)).encode()))
    return path


def sign(tokens: Tokens, *more: str, pin: str = PIN) -> "subprocess.CompletedProcess[str]":
    """Sign the homeroom teacher's slot of draft.xml into out.xml."""
    given = replace(tokens, settings={**tokens.settings, "HOCBA_TEST_PIN": pin})
    return given.hocba(
        "sign", "draft.xml", "--role", "GVCN", "--pkcs11", str(tokens.module), *SIGN,
        "-o", "out.xml", *more,
    )  # fmt: skip


def intact(octets: bytes) -> Mapping[str, bytes]:
    """Return the values of the signatures, each of which is intact."""
    parsed = read_draft(octets).parsed
    assert all(check_integrity(one).is_intact for one in parsed.signatures)
    return {str(one.slot): one.value for one in parsed.signatures}


def test_every_role_signs_the_demonstration_file_with_a_token(tokens: Tokens) -> None:
    text = (ROOT / "examples" / "lop12.json").read_text("utf-8")
    transcript = Transcript.from_json(text)
    world = World(NOW)
    people = staff(world, transcript)
    assert len(people) == 16
    labels: dict[str, Identity] = {person.name: person for person in people.values()}
    for label, person in labels.items():
        tokens.add(label[:32], Item(identity=person))
    write_draft(tokens, transcript)
    calls = [
        ["sign", "draft.xml", "--role", slot.role.value, "--pkcs11", str(tokens.module)]
        + ["--token", person.name[:32], *SIGN, "-o", "draft.xml", "--json"]
        + ([] if slot.subject is None else ["--subject", slot.subject])
        + ([] if slot.teacher is None else ["--teacher", slot.teacher])
        for slot, person in people.items()
    ]
    run = f"import json; from hocba_sign.cli.main import main\nprint([main(c) for c in json.loads({json.dumps(calls)!r})])"
    assert (
        tokens.python(
            f"import sys, io\nout, sys.stdout = sys.stdout, io.StringIO()\n{run.replace('print(', 'codes = (')}\nprint(json.dumps(codes), file=out)"
        )
        == [0] * 16
    )
    assert logins(tokens) == [(USER, OK)] * 16
    assert len(intact((tokens.folder / "draft.xml").read_bytes())) == 16
    for slug in world.slugs:
        (tokens.folder / f"{slug}.crl").write_bytes(world.crl(slug, NOW + timedelta(minutes=1)))
    (tokens.folder / "anchors.pem").write_bytes(
        b"".join(world.authority(slug).certificate_pem for slug in world.slugs)
    )
    crls = [word for slug in world.slugs for word in ("--crl", f"{slug}.crl")]
    at = (NOW + timedelta(minutes=2)).isoformat()
    told = tokens.hocba(
        "verify", "draft.xml", "--offline", "--trust", "anchors.pem", *crls, "--at", at, "--json"
    )
    report = json.loads(told.stdout)
    assert {one["indication"] for one in report["signatures"]} == {"TOTAL_PASSED"}, report["checks"]
    assert report["verdict"] == "VALID"


@pytest.mark.parametrize("kind", ["rsa2048", "rsa3072", "rsa4096", "ec"])
def test_every_kind_of_key_signs(tokens: Tokens, primary: Transcript, kind: str) -> None:
    tokens.add("VGCA Token", Item(identity=homeroom(primary, key=kind)))
    write_draft(tokens, primary)
    done = sign(tokens)
    assert done.returncode == 0, done.stderr
    value = intact((tokens.folder / "out.xml").read_bytes())["GVCN"]
    assert len(value) == {"rsa2048": 256, "rsa3072": 384, "rsa4096": 512, "ec": 64}[kind]


def raw_signature(tokens: Tokens, octets: bytes) -> bytes:
    return bytes.fromhex(
        tokens.python(
            f"""
import json
from datetime import UTC, datetime
from pathlib import Path
from hocba_sign import open_token
from hocba_sign.crypto.algorithms import RSA_SHA256
with open_token(Path({str(tokens.module)!r}), at=datetime.now(UTC), pin=lambda: {PIN!r}) as signer:
    print(json.dumps(signer.sign({octets!r}, RSA_SHA256).hex()))
"""
        )
    )


def test_a_hash_and_the_whole_data_give_what_a_key_in_memory_gives(
    tokens: Tokens, primary: Transcript
) -> None:
    person = homeroom(primary, key="rsa3072")
    tokens.add("one", Item(identity=person))
    wanted = SoftwareSigner(person.key, person.chain_der).sign(b"SignedInfo", RSA_SHA256)
    assert raw_signature(tokens, b"SignedInfo") == wanted
    assert raw_signature(with_settings(tokens, STANDIN_LACKS=RSA_PKCS), b"SignedInfo") == wanted


CASES: dict[str, tuple[str, list[tuple[str, str]]]] = {
    "wrong pin": ("TOKEN.PIN_WRONG", [(USER, REFUSED)]),
    "wrong pin, one left": ("TOKEN.PIN_WRONG_LAST_LEFT", [(USER, REFUSED)]),
    "wrong pin, the last": ("TOKEN.PIN_LOCKED", [(USER, REFUSED)]),
    "last try not wanted": ("TOKEN.LAST_TRY", []),
    "locked": ("TOKEN.PIN_LOCKED", []),
    "no pin": ("TOKEN.PIN_NEEDED", []),
    "no key": ("TOKEN.NO_KEY", [(USER, OK)]),
    "expired": ("SIGN.CERTIFICATE_EXPIRED", []),
    "another person": ("SIGN.WRONG_PERSON", []),
    "another key": ("TOKEN.OTHER_KEY", [(USER, OK)]),
    "another curve key": ("TOKEN.OTHER_KEY", [(USER, OK)]),
    "two keys": ("TOKEN.SEVERAL_KEYS", [(USER, OK)]),
    "two certificates": ("TOKEN.WHICH_CERTIFICATE", []),
    "two tokens": ("TOKEN.WHICH", []),
    "no certificate": ("TOKEN.NO_CERTIFICATE", []),
    "no token": ("TOKEN.NONE", []),
    "another token": ("TOKEN.NOT_FOUND", []),
    "pulled": ("TOKEN.REMOVED", [(USER, OK)]),
    "always asks, wrong pin": ("TOKEN.PIN_WRONG", [(USER, REFUSED)]),
}


@pytest.mark.parametrize("case", CASES)
def test_what_goes_wrong_has_a_cause_of_its_own_and_costs_one_try_at_most(
    tokens: Tokens, primary: Transcript, case: str
) -> None:
    cause, tried = CASES[case]
    person = homeroom(primary, key="rsa2048")
    other = World(NOW, fast=True).person("Người Khác", "001085000000", key="rsa2048")
    left = {"wrong pin, one left": 2, "wrong pin, the last": 1, "last try not wanted": 1}
    (tokens.folder / "tries").write_text(str(0 if case == "locked" else left.get(case, 3)))
    item = Item(identity=person, always_authenticate=case.startswith("always asks"))
    spare = Item(identity=other, id="02", key_id="01", label="spare", has_certificate=False)
    before = NOW - timedelta(days=1)
    ended = homeroom(primary, key="rsa2048", not_after=before)
    curve, stranger = homeroom(primary), World(NOW, fast=True).person("A", "001085000001")
    renewed = homeroom(primary, key="rsa3072")
    objects: dict[str, tuple[Item, ...]] = {
        "no key": (replace(item, has_key=False),),
        "expired": (Item(identity=ended),),
        "another person": (Item(identity=other),),
        "another key": (replace(item, key_of=other),),
        "another curve key": (Item(identity=curve, key_of=stranger),),
        "two keys": (item, spare),
        "two certificates": (item, Item(identity=renewed, id="02", key_id="02")),
        "no certificate": (replace(item, has_certificate=False),),
    }
    if case == "no token":
        tokens.add("blank")
        shutil.rmtree(tokens.folder / "tokens")
        (tokens.folder / "tokens").mkdir()
    else:
        tokens.add("one", *objects.get(case, (item,)))
    if case == "two tokens":
        tokens.add("one")
    write_draft(tokens, primary)
    used = with_settings(tokens, STANDIN_PULL=0) if case == "pulled" else tokens
    more = ("--token", "two") if case == "another token" else ()
    last = ("--last-try",) if case == "wrong pin, the last" else ()
    pin = "" if case == "no pin" else WRONG if "wrong pin" in case else PIN
    done = sign(used, *more, *last, pin=pin)
    assert f"[{cause}]" in done.stderr, done.stderr
    assert done.returncode in {2, 6}
    assert logins(tokens) == tried
    assert not (tokens.folder / "out.xml").exists()


def test_a_token_that_asks_each_time_signs_again_and_again(
    tokens: Tokens, primary: Transcript
) -> None:
    tokens.add("one", Item(identity=homeroom(primary, key="rsa2048"), always_authenticate=True))
    for number in range(3):
        write_draft(tokens, primary, f"in/{number}.xml")
    done = tokens.hocba(
        "sign", "in", "--role", "GVCN", "--pkcs11", str(tokens.module), *SIGN, "-o", "out"
    )
    assert done.returncode == 0, done.stdout
    assert logins(tokens) == [(USER, OK), *[(CONTEXT, OK)] * 3]


def test_after_a_wrong_pin_another_session_signs(tokens: Tokens, primary: Transcript) -> None:
    """SoftHSM's session stays poisoned after a refused PIN of a key that asks each time."""
    tokens.add("one", Item(identity=homeroom(primary, key="rsa2048"), always_authenticate=True))
    told = tokens.python(
        f"""
import json
from datetime import UTC, datetime
from pathlib import Path
from hocba_sign import OutsideError, open_token
from hocba_sign.crypto.algorithms import RSA_SHA256
def signer(pin):
    return open_token(Path({str(tokens.module)!r}), at=datetime.now(UTC), pin=lambda: pin)
causes = []
wrong = signer({WRONG!r})
for _ in range(3):
    try:
        wrong.sign(b"", RSA_SHA256)
    except OutsideError as error:
        causes.append(error.cause)
with signer({PIN!r}) as right:
    sizes = [len(right.sign(bytes([n]), RSA_SHA256)) for n in range(2)]
with signer({PIN!r}) as again:
    sizes.append(len(again.sign(b"", RSA_SHA256)))
print(json.dumps([causes, sizes]))
"""
    )
    assert told == [["TOKEN.PIN_WRONG", "TOKEN.STOPPED", "TOKEN.STOPPED"], [256] * 3]
    assert logins(tokens)[0] == (USER, REFUSED)
    assert REFUSED not in [result for _, result in logins(tokens)[1:]]


@pytest.mark.parametrize("way", ["driver tells", "folder moved away"])
def test_a_token_pulled_in_the_middle_loses_nothing_and_is_taken_up_again(
    tokens: Tokens, primary: Transcript, way: str
) -> None:
    tokens.add("one", Item(identity=homeroom(primary, key="rsa2048")))
    names = [f"{number}.xml" for number in range(4)]
    for name in names:
        write_draft(tokens, primary, f"in/{name}")
    arguments = ["sign", "in", "--role", "GVCN", "--pkcs11", str(tokens.module), *SIGN]
    arguments += ["-o", "out", "--json"]
    if way == "driver tells":
        text = with_settings(tokens, STANDIN_PULL=2).hocba(*arguments).stdout
    else:
        text = tokens.python(
            f"""
import io, json, os, sys
from hocba_sign.adapters.pkcs11.cryptoki import PrivateKeyOnToken
from hocba_sign.cli.main import main
sign, made = PrivateKeyOnToken.sign, []
def counted(self, given, pin):
    if len(made) == 2:
        os.rename("tokens", "away")
        os.mkdir("tokens")
    made.append(given)
    return sign(self, given, pin)
PrivateKeyOnToken.sign = counted
out, sys.stdout = sys.stdout, io.StringIO()
main({arguments!r})
print(json.dumps(sys.stdout.getvalue()), file=out)
"""
        )
        (tokens.folder / "tokens").rmdir()
        (tokens.folder / "away").rename(tokens.folder / "tokens")
    *items, last = map(json.loads, text.splitlines())
    assert [item["cause"] for item in items] == [None, None, "TOKEN.REMOVED", "TOKEN.STOPPED"]
    assert last["summary"]["signed"] == 2
    kept = [(tokens.folder / "out" / name).read_bytes() for name in names[:2]]
    again = json.loads(tokens.hocba(*arguments).stdout.splitlines()[-1])["summary"]
    assert (again["signed"], again["already"]) == (2, 2)
    assert [(tokens.folder / "out" / name).read_bytes() for name in names[:2]] == kept
    for name in names:
        assert intact((tokens.folder / "out" / name).read_bytes()).keys() == {"GVCN"}
    assert logins(tokens) == [(USER, OK)] * 2


def test_a_wrong_pin_stops_a_whole_class(tokens: Tokens, primary: Transcript) -> None:
    tokens.add("one", Item(identity=homeroom(primary)))
    for number in range(3):
        write_draft(tokens, primary, f"in/{number}.xml")
    arguments = ("sign", "in", "--role", "GVCN", "--pkcs11", str(tokens.module), *SIGN, "-o", "out")
    done = replace(tokens, settings={**tokens.settings, "HOCBA_TEST_PIN": WRONG}).hocba(*arguments)
    assert done.returncode == 6
    assert done.stdout.count("[TOKEN.PIN_WRONG]") == 1
    assert done.stdout.count("[TOKEN.STOPPED]") == 2
    assert logins(tokens) == [(USER, REFUSED)]


def test_the_one_certificate_that_is_valid_is_taken_and_another_can_be_named(
    tokens: Tokens, primary: Transcript
) -> None:
    old = homeroom(primary, key="rsa2048", not_after=NOW - timedelta(days=1))
    new, newest = homeroom(primary, key="rsa3072"), homeroom(primary, key="rsa4096")
    tokens.add("one", Item(identity=old), Item(identity=new, id="02", key_id="02"))
    write_draft(tokens, primary)
    assert sign(tokens).returncode == 0
    assert len(intact((tokens.folder / "out.xml").read_bytes())["GVCN"]) == 384
    tokens.add("two", Item(identity=newest), Item(identity=new, id="02", key_id="02"))
    listed = json.loads(
        tokens.hocba("token", "list", "--pkcs11", str(tokens.module), "--json").stdout
    )
    found = {
        one["key"]: one["sha256"]
        for token in listed["tokens"]
        if token["label"] == "two"
        for one in token["certificates"]
    }
    wanted = next(value for key, value in found.items() if "4096" in key)
    assert sign(tokens, "--token", "two", "--cert-sha256", wanted).returncode == 0
    assert len(intact((tokens.folder / "out.xml").read_bytes())["GVCN"]) == 512
    (tokens.folder / "signer.pem").write_bytes(newest.chain_pem)
    assert sign(tokens, "--token", "two", "--cert", "signer.pem").returncode == 0


def test_a_certificate_in_a_file_finds_its_key_by_the_modulus(
    tokens: Tokens, primary: Transcript
) -> None:
    person = homeroom(primary, key="rsa2048")
    tokens.add("one", Item(identity=person, has_certificate=False, key_id="07"))
    (tokens.folder / "signer.pem").write_bytes(person.chain_pem)
    write_draft(tokens, primary)
    done = sign(tokens, "--cert", "signer.pem")
    assert done.returncode == 0, done.stderr


def test_two_steps_with_a_token_ask_for_the_pin_in_the_second(
    tokens: Tokens, primary: Transcript
) -> None:
    tokens.add("one", Item(identity=homeroom(primary)))
    write_draft(tokens, primary)
    module = ("--pkcs11", str(tokens.module))
    done = tokens.hocba("prepare", "draft.xml", "--role", "GVCN", *module, "-o", "state.json")
    assert done.returncode == 0, done.stderr
    assert logins(tokens) == []
    completed = tokens.hocba("complete", "state.json", *module, *SIGN, "-o", "out.xml")
    assert completed.returncode == 0, completed.stderr
    assert intact((tokens.folder / "out.xml").read_bytes()).keys() == {"GVCN"}
    by_descriptor = ("--pin-fd", "0", "--level", "B", "-o", "again.xml")
    done = tokens.hocba("complete", "state.json", *module, *by_descriptor, given=f"{PIN}\n")
    assert done.returncode == 0, done.stderr


def test_looking_at_tokens_needs_no_pin_and_the_check_names_nobody(
    tokens: Tokens, primary: Transcript
) -> None:
    person = homeroom(primary, key="rsa3072")
    number = next(one.personal_id for one in primary.expected_signers if one.slot.role is Role.GVCN)
    tokens.add("VGCA Token", Item(identity=person, always_authenticate=True))
    module = ("--pkcs11", str(tokens.module))
    for more in ((), ("--json",)):
        listed = tokens.hocba("token", "list", *module, *more)
        assert person.name in listed.stdout
        checked = tokens.hocba("token", "check", *module, *more)
        assert checked.returncode == 0
        assert person.name not in checked.stdout
        for shown in (listed.stdout, checked.stdout):
            assert "VGCA Token" in shown
            assert str(number) not in shown
            assert "RSA" in shown
    assert logins(tokens) == []


def _texts(folder: Path) -> Iterator[bytes]:
    yield from (
        path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and "tokens" not in path.relative_to(folder).parts
    )


def test_a_pin_shows_in_no_process_while_the_token_signs(
    tokens: Tokens, primary: Transcript
) -> None:
    tokens.add("one", Item(identity=homeroom(primary), always_authenticate=True))
    write_draft(tokens, primary)
    used = with_settings(tokens, HOCBA_TEST_PIN="")
    more = ("--pkcs11", str(tokens.module), "--pin-fd", "0", "--level", "B", "-o", "out.xml")
    with watched_processes() as seen:
        done = used.hocba("sign", "draft.xml", "--role", "GVCN", *more, given=f"{PIN}\n")
    assert done.returncode == 0, done.stderr
    assert any("--pin-fd" in told for told in seen)
    assert not any(PIN in told for told in seen)


@pytest.mark.parametrize("pin", [PIN, WRONG])
def test_a_pin_is_nowhere_afterwards(tokens: Tokens, primary: Transcript, pin: str) -> None:
    """Not in what is printed, in tracebacks with values, in `repr`, in arguments, in files."""
    (tokens.folder / "tries").write_text("9")
    tokens.add("one", Item(identity=homeroom(primary, key="rsa2048"), always_authenticate=True))
    write_draft(tokens, primary)
    used = replace(tokens, settings={**tokens.settings, "HOCBA_TEST_PIN": pin, "HOCBA_DEBUG": "1"})
    module = ("--pkcs11", str(tokens.module))
    done = [
        used.hocba("prepare", "draft.xml", "--role", "GVCN", *module, "-o", "state.json"),
        used.hocba("complete", "state.json", *module, *SIGN, "-o", "out.xml", "--json"),
        used.hocba("sign", "draft.xml", "--role", "GVCN", *module, *SIGN, "-o", "two.xml"),
        used.hocba("token", "check", *module, "--json"),
    ]
    traced = used.python(
        f"""
import json, os, pickle, traceback
from datetime import UTC, datetime
from pathlib import Path
from hocba_sign import open_token
from hocba_sign.crypto.algorithms import RSA_SHA256
said = [Path("/proc/self/cmdline").read_text()]
signer = open_token(
    Path({str(tokens.module)!r}), at=datetime.now(UTC), pin=lambda: os.environ["HOCBA_TEST_PIN"]
)
try:
    signer.sign(b"", RSA_SHA256)
    signer._key.sign(None, signer._pin)
except Exception as error:
    shown = traceback.TracebackException.from_exception(error, capture_locals=True)
    said.extend(shown.format())
said += [repr(signer), repr(vars(signer)), str(vars(signer))]
for one in (signer, signer._pin):
    try:
        pickle.dumps(one) if one is not None else None
    except TypeError as error:
        said.append(repr(error))
print(json.dumps("".join(said)))
"""
    )
    assert "Traceback" in traced
    texts = [*(one.stdout + one.stderr for one in done), traced]
    assert not [text for text in texts if pin in text]
    assert not [octets for octets in _texts(tokens.folder) if pin.encode() in octets]


def test_many_threads_share_one_signer(tokens: Tokens, primary: Transcript) -> None:
    tokens.add("one", Item(identity=homeroom(primary, key="rsa2048")))
    sizes = tokens.python(
        f"""
import json
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from hocba_sign import open_token
from hocba_sign.crypto.algorithms import RSA_SHA256
with open_token(Path({str(tokens.module)!r}), at=datetime.now(UTC), pin=lambda: {PIN!r}) as signer:
    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(lambda n: signer.sign(b"%d" % n, RSA_SHA256), range(100)))
print(json.dumps([len(set(made)), len(made[0])]))
"""
    )
    assert sizes == [100, 256]
    assert logins(tokens) == [(USER, OK)]


def test_a_forked_process_is_told_so(tokens: Tokens, primary: Transcript) -> None:
    tokens.add("one", Item(identity=homeroom(primary)))
    told = tokens.python(
        f"""
import json, os
from datetime import UTC, datetime
from pathlib import Path
from hocba_sign import CallerError, open_token
def opened():
    return open_token(Path({str(tokens.module)!r}), at=datetime.now(UTC), pin=lambda: "")
opened()
reader, writer = os.pipe()
if os.fork() == 0:
    try:
        opened()
    except CallerError as error:
        os.write(writer, error.cause.encode())
    os._exit(0)
print(json.dumps(os.read(reader, 100).decode()))
"""
    )
    assert told == "TOKEN.FORKED"


def test_a_pin_pad_is_left_to_ask(tokens: Tokens, primary: Transcript) -> None:
    """SoftHSM has no pad: it refuses the missing PIN, which shows that none was given."""
    tokens.add("one", Item(identity=homeroom(primary)))
    write_draft(tokens, primary)
    used = with_settings(tokens, STANDIN_FLAGS=PAD)
    done = used.hocba(
        "sign", "draft.xml", "--role", "GVCN", "--pkcs11", str(tokens.module),
        "--level", "B", "-o", "out.xml",
    )  # fmt: skip
    assert "on the device itself" in done.stderr
    assert len(logins(tokens)) == 1
    assert logins(tokens)[0][0] == USER


def test_a_token_with_one_try_left_signs_where_that_is_wanted(
    tokens: Tokens, primary: Transcript
) -> None:
    tokens.add("one", Item(identity=homeroom(primary)))
    write_draft(tokens, primary)
    used = with_settings(tokens, STANDIN_FLAGS=FINAL_TRY)
    assert "[TOKEN.LAST_TRY]" in sign(used).stderr
    assert logins(tokens) == []
    assert sign(used, "--last-try").returncode == 0


@pytest.mark.parametrize(
    ("tries", "result", "cause"),
    [
        ("3", "ok", None),
        ("2", "warning", "TOKEN.PIN_WAS_WRONG"),
        ("0", "fault", "TOKEN.PIN_LOCKED"),
    ],
)
def test_doctor_looks_at_token_and_certificate_without_a_pin(
    tokens: Tokens, primary: Transcript, tries: str, result: str, cause: str | None
) -> None:
    person = homeroom(primary, key="rsa3072")
    tokens.add("VGCA Token", Item(identity=person))
    (tokens.folder / "tries").write_text(tries)
    (tokens.folder / "anchors.pem").write_bytes(person.chain_pem)
    arguments = ("--role", "GVCN", "--trust", "anchors.pem", "--offline", "--json")
    done = tokens.hocba("doctor", "--pkcs11", str(tokens.module), *arguments)
    checks = json.loads(done.stdout)["checks"]
    found = [(one["result"], one["cause"]) for one in checks if one["subject"] == "token"]
    assert found == [(result, cause)]
    results = [one["result"] for one in checks if one["subject"] == "certificate"]
    assert results[0] == "ok"
    assert "fault" not in results
    assert done.returncode == (1 if result == "fault" else 0)
    assert person.name not in done.stdout
    assert logins(tokens) == []
