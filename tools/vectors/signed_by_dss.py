"""Areas signature and workflow: transcripts that EU DSS signed, with structures, Ids and properties of its
own, and what was changed in them.
"""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any, Final

from tools.vectors.case import Case, Verdict
from tools.vectors.others_world import WRITERS, by_dss
from tools.vectors.stage import LISTED_AT, Stage

_SPEC: Final = "EN 319 132-1, 5.2 and 6.3; docs/reference/format.md, 6"
_FORMS: Final = (
    ("b", "level B", "dss-b-mark"),
    ("t", "level T", "dss-t-tokens-exchanged"),
    ("stamped-later", "level B, time-stamped a day later", "dss-t-tokens-exchanged"),
    ("sha384", "digests and values by SHA-384", "dss-sha384-mark"),
    ("sha512", "digests and values by SHA-512", "dss-sha512-mark"),
    ("pss", "RSA-PSS", "dss-pss-value"),
    ("inclusive", "Canonical XML 1.0 everywhere", "dss-inclusive-namespace-around"),
    ("inclusive-1.1", "Canonical XML 1.1 everywhere", "dss-inclusive-1.1-mark"),
    ("mixed", "SignedInfo in Canonical XML 1.1, references in exclusive form", "dss-mixed-mark"),
    ("subject", "with the subject's name beside the certificate", "dss-b-certificate-exchanged"),
    ("city", "with the place of signing", "dss-city-changed"),
    ("keyinfo", "with KeyInfo signed too", "dss-keyinfo-changed"),
    ("no-commitment", "without a commitment", "dss-b-commitment"),
)
_ALTERED: Final = (
    ("b-mark", "b", "a mark", r"<DIEM_CA_NAM>[0-9.]+<", "<DIEM_CA_NAM>9.9<", "SIG.DIGEST"),
    (
        "sha384-mark",
        "sha384",
        "a mark",
        r"<DIEM_CA_NAM>[0-9.]+<",
        "<DIEM_CA_NAM>9.9<",
        "SIG.DIGEST",
    ),
    (
        "sha512-mark",
        "sha512",
        "a mark",
        r"<DIEM_CA_NAM>[0-9.]+<",
        "<DIEM_CA_NAM>9.9<",
        "SIG.DIGEST",
    ),
    (
        "inclusive-1.1-mark",
        "inclusive-1.1",
        "a mark",
        r"<DIEM_CA_NAM>[0-9.]+<",
        "<DIEM_CA_NAM>9.9<",
        "SIG.DIGEST",
    ),
    ("mixed-mark", "mixed", "a mark", r"<DIEM_CA_NAM>[0-9.]+<", "<DIEM_CA_NAM>9.9<", "SIG.DIGEST"),
    (
        "b-time",
        "b",
        "the claimed time",
        r"<xades:SigningTime>2026-06-01T03",
        "<xades:SigningTime>2026-05-01T03",
        "SIG.DIGEST",
    ),
    (
        "b-role",
        "b",
        "the claimed role",
        r"<xades:ClaimedRole>CBQL<",
        "<xades:ClaimedRole>GVCN<",
        "SIG.DIGEST",
    ),
    (
        "b-mime-type",
        "b",
        "the type of the data",
        r"<xades:MimeType>text/xml<",
        "<xades:MimeType>text/csv<",
        "SIG.DIGEST",
    ),
    ("b-commitment", "b", "the commitment", r"#ProofOfApproval<", "#ProofOfReceipt<", "SIG.DIGEST"),
    (
        "city-changed",
        "city",
        "the place of signing",
        r"<xades:City>Hà Nội<",
        "<xades:City>Hà Nam<",
        "SIG.DIGEST",
    ),
    (
        "b-digest",
        "b",
        "a digest in SignedInfo",
        r"<ds:DigestValue>.",
        "<ds:DigestValue>+",
        "SIG.VALUE",
    ),
    (
        "b-type",
        "b",
        "the type of a link",
        r'Type="http://uri.etsi.org/01903#CountersignedSignature"',
        'Type="urn:example:link"',
        "SIG.VALUE",
    ),
    ("pss-value", "pss", "a value", r'(<ds:SignatureValue Id="[^"]*">)..', r"\1++", "SIG.VALUE"),
)
_WORKFLOW: Final = (
    ("as-seal-teacher", "The teacher claims the role of the seal", "WF.MOVED"),
    ("as-seal-homeroom", "The homeroom teacher claims the role of the seal", "WF.MOVED"),
    ("as-seal-principal", "The principal claims the role of the seal", "WF.MOVED"),
    ("no-role-teacher", "The teacher claims no role", "WF.MOVED"),
    ("no-role-homeroom", "The homeroom teacher claims no role", "WF.MOVED"),
    ("no-role-principal", "The principal claims no role", "WF.MOVED"),
    (
        "by-stranger-teacher",
        "Somebody else signs for the teacher, and the next go on",
        "WF.SIGNER_MISMATCH",
    ),
    (
        "by-stranger-homeroom",
        "Somebody else signs for the homeroom teacher, and the next go on",
        "WF.SIGNER_MISMATCH",
    ),
    (
        "by-stranger-principal",
        "Somebody else signs for the principal, and the seal goes on",
        "WF.SIGNER_MISMATCH",
    ),
    ("subject-alone", "The teacher covers the subject, not the pupil", "WF.COVERAGE"),
    ("pupil-alone", "The teacher covers the pupil, not the subject", "WF.COVERAGE"),
    (
        "all-data-teacher",
        "The teacher covers all data as one, not the pupil and the subject by their Ids",
        "WF.COVERAGE",
    ),
    ("pupil-alone-homeroom", "The homeroom teacher covers the pupil alone", "WF.COVERAGE"),
    ("pupil-alone-principal", "The principal covers the pupil alone", "WF.COVERAGE"),
    ("pupil-alone-seal", "The seal covers the pupil alone", "WF.COVERAGE"),
    ("unlinked-homeroom", "The homeroom teacher does not cover the teacher's value", "WF.ORDER"),
    ("unlinked-principal", "The principal does not cover the homeroom teacher's value", "WF.ORDER"),
    ("unlinked-seal", "The seal does not cover the principal's value", "WF.ORDER"),
)


def cases(_: Stage) -> Iterator[Case]:
    for name, title, twin in _FORMS:
        texts = (f"Signed by EU DSS: {title}", "What the format asks for is there, in another form")
        yield _case(f"dss-{name}", texts, by_dss(name), "VALID", twin=twin)
    for name, form, what, pattern, new, cause in _ALTERED:
        document = by_dss(form)
        changed = re.sub(pattern, new, document.decode(), count=1).encode()
        assert changed != document, name
        texts = (f"Signed by EU DSS, {what} changed since", "A digest or the value covers it")
        yield _case(f"dss-{name}", texts, changed, "INVALID", cause, twin=f"dss-{form}")
    yield from _keys()
    yield from _stamps()
    yield from _archived()
    for name, title, cause in _WORKFLOW:
        yield Case(
            identifier=f"workflow/dss-{name}",
            title=f"Signed by EU DSS: {title}",
            why="Every signature holds, and the workflow does not",
            spec="docs/reference/format.md, 5",
            document=by_dss(name),
            verdict="INVALID",
            causes=(cause,),
            # Who holds a certificate is another page's matter.
            workflow={} if cause == "WF.SIGNER_MISMATCH" else {"order_proven": False},
            twin="signature/dss-b",
            origin=WRITERS["dss"],
        )


def _case(
    name: str, texts: tuple[str, str], document: bytes, verdict: Verdict, *causes: str, **facts: Any
) -> Case:
    title, why = texts
    twin = facts.pop("twin")
    return Case(
        identifier=f"signature/{name}",
        title=title,
        why=why,
        spec=_SPEC,
        document=document,
        verdict=verdict,
        causes=causes,
        twin=f"signature/{twin}",
        origin=WRITERS["dss"],
        **facts,
    )


def _keys() -> Iterator[Case]:
    signed = by_dss("keyinfo")
    renamed = signed.replace(b"<ds:X509Data>", b"<ds:X509Data ><!-- -->", 1)
    noted = renamed.replace(b"<!-- -->", b"<ds:X509SubjectName>CN=Khac</ds:X509SubjectName>")
    texts = ("Signed by EU DSS with KeyInfo, a name added to KeyInfo since", "A digest covers it")
    yield _case("dss-keyinfo-changed", texts, noted, "INVALID", "SIG.DIGEST", twin="dss-keyinfo")
    octets = by_dss("b").decode()
    held = re.findall(r"<ds:X509Certificate>[^<]*</ds:X509Certificate>", octets)
    exchanged = octets.replace(held[0], held[1], 1).encode()
    texts = (
        "Signed by EU DSS, the teacher's certificate exchanged for another's",
        "The digest that is signed is of another certificate",
    )
    yield _case(
        "dss-b-certificate-exchanged",
        texts,
        exchanged,
        "INDETERMINATE",
        "SIG.CERTIFICATE_BINDING",
        twin="dss-b",
    )
    texts = (
        "Signed by EU DSS with SigningCertificate of XAdES 1.3.2",
        "The format asks for SigningCertificateV2: nothing else binds the key",
    )
    yield _case(
        "dss-v1", texts, by_dss("v1"), "INDETERMINATE", "SIG.NO_SIGNING_CERTIFICATE", twin="dss-b"
    )
    around = by_dss("inclusive").replace(b"<HOC_BA ", b'<HOC_BA xmlns:them="urn:example:them" ', 1)
    texts = (
        "Signed by EU DSS in Canonical XML 1.0, a namespace declared around it since",
        "Inclusive form holds every namespace in scope",
    )
    yield _case(
        "dss-inclusive-namespace-around",
        texts,
        around,
        "INVALID",
        "SIG.VALUE",
        twin="dss-exclusive-namespace-around",
    )
    around = by_dss("b").replace(b"<HOC_BA ", b'<HOC_BA xmlns:them="urn:example:them" ', 1)
    texts = (
        "Signed by EU DSS in exclusive form, a namespace declared around it since",
        "Exclusive form leaves out what nothing uses",
    )
    yield _case(
        "dss-exclusive-namespace-around",
        texts,
        around,
        "VALID",
        twin="dss-inclusive-namespace-around",
    )


def _stamps() -> Iterator[Case]:
    octets = by_dss("t").decode()
    held = re.findall(r"<xades:EncapsulatedTimeStamp[^>]*>([^<]*)<", octets)
    exchanged = octets.replace(held[0], "*").replace(held[1], held[0]).replace("*", held[1])
    texts = (
        "Signed by EU DSS at level T, two time-stamps exchanged",
        "Each is over the value of another signature",
    )
    yield _case(
        "dss-t-tokens-exchanged",
        texts,
        exchanged.encode(),
        "INDETERMINATE",
        "SIG.TIME_STAMPS",
        "TST.IMPRINT",
        twin="dss-t",
    )
    bare = re.sub(
        r"<xades:UnsignedProperties>.*?</xades:UnsignedProperties>", "", octets, flags=re.DOTALL
    )
    texts = (
        "Signed by EU DSS at level T, all time-stamps taken out",
        "Level B: the times are claimed again",
    )
    yield _case(
        "dss-t-tokens-removed",
        texts,
        bare.encode(),
        "VALID",
        signatures={"KY_PHAT_HANH": {"format": "XAdES-BASELINE-B", "time_proof": "claimed"}},
        twin="dss-t-tokens-exchanged",
    )


def _archived() -> Iterator[Case]:
    alone: dict[str, Any] = {"crl": (), "cert": (), "at": LISTED_AT + timedelta(hours=2)}
    for level in ("lt", "lta"):
        texts = (
            f"Signed by EU DSS at level {level.upper()}, judged by itself",
            "Paths and lists stand in the file",
        )
        yield _case(
            f"dss-{level}",
            texts,
            by_dss(level),
            "VALID",
            signatures={"KY_PHAT_HANH": {"format": f"XAdES-BASELINE-{level.upper()}"}},
            twin=f"dss-{level}-lists-removed",
            **alone,
        )
    without = re.compile(rb"<xades:RevocationValues.*?</xades:RevocationValues>", re.DOTALL)
    texts = (
        "Signed by EU DSS at level LT, the lists taken out, judged by itself",
        "Nothing says that nobody was revoked",
    )
    yield _case(
        "dss-lt-lists-removed",
        texts,
        without.sub(b"", by_dss("lt")),
        "INDETERMINATE",
        "REVOCATION.NONE",
        twin="dss-lt",
        **alone,
    )
    texts = (
        "Signed by EU DSS at level LTA, the lists taken out, all lists given",
        "The archive time-stamp covers what was there before it",
    )
    yield _case(
        "dss-lta-lists-removed",
        texts,
        without.sub(b"", by_dss("lta")),
        "INDETERMINATE",
        "SIG.TIME_STAMPS",
        "TST.IMPRINT",
        twin="dss-lta",
        at=LISTED_AT + timedelta(hours=2),
    )
