"""The test world of the vectors, its transcripts, and the tools to sign and to tamper with them."""

import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any, Unpack

from lxml import etree

from hocba_sign.crypto.signer import SoftwareSigner
from hocba_sign.model.signers import ExpectedSigner
from hocba_sign.model.transcript import Transcript
from hocba_sign.model.workflow import Role, Slot
from hocba_sign.operations.signing import sign
from hocba_sign.pki.certificates.certificate import Certificate
from hocba_sign.signing.signing_policy import Level, SigningPolicy
from hocba_sign.testing import Identity, World
from hocba_sign.testing.authority_answers import TimestampOptions
from hocba_sign.testing.drafts import drafted
from hocba_sign.testing.forge import Forgery, forge, stamp, value_id
from hocba_sign.testing.identity import pem
from hocba_sign.xades.transcript.read import signature_elements
from hocba_sign.xml.layout import CANONICAL
from hocba_sign.xml.parse import parse
from hocba_sign.xml.splice import insert, path_of, slice_of

ROOT = Path(__file__).resolve().parents[2]
SIGNED_AT = datetime(2026, 6, 1, 3, 0, tzinfo=UTC)
LISTED_AT = SIGNED_AT + timedelta(days=1)
JUDGED_AT = LISTED_AT + timedelta(hours=1)
SEED = "hocba vectors"

GVCN, CBQL, SEAL = Slot(Role.GVCN), Slot(Role.CBQL), Slot(Role.KY_PHAT_HANH)
NAMESPACES = {
    "h": "urn:hocba:1",
    "ds": "http://www.w3.org/2000/09/xmldsig#",
    "xades": "http://uri.etsi.org/01903/v1.3.2#",
}


class Stage:
    """Everything that the vectors are made of.

    Signatures embed the signer's certificate only, to keep the files small.
    """

    def __init__(self) -> None:
        self.world = World(SIGNED_AT, seed=SEED, base_url="http://hocba.example")

    def world_files(self) -> dict[str, bytes]:
        """Return anchors, issuing authorities and revocation lists as most cases use them."""
        authorities = {
            slug: self.world.authority(slug)
            for slug in (
                "national-root",
                "public-ca",
                "government-root",
                "government-ca",
                "tsa-root",
            )
        }
        files = {
            f"trust/{slug}.pem": pem(one.certificate_der)
            for slug, one in authorities.items()
            if one.parent is None
        }
        files |= {
            f"cert/{slug}.pem": pem(one.certificate_der)
            for slug, one in authorities.items()
            if one.parent is not None
        }
        return files | {f"crl/{slug}.crl": self.world.crl(slug, LISTED_AT) for slug in authorities}

    @cache  # noqa: B019 - there is one stage in a process
    def transcript(self, example: str = "lop12", subjects: int = 1) -> Transcript:
        """Return an example with its first subjects only, of a pupil who is not assessed: results
        of the year cannot fit to so few.
        """
        whole = Transcript.from_json((ROOT / "examples" / f"{example}.json").read_bytes())
        particulars = replace(whole.content.particulars, is_exempt_from_assessment=True)
        return replace(
            whole,
            content=replace(
                whole.content, subjects=whole.subjects[:subjects], particulars=particulars
            ),
        )

    def draft(self, example: str = "lop12", subjects: int = 1) -> bytes:
        return drafted(self.transcript(example, subjects))

    @property
    def teacher(self) -> Slot:
        """Return the slot of the only subject teacher of `issued()`."""
        return self.transcript().slots[0]

    def identity(self, signer: ExpectedSigner) -> Identity:
        """Return the key of the person or school that a transcript names."""
        if signer.slot.role is Role.KY_PHAT_HANH:
            return self.world.organisation(signer.name)
        assert signer.personal_id is not None, "the examples name everybody's number"
        return self.world.person(signer.name, signer.personal_id)

    def holder(self, slot: Slot, transcript: Transcript | None = None) -> Identity:
        chosen = transcript or self.transcript()
        return self.identity(
            next(signer for signer in chosen.expected_signers if signer.slot == slot)
        )

    @cache  # noqa: B019 - there is one stage in a process
    def issued(
        self, example: str = "lop12", subjects: int = 1, *, level: Level = Level.B, upto: int = 99
    ) -> bytes:
        """Return a transcript signed in order by the library itself; `upto` stops after so many
        signatures.
        """
        transcript = self.transcript(example, subjects)
        document = drafted(transcript)
        for signer in transcript.expected_signers[:upto]:
            document = self.signed(document, signer.slot, self.identity(signer), level=level)
        return document

    def signed(
        self, document: bytes, slot: Slot, identity: Identity, *, level: Level = Level.B
    ) -> bytes:
        """Sign one slot by the library, and time-stamp it where level T is asked for."""
        signer = SoftwareSigner(identity.key, (identity.certificate_der,))
        made = sign(
            document,
            slot,
            signer=signer,
            at=SIGNED_AT,
            tsa=None,
            policy=SigningPolicy(level=Level.B),
        ).octets
        return stamp(made, slot, token=self.token) if level is Level.T else made

    def forgery(
        self, document: bytes, slot: Slot, signer: Identity | None = None, **changes: Any
    ) -> Forgery:
        """Describe the signature as the layout wants it in this document, but for `changes`."""
        root = parse(document).root
        present = signature_elements(root, CANONICAL)
        linked = tuple(value_id(other) for other in CANONICAL.linked_slots(slot, present))
        usual = Forgery(
            slot=slot,
            identity=signer or self.holder(slot),
            at=SIGNED_AT,
            covered=CANONICAL.covered_ids(slot),
            linked=linked,
            chain_length=1,
        )
        return replace(usual, **changes)

    def forged(
        self, document: bytes, slot: Slot, signer: Identity | None = None, **changes: Any
    ) -> bytes:
        return forge(document, self.forgery(document, slot, signer, **changes))

    def completed(self, document: bytes, slots: Iterable[Slot] | None = None) -> bytes:
        """Fill the slots that are still empty, in order, without any of the checks that signing
        makes.
        """
        for slot in self.transcript().slots if slots is None else slots:
            if signature_elements(parse(document).root, CANONICAL).get(slot) is None:
                document = self.forged(document, slot)
        return document

    def forged_at(self, slot: Slot, signer: Identity | None = None, **changes: Any) -> bytes:
        """Return a whole transcript in which the signature of one slot departs from the usual;
        later signers accept it.
        """
        document = self.draft()
        for one in self.transcript().slots:
            document = (
                self.forged(document, one, signer, **changes)
                if one == slot
                else self.forged(document, one)
            )
        return document

    @staticmethod
    def certificate(certificate_der: bytes) -> Certificate:
        return Certificate.load(certificate_der)

    def token(
        self,
        message_digest: bytes,
        *,
        at: datetime = SIGNED_AT,
        tsa: Identity | None = None,
        **options: Unpack[TimestampOptions],
    ) -> bytes:
        return self.world.timestamp_token(("sha256", message_digest), at, tsa=tsa, **options)


def swapped(octets: bytes, old: str, new: str, *, count: int = 1) -> bytes:
    """Replace `old`, which must occur exactly `count` times."""
    found = octets.count(old.encode())
    assert found == count, f"{old!r} occurs {found} times"
    return octets.replace(old.encode(), new.encode())


def element_text(octets: bytes, path: str) -> str:
    """Return the text of the first element that an XPath with the prefixes h, ds, xades finds."""
    found = etree.fromstring(octets).find(path, NAMESPACES)
    assert found is not None, f"nothing at {path}"
    assert found.text, f"no text at {path}"
    return str(found.text)


def signature_octets(document: bytes, slot: Slot) -> bytes:
    root = parse(document).root
    return slice_of(document, path_of(signature_elements(root, CANONICAL)[slot]))


def emptied(document: bytes, slot: Slot) -> bytes:
    """Take the signature out of a slot; every other octet stays."""
    return document.replace(signature_octets(document, slot), b"")


def filled(document: bytes, slot: Slot, fragment: bytes) -> bytes:
    """Put octets into the slot element, whatever they are."""
    pattern = slot_start(slot)
    at = document.rindex(pattern.encode()) + len(pattern)
    return document[:at] + fragment + document[at:]


def slot_start(slot: Slot) -> str:
    if slot.subject is None:
        return f"<{slot.role}>"
    return f'<{slot.role} giaoVien="{slot.teacher}" monHoc="{slot.subject}">'


def before_slot(document: bytes, slot: Slot, fragment: str) -> bytes:
    """Put octets before a slot element."""
    at = document.rindex(slot_start(slot).encode())
    return document[:at] + fragment.encode() + document[at:]


def without_slot(document: bytes, slot: Slot) -> bytes:
    """Take out the slot element with everything in it."""
    start = document.rindex(slot_start(slot).encode())
    end = document.index(f"</{slot.role}>".encode(), start) + len(f"</{slot.role}>")
    return document[:start] + document[end:]


def inserted(document: bytes, path: str, fragment: bytes) -> bytes:
    """Put octets in as the last child of the element that a path with the prefixes h, ds, xades
    finds.
    """
    root = parse(document).root
    element = root if path == "." else root.find(path, NAMESPACES)
    assert element is not None, f"nothing at {path}"
    return insert(document, path_of(element), fragment=fragment)


def first_match(octets: bytes, pattern: str) -> str:
    found = re.search(pattern.encode(), octets)
    assert found is not None, f"nothing like {pattern}"
    return found[0].decode()
