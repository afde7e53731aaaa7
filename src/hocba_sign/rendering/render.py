"""A transcript to the octets of a PDF that shows it and carries its XML.

The same input gives the same octets everywhere.
"""

import json
from datetime import datetime, time
from typing import Any, Final

from hocba_sign.ades.shown_signature import ShownSignature
from hocba_sign.errors import CallerError
from hocba_sign.frozen_dataclass import dataclass
from hocba_sign.model.record import VIETNAM
from hocba_sign.model.transcript import Transcript
from hocba_sign.rendering.check_address import require_address
from hocba_sign.rendering.code import content_of, draw
from hocba_sign.rendering.engine import compile_pdf
from hocba_sign.rendering.glyphs import require_shown
from hocba_sign.rendering.sheet import fill
from hocba_sign.rendering.signature_texts import signature_texts
from hocba_sign.rendering.source import read_source
from hocba_sign.rendering.template import (
    CURRENT,
    FIRST,
    FONTS,
    Template,
    load_template,
    template_versions,
)

_MASK: Final = 0
"""One of eight, the chequered one: phones read any."""

__all__ = ["CURRENT", "Rendering", "SlotBox", "render", "shown_fields", "template_versions"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotBox:
    """Where the visible signature of a slot goes.

    `slot` is the slot as text (`GVCN`, `GVBM/mon-15/gv-15-1`), `page` counts from 1, `box` is
    (left, bottom, right, top) in points from the page's lower left corner, the order of a PDF
    rectangle.
    """

    slot: str
    page: int
    box: tuple[float, float, float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendering:
    """A PDF without signatures; `places` in the order of the pages, one for each slot of the
    signing plan.
    """

    octets: bytes
    places: tuple[SlotBox, ...]
    template: str
    template_sha256: str


def render(
    transcript: Transcript,
    xml: bytes,
    *,
    template: str = CURRENT,
    signed: tuple[ShownSignature, ...] = (),
    check_url: str | None = None,
) -> Rendering:
    """Show a transcript on the pages of the official form, as PDF/A-3a and PDF/UA-1, `xml` attached
    as `hocba.xml`.

    `transcript` is what `xml` decodes to, `signed` what there is to say of its signatures, which
    the first template does not show. `check_url` is where phones ask, in its code. The file's own
    date is the day on which the transcript was created, midnight in Vietnam.
    Raises: CallerError PDF.EXTRA_MISSING, RENDER.TEMPLATE, RENDER.CHECK_URL; InputError
    RENDER.GLYPH, RENDER.REFUSED, and what `read_source` raises.
    """
    version = load_template(template)
    created = datetime.combine(transcript.identification.created, time(), VIETNAM)
    octets, places = compile_pdf(
        version.main,
        fonts=FONTS,
        inputs=compose(transcript, xml, template=version, signed=signed, check_url=check_url),
        created=created,
    )
    return Rendering(
        octets=octets,
        places=tuple(map(_place, places)),
        template=version.version,
        template_sha256=version.sha256,
    )


def compose(
    transcript: Transcript,
    xml: bytes,
    *,
    template: Template,
    signed: tuple[ShownSignature, ...] = (),
    check_url: str | None = None,
) -> dict[str, str]:
    """Write what the template reads: `sheet`, the texts of its pages, and `xml`, both as JSON.

    Raises: as `render`.
    """
    sheet = fill(transcript, template)
    require_shown(sheet.fields, fonts=FONTS)
    source = read_source(xml)
    is_first = template.version == FIRST
    if check_url is not None:
        if is_first:
            raise CallerError("RENDER.CHECK_URL")
        require_address(check_url)
    code = content_of(transcript.identification, source.digest, check_url=check_url)
    check: dict[str, Any] = {
        "sha256": source.digest,
        "signed": source.signed,
        "expected": len(transcript.slots),
        "code": code,
        "drawing": draw(code, mask=None if is_first else _MASK),
        "template": template.version,
        "template_sha256": template.sha256,
    }
    more: dict[str, Any] = {"check": check}
    if not is_first:
        check["url"] = check_url or ""
        more["signed"] = {str(shown.slot): signature_texts(shown) for shown in signed}
    return {
        "sheet": json.dumps(sheet.texts | more, ensure_ascii=False),
        "xml": _as_text(xml),
    }


def shown_fields(transcript: Transcript, template: str = CURRENT) -> tuple[tuple[str, str], ...]:
    """Return what the pages must show: (path of the field in the XML form, text), in the order of
    the pages.

    The text of a field without a value is empty: its place on the page is, too. A field that
    several pages show stands here as often.
    """
    return fill(transcript, load_template(template)).fields


def _as_text(xml: bytes) -> str:
    """Hand octets to typst, whose inputs are texts: as JSON, a text where they are UTF-8, else a
    list of numbers.
    """
    try:
        return json.dumps(xml.decode("utf-8"), ensure_ascii=False)
    except UnicodeDecodeError:
        return json.dumps(list(xml))


def _place(given: dict[str, Any]) -> SlotBox:
    """Turn what the template says, in points from the upper left corner, into a rectangle
    of PDF.
    """
    left, top, width, height = (float(given[name]) for name in ("x", "y", "width", "height"))
    bottom = float(given["page_height"]) - top - height
    box = (left, bottom, left + width, bottom + height)
    return SlotBox(slot=str(given["slot"]), page=int(given["page"]), box=box)
