"""Vietnamese digital school transcripts (học bạ số): build, sign in order, time-stamp, verify.

The public names; everything else may change. They load when first used, so that importing the
package is cheap.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hocba_sign.crypto.signer import Signer as Signer
    from hocba_sign.crypto.signer import SoftwareSigner as SoftwareSigner
    from hocba_sign.errors import CallerError as CallerError
    from hocba_sign.errors import HocbaSignError as HocbaSignError
    from hocba_sign.errors import InputError as InputError
    from hocba_sign.errors import OutsideError as OutsideError
    from hocba_sign.model.transcript import Transcript as Transcript
    from hocba_sign.model.workflow import Role as Role
    from hocba_sign.model.workflow import SigningPlan as SigningPlan
    from hocba_sign.model.workflow import Slot as Slot
    from hocba_sign.operations.extension import extend as extend
    from hocba_sign.operations.online import verify_online as verify_online
    from hocba_sign.operations.signing import complete as complete
    from hocba_sign.operations.signing import merge as merge
    from hocba_sign.operations.signing import prepare as prepare
    from hocba_sign.operations.signing import sign as sign
    from hocba_sign.operations.signing import time_stamp as time_stamp
    from hocba_sign.operations.verification import know as know
    from hocba_sign.operations.verification import verify as verify
    from hocba_sign.operations.verification import verify_any as verify_any
    from hocba_sign.operations.verification import verify_years as verify_years
    from hocba_sign.pki.revocation.evidence import Evidence as Evidence
    from hocba_sign.pki.trust.store import TrustStore as TrustStore
    from hocba_sign.report.document import NotPassed as NotPassed
    from hocba_sign.report.document import Report as Report
    from hocba_sign.signing.policy import Level as Level
    from hocba_sign.signing.policy import SigningPolicy as SigningPolicy
    from hocba_sign.signing.state import SignedDocument as SignedDocument
    from hocba_sign.signing.state import ToBeSigned as ToBeSigned
    from hocba_sign.validation.document.records import Sources as Sources
    from hocba_sign.validation.policy import Policy as Policy
    from hocba_sign.validation.setting import Setting as Setting

_HOME = {
    "CallerError": "errors",
    "Evidence": "pki.revocation.evidence",
    "HocbaSignError": "errors",
    "InputError": "errors",
    "Level": "signing.policy",
    "NotPassed": "report.document",
    "OutsideError": "errors",
    "Policy": "validation.policy",
    "Report": "report.document",
    "Role": "model.workflow",
    "Setting": "validation.setting",
    "SignedDocument": "signing.state",
    "Signer": "crypto.signer",
    "SigningPlan": "model.workflow",
    "SigningPolicy": "signing.policy",
    "SoftwareSigner": "crypto.signer",
    "Sources": "validation.document.records",
    "Slot": "model.workflow",
    "ToBeSigned": "signing.state",
    "Transcript": "model.transcript",
    "TrustStore": "pki.trust.store",
    "complete": "operations.signing",
    "extend": "operations.extension",
    "know": "operations.verification",
    "merge": "operations.signing",
    "prepare": "operations.signing",
    "sign": "operations.signing",
    "time_stamp": "operations.signing",
    "verify": "operations.verification",
    "verify_any": "operations.verification",
    "verify_online": "operations.online",
    "verify_years": "operations.verification",
}

__all__ = [  # noqa: RUF022 - the order of a first reading
    "Transcript", "Role", "Slot", "SigningPlan", "Level", "SigningPolicy",
    "sign", "prepare", "complete", "time_stamp", "merge", "extend",
    "ToBeSigned", "SignedDocument", "Signer", "SoftwareSigner",
    "verify", "verify_online", "verify_any", "verify_years", "know",
    "Sources", "TrustStore", "Evidence", "Setting", "Policy", "Report",
    "HocbaSignError", "CallerError", "InputError", "OutsideError", "NotPassed",
]  # fmt: skip


if not TYPE_CHECKING:

    def __getattr__(name: str) -> object:
        home = _HOME.get(name)
        if home is None:
            raise AttributeError(f"module 'hocba_sign' has no attribute {name!r}")
        return getattr(import_module(f"hocba_sign.{home}"), name)


def __dir__() -> list[str]:
    return sorted(__all__)
