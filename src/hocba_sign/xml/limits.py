"""What a document may cost before anything of it is believed."""

from typing import Final

MAX_BYTES: Final = 20_000_000
"""A transcript with every signature, time-stamp and revocation list is below 1 MB; e-invoices with
attachments stay below 10 MB.
"""


MAX_MARKUP: Final = 250_000
"""Number of `<`: bounds elements, comments and instructions (128 octets each) before a tree is
built.
"""


MAX_ATTRIBUTES_TOTAL: Final = 100_000
"""Number of `=`: bounds attributes (240 octets each) before a tree is built."""


MAX_ATTRIBUTES: Final = 256
"""Attributes of one element: they are sorted at every canonicalisation."""


MAX_NAMESPACES: Final = 256
"""Namespace declarations in scope: inclusive canonicalisation may repeat all of them."""


MAX_SCOPE: Final = 100_000
"""Characters of the namespace names in scope: each target of inclusive canonicalization repeats
them.
"""


MAX_NAMESPACE_OCTETS: Final = 30_000_000
"""The longest namespace name times elements and attributes: exclusive canonicalization writes a
name again wherever it is used.
"""


MAX_DEPTH: Final = 100
"""Levels of elements: the deepest XAdES archive property lies at level 25, libxml2 recurses per
level.
"""


MAX_TEXT: Final = 10_000_000
"""Characters of one text or attribute; libxml2 enforces it unless `huge_tree` is given.

A text of others may have any number: archives carry whole PDF files.
"""


MAX_ESCAPED: Final = 4_000_000
"""Number of `&`, of `"` and of `>`: six octets for one of them in a canonical form."""
