"""One vector: a document, how to run the program on it, and what must come out."""

import hashlib
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from tools.vectors.stage import JUDGED_AT

Verdict = Literal["VALID", "INVALID", "INDETERMINATE", "NOTHING_TO_VERIFY"]
EXIT_CODES: dict[Verdict, int] = {
    "VALID": 0,
    "INVALID": 1,
    "INDETERMINATE": 3,
    "NOTHING_TO_VERIFY": 4,
}
EXIT_NOT_IN_FORCE = 5
GENERATOR = "tools/make_vectors.py"
WORLD = "../../_world"
REPEATED = {
    "--registry": "registries",
    "--registry-pin": "registry_pins",
    "--events": "events",
    "--status-list": "status_lists",
    "--registered": "registered",
}
OWN = "hocba-sign"
"""The origin of what no other program wrote."""
SUITE_VERSION = "1.0"
"""The first number changes when what a case means or demands is changed, the second when cases are
added or one is mended."""
FORMAT_VERSION = "1.0"
INTERFACE_VERSION = "1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One vector.

    `identifier` is `<area>/<case>`.
    `causes` must all be named by the program; where `verdict` is VALID they are warnings.
    `signatures` says of a slot what its entry in the report must hold, `workflow` of the report's
        workflow.
    `twin` is the case that differs in one thing and ends otherwise.
    `files` lie beside the document;
    `trust`, `crl`, `ocsp` and `cert` are paths for the options of that name, from the folder of the
        case, `options` any others.
    `origin` is the program, with its version, that wrote what is under test: signature, PDF
        revision, time-stamp, list, response or certificate.
    `status` is what the transcript's must be where it is not in force.
    `command` is `validate` where the content is to be judged without signatures, `verify-extract` where the document is the text of an extract.
    """

    identifier: str
    title: str
    why: str
    spec: str
    document: bytes
    verdict: Verdict
    causes: tuple[str, ...] = ()
    signatures: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    workflow: Mapping[str, Any] = field(default_factory=dict)
    twin: str | None = None
    at: datetime = JUDGED_AT
    files: Mapping[str, bytes] = field(default_factory=dict)
    trust: tuple[str, ...] = (f"{WORLD}/trust",)
    crl: tuple[str, ...] = (f"{WORLD}/crl",)
    ocsp: tuple[str, ...] = ()
    cert: tuple[str, ...] = (f"{WORLD}/cert",)
    options: tuple[str, ...] = ()
    status: str | None = None
    command: Literal["verify", "validate", "verify-extract"] = "verify"
    is_pdf: bool = False
    origin: str = OWN

    @property
    def name(self) -> str:
        if self.command == "verify-extract":
            return "document.txt"
        return "document.pdf" if self.is_pdf else "document.xml"


def files_of(case: Case) -> dict[str, bytes]:
    """Return the files of a case by their path below test_vectors/."""
    files = {f"{case.identifier}/{name}": octets for name, octets in case.files.items()}
    files[f"{case.identifier}/{case.name}"] = case.document
    files[f"{case.identifier}/case.json"] = (
        json.dumps(_facts(case), ensure_ascii=False, indent=2) + "\n"
    ).encode()
    return files


def listing(cases: Sequence[Case]) -> bytes:
    """Return what the suite is, for a program that runs it."""
    areas = Counter(case.identifier.partition("/")[0] for case in cases)
    facts = {
        "version": SUITE_VERSION,
        "format": FORMAT_VERSION,
        "interface": INTERFACE_VERSION,
        "cases": areas.total(),
        "by_other_writers": sum(case.origin != OWN for case in cases),
        "areas": dict(sorted(areas.items())),
    }
    return (json.dumps(facts, indent=2) + "\n").encode()


def manifest(files: Mapping[str, bytes]) -> bytes:
    """Return the list of SHA-256 sums as `sha256sum -c` reads it."""
    return "".join(
        f"{hashlib.sha256(octets).hexdigest()}  {name}\n" for name, octets in sorted(files.items())
    ).encode()


def _facts(case: Case) -> dict[str, Any]:
    exit_code = (
        EXIT_NOT_IN_FORCE
        if case.verdict == "VALID" and case.status is not None
        else EXIT_CODES[case.verdict]
    )
    expect: dict[str, Any] = {
        "exit_code": exit_code,
        "verdict": case.verdict,
        "causes": sorted(case.causes),
    }
    if case.status is not None:
        expect["status"] = case.status
    if case.command == "validate":
        del expect["verdict"]
    if case.signatures:
        expect["signatures"] = case.signatures
    if case.workflow:
        expect["workflow"] = case.workflow
    return {
        "id": case.identifier,
        "title": case.title,
        "why": case.why,
        "spec": case.spec,
        "twin": case.twin,
        "at": case.at.isoformat().replace("+00:00", "Z"),
        "command": case.command,
        "inputs": _inputs(case),
        "arguments": _arguments(case),
        "expect": expect,
        "origin": case.origin,
        "generator": GENERATOR,
    }


def _inputs(case: Case) -> dict[str, Any]:
    """Return as data what the arguments say."""
    found: dict[str, Any] = {"document": case.name}
    if case.command == "validate":
        return found
    found |= {
        "at": case.at.isoformat().replace("+00:00", "Z"),
        "trust": list(case.trust),
        "certificates": list(case.cert),
        "crls": list(case.crl),
        "ocsp": list(case.ocsp),
    }
    options = list(case.options)
    while options:
        option = options.pop(0)
        if option == "--any":
            found["any"] = True
        elif option in REPEATED:
            found.setdefault(REPEATED[option], []).append(options.pop(0))
        else:
            assert option == "--policy", option
            found["policy"] = options.pop(0)
    return found


def _arguments(case: Case) -> list[str]:
    if case.command == "validate":
        return ["validate", case.name, "--json"]
    options = (
        ("--trust", case.trust),
        ("--cert", case.cert),
        ("--crl", case.crl),
        ("--ocsp", case.ocsp),
    )
    named = [part for option, paths in options for path in paths for part in (option, path)]
    at = case.at.isoformat().replace("+00:00", "Z")
    return [case.command, case.name, *named, *case.options, "--at", at, "--offline", "--json"]
