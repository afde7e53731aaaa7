"""The XML Signature vectors of the W3C's interoperability tests and of xmlsec, each with the keys
and files that the suite names.

A vector that must verify agrees if every signature is intact, one that must not if its report is
not VALID. Which do not agree, and why, is in `xmldsig-xmlsec-unsupported.json`. Of signatures by
HMAC and DSA, which are never verified, the test verifies the value itself: their canonicalizations
and references are judged all the same.
"""

import hmac
import json
import re
import shlex
from base64 import b64decode
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import dsa
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA1, SHA256, HashAlgorithm
from cryptography.hazmat.primitives.serialization import load_der_public_key
from lxml import etree

from hocba_sign import Evidence, TrustStore
from hocba_sign.ades.integrity import check_integrity
from hocba_sign.ades.structure import ParsedSignature
from hocba_sign.errors import InputError
from hocba_sign.operations.verifier import Verifier
from hocba_sign.pki.certificates.certificate import Certificate
from hocba_sign.xades.general.read import read_any
from hocba_sign.xml.parse import parse

SUITE = Path(__file__).resolve().parents[3] / "shared" / "data" / "suites" / "xmldsig-xmlsec"
UNSUPPORTED = Path(__file__).with_name("xmldsig-xmlsec-unsupported.json")
CASES, VALID, INVALID = 248, 230, 18
AGREEING = Counter({"intact": 98, "holds with the key given": 65, "refused": INVALID})
"""By what `hocba verify --any` finds by itself; with a key that the suite gives by name, or by HMAC
and DSA; and of what must not verify.
"""
NOW = datetime(2026, 4, 1, tzinfo=UTC)
"""The certificates of the suite are of 2026."""
SHORTENED = {"signature-rsa-manifest-x509-data-crl": "signature-rsa-~x509-data-crl.xml"}
"""A file that the suite holds under another name than its list says."""
MORE, DS = "http://www.w3.org/2001/04/xmldsig-more#", "http://www.w3.org/2000/09/xmldsig#"
HMACS = {
    f"{DS}hmac-sha1": "sha1",
    **{f"{MORE}hmac-{name}": name for name in ("md5", "sha224", "sha256", "sha384", "sha512")},
}
DSAS: dict[str, HashAlgorithm] = {
    f"{DS}dsa-sha1": SHA1(),
    "http://www.w3.org/2009/xmldsig11#dsa-sha256": SHA256(),
}

pytestmark = [
    pytest.mark.suite,
    pytest.mark.skipif(not SUITE.is_dir(), reason="../shared/data is not here"),
]


@dataclass(frozen=True, slots=True)
class Case:
    """`identifier` is the suite's id, with the number of the case among those of this id from the
    second on.
    """

    identifier: str
    file: Path
    is_valid: bool
    options: tuple[tuple[str, str], ...]

    def paths(self, *names: str) -> tuple[Path, ...]:
        """Return the files of these options, whatever key name stands behind a colon."""
        return tuple(
            SUITE / value for name, value in self.options if name.partition(":")[0] in names
        )

    def files(self, *names: str) -> tuple[bytes, ...]:
        return tuple(path.read_bytes() for path in self.paths(*names))


def _cases() -> Iterator[Case]:
    seen: Counter[str] = Counter()
    listed: Any = (
        json.loads((SUITE / "expected.json").read_text("utf-8"))["cases"] if SUITE.is_dir() else ()
    )
    for entry in listed:
        name = entry["id"]
        seen[name] += 1
        folder, _, stem = name.rpartition("/")
        identifier = name if seen[name] == 1 else f"{name} {seen[name]}"
        file = SUITE / folder / SHORTENED.get(stem, f"{stem}.xml")
        yield Case(
            identifier,
            file,
            entry["expected"] == "valid",
            tuple(_options(entry["verify_options"], entry["cwd"])),
        )


def _options(line: str, folder: str) -> Iterator[tuple[str, str]]:
    """Yield the names and values of the options; a path is relative to the case's folder if it
    exists there.
    """
    words = shlex.split(line)
    for place, word in enumerate(words):
        if word.startswith("--"):
            value = (
                words[place + 1]
                if place + 1 < len(words) and not words[place + 1].startswith("--")
                else ""
            )
            near = f"{folder}/{value}"
            yield word, near if value and (SUITE / near).is_file() else value


ALL = tuple(_cases())


def _detached(case: Case) -> dict[str, bytes]:
    """Return what lies outside: what the options map URLs to, and the files that references name by
    a relative path.
    """
    mapped = {
        name.partition(":")[2]: (SUITE / value).read_bytes()
        for name, value in case.options
        if name.startswith("--url-map:")
    }
    named = re.findall(rb'URI="([^"#:]+)"', case.file.read_bytes())
    near = {name.decode(): case.file.parent / name.decode() for name in named}
    return mapped | {name: path.read_bytes() for name, path in near.items() if path.is_file()}


def _at(case: Case) -> datetime:
    given = dict(case.options).get("--verification-gmt-time")
    return (
        NOW
        if given is None
        else datetime.strptime(given[:19], "%Y-%m-%d+%H:%M:%S").replace(tzinfo=UTC)
    )


def _loaded(ders: tuple[bytes, ...]) -> tuple[Certificate, ...]:
    return tuple(Certificate.load(der) for der in ders)


def _verdict(case: Case) -> tuple[str, bool]:
    """Return verdict and whether every signature is intact, as `hocba verify --any` tells them."""
    given = ("--untrusted-der", "--pubkey-cert-der", "--trusted-der")
    evidence = Evidence.of(
        certificates=_loaded(case.files(*given)), crls=case.files("--crl-der"), ocsps=()
    )
    trust = TrustStore.of(_loaded(case.files("--trusted-der")))
    report = (
        Verifier(trust=trust, evidence=evidence)
        .verify_any(case.file.read_bytes(), at=_at(case), detached=_detached(case))
        .to_dict()
    )
    return report["verdict"], bool(report["signatures"]) and all(
        one["intact"] for one in report["signatures"]
    )


def _holds_with_key(case: Case) -> bool:
    """Judge the only signature with a key that the caller holds: by what the library read, and, of
    HMAC and DSA, computed here.
    """
    try:
        read = read_any(parse(case.file.read_bytes(), is_of_others=True), _detached(case)).document
    except InputError:
        return False
    (signature,) = read.signatures
    if not all(reference.holds for reference in signature.references):
        return False
    if signature.algorithm_uri in HMACS:
        return _is_hmac(signature, case)
    if signature.algorithm_uri in DSAS:
        return _is_dsa(signature, case)
    keys = case.files("--pubkey-der") or tuple(
        one.public_key_der for one in _loaded(case.files("--pubkey-cert-der", "--untrusted-der"))
    )
    return any(
        check_integrity(replace(signature, certificates_der=(), keys_der=(key,))).is_intact
        for key in keys
    )


def _is_hmac(signature: ParsedSignature, case: Case) -> bool:
    made = [
        hmac.new(key, signature.signed_info_octets, HMACS[signature.algorithm_uri]).digest()
        for key in case.files("--hmackey")
    ]
    return any(octets[: len(signature.value)] == signature.value for octets in made)


def _is_dsa(signature: ParsedSignature, case: Case) -> bool:
    half = len(signature.value) // 2
    value = encode_dss_signature(
        int.from_bytes(signature.value[:half], "big"), int.from_bytes(signature.value[half:], "big")
    )
    ders = [
        Certificate.load(der).public_key_der
        for der in (
            *signature.certificates_der,
            *case.files("--untrusted-der", "--pubkey-cert-der"),
        )
    ]
    keys = [
        load_der_public_key(der)
        for der in (*ders, *signature.keys_der, *case.files("--pubkey-der"))
    ]
    for key in (
        *(one for one in keys if isinstance(one, dsa.DSAPublicKey)),
        *_dsa_key_values(case.file),
    ):
        try:
            key.verify(value, signature.signed_info_octets, DSAS[signature.algorithm_uri])
        except InvalidSignature:
            continue
        return True
    return False


def _dsa_key_values(file: Path) -> Iterator[dsa.DSAPublicKey]:
    parser = etree.XMLParser(resolve_entities=False, no_network=True)
    for element in etree.parse(str(file), parser).iter(f"{{{DS}}}DSAKeyValue"):
        numbers = {
            name: int.from_bytes(b64decode(element.findtext(f"{{{DS}}}{name}") or ""), "big")
            for name in "PQGY"
        }
        parameters = dsa.DSAParameterNumbers(p=numbers["P"], q=numbers["Q"], g=numbers["G"])
        yield dsa.DSAPublicNumbers(numbers["Y"], parameters).public_key()


def _way(case: Case) -> str | None:
    """Return how a case agrees, None if it does not."""
    verdict, is_intact = _verdict(case)
    if not case.is_valid:
        return None if verdict == "VALID" else "refused"
    if is_intact:
        return "intact"
    return "holds with the key given" if _holds_with_key(case) else None


@pytest.fixture(scope="module")
def ways() -> dict[str, str | None]:
    return {case.identifier: _way(case) for case in ALL}


def test_the_suite_is_complete() -> None:
    assert (
        len(ALL),
        sum(case.is_valid for case in ALL),
        sum(not case.is_valid for case in ALL),
    ) == (CASES, VALID, INVALID)


def test_all_within_the_supported_algorithms_agree(ways: dict[str, str | None]) -> None:
    reasons: dict[str, list[str]] = json.loads(UNSUPPORTED.read_text("utf-8"))
    listed = [identifier for identifiers in reasons.values() for identifier in identifiers]
    assert len(listed) == len(set(listed))
    assert sorted(identifier for identifier, way in ways.items() if way is None) == sorted(listed)
    assert Counter(way for way in ways.values() if way is not None) == AGREEING
    assert AGREEING.total() == CASES - len(listed)


def test_none_of_what_must_not_verify_does(ways: dict[str, str | None]) -> None:
    assert {ways[case.identifier] for case in ALL if not case.is_valid} == {"refused"}
