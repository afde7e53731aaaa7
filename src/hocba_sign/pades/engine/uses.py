"""Where a revision uses some of its objects: all paths from the trailer to a reference to one of them.

pyHanko finds the paths to every object of the file, and anew for each revision. Here the references in an object are read once for each
version of it, and only what leads to a wanted object is walked. The paths are the same: an entry /Parent leads nowhere, a page is entered by
the tree of pages only, an element of the structure tree by that tree only, and there not by /P.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final, TypeAlias

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.misc import PdfReadError

Key: TypeAlias = tuple[int, int]
"""Number and generation of an object."""
Path: TypeAlias = tuple[str | int, ...]
Spot: TypeAlias = tuple[Path, Key]
"""Where in an object a reference stands, and to what."""

_PAGES: Final = ("/Root", "/Pages")
_STRUCTURE: Final = ("/Root", "/StructTreeRoot", "/K")
_TRAILER: Final = (-1, -1)


def spots(value: Any, path: Path = ()) -> Iterator[Spot]:
    """Give the references in an object, not following them."""
    if isinstance(value, generic.IndirectObject):
        yield path, (value.idnum, value.generation)
    elif isinstance(value, generic.DictionaryObject):
        for key, one in value.items():
            if key != "/Parent":
                yield from spots(one, (*path, str(key)))
    elif isinstance(value, generic.ArrayObject):
        for at, one in enumerate(value):
            yield from spots(one, (*path, at))


class Uses:
    """The references of one revision.

    `read` gives an object as the file has it, `spots_of` the references in it, `visit` is told of every step and stops what takes too many.
    """

    def __init__(
        self, trailer: Any, *, read: Callable[[Key], Any], spots_of: Callable[[Key], tuple[Spot, ...]], visit: Callable[[int], None]
    ) -> None:
        self._read = read
        self._visit = visit
        self._pages = dict(self._page_tree(trailer))
        self._elements = self._structure(trailer)
        self._spots: dict[Key, tuple[Spot, ...]] = {_TRAILER: tuple(spots(trailer))}
        self._users: dict[Key, list[Key]] = {}
        waiting = [_TRAILER]
        while waiting:
            user = waiting.pop()
            visit(1 + len(self._spots[user]))
            for _, used in self._spots[user]:
                self._users.setdefault(used, []).append(user)
                if used not in self._spots:
                    self._spots[used] = spots_of(used)
                    waiting.append(used)

    def paths(self, wanted: Iterable[Key]) -> dict[Key, set[Path]]:
        """Give the paths to each of the wanted objects, none to one that is not used."""
        found: dict[Key, set[Path]] = {key: set() for key in wanted}
        leading = self._leading(found)
        useful: dict[Key, list[Spot]] = {}
        entered: list[Key] = []
        stack: list[tuple[Iterator[Spot], Path]] = [(iter(self._spots[_TRAILER]), ())]
        while stack:
            self._visit(1)
            spot = next(stack[-1][0], None)
            if spot is None:
                stack.pop()
                if entered:
                    entered.pop()
                continue
            path, used = (*stack[-1][1], *spot[0]), spot[1]
            is_structure = path[:3] == _STRUCTURE
            if used not in leading or used in entered or (is_structure and "/P" in path[3:]):
                continue
            if used in found:
                found[used].add(path)
            if self._pages.get(used, path) == path and (is_structure or used not in self._elements):
                if used not in useful:
                    useful[used] = [one for one in self._spots[used] if one[1] in leading]
                entered.append(used)
                stack.append((iter(useful[used]), path))
        return found

    def _leading(self, wanted: Iterable[Key]) -> set[Key]:
        """Give the objects from which a wanted one can be reached."""
        found = set(wanted)
        waiting = list(found)
        while waiting:
            for user in self._users.get(waiting.pop(), ()):
                if user not in found:
                    found.add(user)
                    waiting.append(user)
        return found

    def _followed(self, value: Any) -> Any:
        return self._read((value.idnum, value.generation)) if isinstance(value, generic.IndirectObject) else value

    def _entry(self, holder: Any, key: str) -> Any:
        """Give what an entry stands for, None where there is none."""
        return self._followed(holder.raw_get(key)) if isinstance(holder, generic.DictionaryObject) and key in holder else None

    def _page_tree(self, trailer: Any) -> Iterator[tuple[Key, Path]]:
        waiting: list[tuple[Any, Path]] = [(self._entry(trailer, "/Root").raw_get("/Pages"), _PAGES)]
        seen: set[Key] = set()
        while waiting:
            node, path = waiting.pop()
            if isinstance(node, generic.IndirectObject):
                key = (node.idnum, node.generation)
                if key in seen:
                    raise PdfReadError("a page stands in the tree twice")
                seen.add(key)
                yield key, path
            holder = self._followed(node)
            self._visit(1)
            if path == _PAGES or self._entry(holder, "/Type") == "/Pages":
                kids = self._entry(holder, "/Kids")
                waiting += [(kid, (*path, "/Kids", at)) for at, kid in enumerate(kids)]

    def _structure(self, trailer: Any) -> set[Key]:
        """Give the elements of the structure tree."""
        found: set[Key] = set()
        waiting = [self._entry(self._entry(trailer, "/Root"), "/StructTreeRoot")]
        while waiting:
            kids = self._entry(waiting.pop(), "/K")
            for kid in kids if isinstance(kids, generic.ArrayObject) else (kids,):
                self._visit(1)
                element = self._followed(kid)
                if not isinstance(element, generic.DictionaryObject) or self._entry(element, "/Type") not in (None, "/StructElem"):
                    continue
                if isinstance(kid, generic.IndirectObject):
                    key = (kid.idnum, kid.generation)
                    if key in found:
                        raise PdfReadError("an element stands in the structure tree twice")
                    found.add(key)
                waiting.append(element)
        return found
