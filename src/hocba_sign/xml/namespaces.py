"""Namespaces and the names of the document's frame; the names of its fields stand in the field
table (`model.fields`).
"""

from typing import Final

from hocba_sign.model.transcript import DATA_ELEMENT, ID_CONTENT, ID_DATA, ID_IDENTITY, ROOT_ELEMENT
from hocba_sign.model.workflow import Role

HOCBA: Final = "urn:hocba:1"
DS: Final = "http://www.w3.org/2000/09/xmldsig#"
XADES: Final = "http://uri.etsi.org/01903/v1.3.2#"
XADES141: Final = "http://uri.etsi.org/01903/v1.4.1#"
XS: Final = "http://www.w3.org/2001/XMLSchema"

SCHEMA_VERSION: Final = "1.0"
SCHEMA_VERSION_ATTRIBUTE: Final = "phienBanLuocDo"
ID: Final = "Id"
NONCE: Final = "NGAU_NHIEN"

ROOT: Final = ROOT_ELEMENT
DATA: Final = DATA_ELEMENT
SIGNATURE_SLOTS: Final = "DANH_SACH_CHU_KY"
SIGNING_LIST: Final = "DANH_SACH_THONG_TIN_KY"
TEACHER_LIST: Final = "DANH_SACH_GVBM"
ISSUE: Final = "PHAT_HANH_HOC_BA"
SUBJECT: Final = "DIEM_TONG_KET"
SLOTS: Final = tuple(str(role) for role in Role)
"""Slot elements are called as the roles that sign in them, in signing order."""
SLOT_SUBJECT: Final = "monHoc"
SLOT_TEACHER: Final = "giaoVien"
DS_SIGNATURE: Final = f"{{{DS}}}Signature"

__all__ = [
    "DATA",
    "DS",
    "DS_SIGNATURE",
    "HOCBA",
    "ID",
    "ID_CONTENT",
    "ID_DATA",
    "ID_IDENTITY",
    "ISSUE",
    "NONCE",
    "ROOT",
    "SCHEMA_VERSION",
    "SCHEMA_VERSION_ATTRIBUTE",
    "SIGNATURE_SLOTS",
    "SIGNING_LIST",
    "SLOTS",
    "SLOT_SUBJECT",
    "SLOT_TEACHER",
    "SUBJECT",
    "TEACHER_LIST",
    "XADES",
    "XADES141",
    "XS",
]
