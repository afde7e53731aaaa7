"""Where a revision uses some of its objects: all paths from the trailer to a reference to one of
them.

pyHanko finds the paths to every object of the file, again for each revision. Here the references in
an object are read once for each version of it, and only what leads to a wanted object is walked.
The paths are the same: an entry /Parent leads nowhere, a page is entered by the tree of pages only,
an element of the structure tree by that tree only, and there not by /P.
"""

from collections.abc import Iterable, Iterator
from typing import Any, Final, Protocol, TypeAlias

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.misc import PdfReadError

from hocba_sign.frozen_dataclass import dataclass

Key: TypeAlias = tuple[int, int]
"""Number and generation of an object."""
Path: TypeAlias = tuple[str | int, ...]
Spot: TypeAlias = tuple[Path, Key]
"""Where in an object a reference stands, and to what."""

_PAGES: Final = ("/Root", "/Pages")
_STRUCTURE: Final = ("/Root", "/StructTreeRoot", "/K")
_TRAILER: Final = (-1, -1)


def spots(value: Any, path: Path = ()) -> Iterator[Spot]:
    """Yield the references in an object, not following them."""
    if isinstance(value, generic.IndirectObject):
        yield path, (value.idnum, value.generation)
    elif isinstance(value, generic.DictionaryObject):
        for key, member in value.items():
            if key != "/Parent":
                yield from spots(member, (*path, str(key)))
    elif isinstance(value, generic.ArrayObject):
        for at, member in enumerate(value):
            yield from spots(member, (*path, at))


class RevisionView(Protocol):
    """What is read of one revision. `visit` is told of every step and stops what takes too many."""

    @property
    def revision(self) -> int: ...

    @property
    def trailer_view(self) -> Any: ...

    def version(self, key: Key) -> Any:
        """Return an object as the revision has it."""

    def spots(self, key: Key) -> tuple[Spot, ...]:
        """Return the references in that."""

    def written(self) -> frozenset[Key]: ...

    def visit(self, count: int) -> None: ...


@dataclass(frozen=True, slots=True)
class _Structure:
    """The elements of a structure tree, and every object that was read to find them."""

    root: Key | None
    elements: frozenset[Key]
    read: frozenset[Key]


class Uses:
    """Who refers to whom in a file.

    Of revisions that are asked for in their order, only what each wrote is read.
    """

    def __init__(self) -> None:
        self._users: dict[Key, set[Key]] = {}
        """In any covered revision: more than are users in one, never fewer."""
        self._covered: set[int] = set()
        self._structures: dict[int, _Structure] = {}

    def paths(self, revision: RevisionView, wanted: Iterable[Key]) -> dict[Key, set[Path]]:
        """Return the paths to each of the wanted objects that are used."""
        found: dict[Key, set[Path]] = {key: set() for key in wanted if self.is_used(revision, key)}
        leading = self._leading(found)
        pages, elements = dict(_pages(revision)), self._elements(revision)
        useful: dict[Key, list[Spot]] = {}
        entered: list[Key] = []
        stack: list[tuple[Iterator[Spot], Path]] = [(spots(revision.trailer_view), ())]
        while stack:
            revision.visit(1)
            spot = next(stack[-1][0], None)
            if spot is None:
                stack.pop()
                if entered:
                    entered.pop()
                continue
            path, used = (*stack[-1][1], *spot[0]), spot[1]
            is_structure = path[:3] == _STRUCTURE
            # Objects may refer to each other in circles.
            if used not in leading or used in entered or (is_structure and "/P" in path[3:]):
                continue
            if used in found:
                found[used].add(path)
            if pages.get(used, path) == path and (is_structure or used not in elements):
                if used not in useful:
                    useful[used] = [spot for spot in revision.spots(used) if spot[1] in leading]
                entered.append(used)
                stack.append((iter(useful[used]), path))
        return found

    def is_used(self, revision: RevisionView, key: Key) -> bool:
        """Return whether anything refers to an object, in this revision or in one before it that
        was asked about too.
        """
        self._cover(revision)
        return key in self._users

    def used(self, revision: RevisionView) -> frozenset[Key]:
        """Return what a revision wrote and `is_used`."""
        self._cover(revision)
        return frozenset(revision.written() & self._users.keys())

    def _cover(self, revision: RevisionView) -> None:
        """Follow all references of a revision; after the one before it, those in what it wrote."""
        number = revision.revision
        if number in self._covered:
            return
        # Who uses what this revision did not write is known from the one before it only.
        if number - 1 not in self._covered:
            self._covered, self._users = set(), {}
        waiting = [key for key in revision.written() if key in self._users]
        waiting += self._note(_TRAILER, tuple(spots(revision.trailer_view)))
        while waiting:
            key = waiting.pop()
            found = revision.spots(key)
            revision.visit(1 + len(found))
            waiting += self._note(key, found)
        self._covered.add(number)

    def _note(self, user: Key, found: tuple[Spot, ...]) -> list[Key]:
        """Note whom `user` uses, and give those whom nobody used before."""
        new = []
        for _, used in found:
            if used not in self._users:
                self._users[used] = set()
                new.append(used)
            self._users[used].add(user)
        return new

    def _leading(self, wanted: Iterable[Key]) -> set[Key]:
        """Return the objects from which a wanted one can be reached."""
        found = set(wanted)
        waiting = list(found)
        while waiting:
            new = self._users.get(waiting.pop(), set()) - found
            found |= new
            waiting += new
        return found

    def _elements(self, revision: RevisionView) -> frozenset[Key]:
        """Return the elements of the structure tree; where nothing of it was written they are those
        of the revision before.
        """
        number, root = (
            revision.revision,
            _entry(revision, revision.trailer_view, "/Root").get("/StructTreeRoot"),
        )
        key = _key(root)
        held = self._structures.get(number) or self._structures.get(number - 1)
        if (
            held is None
            or key is None
            or held.root != key
            or not held.read.isdisjoint(revision.written())
        ):
            held = _structure(revision, root)
        self._structures[number] = held
        return held.elements


def _key(value: Any) -> Key | None:
    return (value.idnum, value.generation) if isinstance(value, generic.IndirectObject) else None


def _followed(revision: RevisionView, value: Any) -> Any:
    key = _key(value)
    return value if key is None else revision.version(key)


def _entry(revision: RevisionView, holder: Any, key: str) -> Any:
    """Return what an entry stands for, None where there is none."""
    return (
        _followed(revision, holder.raw_get(key))
        if isinstance(holder, generic.DictionaryObject) and key in holder
        else None
    )


def _pages(revision: RevisionView) -> Iterator[tuple[Key, Path]]:
    """Yield for each node of the tree of pages the one path by which it is entered."""
    waiting: list[tuple[Any, Path]] = [
        (_entry(revision, revision.trailer_view, "/Root").raw_get("/Pages"), _PAGES)
    ]
    seen: set[Key] = set()
    while waiting:
        node, path = waiting.pop()
        key = _key(node)
        if key is not None:
            if key in seen:
                # A page is entered by one path only, so a second place of it would go unseen.
                raise PdfReadError("a page stands in the tree twice")
            seen.add(key)
            yield key, path
        revision.visit(1)
        holder = _followed(revision, node)
        if path == _PAGES or _entry(revision, holder, "/Type") == "/Pages":
            waiting += [
                (kid, (*path, "/Kids", at))
                for at, kid in enumerate(_entry(revision, holder, "/Kids"))
            ]


def _structure(revision: RevisionView, root: Any) -> _Structure:
    elements: set[Key] = set()
    read: set[Key | None] = {_key(root)}
    waiting = [_followed(revision, root)]
    while waiting:
        holder = waiting.pop()
        kids = _entry(revision, holder, "/K")
        read.add(_key(holder.raw_get("/K") if kids is not None else None))
        for kid in kids if isinstance(kids, generic.ArrayObject) else (kids,):
            revision.visit(1)
            key, element = _key(kid), _followed(revision, kid)
            read.add(key)
            if not isinstance(element, generic.DictionaryObject) or _entry(
                revision, element, "/Type"
            ) not in (None, "/StructElem"):
                continue
            if key is not None:
                if key in elements:
                    raise PdfReadError("an element stands in the structure tree twice")
                elements.add(key)
            waiting.append(element)
            read.add(_key(element.raw_get("/Type")) if "/Type" in element else None)
    return _Structure(
        _key(root), frozenset(elements), frozenset(kind for kind in read if kind is not None)
    )
