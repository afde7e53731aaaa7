"""Over the decades EU DSS says the same as this library of the same files, with the same anchors,
at the same time.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from hocba_sign.operations.extension import extend
from hocba_sign.operations.verifier import Verifier
from hocba_sign.pki.certificates.certificate import Certificate
from hocba_sign.pki.revocation.evidence import Evidence
from hocba_sign.pki.trust.store import TrustStore
from hocba_sign.signing.signing_policy import Level
from hocba_sign.testing import World
from hocba_sign.testing.forge import value_id
from hocba_sign.xml.layout import CANONICAL
from tests.interop.dss_oracle import dss
from tests.support.content_stamp import content_stamp
from tests.support.scene import SEAL, SIGNED_AT, DirectTsa, Scene

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """`dss` is the indication that DSS gives to the signatures of which this library says something
    else.
    """

    name: str
    document: bytes
    at: datetime
    anchors: tuple[bytes, ...]
    crls: tuple[bytes, ...] = ()
    ocsps: tuple[bytes, ...] = ()
    certificates: tuple[bytes, ...] = ()
    dss: str | None = None


class FewYears(DirectTsa):
    def __init__(self, scene: Scene, at: datetime) -> None:
        super().__init__(scene.world, at)
        self.identity = scene.world.time_stamper(
            f"TEST TSA {at.year}", not_before=at - DAY, not_after=at + 5 * 365 * DAY
        )

    def answer(self, request_der: bytes) -> bytes:
        return self.world.timestamp(request_der, self.at, tsa=self.identity)


def archived(scene: Scene, document: bytes, at: datetime, to: Level) -> tuple[bytes, bytes]:
    tsa = FewYears(scene, at)
    extended = extend(
        document,
        Verifier(trust=scene.trust, evidence=scene.evidence(at - DAY)),
        to=to,
        at=at,
        tsa=tsa,
    )
    return extended, tsa.identity.certificate_der


def long_life() -> Iterator[Case]:
    scene = Scene("lop9", subjects=1)
    roots = scene.world.anchors_der
    t = scene.signed(level=Level.T)
    lt_at, lta_at, again_at = (
        SIGNED_AT + 10 * DAY,
        datetime(2027, 3, 1, tzinfo=UTC),
        datetime(2030, 3, 1, tzinfo=UTC),
    )
    lt, _ = archived(scene, t, lt_at, Level.LT)
    lta, _ = archived(scene, lt, lta_at, Level.LTA)
    again, last_tsa = archived(scene, lta, again_at, Level.LTA)
    year_2046 = datetime(2046, 6, 1, tzinfo=UTC)
    yield Case(name="lt", document=lt, at=lt_at + DAY, anchors=roots)
    yield Case(name="lta-2027", document=lta, at=lta_at + DAY, anchors=roots)
    yield Case(name="lta-2030", document=again, at=again_at + DAY, anchors=roots)
    yield Case(name="lta-2046-pinned", document=again, at=year_2046, anchors=(*roots, last_tsa))
    yield Case(name="lta-2046", document=again, at=year_2046, anchors=roots)
    yield Case(name="lt-2046", document=lt, at=year_2046, anchors=(*roots, last_tsa))
    yield Case(
        name="t-2046",
        document=t,
        at=year_2046,
        anchors=roots,
        crls=scene.world.crls(SIGNED_AT + DAY),
        certificates=scene.world.intermediates_der,
    )


def revoked(
    which: str,
    when: datetime,
    level: Level,
    *,
    reason: str = "cessation_of_operation",
    dss: str | None = None,
) -> Case:
    scene = Scene("lop9", subjects=1)
    document = scene.signed(level=level)
    world = scene.world
    holder = (
        world.tsa
        if which == "tsa"
        else world.authority(which)
        if which in world.slugs
        else scene.identity(scene.slots[-2])
    )
    world.revoke(holder, when, reason=reason)
    return Case(
        name=f"{which}-revoked-{'before' if when < SIGNED_AT else 'after'}-{level}-{reason}",
        dss=dss,
        document=document,
        at=SIGNED_AT + 3 * DAY,
        anchors=world.anchors_der,
        crls=world.crls(SIGNED_AT + 2 * DAY),
        certificates=world.intermediates_der,
    )


def bad_evidence(name: str, *, dss: str | None = None) -> Case:
    scene = Scene("lop9", subjects=1)
    world: World = scene.world
    document = scene.signed(level=Level.T)
    crls = {slug: world.crl(slug, SIGNED_AT + HOUR) for slug in world.slugs}
    if name == "no-crl":
        crls = {}
    elif name == "expired-crl":
        crls["public-ca"] = world.crl(
            "public-ca", SIGNED_AT - 20 * DAY, next_update=SIGNED_AT - 10 * DAY
        )
    else:
        crls["public-ca"] = world.crl(
            "public-ca", SIGNED_AT + HOUR, signed_by=world.impostor("public-ca")
        )
    return Case(
        name=name,
        dss=dss,
        document=document,
        at=SIGNED_AT + DAY,
        anchors=world.anchors_der,
        crls=tuple(crls.values()),
        certificates=world.intermediates_der,
    )


def answered(name: str) -> Case:
    """Judge with OCSP answers in the place of the issuing CA's list: right ones, forged ones, or
    one about somebody else.
    """
    scene = Scene("lop9", subjects=1)
    world: World = scene.world
    at = SIGNED_AT + HOUR
    signer = world.impostor("public-ca") if name == "forged-ocsp" else None
    holders = [scene.identity(slot) for slot in scene.slots[:-1]]
    if name == "ocsp-of-another":
        holders = [world.person("TEST Người Khác", "001099999999")]
    responses = [
        world.ocsp_response(one, at)
        if signer is None
        else world.ocsp_response(one, at, signer=signer)
        for one in holders
    ]
    return Case(
        name=name,
        document=scene.signed(level=Level.T),
        at=SIGNED_AT + DAY,
        anchors=world.anchors_der,
        crls=tuple(world.crl(slug, at) for slug in world.slugs if slug != "public-ca"),
        ocsps=tuple(responses),
        certificates=world.intermediates_der,
    )


def out_of_bounds() -> Iterator[Case]:
    """Signatures that are judged, or proven to exist, outside of their certificates' validity."""
    scene = Scene("lop9", subjects=1)
    bare, end = (
        scene.signed(),
        Certificate.load(scene.identity(scene.slots[0]).certificate_der).not_after,
    )
    later = end + 30 * DAY
    yield in_world("expired-not-revoked", scene, bare, later, known=end - DAY)
    yield in_world(
        "expired-old-lists", scene, bare, later, known=SIGNED_AT + DAY, dss="INDETERMINATE"
    )
    yield in_world(
        "expired-lists-after", scene, bare, later, known=end + 2 * DAY, dss="INDETERMINATE"
    )
    stamped_late = scene.signed(level=Level.T, stamped=end + 5 * DAY)
    yield in_world("stamped-after-expiry", scene, stamped_late, later, known=end - DAY)
    ended = Scene("lop9", subjects=1)
    bare = ended.signed()
    ended.world.revoke(
        ended.identity(ended.slots[-1]), SIGNED_AT + 5 * DAY, reason="cessation_of_operation"
    )
    yield in_world("expired-and-revoked", ended, bare, later, known=end - DAY)
    early = Scene("lop9", subjects=1)
    issued = early.world.organisation(early.expected(SEAL).name, not_before=SIGNED_AT + 10 * DAY)
    document = early.sign_as(
        issued,
        early.signed(early.slots[:-1], level=Level.T),
        SEAL,
        at=SIGNED_AT + 11 * DAY,
        stamped=SIGNED_AT + 5 * DAY,
    )
    yield in_world(
        "stamped-before-issuance", early, document, SIGNED_AT + 20 * DAY, known=SIGNED_AT + 19 * DAY
    )


def made_too_late() -> Iterator[Case]:
    """A time-stamp of the content is signed with it, so the signature is younger: too young for its
    certificate.
    """
    for name, revoked_at, stamped in (
        ("made-when-revoked", SIGNED_AT + DAY, SIGNED_AT + 2 * DAY),
        ("made-before-revoked", SIGNED_AT + 3 * DAY, SIGNED_AT + 2 * DAY),
        ("made-when-expired", None, SIGNED_AT + 2 * 365 * DAY + DAY),
        ("made-before-expired", None, SIGNED_AT + DAY),
    ):
        scene = Scene("lop9", subjects=1)
        document = scene.forge(
            scene.signed(scene.slots[:-1]),
            SEAL,
            covered=CANONICAL.covered_ids(SEAL),
            linked=tuple(map(value_id, CANONICAL.linked_slots(SEAL, scene.slots))),
            before_digests=content_stamp(stamped_by(scene.world, stamped)),
        )
        if revoked_at is not None:
            scene.world.revoke(scene.identity(SEAL), revoked_at, reason="cessation_of_operation")
            yield in_world(name, scene, document, SIGNED_AT + 5 * DAY, known=SIGNED_AT + 4 * DAY)
        else:
            end = SIGNED_AT + 2 * 365 * DAY
            case = in_world(name, scene, document, end + 5 * DAY, known=end - DAY)
            yield replace(case, crls=(*case.crls, scene.world.crl("tsa-root", end + 4 * DAY)))


def stamped_by(world: World, at: datetime) -> Callable[[bytes], bytes]:
    return lambda imprint: world.timestamp_token(("sha256", imprint), at)


def in_world(
    name: str,
    scene: Scene,
    document: bytes,
    at: datetime,
    *,
    known: datetime,
    dss: str | None = None,
) -> Case:
    world = scene.world
    return Case(
        name=name,
        dss=dss,
        document=document,
        at=at,
        anchors=world.anchors_der,
        crls=world.crls(known),
        certificates=world.intermediates_der,
    )


@pytest.fixture(scope="module")
def cases() -> tuple[Case, ...]:
    return (
        *long_life(),
        revoked("person", SIGNED_AT + DAY, Level.T),
        revoked("person", SIGNED_AT + DAY, Level.B),
        revoked("person", SIGNED_AT - DAY, Level.T),
        revoked("public-ca", SIGNED_AT + DAY, Level.T),
        revoked("public-ca", SIGNED_AT + DAY, Level.T, reason="key_compromise", dss="TOTAL_PASSED"),
        revoked("public-ca", SIGNED_AT - DAY, Level.T),
        revoked("tsa", SIGNED_AT + DAY, Level.T),
        bad_evidence("no-crl"),
        bad_evidence("expired-crl", dss="TOTAL_PASSED"),
        bad_evidence("forged-crl"),
        answered("right-ocsp"),
        answered("forged-ocsp"),
        answered("ocsp-of-another"),
        *out_of_bounds(),
        *made_too_late(),
    )


def test_dss_agrees_or_the_difference_is_known(cases: tuple[Case, ...], tmp_path: Path) -> None:
    """Every difference is explained, with who is right, in docs/explanation/dss.md."""
    for case in cases:
        theirs, ours = of_dss(case, tmp_path), of_this_library(case)
        if case.dss is None:
            assert ours == theirs, case.name
        else:
            assert {one for one, _ in theirs} == {case.dss}, case.name
            assert {one for one, _ in ours} == {case.dss, "INDETERMINATE"}, case.name


def of_this_library(case: Case) -> list[tuple[str, str | None]]:
    trust = TrustStore.of(Certificate.load(der) for der in case.anchors)
    certificates = [Certificate.load(der) for der in case.certificates]
    evidence = Evidence.of(certificates=certificates, crls=case.crls, ocsps=case.ocsps)
    report = Verifier(trust=trust, evidence=evidence).verify(case.document, at=case.at)
    return [(one["indication"], one["sub_indication"]) for one in report.to_dict()["signatures"]]


def of_dss(case: Case, folder: Path) -> list[tuple[str, str | None]]:
    place = folder / case.name
    parts = {
        "trust": case.anchors,
        "certs": case.certificates,
        "crls": case.crls,
        "ocsps": case.ocsps,
    }
    for part, ders in parts.items():
        (place / part).mkdir(parents=True)
        for number, der in enumerate(ders):
            suffix = {"trust": "cer", "certs": "cer", "crls": "crl", "ocsps": "ocsp"}[part]
            (place / part / f"{number}.{suffix}").write_bytes(der)
    file = place / "document.xml"
    file.write_bytes(case.document)
    given = {part: [place / part] for part in ("certs", "crls", "ocsps") if parts[part]}
    (verdict,) = dss([file], trust=[place / "trust"], at=case.at, **given)
    return [(one["indication"], one["sub_indication"]) for one in verdict["signatures"]]
