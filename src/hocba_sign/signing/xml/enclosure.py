"""Which signatures may still grow: not those that lie within what another signature covers.

In the transcript store's layout the slots of teachers and of the homeroom teacher are part of what
the principal signs; a time-stamp that is added there afterwards would break the principal's
signature and the seal.
"""

from hocba_sign.errors import CallerError
from hocba_sign.model.workflow import Slot
from hocba_sign.xades.syntax.names import REFERENCE, SIGNED_INFO
from hocba_sign.xades.transcript.read import signature_elements
from hocba_sign.xml.layout import recognise, slot_elements
from hocba_sign.xml.parse import ParsedXml


def enclosing_slots(xml: ParsedXml, slot: Slot) -> tuple[Slot, ...]:
    """Return the slots whose signatures cover the place of `slot`."""
    layout = recognise(xml.root)
    element = dict(slot_elements(xml.root, layout)).get(slot)
    if element is None:
        return ()
    around = {element, *element.iterancestors()}
    found = []
    for other, signature in signature_elements(xml.root, layout).items():
        uris = [
            str(reference.get("URI"))
            for reference in signature.iterfind(f"{SIGNED_INFO}/{REFERENCE}")
        ]
        targets = [xml.ids.get(uri[1:]) for uri in uris if uri.startswith("#")]
        if other != slot and any(target in around for target in targets if target is not None):
            found.append(other)
    return tuple(found)


def require_open(xml: ParsedXml, slot: Slot) -> None:
    """Refuse to change the signature of `slot` where that would break another.

    Raises: CallerError `EXTEND.COVERED` naming the slot and those that cover it.
    """
    around = enclosing_slots(xml, slot)
    if around:
        raise CallerError("EXTEND.COVERED", where=f"{slot}: {', '.join(map(str, around))}")
