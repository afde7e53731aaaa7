"""Write the trust list (data/trust/certificates.json) and its page (docs/reference/trust-list.md).

The certificates' own fields are read from copies of them in ../shared; what they do not say
themselves is in trust_list.toml. Without the copies the list stays as it is, and only the page is
written. `--check` writes nothing and fails where something would change.
"""

import csv
import hashlib
import json
import re
import sys
import tomllib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from hocba_sign.crypto.verify import load_public_key, verify_der_value
from hocba_sign.errors import InputError
from hocba_sign.pki.certificates.certificate import Certificate
from hocba_sign.pki.loading.objects import load_certificates
from hocba_sign.pki.trust.vietnam_list import ListedCertificate, ListedKind, TrustList

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT.parent / "shared" / "data" / "vn-ca"
NOTES = ROOT / "tools" / "trust_list.toml"
DATA = ROOT / "src" / "hocba_sign" / "data" / "trust" / "certificates.json"
PAGE = ROOT / "docs" / "reference" / "trust-list.md"

_KINDS = {
    "impostor": "impostor",
    "issuing-current": "issuing",
    "issuing-legacy": "issuing",
    "root": "root",
    "tsa": "tsa",
    "vgca": "government_ca",
}
_REMOTE = re.compile(r"\bRS\b|REMOTE SIGNING|SmartCA", re.IGNORECASE)
_MOBILE = re.compile(r"\bSIMPKI\b", re.IGNORECASE)
_HEADINGS = {
    ListedKind.ROOT: "Roots (anchors)",
    ListedKind.GOVERNMENT_CA: "Certification authorities of the Government (Ban Cơ yếu)",
    ListedKind.ISSUING: "Public certification authorities",
    ListedKind.TSA: "Time-stamping certificates",
    ListedKind.IMPOSTOR: "Known bad: impostors that are refused everywhere",
}


def certificates() -> dict[str, tuple[str, Certificate]]:
    """Return group and certificate of every row of the index, which must agree with the octets."""
    found: dict[str, tuple[str, Certificate]] = {}
    with (SOURCE / "index.tsv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t"):
            (certificate,) = load_certificates((SOURCE / row["file"]).read_bytes())
            stated = (
                row["sha256"],
                row["ski"],
                datetime.fromisoformat(row["not_after"]),
                int(row["serial"], 16),
            )
            read = (
                certificate.sha256,
                (certificate.subject_key_identifier or b"").hex(),
                certificate.not_after,
                certificate.serial_number,
            )
            if stated != read:
                sys.exit(f"{row['file']}: the index and the octets disagree: {stated} {read}")
            found[certificate.sha256] = (row["group"], certificate)
    return found


def issuer_of(certificate: Certificate, pool: list[Certificate]) -> Certificate | None:
    for issuer in pool:
        wanted, own = certificate.authority_key_identifier, issuer.subject_key_identifier
        if wanted is not None and own is not None and wanted != own:
            continue
        try:
            key = load_public_key(issuer.public_key_der)
            if verify_der_value(
                key,
                certificate.tbs_der,
                signature=certificate.signature,
                algorithm=certificate.signature_algorithm,
            ):
                return issuer
        except InputError:
            continue
    return None


def entries(notes: dict[str, Any]) -> list[dict[str, Any]]:
    """Join certificates and notes, in the order of the index."""
    held = certificates()
    pool = [certificate for _, certificate in held.values()]
    issuers = {pin: issuer_of(certificate, pool) for pin, (_, certificate) in held.items()}
    roots = {note["sha256"]: note for note in notes["root"]}
    details = {note["sha256"]: note for note in notes["certificate"]}
    if unknown := (roots.keys() | details.keys()) - held.keys():
        sys.exit(f"notes without a certificate: {sorted(unknown)}")
    result = []
    for pin, (group, certificate) in held.items():
        issuer = issuers[pin]
        top = certificate
        while (above := issuers[top.sha256]) is not None and above.sha256 != top.sha256:
            top = above
        kind = _KINDS[group]
        if kind == "root" and pin not in roots:
            kind = "issuing"
        anchor = roots.get(top.sha256, {})
        note = (
            anchor
            if kind == "root"
            else _judgement(kind, certificate, anchor) | details.get(pin, {})
        )
        result.append(_entry(certificate, kind, issuer, anchor, note, notes["operators"]))
    return result


def _judgement(kind: str, certificate: Certificate, anchor: dict[str, Any]) -> dict[str, Any]:
    """Return service, confidence and provenance where the notes have no words of their own."""
    name = certificate.subject.common_name or ""
    single = anchor.get("confidence") == "single-source"
    found: dict[str, Any] = {
        "confidence": "single-source" if single else "issuer-signature",
        "provenance": "one public copy, whose issuer rests on one copy too"
        if single
        else "public copy; its issuer's signature verifies",
    }
    if kind == "tsa":
        return found | {"service": "time_stamp"}
    if kind == "government_ca":
        return found | {"service": "cong_vu"}
    if kind == "impostor":
        return found | {"service": "none"}
    if anchor.get("service") in {"usb_token", "remote", "mobile"}:
        return found | {"service": anchor["service"]}
    service = (
        "remote" if _REMOTE.search(name) else "mobile" if _MOBILE.search(name) else "usb_token"
    )
    return found | {"service": service, "service_mark": "I"}


def _entry(
    certificate: Certificate,
    kind: str,
    issuer: Certificate | None,
    anchor: dict[str, Any],
    note: dict[str, Any],
    operators: dict[str, str],
) -> dict[str, Any]:
    hierarchy = (
        None
        if kind == "impostor"
        else "government"
        if kind == "government_ca"
        else anchor["hierarchy"]
    )
    until = note.get("trusted_until", certificate.not_after) if kind == "root" else None
    marks = {
        name: note[f"{name}_mark"]
        for name in ("service", "trusted_until", "addresses")
        if f"{name}_mark" in note
    }
    key = load_public_key(certificate.public_key_der)
    algorithm = certificate.signature_algorithm
    return {
        "sha256": certificate.sha256,
        "sha1": hashlib.sha1(certificate.der, usedforsecurity=False).hexdigest(),
        "kind": kind,
        "service": note["service"],
        "hierarchy": hierarchy,
        "name": certificate.subject.common_name,
        "operator": "impostor"
        if kind == "impostor"
        else operators[certificate.subject.organisation or ""],
        "subject": certificate.subject_text,
        "issuer": certificate.issuer_text,
        "issuer_sha256": issuer.sha256 if issuer else None,
        "serial": f"{certificate.serial_number:x}",
        "subject_key_identifier": (certificate.subject_key_identifier or b"").hex() or None,
        "not_before": certificate.not_before.isoformat(),
        "not_after": certificate.not_after.isoformat(),
        "key": f"{algorithm.key_kind.upper()} {key.bits}",
        "signature": algorithm.name,
        "trusted_until": until.astimezone(UTC).isoformat() if until else None,
        "crl_urls": list(certificate.crl_urls),
        "ocsp_urls": list(certificate.ocsp_urls),
        "ca_issuer_urls": list(certificate.ca_issuer_urls),
        "own_crl_urls": note.get("own_crl_urls", []),
        "own_ocsp_urls": note.get("own_ocsp_urls", []),
        "published_at": note.get("published_at", []),
        "confidence": note["confidence"],
        "provenance": note["provenance"],
        "marks": {"octets": "C", **marks},
    }


def official(notes: dict[str, Any]) -> list[dict[str, str]]:
    """Return the addresses that publish the certificates, roots first."""
    source = notes["official"]
    read = source["bundles_read"]
    inferred = sorted({file.name for file in (SOURCE / "p7b").iterdir()} - set(read))
    return [
        *({"url": source["bundle_folder"] + name, "mark": "C"} for name in read),
        *({"url": url, "mark": "C"} for url in source["others"]),
        *({"url": source["bundle_folder"] + name, "mark": "I"} for name in inferred),
    ]


def data() -> str:
    notes = tomllib.loads(NOTES.read_text("utf-8"))
    content = {
        "version": 1,
        "as_of": notes["as_of"].isoformat(),
        "marks": {
            "C": "certain: computed from the certificate or read in it",
            "L": "listed by one secondary source",
            "I": "inferred",
        },
        "official": official(notes),
        "certificates": entries(notes),
    }
    return json.dumps(content, ensure_ascii=False, indent=1) + "\n"


def page(trust_list: TrustList) -> str:
    """Write the reference page from the list alone."""
    lines = [
        "# Trust list",
        "",
        "<!-- Written by tools/trust_list.py; changes here are lost. -->",
        "",
        (
            f"{len(trust_list.entries)} certificates, as of {trust_list.as_of.isoformat()}. The "
            f"package holds these facts and no certificate file:"
        ),
        (
            "a certificate is recognised by the SHA-256 of its octets and by nothing else. How "
            "certificates get in:"
        ),
        "[import certificates](../howto/import-certificates.md).",
        "",
        (
            "*Confidence*: `multiple-sources`, independent copies or pins agree; "
            "`issuer-signature`, the signature of a pinned root on it verifies;"
        ),
        (
            "`single-source`, one public copy only: compare the fingerprint with the operator's "
            "before you rely on it."
        ),
        (
            "Marks: [I] inferred, [L] listed by one secondary source; without a mark it was "
            "computed from the certificate or read in it."
        ),
        "No copy came from the operators directly.",
    ]
    for kind, heading in _HEADINGS.items():
        lines += ["", f"## {heading}", "", *_table(trust_list, kind)]
    lines += ["", "## Addresses that `hocba trust update` asks", ""]
    lines += [
        f"- <{address.url}>{'' if address.mark == 'C' else f' [{address.mark}]'}"
        for address in trust_list.official
    ]
    return "\n".join(lines) + "\n"


def _table(trust_list: TrustList, kind: ListedKind) -> list[str]:
    names = {entry.sha256: entry.name for entry in trust_list.entries}
    last = "Trusted for signatures made until" if kind is ListedKind.ROOT else "Issuer"
    rows = [
        f"| Name | Operator | Service | Valid | {last} | Confidence | SHA-256 |",
        "|---|---|---|---|---|---|---|",
    ]
    for entry in (one for one in trust_list.entries if one.kind is kind):
        end = names.get(entry.issuer_sha256 or "", "not known")
        if entry.trusted_until is not None:
            end = _marked(entry, "trusted_until", f"{entry.trusted_until:%Y-%m-%d}")
        valid = f"{entry.not_before:%Y-%m-%d} – {entry.not_after:%Y-%m-%d}"
        service = _marked(entry, "service", entry.service)
        rows.append(
            f"| {entry.name} | {entry.operator} | {service} | {valid} | {end} | "
            f"{entry.confidence} | `{entry.sha256}` |"
        )
    return rows


def _marked(entry: ListedCertificate, what: str, text: str) -> str:
    mark = entry.mark(what)
    return text if mark == "C" else f"{text} [{mark}]"


def main() -> None:
    is_check = "--check" in sys.argv[1:]
    if (SOURCE / "index.tsv").exists():
        _put(DATA, data(), is_check=is_check)
    else:
        print(
            "trust_list: ../shared is not here; the list itself was not compared", file=sys.stderr
        )
    _put(PAGE, page(TrustList.load(DATA.read_bytes())), is_check=is_check)


def _put(path: Path, text: str, *, is_check: bool) -> None:
    if not is_check:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    elif not path.exists() or path.read_text("utf-8") != text:
        sys.exit(f"{path.relative_to(ROOT)} is not up to date: run {Path(__file__).name}")


if __name__ == "__main__":
    main()
