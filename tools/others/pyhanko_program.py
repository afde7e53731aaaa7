"""Signs PDFs with pyHanko, in pyHanko's own environment: jobs as one JSON list on standard input,
done in their order.

{"do": "sign" | "extend" | "field" | "stamp", "from": PDF, "out": PDF, "key": PKCS#12, "tsa": PKCS#12, "at": the time of
the token, "level": B | T | LT | LTA, "roots": [...], "others": [...], "crls": [...], "with": what
`PdfSignatureMetadata` is given, "field": name, "box": [...]}, all files by their paths, certificates and lists in DER.

The clock is the process's: run it under faketime.
"""

import json
import sys
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any, cast

from asn1crypto import crl, x509
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign import fields, signers
from pyhanko.sign.timestamps import DummyTimeStamper
from pyhanko.sign.validation import add_validation_info
from pyhanko_certvalidator import ValidationContext

PASSWORD = b"insecure"
SUBFILTERS = {
    "PADES": fields.SigSeedSubFilter.PADES,
    "PKCS7": fields.SigSeedSubFilter.ADOBE_PKCS7_DETACHED,
}


def signer_of(job: dict[str, Any]) -> Any:
    made = cast("Any", signers.SimpleSigner).load_pkcs12(
        job["key"], passphrase=PASSWORD, prefer_pss=job.get("pss", False)
    )
    assert made is not None
    return made


def stamper_of(job: dict[str, Any]) -> DummyTimeStamper | None:
    if "tsa" not in job:
        return None
    tsa = cast("Any", signers.SimpleSigner).load_pkcs12(job["tsa"], passphrase=PASSWORD)
    assert tsa is not None
    return DummyTimeStamper(
        tsa_cert=tsa.signing_cert,
        tsa_key=tsa.signing_key,
        certs_to_embed=tsa.cert_registry,
        fixed_dt=datetime.fromisoformat(job["at"]),
    )


def context_of(job: dict[str, Any]) -> ValidationContext:
    def certificates(name: str) -> list[Any]:
        return [x509.Certificate.load(Path(path).read_bytes()) for path in job.get(name, ())]

    return ValidationContext(
        trust_roots=certificates("roots"),
        other_certs=certificates("others"),
        crls=[crl.CertificateList.load(Path(path).read_bytes()) for path in job.get("crls", ())],
        allow_fetching=False,
        revocation_mode="hard-fail" if job.get("crls") else "soft-fail",
    )


def sign(job: dict[str, Any]) -> bytes:
    said = dict(job.get("with", {}))
    if "docmdp_permissions" in said:
        said["docmdp_permissions"] = fields.MDPPerm(said["docmdp_permissions"])
    level, name = job.get("level", "B"), job.get("field", "Sig1")
    metadata = signers.PdfSignatureMetadata(
        field_name=name,
        subfilter=SUBFILTERS[said.pop("subfilter", "PADES")],
        md_algorithm=said.pop("md_algorithm", "sha256"),
        embed_validation_info=level in {"LT", "LTA"},
        use_pades_lta=level == "LTA",
        validation_context=context_of(job) if level in {"LT", "LTA"} else None,
        **said,
    )
    writer = IncrementalPdfFileWriter(BytesIO(Path(job["from"]).read_bytes()))
    spec = None
    if not job.get("is_there", False):
        lock = job.get("lock")
        spec = fields.SigFieldSpec(
            sig_field_name=name,
            box=tuple(job["box"]) if "box" in job else None,
            field_mdp_spec=None
            if lock is None
            else fields.FieldMDPSpec(fields.FieldMDPAction(lock[0]), fields=lock[1:] or None),
        )
    done = signers.PdfSigner(
        metadata, signer=signer_of(job), timestamper=stamper_of(job), new_field_spec=spec
    ).sign_pdf(writer, bytes_reserved=job.get("room", 18_000))
    return bytes(done.getvalue())


def extend(job: dict[str, Any]) -> bytes:
    """Add what judging needs (LT) and, at level LTA, a document time-stamp."""
    octets = BytesIO(Path(job["from"]).read_bytes())
    embedded = PdfFileReader(octets).embedded_signatures[0]
    out = BytesIO()
    add_validation_info(embedded, context_of(job), output=out)
    return out.getvalue()


def stamp(job: dict[str, Any]) -> bytes:
    """Add a document time-stamp."""
    writer = IncrementalPdfFileWriter(BytesIO(Path(job["from"]).read_bytes()))
    out = signers.PdfTimeStamper(
        cast("Any", stamper_of(job)), field_name=job["field"]
    ).timestamp_pdf(writer, "sha256", bytes_reserved=job.get("room", 18_000))
    return bytes(out.getvalue())


def field(job: dict[str, Any]) -> bytes:
    """Add an empty field for a signature."""
    writer = IncrementalPdfFileWriter(BytesIO(Path(job["from"]).read_bytes()))
    fields.append_signature_field(writer, fields.SigFieldSpec(job["field"]))
    out = BytesIO()
    cast("Any", writer).write(out)
    return out.getvalue()


DO = {"sign": sign, "extend": extend, "field": field, "stamp": stamp}

if __name__ == "__main__":
    for given in json.load(sys.stdin):
        Path(given["out"]).write_bytes(DO[given["do"]](given))
