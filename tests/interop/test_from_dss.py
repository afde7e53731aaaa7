"""Files of EU DSS: we find them intact, of the same level, and judge them as DSS does; what differs
is in dss-differences.json.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from hocba_sign.pki.revocation.evidence import Evidence
from hocba_sign.pki.trust.store import TrustStore
from tests.interop.dss_files import LEVELS, PACKAGINGS, Made, of_every_kind
from tests.interop.dss_oracle import Verdict, dss
from tests.interop.dss_writer import write
from tests.interop.realm import JUDGED_AT, Realm
from tests.interop.roundtrip import is_intact, survivors
from tests.support.scene import SIGNED_AT

DIFFERENCES = Path(__file__).with_name("dss-differences.json")
COUNTER_SIGNED = ("countered", "nested", "nested-LTA", "countered-archive")
BROKEN_BY_DSS = "countered-inclusive"
"""DSS digests a SignatureValue inclusively outside the document: neither DSS nor we find its own
counter-signature intact.
"""
Row = tuple[str, str, str | None]
"""Format, indication, sub-indication of one signature."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """What both judge with: the roots from the `anchors`-th on, revocation lists of the day
    `listed` or none, and the time.
    """

    at: datetime = JUDGED_AT
    anchors: int = 0
    listed: datetime | None = SIGNED_AT + timedelta(hours=1)


LATER = datetime(2029, 6, 1, tzinfo=UTC)
"""The signers' certificates have expired, that of the time-stamps has not."""
SETTINGS = {
    "trusted": Setting(),
    "a stranger": Setting(anchors=2),
    "without revocation data": Setting(listed=None),
    "years later": Setting(at=LATER, listed=LATER - timedelta(days=1)),
}


@dataclass(frozen=True, slots=True)
class Written:
    """The files of one run of DSS, in the order in which they were made, and what DSS said
    to them.
    """

    realm: Realm
    files: tuple[Made, ...]
    told: dict[str, dict[str, Verdict]] = field(default_factory=dict)

    def path(self, made: Made) -> Path:
        return self.realm.path(f"{made.name}.xml")

    def made(self, name: str) -> Made:
        return next(made for made in self.files if made.name == name)

    def beside(self, made: Made) -> list[Path]:
        return [self.realm.path(name) for name in made.detached]

    def report(self, made: Made, name: str = "trusted") -> dict[str, Any]:
        setting, realm = SETTINGS[name], self.realm
        trust = TrustStore.of(realm.anchors[setting.anchors :])
        evidence = Evidence.of(
            certificates=realm.intermediates, crls=self._lists(setting), ocsps=()
        )
        return realm.judge(
            self.path(made).read_bytes(),
            detached=self.beside(made),
            at=setting.at,
            trust=trust,
            evidence=evidence,
        )

    def by_dss(self, name: str = "trusted") -> dict[str, Verdict]:
        if name not in self.told:
            setting, place = SETTINGS[name], self.realm.path(name.replace(" ", "-"))
            place.mkdir()
            for number, der in enumerate(self._lists(setting)):
                (place / f"{number}.crl").write_bytes(der)
            trust = sorted(self.realm.path("trust").iterdir())[setting.anchors :]
            beside = [self.realm.path(name) for name in ("a.xml", "b.xml", "c.txt")]
            crls = [] if setting.listed is None else [place]
            verdicts = dss(
                [self.path(made) for made in self.files],
                trust=trust,
                crls=crls,
                detached=beside,
                at=setting.at,
            )
            self.told[name] = {
                made.name: verdict for made, verdict in zip(self.files, verdicts, strict=True)
            }
        return self.told[name]

    def _lists(self, setting: Setting) -> tuple[bytes, ...]:
        return () if setting.listed is None else self.realm.world.crls(setting.listed)


@pytest.fixture(scope="module")
def written(realm: Realm) -> Written:
    files = of_every_kind(realm)
    write([made.job for made in files])
    return Written(realm, files)


def test_everything_that_dss_writes_is_intact(written: Written) -> None:
    made = [one for one in written.files if one.name != BROKEN_BY_DSS]
    assert {f"{packaging.lower()}-{level}" for packaging in PACKAGINGS for level in LEVELS} <= {
        one.name for one in made
    }
    broken = [
        one.name
        for one in made
        if not all(found["intact"] for found in written.report(one)["signatures"])
    ]
    assert not broken


def test_of_what_dss_breaks_itself_only_the_part_that_holds_is_intact(written: Written) -> None:
    report = written.report(written.made(BROKEN_BY_DSS))
    assert [one["intact"] for one in report["signatures"]] == [True, False]


def test_one_changed_character_is_seen(written: Written) -> None:
    for made in written.files:
        document = written.path(made).read_bytes()
        inside = [text for text in ("Nguyễn Văn An", "Trần Văn Hai") if text.encode() in document]
        assert not survivors(
            written.realm, document, places=inside, detached=written.beside(made)
        ), made.name


def test_one_changed_character_outside_is_seen(written: Written, tmp_path: Path) -> None:
    """Of the signature by manifest the entries are changed, not the manifest."""
    for name in ("detached-LTA", "several-beside", "manifest"):
        made = written.made(name)
        for number, path in enumerate(written.beside(made)):
            copies = [tmp_path / other.name for other in written.beside(made)]
            for copy, other in zip(copies, written.beside(made), strict=True):
                copy.write_bytes(other.read_bytes())
            copies[number].write_bytes(path.read_bytes().replace(b"n", b"m", 1))
            assert not is_intact(written.realm, written.path(made).read_bytes(), detached=copies), (
                name,
                path.name,
            )


def ours(report: Mapping[str, Any]) -> dict[str | None, Row]:
    return {
        one["id"]: (one["format"], one["indication"], one["sub_indication"])
        for one in report["signatures"]
    }


def theirs(verdict: Verdict) -> dict[str | None, Row]:
    return {
        one["xml_id"]: (one["format"], one["indication"], one["sub_indication"])
        for one in verdict["signatures"]
    }


@pytest.mark.parametrize("setting", SETTINGS)
def test_level_and_indication_are_those_of_dss(written: Written, setting: str) -> None:
    known: dict[str, dict[str, Any]] = json.loads(DIFFERENCES.read_text("utf-8")).get(setting, {})
    found = {}
    verdicts = written.by_dss(setting)
    for made in written.files:
        dss_rows, our_rows = theirs(verdicts[made.name]), ours(written.report(made, setting))
        if dss_rows != our_rows:
            found[made.name] = {
                "dss": list(map(list, dss_rows.values())),
                "ours": list(map(list, our_rows.values())),
            }
    assert found == {
        name: {"dss": entry["dss"], "ours": entry["ours"]} for name, entry in known.items()
    }, json.dumps(found, indent=2)


def test_time_stamps_are_those_of_dss(written: Written) -> None:
    verdicts = written.by_dss()
    for made in written.files:
        told = [stamp for one in written.report(made)["signatures"] for stamp in one["timestamps"]]
        assert all(stamp["intact"] and stamp["indication"] == "PASSED" for stamp in told), made.name
        assert sorted(stamp["time"] for stamp in told) == sorted(
            stamp["time"] for stamp in verdicts[made.name]["timestamps"]
        ), made.name


def test_all_content_is_covered_but_by_counter_signatures(written: Written) -> None:
    """DSS calls FULL what covers the file; where the signature is around or beside its data, it
    names the part.
    """
    verdicts = written.by_dss()
    for made in written.files:
        scopes = {
            one["xml_id"]: {scope.partition(":")[0] for scope in one["scopes"]}
            for one in verdicts[made.name]["signatures"]
        }
        for one in written.report(made)["signatures"]:
            is_counter_signature = scopes[one["id"]] == {"COUNTER_SIGNATURE"}
            assert is_counter_signature is (one["parent"] is not None), made.name
            assert one["coverage"] == ("partial" if is_counter_signature else "full"), made.name


def test_counter_signatures_name_what_they_countersign(written: Written) -> None:
    for name in COUNTER_SIGNED:
        signatures = written.report(written.made(name))["signatures"]
        parents = {one["id"]: one["parent"] for one in signatures}
        outermost = [identifier for identifier, parent in parents.items() if parent is None]
        assert len(outermost) == 1, name
        assert all(parent in parents for parent in parents.values() if parent is not None), name


def test_claims_are_read(written: Written) -> None:
    for name in ("claims", "claims-v1"):
        (one,) = written.report(written.made(name))["signatures"]
        assert (one["roles"], one["place"]["city"]) == (["Hiệu trưởng"], "Hà Nội")
        assert one["commitments"] == ["http://uri.etsi.org/01903/v1.2.2#ProofOfApproval"]
