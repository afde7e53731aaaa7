"""Public values travel between processes, show themselves in a line, and name only public types."""

import inspect
import pickle
import typing
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from enum import Enum

import pytest

import hocba_sign
from hocba_sign import (
    CallerError,
    Finding,
    InputError,
    Level,
    NotPassed,
    OnlineFetcher,
    OutsideError,
    Policy,
    Purpose,
    SigningPolicy,
    Sources,
    TimeStampClient,
    TrustStore,
    Verifier,
    complete,
    prepare,
)
from tests.support.scene import GVCN, JUDGED_AT, SIGNED_AT, Scene

SCENE = Scene("lop5", subjects=None)
SIGNED = SCENE.sign(SCENE.draft, GVCN)
SIGNER = SCENE.signer(GVCN)
STATE = prepare(SCENE.draft, GVCN, chain_der=SIGNER.chain_der, at=SIGNED_AT)
VERIFIER = Verifier(
    trust=SCENE.trust,
    policy=Policy.named("strict"),
    evidence=SCENE.evidence(),
    fetch=OnlineFetcher(),
)
OFFLINE = Verifier(trust=SCENE.trust, evidence=SCENE.evidence())
KNOWING = OFFLINE.with_records(Sources(events=(("a.xml", SIGNED),), years=(SIGNED,)), at=JUDGED_AT)
REPORT = OFFLINE.verify(SIGNED, at=JUDGED_AT, name="a.xml")
VALUES = {
    "a verifier": VERIFIER,
    "a verifier that knows records": KNOWING,
    "trust": TrustStore.vietnam(),
    "a policy": Policy.named("strict", "kho"),
    "evidence": SCENE.evidence(),
    "a fetcher": OnlineFetcher(),
    "a time-stamp client": TimeStampClient("http://tsa.example"),
    "a signing policy": SigningPolicy(level=Level.B, lifetime=timedelta(hours=1)),
    "a transcript": SCENE.transcript,
    "a state": STATE,
    "a signed document": complete(STATE, SIGNER.sign(STATE.octets, STATE.algorithm), at=SIGNED_AT),
    "a report": REPORT,
    "a report of anything": OFFLINE.verify_any(SIGNED, at=JUDGED_AT),
    "a report of nothing": OFFLINE.verify(b"nothing", at=JUDGED_AT),
    "a report of a certificate": OFFLINE.verify_certificate(SIGNER.chain_der[0], at=JUDGED_AT),
    "CallerError": CallerError(
        "EXTEND.TOO_EARLY", where="GVCN", due=datetime(2026, 1, 1, tzinfo=UTC)
    ),
    "InputError": InputError("XML.DTD", findings=(Finding("XML.DTD", "line 1"),)),
    "OutsideError": OutsideError("TSA.TIMEOUT", detail="30 s"),
    "NotPassed": NotPassed(REPORT),
    "a purpose": Purpose.SIGNING,
}
SHORT = ("a verifier", "a verifier that knows records", "a state", "a signed document")
PARTS = tuple(hocba_sign.__all__[hocba_sign.__all__.index("NotPassed") + 1 :])


@pytest.mark.parametrize("name", VALUES)
def test_a_public_value_comes_whole_out_of_another_process(name: str) -> None:
    value = VALUES[name]
    again = pickle.loads(pickle.dumps(value))
    assert type(again) is type(value)
    assert again == value or (isinstance(value, Exception) and str(again) == str(value))


def test_a_key_says_why_it_stays_where_it_is() -> None:
    with pytest.raises(TypeError, match="key"):
        pickle.dumps(SIGNER)
    assert "PrivateKey" not in repr(SIGNER)


@pytest.mark.parametrize("name", [*SHORT, *(name for name in VALUES if "report" in name)])
def test_what_carries_documents_shows_itself_in_a_line(name: str) -> None:
    assert len(repr(VALUES[name])) < 800
    assert "\n" not in repr(VALUES[name])


def test_a_report_says_its_verdict_in_both_languages() -> None:
    for report in (REPORT, VALUES["a report of nothing"], VALUES["a report of a certificate"]):
        assert isinstance(report, hocba_sign.Report | hocba_sign.CertificateReport)
        told = {report.message(language) for language in ("vi", "en")}
        assert len(told) == 2
        assert report.to_text("vi") != report.to_text("en")
    assert "[DOC.FORMAT]" not in OFFLINE.verify(b"<cut", at=JUDGED_AT).message("vi")
    assert "[XML.SYNTAX]" in OFFLINE.verify(b"<cut", at=JUDGED_AT).message("vi")
    assert REPORT.to_html("vi").startswith("<!")


def types_in(hint: object) -> Iterator[type]:
    """Yield every class of ours in a type."""
    for part in typing.get_args(hint):
        yield from (
            types_in(part)
            if not isinstance(part, list)
            else (one for each in part for one in types_in(each))
        )
    kind = typing.get_origin(hint) or hint
    if inspect.isclass(kind) and kind.__module__.startswith("hocba_sign"):
        yield kind


def signatures(value: object) -> Iterator[tuple[str, object]]:
    """Yield the types of parameters, results and fields, with where they stand."""
    if not inspect.isclass(value):
        for name, hint in typing.get_type_hints(value).items():
            yield name, hint
        return
    if issubclass(value, Enum):
        return
    for kind in value.__mro__:
        for name, member in vars(kind).items() if kind.__module__.startswith("hocba_sign") else ():
            inner = member.__func__ if isinstance(member, classmethod | staticmethod) else member
            inner = inner.fget if isinstance(inner, property) else inner
            is_told = not name.startswith("_") or name in {"__init__", "__call__"}
            if is_told and inspect.isfunction(inner):
                for parameter, hint in typing.get_type_hints(inner).items():
                    yield f"{name}.{parameter}", hint


@pytest.mark.parametrize("name", [name for name in hocba_sign.__all__ if name not in PARTS])
def test_every_type_in_a_public_signature_is_public(name: str) -> None:
    public = {getattr(hocba_sign, one) for one in hocba_sign.__all__}
    assert {
        f"{place}: {kind.__name__}"
        for place, hint in signatures(getattr(hocba_sign, name))
        for kind in types_in(hint)
        if kind not in public
    } == set()


def test_every_part_is_named_in_the_signature_of_something_else() -> None:
    used = {
        kind
        for name in hocba_sign.__all__
        if name not in PARTS
        for _, hint in signatures(getattr(hocba_sign, name))
        for kind in types_in(hint)
    }
    assert [name for name in PARTS if getattr(hocba_sign, name) not in used] == []
