"""Generated chains with all kinds of faults: what is judged without the engine is what the engine
says, in every detail.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

import pytest
from asn1crypto import core
from hypothesis import given
from hypothesis import strategies as st

from hocba_sign.crypto import der
from hocba_sign.errors import InputError
from hocba_sign.pki.certificates.certificate import Certificate
from hocba_sign.pki.certificates.profile import ProfileException, Purpose
from hocba_sign.pki.path.fast_chain import fast_facts
from hocba_sign.pki.path.path_validation import (
    PathRequirements,
    PathResult,
    PathStatus,
    validate_by_engine,
    validate_path,
)
from hocba_sign.pki.revocation.evidence import Evidence
from hocba_sign.pki.revocation.ocsp import MAX_ANSWERS, key_hash, read_response
from hocba_sign.pki.trust.store import Anchor, TrustStore
from hocba_sign.testing.keys import InsecureKey, insecure_ec_key, public_key_der, sign_octets

AT = datetime(2026, 6, 1, 8, tzinfo=UTC)
DAY = timedelta(days=1)
ECDSA_SHA256 = bytes.fromhex("300a06082a8648ce3d040302")
KEYS = {
    name: insecure_ec_key(f"direct/{name}") for name in ("root", "ca", "leaf", "responder", "other")
}
OWN, OTHER = 0x1234567890ABCDEF1234567890ABCDEF, 0x7FFFFFFFFFFFFFFF0000000000000001
URL = "http://ca.invalid/list.crl"

_Value = TypeVar("_Value")
Extensions = tuple[tuple[str, bool, bytes], ...]


def odd(draw: st.DrawFn, usual: _Value, *others: _Value) -> _Value:
    """Draw what is usual in most cases."""
    return draw(st.sampled_from([usual] * (24 * len(others)) + list(others)))


def seq(*parts: bytes) -> bytes:
    return der.encode(der.SEQUENCE, *parts)


def oid(dotted: str) -> bytes:
    return bytes(core.ObjectIdentifier(dotted).dump())


def integer(value: int) -> bytes:
    return bytes(core.Integer(value).dump())


def bits(octets: bytes) -> bytes:
    return der.encode(der.BIT_STRING, b"\x00" + octets)


def name(common_name: str, tag: int = 0x0C) -> bytes:
    country = seq(oid("2.5.4.6"), der.encode(0x13, b"VN"))
    codec = {0x1E: "utf-16-be", 0x0C: "utf-8"}.get(tag, "latin-1")
    return seq(
        der.encode(der.SET, country),
        der.encode(der.SET, seq(oid("2.5.4.3"), der.encode(tag, common_name.encode(codec)))),
    )


def time(at: datetime, form: str = "usual") -> bytes:
    if form == "generalized":
        return der.encode(0x18, at.strftime("%Y%m%d%H%M%SZ").encode())
    if form == "no seconds":
        return der.encode(0x17, at.strftime("%y%m%d%H%MZ").encode())
    return der.encode(0x17, at.strftime("%y%m%d%H%M%SZ").encode())


def extension_list(extensions: Extensions) -> bytes:
    return seq(
        *(
            seq(
                oid(name),
                b"\x01\x01\xff" if is_critical else b"",
                der.encode(der.OCTET_STRING, value),
            )
            for name, is_critical, value in extensions
        )
    )


def signed(tbs: bytes, key: InsecureKey) -> bytes:
    return seq(tbs, ECDSA_SHA256, bits(sign_octets(key, tbs, digest="sha256")))


USAGE = {
    "signing": bytes.fromhex("030206c0"),
    "ca": bytes.fromhex("03020106"),
    "certificates only": bytes.fromhex("03020204"),
    "lists only": bytes.fromhex("03020102"),
    "encipherment": bytes.fromhex("03020520"),
    "signing and issuing": bytes.fromhex("03020284"),
    "empty": bytes.fromhex("030100"),
}
TIME_STAMPING, OCSP_SIGNING, MAIL = "1.3.6.1.5.5.7.3.8", "1.3.6.1.5.5.7.3.9", "1.3.6.1.5.5.7.3.4"
URI = der.encode(0x86, URL.encode())
FULL_NAME = der.encode(0xA0, der.encode(0xA0, URI))

ADDED: tuple[Extensions, ...] = (
    (("1.2.3.4.5", True, b"\x05\x00"),),
    (("1.2.3.4.5", False, b"\x05\x00"),),
    (("1.2.3.4.5", False, b"\xff"),),
    (("2.5.29.16", False, b"\x30\x00"),),
    (("2.5.29.9", False, b"\xff"),),
    (("2.5.29.30", True, seq(der.encode(0xA0, seq(der.encode(0x81, b"example.vn"))))),),
    (("2.5.29.30", True, seq(der.encode(0xA1, seq(der.encode(0xA4, name("TEST Người")))))),),
    (("2.5.29.36", True, seq(b"\x80\x01\x00")),),
    (("2.5.29.36", True, seq(b"\x81\x01\x00")),),
    (("2.5.29.54", True, b"\x02\x01\x00"),),
    (("2.5.29.33", True, seq(seq(oid("1.2.3"), oid("1.2.4")))),),
    (("2.5.29.32", False, seq(seq(oid("1.2.3")))),),
    (("2.5.29.32", False, seq(seq(oid("1.2.3")), seq(oid("1.2.3")))),),
    (
        (
            "2.5.29.32",
            True,
            seq(
                seq(
                    oid("2.5.29.32.0"),
                    seq(seq(oid("1.3.6.1.5.5.7.2.1"), der.encode(0x16, b"http://a"))),
                )
            ),
        ),
    ),
    (("2.5.29.32", False, b"\x30\x03\x02\x01\x01"),),
    (("2.5.29.17", False, seq(der.encode(0x81, b"a@example.vn"))),),
    (("2.5.29.17", False, seq(der.encode(0x81, b"\xff@@"))),),
    (("2.5.29.17", True, seq(der.encode(0x82, b"a.example.vn"))),),
    (("2.5.29.17", False, seq(der.encode(0x82, b"xn--a.example"))),),
    (("2.5.29.17", False, seq(der.encode(0x87, b"\x7f\x00\x00"))),),
    (("2.5.29.17", False, seq(der.encode(0xA4, name("x")))),),
    (("2.5.29.17", False, b"\x30\x02\x81"),),
    (("2.5.29.31", False, seq(seq(FULL_NAME))),),
    (("2.5.29.31", False, seq(seq(FULL_NAME, b"\x81\x02\x06\x40"))),),
    (
        (
            "2.5.29.31",
            False,
            seq(seq(FULL_NAME, der.encode(0xA2, der.encode(0xA4, name("TEST CA"))))),
        ),
    ),
    (("2.5.29.31", False, seq(seq(der.encode(0xA2, der.encode(0xA4, name("TEST Other")))))),),
    (("2.5.29.46", False, seq(seq(FULL_NAME))),),
    (("1.3.6.1.5.5.7.1.1", True, seq(seq(oid("1.3.6.1.5.5.7.48.1"), URI))),),
    (("1.3.6.1.5.5.7.1.1", False, seq(seq(oid("1.3.6.1.5.5.7.48.2"), der.encode(0x82, b"x")))),),
    (("1.3.6.1.5.5.7.1.3", True, seq(seq(oid("0.4.0.1862.1.1")))),),
    (("1.3.6.1.5.5.7.1.11", False, b"\x30\x00"),),
    (("2.5.29.35", False, seq(der.encode(0x80, b"other"))),),
    (("2.5.29.14", False, b"\x04\x01\x01"),),
    (("1.3.6.1.5.5.7.48.1.5", False, b"\x05\x00"),),
    (("1.3.6.1.5.5.7.48.1.5", False, b"\x30\x00"),),
)


@dataclass(frozen=True)
class Plan:
    """How one certificate is made."""

    subject: bytes
    issuer: bytes
    key: InsecureKey
    signer: InsecureKey
    extensions: Extensions
    serial: bytes = integer(OWN)
    version: bytes = b"\xa0\x03\x02\x01\x02"
    not_before: bytes = time(AT - 300 * DAY)
    not_after: bytes = time(AT + 300 * DAY)

    def issue(self) -> bytes:
        fields = (
            self.serial,
            ECDSA_SHA256,
            self.issuer,
            seq(self.not_before, self.not_after),
            self.subject,
            public_key_der(self.key),
        )
        extensions = der.encode(0xA3, extension_list(self.extensions)) if self.extensions else b""
        return signed(seq(self.version, *fields, extensions), self.signer)


def constraints(length: int | None = None) -> bytes:
    return seq(b"\x01\x01\xff", b"" if length is None else integer(length))


ROOT_NAME, CA_NAME, LEAF_NAME = name("TEST Gốc"), name("TEST CA"), name("TEST Người ký")
ROOT = Plan(
    subject=ROOT_NAME,
    issuer=ROOT_NAME,
    key=KEYS["root"],
    signer=KEYS["root"],
    extensions=(("2.5.29.19", True, constraints()), ("2.5.29.15", True, USAGE["ca"])),
)
CA = replace(ROOT, subject=CA_NAME, key=KEYS["ca"], serial=integer(2))
LEAF = Plan(
    subject=LEAF_NAME,
    issuer=CA_NAME,
    key=KEYS["leaf"],
    signer=KEYS["ca"],
    extensions=(("2.5.29.15", True, USAGE["signing"]),),
)
RESPONDER = replace(
    LEAF,
    subject=name("TEST OCSP"),
    key=KEYS["responder"],
    serial=integer(77),
    extensions=(
        ("2.5.29.37", False, seq(oid(OCSP_SIGNING))),
        ("1.3.6.1.5.5.7.48.1.5", False, b"\x05\x00"),
    ),
)


def put(extensions: Extensions, *more: tuple[str, bool, bytes]) -> Extensions:
    """Add extensions; one of the same kind gives way."""
    return (*(one for one in extensions if one[0] not in {name for name, _, _ in more}), *more)


@st.composite
def plans(draw: st.DrawFn, usual: Plan, is_ca: bool) -> Plan:
    extensions = put(usual.extensions, *odd(draw, (), *ADDED))
    if is_ca:
        length = odd(
            draw,
            constraints(),
            constraints(0),
            constraints(1),
            constraints(-1),
            b"\x30\x00",
            b"\x30\x03\x02\x01\x00",
            b"\x30\x03\x01\x01\x01",
        )
        usage = odd(
            draw, USAGE["ca"], USAGE["certificates only"], USAGE["lists only"], USAGE["empty"]
        )
        extensions = put(extensions, ("2.5.29.19", True, length), ("2.5.29.15", True, usage))
    else:
        usage = odd(
            draw,
            USAGE["signing"],
            USAGE["encipherment"],
            USAGE["signing and issuing"],
            USAGE["empty"],
        )
        extensions = put(
            extensions,
            ("2.5.29.15", True, usage),
            *odd(draw, (), (("2.5.29.19", True, constraints()),)),
        )
        purposes = odd(draw, None, (TIME_STAMPING,), (TIME_STAMPING, MAIL), ())
        if purposes is not None:
            extensions = put(
                extensions, ("2.5.29.37", draw(st.booleans()), seq(*map(oid, purposes)))
            )
    if odd(draw, False, True):
        extensions = (*extensions, *extensions[:1])
    first = AT - 300 * DAY
    last = AT + 300 * DAY
    return replace(
        usual,
        extensions=() if odd(draw, False, True) else extensions,
        version=odd(draw, usual.version, b"", b"\xa0\x03\x02\x01\x01"),
        serial=odd(
            draw, usual.serial, integer(0), integer(-5), b"\x02\x02\x00\x05", integer(1 << 170)
        ),
        subject=odd(
            draw,
            usual.subject,
            b"\x30\x00",
            name("TEST\ufffd"),
            name("TEST\u00adXX"),
            name("ТEST"),
            name("a\u05d0"),
            ROOT_NAME,
        )
        if not is_ca
        else usual.subject,
        issuer=odd(
            draw,
            usual.issuer,
            name("test  ca"),
            name("TEST CA", 0x13),
            name("test gốc"),
            name("TEST CA", 0x1E),
        ),
        signer=odd(draw, usual.signer, KEYS["other"]),
        key=odd(draw, usual.key, KEYS["ca"]),
        not_before=odd(
            draw,
            time(first),
            time(first, "generalized"),
            time(first, "no seconds"),
            time(AT),
            time(AT + DAY),
        ),
        not_after=odd(draw, time(last), time(last, "generalized"), time(AT), time(AT - DAY)),
    )


REASON = "2.5.29.21"


@st.composite
def entries(draw: st.DrawFn) -> bytes:
    serial = odd(
        draw,
        integer(OTHER),
        integer(OWN),
        integer(OWN),
        integer(2),
        b"\x02\x02\x00\x05",
        integer(5),
        integer(OWN >> 8),
    )
    at = odd(draw, AT - DAY, AT, AT + timedelta(hours=1), AT - timedelta(seconds=1))
    reason = odd(draw, None, *range(11))
    more: Extensions = () if reason is None else ((REASON, False, bytes((0x0A, 1, reason))),)
    more += odd(
        draw,
        (),
        (("2.5.29.24", False, time(AT - DAY, "generalized")),),
        (("2.5.29.29", True, seq(der.encode(0xA4, name("TEST Other")))),),
        (("1.2.3.4", True, b"\x05\x00"),),
        (("1.2.3.4", False, b"\x05\x00"),),
        ((REASON, False, b"\x0a\x01\x01"),),
    )
    return seq(
        serial,
        time(at, odd(draw, "usual", "generalized", "no seconds")),
        extension_list(more) if more else b"",
    )


SCOPES = (
    seq(b"\x81\x01\xff"),
    seq(b"\x82\x01\xff"),
    seq(b"\x85\x01\xff"),
    seq(b"\x84\x01\xff"),
    seq(b"\x83\x02\x06\x40"),
    seq(FULL_NAME),
    seq(FULL_NAME, b"\x81\x01\xff"),
    seq(der.encode(0xA0, der.encode(0xA0, der.encode(0x86, b"http://other.invalid/")))),
    seq(der.encode(0xA0, der.encode(0xA0, der.encode(0xA4, CA_NAME)))),
    b"\x30\x00",
)


@st.composite
def lists(draw: st.DrawFn, issuer: bytes, key: InsecureKey) -> bytes:
    extensions: Extensions = odd(
        draw, (("2.5.29.20", False, b"\x02\x01\x07"),), (), (("2.5.29.20", False, b"\x05\x00"),)
    )
    extensions += odd(
        draw,
        (),
        *((("2.5.29.28", True, scope),) for scope in SCOPES),
        (("2.5.29.27", True, b"\x02\x01\x01"),),
        (("2.5.29.46", False, seq(seq(FULL_NAME))),),
        (("2.5.29.18", False, seq(der.encode(0x86, b"http://a"))),),
        (("2.5.29.60", False, time(AT - 900 * DAY, "generalized")),),
        (("2.5.29.35", False, seq(der.encode(0x80, b"other"))),),
        (("2.5.29.35", False, b"\xff"),),
        (("1.2.3.4", True, b"\x05\x00"),),
        (("1.2.3.4", False, b"\xff"),),
    )
    held = draw(st.lists(entries(), max_size=3))
    is_empty_written = odd(draw, False, True)
    this_update = odd(draw, AT - DAY, AT, AT + 2 * DAY, AT - 400 * DAY, AT + 400 * DAY)
    next_update = odd(draw, AT + 5 * DAY, AT, AT - timedelta(hours=1), None)
    tbs = seq(
        b"" if odd(draw, False, True) else b"\x02\x01\x01",
        ECDSA_SHA256,
        odd(draw, issuer, name("test  ca"), name("TEST CA", 0x13), name("TEST Other"), LEAF_NAME),
        time(this_update, odd(draw, "usual", "generalized", "no seconds")),
        b"" if next_update is None else time(next_update),
        seq(*held) if held or is_empty_written else b"",
        der.encode(0xA0, extension_list(extensions)) if extensions else b"",
    )
    return signed(tbs, odd(draw, key, KEYS["other"], KEYS["leaf"], KEYS["root"]))


@st.composite
def responses(draw: st.DrawFn, *, ca_der: bytes) -> bytes:
    own = RESPONDER if odd(draw, False, True) else draw(plans(RESPONDER, is_ca=False))
    if odd(draw, True, False):
        own = replace(own, extensions=RESPONDER.extensions)
    responder = own.issue()
    is_delegated = draw(st.booleans())
    key = odd(draw, KEYS["responder"] if is_delegated else KEYS["ca"], KEYS["other"])
    holder = RESPONDER if is_delegated else CA
    by_key = der.encode(
        0xA2, der.encode(der.OCTET_STRING, key_hash(public_key_der(holder.key), "sha1"))
    )
    carried = odd(
        draw,
        (responder,) if is_delegated else (),
        (),
        (ca_der,),
        (responder, ca_der),
        (ca_der, responder, LEAF.issue()),
        (b"\x30\x00",),
    )
    algorithm = odd(draw, "sha1", "sha256")
    algorithm_der = {"sha1": oid("1.3.14.3.2.26"), "sha256": oid("2.16.840.1.101.3.4.2.1")}[
        algorithm
    ]
    digest = key_hash(seq(seq(), bits(CA_NAME)), algorithm)
    identifier = seq(
        seq(algorithm_der, odd(draw, b"\x05\x00", b"")),
        der.encode(der.OCTET_STRING, odd(draw, digest, digest[::-1])),
        der.encode(
            der.OCTET_STRING, odd(draw, key_hash(public_key_der(KEYS["ca"]), algorithm), digest)
        ),
        odd(draw, integer(OWN), integer(OTHER)),
    )
    at = time(odd(draw, AT - DAY, AT, AT + timedelta(hours=1)), "generalized")
    reason = odd(
        draw, b"", *(der.encode(0xA0, bytes((0x0A, 1, code))) for code in (0, 1, 6, 8, 9, 11))
    )
    status = odd(draw, b"\x80\x00", der.encode(0xA1, at, reason), b"\x82\x00")
    next_update = odd(draw, AT + DAY, None, AT, AT - timedelta(minutes=1))
    single = seq(
        identifier,
        status,
        time(
            odd(draw, AT, AT - timedelta(minutes=29), AT - timedelta(minutes=31), AT + DAY),
            "generalized",
        ),
        b"" if next_update is None else der.encode(0xA0, time(next_update, "generalized")),
        odd(
            draw,
            b"",
            *(
                der.encode(0xA1, extension_list((("1.2.3.4", is_critical, b"\x05\x00"),)))
                for is_critical in (True, False)
            ),
        ),
    )
    data = seq(
        odd(draw, by_key, der.encode(0xA1, holder.subject)),
        time(AT, "generalized"),
        seq(*[single] * odd(draw, 1, 2)),
    )
    held = der.encode(0xA0, seq(*carried)) if carried else b""
    basic = seq(data, ECDSA_SHA256, bits(sign_octets(key, data, digest="sha256")), held)
    return seq(
        b"\x0a\x01\x00",
        der.encode(0xA0, seq(oid("1.3.6.1.5.5.7.48.1.1"), der.encode(der.OCTET_STRING, basic))),
    )


@st.composite
def questions(draw: st.DrawFn) -> dict[str, Any] | None:
    is_plain = draw(st.booleans())
    root = ROOT if is_plain else draw(plans(replace(ROOT), is_ca=True))
    ca = CA if is_plain else draw(plans(CA, is_ca=True))
    leaf = LEAF if is_plain and draw(st.booleans()) else draw(plans(LEAF, is_ca=False))
    try:
        certificates = [Certificate.load(one.issue()) for one in (leaf, ca, root)]
        more = [
            Certificate.load(one.issue())
            for one in odd(
                draw, (), (replace(ca, key=KEYS["other"]),), (replace(ca, serial=integer(3)),)
            )
        ]
    except InputError:
        return None
    crls = [
        *draw(st.lists(lists(CA_NAME, KEYS["ca"]), max_size=2)),
        *draw(st.lists(lists(ROOT_NAME, KEYS["root"]), min_size=1, max_size=1)),
    ]
    ocsps = draw(st.lists(responses(ca_der=certificates[1].der), max_size=1))
    anchor = Anchor(
        certificate=certificates[2], name="gốc", trusted_until=odd(draw, None, AT - DAY, AT)
    )
    return {
        "leaf": certificates[0],
        "trust": TrustStore().with_anchors([anchor]),
        "evidence": Evidence.of(certificates=[certificates[1], *more], crls=crls, ocsps=ocsps),
        "at": odd(
            draw, AT, AT + timedelta(microseconds=1), AT - timedelta(microseconds=1), AT + 350 * DAY
        ),
        "requirements": PathRequirements(
            purpose=odd(draw, Purpose.ANY, Purpose.SIGNING, Purpose.TIMESTAMPING),
            known_until=odd(draw, AT + 3 * DAY, None, AT + 500 * DAY),
            exceptions=odd(draw, frozenset(), frozenset(ProfileException)),
            allow_unknown_revocation=odd(draw, False, True),
            is_policy_explicit=odd(draw, False, True),
        ),
    }


@given(questions())
def test_whatever_is_judged_directly_the_engine_judges_alike(
    question: dict[str, Any] | None,
) -> None:
    if question is not None:
        assert validate_path(**question) == validate_by_engine(**question)


def test_an_anchor_under_a_name_of_its_own_chain_is_left_to_the_engine() -> None:
    """The engine also looks for a path above the signer of a list."""
    root = replace(ROOT, issuer=name("test  ca"))
    leaf, ca, anchor = (Certificate.load(one.issue()) for one in (LEAF, CA, root))
    question: dict[str, Any] = {
        "trust": TrustStore.of([anchor]),
        "evidence": Evidence.of(certificates=[ca], crls=[_list(ROOT_NAME, KEYS["root"])]),
        "at": AT,
    }
    assert validate_path(leaf, **question) == validate_by_engine(leaf, **question)


def test_the_usual_chain_passes_directly(monkeypatch: pytest.MonkeyPatch) -> None:
    def burst(*_: object, **__: object) -> None:
        raise RuntimeError("the engine was asked")

    monkeypatch.setattr("hocba_sign.pki.path.reference_engine.EngineSession", burst)
    leaf, ca, root = (Certificate.load(one.issue()) for one in (LEAF, CA, ROOT))
    tbs = (b"\x02\x01\x01", ECDSA_SHA256, ROOT_NAME, time(AT - DAY), time(AT + DAY))
    crls = [signed(seq(*tbs), KEYS["root"]), signed(seq(*tbs[:2], CA_NAME, *tbs[3:]), KEYS["ca"])]
    held = Evidence.of(certificates=[ca], crls=crls)
    assert (
        validate_path(leaf, trust=TrustStore.of([root]), evidence=held, at=AT).status
        is PathStatus.PASSED
    )


ISSUED_BY = der.encode(0xA2, der.encode(0xA4, CA_NAME))
ISSUED_BY_OTHER = der.encode(0xA2, der.encode(0xA4, name("TEST Other")))


@pytest.mark.parametrize(
    ("kind", "value", "is_fast"),
    [
        ("1.3.6.1.5.5.7.48.1.5", b"\x05\x00", True),
        ("1.3.6.1.5.5.7.48.1.5", b"\x30\x00", False),
        ("2.5.29.31", seq(seq(FULL_NAME)), True),
        ("2.5.29.31", seq(seq(FULL_NAME, ISSUED_BY)), True),
        ("2.5.29.31", seq(seq(FULL_NAME, ISSUED_BY_OTHER)), False),
        ("2.5.29.31", seq(seq(FULL_NAME, b"\x81\x02\x06\x40")), False),
        ("2.5.29.31", seq(seq(FULL_NAME, b"\x81\x02\x06\x40", ISSUED_BY)), False),
        ("2.5.29.31", seq(seq(ISSUED_BY)), False),
    ],
)
def test_extensions_that_the_engine_must_read(kind: str, value: bytes, *, is_fast: bool) -> None:
    leaf = replace(LEAF, extensions=put(LEAF.extensions, (kind, False, value)))
    assert (fast_facts(Certificate.load(leaf.issue())) is not None) is is_fast


def _list(issuer: bytes, key: InsecureKey) -> bytes:
    return signed(seq(b"\x02\x01\x01", ECDSA_SHA256, issuer, time(AT - DAY), time(AT + DAY)), key)


@pytest.mark.parametrize("validate", [validate_path, validate_by_engine])
def test_a_subscriber_cannot_issue_lists(validate: Callable[..., PathResult]) -> None:
    """Someone whose certificate says nothing about key usage signs a list in his own name, beside a
    forged one of the authority.
    """
    own = replace(
        LEAF, subject=name("TEST Kẻ xấu"), key=KEYS["other"], serial=integer(OTHER), extensions=()
    )
    leaf, ca, root, other = (Certificate.load(one.issue()) for one in (LEAF, CA, ROOT, own))
    crls = [
        _list(ROOT_NAME, KEYS["root"]),
        _list(CA_NAME, KEYS["other"]),
        _list(own.subject, KEYS["other"]),
    ]
    held = Evidence.of(certificates=[ca, other], crls=crls)
    result = validate(leaf, trust=TrustStore.of([root]), evidence=held, at=AT)
    assert result.status is PathStatus.INDETERMINATE
    assert result.revocation[0].status == "unknown"


def test_a_forged_list_is_refused_without_the_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    """However large it is: the engine would read every entry before it looks at the signature."""

    def burst(*_: object, **__: object) -> None:
        raise RuntimeError("the engine was asked")

    monkeypatch.setattr("hocba_sign.pki.path.reference_engine.EngineSession", burst)
    leaf, ca, root = (Certificate.load(one.issue()) for one in (LEAF, CA, ROOT))
    held = Evidence.of(
        certificates=[ca], crls=[_list(ROOT_NAME, KEYS["root"]), _list(CA_NAME, KEYS["other"])]
    )
    assert validate_path(leaf, trust=TrustStore.of([root]), evidence=held, at=AT).causes == (
        "REVOCATION.SIGNATURE",
    )


@pytest.mark.parametrize("validate", [validate_path, validate_by_engine])
def test_an_authority_does_not_speak_about_itself_through_a_second_certificate(
    validate: Callable[..., PathResult],
) -> None:
    """The root's list is forged; the authority's own list is right, and the authority has been
    certified twice for one key.
    """
    leaf, ca, twin, root = (
        Certificate.load(one.issue()) for one in (LEAF, CA, replace(CA, serial=integer(3)), ROOT)
    )
    held = Evidence.of(
        certificates=[ca, twin], crls=[_list(ROOT_NAME, KEYS["other"]), _list(CA_NAME, KEYS["ca"])]
    )
    result = validate(leaf, trust=TrustStore.of([root]), evidence=held, at=AT)
    assert (result.status, result.causes) == (PathStatus.INDETERMINATE, ("REVOCATION.SIGNATURE",))


@pytest.mark.parametrize(("count", "is_read"), [(MAX_ANSWERS, True), (MAX_ANSWERS + 1, False)])
def test_answers_beyond_the_limit_are_left_to_the_engine(count: int, *, is_read: bool) -> None:
    identifier = seq(
        seq(oid("1.3.14.3.2.26"), b"\x05\x00"),
        der.encode(der.OCTET_STRING, bytes(20)),
        der.encode(der.OCTET_STRING, bytes(20)),
        integer(OWN),
    )
    single = seq(identifier, b"\x80\x00", time(AT, "generalized"))
    data = seq(der.encode(0xA1, CA_NAME), time(AT, "generalized"), seq(*[single] * count))
    basic = seq(data, ECDSA_SHA256, bits(sign_octets(KEYS["ca"], data, digest="sha256")))
    content = seq(oid("1.3.6.1.5.5.7.48.1.1"), der.encode(der.OCTET_STRING, basic))
    response = seq(b"\x0a\x01\x00", der.encode(0xA0, content))
    if is_read:
        assert len(read_response(response).answers) == count
        return
    with pytest.raises(InputError, match="DER"):
        read_response(response)
