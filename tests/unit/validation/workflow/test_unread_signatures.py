"""What cannot be read in one signature proves nothing against those that link to it."""

from datetime import UTC, datetime
from typing import Final

import pytest
from lxml import etree

from hocba_sign import Evidence, TrustStore, Verifier
from hocba_sign.adapters.evidence_files import collect_certificates, collect_crls
from hocba_sign.report.report import Report
from hocba_sign.validation.verdict import Verdict
from hocba_sign.xades.syntax import names
from hocba_sign.xml.namespaces import DS_SIGNATURE
from tests.vectors.replay import VECTORS

WORLD: Final = VECTORS / "_world"
DOCUMENT: Final = (VECTORS / "time" / "seal-time-stamped" / "document.xml").read_bytes()
STAMPED: Final = (VECTORS / "archive" / "authority-closed-later" / "document.xml").read_bytes()
AT: Final = datetime(2026, 6, 2, 4, tzinfo=UTC)
UNKNOWN: Final = "urn:example:canonicalization"


def verified(octets: bytes) -> Report:
    verifier = Verifier(
        trust=TrustStore.of(collect_certificates([WORLD / "trust"])),
        evidence=Evidence.of(
            certificates=collect_certificates([WORLD / "cert"]), crls=collect_crls([WORLD / "crl"])
        ),
    )
    return verifier.verify(octets, at=AT)


def faults(report: Report) -> set[str]:
    return {check["id"] for check in report.to_dict()["checks"] if check["result"] == "fail"}


def with_unknown_method(octets: bytes, number: int, *, of_time_stamp: bool) -> bytes:
    """Change the canonicalization of one signature, or of its first time-stamp, into another."""
    root = etree.fromstring(octets)
    signature = list(root.iter(DS_SIGNATURE))[number]
    methods = list(signature.iter(names.CANONICALIZATION_METHOD))
    methods[1 if of_time_stamp else 0].set("Algorithm", UNKNOWN)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


@pytest.mark.parametrize("number", range(4))
def test_an_unknown_canonicalization_leaves_open_what_was_signed_and_no_order_is_wrong(
    number: int,
) -> None:
    report = verified(with_unknown_method(DOCUMENT, number, of_time_stamp=False))
    assert (report.verdict, faults(report)) == (Verdict.INDETERMINATE, set())


@pytest.mark.parametrize("number", range(4))
def test_an_unknown_canonicalization_of_a_time_stamp_makes_it_prove_nothing(number: int) -> None:
    report = verified(with_unknown_method(STAMPED, number, of_time_stamp=True))
    signatures = report.to_dict()["signatures"]
    assert (report.verdict, faults(report)) == (Verdict.INDETERMINATE, set())
    assert all(signature["intact"] for signature in signatures)
    assert signatures[number]["time_proof"] == "claimed"


def test_the_twins_are_valid() -> None:
    assert verified(DOCUMENT).verdict is verified(STAMPED).verdict is Verdict.VALID
