"""Area time: when was it signed, and what proves it."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from hocba_sign.testing import World
from hocba_sign.testing.forge import further_stamp, stamp
from tools.vectors.case import WORLD, Case
from tools.vectors.others_world import stamped_by_openssl
from tools.vectors.stage import JUDGED_AT, LISTED_AT, SEAL, SEED, SIGNED_AT, Stage

_SPEC = "EN 319 102-1, 5.5"
_LATE = JUDGED_AT.replace(year=2028, month=9)
"""After the signers' certificates, before the end of RSA 2048."""


def stamped(stage: Stage, **options: object) -> bytes:
    """Return a transcript at level B whose seal alone has a time-stamp, made with `options` of
    `Stage.token`.
    """
    return stamp(stage.issued(), SEAL, token=lambda digest: stage.token(digest, **options))  # type: ignore[arg-type]  # handed through


def cases(stage: Stage) -> Iterator[Case]:
    yield Case(
        identifier="time/seal-time-stamped",
        title="Level B, only the seal has a time-stamp",
        why="A good time-stamp proves the time of what it covers",
        spec=_SPEC,
        verdict="VALID",
        **stamped_by_openssl("plain"),
        signatures={
            "KY_PHAT_HANH": {"format": "XAdES-BASELINE-T", "time_proof": "timestamp"},
            "CBQL": {"time_proof": "claimed"},
        },
        twin="time/of-another-signature",
    )
    yield from _several(stage)
    yield from _validity(stage)
    yield _premature(stage)
    yield from _revoked(stage)
    yield from _wrong(stage)


def _several(stage: Stage) -> Iterator[Case]:
    for name, second in (
        ("ascending", SIGNED_AT + timedelta(minutes=5)),
        ("descending", SIGNED_AT - timedelta(minutes=5)),
    ):
        yield Case(
            identifier=f"time/two-time-stamps-{name}",
            title=f"The seal has two signature time-stamps, in {name} order of time",
            why=(
                "Several authorities may stamp the same value side by side; neither covers "
                "the other, so their order says nothing"
            ),
            spec="EN 319 132-1, 5.3; EN 319 102-1, 5.5",
            document=further_stamp(
                stamped(stage),
                SEAL,
                token=lambda digest, at=second: stage.token(digest, at=at),  # type: ignore[misc]
            ),
            verdict="VALID",
            signatures={"KY_PHAT_HANH": {"time_proof": "timestamp", "indication": "TOTAL_PASSED"}},
            twin="time/two-time-stamps-one-broken",
        )
    other = stage.token(b"\x07" * 32)
    yield Case(
        identifier="time/two-time-stamps-one-broken",
        title="The seal has a good time-stamp and one of another signature",
        why="The good one proves the time; the attached one that does not hold is shown",
        spec="EN 319 102-1, 5.5; TT 15/2025, Art. 6.1.g",
        document=further_stamp(stamped(stage), SEAL, token=lambda _: other),
        verdict="INDETERMINATE",
        causes=("SIG.TIME_STAMPS", "TST.IMPRINT"),
        signatures={"KY_PHAT_HANH": {"time_proof": "timestamp", "indication": "TOTAL_PASSED"}},
        twin="time/two-time-stamps-ascending",
    )
    crowd = stamped(stage)
    for _ in range(60):
        crowd = further_stamp(crowd, SEAL, token=lambda _: b"\x30\x00")
    yield Case(
        identifier="time/too-many-time-stamps",
        title="More than 60 time-stamps on one signature",
        why="Each costs a path",
        spec="docs/reference: limits",
        document=crowd,
        verdict="INVALID",
        causes=("SIG.TOO_MANY_TIME_STAMPS",),
        twin="time/two-time-stamps-one-broken",
    )


def _late_files(stage: Stage) -> dict[str, bytes]:
    """Return the lists of the roots as of the late validation; those of the issuing authorities are
    from the time of signing.
    """
    listed = _LATE - timedelta(days=1)
    return {"evidence/tsa-root.crl": stage.world.crl("tsa-root", listed)}


def _validity(stage: Stage) -> Iterator[Case]:
    for name, is_stamped in (("with", True), ("without", False)):
        document = stage.issued()
        if is_stamped:
            for slot in stage.transcript().slots:
                document = stamp(document, slot, token=stage.token)
        yield Case(
            identifier=f"time/expired-signers-{name}-time-stamp",
            title=f"The signers' certificates have expired since, {name} a time-stamp",
            why=(
                "A time-stamp shows that the signature was made in the certificate's life; "
                "a claimed time shows nothing"
            ),
            spec="EN 319 102-1, 5.5.4",
            document=document,
            verdict="VALID" if is_stamped else "INDETERMINATE",
            causes=() if is_stamped else ("PATH.EXPIRED",),
            signatures={}
            if is_stamped
            else {
                "CBQL": {
                    "indication": "INDETERMINATE",
                    "sub_indication": "OUT_OF_BOUNDS_NO_POE",
                    "intact": True,
                }
            },
            at=_LATE,
            files=_late_files(stage),
            crl=(f"{WORLD}/crl", "evidence/tsa-root.crl"),
            twin=f"time/expired-signers-{'without' if is_stamped else 'with'}-time-stamp",
        )


def _premature(stage: Stage) -> Case:
    issued_at = SIGNED_AT - timedelta(hours=1)
    holder = stage.world.organisation(stage.transcript().school.name, not_before=issued_at)
    return Case(
        identifier="time/time-stamp-before-the-certificate",
        title="The seal's time-stamp is an hour older than the seal's certificate",
        why=(
            "The signature is proven to be older than the certificate that it names: no "
            "later proof can mend that"
        ),
        spec="EN 319 102-1, 5.5.4",
        document=stamp(
            stage.forged_at(SEAL, holder),
            SEAL,
            token=lambda digest: stage.token(digest, at=issued_at - timedelta(hours=1)),
        ),
        verdict="INVALID",
        causes=("PATH.NOT_YET_VALID",),
        signatures={
            "KY_PHAT_HANH": {
                "indication": "TOTAL_FAILED",
                "sub_indication": "NOT_YET_VALID",
                "intact": True,
            }
        },
        twin="time/seal-time-stamped",
    )


def _revoking(stage: Stage, at: datetime) -> dict[str, bytes]:
    """Return the list of the public authority after the seal's holder lost the key at `at`."""
    world = World(SIGNED_AT, seed=SEED, base_url=stage.world.base_url)
    world.revoke(world.organisation(stage.transcript().school.name), at)
    return {"evidence/government-ca.crl": world.crl("government-ca", LISTED_AT)}


def _revoked(stage: Stage) -> Iterator[Case]:
    lists = tuple(
        f"{WORLD}/crl/{slug}.crl"
        for slug in ("national-root", "public-ca", "government-root", "tsa-root")
    )
    plan = (
        (
            "revoked-after-time-stamp",
            "The seal's certificate is revoked after the time-stamp",
            SIGNED_AT + timedelta(hours=2),
            True,
        ),
        (
            "revoked-after-claimed-time",
            "The seal's certificate is revoked after the claimed signing time, no time-stamp",
            SIGNED_AT + timedelta(hours=2),
            False,
        ),
        (
            "revoked-before-time-stamp",
            "The seal's certificate was revoked before the time-stamp",
            SIGNED_AT - timedelta(days=2),
            True,
        ),
    )
    for name, title, at, is_stamped in plan:
        is_good = name == "revoked-after-time-stamp"
        yield Case(
            identifier=f"time/{name}",
            title=title,
            why=(
                "Only a proven time before the revocation saves the signature; the claimed "
                "time is the thief's to choose"
            ),
            spec="EN 319 102-1, 5.5.4",
            document=stamped(stage) if is_stamped else stage.issued(),
            verdict="VALID" if is_good else "INDETERMINATE",
            causes=() if is_good else ("REVOCATION.REVOKED",),
            signatures={
                "KY_PHAT_HANH": {"indication": "TOTAL_PASSED"}
                if is_good
                else {"indication": "INDETERMINATE", "sub_indication": "REVOKED_NO_POE"}
            },
            files=_revoking(stage, at),
            crl=(*lists, "evidence/government-ca.crl"),
            twin="time/revoked-before-time-stamp" if is_good else "time/revoked-after-time-stamp",
        )


def _wrong(stage: Stage) -> Iterator[Case]:
    def unproven(name: str, title: str, why: str, token: str, *causes: str) -> Case:
        return Case(
            identifier=f"time/{name}",
            title=title,
            why=why,
            spec="EN 319 102-1, 5.4; TT 15/2025, Art. 6.1.g",
            verdict="INDETERMINATE",
            causes=("SIG.TIME_STAMPS", *causes),
            signatures={"KY_PHAT_HANH": {"intact": True, "time_proof": "claimed"}},
            twin="time/seal-time-stamped",
            **stamped_by_openssl(token),
        )

    yield unproven(
        "of-another-signature",
        "The seal's time-stamp is of another signature",
        "Its imprint is of other octets",
        "other-octets",
        "TST.IMPRINT",
    )
    yield Case(
        identifier="time/in-the-future",
        title="The seal's time-stamp lies after the time of validation",
        why=(
            "A validation as of an earlier day knows no later token: it proves nothing "
            "then, and is named"
        ),
        spec="EN 319 102-1, 5.4",
        verdict="VALID",
        causes=("TST.FUTURE",),
        signatures={"KY_PHAT_HANH": {"time_proof": "claimed"}},
        twin="time/seal-time-stamped",
        **stamped_by_openssl("future"),
    )
    yield unproven(
        "untrusted-authority",
        "The time-stamp is by an authority with the right name and another root",
        "Names prove nothing",
        "same-name",
        "PATH.NO_CHAIN",
    )
    yield unproven(
        "unknown-authority",
        "The time-stamp is by an authority that nobody trusts",
        "Anybody can run one",
        "stray",
        "PATH.NO_CHAIN",
    )
    yield unproven(
        "authority-without-purpose",
        "The time-stamping certificate is not one for time-stamping",
        "The extended key usage must say so, alone and critical",
        "cms-without-purpose",
        "TST.KEY_USAGE",
    )
    yield unproven(
        "authority-with-two-purposes",
        "The time-stamping certificate has a second purpose",
        "RFC 3161 wants it alone",
        "cms-two-purposes",
        "TST.KEY_USAGE",
    )
    yield unproven(
        "authority-expired",
        "The time-stamping certificate has expired since",
        "Without a later proof the time-stamp itself is unproven",
        "since-expired",
        "PATH.EXPIRED",
    )
    yield Case(
        identifier="time/authority-not-revoked-unknown",
        title="There is no list about the time-stamping certificate",
        why="Revocation of the authority is checked as well",
        spec="EN 319 102-1, 5.4",
        document=stamped(stage),
        verdict="INDETERMINATE",
        causes=("SIG.TIME_STAMPS", "REVOCATION.NONE"),
        crl=tuple(
            f"{WORLD}/crl/{slug}.crl"
            for slug in ("national-root", "public-ca", "government-root", "government-ca")
        ),
        twin="time/seal-time-stamped",
    )
