"""`hocba event new`: say what happens to a transcript after issue; `hocba sign` signs it like a
transcript.
"""

import argparse
import uuid
from datetime import UTC, datetime

from hocba_sign.cli import console
from hocba_sign.cli.delivery import deliver
from hocba_sign.cli.file_or_stdin import read_document
from hocba_sign.cli.help_words import say
from hocba_sign.errors import CallerError
from hocba_sign.model.codes import EventKind
from hocba_sign.model.event import Correction, Event
from hocba_sign.model.record import vietnam_day
from hocba_sign.model.signers import Principal
from hocba_sign.validation.in_force.years import read_reference
from hocba_sign.xml.record_octets import encode_record


def run(given: argparse.Namespace) -> int:
    """Make an unsigned event from the transcript that it is about.

    Raises: CallerError CLI.CORRECTION; InputError with all findings.
    """
    transcript, target = read_reference(read_document(given.file))
    successor = (
        None if given.successor is None else read_reference(read_document(given.successor))[1]
    )
    head = transcript.signers.principal
    event = Event(
        id=given.id or str(uuid.uuid4()),
        kind=EventKind(given.kind),
        target=target,
        successor=successor,
        corrections=tuple(_correction(text) for text in given.correct),
        reason=given.reason,
        decision=given.decision,
        effective=given.effective or vietnam_day(datetime.now(UTC)),
        school=transcript.school,
        principal=Principal(
            full_name=given.principal_name or head.full_name,
            personal_id=given.principal_id or head.personal_id,
            title=given.principal_title or head.title,
        ),
        place=transcript.signers.place,
    )
    sentence = say(
        "EVENT_CREATED",
        given.lang,
        event=event.id,
        id=target.id,
        version=target.version,
        file=console.printable(str(given.out)),
    )
    deliver(given.out, encode_record(event), sentence=sentence)
    return console.EXIT_VALID


def _correction(text: str) -> Correction:
    path, is_given, value = text.partition("=")
    if not is_given:
        raise CallerError("CLI.CORRECTION")
    return Correction(path=path, value=value)
