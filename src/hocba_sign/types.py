"""The types that fields of the public records have, for annotations.

Public as what `hocba_sign` lists itself; apart from it, since nobody makes them to get something
done. `if TYPE_CHECKING: from hocba_sign.types import TimeStampConclusion`.
"""

from hocba_sign.ades.structure import (
    CertificateBinding,
    Coverage,
    Covers,
    Extent,
    ExtentKind,
    Family,
    ParsedSignature,
    ProductionPlace,
    Reference,
    SealedRoot,
    SignaturePolicy,
    SignedProperties,
    StampKind,
    TimeStamp,
)
from hocba_sign.crypto.algorithms import KeyKind, PssParameters, Scheme
from hocba_sign.model.appointments import Appointment
from hocba_sign.model.codes import (
    Achievement,
    EventKind,
    IdentityPaper,
    PrimaryOutcome,
    Rating,
    SchoolKind,
    Sex,
    Trait,
    TranscriptStatus,
)
from hocba_sign.model.delegation import Authority, GivenSnapshot, OfficeStatus
from hocba_sign.model.event import Correction, Event, TranscriptReference
from hocba_sign.model.fields import Group, Leaf, Many
from hocba_sign.model.identification import PreviousTranscript, ReplacedVersion
from hocba_sign.model.lexical import ValueKind
from hocba_sign.model.person import EarlierYear, IdentityDocument, Particulars, PlaceName
from hocba_sign.model.primary import (
    GeneralCompetences,
    PrimaryAssessment,
    Qualities,
    SpecificCompetences,
)
from hocba_sign.model.record import IssuingBody, SignerCredential, Witness
from hocba_sign.model.registry import Delegation, Rank, RegistrySnapshot
from hocba_sign.model.results import (
    CertificateHeld,
    PrimaryMarks,
    SecondaryAssessment,
    SecondaryMarks,
    Teacher,
)
from hocba_sign.model.signers import HomeroomTeacher, Principal, Substitute
from hocba_sign.model.status_list import Cell, StatusList, StatusTable
from hocba_sign.pki.certificates.profile import ProfileException
from hocba_sign.pki.path.result import PathStatus
from hocba_sign.pki.revocation.pool import RevocationFact
from hocba_sign.pki.trust.role_policy import Admission, Permission, RoleRule
from hocba_sign.pki.trust.vietnam_list import (
    Address,
    Confidence,
    Hierarchy,
    ListedCertificate,
    ListedKind,
    Service,
    SourceConfidence,
)
from hocba_sign.report.short import ShortRow
from hocba_sign.validation.document.missing_evidence import NeedKind
from hocba_sign.validation.in_force.status import Force, ForceStatus
from hocba_sign.validation.knowledge import JudgedEvent, JudgedList, YearFacts, Years
from hocba_sign.validation.signature.time_stamp_checks import TimeStampConclusion
from hocba_sign.validation.signature.validation import SignatureConclusion
from hocba_sign.validation.verdict import Conclusion, Indication, SubIndication
from hocba_sign.validation.workflow.order import Basis, Workflow

__all__ = [
    "Achievement",
    "Address",
    "Admission",
    "Appointment",
    "Authority",
    "Basis",
    "Cell",
    "CertificateBinding",
    "CertificateHeld",
    "Conclusion",
    "Confidence",
    "Correction",
    "Coverage",
    "Covers",
    "Delegation",
    "EarlierYear",
    "Event",
    "EventKind",
    "Extent",
    "ExtentKind",
    "Family",
    "Force",
    "ForceStatus",
    "GeneralCompetences",
    "GivenSnapshot",
    "Group",
    "Hierarchy",
    "HomeroomTeacher",
    "IdentityDocument",
    "IdentityPaper",
    "Indication",
    "IssuingBody",
    "JudgedEvent",
    "JudgedList",
    "KeyKind",
    "Leaf",
    "ListedCertificate",
    "ListedKind",
    "Many",
    "NeedKind",
    "OfficeStatus",
    "ParsedSignature",
    "Particulars",
    "PathStatus",
    "Permission",
    "PlaceName",
    "PreviousTranscript",
    "PrimaryAssessment",
    "PrimaryMarks",
    "PrimaryOutcome",
    "Principal",
    "ProductionPlace",
    "ProfileException",
    "PssParameters",
    "Qualities",
    "Rank",
    "Rating",
    "Reference",
    "RegistrySnapshot",
    "ReplacedVersion",
    "RevocationFact",
    "RoleRule",
    "Scheme",
    "SchoolKind",
    "SealedRoot",
    "SecondaryAssessment",
    "SecondaryMarks",
    "Service",
    "Sex",
    "ShortRow",
    "SignatureConclusion",
    "SignaturePolicy",
    "SignedProperties",
    "SignerCredential",
    "SourceConfidence",
    "SpecificCompetences",
    "StampKind",
    "StatusList",
    "StatusTable",
    "SubIndication",
    "Substitute",
    "Teacher",
    "TimeStamp",
    "TimeStampConclusion",
    "Trait",
    "TranscriptReference",
    "TranscriptStatus",
    "ValueKind",
    "Witness",
    "Workflow",
    "YearFacts",
    "Years",
]
