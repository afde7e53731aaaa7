"""Write docs/reference/{cli,limits,workflow}.md from the code; with --check, fail where one of them
is stale.
"""

import argparse
import ast
import math
import re
import sys
from collections.abc import Iterator
from itertools import zip_longest
from pathlib import Path

from hocba_sign.cli.command_line import build_parser
from hocba_sign.model.workflow import PLANS, Role, SigningPlan
from hocba_sign.xml.layout import CANONICAL, LAYOUTS, Layout

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "src" / "hocba_sign"
GOAL = ROOT / "docs" / "reference"

CLI = """# Command line

Made by `tools/reference_pages.py` from the program's own options.

`hocba COMMAND --help` says the same in Vietnamese, or in English with `--lang en` or `HOCBA_LANG=en`. Files may be `-` for standard input or output where the command reads or writes one file.

## Exit codes

| Code | `hocba verify` | other commands |
|---|---|---|
| 0 | VALID and in force | done; `validate`: no fault; `cert verify`: PASSED; `demo`: every verdict as it should be; `doctor`: no fault found |
| 1 | INVALID; also, without any verdict, where a registry, status list, policy or evidence that was named is unreadable or not VALID | the input is not fit: malformed, over a limit, broken rules; `cert verify`: FAILED; `doctor`: a fault found |
| 2 | the command line is wrong | the same, or what was asked for cannot be done: wrong order, wrong key; `extend`: too early, not valid |
| 3 | INDETERMINATE | `cert verify`: INDETERMINATE |
| 4 | nothing to verify: no signature, or no transcript; among several files the latter counts only where nothing else is there | |
| 5 | signatures valid, but the transcript was withdrawn or replaced | |
| 6 | a file could not be read or written, or an internal error | the same, or a time-stamp authority or token failed |

Several files: the worst code, in the order 6, 1, 4, 3, 5, 0. Standard output carries the result only, standard error everything else; `--json` prints one object per file on one line, on
failure too. Result files appear whole or not at all. `NO_COLOR` is honoured. `HOCBA_DEBUG=1` shows the traceback of an internal error.
"""

LIMITS = """# Limits

Made by `tools/reference_pages.py` from the constants of the source.

Input is hostile until proven otherwise. Input over a limit is refused with a cause; lists of faults and caches end at theirs. Limits are not options: whoever needs another one has found a real file that should be
[reported](../../SECURITY.md).

| Constant | Value | Why |
|---|---|---|
"""

WORKFLOW = """# Workflow

Made by `tools/reference_pages.py` from `hocba_sign.model.workflow` and `hocba_sign.xml.layout`: the tables by which signing refuses and verification judges. Why the links are as they
are: [order](../explanation/order.md).

```mermaid
flowchart LR
"""

LIMIT = re.compile(r"MAX_\w+|[A-Z]\w*_LIMIT|DEFAULT_TIMEOUT|UNDATED_RESPONSE_LIFE")
NAMES = {
    Role.GVBM: "giáo viên môn học · subject teacher",
    Role.GVCN: "giáo viên chủ nhiệm · homeroom teacher",
    Role.CBQL: "cán bộ quản lý · principal or deputy",
    Role.KY_PHAT_HANH: "cơ sở giáo dục (con dấu số) · the school's seal",
}


def command_line() -> str:
    return CLI + "".join(sections(build_parser("en"), "hocba"))


def sections(parser: argparse.ArgumentParser, title: str) -> Iterator[str]:
    """Write a section for each command, those of a command of commands after it."""
    kind = argparse._SubParsersAction  # noqa: SLF001 - argparse has no public way to list what it knows
    subparsers = [action for action in parser._actions if isinstance(action, kind)]  # noqa: SLF001
    for name, command in (item for action in subparsers for item in action.choices.items()):
        yield f"\n## {title} {name}\n\n{command.description}\n\n"
        if rows := "".join(options(command)):
            yield f"| Option | Default | Meaning |\n|---|---|---|\n{rows}"
        if command.epilog:
            yield "\n" + command.epilog + "\n"
        yield from sections(command, f"{title} {name}")


def options(command: argparse.ArgumentParser) -> Iterator[str]:
    exclusive = {
        id(action): (
            [other for other in group._group_actions if other is not action],  # noqa: SLF001 - as above
            ", one of them is required" if group.required else "",
        )
        for group in command._mutually_exclusive_groups  # noqa: SLF001 - as above
        for action in group._group_actions  # noqa: SLF001 - as above
    }
    for action in command._actions:  # noqa: SLF001 - as above
        if action.dest == "help" or isinstance(action, argparse._SubParsersAction):  # noqa: SLF001 - as above
            continue
        value = action.metavar or (
            f"{{{','.join(map(str, action.choices))}}}" if action.choices else ""
        )
        is_repeated = isinstance(action, argparse._AppendAction)  # noqa: SLF001 - as above
        many = "…" if action.nargs in {"+", "*"} or is_repeated else ""
        names = [
            *action.option_strings[:-1],
            f"{(action.option_strings or [''])[-1]} {'' if action.nargs == 0 else value}".strip(),
        ]
        notes = [str(action.help)]
        if id(action) in exclusive:
            others, demanded = exclusive[id(action)]
            named = " or ".join(f"`{other.option_strings[-1]}`" for other in others)
            notes.append(f"not together with {named}{demanded}")
        default = (
            "required" if action.required and id(action) not in exclusive else _default(action)
        )
        yield (
            f"| {', '.join(f'`{name}`' for name in names)}{many} | {default} | "
            f"{'; '.join(notes)} |\n"
        )


def _default(action: argparse.Action) -> str:
    is_plain = (
        action.default in (None, False, argparse.SUPPRESS)
        or action.default == []
        or action.dest == "lang"
    )
    return "" if is_plain else f"`{action.default}`"


def limits() -> str:
    rows = [LIMITS]
    for path in sorted(PACKAGE.rglob("*.py")):
        module = path.relative_to(PACKAGE).with_suffix("").as_posix().replace("/", ".")
        body = ast.parse(path.read_text("utf-8")).body
        for node, following in zip_longest(body, body[1:]):
            match node:
                case (
                    ast.Assign(targets=[ast.Name(id=name)], value=value)
                    | ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value)
                ):
                    if LIMIT.fullmatch(name) and not module.startswith("testing"):
                        rows.append(
                            f"| `{module}.{name}` | {_value(value)} | {_reason(following)} |\n"
                        )
                case _:
                    pass
    return "".join(rows)


def _value(node: ast.expr) -> str:
    """Show 64 * 1024 as 65,536 and timedelta(seconds=30) as 30 seconds; other expressions as they
    are.
    """
    match node:
        case ast.Constant(value=int(number)):
            return f"{number:,}"
        case ast.BinOp(op=ast.Mult() | ast.LShift()) if not any(
            isinstance(part, ast.Name) for part in ast.walk(node)
        ):
            parts = [
                part.value
                for part in ast.walk(node)
                if isinstance(part, ast.Constant) and isinstance(part.value, int)
            ]
            is_shift = isinstance(node.op, ast.LShift)
            return f"{parts[0] << parts[1] if is_shift else math.prod(parts):,}"
        case ast.Call(
            func=ast.Name(id="timedelta"),
            keywords=[ast.keyword(arg=str(unit), value=ast.Constant(value=int(count)))],
        ):
            return f"{count} {unit}"
        case _:
            return f"`{ast.unparse(node)}`"


def _reason(node: ast.stmt | None) -> str:
    match node:
        case ast.Expr(value=ast.Constant(value=str(text))):
            return " ".join(text.split()).replace("|", "\\|")
        case _:
            return ""


def workflow() -> str:
    parts = [WORKFLOW]
    for role, rule in CANONICAL.rules.items():
        covered = ", ".join(f"#{part}" for part in rule.covers).replace("{subject}", "mon-…")
        parts.append(f'    {role}["{role}<br/>{NAMES[role]}<br/>signs {covered}"]\n')
    parts += (
        f"    {rule.links} -->|its SignatureValue is covered by| {role}\n"
        for role, rule in CANONICAL.rules.items()
        if rule.links is not None
    )
    parts.append("```\n")
    for layout in LAYOUTS.values():
        parts += table(layout)
    parts.append("\n## Plans\n")
    for plan in PLANS.values():
        parts += (
            (
                f"\n### {plan.name}\n\n| Step | Role | Who | Commitment | Required "
                f"|\n|---|---|---|---|---|\n"
            ),
            *steps(plan),
        )
    return "".join(parts)


def table(layout: Layout) -> Iterator[str]:
    yield (
        f"\n## Layout `{layout.name}`\n\n| Role | Slot, below `/HOC_BA` | Covers | Links "
        f"to |\n|---|---|---|---|\n"
    )
    for role, rule in layout.rules.items():
        covered = ", ".join(f"`#{part}`" for part in rule.covers).replace(
            "{subject}", "<Id of the subject>"
        )
        links = f"the SignatureValue of every {rule.links}" if rule.links is not None else ""
        enclosed = (
            f"the slot of {rule.covers_slots_of} lies in what it covers"
            if rule.covers_slots_of is not None
            else ""
        )
        yield f"| {role} | `{'/'.join(rule.place)}` | {covered} | {links or enclosed} |\n"


def steps(plan: SigningPlan) -> Iterator[str]:
    for step in plan.steps:
        if step.role is not Role.GVBM:
            required = "yes"
        else:
            required = (
                "at least one for each subject"
                if step.is_required_per_subject
                else "only where the transcript names one"
            )
        yield (
            f"| {plan.rank(step.role) + 1} | {step.role} | {NAMES[step.role]} | "
            f"{step.commitment} | {required} |\n"
        )


def main() -> int:
    made = {"cli.md": command_line(), "limits.md": limits(), "workflow.md": workflow()}
    stale = [
        name
        for name, text in made.items()
        if not (GOAL / name).exists() or (GOAL / name).read_text("utf-8") != text
    ]
    if "--check" in sys.argv[1:]:
        for name in stale:
            print(f"{name} is stale: run tools/reference_pages.py", file=sys.stderr)
        return 1 if stale else 0
    for name in stale:
        (GOAL / name).write_text(made[name], "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
