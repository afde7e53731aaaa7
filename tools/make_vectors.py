"""Write `test_vectors/` again, or with --check say what differs from it."""

import runpy
import sys
from pathlib import Path

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
    runpy.run_module("tools.vectors", run_name="__main__", alter_sys=False)
