from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from hypothesis import given
from hypothesis import strategies as st

from hocba_sign.errors import InputError
from hocba_sign.pki.revocation.crl import RevocationList, Revoked, read_revocation_list
from hocba_sign.testing.keys import insecure_ec_key

AT = datetime(2026, 6, 1, 8, tzinfo=UTC)
KEY = insecure_ec_key("crl")
Reasons = x509.ReasonFlags

NAME = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "TEST CA")])


def _crl(entries: dict[int, tuple[datetime, x509.ReasonFlags | None, bool]]) -> bytes:
    builder = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(NAME)
        .last_update(AT)
        .next_update(AT + timedelta(days=7))
    )
    for serial, (at, reason, has_invalidity) in entries.items():
        entry = x509.RevokedCertificateBuilder().serial_number(serial).revocation_date(at)
        if reason is not None:
            entry = entry.add_extension(x509.CRLReason(reason), critical=False)
        if has_invalidity:
            entry = entry.add_extension(x509.InvalidityDate(at), critical=False)
        builder = builder.add_revoked_certificate(entry.build())
    return builder.sign(KEY, hashes.SHA256()).public_bytes(serialization.Encoding.DER)


SERIALS = st.integers(1, 2**159 - 1) | st.integers(1, 300)
MOMENTS = st.integers(-800_000_000, 1_000_000_000).map(
    lambda seconds: AT + timedelta(seconds=seconds)
)
ENTRIES = st.dictionaries(
    SERIALS,
    st.tuples(
        MOMENTS,
        st.sampled_from([None, Reasons.key_compromise, Reasons.certificate_hold]),
        st.booleans(),
    ),
    max_size=8,
)


@given(ENTRIES, st.lists(SERIALS, max_size=4))
def test_every_entry_is_found_and_nothing_else(
    entries: dict[int, tuple[datetime, x509.ReasonFlags | None, bool]], others: list[int]
) -> None:
    listed = read_revocation_list(_crl(entries))
    reasons = {
        None: "unspecified",
        Reasons.key_compromise: "key_compromise",
        Reasons.certificate_hold: "certificate_hold",
    }
    for _ in range(2):
        for serial in (*others, *entries):
            expected = entries.get(serial)
            found = listed.find(serial)
            assert found == (
                ()
                if expected is None
                else (
                    Revoked(
                        at=expected[0],
                        reason=reasons[expected[1]],
                        has_reason=expected[1] is not None,
                    ),
                )
            )


@pytest.mark.parametrize("size", [80, 100, 128, 220, 256, 300, 70_000])
def test_long_entries_are_found_and_what_stands_beside_them(size: int) -> None:
    """The length of an entry takes one octet to four."""
    unknown = x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.3.4"), b"\x04" * size)
    builder = x509.CertificateRevocationListBuilder().issuer_name(NAME).last_update(AT)
    for serial in (7, 8, 9):
        entry = x509.RevokedCertificateBuilder().serial_number(serial).revocation_date(AT)
        entry = entry.add_extension(x509.CRLReason(Reasons.key_compromise), critical=False)
        if serial != 8:
            entry = entry.add_extension(unknown, critical=False)
        builder = builder.add_revoked_certificate(entry.build())
    signed = builder.next_update(AT + timedelta(days=7)).sign(KEY, hashes.SHA256())
    listed = read_revocation_list(signed.public_bytes(serialization.Encoding.DER))
    revoked = Revoked(at=AT, reason="key_compromise", has_reason=True)
    assert [listed.find(serial) for serial in (9, 8, 7, 6)] == [(revoked,)] * 3 + [()]


def test_a_number_inside_another_is_no_entry() -> None:
    listed = read_revocation_list(_crl({0x0102030405060708: (AT, None, False)}))
    for serial in (0x0304, 0x02030405, 0x0102030405060708 << 8):
        assert listed.find(serial) == ()


def _changed(crl_der: bytes, old: str, new: str) -> RevocationList:
    before, after = bytes.fromhex(old), bytes.fromhex(new)
    assert crl_der.count(before) == 1
    assert len(before) == len(after)
    return read_revocation_list(crl_der.replace(before, after))


def test_entries_of_other_forms_are_refused_not_misread() -> None:
    serial = 0x1122334455667788
    octets = _crl({serial: (AT, Reasons.superseded, False), 5: (AT, None, True)})
    reason = "0603551d1504030a0104"
    for new in ("0603551d1504030a0108", "0603551d1504030a0107", "0603551d1d04030a0104"):
        with pytest.raises(InputError):
            _changed(octets, reason, new).find(serial)
    with pytest.raises(InputError):
        _changed(octets, "02081122334455667788", "02091122334455667788").find(1)


def test_what_is_signed_is_cut_out_as_it_stands() -> None:
    octets = _crl({7: (AT, None, False)})
    listed = read_revocation_list(octets)
    assert listed.tbs_der == x509.load_der_x509_crl(octets).tbs_certlist_bytes
    assert (listed.this_update, listed.next_update, listed.octets) == (
        AT,
        AT + timedelta(days=7),
        octets,
    )


@given(st.integers(0, 200), st.integers(0, 255))
def test_damage_is_a_documented_error_or_leaves_a_list(place: int, value: int) -> None:
    octets = bytearray(_crl({7: (AT, Reasons.superseded, False), 2**100: (AT, None, True)}))
    octets[place % len(octets)] = value
    with suppress(InputError):
        read_revocation_list(bytes(octets)).find(7)


def test_what_follows_the_entries_is_none() -> None:
    """A number made of the octets behind them finds nothing."""
    entries = dict.fromkeys((1, 2), (AT, None, False))
    builder = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(NAME)
        .last_update(AT)
        .next_update(AT + timedelta(days=7))
        .add_extension(x509.CRLNumber(7), critical=False)
    )
    for number in entries:
        entry = x509.RevokedCertificateBuilder().serial_number(number).revocation_date(AT)
        builder = builder.add_revoked_certificate(entry.build())
    octets = builder.sign(KEY, hashes.SHA256()).public_bytes(serialization.Encoding.DER)
    extension = bytes.fromhex("300a0603551d140403020107")
    assert octets.index(b"\xa0\x0e\x30\x0c" + extension) > 0
    crl = read_revocation_list(octets)
    assert crl.find(1)
    assert crl.find(int.from_bytes(extension, "big")) == ()
