import base64
from datetime import UTC, datetime, timedelta

import pytest
from asn1crypto import crl as asn1_crl
from asn1crypto import ocsp as asn1_ocsp
from hypothesis import given
from hypothesis import strategies as st

from hocba_sign.errors import HocbaSignError, InputError
from hocba_sign.pki.certificates.certificate import Certificate
from hocba_sign.pki.loading import statements as statements_module
from hocba_sign.pki.loading.statements import load_crl, load_ocsp
from hocba_sign.pki.revocation.entries import content_of
from hocba_sign.pki.revocation.evidence import Evidence
from hocba_sign.pki.revocation.ocsp import read_response
from hocba_sign.pki.revocation.pool import read_pool
from hocba_sign.pki.revocation.selection import select
from hocba_sign.testing.authority_answers import ocsp_error
from hocba_sign.testing.world import World

AT = datetime(2026, 6, 1, 8, tzinfo=UTC)
DAY = timedelta(days=1)
WORLD = World(AT, fast=True)
TEACHER = WORLD.person("Nguyễn Thị Thử", "001300000001")
CRL = WORLD.crl("public-ca", AT)
OCSP = WORLD.ocsp_response(TEACHER, AT)


def _pem(der: bytes) -> bytes:
    return (
        b"-----BEGIN X509 CRL-----\r\n"
        + base64.encodebytes(der).replace(b"\n", b"\r\n")
        + b"-----END X509 CRL-----\r\n"
    )


@pytest.mark.parametrize("octets", [CRL, _pem(CRL), b"Subject: CN=TEST\n" + _pem(CRL)])
def test_lists_are_der_or_pem(octets: bytes) -> None:
    assert load_crl(octets) == CRL


@pytest.mark.parametrize(
    "octets",
    [b"", b"\x30\x00", CRL[:-1], CRL + b"\x00", OCSP, TEACHER.certificate_der, b"<html></html>"],
)
def test_what_is_no_list(octets: bytes) -> None:
    with pytest.raises(InputError) as caught:
        load_crl(octets, where="a.crl")
    assert (caught.value.cause, caught.value.where) == ("REVOCATION.CRL_MALFORMED", "a.crl")


@pytest.mark.parametrize(
    "octets", [b"", b"\x30\x00", OCSP[:-1], OCSP + b"\x00", CRL, b"<html></html>"]
)
def test_what_is_no_response(octets: bytes) -> None:
    with pytest.raises(InputError) as caught:
        load_ocsp(octets)
    assert caught.value.cause == "REVOCATION.OCSP_MALFORMED"


def test_responses() -> None:
    assert load_ocsp(OCSP) == OCSP
    with pytest.raises(InputError) as caught:
        load_ocsp(ocsp_error("try_later"))
    assert caught.value.cause == "REVOCATION.OCSP_UNSUCCESSFUL"


def test_sizes_are_limited(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(statements_module, "MAX_CRL_OCTETS", 10)
    with pytest.raises(InputError) as caught:
        load_crl(CRL)
    assert caught.value.cause == "REVOCATION.TOO_LARGE"


def _without_signature(der: bytes) -> bytes:
    """Return a CRL whose signature is a BIT STRING without any octet, which asn1crypto answers with
    an IndexError.
    """
    parsed = asn1_crl.CertificateList.load(der)
    content: bytes = (
        parsed["tbs_cert_list"].dump() + parsed["signature_algorithm"].dump() + b"\x03\x00"
    )
    return b"\x30\x82" + len(content).to_bytes(2, "big") + content


def test_a_list_with_an_empty_signature_spoils_nothing() -> None:
    broken = _without_signature(CRL)
    with pytest.raises(InputError) as caught:
        load_crl(broken)
    assert caught.value.cause == "REVOCATION.CRL_MALFORMED"
    assert read_pool(Evidence.of(crls=(broken,))).causes == ("REVOCATION.CRL_MALFORMED",)


def test_a_response_with_too_few_fields_is_malformed() -> None:
    """Fields are counted before they are taken apart."""
    basic = asn1_ocsp.OCSPResponse.load(OCSP)["response_bytes"]["response"].parsed
    single = basic["tbs_response_data"]["responses"][0]
    size = len(single.contents) - 2
    with pytest.raises(InputError) as caught:
        read_response(OCSP.replace(single.contents, b"\x04" + bytes([size]) + bytes(size)))
    assert caught.value.cause == "DER.MALFORMED"


@given(st.binary(max_size=64), st.integers(0, len(CRL) - 1))
def test_only_documented_errors_escape(octets: bytes, cut: int) -> None:
    for load, good in ((load_crl, CRL), (load_ocsp, OCSP)):
        try:
            load(good[:cut] + octets)
        except HocbaSignError:
            continue


def test_equal_octets_are_held_once_under_their_first_source() -> None:
    one = Evidence.of(
        certificates=[Certificate.load(TEACHER.certificate_der)],
        crls=[CRL, CRL],
        source="embedded in signature X",
    )
    both = one.merged(
        Evidence.of(
            certificates=[Certificate.load(TEACHER.certificate_der)], crls=[CRL], ocsps=[OCSP]
        )
    )
    assert (len(both.certificates), len(both.crls), len(both.ocsps)) == (1, 1, 1)
    assert both.crls[0].source == "embedded in signature X"
    assert both.ocsps[0].source == "given"


def test_selection_is_by_issuer_and_serial_number() -> None:
    other = WORLD.person("Trần Văn Thử", "001300000002")
    pool = read_pool(
        Evidence.of(
            crls=WORLD.crls(AT),
            ocsps=[OCSP, WORLD.ocsp_response(other, AT, cert_id_digest="sha256"), b"\x30\x00"],
        )
    )
    selection = select(
        TEACHER.certificate_der, WORLD.authority("public-ca").certificate_der, pool=pool
    )
    assert [statement.item.der for statement in selection.crls] == [CRL]
    assert [statement.item.der for statement in selection.ocsps] == [OCSP]
    assert set(selection.causes) == {"REVOCATION.OCSP_MALFORMED"}


def test_answers_about_others_are_named_only_where_nothing_fits() -> None:
    other = WORLD.person("Trần Văn Thử", "001300000002")
    pool = read_pool(Evidence.of(ocsps=[WORLD.ocsp_response(other, AT, cert_id_digest="sha256")]))
    selection = select(
        TEACHER.certificate_der, WORLD.authority("public-ca").certificate_der, pool=pool
    )
    assert selection.causes == ("REVOCATION.NONE", "REVOCATION.WRONG_CERTIFICATE")


def test_the_moment_and_reason_of_a_revocation_are_read() -> None:
    world = World(AT, fast=True)
    teacher = world.person("Nguyễn Thị Thử", "001300000001")
    world.revoke(teacher, AT - DAY, reason="superseded")
    pool = read_pool(
        Evidence.of(crls=[world.crl("public-ca", AT)], ocsps=[world.ocsp_response(teacher, AT)])
    )
    for statement in (*pool.crls, *pool.ocsps):
        (entry,) = content_of(statement, Certificate.load(teacher.certificate_der)).entries
        assert (entry.at, entry.reason, entry.has_reason) == (AT - DAY, "superseded", True)
    assert (
        content_of(
            pool.crls[0],
            Certificate.load(WORLD.person("Trần Văn Thử", "001300000002").certificate_der),
        ).entries
        == ()
    )


def test_delta_lists_stand_apart() -> None:
    changed = asn1_crl.CertificateList.load(CRL)
    changed["tbs_cert_list"]["crl_extensions"].append(
        {"extn_id": "delta_crl_indicator", "critical": True, "extn_value": 1}
    )
    pool = read_pool(Evidence.of(crls=[CRL, changed.dump(force=True)]))
    assert (len(pool.crls), len(pool.deltas)) == (1, 1)
