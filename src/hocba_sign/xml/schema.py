"""The shape of a document by the published schemas, told without a word of its content."""

import re
import threading
from collections.abc import Iterable
from types import MappingProxyType
from typing import Final, Protocol, cast

from lxml import etree

from hocba_sign.errors import Finding, OutsideError
from hocba_sign.frozen_dataclass import dataclass
from hocba_sign.model import event, registry, status_list
from hocba_sign.shipped import shipped
from hocba_sign.xml.schema_forms import form_at
from hocba_sign.xml.tree import Element

MAX_VIOLATIONS: Final = 200
"""A hostile document may have one for each element; nobody reads more than these."""

RECORD_ROOTS: Final = frozenset(
    {event.ROOT_ELEMENT, registry.ROOT_ELEMENT, status_list.ROOT_ELEMENT}
)
_SHOWN_NAME: Final = 60
_STEP: Final = re.compile(r"/([^/\[]+)(?:\[([0-9]+)\])?")
_RULES: Final = MappingProxyType(
    {
        "SCHEMAV_ELEMENT_CONTENT": "SCHEMA.CONTENT",
        "SCHEMAV_CVC_COMPLEX_TYPE_2_1": "SCHEMA.CONTENT",
        "SCHEMAV_CVC_COMPLEX_TYPE_2_2": "SCHEMA.CONTENT",
        "SCHEMAV_CVC_TYPE_3_1_2": "SCHEMA.CONTENT",
        "SCHEMAV_CVC_COMPLEX_TYPE_2_3": "SCHEMA.STRAY_TEXT",
        "SCHEMAV_CVC_COMPLEX_TYPE_3_1": "SCHEMA.ATTRIBUTE",
        "SCHEMAV_CVC_COMPLEX_TYPE_3_2_1": "SCHEMA.ATTRIBUTE",
        "SCHEMAV_CVC_COMPLEX_TYPE_3_2_2": "SCHEMA.ATTRIBUTE",
        "SCHEMAV_CVC_COMPLEX_TYPE_4": "SCHEMA.ATTRIBUTE",
        "SCHEMAV_CVC_TYPE_3_1_1": "SCHEMA.ATTRIBUTE",
        "SCHEMAV_CVC_PATTERN_VALID": "SCHEMA.FORMAT",
        "SCHEMAV_CVC_DATATYPE_VALID_1_2_1": "SCHEMA.FORMAT",
        "SCHEMAV_CVC_ENUMERATION_VALID": "SCHEMA.CODE",
        "SCHEMAV_CVC_MAXLENGTH_VALID": "SCHEMA.LENGTH",
        "SCHEMAV_CVC_MINLENGTH_VALID": "SCHEMA.LENGTH",
        "SCHEMAV_CVC_MININCLUSIVE_VALID": "SCHEMA.RANGE",
        "SCHEMAV_CVC_MAXINCLUSIVE_VALID": "SCHEMA.RANGE",
        "SCHEMAV_CVC_ELT_1": "SCHEMA.ROOT",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class SchemaViolation:
    """One place that breaks the schema.

    `rule` is a cause id `SCHEMA.*`, `path` the element, `line` from 1.
    """

    line: int
    path: str
    rule: str


class _LogEntry(Protocol):
    """What lxml keeps of an error; its message is left alone, because it quotes the document."""

    line: int
    path: str | None
    type_name: str


def violations(tree: Element, *, issued: bool) -> tuple[SchemaViolation, ...]:
    """Judge a document by hocba-issued.xsd or, before all have signed, by hocba-draft.xsd; empty
    for a valid one.

    Documents without a namespace, in the transcript store's layout, are judged by
    hocba-kho-issued.xsd and hocba-kho-draft.xsd, documents about transcripts by
    hocba-records-issued.xsd and hocba-records-draft.xsd.

    At most `MAX_VIOLATIONS`, in document order. Raises: OutsideError SCHEMA.UNAVAILABLE when the
    installed schemas cannot be read.
    """
    schema = _SCHEMAS.get(schema_name(tree, issued=issued))
    if schema.validate(tree):
        return ()
    root = tree.getroottree().getroot()
    found: dict[SchemaViolation, None] = {}
    for entry in cast("Iterable[_LogEntry]", schema.error_log):
        rule = _RULES.get(entry.type_name, "SCHEMA.OTHER")
        found[SchemaViolation(line=entry.line, path=_named(root, entry.path or ""), rule=rule)] = (
            None
        )
        if len(found) == MAX_VIOLATIONS:
            break
    return tuple(found)


def schema_findings(tree: Element, *, issued: bool) -> tuple[Finding, ...]:
    """Return the same as findings, each with its reason and with what may stand there instead.

    Raises: as `violations`.
    """
    schema = schema_name(tree, issued=issued)
    return tuple(
        Finding(
            "DOC.SCHEMA",
            f"{fault.path} (line {fault.line})",
            form_at(schema, fault.path, rule=fault.rule),
            fault.rule,
        )
        for fault in violations(tree, issued=issued)
    )


def schema_name(tree: Element, *, issued: bool) -> str:
    """Return the name of the schema file by which a document is judged."""
    layout = "" if str(tree.tag).startswith("{") else "kho-"
    if etree.QName(tree).localname in RECORD_ROOTS:
        layout = "records-"
    return f"hocba-{layout}{'issued' if issued else 'draft'}.xsd"


class _Schemas(threading.local):
    """Parsed schemas of one thread: a schema object keeps the log of its last validation."""

    def __init__(self) -> None:
        self.parsed: dict[str, etree.XMLSchema] = {}

    def get(self, name: str) -> etree.XMLSchema:
        if name not in self.parsed:
            self.parsed[name] = _read(name)
        return self.parsed[name]


_SCHEMAS: Final = _Schemas()
_READING: Final = threading.Lock()
"""Two threads that read schemas at the same time take each other's included files."""


def _read(name: str) -> etree.XMLSchema:
    try:
        with _READING:
            return etree.XMLSchema(
                etree.parse(
                    shipped("schemas", name),
                    etree.XMLParser(no_network=True, resolve_entities=False),
                )
            )
    except (OSError, etree.LxmlError) as error:
        raise OutsideError("SCHEMA.UNAVAILABLE", where=name, detail=type(error).__name__) from error


def _named(root: Element, position: str) -> str:
    """Turn libxml2's position of a node (`/*/*[2]`) into a path of local names."""
    path = ""
    level = [root]
    for step in _STEP.finditer(position):
        nodes = [
            node
            for node in level
            if step[1] == "*" or step[1].rpartition(":")[2] == etree.QName(node).localname
        ]
        index = int(step[2] or 1) - 1
        if index >= len(nodes):
            break
        node = nodes[index]
        name = etree.QName(node).localname
        twins = [other for other in level if other.tag == node.tag]
        path += f"/{name[:_SHOWN_NAME]}" + (f"[{twins.index(node) + 1}]" if len(twins) > 1 else "")
        level = list(node.iterchildren("*"))
    return path or "/"
