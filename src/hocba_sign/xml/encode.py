"""Transcript to the canonical document with empty slots."""

from typing import Any, Final, cast

from lxml import etree

from hocba_sign.errors import InputError
from hocba_sign.model.fields import Group, Leaf, Many, table
from hocba_sign.model.reading import ObjectSource, Reader
from hocba_sign.model.transcript import DATA_PATH, Transcript
from hocba_sign.xml import names
from hocba_sign.xml.parse import Element

_DECLARATION: Final = b'<?xml version="1.0" encoding="UTF-8"?>\n'


def encode(transcript: Transcript) -> bytes:
    """Write the document: UTF-8, the root in exclusive canonical form, no white space between elements, the same octets every time.

    Text is written as it is; whether it may be signed is for `model.check`.
    Raises: InputError with the first value that has no written form (a mark of two digits, a control character) and all of them in
    `findings`; TRANSCRIPT.NO_PLAN where nobody knows who signs.
    """
    Reader().read(Transcript, ObjectSource(transcript, DATA_PATH))
    root = etree.Element(_tag(names.ROOT), nsmap=cast("dict[str, str]", {None: names.HOCBA}))
    root.set(names.SCHEMA_VERSION_ATTRIBUTE, names.SCHEMA_VERSION)
    data = _child(root, names.DATA)
    data.set(names.ID, names.ID_DATA)
    _write(data, transcript, DATA_PATH)
    slots = _child(root, names.SIGNATURE_SLOTS)
    for slot in transcript.slots:
        element = _child(slots, slot.role)
        if slot.subject is not None and slot.teacher is not None:
            element.set(names.SLOT_SUBJECT, slot.subject)
            element.set(names.SLOT_TEACHER, slot.teacher)
    return _DECLARATION + etree.tostring(root, method="c14n", exclusive=True)


def _tag(name: str) -> str:
    return f"{{{names.HOCBA}}}{name}"


def _child(parent: Element, name: str) -> Element:
    return etree.SubElement(parent, _tag(name))


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
                    child.set(names.ID, identifier)
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
            child.set(names.ID, spec.identify(parent.get(names.ID, ""), item, n))
        _write(child, item, f"{below}/{spec.element}[{n}]")


def _write_text(element: Element, text: str, path: str) -> None:
    try:
        element.text = text
    except ValueError:
        raise InputError("TEXT.CONTROL", where=path) from None
