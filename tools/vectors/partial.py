"""Area partial: extracts by themselves, as the text of their code."""

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from functools import cache
from typing import Final

from hocba_sign.crypto.signer import SoftwareSigner
from hocba_sign.extract import base45
from hocba_sign.extract.cbor import Value, decode, encode
from hocba_sign.extract.container import PREFIX, Extract
from hocba_sign.extract.opening import key_id
from hocba_sign.operations.open_extract import open_extract
from hocba_sign.operations.verifier import Verifier
from hocba_sign.pki.certificates.certificate import Certificate
from hocba_sign.pki.revocation.evidence import Evidence
from hocba_sign.pki.trust.store import TrustStore
from hocba_sign.testing import Identity, World
from hocba_sign.testing.identity import pem
from tools.vectors.case import WORLD, Case
from tools.vectors.stage import JUDGED_AT, LISTED_AT, SEAL, SEED, SIGNED_AT, Stage

_SPEC: Final = "docs/reference/format.md: the extract"
_HONEST: Final = "partial/one-subject"
_SUBJECTS: Final = 6
_SHOWN: Final = ("result", "mon-15")


class _Set:
    """A transcript of several subjects, its seal, and extracts of it."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.transcript = stage.transcript("lop12", _SUBJECTS)
        self.seal = stage.holder(SEAL, self.transcript)
        self.files = {"seal.pem": pem(self.seal.certificate_der)}
        self.document = stage.issued("lop12", _SUBJECTS)
        world = stage.world
        verifier = Verifier(
            trust=TrustStore.of(Certificate.load(der) for der in world.anchors_der),
            evidence=Evidence.of(
                certificates=[Certificate.load(der) for der in world.intermediates_der],
                crls=world.crls(LISTED_AT),
            ),
        )
        self.report = verifier.verify(self.document, at=JUDGED_AT)

    @cache  # noqa: B019 - one set in a process
    def extract(self, *shown: str) -> Extract:
        return open_extract(self.document, self.report, show=shown)


def _text(extract: Extract) -> bytes:
    return extract.to_text().encode() + b"\n"


def _raw(octets: bytes) -> bytes:
    return (PREFIX + base45.encode(octets)).encode() + b"\n"


def cases(stage: Stage) -> Iterator[Case]:
    made = _Set(stage)
    usual = Case(
        identifier=_HONEST,
        title="Head, result and one subject, with the seal's certificate",
        why="The seal covers the root over all parts",
        spec=_SPEC,
        document=_text(made.extract(*_SHOWN)),
        verdict="VALID",
        signatures={"KY_PHAT_HANH": {"indication": "TOTAL_PASSED", "intact": True}},
        twin="partial/other-mark",
        files=made.files,
        cert=(f"{WORLD}/cert", "seal.pem"),
        command="verify-extract",
    )
    yield usual
    yield from _honest(made, usual)
    yield from _changed(made, usual)
    yield from _unproven(made, usual)
    yield from _malformed(made, usual)


def _honest(made: _Set, usual: Case) -> Iterator[Case]:
    everything = ("result", "private", *(one.id for one in made.transcript.subjects))
    registered = made.extract().registered_value.hex()
    for name, title, shown, options in (
        ("head-alone", "The head alone", (), ()),
        ("private-hidden", "Everything but the private data", everything[:1] + everything[2:], ()),
        ("everything", "All parts", everything, ()),
        ("registered", "Found in a register", _SHOWN, ("--registered", registered)),
    ):
        yield replace(
            usual,
            identifier=f"partial/{name}",
            title=title,
            document=_text(made.extract(*shown)),
            options=options,
            twin="partial/other-mark" if name != "registered" else "partial/not-registered",
        )

    yield replace(
        usual,
        identifier="partial/expired-registered",
        title="The seal's certificate has expired, and a register has the transcript",
        why="The register stands for the time, the last list for the certificate",
        document=_text(made.extract(*_SHOWN)),
        at=JUDGED_AT + timedelta(days=4 * 365),
        options=("--registered", registered),
        causes=("EXTRACT.EXPIRED_REGISTERED",),
        files={**made.files, **_last_lists(made)},
        crl=tuple(_last_lists(made)),
        twin="partial/expired",
    )


def _last_lists(made: _Set) -> dict[str, bytes]:
    """Return the lists of the seal's authorities from the end of the seal's certificate."""
    ends = Certificate.load(made.seal.certificate_der).not_after
    later = ends + timedelta(days=4 * 365)
    return {
        f"{slug}.crl": made.stage.world.crl(slug, ends - timedelta(hours=1), next_update=later)
        for slug in ("government-root", "government-ca")
    }


def _changed(made: _Set, usual: Case) -> Iterator[Case]:
    honest, other = made.extract(*_SHOWN), made.extract("private", "mon-19")
    value = honest.values[4]
    assert isinstance(value, tuple)
    mark = (value[0], 100)
    head = honest.values[0]
    assert isinstance(head, tuple)
    flipped = bytes([honest.proof[0] ^ 1]) + honest.proof[1:]
    for name, title, changed in (
        ("other-mark", "Another mark", replace(honest, values={**honest.values, 4: mark})),
        ("other-name", "Another pupil's name", replace(
            honest, values={**honest.values, 0: ("Trần Văn Khác", *head[1:])})),
        ("other-year", "Another school year", replace(
            honest, values={**honest.values, 0: (head[0], 2024, *head[2:])})),
        ("other-salt", "Another salt", replace(honest, salts={**honest.salts, 4: bytes(16)})),
        ("moved", "The subject shown as the one behind it", replace(
            honest,
            salts={0: honest.salts[0], 1: honest.salts[1], 5: honest.salts[4]},
            values={0: honest.values[0], 1: honest.values[1], 5: value})),
        ("proof-changed", "One bit of the proof changed", replace(honest, proof=flipped)),
        ("proof-moved", "Two hashes of the proof exchanged", replace(
            honest, proof=honest.proof[16:32] + honest.proof[:16] + honest.proof[32:])),
        ("more-leaves", "Another number of parts", replace(honest, leaves=10)),
        ("digest-changed", "The digest of the data changed", replace(
            honest, digests=replace(honest.digests, data=bytes(32)))),
        ("other-template", "The form of another algorithm", replace(honest, template=2)),
        ("signature-changed", "One bit of the signature value changed", replace(
            honest, signature=bytes([honest.signature[0] ^ 1]) + honest.signature[1:])),
        ("leaf-of-another", "A part taken from an extract with other parts hidden", replace(
            honest, values={**honest.values, 4: other.values[3]})),
    ):  # fmt: skip
        yield replace(
            usual,
            identifier=f"partial/{name}",
            title=title,
            why="The seal signed something else",
            document=_text(changed),
            verdict="INVALID",
            causes=("EXTRACT.CHANGED",),
            signatures={"KY_PHAT_HANH": {"indication": "TOTAL_FAILED", "intact": False}},
            twin=_HONEST,
        )


def _unproven(made: _Set, usual: Case) -> Iterator[Case]:
    other = made.stage.world.organisation("Trường THPT Khác")
    others = {"seal.pem": pem(other.certificate_der)}
    late = JUDGED_AT + timedelta(days=4 * 365)
    for name, title, why, changes in (
        ("no-certificate", "Without the seal's certificate", "Whose key it is nobody knows",
         {"cert": (f"{WORLD}/cert",), "causes": ("EXTRACT.CERTIFICATE",), "signatures": {}}),
        ("other-certificate", "With the certificate of another school", "It is another key",
         {"files": others, "causes": ("EXTRACT.CERTIFICATE",), "signatures": {}}),
        ("other-school", "Sealed by another school than the head names",
         "Any school could seal parts of a transcript that is not its own",
         {"document": _text(_sealed_by(other, made.extract(*_SHOWN))), "files": others,
          "causes": ("WF.SIGNER_UNKNOWN",)}),
        ("no-list", "Without a revocation list", "The certificate may have been revoked",
         {"crl": (), "causes": ("REVOCATION.NONE",), "signatures": {}}),
        ("revoked", "The seal's certificate was revoked",
         "Whether the seal was made before is not proven",
         {"files": {**made.files, "revoked.crl": _revoked_list(made)},
          "crl": (f"{WORLD}/crl/government-root.crl", "revoked.crl"), "causes": ("REVOCATION.REVOKED",), "signatures": {}}),
        ("expired", "The seal's certificate has expired", "Nobody answers for it any more",
         {"at": late, "causes": ("PATH.EXPIRED",), "signatures": {}}),
        ("not-registered", "Of no transcript that the register has",
         "It may be of another version",
         {"options": ("--registered", hashlib.sha256(b"another").hexdigest()),
          "causes": ("EXTRACT.NOT_REGISTERED",)}),
        ("newer", "Made by newer software", "What is not known is not wrong",
         {"document": _raw(_edited(made.extract(*_SHOWN), 0, 40)), "causes": ("EXTRACT.NEWER",),
          "signatures": {}}),
        ("newer-text", "A text of a later format", "What is not known is not wrong",
         {"document": b"HB2:" + usual.document[4:], "causes": ("EXTRACT.NEWER",),
          "signatures": {}}),
    ):  # fmt: skip
        yield replace(
            usual,
            identifier=f"partial/{name}",
            title=title,
            why=why,
            verdict="INDETERMINATE",
            twin=_HONEST,
            **changes,
        )


def _sealed_by(identity: Identity, extract: Extract) -> Extract:
    """Put another seal to the same parts."""
    public_key_der = Certificate.load(identity.certificate_der).public_key_der
    signer = SoftwareSigner(identity.key, (identity.certificate_der,))
    value = signer.sign(extract.signed_info, extract.algorithm)
    return replace(extract, key_id=key_id(public_key_der), signature=value)


def _revoked_list(made: _Set) -> bytes:
    """Return the list of the seal's authority once the seal is revoked."""
    world = World(SIGNED_AT, seed=SEED, base_url="http://hocba.example")
    world.revoke(world.organisation(made.seal.name), SIGNED_AT + timedelta(hours=1))
    return world.crl("government-ca", LISTED_AT)


def _edited(extract: Extract, item: int, value: Value) -> bytes:
    """Write the octets of an extract with one of its items exchanged."""
    items = decode(extract.to_octets())
    assert isinstance(items, tuple)
    return encode((*items[:item], value, *items[item + 1 :]))


def _malformed(made: _Set, usual: Case) -> Iterator[Case]:
    honest = made.extract(*_SHOWN)
    octets = honest.to_octets()
    for name, title, cause, document in (
        ("trailing", "Octets behind the end", "EXTRACT.CBOR", _raw(octets + b"\0")),
        ("cut", "The last octet is missing", "EXTRACT.CBOR", _raw(octets[:-1])),
        ("long-number", "A number longer than it need be", "EXTRACT.CBOR",
         _raw(octets[:1] + b"\x18" + octets[1:])),
        ("no-head", "The head hidden", "EXTRACT.FORM", _raw(_edited(honest, 4, 0b10010))),
        ("key-too-long", "The name of the key too long", "EXTRACT.FORM",
         _raw(_edited(honest, 1, bytes(9)))),
        ("proof-too-long", "One hash too many", "EXTRACT.PROOF",
         _text(replace(honest, proof=honest.proof + bytes(16)))),
        ("proof-too-short", "One hash too few", "EXTRACT.PROOF",
         _text(replace(honest, proof=honest.proof[:-16]))),
        ("no-such-mark", "A mark above ten", "EXTRACT.LEAF",
         _text(replace(honest, values={**honest.values, 4: ("15", 101)}))),
        ("wrong-letter", "A letter that the code cannot have", "EXTRACT.BASE45",
         usual.document.replace(b"HB1:", b"HB1:a", 1)),
        ("other-text", "The text of another code", "EXTRACT.TEXT", b"HC1:6BF" + b"\n"),
        ("json-lies", "JSON that shows another mark than its code", "EXTRACT.JSON",
         honest.to_json().replace('"9.2"', '"10"').encode()),
    ):  # fmt: skip
        yield replace(
            usual,
            identifier=f"partial/{name}",
            title=title,
            why="One extract has one form; what is not in it is no extract",
            document=document,
            verdict="INVALID",
            causes=(cause,),
            signatures={},
            twin=_HONEST,
        )
