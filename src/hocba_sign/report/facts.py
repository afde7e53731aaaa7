"""The facts in the head of a report: the file, the transcript, the document."""

from hocba_sign.catalogue.messages import Language
from hocba_sign.extract.content import Head
from hocba_sign.model.codes import code_list
from hocba_sign.model.event import Event, TranscriptReference
from hocba_sign.model.identification import Identification
from hocba_sign.model.registry import RegistrySnapshot
from hocba_sign.model.status_list import StatusList
from hocba_sign.model.transcript import Transcript
from hocba_sign.report.judged_file import JudgedFile
from hocba_sign.report.phrases import local_time, phrase, printable
from hocba_sign.report.seven_items import Fact
from hocba_sign.version import VERSION


def file_facts(report: JudgedFile, language: Language) -> tuple[Fact, ...]:
    return (
        Fact(phrase("FILE", language), printable(report.file)),
        Fact(phrase("CHECKED_AT", language), local_time(report.at, language)),
    )


def technical_facts(report: JudgedFile, language: Language) -> tuple[Fact, ...]:
    """Return what tells the file and the judgement from others."""
    conclusion = report.conclusion
    head = None
    if conclusion is not None and conclusion.transcript is not None:
        identity = conclusion.transcript.identification
        head = (identity.id, identity.version)
    elif conclusion is not None and conclusion.shown is not None:
        head = (conclusion.shown.head.id, conclusion.shown.head.version)
    identifier = (
        ()
        if head is None
        else (
            Fact(
                phrase("IDENTIFIER", language),
                phrase("IDENTIFIER_VALUE", language, id=head[0], version=head[1]),
            ),
        )
    )
    return (
        *identifier,
        Fact(phrase("DIGEST", language), report.sha256 or phrase("UNKNOWN_VALUE", language)),
        Fact(phrase("POLICY", language), ", ".join(report.policies)),
        Fact(phrase("TOOL", language), f"hocba-sign {VERSION}"),
    )


def content_facts(report: JudgedFile, language: Language) -> tuple[Fact, ...]:
    conclusion = report.conclusion
    if conclusion is not None and conclusion.transcript is not None:
        return document_facts(conclusion.transcript, language)
    if conclusion is not None and conclusion.extract is not None:
        return () if conclusion.shown is None else who_facts(conclusion.shown.head, language)
    match None if conclusion is None else conclusion.record:
        case None:
            return ()
        case Event() as event:
            facts = [
                Fact(phrase("KIND", language), phrase(f"EVENT_{event.kind}", language)),
                Fact(
                    phrase("SCHOOL", language),
                    printable(f"{event.school.name} ({event.school.code})"),
                ),
                Fact(phrase("IDENTIFIER", language), _identifier(event.target, language)),
                Fact(phrase("EFFECTIVE", language), event.effective.strftime("%d/%m/%Y")),
            ]
            if event.successor is not None:
                facts.append(
                    Fact(phrase("SUCCESSOR", language), _identifier(event.successor, language))
                )
            return tuple(facts)
        case RegistrySnapshot() | StatusList() as record:
            key = "KIND_REGISTRY" if isinstance(record, RegistrySnapshot) else "KIND_STATUS_LIST"
            return (
                Fact(phrase("KIND", language), phrase(key, language)),
                Fact(phrase("RECORD_ISSUER", language), printable(record.issuer.name)),
                Fact(phrase("EFFECTIVE", language), record.issued.strftime("%d/%m/%Y")),
                Fact(phrase("NEXT_UPDATE", language), record.next_update.strftime("%d/%m/%Y")),
            )


def _identifier(reference: TranscriptReference, language: Language) -> str:
    return phrase("IDENTIFIER_VALUE", language, id=reference.id, version=reference.version)


def head_facts(head: Head, language: Language) -> tuple[Fact, ...]:
    """Return whose extract it is, of which year and school."""
    identifier = phrase("IDENTIFIER_VALUE", language, id=head.id, version=head.version)
    return (
        Fact(phrase("PUPIL", language), printable(head.name)),
        Fact(phrase("SCHOOL", language), printable(f"{head.school_name} ({head.school_code})")),
        Fact(phrase("SCHOOL_YEAR", language), head.school_year),
        Fact(phrase("GRADE", language), str(head.grade)),
        Fact(phrase("IDENTIFIER", language), identifier),
        Fact(phrase("ISSUED", language), head.issued.strftime("%d/%m/%Y")),
    )


def who_facts(head: Head, language: Language) -> tuple[Fact, ...]:
    """Return the facts of an extract's head but for its id, which is for the folded part."""
    identifier = phrase("IDENTIFIER", language)
    return tuple(fact for fact in head_facts(head, language) if fact.label != identifier)


def _circular(code: str) -> str:
    """Return how a circular is cited; a code that is not listed stands for itself."""
    listed = code_list("rule_sets").entries.get(code)
    return listed[0].name if listed else code


def document_facts(transcript: Transcript, language: Language) -> tuple[Fact, ...]:
    identity = transcript.identification
    year = phrase(
        "YEAR_GRADE_CLASS",
        language,
        year=identity.school_year,
        grade=identity.grade,
        class_name=identity.class_name,
        version=identity.version,
    )
    issued = phrase(
        "ISSUED_BY",
        language,
        day=transcript.signers.issued.strftime("%d/%m/%Y"),
        circular=_circular(identity.rule_set),
    )
    return (
        Fact(phrase("PUPIL", language), printable(identity.pupil.full_name)),
        Fact(
            phrase("SCHOOL", language),
            printable(f"{identity.school.name} ({identity.school.code})"),
        ),
        Fact(phrase("SCHOOL_YEAR", language), printable(year)),
        Fact(phrase("ISSUED", language), printable(issued)),
        *_replaced(identity, language),
    )


def _replaced(identity: Identification, language: Language) -> tuple[Fact, ...]:
    if identity.replaces is None:
        return ()
    version = phrase("VERSION", language, version=identity.replaces.version)
    return (Fact(phrase("REPLACES", language), version),)
