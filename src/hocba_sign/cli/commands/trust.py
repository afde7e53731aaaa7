"""`hocba trust`: the trust list, imported certificates and own anchors."""

import argparse
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, replace
from datetime import date, datetime, timedelta
from typing import Any, Final

from hocba_sign.adapters.fetch import Fetcher
from hocba_sign.adapters.files import read_limited
from hocba_sign.adapters.home import CertificateStore, Holdings, Imported, read_certificates
from hocba_sign.adapters.official import LIMITS, Update, update
from hocba_sign.catalogue.messages import Language, message
from hocba_sign.cli import console
from hocba_sign.cli.help_words import say
from hocba_sign.errors import CallerError, Finding, HocbaSignError, InputError
from hocba_sign.pki.certificates.certificate import Certificate
from hocba_sign.pki.loading.objects import MAX_FILE_OCTETS
from hocba_sign.pki.trust.store import Anchor
from hocba_sign.pki.trust.vietnam_list import (
    Hierarchy,
    ListedCertificate,
    ListedKind,
    SourceConfidence,
    TrustList,
)
from hocba_sign.report.phrases import vietnam_time
from hocba_sign.version import VERSION

_FINGERPRINT: Final = re.compile(r"[0-9a-f]{64}")
_FINGERPRINT_START: Final = re.compile(r"[0-9a-f]{8,64}")
_ORDER: Final = (
    ListedKind.ROOT,
    ListedKind.GOVERNMENT_CA,
    ListedKind.ISSUING,
    ListedKind.TSA,
    ListedKind.IMPOSTOR,
)
_MARKS: Final = {
    SourceConfidence.INFERRED: "TRUST_INFERRED",
    SourceConfidence.LISTED: "TRUST_LISTED",
}


def run(given: argparse.Namespace) -> int:
    """Do one action. Raises: CallerError TRUST.*, OutsideError TRUST.HOME, FILE.*."""
    return _ACTIONS[given.action](given)


def _list(given: argparse.Namespace) -> int:
    store, known = CertificateStore.default(), TrustList.load()
    holdings = store.load()
    chosen = [entry for entry in known.entries if given.kind in {None, entry.kind.value}]
    if given.json:
        _print_json(
            as_of=known.as_of.isoformat(),
            store=str(store.folder),
            certificates=[_entry_value(entry, holdings) for entry in chosen],
            own_anchors=[_anchor_value(anchor) for anchor in holdings.anchors],
            findings=[_finding_value(finding) for finding in holdings.findings],
        )
        return console.EXIT_VALID
    held = {certificate.sha256 for certificate in holdings.certificates}
    folder = console.printable(str(store.folder))
    console.result(
        say(
            "TRUST_AS_OF",
            given.lang,
            day=_day(known.as_of, given.lang),
            count=len(known.entries),
            folder=folder,
        )
    )
    for kind in (kind for kind in _ORDER if given.kind in {None, kind.value}):
        console.result(f"\n{say(f'TRUST_KIND_{kind.name}', given.lang)}:")
        for entry in chosen:
            if entry.kind is kind:
                mark = f" [{say('TRUST_HELD', given.lang)}]" if entry.sha256 in held else ""
                console.result(
                    f"  {entry.sha256[:16]}  {_day(entry.not_before, given.lang)}…"
                    f"{_day(entry.not_after, given.lang)}  {entry.name}{mark}"
                )
    console.result("")
    _print_own(holdings, given.lang)
    return console.EXIT_VALID


def _print_own(holdings: Holdings, language: Language) -> None:
    console.result(say("TRUST_OWN" if holdings.anchors else "TRUST_NO_OWN", language))
    for anchor in holdings.anchors:
        console.result(f"  {anchor.certificate.sha256}  {console.printable(anchor.name)}")
    for finding in holdings.findings:
        console.note(_described(finding, language))


def _show(given: argparse.Namespace) -> int:
    known, holdings = TrustList.load(), CertificateStore.default().load()
    wanted = given.wanted.strip().lower().replace(":", "")
    if _FINGERPRINT_START.fullmatch(wanted):
        entries = [entry for entry in known.entries if entry.sha256.startswith(wanted)]
        own = [
            anchor for anchor in holdings.anchors if anchor.certificate.sha256.startswith(wanted)
        ]
    else:
        words = given.wanted.strip().casefold()
        entries = [entry for entry in known.entries if words and words in entry.name.casefold()]
        own = [anchor for anchor in holdings.anchors if words and words in anchor.name.casefold()]
    if not entries and not own:
        raise CallerError("TRUST.NOT_FOUND", where=console.printable(given.wanted[:100]))
    if given.json:
        _print_json(
            certificates=[_entry_value(entry, holdings) for entry in entries],
            own_anchors=[_anchor_value(anchor) for anchor in own],
        )
        return console.EXIT_VALID
    blocks = [_entry_lines(entry, holdings, given.lang) for entry in entries] + [
        _anchor_lines(anchor, given.lang) for anchor in own
    ]
    console.result("\n\n".join("\n".join(block) for block in blocks))
    return console.EXIT_VALID


def _entry_lines(entry: ListedCertificate, holdings: Holdings, language: Language) -> list[str]:
    def word(group: str, name: str) -> str:
        return say(f"TRUST_{group}_{name}", language)

    def marked(field: str, text: str) -> str:
        key = _MARKS.get(entry.mark(field))
        return f"{text} [{say(key, language)}]" if key else text

    issuer = TrustList.load().find(entry.issuer_sha256 or "")
    is_held = any(certificate.sha256 == entry.sha256 for certificate in holdings.certificates)
    lines = {
        "NAME": entry.name,
        "KIND": word("KIND", entry.kind.name),
        "OPERATOR": entry.operator,
        "SERVICE": marked("service", word("SERVICE", entry.service.name)),
        "HIERARCHY": word("HIERARCHY", entry.hierarchy.name) if entry.hierarchy else "–",
        "SUBJECT": entry.subject,
        "ISSUER": f"{issuer.name} ({issuer.sha256})" if issuer else entry.issuer,
        "SERIAL": entry.serial,
        "KEY": f"{entry.key}, {entry.signature}",
        "VALID": f"{_time(entry.not_before, language)} – {_time(entry.not_after, language)}",
        "TRUSTED_UNTIL": marked("trusted_until", _time(entry.trusted_until, language))
        if entry.trusted_until
        else "–",
        "ADDRESSES": marked("addresses", " ".join(dict.fromkeys(_addresses(entry))) or "–"),
        "CONFIDENCE": f"{word('CONFIDENCE', entry.confidence.name)} ({entry.provenance})",
        "STORE": say("TRUST_YES" if is_held else "TRUST_NO", language),
    }
    described = [f"{word('F', key)}: {text}" for key, text in lines.items()]
    return [
        *described,
        f"SHA-256: {entry.sha256}",
        f"SHA-1: {entry.sha1}",
        f"SKI: {entry.subject_key_identifier or '–'}",
    ]


def _day(day: date, language: Language) -> str:
    return f"{day:%d/%m/%Y}" if language == "vi" else f"{day:%Y-%m-%d}"


def _time(moment: datetime, language: Language) -> str:
    """Write a time for people in Vietnam in their zone, else as certificates have it."""
    return vietnam_time(moment, language) if language == "vi" else f"{moment:%Y-%m-%dT%H:%M:%SZ}"


def _addresses(entry: ListedCertificate) -> Iterator[str]:
    yield from entry.crl_urls
    yield from entry.ocsp_urls
    yield from entry.ca_issuer_urls
    yield from entry.own_crl_urls
    yield from entry.own_ocsp_urls
    yield from entry.published_at


def _anchor_lines(anchor: Anchor, language: Language) -> list[str]:
    stands_for = anchor.hierarchies or {Hierarchy.USER}
    words = ", ".join(
        say(f"TRUST_HIERARCHY_{hierarchy.name}", language) for hierarchy in sorted(stands_for)
    )
    return [
        message("TRUST.USER_ANCHOR").in_language(language),
        f"{say('TRUST_F_NAME', language)}: {console.printable(anchor.name)}",
        f"{say('TRUST_F_HIERARCHY', language)}: {words}",
        f"SHA-256: {anchor.certificate.sha256}",
    ]


def _import(given: argparse.Namespace) -> int:
    if given.stands_for and not given.as_anchor:
        raise CallerError("TRUST.STANDS_FOR")
    store = CertificateStore.default()
    certificates: list[Certificate] = []
    for path in given.files:
        try:
            certificates.extend(read_certificates(read_limited(path, MAX_FILE_OCTETS)))
        except InputError as error:
            raise InputError(error.cause, where=str(path), detail=error.detail) from error
    if given.as_anchor:
        results = store.add_anchors(
            certificates, hierarchies=[Hierarchy(name) for name in given.stands_for]
        )
    else:
        results = store.add(certificates)
    if given.json:
        _print_json(
            store=str(store.folder), imported=[_imported_value(result) for result in results]
        )
    else:
        _print_imported(results, given.lang)
    return console.EXIT_INVALID if any(result.finding for result in results) else console.EXIT_VALID


def _print_imported(results: Iterable[Imported], language: Language) -> None:
    for result in results:
        name = console.printable(
            result.entry.name if result.entry else result.certificate.subject_text
        )
        if result.finding is not None:
            console.result(
                say("TRUST_REFUSED", language, name=name, why=_described(result.finding, language))
            )
        elif result.entry is None:
            console.result(
                say("TRUST_ANCHOR_TAKEN", language, name=name, sha256=result.certificate.sha256)
            )
        else:
            console.result(
                say(
                    "TRUST_TAKEN" if result.is_new else "TRUST_KNOWN",
                    language,
                    name=name,
                    sha256=result.certificate.sha256,
                )
            )


def _remove(given: argparse.Namespace) -> int:
    sha256 = given.sha256.strip().lower().replace(":", "")
    if not _FINGERPRINT.fullmatch(sha256):
        raise CallerError("TRUST.FINGERPRINT")
    if not CertificateStore.default().remove(sha256):
        raise CallerError("TRUST.NOT_FOUND", where=sha256)
    if given.json:
        _print_json(removed=sha256)
    else:
        console.result(say("TRUST_REMOVED", given.lang, sha256=sha256))
    return console.EXIT_VALID


def _update(given: argparse.Namespace) -> int:
    seconds = given.timeout
    limits = LIMITS if seconds is None else replace(LIMITS, timeout=timedelta(seconds=seconds))
    return update_from(given, fetcher=Fetcher(limits=limits))


def update_from(
    given: argparse.Namespace, *, urls: Iterable[str] | None = None, fetcher: Fetcher | None = None
) -> int:
    """Ask the official addresses, or others, and print the answer of each; exit code 6 if any
    failed, 1 if something was refused.
    """
    store = CertificateStore.default()
    console.progress(say("TRUST_ASKING", given.lang))
    results: list[Update] = []
    for result in update(store, urls=urls, fetcher=fetcher):
        results.append(result)
        if not given.json:
            _print_update(result, given.lang)
    failed = sum(result.finding is not None for result in results)
    imported = [certificate for result in results for certificate in result.imported]
    if given.json:
        _print_json(
            store=str(store.folder), addresses=[_update_value(result) for result in results]
        )
    else:
        fresh = sum(certificate.is_new for certificate in imported)
        console.result(say("TRUST_SUM", given.lang, count=len(results), failed=failed, fresh=fresh))
    if failed:
        return console.EXIT_OUTSIDE
    return (
        console.EXIT_INVALID
        if any(certificate.finding for certificate in imported)
        else console.EXIT_VALID
    )


def _print_update(result: Update, language: Language) -> None:
    url = console.printable(result.url)
    if result.finding is not None:
        why = message(result.finding.cause).in_language(language)
        console.result(f"{url}: {why} [{result.finding.cause}]")
        return
    refused = [certificate for certificate in result.imported if certificate.finding]
    fresh = sum(certificate.is_new for certificate in result.imported)
    known = len(result.imported) - fresh - len(refused)
    console.result(
        say("TRUST_ADDRESS_DONE", language, url=url, fresh=fresh, known=known, refused=len(refused))
    )
    _print_imported(refused, language)


def _described(finding: Finding, language: Language) -> str:
    return console.described(HocbaSignError(finding.cause, where=finding.where), language)


def _print_json(**value: Any) -> None:
    console.result_json(
        {"report_version": 1, "tool": {"name": "hocba-sign", "version": VERSION}, **value}
    )


def _entry_value(entry: ListedCertificate, holdings: Holdings) -> dict[str, Any]:
    moments = ("not_before", "not_after", "trusted_until")
    value = (
        asdict(entry)
        | {name: _moment(getattr(entry, name)) for name in moments}
        | {"marks": dict(entry.marks)}
    )
    return value | {
        "imported": any(certificate.sha256 == entry.sha256 for certificate in holdings.certificates)
    }


def _moment(moment: Any) -> str | None:
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}" if moment is not None else None


def _anchor_value(anchor: Anchor) -> dict[str, Any]:
    return {
        "sha256": anchor.certificate.sha256,
        "name": anchor.name,
        "origin": anchor.origin,
        "hierarchies": sorted(anchor.hierarchies),
    }


def _finding_value(finding: Finding) -> dict[str, Any]:
    words = message(finding.cause)
    return {
        "id": finding.cause,
        "where": finding.where,
        "message": {"vi": words.vi, "en": words.en},
    }


def _imported_value(one: Imported) -> dict[str, Any]:
    return {
        "sha256": one.certificate.sha256,
        "name": one.entry.name if one.entry else one.certificate.subject_text,
        "result": "refused"
        if one.finding
        else "anchor"
        if one.entry is None
        else "imported"
        if one.is_new
        else "known",
        "finding": _finding_value(one.finding) if one.finding else None,
    }


def _update_value(result: Update) -> dict[str, Any]:
    return {
        "url": result.url,
        "finding": _finding_value(result.finding) if result.finding else None,
        "connections": [{"url": hop.url, "address": hop.address} for hop in result.hops],
        "imported": [_imported_value(certificate) for certificate in result.imported],
    }


_ACTIONS: Final[Mapping[str, Callable[[argparse.Namespace], int]]] = {
    "list": _list,
    "show": _show,
    "import": _import,
    "remove": _remove,
    "update": _update,
}
