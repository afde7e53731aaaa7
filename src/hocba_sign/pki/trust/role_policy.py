"""Which tree of trust each party's certificate may come from: data with a default, judged rule by
rule.
"""

import json
from collections.abc import Mapping
from enum import StrEnum
from functools import cache
from itertools import product
from typing import Any, Final, NoReturn

from hocba_sign.errors import Finding, InputError
from hocba_sign.frozen_dataclass import dataclass
from hocba_sign.model.codes import SchoolKind
from hocba_sign.model.workflow import Role
from hocba_sign.pki.trust.anchors import hierarchies_of
from hocba_sign.pki.trust.store import Anchor
from hocba_sign.pki.trust.vietnam_list import Hierarchy, ListedCertificate, ListedKind
from hocba_sign.shipped import shipped

MAX_POLICY_OCTETS = 256 * 1024
"""The default has 2 kB."""
TIME_STAMP_AUTHORITY: Final = "TSA"
"""The party that signs time-stamps, beside the roles."""
PARTIES: Final = (*(role.value for role in Role), TIME_STAMP_AUTHORITY)

_FIELDS: Final = frozenset({"id", "parties", "schools", "hierarchies", "listed", "basis"})


class Admission(StrEnum):
    ALLOWED = "allowed"
    REFUSED = "refused"
    UNDETERMINED = "undetermined"
    """The answer depends on the kind of school, which the transcript does not say."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleRule:
    """`parties` at `schools` may use certificates of `hierarchies`, and certificates that are on
    the list as one of `listed`.

    `basis` is the law or guidance behind it.
    """

    id: str
    parties: frozenset[str]
    schools: frozenset[SchoolKind]
    hierarchies: frozenset[Hierarchy]
    listed: frozenset[ListedKind]
    basis: str

    def permits(self, anchor: Anchor, leaf: ListedCertificate | None) -> bool:
        return (leaf is not None and leaf.kind in self.listed) or bool(
            self.hierarchies & hierarchies_of(anchor)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Permission:
    """The answer to one question.

    `rule` decided; `finding` is WF.HIERARCHY or WF.SCHOOL_KIND with the rule as its place.
    """

    standing: Admission
    rule: str
    finding: Finding | None = None

    def __bool__(self) -> NoReturn:
        raise TypeError("a permission has three states: compare its standing")


@dataclass(frozen=True, slots=True, kw_only=True)
class RolePolicy:
    """Exactly one rule for every party at every kind of school."""

    name: str
    rules: tuple[RoleRule, ...]

    @staticmethod
    def load(octets: bytes | None = None) -> "RolePolicy":
        """Return the default, or read a policy file (JSON, see docs/howto/import-certificates.md).

        Raises: InputError TRUST.POLICY with the place in the file.
        """
        return _default() if octets is None else _parse(octets)

    def rule(self, party: Role | str, school: SchoolKind) -> RoleRule:
        """Return the rule for a role or `TIME_STAMP_AUTHORITY`."""
        return next(
            rule for rule in self.rules if str(party) in rule.parties and school in rule.schools
        )

    def allows(
        self,
        party: Role | str,
        anchor: Anchor,
        *,
        school: SchoolKind | None,
        leaf: ListedCertificate | None = None,
    ) -> Permission:
        """Judge a certificate whose path ends in `anchor`.

        `leaf` is the list's entry of the certificate itself, if it has one; `school` None means
        that the transcript does not say. Does not judge the path.
        """
        rules = {
            rule.id: rule
            for kind in SchoolKind
            if school in {None, kind}
            for rule in (self.rule(party, kind),)
        }
        refusing = [rule for rule in rules.values() if not rule.permits(anchor, leaf)]
        if not refusing:
            return Permission(standing=Admission.ALLOWED, rule=next(iter(rules)))
        deciding = refusing[0].id
        if len(refusing) < len(rules):
            return Permission(
                standing=Admission.UNDETERMINED,
                rule=deciding,
                finding=Finding("WF.SCHOOL_KIND", _place(deciding)),
            )
        return Permission(
            standing=Admission.REFUSED,
            rule=deciding,
            finding=Finding("WF.HIERARCHY", _place(deciding)),
        )


def _place(rule: str) -> str:
    return f"rule {rule}"


@cache
def _default() -> RolePolicy:
    return _parse(shipped("data", "trust", "role_policy.json").read_bytes())


def _parse(octets: bytes) -> RolePolicy:
    if len(octets) > MAX_POLICY_OCTETS:
        raise InputError("TRUST.POLICY", detail=f"{len(octets)} octets")
    try:
        content = json.loads(octets)
        if content["version"] != 1:
            raise InputError("TRUST.POLICY", where="version", detail="another version than 1")
        policy = RolePolicy(
            name=str(content["name"]),
            rules=tuple(_rule(number, stated) for number, stated in enumerate(content["rules"], 1)),
        )
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise InputError("TRUST.POLICY", detail=f"{type(error).__name__}: {error}"[:200]) from error
    for party, school in product(PARTIES, SchoolKind):
        count = sum(party in rule.parties and school in rule.schools for rule in policy.rules)
        if count != 1:
            raise InputError(
                "TRUST.POLICY",
                where=f"{party}, {school.value}",
                detail=f"{count} rules instead of one",
            )
    return policy


def _rule(number: int, fields: Mapping[str, Any]) -> RoleRule:
    where = f"rule {number}"
    if fields.keys() != _FIELDS or not all(
        isinstance(fields[name], list) for name in _FIELDS - {"id", "basis"}
    ):
        raise InputError(
            "TRUST.POLICY", where=where, detail=f"the fields are {', '.join(sorted(_FIELDS))}"
        )
    if unknown := set(fields["parties"]) - set(PARTIES):
        raise InputError(
            "TRUST.POLICY",
            where=where,
            detail=f"unknown parties: {sorted(map(str, unknown))}"[:200],
        )
    try:
        return RoleRule(
            id=str(fields["id"]),
            parties=frozenset(fields["parties"]),
            schools=frozenset(SchoolKind(field) for field in fields["schools"]),
            hierarchies=frozenset(Hierarchy(field) for field in fields["hierarchies"]),
            listed=frozenset(ListedKind(field) for field in fields["listed"]),
            basis=str(fields["basis"]),
        )
    except ValueError as error:
        raise InputError("TRUST.POLICY", where=where, detail=str(error)[:200]) from error
