"""Area policy, second part: what each named policy demands beyond the others, and how they are put together."""

from collections.abc import Iterator
from typing import Any, Final

from hocba_sign.testing.forge import stamp
from tools.vectors.case import Case, Verdict
from tools.vectors.office import Office, office_case
from tools.vectors.others_world import by_openssl
from tools.vectors.revocation import OTHER_LISTS
from tools.vectors.stage import CBQL, SEAL, Stage

_LIST: Final = "evidence/before.crl"


def cases(stage: Stage) -> Iterator[Case]:
    office = Office(stage)
    sealed = office.sealed(office.status_list(None), office.department)
    beside: dict[str, Any] = {"registry": office.snapshot(), "list": sealed}

    def case(name: str, why: str, verdict: Verdict, *causes: str, **facts: Any) -> Case:
        identifier = f"policy/{name}"
        return office_case(office, identifier, why, verdict=verdict, causes=causes, **facts)

    yield from _of_freshness(case, beside)
    for name, slots, is_good in (
        ("strict-seal-alone-time-stamped", (SEAL,), False),
        ("strict-principal-not-time-stamped", (stage.teacher, SEAL), False),
        ("strict-all-time-stamped", stage.transcript().slots, True),
    ):
        document = stage.issued()
        for slot in slots:
            document = stamp(document, slot, token=stage.token)
        yield case(
            name,
            "The policy strict asks for a time-stamp on every signature",
            "VALID" if is_good else "INDETERMINATE",
            *(() if is_good else ("SIG.NO_TIME_STAMP",)),
            document=document,
            policy="strict",
            twin="policy/strict-seal-alone-time-stamped"
            if is_good
            else "policy/strict-all-time-stamped",
            **beside,
        )
    for name, policy in (
        ("kho-on-another-layout", "kho"),
        ("strict-and-kho-on-another-layout", "strict,kho"),
    ):
        yield case(
            name,
            "The policy kho accepts one layout more, and asks nothing of others",
            "VALID",
            policy=policy,
            twin="policy/strict-and-kho-without-registry",
            **beside,
        )
    yield case(
        "strict-and-kho-without-registry",
        "Policies put together demand all that each demands",
        "INDETERMINATE",
        "POLICY.REGISTRY_NEEDED",
        policy="strict,kho",
        list=sealed,
        twin="policy/strict-and-kho-on-another-layout",
    )
    refusing = {**beside, "registry": office.refusing()}
    for policy in ("default", "strict"):
        yield case(
            f"{policy}-refused-by-the-registry",
            "What a registry says of the principal counts under every policy",
            "INVALID",
            "REGISTRY.NOT_LISTED",
            policy=policy,
            twin="policy/strict-with-all",
            **refusing,
        )


def _of_freshness(case: Any, beside: dict[str, Any]) -> Iterator[Case]:
    """Yield one list from before the time-stamps and one from after them, under both policies."""
    why = "The policy strict takes no list from before the signature; default says that it was one"
    for listed in ("before-signing", "plain"):
        for policy in ("default", "strict"):
            is_old = listed == "before-signing"
            is_good = policy == "default" or not is_old
            causes = ("REVOCATION.ASKED_BEFORE",) if is_good else ("REVOCATION.BEFORE_SIGNATURE",)
            word = "before" if is_old else "after"
            made = case(
                f"{policy}-with-list-from-{word}",
                why,
                "VALID" if is_good else "INDETERMINATE",
                *(causes if is_old else ()),
                policy=policy,
                crl=(*OTHER_LISTS, _LIST),
                signatures={
                    str(CBQL): {"indication": "TOTAL_PASSED" if is_good else "INDETERMINATE"}
                },
                twin="policy/strict-with-list-from-before"
                if is_good
                else "policy/strict-with-list-from-after",
                **beside,
            )
            made.files[_LIST] = by_openssl("list", listed)
            yield made
