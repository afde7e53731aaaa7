"""Vietnamese digital school transcripts (học bạ số): build, sign in order, time-stamp, verify.

The public names; everything else may change. They load when first used, so that importing the
package is cheap.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hocba_sign.adapters.evidence_files import collect_certificates as collect_certificates
    from hocba_sign.adapters.evidence_files import collect_evidence as collect_evidence
    from hocba_sign.adapters.inputs import Source as Source
    from hocba_sign.adapters.inputs import expand as expand
    from hocba_sign.adapters.key_file import load_key as load_key
    from hocba_sign.adapters.key_file import load_pkcs12 as load_pkcs12
    from hocba_sign.adapters.online_evidence import OnlineFetcher as OnlineFetcher
    from hocba_sign.adapters.pkcs11.inventory import PinFlags as PinFlags
    from hocba_sign.adapters.pkcs11.token_signer import TokenSigner as TokenSigner
    from hocba_sign.adapters.pkcs11.token_signer import open_token as open_token
    from hocba_sign.adapters.remote.dialect_choice import open_remote as open_remote
    from hocba_sign.adapters.remote.hash_order import Answer as Answer
    from hocba_sign.adapters.remote.hash_order import Order as Order
    from hocba_sign.adapters.remote.hash_order import OrderItem as OrderItem
    from hocba_sign.adapters.remote.hash_order import OrderLimits as OrderLimits
    from hocba_sign.adapters.remote.hash_order import OrderState as OrderState
    from hocba_sign.adapters.remote.hash_order import RemoteSigner as RemoteSigner
    from hocba_sign.adapters.remote.machine import RemoteResult as RemoteResult
    from hocba_sign.adapters.remote.machine import sign_remotely as sign_remotely
    from hocba_sign.adapters.tsa import TimeStampClient as TimeStampClient
    from hocba_sign.crypto.algorithms import SignatureAlgorithm as SignatureAlgorithm
    from hocba_sign.crypto.digests import DigestAlgorithm as DigestAlgorithm
    from hocba_sign.crypto.signer import Signer as Signer
    from hocba_sign.crypto.signer import SoftwareSigner as SoftwareSigner
    from hocba_sign.crypto.verify import PublicKey as PublicKey
    from hocba_sign.errors import CallerError as CallerError
    from hocba_sign.errors import Finding as Finding
    from hocba_sign.errors import HocbaSignError as HocbaSignError
    from hocba_sign.errors import InputError as InputError
    from hocba_sign.errors import OutsideError as OutsideError
    from hocba_sign.extract.container import Extract as Extract
    from hocba_sign.extract.content import ExtractContent as ExtractContent
    from hocba_sign.extract.content import Head as Head
    from hocba_sign.extract.content import PrivateData as PrivateData
    from hocba_sign.extract.content import ShownSubject as ShownSubject
    from hocba_sign.extract.content import YearResult as YearResult
    from hocba_sign.extract.seal_octets import SealDigests as SealDigests
    from hocba_sign.model.authority import Registry as Registry
    from hocba_sign.model.codes import SchoolLevel as SchoolLevel
    from hocba_sign.model.identification import Identification as Identification
    from hocba_sign.model.person import Pupil as Pupil
    from hocba_sign.model.person import School as School
    from hocba_sign.model.results import SubjectResult as SubjectResult
    from hocba_sign.model.signers import ExpectedSigner as ExpectedSigner
    from hocba_sign.model.signers import Signers as Signers
    from hocba_sign.model.transcript import Transcript as Transcript
    from hocba_sign.model.transcript import TranscriptContent as TranscriptContent
    from hocba_sign.model.workflow import PlanStep as PlanStep
    from hocba_sign.model.workflow import Role as Role
    from hocba_sign.model.workflow import SigningPlan as SigningPlan
    from hocba_sign.model.workflow import Slot as Slot
    from hocba_sign.operations.documents import draft as draft
    from hocba_sign.operations.documents import render as render
    from hocba_sign.operations.documents import slots_for as slots_for
    from hocba_sign.operations.extension import extend as extend
    from hocba_sign.operations.many import Pace as Pace
    from hocba_sign.operations.many import verify_many as verify_many
    from hocba_sign.operations.open_extract import open_extract as open_extract
    from hocba_sign.operations.signing import TimeStampAuthority as TimeStampAuthority
    from hocba_sign.operations.signing import complete as complete
    from hocba_sign.operations.signing import merge as merge
    from hocba_sign.operations.signing import prepare as prepare
    from hocba_sign.operations.signing import sign as sign
    from hocba_sign.operations.signing import time_stamp as time_stamp
    from hocba_sign.operations.validation_report import signed_etsi as signed_etsi
    from hocba_sign.operations.verifier import Verifier as Verifier
    from hocba_sign.pki.certificates.certificate import Certificate as Certificate
    from hocba_sign.pki.certificates.distinguished_names import Subject as Subject
    from hocba_sign.pki.certificates.extensions import Extension as Extension
    from hocba_sign.pki.certificates.profile import Purpose as Purpose
    from hocba_sign.pki.loading.objects import load_certificates as load_certificates
    from hocba_sign.pki.loading.statements import load_crl as load_crl
    from hocba_sign.pki.loading.statements import load_ocsp as load_ocsp
    from hocba_sign.pki.path.result import PathResult as PathResult
    from hocba_sign.pki.revocation.evidence import Evidence as Evidence
    from hocba_sign.pki.revocation.evidence import EvidenceItem as EvidenceItem
    from hocba_sign.pki.revocation.evidence import Unread as Unread
    from hocba_sign.pki.trust.role_policy import RolePolicy as RolePolicy
    from hocba_sign.pki.trust.store import Anchor as Anchor
    from hocba_sign.pki.trust.store import TrustStore as TrustStore
    from hocba_sign.pki.trust.vietnam_list import TrustList as TrustList
    from hocba_sign.rendering.render import Rendering as Rendering
    from hocba_sign.rendering.render import SlotBox as SlotBox
    from hocba_sign.report.certificate_report import CertificateIndication as CertificateIndication
    from hocba_sign.report.certificate_report import CertificateReport as CertificateReport
    from hocba_sign.report.overview import Tally as Tally
    from hocba_sign.report.report import NotPassed as NotPassed
    from hocba_sign.report.report import Report as Report
    from hocba_sign.signing.signing_policy import Level as Level
    from hocba_sign.signing.signing_policy import SigningPolicy as SigningPolicy
    from hocba_sign.signing.state import SignedDocument as SignedDocument
    from hocba_sign.signing.state import ToBeSigned as ToBeSigned
    from hocba_sign.validation.document.missing_evidence import Available as Available
    from hocba_sign.validation.document.missing_evidence import EvidenceSession as EvidenceSession
    from hocba_sign.validation.document.missing_evidence import EvidenceSource as EvidenceSource
    from hocba_sign.validation.document.missing_evidence import Need as Need
    from hocba_sign.validation.document.missing_evidence import Unavailable as Unavailable
    from hocba_sign.validation.document.records import Sources as Sources
    from hocba_sign.validation.document.three_answers import (
        DocumentConclusion as DocumentConclusion,
    )
    from hocba_sign.validation.knowledge import Knowledge as Knowledge
    from hocba_sign.validation.policy import Policy as Policy
    from hocba_sign.validation.verdict import Check as Check
    from hocba_sign.validation.verdict import Status as Status
    from hocba_sign.validation.verdict import Verdict as Verdict

_HOME = {
    "Anchor": "pki.trust.store",
    "Answer": "adapters.remote.hash_order",
    "Available": "validation.document.missing_evidence",
    "CallerError": "errors",
    "Certificate": "pki.certificates.certificate",
    "CertificateIndication": "report.certificate_report",
    "CertificateReport": "report.certificate_report",
    "Check": "validation.verdict",
    "DigestAlgorithm": "crypto.digests",
    "DocumentConclusion": "validation.document.three_answers",
    "Evidence": "pki.revocation.evidence",
    "EvidenceItem": "pki.revocation.evidence",
    "EvidenceSession": "validation.document.missing_evidence",
    "EvidenceSource": "validation.document.missing_evidence",
    "ExpectedSigner": "model.signers",
    "Extension": "pki.certificates.extensions",
    "Extract": "extract.container",
    "ExtractContent": "extract.content",
    "Finding": "errors",
    "Head": "extract.content",
    "HocbaSignError": "errors",
    "Identification": "model.identification",
    "InputError": "errors",
    "Knowledge": "validation.knowledge",
    "Level": "signing.signing_policy",
    "Need": "validation.document.missing_evidence",
    "NotPassed": "report.report",
    "OnlineFetcher": "adapters.online_evidence",
    "Order": "adapters.remote.hash_order",
    "OrderItem": "adapters.remote.hash_order",
    "OrderLimits": "adapters.remote.hash_order",
    "OrderState": "adapters.remote.hash_order",
    "OutsideError": "errors",
    "Pace": "operations.many",
    "PathResult": "pki.path.result",
    "PinFlags": "adapters.pkcs11.inventory",
    "PlanStep": "model.workflow",
    "Policy": "validation.policy",
    "PrivateData": "extract.content",
    "PublicKey": "crypto.verify",
    "Pupil": "model.person",
    "Purpose": "pki.certificates.profile",
    "Registry": "model.authority",
    "RemoteResult": "adapters.remote.machine",
    "RemoteSigner": "adapters.remote.hash_order",
    "Rendering": "rendering.render",
    "Report": "report.report",
    "YearResult": "extract.content",
    "Role": "model.workflow",
    "RolePolicy": "pki.trust.role_policy",
    "School": "model.person",
    "SchoolLevel": "model.codes",
    "SealDigests": "extract.seal_octets",
    "ShownSubject": "extract.content",
    "SignatureAlgorithm": "crypto.algorithms",
    "SignedDocument": "signing.state",
    "Signer": "crypto.signer",
    "Signers": "model.signers",
    "SigningPlan": "model.workflow",
    "SigningPolicy": "signing.signing_policy",
    "Slot": "model.workflow",
    "SlotBox": "rendering.render",
    "SoftwareSigner": "crypto.signer",
    "Source": "adapters.inputs",
    "Sources": "validation.document.records",
    "Status": "validation.verdict",
    "Subject": "pki.certificates.distinguished_names",
    "SubjectResult": "model.results",
    "Tally": "report.overview",
    "TimeStampAuthority": "operations.signing",
    "TimeStampClient": "adapters.tsa",
    "ToBeSigned": "signing.state",
    "TokenSigner": "adapters.pkcs11.token_signer",
    "Transcript": "model.transcript",
    "TranscriptContent": "model.transcript",
    "TrustList": "pki.trust.vietnam_list",
    "TrustStore": "pki.trust.store",
    "Unavailable": "validation.document.missing_evidence",
    "Unread": "pki.revocation.evidence",
    "Verdict": "validation.verdict",
    "Verifier": "operations.verifier",
    "collect_certificates": "adapters.evidence_files",
    "collect_evidence": "adapters.evidence_files",
    "complete": "operations.signing",
    "draft": "operations.documents",
    "expand": "adapters.inputs",
    "extend": "operations.extension",
    "load_certificates": "pki.loading.objects",
    "load_crl": "pki.loading.statements",
    "load_key": "adapters.key_file",
    "load_ocsp": "pki.loading.statements",
    "load_pkcs12": "adapters.key_file",
    "merge": "operations.signing",
    "open_extract": "operations.open_extract",
    "open_remote": "adapters.remote.dialect_choice",
    "open_token": "adapters.pkcs11.token_signer",
    "prepare": "operations.signing",
    "render": "operations.documents",
    "sign": "operations.signing",
    "signed_etsi": "operations.validation_report",
    "sign_remotely": "adapters.remote.machine",
    "slots_for": "operations.documents",
    "time_stamp": "operations.signing",
    "verify_many": "operations.many",
}

__all__ = [  # noqa: RUF022 - the order of a first reading
    # what to call
    "Verifier", "extend", "sign", "prepare", "complete", "time_stamp", "merge", "Transcript",
    "draft", "slots_for", "render", "open_extract", "sign_remotely", "verify_many", "expand",
    "signed_etsi",
    # what it takes
    "TrustStore", "Policy", "Evidence", "Sources", "OnlineFetcher", "TimeStampClient",
    "collect_certificates", "collect_evidence", "load_certificates", "load_pkcs12", "load_key",
    "open_token", "TokenSigner", "open_remote", "RemoteSigner", "OrderItem", "Answer",
    "SoftwareSigner", "Signer", "TimeStampAuthority", "EvidenceSource", "EvidenceSession", "Role",
    "Slot", "SigningPlan", "Level", "SigningPolicy", "Purpose", "load_crl", "load_ocsp",
    # what comes out
    "Report", "CertificateReport", "CertificateIndication", "Verdict", "Status", "Check", "Finding",
    "ToBeSigned", "SignedDocument", "Rendering", "Extract", "ExtractContent", "Certificate",
    "RemoteResult", "HocbaSignError", "CallerError", "InputError", "OutsideError", "NotPassed",
    # what the values above are made of
    "SignatureAlgorithm", "DigestAlgorithm", "PublicKey", "Registry", "SchoolLevel",
    "Identification", "Pupil", "School", "SubjectResult", "Signers", "ExpectedSigner",
    "TranscriptContent", "PlanStep", "Extension", "Subject", "PathResult", "EvidenceItem", "Unread",
    "RolePolicy", "Anchor", "TrustList", "SlotBox", "Need", "Available", "Unavailable",
    "DocumentConclusion", "Knowledge", "PinFlags", "Head", "YearResult",
    "PrivateData", "ShownSubject", "SealDigests", "Order", "OrderState", "OrderLimits",
    "Source", "Pace", "Tally",
]  # fmt: skip


if not TYPE_CHECKING:

    def __getattr__(name: str) -> object:
        home = _HOME.get(name)
        if home is None:
            raise AttributeError(f"module 'hocba_sign' has no attribute {name!r}")
        return getattr(import_module(f"hocba_sign.{home}"), name)


def __dir__() -> list[str]:
    return sorted(__all__)
