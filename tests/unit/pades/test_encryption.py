"""Files that are encrypted and ask nobody for a password are read as they were before; what changes
their key, or their content, shows.
"""

from functools import cache
from typing import Any

import pytest
from pyhanko.pdf_utils import generic

from hocba_sign.errors import InputError
from hocba_sign.operations.verifier import Verifier
from hocba_sign.pades.read_pdf import read_pdf
from hocba_sign.pades.write_pdf import engine
from hocba_sign.report.report import Report
from hocba_sign.validation.verdict import Verdict
from tests.support.pdf import page_of
from tests.support.pdf_tools import signed_by_pyhanko, with_owner_password
from tests.support.scene import JUDGED_AT, SIGNED_AT, Scene, causes

SCENE = Scene()
KINDS = ("rc4", "aes128", "aes256")


def judged(octets: bytes) -> Report:
    return Verifier(trust=SCENE.trust, evidence=SCENE.evidence()).verify_any(octets, at=JUDGED_AT)


@cache
def signed(kind: str) -> bytes:
    identity = SCENE.world.person("Trần Thị Hồng Nhung", "048181004217")
    return signed_by_pyhanko(
        with_owner_password(page_of(), kind),
        identity,
        field="Sig1",
        at=SIGNED_AT,
        is_encrypted=True,
    )


@pytest.mark.parametrize("kind", KINDS)
def test_an_owner_password_is_no_fault(kind: str) -> None:
    report = judged(signed(kind))
    assert report.verdict is Verdict.VALID, causes(report)
    again = signed_by_pyhanko(
        signed(kind),
        SCENE.world.person("Lê Quang Vinh", "048181004218"),
        field="Sig2",
        at=SIGNED_AT,
        is_encrypted=True,
    )
    assert judged(again).verdict is Verdict.VALID


@pytest.mark.parametrize("kind", KINDS)
def test_a_changed_page_shows(kind: str) -> None:
    def change(writer: Any) -> None:
        held = writer.root["/Pages"]["/Kids"][0]
        held[generic.NameObject("/Contents")] = writer.add_object(
            generic.StreamObject(stream_data=b"0 0 9 9 re f")
        )
        writer.update_container(held)

    identity = SCENE.world.person("Lê Quang Vinh", "048181004218")
    octets = signed_by_pyhanko(
        signed(kind), identity, field="Sig2", at=SIGNED_AT, is_encrypted=True, besides=change
    )
    report = judged(octets)
    assert report.verdict is Verdict.INVALID
    assert "PDF.CHANGED" in causes(report)


@pytest.mark.parametrize("kind", KINDS)
def test_a_password_for_readers_is_asked_for(kind: str) -> None:
    with pytest.raises(InputError, match=r"PDF\.ENCRYPTED"):
        read_pdf(with_owner_password(page_of(), kind, user="secret"))


@pytest.mark.parametrize(
    "entries",
    ["/Encrypt 6 0 R", "/ID [<00><00>]"],
    ids=["another dictionary", "another identifier"],
)
def test_a_revision_with_another_key(entries: str) -> None:
    """Under another key what was signed turns into something else."""
    octets = signed("rc4")
    old = octets.rindex(b"startxref\n")
    last = int(octets[old + 10 :].split()[0])
    trailer = octets[octets.rindex(b"/Root") :].split(b"/Root", 1)[1].split()[0].decode()
    kept = octets[octets.rindex(b"/Encrypt") :].split()[1].decode()
    encrypt = "" if entries.startswith("/Encrypt") else f"/Encrypt {kept} 0 R"
    tail = (
        f"xref\n0 0\ntrailer\n<< /Size 60 /Root {trailer} 0 R {encrypt} {entries} /Prev "
        f"{last} >>\nstartxref\n{len(octets)}\n%%EOF\n"
    )
    with pytest.raises(InputError, match=r"PDF\.ENCRYPTED"):
        read_pdf(octets + tail.encode())


def test_an_encrypted_file_is_not_signed() -> None:
    with pytest.raises(InputError, match=r"PDF\.ENCRYPTED"):
        engine().read_form(with_owner_password(page_of(), "aes256"))
