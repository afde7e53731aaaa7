"""The demonstration's files, judged by programs that share no code with us.

`make demo` writes them; without them the tests fail.
"""

from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from tests.interop.dss_oracle import Verdict, dss
from tests.interop.xmlsec1 import xmlsec1

ROLES = {"GVBM", "GVCN", "CBQL", "KY_PHAT_HANH"}
SEEN = {
    "tampered-mark": True,
    "tampered-moved": False,
    "tampered-removed": True,
    "tampered-order": False,
}
"""Whether a breach shows in digests or values at all.

Where it does not, only our check of the workflow refuses the file.
"""


@pytest.fixture(scope="module")
def demo(root: Path) -> Path:
    folder = root / "demo-out"
    if not (folder / "issued.xml").is_file():
        pytest.fail("there is no demo-out/issued.xml: run `make demo` first", pytrace=False)
    return folder


@pytest.fixture(scope="module")
def tampered(demo: Path) -> dict[str, Path]:
    found = {path.stem: path for path in sorted(demo.glob("tampered-*.xml"))}
    assert found.keys() == SEEN.keys()
    return found


@pytest.fixture(scope="module")
def verdicts(demo: Path, tampered: dict[str, Path]) -> dict[str, Verdict]:
    files = {"issued": demo / "issued.xml", **tampered}
    evidence = [demo / "evidence"]
    return dict(
        zip(
            files,
            dss(tuple(files.values()), trust=[demo / "trust"], certs=evidence, crls=evidence),
            strict=True,
        )
    )


def certificates(folder: Path, into: Path) -> list[Path]:
    """Write every certificate found under `folder` to a PEM file of its own."""
    written = []
    for number, path in enumerate(sorted(path for path in folder.rglob("*") if path.is_file())):
        octets = path.read_bytes()
        try:
            loaded = (
                x509.load_pem_x509_certificates(octets)
                if octets.startswith(b"-----BEGIN")
                else [x509.load_der_x509_certificate(octets)]
            )
        except ValueError:  # a CRL or an OCSP response
            continue
        for index, certificate in enumerate(loaded):
            written.append(into / f"{number}-{index}.pem")
            written[-1].write_bytes(certificate.public_bytes(Encoding.PEM))
    return written


def refused_by_xmlsec1(demo: Path, file: Path, tmp_path: Path) -> set[str | None]:
    for name in ("trust", "evidence"):
        (tmp_path / name).mkdir()
    trust = certificates(demo / "trust", tmp_path / "trust")
    checked = xmlsec1(
        file, trust=trust, certs=certificates(demo / "evidence", tmp_path / "evidence")
    )
    assert len(checked) >= len(ROLES) - 1
    return {one.signature_id for one in checked if not one.is_verified}


def test_xmlsec1_verifies_every_signature(demo: Path, tmp_path: Path) -> None:
    assert refused_by_xmlsec1(demo, demo / "issued.xml", tmp_path) == set()


def test_dss_passes_every_signature_at_level_t_without_a_word(verdicts: dict[str, Verdict]) -> None:
    signatures = verdicts["issued"]["signatures"]
    assert {role for one in signatures for role in one["roles"]} == ROLES
    assert verdicts["issued"]["counter_signature_count"] == 0
    for one in signatures:
        assert (one["xml_id"], one["format"], one["indication"]) == (
            one["xml_id"],
            "XAdES-BASELINE-T",
            "TOTAL_PASSED",
        )
        assert not one["structure_messages"] + one["errors"] + one["warnings"]


def test_dss_passes_every_timestamp_without_a_word(verdicts: dict[str, Verdict]) -> None:
    timestamps = verdicts["issued"]["timestamps"]
    assert len(timestamps) == len(verdicts["issued"]["signatures"])
    for one in timestamps:
        assert one["indication"] == "PASSED"
        assert not one["errors"] + one["warnings"]


@pytest.mark.parametrize("name", SEEN)
def test_dss_sees_what_breaks_a_digest_or_value(verdicts: dict[str, Verdict], name: str) -> None:
    signatures = verdicts[name]["signatures"]
    assert signatures
    assert any(one["indication"] != "TOTAL_PASSED" for one in signatures) is SEEN[name]


@pytest.mark.parametrize("name", SEEN)
def test_xmlsec1_sees_what_breaks_a_digest_or_value(
    demo: Path, tampered: dict[str, Path], tmp_path: Path, name: str
) -> None:
    assert bool(refused_by_xmlsec1(demo, tampered[name], tmp_path)) is SEEN[name]
