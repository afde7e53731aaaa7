"""Long-term data: whatever hangs on the DSS dictionary, and on nothing else, may come, grow and go.

It is evidence, which is judged when it is used; tools write its arrays and VRI entries again each
time they add to them, and leave out what is of no more use (EN 319 142-1, 5.4.2). pyHanko's own
rule refuses that.
"""

from collections.abc import Iterable
from typing import Any, Final

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.reader import RawPdfPath
from pyhanko.sign.diff_analysis import SuspiciousModification
from pyhanko.sign.diff_analysis.rules_api import Context, ReferenceUpdate, WhitelistRule

_HOLDER: Final = ("/Root", "/DSS")
_UNSHOWN: Final = "/AdditionalStreams"
"""An entry that LibreOffice puts into the trailer, with a number that may stand for nothing yet; no
reader follows it.
"""


class EvidenceRule(WhitelistRule):
    """Allow new objects below the DSS dictionary, and new versions of those that were used below it
    only.
    """

    def apply(self, old: Any, new: Any) -> Iterable[ReferenceUpdate]:
        if "/DSS" not in new.root:
            if "/DSS" in old.root:
                raise SuspiciousModification("DSS removed")
            return
        if not isinstance(new.root["/DSS"], generic.DictionaryObject):
            raise SuspiciousModification("DSS")
        written = {
            reference: old.usages(reference) for reference in new.explicit_refs_in_revision()
        }
        again = {
            reference: usages
            for reference, usages in written.items()
            if usages and all(map(_is_below, usages))
        }
        for reference, usages in again.items():
            yield from (
                ReferenceUpdate(reference, context_checked=Context.from_absolute(old, path))
                for path in usages
            )
        holders = [
            new.root.raw_get("/DSS"),
            new.root["/DSS"],
            *(new(reference) for reference in again),
        ]
        below = {
            reference
            for holder in holders
            for reference in new.collect_dependencies(holder, since_revision=new.revision)
        }
        yield from (ReferenceUpdate(reference) for reference in below if not written.get(reference))


def _is_below(path: RawPdfPath) -> bool:
    return tuple(path.path[:2]) == _HOLDER or path.path[0] == _UNSHOWN
