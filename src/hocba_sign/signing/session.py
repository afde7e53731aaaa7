"""One document, opened once while a call works on it: as XML or PDF, which is asked here alone.

Each step gives the next; none of them leaves the call, for those of XML hold a tree.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from importlib import import_module
from types import ModuleType
from typing import Protocol, cast

from hocba_sign.frozen_dataclass import dataclass
from hocba_sign.model.person import School
from hocba_sign.model.workflow import Role, Slot
from hocba_sign.pades.header import is_pdf
from hocba_sign.signing.signing_policy import SigningPolicy
from hocba_sign.signing.state import SignedDocument, ToBeSigned
from hocba_sign.signing.xml.complete import complete_received_xml, complete_xml
from hocba_sign.signing.xml.draft import OpenDraft, open_draft
from hocba_sign.signing.xml.opened import OpenXml
from hocba_sign.signing.xml.prepare import prepare_xml
from hocba_sign.signing.xml.time_stamp import with_xml_time_stamp, xml_octets_to_time_stamp


class Completed(Protocol):
    """A document whose last signature was just made."""

    @property
    def signed(self) -> SignedDocument: ...

    def octets_to_time_stamp(self) -> bytes:
        """Return the octets whose digest goes to the time-stamp authority.

        Raises: as `xml_octets_to_time_stamp`, `pdf_octets_to_time_stamp`.
        """
        ...

    def with_time_stamp(self, token_der: bytes) -> SignedDocument:
        """Put a token on the signature; the rest stays.

        Raises: as `with_xml_time_stamp`, `with_pdf_time_stamp`.
        """
        ...


class Prepared(Protocol):
    """A signature that waits for its value."""

    @property
    def state(self) -> ToBeSigned: ...

    def complete(self, value: bytes, *, at: datetime) -> Completed:
        """Put the value in. Raises: as `complete`."""
        ...


class Session(Protocol):
    """A document that may be signed."""

    @property
    def school(self) -> School | None: ...

    def prepare(
        self, slot: Slot, *, chain_der: Sequence[bytes], at: datetime, policy: SigningPolicy
    ) -> Prepared:
        """Prepare a signature. Raises: as `prepare`, but for `admit`."""
        ...

    def complete(
        self, state: ToBeSigned, value: bytes, *, at: datetime
    ) -> tuple[Completed, tuple[bytes, ...]]:
        """Complete a state from anywhere, and return the certificates in it.

        Raises: as `complete`, but for `admit`.
        """
        ...


def open_document(document: bytes, *, slot: Slot, roles: tuple[Role, ...]) -> Session:
    """Read a document that is to be signed. Raises: as `read_draft` and `read_pdf_draft`."""
    if is_pdf(document):
        return cast("Session", _of_pdf().open_pdf(document, slot=slot, roles=roles))
    return _XmlSession(open_draft(document))


def open_signed(signed: SignedDocument) -> Completed:
    """Open a document whose signature was just made. Raises: InputError; CallerError `SIGN.STATE`
    for a PDF that does not end with it.
    """
    if is_pdf(signed.octets):
        return cast("Completed", _of_pdf().open_signed_pdf(signed))
    return _CompletedXml(signed, OpenXml.of(signed.octets))


def _of_pdf() -> ModuleType:
    """Return the stages of signing a PDF; they load with the first."""
    return import_module("hocba_sign.signing.pdf.pdf_session")


@dataclass(frozen=True, slots=True)
class _CompletedXml:
    signed: SignedDocument
    opened: OpenXml

    def octets_to_time_stamp(self) -> bytes:
        return xml_octets_to_time_stamp(self.opened, self.signed.slot)

    def with_time_stamp(self, token_der: bytes) -> SignedDocument:
        octets = with_xml_time_stamp(self.opened, self.signed.slot, token_der=token_der)
        return replace(self.signed, octets=octets)


@dataclass(frozen=True, slots=True)
class _PreparedXml:
    state: ToBeSigned
    given: OpenDraft

    def complete(self, value: bytes, *, at: datetime) -> _CompletedXml:
        opened = complete_xml(self.given, self.state, value=value, at=at).opened
        return _CompletedXml(_signed(opened.xml.octets, self.state), opened)


@dataclass(frozen=True, slots=True)
class _XmlSession:
    given: OpenDraft

    @property
    def school(self) -> School | None:
        return self.given.draft.school

    def prepare(
        self, slot: Slot, *, chain_der: Sequence[bytes], at: datetime, policy: SigningPolicy
    ) -> _PreparedXml:
        state = prepare_xml(self.given, slot, chain_der=chain_der, at=at, policy=policy)
        return _PreparedXml(state, self.given)

    def complete(
        self, state: ToBeSigned, value: bytes, *, at: datetime
    ) -> tuple[_CompletedXml, tuple[bytes, ...]]:
        made = complete_received_xml(self.given, state, value=value, at=at)
        signed = _signed(made.opened.xml.octets, state)
        return _CompletedXml(signed, made.opened), made.signature.certificates_der


def _signed(octets: bytes, state: ToBeSigned) -> SignedDocument:
    return SignedDocument(octets=octets, slot=state.slot, notes=state.notes)
