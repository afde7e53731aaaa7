"""Area revocation, second part: lists and answers inside a signature."""

import base64
from collections.abc import Iterator

from lxml import etree

from hocba_sign.xades.syntax import names
from hocba_sign.xml.tree import Element
from tools.vectors.case import WORLD, Case
from tools.vectors.revocation import OTHER_LISTS, revocation_case
from tools.vectors.stage import CBQL, LISTED_AT, Stage


def cases(stage: Stage) -> Iterator[Case]:
    """Revocation data inside the principal's signature: nobody signed it, so it proves no more than
    what is given beside the file.
    """
    container = {
        "crl": ("CRLValues", "EncapsulatedCRLValue"),
        "ocsp": ("OCSPValues", "EncapsulatedOCSPValue"),
    }

    def embedding(kind: str, octets: bytes) -> bytes:
        holder, item = container[kind]

        def edit(signature: Element) -> None:
            qualifying = next(signature.iter(names.QUALIFYING_PROPERTIES))
            place = etree.SubElement(
                etree.SubElement(qualifying, names.UNSIGNED_PROPERTIES),
                names.UNSIGNED_SIGNATURE_PROPERTIES,
            )
            values = etree.SubElement(
                etree.SubElement(place, names.REVOCATION_VALUES), names.xades(holder)
            )
            etree.SubElement(values, names.xades(item)).text = base64.b64encode(octets).decode()

        return stage.forged_at(CBQL, after=edit)

    yield revocation_case(
        stage,
        "embedded-list",
        (
            "The list is embedded in the principal's signature and in no other place",
            "As at level LT",
        ),
        "VALID",
        document=embedding("crl", stage.world.crl("public-ca", LISTED_AT)),
        crl=(f"{WORLD}/crl",),
        twin="revocation/embedded-list-cut-off",
    )
    why = "Must be said, not crash"
    yield revocation_case(
        stage,
        "embedded-list-cut-off",
        (
            "Every list is given, and one that is cut off is embedded",
            "It may be the newer one, in which the principal is revoked",
        ),
        "INDETERMINATE",
        "EVIDENCE.EMBEDDED_UNREAD",
        is_passed=True,
        document=embedding("crl", stage.world.crl("public-ca", LISTED_AT)[:-20]),
        crl=(f"{WORLD}/crl",),
        twin="revocation/embedded-list",
    )
    yield revocation_case(
        stage,
        "embedded-list-damaged",
        ("Noise is embedded as a list", why),
        "INDETERMINATE",
        "REVOCATION.CRL_MALFORMED",
        document=embedding("crl", b"\x30\x03\x02\x01\x07"),
        crl=OTHER_LISTS,
    )
    yield revocation_case(
        stage,
        "embedded-answer-damaged",
        ("Noise is embedded as an answer", why),
        "INDETERMINATE",
        "REVOCATION.OCSP_MALFORMED",
        document=embedding("ocsp", b"\x30\x03\x02\x01\x07"),
        crl=OTHER_LISTS,
    )
    refusal = stage.world.ocsp_response(stage.holder(CBQL), LISTED_AT, response_status="try_later")
    yield revocation_case(
        stage,
        "embedded-refusal",
        ("A responder's refusal is embedded as an answer", "It says nothing, and is not damaged"),
        "INDETERMINATE",
        "REVOCATION.NONE",
        "REVOCATION.OCSP_UNSUCCESSFUL",
        document=embedding("ocsp", refusal),
        crl=OTHER_LISTS,
    )
