"""The versions of the template: what makes a page beside the transcript.

A version that was published is never changed.
"""

import hashlib
import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Final

from hocba_sign.errors import CallerError
from hocba_sign.frozen_dataclass import dataclass
from hocba_sign.shipped import shipped

CURRENT: Final = "2"
FIRST: Final = "1"
"""Shows no signatures and knows no address to check at."""
FONTS: Final = shipped("data", "fonts")
FOLDER: Final = shipped("data", "template")
_MAIN: Final = "hocba.typ"
_FORM: Final = "form.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """One version.

    `main` is the file for typst. `rows` are subject codes with the names that the form prints, in
    its order, by form; `words` what stands for a code, by the name of the code's type or of the
    field. `sha256` covers every file of the version and the fonts.
    """

    version: str
    main: Path
    sha256: str
    rows: Mapping[str, tuple[tuple[str, str], ...]]
    words: Mapping[str, Mapping[str, str]]


def template_versions() -> tuple[str, ...]:
    """Return the versions that can be rendered, oldest first."""
    return tuple(
        sorted((entry.name for entry in FOLDER.iterdir() if entry.name.isdecimal()), key=int)
    )


@cache
def load_template(version: str) -> Template:
    """Read one version. Raises: CallerError RENDER.TEMPLATE."""
    if version not in template_versions():
        raise CallerError("RENDER.TEMPLATE")
    folder = FOLDER / version
    form = json.loads((folder / _FORM).read_text("utf-8"))
    return Template(
        version=version,
        main=folder / _MAIN,
        sha256=_digest((folder / _FORM, folder / _MAIN, *sorted(FONTS.glob("*.ttf")))),
        rows=MappingProxyType(
            {
                name: tuple((code, title) for code, title in rows)
                for name, rows in form["rows"].items()
            }
        ),
        words=MappingProxyType(
            {name: MappingProxyType(words) for name, words in form["words"].items()}
        ),
    )


def _digest(paths: tuple[Path, ...]) -> str:
    """Hash names and digests, one a line as `sha256sum` writes them."""
    lines = (f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n" for path in paths)
    return hashlib.sha256("".join(lines).encode()).hexdigest()
