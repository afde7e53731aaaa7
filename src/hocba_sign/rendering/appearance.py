"""What is seen of a signature on a page: one page of its own, made as the others are."""

import json
from datetime import datetime
from pathlib import Path
from types import MappingProxyType
from typing import Final

from hocba_sign.model.record import VIETNAM
from hocba_sign.model.workflow import Role
from hocba_sign.rendering.engine import compile_page
from hocba_sign.rendering.glyphs import shown_in
from hocba_sign.rendering.template import FOLDER, FONTS

_MAIN: Final[Path] = FOLDER / "signature" / "signature.typ"
_MOST_LETTERS: Final = 200
LOOKS: Final = MappingProxyType({"2": "%H:%M:%S ngày %d/%m/%Y", "1": "%H:%M:%S %d/%m/%Y"})
"""How the time was written, the newest first: pictures are compared by drawing them again."""


def draw_appearance(
    name: str, role: Role, *, at: datetime, size: tuple[float, float], look: str = "2"
) -> bytes:
    """Return a PDF of one page of `size` (width, height in points): name, role and time, in
    Vietnamese and Vietnam's time.

    `at` is aware, `look` one of `LOOKS`. Letters of the name that the fonts lack are shown as `?`.
    It says nothing about validity.
    Raises: CallerError PDF.EXTRA_MISSING; InputError RENDER.REFUSED.
    """
    covered = shown_in(FONTS)
    shown = "".join(letter if letter in covered else "?" for letter in name[:_MOST_LETTERS])
    width, height = size
    time = at.astimezone(VIETNAM).strftime(LOOKS[look])
    given = {
        "look": look,
        "name": shown,
        "role": role,
        "time": time,
        "width": width,
        "height": height,
    }
    return compile_page(
        _MAIN, fonts=FONTS, inputs={"signature": json.dumps(given, ensure_ascii=False)}, created=at
    )
