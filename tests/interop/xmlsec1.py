"""xmlsec1: the value and every reference of each ds:Signature, and the signer's chain to given
anchors.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from lxml import etree

from tests.interop.programs import program, run

SIGNATURE = "{http://www.w3.org/2000/09/xmldsig#}Signature"


@dataclass(frozen=True, slots=True)
class Checked:
    """What xmlsec1 says to one ds:Signature. `log` holds its words when it refuses."""

    signature_id: str | None
    is_verified: bool
    log: str


def id_names(elements: Iterable[etree._Element]) -> list[tuple[str, str]]:
    """Return namespace and name of the elements that may be referred to.

    The store's layout gives a teacher's element and slot, both called GVBM, the same Id, which no
    reference may use; xmlsec1 refuses a file where such an Id is declared, so the name is left out
    there. Any other Id that stands twice stays declared.
    """
    identified = [element for element in elements if element.get("Id")]
    counts = Counter(element.get("Id") for element in identified)
    names = {(etree.QName(one).namespace or "", etree.QName(one).localname) for one in identified}
    paired = {
        ("", "GVBM") for one in identified if one.tag == "GVBM" and counts[one.get("Id")] == 2
    }
    return sorted(names - paired)


def xmlsec1(
    file: Path, *, trust: Iterable[Path], certs: Iterable[Path] = (), at: datetime | None = None
) -> tuple[Checked, ...]:
    """Verify every ds:Signature of `file`, in document order.

    `trust` and `certs` are PEM files with one certificate each. `at` is aware, default now. Every
    `Id` attribute is declared to xmlsec1 by element name, references outside the document are off,
    keys come from X509Data only. Revocation is not checked.
    """
    root = etree.parse(str(file)).getroot()
    elements = [element for element in root.iter() if isinstance(element.tag, str)]
    names = id_names(elements)
    command: list[str | Path] = [
        program("xmlsec1"),
        "--verify",
        "--enabled-reference-uris",
        "empty,same-doc",
        "--enabled-key-data",
        "x509",
    ]
    for namespace, name in names:
        command += ["--id-attr:Id", f"{namespace}:{name}" if namespace else name]
    for option, paths in (("--trusted-pem", trust), ("--untrusted-pem", certs)):
        for path in paths:
            command += [option, path]
    if at is not None:
        command += ["--verification-gmt-time", at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")]
    signatures = [element for element in elements if element.tag == SIGNATURE]
    checked = []
    for number, signature in enumerate(signatures, start=1):
        xpath = (
            f"(//*[local-name()='Signature' and "
            f"namespace-uri()='http://www.w3.org/2000/09/xmldsig#'])[{number}]"
        )
        done = run([*command, "--node-xpath", xpath, file])
        checked.append(Checked(signature.get("Id"), done.status == 0, done.output + done.log))
    return tuple(checked)
