"""Parts of a document, as canonicalization takes them: whole sub-trees, or any choice of nodes."""

from collections.abc import Callable, Mapping
from dataclasses import field
from enum import Enum
from typing import Final, TypeAlias

from lxml import etree

from hocba_sign.frozen_dataclass import dataclass
from hocba_sign.xml.tree import Element

Document: TypeAlias = etree._ElementTree  # noqa: SLF001 - the class has no other name


class NodeKind(Enum):
    """The kinds of nodes of the XPath data model, text split into the two places where lxml keeps
    it.
    """

    ELEMENT = "element"
    ATTRIBUTE = "attribute"
    NAMESPACE = "namespace"
    TEXT = "text"
    TAIL = "tail"
    COMMENT = "comment"
    INSTRUCTION = "instruction"


Visible: TypeAlias = Callable[[NodeKind, Element, str], bool]
"""Whether a node belongs to the node-set: its kind, the element that it belongs to (for
`TAIL`, that it follows), and for an attribute its name in Clark notation, for a namespace its
prefix (`""` the default).
"""


@dataclass(frozen=True, slots=True)
class Subtrees:
    """A node-set of whole sub-trees: whether it has what stands outside them, and the elements from
    where on that changes.
    """

    is_shown: bool = True
    switches: Mapping[Element, bool] = field(default_factory=dict)

    @property
    def only_hides(self) -> bool:
        return self.is_shown and not any(self.switches.values())

    def is_empty_at(self, apex: Element) -> bool:
        return not self.switches.get(apex, self.is_shown) and not any(self.switches.values())


WHOLE: Final = Subtrees()
