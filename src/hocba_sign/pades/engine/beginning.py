"""What the revision of the first signature did to the file that it was made in: fields for
signatures, and nothing that a page shows.

Nobody had signed before, so this is no difference that a signature forbids; it is what keeps the
page that is proven from being another one.
"""

from collections.abc import Iterator
from contextlib import suppress
from typing import Any, Final

from pyhanko.pdf_utils import generic
from pyhanko.sign.diff_analysis.rules.metadata_rules import MetadataUpdateRule

from hocba_sign.pades.engine.bounded_document import RevisionReader
from hocba_sign.pades.engine.sections import entry
from hocba_sign.pades.engine.steps import field_changes, field_fault, pages_below
from hocba_sign.pades.engine.tags import TagRule
from hocba_sign.pades.facts.revisions import ChangeRule, RevisionStep

_CATALOG: Final = frozenset({"/AcroForm", "/Perms", "/Extensions", "/Version", "/DSS", "/Metadata"})
_PAGE: Final = frozenset({"/Annots"})
_FORM: Final = frozenset({"/Fields", "/SigFlags"})


def beginning(reader: RevisionReader, revision: int) -> RevisionStep:
    """Compare the revision of the first signature with the one before it; nothing escapes, what
    fails is refused.
    """
    try:
        old, new = (
            reader.get_historical_resolver(revision - 1),
            reader.get_historical_resolver(revision),
        )
        refusal = None
        if not _is_all_explained(reader, old, revision):
            refusal = next(_refusals(reader, old, new), None)
        changes = tuple(field_changes(old, new))
    except Exception as error:  # noqa: BLE001 - whatever pyHanko's reading fails with, nothing is proven
        return RevisionStep(
            revision=revision, rules=frozenset(), refusal=type(error).__name__, is_proven=False
        )
    return RevisionStep(
        revision=revision, rules=frozenset({ChangeRule.SIGNATURE}), fields=changes, refusal=refusal
    )


def _is_all_explained(reader: RevisionReader, old: Any, revision: int) -> bool:
    """Return whether all that the revision wrote may be there, used or not, as it is where nobody
    changed anything: then the file need not be searched for who uses what.
    """
    with suppress(Exception):
        return next(_refusals(reader, old, reader.with_all_written(revision)), None) is None
    return False


def _refusals(reader: RevisionReader, old: Any, new: Any) -> Iterator[str]:
    if old.root_ref != new.root_ref or new.refs_freed_in_revision():
        yield "catalog"
    form = entry(old.root, "/AcroForm")
    if form is not None and entry(form, "/Fields", default=()):
        yield "form"
    information = old.trailer_view.get_value_as_reference("/Info", optional=True)
    told = {
        update.updated_ref
        for rule in (TagRule(), MetadataUpdateRule())
        for update in rule.apply(old, new)
    }
    for reference in new.explicit_refs_in_revision():
        if (
            reader.xrefs.get_historical_ref(reference, old.revision) is None
            or reference == information
            or reference in told
        ):
            continue
        if not _is_allowed(old(reference), new(reference), is_root=reference == new.root_ref):
            yield f"object {reference.idnum}"
    fault = field_fault(old, new)
    if fault is not None:
        yield fault.what
    before, after = list(pages_below(old.root["/Pages"])), list(pages_below(new.root["/Pages"]))
    if len(before) != len(after):
        yield "pages"
    for number, (earlier, other) in enumerate(zip(before, after, strict=False), 1):
        if not all(
            map(
                _is_signature,
                _added(entry(earlier, "/Annots", default=()), entry(other, "/Annots", default=())),
            )
        ):
            yield f"annotation on page {number}"


def _is_allowed(before: Any, after: Any, *, is_root: bool) -> bool:
    if before == after:
        return True
    if isinstance(before, generic.ArrayObject) and isinstance(after, generic.ArrayObject):
        # The annotations of a page, which are looked at one by one.
        return list(after.iterate())[: len(before)] == list(before.iterate())
    if any(
        isinstance(dictionary, generic.StreamObject)
        or not isinstance(dictionary, generic.DictionaryObject)
        for dictionary in (before, after)
    ):
        return False
    growing = (
        _CATALOG
        if is_root
        else _PAGE
        if entry(before, "/Type") == "/Page"
        else _FORM
        if "/Fields" in before
        else frozenset()
    )
    left, right = (
        {key: dictionary.raw_get(key) for key in dictionary if key not in growing}
        for dictionary in (before, after)
    )
    return left == right


def _added(before: Any, after: Any) -> Iterator[Any]:
    old = {reference.reference for reference in _references(before)}
    for at in range(len(after)):
        one = after.raw_get(at)
        if not isinstance(one, generic.IndirectObject) or one.reference not in old:
            yield one.get_object()


def _references(array: Any) -> Iterator[Any]:
    return (
        item
        for item in (array.raw_get(at) for at in range(len(array)))
        if isinstance(item, generic.IndirectObject)
    )


def _is_signature(widget: Any) -> bool:
    """Return whether an annotation is of a signature field; one without a signature may show
    nothing.
    """
    holder = widget if "/FT" in widget else entry(widget, "/Parent", default={})
    is_field = entry(widget, "/Subtype") == "/Widget" and entry(holder, "/FT") == "/Sig"
    return is_field and (
        "/V" in holder or "/AP" not in widget or not widget["/AP"]["/N"].data.strip()
    )
