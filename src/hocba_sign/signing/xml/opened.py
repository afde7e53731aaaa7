"""An XML document while one call works on it."""

from collections.abc import Mapping

from hocba_sign.ades.structure import ParsedDocument
from hocba_sign.errors import CallerError
from hocba_sign.frozen_dataclass import dataclass
from hocba_sign.model.workflow import Slot
from hocba_sign.xades.syntax.names import (
    OBJECT,
    QUALIFYING_PROPERTIES,
    REFERENCE,
    SIGNED_INFO,
    UNSIGNED_PATH,
)
from hocba_sign.xades.transcript.read import SlotPlaces, places_of, read_parsed
from hocba_sign.xml.parse import ParsedXml, parse
from hocba_sign.xml.splice import grow
from hocba_sign.xml.tree import Element


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenXml:
    """The tree of a document and where its slots lie, found once for every stage.

    It holds elements, so it never leaves the call that opened it. A document that has grown is
    opened again: what is given out was read from the octets that are given out.
    """

    xml: ParsedXml
    places: SlotPlaces

    @classmethod
    def of(cls, octets: bytes) -> "OpenXml":
        """Open a document. Raises: InputError, as `parse` and `places_of`."""
        xml = parse(octets)
        return cls(xml=xml, places=places_of(xml.root))

    def read(self) -> ParsedDocument:
        """Read the signatures as a verifier would. Raises: InputError, as `read_parsed`."""
        return read_parsed(self.xml, self.places)

    def signature(self, slot: Slot) -> Element:
        """Return the signature in `slot`. Raises: CallerError `SIGN.NO_SUCH_SLOT`."""
        signature = self.places.signatures.get(slot)
        if signature is None:
            raise CallerError("SIGN.NO_SUCH_SLOT", where=str(slot))
        return signature

    def with_fragments(self, fragments: Mapping[Element, bytes]) -> bytes:
        """Put each fragment in as the last child of its element.

        Raises: InputError `XML.NOT_UTF8`.
        """
        return grow(self.xml, fragments)

    def covering(self, slot: Slot) -> tuple[Slot, ...]:
        """Return the slots whose signatures cover the place of `slot`, or what is in it and grows:
        a change there would break them.

        In the transcript store's layout the slots of teachers and of the homeroom teacher are part
        of what the principal signs.
        """
        place = self.places.slots.get(slot)
        if place is None:
            return ()
        grows = _growing(self.places.signatures.get(slot, place))
        # A target further down keeps its octets when something is put in beside it.
        around = {grows, *grows.iterancestors()}
        return tuple(
            other
            for other, signature in self.places.signatures.items()
            if other != slot and not around.isdisjoint(self._targets(signature))
        )

    def _targets(self, signature: Element) -> tuple[Element, ...]:
        uris = (
            str(reference.get("URI"))
            for reference in signature.iterfind(f"{SIGNED_INFO}/{REFERENCE}")
        )
        targets = (self.xml.ids.get(uri[1:]) for uri in uris if uri.startswith("#"))
        return tuple(target for target in targets if target is not None)

    def require_uncovered(self, slot: Slot) -> None:
        """Refuse to change the signature of `slot` where that would break another.

        Raises: CallerError `EXTEND.COVERED` naming the slot and those that cover it.
        """
        around = self.covering(slot)
        if around:
            raise CallerError("EXTEND.COVERED", where=f"{slot}: {', '.join(map(str, around))}")


def _growing(element: Element) -> Element:
    """Return the deepest element of a signature that time-stamps and validation data go into."""
    # Where there are no unsigned properties yet, they will be put into the qualifying properties.
    for path in (UNSIGNED_PATH, f"{OBJECT}/{QUALIFYING_PROPERTIES}"):
        found = element.find(path)
        if found is not None:
            return found
    return element
