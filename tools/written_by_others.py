"""Let xmlsec1 and the JDK sign transcripts of the vectors' world: `tools/vectors/others/`.

They are committed, because other versions of these programs would write other octets; the vectors
are made from the committed files. Needs xmlsec1 and a JDK.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

ROOT = Path(__file__).resolve().parent.parent
GOAL = ROOT / "tools" / "vectors" / "others"
INTERNAL = "java.xml.crypto/com.sun.org.apache.xml.internal.security"

if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))

from hocba_sign.testing.identity import Identity  # noqa: E402 - the root is on the path only now
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


def main() -> None:
    writers = {"xmlsec1": with_xmlsec1, "jdk": with_jdk}
    for template in templates(Stage()):
        for name, writer in writers.items():
            with tempfile.TemporaryDirectory() as folder:
                octets = writer(template, Path(folder))
            path = GOAL / name / f"{template.name}.xml"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(octets)
            print(path.relative_to(ROOT))


if __name__ == "__main__":
    main()
