"""Area extract: the root of extracts in the seal's signature."""

import base64
import re
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from typing import Final

from lxml import etree

from hocba_sign.extract.leaves import leaf_hashes
from hocba_sign.extract.merkle import tree_root
from hocba_sign.model.workflow import Slot
from hocba_sign.testing.forge import stamp
from hocba_sign.xades.syntax import names
from hocba_sign.xml.decode import decode_document, document_nonce
from hocba_sign.xml.tree import Element
from tools.vectors.case import Case
from tools.vectors.stage import CBQL, SEAL, Stage

_SPEC: Final = "docs/reference/format.md: the extract"
_TYPE: Final = "urn:hocba:extract:1"
_HONEST: Final = "extract/reserved"
_HOCBA: Final = "urn:hocba:1"
_OTHER_ROOT: Final = "kB5bv0GkZkFL3u1vY8h1r0N5W1oXh3pQm0l8cT2dYkE="


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """An Object and a Reference to it, as the format has them but for what is given.

    `root` is that of the data unless given.
    """

    slot: Slot = SEAL
    identifier: str = "ck-KY_PHAT_HANH-extract"
    tag: str = f"{{{_HOCBA}}}Extract"
    leaves: str = "4"
    root: str | None = None
    is_referenced: bool = True
    type_uri: str | None = _TYPE
    target: str | None = None
    objects: int = 1

    def edit(self, signature: Element) -> None:
        for number in range(self.objects):
            name = self.identifier + ("" if not number else f"-{number}")
            holder = etree.SubElement(signature, names.OBJECT, Id=name)
            root = true_root(signature.getroottree().getroot()) if self.root is None else self.root
            etree.SubElement(
                holder, self.tag, {"Leaves": self.leaves, "Root": root}, nsmap={"hb": _HOCBA}
            )
        if self.is_referenced:
            self._refer(signature)

    def _refer(self, signature: Element) -> None:
        first = next(signature.iter(names.REFERENCE))
        own = deepcopy(first)
        own.attrib.clear()
        identifier = f"ck-{self.slot.role}-ref-3"
        own.set("Id", identifier)
        if self.type_uri is not None:
            own.set("Type", self.type_uri)
        own.set("URI", f"#{self.target or self.identifier}")
        last = list(signature.iter(names.REFERENCE))[-1]
        last.addprevious(own)
        formats = list(signature.iter(names.DATA_OBJECT_FORMAT))[-1]
        described = deepcopy(formats)
        described.set("ObjectReference", f"#{identifier}")
        formats.addnext(described)


def true_root(document: Element) -> str:
    """Return what a seal must state of the data of a document."""
    nonce = document_nonce(document) or b""
    return base64.b64encode(tree_root(leaf_hashes(decode_document(document), nonce))).decode()


def cases(stage: Stage) -> Iterator[Case]:
    honest = stage.forged_at(SEAL, before_digests=_Place().edit)
    yield Case(
        identifier=_HONEST,
        title="The seal also covers the root of an extract, in the place reserved for it",
        why="Old readers must not refuse what newer writers put into the reserved place",
        spec=_SPEC,
        document=honest,
        verdict="VALID",
        signatures={"KY_PHAT_HANH": {"indication": "TOTAL_PASSED", "intact": True}},
        workflow={"complete": True, "order_proven": True},
        twin="extract/object-without-reference",
    )
    yield Case(
        identifier="extract/reserved-level-t",
        title="The same, all four signatures time-stamped",
        why="The Object stands behind the properties and is no part of what a time-stamp needs",
        spec=_SPEC,
        document=reserved_at_level_t(stage),
        verdict="VALID",
        signatures={"KY_PHAT_HANH": {"indication": "TOTAL_PASSED", "format": "XAdES-BASELINE-T"}},
        twin="extract/root-changed",
    )
    yield from _of_form(stage)
    yield from _uncovered(stage)
    yield from _false(stage)
    yield Case(
        identifier="extract/root-changed",
        title="The root in the Object was changed after signing",
        why="The seal covers it like any data",
        spec="XMLDSig 3.2.1",
        document=re.sub(rb'(Leaves="4" Root=")[^"]*', rb"\g<1>" + _OTHER_ROOT.encode(), honest),
        verdict="INVALID",
        causes=("SIG.DIGEST",),
        signatures={"KY_PHAT_HANH": {"intact": False}},
        twin=_HONEST,
    )


def reserved_at_level_t(stage: Stage) -> bytes:
    """Return a transcript whose seal covers a root, every signature time-stamped."""
    document = stage.forged_at(SEAL, before_digests=_Place().edit)
    for slot in stage.transcript().slots:
        document = stamp(document, slot, token=stage.token)
    return document


def _of_form(stage: Stage) -> Iterator[Case]:
    for name, title, place in (
        ("no-leaves", "claims no leaves", _Place(leaves="0")),
        ("too-many-leaves", "claims more leaves than a transcript has parts", _Place(leaves="44")),
        ("padded-count", "writes its count with a leading zero", _Place(leaves="04")),
        ("short-root", "has a root that is no SHA-256", _Place(root=_OTHER_ROOT[4:])),
        ("other-element", "holds an element of another name", _Place(tag=f"{{{_HOCBA}}}HOC_BA")),
        ("reference-to-the-data", "is not what the reference names", _Place(target="dinhdanh")),
        ("reference-without-type", "is covered by a reference without type", _Place(type_uri=None)),
        ("reference-alone", "is missing, and the reference names the identity",
         _Place(objects=0, target="dinhdanh")),
    ):  # fmt: skip
        yield Case(
            identifier=f"extract/{name}",
            title=f"The place for the extract {title}; all of it signed by the seal",
            why="A reserved place holds what it is reserved for and nothing else",
            spec=_SPEC,
            document=stage.forged_at(SEAL, before_digests=place.edit),
            verdict="INVALID",
            causes=("SIG.EXTRACT",),
            signatures={"KY_PHAT_HANH": {"indication": "TOTAL_FAILED"}},
            twin=_HONEST,
        )


def _uncovered(stage: Stage) -> Iterator[Case]:
    bare = _Place(is_referenced=False)
    yield Case(
        identifier="extract/object-without-reference",
        title="An Object with the Id of the extract that the seal does not cover",
        why="Anybody could have put it there",
        spec=_SPEC,
        document=stage.forged_at(SEAL, after=bare.edit),
        verdict="INVALID",
        causes=("SIG.EXTRACT", "DOC.UNSIGNED"),
        twin=_HONEST,
    )
    for name, title, place in (
        ("twice", "Two Objects for an extract in the seal's signature", _Place(objects=2)),
        ("other-id", "An Object with a root under another Id", _Place(identifier="ck-other")),
    ):
        yield Case(
            identifier=f"extract/{name}",
            title=f"{title}, one covered",
            why="Only one place is reserved",
            spec=_SPEC,
            document=stage.forged_at(SEAL, before_digests=place.edit),
            verdict="INVALID",
            causes=("SIG.STRUCTURE",),
            twin=_HONEST,
        )
    yield Case(
        identifier="extract/at-the-principal",
        title="The principal's signature covers an Object with the Id of the seal's extract",
        why="The place is the seal's",
        spec=_SPEC,
        document=stage.forged_at(CBQL, before_digests=_Place(slot=CBQL).edit),
        verdict="INVALID",
        causes=("SIG.STRUCTURE",),
        twin=_HONEST,
    )


def _false(stage: Stage) -> Iterator[Case]:
    """Seals that state something else than the data: extracts of such a file would lie."""
    for name, title, place in (
        ("root-of-other-data", "states a root of other data", _Place(root=_OTHER_ROOT)),
        ("other-count", "states the right root over another number of parts", _Place(leaves="5")),
    ):
        yield Case(
            identifier=f"extract/{name}",
            title=f"The seal {title}, and all signatures hold",
            why="An extract could show marks that the transcript does not have",
            spec=_SPEC,
            document=stage.forged_at(SEAL, before_digests=place.edit),
            verdict="INVALID",
            causes=("EXTRACT.ROOT",),
            signatures={"KY_PHAT_HANH": {"indication": "TOTAL_PASSED", "intact": True}},
            twin=_HONEST,
        )
    bare = re.sub(rb' NGAU_NHIEN="[^"]*"', b"", stage.draft(), count=1)
    for slot in stage.transcript().slots:
        if slot != SEAL:
            bare = stage.forged(bare, slot)
    document = stage.forged(bare, SEAL, before_digests=_Place().edit)
    yield Case(
        identifier="extract/root-without-random-octets",
        title="The seal states a root over data without random octets",
        why="Without them every hidden mark could be found by trying; no such root is right",
        spec=_SPEC,
        document=document,
        verdict="INVALID",
        causes=("EXTRACT.ROOT", "DOC.NO_NONCE"),
        twin="nonce/none",
    )
