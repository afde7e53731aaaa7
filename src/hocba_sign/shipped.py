"""Where the files are that come with the library.

They lie beside its modules, where typst reads templates and fonts too: no reader of archives
is needed, which would take a sixth of the time of a short command.
"""

from pathlib import Path
from typing import Final

_PACKAGE: Final = Path(__file__).parent


def shipped(*parts: str) -> Path:
    """Return the path of a file or folder of the package."""
    return _PACKAGE.joinpath(*parts)
