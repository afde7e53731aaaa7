"""`hocba explain`: what every signature digests, step by step, as lengths and digests; content is
never shown.
"""

import argparse
import hashlib
from base64 import b64encode
from collections.abc import Iterator, Mapping
from itertools import zip_longest
from typing import Any, Final

from hocba_sign.adapters.files import read_limited
from hocba_sign.ades.integrity import check_integrity
from hocba_sign.ades.structure import Extent, ParsedSignature
from hocba_sign.catalogue.messages import Language
from hocba_sign.cli import console
from hocba_sign.cli.commands.verify import MAX_DETACHED
from hocba_sign.cli.file_or_stdin import read_document
from hocba_sign.cli.help_words import say
from hocba_sign.crypto.verify import key_name
from hocba_sign.errors import Finding, HocbaSignError, InputError
from hocba_sign.validation.document.diagnosis import KeyedSignature, diagnose
from hocba_sign.version import VERSION
from hocba_sign.xades.general.explain import Trace, entries_of, signed_info_of, trace
from hocba_sign.xades.general.read import read_any
from hocba_sign.xades.general.references import GeneralResolver
from hocba_sign.xades.syntax import names
from hocba_sign.xades.syntax.elements import only
from hocba_sign.xml.parse import ParsedXml, parse
from hocba_sign.xml.tree import Element

_INDENT: Final = "  "


def run(given: argparse.Namespace) -> int:
    """Explain a file. Raises: OutsideError FILE.*; InputError for a file that cannot be parsed."""
    octets = read_document(given.file)
    detached = {name: read_limited(file, MAX_DETACHED) for name, file in given.detached}
    xml = parse(octets, is_of_others=True)
    signatures = _signatures(xml, detached)
    told = {
        "tool": {"name": "hocba-sign", "version": VERSION},
        "file": str(given.file),
        "sha256": hashlib.sha256(octets).hexdigest(),
        "signatures": signatures,
    }
    if given.json:
        console.result_json(told)
    else:
        for number, signature in enumerate(signatures, 1):
            for line in _lines(number, signature, given.lang):
                console.result(console.printable(line))
    return console.EXIT_VALID if signatures else console.EXIT_NOTHING


def _signatures(xml: ParsedXml, detached: Mapping[str, bytes]) -> list[dict[str, Any]]:
    read = read_any(xml, detached).document.signatures
    integrities = [check_integrity(signature) for signature in read]
    keyed_signatures = [
        KeyedSignature.of(parsed, integrity.certificate)
        for parsed, integrity in zip(read, integrities, strict=True)
    ]
    broken = [
        keyed
        for keyed, integrity in zip(keyed_signatures, integrities, strict=True)
        if not integrity.is_intact
    ]
    told = dict(
        zip(
            (wrong.signature.where for wrong in broken),
            diagnose(xml, broken, detached=detached),
            strict=True,
        )
    )
    document = GeneralResolver(xml, detached)
    elements = xml.root.iter(names.SIGNATURE)
    return [
        _signature(element, signature, document=document)
        | _value(keyed, integrity.certificate.der if integrity.certificate is not None else None)
        | {
            "intact": integrity.is_intact,
            "diagnosis": _findings((*signature.findings, *told.get(signature.where, ()))),
        }
        for element, signature, keyed, integrity in zip(
            elements, read, keyed_signatures, integrities, strict=True
        )
    ]


def _signature(
    element: Element, signature: ParsedSignature, *, document: GeneralResolver
) -> dict[str, Any]:
    place = {"where": signature.where, "id": signature.identifier}
    try:
        info = signed_info_of(element)
        references = tuple(only(element, names.SIGNED_INFO).iterchildren(names.REFERENCE))
        return place | {
            "signed_info": {
                "canonicalization": info.canonicalization,
                "octets": info.length,
                "sha256": info.sha256,
            },
            "references": [
                _reference(shown, document)
                | {"covers": None if parsed is None else _extent(parsed.extent)}
                for shown, parsed in zip_longest(
                    references, signature.references[: len(references)]
                )
            ],
        }
    except InputError as error:
        return place | {
            "signed_info": None,
            "references": [],
            "error": {"id": error.cause, "where": error.where},
        }


def _reference(element: Element, document: GeneralResolver) -> dict[str, Any]:
    followed = trace(element, document)
    return _traced(followed) | {
        "entries": [_traced(trace(entry, document)) for entry in entries_of(element, document)]
    }


def _extent(extent: Extent | None) -> dict[str, Any] | None:
    if extent is None:
        return None
    return {
        "kind": extent.kind,
        "where": extent.where,
        "omitted": list(extent.omitted),
        "kept": list(extent.kept),
        "full": extent.is_full,
        "markup": extent.has_markup,
        "name_assumed": extent.is_name_assumed,
    }


def _traced(one: Trace) -> dict[str, Any]:
    return {
        "uri": one.uri,
        "steps": [
            {
                "transform": step.transform,
                "kind": "node-set" if step.is_node_set else "octets",
                "octets": step.length,
                "sha256": step.sha256,
            }
            for step in one.steps
        ],
        "digest_algorithm": one.digest_uri,
        "digest_stated": b64encode(one.stated).decode(),
        "digest_computed": None if one.computed is None else b64encode(one.computed).decode(),
        "digest_ok": one.is_intact,
        "error": None
        if one.finding is None
        else {"id": one.finding.cause, "where": one.finding.where},
    }


def _value(keyed: KeyedSignature, certificate_der: bytes | None) -> dict[str, Any]:
    key = keyed.key
    return {
        "value_ok": keyed.is_value_right,
        "key": None
        if key is None
        else {
            "kind": key_name(key),
            "sha256": hashlib.sha256(key.spki_der).hexdigest(),
            "certificate_sha256": None
            if certificate_der is None
            else hashlib.sha256(certificate_der).hexdigest(),
        },
    }


def _findings(findings: tuple[Finding, ...]) -> list[dict[str, str | None]]:
    return [{"id": finding.cause, "where": finding.where} for finding in dict.fromkeys(findings)]


def _lines(number: int, signature: dict[str, Any], language: Language) -> Iterator[str]:
    yield say("EXPLAIN_SIGNATURE", language, number=number, where=signature["where"])
    info, key = signature["signed_info"], signature["key"]
    if info is not None:
        yield _INDENT + say("EXPLAIN_SIGNED_INFO", language, **info)
    if key is not None:
        words = say("EXPLAIN_RIGHT" if signature["value_ok"] else "EXPLAIN_WRONG", language)
        yield _INDENT + say(
            "EXPLAIN_VALUE", language, result=words, kind=key["kind"], sha256=key["sha256"]
        )
        if key["certificate_sha256"] is not None:
            yield _INDENT + say("EXPLAIN_CERTIFICATE", language, sha256=key["certificate_sha256"])
    for place, reference in enumerate(signature["references"], 1):
        yield from _reference_lines(str(place), reference, language)
        for entry, inner in enumerate(reference["entries"], 1):
            yield from _reference_lines(f"{place}.{entry}", inner, language)
    for finding in signature["diagnosis"]:
        yield _INDENT + _described(finding, language)


def _reference_lines(number: str, reference: dict[str, Any], language: Language) -> Iterator[str]:
    yield _INDENT + say("EXPLAIN_REFERENCE", language, number=number, uri=reference["uri"] or '""')
    for step in reference["steps"]:
        name = step["transform"] or say("EXPLAIN_TARGET", language)
        kind = say("EXPLAIN_NODE_SET" if step["kind"] == "node-set" else "EXPLAIN_OCTETS", language)
        yield _INDENT * 2 + say(
            "EXPLAIN_STEP",
            language,
            name=name,
            kind=kind,
            octets=step["octets"],
            sha256=step["sha256"],
        )
    covered = reference.get("covers")
    if covered is not None:
        yield _INDENT * 2 + say("EXPLAIN_COVERS", language, where=covered["where"])
        for key, places in (
            ("EXPLAIN_OMITTED", covered["omitted"]),
            ("EXPLAIN_KEPT", covered["kept"]),
        ):
            for place in places:
                yield _INDENT * 3 + say(key, language, where=place)
        if covered["name_assumed"]:
            yield _INDENT * 3 + say("EXPLAIN_ASSUMED", language)
    if reference["error"] is not None:
        yield _INDENT * 2 + _described(reference["error"], language)
    else:
        words = say("EXPLAIN_RIGHT" if reference["digest_ok"] else "EXPLAIN_WRONG", language)
        stated, computed = reference["digest_stated"], reference["digest_computed"]
        yield _INDENT * 2 + say(
            "EXPLAIN_DIGEST",
            language,
            uri=reference["digest_algorithm"],
            stated=stated,
            computed=computed,
            result=words,
        )


def _described(finding: Mapping[str, str | None], language: Language) -> str:
    return console.described(HocbaSignError(finding["id"] or "", where=finding["where"]), language)
