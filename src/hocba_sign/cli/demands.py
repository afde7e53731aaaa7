"""What the options of `sign` and `prepare` say of the verifiers: whom they trust, who may sign, by
which policy they judge.
"""

import argparse
from dataclasses import replace
from datetime import UTC, datetime

from hocba_sign.adapters.evidence_files import collect_evidence, gather
from hocba_sign.cli.beside_files import named
from hocba_sign.cli.fetching import online_fetcher
from hocba_sign.cli.policy_options import chosen_policy
from hocba_sign.errors import CallerError
from hocba_sign.operations.verifier import Verifier
from hocba_sign.pki.loading.kinds import ObjectKind
from hocba_sign.pki.trust.store import TrustStore
from hocba_sign.signing.signing_policy import SigningPolicy
from hocba_sign.validation.document.records import Sources


def with_demands(given: argparse.Namespace, policy: SigningPolicy) -> SigningPolicy:
    """Add to the signer's choices what `--trust`, `--registry` and `--policy` name.

    A registry is judged first, with what `--crl` names and what its certificates point at unless
    `--offline`.
    Raises: as `gather`, `chosen_policy` and `with_records`; CallerError CLI.REGISTRY_TRUST for a
    registry without anchors to judge it by.
    """
    demanded = chosen_policy(given)
    policy = replace(
        policy, role_policy=demanded.roles, is_time_stamp_demanded=demanded.require_time_stamp
    )
    if given.trust:
        trusted = gather(given.trust, ObjectKind.CERTIFICATE)
        policy = replace(
            policy,
            trust=TrustStore.vietnam().with_certificates(trusted.certificates),
            evidence=trusted.evidence(),
        )
    if not given.registry:
        return policy
    if policy.trust is None:
        raise CallerError("CLI.REGISTRY_TRUST")
    evidence = policy.evidence.merged(collect_evidence(crls=given.crl))
    verifier = Verifier(
        trust=policy.trust, policy=demanded, evidence=evidence, fetch=online_fetcher(given)
    )
    sources = Sources(registries=named(given.registry))
    known = verifier.with_records(sources, at=datetime.now(UTC)).policy.knowledge
    return replace(policy, registry=known.registry)
