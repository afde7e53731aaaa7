"""What .NET programs write in e-invoices: right files are intact, and those right only in .NET's
reading are told apart and never pass.
"""

import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

from tests.interop.dotnet import DS, ENVELOPED, EXCLUSIVE, INCLUSIVE, Invoice
from tests.interop.dss_oracle import dss
from tests.interop.programs import program, run
from tests.interop.realm import JUDGED_AT, Realm
from tests.interop.roundtrip import survivors

RIGHT = {
    "whole": Invoice(),
    "whole-inclusive": Invoice(transforms=(ENVELOPED, INCLUSIVE)),
    "whole-exclusive": Invoice(transforms=(ENVELOPED, EXCLUSIVE)),
    "part": Invoice(uri="#data"),
    "part-inclusive": Invoice(uri="#data", transforms=(ENVELOPED, INCLUSIVE)),
    "part-exclusive": Invoice(uri="#data", transforms=(ENVELOPED, EXCLUSIVE)),
    "without-time": Invoice(time=None),
    "sha1": Invoice(digest="sha1"),
}
DOTNET_ONLY = {
    "exclusive": Invoice(
        uri="#data", transforms=(ENVELOPED, EXCLUSIVE), time=(ENVELOPED, EXCLUSIVE)
    ),
    "alone": Invoice(uri="#data", time=(ENVELOPED,)),
    "inclusive": Invoice(time=(ENVELOPED, INCLUSIVE)),
}


def signed(realm: Realm, invoice: Invoice) -> bytes:
    signer = realm.people["rsa"]
    assert isinstance(signer.key, RSAPrivateKey)
    return invoice.sign(signer.key, signer.certificate_der)


@pytest.mark.parametrize("name", RIGHT)
def test_a_right_file_is_intact_and_no_change_is(realm: Realm, name: str) -> None:
    document = signed(realm, RIGHT[name])
    (one,) = realm.judge(document)["signatures"]
    assert (one["format"], one["intact"]) == ("XMLDSIG", True)
    assert "SIG.DOTNET_READING" not in one["causes"]
    assert not survivors(realm, document, places=["Nguyễn Văn An"])


@pytest.mark.parametrize("name", DOTNET_ONLY)
def test_a_file_right_only_in_the_reading_of_dotnet_is_told_apart(realm: Realm, name: str) -> None:
    report = realm.judge(signed(realm, DOTNET_ONLY[name]))
    (one,) = report["signatures"]
    assert (one["intact"], report["verdict"]) == (False, "INVALID")
    assert "SIG.DOTNET_READING" in one["causes"]


def test_a_changed_time_is_not_excused_by_that_reading(realm: Realm) -> None:
    document = signed(realm, DOTNET_ONLY["exclusive"]).replace(b"T10:00:00<", b"T11:00:00<")
    (one,) = realm.judge(document)["signatures"]
    assert "SIG.DOTNET_READING" not in one["causes"]
    assert not one["intact"]


def test_namespaces_that_were_forgotten_are_found(realm: Realm) -> None:
    """SignedInfo was canonicalized before it stood in the document: the value is of other
    octets.
    """
    (one,) = realm.judge(signed(realm, Invoice(forgets_namespaces=True)))["signatures"]
    assert not one["intact"]
    assert {"SIG.VALUE", "SIG.VALUE_OTHER_C14N"} & set(one["causes"])


def test_other_programs_read_it_either_way(realm: Realm) -> None:
    """EU DSS removes nothing there, as .NET does not; xmlsec1 removes the signature around it, as
    XML Signature 1.1, 6.6.4 says.
    """
    files = {}
    for name, invoice in {**RIGHT, **DOTNET_ONLY}.items():
        files[name] = realm.path(f"dotnet-{name}.xml")
        files[name].write_bytes(signed(realm, invoice))
    answers = dss(
        tuple(files.values()), trust=[realm.path("trust")], crls=[realm.path("crl")], at=JUDGED_AT
    )
    assert all(one["intact"] and one["valid"] for answer in answers for one in answer["signatures"])
    declared = [word for name in ("DLHDon", f"{DS}:Object") for word in ("--id-attr:Id", name)]
    held = {
        name
        for name, path in files.items()
        if run([program("xmlsec1"), "--verify", "--insecure", *declared, path]).status == 0
    }
    assert held == set(RIGHT)
