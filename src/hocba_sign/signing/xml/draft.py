"""A document on its way: what it expects to be signed, what is signed already, and whether it may
be signed at all.
"""

from hocba_sign.ades.integrity import check_integrity
from hocba_sign.ades.structure import ParsedDocument
from hocba_sign.errors import InputError
from hocba_sign.extract.seal_octets import EXTRACT_ID
from hocba_sign.frozen_dataclass import dataclass
from hocba_sign.model.event import Event
from hocba_sign.model.person import School
from hocba_sign.model.record import RECORD_PLANS
from hocba_sign.model.registry import RegistrySnapshot
from hocba_sign.model.signers import ExpectedSigner
from hocba_sign.model.status_list import StatusList
from hocba_sign.model.transcript import Transcript
from hocba_sign.model.workflow import PLANS, SigningPlan, Slot
from hocba_sign.pki.loading.objects import wrong_document
from hocba_sign.signing.turn import require_turn_in
from hocba_sign.signing.xml.opened import OpenXml
from hocba_sign.xades.transcript.read import places_of
from hocba_sign.xml.decode import check_document, decode_document, decode_quickly, document_nonce
from hocba_sign.xml.layout import CANONICAL, Layout, recognise
from hocba_sign.xml.namespaces import ID_DATA
from hocba_sign.xml.nonce import NONCE_PLACE
from hocba_sign.xml.outside import Stray, other_kinds, outside
from hocba_sign.xml.parse import ParsedXml, parse
from hocba_sign.xml.record_octets import decode_record_document, form_of
from hocba_sign.xml.schema import schema_findings


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A well-formed, schema-valid document whose text obeys the rules and whose signatures so far
    are intact; `nonce` are the random octets of a transcript in our layout.
    """

    parsed: ParsedDocument
    content: Transcript | Event | RegistrySnapshot | StatusList
    layout: Layout
    plan: SigningPlan
    nonce: bytes | None = None

    @property
    def city(self) -> str | None:
        """Where it is signed, as far as the document says."""
        match self.content:
            case Transcript(signers=signers):
                return signers.place
            case Event(place=place):
                return place
            case _:
                return None

    @property
    def school(self) -> School | None:
        """Whose document it is; None for one of an authority."""
        return self.content.school if isinstance(self.content, Transcript | Event) else None

    @property
    def filled(self) -> tuple[Slot, ...]:
        return tuple(
            signature.slot for signature in self.parsed.signatures if signature.slot is not None
        )

    @property
    def expected_signers(self) -> tuple[ExpectedSigner, ...]:
        return self.content.expected_signers

    def expected(self, slot: Slot) -> ExpectedSigner | None:
        return next((signer for signer in self.expected_signers if signer.slot == slot), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenDraft:
    """A draft with its tree, while one call works on it."""

    opened: OpenXml
    draft: Draft


def read_draft(octets: bytes) -> Draft:
    """Read a document that is to be signed or merged, and refuse it if anything in it is wrong.

    Raises: InputError: `XML.*` unreadable, `DOC.SCHEMA`, `TEXT.*` and other rules with the exact
    path (all of them in `findings`), `DOC.SLOTS` when the slots are not those that the content asks
    for, `SIGN.BROKEN_SIGNATURE` when a signature already in it does not hold.
    """
    return open_draft(octets).draft


def open_draft(octets: bytes) -> OpenDraft:
    """Read a document as `read_draft` does, and keep its tree. Raises: as `read_draft`."""
    try:
        xml = parse(octets)
    except InputError as error:
        raise wrong_document(error, octets) from error
    root = xml.root
    layout = recognise(root)
    is_record = form_of(root) is not None
    quickly = None if is_record else decode_quickly(root)
    problems = () if is_record or quickly is not None else check_document(root)
    if problems:
        raise InputError(problems[0].cause, where=problems[0].where, findings=tuple(problems))
    if faults := schema_findings(root, issued=False):
        raise InputError("DOC.SCHEMA", where=faults[0].where, findings=faults)
    content = quickly or (decode_record_document(root) if is_record else decode_document(root))
    _require_nothing_else(xml)
    opened = OpenXml(xml=xml, places=places_of(root))
    parsed = opened.read()
    if sorted(map(str, parsed.slots)) != sorted(map(str, content.slots)):
        raise InputError(
            "DOC.SLOTS",
            where=f"/{layout.root}"
            if layout.slots_are_twins
            else f"/{layout.root}/DANH_SACH_CHU_KY",
        )
    for signature in parsed.signatures:
        integrity = check_integrity(signature)
        if (
            not integrity.is_intact
            or {finding.cause for finding in integrity.findings} - layout.accepted_findings
        ):
            raise InputError(
                "SIGN.BROKEN_SIGNATURE", where=signature.where, findings=integrity.findings
            )
    plan = RECORD_PLANS.get(content.plan_name) or PLANS[content.plan_name]
    draft = Draft(
        parsed=parsed,
        content=content,
        layout=layout,
        plan=plan,
        nonce=document_nonce(root) if layout is CANONICAL else None,
    )
    return OpenDraft(opened=opened, draft=draft)


def _require_nothing_else(xml: ParsedXml) -> None:
    """Refuse what could show or mean something beside the data, which its signers would not have
    signed.
    """
    # That the seal covers the root of extracts in its own Object is asked of the signature.
    ids = (ID_DATA, EXTRACT_ID)
    covered = tuple(xml.ids[identifier] for identifier in ids if identifier in xml.ids)
    strange = [
        content.where
        for content in outside(xml.root, covered=covered)
        if content.kind is Stray.SHOWN
    ]
    if strange := [*strange, *other_kinds(xml.octets)]:
        raise InputError("DOC.UNSIGNED", where=strange[0])


def require_nonce(draft: Draft) -> None:
    """Refuse a transcript that nobody has signed yet and whose digest could be guessed.

    One that others signed stays what they signed, and the layout of the store is not ours.
    Raises: InputError `SIGN.NO_NONCE`.
    """
    if draft.layout is CANONICAL and not draft.filled and draft.nonce is None:
        raise InputError("SIGN.NO_NONCE", where=NONCE_PLACE)


def require_turn(draft: Draft, slot: Slot) -> None:
    """Refuse what the plan forbids now.

    Raises: CallerError `SIGN.NO_SUCH_SLOT`, `SIGN.ALREADY_SIGNED`, `SIGN.ORDER` (naming the slot in
    the way).
    """
    require_turn_in(draft.plan, slot, expected=draft.content.slots, filled=draft.filled)
