"""`hocba --version --verbose`: what runs here, for whoever reports a fault. No path, no name of a
machine or of who runs it.
"""

from hocba_sign.adapters.surroundings import EXTRAS, missing_extras, versions
from hocba_sign.cli import console


def run() -> None:
    """Print one name and version a line, then the extras: `+` installed, `-` missing."""
    for name, version in versions().items():
        console.result(f"{name} {version}")
    missing = missing_extras()
    extras = (("-" if name in missing else "+") + name for name in EXTRAS)
    console.result(f"extras {' '.join(extras)}")
