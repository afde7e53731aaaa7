"""The printed page of an extract."""

import json
from pathlib import Path
from typing import Final

from hocba_sign.extract.container import Extract
from hocba_sign.rendering.code import code_size, code_svg
from hocba_sign.rendering.engine import compile_pdf
from hocba_sign.rendering.glyphs import shown_in
from hocba_sign.rendering.template import FOLDER, FONTS
from hocba_sign.report.phrases import phrase, vietnam_time
from hocba_sign.report.report import Report
from hocba_sign.report.shown_parts import content_facts

_MAIN: Final[Path] = FOLDER / "extract" / "extract.typ"


def extract_page(extract: Extract, report: Report) -> bytes:
    """Return the page as PDF: what it is, what is shown, the code, what that proves and what not.

    `report` is the judgement of the whole transcript. The page is in Vietnamese; letters that the
    fonts lack are shown as `?`.
    Raises: CallerError PDF.EXTRA_MISSING; InputError RENDER.REFUSED.
    """
    content = extract.content
    covered = shown_in(FONTS)

    def shown(text: str) -> str:
        return "".join(letter if letter in covered else "?" for letter in text)

    force = "PAGE_UNASKED" if report.status is None else "PAGE_IN_FORCE"
    given = {
        "name": shown(content.head.name),
        "id": content.head.id,
        "version": str(content.head.version),
        "facts": [[shown(fact.label), shown(fact.value)] for fact in content_facts(content, "vi")],
        "code": code_svg(extract.to_text()).decode(),
        "size": code_size(extract.to_text()),
        "checked": vietnam_time(report.at, "vi"),
        "force": phrase(force, "vi"),
        "registered": extract.registered_value.hex(),
    }
    inputs = {"extract": json.dumps(given, ensure_ascii=False)}
    return compile_pdf(_MAIN, fonts=FONTS, inputs=inputs, created=report.at)[0]
