"""The short way of preparing a name gives what asn1crypto's full preparation gives, or nothing."""

import stringprep
import time
import unicodedata
from collections.abc import Callable

import pytest
from asn1crypto import x509
from hypothesis import example, given
from hypothesis import strategies as st

from hocba_sign.pki.certificates.name_comparison import folded, prepared

TYPES = (
    "common_name",
    "organization_name",
    "country_name",
    "user_id",
    "title",
    "serial_number",
    "email_address",
    "dn_qualifier",
)
TEXTS = st.text(
    st.characters(max_codepoint=0x1FFF, exclude_categories=["Cs"])
    | st.sampled_from("  aAâÂơƯđĐỹỲ"),
    min_size=1,
    max_size=12,
)


def _name(parts: list[tuple[str, str, str]]) -> bytes:
    def value(text: str, form: str) -> x509.DirectoryString:
        return x509.DirectoryString(name=form, value=text)

    rdns = [
        x509.RelativeDistinguishedName(
            [x509.NameTypeAndValue({"type": kind, "value": value(text, form)})]
        )
        for kind, text, form in parts
        if kind != "email_address"
    ]
    return bytes(x509.Name(name="", value=x509.RDNSequence(rdns)).dump())


@given(
    st.lists(
        st.tuples(st.sampled_from(TYPES), TEXTS, st.sampled_from(["utf8_string", "bmp_string"])),
        max_size=3,
    )
)
@example([("common_name", " Sở   Giáo dục ", "utf8_string")])
def test_it_agrees_with_the_full_preparation(parts: list[tuple[str, str, str]]) -> None:
    name_der = _name(parts)
    short = prepared(name_der)
    if short is not None:
        assert short == x509.Name.load(name_der).hashable


def test_every_plain_character_folds_as_stringprep_does() -> None:
    plain = [
        chr(code)
        for code in range(0x20, 0x2000)
        if prepared(_name([("common_name", chr(code), "utf8_string")])) is not None
    ]
    assert len(plain) > 250
    for character in plain:
        assert not stringprep.in_table_a1(character)
        assert unicodedata.normalize("NFKC", character.casefold()) == unicodedata.normalize(
            "NFKC", stringprep.map_table_b2(character)
        )


def test_what_is_no_name_is_left_to_the_caller() -> None:
    for octets in (b"", b"\x30\x01", b"\x30\x02\x31\x00", b"\x04\x00"):
        assert prepared(octets) is None


LETTERS = st.text(
    st.characters(max_codepoint=0x2FFF, exclude_categories=["Cs", "Co", "Cn"])
    | st.sampled_from("  aAâÂơƯđĐ"),
    min_size=1,
    max_size=12,
)
PARTS = st.lists(
    st.tuples(st.sampled_from(TYPES), LETTERS, st.sampled_from(["utf8_string", "bmp_string"])),
    min_size=1,
    max_size=3,
)


@given(PARTS)
def test_folding_agrees_with_the_short_way_where_there_is_one(
    parts: list[tuple[str, str, str]],
) -> None:
    name_der = _name(parts)
    short = prepared(name_der)
    assert short is None or short == folded(name_der)


@given(
    PARTS, st.sampled_from([str.upper, str.lower, lambda text: f" {text.replace(' ', '   ')}  "])
)
def test_names_that_the_full_preparation_holds_equal_are_equal(
    parts: list[tuple[str, str, str]], change: Callable[[str], str]
) -> None:
    one, other = (
        _name(given)
        for given in (parts, [(kind, change(text), form) for kind, text, form in parts])
    )
    try:
        are_equal = x509.Name.load(one).hashable == x509.Name.load(other).hashable
    except ValueError:
        return
    if are_equal:
        assert folded(one) == folded(other)


def test_other_names_stay_other() -> None:
    names = ("TEST CA", "TESTCA", "TEST CB", "Жест", "Жесть", "ﷺ", "Ａ")
    assert len({folded(_name([("common_name", name, "utf8_string")])) for name in names}) == len(
        names
    )
    assert folded(_name([("common_name", "a", "utf8_string")])) != folded(
        _name([("title", "a", "utf8_string")])
    )


def test_a_name_made_to_be_slow_costs_nothing() -> None:
    """Each of these letters is eighteen when it is prepared."""
    short, long = (_name([("common_name", "ﷺ" * count, "utf8_string")]) for count in (600, 20_000))
    started = time.process_time()
    for _ in range(100):
        folded(short)
    with pytest.raises(ValueError, match="too long"):
        folded(long)
    assert time.process_time() - started < 1
