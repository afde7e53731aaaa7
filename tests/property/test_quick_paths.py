"""A quick path says "faultless" or nothing: with and without it every file has the same verdict,
causes and report (docs/adr/0021-quick-and-careful.md).
"""

import binascii
import random
import re
import sys
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import product
from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import given

from hocba_sign.ades.structure import ParsedDocument
from hocba_sign.cli.main import main
from hocba_sign.errors import InputError
from hocba_sign.model.transcript import Transcript
from hocba_sign.operations.documents import render
from hocba_sign.operations.verifier import Verifier
from hocba_sign.pki.certificates.certificate import Certificate
from hocba_sign.pki.certificates.profile import Purpose
from hocba_sign.pki.path import kept
from hocba_sign.pki.path.kept import validate_path_quickly
from hocba_sign.pki.path.path_validation import validate_path
from hocba_sign.pki.path.result import PathRequirements, PathStatus
from hocba_sign.pki.revocation.evidence import Evidence
from hocba_sign.pki.trust.store import Anchor, TrustStore
from hocba_sign.testing.world import World
from hocba_sign.xades.syntax import resolver
from hocba_sign.xades.transcript import faultless_signature
from hocba_sign.xades.transcript.read import read, read_parsed
from hocba_sign.xml.c14n import C14nAlgorithm, canonicalize
from hocba_sign.xml.decode import (
    check_data,
    check_document,
    decode,
    decode_document,
    decode_quickly,
)
from hocba_sign.xml.encode import encode
from hocba_sign.xml.faultless import decode_faultless
from hocba_sign.xml.layout import CANONICAL
from hocba_sign.xml.namespaces import DATA, HOCBA
from hocba_sign.xml.parse import parse
from tests.attacks.test_attacks import ATTACKS
from tests.fuzz.mutators import SIGNED, TEXT, XML, Mutator
from tests.fuzz.seeds import seeds
from tests.fuzz.targets import EVIDENCE, TRUST
from tests.property.test_tampering import ISSUED, SCENE
from tests.support.scene import JUDGED_AT, SIGNED_AT
from tests.support.transcripts import transcripts
from tests.vectors.replay import FOLDERS, identifier, load

NONCE: Final = bytes(range(32))
MUTATIONS: Final = 1_500
"""Changes of the signed data; each is read twice, in a millisecond or two."""
FILES: Final = 250
"""Changes of whole files; each is judged twice."""


def data_of(transcript: Transcript) -> bytes:
    root = parse(encode(transcript, CANONICAL, nonce=NONCE)).root
    data = root.find(f"{{{HOCBA}}}{DATA}")
    assert data is not None
    return canonicalize(data, C14nAlgorithm.EXCLUSIVE)


@given(transcript=transcripts())
def test_what_is_faultless_is_read_quickly(transcript: Transcript) -> None:
    data = data_of(transcript)
    assert decode_faultless(data) == decode(data) == transcript
    assert check_data(parse(data).root) == ()


def changed(octets: bytes, mutators: tuple[Mutator, ...], number: int) -> bytes:
    chance = random.Random(number)
    for _ in range(chance.choice((1, 1, 1, 2))):
        octets = chance.choice(mutators)(octets, octets, chance)
    return octets


def test_nothing_is_faultless_that_the_careful_path_reads_otherwise() -> None:
    data = read(ISSUED).signed_octets["data"]
    assert decode_faultless(data) == SCENE.transcript
    passed = 0
    for number in range(MUTATIONS):
        octets = changed(data, TEXT, number)
        quickly = decode_faultless(octets)
        if quickly is not None:
            root = parse(octets).root
            assert (quickly, ()) == (decode(octets), check_data(root)), number
            passed += octets != data
    assert passed > MUTATIONS // 50


def test_a_draft_is_faultless_only_where_the_careful_path_finds_nothing() -> None:
    passed = 0
    for number in range(MUTATIONS // 3):
        octets = changed(SCENE.draft, XML, number)
        with suppress(InputError):
            root = parse(octets).root
            quickly = decode_quickly(root)
            if quickly is not None:
                assert (quickly, ()) == (decode_document(root), check_document(root)), number
                passed += octets != SCENE.draft
    assert passed > MUTATIONS // 150


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"<TEN_LOP>", b"<TEN_LOP >"),
        (b"<TEN_LOP>", b"<!-- --><TEN_LOP>"),
        (b"<TEN_LOP>", b"<?a b?><TEN_LOP>"),
        (b"<TEN_LOP>", b'<TEN_LOP xml:lang="vi">'),
        (b"<TEN_LOP>", b"a<TEN_LOP>"),
        (b"<TEN_LOP>", b"<TEN_LOP>&#65;"),
        (b"<TEN_LOP>", b"<TEN_LOP>]]>"),
        (b"<TEN_LOP>", b"<TEN_LOP> "),
        (b"</TEN_LOP>", b" </TEN_LOP>"),
        (b"</TEN_LOP>", b"&#xD;a</TEN_LOP>"),
        (b"<TEN_LOP>", b"<TEN_LOP></TEN_LOP><TEN_LOP>"),
        (b' Id="dinhdanh"', b""),
        (b' Id="dinhdanh"', b' Id="dinhdanh" a=">"'),
        (b' Id="dinhdanh"', b' Id="khac"'),
        (b' Id="mon-', b' Id="mon-0'),
        (b"<DIEM_TONG_KET ", b"<DIEM_TONG_KET a='b' "),
        (b"</DU_LIEU_HOC_BA>", b"</DU_LIEU_HOC_BA><!-- -->"),
        (b"</DU_LIEU_HOC_BA>", b"</DU_LIEU_HOC_BA>\n"),
        (b' xmlns="urn:hocba:1"', b' xmlns="urn:hocba:2"'),
        (b"NGAU_NHIEN=", b"NGAU_NHIEM="),
    ],
)
def test_another_spelling_is_left_to_the_careful_path(old: bytes, new: bytes) -> None:
    data = read(ISSUED).signed_octets["data"]
    assert old in data
    assert decode_faultless(data.replace(old, new, 1)) is None


def read_both(octets: bytes) -> tuple[ParsedDocument | str, ParsedDocument | str]:
    """Read the signatures by either path; what is raised is told by cause and place."""

    def answer(*, is_careful: bool) -> ParsedDocument | str:
        try:
            return read_parsed(parse(octets), is_careful=is_careful)
        except InputError as error:
            return f"{error.cause} {error.where}"

    return answer(is_careful=False), answer(is_careful=True)


def own_forms(document: ParsedDocument | str) -> int:
    return 0 if isinstance(document, str) else sum(s.is_of_own_form for s in document.signatures)


def test_signatures_of_our_own_form_are_read_in_one_comparison() -> None:
    quickly, carefully = read_both(ISSUED)
    assert quickly == carefully
    assert own_forms(quickly) == len(SCENE.transcript.slots)
    assert own_forms(carefully) == 0


def test_a_changed_signature_is_read_as_the_careful_path_reads_it() -> None:
    originals = (ISSUED, *seeds("transcript"))
    passed = 0
    for number in range(MUTATIONS // 2):
        original = originals[number % len(originals)]
        octets = changed(original, (*SIGNED, *XML), number)
        quickly, carefully = read_both(octets)
        assert quickly == carefully, number
        passed += octets != original and own_forms(quickly) > 0
    assert passed > MUTATIONS // 20


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"<ds:SignedInfo>", b"<ds:SignedInfo><!-- -->"),
        (b"<ds:DigestValue>", b"<ds:DigestValue><!-- -->"),
        (b"<ds:DigestValue>", b"<ds:DigestValue> "),
        (b"<ds:DigestValue>", b"<ds:DigestValue>&#65;"),
        (b"<ds:X509Certificate>", b"<ds:X509Certificate>\n"),
        (b"<ds:X509Certificate>", b"<?a b?><ds:X509Certificate>"),
        (b"<ds:KeyInfo>", b"<ds:KeyInfo><ds:KeyName>a</ds:KeyName>"),
        (b"<ds:Reference Id=", b"<ds:Reference a='b' Id="),
        (b"<ds:SignatureValue ", b"<ds:SignatureValue a='' "),
        (b"xml-exc-c14n#", b"xml-exc-c14n#WithComments"),
        (b"xml-exc-c14n#", b"xml-exc-c14n"),
        (b"xmlenc#sha256", b"xmldsig#sha1"),
        (b"<xades:SigningTime>", b"<xades:SigningTime>0"),
        (b"Z</xades:SigningTime>", b"</xades:SigningTime>"),
        (b'Target="#', b'Target="#a'),
        (b"<xades:SigningCertificateV2>", b"<xades:SigningCertificateV2><xades:Cert/>"),
        (b'ObjectReference="#', b'ObjectReference="#a'),
        (b'-props"', b'-other"'),
        (b"<xades:SignatureTimeStamp>", b'<xades:SignatureTimeStamp Id="a">'),
        (b"<xades:UnsignedSignatureProperties>", b"<xades:UnsignedSignatureProperties>a"),
        (
            b"<xades:UnsignedSignatureProperties>",
            b'<xades:UnsignedSignatureProperties><a:b xmlns:a="relative"/>',
        ),
        (b"</ds:Signature>", b"<ds:Object>a</ds:Object></ds:Signature>"),
        (b"</ds:Signature>", b"</ds:Signature>a"),
        (b' Leaves="', b' Leaves="0'),
        (b' Root="', b' Root="AAAA'),
        (b'Type="urn:hocba:extract:1"', b'Type="urn:hocba:extract:2"'),
    ],
)
def test_another_form_of_a_signature_is_left_to_the_careful_path(old: bytes, new: bytes) -> None:
    assert old in ISSUED
    quickly, carefully = read_both(ISSUED.replace(old, new, 1))
    assert quickly == carefully
    wanted = len(SCENE.transcript.slots) - (old != b"</ds:Signature>" or b"Object" in new)
    assert isinstance(quickly, str) or own_forms(quickly) <= wanted


SPELLINGS: Final = (
    b"\t",
    b"\n",
    b"\r",
    b"\r\n",
    b" ",
    b">",
    b"&gt;",
    b"&#9;",
    b"&#65;",
    b"'",
    b"a",
)
"""What parsing changes, or leaves as it is: within a text or an attribute."""


def test_what_is_spelled_otherwise_in_a_signature_is_read_as_the_careful_path_reads_it() -> None:
    chance = random.Random(0)
    starts = [found.start() for found in re.finditer(b"<ds:Signature ", ISSUED)]
    read = 0
    for _ in range(MUTATIONS):
        first = chance.choice(starts)
        tags = [found.end() for found in re.finditer(b'[">]', ISSUED[first : first + 6_000])]
        at = first + chance.choice(tags) - chance.randrange(2)
        octets = ISSUED[:at] + chance.choice(SPELLINGS) + ISSUED[at:]
        try:
            quickly, carefully = read_both(octets)
        except InputError:
            continue
        assert quickly == carefully, at
        read += not isinstance(quickly, str)
    assert read > MUTATIONS // 4


def test_base64_of_a_known_form_has_one_spelling() -> None:
    read = 0
    for size in range(7):
        for letters in product(b"AB/=z\n-", repeat=size):
            text = bytes(letters)
            with suppress(binascii.Error):
                octets = binascii.a2b_base64(text)
                is_canonical = bool(octets) and binascii.b2a_base64(octets, newline=False) == text
                assert (octets_or_none(text) == octets) is is_canonical, text
                read += is_canonical
                continue
            assert octets_or_none(text) is None, text
    assert read > 250


def octets_or_none(text: bytes) -> bytes | None:
    try:
        return faultless_signature._octets(text)
    except faultless_signature._OtherFormError:
        return None


@pytest.mark.parametrize("limit", ["MAX_DIGESTED", "MAX_STAMPED"])
def test_a_limit_is_told_alike(limit: str, monkeypatch: pytest.MonkeyPatch) -> None:
    told = set()
    for octets in range(0, 40_000, 500):
        monkeypatch.setattr(resolver, limit, octets)
        quickly, carefully = read_both(ISSUED)
        assert quickly == carefully, octets
        told.add(own_forms(quickly))
    assert len(told) > 2


WORLD: Final = World(SIGNED_AT, fast=True)
SIGNER: Final = WORLD.person("Nguyễn Văn Thử", "001188000001")
REVOKED: Final = WORLD.person("Trần Thị Mẫu", "001188000002")
HELD: Final = WORLD.person("Lê Ngọc Ví", "001188000003")
DAY: Final = timedelta(days=1)


def statements() -> tuple[Evidence, ...]:
    """Return several stages of what is known, with a revocation, a hold and a response among it."""
    certificates = [Certificate.load(der) for der in WORLD.intermediates_der]
    WORLD.revoke(REVOKED, SIGNED_AT + 2 * DAY)
    WORLD.revoke(HELD, SIGNED_AT + 3 * DAY, reason="certificate_hold")
    lists = [WORLD.crls(SIGNED_AT + days * DAY) for days in (1, 4, 9)]
    answers = [
        WORLD.ocsp_response(one, SIGNED_AT + days * DAY + timedelta(milliseconds=1))
        for one in (SIGNER, REVOKED)
        for days in (1, 5)
    ]
    return (
        Evidence.of(certificates=certificates, crls=lists[0]),
        Evidence.of(certificates=certificates, crls=(*lists[0], *lists[2])),
        Evidence.of(certificates=certificates, crls=lists[1], ocsps=answers),
    )


def moments() -> list[datetime]:
    """Return every date that may matter, what lies just beside it, and some between."""
    held = (Certificate.load(one.certificate_der) for one in (SIGNER, REVOKED, HELD, WORLD.tsa))
    known = {date for one in held for date in (one.not_before, one.not_after)}
    known |= {
        SIGNED_AT + timedelta(days=days, hours=hours)
        for days in (0, 1, 2, 3, 4, 5, 8, 9, 16, 181)
        for hours in (0, 1)
    }
    known |= {datetime(year, 1, 1, tzinfo=UTC) for year in (2027, 2029, 2031)}
    known |= {one + step for one in known for step in (timedelta(seconds=1), timedelta(seconds=7))}
    edges = (timedelta(0), timedelta(microseconds=1), timedelta(microseconds=-1))
    return sorted({one + edge for one in known for edge in edges})


def test_a_kept_verdict_is_what_would_be_judged_again() -> None:
    chance = random.Random(0)
    anchors = [Certificate.load(der) for der in WORLD.anchors_der]
    ending = TrustStore(
        tuple(
            Anchor(certificate=one, name="a", trusted_until=SIGNED_AT + 6 * DAY) for one in anchors
        )
    )
    stores = (TrustStore.of(anchors), ending)
    leaves = [Certificate.load(one.certificate_der) for one in (SIGNER, REVOKED, HELD, WORLD.tsa)]
    passed = 0
    kept._paths.cache_clear()
    times = moments()
    for evidence in statements():
        for _ in range(1_500):
            leaf, trust = chance.choice(leaves), chance.choice(stores)
            at, known_until = chance.choice(times), chance.choice(times)
            asked = PathRequirements(
                purpose=chance.choice((Purpose.SIGNING, Purpose.TIMESTAMPING)),
                known_until=chance.choice((known_until, max(at, known_until), None)),
                current_at=chance.choice((known_until, None)),
                is_newer_demanded=chance.random() < 0.2,
            )
            result, again = (
                judge(leaf, trust=trust, evidence=evidence, at=at, requirements=asked)
                for judge in (validate_path_quickly, validate_path)
            )
            assert result == again, (leaf.subject_text, at, asked)
            passed += result.status is PathStatus.PASSED
    assert len(kept._paths) + 100 < passed


def test_a_verdict_is_kept_for_what_it_rests_on_alone() -> None:
    evidence = statements()[0]
    anchors = [Certificate.load(der) for der in WORLD.anchors_der]
    asked = PathRequirements(purpose=Purpose.SIGNING, known_until=SIGNED_AT + DAY * 1.5)
    at, leaf = SIGNED_AT + timedelta(hours=2), Certificate.load(SIGNER.certificate_der)

    def judged(trust: TrustStore, pool: Evidence, asked: PathRequirements) -> PathStatus:
        # Kept the second time, taken from there the third.
        (status,) = {
            validate_path_quickly(
                leaf, trust=trust, evidence=pool, at=at, requirements=asked
            ).status
            for _ in range(3)
        }
        return status

    trust = TrustStore.of(anchors)
    assert judged(trust, evidence, asked) is PathStatus.PASSED
    assert judged(TrustStore(), evidence, asked) is PathStatus.INDETERMINATE
    assert judged(trust, replace(evidence, crls=()), asked) is PathStatus.INDETERMINATE
    assert judged(trust, replace(evidence, certificates=()), asked) is PathStatus.INDETERMINATE
    wrong = replace(asked, purpose=Purpose.TIMESTAMPING)
    assert judged(trust, evidence, wrong) is PathStatus.INDETERMINATE
    relabelled = Evidence.of(
        certificates=evidence.certificates, crls=[one.der for one in evidence.crls], source="b"
    )
    result = validate_path_quickly(
        leaf, trust=trust, evidence=relabelled, at=at, requirements=asked
    )
    assert {fact.source for fact in result.revocation} == {"b"}


def told(octets: bytes, *, is_careful: bool, is_any: bool = False) -> str:
    verifier = Verifier(trust=TRUST, evidence=EVIDENCE, is_careful=is_careful)
    judge = verifier.verify_any if is_any else verifier.verify
    return judge(octets, at=JUDGED_AT).to_json()


def require_same(octets: bytes, *, is_any: bool = False) -> None:
    assert told(octets, is_careful=False, is_any=is_any) == told(
        octets, is_careful=True, is_any=is_any
    )


@pytest.mark.parametrize("is_page", [False, True])
def test_the_switch_takes_every_quick_path_away(
    monkeypatch: pytest.MonkeyPatch, *, is_page: bool
) -> None:
    octets = render(ISSUED).octets if is_page else ISSUED
    taken: list[str] = []
    for place in (
        "hocba_sign.xades.transcript.read.read_faultless",
        "hocba_sign.xml.decode.decode_faultless",
        "hocba_sign.validation.signature.path_at_time.validate_path_quickly",
        "hocba_sign.validation.signature.time_stamp_checks.read_faultless",
    ):
        path = getattr(sys.modules[place.rpartition(".")[0]], place.rpartition(".")[2])

        def noted(*given: Any, path: Any = path, place: str = place, **named: Any) -> Any:
            taken.append(place)
            return path(*given, **named)

        monkeypatch.setattr(place, noted)
    told(octets, is_careful=True)
    assert taken == []
    told(octets, is_careful=False)
    assert len(set(taken)) == 4


@pytest.mark.parametrize("name", [one.name for one in ATTACKS])
def test_attacks_are_told_alike(name: str) -> None:
    one = next(one for one in ATTACKS if one.name == name)
    require_same(one.octets, is_any=one.is_any)


@pytest.mark.parametrize("number", range(len(seeds("transcript"))))
def test_the_corpus_is_told_alike(number: int) -> None:
    require_same(seeds("transcript")[number])


def test_changed_files_are_told_alike() -> None:
    originals = seeds("transcript")
    for number in range(FILES):
        octets = originals[number % len(originals)]
        require_same(changed(octets, SIGNED, number))


@pytest.mark.parametrize("folder", FOLDERS, ids=identifier)
def test_vectors_are_told_alike(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = load(folder)["arguments"]
    if arguments[0] not in {"verify", "verify-extract"}:
        pytest.skip(f"{arguments[0]} takes no quick path")
    monkeypatch.chdir(folder)
    quick = main(arguments), capsys.readouterr()
    assert (main([*arguments, "--careful"]), capsys.readouterr()) == quick
