"""URI references: unescaped, and joined as Canonical XML 1.1 joins xml:base values, where the base
may itself be relative.
"""

import re
from typing import Final

_PARTS: Final = re.compile(r"(?:([^:/?#]+:))?(//[^/?#]*)?([^?#]*)(\?[^#]*)?(#.*)?", re.DOTALL)

_ESCAPES: Final = re.compile(r"(?:%[0-9A-Fa-f]{2})+")


def join_base(base: str, reference: str) -> str:
    """Resolve `reference` against `base`, keeping leading `..` of a relative base.

    Spec: Canonical XML 1.1, 2.4 and appendix A (RFC 3986, 5.2, modified).
    """
    scheme, authority, path, query, fragment = _split(reference)
    base_scheme, base_authority, base_path, base_query, _ = _split(base)
    if scheme:
        return scheme + authority + _without_dots(path) + query + fragment
    if authority:
        return base_scheme + authority + _without_dots(path) + query + fragment
    if not path:
        path, query = _without_dots(base_path), query or base_query
    elif path.startswith("/"):
        path = _without_dots(path)
    elif base_authority and not base_path:
        path = _without_dots("/" + path)
    else:
        last = base_path.rpartition("/")[2]
        folder = base_path + "/" if last in {".", ".."} else base_path.removesuffix(last)
        path = _without_dots(folder + path)
    return base_scheme + base_authority + path + query + fragment


def unescaped(reference: str) -> str:
    """Resolve percent escapes; octets that are not UTF-8 stay as they were written."""
    try:
        return _ESCAPES.sub(
            lambda match: bytes.fromhex(match[0].replace("%", "")).decode(), reference
        )
    except UnicodeDecodeError:
        return reference


def _split(reference: str) -> tuple[str, str, str, str, str]:
    found = _PARTS.fullmatch(reference)
    assert found is not None, "the expression matches every text"
    scheme, authority, path, query, fragment = (part or "" for part in found.groups())
    return scheme, authority, path, query, fragment


def _without_dots(path: str) -> str:
    """Drop `.` and `..` steps and doubled slashes; a relative path keeps the `..` that lead out of
    it.
    """
    is_absolute = path.startswith("/")
    steps = path.split("/")
    kept: list[str] = []
    for step in steps:
        if step in {"", "."}:
            continue
        if step != "..":
            kept.append(step)
        elif kept and kept[-1] != "..":
            kept.pop()
        elif not is_absolute:
            kept.append("..")
    if not kept:
        return "/" if is_absolute else ""
    is_folder = steps[-1] in {"", ".", ".."}
    return ("/" if is_absolute else "") + "/".join(kept) + ("/" if is_folder else "")
