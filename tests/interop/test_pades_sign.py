"""PDF files that we sign, judged by other people's programs: EU DSS, pyHanko, poppler, qpdf."""

from dataclasses import dataclass
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
from asn1crypto import x509
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature, validate_pdf_timestamp
from pyhanko_certvalidator import ValidationContext

from hocba_sign.model.workflow import Role
from hocba_sign.operations.extension import extend
from hocba_sign.operations.signing import sign
from hocba_sign.operations.verifier import Verifier
from hocba_sign.rendering.render import render
from hocba_sign.signing.signing_policy import Level, SigningPolicy
from tests.interop.dss_oracle import Verdict, dss
from tests.interop.peers import installed
from tests.interop.programs import Finished, program, run
from tests.interop.verapdf_oracle import verapdf
from tests.support.pdf import page_of
from tests.support.scene import CBQL, GVCN, SIGNED_AT, DirectTsa, Scene

LATER = SIGNED_AT + timedelta(hours=2)
JUDGED = SIGNED_AT + timedelta(hours=4)
LEVELS = ("B", "T", "LT", "LTA", "LTA again")
FORMATS = {level: f"PAdES-BASELINE-{level.split()[0]}" for level in LEVELS}
PROGRAMS_SIGNATURES = "Signature is Valid."


@dataclass(frozen=True, slots=True, kw_only=True)
class Files:
    """One file by level, each the beginning of the next but the first; `book` has no transcript in
    it.
    """

    scene: Scene
    folder: Path
    by_level: dict[str, Path]
    book: Path

    def evidence(self) -> list[bytes]:
        return [item.der for item in self.scene.evidence(LATER - timedelta(minutes=5)).crls]


def signed_transcript(scene: Scene, level: Level) -> bytes:
    document = render(scene.transcript, scene.draft).octets
    for minutes, slot in enumerate(scene.slots):
        document = scene.sign(
            document, slot, level=level, at=SIGNED_AT + timedelta(minutes=minutes)
        )
    return document


def signed_book(scene: Scene) -> bytes:
    document, policy = page_of(), SigningPolicy(roles=(Role.GVCN, Role.CBQL))
    for slot in (GVCN, CBQL):
        document = sign(
            document,
            slot,
            signer=scene.signer(slot),
            at=SIGNED_AT,
            tsa=DirectTsa(scene.world, SIGNED_AT),
            policy=policy,
        ).octets
    return document


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Files:
    folder = tmp_path_factory.mktemp("pades")
    scene = Scene("lop9", subjects=1, is_rsa=True)
    octets = {"B": signed_transcript(scene, Level.B), "T": signed_transcript(scene, Level.T)}
    for before, name in (("T", "LT"), ("LT", "LTA"), ("LTA", "LTA again")):
        to = Level(name.split()[0])
        at = LATER + timedelta(hours=1) * (name == "LTA again")
        tsa = DirectTsa(scene.world, at) if to is Level.LTA else None
        octets[name] = extend(
            octets[before],
            Verifier(trust=scene.trust, evidence=scene.evidence(LATER - timedelta(minutes=5))),
            to=to,
            at=at,
            tsa=tsa,
        )
        assert octets[name].startswith(octets[before])
    by_level = {name: folder / f"{name.replace(' ', '-')}.pdf" for name in LEVELS}
    for name, path in by_level.items():
        path.write_bytes(octets[name])
    book = folder / "book.pdf"
    book.write_bytes(signed_book(scene))
    return Files(scene=scene, folder=folder, by_level=by_level, book=book)


@pytest.fixture(scope="module")
def verdicts(files: Files) -> dict[str, Verdict]:
    anchors, others, lists = (files.folder / name for name in ("anchors", "others", "lists"))
    given = (
        (anchors, files.scene.world.anchors_der),
        (others, files.scene.world.intermediates_der),
        (lists, files.evidence()),
    )
    for folder, ders in given:
        folder.mkdir()
        for number, octets in enumerate(ders):
            (folder / f"{number}.der").write_bytes(octets)
    names = (*LEVELS, "book")
    paths = [*files.by_level.values(), files.book]
    return dict(
        zip(
            names, dss(paths, trust=[anchors], certs=[others], crls=[lists], at=JUDGED), strict=True
        )
    )


@pytest.mark.parametrize("level", LEVELS)
def test_dss_finds_the_level_and_nothing_to_say(
    files: Files, verdicts: dict[str, Verdict], level: str
) -> None:
    verdict = verdicts[level]
    assert verdict["signature_count"] == len(files.scene.slots)
    for signature, slot in zip(verdict["signatures"], files.scene.slots, strict=True):
        assert (signature["format"], signature["indication"]) == (FORMATS[level], "TOTAL_PASSED")
        assert (signature["errors"], signature["warnings"], signature["structure_messages"]) == (
            [],
            [],
            [],
        )
        assert signature["roles"] == [slot.role]
    assert {stamp["indication"] for stamp in verdict["timestamps"]} <= {"PASSED"}
    assert [stamp["errors"] + stamp["warnings"] for stamp in verdict["timestamps"]] == [[]] * len(
        verdict["timestamps"]
    )


def test_dss_finds_a_book_without_a_transcript_good(verdicts: dict[str, Verdict]) -> None:
    found = [
        (one["format"], one["indication"], one["errors"], one["warnings"], one["roles"])
        for one in verdicts["book"]["signatures"]
    ]
    assert found == [
        ("PAdES-BASELINE-T", "TOTAL_PASSED", [], [], [role]) for role in ("GVCN", "CBQL")
    ]


@pytest.mark.parametrize("level", LEVELS)
def test_poppler_finds_every_signature_valid(files: Files, level: str) -> None:
    done = run([program("pdfsig"), "-nocert", files.by_level[level]])
    assert done.output.count(PROGRAMS_SIGNATURES) == len(files.scene.slots), done.output
    assert "Signature is Invalid" not in done.output
    # Its version here knows no document time-stamps, and the last of them is what covers the file
    # then.
    assert done.output.count("Total document signed") == (0 if level == "LT" else 1)


@pytest.mark.parametrize("level", LEVELS)
def test_qpdf_and_verapdf_find_no_fault(files: Files, level: str) -> None:
    done = run([program("qpdf"), "--check", files.by_level[level]])
    assert done.status == 0, done.output + done.log
    broken = {one["flavour"]: one["broken"] for one in verapdf((files.by_level[level],))}
    assert broken == {"3a": {}, "ua1": {}}


@pytest.mark.parametrize("level", LEVELS)
def test_pyhanko_agrees(files: Files, level: str) -> None:
    reader = PdfFileReader(BytesIO(files.by_level[level].read_bytes()))
    world = files.scene.world
    is_archived = level.startswith("LTA")
    for signature in reader.embedded_signatures:
        context = ValidationContext(
            trust_roots=[x509.Certificate.load(der) for der in world.anchors_der],
            other_certs=[x509.Certificate.load(der) for der in world.intermediates_der],
            crls=files.evidence(),
            moment=JUDGED,
            revocation_mode="require",
        )
        if signature.sig_object_type == "/DocTimeStamp":
            assert is_archived
            stamp = validate_pdf_timestamp(signature, context)
            assert (stamp.intact, stamp.valid, stamp.trusted) == (True, True, True)
            continue
        status = validate_pdf_signature(
            signature, context, ts_validation_context=None if level == "B" else context
        )
        assert status.bottom_line, status.summary()
        assert status.docmdp_ok is not False
        assert (status.timestamp_validity is None) == (level == "B")


def pyhanko(files: Files, path: Path, command: str, *options: str) -> Finished:
    """Let pyHanko's own program judge a file, with the test world's anchors and nothing fetched."""
    world = files.scene.world
    words: list[str | Path] = [
        installed("pyhanko", "pyhanko"),
        "sign",
        command,
        "--pretty-print",
        "--trust-replace",
        *options,
    ]
    words.append(f"--validation-time={JUDGED.isoformat()}")
    for option, ders in (
        ("--trust", world.anchors_der),
        ("--other-certs", world.intermediates_der),
    ):
        for number, der in enumerate(ders):
            given = files.folder / f"{option.strip('-')}-{number}.cer"
            given.write_bytes(der)
            words += [option, given]
    return run([*words, path])


@pytest.mark.parametrize("command", ["validate", "adesverify"])
@pytest.mark.parametrize("level", [*LEVELS, "book"])
def test_pyhankos_program_finds_every_signature_valid(
    files: Files, level: str, command: str
) -> None:
    """It takes no lists of revoked certificates from its caller, so below LT revocation is left
    out; from LT on the file brings them.
    """
    is_kept = level.startswith("LT")
    has_values = is_kept and command == "adesverify"
    path = files.book if level == "book" else files.by_level[level]
    done = pyhanko(files, path, command, *(() if has_values else ("--no-revocation-check",)))
    count = 2 if level == "book" else len(files.scene.slots)
    assert done.status == 0, done.output + done.log
    assert done.output.count("The signature is judged VALID.") == count, done.output
    assert done.output.count("The signer's certificate is trusted.") == count
    assert done.output.count("The TSA certificate is trusted.") >= (0 if level == "B" else count)
    # The last signature of T covers the file; what follows the others, and all of LT, it calls
    # permitted.
    assert done.output.count("compatible with the current document modification policy") == (
        count if is_kept else count - 1
    ), done.output


@pytest.mark.parametrize("command", ["validate", "adesverify"])
def test_pyhankos_program_refuses_what_we_refuse(files: Files, command: str) -> None:
    octets = files.book.read_bytes()
    changed = files.folder / "changed.pdf"
    changed.write_bytes(octets.replace(b"Diem Toan: 8", b"Diem Toan: 9"))
    done = pyhanko(files, changed, command, "--no-revocation-check")
    assert done.status != 0
    assert done.output.count("The signature is judged INVALID.") == 2, done.output
