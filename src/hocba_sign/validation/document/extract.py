"""The judgement of an extract by itself: what a seal proves of the parts that are shown.

Without the transcript nothing is known of the other signatures, nor of the time: certificate,
revocation and office are judged as of the validation time.
"""

from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from hocba_sign.ades.structure import Covers, Family, ParsedSignature, Reference
from hocba_sign.crypto.digests import SHA256
from hocba_sign.errors import InputError
from hocba_sign.extract.container import Extract, is_text, read_extract
from hocba_sign.extract.content import Head
from hocba_sign.extract.opening import key_id
from hocba_sign.extract.seal_octets import EXTRACT_ID
from hocba_sign.model.signers import ExpectedSigner
from hocba_sign.model.workflow import Role, Slot
from hocba_sign.pki.certificates.certificate import Certificate
from hocba_sign.rendering.picture import is_picture
from hocba_sign.rendering.worker import MAX_CODE_SECONDS, Pages
from hocba_sign.validation.document.dispatch import with_unread
from hocba_sign.validation.document.three_answers import DocumentConclusion, verdict_of
from hocba_sign.validation.in_force.office import authority_checks, is_appointed
from hocba_sign.validation.in_force.status import IssuedVersion, check_in_force
from hocba_sign.validation.setting import Setting
from hocba_sign.validation.signature.validation import SignatureConclusion, validate_signature
from hocba_sign.validation.verdict import Check, Indication, Status
from hocba_sign.validation.workflow.order import SignerFacts, signer_checks
from hocba_sign.validation.workflow.trust_hierarchy import hierarchy_checks

EXTRACT_LAYOUT: Final = "extract"
_SEAL: Final = Slot(Role.KY_PHAT_HANH)
_NEVER_PROVEN: Final = (
    "EXTRACT.PARTIAL",
    "EXTRACT.TIME",
    "EXTRACT.OTHER_SIGNERS",
    "EXTRACT.HOLDER",
)
_ONLY_EXPIRED: Final = "OUT_OF_BOUNDS_NOT_REVOKED"


def validate_extract(
    octets: bytes, setting: Setting, *, registered: Iterable[bytes] = ()
) -> DocumentConclusion:
    """Judge an extract: CBOR, the text of its code, JSON, or a picture or page with the code.

    The seal's certificate is looked for in the evidence of `setting`, `registered` are values T of
    whole transcripts, by which a register names them.

    1. the octets that the seal signed are rebuilt from what is shown;
    2. its value is right for a certificate that was given, whose path, revocation and algorithms
       hold as of the validation time;
    3. the transcript is one of those registered, where any are given;
    4. the certificate is that of the school that the head names, which may seal;
    5. the transcript is in force, as far as that is known.
    Raises: InputError EXTRACT.* for what is no extract; as `_text_shown` for pictures.
    """
    # (1) what the seal signed
    extract = read_extract(_text_shown(octets) if is_picture(octets) else octets)
    content = extract.content
    # (2) its value and certificate, as of now
    certificates = _named(extract, setting)
    seal = validate_signature(_seal(extract, certificates), setting)
    checks = _seal_checks(seal, has_certificate=bool(certificates))
    # (3) the register
    values = frozenset(registered)
    is_registered = extract.registered_value in values
    seal, register_checks = _registered(seal, is_registered=is_registered, is_asked=bool(values))
    checks += register_checks
    # (4) the school
    checks += _school_checks(seal, content.head, setting=setting)
    # (5) in force
    standing = check_in_force(_issued(extract, content.head), setting=setting)
    checks += standing.checks
    checks += [
        Check(identifier=identifier, status=Status.NOT_CHECKED) for identifier in _NEVER_PROVEN
    ]
    conclusion = DocumentConclusion(
        verdict=verdict_of((seal,), checks),
        signatures=(seal,),
        checks=tuple(checks),
        data_sha256=extract.digests.data.hex(),
        standing=standing,
        layout=EXTRACT_LAYOUT,
        format=EXTRACT_LAYOUT,
        extract=extract,
        shown=content if seal.is_intact or is_registered else None,
    )
    return with_unread(conclusion, setting)


def _text_shown(octets: bytes) -> bytes:
    """Return the text of the one code of an extract in a picture or on a page.

    Raises: CallerError EXTRACT.EXTRA_MISSING, PDF.EXTRA_MISSING; InputError EXTRACT.PICTURE.
    """
    try:
        texts = Pages(octets, seconds=MAX_CODE_SECONDS).codes()
    except InputError as error:
        # Nothing that stands in the way of reading a picture says anything about the extract.
        raise InputError("EXTRACT.PICTURE", detail=error.detail or error.cause) from None
    of_extracts = [text for text in texts if is_text(text)]
    if len(of_extracts) != 1:
        raise InputError("EXTRACT.PICTURE", detail=f"{len(of_extracts)} codes")
    return of_extracts[0].encode("utf-8", "replace")


def _named(extract: Extract, setting: Setting) -> tuple[Certificate, ...]:
    """Return the given certificates whose key the extract names."""
    return tuple(
        certificate
        for certificate in setting.evidence.certificates
        if key_id(certificate.public_key_der) == extract.key_id
    )


def _seal(extract: Extract, certificates: Iterable[Certificate]) -> ParsedSignature:
    """Return the seal as a signature over the root: its value covers all the rest, too, but that is
    not at hand.
    """
    return ParsedSignature(
        identifier=None,
        where=str(_SEAL),
        slot=_SEAL,
        family=Family.XMLDSIG,
        algorithm_uri=extract.algorithm.uri or "",
        signed_info_octets=extract.signed_info,
        value=extract.signature,
        references=(
            Reference(
                identifier=None,
                uri=f"#{EXTRACT_ID}",
                target_id=EXTRACT_ID,
                kind=Covers.OTHER,
                digest_uri=SHA256.uri,
                digest_value=b"",
                is_found=True,
                is_intact=True,
            ),
        ),
        certificates_der=tuple(certificate.der for certificate in certificates),
        findings=(),
    )


def _seal_checks(seal: SignatureConclusion, *, has_certificate: bool) -> list[Check]:
    if not has_certificate:
        return [Check(identifier="EXTRACT.CERTIFICATE", status=Status.UNPROVEN)]
    status = Status.PASS if seal.is_intact else Status.FAIL
    return [Check(identifier="EXTRACT.CHANGED", status=status, where=str(_SEAL))]


def _registered(
    seal: SignatureConclusion, *, is_registered: bool, is_asked: bool
) -> tuple[SignatureConclusion, list[Check]]:
    """Say whether a register knows the transcript.

    Then a certificate that has only expired, and was not revoked before, is no obstacle: the
    register stands for the time.
    """
    if not is_asked:
        return seal, []
    if not is_registered:
        return seal, [Check(identifier="EXTRACT.NOT_REGISTERED", status=Status.UNPROVEN)]
    checks = [Check(identifier="EXTRACT.REGISTERED", status=Status.PASS)]
    if seal.path is None or seal.path.sub_indication != _ONLY_EXPIRED:
        return seal, checks
    rest = tuple(
        finding for finding in seal.conclusion.findings if finding.cause not in seal.path.causes
    )
    if rest:
        return seal, checks
    passed = replace(
        seal.conclusion, indication=Indication.TOTAL_PASSED, sub_indication=None, findings=()
    )
    told = Check(identifier="EXTRACT.EXPIRED_REGISTERED", status=Status.WARNING)
    return replace(seal, conclusion=passed), [*checks, told]


def _school_checks(seal: SignatureConclusion, head: Head, *, setting: Setting) -> list[Check]:
    """Ask for the school as of the validation time, for a seal states none; whoever reads the
    report must not take that for the time of signing.
    """
    school, seal = head.school, replace(seal, best_time=setting.at)
    checks = authority_checks((seal,), school=school, setting=setting)
    checks += hierarchy_checks((seal,), head.kind, setting=setting)
    if seal.certificate is None or not seal.is_intact:
        return checks
    facts = SignerFacts(
        is_intact=True,
        certificate=seal.certificate,
        is_vouched=is_appointed(seal, _SEAL, school=school, setting=setting, by_certificate=True),
        is_appointed=is_appointed(seal, _SEAL, school=school, setting=setting),
    )
    return [*checks, *signer_checks(ExpectedSigner.seal_of(school, written=head.issued), facts)]


def _issued(extract: Extract, head: Head) -> IssuedVersion:
    return IssuedVersion(
        id=head.id,
        version=head.version,
        digest=extract.digests.data.hex(),
        school=head.school,
        issued=head.issued,
    )
