"""Area nonce: the random octets in the signed data, without which its digest could be guessed."""

import re
from collections.abc import Iterator

from hocba_sign.testing.drafts import drafted
from hocba_sign.xml.layout import KHO
from tools.vectors.case import Case
from tools.vectors.stage import Stage, first_match

_SPEC = "schemas/hocba.xsd, type nonce"
_ATTRIBUTE = ' NGAU_NHIEN="[^"]*"'


def cases(stage: Stage) -> Iterator[Case]:
    yield from _without(stage)
    yield from _malformed(stage)
    yield from _changed(stage)


def _rewritten(document: bytes, attribute: str) -> bytes:
    """Put another text in the place of the attribute."""
    first_match(document, _ATTRIBUTE)
    return re.sub(_ATTRIBUTE.encode(), attribute.encode(), document, count=1)


def _without(stage: Stage) -> Iterator[Case]:
    old = _rewritten(stage.draft(), "")
    yield Case(
        identifier="nonce/none",
        title="A transcript signed without random octets in its data",
        why="Files from before the attribute stay what they are; that their digest can be guessed "
        "is told",
        spec=_SPEC,
        document=stage.completed(old),
        verdict="VALID",
        causes=("DOC.NO_NONCE",),
        twin="nonce/taken-out",
    )
    primary = stage.transcript("lop5", 2)
    document = _rewritten(drafted(primary), "")
    for slot in primary.slots:
        document = stage.forged(document, slot, stage.holder(slot, primary))
    yield Case(
        identifier="nonce/none-at-primary-school",
        title="Grade 5, signed without random octets",
        why="Few grades: here guessing is easiest, and still nothing is wrong with the signatures",
        spec=_SPEC,
        document=document,
        verdict="VALID",
        causes=("DOC.NO_NONCE",),
        twin="workflow/primary",
    )
    transcript = stage.transcript()
    document = _rewritten(drafted(transcript, KHO), "")
    for slot in transcript.slots:
        document = stage.signed(document, slot, stage.holder(slot, transcript))
    yield Case(
        identifier="nonce/none-in-the-store",
        title="A transcript in the store's layout without random octets",
        why="The layout is not ours to extend: signing asks for none, reading tells",
        spec=_SPEC,
        document=document,
        verdict="VALID",
        causes=("DOC.NO_NONCE", "WF.PUPIL_NOT_COVERED"),
        options=("--policy", "kho"),
        twin="kho/issued-accepted",
    )


def _malformed(stage: Stage) -> Iterator[Case]:
    zero = "A" * 43
    for name, value, title in (
        ("short", "A" * 42 + "==", "31 random octets"),
        ("long", "A" * 44, "33 random octets"),
        ("bits-left-over", zero[:-1] + "B=", "Base64 with bits left over in its last letter"),
        ("without-padding", zero, "Base64 without its padding"),
        ("url-alphabet", "-" + zero[1:] + "=", "Base64 of the alphabet for addresses"),
        ("line-break", zero[:20] + "&#10;" + zero[20:] + "=", "Base64 with a line break"),
        ("blank-behind", zero + "= ", "Base64 with a blank behind it"),
        ("empty", "", "An empty attribute"),
    ):
        yield Case(
            identifier=f"nonce/{name}",
            title=f"{title}, signed by everybody",
            why="Two texts of the same octets, or too few octets, would be read differently",
            spec=_SPEC,
            document=stage.completed(_rewritten(stage.draft(), f' NGAU_NHIEN="{value}"')),
            verdict="INVALID",
            causes=("DOC.SCHEMA", "TRANSCRIPT.NONCE"),
            signatures={"GVCN": {"intact": True}},
            twin="format/issued-secondary",
        )
    attribute = first_match(stage.draft(), _ATTRIBUTE)
    elsewhere = _rewritten(stage.draft(), "").replace(
        b'<DINH_DANH Id="dinhdanh"', f'<DINH_DANH Id="dinhdanh"{attribute}'.encode(), 1
    )
    yield Case(
        identifier="nonce/on-another-element",
        title="The random octets stand at the identity instead of the data, signed by everybody",
        why="The schema has them in one place",
        spec=_SPEC,
        document=stage.completed(elsewhere),
        verdict="INVALID",
        causes=("DOC.SCHEMA", "TRANSCRIPT.UNKNOWN_FIELD"),
        twin="format/issued-secondary",
    )


def _changed(stage: Stage) -> Iterator[Case]:
    issued = stage.issued()
    other = f' NGAU_NHIEN="{"A" * 43}="'
    old = stage.completed(_rewritten(stage.draft(), ""))
    for name, document, title, twin, causes in (
        ("exchanged", _rewritten(issued, other), "exchanged", "format/issued-secondary", ()),
        (
            "taken-out",
            _rewritten(issued, ""),
            "taken out",
            "format/issued-secondary",
            ("DOC.NO_NONCE",),
        ),
        (
            "put-in",
            old.replace(b' Id="data"', f' Id="data"{other}'.encode(), 1),
            "put in",
            "nonce/none",
            (),
        ),
    ):
        yield Case(
            identifier=f"nonce/{name}",
            title=f"The random octets were {title} after signing",
            why="They are part of the signed data like any field",
            spec="XMLDSig 3.2.1",
            document=document,
            verdict="INVALID",
            causes=("SIG.DIGEST", *causes),
            signatures={"GVCN": {"indication": "TOTAL_FAILED", "sub_indication": "HASH_FAILURE"}},
            twin=twin,
        )
