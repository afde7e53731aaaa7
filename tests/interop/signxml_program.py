"""Signs and verifies with signxml, in signxml's own environment: one job per line of standard
input, JSON, one line of answer each.

{"do": "sign", "document": XML, "is_xades": bool, "key": PEM, "chain": PEM, "at": RFC 3339,
"method": enveloped | enveloping | detached,
 "c14n": URI, "algorithm": name in SignatureMethod, "digest": name in DigestAlgorithm, "uris":
 [...], "prefixes": [...],
 "key_value": bool}                                                                         the XML
 {"do": "verify", "document": XML, "roots": PEM, "at": RFC 3339}       [{"id", "is_verified",
 "log"}] for every ds:Signature
"""

import json
import sys
from collections.abc import Callable
from datetime import datetime
from typing import Any

from lxml import etree
from signxml import (  # type: ignore[import-not-found]
    CanonicalizationMethod,
    DigestAlgorithm,
    SignatureConfiguration,
    SignatureConstructionMethod,
    SignatureMethod,
    XMLSigner,
    XMLVerifier,
)
from signxml.xades import XAdESDataObjectFormat, XAdESSigner  # type: ignore[import-not-found]

DS = "{http://www.w3.org/2000/09/xmldsig#}"
Job = dict[str, Any]


class OldSha1(XMLSigner):  # type: ignore[misc]
    def check_deprecated_methods(self) -> None:
        """Allow SHA-1, which signxml would not write any more."""


class TimedSigner(XAdESSigner):  # type: ignore[misc]
    """signxml takes the time from the clock."""

    at: str

    def add_signing_time(self, signed_signature_properties: Any, **_: object) -> None:
        etree.SubElement(
            signed_signature_properties, "{http://uri.etsi.org/01903/v1.3.2#}SigningTime"
        ).text = self.at


def sign(job: Job) -> str:
    options = {
        "method": SignatureConstructionMethod[job["method"]],
        "c14n_algorithm": CanonicalizationMethod(job["c14n"]),
        "signature_algorithm": SignatureMethod[job["algorithm"]],
        "digest_algorithm": DigestAlgorithm[job["digest"]],
    }
    if job["is_xades"]:
        described = XAdESDataObjectFormat(Description="", MimeType="text/xml")
        signer = TimedSigner(claimed_roles=["GVCN"], data_object_format=described, **options)
        signer.at = job["at"]
    else:
        signer = OldSha1(**options)
    signed = signer.sign(
        etree.fromstring(job["document"].encode()),
        key=job["key"],
        cert=job["chain"],
        reference_uri=job["uris"] or None,
        id_attribute="Id",
        inclusive_ns_prefixes=job["prefixes"] or None,
        always_add_key_value=job["key_value"],
    )
    text: str = etree.tostring(signed, encoding="unicode")
    return text


def verify(job: Job) -> list[Job]:
    root = etree.fromstring(job["document"].encode())
    at = datetime.fromisoformat(job["at"])
    answers = []
    for number, element in enumerate(root.iter(f"{DS}Signature")):
        count = len(element.findall(f"{DS}SignedInfo/{DS}Reference"))
        parent = element.getparent()
        assert parent is not None
        place = root.getroottree().getelementpath(parent)
        location = "./" if place == "." else f"./{place}/"
        expected = SignatureConfiguration(location=location, expect_references=count)
        try:
            # One verifier for several calls would keep the state of the last.
            XMLVerifier().verify(
                etree.fromstring(job["document"].encode()),
                ca_pem_file=job["roots"],
                verification_time=at,
                id_attribute="Id",
                expect_config=expected,
            )
            log = ""
        except Exception as error:  # noqa: BLE001 - whatever signxml says
            log = f"{type(error).__name__}: {error}"
        answers.append({"id": element.get("Id") or str(number), "is_verified": not log, "log": log})
    return answers


DO: dict[str, Callable[[Job], object]] = {"sign": sign, "verify": verify}

if __name__ == "__main__":
    for line in sys.stdin:
        given = json.loads(line)
        try:
            answer = DO[given["do"]](given)
        except Exception as error:  # noqa: BLE001 - an answer too
            answer = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(answer), flush=True)
