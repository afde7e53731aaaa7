"""The XPath expressions that signers really write, recognised by their tokens: no XPath engine
reads a file's text.

Spec: XML-Signature XPath Filter 2.0; XML Signature 1.1, 6.6.3 (XPath filtering) and 6.6.4
(enveloped signature).
"""

import re
from collections.abc import Mapping
from typing import Final, NamedTuple, NoReturn, TypeAlias

from hocba_sign.frozen_dataclass import dataclass

MAX_EXPRESSION: Final = 2_000
"""Characters; the longest that signers write has 200."""
MAX_NESTING: Final = 10
"""Levels of parentheses."""

_TOKEN: Final = re.compile(
    r"""\s*(?:(::|//|[/|()\[\]=@]|>|'[^']*'|"[^"]*")|([0-9]+)|([^\W\d][\w.-]*(?::[^\W\d][\w.-]*)?|\*))"""
)
_LOCAL_NAME: Final = re.compile(r"[^\W\d][\w.-]*")
_WILD: Final = "*"


@dataclass(frozen=True, slots=True)
class Root:
    """`/`: the whole document."""


@dataclass(frozen=True, slots=True)
class LocationStep:
    """Elements among the children or (`is_deep`, the first only) all descendants of the step
    before.

    `name` is in Clark notation, `*` for any, `{*}a` for any namespace. `attribute` is one that they
    must have, with its value, `written` the name as it must stand in the file, prefix and all.
    """

    name: str
    is_deep: bool
    attribute: tuple[str, str] | None = None
    written: str | None = None


@dataclass(frozen=True, slots=True)
class Path:
    """Elements by an absolute path: `/a/b`, `//b`, `/descendant::b`."""

    steps: tuple[LocationStep, ...]


@dataclass(frozen=True, slots=True)
class Identified:
    """`id('x')`."""

    identifier: str


@dataclass(frozen=True, slots=True)
class Around:
    """`here()/ancestor::a[1]`: the nearest such element around the expression itself."""

    name: str


Place: TypeAlias = Root | Path | Identified | Around


@dataclass(frozen=True, slots=True)
class Inside:
    """True of the nodes in the sub-trees at these places."""

    places: tuple[Place, ...]


@dataclass(frozen=True, slots=True)
class OutsideOf:
    """True of the nodes outside the sub-trees at a place, if there is such a place; false of all
    nodes if there is none.
    """

    place: Place


@dataclass(frozen=True, slots=True)
class Not:
    operand: "Predicate"


@dataclass(frozen=True, slots=True)
class Both:
    operands: "tuple[Predicate, ...]"


@dataclass(frozen=True, slots=True)
class Either:
    operands: "tuple[Predicate, ...]"


Predicate: TypeAlias = Inside | OutsideOf | Not | Both | Either


class UnknownExpression(Exception):
    """The expression is none of the fixed forms."""


def read_filter(text: str, namespaces: Mapping[str | None, str]) -> Predicate:
    """Read the predicate of an XPath 1.0 transform. Raises: UnknownExpression."""
    reader = _ExpressionReader(text, namespaces)
    found = reader.predicate(0)
    reader.end()
    return found


def read_selection(text: str, namespaces: Mapping[str | None, str]) -> Inside:
    """Read the node-set expression of XPath Filter 2.0. Raises: UnknownExpression."""
    reader = _ExpressionReader(text, namespaces)
    places = [reader.place()]
    while reader.takes("|"):
        places.append(reader.place())
    reader.end()
    return Inside(tuple(places))


class _Lexeme(NamedTuple):
    kind: str
    text: str


def _tokens(text: str) -> list[_Lexeme]:
    if len(text) > MAX_EXPRESSION:
        raise UnknownExpression
    found, at, end = [], 0, len(text.rstrip())
    while at < end:
        match = _TOKEN.match(text, at)
        if match is None:
            raise UnknownExpression
        mark, number, name = match.groups()
        found.append(
            _Lexeme("name", name)
            if name
            else _Lexeme("number", number)
            if number
            else _Lexeme("mark", mark)
        )
        at = match.end()
    return found


class _ExpressionReader:
    """Reads one expression from left to right, one token ahead."""

    __slots__ = ("_at", "_namespaces", "_tokens")

    def __init__(self, text: str, namespaces: Mapping[str | None, str]) -> None:
        self._tokens = _tokens(text)
        self._namespaces = namespaces
        self._at = 0

    def takes(self, *texts: str) -> bool:
        """Go past these tokens if they come next."""
        following = self._tokens[self._at : self._at + len(texts)]
        if tuple(token.text for token in following) != texts:
            return False
        self._at += len(texts)
        return True

    def needs(self, *texts: str) -> None:
        if not self.takes(*texts):
            _refuse()

    def end(self) -> None:
        if self._at != len(self._tokens):
            _refuse()

    def predicate(self, depth: int) -> Predicate:
        if depth > MAX_NESTING:
            _refuse()
        operands = [self._conjunction(depth)]
        while self.takes("or"):
            operands.append(self._conjunction(depth))
        return operands[0] if len(operands) == 1 else Either(tuple(operands))

    def place(self) -> Place:
        if self.takes("here", "(", ")", "/"):
            self.needs("ancestor", "::")
            name = self._name()
            self.needs("[", "1", "]")
            return Around(name)
        if self.takes("id", "("):
            identifier = self._literal()
            self.needs(")")
            return Identified(identifier)
        return self._path()

    def _conjunction(self, depth: int) -> Predicate:
        operands = [self._operand(depth)]
        while self.takes("and"):
            operands.append(self._operand(depth))
        return operands[0] if len(operands) == 1 else Both(tuple(operands))

    def _operand(self, depth: int) -> Predicate:
        if self.takes("not", "("):
            return Not(self._in_parentheses(depth))
        if self.takes("("):
            return self._in_parentheses(depth)
        if self.takes("true", "(", ")") or self.takes("1"):
            return Both(())
        if self.takes("ancestor-or-self", "::"):
            return Inside((Path((self._step(is_deep=True),)),))
        return self._not_around()

    def _in_parentheses(self, depth: int) -> Predicate:
        found = self.predicate(depth + 1)
        self.needs(")")
        return found

    def _not_around(self) -> Predicate:
        """Read `count(ancestor-or-self::a | here()/ancestor::a[1]) >
        count(ancestor-or-self::a)`.
        """
        self.needs("count", "(", "ancestor-or-self", "::")
        name = self._name()
        self.needs("|")
        place = self.place()
        self.needs(")", ">", "count", "(", "ancestor-or-self", "::")
        if place != Around(name) or self._name() != name:
            _refuse()
        self.needs(")")
        return OutsideOf(place)

    def _path(self) -> Place:
        if self.takes("//"):
            steps = [self._step(is_deep=True)]
        else:
            # The context node of Filter 2.0 is the document, so that a relative path says the same.
            is_absolute = self.takes("/")
            is_deep = self.takes("descendant", "::") or self.takes("descendant-or-self", "::")
            self.takes("child", "::")
            if is_absolute and not is_deep and not self._is_name():
                return Root()
            steps = [self._step(is_deep=is_deep)]
        while self.takes("/"):
            self.takes("child", "::")
            steps.append(self._step(is_deep=False))
        return Path(tuple(steps))

    def _step(self, *, is_deep: bool) -> LocationStep:
        name = self._name()
        if self.takes("[", "@"):
            attribute = self._name()
            self.needs("=")
            step = LocationStep(name, is_deep, (attribute, self._literal()))
            self.needs("]")
            return step if attribute != _WILD else _refuse()
        if name == _WILD and self.takes("[", "local-name", "(", ")", "="):
            local = self._literal()
            self.needs("]")
            return (
                LocationStep(f"{{*}}{local}", is_deep)
                if _LOCAL_NAME.fullmatch(local)
                else _refuse()
            )
        if name == _WILD and self.takes("[", "name", "(", ")", "="):
            written = self._literal()
            self.needs("]")
            return LocationStep(name, is_deep, written=written)
        return LocationStep(name, is_deep)

    def _is_name(self) -> bool:
        return self._at < len(self._tokens) and self._tokens[self._at].kind == "name"

    def _name(self) -> str:
        """Return the name of an element in Clark notation; without a prefix it has no namespace, as
        in XPath 1.0.
        """
        if not self._is_name():
            _refuse()
        prefix, colon, local = self._tokens[self._at].text.rpartition(":")
        self._at += 1
        if not colon:
            return local
        if prefix not in self._namespaces:
            _refuse()
        return f"{{{self._namespaces[prefix]}}}{local}"

    def _literal(self) -> str:
        if self._at >= len(self._tokens) or self._tokens[self._at].text[0] not in "'\"":
            _refuse()
        self._at += 1
        return self._tokens[self._at - 1].text[1:-1]


def _refuse() -> NoReturn:
    raise UnknownExpression
