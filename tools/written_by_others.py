"""Let other programs write what the vectors are made of: `tools/vectors/others/`.

It is committed, because other versions of these programs, and the same ones on another day, would
write other octets; the vectors are made from the committed files. `python
tools/written_by_others.py openssl` makes those of one writer again. Needs xmlsec1, a JDK, openssl and
faketime, and what `tools/setup-interop` fetches (EU DSS with PDFBox, pyHanko).
"""

import argparse
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

ROOT = Path(__file__).resolve().parent.parent
GOAL = ROOT / "tools" / "vectors" / "others"
INTERNAL = "java.xml.crypto/com.sun.org.apache.xml.internal.security"

if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))

from hocba_sign.testing.identity import Identity  # noqa: E402 - the root is on the path only now
from tools.others.dss_pages import pages as dss  # noqa: E402
from tools.others.dss_transcripts import transcripts  # noqa: E402
from tools.others.openssl import OpenSsl  # noqa: E402
from tools.others.openssl_answers import answers  # noqa: E402
from tools.others.openssl_certificates import certificates  # noqa: E402
from tools.others.openssl_lists import lists  # noqa: E402
from tools.others.openssl_tokens import tokens  # noqa: E402
from tools.others.pyhanko_pages import pages as hanko  # noqa: E402
from tools.vectors.others_world import recorded, seal_octets  # noqa: E402
from tools.vectors.stage import Stage  # noqa: E402
from tools.vectors.templates import Template, templates  # noqa: E402


def key_file(identity: Identity, folder: Path, encoding: Encoding) -> Path:
    written = folder / f"{identity.serial}.key"
    written.write_bytes(identity.key.private_bytes(encoding, PrivateFormat.PKCS8, NoEncryption()))
    return written


def with_xmlsec1(template: Template, folder: Path) -> bytes:
    current = folder / "current.xml"
    current.write_bytes(template.octets)
    names = [f"urn:hocba:1:{name}" for name in ("DU_LIEU_HOC_BA", "DINH_DANH", "DIEM_TONG_KET")]
    names += ["http://www.w3.org/2000/09/xmldsig#:SignatureValue"]
    names += ["http://uri.etsi.org/01903/v1.3.2#:SignedProperties"]
    declared = [word for name in names for word in ("--id-attr:Id", name)]
    for identifier, identity in template.signers:
        key = key_file(identity, folder, Encoding.PEM)
        node = ["--node-xpath", f"//*[local-name()='Signature'][@Id='{identifier}']"]
        command = ["xmlsec1", "--sign", *declared, *node, "--privkey-pem", str(key)]
        done = subprocess.run([*command, str(current)], capture_output=True, check=True)
        current.write_bytes(done.stdout)
    return current.read_bytes()


def with_jdk(template: Template, folder: Path) -> bytes:
    current, made = folder / "current.xml", folder / "made.xml"
    current.write_bytes(template.octets)
    given = []
    for identifier, identity in template.signers:
        kind = "RSA" if isinstance(identity.key, rsa.RSAPrivateKey) else "EC"
        given += [identifier, kind, str(key_file(identity, folder, Encoding.DER))]
    opened = [f"--add-exports={INTERNAL}{part}=ALL-UNNAMED" for part in ("", ".signature")]
    program = ROOT / "tools" / "others" / "JdkWriter.java"
    subprocess.run(
        ["java", *opened, str(program), str(current), str(made), *given],
        check=True,
    )
    return made.read_bytes()


def signed_by_others(folder: Path) -> Iterator[tuple[str, bytes]]:
    writers = {"xmlsec1": with_xmlsec1, "jdk": with_jdk}
    for template in templates(Stage()):
        for name, writer in writers.items():
            yield f"{name}/{template.name}.xml", writer(template, folder)


def by_openssl(folder: Path) -> Iterator[tuple[str, bytes]]:
    openssl, stage = OpenSsl(folder=folder), Stage()
    covered = seal_octets(recorded("xmlsec1", "data-exclusive.xml"))
    for kind, made in (
        ("list", lists(openssl, stage)),
        ("answer", answers(openssl, stage)),
        ("token", tokens(openssl, stage, covered)),
        ("certificate", certificates(openssl, stage)),
    ):
        yield from ((f"openssl/{kind}/{name}", octets) for name, octets in made)


def by_pyhanko(folder: Path) -> Iterator[tuple[str, bytes]]:
    yield from ((f"pyhanko/{name}", octets) for name, octets in hanko(folder, Stage()))


def by_dss(folder: Path) -> Iterator[tuple[str, bytes]]:
    stage = Stage()
    yield from ((f"dss/pages/{name}", octets) for name, octets in dss(folder, stage))
    yield from ((f"dss/transcripts/{name}", octets) for name, octets in transcripts(folder, stage))


WRITERS = {
    "xmlsec1-and-jdk": signed_by_others,
    "openssl": by_openssl,
    "pyhanko": by_pyhanko,
    "dss": by_dss,
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("writers", nargs="*", default=[*WRITERS], help=", ".join(WRITERS))
    for writer in parser.parse_args().writers:
        with tempfile.TemporaryDirectory() as folder:
            for name, octets in WRITERS[writer](Path(folder)):
                path = GOAL / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(octets)
                print(path.relative_to(ROOT))


if __name__ == "__main__":
    main()
