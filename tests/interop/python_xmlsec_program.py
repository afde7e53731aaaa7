"""Verifies with python-xmlsec, in its own environment: one job per line of standard input, JSON,
one line of answer each.

{"document": XML} gives [{"id", "is_verified", "log"}] for every ds:Signature.
"""

import json
import sys
from collections import Counter
from typing import Any

import xmlsec  # type: ignore[import-not-found]
from lxml import etree

DS = "{http://www.w3.org/2000/09/xmldsig#}"


def verify(job: dict[str, Any]) -> list[dict[str, Any]]:
    root = etree.fromstring(job["document"].encode())
    counts = Counter(element.get("Id") for element in root.iter("*"))
    for element in root.iter("*"):
        # xmlsec refuses a file where an Id stands twice; no reference may use one.
        if counts[element.get("Id")] == 1:
            xmlsec.tree.add_ids(element, ["Id"])
    answers = []
    for element in root.iter(f"{DS}Signature"):
        context = xmlsec.SignatureContext()
        # The first certificate is the signer's; its path is checked by others, at a time that can
        # be told them.
        certificate = (
            element.findtext(f"{DS}KeyInfo/{DS}X509Data/{DS}X509Certificate") or ""
        ).strip()
        lines = f"-----BEGIN CERTIFICATE-----\n{certificate}\n-----END CERTIFICATE-----\n"
        context.key = xmlsec.Key.from_memory(lines, xmlsec.KeyFormat.CERT_PEM)
        try:
            context.verify(element)
            log = ""
        except xmlsec.Error as error:
            log = str(error)
        answers.append({"id": element.get("Id"), "is_verified": not log, "log": log})
    return answers


if __name__ == "__main__":
    for line in sys.stdin:
        print(json.dumps(verify(json.loads(line))), flush=True)
