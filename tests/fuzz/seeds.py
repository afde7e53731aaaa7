"""Real structure to start from, all of it invented: signed transcripts, documents of others, what
certificates and services send.
"""

import base64
import json
import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Final

from hocba_sign.extract.leaves import leaf_names
from hocba_sign.model.codes import EventKind
from hocba_sign.model.registry import RegistrySnapshot
from hocba_sign.model.status_list import Cell
from hocba_sign.operations.extension import extend
from hocba_sign.operations.open_extract import open_extract
from hocba_sign.operations.signing import prepare
from hocba_sign.operations.verifier import Verifier
from hocba_sign.signing.signing_policy import Level
from hocba_sign.testing import World
from hocba_sign.xml.layout import KHO
from hocba_sign.xml.record_octets import encode_record
from tests.attacks import case, properties, stamps
from tests.attacks.writer import OTHER, WORLD
from tests.support import records
from tests.support.scene import CBQL, JUDGED_AT, SEAL, SIGNED_AT, DirectTsa, Scene

ROOT: Final = Path(__file__).resolve().parents[2]
CORPUS: Final = Path(__file__).parent / "corpus"
_EMBEDDED: Final = re.compile(rb"<xades:EncapsulatedTimeStamp>([^<]+)<")

SCENE: Final = Scene(subjects=1)
STORE: Final = Scene(subjects=1, layout=KHO)


def transcripts() -> Iterator[bytes]:
    yield SCENE.draft
    yield SCENE.signed()
    yield SCENE.signed(level=Level.T)
    yield STORE.signed()
    yield archived()


def archived() -> bytes:
    """Return a transcript of level LTA, with lists and time-stamps in it."""
    document, moment = SCENE.signed(level=Level.T), SIGNED_AT
    for level in (Level.LT, Level.LTA):
        moment += timedelta(days=10)
        document = extend(
            document,
            Verifier(trust=SCENE.trust, evidence=SCENE.evidence(moment)),
            to=level,
            at=moment,
            tsa=DirectTsa(SCENE.world, moment),
        )
    return document


def documents() -> Iterator[bytes]:
    """Yield documents of others: covered in whole and in part, with time-stamps, counter-signature,
    and transcripts.
    """
    yield from (case.WHOLE, case.PART, stamps.STAMPED, stamps.ARCHIVED, properties.COUNTERED)
    yield SCENE.signed(level=Level.T)
    yield archived()


def certificates() -> Iterator[bytes]:
    rsa = World(SIGNED_AT, rsa_bits=1024)
    yield from (
        *OTHER.chain_der,
        WORLD.tsa.certificate_der,
        rsa.person("Ví Dụ", "001199000001").certificate_der,
    )
    yield WORLD.responder("public-ca").certificate_der
    yield OTHER.chain_pem


def crls() -> Iterator[bytes]:
    WORLD.revoke(WORLD.person("Bị Thu Hồi", "001199000007"), SIGNED_AT)
    yield from WORLD.crls(JUDGED_AT)


def ocsps() -> Iterator[bytes]:
    yield WORLD.ocsp_response(OTHER, JUDGED_AT)
    yield WORLD.ocsp_response(OTHER, JUDGED_AT, signer=WORLD.responder("public-ca"))


def tokens() -> Iterator[bytes]:
    for document in (stamps.STAMPED, stamps.ARCHIVED):
        yield from (base64.b64decode(found) for found in _EMBEDDED.findall(document))


def trust_lists() -> Iterator[bytes]:
    """Yield the shipped list, cut short: its form is what counts."""
    text = (ROOT / "src" / "hocba_sign" / "data" / "trust" / "certificates.json").read_text("utf-8")
    yield text.encode()


def contents() -> Iterator[bytes]:
    for name in ("lop5", "lop9", "lop12"):
        yield (ROOT / "examples" / f"{name}.json").read_bytes()


def states() -> Iterator[bytes]:
    """Yield prepared signatures of a transcript and of a PDF."""
    for slot in SCENE.teachers:
        chain = SCENE.identity(slot).chain_der
        yield prepare(SCENE.draft, slot, chain_der=chain, at=SIGNED_AT).to_json().encode()


def registries() -> Iterator[bytes]:
    yield _registry().to_json().encode()


def _registry() -> RegistrySnapshot:
    return records.snapshot(
        SCENE, records.appointment(SCENE, CBQL), records.appointment(SCENE, SEAL)
    )


def record_documents() -> Iterator[bytes]:
    """Yield a registry, an event and a status list as XML, the last two signed."""
    yield encode_record(_registry())
    issued = SCENE.signed(level=Level.T)
    yield records.signed_event(SCENE, records.event(SCENE, issued, EventKind.WITHDRAWAL))
    own = SCENE.transcript.identification
    listed = records.status_list(SCENE, {(own.id, own.version): Cell.WITHDRAWN})
    yield records.signed(SCENE, listed, {SEAL: records.department(SCENE)})


def role_policies() -> Iterator[bytes]:
    yield (ROOT / "src" / "hocba_sign" / "data" / "trust" / "role_policy.json").read_bytes()


def anchors() -> Iterator[bytes]:
    for der in WORLD.anchors_der:
        yield json.dumps(
            {"certificate": base64.b64encode(der).decode(), "hierarchies": ["public"]}
        ).encode()


def key_files() -> Iterator[bytes]:
    identity = SCENE.identity(SCENE.teachers[0])
    yield identity.p12(PASSWORD)
    yield identity.key_pem


def extracts() -> Iterator[bytes]:
    """Yield extracts in every form, of few parts and of all."""
    document = SCENE.signed()
    report = SCENE.verify(document)
    for shown in ((), ("result", "mon-19"), leaf_names(SCENE.transcript)):
        made = open_extract(document, report, show=shown)
        yield from (made.to_octets(), made.to_text().encode(), made.to_json().encode())


PASSWORD: Final = b"practice"
SOURCES: Final[dict[str, Callable[[], Iterator[bytes]]]] = {
    "transcript": transcripts,
    "document": documents,
    "certificate": certificates,
    "crl": crls,
    "ocsp": ocsps,
    "token": tokens,
    "trust": trust_lists,
    "content": contents,
    "state": states,
    "registry": registries,
    "record": record_documents,
    "policy": role_policies,
    "anchor": anchors,
    "key": key_files,
    "extract": extracts,
}


@cache
def originals(kind: str) -> tuple[bytes, ...]:
    return tuple(SOURCES[kind]())


def seeds(kind: str) -> tuple[bytes, ...]:
    """Return the originals of a kind, and what was once found with it."""
    kept = sorted((CORPUS / kind).glob("*")) if (CORPUS / kind).is_dir() else []
    return (*originals(kind), *(path.read_bytes() for path in kept))
