"""`hocba registry`: make a registry that can be signed, and ask one."""

import argparse
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Final

from hocba_sign.adapters.files import read_limited
from hocba_sign.catalogue.messages import message
from hocba_sign.cli import console
from hocba_sign.cli.beside_files import named
from hocba_sign.cli.delivery import deliver
from hocba_sign.cli.file_or_stdin import read_document
from hocba_sign.cli.help_words import say
from hocba_sign.cli.material import collect_material, note_findings
from hocba_sign.errors import CallerError
from hocba_sign.model.delegation import OfficeStatus
from hocba_sign.model.registry import RegistrySnapshot
from hocba_sign.model.workflow import Role
from hocba_sign.pki.fitness import credential_of
from hocba_sign.pki.loading.objects import MAX_FILE_OCTETS, load_certificates
from hocba_sign.validation.document.records import Sources, load_records
from hocba_sign.validation.policy import DEFAULT
from hocba_sign.validation.setting import Setting
from hocba_sign.xml.record_octets import encode_record

_CODES: Final = {
    OfficeStatus.ALLOWED: console.EXIT_VALID,
    OfficeStatus.REFUSED: console.EXIT_INVALID,
    OfficeStatus.UNKNOWN: console.EXIT_INDETERMINATE,
    OfficeStatus.UNCOVERED: console.EXIT_INDETERMINATE,
}


def run(given: argparse.Namespace) -> int:
    """Do one action.

    Raises: OutsideError FILE.*, InputError REGISTRY.* and as `RegistrySnapshot.from_json`.
    """
    return _ACTIONS[given.action](given)


def _new(given: argparse.Namespace) -> int:
    snapshot = RegistrySnapshot.from_json(read_document(given.file))
    count = len(snapshot.appointments) + len(snapshot.delegations)
    sentence = say(
        "REGISTRY_CREATED", given.lang, count=count, file=console.printable(str(given.out))
    )
    deliver(given.out, encode_record(snapshot), sentence=sentence)
    return console.EXIT_VALID


def _check(given: argparse.Namespace) -> int:
    """Answer: was this certificate allowed to sign as this role for that school on that day.

    Nothing is fetched.
    """
    material = collect_material(given)
    setting = Setting(
        trust=material.trust,
        evidence=material.evidence,
        at=given.at or datetime.now(UTC),
        policy=replace(DEFAULT, registry_pins=tuple(given.registry_pin)),
    )
    registry = load_records(Sources(registries=named(given.registry)), setting).registry
    if registry is None:
        raise CallerError("CLI.NO_REGISTRY")
    certificate = load_certificates(read_limited(given.certificate, MAX_FILE_OCTETS))[0]
    answer = registry.authority_of(
        credential_of(certificate),
        Role(given.role),
        department_code=given.department,
        school_code=given.school,
        day=given.on,
    )
    note_findings(registry.notes, given.lang)
    words = message(answer.cause)
    if given.json:
        facts = {
            "standing": answer.standing,
            "id": answer.cause,
            "where": answer.where,
            "confirmed": answer.is_confirmed,
            "message": {"vi": words.vi, "en": words.en},
        }
        console.result_json({"certificate": certificate.sha256, **facts})
    else:
        console.result(
            f"{words.in_language(given.lang)} ({console.printable(answer.where)}) [{answer.cause}]"
        )
    return _CODES[answer.standing] if answer.is_confirmed else console.EXIT_INDETERMINATE


_ACTIONS: Final[dict[str, Callable[[argparse.Namespace], int]]] = {"new": _new, "check": _check}
