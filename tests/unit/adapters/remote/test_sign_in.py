"""Sign-in by browser at a CSC service: codes and PKCE, and what others may send to our port."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from hocba_sign.adapters.remote.dialect_choice import open_remote
from hocba_sign.adapters.remote.machine import RemoteResult, sign_remotely
from hocba_sign.adapters.remote.redirect import RedirectReceiver, read_answer, read_pasted
from hocba_sign.adapters.remote.secret import Secret
from hocba_sign.errors import CallerError, OutsideError
from tests.support.authorisation import (
    CLIENT_SECRET,
    CODE,
    CREDENTIAL_TOKEN,
    SERVICE_TOKEN,
    Authorisation,
    browsing,
    fetched,
)
from tests.support.remote import Call, Csc, Fault, Keys, Loopback
from tests.support.remote_items import AT, QUICK, RSA, configuration, is_right, items
from tests.unit.adapters.remote.test_csc2 import Csc2

Show = Callable[[str], None]
ENTRIES: dict[str, str | int | bool] = {"client_id": "CLIENT-TEST"}


def signed(
    folder: Path,
    loopback: Loopback,
    show: Show | None,
    *,
    ask: Callable[[str], str] | None = None,
    version: int = 1,
    count: int = 3,
    **entries: str | int | bool,
) -> tuple[RemoteResult, ...]:
    file = configuration(
        folder,
        "csc",
        f"{loopback.url}/csc/v{version}",
        ENTRIES | entries,
        {"client_secret": CLIENT_SECRET},
    )
    signer = open_remote(file, at=AT, ask=ask, show=show)
    return sign_remotely(signer, items(count), folder=folder / "state", wait=QUICK)


def approving(server: Authorisation) -> Show:
    def act(address: str) -> None:
        assert fetched(server.approve(address)) == 200

    return browsing(act)


def approving_in_vain(server: Authorisation) -> Show:
    """Approve, and come back nowhere."""

    def show(address: str) -> None:
        server.approve(address)

    return show


def cause_of(call: Callable[[], object]) -> tuple[str, str]:
    with pytest.raises((CallerError, OutsideError)) as caught:
        call()
    return caught.value.cause, f"{caught.value!r} {caught.value} {caught.value.detail}"


@pytest.mark.parametrize("version", [1, 2])
def test_a_class_is_signed_after_one_sign_in_and_one_approval(tmp_path: Path, version: int) -> None:
    keys = Keys(RSA)
    server = Authorisation(Csc(keys) if version == 1 else Csc2(keys, []), version=version)
    with Loopback(server) as loopback:
        server.address = loopback.url
        results = signed(tmp_path, loopback, approving(server), version=version, count=9)
    asked = items(9)
    assert all(is_right(RSA, item, one.value) for item, one in zip(asked, results, strict=True))
    assert [each["scope"] for each in server.asked] == ["service", "credential"]
    assert server.tokens == 2
    assert [path.rpartition("/")[2] for path in loopback.paths()].count("signHash") == 1
    sent = next(call for call in loopback.calls if call.path.endswith("signHash"))
    assert sent.body["SAD"] == CREDENTIAL_TOKEN
    assert sent.headers["authorization"] == f"Bearer {SERVICE_TOKEN}"
    redirect = urlsplit(server.asked[0]["redirect_uri"])
    assert (redirect.hostname, redirect.path) == ("127.0.0.1", "/hocba")
    kept = "".join(path.read_text("utf-8") for path in (tmp_path / "state").iterdir())
    for secret in (CODE, CREDENTIAL_TOKEN, SERVICE_TOKEN, CLIENT_SECRET):
        assert secret not in kept + repr(results)


def test_what_others_send_is_turned_away_and_ends_nothing(tmp_path: Path) -> None:
    server = Authorisation(Csc(Keys(RSA)))
    statuses: list[int] = []

    def act(address: str) -> None:
        right = server.approve(address)
        parts = urlsplit(right)
        port, query = parts.port, parse_qs(parts.query)
        state, code = query["state"][0], query["code"][0]
        base = f"http://127.0.0.1:{port}/hocba"
        others = (
            f"{base}?{urlencode({'code': 'EVIL', 'state': 'x' * len(state)})}",
            f"{base}?code=EVIL",
            f"{base}?{urlencode({'code': 'EVIL', 'state': ''})}",
            f"{base}?code=EVIL&{parts.query}",
            f"{base}?{parts.query}&error=access_denied",
            f"{base}?state={state}",
            f"{base}",
            f"http://127.0.0.1:{port}/?{parts.query}",
            f"http://127.0.0.1:{port}/hocba/?{parts.query}",
            f"http://127.0.0.1:{port}/x/../hocba?{parts.query}",
        )
        statuses.extend(map(fetched, others))
        statuses.append(fetched(right, host=f"rebound.example:{port}"))
        statuses.append(fetched(right, host=f"localhost:{port}"))
        statuses.append(fetched(right, method="POST"))
        assert fetched(right) == 200
        assert fetched(f"{base}?{urlencode({'code': code, 'state': state})}") in {0, 400}

    with Loopback(server) as loopback:
        server.address = loopback.url
        results = signed(tmp_path, loopback, browsing(act))
    assert all(one.value for one in results)
    assert set(statuses) == {400, 501}
    assert server.tokens == 2
    tokens = [call.text for call in loopback.calls if call.path == "/oauth2/token"]
    assert not any("EVIL" in text for text in tokens)


def test_one_answer_is_taken_however_early_it_is_fetched() -> None:
    receiver = RedirectReceiver("http://127.0.0.1/hocba", "s")
    target = f"{receiver.path}?code=1&state=s"
    assert receiver.takes(target, receiver.host)
    assert receiver.answer(timedelta(0)).code is not None
    assert not receiver.takes(target, receiver.host)
    receiver._server.server_close()


def test_a_signer_who_declines_is_not_asked_again(tmp_path: Path) -> None:
    server = Authorisation(Csc(Keys(RSA)))
    shown: list[str] = []

    def act(address: str) -> None:
        shown.append(address)
        right = server.approve(address)
        if len(shown) > 1:
            state = parse_qs(urlsplit(right).query)["state"][0]
            said = {"error": "access_denied", "error_description": "no\x1b[2J", "state": state}
            right = f"{right.partition('?')[0]}?{urlencode(said)}"
        fetched(right)

    with Loopback(server) as loopback:
        server.address = loopback.url
        results = signed(tmp_path, loopback, browsing(act))
    errors = [one.error for one in results]
    assert {error and error.cause for error in errors} == {"REMOTE.REJECTED"}
    assert "\x1b" not in str(errors[0] and errors[0].detail)
    assert len(shown) == 2
    assert server.tokens == 1
    assert not (tmp_path / "state" / "values").exists()


@pytest.mark.parametrize(
    ("fault", "cause"),
    [
        (Fault.REDIRECT, "REMOTE.REDIRECT"),
        (Fault.GARBAGE, "REMOTE.ANSWER"),
        (Fault.CUT_AFTER, "REMOTE.BROKEN"),
        (Fault.BUSY, "REMOTE.BUSY"),
    ],
)
def test_a_code_goes_out_once_whatever_becomes_of_it(
    tmp_path: Path, fault: Fault, cause: str
) -> None:
    server = Authorisation(Csc(Keys(RSA)))

    def at_token(_number: int, call: Call) -> Fault | None:
        return fault if call.path == "/oauth2/token" else None

    with Loopback(server, at_token) as loopback:
        server.address = loopback.url
        found, told = cause_of(lambda: signed(tmp_path, loopback, approving(server)))
    assert found == cause
    assert loopback.paths().count("/oauth2/token") == 1
    assert "/elsewhere" not in loopback.paths()
    assert len(server.asked) == 1
    assert CODE not in told
    assert CLIENT_SECRET not in told


@pytest.mark.parametrize(
    ("answer", "cause"),
    [
        ((200, {"access_token": "A" * 5_000_000}), "REMOTE.ANSWER"),
        ((200, {"token_type": "Bearer"}), "REMOTE.ANSWER"),
        ((400, {"error": "invalid_grant"}), "REMOTE.LOGIN"),
        ((401, {"error": "invalid_client", "error_description": CLIENT_SECRET}), "REMOTE.LOGIN"),
    ],
    ids=["huge", "no token", "code used before", "client"],
)
def test_an_answer_without_a_token_is_named_and_the_signer_not_asked_again(
    tmp_path: Path, answer: tuple[int, Any], cause: str
) -> None:
    server = Authorisation(Csc(Keys(RSA)), grant=lambda _form: answer)
    with Loopback(server) as loopback:
        server.address = loopback.url
        found, told = cause_of(lambda: signed(tmp_path, loopback, approving(server)))
    assert found == cause
    assert len(server.asked) == 1
    assert CLIENT_SECRET not in told


def test_a_code_is_not_believed_twice_by_the_server_nor_by_us(tmp_path: Path) -> None:
    """A code that was seen elsewhere is of no use here: it was given for another challenge."""
    server = Authorisation(Csc(Keys(RSA)))
    stolen = "PLANTED-STOLEN"
    server.codes[stolen] = {"redirect_uri": "http://127.0.0.1/other", "scope": "service"}
    with Loopback(server) as loopback:
        server.address = loopback.url
        found, told = cause_of(
            lambda: signed(
                tmp_path,
                loopback,
                approving_in_vain(server),
                ask=lambda _what: stolen,
                paste_answer=True,
            )
        )
    assert found == "REMOTE.LOGIN"
    assert stolen not in told
    assert server.tokens == 0


def test_an_answer_is_pasted_where_no_browser_is_at_hand(tmp_path: Path) -> None:
    server = Authorisation(Csc(Keys(RSA)))
    shown: list[str] = []

    def ask(_what: str) -> str:
        right = server.approve(shown[-1])
        code = parse_qs(urlsplit(right).query)["code"][0]
        return f" {right}\n" if len(shown) == 1 else code

    with Loopback(server) as loopback:
        server.address = loopback.url
        results = signed(
            tmp_path,
            loopback,
            shown.append,
            ask=ask,
            paste_answer=True,
            redirect_uri="https://school.example/back",
        )
    assert all(one.value for one in results)
    assert {each["redirect_uri"] for each in server.asked} == {"https://school.example/back"}


STATE = "s" * 43
BACK = "http://127.0.0.1/hocba"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "two words",
        "CODE\u202e",
        f"{BACK}?code=A&state=other",
        f"{BACK}?code=A",
        f"http://127.0.0.1.evil.example/hocba?code=A&state={STATE}",
        f"https://127.0.0.1/hocba?code=A&state={STATE}",
        f"{BACK}/x?code=A&state={STATE}",
        f"{BACK}?code=A&code=B&state={STATE}",
        f"{BACK}?state={STATE}",
        "x" * 10_000,
    ],
)
def test_what_is_no_answer_to_this_sign_in_is_refused(text: str) -> None:
    assert read_pasted(Secret(text), address=BACK, state=STATE) is None


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("CODE-1", "CODE-1"),
        (f"{BACK}?code=A%2Fb&state={STATE}&iss=x", "A/b"),
        (f" {BACK}?state={STATE}&code=CODE-2\r\n", "CODE-2"),
    ],
)
def test_an_answer_to_this_sign_in_is_taken(text: str, code: str) -> None:
    answer = read_pasted(Secret(text), address=BACK, state=STATE)
    assert answer is not None
    assert answer.code is not None
    assert answer.code.reveal() == code
    assert code not in repr(answer)


def test_more_fields_than_an_answer_has_are_not_read() -> None:
    target = f"/hocba?code=A&state={STATE}"
    assert read_answer(target, STATE) is not None
    assert read_answer(target + "".join(f"&a{n}=1" for n in range(99)), STATE) is None


def test_another_answer_that_is_pasted_is_named_and_sent_nowhere(tmp_path: Path) -> None:
    server = Authorisation(Csc(Keys(RSA)))
    with Loopback(server) as loopback:
        server.address = loopback.url
        found, told = cause_of(
            lambda: signed(
                tmp_path,
                loopback,
                approving_in_vain(server),
                ask=lambda _what: f"{BACK}?code=PLANTED-OTHER&state={STATE}",
                paste_answer=True,
            )
        )
    assert found == "REMOTE.SIGN_IN"
    assert "PLANTED-OTHER" not in told
    assert "/oauth2/token" not in loopback.paths()


@pytest.mark.parametrize(
    "address",
    [
        "http://0.0.0.0/x",
        "http://school.example/x",
        "https://127.0.0.1/x",
        "http://127.0.0.1:99999/x",
        "http://127.0.0.1/x?y=1",
        "urn:ietf:wg:oauth:2.0:oob",
    ],
)
def test_the_port_is_of_this_machine_only(address: str) -> None:
    assert cause_of(lambda: RedirectReceiver(address, STATE))[0] == "REMOTE.CONFIG"


def test_the_wait_has_an_end_and_the_port_closes(tmp_path: Path) -> None:
    server = Authorisation(Csc(Keys(RSA)))
    with Loopback(server) as loopback:
        server.address = loopback.url
        call = lambda: signed(  # noqa: E731
            tmp_path, loopback, approving_in_vain(server), sign_in_seconds=1
        )
        assert cause_of(call)[0] == "REMOTE.EXPIRED"
    assert fetched(server.asked[0]["redirect_uri"]) == 0


def test_without_anybody_to_see_the_address_nothing_is_begun(tmp_path: Path) -> None:
    server = Authorisation(Csc(Keys(RSA)))
    with Loopback(server) as loopback:
        server.address = loopback.url
        assert cause_of(lambda: signed(tmp_path, loopback, None))[0] == "REMOTE.BROWSER_NEEDED"


@pytest.mark.parametrize("is_described", [False, True])
def test_the_client_secret_goes_to_another_host_only_where_the_configuration_names_it(
    tmp_path: Path, is_described: bool
) -> None:
    keys, beside = Keys(RSA), Authorisation(Csc(Keys(RSA)))
    server = Authorisation(Csc(keys))
    with Loopback(server) as loopback, Loopback(beside) as other:
        if is_described:
            server.issuer = beside.issuer = other.url
        server.address = other.url
        found, told = cause_of(lambda: signed(tmp_path, loopback, approving(beside)))
        assert found == "REMOTE.CONFIG"
        assert other.url in told
        assert not other.calls
        server._token = beside._token  # type: ignore[method-assign]
        beside.service = server.service
        results = signed(tmp_path, loopback, approving(beside), oauth2_url=other.url)
        assert other.paths().count("/oauth2/token") == 2
    assert all(one.value for one in results)


@pytest.mark.parametrize(
    "change",
    [{"issuer": "https://evil.example"}, {"token_endpoint": "https://evil.example/token"}, {}],
)
def test_a_description_points_nowhere_else(tmp_path: Path, change: dict[str, str]) -> None:
    server = Authorisation(Csc(Keys(RSA)))

    def dialect(call: Call) -> tuple[int, Any]:
        status, said = server(call)
        return status, said | change if call.path.startswith("/.well-known") else said

    with Loopback(dialect) as loopback:
        server.issuer = loopback.url
        if change:
            found, _ = cause_of(lambda: signed(tmp_path, loopback, approving(server)))
            assert found == "REMOTE.ANSWER"
            assert not server.asked
        else:
            assert all(one.value for one in signed(tmp_path, loopback, approving(server)))
