"""What each revision changed: pyHanko's difference analysis with the rules of
docs/reference/pdf-changes.md, and what it does not look at.

Each revision is compared with the one before it, so that a file with many signatures costs as many
comparisons as it has revisions. A revision passes only if every object that it writes is explained
by a rule; other form values, pages, fonts and annotations have none.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Any, Final

from pyhanko.pdf_utils import generic
from pyhanko.sign.diff_analysis import ModificationLevel, StandardDiffPolicy, SuspiciousModification
from pyhanko.sign.diff_analysis.form_rules_api import FormUpdatingRule
from pyhanko.sign.diff_analysis.rules.file_structure_rules import (
    CatalogModificationRule,
    ObjectStreamRule,
    XrefStreamRule,
)
from pyhanko.sign.diff_analysis.rules.form_field_rules import (
    SigFieldCreationRule,
    SigFieldModificationRule,
)
from pyhanko.sign.diff_analysis.rules.metadata_rules import DocInfoRule, MetadataUpdateRule
from pyhanko.sign.diff_analysis.rules_api import QualifiedWhitelistRule, ReferenceUpdate
from pyhanko.sign.fields import enumerate_sig_fields

from hocba_sign.errors import InputError
from hocba_sign.pades.engine.bounded_document import RevisionReader
from hocba_sign.pades.engine.dss_dictionary import EvidenceRule
from hocba_sign.pades.engine.pictures import digest_of
from hocba_sign.pades.engine.sections import entry, raw_entry
from hocba_sign.pades.engine.tags import TagRule
from hocba_sign.pades.engine.widgets import WidgetFault, has_area, widget_faults
from hocba_sign.pades.facts.revisions import Box, ChangeRule, FieldChange, RevisionStep

_CATALOG: Final = {
    "/Extensions": ChangeRule.EXTENSIONS,
    "/Version": ChangeRule.VERSION,
    "/MarkInfo": ChangeRule.MARK_INFO,
}
_EXPLAINED_BY_OTHERS: Final = frozenset({"/AcroForm", "/DSS", "/Metadata", "/StructTreeRoot"})
_FORM_KEYS: Final = frozenset({"/Fields", "/SigFlags"})
_FORM_DEFAULTS: Final = frozenset({"/DR", "/DA", "/Q"})
_DATES: Final = frozenset({"/ModDate", "/Producer"})
_OBJECT: Final = re.compile(r"Reference\(idnum=(\d{1,10})")
_SHOWN_OBJECTS: Final = 5
_SHOWN_NAME: Final = 60


class _Unexplained(Exception):
    """A rule of ours that pyHanko does not have; the text is technical and free of content.

    `is_proven` as in `RevisionStep`.
    """

    def __init__(self, what: str, *, is_proven: bool = True) -> None:
        super().__init__(what)
        self.is_proven = is_proven


def analyse(reader: RevisionReader, *, since: int) -> Iterator[RevisionStep]:
    """Yield what every revision after `since` changed."""
    for revision in range(since + 1, reader.last_revision + 1):
        try:
            yield _step(reader, revision)
        except SuspiciousModification as found:
            objects = list(dict.fromkeys(_OBJECT.findall(str(found))))[:_SHOWN_OBJECTS]
            yield RevisionStep(
                revision=revision,
                rules=frozenset(),
                refusal=f"objects {', '.join(objects)}" if objects else "structure",
            )
        except _Unexplained as found:
            yield RevisionStep(
                revision=revision, rules=frozenset(), refusal=str(found), is_proven=found.is_proven
            )
        except InputError:
            raise
        except Exception as error:  # noqa: BLE001 - whatever pyHanko's analysis fails with, nothing is proven
            yield RevisionStep(
                revision=revision, rules=frozenset(), refusal=type(error).__name__, is_proven=False
            )


def _step(reader: RevisionReader, revision: int) -> RevisionStep:
    """Compare a revision with the one before.

    1. every written object has a rule;
    2. no object has two versions, of which readers may take either;
    3. what the fields became, and that they consist of nothing else than fields do.
    """
    old, new = (
        reader.get_historical_resolver(revision - 1),
        reader.get_historical_resolver(revision),
    )
    # (1) a rule for every written object
    if any(
        reader.xrefs.get_historical_ref(reference, old.revision) is not None
        for reference in new.refs_freed_in_revision()
    ):
        raise _Unexplained("freed objects")
    recorded: set[ChangeRule] = set()
    _policy(recorded, keys=_form_keys(old)).apply(old, new)
    # (2) one version of every object
    section = reader.xrefs.get_xref_data(revision)
    if section.hybrid is not None and not _agree(section, section.hybrid.xref_data):
        raise _Unexplained("hybrid cross-references")
    # (3) what the fields became
    changes = tuple(field_changes(old, new))
    for change in changes:
        if change.is_new and not change.is_filled and change.box is not None:
            raise _Unexplained(f"visible field {change.name} without a signature")
    fault = field_fault(old, new)
    if fault is not None:
        raise _Unexplained(fault.what, is_proven=fault.is_proven)
    recorded |= {
        rule
        for key, rule in _CATALOG.items()
        if raw_entry(old.root, key) != raw_entry(new.root, key)
    }
    if ChangeRule.INFO in recorded and _is_dated_only(old, new):
        recorded.add(ChangeRule.DATED)
    if any(
        raw_entry(old.root["/AcroForm"], key) != raw_entry(new.root["/AcroForm"], key)
        for key in _FORM_DEFAULTS
    ):
        recorded.add(ChangeRule.FORM_DEFAULTS)
    return RevisionStep(
        revision=revision,
        rules=frozenset(recorded | {_rule(change) for change in changes}),
        fields=changes,
    )


def _agree(table: Any, hybrid: Any) -> bool:
    """Return whether the two lists of objects that a revision of Word's or of older tools has say
    nothing different of any object.
    """
    return all(
        place == hybrid.standard_xrefs.get(number, place) and number not in hybrid.xrefs_in_objstm
        for number, place in table.standard_xrefs.items()
    )


def _is_dated_only(old: Any, new: Any) -> bool:
    """Return whether the information dictionary says nothing new but when and by which program the
    file was written.
    """
    references = [
        revision.trailer_view.get_value_as_reference("/Info", optional=True)
        for revision in (old, new)
    ]
    before, after = (
        version(reference) if reference is not None else {}
        for version, reference in zip((old, new), references, strict=True)
    )
    return all(
        raw_entry(before, key) == raw_entry(after, key) for key in {*before, *after} - _DATES
    )


def _rule(change: FieldChange) -> ChangeRule:
    if not change.is_filled:
        return ChangeRule.EMPTY_FIELD
    return (
        ChangeRule.TIME_STAMP
        if change.is_time_stamp and change.box is None
        else ChangeRule.SIGNATURE
    )


class _Recorded(QualifiedWhitelistRule):
    """A rule that notes when it explains something that the revision wrote."""

    def __init__(self, inner: Any, rule: ChangeRule, recorded: set[ChangeRule]) -> None:
        self.inner = inner.as_qualified(ModificationLevel.LTA_UPDATES)
        self.rule = rule
        self.recorded = recorded

    def apply_qualified(
        self, old: Any, new: Any
    ) -> Iterable[tuple[ModificationLevel, ReferenceUpdate]]:
        written = new.explicit_refs_in_revision()
        for level, update in self.inner.apply_qualified(old, new):
            if update.updated_ref in written:
                self.recorded.add(self.rule)
            yield level, update


def _policy(recorded: set[ChangeRule], *, keys: frozenset[str]) -> StandardDiffPolicy:
    """Leave out pyHanko's rule for filling in forms: a value that is not a signature is content."""
    return StandardDiffPolicy(
        reject_object_freeing=False,
        global_rules=[
            CatalogModificationRule(ignored_keys=_EXPLAINED_BY_OTHERS | _CATALOG.keys()),
            XrefStreamRule().as_qualified(ModificationLevel.LTA_UPDATES),
            ObjectStreamRule().as_qualified(ModificationLevel.LTA_UPDATES),
            _Recorded(DocInfoRule(), ChangeRule.INFO, recorded),
            _Recorded(EvidenceRule(), ChangeRule.DSS, recorded),
            _Recorded(MetadataUpdateRule(), ChangeRule.METADATA, recorded),
            _Recorded(TagRule(), ChangeRule.STRUCTURE, recorded),
        ],
        form_rule=FormUpdatingRule(
            field_rules=[SigFieldCreationRule(), SigFieldModificationRule()],
            ignored_acroform_keys=keys,
        ),
    )


def _form_keys(old: Any) -> frozenset[str]:
    """Default fonts may change only where no field could be drawn with them."""
    names = {str(name) for name, _, _ in enumerate_sig_fields(old)}
    count = sum(1 for _ in _terminal_fields(entry(old.root["/AcroForm"], "/Fields", default=())))
    return _FORM_KEYS | _FORM_DEFAULTS if count == len(names) else _FORM_KEYS


def _terminal_fields(fields: Any, depth: int = 0) -> Iterator[Any]:
    if depth > 50:
        raise _Unexplained("depth of the form")
    for at in range(len(fields)):
        field = fields[at]
        kids = [kid for kid in entry(field, "/Kids", default=()) if "/T" in kid.get_object()]
        if kids:
            yield from _terminal_fields(generic.ArrayObject(kids), depth + 1)
        elif "/T" in field:
            yield field


def field_fault(old: Any, new: Any) -> WidgetFault | None:
    """Return what has no place in the signature fields that a revision wrote, the gravest first."""
    written = new.written()
    faults = [
        WidgetFault(f"{str(name)[:_SHOWN_NAME]} {fault.what}", fault.is_proven)
        for name, _, reference in enumerate_sig_fields(new)
        if any((widget.idnum, widget.generation) in written for widget in _widgets(reference))
        for fault in widget_faults(old, new, reference=reference)
    ]
    return min(faults, key=lambda fault: not fault.is_proven, default=None)


def field_changes(old: Any, new: Any) -> Iterator[FieldChange]:
    """Return which signature fields are new or filled, once for every place where something of one
    is seen.
    """
    before = {str(name): value is not None for name, value, _ in enumerate_sig_fields(old)}
    pages: dict[Any, int] | None = None
    for name, value, reference in enumerate_sig_fields(new):
        was_filled = before.get(str(name))
        is_filled = value is not None
        if was_filled is not None and was_filled == is_filled:
            continue
        is_time_stamp = is_filled and entry(value.get_object(), "/Type") == "/DocTimeStamp"
        boxes: list[tuple[Any, Box | None]] = [
            (widget, box)
            for widget in _widgets(reference)
            if (box := _box(widget.get_object())) is not None
        ]
        if boxes and pages is None:
            pages = _pages_of_annotations(new)
        for widget, box in boxes or [(None, None)]:
            yield FieldChange(
                name=str(name),
                is_new=was_filled is None,
                is_filled=is_filled,
                is_time_stamp=is_time_stamp,
                page=None if widget is None or pages is None else pages.get(widget.reference),
                box=box,
                picture=_picture(widget.get_object()) if widget is not None and is_filled else None,
            )


def _picture(widget: Any) -> bytes | None:
    """Return the digest of what is drawn in a widget; None for what is no one picture, or cannot be
    unpacked.
    """
    try:
        return digest_of(widget["/AP"]["/N"])
    except Exception:  # noqa: BLE001 - whatever pyHanko's reading fails with, it is no picture of ours
        return None


def _widgets(reference: Any) -> list[Any]:
    kids = entry(reference.get_object(), "/Kids", default=())
    return [
        reference,
        *(
            kid
            for kid in (kids.raw_get(at) for at in range(len(kids)))
            if isinstance(kid, generic.IndirectObject)
        ),
    ]


def _box(widget: Any) -> Box | None:
    if not has_area(widget):
        return None
    left, bottom, right, top = (float(number) for number in widget["/Rect"])
    return min(left, right), min(bottom, top), max(left, right), max(bottom, top)


def _pages_of_annotations(new: Any) -> dict[Any, int]:
    """Return for each annotation the number of its page, from 0."""
    found: dict[Any, int] = {}
    for number, page in enumerate(pages_below(new.root["/Pages"])):
        annotations = entry(page, "/Annots", default=())
        for at in range(len(annotations)):
            annotation = annotations.raw_get(at)
            if isinstance(annotation, generic.IndirectObject):
                found[annotation.reference] = number
    return found


def pages_below(node: Any, depth: int = 0) -> Iterator[Any]:
    """Yield the pages in their order."""
    if depth > 50:
        raise _Unexplained("depth of the pages")
    for at in range(len(node["/Kids"])):
        kid = node["/Kids"][at]
        if entry(kid, "/Type") == "/Pages":
            yield from pages_below(kid, depth + 1)
        else:
            yield kid
