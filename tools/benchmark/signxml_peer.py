"""The measured process of signxml: every signature of a file with its chain (no revocation, no
time-stamp); one signature made.
"""

import json
import sys
from collections import Counter
from datetime import datetime
from importlib.metadata import version
from pathlib import Path

from cryptography.hazmat.primitives.serialization import load_pem_private_key
from lxml import etree
from signxml.algorithms import CanonicalizationMethod  # type: ignore[import-not-found]
from signxml.exceptions import InvalidDigest  # type: ignore[import-not-found]
from signxml.xades import (  # type: ignore[import-not-found]
    XAdESDataObjectFormat,
    XAdESSignatureConfiguration,
    XAdESSigner,
    XAdESVerifier,
)

from tools.benchmark.protocol import (
    DRAFT,
    ROOTS,
    SETTING,
    TEACHER_SUBJECT,
    Task,
    four_signers,
    require_refusal,
    serve,
    tampered,
)

_DS = "{http://www.w3.org/2000/09/xmldsig#}"
_SLOTS = "{urn:hocba:1}DANH_SACH_CHU_KY"
_SLOT = f"{_SLOTS}/{{urn:hocba:1}}GVBM[@monHoc='{TEACHER_SUBJECT}']"


def configurations(document: bytes) -> tuple[object, ...]:
    """Describe where the signatures of a file are; signxml verifies one a call."""
    seen: Counter[str] = Counter()
    found = []
    for slot in etree.fromstring(document).iterfind(f"{_SLOTS}/*"):
        tag = str(slot.tag)
        seen[tag] += 1
        references = len(slot.findall(f"{_DS}Signature/{_DS}SignedInfo/{_DS}Reference"))
        if references:
            location = f"./{_SLOTS}/{tag}[{seen[tag]}]/"
            found.append(
                XAdESSignatureConfiguration(location=location, expect_references=references)
            )
    return tuple(found)


def tasks(folder: Path) -> dict[str, Task]:
    four = four_signers(folder)
    setting = json.loads((folder / SETTING).read_text())
    options = {
        "ca_pem_file": str(folder / ROOTS),
        "verification_time": datetime.fromisoformat(setting["judged"]),
        "id_attribute": "Id",
    }
    places = configurations(four[0])
    assert len(places) == 4

    def verify(document: bytes) -> None:
        for place in places:
            # One verifier for several calls would keep the state of the last.
            XAdESVerifier().verify(document, expect_config=place, **options)

    require_refusal(lambda: verify(tampered(four[0])), InvalidDigest)
    for document in four:
        verify(document)
    draft = (folder / DRAFT).read_bytes()
    key, chain = (
        load_pem_private_key((folder / "signer.key").read_bytes(), None),
        (folder / "signer.pem").read_text(),
    )
    described = XAdESDataObjectFormat(Description="", MimeType="text/xml")

    def sign() -> bytes:
        # Exclusive canonicalization would give a signature that signxml itself refuses.
        signer = XAdESSigner(
            claimed_roles=["GVBM"],
            data_object_format=described,
            c14n_algorithm=CanonicalizationMethod.CANONICAL_XML_1_0,
        )
        root = etree.fromstring(draft)
        slot = root.find(_SLOT)
        assert slot is not None
        etree.SubElement(slot, f"{_DS}Signature", Id="placeholder", nsmap={"ds": _DS[1:-1]})
        return etree.tostring(
            signer.sign(
                root,
                key=key,
                cert=chain,
                reference_uri=["#dinhdanh", f"#{TEACHER_SUBJECT}"],
                id_attribute="Id",
            )
        )

    return {"verify 4": Task(lambda n: verify(four[n % len(four)])), "sign": Task(lambda _: sign())}


if __name__ == "__main__":
    serve(
        tasks(Path(sys.argv[1])),
        {name: version(name) for name in ("signxml", "lxml", "cryptography")},
    )
