"""CSC 1.0.4 against a loopback service: approval, PIN, one-time code, one signHash, and what is told
of refusals.
"""

from pathlib import Path

import pytest

from hocba_sign.adapters.remote.dialect_choice import open_remote
from hocba_sign.adapters.remote.hash_order import RemoteSigner
from hocba_sign.adapters.remote.machine import RemoteResult, sign_remotely
from hocba_sign.errors import CallerError, OutsideError
from hocba_sign.testing import Identity
from tests.support.remote import Csc, Fault, Keys, Loopback
from tests.support.remote_items import (
    AT,
    EC,
    QUICK,
    RSA,
    algorithm_of,
    configuration,
    is_right,
    items,
)

SIGN = "/csc/v1/signatures/signHash"


def opened(folder: Path, service: Loopback, **secrets: str) -> RemoteSigner:
    file = configuration(folder, "csc", f"{service.url}/csc/v1", secrets=secrets)
    return open_remote(file, at=AT)


def causes(results: tuple[RemoteResult, ...]) -> set[str | None]:
    return {None if one.error is None else one.error.cause for one in results}


@pytest.mark.parametrize("identity", [RSA, EC], ids=["rsa", "ec"])
def test_a_class_is_signed_with_one_approval_and_one_call(
    tmp_path: Path, identity: Identity
) -> None:
    service = Csc(Keys(identity), pin="1357-TEST", otp="246800", token="TOKEN-TEST")
    asked = items(45, algorithm_of(identity))
    with Loopback(service) as loopback:
        signer = opened(
            tmp_path, loopback, pin="1357-TEST", otp="246800", access_token="TOKEN-TEST"
        )
        results = sign_remotely(signer, asked, folder=tmp_path / "state", wait=QUICK)
    assert signer.chain_der[0] == identity.certificate_der
    assert all(
        is_right(identity, item, one.value) for item, one in zip(asked, results, strict=True)
    )
    assert service.keys.approvals == 1
    assert loopback.paths().count(SIGN) == 1
    assert loopback.paths().count("/csc/v1/credentials/sendOTP") == 1


def test_values_in_another_order_find_their_documents(tmp_path: Path) -> None:
    with Loopback(Csc(Keys(RSA), is_reversed=True)) as loopback:
        results = sign_remotely(
            opened(tmp_path, loopback), items(7), folder=tmp_path / "state", wait=QUICK
        )
    assert all(is_right(RSA, item, one.value) for item, one in zip(items(7), results, strict=True))


def test_hashes_go_out_in_parts_under_one_approval_that_is_extended(tmp_path: Path) -> None:
    service = Csc(Keys(RSA), multisign=10)
    with Loopback(service) as loopback:
        file = configuration(tmp_path, "csc", f"{loopback.url}/csc/v1", {"max_hashes": 4})
        results = sign_remotely(
            open_remote(file, at=AT), items(10), folder=tmp_path / "state", wait=QUICK
        )
    assert causes(results) == {None}
    assert service.keys.approvals == 1
    assert loopback.paths().count(SIGN) == 3
    assert loopback.paths().count("/csc/v1/credentials/extendTransaction") == 2
    assert set(service.keys.signed.values()) == {1}


@pytest.mark.parametrize(
    ("pin", "cause"), [("0000-TEST", "REMOTE.PIN"), (None, "REMOTE.PIN_NEEDED")]
)
def test_a_refused_pin_is_tried_once_and_nothing_is_signed(
    tmp_path: Path, pin: str | None, cause: str
) -> None:
    service = Csc(Keys(RSA), pin="1357-TEST")
    with Loopback(service) as loopback:
        signer = opened(tmp_path, loopback, **({} if pin is None else {"pin": pin}))
        if pin is None:
            with pytest.raises(CallerError, match=cause):
                sign_remotely(signer, items(2), folder=tmp_path / "state", wait=QUICK)
        else:
            results = sign_remotely(signer, items(60), folder=tmp_path / "state", wait=QUICK)
            assert causes(results) == {cause, "REMOTE.STOPPED"}
            assert service.keys.approvals == 1
    assert not service.keys.signed


def test_an_answer_that_is_lost_is_unknown_and_never_submitted_again_by_itself(
    tmp_path: Path,
) -> None:
    service = Csc(Keys(RSA))
    lost = [True]

    def fault(_number: int, call: object) -> Fault | None:
        is_lost = lost[0] and getattr(call, "path", "") == SIGN
        return Fault.CUT_AFTER if is_lost else None

    with Loopback(service, fault) as loopback:
        for _ in range(3):
            results = sign_remotely(
                opened(tmp_path, loopback), items(3), folder=tmp_path / "state", wait=QUICK
            )
            assert causes(results) == {"REMOTE.UNKNOWN"}
        assert loopback.paths().count(SIGN) == 1
        assert service.keys.approvals == 1
        lost[0] = False
        results = sign_remotely(
            opened(tmp_path, loopback),
            items(3),
            folder=tmp_path / "state",
            wait=QUICK,
            again=True,
        )
    assert causes(results) == {None}
    assert loopback.paths().count(SIGN) == 2


@pytest.mark.parametrize(
    ("spoil", "cause"),
    [
        (lambda value: bytes([value[0] ^ 1]) + value[1:], "REMOTE.VALUE"),
        (lambda value: value.hex().encode(), "SIGN.VALUE_TEXT"),
        (lambda value: b"%PDF-1.7 TEST" + value, "SIGN.VALUE_PDF"),
        (
            lambda value: bytes.fromhex("3082010f06092a864886f70d010702a0820100") + value,
            "SIGN.VALUE_CMS",
        ),
    ],
    ids=["wrong", "hex", "pdf", "cms"],
)
def test_a_value_that_is_no_right_raw_one_is_named_and_costs_no_other(
    tmp_path: Path, spoil: object, cause: str
) -> None:
    assert callable(spoil)
    service = Csc(Keys(RSA), spoil=lambda place, value: spoil(value) if place == 1 else value)
    with Loopback(service) as loopback:
        signer = opened(tmp_path, loopback)
        first = sign_remotely(signer, items(3), folder=tmp_path / "state", wait=QUICK)
        assert [one.error and one.error.cause for one in first] == [None, cause, None]
        service.spoil = lambda _place, value: value
        again = sign_remotely(signer, items(3), folder=tmp_path / "state", wait=QUICK)
    assert causes(again) == {None}
    assert sorted(service.keys.signed.values()) == [1, 1, 2]


@pytest.mark.parametrize(
    ("token", "cause"), [("OTHER-TEST", "REMOTE.LOGIN"), (None, "REMOTE.LOGIN")]
)
def test_an_account_that_is_not_accepted_is_said_when_it_is_opened(
    tmp_path: Path, token: str | None, cause: str
) -> None:
    with (
        Loopback(Csc(Keys(RSA), token="TOKEN-TEST")) as loopback,
        pytest.raises(OutsideError) as caught,
    ):
        opened(tmp_path, loopback, **({} if token is None else {"access_token": token}))
    assert caught.value.cause == cause
