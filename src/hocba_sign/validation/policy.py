"""What a verifier demands."""

import json
from collections.abc import Mapping
from dataclasses import field, replace
from typing import Any, Final

from hocba_sign.errors import CallerError, InputError
from hocba_sign.frozen_dataclass import dataclass
from hocba_sign.pki.trust.role_policy import MAX_POLICY_OCTETS, RolePolicy
from hocba_sign.validation.knowledge import NOTHING, Knowledge

_NAMED: Final[Mapping[str, Mapping[str, bool]]] = {
    "default": {},
    "strict": {
        "require_registry": True,
        "require_status": True,
        "require_time_stamp": True,
        "require_fresh_revocation": True,
    },
    "kho": {"accept_kho": True},
}
_FIELDS: Final = frozenset(
    {"version", "name", "policies", "rules", "registry_pins", "accept_few_signers"}
)
_SHA256_DIGITS: Final = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """Demands on signatures beyond their own validity.

    What is demanded and missing makes a verdict INDETERMINATE, never INVALID.

    `require_registry`: whether the signers held their offices must have been asked of a registry.
    `require_status`: whether a transcript is still in force must have been asked of events or a
        status list.
    `require_time_stamp`: every signature needs a valid time-stamp.
    `require_fresh_revocation`: a statement issued after the signature must say that the signer's
        certificate was not revoked; not asked of authorities, whose lists are good for months.
    `accept_kho`: take the layout of the transcript store as it is used there, though it does not
        bind teachers' marks to a pupil.
    `accept_few_signers`: let one person sign for all, or principal and seal alone before the school
        year has ended (`validation.workflow.hands`).
    `accept_known_tsa_faults`: let time-stamp certificates pass that deviate from RFC 5280 as
        genuine Vietnamese ones do; each use is reported.
    `roles` says which tree of trust each role's certificate may come from, `registry_pins` are the
        SHA-256 (lower-case hexadecimal) of the certificates, or of the files, at the top of a
        registry;
    `knowledge` is what else the verifier was given.
    """

    require_registry: bool = False
    require_status: bool = False
    require_time_stamp: bool = False
    require_fresh_revocation: bool = False
    accept_kho: bool = False
    accept_few_signers: bool = False
    accept_known_tsa_faults: bool = True
    roles: RolePolicy = field(default_factory=RolePolicy.load)
    registry_pins: tuple[str, ...] = ()
    knowledge: Knowledge = NOTHING

    @classmethod
    def named(cls, *names: str) -> "Policy":
        """Return what `default`, `strict` and `kho` demand and accept, put together:
        `Policy.named("strict", "kho")`.

        Raises: CallerError POLICY.NAME for another name.
        """
        settings: dict[str, Any] = {}
        for name in names:
            if name not in _NAMED:
                raise CallerError("POLICY.NAME", where=name)
            settings |= _NAMED[name]
        return cls(**settings)

    @classmethod
    def load(cls, octets: bytes) -> "Policy":
        """Read a policy file: JSON with `version` 1, `name`, and any of the members of `_FIELDS`.

        `policies` are names, `rules` as in RolePolicy, `accept_few_signers` is true or false. A
        member of another name is refused, for a demand that is passed over would make verification
        laxer than was asked.
        Raises: InputError TRUST.POLICY with the place in the file; CallerError POLICY.NAME.
        """
        try:
            content = _content(octets)
            policy = cls.named(*content.get("policies", ()))
        except CallerError as error:
            raise InputError("TRUST.POLICY", where="policies", detail=error.where or "") from error
        pins = content.get("registry_pins", [])
        if not isinstance(pins, list) or not all(map(_is_sha256, pins)):
            raise InputError(
                "TRUST.POLICY", where="registry_pins", detail="64 hexadecimal digits each"
            )
        accept_few = content.get("accept_few_signers", False)
        if not isinstance(accept_few, bool):
            raise InputError("TRUST.POLICY", where="accept_few_signers", detail="true or false")
        roles = RolePolicy.load(octets) if "rules" in content else policy.roles
        return replace(
            policy,
            roles=roles,
            registry_pins=tuple(pin.lower() for pin in pins),
            accept_few_signers=accept_few,
        )

    def for_knowledge(self) -> "Policy":
        """Return what is demanded of registries, events and status lists themselves: that they
        hold.

        What `strict` adds is asked of the transcript: an event that was set aside for want of a
        time-stamp could not withdraw anything.
        """
        return replace(
            self,
            require_registry=False,
            require_status=False,
            require_time_stamp=False,
            require_fresh_revocation=False,
            knowledge=NOTHING,
        )

    @property
    def names(self) -> tuple[str, ...]:
        """Return the named policies that this one is the sum of; `own` where it is not just that.

        Knowledge and pins do not count.
        """
        held = tuple(
            name
            for name, settings in _NAMED.items()
            if settings and all(getattr(self, key) for key in settings)
        )
        plain = replace(self, knowledge=NOTHING, registry_pins=())
        return (held or ("default",)) if plain == Policy.named(*held) else (*held, "own")


def _content(octets: bytes) -> Mapping[str, Any]:
    if len(octets) > MAX_POLICY_OCTETS:
        raise InputError("TRUST.POLICY", detail=f"{len(octets)} octets")
    try:
        content = json.loads(octets)
    except (ValueError, RecursionError) as error:
        raise InputError("TRUST.POLICY", detail=f"{type(error).__name__}: {error}"[:200]) from error
    if (
        not isinstance(content, dict)
        or content.get("version") != 1
        or not isinstance(content.get("name"), str)
    ):
        raise InputError(
            "TRUST.POLICY", where="version", detail="an object with version 1 and a name"
        )
    if unknown := content.keys() - _FIELDS:
        raise InputError(
            "TRUST.POLICY",
            where=min(unknown)[:100],
            detail=f"the members are {', '.join(sorted(_FIELDS))}",
        )
    names = content.get("policies", [])
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise InputError("TRUST.POLICY", where="policies", detail="a list of names")
    return content


def _is_sha256(pin: object) -> bool:
    return (
        isinstance(pin, str)
        and len(pin) == _SHA256_DIGITS
        and all(digit in "0123456789abcdefABCDEF" for digit in pin)
    )


DEFAULT = Policy()
