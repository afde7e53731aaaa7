"""Write test_vectors/ anew, or with --check tell what differs from it."""

import runpy
import sys
from pathlib import Path

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
    runpy.run_module("tools.vectors", run_name="__main__", alter_sys=False)
