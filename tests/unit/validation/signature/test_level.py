"""The level of a signature of others, as EU DSS names it; says nothing about validity."""

from datetime import timedelta

import pytest
from lxml import etree

from hocba_sign.operations.verifier import Verifier
from hocba_sign.pki.certificates.certificate import Certificate
from hocba_sign.pki.revocation.evidence import Evidence
from hocba_sign.pki.trust.store import TrustStore
from tests.support.others import (
    PERSON,
    WORLD,
    XADES,
    XADES141,
    Made,
    Maker,
    b64,
    c14n,
    judged,
    make,
    v2,
    x509_data,
)
from tests.support.scene import SIGNED_AT

POLICY = "<SignaturePolicyIdentifier><SignaturePolicyImplied/></SignaturePolicyIdentifier>"
TWO = v2(PERSON.certificate_der) * 2
FORMAT = (
    '<DataObjectFormat ObjectReference="#s-r0"><MimeType>text/xml</MimeType></DataObjectFormat>'
)


def level(made: Made) -> str:
    (one,) = judged(made.octets, has_trust=False).to_dict()["signatures"]
    return str(one["format"])


@pytest.mark.parametrize(
    ("maker", "named"),
    [
        (Maker(), "XAdES-BASELINE-B"),
        (Maker(properties=None), "XMLDSIG"),
        (Maker(time=None), "XAdES-BES"),
        (Maker(time=None, properties=POLICY), "XAdES-EPES"),
        (Maker(binding=TWO), "XAdES-BES"),
        (Maker(binding=""), "XAdES-BES"),
        (Maker(key_info=x509_data(*PERSON.chain_der[1:])), "XAdES-BES"),
        (Maker(data=FORMAT.replace("s-r0", "khong-co")), "XAdES-BES"),
        (Maker(data=FORMAT.replace("#s-r0", "s-r0")), "XAdES-BES"),
        (Maker(data=FORMAT.replace("<MimeType>text/xml</MimeType>", "")), "XAdES-BES"),
        (Maker(data=FORMAT.replace("MimeType", "Description")), "XAdES-BES"),
        (
            Maker(refs=("#o",), objects='<ds:Object Id="o" MimeType="a/b">x</ds:Object>'),
            "XAdES-BES",
        ),
        (Maker(properties="<SignerRole/><SignerRoleV2/>"), "XAdES-BES"),
        (
            Maker(
                binding=v2(PERSON.certificate_der).replace("<Cert>", '<Cert URI="http://vi.du/">')
            ),
            "XAdES-BES",
        ),
    ],
)
def test_levels_without_time_stamps(maker: Maker, named: str) -> None:
    assert level(make(maker)) == named


def stamped(made: Made) -> Made:
    made.value_stamp()
    return made


def values(made: Made, *, has_all: bool = True) -> Made:
    ders = (*PERSON.chain_der, *WORLD.intermediates_der, *WORLD.anchors_der)
    made.add("CertificateValues", *_encapsulated("EncapsulatedX509Certificate", *ders))
    crls = WORLD.crls(SIGNED_AT + timedelta(hours=1))
    holder = made.add("RevocationValues", f'<CRLValues xmlns="{XADES}"/>')
    holder[0].extend(_encapsulated("EncapsulatedCRLValue", *(crls if has_all else crls[:1])))
    return made


def _encapsulated(tag: str, *ders: bytes) -> list[etree._Element]:
    return [etree.fromstring(f'<{tag} xmlns="{XADES}">{b64(der)}</{tag}>') for der in ders]


def refs(made: Made) -> Made:
    made.add("CompleteCertificateRefs")
    made.add("CompleteRevocationRefs")
    return made


def also(made: Made, tag: str, namespace: str | None = None) -> Made:
    made.stamp(tag, c14n(made.part("ds:SignatureValue")), namespace=namespace)
    return made


PLAIN = Maker(time=None)


@pytest.mark.parametrize(
    ("made", "named"),
    [
        (stamped(make()), "XAdES-BASELINE-T"),
        (stamped(make(PLAIN)), "XAdES-T"),
        (values(make()), "XAdES-BASELINE-B"),
        (values(stamped(make())), "XAdES-BASELINE-LT"),
        (values(stamped(make()), has_all=False), "XAdES-BASELINE-T"),
        (values(stamped(make(PLAIN))), "XAdES-LT"),
        (also(values(stamped(make())), "ArchiveTimeStamp", XADES141), "XAdES-BASELINE-LTA"),
        (also(values(stamped(make())), "ArchiveTimeStamp"), "XAdES-BASELINE-LTA"),
        (also(values(stamped(make(PLAIN))), "ArchiveTimeStamp", XADES141), "XAdES-A"),
        (refs(stamped(make())), "XAdES-C"),
        (also(refs(stamped(make())), "SigAndRefsTimeStamp"), "XAdES-X"),
        (values(also(refs(stamped(make())), "SigAndRefsTimeStamp")), "XAdES-XL"),
        (also(values(refs(stamped(make()))), "ArchiveTimeStamp", XADES141), "XAdES-A"),
    ],
)
def test_levels_with_time_stamps(made: Made, named: str) -> None:
    assert level(made) == named


def test_two_tokens_in_one_time_stamp_are_no_baseline() -> None:
    made = stamped(make())
    stamp = made.unsigned()[0]
    stamp.append(etree.fromstring(etree.tostring(stamp[-1])))
    assert level(made) == "XAdES-T"


def test_an_evidence_record_seals() -> None:
    made = values(stamped(make()))
    made.add("SealingEvidenceRecords", namespace="http://uri.etsi.org/19132/v1.1.1#")
    assert level(made) == "XAdES-ERS"


def test_an_intermediate_as_anchor_does_not_lower_the_level() -> None:
    """What issued the anchor needs no revocation data: nobody relies on it."""
    made = stamped(make())
    made.add(
        "CertificateValues",
        *_encapsulated("EncapsulatedX509Certificate", *PERSON.chain_der, *WORLD.intermediates_der),
    )
    holder = made.add("RevocationValues", f'<CRLValues xmlns="{XADES}"/>')
    listed = [WORLD.crl(slug, SIGNED_AT + timedelta(hours=1)) for slug in ("public-ca", "tsa-root")]
    holder[0].extend(_encapsulated("EncapsulatedCRLValue", *listed))
    anchors = [
        Certificate.load(WORLD.authority(slug).certificate_der)
        for slug in ("public-ca", "tsa-root")
    ]
    assert level(made) == "XAdES-BASELINE-T"
    report = Verifier(trust=TrustStore.of(anchors), evidence=Evidence()).verify_any(
        made.octets, at=SIGNED_AT + timedelta(hours=2)
    )
    assert [one["format"] for one in report.to_dict()["signatures"]] == ["XAdES-BASELINE-LT"]
