"""pyHanko by itself, as its documentation shows it, but for the key: loaded once, where
`SimpleSigner` loads it for each signature.
"""

import json
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any

from asn1crypto import algos, crl, x509
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign import PdfSignatureMetadata, PdfSigner
from pyhanko.sign.fields import MDPPerm, SigFieldSpec, SigSeedSubFilter
from pyhanko.sign.signers import Signer
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.registry import SimpleCertificateStore

from hocba_sign.crypto.algorithms import RSA_SHA256
from hocba_sign.crypto.signer import SoftwareSigner
from tools.benchmark.protocol import SETTING


class _Loaded(Signer):
    def __init__(self, signer: SoftwareSigner) -> None:
        certificates = [x509.Certificate.load(der) for der in signer.chain_der]
        super().__init__(
            signing_cert=certificates[0],
            cert_registry=SimpleCertificateStore.from_certs(certificates),
            signature_mechanism=algos.SignedDigestAlgorithm({"algorithm": "sha256_rsa"}),
        )
        self._inner = signer

    async def async_sign_raw(
        self,
        data: bytes,
        digest_algorithm: str,  # noqa: ARG002
        dry_run: bool = False,  # noqa: FBT001, FBT002 - as the base class has it
    ) -> bytes:
        return bytes(256) if dry_run else self._inner.sign(data, RSA_SHA256)


class PyHankoAlone:
    def __init__(self, signer: SoftwareSigner) -> None:
        self._signer = _Loaded(signer)

    def sign(self, page: bytes) -> Any:
        meta = PdfSignatureMetadata(
            field_name="GVBM",
            md_algorithm="sha256",
            subfilter=SigSeedSubFilter.PADES,
            certify=True,
            docmdp_permissions=MDPPerm.FILL_FORMS,
            embed_validation_info=False,
        )
        field = SigFieldSpec("GVBM", on_page=0, box=(50, 50, 158, 74))
        return PdfSigner(meta, signer=self._signer, new_field_spec=field).sign_pdf(
            IncrementalPdfFileWriter(BytesIO(page))
        )


class PyHankoJudge:
    """Validates every signature with the anchors and CRLs of the folder, at the same time as this
    library does.
    """

    def __init__(self, folder: Path) -> None:
        self._given: dict[str, Any] = {
            "trust_roots": [
                x509.Certificate.load(path.read_bytes())
                for path in sorted(folder.glob("root-*.der"))
            ],
            "other_certs": [
                x509.Certificate.load(path.read_bytes()) for path in sorted(folder.glob("ca-*.der"))
            ],
            "crls": [
                crl.CertificateList.load(path.read_bytes())
                for path in sorted(folder.glob("crl-*.der"))
            ],
            "moment": datetime.fromisoformat(json.loads((folder / SETTING).read_text())["judged"]),
        }

    def validate(self, document: bytes) -> None:
        """Raises: AssertionError unless every signature is valid and trusted."""
        for signature in PdfFileReader(BytesIO(document)).embedded_signatures:
            context = ValidationContext(
                **self._given, allow_fetching=False, revocation_mode="require"
            )
            assert validate_pdf_signature(signature, context).bottom_line
