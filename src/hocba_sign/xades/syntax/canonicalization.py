"""How an element becomes octets: the canonicalization that a signature names, with its
parameter.
"""

from typing import Final

from hocba_sign.frozen_dataclass import dataclass
from hocba_sign.xades.syntax.elements import optional, require_children
from hocba_sign.xml.c14n import C14nAlgorithm
from hocba_sign.xml.tree import Element

_EXCLUSIVE: Final = "{http://www.w3.org/2001/10/xml-exc-c14n#}InclusiveNamespaces"


@dataclass(frozen=True, slots=True)
class Method:
    """A canonicalization with the PrefixList of the exclusive ones."""

    algorithm: C14nAlgorithm
    prefixes: tuple[str, ...] = ()


DEFAULT: Final = Method(C14nAlgorithm.INCLUSIVE)
"""How a node-set becomes octets where nothing says how (XML Signature 1.1, 4.4.3.2)."""


def inclusive_prefixes(element: Element) -> tuple[str, ...]:
    """Read the PrefixList of an exclusive canonicalization; Raises: InputError for any other
    parameter.
    """
    require_children(element, (_EXCLUSIVE,))
    parameter = optional(element, _EXCLUSIVE)
    return () if parameter is None else tuple((parameter.get("PrefixList") or "").split())
