"""Signed octets or a parsed tree to a Transcript, and all that is wrong with it."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from lxml import etree

from hocba_sign.errors import Finding, InputError
from hocba_sign.frozen_dataclass import dataclass
from hocba_sign.model.check import check_transcript
from hocba_sign.model.fields import Bound, Leaf, Many
from hocba_sign.model.reading import Naming, RecordReader, RecordSource
from hocba_sign.model.transcript import DATA_PATH, Transcript
from hocba_sign.xml import namespaces
from hocba_sign.xml.c14n import C14nAlgorithm, canonicalize
from hocba_sign.xml.faultless import decode_faultless
from hocba_sign.xml.format_version import require_version
from hocba_sign.xml.nonce import read_nonce
from hocba_sign.xml.parse import parse
from hocba_sign.xml.tree import Element

_NAMESPACES: Final = frozenset({namespaces.HOCBA, None})
_SHOWN_NAME: Final = 60
_BLANK: Final = " \t\r\n"


def decode(data: bytes | Element) -> Transcript:
    """Read a DU_LIEU_HOC_BA element, given as such or as the octets of its canonical form.

    Raises: InputError with the first fault that leaves a value unread, all faults in its
    `findings`; from octets also `XML.*`.
    """
    root = parse(data).root if isinstance(data, bytes) else data
    return RecordReader().read(Transcript, _source(root))


def decode_document(root: Element) -> Transcript:
    """Read the data of a whole document; its slots are for `xml.layout`. Raises: as `decode`."""
    return decode(_data(root))


def decode_signed(root: Element, data: bytes) -> Transcript | None:
    """Return what `decode` reads from the signed octets `data` of a document, if neither that nor
    `check_document` finds any fault in it: the quick path, which answers nothing else.

    Raises: as `check_document`.
    """
    element = _data(root)
    # The canonical form has no comments, which may split a value in the file.
    has_comment = next(element.iter(etree.Comment), None) is not None
    return (
        None
        if has_comment or element.get(namespaces.ID) != namespaces.ID_DATA
        else decode_faultless(data)
    )


def decode_quickly(root: Element) -> Transcript | None:
    """Return what `decode_document` reads, if neither that nor `check_document` finds any fault:
    the quick path, which answers nothing else.

    Raises: as `check_document`.
    """
    return decode_signed(root, canonicalize(_data(root), C14nAlgorithm.EXCLUSIVE))


def document_nonce(root: Element) -> bytes | None:
    """Return the random octets in a transcript's data, None where it has none.

    Raises: InputError `TRANSCRIPT.*` as `decode_document`.
    """
    return read_nonce(_data(root))


def check_document(root: Element) -> tuple[Finding, ...]:
    """Return every fault of a document's data by the rules for texts, codes and fields, each with
    its path and none with a value.

    Raises: nothing but InputError `TRANSCRIPT.*` where the root is no transcript at all.
    """
    return check_data(_data(root))


def check_data(data: Element) -> tuple[Finding, ...]:
    """Return every fault of a DU_LIEU_HOC_BA element, as `check_document`."""
    reader = RecordReader()
    reader.record(Transcript, _source(data))
    return (*reader.findings, *check_transcript(reader.built))


def source_of(element: Element, path: str) -> RecordSource:
    """Return an element of the canonical namespace as source of a record's values; `path` is what
    faults in it are told by.
    """
    return _XmlSource.of(element, path, prefix=f"{{{namespaces.HOCBA}}}")


def _data(root: Element) -> Element:
    name = etree.QName(root)
    if name.localname != namespaces.ROOT or name.namespace not in _NAMESPACES:
        raise InputError("TRANSCRIPT.NOT_A_TRANSCRIPT", where="/")
    require_version(root)
    found = [
        child
        for child in root.iterchildren("*")
        if etree.QName(child) == etree.QName(name.namespace, namespaces.DATA)
    ]
    if len(found) != 1:
        raise InputError("TRANSCRIPT.MISSING_FIELD", where=DATA_PATH)
    return found[0]


def _source(data: Element) -> "_XmlSource":
    name = etree.QName(data)
    if name.localname != namespaces.DATA or name.namespace not in _NAMESPACES:
        raise InputError("TRANSCRIPT.NOT_A_TRANSCRIPT", where="/")
    if data.get(namespaces.ID) != namespaces.ID_DATA:
        raise InputError("TRANSCRIPT.WRONG_ID", where=DATA_PATH)
    source = _XmlSource.of(
        data, DATA_PATH, prefix=f"{{{name.namespace}}}" if name.namespace else ""
    )
    return replace(source.without_slots(), is_data=True)


@dataclass(frozen=True, slots=True)
class _XmlSource:
    """An element as a source of a record's values.

    `children` are its children by local name, those of other namespaces left out.
    `slots` is a child that is no part of the record.
    `is_data` tells that the element is the signed data as a whole, which has random octets.
    """

    element: Element
    path: str
    prefix: str
    children: dict[str, list[Element]]
    slots: Element | None = None
    is_data: bool = False

    @classmethod
    def of(cls, element: Element, path: str, *, prefix: str) -> "_XmlSource":
        found: dict[str, list[Element]] = {}
        for child in element:
            tag = str(child.tag)
            if tag.startswith(prefix):
                found.setdefault(tag.removeprefix(prefix), []).append(child)
        return cls(element, path, prefix, found)

    def without_slots(self) -> "_XmlSource":
        """Leave out the slots that the transcript store's layout has as last part of the data; they
        are for `xml.layout`.
        """
        last = self.element[-1] if len(self.element) else None
        return (
            self
            if last is None or last.tag != namespaces.SIGNING_LIST
            else replace(self, slots=last)
        )

    @property
    def naming(self) -> Naming:
        return "element"

    def where(self, name: str | None = None) -> str:
        return f"{self.path}/{name}" if name else self.path

    def leaf(self, bound: Bound, spec: Leaf) -> str | None:
        del bound
        found = self.children.get(spec.element)
        if not found:
            return None
        element = found[0]
        if len(element) or element.attrib:
            raise InputError("TRANSCRIPT.NOT_TEXT", where=self.where(spec.element))
        return element.text or ""

    def group(self, bound: Bound, record: type) -> "_XmlSource | None":
        del record
        name = bound.spec.element
        if name is None:
            return self
        found = self.children.get(name)
        return _XmlSource.of(found[0], self.where(name), prefix=self.prefix) if found else None

    def many(self, bound: Bound, spec: Many) -> "tuple[_XmlSource, ...]":
        del bound
        holder = self
        if spec.wrapper is not None:
            found = self.children.get(spec.wrapper)
            if not found:
                return ()
            holder = _XmlSource.of(found[0], self.where(spec.wrapper), prefix=self.prefix)
            for stranger in (*holder.strangers(((spec.element, True),)), *holder.attributes(())):
                raise InputError(stranger.cause, where=stranger.where)
            if not holder.children:
                raise InputError("TRANSCRIPT.MISSING_FIELD", where=holder.where(spec.element))
        items = holder.children.get(spec.element, [])
        path = holder.where(spec.element)
        return tuple(
            _XmlSource.of(item, f"{path}[{n}]", prefix=self.prefix)
            for n, item in enumerate(items, 1)
        )

    def identifier(self) -> str | None:
        return self.element.get(namespaces.ID)

    def is_identified_as(self, expected: str | None) -> bool:
        return self.identifier() == expected

    def attributes(self, allowed: tuple[str, ...] = (namespaces.ID,)) -> Iterable[Finding]:
        if any(name not in allowed for name in self.element.attrib):
            yield Finding("TRANSCRIPT.UNKNOWN_FIELD", self.where("@*"))

    def strangers(self, known: tuple[tuple[str, bool], ...]) -> Iterable[Finding]:
        yield from self.attributes(
            (namespaces.ID, namespaces.NONCE) if self.is_data else (namespaces.ID,)
        )
        if self.is_data:
            yield from _nonce_faults(self.element)
        ranks = {
            self.prefix + name: (rank, may_repeat) for rank, (name, may_repeat) in enumerate(known)
        }
        last = -1
        texts = [self.element.text]
        for child in self.element:
            texts.append(child.tail)
            if child is self.slots:
                continue
            rank, may_repeat = ranks.get(str(child.tag), (None, False))
            if rank is None:
                yield Finding("TRANSCRIPT.UNKNOWN_FIELD", self.where(_shown(child)))
            elif rank < last or (rank == last and not may_repeat):
                yield Finding("TRANSCRIPT.FIELD_ORDER", self.where(_shown(child)))
            else:
                last = rank
        if any(text and text.strip(_BLANK) for text in texts):
            yield Finding("TRANSCRIPT.STRAY_TEXT", self.path)


def _nonce_faults(data: Element) -> tuple[Finding, ...]:
    try:
        read_nonce(data)
    except InputError as error:
        return error.findings
    return ()


def _shown(child: Element) -> str:
    """Name a node of the document, whose name may be anything, for people."""
    if isinstance(child, etree._Comment):  # noqa: SLF001 - lxml exports no public name for its comment type
        return "comment()"
    if isinstance(child, etree._ProcessingInstruction):  # noqa: SLF001 - nor for this one
        return "processing-instruction()"
    name = etree.QName(child).localname[:_SHOWN_NAME]
    return name if name.isprintable() else "*"
