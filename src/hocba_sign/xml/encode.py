"""Transcript to a document with empty slots."""

from typing import Any, Final, cast

from lxml import etree

from hocba_sign.errors import InputError
from hocba_sign.model.fields import Group, Leaf, Many, table
from hocba_sign.model.reading import ObjectSource, RecordReader
from hocba_sign.model.transcript import DATA_PATH, Transcript
from hocba_sign.xml import namespaces
from hocba_sign.xml.layout import CANONICAL, Layout
from hocba_sign.xml.nonce import written_nonce
from hocba_sign.xml.tree import Element

_DECLARATION: Final = b'<?xml version="1.0" encoding="UTF-8"?>\n'


def encode(transcript: Transcript, layout: Layout = CANONICAL, *, nonce: bytes) -> bytes:
    """Write the document: UTF-8, the root in exclusive canonical form, no white space between
    elements, the same octets every time.

    `nonce` are 32 octets nobody can guess, new for every document: with them the digest of the data
    tells nothing of the data. Text is written as it is; whether it may be signed is for
    `model.check`.
    Raises: InputError with the first value that has no written form (a mark of two digits, a
    control character) and all of them in `findings`; CallerError `TRANSCRIPT.NONCE`.
    """
    RecordReader().read(Transcript, ObjectSource(transcript, DATA_PATH))
    nsmap = {None: layout.namespace} if layout.namespace else {}
    root = etree.Element(layout.tag(namespaces.ROOT), nsmap=cast("dict[str, str]", nsmap))
    root.set(namespaces.SCHEMA_VERSION_ATTRIBUTE, namespaces.SCHEMA_VERSION)
    data = _child(root, namespaces.DATA)
    data.set(namespaces.ID, namespaces.ID_DATA)
    data.set(namespaces.NONCE, written_nonce(nonce))
    _write(data, transcript, DATA_PATH)
    for holder in layout.holders:
        _at(root, holder)
    for slot in transcript.slots:
        rule = layout.rules[slot.role]
        element = _child(_at(root, rule.place[:-1]), rule.place[-1])
        if slot.subject is not None and slot.teacher is not None:
            for name, value in layout.slot_attributes(slot):
                element.set(name, value)
    return _DECLARATION + etree.tostring(root, method="c14n", exclusive=True)


def write_fields(parent: Element, record: object, *, path: str) -> None:
    """Write the fields of a record into its element, in the namespace of that.

    Raises: InputError TEXT.CONTROL below `path`.
    """
    _write(parent, record, path)


def _at(root: Element, place: tuple[str, ...]) -> Element:
    """Return the element at `place` below the root, made where it is not there."""
    element = root
    for name in place:
        found = element.find(_like(element, name))
        element = _child(element, name) if found is None else found
    return element


def _like(parent: Element, name: str) -> str:
    """Return `name` in the namespace of `parent`."""
    namespace = etree.QName(parent).namespace
    return f"{{{namespace}}}{name}" if namespace else name


def _child(parent: Element, name: str) -> Element:
    return etree.SubElement(parent, _like(parent, name))


def _write(parent: Element, record: Any, path: str) -> None:
    for bound in table(type(record)):
        value: Any = getattr(record, bound.attribute)
        if value is None:
            continue
        match bound.spec:
            case Leaf(element=element, kind=kind):
                _write_text(_child(parent, element), kind.write(value), f"{path}/{element}")
            case Group(element=element, identifier=identifier):
                child = _child(parent, element) if element else parent
                if identifier is not None:
                    child.set(namespaces.ID, identifier)
                _write(child, value, f"{path}/{element}" if element else path)
            case Many() as spec:
                _write_items(parent, value, spec=spec, path=path)


def _write_items(parent: Element, items: tuple[object, ...], *, spec: Many, path: str) -> None:
    if not items:
        return
    holder = _child(parent, spec.wrapper) if spec.wrapper else parent
    below = f"{path}/{spec.wrapper}" if spec.wrapper else path
    for n, item in enumerate(items, 1):
        child = _child(holder, spec.element)
        if spec.identify is not None:
            child.set(namespaces.ID, spec.identify(parent.get(namespaces.ID, ""), item, n))
        _write(child, item, f"{below}/{spec.element}[{n}]")


def _write_text(element: Element, text: str, path: str) -> None:
    try:
        element.text = text
    except ValueError:
        raise InputError("TEXT.CONTROL", where=path) from None
