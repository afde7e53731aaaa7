"""Area token: time-stamp tokens that are broken inside."""

from collections.abc import Callable, Iterator
from typing import Any

from asn1crypto import cms, core, tsp

from hocba_sign.testing.authority_answers import TimestampOptions
from hocba_sign.testing.forge import stamp
from tools.vectors.case import Case
from tools.vectors.others_world import stamped_by_openssl
from tools.vectors.stage import CBQL, SEAL, Stage
from tools.vectors.times import stamped

_SPEC = "RFC 3161, 2.4.2; RFC 5652, 5; RFC 5816"


def cases(stage: Stage) -> Iterator[Case]:
    yield from _by_the_authority(stage)
    yield from _outside()
    yield from _altered(stage)
    yield from _octets(stage)


def _case(name: str, title: str, why: str, document: bytes | dict[str, Any], *causes: str) -> Case:
    facts = {"document": document} if isinstance(document, bytes) else document
    return Case(
        identifier=f"token/{name}",
        title=title,
        why=why,
        spec=_SPEC,
        verdict="INDETERMINATE",
        causes=("SIG.TIME_STAMPS", *causes),
        signatures={"KY_PHAT_HANH": {"intact": True, "time_proof": "claimed"}},
        twin="time/seal-time-stamped",
        **facts,
    )


def _by_the_authority(stage: Stage) -> Iterator[Case]:
    def with_options(
        name: str, title: str, why: str, cause: str, options: TimestampOptions
    ) -> Case:
        return _case(name, title, why, stamped(stage, **options), cause)

    yield with_options(
        "broken-value",
        "The token's signature value is wrong",
        "Forged or damaged",
        "TST.SIGNATURE",
        {"is_signature_broken": True},
    )
    yield _case(
        "no-signing-certificate",
        "The token does not say which certificate signed it",
        "The certificate could be exchanged",
        stamped_by_openssl("cms-unbound"),
        "TST.SIGNING_CERTIFICATE",
    )
    other = stage.holder(CBQL).certificate_der
    yield with_options(
        "another-signing-certificate",
        "The token names another certificate than its signer's",
        "The two must agree",
        "TST.SIGNING_CERTIFICATE",
        {"signing_certificate_der": other},
    )
    yield _case(
        "no-certificate",
        "The token does not carry the authority's certificate, and nobody gives it",
        "Nothing to verify it with",
        stamped_by_openssl("without-certificate"),
        "TST.NO_CERTIFICATE",
    )
    yield _case(
        "sha1",
        "The token is signed with SHA-1",
        "Collisions are affordable",
        stamped_by_openssl("signed-sha1"),
        "TST.WEAK_ALGORITHM",
    )


def _outside() -> Iterator[Case]:
    """Tokens whose time is not one at which their authority's certificate was valid; the best time
    would be wrong by as much.
    """
    for word, token in (("before", "too-early"), ("after", "too-late")):
        yield _case(
            f"{word}-its-certificate",
            f"The token says a time {word} the life of its authority's certificate",
            "A time that nobody answers for proves nothing",
            stamped_by_openssl(token),
            "TST.OUTSIDE_CERTIFICATE",
        )


def _altered(stage: Stage) -> Iterator[Case]:
    def altered(name: str, title: str, why: str, cause: str, edit: Callable[[Any], None]) -> Case:
        def token(digest: bytes) -> bytes:
            information = cms.ContentInfo.load(stage.token(digest))
            edit(information["content"])
            return bytes(information.dump(force=True))

        return _case(name, title, why, stamp(stage.issued(), SEAL, token=token), cause)

    yield _case(
        "changed-time",
        "The time in the token is changed",
        "What a forger would change",
        stamped_by_openssl("changed-time"),
        "TST.MESSAGE_DIGEST",
    )

    label = bytes(core.ObjectIdentifier("1.2.840.113549.1.9.16.1.4").dump())

    def relabelled(digest: bytes) -> bytes:
        return stage.token(digest).replace(label, label[:-1] + b"\x05", 1)

    why = "It may have been signed for another purpose"
    yield _case(
        "another-content-type",
        "The content is labelled as something else than a time",
        why,
        stamp(stage.issued(), SEAL, token=relabelled),
        "TST.CONTENT_TYPE",
        "TST.ATTRIBUTE_CONTENT_TYPE",
    )

    yield _case(
        "two-signers",
        "The token has two signers",
        "Exactly one is allowed",
        stamped_by_openssl("cms-two-signers"),
        "TST.SIGNER_COUNT",
    )
    yield _case(
        "no-signed-attributes",
        "The token has no signed attributes",
        "Then the certificate is not bound",
        stamped_by_openssl("cms-without-attributes"),
        "TST.SIGNED_ATTRIBUTES",
    )

    def critical(signed: Any) -> None:
        info = tsp.TSTInfo.load(bytes(signed["encap_content_info"]["content"].contents))
        info["extensions"] = [
            {
                "extn_id": "1.3.6.1.4.1.32473.704.2",
                "critical": True,
                "extn_value": core.OctetString(b"\x05\x00"),
            }
        ]
        signed["encap_content_info"]["content"] = core.ParsableOctetString(info.dump(force=True))

    yield altered(
        "critical-extension",
        "The token makes a critical demand that nobody knows",
        "It may say that the time does not count",
        "TST.CRITICAL_EXTENSION",
        critical,
    )

    def odd_algorithm(signed: Any) -> None:
        signed["signer_infos"][0]["signature_algorithm"] = {"algorithm": "1.3.6.1.4.1.32473.704.3"}

    yield altered(
        "unknown-algorithm",
        "The token's signature algorithm is one that nobody knows",
        "Nothing can be proven",
        "TST.UNSUPPORTED_ALGORITHM",
        odd_algorithm,
    )


def _octets(stage: Stage) -> Iterator[Case]:
    issued = stage.issued()
    yield _case(
        "noise",
        "The token is noise",
        "Must be said, not crash",
        stamp(issued, SEAL, token=lambda _: bytes(range(1, 200))),
        "TST.MALFORMED",
    )
    yield _case(
        "truncated",
        "The token is cut",
        "Must be said, not crash",
        stamp(issued, SEAL, token=lambda digest: stage.token(digest)[:-50]),
        "TST.MALFORMED",
    )
    yield _case(
        "trailing-octets",
        "Octets follow the token",
        "They are not signed",
        stamp(issued, SEAL, token=lambda digest: stage.token(digest) + b"\x05\x00"),
        "TST.MALFORMED",
    )

    yield _case(
        "too-large",
        "The token has more than 256 kB",
        "Real ones have 3 to 8 kB",
        stamp(issued, SEAL, token=lambda _: b"\x30\x83\x04\x00\x00" + bytes(1 << 18)),
        "TST.TOO_LARGE",
    )

    yield Case(
        identifier="token/indefinite-length",
        title="The token is BER with an indefinite length",
        why=(
            "CMS is BER, and Java programs write it so; what is hashed and signed in it is "
            "DER all the same"
        ),
        spec="RFC 3161, 2.4.2; RFC 5652, 5.4",
        verdict="VALID",
        twin="token/length-in-long-form",
        **stamped_by_openssl("cms-indefinite"),
    )

    def long_form(digest: bytes) -> bytes:
        token = stage.token(digest)
        assert token[:2] == b"\x30\x82"
        return b"\x30\x83\x00" + token[2:]

    yield _case(
        "length-in-long-form",
        "The token's length is written with a leading zero",
        "Neither DER nor an indefinite length: programs may read it differently",
        stamp(issued, SEAL, token=long_form),
        "TST.NOT_DER",
    )
    yield Case(
        identifier="token/sha512",
        title="The token is signed with SHA-512",
        why="Authorities choose their own algorithms",
        spec="RFC 3161, 2.4.2; TS 119 312",
        verdict="VALID",
        twin="token/sha1",
        **stamped_by_openssl("signed-sha512"),
    )
