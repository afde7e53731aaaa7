"""What a file made to be slow or large costs, in a process of its own; and that honest files of the
same kind are judged.
"""

import base64
import os
import re
import resource
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding

from hocba_sign.signing.signing_policy import Level
from hocba_sign.xades.transcript.read import read
from tests.support.scene import Scene

SECONDS: Final = 2.0
KILOBYTES: Final = 200 * 1024
MEASURED: Final = (
    "import sys, re; from hocba_sign.cli.main import main; code = main();"
    "print(re.search(r'VmHWM:\\s+(\\d+) kB', open('/proc/self/status').read())[1], "
    "file=sys.stderr); sys.exit(code)"
)
END: Final = b"</xades:UnsignedSignatureProperties>"
STAMP: Final = (
    b'<x:ArchiveTimeStamp xmlns:x="http://uri.etsi.org/01903/v1.4.1#"><ds:CanonicalizationMethod'
    b' xmlns:ds="http://www.w3.org/2000/09/xmldsig#" '
    b'Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#"></ds:CanonicalizationMethod>'
    b"<xades:EncapsulatedTimeStamp>%b</xades:EncapsulatedTimeStamp></x:ArchiveTimeStamp>"
)


@pytest.fixture(scope="module")
def stamped() -> bytes:
    """A transcript of sixteen signers, each with a time-stamp."""
    return Scene(subjects=None).signed(level=Level.T)


def archived(document: bytes, count: int, *, lists: bytes = b"") -> bytes:
    """Put `count` time-stamps that look like those of an archive behind each signature, and `lists`
    before each of them.
    """
    token = re.findall(rb"<xades:EncapsulatedTimeStamp>([^<]+)<", document)[0]
    return document.replace(END, (lists + STAMP % token) * count + END)


def with_junk(document: bytes, count: int, name: str) -> bytes:
    """Put certificates of nobody, whose names are made of `name`, into the validation data of the
    first signature.
    """
    key = ec.generate_private_key(ec.SECP256R1())
    values = b"".join(
        b"<xades:EncapsulatedX509Certificate>%b</xades:EncapsulatedX509Certificate>"
        % base64.b64encode(_junk(key, number, name))
        for number in range(count)
    )
    return document.replace(
        END, b"<xades:CertificateValues>" + values + b"</xades:CertificateValues>" + END, 1
    )


@pytest.mark.filterwarnings("ignore:Attribute's length")
def _junk(key: ec.EllipticCurvePrivateKey, number: int, name: str) -> bytes:
    start = datetime(2026, 1, 1, tzinfo=UTC)
    names = [
        x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, text, _validate=False)])
        for text in (f"{number}{name}", "x")
    ]
    built = (
        x509.CertificateBuilder()
        .subject_name(names[0])
        .issuer_name(names[1])
        .public_key(key.public_key())
        .serial_number(number + 1)
    )
    certificate = (
        built.not_valid_before(start)
        .not_valid_after(start + timedelta(days=900))
        .sign(key, hashes.SHA256())
    )
    return certificate.public_bytes(Encoding.DER)


def hostile(document: bytes) -> Iterator[tuple[str, tuple[str, ...], bytes]]:
    """Yield a name, the command and the file."""
    large = document.replace(b"<NHAN_XET_GVCN>", b"<NHAN_XET_GVCN>" + b"x" * 5_000_000)
    yield "stamps-of-a-small-file", ("verify", "--offline"), archived(document, 59)
    yield "stamps-of-a-large-file", ("verify", "--offline"), archived(large, 59)
    yield (
        "names-of-letters-that-grow",
        ("verify", "--offline"),
        with_junk(document, 200, "ﷺ" * 20_000),
    )
    yield "names-not-long-enough", ("verify", "--offline"), with_junk(document, 490, "ﷺ" * 300)
    many = ",".join(f'"k{number}":0' for number in range(350_000))
    yield "keys-of-which-one-stands-twice", ("validate",), f'{{{many},"k349999":1}}'.encode()
    yield "a-number-beyond-all-measure", ("validate",), b'{"diemcanam": 1e-99999999999999999999}'
    yield "a-number-of-many-digits", ("validate",), b'{"diemcanam": 1.' + b"9" * 4_000_000 + b"}"
    yield "arrays-in-arrays", ("validate",), b"[" * 4_900_000
    yield "a-text-of-nothing", ("validate",), b'{"hovaten": "%s"}' % ("\u0301" * 2_000_000).encode()


@pytest.mark.long
@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="memory is read from /proc")
@pytest.mark.filterwarnings("ignore:Attribute's length")
def test_a_hostile_file_costs_little(stamped: bytes, root: Path, tmp_path: Path) -> None:
    over = []
    for name, command, octets in hostile(stamped):
        file = tmp_path / f"{name}.xml"
        file.write_bytes(octets)
        before = _seconds()
        done = subprocess.run(
            (sys.executable, "-c", MEASURED, *command, str(file)),
            env={**os.environ, "PYTHONPATH": str(root / "src"), "HOCBA_HOME": str(tmp_path)},
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
        used, memory = _seconds() - before, int(done.stderr.split()[-1])
        assert "Traceback" not in done.stderr
        assert done.returncode in {1, 3}, (name, done.stderr)
        if used > SECONDS or memory > KILOBYTES:
            over.append((name, used, memory))
    assert over == []


def _seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def test_an_archive_renewed_for_sixty_years_is_read(stamped: bytes) -> None:
    """Twenty times, with lists of 15 kB each time, for each of sixteen signers."""
    lists = (
        b"<xades:RevocationValues><xades:CRLValues><xades:EncapsulatedCRLValue>%b</"
        b"xades:EncapsulatedCRLValue></xades:CRLValues></xades:RevocationValues>"
    )
    document = archived(stamped, 20, lists=lists % base64.b64encode(bytes(15_000)))
    signatures = read(document).signatures
    assert [len(signature.time_stamps) for signature in signatures] == [21] * 16
    assert {finding.cause for signature in signatures for finding in signature.findings} == set()


def test_more_than_any_archive_covers_is_refused(stamped: bytes) -> None:
    document = archived(
        stamped.replace(b"<NHAN_XET_GVCN>", b"<NHAN_XET_GVCN>" + b"x" * 5_000_000), 59
    )
    causes = {
        finding.cause for signature in read(document).signatures for finding in signature.findings
    }
    assert "SIG.TOO_MUCH_DIGESTED" in causes
