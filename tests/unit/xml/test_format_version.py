"""A later version is neither right nor wrong; no version at all is wrong."""

import pytest

from hocba_sign.errors import InputError
from hocba_sign.operations.verifier import Verifier
from hocba_sign.validation.verdict import Verdict
from hocba_sign.xml.format_version import is_newer, require_version
from hocba_sign.xml.layout import recognise
from hocba_sign.xml.parse import parse
from tests.support.scene import JUDGED_AT, SIGNED_AT, Scene

ROOTS = ("HOC_BA", "SU_KIEN_HOC_BA", "SO_THAM_QUYEN", "DANH_SACH_TRANG_THAI")


@pytest.mark.parametrize("version", ["1.1", "1.10", "2.0", "10.0"])
@pytest.mark.parametrize("root", ROOTS)
def test_a_later_version_is_newer(version: str, root: str) -> None:
    for namespace in (' xmlns="urn:hocba:1"', ""):
        element = parse(f'<{root}{namespace} phienBanLuocDo="{version}"/>'.encode()).root
        assert is_newer(element)
        with pytest.raises(InputError, match=r"DOC\.NEWER"):
            require_version(element)


@pytest.mark.parametrize("version", ["0.9", "1", "1.00", "01.1", "1.1.0", " 1.1", "", "v2", "1.-1"])
def test_what_is_no_version_is_wrong(version: str) -> None:
    element = parse(f'<HOC_BA xmlns="urn:hocba:1" phienBanLuocDo="{version}"/>'.encode()).root
    assert not is_newer(element)
    with pytest.raises(InputError, match=r"TRANSCRIPT\.SCHEMA_VERSION"):
        require_version(element)


def test_the_known_version_is_known() -> None:
    element = parse(b'<HOC_BA xmlns="urn:hocba:1" phienBanLuocDo="1.0"/>').root
    require_version(element)
    assert not is_newer(element)


@pytest.mark.parametrize("root", ROOTS)
def test_a_later_generation_is_newer_and_any_other_namespace_is_not_ours(root: str) -> None:
    with pytest.raises(InputError, match=r"DOC\.NEWER"):
        recognise(parse(f'<{root} xmlns="urn:hocba:2"/>'.encode()).root)
    for name in ("urn:hocba:0", "urn:hocba:1a", "urn:hocba:02", "urn:hocba"):
        with pytest.raises(InputError, match=r"DOC\.NOT_HOC_BA"):
            recognise(parse(f'<{root} xmlns="{name}"/>'.encode()).root)


def test_a_later_version_is_never_valid_and_what_was_changed_stays_invalid() -> None:
    scene = Scene(subjects=1)
    evidence = scene.evidence(SIGNED_AT)

    def verdict(document: bytes) -> Verdict:
        return Verifier(trust=scene.trust, evidence=evidence).verify(document, at=JUDGED_AT).verdict

    signed = scene.signed()
    later = signed.replace(b'phienBanLuocDo="1.0"', b'phienBanLuocDo="1.1"')
    changed = later.replace(b"<NAM_HOC>2025", b"<NAM_HOC>2024", 1)
    assert later != changed
    assert (verdict(later), verdict(changed)) == (Verdict.INDETERMINATE, Verdict.INVALID)
