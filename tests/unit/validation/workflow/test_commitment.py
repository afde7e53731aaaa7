"""Who only received or delivered a transcript did not sign it; who approved it too, did."""

from types import SimpleNamespace
from typing import Any, cast

import pytest

from hocba_sign.validation.workflow.commitment import commitment_checks

PREFIX = "http://uri.etsi.org/01903/v1.2.2#ProofOf"
OID = "urn:oid:1.2.840.113549.1.9.16.6."


def named(*commitments: str) -> list[str]:
    properties = SimpleNamespace(commitments=commitments)
    signature = SimpleNamespace(signature=SimpleNamespace(slot="CBQL", properties=properties))
    return [check.identifier for check in commitment_checks(cast("Any", [signature]))]


@pytest.mark.parametrize(
    "commitments",
    [
        (f"{PREFIX}Receipt",),
        (f"{PREFIX}Delivery",),
        (f"{PREFIX}Receipt", f"{PREFIX}Delivery"),
        (f"{OID}2",),
    ],
)
def test_a_messenger_signs_nothing(commitments: tuple[str, ...]) -> None:
    assert named(*commitments) == ["WF.COMMITMENT"]


@pytest.mark.parametrize(
    "commitments",
    [
        (),
        (f"{PREFIX}Approval",),
        (f"{PREFIX}Sender",),
        (f"{PREFIX}Receipt", f"{PREFIX}Approval"),
        (f"{OID}5", f"{OID}2"),
        ("urn:example:own",),
    ],
)
def test_who_approves_signs_whatever_else_is_stated(commitments: tuple[str, ...]) -> None:
    assert named(*commitments) == []
