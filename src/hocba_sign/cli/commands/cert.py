"""`hocba cert verify`: one certificate, its path and revocation."""

import argparse
import sys
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Final

from hocba_sign.cli import console
from hocba_sign.cli.fetching import online_fetcher
from hocba_sign.cli.file_or_stdin import read_document
from hocba_sign.cli.help_words import say
from hocba_sign.cli.material import collect_material
from hocba_sign.errors import HocbaSignError, InputError
from hocba_sign.operations.certificate_check import requirements_for, validate_certificate
from hocba_sign.operations.ground import Ground
from hocba_sign.pki.certificates.profile import Purpose
from hocba_sign.pki.loading.objects import MAX_FILE_OCTETS
from hocba_sign.pki.path.path_validation import PathRequirements
from hocba_sign.report.certificate_report import (
    CertificateIndication,
    CertificateReport,
    certificate_text,
)

_CODES: Final = {
    CertificateIndication.PASSED: console.EXIT_VALID,
    CertificateIndication.FAILED: console.EXIT_INVALID,
    CertificateIndication.INDETERMINATE: console.EXIT_INDETERMINATE,
}


def run(given: argparse.Namespace) -> int:
    """Judge a certificate and print it; a certificate that cannot be read is FAILED.

    Raises: nothing; errors are printed here.
    """
    try:
        report = judge(given)
    except HocbaSignError as error:
        console.note(f"{say('ERROR', given.lang)}: {console.described(error, given.lang)}")
        if given.json:
            console.result_json(_failure(error, given))
        return console.exit_code(error)
    if given.json:
        console.result_json(report.to_dict())
    else:
        console.result(
            certificate_text(report, given.lang, is_coloured=console.has_colour(sys.stdout))
        )
    return _CODES[report.indication]


def judge(given: argparse.Namespace) -> CertificateReport:
    """Judge, with what the certificates point at unless `--offline`; without `--at` the validation
    time moves on while fetching.

    Raises: OutsideError FILE.* for what cannot be read at all, CallerError as `collect_material`.
    """
    at, file = given.at or datetime.now(UTC), str(given.file)
    material = collect_material(given)
    requirements = _requirements(given)
    try:
        octets = read_document(given.file, limit=MAX_FILE_OCTETS)
    except InputError as error:
        return CertificateReport.malformed(error, purpose=requirements.purpose, file=file, at=at)
    ground = Ground(
        trust=material.trust,
        evidence=material.evidence,
        fetch=online_fetcher(given),
        is_time_fixed=given.at is not None,
    )
    return validate_certificate(octets, ground, at=at, requirements=requirements, name=file)


def _requirements(given: argparse.Namespace) -> PathRequirements:
    return replace(
        requirements_for(Purpose(given.purpose)),
        initial_policies=frozenset(given.initial_policy),
        is_policy_explicit=given.explicit_policy,
        is_mapping_inhibited=given.inhibit_mapping,
        is_any_policy_inhibited=given.inhibit_any,
    )


def _failure(error: HocbaSignError, given: argparse.Namespace) -> dict[str, Any]:
    """Return the JSON object of a certificate that was not judged: `error` says why."""
    verdict = {"indication": None, "sub_indication": None, "path": [], "causes": [error.cause]}
    return {
        key: value
        for key, value in console.failure(error, str(given.file)).items()
        if key != "verdict"
    } | verdict
