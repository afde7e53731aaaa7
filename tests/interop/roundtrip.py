"""What every round trip asserts, whoever wrote the file: intact as written, not intact with one
character changed.
"""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from tests.interop.realm import Realm


def is_intact(realm: Realm, document: bytes, *, detached: Iterable[Path] = ()) -> bool:
    """Return whether there are signatures and all of them are intact."""
    found = [one["intact"] for one in realm.judge(document, detached=detached)["signatures"]]
    return bool(found) and all(found)


def survivors(
    realm: Realm, document: bytes, *, places: Iterable[str] = (), detached: Iterable[Path] = ()
) -> list[str]:
    """Name the changes of one character that leave every signature intact; there must be none."""
    return [
        name
        for name, octets in changed(document, places)
        if is_intact(realm, octets, detached=detached)
    ]


def changed(document: bytes, places: Iterable[str]) -> Iterator[tuple[str, bytes]]:
    """Yield copies with one character changed: the last of each text in `places`, and one in the
    first digest, value and signing time.

    Of a base64 text the first character is changed, for the last may hold bits that count for
    nothing.
    """
    for place in places:
        text = place.encode()
        assert text in document, place
        yield place, document.replace(text, text[:-1] + bytes([text[-1] ^ 1]), 1)
    for tag in ("DigestValue", "SignatureValue", "SigningTime"):
        found = re.search(rb"<(?:[\w.-]+:)?" + tag.encode() + rb"(?: [^>]*)?>\s*(\w)", document)
        if found:
            at = found.start(1)
            other = (
                b"3" if tag == "SigningTime" else b"B" if document[at : at + 1] == b"A" else b"A"
            )
            yield tag, document[:at] + other + document[at + 1 :]
