"""`hocba token list` and `check`: what is plugged in and what is on it, without a PIN."""

import argparse
from typing import Any

from hocba_sign.adapters.pkcs11.inventory import StoredCertificate
from hocba_sign.adapters.pkcs11.survey import TokenSurvey, survey
from hocba_sign.cli import console
from hocba_sign.cli.help_words import say
from hocba_sign.crypto.verify import key_name, load_public_key
from hocba_sign.errors import HocbaSignError, InputError
from hocba_sign.pki.certificates.certificate import Certificate

_USED = frozenset({"RSA_PKCS", "RSA_PKCS_PSS", "ECDSA"})
"""What signing uses first; `check` names every mechanism in its JSON only."""


def run(given: argparse.Namespace) -> int:
    """Print the tokens; `check` leaves out whose certificates they are, so that its output can be
    sent to others.

    Raises: as `survey`.
    """
    is_check = given.action == "check"
    found = survey(given.pkcs11)
    facts = found.driver
    if given.json:
        driver = {
            "path": facts.path,
            "maker": facts.maker,
            "description": facts.description,
            "version": facts.version,
            "interface": facts.interface,
        }
        tokens = [_token(plugged, is_check=is_check) for plugged in found.tokens]
        console.result_json({"driver": driver, "tokens": tokens})
        return console.EXIT_VALID
    if is_check:
        text = f"{facts.path}: {facts.description}, {facts.maker}, {facts.version}"
        console.result(console.printable(f"{text} (PKCS#11 {facts.interface})"))
    if not found.tokens:
        console.result(say("TOKEN_NONE", given.lang))
    for token in found.tokens:
        _print(token, given, is_check=is_check)
    return console.EXIT_VALID


def certificate_facts(certificate: Certificate, *, is_named: bool) -> dict[str, Any]:
    """Return what is told of a certificate; with `is_named` also whose it is."""
    facts: dict[str, Any] = {
        "sha256": certificate.sha256,
        "issuer": certificate.issuer_text,
        "not_before": _moment(certificate.not_before),
        "not_after": _moment(certificate.not_after),
        "key": _key(certificate),
        "key_usage": None if certificate.key_usage is None else sorted(certificate.key_usage),
        "extended_key_usage": list(certificate.extended_key_usage),
        "is_ca": certificate.is_ca,
        "identifier_kinds": sorted({kind for kind, _ in certificate.subject.identifiers}),
    }
    return facts | ({"subject": certificate.subject.common_name} if is_named else {})


def _token(token: TokenSurvey, *, is_check: bool) -> dict[str, Any]:
    facts = token.facts
    told: dict[str, Any] = {
        "label": facts.label,
        "serial": facts.serial,
        "model": facts.model,
        "maker": facts.maker,
        "slot": facts.slot,
        "is_initialised": facts.is_initialised,
        "pin": list(facts.pin.names),
        "certificates": [_stored(stored, is_named=not is_check) for stored in token.certificates],
        "unreadable_certificates": token.unreadable,
        "error": None if token.error is None else token.error.cause,
    }
    return told | ({"mechanisms": sorted(facts.mechanisms)} if is_check else {})


def _stored(one: StoredCertificate, *, is_named: bool) -> dict[str, Any]:
    return certificate_facts(one.certificate, is_named=is_named) | {"key_id": one.id.hex()}


def _print(token: TokenSurvey, given: argparse.Namespace, *, is_check: bool) -> None:
    facts = token.facts
    where = ", ".join(filter(None, (facts.name, facts.model, facts.maker, facts.slot)))
    console.result(console.printable(where))
    if not facts.is_initialised:
        console.result("  " + say("TOKEN_NOT_INITIALISED", given.lang))
        return
    flags = [say(f"PIN_FLAG_{name.upper()}", given.lang) for name in facts.pin.names]
    console.result(f"  PIN: {', '.join(flags)}")
    if is_check:
        console.result(f"  {', '.join(sorted(facts.mechanisms & _USED))}")
    if isinstance(token.error, HocbaSignError):
        console.result("  " + console.described(token.error, given.lang))
    for stored in token.certificates:
        certificate = stored.certificate
        holder = certificate.issuer_text if is_check else certificate.subject.common_name
        words = say(
            "TOKEN_CERTIFICATE",
            given.lang,
            holder=holder or "?",
            kind=_key(certificate),
            until=certificate.not_after.date().isoformat(),
            sha256=certificate.sha256,
        )
        console.result("  " + console.printable(words))
    if token.unreadable:
        console.result("  " + say("TOKEN_UNREADABLE", given.lang, count=token.unreadable))


def _key(certificate: Certificate) -> str:
    try:
        return key_name(load_public_key(certificate.public_key_der))
    except InputError as error:
        return error.cause


def _moment(moment: Any) -> str:
    return str(moment.isoformat().replace("+00:00", "Z"))
