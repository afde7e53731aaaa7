"""What a box for a signature says where the file has one: who signed and when, never whether it is
valid.
"""

from typing import Final

from hocba_sign.ades.shown_signature import ShownSignature
from hocba_sign.model.record import VIETNAM
from hocba_sign.rendering.glyphs import shown_in
from hocba_sign.rendering.template import FONTS

_MOST_LETTERS: Final = 200


def signature_texts(signature: ShownSignature) -> dict[str, str]:
    """Return the lines of the box, in Vietnam's time; a name's letters that the fonts lack are
    shown as `?`.
    """
    if signature.name is None:
        return {
            "done": "Có chữ ký số",
            "name": "không khớp với nội dung tệp",
            "title": "",
            "time": "",
            "basis": "",
        }
    time, basis = "", "không ghi thời gian"
    if signature.time is not None:
        time = signature.time.astimezone(VIETNAM).strftime("%H:%M:%S ngày %d/%m/%Y")
        basis = "theo dấu thời gian" if signature.is_stamped else "ghi trong chữ ký"
    return {
        "done": "Đã ký số",
        "name": _covered(signature.name),
        "title": _covered(signature.title or ""),
        "time": time,
        "basis": basis,
    }


def _covered(text: str) -> str:
    known = shown_in(FONTS) - {"\n"}
    return "".join(letter if letter in known else "?" for letter in text[:_MOST_LETTERS])
