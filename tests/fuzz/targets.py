"""What is fuzzed, and what must hold whatever is put in.

A target takes octets and returns nothing. Only `InputError` and `CallerError` may leave the
library, and `check` tells what else must hold.
"""

import json
import random
from collections.abc import Callable
from contextlib import suppress
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from lxml import etree

from hocba_sign.adapters.home import CertificateStore
from hocba_sign.adapters.key_file import load_key, load_pkcs12
from hocba_sign.errors import CallerError, InputError, OutsideError
from hocba_sign.extract.container import read_extract
from hocba_sign.model.registry import RegistrySnapshot
from hocba_sign.model.transcript import Transcript
from hocba_sign.operations.signing import complete
from hocba_sign.operations.verifier import Verifier
from hocba_sign.pki.certificates.certificate import Certificate
from hocba_sign.pki.loading.objects import load_certificates
from hocba_sign.pki.loading.statements import load_crl, load_ocsp
from hocba_sign.pki.revocation.crl import read_revocation_list
from hocba_sign.pki.revocation.evidence import Evidence
from hocba_sign.pki.revocation.ocsp import read_response
from hocba_sign.pki.timestamp.protocol import verify_token
from hocba_sign.pki.timestamp.token import read_token
from hocba_sign.pki.trust.role_policy import RolePolicy
from hocba_sign.pki.trust.store import TrustStore
from hocba_sign.pki.trust.vietnam_list import TrustList
from hocba_sign.report.html import html
from hocba_sign.report.plain_text import text
from hocba_sign.report.report import Report
from hocba_sign.signing.state import ToBeSigned
from hocba_sign.validation.document.records import Sources, load_records
from hocba_sign.validation.policy import DEFAULT
from hocba_sign.validation.setting import Setting
from hocba_sign.validation.verdict import Verdict
from hocba_sign.xml.c14n import C14nAlgorithm, canonicalize
from hocba_sign.xml.parse import parse
from tests.attacks.writer import DS, OTHER, WORLD, XADES, cut
from tests.fuzz import mutators
from tests.fuzz.mutators import Mutator
from tests.fuzz.seeds import PASSWORD, SCENE, STORE, originals
from tests.support.scene import JUDGED_AT, SEAL, SIGNED_AT

TRUST: Final = TrustStore.of(
    Certificate.load(der) for der in dict.fromkeys((*WORLD.anchors_der, *SCENE.world.anchors_der))
)
EVIDENCE: Final = Evidence.of(
    certificates=[
        Certificate.load(der)
        for der in dict.fromkeys((*WORLD.intermediates_der, *SCENE.world.intermediates_der))
    ],
    crls=tuple(dict.fromkeys((*WORLD.crls(JUDGED_AT), *SCENE.world.crls(JUDGED_AT)))),
)
SETTING: Final = Setting(trust=TRUST, evidence=EVIDENCE, at=JUDGED_AT, policy=DEFAULT)


class Broken(AssertionError):
    """Something that must hold does not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """`kind` names the seeds. `limit` are seconds for one input."""

    name: str
    kind: str
    run: Callable[[bytes], None]
    mutators: tuple[Mutator, ...]
    limit: float = 2.0


def run_parse(octets: bytes) -> None:
    for is_open in (False, True):
        try:
            xml = parse(octets, is_of_others=is_open)
        except InputError:
            continue
        if not octets or len(xml.octets) != len(octets):
            raise Broken("the octets are not those that were given")


def run_c14n(octets: bytes) -> None:
    """Compare the own writer with the fast path, and both with libxml2 where that is right."""
    try:
        root = parse(octets, is_of_others=True).root
    except InputError:
        return
    document = root.getroottree()
    chance = random.Random(len(octets))
    inner = chance.choice(list(root.iter("*")))
    for algorithm in C14nAlgorithm:
        for target in (document, root, inner):
            _compare(target, algorithm)


def _compare(
    target: "etree._Element | etree._ElementTree[etree._Element]", algorithm: C14nAlgorithm
) -> None:
    try:
        own = canonicalize(target, algorithm, is_visible=lambda *_: True)
        fast = canonicalize(target, algorithm)
    except InputError:
        return
    if own != fast:
        raise Broken(f"{algorithm}: own writer and fast path differ")
    if isinstance(target, etree._Element) and not algorithm.is_exclusive:
        return
    try:
        theirs = etree.tostring(
            target,
            method="c14n",
            exclusive=algorithm.is_exclusive,
            with_comments=algorithm.has_comments,
        )
    except etree.C14NError:
        return
    if own != theirs and own.replace(b"&amp;", b"&") != theirs.replace(b"&amp;", b"&"):
        raise Broken(f"{algorithm}: libxml2 writes something else")


def run_certificate(octets: bytes) -> None:
    for load in (Certificate.load, load_certificates):
        try:
            found = load(octets)
        except InputError:
            continue
        for certificate in found if isinstance(found, tuple) else (found,):
            str(
                (
                    certificate.subject,
                    certificate.issuer_text,
                    certificate.not_after,
                    certificate.issuer_serial_der,
                    certificate.crl_urls,
                )
            )


def run_crl(octets: bytes) -> None:
    for load in (load_crl, read_revocation_list):
        _quietly(load, octets)


def run_ocsp(octets: bytes) -> None:
    for load in (load_ocsp, read_response):
        _quietly(load, octets)


def run_token(octets: bytes) -> None:
    try:
        token = read_token(octets)
        verify_token(token, lambda _algorithm: b"\0" * 32)
    except InputError:
        return


def run_trust(octets: bytes) -> None:
    _quietly(TrustList.load, octets)


def run_state(octets: bytes) -> None:
    """Whatever is in a state, either it is refused or the value is: nothing is completed that was
    not prepared.
    """
    try:
        state = ToBeSigned.from_json(octets)
        json.loads(state.to_json())
        complete(state, b"\0" * 64, at=SIGNED_AT)
    except (InputError, CallerError):
        return
    raise Broken("completed without a signature value")


def run_registry(octets: bytes) -> None:
    _quietly(RegistrySnapshot.from_json, octets)


def run_record(octets: bytes) -> None:
    """Read a record as given beside a transcript, and as a document of its own."""
    _quietly(lambda octets: load_records(Sources(events=(("one.xml", octets),)), SETTING), octets)
    _quietly(
        lambda octets: load_records(Sources(registries=(("one.xml", octets),)), SETTING), octets
    )
    _quietly(lambda octets: load_records(Sources(lists=(("one.xml", octets),)), SETTING), octets)
    _write(Verifier(trust=TRUST, evidence=EVIDENCE).verify(octets, at=JUDGED_AT))


def run_policy(octets: bytes) -> None:
    _quietly(RolePolicy.load, octets)


def run_anchor(octets: bytes) -> None:
    with TemporaryDirectory() as folder:
        place = Path(folder) / "anchors"
        place.mkdir()
        (place / f"{'0' * 64}.json").write_bytes(octets)
        if CertificateStore(Path(folder)).load().anchors:
            raise Broken("an anchor under a name that is not its digest")


def run_key(octets: bytes) -> None:
    for load in (
        load_pkcs12,
        lambda octets, password: load_key(octets, OTHER.chain_pem, password=password),
    ):
        with suppress(InputError, CallerError, OutsideError):
            load(octets, PASSWORD)


def run_content(octets: bytes) -> None:
    _quietly(Transcript.from_json, octets)


def _quietly(load: Callable[[bytes], object], octets: bytes) -> None:
    try:
        load(octets)
    except (InputError, CallerError):
        return


def run_verify(octets: bytes) -> None:
    report = Verifier(trust=TRUST, evidence=EVIDENCE).verify(octets, at=JUDGED_AT)
    _write(report)
    if report.verdict is Verdict.VALID:
        if report.require_passed() not in (SCENE.transcript, STORE.transcript):
            raise Broken("VALID with another content")
        if _signed_parts(octets) not in _known_parts("transcript"):
            raise Broken("VALID though a signed part has changed")


def run_any(octets: bytes) -> None:
    report = Verifier(trust=TRUST, evidence=EVIDENCE).verify_any(octets, at=JUDGED_AT)
    _write(report)
    if report.verdict is Verdict.VALID and _signed_parts(octets) not in _known_parts("document"):
        raise Broken("VALID though a signed part has changed")


def run_extract(octets: bytes) -> None:
    seal = Certificate.load(SCENE.identity(SEAL).certificate_der)
    evidence = EVIDENCE.merged(Evidence.of(certificates=[seal]))
    report = Verifier(trust=TRUST, evidence=evidence).verify_extract(octets, at=JUDGED_AT)
    json.dumps(report.to_dict(), ensure_ascii=False).encode()
    if report.verdict is Verdict.VALID and read_extract(octets) not in map(
        read_extract, originals("extract")
    ):
        raise Broken("VALID though a part has changed")


def _write(report: Report) -> None:
    json.dumps(report.to_dict(), ensure_ascii=False).encode()
    for language in ("vi", "en"):
        text(report, language).encode()
        html([report], language).encode()


def _signed_parts(octets: bytes) -> frozenset[bytes]:
    """Return the canonical octets of what the seeds' signatures cover: what is signed, SignedInfo,
    the signed properties.
    """
    root = etree.fromstring(octets, etree.XMLParser(resolve_entities=False, collect_ids=False))
    found = [
        canonicalize(one, C14nAlgorithm.EXCLUSIVE)
        for one in root.iter(f"{{{DS}}}SignedInfo", f"{{{XADES}}}SignedProperties")
    ]
    named = {
        one.get("Id"): deepcopy(one)
        for one in root.iter("*")
        if one.get("Id") in {"data", "phieu", "Hocba"}
    }
    for copy in named.values():
        for signature in list(copy.iter(f"{{{DS}}}Signature")):
            cut(signature)
    found += [canonicalize(one, C14nAlgorithm.EXCLUSIVE) for one in named.values()]
    return frozenset(found)


_KNOWN: Final[dict[str, frozenset[frozenset[bytes]]]] = {}


def _known_parts(kind: str) -> frozenset[frozenset[bytes]]:
    if kind not in _KNOWN:
        _KNOWN[kind] = frozenset(_signed_parts(seed) for seed in originals(kind))
    return _KNOWN[kind]


TARGETS: Final = {
    target.name: target
    for target in (
        Target(name="parse", kind="document", run=run_parse, mutators=mutators.XML),
        Target(
            name="c14n", kind="document", run=run_c14n, mutators=(mutators.tree, mutators.tokens)
        ),
        Target(name="certificate", kind="certificate", run=run_certificate, mutators=mutators.DER),
        Target(name="crl", kind="crl", run=run_crl, mutators=mutators.DER),
        Target(name="ocsp", kind="ocsp", run=run_ocsp, mutators=mutators.DER),
        Target(name="token", kind="token", run=run_token, mutators=mutators.DER),
        Target(name="trust", kind="trust", run=run_trust, mutators=mutators.JSON),
        Target(name="content", kind="content", run=run_content, mutators=mutators.JSON),
        Target(name="state", kind="state", run=run_state, mutators=mutators.JSON),
        Target(name="registry", kind="registry", run=run_registry, mutators=mutators.JSON),
        Target(name="record", kind="record", run=run_record, mutators=mutators.XML),
        Target(name="policy", kind="policy", run=run_policy, mutators=mutators.JSON),
        Target(name="anchor", kind="anchor", run=run_anchor, mutators=mutators.JSON),
        Target(name="key", kind="key", run=run_key, mutators=mutators.DER),
        Target(name="verify", kind="transcript", run=run_verify, mutators=mutators.SIGNED),
        Target(
            name="extract",
            kind="extract",
            run=run_extract,
            mutators=(*mutators.TEXT, mutators.octets, mutators.cut),
        ),
        Target(name="any", kind="document", run=run_any, mutators=mutators.SIGNED),
    )
}
