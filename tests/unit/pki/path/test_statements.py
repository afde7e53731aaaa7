"""Whose statement is it, and what does it change: indirect and delta lists, critical extensions,
responders. The two engines agree.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from hocba_sign.crypto import der
from hocba_sign.pki.certificates.certificate import Certificate
from hocba_sign.pki.path.path_validation import (
    PathResult,
    PathStatus,
    validate_by_engine,
    validate_path,
)
from hocba_sign.pki.revocation.evidence import Evidence, EvidenceItem
from hocba_sign.pki.revocation.ocsp import key_hash
from hocba_sign.pki.revocation.pool import Statement
from hocba_sign.pki.revocation.selection import current_until
from hocba_sign.pki.trust.store import TrustStore
from hocba_sign.testing.keys import InsecureKey, public_key_der, sign_octets
from tests.unit.pki.path.test_fast_revocation import (
    AT,
    CA,
    CA_NAME,
    DAY,
    ECDSA_SHA256,
    FULL_NAME,
    KEYS,
    LEAF,
    OWN,
    RESPONDER,
    ROOT,
    ROOT_NAME,
    USAGE,
    Extensions,
    Plan,
    bits,
    extension_list,
    integer,
    name,
    oid,
    put,
    seq,
    signed,
    time,
)

SIBLING_NAME = name("TEST CA bên cạnh")
SIBLING = replace(CA, subject=SIBLING_NAME, key=KEYS["other"], serial=integer(9))
HOLD, SUPERSEDED, REMOVED = 6, 4, 8
INDIRECT = ("2.5.29.28", True, seq(b"\x84\x01\xff"))
UNKNOWN = ("1.2.3.4", True, b"\x05\x00")


def entry(
    serial: int = OWN, *, at: timedelta = -DAY, reason: int | None = None, more: Extensions = ()
) -> bytes:
    extensions: Extensions = (
        *more,
        *(() if reason is None else (("2.5.29.21", False, bytes((0x0A, 1, reason))),)),
    )
    return seq(integer(serial), time(AT + at), extension_list(extensions) if extensions else b"")


def crl(
    *entries: bytes,
    issuer: bytes = CA_NAME,
    key: InsecureKey = KEYS["ca"],
    at: timedelta = -DAY,
    number: int = 7,
    extensions: Extensions = (),
) -> bytes:
    held: Extensions = (("2.5.29.20", False, integer(number)), *extensions)
    dates = time(AT + at) + time(AT + 30 * DAY)
    listed = seq(*entries) if entries else b""
    return signed(
        seq(
            b"\x02\x01\x01",
            ECDSA_SHA256,
            issuer,
            dates,
            listed,
            der.encode(0xA0, extension_list(held)),
        ),
        key,
    )


def delta(
    *entries: bytes, base: int, number: int, at: timedelta = -DAY / 2, key: InsecureKey = KEYS["ca"]
) -> bytes:
    return crl(
        *entries, at=at, number=number, key=key, extensions=(("2.5.29.27", True, integer(base)),)
    )


def judged(
    crls: Iterable[bytes] = (),
    *,
    leaf: Plan = LEAF,
    ocsps: Iterable[bytes] = (),
    responders: Iterable[bytes] = (),
    others: Iterable[Plan] = (),
) -> PathResult:
    """Judge by both ways, which must agree; nothing is known against the authority."""
    certificates = [Certificate.load(one.issue()) for one in (*others, CA)]
    held = Evidence.of(
        certificates=certificates,
        crls=[*crls, crl(issuer=ROOT_NAME, key=KEYS["root"])],
        ocsps=ocsps,
    )
    trust = replace(
        TrustStore.of([Certificate.load(ROOT.issue())]),
        responders=tuple(map(Certificate.load, responders)),
    )
    question = Certificate.load(leaf.issue())
    direct = validate_path(question, trust=trust, evidence=held, at=AT)
    assert direct == validate_by_engine(question, trust=trust, evidence=held, at=AT)
    return direct


def says(*crls: bytes, **settings: object) -> str:
    result = judged(crls, **settings)  # type: ignore[arg-type]
    status = result.revocation[0].status
    assert (result.status is PathStatus.PASSED) == (status == "good")
    return status


def pointing_to(issuer: bytes, *, has_name: bool = True) -> Plan:
    point = seq(FULL_NAME if has_name else b"", der.encode(0xA2, der.encode(0xA4, issuer)))
    return replace(LEAF, extensions=put(LEAF.extensions, ("2.5.29.31", False, seq(point))))


def by_sibling(*extensions: tuple[str, bool, bytes]) -> bytes:
    return crl(issuer=SIBLING_NAME, key=KEYS["other"], extensions=extensions)


def test_a_sibling_authority_says_nothing_of_what_it_did_not_issue() -> None:
    """Its list calls itself indirect; the certificate does not know it."""
    assert says(by_sibling(INDIRECT), others=[SIBLING]) == "unknown"
    assert says(by_sibling(INDIRECT), crl(entry()), others=[SIBLING]) == "revoked"


def test_a_person_with_the_right_to_sign_lists_says_nothing() -> None:
    usage = ("2.5.29.15", True, bytes.fromhex("030201c6"))
    person = replace(
        LEAF,
        subject=SIBLING_NAME,
        key=KEYS["other"],
        serial=integer(99),
        extensions=put(LEAF.extensions, usage),
    )
    for extensions in ((), (INDIRECT,)):
        assert says(by_sibling(*extensions), others=[person]) == "unknown"
        silent_about_authority = judged([crl(), by_sibling(*extensions)], others=[person])
        assert silent_about_authority.status is PathStatus.PASSED


def test_an_indirect_list_counts_where_the_certificate_names_its_issuer() -> None:
    named = by_sibling(("2.5.29.28", True, seq(FULL_NAME, b"\x84\x01\xff")))
    assert says(named, leaf=pointing_to(SIBLING_NAME), others=[SIBLING]) == "good"
    assert says(named, others=[SIBLING]) == "unknown"
    about_us = ("2.5.29.29", True, seq(der.encode(0xA4, CA_NAME)))
    entries = entry(more=(about_us,), reason=SUPERSEDED)
    revoking = crl(
        entries,
        issuer=SIBLING_NAME,
        key=KEYS["other"],
        extensions=(("2.5.29.28", True, seq(FULL_NAME, b"\x84\x01\xff")),),
    )
    assert says(revoking, leaf=pointing_to(SIBLING_NAME), others=[SIBLING]) == "revoked"


@pytest.mark.parametrize("has_name", [True, False])
def test_a_point_that_names_the_certificates_own_issuer_is_a_direct_list(has_name: bool) -> None:
    """As one Vietnamese authority writes it."""
    own = pointing_to(CA_NAME, has_name=has_name)
    assert says(crl(), leaf=own) == "good"
    assert says(crl(entry()), leaf=own) == "revoked"
    assert says(crl(key=KEYS["other"]), leaf=own) == "unknown"


def test_the_issuers_own_list_counts_whoever_else_is_named() -> None:
    """RFC 5280, 6.3.3, last paragraph."""
    assert says(crl(), leaf=pointing_to(SIBLING_NAME)) == "good"


def test_a_delta_changes_only_the_list_that_it_belongs_to() -> None:
    gone = entry(reason=SUPERSEDED)
    assert says(crl(), delta(gone, base=7, number=8)) == "revoked"
    assert says(crl(), delta(gone, base=7, number=8, key=KEYS["other"])) == "good"
    held, removal = entry(reason=HOLD), entry(reason=REMOVED, at=-DAY / 2)
    assert says(crl(held), delta(removal, base=7, number=8)) == "good"
    assert says(crl(held), delta(removal, base=8, number=9)) == "on_hold"
    assert says(crl(held), delta(removal, base=6, number=7)) == "on_hold"
    assert says(crl(held), delta(removal, base=7, number=8, key=KEYS["other"])) == "on_hold"
    assert says(crl(held), delta(base=7, number=8)) == "on_hold", (
        "a delta that is silent about it changes nothing"
    )


def test_a_removal_takes_back_a_hold_and_nothing_else() -> None:
    removal = delta(entry(reason=REMOVED), base=7, number=8)
    assert says(crl(entry(reason=SUPERSEDED)), removal) == "revoked"
    assert says(crl(entry()), removal) == "revoked"


def test_an_old_delta_does_not_cancel_a_newer_revocation() -> None:
    old = delta(entry(reason=REMOVED), base=5, number=6, at=-3 * DAY)
    assert (
        says(crl(number=5, at=-5 * DAY), old, crl(entry(reason=SUPERSEDED), number=9)) == "revoked"
    )
    assert says(crl(number=5, at=-5 * DAY), old, crl(entry(reason=HOLD), number=9)) == "on_hold"


def test_a_delta_that_lists_the_certificate_counts_without_its_list() -> None:
    assert says(crl(number=3), delta(entry(reason=SUPERSEDED), base=7, number=8)) == "revoked"
    assert judged([delta(base=7, number=8)]).revocation[0].status == "unknown"


@pytest.mark.parametrize(
    "reasons", [(HOLD, SUPERSEDED), (SUPERSEDED, HOLD), (SUPERSEDED, SUPERSEDED)]
)
def test_of_two_entries_for_one_number_the_earliest_revocation_counts(
    reasons: tuple[int, int],
) -> None:
    entries = [entry(at=-DAY * (2 - place), reason=reason) for place, reason in enumerate(reasons)]
    (fact, _) = judged([crl(*entries)]).revocation
    earliest = min(
        -DAY * (2 - place) for place, reason in enumerate(reasons) if reason == SUPERSEDED
    )
    assert (fact.status, fact.revoked_at) == ("revoked", AT + earliest)


def test_a_critical_extension_nobody_knows_makes_a_list_useless() -> None:
    """Wherever it stands; a list that names the certificate all the same keeps it from passing by
    an older one.
    """
    for useless in (crl(extensions=(UNKNOWN,)), crl(entry(5, more=(UNKNOWN,)))):
        assert judged([useless]).causes == ("REVOCATION.CRITICAL_EXTENSION",)
        assert says(useless, crl(at=-2 * DAY)) == "good"
    for naming in (crl(entry(more=(UNKNOWN,))), crl(entry(), extensions=(UNKNOWN,))):
        assert judged([naming]).causes == ("REVOCATION.CRITICAL_EXTENSION",)
        assert says(naming, crl(at=-2 * DAY)) == "unknown"
        assert says(naming, crl(at=-DAY / 2)) == "good"
    harmless = ("1.2.3.4", False, b"\x05\x00")
    assert says(crl(entry(5, more=(harmless,)), extensions=(harmless,))) == "good"


def response(
    status: bytes = b"\x80\x00",
    *,
    at: timedelta = -DAY / 4,
    by: Plan = RESPONDER,
    key: InsecureKey | None = None,
    carried: Iterable[Plan] | None = None,
    single: Extensions = (),
    extensions: Extensions = (),
    name_hash: bytes | None = None,
) -> bytes:
    algorithm = seq(oid("1.3.14.3.2.26"), b"\x05\x00")
    digest = key_hash(seq(seq(), bits(CA_NAME)), "sha1") if name_hash is None else name_hash
    issuer_key = der.encode(der.OCTET_STRING, key_hash(public_key_der(KEYS["ca"]), "sha1"))
    identifier = seq(algorithm, der.encode(der.OCTET_STRING, digest), issuer_key, integer(OWN))
    dates = time(AT + at, "generalized"), der.encode(0xA0, time(AT + DAY, "generalized"))
    answer = seq(
        identifier, status, *dates, der.encode(0xA1, extension_list(single)) if single else b""
    )
    told = der.encode(0xA1, extension_list(extensions)) if extensions else b""
    data = seq(der.encode(0xA1, by.subject), time(AT + at, "generalized"), seq(answer), told)
    held = [one.issue() for one in ((by,) if carried is None else carried)]
    basic = seq(
        data,
        ECDSA_SHA256,
        bits(sign_octets(key or by.key, data, digest="sha256")),
        der.encode(0xA0, seq(*held)) if held else b"",
    )
    return seq(
        b"\x0a\x01\x00",
        der.encode(0xA0, seq(oid("1.3.6.1.5.5.7.48.1.1"), der.encode(der.OCTET_STRING, basic))),
    )


def answers(*ocsps: bytes, **settings: object) -> str:
    return judged(ocsps=ocsps, **settings).revocation[0].status  # type: ignore[arg-type]


def test_a_critical_extension_nobody_knows_makes_an_answer_useless() -> None:
    for place in ("single", "extensions"):
        odd = response(**{place: (UNKNOWN,)})  # type: ignore[arg-type]
        assert judged(ocsps=[odd]).causes == ("REVOCATION.CRITICAL_EXTENSION",)
        assert answers(odd, response(at=-DAY / 2)) == "unknown"
        assert answers(response(**{place: (("1.2.3.4", False, b"\x05\x00"),)})) == "good"  # type: ignore[arg-type]


def test_an_archive_cutoff_that_is_no_time_tells_nothing() -> None:
    """A responder of the field counts it back to before the first year; what it says of the
    certificate stands.
    """
    cutoff = der.encode(0x18, b"-0011129230216Z")
    for is_critical, status in ((False, "good"), (True, "unknown")):
        odd = response(single=(("1.3.6.1.5.5.7.48.1.6", is_critical, cutoff),))
        assert judged(ocsps=[odd]).revocation[0].status == status
        revoking = response(
            der.encode(0xA1, time(AT - DAY, "generalized")),
            single=(("1.3.6.1.5.5.7.48.1.6", is_critical, cutoff),),
        )
        assert judged(ocsps=[revoking]).revocation[0].status == (
            "unknown" if is_critical else "revoked"
        )


def test_answers_of_one_moment_that_contradict_each_other() -> None:
    good, unknown, gone = (
        response(),
        response(b"\x82\x00"),
        response(der.encode(0xA1, time(AT - DAY, "generalized"))),
    )
    assert answers(good, unknown) == answers(unknown, good) == "unknown"
    assert answers(good, gone, unknown) == answers(unknown, gone, good) == "revoked"
    assert answers(response(b"\x82\x00", at=-DAY / 2), good) == "good"
    assert answers(response(at=-DAY / 2), unknown) == "unknown"


def test_a_responder_is_valid_when_it_answers_not_when_the_signature_was_made() -> None:
    """Their certificates live for weeks; who asks months after a signature meets one that did not
    exist yet.
    """
    young = replace(RESPONDER, not_before=time(AT - DAY / 2))
    assert answers(response(by=young)) == "good"
    assert answers(response(by=replace(RESPONDER, not_before=time(AT - DAY / 8)))) == "unknown"
    assert answers(response(by=replace(RESPONDER, not_after=time(AT - DAY / 2)))) == "unknown"


def test_a_responder_that_the_caller_trusts_answers_for_every_issuer() -> None:
    own = replace(
        RESPONDER,
        issuer=ROOT_NAME,
        signer=KEYS["root"],
        extensions=(),
        subject=name("TEST OCSP của Sở"),
    )
    answered = response(by=own)
    assert answers(answered) == "unknown"
    assert answers(answered, responders=[own.issue()]) == "good"
    assert answers(response(by=own, key=KEYS["other"]), responders=[own.issue()]) == "unknown"
    assert (
        answers(
            response(der.encode(0xA1, time(AT - DAY, "generalized")), by=own),
            responders=[own.issue()],
        )
        == "revoked"
    )
    ended = replace(own, not_after=time(AT - DAY))
    assert answers(response(by=ended), responders=[ended.issue()]) == "unknown"


def test_the_name_of_the_issuer_counts_in_an_answer() -> None:
    """One key may belong to two authorities, each with a certificate of that number."""
    assert answers(response(name_hash=bytes(20))) == "unknown"
    assert "REVOCATION.WRONG_ISSUER" in judged(ocsps=[response(name_hash=bytes(20))]).causes


def test_who_resembles_a_responder_is_none() -> None:
    """The same name, number and rights on paper, signed by the same authority's namesake, or by
    itself.
    """
    for change in ({"signer": KEYS["other"]}, {"key": KEYS["other"], "signer": KEYS["other"]}):
        alike = replace(RESPONDER, **change)  # type: ignore[arg-type]
        assert answers(response(by=alike)) == "unknown"
        assert answers(response(by=alike, carried=(alike, RESPONDER))) in {"unknown", "good"}
    without = replace(
        RESPONDER,
        extensions=(
            ("2.5.29.37", False, seq(oid("1.3.6.1.5.5.7.3.4"))),
            ("1.3.6.1.5.5.7.48.1.5", False, b"\x05\x00"),
        ),
    )
    assert answers(response(by=without)) == "unknown"
    forged = response(
        key=KEYS["other"],
        carried=(replace(RESPONDER, key=KEYS["other"], signer=KEYS["other"]), RESPONDER),
    )
    assert answers(forged) == "unknown"


@pytest.mark.parametrize("is_critical", [True, False])
@pytest.mark.parametrize(
    ("qualifier", "is_known"), [("1.3.6.1.5.5.7.2.1", True), ("1.2.3.4.5", False)]
)
def test_an_unknown_qualifier_counts_in_a_critical_policy(
    qualifier: str, *, is_known: bool, is_critical: bool
) -> None:
    policy = seq(seq(oid("1.2.3"), seq(seq(oid(qualifier), der.encode(0x16, b"http://a")))))
    leaf = replace(LEAF, extensions=put(LEAF.extensions, ("2.5.29.32", is_critical, policy)))
    expected = () if is_known or not is_critical else ("PATH.CRITICAL_EXTENSION",)
    assert judged([crl()], leaf=leaf).causes == expected


def test_fifty_namesakes_do_not_hide_the_true_authority() -> None:
    """They have its name and its number, some even its key identifier; only one has its key."""
    namesakes = [
        replace(CA, key=KEYS["other"], serial=integer(1000 + number)) for number in range(50)
    ]
    assert says(crl(), others=namesakes) == "good"


def test_who_is_no_authority_issues_nothing() -> None:
    """A person's certificate between signer and root, with the right to sign certificates but not
    marked as an authority.
    """
    for extensions in (
        (("2.5.29.15", True, USAGE["ca"]),),
        (("2.5.29.19", True, b"\x30\x00"), ("2.5.29.15", True, USAGE["ca"])),
    ):
        person = replace(CA, extensions=extensions)
        held = Evidence.of(
            certificates=[Certificate.load(person.issue())],
            crls=[crl(), crl(issuer=ROOT_NAME, key=KEYS["root"])],
        )
        trust = TrustStore.of([Certificate.load(ROOT.issue())])
        for validate in (validate_path, validate_by_engine):
            result = validate(Certificate.load(LEAF.issue()), trust=trust, evidence=held, at=AT)
            assert (result.status, result.causes) == (PathStatus.INDETERMINATE, ("PATH.NOT_A_CA",))


@pytest.mark.parametrize("year", [1, 9999])
def test_an_answer_without_an_end_from_the_ends_of_the_calendar_is_current_at_its_own_moment(
    year: int,
) -> None:
    at = datetime(year, 12, 31, 23, 59, 59, tzinfo=UTC)
    statement = Statement(
        item=EvidenceItem(b"", "given"), kind="ocsp", this_update=at, next_update=None
    )
    assert (current_until(statement) or at) >= at
