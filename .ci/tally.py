"""Print one closing line for all test runs: `N passed, N failed, N skipped`."""

import sys
from pathlib import Path
from xml.etree import ElementTree as ET


def tally(folder: Path) -> tuple[int, int, int]:
    """Add up the JUnit files in `folder`; errors count as failed."""
    total = failed = skipped = 0
    for file in sorted(folder.glob("*.xml")):
        for suite in ET.parse(file).getroot().iter("testsuite"):
            total += int(suite.get("tests", "0"))
            failed += int(suite.get("failures", "0")) + int(suite.get("errors", "0"))
            skipped += int(suite.get("skipped", "0"))
    return total - failed - skipped, failed, skipped


if __name__ == "__main__":
    passed, failed, skipped = tally(Path(sys.argv[1]))
    print(f"{passed} passed, {failed} failed, {skipped} skipped")
    sys.exit(passed == 0)
