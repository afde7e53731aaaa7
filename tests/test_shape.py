"""Budgets and habits of the source that no linter checks; an offender is named in the failure."""

import ast
import re
import shutil
import subprocess
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "src" / "hocba_sign"
MODULES = {
    path.relative_to(PACKAGE).as_posix(): path.read_text("utf-8")
    for path in sorted(PACKAGE.rglob("*.py"))
}
TREES = {name: ast.parse(text) for name, text in MODULES.items()}
TOOLS = {
    path.relative_to(ROOT).as_posix(): path.read_text("utf-8")
    for path in sorted((ROOT / "tools").rglob("*.py"))
}
TOOL_TREES = {name: ast.parse(text) for name, text in TOOLS.items()}
LISTINGS = {"Iterator[Case]", "list[Row]"}
"""What functions return that only list cases or rows, one after the other: tables, not steps."""
VAGUE = {
    "base",
    "common",
    "core",
    "helper",
    "helpers",
    "manager",
    "misc",
    "shared",
    "tools",
    "util",
    "utils",
}
LAZY_EXPORTS = {"__getattr__", "__dir__"}
PLACE = re.compile(
    rb"(?<![\w.:<>])/(?:work|root|home|opt/wheels|tmp/v)/"
    rb"|pypi\.org|python[h]osted|npmjs\.org|repo1?\.maven|deb\.debian|--(?:find-links|"
    rb"(?:extra-)?index-url)[= ]"
)

Function = ast.FunctionDef | ast.AsyncFunctionDef
BRANCHES = (ast.If, ast.For, ast.AsyncFor, ast.While, ast.ExceptHandler, ast.IfExp, ast.match_case)


def name_of(base: ast.expr) -> str:
    """Return the last part of a base class's name, less its type arguments."""
    return ast.unparse(base).partition("[")[0].rpartition(".")[2]


CLASSES = [
    node for tree in TREES.values() for node in ast.walk(tree) if isinstance(node, ast.ClassDef)
]
OWN_BASES = {node.name for node in CLASSES} | {
    "Enum",
    "Exception",
    "IntEnum",
    "NamedTuple",
    "Protocol",
    "StrEnum",
}
# Methods of a class with a foreign base: that base prescribes their parameters.
SHAPED_ELSEWHERE = {
    inner
    for node in CLASSES
    if {name_of(base) for base in node.bases} - OWN_BASES
    for inner in node.body
    if isinstance(inner, Function)
}


def refuse(offenders: Iterable[str]) -> None:
    """Fail and name every offender."""
    if names := sorted(offenders):
        pytest.fail("\n".join(names), pytrace=False)


def functions(trees: Mapping[str, ast.Module] = TREES) -> Iterator[tuple[str, Function]]:
    for name, tree in trees.items():
        for node in ast.walk(tree):
            if isinstance(node, Function):
                yield f"{name}:{node.name}", node


def lines(node: Function) -> int:
    """Count from `def` to the end, less the docstring."""
    length = (node.end_lineno or node.lineno) - node.lineno + 1
    first = node.body[0]
    if ast.get_docstring(node) is not None:
        length -= (first.end_lineno or first.lineno) - first.lineno + 1
    return length


def branches(node: Function) -> int:
    return sum(isinstance(inner, BRANCHES) for inner in ast.walk(node))


def parameters(node: Function) -> int:
    return len(own_positional(node)) + len(node.args.kwonlyargs)


def own_positional(node: Function) -> list[str]:
    """Name the parameters that may be given by position, less `self` and `cls`."""
    return [
        arg.arg
        for arg in (*node.args.posonlyargs, *node.args.args)
        if arg.arg not in {"self", "cls"}
    ]


def excess_positional(node: Function) -> int:
    """Count positional parameters over two; a private function, whose calls stand beside it, may
    have three.
    """
    return (
        0
        if node in SHAPED_ELSEWHERE
        else len(own_positional(node)) - (3 if node.name.startswith("_") else 2)
    )


def test_modules_have_at_most_400_lines() -> None:
    lengths = {name: len(text.splitlines()) for name, text in (MODULES | TOOLS).items()}
    refuse(f"{name}: {length} lines" for name, length in lengths.items() if length > 400)


@pytest.mark.parametrize(
    ("measure", "limit"), [(lines, 60), (branches, 12), (parameters, 6), (excess_positional, 0)]
)
def test_functions_keep_their_budget(measure: Callable[[Function], int], limit: int) -> None:
    refuse(
        f"{name}: {measure(node)} {measure.__name__}"
        for name, node in functions()
        if measure(node) > limit
    )


@pytest.mark.parametrize(("measure", "limit"), [(lines, 60), (branches, 12), (parameters, 6)])
def test_functions_of_tools_keep_their_budget(
    measure: Callable[[Function], int], limit: int
) -> None:
    refuse(
        f"{name}: {measure(node)} {measure.__name__}"
        for name, node in functions(TOOL_TREES)
        if measure(node) > limit
        and not (
            measure is lines and node.returns is not None and ast.unparse(node.returns) in LISTINGS
        )
    )


@pytest.mark.parametrize("trees", [TREES, TOOL_TREES], ids=["src", "tools"])
def test_no_two_classes_share_a_name(trees: Mapping[str, ast.Module]) -> None:
    names = Counter(
        node.name
        for tree in trees.values()
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_")
    )
    refuse(name for name, count in names.items() if count > 1)


def test_no_two_modules_of_tools_share_a_name() -> None:
    stems = Counter(Path(name).stem for name in TOOLS)
    refuse(name for name in TOOLS if stems[Path(name).stem] > 1 and "__" not in name)


def test_classes_derive_from_at_most_one_of_ours() -> None:
    bases = {node.name: {name_of(base) for base in node.bases} for node in CLASSES}

    def depth(name: str) -> int:
        return 1 + max(
            (depth(base) for base in bases[name] if base in bases and base != name), default=0
        )

    refuse(f"{name}: depth {depth(name)}" for name in bases if depth(name) > 2)


def test_packages_only_name_what_they_export() -> None:
    """A package file holds imports and name tables; the top one may also load a name when it is
    first asked for.
    """

    def is_naming(name: str, node: ast.stmt) -> bool:
        match node:
            case (
                ast.Import()
                | ast.ImportFrom()
                | ast.Assign()
                | ast.AnnAssign()
                | ast.Expr(value=ast.Constant())
            ):
                return True
            case ast.If(test=ast.Name(id="TYPE_CHECKING")):
                return True
            case ast.If(
                test=ast.UnaryOp(operand=ast.Name(id="TYPE_CHECKING")),
                body=[ast.FunctionDef() as only],
            ):
                return name == "__init__.py" and only.name in LAZY_EXPORTS
            case ast.FunctionDef():
                return name == "__init__.py" and node.name in LAZY_EXPORTS
            case _:
                return False

    packages = {name: tree for name, tree in TREES.items() if name.endswith("__init__.py")}
    refuse(
        f"{name}:{node.lineno}"
        for name, tree in packages.items()
        for node in tree.body
        if not is_naming(name, node)
    )


def test_no_import_inside_a_function() -> None:
    imports = (ast.Import, ast.ImportFrom)
    refuse(
        f"{name}: line {node.lineno}"
        for name, function in functions(TREES | TOOL_TREES)
        for node in ast.walk(function)
        if isinstance(node, imports)
    )


def test_no_module_without_a_subject() -> None:
    refuse(
        name
        for name in (*MODULES, *(name.removeprefix("tools/") for name in TOOLS))
        if VAGUE & {part.strip("_") for part in re.split(r"[/.]", name)}
    )


def test_nothing_names_the_place_of_development() -> None:
    git = shutil.which("git")
    if git is None or not (ROOT / ".git").exists():
        pytest.skip("not a git checkout: the tracked files are unknown")
    listed = subprocess.run(
        [git, "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True, text=True
    ).stdout
    paths = [ROOT / name for name in listed.split("\0") if name]
    found = {
        path: match[0]
        for path in paths
        if path.is_file() and (match := PLACE.search(path.read_bytes()))
    }
    refuse(f"{path.relative_to(ROOT)}: {text.decode()}" for path, text in found.items())
    refuse(
        str(path.relative_to(ROOT))
        for path in paths
        if path.is_symlink() and path.readlink().is_absolute()
    )
