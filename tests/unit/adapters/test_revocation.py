import base64
import hashlib
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from asn1crypto import ocsp

from hocba_sign.adapters.cache import Cache, CachedAnswer
from hocba_sign.adapters.fetch import Fetcher
from hocba_sign.adapters.revocation import (
    CLOCK_SKEW,
    MAX_ISSUERS,
    EvidenceFetcher,
    FetchBudget,
    cache_key,
    ocsp_request,
    read_answer,
)
from hocba_sign.errors import Finding, InputError
from hocba_sign.operations.online import settle
from hocba_sign.pki.certificates.certificate import Certificate
from hocba_sign.pki.revocation.evidence import Evidence
from hocba_sign.testing.authority_answers import OcspOptions
from hocba_sign.testing.server import ServerFault, WorldServer, certificate_bundle
from hocba_sign.testing.world import World
from hocba_sign.validation.document.missing_evidence import (
    Answer,
    Available,
    Need,
    NeedKind,
    Unavailable,
)

AT = datetime(2026, 6, 1, tzinfo=UTC)
WORLD = World(AT, fast=True)
ISSUER = Certificate.load(WORLD.authority("public-ca").certificate_der)
ROOT = Certificate.load(WORLD.authority("national-root").certificate_der)


def leaf(world: World, name: str = "TEST Người ký", number: str = "012345678901") -> Certificate:
    return Certificate.load(world.person(name, number).certificate_der)


def need(
    kind: NeedKind,
    world: World = WORLD,
    *,
    url: str | None = None,
    certificate: Certificate | None = None,
) -> Need:
    subject = certificate or leaf(world)
    urls = {
        NeedKind.OCSP: subject.ocsp_urls,
        NeedKind.CRL: subject.crl_urls,
        NeedKind.ISSUER: subject.ca_issuer_urls,
    }[kind]
    issuer = (
        None
        if kind is NeedKind.ISSUER
        else Certificate.load(world.authority("public-ca").certificate_der)
    )
    return Need(kind=kind, url=url or urls[0], certificate=subject, issuer=issuer)


def cause(answer: Answer) -> str | None:
    return answer.finding.cause if isinstance(answer, Unavailable) else None


def refused(kind: NeedKind, octets: bytes) -> str:
    with pytest.raises(InputError) as caught:
        read_answer(need(kind), octets)
    return caught.value.cause


@pytest.fixture
def server() -> Iterator[WorldServer]:
    with WorldServer(lambda: AT, lambda url: World(AT, base_url=url, fast=True)) as served:
        yield served


def fetcher(
    cache: Path | None = None,
    *,
    at: datetime = AT,
    has_nonce: bool = False,
    budget: FetchBudget | None = None,
) -> EvidenceFetcher:
    return EvidenceFetcher(
        fetcher=Fetcher(allow_loopback=True),
        clock=lambda: at,
        cache=None if cache is None else Cache(folder=cache),
        budget=budget or FetchBudget(timeout=timedelta(seconds=10)),
        has_nonce=has_nonce,
    )


def test_a_request_names_the_certificate_as_responders_expect() -> None:
    subject = leaf(WORLD)
    asked = ocsp.OCSPRequest.load(ocsp_request(subject, ISSUER), strict=True)["tbs_request"]
    (one,) = asked["request_list"]
    identifier = one["req_cert"]
    assert identifier["hash_algorithm"].native == {"algorithm": "sha1", "parameters": None}
    assert identifier["hash_algorithm"].dump() == bytes.fromhex("300906052b0e03021a0500")
    assert identifier["issuer_name_hash"].native == hashlib.sha1(ISSUER.subject_der).digest()
    # The key's bits are the last element of the key: the hash leaves out tag, length and unused
    # bits.
    bits = ISSUER.public_key_der[-65:]
    assert identifier["issuer_key_hash"].native == hashlib.sha1(bits).digest()
    assert identifier["serial_number"].native == subject.serial_number
    assert asked["request_extensions"].native is None
    with_nonce = ocsp.OCSPRequest.load(ocsp_request(subject, ISSUER, nonce=b"n" * 32), strict=True)
    assert with_nonce.nonce_value.native == b"n" * 32


def test_a_response_about_another_certificate() -> None:
    other = WORLD.person("TEST Người khác", "012345678902")
    assert refused(NeedKind.OCSP, WORLD.ocsp_response(other, AT)) == "REVOCATION.WRONG_CERTIFICATE"
    seal = WORLD.organisation("TEST Trường")
    assert refused(NeedKind.OCSP, WORLD.ocsp_response(seal, AT)).startswith("REVOCATION.")


@pytest.mark.parametrize(
    ("kind", "octets", "expected"),
    [
        (NeedKind.OCSP, b"", "REVOCATION.OCSP_MALFORMED"),
        (NeedKind.OCSP, b"<html>", "REVOCATION.OCSP_MALFORMED"),
        (NeedKind.OCSP, bytes.fromhex("30030a0103"), "REVOCATION.OCSP_UNSUCCESSFUL"),
        (NeedKind.OCSP, WORLD.crl("public-ca", AT), "REVOCATION.OCSP_MALFORMED"),
        (NeedKind.CRL, b"", "REVOCATION.CRL_MALFORMED"),
        (NeedKind.CRL, ROOT.der, "REVOCATION.CRL_MALFORMED"),
        (NeedKind.CRL, WORLD.crl("government-ca", AT), "REVOCATION.WRONG_ISSUER"),
        (NeedKind.ISSUER, b"", "CERT.FILE"),
        (NeedKind.ISSUER, b"\x30\x03\x02\x01\x01", "CERT.MALFORMED"),
        (NeedKind.ISSUER, ROOT.der, "FETCH.NO_ISSUER"),
    ],
)
def test_answers_that_are_of_no_use(kind: NeedKind, octets: bytes, expected: str) -> None:
    assert refused(kind, octets) == expected


def test_of_a_bundle_only_the_issuers_are_taken() -> None:
    many = [
        WORLD.person(f"TEST {number}", f"01234567{number:04}").certificate_der
        for number in range(20)
    ]
    found = read_answer(
        need(NeedKind.ISSUER), certificate_bundle((ROOT.der, *many, ISSUER.der))
    ).evidence
    assert [one.sha256 for one in found.certificates] == [ISSUER.sha256, ROOT.sha256]
    same_name = [WORLD.impostor("public-ca").certificate_der, ISSUER.der]
    found = read_answer(
        need(NeedKind.ISSUER), certificate_bundle((*same_name, ROOT.der, *many))
    ).evidence
    assert len(found.certificates) <= MAX_ISSUERS
    assert ISSUER in found.certificates


@pytest.mark.parametrize("kind", list(NeedKind))
def test_answers_come_and_are_kept(server: WorldServer, tmp_path: Path, kind: NeedKind) -> None:
    wanted = need(kind, server.world)
    first = fetcher(tmp_path)(wanted)
    assert isinstance(first, Available)
    assert (first.contacted, first.is_kept) == (("127.0.0.1",), False)
    second = fetcher(tmp_path, at=AT + timedelta(minutes=59))(wanted)
    assert isinstance(second, Available)
    assert (second.contacted, second.is_kept, second.evidence) == ((), True, first.evidence)
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    ("kind", "minutes"),
    [(NeedKind.OCSP, 60), (NeedKind.CRL, 240), (NeedKind.ISSUER, 7 * 24 * 60)],
    ids=["ocsp", "crl", "issuer"],
)
def test_how_long_they_are_kept(
    server: WorldServer, tmp_path: Path, kind: NeedKind, minutes: int
) -> None:
    wanted = need(kind, server.world)
    fetcher(tmp_path)(wanted)
    assert getattr(
        fetcher(tmp_path, at=AT + timedelta(minutes=minutes - 1))(wanted), "is_kept", False
    )
    assert not getattr(
        fetcher(tmp_path, at=AT + timedelta(minutes=minutes))(wanted), "is_kept", True
    )


def test_never_beyond_the_next_update(server: WorldServer, tmp_path: Path) -> None:
    server.ocsp_options = OcspOptions(next_update=AT + timedelta(minutes=20))
    wanted = need(NeedKind.OCSP, server.world)
    fetcher(tmp_path)(wanted)
    assert fetcher(tmp_path, at=AT + timedelta(minutes=19))(wanted).is_kept
    assert not fetcher(tmp_path, at=AT + timedelta(minutes=20))(wanted).is_kept
    server.ocsp_options = OcspOptions(next_update=None)
    undated = need(
        NeedKind.OCSP, server.world, certificate=leaf(server.world, "TEST Ai đó", "012345678909")
    )
    fetcher(tmp_path)(undated)
    assert fetcher(tmp_path, at=AT + timedelta(minutes=9))(undated).is_kept
    assert not fetcher(tmp_path, at=AT + timedelta(minutes=10))(undated).is_kept


def test_a_kept_answer_that_does_not_fit_is_fetched_again(
    server: WorldServer, tmp_path: Path
) -> None:
    wanted = need(NeedKind.CRL, server.world)
    foreign = replace(
        wanted, issuer=Certificate.load(server.world.authority("government-ca").certificate_der)
    )
    seal = Certificate.load(server.world.organisation("TEST Trường").certificate_der)
    fetcher(tmp_path)(wanted)
    answer = fetcher(tmp_path)(replace(foreign, certificate=seal))
    assert cause(answer) == "REVOCATION.WRONG_ISSUER"
    assert len(server.requests) == 2


@pytest.mark.parametrize("kind", list(NeedKind))
def test_a_status_fetched_before_the_signature_is_fetched_again(
    server: WorldServer, tmp_path: Path, kind: NeedKind
) -> None:
    wanted = need(kind, server.world)
    fetcher(tmp_path)(wanted)
    later = AT + timedelta(minutes=30)
    assert fetcher(tmp_path, at=later)(replace(wanted, newer_than=AT)).is_kept
    answer = fetcher(tmp_path, at=later)(replace(wanted, newer_than=AT + timedelta(minutes=10)))
    assert answer.is_kept is (kind is NeedKind.ISSUER)
    # What was fetched after the signature was made is the newest that can be asked for, whatever
    # its date.
    assert fetcher(tmp_path, at=later)(
        replace(wanted, newer_than=AT + timedelta(minutes=10))
    ).is_kept


def test_two_certificates_two_entries() -> None:
    wanted = need(NeedKind.OCSP)
    other = need(NeedKind.OCSP, certificate=leaf(WORLD, "TEST Người khác", "012345678902"))
    assert cache_key(wanted) != cache_key(other)
    assert cache_key(need(NeedKind.CRL)) == cache_key(
        need(NeedKind.CRL, certificate=other.certificate)
    )
    assert cache_key(wanted) != cache_key(replace(wanted, url="http://other.example/"))


def test_a_nonce_comes_back_or_is_left_out(server: WorldServer, tmp_path: Path) -> None:
    wanted = need(NeedKind.OCSP, server.world)
    for _ in range(2):
        answer = fetcher(tmp_path, has_nonce=True)(wanted)
        assert isinstance(answer, Available)
        assert not answer.is_kept
    asked = [ocsp.OCSPRequest.load(request.body).nonce_value.native for request in server.requests]
    assert len(set(asked)) == 2
    assert {len(one) for one in asked} == {32}
    server.ocsp_options = OcspOptions(nonce=b"another nonce")
    assert cause(fetcher(has_nonce=True)(wanted)) == "FETCH.NONCE"
    assert cause(fetcher()(wanted)) is None


def test_a_host_that_does_not_answer_is_not_asked_again(server: WorldServer) -> None:
    server.fail("/", ServerFault.HANG_UP)
    fetch = fetcher()
    assert cause(fetch(need(NeedKind.OCSP, server.world))) == "FETCH.UNREACHABLE"
    assert cause(fetch(need(NeedKind.CRL, server.world))) == "FETCH.SKIPPED"
    assert len(server.requests) == 1


def test_the_budget_in_time_and_size(server: WorldServer) -> None:
    server.fail("/ocsp", ServerFault.SLOW)
    server.delay = timedelta(seconds=3)
    fetch = fetcher(budget=FetchBudget(timeout=timedelta(seconds=0.3)))
    assert cause(fetch(need(NeedKind.OCSP, server.world))) == "FETCH.TIMEOUT"
    assert cause(fetch(need(NeedKind.CRL, server.world))) == "FETCH.BUDGET"
    small = fetcher(budget=FetchBudget(timeout=timedelta(seconds=5), max_octets=100))
    assert cause(small(need(NeedKind.CRL, server.world))) == "FETCH.TOO_LARGE"
    assert cause(small(need(NeedKind.ISSUER, server.world))) == "FETCH.BUDGET"


def test_refusals_are_not_kept(tmp_path: Path) -> None:
    wanted = need(NeedKind.CRL, url="http://10.0.0.1/a.crl")
    assert cause(fetcher(tmp_path)(wanted)) == "FETCH.ADDRESS"
    again = fetcher(tmp_path)(wanted)
    assert (cause(again), again.is_kept) == ("FETCH.ADDRESS", False)


@pytest.mark.parametrize(
    ("ahead", "moves"), [(timedelta(seconds=90), True), (CLOCK_SKEW + timedelta(seconds=1), False)]
)
def test_a_responder_whose_clock_is_ahead(
    server: WorldServer, ahead: timedelta, moves: bool
) -> None:
    server.ocsp_options = OcspOptions(this_update=AT + ahead)
    fetch = fetcher()
    fetch(need(NeedKind.OCSP, server.world))
    assert fetch.moment() == (AT + ahead if moves else AT)


def test_only_failures_of_transport_are_kept_and_under_the_name_that_was_wanted(
    server: WorldServer, tmp_path: Path
) -> None:
    # The address gives a list that is not about this certificate, as where a self-made certificate
    # names a genuine address.
    genuine = need(NeedKind.CRL, server.world)
    root = Certificate.load(server.world.authority("national-root").certificate_der)
    stranger = replace(genuine, certificate=root, issuer=root)
    made = fetcher(tmp_path)(stranger)
    assert cause(made) is not None
    assert isinstance(fetcher(tmp_path)(genuine), Available)


def test_a_spent_budget_is_not_the_addresss_failure(server: WorldServer, tmp_path: Path) -> None:
    server.fail("/crl", ServerFault.SLOW)
    server.delay = timedelta(seconds=2)
    wanted = need(NeedKind.CRL, server.world)
    assert (
        cause(fetcher(tmp_path, budget=FetchBudget(timeout=timedelta(seconds=0.3)))(wanted))
        == "FETCH.TIMEOUT"
    )
    server.recover()
    answer = fetcher(tmp_path, budget=FetchBudget(max_octets=10))(wanted)
    assert (cause(answer), answer.is_kept) == ("FETCH.TOO_LARGE", False)
    assert isinstance(fetcher(tmp_path)(wanted), Available)


@pytest.mark.parametrize(
    "finding",
    [
        Finding("FETCH.HTTP_STATUS", "http://other.example/"),
        Finding("REVOCATION.REVOKED"),
        Finding("NO.SUCH", "x"),
        Finding("FETCH.BUDGET"),
    ],
)
def test_a_failure_that_another_program_wrote_is_not_believed(
    server: WorldServer, tmp_path: Path, finding: Finding
) -> None:
    wanted = need(NeedKind.CRL, server.world)
    Cache(folder=tmp_path).put(
        cache_key(wanted), CachedAnswer(stored=AT, until=AT + timedelta(minutes=5), finding=finding)
    )
    assert isinstance(fetcher(tmp_path)(wanted), Available)


def test_an_entry_that_is_kept_for_longer_than_this_program_would_is_not_believed(
    server: WorldServer, tmp_path: Path
) -> None:
    wanted = need(NeedKind.CRL, server.world)
    old = server.world.crl("public-ca", AT)
    Cache(folder=tmp_path).put(
        cache_key(wanted), CachedAnswer(stored=AT, until=AT + timedelta(days=300), octets=old)
    )
    assert not fetcher(tmp_path)(wanted).is_kept


@pytest.mark.parametrize(
    ("fault", "is_lost"),
    [
        (ServerFault.GARBAGE, True),
        (ServerFault.HTML, False),
        (ServerFault.EMPTY, False),
        (ServerFault.SERVER_ERROR, False),
    ],
)
def test_what_came_and_may_be_a_statement_is_named(
    server: WorldServer, fault: ServerFault, is_lost: bool
) -> None:
    server.fail("/", fault)
    for kind in (NeedKind.OCSP, NeedKind.CRL):
        answer = fetcher()(need(kind, server.world))
        assert isinstance(answer, Unavailable)
        assert any(one.matters for one in answer.unread) is is_lost


@pytest.mark.parametrize("is_answered", [False, True])
def test_a_judgement_is_told_what_came_and_was_not_read_unless_another_address_answered(
    server: WorldServer, is_answered: bool
) -> None:
    server.fail("/ocsp", ServerFault.GARBAGE)
    if not is_answered:
        server.fail("/crl", ServerFault.GARBAGE)
    alternatives = (need(NeedKind.OCSP, server.world), need(NeedKind.CRL, server.world))
    settled = settle(
        lambda evidence: evidence,
        wanted=lambda *_: (alternatives,),
        evidence=Evidence(),
        fetch=fetcher(),
    )
    assert any(one.matters for one in settled.conclusion.unread) is not is_answered
    assert bool(settled.conclusion.crls) is is_answered


def test_every_list_of_an_answer_counts(server: WorldServer) -> None:
    older, newer = (
        server.world.crl("public-ca", moment) for moment in (AT - timedelta(hours=1), AT)
    )
    body = b"".join(
        b"-----BEGIN X509 CRL-----\n" + base64.encodebytes(der) + b"-----END X509 CRL-----\n"
        for der in (older, newer)
    )
    material = read_answer(need(NeedKind.CRL, server.world), body + b"-----BEGIN X509 CRL-----\n")
    assert {item.der for item in material.evidence.crls} == {older, newer}
    assert material.this_update == AT
    assert [one.matters for one in material.evidence.unread] == [True]
