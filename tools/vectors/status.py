"""Areas status and policy: what a department's list says, and what a verifier demands."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

from hocba_sign.model.registry import Delegation, Rank, RegistrySnapshot
from hocba_sign.model.status_list import Cell, StatusList
from tools.vectors.case import Case, Verdict
from tools.vectors.office import DAY, DEPARTMENT, FIRST, SIGNED, Office, office_case, sha256
from tools.vectors.stage import Stage

_MERGED, _SUCCESSOR, _MERGER = "49", "48", date(2025, 7, 1)
"""Quảng Nam, which Đà Nẵng took."""


def cases(stage: Stage) -> Iterator[Case]:
    office = Office(stage)
    yield from _lists(office)
    yield from _successors(Office(stage, department_code=_MERGED))
    yield from _policies(office)


def _lists(office: Office) -> Iterator[Case]:
    why = (
        "A department's list tells of every transcript that was issued; a withdrawal in "
        "it always counts"
    )
    before = SIGNED - timedelta(days=200)
    past = {"issued": before, "next_update": before + timedelta(days=7)}
    delegation = Delegation(
        rank=Rank.DEPARTMENT,
        department_code=office.school.department_code,
        name=DEPARTMENT,
        certificate_sha256=sha256(office.department),
        since=FIRST,
    )
    top = office.snapshot(rank=Rank.MINISTRY, department_code=None, delegations=(delegation,))
    given: tuple[
        tuple[str, StatusList, RegistrySnapshot | None, Verdict, str, str | None, str], ...
    ] = (
        (
            "in-force",
            office.status_list(None),
            None,
            "VALID",
            "STATUS.VOUCHED_BY_USER",
            None,
            "withdrawn",
        ),
        (
            "withdrawn",
            office.status_list(Cell.WITHDRAWN),
            None,
            "VALID",
            "STATUS.WITHDRAWN",
            "withdrawn",
            "in-force",
        ),
        (
            "replaced",
            office.status_list(Cell.REPLACED),
            None,
            "VALID",
            "STATUS.REPLACED",
            "replaced",
            "in-force",
        ),
        (
            "withdrawn-by-an-old-list",
            office.status_list(Cell.WITHDRAWN, **past),
            None,
            "VALID",
            "STATUS.WITHDRAWN",
            "withdrawn",
            "in-force",
        ),
        (
            "past-its-update",
            office.status_list(None, next_update=SIGNED),
            None,
            "INDETERMINATE",
            "STATUS.TOO_OLD",
            None,
            "in-force",
        ),
        (
            "by-delegation",
            office.status_list(Cell.WITHDRAWN),
            top,
            "VALID",
            "STATUS.WITHDRAWN",
            "withdrawn",
            "without-delegation",
        ),
        (
            "without-delegation",
            office.status_list(Cell.WITHDRAWN),
            replace(top, delegations=()),
            "INDETERMINATE",
            "STATUS.NOT_DELEGATED",
            None,
            "by-delegation",
        ),
    )
    for name, record, registry, verdict, cause, status, twin in given:
        files = {"list": office.sealed(record, office.department)} | (
            {} if registry is None else {"registry": registry}
        )
        yield office_case(
            office,
            f"status/{name}",
            why,
            verdict=verdict,
            causes=(cause,),
            status=status,
            twin=f"status/{twin}",
            **files,  # type: ignore[arg-type]  # files
        )


def _successors(office: Office) -> Iterator[Case]:
    why = (
        "The department of a merged province is followed by that of the new one, from the "
        "day of the merger on"
    )
    eve = {"issued": _MERGER - DAY, "next_update": SIGNED + timedelta(days=7)}
    given: tuple[tuple[str, StatusList, str | None, tuple[str, ...], str], ...] = (
        (
            "of-the-successor",
            office.status_list(Cell.WITHDRAWN, department_code=_SUCCESSOR),
            "withdrawn",
            ("STATUS.WITHDRAWN",),
            "of-the-successor-before-the-merger",
        ),
        (
            "of-the-successor-before-the-merger",
            office.status_list(Cell.WITHDRAWN, department_code=_SUCCESSOR, **eve),
            None,
            (),
            "of-the-successor",
        ),
        (
            "of-the-predecessor-before-the-merger",
            office.status_list(Cell.WITHDRAWN, **eve),
            "withdrawn",
            ("STATUS.WITHDRAWN",),
            "of-the-successor-before-the-merger",
        ),
    )
    for name, record, status, causes, twin in given:
        listed = office.sealed(record, office.department)
        yield office_case(
            office,
            f"status/{name}",
            why,
            verdict="VALID",
            causes=causes,
            status=status,
            twin=f"status/{twin}",
            list=listed,
        )


def _policies(office: Office) -> Iterator[Case]:
    why = (
        "The policy strict demands a registry, a status and time-stamps, and names what "
        "is missing; the policy default does not"
    )
    listed = office.sealed(office.status_list(None), office.department)
    yield office_case(
        office,
        "policy/strict-without-registry",
        why,
        verdict="INDETERMINATE",
        causes=("POLICY.REGISTRY_NEEDED",),
        twin="policy/default-alone",
        policy="strict",
        list=listed,
    )
    yield office_case(
        office,
        "policy/strict-without-status",
        why,
        verdict="INDETERMINATE",
        causes=("POLICY.STATUS_NEEDED",),
        twin="policy/default-alone",
        policy="strict",
        registry=office.snapshot(),
    )
    yield office_case(
        office,
        "policy/strict-without-time-stamps",
        why,
        verdict="INDETERMINATE",
        causes=("SIG.NO_TIME_STAMP",),
        twin="policy/default-alone",
        policy="strict",
        document=office.stage.issued(),
        registry=office.snapshot(),
        list=listed,
    )
    yield office_case(
        office,
        "policy/strict-with-all",
        why,
        verdict="VALID",
        twin="policy/strict-without-status",
        policy="strict",
        registry=office.snapshot(),
        list=listed,
    )
    yield office_case(
        office,
        "policy/default-alone",
        why,
        verdict="VALID",
        twin="policy/strict-without-registry",
        policy="default",
    )
