"""The measured process of python-xmlsec: the values and digests of a file's signatures, and nothing
else; one signature made.
"""

import sys
from importlib.metadata import version
from pathlib import Path

import xmlsec  # type: ignore[import-not-found]
from lxml import etree

from tools.benchmark.protocol import (
    DRAFT,
    TEACHER_SUBJECT,
    Task,
    four_signers,
    named,
    require_refusal,
    serve,
    tampered,
)

_DS = "{http://www.w3.org/2000/09/xmldsig#}"
_SLOT = f"{{urn:hocba:1}}DANH_SACH_CHU_KY/{{urn:hocba:1}}GVBM[@monHoc='{TEACHER_SUBJECT}']"
_keys: dict[str, object] = {}


def _key(certificate: str) -> object:
    """Return the public key of a certificate in base64, read once: no path, no KeyInfo, as fast as
    it goes.
    """
    if certificate not in _keys:
        lines = f"-----BEGIN CERTIFICATE-----\n{certificate.strip()}\n-----END CERTIFICATE-----\n"
        _keys[certificate] = xmlsec.Key.from_memory(lines, xmlsec.KeyFormat.CERT_PEM)
    return _keys[certificate]


def verify(document: bytes, signers: int = 4) -> None:
    """Verify every signature of a file. Raises: xmlsec.Error."""
    root = etree.fromstring(document)
    xmlsec.tree.add_ids(root, ["Id"])
    signatures = list(root.iter(f"{_DS}Signature"))
    assert len(signatures) == signers
    for signature in signatures:
        context = xmlsec.SignatureContext()
        context.key = _key(
            signature.findtext(f"{_DS}KeyInfo/{_DS}X509Data/{_DS}X509Certificate") or ""
        )
        context.verify(signature)


def sign(document: bytes, key: object) -> bytes:
    """Make one XML-DSig signature over what a subject teacher's covers."""
    root = etree.fromstring(document)
    xmlsec.tree.add_ids(root, ["Id"])
    slot = root.find(_SLOT)
    assert slot is not None
    signature = xmlsec.template.create(
        root, xmlsec.Transform.EXCL_C14N, xmlsec.Transform.RSA_SHA256
    )
    slot.append(signature)
    for target in ("dinhdanh", TEACHER_SUBJECT):
        reference = xmlsec.template.add_reference(
            signature, xmlsec.Transform.SHA256, uri=f"#{target}"
        )
        xmlsec.template.add_transform(reference, xmlsec.Transform.EXCL_C14N)
    information = xmlsec.template.ensure_key_info(signature)
    xmlsec.template.x509_data_add_certificate(xmlsec.template.add_x509_data(information))
    context = xmlsec.SignatureContext()
    context.key = key
    context.sign(signature)
    return etree.tostring(root)


def tasks(folder: Path) -> dict[str, Task]:
    four = four_signers(folder)
    require_refusal(lambda: verify(tampered(four[0])), xmlsec.Error)
    fifteen, long = named(folder, "fifteen"), named(folder, "long")
    for document in (*four, *long):
        verify(document)
    draft = (folder / DRAFT).read_bytes()
    key = xmlsec.Key.from_file(str(folder / "signer.key"), xmlsec.KeyFormat.PEM)
    key.load_cert_from_file(str(folder / "signer.pem"), xmlsec.KeyFormat.PEM)
    return {
        "verify 4": Task(lambda n: verify(four[n % len(four)])),
        "verify 4 LT": Task(lambda n: verify(long[n % len(long)])),
        "verify 15": Task(lambda n: verify(fifteen[n % len(fifteen)], 15)),
        "sign": Task(lambda _: sign(draft, key)),
    }


if __name__ == "__main__":
    serve(tasks(Path(sys.argv[1])), {name: version(name) for name in ("xmlsec", "lxml")})
