"""Area revocation: what lists and answers say about the signers' certificates, and whether they may
be believed.
"""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

from asn1crypto import core, crl

from hocba_sign.signing.signing_policy import Level
from hocba_sign.testing import World
from hocba_sign.testing.forge import stamp
from hocba_sign.testing.identity import pem
from hocba_sign.testing.keys import sign_octets
from tools.vectors.case import WORLD, Case, Verdict
from tools.vectors.others_world import WRITERS, by_openssl
from tools.vectors.stage import CBQL, LISTED_AT, SEED, SIGNED_AT, Stage

_SPEC = "RFC 5280, 6.3; EN 319 102-1, 5.2.5"
OTHER_LISTS = tuple(
    f"{WORLD}/crl/{slug}.crl"
    for slug in ("national-root", "government-root", "government-ca", "tsa-root")
)
"""All lists but that of the authority which issued the certificates of teachers and principal."""


def cases(stage: Stage) -> Iterator[Case]:
    yield from _lists(stage)
    yield from _odd_lists(stage)


def revocation_case(
    stage: Stage, name: str, texts: tuple[str, str], verdict: Verdict, *causes: str, **settings: Any
) -> Case:
    title, why = texts
    sub = settings.pop("sub", None)
    is_passed = settings.pop("is_passed", verdict == "VALID")
    expected: dict[str, object] = {
        "indication": "TOTAL_PASSED" if is_passed else "INDETERMINATE",
        "intact": True,
    }
    if sub is not None:
        expected["sub_indication"] = sub
    settings.setdefault(
        "twin", "revocation/answer-good" if verdict == "VALID" else "format/issued-secondary"
    )
    return Case(
        identifier=f"revocation/{name}",
        title=title,
        why=why,
        spec=settings.pop("spec", _SPEC),
        document=settings.pop("document", None) or stage.issued(),
        verdict=verdict,
        causes=causes,
        signatures={"CBQL": expected},
        **settings,
    )


def _of_openssl(name: str) -> dict[str, Any]:
    return {**_with_list(by_openssl("list", name)), "origin": WRITERS["openssl"]}


def _with_list(octets: bytes) -> dict[str, Any]:
    return {
        "files": {"evidence/public-ca.crl": octets},
        "crl": (*OTHER_LISTS, "evidence/public-ca.crl"),
    }


def revoked_world(stage: Stage, at: datetime, *, reason: str = "key_compromise") -> World:
    world = World(SIGNED_AT, seed=SEED, base_url=stage.world.base_url)
    person = stage.transcript().signers.principal
    world.revoke(world.person(person.full_name, person.personal_id), at, reason=reason)
    return world


def _lists(stage: Stage) -> Iterator[Case]:
    world = stage.world
    yield revocation_case(
        stage,
        "no-list",
        (
            "No list and no answer at all",
            "Revocation unknown must be shown, never passed over (TT 15/2025)",
        ),
        "INDETERMINATE",
        "REVOCATION.NONE",
        crl=(),
    )
    yield revocation_case(
        stage,
        "list-of-another-authority",
        ("Only lists of other authorities", "They say nothing about this certificate"),
        "INDETERMINATE",
        "REVOCATION.WRONG_ISSUER",
        crl=OTHER_LISTS,
    )
    before = SIGNED_AT - timedelta(days=3)
    yield revocation_case(
        stage,
        "revoked",
        ("The principal's certificate was revoked before signing", "The key may be in other hands"),
        "INDETERMINATE",
        "REVOCATION.REVOKED",
        sub="REVOKED_NO_POE",
        **_of_openssl("revoked-keycompromise"),
    )
    yield revocation_case(
        stage,
        "on-hold",
        ("The principal's certificate is on hold", "A hold may be lifted: ask again later"),
        "INDETERMINATE",
        "REVOCATION.ON_HOLD",
        sub="TRY_LATER",
        **_of_openssl("revoked-certificatehold"),
    )
    yield revocation_case(
        stage,
        "list-expired",
        ("The list has run out weeks ago", "Revocations since then are unknown"),
        "INDETERMINATE",
        "REVOCATION.EXPIRED",
        sub="TRY_LATER",
        **_of_openssl("expired"),
    )
    yield revocation_case(
        stage,
        "list-from-the-future",
        ("The list was issued after the time of validation", "A verdict must be repeatable"),
        "INDETERMINATE",
        "REVOCATION.TOO_NEW",
        **_of_openssl("future"),
    )
    yield revocation_case(
        stage,
        "list-forged",
        ("The list is signed with another key", "Anybody can write an empty list"),
        "INDETERMINATE",
        "REVOCATION.SIGNATURE",
        **_of_openssl("forged"),
    )
    yield revocation_case(
        stage,
        "list-sha1",
        ("The list is signed with SHA-1", "Collisions are affordable"),
        "INDETERMINATE",
        "REVOCATION.WEAK_ALGORITHM",
        **_of_openssl("sha1"),
    )
    fallen = World(SIGNED_AT, seed=SEED, base_url=world.base_url)
    fallen.revoke(fallen.authority("public-ca"), before, reason="ca_compromise")
    files = {"evidence/national-root.crl": fallen.crl("national-root", LISTED_AT)}
    others = tuple(
        f"{WORLD}/crl/{slug}.crl"
        for slug in ("public-ca", "government-root", "government-ca", "tsa-root")
    )
    yield revocation_case(
        stage,
        "authority-revoked",
        ("The issuing authority was revoked", "All its certificates fall with it"),
        "INDETERMINATE",
        "REVOCATION.CA_REVOKED",
        sub="REVOKED_CA_NO_POE",
        files=files,
        crl=(*others, "evidence/national-root.crl"),
    )
    yield from _dates(stage)
    later = revoked_world(stage, LISTED_AT + timedelta(minutes=30))
    yield revocation_case(
        stage,
        "revoked-after-the-list",
        (
            "The certificate was revoked after the list was made",
            "The list does not know it; nothing else is given",
        ),
        "VALID",
        twin="revocation/revoked",
        **_with_list(later.crl("public-ca", LISTED_AT)),
    )


def _dates(stage: Stage) -> Iterator[Case]:
    """Lists from before the certificate's life and from after it, and from an authority that may
    not make any.
    """
    person = stage.transcript().signers.principal

    def holder(**options: Any) -> bytes:
        return stage.forged_at(
            CBQL, stage.world.person(person.full_name, person.personal_id or "", **options)
        )

    early = stage.world.crl("public-ca", SIGNED_AT - timedelta(days=2))
    yield revocation_case(
        stage,
        "list-before-issuance",
        ("The list is older than the principal's certificate", "It cannot know it"),
        "INDETERMINATE",
        "REVOCATION.BEFORE_ISSUANCE",
        document=holder(not_before=SIGNED_AT - timedelta(days=1)),
        **_with_list(early),
    )
    late = stage.world.crl("public-ca", LISTED_AT)
    yield revocation_case(
        stage,
        "list-after-expiry",
        (
            (
                "The principal's certificate, time-stamped in its life, had ended before the "
                "list was made"
            ),
            "Authorities drop what has ended from their lists",
        ),
        "INDETERMINATE",
        "REVOCATION.AFTER_EXPIRY",
        document=stamp(holder(not_after=LISTED_AT - timedelta(hours=2)), CBQL, token=stage.token),
        **_with_list(late),
    )
    unfit = stage.world.issuing_ca(
        "listless-ca", "TEST CA Without Lists", key_usage=("digital_signature", "key_cert_sign")
    )
    files = {
        "evidence/listless-ca.crl": by_openssl("list", "unfit"),
        "cert/listless-ca.pem": pem(unfit.certificate_der),
    }
    yield revocation_case(
        stage,
        "list-by-unfit-authority",
        ("The list is by an authority without cRLSign", "It may not sign lists"),
        "INDETERMINATE",
        "REVOCATION.CRL_ISSUER",
        document=holder(issuer=unfit),
        origin=WRITERS["openssl"],
        files=files,
        crl=(f"{WORLD}/crl", "evidence/listless-ca.crl"),
        cert=(f"{WORLD}/cert", "cert"),
    )


def _resigned(stage: Stage, change: Callable[[crl.TbsCertList], None]) -> bytes:
    """Change the list of the people's authority, and sign it as the authority does."""
    certificate_list = crl.CertificateList.load(stage.world.crl("public-ca", LISTED_AT))
    fields = certificate_list["tbs_cert_list"]
    change(fields)
    signed = crl.CertificateList(
        {
            "tbs_cert_list": fields,
            "signature_algorithm": certificate_list["signature_algorithm"],
            "signature": sign_octets(
                stage.world.authority("public-ca").key, fields.dump(force=True), digest="sha256"
            ),
        }
    )
    return bytes(signed.dump())


def _odd_lists(stage: Stage) -> Iterator[Case]:
    def extended(identifier: str, value: Any) -> bytes:
        added = {
            "extn_id": identifier,
            "critical": True,
            "extn_value": core.ParsableOctetString(value.dump()),
        }
        return _resigned(stage, lambda fields: fields["crl_extensions"].append(added))

    yield revocation_case(
        stage,
        "list-of-authorities-only",
        ("The list holds certificates of authorities only", "It says nothing about people"),
        "INDETERMINATE",
        "REVOCATION.SCOPE",
        **_of_openssl("authorities-only"),
    )
    delta = extended("delta_crl_indicator", core.Integer(1))
    yield revocation_case(
        stage,
        "delta-list-alone",
        ("Only a delta list is given", "It holds the changes, not the whole"),
        "INDETERMINATE",
        "REVOCATION.NONE",
        **_with_list(delta),
    )
    yield revocation_case(
        stage,
        "list-with-unknown-demand",
        ("The list makes a critical demand that nobody knows", "It may leave certificates out"),
        "INDETERMINATE",
        "REVOCATION.CRITICAL_EXTENSION",
        **_of_openssl("unknown-demand"),
    )
    yield from _times_of_statements(stage)


def _times_of_statements(stage: Stage) -> Iterator[Case]:
    """Time-stamped at a moment that every statement stands before or after."""
    spec = "EN 319 102-1, 5.2.5.4; docs/explanation/evidence.md"
    stamped = stage.issued(level=Level.T)
    before = stage.world.crl("public-ca", SIGNED_AT - timedelta(hours=5))
    after = stage.world.crl("public-ca", LISTED_AT)
    yield revocation_case(
        stage,
        "list-before-signature-current",
        (
            "The only list is from before the time-stamp and still current",
            "A note: nobody has asked since the signature",
        ),
        "VALID",
        "REVOCATION.ASKED_BEFORE",
        spec=spec,
        document=stamped,
        twin="revocation/list-before-signature-old",
        **_of_openssl("before-signing"),
    )
    later = SIGNED_AT + timedelta(days=300)
    others = {
        f"evidence/{slug}.crl": stage.world.crl(
            slug, LISTED_AT, next_update=later + timedelta(days=1)
        )
        for slug in stage.world.slugs
        if slug != "public-ca"
    }
    dated: dict[str, Any] = {"spec": spec, "document": stamped, "at": later, "sub": "TRY_LATER"}
    yield revocation_case(
        stage,
        "list-before-signature-old",
        (
            "300 days later the only list is still the one from before the time-stamp",
            "A revocation between the two is not on it",
        ),
        "INDETERMINATE",
        "REVOCATION.BEFORE_SIGNATURE",
        twin="revocation/list-after-signature-old",
        files={**others, "evidence/public-ca.crl": before},
        crl=(*others, "evidence/public-ca.crl"),
        **dated,
    )
    del dated["sub"]
    yield revocation_case(
        stage,
        "list-after-signature-old",
        (
            "300 days later the list from after the time-stamp has run out",
            "It was asked after the signature, which settles the question",
        ),
        "VALID",
        twin="revocation/list-before-signature-old",
        files={**others, "evidence/public-ca.crl": after},
        crl=(*others, "evidence/public-ca.crl"),
        **dated,
    )
    yield revocation_case(
        stage,
        "list-without-next-update",
        (
            "The list does not say when the next one is due",
            "It speaks only for the moment when it was issued, and is not expired either",
        ),
        "INDETERMINATE",
        "REVOCATION.NO_NEXT_UPDATE",
        sub="TRY_LATER",
        **_with_list(_resigned(stage, lambda fields: fields.__delitem__("next_update"))),
    )
