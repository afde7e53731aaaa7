"""The measured process of this library: verify, sign, make pages, and the bare RSA operation and
the bare typesetting.
"""

import json
import resource
import sys
from datetime import datetime
from importlib.metadata import version
from pathlib import Path

import typst
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key
from cryptography.x509 import load_pem_x509_certificates

from hocba_sign import Evidence, Level, Report, Role, Slot, SoftwareSigner, TrustStore, sign
from hocba_sign.operations.forget import forget
from hocba_sign.operations.verifier import Verifier
from hocba_sign.pki.certificates.certificate import Certificate
from hocba_sign.rendering.render import compose, render
from hocba_sign.rendering.template import CURRENT, FONTS, load_template
from hocba_sign.signing.signing_policy import SigningPolicy
from hocba_sign.validation.verdict import Verdict
from hocba_sign.version import VERSION
from hocba_sign.xml.decode import decode_document
from hocba_sign.xml.parse import parse
from tools.benchmark.hanko import PyHankoAlone, PyHankoJudge
from tools.benchmark.lists import LARGE, SMALL, Lists
from tools.benchmark.protocol import (
    DRAFT,
    SETTING,
    TEACHER_SUBJECT,
    Task,
    four_signers,
    named,
    require_refusal,
    serve,
    tampered,
)


class BatchJudge:
    """What a batch knows: anchors, and CRLs and issuing certificates at hand."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._trust = TrustStore.of(
            [Certificate.load(path.read_bytes()) for path in sorted(folder.glob("root-*.der"))]
        )
        self._given = [
            [path.read_bytes() for path in sorted(folder.glob(f"{kind}-*.der"))]
            for kind in ("ca", "crl")
        ]
        self._at = datetime.fromisoformat(json.loads((folder / SETTING).read_text())["judged"])
        self.evidence = self.read_evidence()

    def read_evidence(self) -> Evidence:
        certificates, crls = self._given
        return Evidence.of(certificates=[Certificate.load(der) for der in certificates], crls=crls)

    def verify(self, document: bytes, evidence: Evidence | None = None) -> str:
        """Return the whole report as JSON. Raises: AssertionError unless VALID."""
        report = self.judge(document, evidence)
        assert report.verdict is Verdict.VALID, report.to_dict()["checks"]
        return json.dumps(report.to_dict(), ensure_ascii=False)

    def judge(self, document: bytes, evidence: Evidence | None = None) -> Report:
        return Verifier(trust=self._trust, evidence=evidence or self.evidence).verify(
            document, at=self._at
        )

    def verify_cold(self, document: bytes) -> str:
        return self.verify(document, self.read_evidence())


def tasks(folder: Path) -> dict[str, Task]:
    verifier = BatchJudge(folder)
    four = four_signers(folder)
    fifteen, long = named(folder, "fifteen"), named(folder, "long")
    require_refusal(lambda: verifier.verify(tampered(four[0])), AssertionError)
    for document in (*four, *fifteen, *long):
        verifier.verify(document)
    key = load_pem_private_key((folder / "signer.key").read_bytes(), None)
    assert isinstance(key, rsa.RSAPrivateKey)
    chain = tuple(
        certificate.public_bytes(Encoding.DER)
        for certificate in load_pem_x509_certificates((folder / "signer.pem").read_bytes())
    )
    signer = SoftwareSigner(key, chain)
    draft = (folder / DRAFT).read_bytes()
    slot = Slot(Role.GVBM, TEACHER_SUBJECT, TEACHER_SUBJECT.replace("mon-", "gv-") + "-1")
    at = datetime.fromisoformat(json.loads((folder / SETTING).read_text())["signed"])
    policy = SigningPolicy(level=Level.B)
    return {
        "verify 4": Task(lambda n: verifier.verify(four[n % len(four)])),
        "verify 4 cold": Task(lambda n: verifier.verify_cold(four[n % len(four)]), before=forget),
        "verify 4 LT": Task(lambda n: verifier.verify(long[n % len(long)])),
        "verify 4 LT cold": Task(
            lambda n: verifier.verify_cold(long[n % len(long)]), before=forget
        ),
        "verify 15": Task(lambda n: verifier.verify(fifteen[n % len(fifteen)])),
        "sign": Task(lambda _: sign(draft, slot, signer=signer, at=at, tsa=None, policy=policy)),
        **page_tasks(four),
        **pdf_tasks(draft, slot, signer=signer, at=at),
        **pdf_reading_tasks(folder),
        **list_tasks(folder),
        "rsa sign": Task(lambda n: key.sign(b"%d" % n, padding.PKCS1v15(), SHA256())),
    }


def page_tasks(documents: tuple[bytes, ...]) -> dict[str, Task]:
    """Make pages from XML, and let typst alone set the same pages, its inputs ready."""
    template = load_template(CURRENT)
    inputs = [
        compose(decode_document(parse(xml).root), xml, template=template) for xml in documents
    ]
    fonts = typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=False, font_paths=[FONTS]
    )

    def whole(n: int) -> bytes:
        xml = documents[n % len(documents)]
        return render(decode_document(parse(xml).root), xml).octets

    def bare(n: int) -> object:
        main = template.main
        compiler = typst.Compiler(
            main,
            root=main.parent,
            font_paths=fonts,
            sys_inputs=inputs[n % len(inputs)] | {"n": str(n)},
        )
        return compiler.compile(format="pdf", pdf_standards=["a-3a", "ua-1"], timestamp=0)

    return {"render": Task(whole), "typst": Task(bare)}


def pdf_tasks(draft: bytes, slot: Slot, *, signer: SoftwareSigner, at: datetime) -> dict[str, Task]:
    """Sign a page, level B; and let pyHanko alone do so, with a key that is loaded once and a
    picture of the same size.
    """
    page = _page(draft)
    policy = SigningPolicy(level=Level.B)
    alone = PyHankoAlone(signer)
    return {
        "sign pdf": Task(lambda _: sign(page, slot, signer=signer, at=at, tsa=None, policy=policy)),
        "sign pdf, pyHanko": Task(lambda _: alone.sign(page)),
    }


def _page(draft: bytes) -> bytes:
    return render(decode_document(parse(draft).root), draft).octets


def pdf_reading_tasks(folder: Path) -> dict[str, Task]:
    """Judge pages with one signature and with four as transcripts, their content too; and let
    pyHanko alone validate the signatures.
    """
    verifier, alone = BatchJudge(folder), PyHankoJudge(folder)
    once, four = named(folder, "once"), named(folder, "page")
    return {
        "verify pdf": Task(lambda n: verifier.judge(once[n % len(once)]).to_dict()),
        "verify pdf, pyHanko": Task(lambda n: alone.validate(once[n % len(once)])),
        "verify pdf 4": Task(lambda n: verifier.verify(four[n % len(four)])),
        "verify pdf 4, pyHanko": Task(lambda n: alone.validate(four[n % len(four)])),
    }


def list_tasks(folder: Path) -> dict[str, Task]:
    judged = Lists(
        folder, datetime.fromisoformat(json.loads((folder / SETTING).read_text())["judged"])
    )
    return {
        "list first": Task(judged.first, before=forget),
        "list first, certvalidator": Task(judged.reference),
        "list large": Task(lambda n: judged.again(n, LARGE)),
        "list small": Task(lambda n: judged.again(n, SMALL)),
    }


def peak(folder: Path, files: int) -> dict[str, float]:
    """Verify `files` different files, one after the other; give the peak resident size in MB."""
    verifier = BatchJudge(folder)
    for number in range(files):
        verifier.verify((folder / f"four-{number:05}.xml").read_bytes())
    unit = 1 << 20 if sys.platform == "darwin" else 1 << 10
    return {"peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit}


if __name__ == "__main__":
    _, place, *rest = sys.argv
    if rest:
        print(json.dumps(peak(Path(place), int(rest[0]))))
    else:
        others = {
            name: version(name)
            for name in (
                "lxml",
                "cryptography",
                "asn1crypto",
                "pyhanko-certvalidator",
                "pyhanko",
                "typst",
            )
        }
        serve(tasks(Path(place)), {"hocba-sign": VERSION, **others})
