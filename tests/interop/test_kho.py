"""The transcript store's layout and other programs: they verify our files, and we judge what
xmlsec1 signed in a file put together by hand.
"""

from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from lxml import etree

from hocba_sign.model.workflow import Role, Slot
from hocba_sign.report.plain_text import text
from hocba_sign.signing.signing_policy import Level
from hocba_sign.testing import Identity
from hocba_sign.validation.verdict import Verdict
from hocba_sign.xml.layout import KHO
from tests.interop.dss_oracle import dss
from tests.interop.programs import program, run
from tests.interop.xmlsec1 import xmlsec1
from tests.support.scene import CBQL, GVCN, JUDGED_AT, SEAL, SIGNED_AT, Scene, causes

C14N = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"
EXCLUSIVE = "http://www.w3.org/2001/10/xml-exc-c14n#"
ENVELOPED = "http://www.w3.org/2000/09/xmldsig#enveloped-signature"
TRANSFORMS = {
    "none": "",
    "inclusive": f'<Transforms><Transform Algorithm="{C14N}"/></Transforms>',
    "exclusive": f'<Transforms><Transform Algorithm="{EXCLUSIVE}"/></Transforms>',
    "enveloped": (
        f'<Transforms><Transform Algorithm="{ENVELOPED}"/><Transform '
        f'Algorithm="{C14N}"/></Transforms>'
    ),
}
TEMPLATE = """<Signature xmlns="http://www.w3.org/2000/09/xmldsig#" Id="S{number}"><SignedInfo><CanonicalizationMethod Algorithm="{c14n}"/>\
<SignatureMethod Algorithm="http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"/><Reference URI="#{target}">{transforms}\
<DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"/><DigestValue/></Reference></SignedInfo><SignatureValue/>\
<KeyInfo><X509Data><X509Certificate/></X509Data></KeyInfo></Signature>"""
FOREIGN = """<?xml version="1.0" encoding="UTF-8"?>
<HOC_BA>
  <DU_LIEU_HOC_BA Id="data">
    <THONG_TIN_HOC_BA Id="thongtinhocba">
      <HO_TEN>Nguyễn Văn An</HO_TEN>
      <DIEM_TONG_KET Id="toan"><DIEM>8.5</DIEM><GVBM Id="gv1"><TEN>Trần Thị Bình</TEN></GVBM></DIEM_TONG_KET>
      <DIEM_TONG_KET Id="van"><DIEM>7.0</DIEM><GVBM Id="gv2"><TEN>Lê Văn Cường</TEN></GVBM></DIEM_TONG_KET>
    </THONG_TIN_HOC_BA>
    <DANH_SACH_THONG_TIN_KY>
      <DANH_SACH_GVBM><GVBM Id="gv1"></GVBM><GVBM Id="gv2"></GVBM></DANH_SACH_GVBM>
      <GVCN></GVCN>
    </DANH_SACH_THONG_TIN_KY>
  </DU_LIEU_HOC_BA>
  <PHAT_HANH_HOC_BA><CBQL></CBQL><KY_PHAT_HANH></KY_PHAT_HANH></PHAT_HANH_HOC_BA>
</HOC_BA>
"""


@pytest.fixture(scope="module")
def scene() -> Scene:
    return Scene(subjects=2, layout=KHO, is_rsa=True)


def pem(folder: Path, name: str, ders: tuple[bytes, ...]) -> list[Path]:
    paths = []
    for number, der in enumerate(ders):
        paths.append(folder / f"{name}-{number}.pem")
        paths[-1].write_bytes(x509.load_der_x509_certificate(der).public_bytes(Encoding.PEM))
    return paths


def refused(scene: Scene, octets: bytes, folder: Path) -> list[str | None]:
    (folder / "file.xml").write_bytes(octets)
    trust = pem(folder, "root", tuple(scene.world.anchors_der))
    checked = xmlsec1(
        folder / "file.xml",
        trust=trust,
        certs=pem(folder, "ca", tuple(scene.world.intermediates_der)),
        at=SIGNED_AT,
    )
    assert len(checked) == octets.count(b"</ds:Signature>") + octets.count(b"</Signature>")
    return [one.signature_id for one in checked if not one.is_verified]


def test_xmlsec1_verifies_every_signature_of_our_file(scene: Scene, tmp_path: Path) -> None:
    issued = scene.signed(level=Level.T)
    assert refused(scene, issued, tmp_path) == []
    assert (
        len(refused(scene, issued.replace(b"<DIEM_CA_NAM>", b"<DIEM_CA_NAM>1", 1), tmp_path)) == 4
    )


def test_dss_passes_every_signature_of_our_file_without_a_word(
    scene: Scene, tmp_path: Path
) -> None:
    """The Id that stands twice is no obstacle, for nothing refers to it."""
    (tmp_path / "crl").mkdir()
    for number, crl in enumerate(scene.world.crls(SIGNED_AT + timedelta(hours=1))):
        (tmp_path / f"crl/{number}.crl").write_bytes(crl)
    file = tmp_path / "issued.xml"
    file.write_bytes(scene.signed(level=Level.T))
    trust = pem(tmp_path, "root", tuple(scene.world.anchors_der))
    certs = pem(tmp_path, "ca", tuple(scene.world.intermediates_der))
    (verdict,) = dss([file], trust=trust, certs=certs, crls=[tmp_path / "crl"], at=JUDGED_AT)
    assert [one["xml_id"] for one in verdict["signatures"]] == [
        f"ck-{slot.teacher or slot.role}" for slot in scene.slots
    ]
    for one in verdict["signatures"]:
        assert (one["format"], one["indication"]) == ("XAdES-BASELINE-T", "TOTAL_PASSED")
        assert not one["structure_messages"] + one["errors"] + one["warnings"]


class Hand:
    """Somebody with a text editor and xmlsec1."""

    def __init__(self, scene: Scene, folder: Path, transforms: str) -> None:
        self.scene = scene
        self.folder = folder
        self.transforms = TRANSFORMS[transforms]
        self.number = 0

    def sign(self, document: bytes, slot: str, target: str, identity: Identity) -> bytes:
        """Put a template into the slot at this path and let xmlsec1 fill it in."""
        self.number += 1
        root = etree.fromstring(document)
        (element,) = root.xpath(f"/HOC_BA/{slot}")
        assert len(element) == 0
        element.append(
            etree.fromstring(
                TEMPLATE.format(
                    number=self.number, c14n=C14N, target=target, transforms=self.transforms
                )
            )
        )
        path, key, goal = (
            self.folder / "template.xml",
            self.folder / "key.pem",
            self.folder / "signed.xml",
        )
        path.write_bytes(etree.tostring(root, encoding="UTF-8", xml_declaration=True))
        key.write_bytes(
            identity.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        )
        certificate = pem(self.folder, f"signer{self.number}", (identity.certificate_der,))[0]
        names = (
            "DU_LIEU_HOC_BA",
            "THONG_TIN_HOC_BA",
            "DIEM_TONG_KET",
            "http://www.w3.org/2000/09/xmldsig#:Signature",
        )
        declared = [word for name in names for word in ("--id-attr:Id", name)]
        keys = ["--privkey-pem", f"{key},{certificate}"]
        done = run(
            [
                program("xmlsec1"),
                "--sign",
                "--output",
                goal,
                *declared,
                *keys,
                "--node-id",
                f"S{self.number}",
                path,
            ]
        )
        assert done.status == 0, done.log
        return goal.read_bytes()


def by_hand(
    scene: Scene, folder: Path, transforms: str, document: bytes, subjects: dict[str, str]
) -> bytes:
    """Sign everything in the slots of the field; `subjects` maps each teacher's Id to the
    subject's.
    """
    hand = Hand(scene, folder, transforms)
    inner = "DU_LIEU_HOC_BA/DANH_SACH_THONG_TIN_KY"
    for slot, (teacher, subject) in zip(scene.teachers, subjects.items(), strict=True):
        document = hand.sign(
            document, f"{inner}/DANH_SACH_GVBM/GVBM[@Id='{teacher}']", subject, scene.identity(slot)
        )
    document = hand.sign(document, f"{inner}/GVCN", "thongtinhocba", scene.identity(GVCN))
    document = hand.sign(document, "PHAT_HANH_HOC_BA/CBQL", "data", scene.identity(CBQL))
    return hand.sign(document, "PHAT_HANH_HOC_BA/KY_PHAT_HANH", "data", scene.identity(SEAL))


@pytest.mark.parametrize("transforms", TRANSFORMS)
def test_a_file_put_together_by_hand_is_judged_as_far_as_it_can_be(
    scene: Scene, tmp_path: Path, transforms: str
) -> None:
    octets = by_hand(scene, tmp_path, transforms, FOREIGN.encode(), {"gv1": "toan", "gv2": "van"})
    assert refused(scene, octets, tmp_path) == []
    report = scene.verify(octets)
    told = report.to_dict()
    assert report.verdict is Verdict.INDETERMINATE, causes(report)
    assert [(one["slot"], one["subject"], one["format"]) for one in told["signatures"]] == [
        ("GVBM", "toan", "XMLDSIG"),
        ("GVBM", "van", "XMLDSIG"),
        ("GVCN", None, "XMLDSIG"),
        ("CBQL", None, "XMLDSIG"),
        ("KY_PHAT_HANH", None, "XMLDSIG"),
    ]
    assert all(one["intact"] and one["indication"] == "INDETERMINATE" for one in told["signatures"])
    assert told["signatures"][4]["signer"]["common_name"] == scene.expected(SEAL).name
    assert told["workflow"]["order_proven"] is False
    assert told["workflow"]["order_basis"] == "none"
    assert {"DOC.FOREIGN", "SIG.PLAIN", "WF.ORDER_UNKNOWN"} <= causes(report)
    assert "Nothing in the file shows the order" in " ".join(text(report, "en").split())


def test_our_content_signed_by_hand_lacks_only_time_and_order(scene: Scene, tmp_path: Path) -> None:
    subjects = {str(slot.teacher): str(slot.subject) for slot in scene.teachers}
    octets = by_hand(scene, tmp_path, "exclusive", scene.draft, subjects)
    assert refused(scene, octets, tmp_path) == []
    report = scene.verify(octets)
    told = report.to_dict()
    assert report.verdict is Verdict.INDETERMINATE
    assert causes(report) - {"SIG.PLAIN", "WF.ORDER_UNKNOWN", "WF.PUPIL_NOT_COVERED"} == {
        "TT15.II_2_3"
    } & causes(report)
    assert (
        told["workflow"]["plan"],
        told["workflow"]["complete"],
        told["document"]["schema_valid"],
    ) == ("THCS_THPT", True, True)
    assert told["document"]["id"] == scene.transcript.identification.id


@pytest.mark.parametrize(
    ("old", "new", "broken"),
    [("8.5", "9.5", 4), ("Nguyễn Văn An", "Nguyễn Văn Ba", 3), ("Lê Văn Cường", "Lê Văn Cương", 4)],
)
def test_a_change_to_such_a_file_is_found(
    scene: Scene, tmp_path: Path, old: str, new: str, broken: int
) -> None:
    octets = by_hand(
        scene, tmp_path, "none", FOREIGN.encode(), {"gv1": "toan", "gv2": "van"}
    ).replace(old.encode(), new.encode(), 1)
    report = scene.verify(octets)
    assert report.verdict is Verdict.INVALID
    assert sum(not one["intact"] for one in report.to_dict()["signatures"]) == broken
    assert len(refused(scene, octets, tmp_path)) == broken


def test_teachers_of_such_a_file_are_found_by_their_ids(scene: Scene, tmp_path: Path) -> None:
    """A teacher's signature over another subject than the one that names the teacher is wrong."""
    octets = by_hand(scene, tmp_path, "none", FOREIGN.encode(), {"gv1": "van", "gv2": "toan"})
    report = scene.verify(octets)
    assert report.verdict is Verdict.INVALID
    assert "WF.MOVED" in causes(report)
    assert Slot(Role.GVBM, "toan", "gv1") in {
        one.signature.slot
        for one in report.conclusion.signatures  # type: ignore[union-attr]
    }
