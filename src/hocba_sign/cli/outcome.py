"""What is said of a signature that was just made."""

import argparse
import hashlib
from datetime import UTC, datetime

from hocba_sign.cli import console
from hocba_sign.cli.delivery import deliver_signed
from hocba_sign.cli.help_words import say
from hocba_sign.cli.material import note_findings
from hocba_sign.pki.certificates.certificate import Certificate
from hocba_sign.report.certificate_report import warnings
from hocba_sign.report.phrases import vietnam_time
from hocba_sign.signing.state import SignedDocument


def announce(
    given: argparse.Namespace,
    signed: SignedDocument,
    *,
    certificate_der: bytes,
    at: datetime,
    made_of: bytes | None = None,
) -> None:
    """Write the document, then say what was signed, by whom and at which level.

    `at` is the claimed signing time (aware).

    `made_of` as in `deliver_signed`; whoever calls holds the file.
    """
    certificate = Certificate.load(certificate_der)
    facts = {
        "file": str(given.out),
        "sha256": hashlib.sha256(signed.octets).hexdigest(),
        "slot": str(signed.slot),
        "level": given.level,
        "claimed_time": at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
        "signer": certificate.subject.common_name,
        "certificate": certificate.sha256,
        "checks": warnings(signed.notes),
    }
    sentence = say(
        "SIGNED",
        given.lang,
        slot=signed.slot,
        level=given.level,
        time=vietnam_time(at, given.lang),
        file=console.printable(str(given.out)),
        signer=certificate.subject.common_name,
    )
    told = console.json_line(facts) if given.json else sentence
    deliver_signed(given.out, signed.octets, sentence=told, made_of=made_of)
    if not given.json:
        note_findings(signed.notes, given.lang)
