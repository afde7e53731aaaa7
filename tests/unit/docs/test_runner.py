"""The programs that run the documentation notice what is wrong with it."""

from pathlib import Path

import pytest

from tests.unit.docs.pages import run

GOOD = """
```python
# greet.py
print("good morning")
```

```bash
python greet.py
```
```text
good …
```

```sh
make nothing of this
```
"""


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("", "", None),
        ("good …", "bad …", "promised"),
        ("good …", "good", "promised"),
        ('print("good morning")', "raise SystemExit(3)", "exit code 3"),
        ("python greet.py", "false", "line 8: exit code 1"),
        ("python greet.py", "python missing.py", "exit code 2"),
    ],
)
def test_a_page_is_run_and_compared(old: str, new: str, fault: str | None, tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(GOOD.replace(old, new) if old else GOOD, "utf-8")
    found = run(page, tmp_path)
    assert len(found) == (0 if fault is None else 1)
    assert fault is None or fault in found[0]
