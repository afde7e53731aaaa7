"""`hocba prepare`: the first half of signing with a device or service of any kind."""

import argparse
from datetime import UTC, datetime

from hocba_sign.adapters.files import read_limited
from hocba_sign.cli import console
from hocba_sign.cli.class_prepare import prepare_folder
from hocba_sign.cli.delivery import deliver
from hocba_sign.cli.file_or_stdin import read_document
from hocba_sign.cli.folders import named, names_many
from hocba_sign.cli.level_option import policy_of
from hocba_sign.cli.slot import choose_slot
from hocba_sign.cli.token_key import refuse_stray_options, token_chain
from hocba_sign.errors import CallerError
from hocba_sign.operations.signing import prepare
from hocba_sign.pki.loading.objects import MAX_FILE_OCTETS, load_certificates
from hocba_sign.report.certificate_report import warnings


def run(given: argparse.Namespace) -> int:
    """Write the state and print what the device needs, as JSON; of a folder, for all of it.

    Raises: CallerError CLI.CERT_OR_TOKEN, CLI.TOKEN_OPTIONS; as `token_chain`, `prepare`,
    `choose_slot` and `prepare_folder`.
    """
    chain_der = _chain(given)
    if names_many(named(given)):
        return prepare_folder(given, chain_der=chain_der)
    document = read_document(given.file)
    slot = choose_slot(document, given, certificate_der=chain_der[0])
    state = prepare(
        document, slot, chain_der=chain_der, at=datetime.now(UTC), policy=policy_of(given)
    )
    facts = {
        "state": str(given.out),
        "slot": str(state.slot),
        "algorithm": state.algorithm.name,
        "digest_algorithm": None if state.algorithm.digest is None else state.algorithm.digest.name,
        "digest": state.digest.hex(),
        "expires": state.expires.isoformat().replace("+00:00", "Z"),
        "checks": warnings(state.notes),
    }
    deliver(given.out, state.to_json().encode(), sentence=console.json_line(facts))
    return console.EXIT_VALID


def _chain(given: argparse.Namespace) -> tuple[bytes, ...]:
    refuse_stray_options(given)
    if given.pkcs11 is not None:
        return token_chain(given)
    if given.cert is None:
        raise CallerError("CLI.CERT_OR_TOKEN")
    certificates = load_certificates(read_limited(given.cert, MAX_FILE_OCTETS))
    return tuple(certificate.der for certificate in certificates)
