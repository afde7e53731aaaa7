"""Area evidence: how lists are written in the files that are given, and what may not be read
without a word.
"""

import base64
import gzip
from collections.abc import Iterator

from tools.vectors.case import Case, Verdict
from tools.vectors.others_world import WRITERS, by_openssl
from tools.vectors.revocation import OTHER_LISTS
from tools.vectors.stage import Stage

_SPEC = "RFC 5280, 6.3; docs/explanation/evidence.md"


def cases(stage: Stage) -> Iterator[Case]:
    older, newer = by_openssl("list", "without-number"), by_openssl("list", "plain")
    revoking = by_openssl("list", "newer-revoked")
    twin = "evidence/two-lists-in-one-file"
    yield _case(
        stage,
        "two-lists-in-one-file",
        "Two lists in one PEM file, neither revokes",
        {"both.pem": _pem(older) + _pem(newer)},
        "VALID",
    )
    yield _case(
        stage,
        "newer-list-second",
        "An older list, then the newer one that revokes the principal, in one PEM file",
        {"both.pem": _pem(older) + b"issuer=TEST\n" + _pem(revoking)},
        "INDETERMINATE",
        "REVOCATION.REVOKED",
        twin=twin,
    )
    for name, octets in (
        ("base64", base64.encodebytes(revoking)),
        ("utf-16", b"\xff\xfe" + _pem(revoking).decode().encode("utf-16-le")),
        ("octets-behind", revoking + b"\r\nEND\0"),
    ):
        yield _case(
            stage,
            f"newer-list-{name}",
            "A folder in which the newer list, which revokes the principal, is written otherwise",
            {"a.crl": older, "b.txt": octets},
            "INDETERMINATE",
            "REVOCATION.REVOKED",
            twin=twin,
        )
    for name, octets in (
        ("packed", gzip.compress(revoking, mtime=0)),
        ("cut-off", revoking[:-20]),
        ("unknown", base64.b85encode(revoking)),
    ):
        yield _case(
            stage,
            f"newer-list-{name}",
            "A folder in which a file cannot be read that may be the newer list",
            {"a.crl": newer, "b": octets},
            "INDETERMINATE",
            "EVIDENCE.UNREAD",
            twin="evidence/folder-with-notes",
        )
    notes = {
        "README.txt": "Danh sách thu hồi, tải ngày 01/06/2026 từ http://crl.example/ca.crl\n".encode(),
        "Thumbs.db": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512),
        "DS_Store": b"\x00\x00\x00\x01Bud1" + bytes(512),
        "empty": b"",
    }
    title = "A folder of lists in which people and systems left files of their own"
    yield _case(
        stage,
        "folder-with-notes",
        title,
        {"a.crl": newer} | notes,
        "VALID",
        twin="evidence/newer-list-unknown",
    )


def _pem(der: bytes) -> bytes:
    return b"-----BEGIN X509 CRL-----\n" + base64.encodebytes(der) + b"-----END X509 CRL-----\n"


def _case(
    stage: Stage,
    name: str,
    title: str,
    files: dict[str, bytes],
    verdict: Verdict,
    *causes: str,
    twin: str = "format/issued-secondary",
) -> Case:
    folder = "evidence" if len(files) > 1 else f"evidence/{next(iter(files))}"
    return Case(
        identifier=f"evidence/{name}",
        title=title,
        why="Every object of every file counts; what is not read may be the newer statement",
        spec=_SPEC,
        document=stage.issued(),
        verdict=verdict,
        causes=causes,
        twin=twin,
        files={f"evidence/{file}": octets for file, octets in files.items()},
        crl=(*OTHER_LISTS, folder),
        origin=WRITERS["openssl"],
    )
