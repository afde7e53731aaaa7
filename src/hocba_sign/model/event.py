"""Văn bản thu hồi, thay thế, đính chính: what happens to a transcript after issue, as a document.

A transcript is never changed once it is issued. The school that issued it withdraws it, replaces it
by a higher version, or corrects the pupil's particulars, and says so in an event that names the
transcript by id, version and digest.
"""

from collections.abc import Iterator
from datetime import date
from typing import Annotated, Final, Self

from hocba_sign.errors import Finding
from hocba_sign.frozen_dataclass import dataclass
from hocba_sign.model import exchange
from hocba_sign.model.codes import EventKind
from hocba_sign.model.fields import Group, Leaf, Many, element_path
from hocba_sign.model.identification import TRANSCRIPT_ID, VERSION
from hocba_sign.model.lexical import DAY, identifier, letter, text
from hocba_sign.model.person import NAME, School
from hocba_sign.model.record import EVENT_PLAN, RECORD_ID, SHA256_HEX
from hocba_sign.model.signers import ExpectedSigner, Principal
from hocba_sign.model.workflow import Role, Slot

ROOT_ELEMENT: Final = "SU_KIEN_HOC_BA"
DATA_ELEMENT: Final = "DU_LIEU_SU_KIEN"
CORRECTABLE: Final = "/DINH_DANH/HOC_SINH/[A-Z_/]{1,80}|/THONG_TIN_HOC_BA/LY_LICH/[A-Z_/]{1,80}"
"""Who the pupil is may be corrected; marks and results change only by a new version that the same
people sign.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class TranscriptReference:
    """One version of one transcript.

    `digest` is the SHA-256 of the exclusive canonical form of its `#data`, in lower-case
    hexadecimal.

    It covers what everybody signed and nothing else, so it stays when signatures are extended to LT
    and LTA.
    """

    id: Annotated[
        str,
        Leaf(
            element="MA_DINH_DANH_HOC_BA",
            key="madinhdanhhocba",
            title="Mã định danh học bạ",
            kind=TRANSCRIPT_ID,
            is_column=False,
        ),
    ]
    version: Annotated[
        int,
        Leaf(
            element="PHIEN_BAN",
            key="phienban",
            title="Phiên bản học bạ",
            kind=VERSION,
            is_column=False,
        ),
    ]
    digest: Annotated[
        str,
        Leaf(
            element="GIA_TRI_BAM",
            key="giatribam",
            title="Mã băm SHA-256 của phần dữ liệu được ký của học bạ",
            kind=SHA256_HEX,
            is_column=False,
        ),
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """One corrected field: its path below DU_LIEU_HOC_BA and its right value."""

    path: Annotated[
        str,
        Leaf(
            element="DUONG_DAN",
            key="duongdan",
            title="Đường dẫn của mục được đính chính",
            kind=identifier("correctable field", CORRECTABLE, max_length=120),
            is_column=False,
        ),
    ]
    value: Annotated[
        str,
        Leaf(
            element="GIA_TRI_DUNG",
            key="giatridung",
            title="Giá trị đúng",
            kind=text(250),
            is_column=False,
        ),
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One withdrawal, replacement or correction.

    It takes effect on `effective`, a day in Vietnam.
    """

    id: Annotated[
        str,
        Leaf(
            element="MA_SU_KIEN",
            key="masukien",
            title="Mã văn bản",
            kind=RECORD_ID,
            is_column=False,
        ),
    ]
    kind: Annotated[
        EventKind,
        Leaf(
            element="LOAI_SU_KIEN",
            key="loaisukien",
            title="Loại văn bản",
            kind=letter(EventKind),
            is_column=False,
        ),
    ]
    target: Annotated[
        TranscriptReference, Group(element="HOC_BA", key="hocba", title="Học bạ liên quan")
    ]
    successor: Annotated[
        TranscriptReference | None,
        Group(
            element="HOC_BA_THAY_THE",
            key="hocbathaythe",
            title="Học bạ thay thế, phiên bản cao hơn",
        ),
    ] = None
    corrections: Annotated[
        tuple[Correction, ...],
        Many(
            wrapper="DANH_SACH_DINH_CHINH",
            element="DINH_CHINH",
            key="danhsachdinhchinh",
            title="Nội dung đính chính",
            most=40,
        ),
    ] = ()
    reason: Annotated[
        str, Leaf(element="LY_DO", key="lydo", title="Lý do", kind=text(500), is_column=False)
    ]
    decision: Annotated[
        str | None,
        Leaf(
            element="SO_QUYET_DINH",
            key="soquyetdinh",
            title="Số quyết định",
            kind=text(50),
            is_column=False,
        ),
    ] = None
    effective: Annotated[
        date,
        Leaf(
            element="NGAY_HIEU_LUC",
            key="ngayhieuluc",
            title="Ngày có hiệu lực",
            kind=DAY,
            is_column=False,
        ),
    ]
    school: Annotated[
        School, Group(element="TRUONG", key="truong", title="Cơ sở giáo dục ban hành")
    ]
    principal: Annotated[
        Principal, Group(element="CBQL", key="cbql", title="Cán bộ quản lý ký văn bản")
    ]
    place: Annotated[
        str, Leaf(element="DIA_DANH", key="diadanh", title="Địa danh", kind=NAME, is_column=False)
    ]

    @classmethod
    def from_json(cls, document: str | bytes) -> Self:
        """Read an event from JSON. Raises: as `Transcript.from_json`."""
        return exchange.from_json(cls, document)

    def to_json(self) -> str:
        """Write JSON that `from_json` reads."""
        return exchange.to_json(self)

    @property
    def plan_name(self) -> str:
        return EVENT_PLAN

    @property
    def slots(self) -> tuple[Slot, ...]:
        return tuple(signer.slot for signer in self.expected_signers)

    @property
    def expected_signers(self) -> tuple[ExpectedSigner, ...]:
        principal = self.principal
        return (
            ExpectedSigner(
                slot=Slot(Role.CBQL),
                name=principal.full_name,
                personal_id=principal.personal_id,
                title=principal.title,
            ),
            ExpectedSigner.seal_of(self.school, written=self.effective),
        )


def check_event(event: Event, path: str) -> Iterator[Finding]:
    """Yield what does not fit together in an event whose fields are read; `path` is that of its
    data element.
    """
    successor, target = event.successor, event.target
    if event.kind is EventKind.REPLACEMENT and successor is None:
        yield Finding("EVENT.NO_SUCCESSOR", path + element_path(Event, "successor"))
    if event.kind is EventKind.CORRECTION and successor is not None:
        yield Finding("EVENT.STRAY_SUCCESSOR", path + element_path(Event, "successor"))
    if successor is not None and successor.version <= target.version:
        yield Finding("EVENT.SUCCESSOR_VERSION", path + element_path(Event, "successor", "version"))
    if (event.kind is EventKind.CORRECTION) != bool(event.corrections):
        yield Finding("EVENT.CORRECTIONS", path + element_path(Event, "corrections"))
