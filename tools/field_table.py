"""Write docs/reference/fields.md from the field table; with --check, fail where the file is
stale.
"""

import sys
from collections.abc import Iterator
from pathlib import Path

from hocba_sign.model.codes import (
    Achievement,
    IdentityPaper,
    MarkLetter,
    PrimaryOutcome,
    Rating,
    SchoolKind,
    SchoolLevel,
    Sex,
    Trait,
    TranscriptStatus,
    Window,
    code_list,
)
from hocba_sign.model.fields import Bound, Group, Leaf, Many, table
from hocba_sign.model.lexical import ValueKind
from hocba_sign.model.transcript import DATA_PATH, Transcript

TARGET = Path(__file__).parent.parent / "docs" / "reference" / "fields.md"

HEAD = """# Fields of a transcript

Made by `tools/field_table.py` from the field table of `hocba_sign.model`.

- **Element**: the XML element below `{root}`; `[]` marks one that repeats. A field that stands in the signed part named by its first
  step is covered by the signatures that cover that part.
- **JSON key**: the column of the national dictionary (TTDLQG, *Thông tin sổ học bạ số*). A key in *italics* is ours, where the
  dictionary has no column or its name is not published. Keys stand in one flat object; only the fields marked `{{}}` and `[]` have objects of their own.
- **Attribute**: the way from a Python `Transcript`.
- **R**: required. Every text is at least one character long; lengths count characters.

The data element itself has the attribute `NGAU_NHIEN`: 32 octets that nobody can guess, new for every file, in canonical Base64 (44 characters).
With them the SHA-256 of the data, by which registers and other documents name a transcript, tells nothing of its content. They are no field: JSON and `Transcript` do not have
them, whoever writes the document gives them (`hocba new` draws them). An unsigned draft without them is not signed (`SIGN.NO_NONCE`); a signed file without them is noted (`DOC.NO_NONCE`).

Text is Unicode NFC with `Đ` (U+0110), no control or invisible characters, no blanks at its ends; a comment may have line feeds.
Any other text is a name: no full-width or ornamental letters, and no word that mixes scripts. Marks have a point and one digit
(`8.0`, `10.0`), primary tests are whole numbers. Dates are `YYYY-MM-DD`. In JSON, numbers and booleans may be given as such or as the text that the element has.
"""


def kind_words(kind: ValueKind) -> str:
    if kind.letters is not None:
        return "one of " + ", ".join(f"`{one}`" for one in kind.letters)
    if kind.bounds is not None:
        return f"integer {kind.bounds[0]}–{kind.bounds[1]}"
    if kind.codes is not None:
        return f"code of `{kind.codes}`"
    if kind.pattern is not None:
        return f"{kind.name} `{kind.pattern}`".replace("|", "\\|")
    return kind.name


def rows(record: type, element: str, attribute: str) -> Iterator[str]:
    for bound in table(record):
        inner = f"{attribute}{bound.attribute}"
        match bound.spec:
            case Leaf() as leaf:
                length = str(leaf.kind.max_length or "") if leaf.kind.letters is None else ""
                cells = (
                    f"{element}{leaf.element}",
                    _key(leaf),
                    inner,
                    leaf.title,
                    kind_words(leaf.kind),
                    length,
                    _required(bound),
                    leaf.note,
                )
                yield _row(*cells)
            case Group() as group:
                below = f"{element}{group.element}/" if group.element else element
                if group.key is not None:
                    yield _row(
                        below.removesuffix("/"),
                        f"{_key(group)} {{}}",
                        inner,
                        group.title,
                        "record",
                        "",
                        _required(bound),
                        "",
                    )
                for one in bound.records:
                    yield from rows(one, below, f"{inner}.")
            case Many() as many:
                below = (
                    f"{element}{many.wrapper}/{many.element}[]"
                    if many.wrapper
                    else f"{element}{many.element}[]"
                )
                count = f"{many.least}–{many.most} records"
                yield _row(
                    below,
                    f"{_key(many)} []",
                    f"{inner}[]",
                    many.title,
                    count,
                    "",
                    "R" if many.least else "",
                    "",
                )
                yield from rows(bound.records[0], f"{below}/", f"{inner}[].")


def _key(spec: Leaf | Group | Many) -> str:
    return f"{spec.key}" if spec.is_column else f"*{spec.key}*"


def _required(bound: Bound) -> str:
    return "R" if bound.is_required else ""


def _row(*cells: str) -> str:
    element, key, attribute, *rest = cells
    return f"| `{element}` | {key} | `{attribute}` | " + " | ".join(rest) + " |\n"


def code_tables() -> Iterator[str]:
    for name in ("subjects", "rule_sets", "provinces", "ethnic_groups"):
        listed = code_list(name)
        yield (
            f"\n## Codes: `{name}`\n\n{listed.title}.\n\n| Code | Name | SchoolLevel | Grades | "
            f"Since | Until |\n|---|---|---|---|---|---|\n"
        )
        for entries in listed.entries.values():
            for entry in entries:
                grades = f"{min(entry.grades)}–{max(entry.grades)}" if entry.grades else ""
                since = "" if entry.since.year == 1 else entry.since.isoformat()
                until = "" if entry.until.year == 9999 else entry.until.isoformat()
                since = f"programme of {entry.programme}" if entry.programme else since
                yield (
                    f"| {entry.code} | {entry.name} | {entry.level or ''} | {grades} | "
                    f"{since} | {until} |\n"
                )
        for programme, windows in listed.programmes.items():
            yield f"\nProgramme of {programme}: {'; '.join(map(window_words, windows))}.\n"


def window_words(window: Window) -> str:
    grades = ", ".join(map(str, sorted(window.grades)))
    edge = f"from {window.since}" if window.since.year > 1 else f"until {window.until}"
    return f"level {window.level}, grade {grades} {edge}"


def letter_tables() -> Iterator[str]:
    yield "\n## Letters\n\n| Type | Values | Meaning |\n|---|---|---|\n"
    for kind in (
        SchoolLevel,
        TranscriptStatus,
        Sex,
        IdentityPaper,
        SchoolKind,
        Achievement,
        Trait,
        PrimaryOutcome,
        Rating,
        MarkLetter,
    ):
        values = ", ".join(f"`{one}` {one.name.lower().replace('_', ' ')}" for one in kind)
        yield f"| `{kind.__name__}` | {values} | {(kind.__doc__ or '').strip()} |\n"


def page() -> str:
    header = (
        "\n| Element | JSON key | Attribute | Field | Type | Length | R | Note "
        "|\n|---|---|---|---|---|---|---|---|\n"
    )
    parts = [HEAD.format(root=DATA_PATH)]
    for bound in table(Transcript):
        parts += [f"\n## {bound.spec.title} (`{bound.spec.element}`)\n", header]
        parts += rows(bound.records[0], f"{bound.spec.element}/", f"{bound.attribute}.")
    return "".join((*parts, *letter_tables(), *code_tables()))


def main() -> int:
    made = page()
    if "--check" in sys.argv[1:]:
        if TARGET.read_text("utf-8") != made:
            print(f"{TARGET.name} is stale: run tools/field_table.py", file=sys.stderr)
            return 1
        return 0
    TARGET.write_text(made, "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
