"""The services of Vietnam on loopback, as their documents describe them: one approval for a class,
delays, refusals, quota, expiry, values of other forms, in another order, with broken lines.
"""

import base64
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from hocba_sign.adapters.remote.dialect_choice import open_remote
from hocba_sign.adapters.remote.hash_order import Order, OrderState, RemoteSigner
from hocba_sign.adapters.remote.machine import RemoteResult, sign_remotely
from hocba_sign.errors import CallerError, OutsideError
from hocba_sign.model.workflow import Role
from tests.support.remote import Call, Fault, Keys, Loopback, Misa, MySign, Phone, SmartCa
from tests.support.remote_items import (
    AT,
    HASTY,
    QUICK,
    RSA,
    SEAL,
    configuration,
    is_right,
    items,
)


@dataclass(frozen=True)
class Kind:
    """A dialect: its service, its configuration, the call that places an order, its words."""

    name: str
    make: Callable[..., Phone]
    entries: dict[str, str]
    secrets: dict[str, str]
    sign: str
    ends: dict[str, str]
    wrong: str


KINDS = (
    Kind(
        name="smartca",
        make=SmartCa,
        entries={"sp_id": "SP-TEST", "user_id": "001190000001"},
        secrets={"sp_password": "SP-PASSWORD-TEST"},
        sign="/v1/signatures/sign",
        ends={
            "REJECTED": "REMOTE.REJECTED",
            "EXPIRED": "REMOTE.EXPIRED",
            "TIMEOUT": "REMOTE.EXPIRED",
            "CANCELLED": "REMOTE.REJECTED",
            "SIGN_FAILED": "REMOTE.FAILED",
            "NO CREDIT": "REMOTE.NO_CREDIT",
        },
        wrong="sp_password",
    ),
    Kind(
        name="mysign",
        make=MySign,
        entries={"client_id": "CLIENT-TEST", "user_id": "CMT_001190000001"},
        secrets={"client_secret": "CLIENT-SECRET-TEST"},
        sign="/vtss/service/signHash",
        ends={
            "4001": "REMOTE.EXPIRED",
            "4002": "REMOTE.REJECTED",
            "4004": "REMOTE.FAILED",
            "4005": "REMOTE.NO_CREDIT",
            "13004": "REMOTE.CERTIFICATE",
            "50000": "REMOTE.FAILED",
        },
        wrong="client_secret",
    ),
    Kind(
        name="misa",
        make=Misa,
        entries={"client_id": "CLIENT-TEST", "user": "co.thu@school.example"},
        secrets={"client_key": "CLIENT-KEY-TEST", "password": "PASSWORD-TEST-MISA"},
        sign="/external/esrm/service/signing/api/v1/Signing/hash",
        ends={"FAILED": "REMOTE.FAILED", "CANCELLED": "REMOTE.REJECTED"},
        wrong="password",
    ),
)
EACH = pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)


def opened(kind: Kind, folder: Path, url: str, role: Role | None = None) -> RemoteSigner:
    file = configuration(folder, kind.name, url, kind.entries, kind.secrets)
    return open_remote(file, role, at=AT)


def signed(
    kind: Kind, folder: Path, url: str, count: int = 3, wait: timedelta = QUICK
) -> tuple[RemoteResult, ...]:
    signer = opened(kind, folder, url)
    return sign_remotely(signer, items(count), folder=folder / "state", wait=wait)


def causes(results: tuple[RemoteResult, ...]) -> set[str | None]:
    return {None if one.error is None else one.error.cause for one in results}


def broken_lines(value: bytes) -> str:
    return base64.encodebytes(value).decode().replace("\n", "\r\n")


@EACH
@pytest.mark.parametrize("is_reversed", [False, True])
def test_a_class_is_signed_with_one_approval(kind: Kind, is_reversed: bool, tmp_path: Path) -> None:
    service = kind.make(Keys(RSA), is_reversed=is_reversed, written=broken_lines)
    with Loopback(service) as loopback:
        results = signed(kind, tmp_path, loopback.url, 45)
    assert all(is_right(RSA, item, one.value) for item, one in zip(items(45), results, strict=True))
    assert service.keys.approvals == 1
    assert loopback.paths().count(kind.sign) == 1


@EACH
def test_every_end_without_a_signature_names_who_must_act(kind: Kind, tmp_path: Path) -> None:
    for number, (end, cause) in enumerate(kind.ends.items()):
        folder = tmp_path / str(number)
        folder.mkdir()
        service = kind.make(Keys(RSA), end=end, delay=1)
        with Loopback(service) as loopback:
            assert causes(signed(kind, folder, loopback.url)) == {cause}
            assert not service.keys.signed
            service.end = ""
            assert causes(signed(kind, folder, loopback.url)) == {None}
        assert set(service.keys.signed.values()) == {1}


@pytest.mark.long
@EACH
def test_who_is_slow_on_the_telephone_is_waited_for_by_the_next_run(
    kind: Kind, tmp_path: Path
) -> None:
    service = kind.make(Keys(RSA), delay=15)
    with Loopback(service) as loopback:
        assert causes(signed(kind, tmp_path, loopback.url, wait=HASTY)) == {"REMOTE.WAITING"}
        assert causes(signed(kind, tmp_path, loopback.url, wait=QUICK * 10)) == {None}
    assert service.keys.approvals == 1
    assert loopback.paths().count(kind.sign) == 1


@EACH
def test_one_value_that_is_wrong_or_missing_costs_no_other(kind: Kind, tmp_path: Path) -> None:
    service = kind.make(
        Keys(RSA),
        spoil=lambda document, value: value[::-1] if document == "doc-01" else value,
        left_out=lambda document: document == "doc-02" and kind.name != "mysign",
    )
    with Loopback(service) as loopback:
        results = signed(kind, tmp_path, loopback.url, 5)
        missing = None if kind.name == "mysign" else "REMOTE.NO_VALUE"
        expected = [None, "REMOTE.VALUE", missing, None, None]
        assert [one.error and one.error.cause for one in results] == expected
        service.spoil, service.left_out = (lambda _id, value: value), (lambda _id: False)
        assert causes(signed(kind, tmp_path, loopback.url, 5)) == {None}
    counts = [len(one.hashes) for one in service.transactions.values()]
    assert counts == [5, sum(one is not None for one in expected)]


@EACH
def test_a_whole_container_is_named(kind: Kind, tmp_path: Path) -> None:
    cms = bytes.fromhex("3082010f06092a864886f70d010702a0820100")
    service = kind.make(Keys(RSA), spoil=lambda _id, value: cms + value)
    with Loopback(service) as loopback:
        assert causes(signed(kind, tmp_path, loopback.url)) == {"SIGN.VALUE_CMS"}


@EACH
@pytest.mark.parametrize("is_seal_first", [False, True])
def test_the_role_decides_between_person_and_seal(
    kind: Kind, is_seal_first: bool, tmp_path: Path
) -> None:
    both = ((SEAL, True), (RSA, False))
    service = kind.make(Keys(RSA), others=both if is_seal_first else both[::-1])
    with Loopback(service) as loopback:
        for role, identity in ((Role.GVCN, RSA), (Role.CBQL, RSA), (Role.KY_PHAT_HANH, SEAL)):
            signer = opened(kind, tmp_path, loopback.url, role)
            assert signer.chain_der[0] == identity.certificate_der
            assert signer.chain_der[1:] == identity.chain_der[1 : len(signer.chain_der)]
        with pytest.raises(CallerError, match=r"REMOTE\.WHICH_CERTIFICATE"):
            opened(kind, tmp_path, loopback.url)


@EACH
def test_an_account_without_a_seal_never_signs_as_one(kind: Kind, tmp_path: Path) -> None:
    with (
        Loopback(kind.make(Keys(RSA))) as loopback,
        pytest.raises(CallerError, match=r"REMOTE\.NO_CERTIFICATE"),
    ):
        opened(kind, tmp_path, loopback.url, Role.KY_PHAT_HANH)


@EACH
def test_a_wrong_secret_of_the_account_is_told_apart(kind: Kind, tmp_path: Path) -> None:
    secrets = kind.secrets | {kind.wrong: "PLANTED-WRONG-TEST"}
    with Loopback(kind.make(Keys(RSA))) as loopback:
        file = configuration(tmp_path, kind.name, loopback.url, kind.entries, secrets)
        with pytest.raises(OutsideError) as caught:
            open_remote(file, at=AT)
    assert caught.value.cause == "REMOTE.LOGIN"
    assert "PLANTED" not in str(caught.value)


@EACH
def test_an_answer_that_is_lost_is_found_by_our_id_or_unknown(kind: Kind, tmp_path: Path) -> None:
    service = kind.make(Keys(RSA))

    def fault(_number: int, call: Call) -> Fault | None:
        return Fault.CUT_AFTER if call.path == kind.sign else None

    with Loopback(service, fault) as loopback:
        first = causes(signed(kind, tmp_path, loopback.url))
        again = causes(signed(kind, tmp_path, loopback.url))
    assert first == again == ({None} if kind.name == "smartca" else {"REMOTE.UNKNOWN"})
    assert loopback.paths().count(kind.sign) == 1


def test_smartca_gets_an_order_again_that_it_says_it_never_had(tmp_path: Path) -> None:
    service, cuts = SmartCa(Keys(RSA)), [2]

    def fault(_number: int, call: Call) -> Fault | None:
        if call.path == KINDS[0].sign and cuts[0]:
            cuts[0] -= 1
            return Fault.CUT_BEFORE
        return None

    with Loopback(service, fault) as loopback:
        assert causes(signed(KINDS[0], tmp_path, loopback.url)) == {None}
    assert {
        call.body["transaction_id"] for call in loopback.calls if call.path == KINDS[0].sign
    } == {*service.transactions}
    assert service.keys.approvals == 1


def test_smartca_is_asked_by_its_own_number_where_it_forgets_ours(tmp_path: Path) -> None:
    service = SmartCa(Keys(RSA))
    with Loopback(service) as loopback:
        signer = opened(KINDS[0], tmp_path, loopback.url)
        sign_remotely(signer, items(2), folder=tmp_path / "state", wait=QUICK)
        service.transactions["T-1"] = service.transactions[next(iter(service.transactions))]
        only = {"T-1": service.transactions["T-1"]}
        service.transactions = only
        answer = signer.ask(Order(id="ours", items=items(2), ticket="T-1"))
    assert answer.state is OrderState.DONE


def test_smartca_v2_takes_password_and_one_time_code_and_stores_neither(tmp_path: Path) -> None:
    service = SmartCa(Keys(RSA))
    entries = KINDS[0].entries | {"product": "v2"}
    secrets = KINDS[0].secrets | {"password": "USER-PASSWORD-TEST"}
    asked: list[str] = []

    def ask(what: str) -> str:
        asked.append(what)
        return "135790"

    with Loopback(service) as loopback:
        file = configuration(tmp_path, "smartca", loopback.url, entries, secrets)
        signer = open_remote(file, at=AT, ask=ask)
        results = sign_remotely(signer, items(3), folder=tmp_path / "state", wait=QUICK)
    assert causes(results) == {None}
    assert len(asked) == 1
    told = "".join(path.read_text("utf-8") for path in (tmp_path / "state").iterdir())
    for secret in ("USER-PASSWORD-TEST", "135790", "SAD-TEST-VNPT", "SP-PASSWORD-TEST"):
        assert secret not in told + repr(signer) + repr(results)


def test_misa_wants_a_second_factor(tmp_path: Path) -> None:
    service = Misa(Keys(RSA), otp="864200")
    kind = KINDS[2]
    with Loopback(service) as loopback:
        file = configuration(tmp_path, "misa", loopback.url, kind.entries, kind.secrets)
        with pytest.raises(CallerError, match=r"REMOTE\.PIN_NEEDED"):
            open_remote(file, at=AT)
        signer = open_remote(file, at=AT, ask=lambda _what: "864200")
        results = sign_remotely(signer, items(2), folder=tmp_path / "state", wait=QUICK)
    assert causes(results) == {None}


@EACH
def test_no_name_or_number_of_a_pupil_goes_out(kind: Kind, tmp_path: Path) -> None:
    with Loopback(kind.make(Keys(RSA))) as loopback:
        signed(kind, tmp_path, loopback.url)
        sent = next(call.text for call in loopback.calls if call.path == kind.sign)
    assert "TEST 0" not in sent
