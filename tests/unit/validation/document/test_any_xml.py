"""Documents of others: whose signature it is, what it covers, what its time-stamps prove, and what
keeps it from passing.
"""

import hashlib
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from hocba_sign.cli.main import main
from hocba_sign.testing import World
from tests.support.others import (
    COUNTERSIGNED,
    DOCUMENT,
    DS,
    MORE,
    OTHER,
    PERSON,
    PLACE,
    RSA,
    SHA1,
    SHA256,
    XADES,
    XADES111,
    XADES122,
    XADES141,
    Made,
    Maker,
    b64,
    c14n,
    countersign,
    judged,
    make,
    stamp_parts,
    v1,
    v2,
    x509_data,
)
from tests.support.scene import JUDGED_AT, SIGNED_AT, Scene

RSA_PERSON = World(SIGNED_AT).person("Lê Thị Bình", "001199000003", key="rsa1024")
OBJECT = '<ds:Object Id="o"><x xmlns="urn:vidu">hai</x></ds:Object>'


def verdict(octets: bytes, **words: Any) -> str:
    return str(judged(octets, **words).verdict)


def report(octets: bytes, **words: Any) -> dict[str, Any]:
    return judged(octets, **words).to_dict()


def one(octets: bytes, **words: Any) -> dict[str, Any]:
    (found,) = report(octets, **words)["signatures"]
    assert isinstance(found, dict)
    return found


def facts(octets: bytes, **words: Any) -> tuple[bool, str, str | None]:
    found = one(octets, **words)
    return found["intact"], found["indication"], found["sub_indication"]


def warned(octets: bytes, **words: Any) -> set[str]:
    return {warning["id"] for warning in one(octets, **words)["warnings"]}


def forcing_any(octets: bytes) -> set[str]:
    return {check["id"] for check in report(octets)["checks"] if check["forces"]}


def forcing(octets: bytes, **words: Any) -> dict[str, str | None]:
    return {
        check["id"]: check["where"]
        for check in report(octets, **words)["checks"]
        if check["forces"] and check["id"][:5] == "COVER"
    }


PASSED = (True, "TOTAL_PASSED", None)


@pytest.mark.parametrize("namespace", [XADES, XADES122, XADES111])
@pytest.mark.parametrize("refs", [("#b",), ("",)])
def test_every_version_of_xades_passes(namespace: str, refs: tuple[str, ...]) -> None:
    octets = make(Maker(namespace=namespace, refs=refs, binding=v1(PERSON.certificate_der))).octets
    assert (verdict(octets), facts(octets), one(octets)["coverage"]) == ("VALID", PASSED, "full")


def test_the_report_is_that_of_a_document_of_others() -> None:
    found = report(make().octets)
    assert (found["document"], found["workflow"]) == (
        {"kind": "other", "layout": None, "schema_valid": None},
        None,
    )


def test_a_document_without_a_signature_leaves_nothing_to_verify() -> None:
    assert verdict(b"<a/>") == "NOTHING_TO_VERIFY"


def test_plain_xmldsig_is_intact_and_not_passed() -> None:
    octets = make(Maker(properties=None)).octets
    assert (facts(octets), one(octets)["format"]) == (
        (True, "INDETERMINATE", "SIG_CONSTRAINTS_FAILURE"),
        "XMLDSIG",
    )


def test_a_signature_around_what_it_signs() -> None:
    octets = make(Maker(refs=("#o",), objects=OBJECT), document=PLACE).octets
    assert (verdict(octets), facts(octets)) == ("VALID", PASSED)


def test_detached_octets_are_found_by_name_and_all_that_is_given_must_be_covered() -> None:
    files = {"hoa-don.txt": b"mot", "phu-luc.txt": b"hai"}
    octets = make(Maker(refs=tuple(files), detached=files), document=PLACE).octets
    assert (verdict(octets, detached=files), one(octets, detached=files)["coverage"]) == (
        "VALID",
        "full",
    )
    assert facts(octets, detached=files | {"phu-luc.txt": b"ba"})[1:] == (
        "TOTAL_FAILED",
        "HASH_FAILURE",
    )
    assert facts(octets)[1:] == ("INDETERMINATE", "SIGNED_DATA_NOT_FOUND")
    assert forcing(octets, detached=files | {"khac.txt": b""}) == {"COVER.DETACHED": "khac.txt"}


def test_the_only_detached_file_may_have_another_name() -> None:
    octets = make(
        Maker(refs=("hoa-don.txt",), detached={"hoa-don.txt": b"mot"}), document=PLACE
    ).octets
    found = report(octets, detached={"ban-sao.txt": b"mot"})
    assert (found["verdict"], "COVER.NAME" in {check["id"] for check in found["checks"]}) == (
        "VALID",
        True,
    )


# Whose signature it is


def test_a_key_without_a_certificate_is_told_and_names_nobody() -> None:
    numbers = PERSON.key.public_key().public_numbers()
    point = b64(b"\x04" + numbers.x.to_bytes(32, "big") + numbers.y.to_bytes(32, "big"))  # type: ignore[union-attr]
    named = '<n:NamedCurve URI="urn:oid:1.2.840.10045.3.1.7"/>'
    key = f'<ds:KeyValue><n:ECKeyValue xmlns:n="http://www.w3.org/2009/xmldsig11#">{named}<n:PublicKey>{point}</n:PublicKey></n:ECKeyValue></ds:KeyValue>'
    octets = make(Maker(properties=None, key_info=key)).octets
    found = one(octets)
    assert facts(octets) == (True, "INDETERMINATE", "NO_SIGNING_CERTIFICATE_FOUND")
    assert (found["certificate"], found["key"]["name"]) == (None, "EC secp256r1")
    assert facts(octets.replace(b">mot<", b">hai<"))[0] is False


def rsa_key() -> str:
    numbers = RSA_PERSON.key.public_key().public_numbers()
    modulus, exponent = (
        b64(n.to_bytes((n.bit_length() + 7) // 8, "big"))
        for n in (numbers.n, numbers.e)  # type: ignore[union-attr]
    )
    return (
        f"<ds:KeyValue><ds:RSAKeyValue><ds:Modulus>{modulus}</ds:Modulus>"
        f"<ds:Exponent>{exponent}</ds:Exponent></ds:RSAKeyValue></ds:KeyValue>"
    )


def test_an_rsa_key_of_1024_bits_is_intact_and_not_acceptable() -> None:
    octets = make(
        Maker(properties=None, identity=RSA_PERSON, algorithm=RSA, key_info=rsa_key())
    ).octets
    found = one(octets)
    assert (found["intact"], found["key"]["name"]) == (True, "RSA 1024")
    assert "TT 15/2025" in next(
        finding["where"]
        for finding in found["findings"]
        if finding["id"] == "CRYPTO.NOT_ACCEPTABLE"
    )


def test_a_key_that_contradicts_the_certificate_is_said() -> None:
    octets = make(
        Maker(identity=PERSON, key_info=x509_data(*PERSON.chain_der[:2]) + rsa_key())
    ).octets
    assert (facts(octets)[0], one(octets)["causes"]) == (True, ["SIG.KEY_CONTRADICTION"])


def test_certificates_may_stand_in_any_order_and_in_several_x509_data() -> None:
    key_info = x509_data(OTHER.certificate_der) + x509_data(*PERSON.chain_der[:2][::-1])
    assert facts(make(Maker(key_info=key_info)).octets) == PASSED


def test_embedded_values_that_are_none_change_nothing_of_the_signature() -> None:
    made = make()
    made.add(
        "CertificateValues",
        f'<EncapsulatedX509Certificate xmlns="{XADES}"/>',
        f'<EncapsulatedX509Certificate xmlns="{XADES}">!</EncapsulatedX509Certificate>',
    )
    made.add(
        "RevocationValues",
        f'<CRLValues xmlns="{XADES}"><EncapsulatedCRLValue>AAAA</EncapsulatedCRLValue></CRLValues>',
    )
    assert facts(made.octets) == PASSED


def test_a_certificate_may_stand_in_certificate_values_only() -> None:
    made = make(Maker(key_info="<ds:KeyName>ai</ds:KeyName>"))
    values = "".join(
        f"<EncapsulatedX509Certificate>{b64(der)}</EncapsulatedX509Certificate>"
        for der in PERSON.chain_der[:2]
    )
    made.add("CertificateValues", *etree.fromstring(f'<v xmlns="{XADES}">{values}</v>'))
    assert (facts(made.octets), one(made.octets)["format"]) == (PASSED, "XAdES-BES")


@pytest.mark.parametrize(
    ("binding", "cause"),
    [
        (v2(OTHER.certificate_der), "SIG.CERTIFICATE_BINDING"),
        (v1(OTHER.certificate_der), "SIG.CERTIFICATE_BINDING"),
        (v1(PERSON.certificate_der, serial=-1), "SIG.ISSUER_SERIAL"),
        (v1(PERSON.certificate_der, serial=0), "SIG.ISSUER_SERIAL"),
        (v1(PERSON.certificate_der, serial=10**190), "SIG.ISSUER_SERIAL"),
        (v1(PERSON.certificate_der, issuer="CN=Khac,C=VN"), "SIG.ISSUER_SERIAL"),
        ("", "SIG.NO_SIGNING_CERTIFICATE"),
        (v2(PERSON.certificate_der, digest=f"{MORE}md5"), "CRYPTO.NOT_ACCEPTABLE"),
    ],
)
@pytest.mark.parametrize("carries_other", [False, True])
def test_an_exchanged_certificate_never_passes(
    binding: str, cause: str, *, carries_other: bool
) -> None:
    carried = x509_data(*((OTHER.certificate_der,) if carries_other else ()), *PERSON.chain_der[:2])
    octets = make(Maker(binding=binding, key_info=carried)).octets
    assert (facts(octets)[:2], cause in one(octets)["causes"]) == ((True, "INDETERMINATE"), True)


@pytest.mark.parametrize("issuer", ["khong phai ten", "CN=\\"])
def test_an_issuer_that_cannot_be_read_does_not_differ(issuer: str) -> None:
    octets = make(Maker(binding=v1(PERSON.certificate_der, issuer=issuer))).octets
    assert (facts(octets), warned(octets)) == (PASSED, {"SIG.ISSUER_SERIAL_UNREADABLE"})


def test_without_a_certificate_nothing_is_said_of_content_or_key() -> None:
    octets = make(Maker(key_info="<ds:KeyName>ai</ds:KeyName>")).octets
    assert (facts(octets), one(octets)["causes"]) == (
        (False, "INDETERMINATE", "NO_SIGNING_CERTIFICATE_FOUND"),
        ["SIG.NO_SIGNING_CERTIFICATE"],
    )


def test_a_certificate_bound_by_sha1_is_warned_of() -> None:
    assert warned(make(Maker(binding=v2(PERSON.certificate_der, digest=SHA1))).octets) == {
        "SIG.BINDING_DIGEST"
    }


@pytest.mark.parametrize("algorithm", [f"{DS}hmac-sha1", f"{DS}dsa-sha1", f"{MORE}hmac-sha256"])
def test_hmac_and_dsa_are_unsupported(algorithm: str) -> None:
    octets = make(Maker(algorithm=algorithm)).octets
    assert (facts(octets)[0], "CRYPTO.UNSUPPORTED_ALGORITHM" in one(octets)["causes"]) == (
        False,
        True,
    )


def test_a_digest_by_sha1_is_intact_and_not_acceptable() -> None:
    octets = make(Maker(digest=SHA1)).octets
    assert facts(octets) == (True, "INDETERMINATE", "CRYPTO_CONSTRAINTS_FAILURE_NO_POE")


# Signed properties


def test_properties_must_be_referenced_as_such() -> None:
    octets = make(Maker(has_type=False)).octets
    assert (facts(octets), one(octets)["causes"]) == (
        (True, "INDETERMINATE", "SIG_CONSTRAINTS_FAILURE"),
        ["SIG.PROPERTIES_TYPE"],
    )


@pytest.mark.parametrize(
    ("target", "outcome"),
    [
        ("#b", "TOTAL_FAILED"),
        ("#khong-co", "TOTAL_PASSED"),
        ("s", "TOTAL_PASSED"),
        ("", "TOTAL_PASSED"),
    ],
)
def test_properties_of_another_element_do_not_count(target: str, outcome: str) -> None:
    assert one(make(Maker(target=target)).octets)["indication"] == outcome


def moved(octets: bytes, change: str) -> bytes:
    root = etree.fromstring(octets)
    (qualifying,) = root.iter(f"{{{XADES}}}QualifyingProperties")
    holder = qualifying.getparent()
    assert holder is not None
    match change:
        case "twice":
            holder.append(
                etree.fromstring(etree.tostring(qualifying).replace(b'Id="s-p"', b'Id="t-p"'))
            )
        case "outside":
            root.append(qualifying)
        case "in the object":
            holder.append(qualifying[0])
        case _:
            etree.SubElement(holder, f"{{{XADES}}}QualifyingPropertiesReference", URI="khac.xml")
    return etree.tostring(root)


@pytest.mark.parametrize("change", ["twice", "outside", "in the object", "elsewhere"])
def test_misplaced_properties_never_pass(change: str) -> None:
    octets = moved(make().octets, change)
    assert one(octets)["indication"] != "TOTAL_PASSED"
    assert verdict(octets) != "VALID"


def test_claims_are_told() -> None:
    claims = (
        "<SignatureProductionPlaceV2><City>Huế</City><CountryName>VN</CountryName></SignatureProductionPlaceV2>"
        "<SignerRoleV2><ClaimedRoles><ClaimedRole>GVCN</ClaimedRole></ClaimedRoles></SignerRoleV2>"
    )
    commitment = "<CommitmentTypeIndication><CommitmentTypeId><Identifier>urn:x</Identifier></CommitmentTypeId><AllSignedDataObjects/></CommitmentTypeIndication>"
    found = one(make(Maker(properties=claims, data=commitment)).octets)
    assert (found["roles"], found["commitments"], found["place"]["city"]) == (
        ["GVCN"],
        ["urn:x"],
        "Huế",
    )
    assert found["indication"] == "TOTAL_PASSED"


def policy(document: bytes = b"chinh sach") -> str:
    digest = b64(hashlib.sha256(document).digest())
    return (
        "<SignaturePolicyIdentifier><SignaturePolicyId><SigPolicyId><Identifier>urn:oid:1.2.3</Identifier></SigPolicyId>"
        f'<SigPolicyHash><ds:DigestMethod Algorithm="{SHA256}"/><ds:DigestValue>{digest}</ds:DigestValue></SigPolicyHash>'
        "<SigPolicyQualifiers><SigPolicyQualifier><SPURI>http://vi.du/cs</SPURI></SigPolicyQualifier></SigPolicyQualifiers>"
        "</SignaturePolicyId></SignaturePolicyIdentifier>"
    )


@pytest.mark.parametrize("name", ["urn:oid:1.2.3", "http://vi.du/cs"])
def test_a_policy_is_compared_where_its_document_is_given(name: str) -> None:
    octets = make(Maker(properties=policy())).octets
    assert (verdict(octets), warned(octets)) == ("VALID", {"SIG.POLICY_NOT_AVAILABLE"})
    assert (
        verdict(octets, detached={name: b"chinh sach"}),
        one(octets, detached={name: b"chinh sach"})["policy"]["matched"],
    ) == (
        "VALID",
        True,
    )
    assert facts(octets, detached={name: b"khac"}) == (
        True,
        "INDETERMINATE",
        "SIGNATURE_POLICY_NOT_AVAILABLE",
    )


def test_an_implied_policy_changes_nothing() -> None:
    implied = "<SignaturePolicyIdentifier><SignaturePolicyImplied/></SignaturePolicyIdentifier>"
    found = one(make(Maker(properties=implied, refs=("#b",))).octets)
    assert (found["indication"], found["policy"]) == ("TOTAL_PASSED", {"id": None, "matched": None})


# Time-stamps


def archived(made: Made) -> Made:
    made.stamp("ArchiveTimeStamp", made.archive_octets(), namespace=XADES141)
    return made


def with_refs(tag: str, *, has_value: bool) -> Made:
    made = make()
    made.value_stamp()
    version = "V2" if tag.endswith("V2") else ""
    covered = [
        made.add("CompleteRevocationRefs"),
        made.add(f"CompleteCertificateRefs{version}", namespace=XADES141 if version else None),
    ]
    parts = [c14n(made.part("ds:SignatureValue")), c14n(made.unsigned()[0])] if has_value else []
    made.stamp(
        tag, b"".join([*parts, *map(c14n, covered)]), namespace=XADES141 if version else None
    )
    return made


def test_a_content_time_stamp_is_intact_and_proves_no_signature() -> None:
    plain = etree.fromstring(DOCUMENT)
    for tag, include in (
        ("AllDataObjectsTimeStamp", ""),
        ("IndividualDataObjectsTimeStamp", '<Include URI="#s-r0" referencedData="true"/>'),
    ):
        stamp = f"<{tag}>{include}{''.join(stamp_parts(c14n(plain[0]), XADES, at=SIGNED_AT - timedelta(hours=1)))}</{tag}>"
        found = one(make(Maker(data=stamp)).octets)
        assert [(one["type"], one["intact"], one["indication"]) for one in found["timestamps"]] == [
            ("content", True, "PASSED")
        ]
        assert (found["indication"], found["time_proof"]) == ("TOTAL_PASSED", "claimed")


@pytest.mark.parametrize(
    "includes",
    [
        "",
        '<Include URI="#s-r0"/>',
        '<Include URI="#s-r0" referencedData="false"/>',
        '<Include URI="#b" referencedData="true"/>',
        '<Include referencedData="true"/>',
        '<Include URI="#s-r0" referencedData="true"/><Include URI="#b" referencedData="true"/>',
        '<Include URI="#s-r0" referencedData="true"/><Include URI="#s-r0"/>',
    ],
)
def test_every_include_must_name_the_data_of_a_reference(includes: str) -> None:
    """One that is passed over would let a time-stamp cover less than it says."""
    parts = "".join(
        stamp_parts(c14n(etree.fromstring(DOCUMENT)[0]), XADES, at=SIGNED_AT - timedelta(hours=1))
    )
    tag = "IndividualDataObjectsTimeStamp"
    (stamp,) = one(make(Maker(data=f"<{tag}>{includes}{parts}</{tag}>")).octets)["timestamps"]
    assert (stamp["intact"], stamp["causes"]) == (False, ["SIG.TIME_STAMP_INCLUDE"])


@pytest.mark.parametrize(
    ("tag", "has_value"),
    [
        ("SigAndRefsTimeStamp", True),
        ("SigAndRefsTimeStampV2", True),
        ("RefsOnlyTimeStamp", False),
        ("RefsOnlyTimeStampV2", False),
    ],
)
def test_time_stamps_of_references_are_intact(tag: str, has_value: bool) -> None:
    made = with_refs(tag, has_value=has_value)
    found = one(made.octets)
    assert [(stamp["type"], stamp["intact"]) for stamp in found["timestamps"]] == [
        ("signature", True),
        ("refs", True),
    ]
    made.unsigned()[1].append(etree.Element("{urn:x}them"))
    assert [stamp["intact"] for stamp in one(made.octets)["timestamps"]] == [True, False]


def test_a_time_stamp_of_references_alone_proves_no_signature() -> None:
    made = with_refs("RefsOnlyTimeStamp", has_value=False)
    made.unsigned().remove(made.unsigned()[0])
    assert one(made.octets)["time_proof"] == "claimed"


@pytest.mark.parametrize("namespace", [XADES, XADES141])
def test_an_archive_time_stamp_covers_all_before_it(namespace: str) -> None:
    made = make(
        Maker(refs=("#b", "#o"), objects=OBJECT + "<ds:Object><y xmlns='urn:vidu'/></ds:Object>")
    )
    made.value_stamp()
    made.stamp(
        "ArchiveTimeStamp", made.archive_octets(is_earlier=namespace == XADES), namespace=namespace
    )
    assert [(stamp["type"], stamp["intact"]) for stamp in one(made.octets)["timestamps"]] == [
        ("signature", True),
        ("archive", True),
    ]
    made.part("ds:KeyInfo").append(etree.Element(f"{{{DS}}}KeyName"))
    assert [stamp["intact"] for stamp in one(made.octets)["timestamps"]] == [True, False]


@pytest.mark.parametrize("tag", ["SignatureTimeStamp", "SigAndRefsTimeStamp", "ArchiveTimeStamp"])
def test_a_time_stamp_of_another_signature_is_not_intact(tag: str) -> None:
    other, mine = make(Maker(identity=OTHER)), make()
    namespace = XADES141 if tag == "ArchiveTimeStamp" else XADES
    octets = (
        other.archive_octets()
        if tag == "ArchiveTimeStamp"
        else c14n(other.part("ds:SignatureValue"))
    )
    stamp = other.stamp(tag, octets, namespace=namespace)
    assert one(other.octets)["timestamps"][0]["intact"]
    mine.unsigned().append(stamp)
    found = one(mine.octets)
    assert (found["timestamps"][0]["intact"], found["time_proof"], verdict(mine.octets)) == (
        False,
        "claimed",
        "INDETERMINATE",
    )


def test_a_distributed_time_stamp_is_named() -> None:
    made = make()
    archived(made).unsigned()[0].insert(0, etree.Element(f"{{{XADES}}}Include", URI="#s-v"))
    (stamp,) = one(made.octets)["timestamps"]
    assert (stamp["intact"], stamp["causes"]) == (False, ["SIG.TIME_STAMP_INCLUDE"])


def test_a_time_stamp_without_a_token_is_named() -> None:
    made = make()
    made.add("SignatureTimeStamp", f'<XMLTimeStamp xmlns="{XADES}"/>')
    assert one(made.octets)["timestamps"][0]["causes"] == ["SIG.TIME_STAMP_FORM"]


# Counter-signatures


def nested() -> Made:
    made = make()
    second = countersign(
        made, Maker(name="c", identity=OTHER, refs=("#s-v",), types={"#s-v": COUNTERSIGNED})
    )
    countersign(second, Maker(name="d", refs=("#c-v",)))
    return made


def test_counter_signatures_name_their_master() -> None:
    found = report(nested().octets)
    assert [(one["id"], one["parent"], one["indication"]) for one in found["signatures"]] == [
        ("s", None, "TOTAL_PASSED"),
        ("c", "s", "TOTAL_PASSED"),
        ("d", "c", "TOTAL_PASSED"),
    ]
    assert found["verdict"] == "VALID"


def test_a_counter_signature_of_something_else_is_not_intact() -> None:
    made = make()
    countersign(made, Maker(name="c", identity=OTHER, refs=("#b",)))
    (_, counter) = report(made.octets)["signatures"]
    assert (counter["intact"], counter["indication"], counter["causes"]) == (
        False,
        "TOTAL_FAILED",
        ["SIG.COUNTERSIGNATURE"],
    )


# What is covered


@pytest.mark.parametrize(
    ("document", "where"),
    [
        (f'<a xmlns="urn:vidu"><b Id="b">mot</b><c>them</c>{PLACE}</a>', "/a/c"),
        (f'<a xmlns="urn:vidu"><b Id="b">mot</b>{PLACE}chu</a>', "/a"),
        (f'<a xmlns="urn:vidu" ten="x"><b Id="b">mot</b>{PLACE}</a>', "/a"),
        (f'<a xmlns="urn:vidu"><c><b Id="b">mot</b><d/></c>{PLACE}</a>', "/a/c"),
        (
            f'<a xmlns="urn:vidu"><KHONG_CO_GIA_TRI><b Id="b">mot</b></KHONG_CO_GIA_TRI>{PLACE}</a>',
            "/a/KHONG_CO_GIA_TRI",
        ),
        (f'<HUY_BO xmlns="urn:vidu"><a><b Id="b">mot</b>{PLACE}</a></HUY_BO>', "/HUY_BO"),
        (
            f'<a xmlns="urn:vidu" xmlns:i="http://www.w3.org/2001/XMLSchema-instance" i:nil="true"><b Id="b">mot</b>{PLACE}</a>',
            "/a",
        ),
    ],
)
def test_content_outside_keeps_a_document_from_being_valid(document: str, where: str) -> None:
    octets = make(document=document).octets
    assert (verdict(octets), facts(octets), one(octets)["coverage"]) == (
        "INDETERMINATE",
        PASSED,
        "partial",
    )
    assert [path.split(" ")[0] for path in one(octets)["not_covered"]] == [where]
    assert list(forcing(octets)) == ["COVER.PARTIAL"]


@pytest.mark.parametrize(
    "document",
    [
        f'<a xmlns="urn:vidu" Id="goc"><b Id="b">mot</b> {PLACE}\n</a>',
        f'<a xmlns="urn:vidu" xmlns:i="http://www.w3.org/2001/XMLSchema-instance" i:schemaLocation="x y"><b Id="b">mot</b><d>{PLACE}</d></a>',
        f'<TDiep><DLieu><HDon><b Id="b">mot</b><DSCKS><NBan>{PLACE}</NBan></DSCKS></HDon></DLieu></TDiep>',
    ],
)
def test_frames_that_say_nothing_do_not_count(document: str) -> None:
    assert verdict(make(document=document).octets) == "VALID"


def test_an_object_that_no_reference_covers_counts() -> None:
    octets = make(Maker(objects=OBJECT)).octets
    assert (verdict(octets), [path.split(" ")[0] for path in one(octets)["not_covered"]]) == (
        "INDETERMINATE",
        ["/a/Signature/Object[2]/x"],
    )


def test_the_order_of_signed_parts_of_one_name_is_signed_by_nobody() -> None:
    document = f'<a xmlns="urn:vidu"><b Id="b">mot</b><{{}} Id="c">hai</{{}}>{PLACE}</a>'
    verdicts = [
        verdict(make(Maker(refs=("#b", "#c")), document=document.replace("{}", name)).octets)
        for name in ("b", "c")
    ]
    assert verdicts == ["INDETERMINATE", "VALID"]


@pytest.mark.parametrize(
    ("change", "cause"),
    [("<?xml-stylesheet href='a'?>", "COVER.STYLESHEET"), ("<!-- %PDF-1.4 -->", "DOC.OTHER_KIND")],
)
def test_what_other_programs_go_by_is_unproven(change: str, cause: str) -> None:
    octets = make().octets.replace(b"<a ", change.encode() + b"<a ", 1)
    assert list(forcing_any(octets)) == [cause]
    assert verdict(octets) == "INDETERMINATE"


def test_two_signatures_may_cover_a_document_together() -> None:
    document = f'<a xmlns="urn:vidu"><b Id="b">mot</b><c Id="c">hai</c>{PLACE}{{}}</a>'
    first = make(document=document.replace("{}", "<e/>"))
    root = first.root
    root.remove(root[-1])
    text = etree.tostring(root).decode().replace("</a>", f"{PLACE}</a>")
    octets = make(Maker(name="t", identity=OTHER, refs=("#c",)), document=text).octets
    found = report(octets)
    assert (found["verdict"], [one["coverage"] for one in found["signatures"]]) == (
        "VALID",
        ["partial", "partial"],
    )


def test_places_never_carry_text() -> None:
    octets = make(document=f'<a xmlns="urn:vidu"><b Id="b">mot</b><c>bi mat</c>{PLACE}</a>').octets
    assert "bi mat" not in str(report(octets))


def test_comments_are_warned_of_and_not_judged() -> None:
    found = report(
        make(document=f'<a xmlns="urn:vidu"><!--x--><b Id="b">mot</b>{PLACE}</a>').octets
    )
    assert (found["verdict"], "COVER.COMMENTS" in {check["id"] for check in found["checks"]}) == (
        "VALID",
        True,
    )


# Vietnamese conventions


def stated(time: str, target: str = "#s") -> Maker:
    inner = f'<SignatureProperties xmlns=""><SignatureProperty Target="{target}"><SigningTime>{time}</SigningTime></SignatureProperty></SignatureProperties>'
    return Maker(
        properties=None, refs=("#b", "#o"), objects=f'<ds:Object Id="o">{inner}</ds:Object>'
    )


def test_a_signing_time_in_an_object_is_a_claim_in_local_time() -> None:
    octets = make(stated("2026-06-01T10:00:00")).octets
    assert (one(octets)["claimed_time"], warned(octets)) == (
        "2026-06-01T03:00:00Z",
        {"SIG.TIME_ZONE"},
    )
    assert warned(make(stated("2026-06-01T03:00:00Z", "#khong-co")).octets) == {
        "SIG.PROPERTIES_TARGET"
    }


def test_a_signing_time_outside_what_is_signed_is_warned_of() -> None:
    maker = stated("2026-06-01T03:00:00Z")
    octets = make(Maker(properties=None, objects=maker.objects)).octets
    assert warned(octets) == {"SIG.TIME_UNSIGNED"}


def test_a_signing_time_without_a_zone_passes_with_a_warning() -> None:
    octets = make(Maker(time="2026-06-01T10:00:00")).octets
    assert (verdict(octets), warned(octets), one(octets)["claimed_time"]) == (
        "VALID",
        {"SIG.TIME_ZONE"},
        "2026-06-01T03:00:00Z",
    )


def test_local_time_marked_as_utc_is_told() -> None:
    made = make(Maker(time="2026-06-01T10:00:00Z"))
    made.value_stamp()
    for at in (JUDGED_AT, JUDGED_AT + timedelta(hours=8)):
        assert (warned(made.octets, at=at), facts(made.octets, at=at)) == (
            {"SIG.LOCAL_TIME", "SIG.CLAIMED_AFTER_STAMP"},
            PASSED,
        )
    unproven = make(Maker(time="2026-06-01T10:00:00Z"))
    assert "SIG.SIGNING_TIME_FUTURE" in one(unproven.octets, at=JUDGED_AT)["causes"]


# A transcript, and the command


def test_a_transcript_is_judged_as_any_document() -> None:
    found = report(Scene(subjects=1).signed())
    assert (found["document"]["kind"], found["workflow"]) == ("other", None)
    assert all(one["intact"] and one["slot"] is None for one in found["signatures"])


def test_the_command_judges_with_files_beside(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a.xml").write_bytes(make(Maker(properties=policy())).octets)
    (tmp_path / "cs.txt").write_bytes(b"khac")
    arguments = [
        "verify",
        str(tmp_path / "a.xml"),
        "--any",
        "--detached",
        f"urn:oid:1.2.3={tmp_path / 'cs.txt'}",
        "--offline",
        "--json",
    ]
    assert main(arguments) == 3
    assert "SIG.POLICY_MISMATCH" in capsys.readouterr().out
    assert main([*arguments[:2], *arguments[3:]]) == 2
    assert main(["verify", str(tmp_path / "a.xml"), "--any", "--detached", "x"]) == 2
