"""What a file given as evidence holds: every certificate, revocation list and OCSP response in it,
and what else, by content and never by name.

Nothing is verified here. What cannot be read is named, with whether it may have been a statement on
revocation.
"""

from collections.abc import Iterator
from dataclasses import field
from enum import StrEnum
from typing import Final

from hocba_sign.crypto import der
from hocba_sign.errors import InputError
from hocba_sign.frozen_dataclass import dataclass
from hocba_sign.pki.certificates.certificate import Certificate
from hocba_sign.pki.loading.encodings import SMALLEST, Piece, pieces
from hocba_sign.pki.loading.kinds import WRONG_KINDS, ObjectKind, form_of_file, kind_of, wrong_kind
from hocba_sign.pki.revocation.readable import check_crl, check_ocsp

MAX_FILE_OCTETS: Final = 16 * 1024 * 1024
MAX_FILE_CERTIFICATES: Final = 2000
"""Bundles of whole operating systems hold about 150."""
MAX_NESTED: Final = 4
"""Containers within containers."""

_BASIC_RESPONSE: Final = bytes.fromhex("06092b0601050507300101")
_OCSP_IN_CMS: Final = bytes.fromhex("06082b06010505071002")
_ENUMERATED: Final = 0x0A


class LossMark(StrEnum):
    """What tells that a part which cannot be read may be evidence."""

    STATEMENT = "statement"
    """It has the shape or the name of a revocation list or an OCSP response."""
    NOTHING = "nothing"
    """Nothing tells what it is, so it may be one."""
    OTHER = "other"
    """It is something else."""


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a file that was not read, with its cause and its place in the file."""

    cause: str
    where: str
    mark: LossMark


@dataclass(frozen=True, slots=True, kw_only=True)
class Objects:
    """What a file holds, each once and in its order; lists and responses as DER.

    `others` are the kinds beside them, `unread` what was not read.
    """

    certificates: tuple[Certificate, ...] = ()
    crls: tuple[bytes, ...] = field(default=(), repr=False)
    ocsps: tuple[bytes, ...] = field(default=(), repr=False)
    others: tuple[ObjectKind, ...] = ()
    unread: tuple[Part, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.certificates or self.crls or self.ocsps)

    @property
    def kinds(self) -> tuple[ObjectKind, ...]:
        """Return the kinds of what was read, those of evidence first."""
        held = (
            (ObjectKind.CERTIFICATE, self.certificates),
            (ObjectKind.CRL, self.crls),
            (ObjectKind.OCSP, self.ocsps),
        )
        return (*(kind for kind, found in held if found), *self.others)


_CLOSED: Final = frozenset(
    {ObjectKind.PICTURE, ObjectKind.SYSTEM, ObjectKind.ARCHIVE, ObjectKind.EMPTY}
)
"""Not looked into."""


def read_objects(octets: bytes) -> Objects:
    """Read everything in a file, however it is written. Raises: nothing for any octets."""
    form = form_of_file(octets)
    if form in _CLOSED:
        unread = (
            (Part(WRONG_KINDS[form], "", LossMark.NOTHING),) if form is ObjectKind.ARCHIVE else ()
        )
        return Objects(others=(form,), unread=unread)
    reader = _ObjectReader(is_document=form is ObjectKind.DOCUMENT)
    for piece in pieces(octets):
        reader.take(piece)
    return reader.objects(form)


def wrong_document(error: InputError, octets: bytes) -> InputError:
    """Say in the place of the error of a file that was taken for a document what the file is
    instead, where that can be told.
    """
    kinds = (
        [kind for kind in read_objects(octets).kinds if kind is not ObjectKind.DOCUMENT]
        if error.cause == "XML.NOT_XML"
        else []
    )
    cause = wrong_kind(kinds, default="")
    return (
        InputError(error.cause, where=f"{error.where}: {cause}", detail=error.detail)
        if cause
        else error
    )


def load_certificates(octets: bytes) -> tuple[Certificate, ...]:
    """Read all certificates of a file as CAs publish them. Order is kept, repetitions are dropped.

    One unreadable certificate among good ones is an error, not left out.
    Raises: InputError CERT.FILE where nothing is found, FILE.IS_* for what is another kind of file,
    CERT.MALFORMED and CERT.TOO_LARGE with the place in the file.
    """
    if len(octets) > MAX_FILE_OCTETS:
        raise InputError("CERT.TOO_LARGE", detail=f"{len(octets)} octets")
    found = read_objects(octets)
    if len(found.certificates) > MAX_FILE_CERTIFICATES:
        raise InputError("CERT.TOO_LARGE", detail=f"more than {MAX_FILE_CERTIFICATES} certificates")
    broken = next((part for part in found.unread if part.cause.startswith("CERT.")), None)
    if broken is not None:
        raise InputError(broken.cause, where=broken.where)
    if not found.certificates:
        kinds = (
            kind for kind in found.kinds if kind not in {ObjectKind.DOCUMENT, ObjectKind.PICTURE}
        )
        raise InputError(
            wrong_kind(kinds, default="CERT.MALFORMED" if octets[:1] == b"\x30" else "CERT.FILE")
        )
    return found.certificates


class _ObjectReader:
    """Collects what the pieces of one file are; in a document codes of other things are
    ordinary.
    """

    def __init__(self, *, is_document: bool) -> None:
        self._is_document = is_document
        self._certificates: dict[bytes, Certificate] = {}
        self._crls: dict[bytes, None] = {}
        self._ocsps: dict[bytes, None] = {}
        self._others: dict[ObjectKind, None] = {}
        self._unread: list[Part] = []

    def objects(self, form: ObjectKind | None) -> Objects:
        is_nothing = not (
            self._certificates or self._crls or self._ocsps or self._others or self._unread
        )
        if is_nothing and form is None:
            self._unread.append(Part("FILE.UNUSABLE", "", LossMark.NOTHING))
        elif form is ObjectKind.DOCUMENT or (is_nothing and form is not None):
            self._others[form] = None
        return Objects(
            certificates=tuple(self._certificates.values()),
            crls=tuple(self._crls),
            ocsps=tuple(self._ocsps),
            others=tuple(self._others),
            unread=tuple(self._unread),
        )

    def take(self, piece: Piece) -> None:
        if piece.is_whole:
            self._object(piece.octets, piece.where, label=piece.label, depth=0)
        else:
            self._broken(
                piece.octets,
                piece.where,
                label=piece.label,
                kind=kind_of(piece.octets, is_cut=True),
            )

    def _object(self, octets: bytes, where: str, *, label: str, depth: int) -> None:
        kind = kind_of(octets)
        try:
            match kind:
                case ObjectKind.CERTIFICATE:
                    self._certificates.setdefault(octets, Certificate.load(octets))
                case ObjectKind.CRL:
                    check_crl(octets)
                    self._crls.setdefault(octets)
                case ObjectKind.OCSP:
                    response = _as_response(octets)
                    check_ocsp(response)
                    self._ocsps.setdefault(response)
                case ObjectKind.BUNDLE if depth < MAX_NESTED:
                    for number, inner in enumerate(_contents(octets), 1):
                        self._object(inner, f"{where}, part {number}", label="", depth=depth + 1)
                case ObjectKind.BUNDLE | ObjectKind.UNKNOWN:
                    self._broken(octets, where, label=label, kind=ObjectKind.UNKNOWN)
                case _:
                    self._others[kind] = None
        except InputError as error:
            self._broken(
                octets,
                ", ".join(filter(None, (where, error.where))),
                label=label,
                kind=kind,
                cause=error.cause,
            )

    def _broken(
        self, octets: bytes, where: str, *, label: str, kind: ObjectKind, cause: str = ""
    ) -> None:
        """Name what is cut off, damaged or of an unknown kind, by its shape or by what its PEM
        boundary promises.
        """
        other, mark = _by_label(label)
        if kind is ObjectKind.UNKNOWN and other is not None:
            self._others[other] = None
            return
        if cause == "REVOCATION.OCSP_UNSUCCESSFUL":
            # It was read, and says nothing.
            mark = LossMark.OTHER
        elif kind in {ObjectKind.CRL, ObjectKind.OCSP}:
            mark = LossMark.STATEMENT
        elif kind is ObjectKind.CERTIFICATE or (not label and 0 < len(octets) < SMALLEST):
            mark = LossMark.OTHER
        if self._is_document and mark is LossMark.NOTHING and not label:
            return
        kind = (
            ObjectKind.CERTIFICATE
            if kind is ObjectKind.UNKNOWN and "CERTIFICATE" in label
            else kind
        )
        self._unread.append(
            Part(
                _UNREAD.get(kind, "FILE.UNUSABLE") if cause in {"", "DER.MALFORMED"} else cause,
                where,
                mark,
            )
        )


_UNREAD: Final = {
    ObjectKind.CERTIFICATE: "CERT.MALFORMED",
    ObjectKind.CRL: "REVOCATION.CRL_MALFORMED",
    ObjectKind.OCSP: "REVOCATION.OCSP_MALFORMED",
}


def _by_label(label: str) -> tuple[ObjectKind | None, LossMark]:
    """Return what a PEM boundary promises: a kind that is no evidence, or what its loss may
    mean.
    """
    if "KEY" in label or "PARAMETERS" in label or label.startswith(("PGP", "SSH", "DH ")):
        return ObjectKind.KEY, LossMark.OTHER
    if "REQUEST" in label:
        return ObjectKind.REQUEST, LossMark.OTHER
    if "CRL" in label or "OCSP" in label or "REVOCATION" in label:
        return None, LossMark.STATEMENT
    return None, LossMark.NOTHING


def _as_response(octets: bytes) -> bytes:
    """Return an OCSPResponse, around a BasicOCSPResponse that stands alone."""
    if der.whole(octets, der.SEQUENCE).octets[der.element_at(octets, 0).start] == _ENUMERATED:
        return octets
    inner = der.encode(der.SEQUENCE, _BASIC_RESPONSE, der.encode(der.OCTET_STRING, octets))
    return der.encode(der.SEQUENCE, der.encode(_ENUMERATED, b"\x00"), der.encode(0xA0, inner))


def _contents(octets: bytes) -> Iterator[bytes]:
    """Yield the certificates, lists and responses in signed data, and what its content is if that
    is an object; or the members of a row.

    Raises: InputError DER.MALFORMED.
    """
    parts = der.sequence(der.whole(octets, der.SEQUENCE))
    if parts[0].tag != der.OID:
        yield from (part.der for part in parts)
        return
    if len(parts) != 2:
        raise der.malformed(0, "fields")
    signed = der.whole(der.whole(parts[1].der, 0xA0).content, der.SEQUENCE)
    for part in der.children(signed):
        if part.tag == 0xA0:
            yield from (child.der for child in der.children(part) if child.tag == der.SEQUENCE)
        elif part.tag == 0xA1:
            yield from filter(None, (_revocation_value(child) for child in der.children(part)))
        elif part.tag == der.SEQUENCE:
            yield from (inner for holder in der.children(part)[1:] for inner in _inner(holder))


def _revocation_value(choice: der.Element) -> bytes | None:
    if choice.tag != 0xA1:
        return choice.der
    kind, *value = der.children(choice)
    return value[0].der if kind.der == _OCSP_IN_CMS and value else None


def _inner(holder: der.Element) -> Iterator[bytes]:
    """Yield the content where it is an object or more signed data; a message of another kind is no
    evidence.
    """
    for part in der.children(holder):
        if (
            part.tag == der.OCTET_STRING
            and part.content[:1] == b"\x30"
            and kind_of(part.content) is not ObjectKind.UNKNOWN
        ):
            yield part.content
