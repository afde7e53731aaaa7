"""Documents about transcripts, to octets and back: events, registries, status lists."""

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Any, Final, cast

from lxml import etree

from hocba_sign.errors import Finding, InputError
from hocba_sign.frozen_dataclass import dataclass
from hocba_sign.model import event, registry, status_list
from hocba_sign.model.event import Event
from hocba_sign.model.reading import ObjectSource, RecordReader
from hocba_sign.model.registry import RegistrySnapshot
from hocba_sign.model.status_list import StatusList
from hocba_sign.xml import namespaces
from hocba_sign.xml.decode import source_of
from hocba_sign.xml.encode import write_fields
from hocba_sign.xml.format_version import require_version
from hocba_sign.xml.parse import parse
from hocba_sign.xml.tree import Element

_DECLARATION: Final = b'<?xml version="1.0" encoding="UTF-8"?>\n'


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordForm:
    """How one kind of record is written. `kind` is the name that reports use."""

    kind: str
    root: str
    data: str
    record: type
    findings_of: Callable[[Any, str], Iterator[Finding]]

    @property
    def path(self) -> str:
        return f"/{self.root}/{self.data}"


FORMS: Final = (
    RecordForm(
        kind="event",
        root=event.ROOT_ELEMENT,
        data=event.DATA_ELEMENT,
        record=Event,
        findings_of=event.check_event,
    ),
    RecordForm(
        kind="registry",
        root=registry.ROOT_ELEMENT,
        data=registry.DATA_ELEMENT,
        record=RegistrySnapshot,
        findings_of=registry.check_registry,
    ),
    RecordForm(
        kind="status_list",
        root=status_list.ROOT_ELEMENT,
        data=status_list.DATA_ELEMENT,
        record=StatusList,
        findings_of=status_list.check_status_list,
    ),
)
_BY_ROOT: Final[Mapping[str, RecordForm]] = MappingProxyType(
    {f"{{{namespaces.HOCBA}}}{form.root}": form for form in FORMS}
)
_BY_DATA: Final[Mapping[str, RecordForm]] = MappingProxyType(
    {f"{{{namespaces.HOCBA}}}{form.data}": form for form in FORMS}
)


def form_of(root: Element) -> RecordForm | None:
    """Return which kind of record a document is; None for a transcript and for everything else."""
    return _BY_ROOT.get(str(root.tag))


def encode_record(record: Event | RegistrySnapshot | StatusList) -> bytes:
    """Write the document with empty slots: UTF-8, exclusive canonical form, the same octets every
    time.

    Raises: InputError with the first fault of the record, all of them in `findings`.
    """
    form = next(form for form in FORMS if form.record is type(record))
    reader = RecordReader()
    reader.read(form.record, ObjectSource(record, form.path))
    findings = (*reader.findings, *form.findings_of(record, form.path))
    if findings:
        raise InputError(findings[0].cause, where=findings[0].where, findings=findings)
    root = etree.Element(_tag(form.root), nsmap=cast("dict[str, str]", {None: namespaces.HOCBA}))
    root.set(namespaces.SCHEMA_VERSION_ATTRIBUTE, namespaces.SCHEMA_VERSION)
    data = etree.SubElement(root, _tag(form.data))
    data.set(namespaces.ID, namespaces.ID_DATA)
    write_fields(data, record, path=form.path)
    slots = etree.SubElement(root, _tag(namespaces.SIGNATURE_SLOTS))
    for slot in record.slots:
        etree.SubElement(slots, _tag(slot.role))
    return _DECLARATION + etree.tostring(root, method="c14n", exclusive=True)


def decode_record(data: bytes | Element) -> Event | RegistrySnapshot | StatusList:
    """Read the data element of a record, given as such or as the octets of its canonical form.

    Raises: InputError with the first fault, all of them in its `findings`; from octets also
    `XML.*`.
    """
    element = parse(data).root if isinstance(data, bytes) else data
    form = _BY_DATA.get(str(element.tag))
    if form is None:
        raise InputError("RECORD.UNKNOWN", where="/")
    if element.get(namespaces.ID) != namespaces.ID_DATA:
        raise InputError("TRANSCRIPT.WRONG_ID", where=form.path)
    reader = RecordReader()
    record: Event | RegistrySnapshot | StatusList = reader.read(
        form.record, source_of(element, form.path)
    )
    findings = (*reader.findings, *form.findings_of(record, form.path))
    if findings:
        raise InputError(findings[0].cause, where=findings[0].where, findings=findings)
    return record


def decode_record_document(root: Element) -> Event | RegistrySnapshot | StatusList:
    """Read the data of a whole document of one of `FORMS`.

    Raises: as `decode_record`, RECORD.UNKNOWN for any other.
    """
    form = form_of(root)
    if form is None:
        raise InputError("RECORD.UNKNOWN", where="/")
    require_version(root)
    found = [child for child in root.iterchildren("*") if child.tag == _tag(form.data)]
    if len(found) != 1:
        raise InputError("TRANSCRIPT.MISSING_FIELD", where=form.path)
    return decode_record(found[0])


def _tag(name: str) -> str:
    return f"{{{namespaces.HOCBA}}}{name}"
