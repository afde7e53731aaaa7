"""What the schema wants at a place: the values, the form or the parts that may stand there.

libxml2 says where a document breaks the schema, never what was wanted. xmlschema, loaded at the
first fault, knows the schema as a model; it is asked about places and never sees a document, so
that nothing hostile reaches it and a fault costs one look-up.
"""

import re
from functools import cache, lru_cache
from importlib import import_module
from typing import Any, Final

from hocba_sign.shipped import shipped
from hocba_sign.xml.namespaces import HOCBA

_INDEX: Final = re.compile(r"\[[0-9]+\]")
_MAX_PLACES: Final = 2_000
"""Places that are kept; the schemas have fewer than 400."""


@lru_cache(maxsize=_MAX_PLACES)
def form_at(schema: str, path: str, *, rule: str) -> str:
    """Return what may stand at `path`, a path of local names, by the schema file `schema`: allowed
    values, a pattern, bounds, or the names of attributes or parts, as `rule` (`SCHEMA.*`) asks.

    Empty where the schema does not know the place.
    """
    element = _element(schema, _INDEX.sub("", path), is_parent_enough=rule == "SCHEMA.CONTENT")
    if element is None:
        return ""
    of_type = element.type
    if rule == "SCHEMA.ATTRIBUTE":
        return ", ".join(f"@{name}" for name in of_type.attributes if name)
    if of_type.is_simple():
        return _value_form(of_type)
    return ", ".join(dict.fromkeys(part.local_name for part in of_type.content.iter_elements()))


def _value_form(of_type: Any) -> str:
    if of_type.enumeration:
        return ", ".join(map(str, of_type.enumeration))
    if of_type.min_value is not None:
        return f"{of_type.min_value}–{of_type.max_value}"
    if of_type.patterns is not None:
        return " & ".join(of_type.patterns.regexps)
    if of_type.max_length is not None:
        return f"{of_type.min_length}–{of_type.max_length}"
    return ""


def _element(schema: str, path: str, *, is_parent_enough: bool) -> Any:
    """Return the declaration at a place; of what the schema does not know, that of its parent."""
    model = _model(schema)
    namespaces = {"h": HOCBA} if model.target_namespace else {}
    steps = path.strip("/").split("/")
    for count in (len(steps), len(steps) - 1) if is_parent_enough else (len(steps),):
        named = "/".join(f"h:{step}" if namespaces else step for step in steps[:count])
        found = model.find(f"/{named}", namespaces) if count else None
        if found is not None:
            return found
    return None


@cache
def _model(schema: str) -> Any:
    path = shipped("schemas", schema)
    return import_module("xmlschema").XMLSchema10(path, allow="local", defuse="always")
