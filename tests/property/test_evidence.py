"""Evidence is complete: in whatever way a set of objects is written, the same is found, or what was
not read is named.
"""

import time
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hocba_sign.adapters.evidence_files import collect_evidence
from hocba_sign.errors import OutsideError
from hocba_sign.operations.verifier import Verifier
from hocba_sign.pki.loading.objects import read_objects
from hocba_sign.testing import World
from hocba_sign.validation.verdict import Verdict
from tests.support.scene import GVCN, JUDGED_AT, SIGNED_AT, Scene, causes
from tests.support.writings import UNKNOWN, WRITINGS, armoured, bundle

HOUR = timedelta(hours=1)
WORLD = World(SIGNED_AT, fast=True)
TEACHER = WORLD.person("Nguyễn Thị Thử", "001300000001")
OBJECTS = (
    ("certificate", WORLD.authority("public-ca").certificate_der),
    ("certificate", WORLD.authority("national-root").certificate_der),
    ("crl", WORLD.crl("public-ca", SIGNED_AT)),
    ("crl", WORLD.crl("public-ca", SIGNED_AT + HOUR)),
    ("crl", WORLD.crl("national-root", SIGNED_AT)),
    ("ocsp", WORLD.ocsp_response(TEACHER, SIGNED_AT)),
)
JUNK = (
    b"",
    b"\n",
    b"\r\n\r\n",
    b"Ghi ch\xc3\xba c\xe1\xbb\xa7a tr\xc6\xb0\xe1\xbb\x9dng: 10 danh s\xc3\xa1ch\n",
    b"subject=/C=VN/CN=x\nissuer=/C=VN\n",
)
IN_DOCUMENTS = {name for name in WRITINGS if name.startswith(("base64-in-json", "base64-in-xml"))}
"""A code that does not begin as an object does is an ordinary part of a document, such as a
picture.
"""
TEXT = [
    name
    for name in WRITINGS
    if name.startswith(("pem", "base64-in", "ldif")) and "utf" not in name and "json" not in name
]


def found(octets: bytes) -> set[tuple[str, bytes]]:
    objects = read_objects(octets)
    assert not [part for part in objects.unread if part.where and part.mark != "other"], (
        objects.unread
    )
    named = {("certificate", one.der) for one in objects.certificates}
    return named | {("crl", der) for der in objects.crls} | {("ocsp", der) for der in objects.ocsps}


@pytest.mark.parametrize("name", WRITINGS)
@pytest.mark.parametrize("one", OBJECTS, ids=lambda one: one[0])
def test_every_writing_of_one_object_is_read(name: str, one: tuple[str, bytes]) -> None:
    assert found(WRITINGS[name](*one)) == {one}


@pytest.mark.parametrize("name", ["base64-one-line", "hexadecimal", "base64-for-addresses"])
def test_what_is_joined_without_a_line_between_is_read(name: str) -> None:
    joined = b"".join(WRITINGS[name](*one) for one in OBJECTS)
    assert found(joined) == set(OBJECTS)


@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.permutations(OBJECTS), st.data())
def test_a_text_of_several_writings_and_other_text_is_read(
    objects: list[tuple[str, bytes]], data: st.DataObject
) -> None:
    parts = []
    for one in objects:
        parts += [
            data.draw(st.sampled_from(JUNK)),
            WRITINGS[data.draw(st.sampled_from(TEXT))](*one),
            b"\n",
        ]
    assert found(b"".join(parts)) == set(OBJECTS)


@settings(max_examples=60, deadline=None)
@given(
    st.permutations(OBJECTS),
    st.lists(st.sampled_from([b"", b"\n", b"\0\0", b"\xf1\xf2"]), min_size=6, max_size=6),
    st.integers(1, 5),
)
def test_a_row_of_der_and_bundles_is_read(
    objects: list[tuple[str, bytes]], between: list[bytes], cut: int
) -> None:
    row = b"".join(der + junk for (_, der), junk in zip(objects[:cut], between, strict=False))
    assert found(row + bundle(*objects[cut:])) == set(OBJECTS)
    assert found(bundle(*objects[:cut]) + b"\n" + armoured("crl", objects[cut][1])) >= {
        *objects[:cut]
    }


@pytest.fixture(scope="module")
def revoked() -> tuple[Scene, bytes, dict[str, bytes]]:
    """Return a transcript whose homeroom teacher is revoked by the newer of two lists; both lists
    by their names, and the others'.
    """
    scene = Scene(subjects=1)
    document = scene.signed()
    scene.world.revoke(scene.identity(GVCN), SIGNED_AT - HOUR)
    good = Scene(subjects=1).world
    lists = {f"{slug}.crl": good.crl(slug, SIGNED_AT) for slug in good.slugs}
    return scene, document, lists | {"newer": scene.world.crl("public-ca", SIGNED_AT + HOUR)}


def judged(scene: Scene, document: bytes, folder: Path) -> tuple[Verdict, frozenset[str]]:
    evidence = collect_evidence(crls=[folder])
    report = Verifier(trust=scene.trust, evidence=evidence).verify(document, at=JUDGED_AT)
    return report.verdict, causes(report)


def write(folder: Path, files: dict[str, bytes]) -> Path:
    for name, octets in files.items():
        (folder / name).write_bytes(octets)
    return folder


@pytest.mark.parametrize("name", [*WRITINGS, *UNKNOWN])
@pytest.mark.parametrize("file", ["0.txt", "zz.bin", ".hidden"])
def test_a_revoked_signer_is_never_valid(
    revoked: tuple[Scene, bytes, dict[str, bytes]], tmp_path: Path, name: str, file: str
) -> None:
    scene, document, lists = revoked
    newer = {**WRITINGS, **UNKNOWN}[name]("crl", lists["newer"])
    files = {key: octets for key, octets in lists.items() if key != "newer"}
    verdict, said = judged(scene, document, write(tmp_path, files | {file: newer}))
    assert verdict is Verdict.INDETERMINATE
    assert said & {"REVOCATION.REVOKED", "EVIDENCE.UNREAD"}
    if name in WRITINGS:
        assert "REVOCATION.REVOKED" in said


def test_the_older_list_alone_and_an_older_and_a_newer_in_one_file(
    revoked: tuple[Scene, bytes, dict[str, bytes]], tmp_path: Path
) -> None:
    scene, document, lists = revoked
    files = {key: octets for key, octets in lists.items() if key != "newer"}
    assert judged(scene, document, write(tmp_path, files))[0] is Verdict.VALID
    both = armoured("crl", files["public-ca.crl"]) + armoured("crl", lists["newer"])
    verdict, said = judged(scene, document, write(tmp_path, {"public-ca.crl": both}))
    assert (verdict, "REVOCATION.REVOKED" in said) == (Verdict.INDETERMINATE, True)


HOSTILE = {
    "blocks": b"-----BEGIN X509 CRL-----\n-----END X509 CRL-----\n" * 400_000,
    "beginnings": b"-----BEGIN X509 CRL-----" * 400_000,
    "ends": b"-----END X509 CRL-----\n" * 400_000,
    "a million empty sequences": b"\x30\x00" * 1_000_000,
    "a million cut sequences": b"\x30\x84\xff\xff\xff\xff" * 400_000,
    "indefinite": b"\x30\x80\x06\x01\x2a" * 400_000,
    "indefinite and closed": b"\x30\x80\x06\x01\x2a\0\0" * 400_000,
    "codes that never end": b"MIIFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF " * 100_000,
    "codes of half the file": b"MIQAZAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA! " * 200_000,
    "hexadecimal": b"30 82 01 00 " * 400_000,
    "white space": b" " * 8_000_000 + b"x",
    "one line": b"A" * 8_000_000,
    "colons": b"a:\n" * 2_000_000,
    "utf-16": ("-----BEGIN X509 CRL-----\n" * 200_000).encode("utf-16"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_files_take_time_by_their_length(name: str) -> None:
    began = time.process_time()
    assert not read_objects(HOSTILE[name])
    assert time.process_time() - began < 15


def test_containers_within_containers_end() -> None:
    octets = OBJECTS[2][1]
    for _ in range(100):
        octets = WRITINGS["pkcs7-content"]("crl", octets)
    assert read_objects(octets).unread
    for _ in range(20):
        octets = armoured("crl", octets)
    assert read_objects(octets).unread


@given(st.binary(max_size=400) | st.text(max_size=200).map(str.encode))
def test_no_octets_raise(octets: bytes) -> None:
    read_objects(octets)


@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from(sorted(set(WRITINGS) - IN_DOCUMENTS)),
    st.integers(0, 10_000),
    st.integers(0, 255),
)
def test_a_changed_octet_is_read_otherwise_or_named(name: str, at: int, octet: int) -> None:
    whole = WRITINGS[name]("crl", OBJECTS[2][1])
    changed = whole[: at % len(whole)] + bytes([octet]) + whole[at % len(whole) + 1 :]
    objects = read_objects(changed)
    assert objects.crls or [part for part in objects.unread if part.mark != "other"]


def test_a_named_file_that_holds_nothing_ends_the_command(tmp_path: Path) -> None:
    for name, octets, cause in (
        ("a.crl", OBJECTS[0][1], "FILE.IS_CERTIFICATE"),
        ("b.crl", b"", "FILE.UNUSABLE"),
        ("c.crl", b"<html>", "FILE.UNUSABLE"),
    ):
        (tmp_path / name).write_bytes(octets)
        with pytest.raises(OutsideError) as refused:
            collect_evidence(crls=[tmp_path / name])
        assert refused.value.cause == cause
