"""Print how the source is built, in numbers: python -m tools.figures [ROOT ...].

Every ROOT is a source tree with `src/hocba_sign`; with several, their figures stand side by side.
Lines are counted after formatting at 100 characters, so that a wider tree is not flattered.
"""

import argparse
import ast
import io
import re
import shutil
import subprocess
import sys
import tempfile
import tokenize
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

PACKAGE: Final = "hocba_sign"
WIDTH: Final = 100
COMMANDS: Final = "cli/commands"
Function = ast.FunctionDef | ast.AsyncFunctionDef
_PYTHON: Final = re.compile(r"```python\n(.*?)```", re.DOTALL)
_PRIVATE: Final = re.compile(rf"\b(?:from|import) {PACKAGE}\.(?!testing\b)")
_BEGINNING: Final = re.compile(r"(Gives?|Tells?)\b")
_PAGES: Final = ("README.md", "docs")


@dataclass(frozen=True, slots=True)
class Module:
    """One module: its path below the package, its text and its tree."""

    path: str
    text: str
    tree: ast.Module

    @property
    def stem(self) -> str:
        return Path(self.path).stem

    @property
    def folder(self) -> str:
        return str(Path(self.path).parent)

    @property
    def dotted(self) -> str:
        parts = Path(self.path).with_suffix("").parts
        return ".".join((PACKAGE, *(part for part in parts if part != "__init__")))


def figures(root: Path) -> dict[str, str]:
    """Return every figure of a source tree by its name."""
    modules = read_modules(root)
    rooms = [module for module in modules if module.stem != "__init__"]
    arrows = module_arrows(modules)
    folders = Counter(module.folder for module in rooms)
    fullest, count = folders.most_common(1)[0]
    functions = [length(node) for module in rooms for node in functions_of(module.tree)]
    lengths = [len(module.text.splitlines()) for module in rooms]
    private, with_python = private_pages(root)
    return {
        "class names used more than once": str(len(repeated_classes(modules))),
        "modules sharing their stem with another": str(len(shared_stems(rooms))),
        "… neither in mirrored siblings nor named after a command": str(
            len(shared_stems(rooms, but_mirrored=True))
        ),
        "modules in the fullest folder": f"{count} ({fullest})",
        "comments per 100 lines of code": f"{comment_rate(modules):.1f}",
        "docstrings that begin with Give or Tell": str(
            sum(_BEGINNING.match(text) is not None for text in docstrings(modules))
        ),
        "loops over `one`": str(loops_over_one(modules)),
        "types in public signatures not exported": str(len(unexported_types(modules))),
        "pages with Python that import private modules": f"{private} of {with_python}",
        f"lines of a function at width {WIDTH}, p95 / max": f"{p95(functions)} / {max(functions)}",
        f"lines of a module at width {WIDTH}, p95 / max": f"{p95(lengths)} / {max(lengths)}",
        "modules (rooms)": str(len(rooms)),
        "imports between modules (arrows)": str(sum(map(len, arrows.values()))),
        "circles between modules": str(len(circles(arrows))),
        "circles between packages": str(len(circles(package_arrows(arrows)))),
    }


def read_modules(root: Path) -> list[Module]:
    """Read the package of a tree, formatted at `WIDTH`."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / PACKAGE
        shutil.copytree(root / "src" / PACKAGE, copy, ignore=_not_python)
        subprocess.run(
            [
                *(sys.executable, "-m", "ruff", "format", "--isolated", "--quiet"),
                *("--line-length", str(WIDTH), str(copy)),
            ],
            check=True,
        )
        found = []
        for path in sorted(copy.rglob("*.py")):
            text = path.read_text("utf-8")
            found.append(Module(path.relative_to(copy).as_posix(), text, ast.parse(text)))
        return found


def _not_python(place: str, names: list[str]) -> list[str]:
    """Return what is no source of ours: other files, and the examples below `data`."""
    return [
        name
        for name in names
        if name == "data" or (not name.endswith(".py") and not (Path(place) / name).is_dir())
    ]


def functions_of(tree: ast.Module) -> Iterator[Function]:
    return (node for node in ast.walk(tree) if isinstance(node, Function))


def length(node: Function) -> int:
    """Count the lines from `def` to the end, less the docstring."""
    lines = (node.end_lineno or node.lineno) - node.lineno + 1
    if ast.get_docstring(node) is not None:
        first = node.body[0]
        lines -= (first.end_lineno or first.lineno) - first.lineno + 1
    return lines


def p95(numbers: Iterable[int]) -> int:
    ordered = sorted(numbers)
    return ordered[int(0.95 * (len(ordered) - 1))]


def repeated_classes(modules: Iterable[Module]) -> list[str]:
    names = Counter(
        node.name
        for module in modules
        for node in ast.walk(module.tree)
        if isinstance(node, ast.ClassDef)
    )
    return sorted(name for name, count in names.items() if count > 1)


def shared_stems(modules: Iterable[Module], *, but_mirrored: bool = False) -> list[str]:
    """Return the modules whose name another has too; with `but_mirrored` less those whose only
    namesakes are in sibling packages below one package, which mirror each other, or are commands,
    whose modules are named after them.
    """
    by_stem: dict[str, list[Module]] = defaultdict(list)
    for module in modules:
        by_stem[module.stem].append(module)
    return sorted(
        module.path
        for group in by_stem.values()
        for module in group
        if any(
            other is not module and not (but_mirrored and is_mirrored(module, other))
            for other in group
        )
    )


def is_mirrored(module: Module, other: Module) -> bool:
    if COMMANDS in {module.folder, other.folder}:
        return True
    above = Path(module.folder).parent
    return above == Path(other.folder).parent and str(above) != "."


def comment_rate(modules: Iterable[Module]) -> float:
    """Return comments per 100 lines that hold code."""
    comments, code = 0, set[tuple[str, int]]()
    for module in modules:
        for token in tokenize.generate_tokens(io.StringIO(module.text).readline):
            if token.type == tokenize.COMMENT:
                comments += 1
            elif token.type in {tokenize.NAME, tokenize.OP, tokenize.NUMBER}:
                code.add((module.path, token.start[0]))
    return 100 * comments / max(1, len(code))


def docstrings(modules: Iterable[Module]) -> Iterator[str]:
    """Yield the strings that stand as statements."""
    for module in modules:
        for node in ast.walk(module.tree):
            if (
                isinstance(node, ast.Expr)
                and isinstance(node.value, ast.Constant)
                and isinstance(node.value.value, str)
            ):
                yield node.value.value


def loops_over_one(modules: Iterable[Module]) -> int:
    return sum(
        isinstance(node.target, ast.Name) and node.target.id == "one"
        for module in modules
        for node in ast.walk(module.tree)
        if isinstance(node, ast.For | ast.comprehension)
    )


def unexported_types(modules: list[Module]) -> list[str]:
    """Return our classes that stand in the signatures and fields of what is public, or in those of
    what these lead to, and that neither the package nor `types` exports: `module.Class`.
    """
    homes = {module.dotted: _names_of(module) for module in modules}
    trees = {module.dotted: module for module in modules}
    public = {
        target
        for path in ("__init__.py", "types.py")
        for module in modules
        if module.path == path
        for target in homes[module.dotted].values()
    }
    found, waiting = set(public), list(public)
    while waiting:
        home, name = waiting.pop()
        node = _defined(trees[home], name) if home in trees else None
        for annotation in annotations(node) if node is not None else ():
            for word in re.findall(r"\w+", ast.unparse(annotation)):
                target = homes[home].get(word)
                if target is not None and not word.startswith("_") and target not in found:
                    found.add(target)
                    waiting.append(target)
    return sorted(
        f"{home}.{name}"
        for home, name in found - public
        if home in trees and isinstance(_defined(trees[home], name), ast.ClassDef)
    )


def _names_of(module: Module) -> dict[str, tuple[str, str]]:
    """Return for each name that a module defines or imports from the package where it is from."""
    names = {
        alias.asname or alias.name: (node.module, alias.name)
        for node in ast.walk(module.tree)
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith(PACKAGE)
        for alias in node.names
    }
    own = {
        node.name: (module.dotted, node.name)
        for node in module.tree.body
        if isinstance(node, ast.ClassDef | ast.FunctionDef)
    }
    return names | own


def _defined(module: Module, name: str) -> ast.stmt | None:
    return next(
        (
            node
            for node in module.tree.body
            if isinstance(node, ast.ClassDef | ast.FunctionDef) and node.name == name
        ),
        None,
    )


def annotations(node: ast.stmt) -> Iterator[ast.expr]:
    """Yield the annotations of a function, or of a class's public fields and methods."""
    match node:
        case ast.FunctionDef():
            arguments = (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs)
            yield from (found.annotation for found in arguments if found.annotation is not None)
            if node.returns is not None:
                yield node.returns
        case ast.ClassDef():
            for inner in node.body:
                match inner:
                    case ast.AnnAssign(target=ast.Name(id=name)) if not name.startswith("_"):
                        yield inner.annotation
                    case ast.FunctionDef() if not inner.name.startswith("_"):
                        yield from annotations(inner)
                    case _:
                        pass
        case _:
            pass


def private_pages(root: Path) -> tuple[int, int]:
    """Return how many pages have Python that imports a module below the package (but `testing`),
    and how many have Python at all.
    """
    texts = [
        "".join(_PYTHON.findall(path.read_text("utf-8")))
        for name in _PAGES
        for path in ([root / name] if (root / name).is_file() else (root / name).rglob("*.md"))
    ]
    programs = [text for text in texts if text]
    return sum(_PRIVATE.search(text) is not None for text in programs), len(programs)


def module_arrows(modules: list[Module]) -> dict[str, set[str]]:
    """Return for each module those that it imports."""
    known = {module.dotted for module in modules}
    arrows: dict[str, set[str]] = {module.dotted: set() for module in modules}
    for module in modules:
        for node in ast.walk(module.tree):
            if isinstance(node, ast.ImportFrom) and node.module is not None:
                below = {f"{node.module}.{alias.name}" for alias in node.names} & known
                wanted = below or {node.module} & known
                arrows[module.dotted] |= wanted - {module.dotted}
    return arrows


def package_arrows(arrows: Mapping[str, set[str]]) -> dict[str, set[str]]:
    """Return the same between the packages: folders at any depth."""
    found: dict[str, set[str]] = defaultdict(set)
    for source, targets in arrows.items():
        package = source.rpartition(".")[0]
        found[package] |= {target.rpartition(".")[0] for target in targets} - {package}
    return {
        source: {target for target in targets if not _is_within(source, target)}
        for source, targets in found.items()
    }


def _is_within(package: str, other: str) -> bool:
    """Return whether one of two packages holds the other: their order is theirs alone."""
    return f"{package}.".startswith(f"{other}.") or f"{other}.".startswith(f"{package}.")


def circles(arrows: Mapping[str, set[str]]) -> list[frozenset[str]]:
    """Return the groups whose members all reach each other."""
    reach = {node: _reached(node, arrows) for node in arrows}
    groups = {
        frozenset(other for other in reach[node] if node in reach.get(other, ())) | {node}
        for node in arrows
        if node in reach[node]
    }
    return sorted(groups, key=sorted)


def _reached(start: str, arrows: Mapping[str, set[str]]) -> set[str]:
    found: set[str] = set()
    waiting = list(arrows.get(start, ()))
    while waiting:
        node = waiting.pop()
        if node not in found:
            found.add(node)
            waiting.extend(arrows.get(node, ()))
    return found


def table(columns: Mapping[str, Mapping[str, str]]) -> str:
    """Return a Markdown table, one column per tree."""
    names = next(iter(columns.values()))
    lines = [f"| | {' | '.join(columns)} |", f"|---|{'--:|' * len(columns)}"]
    lines += [
        f"| {name} | {' | '.join(column[name] for column in columns.values())} |" for name in names
    ]
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("roots", nargs="*", type=Path, default=[Path()], metavar="ROOT")
    given = parser.parse_args()
    print(table({str(root): figures(root) for root in given.roots}))


if __name__ == "__main__":
    main()
