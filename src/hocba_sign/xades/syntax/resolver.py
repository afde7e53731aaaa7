"""What reading a signature asks of whoever follows its references, in a transcript and in any other
XML.
"""

from collections.abc import Callable, Iterable
from typing import Protocol

from hocba_sign.ades.structure import Reference
from hocba_sign.errors import Finding, InputError
from hocba_sign.xades.syntax.canonicalization import Method
from hocba_sign.xml.c14n import canonicalize
from hocba_sign.xml.tree import Element, locate

MAX_DIGESTED = 100_000_000
"""Octets canonicalized for one document: nested elements that are all referenced would grow without
bound.
"""
MAX_STAMPED = 220_000_000
"""Octets that the time-stamps of one document cover together, those of an archive each of them all
that stands before it: half a second of SHA-256. A file of the greatest size, whose sixteen signers
were renewed twenty times, comes to 210 million.
"""


class CanonicalParts:
    """Parts of the signatures of one document as octets, each canonicalized once, within what one
    document may cost.
    """

    __slots__ = ("_budget", "_octets", "_stamped", "_values")

    def __init__(self) -> None:
        self._octets: dict[tuple[Element, Method], bytes] = {}
        self._values: dict[Element, tuple[bytes, ...]] = {}
        self._budget = MAX_DIGESTED
        self._stamped = MAX_STAMPED

    def octets(self, element: Element, method: Method) -> bytes:
        """Canonicalize an element.

        Raises: InputError `SIG.TOO_MUCH_DIGESTED` when those of the document add up to too much.
        """
        held = self._octets.get((element, method))
        if held is not None:
            return held
        octets = canonicalize(element, method.algorithm, inclusive_prefixes=method.prefixes)
        return self.put(element, method, octets=octets)

    def put(self, element: Element, method: Method, *, octets: bytes) -> bytes:
        """Hold the canonical octets of an element, counted once, and return them.

        Raises: InputError `SIG.TOO_MUCH_DIGESTED` when those of the document add up to too much.
        """
        key = (element, method)
        if key not in self._octets:
            self._budget -= len(octets)
            if self._budget < 0:
                raise InputError("SIG.TOO_MUCH_DIGESTED", where=locate(element))
            self._octets[key] = octets
        return octets

    def values(
        self, holder: Element, read: Callable[[Element], Iterable[bytes]]
    ) -> tuple[bytes, ...]:
        """Return what `read` finds in an element, which many time-stamps cover; it is read once."""
        if holder not in self._values:
            self._values[holder] = tuple(read(holder))
        return self._values[holder]

    def count_stamped(self, parts: tuple[bytes, ...], *, stamp: Element) -> None:
        """Count what one time-stamp covers. Raises: InputError `SIG.TOO_MUCH_DIGESTED`."""
        self._stamped -= sum(map(len, parts))
        if self._stamped < 0:
            raise InputError("SIG.TOO_MUCH_DIGESTED", where=locate(stamp))


class Resolver(Protocol):
    """Follows the references of one document.

    `is_general`: forms are accepted that others write and a transcript does not have.
    """

    @property
    def is_general(self) -> bool: ...

    @property
    def parts(self) -> CanonicalParts: ...

    def target(self, identifier: str) -> Element | None:
        """Return the element with this Id."""
        ...

    def reference(self, element: Element) -> tuple[Reference, tuple[Finding, ...]]:
        """Read one ds:Reference, follow it and compare its digest.

        A reference that is not followed is given as not found, with a finding that says why.
        Raises: InputError `SIG.STRUCTURE` for broken structure, and where a limit is reached.
        Spec: XML Signature 1.1, 4.4.3 and 5.
        """
        ...

    def reference_octets(self, element: Element, *, default: Method) -> bytes:
        """Return the octets that one ds:Reference digests; `default` canonicalizes where it has no
        transform of its own.

        Raises: InputError `SIG.TARGET_MISSING`, `SIG.TRANSFORM`, `SIG.TRANSFORM_UNKNOWN` and others
        where they cannot be had.
        """
        ...

    def count_stamped(self, parts: tuple[bytes, ...], method: Method, *, stamp: Element) -> None:
        """Count what one time-stamp covers. Raises: InputError `SIG.TOO_MUCH_DIGESTED`."""
        ...
