"""Files and folders of evidence: everything is read or named."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from hocba_sign.adapters.evidence import collect_certificates, collect_crls, collect_ocsps
from hocba_sign.errors import HocbaSignError, OutsideError
from hocba_sign.testing import World
from hocba_sign.testing.identity import pem

AT = datetime(2026, 6, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def world() -> World:
    return World(AT, fast=True)


def cause(error: pytest.ExceptionInfo[HocbaSignError]) -> str:
    return error.value.cause


def test_a_folder_gives_what_is_of_its_kind(tmp_path: Path, world: World) -> None:
    ca = world.authority("public-ca")
    (tmp_path / "ca.pem").write_bytes(pem(ca.certificate_der))
    (tmp_path / "root.cer").write_bytes(world.anchors_der[0])
    (tmp_path / "ca.crl").write_bytes(world.crl(ca, AT))
    (tmp_path / "a.ocsp").write_bytes(world.ocsp_response(ca, AT))
    (tmp_path / "notes.txt").write_text("ghi chú", "utf-8")
    (tmp_path / "below").mkdir()
    assert {one.der for one in collect_certificates([tmp_path])} == {ca.certificate_der, world.anchors_der[0]}
    assert collect_crls([tmp_path]) == (world.crl(ca, AT),)
    assert collect_ocsps([tmp_path]) == ((tmp_path / "a.ocsp").read_bytes(),)
    assert collect_crls([tmp_path / "ca.crl", tmp_path]) == (world.crl(ca, AT),) * 2
    assert collect_crls([]) == ()


def test_a_file_that_is_named_must_be_usable(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("ghi chú", "utf-8")
    for collect, path, expected in (
        (collect_crls, tmp_path / "notes.txt", "FILE.UNUSABLE"),
        (collect_crls, tmp_path, "FILE.NOTHING_USABLE"),
        (collect_crls, tmp_path / "none", "FILE.NOT_FOUND"),
    ):
        with pytest.raises(OutsideError) as refused:
            collect([path])
        assert cause(refused) == expected
        assert refused.value.where == str(path)
