"""Area archive: files that carry what their judgement rests on, over the years."""

import base64
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cached_property

from hocba_sign.crypto.digests import SHA256, DigestAlgorithm
from hocba_sign.operations.extension import extend
from hocba_sign.operations.verifier import Verifier
from hocba_sign.pki.certificates.certificate import Certificate
from hocba_sign.pki.revocation.evidence import Evidence
from hocba_sign.pki.trust.store import TrustStore
from hocba_sign.signing.signing_policy import Level
from hocba_sign.testing import Identity, World
from hocba_sign.testing.identity import pem
from tools.vectors.case import WORLD, Case
from tools.vectors.extract import reserved_at_level_t
from tools.vectors.stage import JUDGED_AT, LISTED_AT, SEED, SIGNED_AT, Stage, element_text, swapped

_DAY = timedelta(days=1)
_LT_AT, _LTA_AT, _AGAIN_AT = (
    SIGNED_AT + 5 * _DAY,
    datetime(2027, 3, 1, tzinfo=UTC),
    datetime(2030, 3, 1, tzinfo=UTC),
)
_SPEC = "EN 319 132-1, 5.5.2; EN 319 102-1, 5.6"
_STAMP_FAILS = ("SIG.TIME_STAMPS", "TST.IMPRINT")


@dataclass(frozen=True, kw_only=True)
class _Tsa:
    """An authority with a certificate for five years, whose clock is `behind`; `octets` are stamped
    in the place of the right ones.
    """

    stage: Stage
    at: datetime
    behind: timedelta = timedelta()
    octets: bytes | None = None

    @property
    def identity(self) -> Identity:
        end = self.at + 5 * 365 * _DAY
        return self.stage.world.time_stamper(
            f"TEST TSA {self.at.year}", not_before=self.at - 30 * _DAY, not_after=end
        )

    def stamp(self, _: DigestAlgorithm, imprint: bytes) -> bytes:
        return self.stage.token(self.octets or imprint, at=self.at - self.behind, tsa=self.identity)


class _Life:
    """One transcript from level T to its renewal."""

    def __init__(self, stage: Stage, t: bytes) -> None:
        self.stage = stage
        self.t = t
        self.trust = TrustStore.of(Certificate.load(der) for der in stage.world.anchors_der)

    def evidence(self, at: datetime) -> Evidence:
        certificates = [Certificate.load(der) for der in self.stage.world.intermediates_der]
        return Evidence.of(certificates=certificates, crls=self.stage.world.crls(at))

    def extended(self, document: bytes, to: Level, tsa: _Tsa) -> bytes:
        return extend(
            document,
            Verifier(trust=self.trust, evidence=self.evidence(tsa.at - _DAY)),
            to=to,
            at=tsa.at,
            tsa=tsa,
        )

    @cached_property
    def lt(self) -> bytes:
        return self.extended(self.t, Level.LT, _Tsa(stage=self.stage, at=_LT_AT))

    @cached_property
    def lta(self) -> bytes:
        return self.extended(self.lt, Level.LTA, _Tsa(stage=self.stage, at=_LTA_AT))

    @cached_property
    def again(self) -> bytes:
        return self.extended(self.lta, Level.LTA, _Tsa(stage=self.stage, at=_AGAIN_AT))


def cases(stage: Stage) -> Iterator[Case]:
    life = _Life(stage, stage.issued(level=Level.T))
    yield from _good(life)
    yield from _with_extract(_Life(stage, reserved_at_level_t(stage)))
    yield from _damaged(life)
    yield from _late(life)
    yield from _compromised(stage)


def _alone(name: str, document: bytes, at: datetime, **fields: object) -> Case:
    """Return a case that is judged with the anchors and what the document carries."""
    return Case(
        identifier=f"archive/{name}",
        document=document,
        at=at,
        spec=_SPEC,
        crl=(),
        cert=(),
        **fields,  # type: ignore[arg-type]
    )


def _level(name: str) -> dict[str, dict[str, str]]:
    return {
        "KY_PHAT_HANH": {
            "format": f"XAdES-BASELINE-{name}",
            "time_proof": "timestamp",
            "indication": "TOTAL_PASSED",
        }
    }


def _good(life: _Life) -> Iterator[Case]:
    yield _alone(
        "lt",
        life.lt,
        _LT_AT + _DAY,
        title="Level LT: paths and lists stand in the file",
        why="Nothing else is needed to judge it, while its lists' issuers are valid",
        verdict="VALID",
        signatures=_level("LT"),
        twin="archive/lt-list-of-another-authority",
    )
    yield _alone(
        "lta",
        life.lta,
        _LTA_AT + _DAY,
        title="Level LTA: an archive time-stamp over all that the file carries",
        why="It proves that the lists existed while their issuers were valid",
        verdict="VALID",
        signatures=_level("LTA"),
        twin="archive/lta-value-removed",
    )
    yield _alone(
        "lta-renewed",
        life.again,
        _AGAIN_AT + _DAY,
        title="Level LTA, renewed when the signers' certificates had expired",
        why="Each archive time-stamp proves the existence of the one before it in time",
        verdict="VALID",
        signatures=_level("LTA"),
        twin="archive/lta-not-renewed-again",
    )


def _with_extract(life: _Life) -> Iterator[Case]:
    yield _alone(
        "lta-with-extract",
        life.lta,
        _LTA_AT + _DAY,
        title="Level LTA where the seal also covers the root of an extract",
        why="The archive time-stamp covers every other Object of the signature too (step 6)",
        verdict="VALID",
        signatures=_level("LTA"),
        twin="archive/lta-extract-changed",
    )
    yield _alone(
        "lta-extract-changed",
        life.lta.replace(b'Leaves="4"', b'Leaves="5"'),
        _LTA_AT + _DAY,
        title="The same, the number of leaves changed afterwards",
        why="The seal covers it",
        verdict="INVALID",
        causes=("SIG.DIGEST",),
        twin="archive/lta-with-extract",
    )


def _damaged(life: _Life) -> Iterator[Case]:
    stranger = life.stage.world.issuing_ca("other-ca", "TEST Other CA")
    listed = base64.b64encode(life.stage.world.crl("public-ca", _LT_AT - _DAY)).decode()
    other = base64.b64encode(
        World(SIGNED_AT, seed=SEED, base_url=life.stage.world.base_url).crl(stranger, _LT_AT - _DAY)
    ).decode()
    yield _alone(
        "lt-list-of-another-authority",
        life.lt.replace(listed.encode(), other.encode()),
        _LT_AT + _DAY,
        title="Level LT, the issuing authority's list exchanged for another authority's",
        why="A list speaks for its own issuer's certificates only",
        verdict="INDETERMINATE",
        causes=("REVOCATION.NONE", "REVOCATION.WRONG_ISSUER"),
        twin="archive/lt",
    )
    end = b"</xades:EncapsulatedCRLValue>"
    start = life.lta.rindex(b"<xades:EncapsulatedCRLValue")
    yield _alone(
        "lta-value-removed",
        life.lta[:start] + life.lta[life.lta.index(end, start) + len(end) :],
        _LTA_AT + _DAY,
        title="Level LTA, a list was taken out after the archive time-stamp",
        why=(
            "The archive time-stamp covers the unsigned properties before it, which no "
            "signature covers"
        ),
        verdict="INDETERMINATE",
        causes=_STAMP_FAILS,
        twin="archive/lta",
    )
    token = element_text(
        life.lta,
        ".//{http://uri.etsi.org/01903/v1.4.1#}ArchiveTimeStamp/xades:EncapsulatedTimeStamp",
    )
    wrong = _Tsa(stage=life.stage, at=_LTA_AT, octets=b"\x07" * 32).stamp(SHA256, b"")
    yield _alone(
        "lta-over-other-octets",
        swapped(life.lta, token, base64.b64encode(wrong).decode()),
        _LTA_AT + _DAY,
        title="Level LTA, one archive time-stamp is of other octets",
        why="It is a good token, but proves nothing about this file",
        verdict="INDETERMINATE",
        causes=_STAMP_FAILS,
        twin="archive/lta",
    )
    yield _alone(
        "lta-older-than-what-it-covers",
        life.extended(life.lt, Level.LTA, _Tsa(stage=life.stage, at=_LT_AT, behind=10 * _DAY)),
        _LT_AT + _DAY,
        title=(
            "Level LTA, the archive time-stamp says an earlier time than the signature "
            "time-stamps that it covers"
        ),
        why="One of the two clocks is wrong; nobody can tell which",
        verdict="INDETERMINATE",
        causes=("SIG.TIME_STAMPS", "TST.ORDER"),
        twin="archive/lta",
    )
    yield _revoked_authority(life)


def _revoked_authority(life: _Life) -> Case:
    world = World(SIGNED_AT, seed=SEED, base_url=life.stage.world.base_url)
    world.revoke(_Tsa(stage=life.stage, at=_LTA_AT).identity, _LTA_AT - 2 * _DAY)
    lists = {"evidence/tsa-root.crl": world.crl("tsa-root", _LTA_AT + _DAY)}
    case = _alone(
        "lta-authority-revoked",
        life.lta,
        _LTA_AT + 2 * _DAY,
        title="Level LTA, the archive time-stamp's authority had been revoked before it",
        why="Whoever has the key can stamp anything with any time",
        verdict="INDETERMINATE",
        causes=("SIG.TIME_STAMPS", "REVOCATION.REVOKED"),
        files=lists,
        twin="archive/lta",
    )
    return replace(case, crl=("evidence/tsa-root.crl",))


def _late(life: _Life) -> Iterator[Case]:
    year_2046 = datetime(2046, 6, 1, tzinfo=UTC)
    yield _alone(
        "lta-not-renewed-again",
        life.again,
        year_2046,
        title="Level LTA of 2030 in 2046, when the last time-stamp's certificate has long expired",
        why="Nothing proves that the last archive time-stamp is as old as it says",
        verdict="INDETERMINATE",
        causes=("PATH.EXPIRED",),
        signatures={"KY_PHAT_HANH": {"sub_indication": "OUT_OF_BOUNDS_NO_POE", "intact": True}},
        twin="archive/lta-last-authority-trusted",
    )
    last = _Tsa(stage=life.stage, at=_AGAIN_AT).identity
    trusted = _alone(
        "lta-last-authority-trusted",
        life.again,
        year_2046,
        title="The same, where the last time-stamp's authority is an anchor of the reader",
        why=(
            "The reader answers for that authority's key and clock; the older time-stamps "
            "follow from it"
        ),
        verdict="VALID",
        causes=("TRUST.USER_ANCHOR",),
        files={"evidence/tsa-2030.pem": pem(last.certificate_der)},
        twin="archive/lta-not-renewed-again",
    )
    yield replace(trusted, trust=(f"{WORLD}/trust", "evidence/tsa-2030.pem"))
    found = _alone(
        "t-lists-found-late",
        life.t,
        datetime(2033, 1, 1, tzinfo=UTC),
        title="Level T in 2033, with lists of 2026 that were not archived",
        why="Their issuer has expired: whoever has its old key may have made them since",
        verdict="INDETERMINATE",
        causes=("REVOCATION.NO_PROOF_OF_EXISTENCE",),
        signatures={
            "KY_PHAT_HANH": {
                "sub_indication": "REVOCATION_OUT_OF_BOUNDS_NO_POE",
                "time_proof": "timestamp",
            }
        },
        files={"evidence/tsa.pem": pem(life.stage.world.tsa.certificate_der)},
        twin="archive/lta-renewed",
    )
    yield replace(
        found,
        trust=(f"{WORLD}/trust", "evidence/tsa.pem"),
        crl=(f"{WORLD}/crl",),
        cert=(f"{WORLD}/cert",),
    )


def _compromised(stage: Stage) -> Iterator[Case]:
    others = tuple(
        f"{WORLD}/crl/{slug}.crl"
        for slug in ("public-ca", "government-root", "government-ca", "tsa-root")
    )
    for reason, is_good in (("key_compromise", False), ("cessation_of_operation", True)):
        world = World(SIGNED_AT, seed=SEED, base_url=stage.world.base_url)
        world.revoke(world.authority("public-ca"), SIGNED_AT + timedelta(hours=12), reason=reason)
        name = {True: "authority-closed-later", False: "authority-compromised-later"}[is_good]
        yield Case(
            identifier=f"archive/{name}",
            title=f"Level T, the issuing authority was revoked after signing ({reason})",
            why=(
                "Lists that a stolen key may have signed count only where their age is "
                "proven; an authority that closed keeps to what it said"
            ),
            spec="EN 319 102-1, 5.6.2.4",
            document=stage.issued(level=Level.T),
            verdict="VALID" if is_good else "INDETERMINATE",
            causes=() if is_good else ("REVOCATION.CA_COMPROMISED",),
            signatures={}
            if is_good
            else {"CBQL": {"indication": "INDETERMINATE", "sub_indication": "REVOKED_CA_NO_POE"}},
            files={"evidence/national-root.crl": world.crl("national-root", LISTED_AT)},
            crl=(*others, "evidence/national-root.crl"),
            at=JUDGED_AT,
            twin="archive/authority-compromised-later"
            if is_good
            else "archive/authority-closed-later",
        )
