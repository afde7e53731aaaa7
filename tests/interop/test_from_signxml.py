"""Files that signxml signs: what other programs verify too is intact for us, what they all refuse
is not.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.interop.dss_files import C14NS
from tests.interop.dss_oracle import dss
from tests.interop.peers import Job, signxml
from tests.interop.realm import JUDGED_AT, Realm
from tests.interop.roundtrip import survivors

PLAIN = '<GIAY Id="giay"><HO_TEN Id="ten">Nguyễn Văn An</HO_TEN><DIEM Id="diem">8.5</DIEM></GIAY>'
NAMESPACED = (
    '<h:GIAY xmlns:h="urn:h" xmlns:k="urn:k" Id="giay"><h:HO_TEN Id="ten" '
    'k:x="1">Nguyễn Văn An</h:HO_TEN></h:GIAY>'
)
WITH_COMMENT = PLAIN.replace("<DIEM", "<!-- ghi chú --><DIEM")
METHODS = ("enveloped", "enveloping")
ALGORITHMS = {
    "rsa": ("RSA_SHA256", "RSA_SHA384", "RSA_SHA512", "SHA256_RSA_MGF1", "SHA512_RSA_MGF1"),
    "ec": ("ECDSA_SHA256", "ECDSA_SHA512"),
}


def jobs() -> dict[str, tuple[str, Job]]:
    """Give, by name, whose key signs and what signxml is asked for."""
    named: dict[str, tuple[str, Job]] = {}
    for family, is_xades in (("xades", True), ("xmldsig", False)):
        for c14n, uri in C14NS.items():
            for method in METHODS:
                named[f"{family}-{c14n}-{method}"] = (
                    "rsa",
                    job(is_xades=is_xades, c14n=uri, method=method),
                )
        for key, algorithms in ALGORITHMS.items():
            for algorithm in algorithms:
                named[f"{family}-{algorithm}"] = (
                    key,
                    job(
                        is_xades=is_xades,
                        algorithm=algorithm,
                        digest=algorithm.partition("SHA")[2][:3],
                    ),
                )
        named[f"{family}-parts"] = "rsa", job(is_xades=is_xades, uris=["#ten", "#diem"])
        named[f"{family}-beside"] = "rsa", job(is_xades=is_xades, uris=["#ten"], method="detached")
        named[f"{family}-sha3"] = "rsa", job(is_xades=is_xades, digest="3_256")
        named[f"{family}-key-value"] = (
            "ec",
            job(is_xades=is_xades, algorithm="ECDSA_SHA256", key_value=True),
        )
        named[f"{family}-namespaced"] = (
            "rsa",
            job(is_xades=is_xades, document=NAMESPACED, c14n=C14NS["c14n11"]),
        )
        named[f"{family}-comment"] = (
            "rsa",
            job(is_xades=is_xades, document=WITH_COMMENT, c14n=C14NS["c14n10-comments"]),
        )
    named["xmldsig-prefixes"] = (
        "rsa",
        job(is_xades=False, document=NAMESPACED, c14n=C14NS["exclusive"], prefixes=["k"]),
    )
    named["xmldsig-sha1"] = "rsa", job(is_xades=False, algorithm="RSA_SHA1", digest="1")
    return named


def job(*, is_xades: bool, document: str = PLAIN, digest: str = "256", **words: Any) -> Job:
    usual = {
        "method": "enveloped",
        "c14n": C14NS["c14n10"],
        "algorithm": "RSA_SHA256",
        "uris": [],
        "prefixes": [],
        "key_value": False,
    }
    return {
        "do": "sign",
        "document": document,
        "is_xades": is_xades,
        "digest": f"SHA{digest}",
        **usual,
        **words,
    }


JOBS = jobs()


@pytest.fixture(scope="module")
def signed(realm: Realm) -> Mapping[str, str]:
    """Return the files; a signature that stands alone is put into the document that it signs."""
    wanted = []
    for key, asked in JOBS.values():
        pem = {
            "key": realm.path(f"{key}.key").read_text(),
            "chain": realm.path(f"{key}.pem").read_text(),
        }
        wanted.append({**asked, **pem, "at": "2026-06-01T03:00:00Z"})
    files = dict(zip(JOBS, signxml(wanted), strict=True))
    return {
        name: PLAIN.replace("</GIAY>", f"{text}</GIAY>") if name.endswith("-beside") else text
        for name, text in files.items()
    }


@pytest.fixture(scope="module")
def by_dss(realm: Realm, signed: Mapping[str, str]) -> Mapping[str, bool]:
    """Return which DSS finds intact."""
    paths = [_written(realm, name, text) for name, text in signed.items()]
    answers = dss(paths, trust=[realm.path("trust")], crls=[realm.path("crl")], at=JUDGED_AT)
    return {
        name: all(one["intact"] and one["valid"] for one in answer["signatures"])
        for name, answer in zip(signed, answers, strict=True)
    }


def _written(realm: Realm, name: str, text: str) -> Path:
    path = realm.path(f"signxml-{name}.xml")
    path.write_text(text, encoding="utf-8")
    return path


def is_wrong(name: str) -> bool:
    """Return what signxml canonicalizes wrongly: XAdES properties exclusively, comments that a
    reference excludes, prefixes of the document.
    """
    return name.startswith("xades-exclusive") or name.endswith(("-comment", "-prefixes"))


def test_what_signxml_signs_rightly_is_intact(
    realm: Realm, signed: Mapping[str, str], by_dss: Mapping[str, bool]
) -> None:
    found = {
        name: realm.judge(text.encode())["signatures"][0]["intact"] for name, text in signed.items()
    }
    assert found == by_dss
    assert {name for name, intact in found.items() if not intact} == {
        name for name in JOBS if is_wrong(name)
    }


def test_one_changed_character_is_seen(realm: Realm, signed: Mapping[str, str]) -> None:
    for name, text in signed.items():
        assert not survivors(realm, text.encode(), places=["Nguyễn Văn An"]), name


def test_xades_is_of_level_b(realm: Realm, signed: Mapping[str, str]) -> None:
    (one,) = realm.judge(signed["xades-c14n10-enveloped"].encode())["signatures"]
    assert (one["format"], one["indication"], one["roles"]) == (
        "XAdES-BASELINE-B",
        "TOTAL_PASSED",
        ["GVCN"],
    )
    (one,) = realm.judge(signed["xmldsig-sha1"].encode())["signatures"]
    assert (one["format"], one["intact"], "CRYPTO.NOT_ACCEPTABLE" in one["causes"]) == (
        "XMLDSIG",
        True,
        True,
    )
