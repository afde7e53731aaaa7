import base64
import json
import os
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from hocba_sign.adapters.home import CertificateStore, home, read_certificates
from hocba_sign.errors import CallerError, InputError, OutsideError
from hocba_sign.pki.certificates.certificate import Certificate
from hocba_sign.pki.trust.anchors import user_findings
from hocba_sign.pki.trust.vietnam_list import Hierarchy, ListedKind, TrustList
from hocba_sign.testing.server import certificate_bundle
from hocba_sign.testing.world import World
from tests.vn_certificates import FOLDER, needs_copies, real_certificates

AT = datetime(2026, 6, 1, tzinfo=UTC)
WORLD = World(AT, fast=True)
OWN_ROOT = Certificate.load(WORLD.authority("national-root").certificate_der)
OWN_CA = Certificate.load(WORLD.authority("public-ca").certificate_der)


def armoured(certificate: Certificate, *, label: str = "CERTIFICATE") -> bytes:
    lines = base64.encodebytes(certificate.der)
    return (
        b"-----BEGIN "
        + label.encode()
        + b"-----\n"
        + lines
        + b"-----END "
        + label.encode()
        + b"-----\n"
    )


FORMS: dict[str, Callable[[], bytes]] = {
    "root.cer": lambda: OWN_ROOT.der,
    "root.der": lambda: OWN_ROOT.der,
    "root.pem": lambda: armoured(OWN_ROOT),
    "root.crl": lambda: b"\xef\xbb\xbf" + armoured(OWN_ROOT).replace(b"\n", b"\r\n"),
    "root.p7b": lambda: certificate_bundle((OWN_ROOT.der, OWN_CA.der)),
    "root.txt": lambda: base64.encodebytes(OWN_ROOT.der),
    "one-line.txt": lambda: base64.b64encode(OWN_ROOT.der),
}


@pytest.mark.parametrize("name", FORMS)
def test_forms_of_files(name: str) -> None:
    found = read_certificates(FORMS[name]())
    assert found[0] == OWN_ROOT
    assert len(found) == (2 if name.endswith("p7b") else 1)


@pytest.mark.parametrize("is_pem", [False, True])
def test_a_revocation_list_is_told_apart(is_pem: bool) -> None:
    octets = WORLD.crl("public-ca", AT)
    if is_pem:
        octets = (
            b"-----BEGIN X509 CRL-----\n" + base64.encodebytes(octets) + b"-----END X509 CRL-----\n"
        )
    with pytest.raises(InputError) as caught:
        read_certificates(octets)
    assert caught.value.cause == "TRUST.IS_CRL"


def test_what_is_neither() -> None:
    with pytest.raises(InputError) as caught:
        read_certificates(b"<html>")
    assert caught.value.cause == "CERT.FILE"


def test_only_pinned_certificates_are_imported(tmp_path: Path) -> None:
    store = CertificateStore(tmp_path / "home")
    (result,) = store.add([OWN_ROOT])
    assert result.finding is not None
    assert (result.finding.cause, result.finding.where, result.is_new) == (
        "TRUST.UNKNOWN",
        OWN_ROOT.sha256,
        False,
    )
    assert not (tmp_path / "home").exists()


def test_own_anchors_are_kept_with_what_they_stand_for(tmp_path: Path) -> None:
    store = CertificateStore(tmp_path)
    assert [
        one.is_new for one in store.add_anchors([OWN_ROOT], hierarchies=[Hierarchy.PUBLIC])
    ] == [True]
    assert [
        one.is_new for one in store.add_anchors([OWN_ROOT], hierarchies=[Hierarchy.PUBLIC])
    ] == [False]
    holdings = store.load()
    assert (holdings.certificates, holdings.findings) == ((), ())
    (anchor,) = holdings.trust().anchors
    assert (anchor.certificate, anchor.origin) == (OWN_ROOT, "user")
    assert anchor.hierarchies == {Hierarchy.PUBLIC}
    assert [finding.cause for finding in user_findings(holdings.trust())] == ["TRUST.USER_ANCHOR"]
    assert store.remove(OWN_ROOT.sha256)
    assert not store.remove(OWN_ROOT.sha256)
    assert store.load().anchors == ()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"[]",
        b'{"certificate": "!", "hierarchies": []}',
        json.dumps(
            {"certificate": base64.b64encode(OWN_CA.der).decode(), "hierarchies": []}
        ).encode(),
        json.dumps(
            {"certificate": base64.b64encode(OWN_ROOT.der).decode(), "hierarchies": ["all"]}
        ).encode(),
    ],
)
def test_a_damaged_anchor_is_left_out_and_named(tmp_path: Path, content: bytes) -> None:
    store = CertificateStore(tmp_path)
    store.add_anchors([OWN_ROOT])
    (path,) = (tmp_path / "anchors").iterdir()
    path.write_bytes(content)
    holdings = store.load()
    assert holdings.anchors == ()
    assert [(finding.cause, finding.where) for finding in holdings.findings] == [
        ("TRUST.STORE_DAMAGED", str(path))
    ]


def test_unfinished_and_foreign_files_are_no_matter(tmp_path: Path) -> None:
    store = CertificateStore(tmp_path)
    store.add_anchors([OWN_ROOT])
    (tmp_path / "anchors" / f".{OWN_ROOT.sha256}.json.x.part").write_bytes(b"half")
    (tmp_path / "anchors" / "read me.txt").write_text("mine")
    assert len(store.load().anchors) == 1
    assert store.load().findings == ()


def test_a_store_that_cannot_be(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("a file")
    with pytest.raises(OutsideError) as caught:
        CertificateStore(tmp_path / "home").add_anchors([OWN_ROOT])
    assert caught.value.cause == "TRUST.HOME"
    with pytest.raises(OutsideError) as unreadable:
        CertificateStore(tmp_path / "home").load()
    assert unreadable.value.cause == "TRUST.HOME"


@pytest.mark.parametrize(
    ("platform", "environment", "expected"),
    [
        ("linux", {"HOCBA_HOME": "/h", "HOME": "/u"}, "/h"),
        ("linux", {"XDG_DATA_HOME": "/x", "HOME": "/u"}, "/x/hocba"),
        ("linux", {"HOME": "/u"}, "/u/.local/share/hocba"),
        ("darwin", {"XDG_DATA_HOME": "/x", "HOME": "/u"}, "/u/Library/Application Support/hocba"),
        ("win32", {"LOCALAPPDATA": "/l", "USERPROFILE": "/u"}, "/l/hocba"),
    ],
)
def test_where_the_program_keeps_its_things(
    platform: str, environment: dict[str, str], expected: str
) -> None:
    assert home(environment, platform=platform).as_posix() == expected


def test_nowhere_to_keep_anything() -> None:
    with pytest.raises(CallerError) as caught:
        home({})
    assert caught.value.cause == "TRUST.HOME"


def test_processes_that_import_at_once_leave_whole_files(tmp_path: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from hocba_sign.adapters.home import "
        "CertificateStore, read_certificates\n"
        "store = CertificateStore(Path(sys.argv[1])); given = "
        "read_certificates(Path(sys.argv[2]).read_bytes())\n"
        "for _ in range(30): [store.remove(one.sha256) for one in given]; "
        "store.add_anchors(given)\n"
    )
    bundle = tmp_path / "own.p7b"
    bundle.write_bytes(certificate_bundle((OWN_ROOT.der, OWN_CA.der)))
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    started = [
        subprocess.Popen(
            [sys.executable, "-c", program, str(tmp_path / "home"), str(bundle)], env=environment
        )
        for _ in range(3)
    ]
    store = CertificateStore(tmp_path / "home")
    while any(one.poll() is None for one in started):
        assert store.load().findings == ()
    assert [one.returncode for one in started] == [0, 0, 0]
    holdings = store.load()
    assert ({anchor.certificate for anchor in holdings.anchors}, holdings.findings) == (
        {OWN_ROOT, OWN_CA},
        (),
    )


# --- with the real certificates
# ---------------------------------------------------------------------------------------------


@needs_copies
def test_published_bundles_are_imported(tmp_path: Path) -> None:
    store = CertificateStore(tmp_path)
    results = [
        one
        for file in sorted((FOLDER / "p7b").iterdir())
        for one in store.add(read_certificates(file.read_bytes()))
    ]
    assert [one.certificate.subject_text for one in results if one.finding] == []
    holdings = store.load()
    roots = {entry.sha256 for entry in TrustList.load().entries if entry.kind is ListedKind.ROOT}
    assert {anchor.certificate.sha256 for anchor in holdings.trust().anchors} <= roots
    assert len(holdings.certificates) == len({one.certificate.sha256 for one in results}) > 50
    assert sorted(path.suffix for path in (tmp_path / "certificates").iterdir()) == [".der"] * len(
        holdings.certificates
    )


@needs_copies
def test_impostors_are_kept_nowhere(tmp_path: Path) -> None:
    store = CertificateStore(tmp_path / "home")
    for group, certificate in real_certificates().values():
        if group == "impostor":
            (result,) = store.add([certificate])
            assert result.finding is not None
            assert result.finding.cause == "TRUST.KNOWN_BAD"
            with pytest.raises(CallerError) as caught:
                store.add_anchors([OWN_ROOT, certificate])
            assert caught.value.cause == "TRUST.KNOWN_BAD_ANCHOR"
    assert not (tmp_path / "home").exists()


@needs_copies
def test_a_pinned_certificate_that_was_exchanged_is_left_out(tmp_path: Path) -> None:
    store = CertificateStore(tmp_path)
    one, other = [
        certificate for group, certificate in real_certificates().values() if group == "root"
    ][:2]
    store.add([one])
    (path,) = (tmp_path / "certificates").iterdir()
    path.write_bytes(other.der)
    assert [finding.cause for finding in store.load().findings] == ["TRUST.STORE_DAMAGED"]
    assert store.load().certificates == ()
    # Importing again heals.
    assert [result.is_new for result in store.add([one])] == [True]
    assert store.load().certificates == (one,)


@needs_copies
def test_a_pinned_root_given_as_own_anchor_stays_the_list_s(tmp_path: Path) -> None:
    store = CertificateStore(tmp_path)
    root = next(
        certificate
        for group, certificate in real_certificates().values()
        if group == "root" and certificate.is_self_issued
    )
    (result,) = store.add_anchors([root], hierarchies=[Hierarchy.GOVERNMENT])
    assert result.entry is not None
    (anchor,) = store.load().trust().anchors
    assert anchor.origin == "list"
    assert list(anchor.hierarchies) == [result.entry.hierarchy]
