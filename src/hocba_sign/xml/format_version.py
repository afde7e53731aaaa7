"""The version that a document says it has.

Nobody signs it: it stands on the root. So a version only ever keeps a reader from judging; it never
makes one read otherwise (docs/reference/format.md, Versions).
"""

import re
from typing import Final

from lxml import etree

from hocba_sign.errors import InputError
from hocba_sign.xml import namespaces
from hocba_sign.xml.tree import Element

_VERSION: Final = re.compile(r"([1-9][0-9]{0,3})\.(0|[1-9][0-9]{0,3})")
_GENERATION: Final = re.compile(r"urn:hocba:([1-9][0-9]{0,3})")
_KNOWN_GENERATION: Final = 1
_KNOWN: Final = (_KNOWN_GENERATION, 0)


def is_newer(root: Element) -> bool:
    """Return whether a document says that it is of a version after the one known here: it may be
    right, and cannot be judged.
    """
    generation = _GENERATION.fullmatch(etree.QName(root).namespace or "")
    if generation is not None and int(generation[1]) > _KNOWN_GENERATION:
        return True
    version = _VERSION.fullmatch(root.get(namespaces.SCHEMA_VERSION_ATTRIBUTE, ""))
    return version is not None and (int(version[1]), int(version[2])) > _KNOWN


def require_version(root: Element) -> None:
    """Raises: InputError `DOC.NEWER` for a later version, `TRANSCRIPT.SCHEMA_VERSION` for what is
    no version at all.
    """
    if is_newer(root):
        raise InputError("DOC.NEWER", where=f"/{etree.QName(root).localname}")
    if root.get(namespaces.SCHEMA_VERSION_ATTRIBUTE) != namespaces.SCHEMA_VERSION:
        raise InputError(
            "TRANSCRIPT.SCHEMA_VERSION",
            where=f"/{etree.QName(root).localname}/@{namespaces.SCHEMA_VERSION_ATTRIBUTE}",
        )
