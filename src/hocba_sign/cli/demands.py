"""What the options of `sign` and `prepare` say of the verifiers: whom they trust, who may sign, by
which policy they judge.
"""

import argparse
from dataclasses import replace
from datetime import UTC, datetime

from hocba_sign.adapters.evidence import collect_evidence, gather
from hocba_sign.cli.knowledge import fetched_for, named
from hocba_sign.cli.policy import chosen_policy
from hocba_sign.errors import CallerError
from hocba_sign.pki.loading.kinds import ObjectKind
from hocba_sign.pki.trust.anchors import given_anchors
from hocba_sign.signing.policy import SigningPolicy
from hocba_sign.validation.document.records import Sources, load_records
from hocba_sign.validation.setting import Setting


def with_demands(given: argparse.Namespace, policy: SigningPolicy) -> SigningPolicy:
    """Add to the signer's choices what `--trust`, `--registry` and `--policy` name.

    A registry is judged first, with what `--crl` names and what its certificates point at unless
    `--offline`.
    Raises: as `gather`, `chosen_policy` and `load_records`; CallerError CLI.REGISTRY_TRUST for a
    registry without anchors to judge it by.
    """
    demanded = chosen_policy(given)
    policy = replace(
        policy, role_policy=demanded.roles, is_time_stamp_demanded=demanded.require_time_stamp
    )
    if given.trust:
        trusted = gather(given.trust, ObjectKind.CERTIFICATE)
        policy = replace(
            policy, trust=given_anchors(trusted.certificates), evidence=trusted.evidence()
        )
    if not given.registry:
        return policy
    if policy.trust is None:
        raise CallerError("CLI.REGISTRY_TRUST")
    evidence = policy.evidence.merged(collect_evidence(crls=given.crl))
    setting = Setting(trust=policy.trust, evidence=evidence, at=datetime.now(UTC), policy=demanded)
    sources = Sources(registries=named(given.registry))
    setting = replace(setting, evidence=fetched_for(given, sources.registries, setting=setting))
    return replace(policy, registry=load_records(sources, setting).registry)
