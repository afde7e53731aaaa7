"""Files that xadesjs signs, in its own simple way of canonicalizing, are intact for us; one that it
canonicalizes wrongly is not.
"""

from base64 import b64encode
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from tests.interop.dss_oracle import dss
from tests.interop.peers import Job, xadesjs
from tests.interop.realm import JUDGED_AT, Realm
from tests.interop.roundtrip import survivors
from tests.support.scene import SIGNED_AT

DOCUMENT = (
    '<h:GIAY xmlns:h="urn:h" xmlns:k="urn:k" Id="giay"><h:HO_TEN Id="ten" '
    'k:x="1">Nguyễn Văn An &amp;</h:HO_TEN><!-- c --></h:GIAY>'
)
IN_VIETNAMESE = DOCUMENT.replace(' Id="giay"', ' Id="giay" xml:lang="vi"')
OUTSIDE = "Văn bản thường\n"
RSA = {"name": "RSASSA-PKCS1-v1_5", "hash": "SHA-256"}
PSS = {"name": "RSA-PSS", "hash": "SHA-256", "saltLength": 32}
EC = {"name": "ECDSA", "namedCurve": "P-256", "hash": "SHA-256"}
XPATH = {
    "name": "xpath",
    "selector": "not(ancestor-or-self::ds:Signature)",
    "namespaces": {"ds": "http://www.w3.org/2000/09/xmldsig#"},
}
CLAIMS = {
    "signerRole": {"claimed": ["Hiệu trưởng"]},
    "productionPlace": {"city": "Hà Nội"},
    "policy": True,
}


def reference(uri: str, *transforms: object) -> dict[str, Any]:
    return {
        "references": [{"id": "r-1", "uri": uri, "hash": "SHA-256", "transforms": list(transforms)}]
    }


JOBS: dict[str, tuple[str, Job]] = {
    "enveloped": ("rsa", {"options": reference("", "enveloped")}),
    "enveloped-inclusive": (
        "rsa",
        {"options": {**reference("", "enveloped", "c14n"), **CLAIMS}, "v2": False},
    ),
    "enveloped-exclusive": ("rsa", {"options": reference("", "enveloped", "exc-c14n")}),
    "enveloped-ec": ("ec", {"options": reference("", "enveloped", "exc-c14n"), "algorithm": EC}),
    "enveloped-pss": ("rsa", {"options": reference("", "enveloped", "exc-c14n"), "algorithm": PSS}),
    "xpath": ("rsa", {"options": reference("", XPATH, "exc-c14n")}),
    "part": ("rsa", {"options": reference("#ten", "exc-c14n")}),
    "detached": (
        "rsa",
        {
            "options": reference("c.txt"),
            "document": "<x/>",
            "inside": False,
            "name": "c.txt",
            "detached": b64encode(OUTSIDE.encode()).decode(),
        },
    ),
    "in-vietnamese": (
        "rsa",
        {"options": reference("", "enveloped", "c14n"), "document": IN_VIETNAMESE},
    ),
}
WRONG = {"in-vietnamese", "enveloped-pss"}
"""xadesjs leaves the inherited xml:lang out of the inclusive canonical form of the properties, and
declares the namespace of RSAPSSParams in that of SignedInfo already: DSS and we refuse its own
files.
"""


@pytest.fixture(scope="module")
def signed(realm: Realm) -> Mapping[str, str]:
    wanted = []
    for key, asked in JOBS.values():
        identity = realm.people[key]
        secret = identity.key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
        certificates = [b64encode(der).decode() for der in identity.chain_der[:-1]]
        usual = {
            "do": "sign",
            "document": DOCUMENT,
            "algorithm": RSA,
            "inside": True,
            "v2": True,
            "at": SIGNED_AT.isoformat(),
        }
        wanted.append(
            {**usual, "key": b64encode(secret).decode(), "certificates": certificates, **asked}
        )
    return dict(zip(JOBS, xadesjs(wanted), strict=True))


@pytest.fixture(scope="module")
def outside(realm: Realm) -> Path:
    path = realm.path("xadesjs/c.txt")
    path.parent.mkdir(exist_ok=True)
    path.write_text(OUTSIDE, encoding="utf-8")
    return path


def judged(realm: Realm, text: str, outside: Path) -> dict[str, Any]:
    (one,) = realm.judge(text.encode(), detached=[outside] if 'URI="c.txt"' in text else [])[
        "signatures"
    ]
    found: dict[str, Any] = one
    return found


def test_what_xadesjs_signs_is_intact_and_no_change_is(
    realm: Realm, signed: Mapping[str, str], outside: Path
) -> None:
    for name, text in signed.items():
        assert judged(realm, text, outside)["intact"] is (name not in WRONG), name
        beside = [outside] if name == "detached" else []
        places = [] if name == "detached" else ["Nguyễn Văn An"]
        assert not survivors(realm, text.encode(), places=places, detached=beside), name


def test_level_and_indication_are_those_of_dss(
    realm: Realm, signed: Mapping[str, str], outside: Path
) -> None:
    paths = []
    for name, text in signed.items():
        paths.append(realm.path(f"xadesjs/{name}.xml"))
        paths[-1].write_text(text, encoding="utf-8")
    answers = dss(
        paths,
        trust=[realm.path("trust")],
        crls=[realm.path("crl")],
        detached=[outside],
        at=JUDGED_AT,
    )
    for (name, text), answer in zip(signed.items(), answers, strict=True):
        (theirs,), ours = answer["signatures"], judged(realm, text, outside)
        assert ours["intact"] is (theirs["intact"] and theirs["valid"]), name
        assert ours["format"] == theirs["format"], name
        assert (ours["indication"], ours["sub_indication"]) == (
            theirs["indication"],
            theirs["sub_indication"],
        ), name


def test_claims_are_read(realm: Realm, signed: Mapping[str, str], outside: Path) -> None:
    assert judged(realm, signed["enveloped-inclusive"], outside)["roles"] == ["Hiệu trưởng"]
