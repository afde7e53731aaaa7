"""Write docs/reference/api.md from the public names and their docstrings; with --check, fail where
it is stale.
"""

import argparse
import inspect
import re
import sys
from collections.abc import Iterator
from enum import Enum
from pathlib import Path

import hocba_sign
from hocba_sign import types

TARGET = Path(__file__).parent.parent / "docs" / "reference" / "api.md"
TASKS = Path(__file__).with_name("api_tasks.md")
GROUPS = {
    "Verifier": "What to call",
    "TrustStore": "What it takes",
    "Report": "What comes out",
    "SignatureAlgorithm": "What the values above are made of",
}
"""The first name of each group of `hocba_sign.__all__`, and the title of the group."""


def page() -> str:
    return TASKS.read_text("utf-8") + "".join(entries()) + "".join(type_rows())


def entries() -> Iterator[str]:
    is_part = False
    for name in hocba_sign.__all__:
        if name in GROUPS:
            is_part = name == "SignatureAlgorithm"
            yield f"\n## {GROUPS[name]}\n"
            if is_part:
                yield (
                    "\nTypes of fields, parameters and results, for annotations; nobody makes them"
                    " to get something done.\n\n| Type | |\n|---|---|\n"
                )
        value = getattr(hocba_sign, name)
        summary = told(value, is_short=is_part)
        yield f"| `{name}` | {summary} |\n" if is_part else entry(name, value, summary)


def type_rows() -> Iterator[str]:
    yield (
        "\n## What fields are made of: `hocba_sign.types`\n\n"
        "Public likewise, for annotations.\n\n| Type | |\n|---|---|\n"
    )
    for name, value in sorted(vars(types).items()):
        if inspect.isclass(value):
            summary = told(value, is_short=True)
            if issubclass(value, Enum):
                summary = f"{summary} {', '.join(f'`{member}`' for member in value.__members__)}"
            yield f"| `{name}` | {summary.strip()} |\n"


def entry(name: str, value: object, summary: str) -> str:
    if inspect.isclass(value) and issubclass(value, Enum):
        return f"\n### {name}\n{', '.join(f'`{one}`' for one in value.__members__)}. {summary}\n"
    is_plain = getattr(value, "_is_protocol", False) or (
        inspect.isclass(value) and issubclass(value, Exception)
    )
    title = "" if is_plain else f"`{name}{parameters(value)}`\n\n"
    return f"\n### {name}\n{title}{summary}\n{''.join(members(value))}"


def members(value: object) -> Iterator[str]:
    """Yield a row for each public method and property, inherited ones of ours too."""
    if not inspect.isclass(value):
        return
    rows = {}
    for kind in reversed(value.__mro__):
        if not kind.__module__.startswith("hocba_sign"):
            continue
        for name, member in vars(kind).items():
            is_made = isinstance(member, classmethod | staticmethod)
            inner = member.__func__ if is_made else member
            if name.startswith("_") or not (
                inspect.isfunction(inner) or isinstance(inner, property)
            ):
                continue
            shape = "" if isinstance(inner, property) else parameters(inner)
            rows[name] = f"| `{name}{shape}` | {told(inner, is_short=True)} |\n"
    if rows:
        yield "\n| | |\n|---|---|\n"
        yield from rows.values()


def parameters(value: object) -> str:
    """Return the names of parameters, `…` for a default, without types: those are in the code."""
    assert callable(value)
    parts: list[str] = []
    for one in inspect.signature(value).parameters.values():
        if one.name in {"self", "cls"}:
            continue
        if one.kind is inspect.Parameter.KEYWORD_ONLY and "*" not in parts:
            parts.append("*")
        star = "*" if one.kind is inspect.Parameter.VAR_POSITIONAL else ""
        parts.append(star + one.name + ("" if one.default is inspect.Parameter.empty else "=…"))
    return f"({', '.join(parts)})"


def told(value: object, *, is_short: bool) -> str:
    """Return the docstring in paragraphs, or its first sentence."""
    doc = vars(value).get("__doc__") if inspect.isclass(value) else inspect.getdoc(value)
    text = inspect.cleandoc(doc or "")
    if text.startswith(f"{getattr(value, '__name__', '')}("):
        # What dataclasses write themselves.
        return ""
    joined = [" ".join(part.split()) for part in text.split("\n\n")]
    joined = [re.sub(r" (Raises|Spec): ", r"\n\n\1: ", part) for part in joined]
    if not is_short:
        return "\n\n".join(joined)
    first = re.split(r"\n\n|(?<=\.) (?=[A-Z`])", joined[0])[0]
    return first.replace("|", "\\|")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true")
    given = parser.parse_args()
    written = page()
    if not given.check:
        TARGET.write_text(written, "utf-8")
        return 0
    if TARGET.exists() and TARGET.read_text("utf-8") == written:
        return 0
    sys.stderr.write(f"{TARGET.name} is stale: run make docs\n")
    return 1


if __name__ == "__main__":
    sys.exit(main())
