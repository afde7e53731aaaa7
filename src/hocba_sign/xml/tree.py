"""Elements of a tree as others see them: their tag and their place."""

import threading
from collections.abc import Callable
from typing import Final, Protocol, TypeAlias, cast

from lxml import etree

from hocba_sign.xml.limits import (
    MAX_ATTRIBUTES,
    MAX_DEPTH,
    MAX_TEXT,
)

Element: TypeAlias = etree._Element  # noqa: SLF001 - the class has no other name
"""An element, comment or processing instruction of the tree."""


_SHOWN_NAME: Final = 60


class Attribute(Protocol):
    """The string that lxml gives for an attribute node."""

    def getparent(self) -> Element: ...


class Queries(threading.local):
    """Compiled XPath objects hold a lock while they run, so every thread has its own."""

    def __init__(self) -> None:
        self.ids = cast(
            "Callable[[Element], list[Attribute]]",
            etree.XPath("/descendant::*/@*[translate(local-name(), 'ID', 'id') = 'id']"),
        )
        self.too_deep = _elements("/*" * (MAX_DEPTH + 1))
        self.crowded = _elements(f"//*/@*[{MAX_ATTRIBUTES + 1}]/..")
        self.long_attributes = _elements(f"//*[@*[string-length() > {MAX_TEXT}]]")
        self.before = cast(
            "Callable[[Element], float]",
            etree.XPath("count(preceding::*) + count(ancestor::*)"),
        )
        self.comments = _elements("/descendant::comment()[1]")
        self.instructions = _elements("/descendant::processing-instruction()[1]")


def _elements(path: str) -> "Callable[[Element], list[Element]]":
    return cast("Callable[[Element], list[Element]]", etree.XPath(path))


QUERIES: Final = Queries()


def tags(element: Element) -> tuple[str, ...]:
    """Return the tags from `element` up to the root."""
    return (str(element.tag), *(str(step.tag) for step in element.iterancestors()))


def locate(element: Element) -> str:
    """Name the place of `element` for people: a path of local names with positions, and the
    line.
    """
    steps = []
    step: Element | None = element
    while step is not None:
        steps.append(_step(step))
        step = step.getparent()
    return f"/{'/'.join(reversed(steps))} (line {element.sourceline})"


def _step(element: Element) -> str:
    tag: object = element.tag
    if not isinstance(tag, str):
        return "comment()" if tag is etree.Comment else "processing-instruction()"
    before = sum(1 for _ in element.itersiblings(tag, preceding=True))
    is_alone = not before and next(element.itersiblings(tag), None) is None
    name = etree.QName(element).localname[:_SHOWN_NAME]
    return name if is_alone else f"{name}[{before + 1}]"
