"""A PDF, opened once while a call works on it: the stages of signing it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from hocba_sign.frozen_dataclass import dataclass
from hocba_sign.model.person import School
from hocba_sign.model.workflow import Role, Slot
from hocba_sign.pades.facts.form import SignaturePlaceholder
from hocba_sign.pades.write_cms import chain
from hocba_sign.signing.pdf.complete import (
    CompletedPdf,
    complete_pdf,
    complete_received_pdf,
    read_last,
)
from hocba_sign.signing.pdf.draft import PdfDraft, read_pdf_draft
from hocba_sign.signing.pdf.prepare import prepare_pdf
from hocba_sign.signing.pdf.time_stamp import pdf_octets_to_time_stamp, with_pdf_time_stamp
from hocba_sign.signing.signing_policy import SigningPolicy
from hocba_sign.signing.state import SignedDocument, ToBeSigned


def open_pdf(document: bytes, *, slot: Slot, roles: tuple[Role, ...]) -> "PdfSession":
    """Read a PDF that is to be signed. Raises: as `read_pdf_draft`."""
    return PdfSession(read_pdf_draft(document, slot=slot, roles=roles))


def open_signed_pdf(signed: SignedDocument) -> "CompletedInPdf":
    """Open a PDF whose signature was just made.

    Raises: InputError; CallerError `SIGN.STATE` for one that does not end with it.
    """
    return CompletedInPdf(signed, read_last(signed.octets, signed.slot))


@dataclass(frozen=True, slots=True)
class CompletedInPdf:
    signed: SignedDocument
    made: CompletedPdf

    def octets_to_time_stamp(self) -> bytes:
        return pdf_octets_to_time_stamp(self.made)

    def with_time_stamp(self, token_der: bytes) -> SignedDocument:
        return replace(self.signed, octets=with_pdf_time_stamp(self.made, token_der))


@dataclass(frozen=True, slots=True)
class PreparedInPdf:
    state: ToBeSigned
    gap: SignaturePlaceholder

    def complete(self, value: bytes, *, at: datetime) -> CompletedInPdf:
        made = complete_pdf(self.state, self.gap, value=value, at=at)
        return CompletedInPdf(_signed(made.octets, self.state), made)


@dataclass(frozen=True, slots=True)
class PdfSession:
    draft: PdfDraft

    @property
    def school(self) -> School | None:
        return self.draft.school

    def prepare(
        self, slot: Slot, *, chain_der: Sequence[bytes], at: datetime, policy: SigningPolicy
    ) -> PreparedInPdf:
        return PreparedInPdf(
            *prepare_pdf(self.draft, slot, chain_der=chain_der, at=at, policy=policy)
        )

    def complete(
        self, state: ToBeSigned, value: bytes, *, at: datetime
    ) -> tuple[CompletedInPdf, tuple[bytes, ...]]:
        made = complete_received_pdf(self.draft, state, value=value, at=at)
        return CompletedInPdf(_signed(made.octets, state), made), chain(state.unsigned)


def _signed(octets: bytes, state: ToBeSigned) -> SignedDocument:
    return SignedDocument(octets=octets, slot=state.slot, notes=state.notes)
