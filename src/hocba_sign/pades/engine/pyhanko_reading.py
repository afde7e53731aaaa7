"""From octets to what a PDF says, through pyHanko: revisions, signature fields in any of them,
long-term data, the attached transcript.

Spec: ISO 32000-2, 7.5, 12.7.5.5 and 12.8; EN 319 142-1, 5.4.
"""

import re
import zlib
from collections.abc import Iterable, Iterator
from contextlib import suppress
from itertools import chain, islice
from typing import Any, Final

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.decode_limits import DecodePurpose
from pyhanko.pdf_utils.xref import ObjStreamRef
from pyhanko.sign.fields import enumerate_sig_fields

from hocba_sign.errors import Finding, InputError
from hocba_sign.pades.engine.beginning import beginning
from hocba_sign.pades.engine.bounded_document import RevisionReader, open_document
from hocba_sign.pades.engine.budget import translated_errors
from hocba_sign.pades.engine.sections import entry
from hocba_sign.pades.engine.steps import analyse
from hocba_sign.pades.facts.revisions import FieldFacts, FieldLock, LongTermValues, PdfFacts

MAX_FIELDS: Final = 500
MAX_VALUES: Final = 2_000
"""Certificates, CRLs and OCSP responses in all DSS dictionaries together."""
MAX_ATTACHED_OCTETS: Final = 16 * 1024 * 1024
MAX_PRODUCER: Final = 100
"""Letters of the name of a program."""
MAX_NAMES: Final = 1_000
"""Nodes of the tree of attachments."""

_END: Final = re.compile(rb"startxref[\x00\t\n\f\r ]+(\d{1,12})[\x00\t\n\f\r ]+%%EOF")
_KINDS: Final = (
    (("/Certs", "/Cert"), DecodePurpose.CERTIFICATE),
    (("/CRLs", "/CRL"), DecodePurpose.CRL),
    (("/OCSPs", "/OCSP"), DecodePurpose.OCSP_RESPONSE),
)


def read_facts(octets: bytes, *, attachment: str) -> PdfFacts:
    """Read a PDF; of its attachments only those called `attachment`.

    A file that strict reading refuses is read as other programs would, and says so (`PDF.SYNTAX`).
    Raises: InputError `PDF.UNREADABLE`, `PDF.ENCRYPTED`, `PDF.LIMIT`.
    """
    try:
        return _facts(open_document(octets), octets, attachment=attachment)
    except InputError as error:
        if error.cause != "PDF.UNREADABLE":
            raise
        detail = error.detail
    return _facts(
        open_document(octets, strict=False),
        octets,
        attachment=attachment,
        findings=(Finding("PDF.SYNTAX", detail),),
    )


def _facts(
    reader: RevisionReader, octets: bytes, *, attachment: str, findings: tuple[Finding, ...] = ()
) -> PdfFacts:
    with translated_errors():
        ends = tuple(_ends(reader, octets))
        fields = _fields(reader)
        first = min((field.revision for field in fields), default=reader.last_revision)
        return PdfFacts(
            octets=octets,
            ends=ends,
            fields=fields,
            beginning=beginning(reader, first) if fields and first > 0 else None,
            steps=tuple(analyse(reader, since=first)),
            empty_fields=tuple(
                str(name)
                for name, _, _ in islice(
                    enumerate_sig_fields(reader, filled_status=False), MAX_FIELDS
                )
            ),
            values=tuple(_values(reader)),
            attachments=tuple(_attached(reader, attachment)),
            page_count=int(entry(reader.root["/Pages"], "/Count", default=0)),
            findings=findings,
            producer=_producer(reader),
        )


def _producer(reader: RevisionReader) -> str | None:
    """Return the program named in the information dictionary, by which nothing is judged: what
    cannot be read there names none.
    """
    with suppress(InputError), translated_errors():
        information = entry(reader.trailer, "/Info", default={})
        told = (entry(information, key) for key in ("/Producer", "/Creator"))
        texts = (
            value for value in told if isinstance(value, generic.TextStringObject) and value.strip()
        )
        return next((str(text).strip()[:MAX_PRODUCER] for text in texts), None)
    return None


def _ends(reader: RevisionReader, octets: bytes) -> Iterator[int]:
    """Yield the offset behind %%EOF of each revision; both parts of a linearized file end where the
    later one does.
    """
    furthest = 0
    for revision in range(reader.last_revision + 1):
        section = reader.xrefs.get_xref_container_info(revision)
        found = _END.search(octets, section.end_location)
        if found is None:
            raise InputError(
                "PDF.UNREADABLE", where=f"octet {section.end_location}", detail="no end of revision"
            )
        furthest = max(furthest, found.end())
        yield furthest


def _fields(reader: RevisionReader) -> tuple[FieldFacts, ...]:
    """Collect the filled signature fields of all revisions, so that one that a later revision took
    away is known too.
    """
    found: dict[tuple[str, int], FieldFacts] = {}
    last = reader.last_revision
    for revision in range(last, -1, -1):
        handler = reader.get_historical_resolver(revision)
        if not handler.has_catalog:
            continue
        for name, value, reference in enumerate_sig_fields(handler, filled_status=True):
            if len(found) > MAX_FIELDS:
                raise InputError("PDF.LIMIT", detail=f"more than {MAX_FIELDS} signature fields")
            field = reference.get_object()
            held = field.raw_get("/V")
            if not isinstance(held, generic.IndirectObject) or not isinstance(
                value.get_object(), generic.DictionaryObject
            ):
                raise InputError("PDF.SIGNATURE_DICTIONARY", where=str(name))
            key = (str(name), held.reference.idnum)
            if key not in found:
                found[key] = _field(
                    reader, str(name), held.reference, field=field, is_present=revision == last
                )
    return tuple(sorted(found.values(), key=lambda one: (one.revision, one.signature_object)))


def _field(
    reader: RevisionReader, name: str, reference: Any, *, field: Any, is_present: bool
) -> FieldFacts:
    revision = reader.xrefs.get_last_change(reference)
    handler = reader.get_historical_resolver(revision)
    signature = handler.get_object(reference)
    place = reader.xrefs.get_historical_ref(reference, revision)
    references = [
        reference.get_object() for reference in entry(signature, "/Reference", default=())
    ]
    locks = [
        _lock(reference["/TransformParams"])
        for reference in references
        if entry(reference, "/TransformMethod") == "/FieldMDP"
    ]
    permissions = [
        entry(entry(reference, "/TransformParams", default={}), "/P", default=2)
        for reference in references
        if entry(reference, "/TransformMethod") == "/DocMDP"
    ]
    if "/Lock" in field:
        locks.append(_lock(field["/Lock"]))
        permissions += [field["/Lock"]["/P"]] if "/P" in field["/Lock"] else []
    return FieldFacts(
        name=name,
        where=f"{name} ({reference.idnum} {reference.generation} R)",
        signature_object=reference.idnum,
        revision=revision,
        object_at=None if isinstance(place, ObjStreamRef) else place,
        kind=str(entry(signature, "/Type", default="/Sig")),
        sub_filter=str(entry(signature, "/SubFilter", default="")),
        byte_range=_integers(
            signature.raw_get("/ByteRange") if "/ByteRange" in signature else None
        ),
        contents=_contents(signature),
        time_text=str(signature["/M"])
        if isinstance(entry(signature, "/M"), generic.TextStringObject)
        else None,
        doc_mdp=min((int(permission) for permission in permissions), default=None),
        locks=tuple(locks),
        is_present=is_present,
    )


def _lock(parameters: Any) -> FieldLock:
    action = parameters["/Action"]
    if action == "/All":
        return FieldLock(names=frozenset(), is_all_but=True)
    return FieldLock(
        names=frozenset(str(parameter) for parameter in parameters["/Fields"]),
        is_all_but=action != "/Include",
    )


def _integers(value: Any) -> tuple[int, ...]:
    """Take nothing but an array of integers that stands in the dictionary itself."""
    if not isinstance(value, generic.ArrayObject) or not all(
        isinstance(value.raw_get(at), generic.NumberObject) for at in range(len(value))
    ):
        return ()
    return tuple(int(number) for number in value)


def _contents(signature: Any) -> bytes | None:
    value = signature.raw_get("/Contents") if "/Contents" in signature else None
    return (
        bytes(value.original_bytes)
        if isinstance(value, generic.TextStringObject | generic.ByteStringObject)
        else None
    )


def _values(reader: RevisionReader) -> Iterator[LongTermValues]:
    """Read the DSS dictionary of each revision, those of VRI included; a stream that did not change
    is read once.
    """
    held: dict[tuple[int, int], bytes] = {}
    for revision in range(reader.last_revision + 1):
        handler = reader.get_historical_resolver(revision)
        store = entry(handler.root, "/DSS") if handler.has_catalog else None
        if not isinstance(store, generic.DictionaryObject):
            yield LongTermValues()
            continue
        related = entry(store, "/VRI", default={})
        stores = (store, *(related[key] for key in related))
        found = [
            tuple(
                dict.fromkeys(
                    _streams(
                        reader,
                        (holder[key] for holder in stores for key in keys if key in holder),
                        purpose,
                        held=held,
                    )
                )
            )
            for keys, purpose in _KINDS
        ]
        certificates, crls, ocsps = (tuple(filter(None, streams)) for streams in found)
        lost, *statements = (tuple(octets for octets in streams if not octets) for streams in found)
        yield LongTermValues(
            certificates=certificates,
            crls=crls,
            ocsps=ocsps,
            other_certificates=lost,
            other_statements=tuple(dict.fromkeys(chain.from_iterable(statements))),
        )


def _streams(
    reader: RevisionReader,
    arrays: Iterable[Any],
    purpose: DecodePurpose,
    *,
    held: dict[tuple[int, int], bytes],
) -> Iterator[bytes]:
    for array in arrays:
        for at in range(len(array)):
            reference = array.raw_get(at).reference
            key = (reference.idnum, reader.xrefs.get_last_change(reference))
            if key not in held:
                if len(held) == MAX_VALUES:
                    raise InputError("PDF.LIMIT", detail=f"more than {MAX_VALUES} values")
                held[key] = _decoded(reference.get_object(), purpose)
            yield held[key]


def _decoded(stream: Any, purpose: DecodePurpose) -> bytes:
    """Return a value, nothing where it cannot be decoded: it proves nothing then."""
    try:
        return bytes(stream.read_data(purpose))
    except zlib.error:
        return b""


def _attached(reader: RevisionReader, wanted: str) -> Iterator[bytes]:
    """Yield the content of every attachment of that name (ISO 32000-2, 7.11.4 and 7.9.6)."""
    waiting = [entry(entry(reader.root, "/Names", default={}), "/EmbeddedFiles", default={})]
    visited = 0
    while waiting:
        visited += 1
        if visited > MAX_NAMES:
            raise InputError("PDF.LIMIT", detail=f"more than {MAX_NAMES} nodes of attachments")
        node = waiting.pop()
        waiting += [node["/Kids"][at] for at in range(len(entry(node, "/Kids", default=())))]
        names = entry(node, "/Names", default=())
        if len(names) > 2 * MAX_NAMES:
            raise InputError("PDF.LIMIT", detail=f"more than {MAX_NAMES} attachments")
        for at in range(0, len(names) - 1, 2):
            specification = names[at + 1]
            if wanted in {
                str(names[at]),
                str(entry(specification, "/F", default="")),
                str(entry(specification, "/UF", default="")),
            }:
                octets = bytes(specification["/EF"]["/F"].read_data())
                if len(octets) > MAX_ATTACHED_OCTETS:
                    raise InputError("PDF.LIMIT", where=wanted, detail=f"{len(octets)} octets")
                yield octets
