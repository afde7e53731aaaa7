"""Which small changes of a module are tried, and what the module is with one of them."""

import ast
import copy
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, TypeAlias

Node: TypeAlias = ast.expr | ast.stmt

_COMPARISONS: Final[dict[type[ast.cmpop], type[ast.cmpop]]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
}
_OPERATORS: Final[dict[type[ast.operator], type[ast.operator]]] = {
    ast.BitOr: ast.BitAnd,
    ast.BitAnd: ast.BitOr,
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
}
_NAMES: Final = {"any": "all", "all": "any", "min": "max", "max": "min"}
_MEMBERS: Final = {
    "FAIL": "WARNING",
    "UNPROVEN": "WARNING",
    "WARNING": "PASS",
    "TOTAL_FAILED": "INDETERMINATE",
    "INDETERMINATE": "TOTAL_PASSED",
    "FAILED": "INDETERMINATE",
    "PASSED": "INDETERMINATE",
    "INVALID": "INDETERMINATE",
    "VALID": "INDETERMINATE",
}
_UNCHANGED: Final = frozenset({"annotation", "returns", "decorator_list"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutation:
    """`source[start:end]` becomes `after`.

    `key` names it as long as neither the function nor this place of it changes. With
    `is_declared` it is in no function: it counts from the moment when the module is loaded.
    """

    function: str
    is_declared: bool
    line: int
    last_line: int
    start: int
    end: int
    before: str
    after: str
    occurrence: int

    @property
    def key(self) -> str:
        text = f"{self.function}: {' '.join(self.before.split())} -> {' '.join(self.after.split())}"
        return f"{text} (#{self.occurrence})" if self.occurrence > 1 else text

    def rank(self, seed: int) -> bytes:
        """Return what orders mutations by chance, the same whatever else the code contains."""
        return hashlib.sha256(f"{seed} {self.key}".encode()).digest()

    def applied(self, source: bytes) -> bytes:
        return source[: self.start] + self.after.encode() + source[self.end :]


def mutations(source: bytes, module: str) -> tuple[Mutation, ...]:
    """Return every change of `source` that is tried; its docstrings, annotations and
    imports stay.
    """
    starts = [0]
    for line in source.splitlines(keepends=True):
        starts.append(starts[-1] + len(line))
    found: list[Mutation] = []
    seen: dict[tuple[str, str, str], int] = {}
    for function, is_declared, node in _nodes(ast.parse(source), module):
        for place, after in _changes(node):
            last_line = place.end_lineno or place.lineno
            start, end = (
                starts[place.lineno - 1] + place.col_offset,
                starts[last_line - 1] + (place.end_col_offset or 0),
            )
            before = source[start:end].decode()
            occurrence = seen[function, before, after] = seen.get((function, before, after), 0) + 1
            found.append(
                Mutation(
                    function=function,
                    is_declared=is_declared,
                    line=place.lineno,
                    last_line=last_line,
                    start=start,
                    end=end,
                    before=before,
                    after=after,
                    occurrence=occurrence,
                )
            )
    return tuple(found)


def _nodes(
    tree: ast.AST, qualified: str, *, is_declared: bool = True
) -> Iterator[tuple[str, bool, Node]]:
    for child in _without_annotations(tree):
        if isinstance(child, (ast.Import, ast.ImportFrom)) or _is_docstring(child):
            continue
        if isinstance(child, (ast.expr, ast.stmt)):
            yield qualified, is_declared, child
        name = (
            f"{qualified}.{child.name}"
            if isinstance(child, (ast.FunctionDef, ast.ClassDef))
            else qualified
        )
        inside = isinstance(child, (ast.FunctionDef, ast.Lambda))
        yield from _nodes(child, name, is_declared=is_declared and not inside)


def _without_annotations(node: ast.AST) -> Iterator[ast.AST]:
    for field, value in ast.iter_fields(node):
        if field in _UNCHANGED or isinstance(value, ast.arguments) or _declares(node):
            continue
        yield from (
            one
            for one in (value if isinstance(value, list) else [value])
            if isinstance(one, ast.AST)
        )


def _declares(node: ast.AST) -> bool:
    """Return whether a call says how a class is made, which judges nothing."""
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in {"dataclass", "field"}
    )


def _is_docstring(node: ast.AST) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _changes(node: Node) -> Iterator[tuple[Node, str]]:
    """Yield the part of `node` that changes, mostly all of it, with its new text."""
    if isinstance(node, (ast.If, ast.IfExp)) and ast.unparse(node.test) != "TYPE_CHECKING":
        yield node.test, f"(not ({ast.unparse(node.test)}))"
    for changed in _changed(node):
        text = ast.unparse(ast.fix_missing_locations(changed))
        yield node, f"({text})" if isinstance(node, ast.expr) else text


def _changed(node: Node) -> Iterator[ast.AST]:
    match node:
        case ast.Compare(ops=[operator]) if type(operator) in _COMPARISONS:
            yield _with(node, ops=[_COMPARISONS[type(operator)]()])
        case ast.BoolOp(op=operator):
            yield _with(node, op=ast.Or() if isinstance(operator, ast.And) else ast.And())
            for index in range(len(node.values)):
                rest = node.values[:index] + node.values[index + 1 :]
                yield rest[0] if len(rest) == 1 else _with(node, values=rest)
        case ast.UnaryOp(op=ast.Not()):
            yield node.operand
        case ast.BinOp(op=operator) if type(operator) in _OPERATORS:
            yield _with(node, op=_OPERATORS[type(operator)]())
        case ast.Call(func=ast.Name(id=name)) if name in _NAMES:
            yield _with(node, func=ast.Name(_NAMES[name]))
        case ast.Attribute(attr=name) if name in _MEMBERS and isinstance(node.ctx, ast.Load):
            yield _with(node, attr=_MEMBERS[name])
        case ast.Constant(value=bool(value)):
            yield ast.Constant(not value)
        case ast.Constant(value=int(value)):
            yield ast.Constant(value + 1)
        case _:
            yield from _shortened(node)


def _shortened(node: Node) -> Iterator[ast.AST]:
    """Yield a collection without its last item, a comprehension without its conditions, and nothing
    in the place of a statement.
    """
    match node:
        case ast.Raise() | ast.AugAssign() | ast.Continue() | ast.Expr(value=ast.Call()):
            yield ast.Pass()
        case ast.Set() | ast.Tuple() | ast.List() if len(node.elts) > 1 and isinstance(
            getattr(node, "ctx", ast.Load()), ast.Load
        ):
            yield _with(node, elts=node.elts[:-1])
        case ast.ListComp() | ast.SetComp() | ast.GeneratorExp() if (
            len(node.generators) == 1 and node.generators[0].ifs
        ):
            yield _with(node, generators=[_with(node.generators[0], ifs=[])])
        case _:
            pass


def _with(node: ast.AST, **fields: object) -> ast.AST:
    changed = copy.copy(node)
    for name, value in fields.items():
        setattr(changed, name, value)
    return changed
