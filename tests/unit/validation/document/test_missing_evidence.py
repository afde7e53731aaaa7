from collections.abc import Callable, Iterable
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hocba_sign.errors import Finding
from hocba_sign.operations.online import MAX_NEEDS, MAX_ROUNDS, settle
from hocba_sign.pki.certificates.certificate import Certificate
from hocba_sign.pki.certificates.profile import Purpose
from hocba_sign.pki.path.path_validation import validate_path
from hocba_sign.pki.path.result import PathRequirements, PathResult
from hocba_sign.pki.revocation.evidence import Evidence
from hocba_sign.pki.trust.store import TrustStore
from hocba_sign.testing.world import World
from hocba_sign.validation.document.missing_evidence import (
    FETCHED,
    Alternatives,
    Answer,
    Available,
    Need,
    NeedKind,
    Unavailable,
    path_needs,
)
from tests.support.scene import SIGNED_AT

URL = "http://ca.example"
WORLD = World(SIGNED_AT, base_url=URL, fast=True)
SIGNER = Certificate.load(WORLD.person("TEST Người ký", "012345678901").certificate_der)
CA = Certificate.load(WORLD.authority("public-ca").certificate_der)
ROOT = Certificate.load(WORLD.authority("national-root").certificate_der)
AT = SIGNED_AT


def judge(evidence: Evidence, *, trust: Iterable[Certificate] = (ROOT,)) -> PathResult:
    return validate_path(
        SIGNER,
        trust=TrustStore.of(trust),
        evidence=evidence,
        at=AT,
        requirements=PathRequirements(purpose=Purpose.SIGNING),
    )


def wanted(path: PathResult, evidence: Evidence) -> tuple[Alternatives, ...]:
    return tuple(one for one in path_needs(path, evidence.certificates, made=AT, at=AT) if one)


def addresses(evidence: Evidence, **options: Iterable[Certificate]) -> list[list[tuple[str, str]]]:
    found = wanted(judge(evidence, **options), evidence)
    return [
        [(need.kind.value, need.url.removeprefix(URL)) for need in alternatives]
        for alternatives in found
    ]


LEAF_STATUS = [("ocsp", "/ocsp/public-ca"), ("crl", "/crl/public-ca.crl")]
CA_STATUS = [("crl", "/crl/national-root.crl")]


def test_the_issuer_is_missing() -> None:
    assert addresses(Evidence()) == [[("ca_issuers", "/ca/public-ca.crt")]]


def test_the_next_issuer_is_missing() -> None:
    assert addresses(Evidence(certificates=(CA,)), trust=()) == [
        [("ca_issuers", "/ca/national-root.crt")]
    ]


def test_above_a_root_that_is_not_trusted_is_nothing_to_ask() -> None:
    # Each certificate has an issuer at hand; perhaps others of the same name would help.
    assert addresses(Evidence(certificates=(CA, ROOT)), trust=()) == [
        [("ca_issuers", "/ca/public-ca.crt")],
        [("ca_issuers", "/ca/national-root.crt")],
    ]


def test_an_issuer_of_the_same_name_with_another_key_does_not_count() -> None:
    impostor = Certificate.load(WORLD.impostor("public-ca").certificate_der)
    assert addresses(Evidence(certificates=(impostor,))) == [[("ca_issuers", "/ca/public-ca.crt")]]


def test_the_status_of_each_certificate_is_missing() -> None:
    assert addresses(Evidence(certificates=(CA,))) == [LEAF_STATUS, CA_STATUS]


def test_only_what_is_missing() -> None:
    crls = [WORLD.crl("national-root", AT)]
    assert addresses(Evidence.of(certificates=(CA,), crls=crls)) == [LEAF_STATUS]
    crls.append(WORLD.crl("public-ca", AT))
    assert addresses(Evidence.of(certificates=(CA,), crls=crls)) == []


def test_an_expired_list_is_as_good_as_none() -> None:
    crls = [WORLD.crl("national-root", AT), WORLD.crl("public-ca", AT - timedelta(days=30))]
    assert addresses(Evidence.of(certificates=(CA,), crls=crls)) == [LEAF_STATUS]


def test_a_revoked_certificate_needs_nothing_more() -> None:
    world = World(SIGNED_AT, base_url=URL, fast=True)
    world.revoke(world.person("TEST Người ký", "012345678901"), AT - timedelta(days=1))
    crls = [world.crl("national-root", AT), world.crl("public-ca", AT)]
    assert addresses(Evidence.of(certificates=(CA,), crls=crls)) == []


@pytest.mark.parametrize(
    ("source", "is_asked"),
    [("embedded in ck-cbql", True), ("given", True), (f"{FETCHED}http://a/", False)],
)
def test_whoever_brought_a_statement_along_it_must_be_newer_than_the_signature(
    source: str, is_asked: bool
) -> None:
    """For every certificate of the path: the CA's list is older than the signature too."""
    before = Evidence.of(crls=[WORLD.crl("public-ca", AT - timedelta(hours=1))], source=source)
    evidence = Evidence.of(
        certificates=(CA,), crls=[WORLD.crl("national-root", AT - timedelta(days=9))], source=source
    ).merged(before)
    assert addresses(evidence) == ([LEAF_STATUS, CA_STATUS] if is_asked else [])


def needs_at(listed: timedelta, at: timedelta, *, made: timedelta | None = timedelta(0)) -> int:
    """Count the certificates asked about where lists were made at `listed`, the signature at
    `made`, and it is `at`.
    """
    crls = [
        WORLD.crl(slug, AT + listed, next_update=AT + listed + timedelta(days=7))
        for slug in ("public-ca", "national-root")
    ]
    evidence = Evidence.of(certificates=(CA,), crls=crls)
    moment = AT + (at if made is None else made)
    requirements = PathRequirements(known_until=AT + at, current_at=AT + at)
    path = validate_path(
        SIGNER, trust=TrustStore.of([ROOT]), evidence=evidence, at=moment, requirements=requirements
    )
    return len(
        list(
            path_needs(
                path, evidence.certificates, made=None if made is None else moment, at=AT + at
            )
        )
    )


def test_what_is_newer_than_the_signature_and_current_is_enough() -> None:
    day = timedelta(days=1)
    assert needs_at(day, 2 * day) == 0
    assert needs_at(day, 9 * day) == 2
    assert needs_at(-day, 2 * day) == 2
    assert needs_at(day, 2 * day, made=None) == 2
    assert needs_at(day, 20 * 365 * day) == 0, (
        "after their end issuers know nothing of certificates"
    )


def test_needs_with_the_same_answer_have_the_same_key() -> None:
    other = Certificate.load(WORLD.person("TEST Người khác", "012345678902").certificate_der)
    for kind, is_shared in ((NeedKind.OCSP, False), (NeedKind.CRL, True), (NeedKind.ISSUER, True)):
        first, second = (
            Need(kind=kind, url=URL, certificate=one, issuer=CA) for one in (SIGNER, other)
        )
        assert (first.key == second.key) is is_shared


def network(available: Callable[[Need], bool], log: list[Need]) -> Callable[[Need], Answer]:
    def fetch(need: Need) -> Answer:
        log.append(need)
        if not available(need):
            return Unavailable(need=need, finding=Finding("FETCH.UNREACHABLE", need.url))
        slug = need.url.rpartition("/")[2].partition(".")[0]
        source = f"{FETCHED}{need.url}"
        if need.kind is NeedKind.ISSUER:
            held = Evidence(certificates=(Certificate.load(WORLD.authority(slug).certificate_der),))
        elif need.kind is NeedKind.CRL:
            held = Evidence.of(crls=[WORLD.crl(slug, AT)], source=source)
        else:
            held = Evidence.of(ocsps=[WORLD.ocsp_response(need.certificate.der, AT)], source=source)
        return Available(need=need, evidence=held)

    return fetch


@given(
    st.sets(
        st.sampled_from(
            ["/ocsp/public-ca", "/crl/public-ca.crl", "/crl/national-root.crl", "/ca/public-ca.crt"]
        )
    )
)
def test_asking_ends_whatever_is_out_of_reach(down: set[str]) -> None:
    log: list[Need] = []
    fetch = network(lambda need: need.url.removeprefix(URL) not in down, log)
    settled = settle(judge, wanted=wanted, evidence=Evidence(), fetch=fetch)
    has_status = (
        not {"/ocsp/public-ca", "/crl/public-ca.crl"} <= down
        and "/crl/national-root.crl" not in down
    )
    assert (settled.conclusion.status == "passed") is (
        has_status and "/ca/public-ca.crt" not in down
    )
    keys = [need.key for need in log]
    assert len(keys) == len(set(keys)) == len(settled.answers)
    # The conclusion rests on the evidence that is handed out: it can be had again without a
    # network.
    assert judge(settled.evidence) == settled.conclusion


def test_ocsp_is_enough() -> None:
    log: list[Need] = []
    settle(judge, wanted=wanted, evidence=Evidence(), fetch=network(lambda _: True, log))
    assert [need.url.removeprefix(URL) for need in log] == [
        "/ca/public-ca.crt",
        "/ocsp/public-ca",
        "/crl/national-root.crl",
    ]


def test_answers_that_never_help_end_too() -> None:
    """A stranger may answer every question with something new that leads to the next one."""
    asked: list[Need] = []

    def endless(_: object, evidence: Evidence) -> tuple[Alternatives, ...]:
        return tuple(
            tuple(
                Need(
                    kind=NeedKind.CRL,
                    url=f"{URL}/{len(asked)}/{group}/{number}",
                    certificate=SIGNER,
                )
                for number in range(40)
            )
            for group in range(8)
        )

    def fetch(need: Need) -> Answer:
        asked.append(need)
        return Available(need=need, evidence=Evidence.of(crls=[need.url.encode()]))

    judged: list[Evidence] = []
    settled = settle(judged.append, wanted=endless, evidence=Evidence(), fetch=fetch)
    assert len(judged) <= MAX_ROUNDS + 1
    assert len(asked) <= MAX_NEEDS
    assert len(settled.answers) <= MAX_NEEDS + 1


def test_needs_over_the_limit_end_with_one_line() -> None:
    def many(_: object, __: Evidence) -> tuple[Alternatives, ...]:
        return tuple(
            (Need(kind=NeedKind.CRL, url=f"{URL}/{number}", certificate=SIGNER),)
            for number in range(2 * MAX_NEEDS)
        )

    def fetch(need: Need) -> Answer:
        return Unavailable(need=need, finding=Finding("FETCH.UNREACHABLE", need.url))

    settled = settle(lambda _: None, wanted=many, evidence=Evidence(), fetch=fetch)
    assert len(settled.answers) == MAX_NEEDS + 1
    last = settled.answers[-1]
    assert isinstance(last, Unavailable)
    assert (last.finding.cause, last.is_refused) == ("FETCH.LIMIT", True)
