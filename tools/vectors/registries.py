"""Area registry: who held an office on which day, and whose registry is believed."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date

from hocba_sign.model.record import IssuingBody
from hocba_sign.model.registry import Rank, RegistrySnapshot
from tools.vectors.case import Case, Verdict
from tools.vectors.office import COMMUNE, DAY, SIGNED, Office, office_case, sha256
from tools.vectors.stage import CBQL, SEAL, Stage


def cases(stage: Stage) -> Iterator[Case]:
    office = Office(stage)
    yield from _offices(office)
    yield from _pins(office)


def _offices(office: Office) -> Iterator[Case]:
    head, seal = office.entry(CBQL), office.entry(SEAL)
    why = "Who held the office on the day of the best signature time is decided by the registry"
    ends: tuple[tuple[str, RegistrySnapshot, Verdict, str], ...] = (
        ("in-office", office.snapshot(), "VALID", "REGISTRY.UNSIGNED"),
        (
            "last-day-in-office",
            office.snapshot(replace(head, until=SIGNED), seal),
            "VALID",
            "REGISTRY.UNSIGNED",
        ),
        (
            "left-a-day-before",
            office.snapshot(replace(head, until=SIGNED - DAY), seal),
            "INVALID",
            "REGISTRY.ENDED",
        ),
        (
            "came-a-day-after",
            office.snapshot(replace(head, since=SIGNED + DAY), seal),
            "INVALID",
            "REGISTRY.NOT_YET",
        ),
        ("somebody-else", office.refusing(), "INVALID", "REGISTRY.NOT_LISTED"),
        (
            "school-not-in-it",
            office.snapshot(replace(head, school_code="KHAC-01"), seal),
            "INDETERMINATE",
            "REGISTRY.NO_ENTRY",
        ),
        (
            "past-its-update",
            office.snapshot(next_update=SIGNED - DAY),
            "INDETERMINATE",
            "REGISTRY.TOO_OLD",
        ),
        (
            "no-number-to-compare",
            office.snapshot(head, replace(seal, certificate_sha256=None, tax_id="0100000001")),
            "INDETERMINATE",
            "REGISTRY.NOT_COMPARABLE",
        ),
    )
    for name, registry, verdict, cause in ends:
        twin = "registry/left-a-day-before" if verdict == "VALID" else "registry/in-office"
        yield office_case(
            office,
            f"registry/{name}",
            why,
            verdict=verdict,
            causes=(cause,),
            twin=twin,
            registry=registry,
        )
    ended = office.snapshot(replace(head, until=SIGNED), seal)
    yield office_case(
        office,
        "registry/left-since-a-day-that-is-only-claimed",
        "Without a time-stamp, whoever has left could claim any day before",
        verdict="INDETERMINATE",
        causes=("REGISTRY.TIME_UNPROVEN",),
        twin="registry/last-day-in-office",
        document=office.stage.issued(),
        registry=ended,
    )
    left = office.snapshot(replace(head, until=SIGNED - DAY), seal, id="SO-KHAC")
    for name, other, verdict, cause in (
        ("two-of-one-day-that-differ", left, "INDETERMINATE", "REGISTRY.CONTRADICTION"),
        (
            "a-newer-one-that-differs",
            replace(left, issued=date(2026, 5, 21)),
            "INVALID",
            "REGISTRY.ENDED",
        ),
        (
            "an-older-one-that-differs",
            replace(left, issued=date(2026, 5, 19)),
            "VALID",
            "REGISTRY.UNSIGNED",
        ),
    ):
        yield office_case(
            office,
            f"registry/{name}",
            (
                "Of two registries that contradict each other the higher rank prevails, then "
                "the newer issue, never the favourable one"
            ),
            verdict=verdict,
            causes=(cause,),
            twin="registry/a-newer-one-that-differs"
            if verdict == "VALID"
            else "registry/an-older-one-that-differs",
            registry1=office.snapshot(),
            registry2=other,
        )


def _pins(office: Office) -> Iterator[Case]:
    why = (
        "A snapshot's rank is what the caller pins or a delegation below that says, never "
        "what it says of itself"
    )
    pin = sha256(office.department)
    good, bad = (
        office.sealed(office.snapshot(), office.department),
        office.sealed(office.refusing(), office.department),
    )
    false = office.sealed(
        office.snapshot(
            rank=Rank.MINISTRY, department_code=None, id="BO", issuer=IssuingBody(name=COMMUNE)
        ),
        office.commune,
    )
    later = office.sealed(
        office.snapshot(version=2, issuer=IssuingBody(name=COMMUNE)), office.commune
    )
    announcing = office.sealed(
        office.refusing(next_seal_sha256=sha256(office.commune)), office.department
    )
    wrong = "00" * 32
    given: tuple[
        tuple[str, Mapping[str, bytes | RegistrySnapshot], tuple[str, ...], Verdict, str, str], ...
    ] = (
        (
            "not-pinned",
            {"registry": good},
            (),
            "VALID",
            "REGISTRY.NOT_PINNED",
            "not-pinned-and-refusing",
        ),
        (
            "not-pinned-and-refusing",
            {"registry": bad},
            (),
            "INDETERMINATE",
            "REGISTRY.CLAIMED",
            "not-pinned",
        ),
        (
            "pinned-and-refusing",
            {"registry": bad},
            (pin,),
            "INVALID",
            "REGISTRY.NOT_LISTED",
            "next-seal-announced",
        ),
        (
            "beside-a-commune-that-calls-itself-the-ministry",
            {"registry1": bad, "registry2": false},
            (pin,),
            "INVALID",
            "REGISTRY.NOT_DELEGATED",
            "not-pinned",
        ),
        (
            "beside-one-that-nobody-signed",
            {"registry1": bad, "registry2": office.snapshot(version=9)},
            (pin,),
            "INVALID",
            "REGISTRY.NOT_DELEGATED",
            "next-seal-announced",
        ),
        (
            "next-seal-announced",
            {"registry1": announcing, "registry2": later},
            (pin,),
            "VALID",
            "",
            "next-seal-not-announced",
        ),
        (
            "next-seal-not-announced",
            {"registry1": bad, "registry2": later},
            (pin,),
            "INVALID",
            "REGISTRY.NOT_LISTED",
            "next-seal-announced",
        ),
        (
            "another-one-is-pinned",
            {"registry": good},
            (wrong,),
            "INDETERMINATE",
            "REGISTRY.NONE_PINNED",
            "not-pinned",
        ),
    )
    for name, files, pins, verdict, cause, twin in given:
        causes = tuple(
            dict.fromkeys(
                one for one in (cause, "REGISTRY.NOT_LISTED" if verdict == "INVALID" else "") if one
            )
        )
        yield office_case(
            office,
            f"registry/{name}",
            why,
            verdict=verdict,
            causes=causes,
            twin=f"registry/{twin}",
            pins=pins,
            **files,  # type: ignore[arg-type]  # files
        )
