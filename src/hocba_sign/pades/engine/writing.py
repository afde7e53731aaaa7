"""Revisions of PDF files, written through pyHanko: fields, signatures whose value is put in later,
the DSS dictionary.

No clock and no randomness: metadata stay as they are, the second part of the file identifier is the
hash of what was there.
Spec: ISO 32000-2, 12.8; EN 319 142-1, 5.4 and 6.3.
"""

import hashlib
from collections.abc import Iterator
from io import BytesIO
from typing import Any, Final, cast

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.pdf_utils.writer import BasePdfFileWriter, PdfFileWriter
from pyhanko.sign.fields import (
    FieldMDPAction,
    FieldMDPSpec,
    MDPPerm,
    SigFieldSpec,
    SigSeedSubFilter,
    append_signature_field,
    enumerate_sig_fields,
)
from pyhanko.sign.signers.cms_embedder import PdfCMSEmbedder, SigIOSetup, SigMDPSetup, SigObjSetup
from pyhanko.sign.signers.constants import ESIC_EXTENSION_1
from pyhanko.sign.signers.pdf_byterange import DocumentTimestamp, PdfSignedData, SignatureObject

from hocba_sign.errors import CallerError, InputError
from hocba_sign.pades.engine.bounded_document import open_document
from hocba_sign.pades.engine.budget import translated_errors
from hocba_sign.pades.engine.pictures import digest_of
from hocba_sign.pades.engine.tagging import tag_field
from hocba_sign.pades.facts.form import Field, Form, NewField, PlannedRevision, SignaturePlaceholder
from hocba_sign.pades.facts.revisions import FieldLock

MAX_PAGES: Final = 1000
MAX_FIELDS: Final = 1000

_DOC_MDP_NO_CHANGES: Final = 1
_NAME = generic.NameObject


def read_form(document: bytes) -> Form:
    """Read what matters for signing.

    Raises: InputError `PDF.UNREADABLE`, `PDF.ENCRYPTED`, `PDF.XFA`, `PDF.HYBRID`, `PDF.LIMIT`.
    """
    with translated_errors():
        reader = _reader(document)
        fields: list[Field] = []
        locks: list[tuple[str, FieldLock]] = []
        for name, value, reference in enumerate_sig_fields(reader):
            if len(fields) == MAX_FIELDS:
                raise InputError("PDF.LIMIT", detail=f"more than {MAX_FIELDS} signature fields")
            fields.append(
                Field(
                    name=str(name), is_filled=value is not None, size=_size(reference.get_object())
                )
            )
            if value is not None:
                locks += [(str(name), lock) for lock in _locks(value.get_object())]
        return Form(
            fields=tuple(fields),
            locks=tuple(locks),
            is_closed=_permission(reader) == _DOC_MDP_NO_CHANGES,
            pages=tuple(_pages(reader)),
        )


def read_gap(document: bytes, name: str) -> SignaturePlaceholder:
    """Find the room of the signature in the field `name`, which must cover the file to its end.

    Raises: as `read_form`; CallerError `SIGN.STATE` where there is no such signature.
    """
    with translated_errors():
        filled = enumerate_sig_fields(_reader(document), filled_status=True, with_name=name)
        signature = next((value.get_object() for found, value, _ in filled if found == name), None)
        if signature is None:
            raise CallerError("SIGN.STATE", where=name)
        start, end, resumed, length = map(int, _at(signature, "/ByteRange"))
    if start != 0 or not 0 < end < resumed or resumed + length != len(document):
        raise CallerError("SIGN.STATE", where=name)
    return SignaturePlaceholder(octets=document, start=end, end=resumed)


def append_gap(document: bytes, revision: PlannedRevision) -> SignaturePlaceholder:
    """Append the revision of a signature, or of a document time-stamp, and leave room for its
    value. Raises: as `read_form`.
    """
    with translated_errors():
        writer = _writer(document)
        has_signatures = any(enumerate_sig_fields(writer, filled_status=True))
        for new in revision.new_fields:
            append_signature_field(writer, _specification(new))
            if new.place is not None:
                reference = _reference(writer, new.name)
                _keep_blank(writer, reference.get_object(), new.place.size)
                if not has_signatures:
                    tag_field(writer, reference)
        writer.register_extension(ESIC_EXTENSION_1)
        embedding = PdfCMSEmbedder().write_cms(
            revision.field, writer, existing_fields_only=revision.signing_time is not None
        )
        field = next(embedding).get_object()
        if revision.appearance is not None:
            _show(writer, field, revision.appearance)
        embedding.send(
            SigObjSetup(
                sig_placeholder=_placeholder(revision),
                mdp_setup=_permissions(revision, _at(field, "/Lock")),
            )
        )
        prepared, output = embedding.send(
            SigIOSetup(md_algorithm=revision.digest_name, output=BytesIO())
        )
        return SignaturePlaceholder(
            octets=_appended(document, output),
            start=prepared.reserved_region_start,
            end=prepared.reserved_region_end,
        )


def append_values(
    document: bytes,
    *,
    certificates: tuple[bytes, ...],
    crls: tuple[bytes, ...],
    ocsps: tuple[bytes, ...],
) -> bytes:
    """Append validation data to the DSS dictionary, made where there is none; without VRI (EN 319
    142-1, 5.4.2). Raises: as `read_form`.
    """
    with translated_errors():
        writer = _writer(document)
        writer.register_extension(ESIC_EXTENSION_1)
        store = _at(writer.root, "/DSS")
        if store is None:
            store = generic.DictionaryObject({_NAME("/Type"): _NAME("/DSS")})
            writer.root[_NAME("/DSS")] = writer.add_object(store)
            writer.update_root()
        for key, values in (("/Certs", certificates), ("/CRLs", crls), ("/OCSPs", ocsps)):
            if values:
                _extend(writer, store, key, values=values)
        output = BytesIO()
        writer.write(output)
        return _appended(document, output)


def picture_digest(appearance: bytes, size: tuple[float, float]) -> bytes:
    """Return the digest of the picture that the one page of `appearance` becomes in a field of
    `size`. Raises: InputError `PDF.UNREADABLE`.
    """
    with translated_errors():
        return digest_of(_form(PdfFileWriter(), appearance, size))


class _RevisionWriter(IncrementalPdfFileWriter):
    """Appends what it is told and nothing else."""

    def _update_meta(self) -> None:
        """Leave /Info and XMP alone: a time of change would need a clock, and the page's makers
        said what they had to say.
        """

    def _write_header(self, stream: Any) -> None:
        """An object begins on a line of its own (ISO 19005-3, 6.1.9); not every file ends
        with one.
        """
        super()._write_header(stream)
        if not stream.getvalue().endswith((b"\n", b"\r")):
            stream.write(b"\n")

    @classmethod
    def _handle_id(cls, prev: Any) -> Any:
        prev.stream.seek(0)
        new = generic.ByteStringObject(hashlib.sha256(prev.stream.read()).digest()[:16])
        return generic.ArrayObject([prev.trailer["/ID"][0] if "/ID" in prev.trailer else new, new])


def _at(dictionary: Any, key: str, default: Any = None) -> Any:
    """Return what is under `key`, the object itself where there is a reference; pyHanko's `get`
    gives the reference.
    """
    return dictionary[key] if key in dictionary else default  # noqa: SIM401


def _reader(document: bytes) -> Any:
    reader = open_document(document)
    if reader.is_encrypted:
        raise InputError("PDF.ENCRYPTED")
    if reader.xrefs.hybrid_xrefs_present:
        raise InputError("PDF.HYBRID")
    form = _at(reader.root, "/AcroForm")
    if form is not None and "/XFA" in form:
        raise InputError("PDF.XFA")
    return reader


def _writer(document: bytes) -> Any:
    return _RevisionWriter.from_reader(_reader(document))


def _appended(document: bytes, output: BytesIO) -> bytes:
    octets = output.getvalue()
    if not octets.startswith(document):
        raise InputError("PDF.UNREADABLE", detail="not an incremental update")
    return octets


def _permission(reader: Any) -> int | None:
    """Return P of the certification (DocMDP; 2 where it is not said), or None."""
    certification = _at(_at(reader.root, "/Perms", {}), "/DocMDP")
    if certification is None:
        return None
    for reference in _at(certification, "/Reference", ()):
        if reference.get_object()["/TransformMethod"] == "/DocMDP":
            return int(_at(_at(reference.get_object(), "/TransformParams", {}), "/P", 2))
    return 2


def _locks(signature: Any) -> Iterator[FieldLock]:
    for reference in _at(signature, "/Reference", ()):
        if _at(reference.get_object(), "/TransformMethod") != "/FieldMDP":
            continue
        parameters = reference.get_object()["/TransformParams"]
        action = parameters["/Action"]
        names = (
            frozenset() if action == "/All" else frozenset(map(str, _at(parameters, "/Fields", ())))
        )
        yield FieldLock(names=names, is_all_but=action != "/Include")


def _pages(reader: Any) -> Iterator[tuple[float, float]]:
    count = int(reader.root["/Pages"]["/Count"])
    if not 1 <= count <= MAX_PAGES:
        raise InputError("PDF.LIMIT", detail=f"{count} pages, at most {MAX_PAGES}")
    for index in range(count):
        page = reader.find_page_for_modification(index)[0].get_object()
        while "/MediaBox" not in page:
            page = page["/Parent"]
        left, bottom, right, top = map(float, page["/MediaBox"])
        yield right - left, top - bottom


def _widget(field: Any) -> Any:
    return field if "/Rect" in field else next(iter(_at(field, "/Kids", ())), field).get_object()


def _size(field: Any) -> tuple[float, float] | None:
    widget = _widget(field)
    left, bottom, right, top = map(float, _at(widget, "/Rect", (0, 0, 0, 0)))
    size = (abs(right - left), abs(top - bottom))
    return size if all(size) else None


def _specification(field: NewField) -> SigFieldSpec:
    return SigFieldSpec(
        sig_field_name=field.name,
        on_page=0 if field.place is None else field.place.page,
        box=None if field.place is None else cast("Any", field.place.box),
        field_mdp_spec=_lock(field.locked_fields),
        readable_field_name=field.label,
    )


def _lock(locked_fields: tuple[str, ...]) -> FieldMDPSpec:
    return FieldMDPSpec(FieldMDPAction.INCLUDE, fields=list(locked_fields))


def _placeholder(revision: PlannedRevision) -> PdfSignedData:
    if revision.signing_time is None:
        return DocumentTimestamp(bytes_reserved=2 * revision.room)
    return SignatureObject(
        timestamp=revision.signing_time,
        subfilter=SigSeedSubFilter.PADES,
        bytes_reserved=2 * revision.room,
    )


def _permissions(revision: PlannedRevision, lock: Any) -> SigMDPSetup | None:
    """Say what may follow; the signature must say the same as its field's /Lock (ISO 32000-2,
    12.7.5.5).
    """
    if revision.signing_time is None:
        return None
    return SigMDPSetup(
        md_algorithm=revision.digest_name,
        certify=revision.certifies,
        docmdp_perms=MDPPerm.FILL_FORMS if revision.certifies else None,
        field_lock=_lock(revision.locked_fields)
        if lock is None
        else FieldMDPSpec.from_pdf_object(lock),
    )


def _reference(writer: BasePdfFileWriter, name: str) -> Any:
    (reference,) = (
        one for found, _, one in enumerate_sig_fields(writer, with_name=name) if found == name
    )
    return reference


def _keep_blank(writer: BasePdfFileWriter, field: Any, size: tuple[float, float]) -> None:
    """Return an empty field the appearance that PDF/A asks for (ISO 19005-3, 6.3.3), in the shape
    that the signature's own will have.
    """
    blank = generic.StreamObject(
        {_NAME("/Type"): _NAME("/XObject"), _NAME("/Subtype"): _NAME("/Form")}, stream_data=b""
    )
    blank[_NAME("/BBox")] = _bounds(size)
    _set_appearance(writer, field, blank)


def _show(writer: BasePdfFileWriter, field: Any, appearance: bytes) -> None:
    """Make the one page of `appearance` what is seen in the field's place."""
    size = _size(field)
    if size is not None:
        _set_appearance(writer, field, _form(writer, appearance, size))


def _form(writer: Any, appearance: bytes, size: tuple[float, float]) -> Any:
    form = writer.import_page_as_xobject(
        PdfFileReader(BytesIO(appearance)), inherit_filters=False
    ).get_object()
    form[_NAME("/BBox")] = _bounds(size)
    return form


def _bounds(size: tuple[float, float]) -> Any:
    return generic.ArrayObject(
        [generic.FloatObject(number) for number in (0, 0, *(round(side, 3) for side in size))]
    )


def _set_appearance(writer: BasePdfFileWriter, field: Any, form: Any) -> None:
    form.compress()
    reference = form.container_ref or writer.add_object(form)
    widget = _widget(field)
    widget[_NAME("/AP")] = generic.DictionaryObject(
        {_NAME("/N"): generic.IndirectObject(reference.idnum, reference.generation, writer)}
    )
    writer.update_container(widget)


def _extend(writer: BasePdfFileWriter, store: Any, key: str, *, values: tuple[bytes, ...]) -> None:
    array = _at(store, key)
    if array is None:
        array = store[_NAME(key)] = generic.ArrayObject()
        writer.update_container(store)
    for value in values:
        array.append(writer.add_object(generic.StreamObject(stream_data=value)))
    writer.update_container(array)
