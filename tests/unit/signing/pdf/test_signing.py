"""PDF files: signed by the same plan, in one step or two; whatever must not be signed is refused
before a key is touched.
"""

import json
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import cache

import pytest
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

from hocba_sign.ades.integrity import check_integrity
from hocba_sign.crypto.digests import SHA256, digest
from hocba_sign.crypto.signer import SoftwareSigner
from hocba_sign.errors import CallerError, InputError
from hocba_sign.model.workflow import Role, Slot
from hocba_sign.operations import extension
from hocba_sign.operations.extension import extend
from hocba_sign.operations.signing import complete, merge, prepare, sign, time_stamp
from hocba_sign.operations.verifier import Verifier
from hocba_sign.pades.facts.field_names import field_name, slot_of
from hocba_sign.pades.facts.form import PlannedRevision, SignaturePlaceholder
from hocba_sign.pades.read_pdf import read_pdf
from hocba_sign.pades.write_pdf import engine, fill
from hocba_sign.rendering.render import render
from hocba_sign.signing.pdf import draft as draft_module
from hocba_sign.signing.pdf import prepare as prepare_module
from hocba_sign.signing.pdf import time_stamp as time_stamp_module
from hocba_sign.signing.signing_policy import Level, SigningPolicy
from hocba_sign.signing.state import SignedDocument, ToBeSigned
from tests.support.pdf import NAME, page, page_of, revised, signed
from tests.support.scene import CBQL, GVCN, SEAL, SIGNED_AT, DirectTsa, Scene

SCENE = Scene("lop9", subjects=1)
TEACHER = SCENE.teachers[0]
BOOK = (Role.GVCN, Role.CBQL)


@cache
def rendered() -> bytes:
    return render(SCENE.transcript, SCENE.draft).octets


@cache
def signed_by(count: int) -> bytes:
    return SCENE.sign(signed_by(count - 1), SCENE.slots[count - 1]) if count else rendered()


def book(document: bytes, slot: Slot, *roles: Role) -> bytes:
    policy = SigningPolicy(level=Level.B, roles=roles)
    return sign(
        document, slot, signer=SCENE.signer(slot), at=SIGNED_AT, tsa=None, policy=policy
    ).octets


def refused(document: bytes, slot: Slot, *roles: Role) -> str:
    with pytest.raises((CallerError, InputError)) as caught:
        prepare(
            document,
            slot,
            chain_der=SCENE.identity(slot).chain_der,
            at=SIGNED_AT,
            policy=SigningPolicy(roles=roles),
        )
    return caught.value.cause


def fields(document: bytes) -> list[tuple[str, bool]]:
    return [(field.name, field.is_filled) for field in engine().read_form(document).fields]


def test_every_slot_has_its_field_from_the_first_signature_on() -> None:
    assert fields(rendered()) == []
    assert fields(signed_by(1)) == [(field_name(slot), slot == TEACHER) for slot in SCENE.slots]
    assert fields(signed_by(2)) == [
        (field_name(slot), slot in {TEACHER, GVCN}) for slot in SCENE.slots
    ]


def test_pages_of_a_transcript_whose_digest_can_be_guessed_are_refused() -> None:
    old = re.sub(rb' NGAU_NHIEN="[^"]*"', b"", SCENE.draft)
    assert refused(render(SCENE.transcript, old).octets, TEACHER) == "SIGN.NO_NONCE"


def test_what_was_there_stays_to_the_octet() -> None:
    for count in range(len(SCENE.slots)):
        assert signed_by(count + 1).startswith(signed_by(count))


@pytest.mark.parametrize(
    ("count", "slot"), [(0, GVCN), (0, CBQL), (0, SEAL), (1, CBQL), (1, SEAL), (2, SEAL)]
)
def test_no_role_may_sign_before_its_turn(count: int, slot: Slot) -> None:
    assert refused(signed_by(count), slot) == "SIGN.ORDER"


def test_a_slot_is_signed_once_and_must_be_asked_for() -> None:
    assert refused(signed_by(1), TEACHER) == "SIGN.ALREADY_SIGNED"
    with pytest.raises(CallerError) as caught:
        prepare(
            rendered(),
            Slot(Role.GVBM, "mon-01", "gv-01-1"),
            chain_der=SCENE.identity(TEACHER).chain_der,
            at=SIGNED_AT,
        )
    assert caught.value.cause == "SIGN.NO_SUCH_SLOT"
    assert refused(rendered(), TEACHER, Role.GVCN) == "SIGN.ROLES"


def test_another_person_than_the_attached_transcript_names_is_refused() -> None:
    with pytest.raises(CallerError) as caught:
        prepare(rendered(), TEACHER, chain_der=SCENE.identity(CBQL).chain_der, at=SIGNED_AT)
    assert caught.value.cause == "SIGN.WRONG_PERSON"


def test_pages_that_are_not_of_the_template_are_not_signed() -> None:
    def draw(writer: IncrementalPdfFileWriter) -> None:
        stream = writer.add_object(generic.StreamObject(stream_data=b"0 0 600 900 re f"))
        page(writer)[NAME("/Contents")] = stream
        writer.update_container(page(writer))

    assert refused(revised(rendered(), draw), TEACHER) == "SIGN.PAGES"


def test_the_same_arguments_give_the_same_octets() -> None:
    first, again = (
        prepare(signed_by(1), GVCN, chain_der=SCENE.identity(GVCN).chain_der, at=SIGNED_AT)
        for _ in range(2)
    )
    assert first == again


def test_a_state_survives_json_and_says_what_it_is_of() -> None:
    signer = SCENE.signer(TEACHER)
    state = prepare(rendered(), TEACHER, chain_der=signer.chain_der, at=SIGNED_AT)
    told = json.loads(state.to_json())
    assert told["document_format"] == "PDF"
    again = ToBeSigned.from_json(state.to_json())
    assert again == state
    done = complete(
        again, signer.sign(again.octets, again.algorithm), at=SIGNED_AT + timedelta(minutes=5)
    )
    assert SCENE.verify(done.octets).to_dict()["signatures"][0]["indication"] == "TOTAL_PASSED"
    with pytest.raises(InputError) as caught:
        ToBeSigned.from_json(json.dumps(told | {"document_format": "XML"}))
    assert caught.value.cause == "SIGN.STATE"


def test_roles_survive_json() -> None:
    signer = SCENE.signer(GVCN)
    state = prepare(
        page_of(), GVCN, chain_der=signer.chain_der, at=SIGNED_AT, policy=SigningPolicy(roles=BOOK)
    )
    again = ToBeSigned.from_json(state.to_json())
    done = complete(again, signer.sign(again.octets, again.algorithm), at=SIGNED_AT)
    assert fields(done.octets) == [("GVCN", True), ("CBQL", False)]


@pytest.mark.parametrize(
    ("change", "cause"),
    [
        (lambda state: replace(state, document=page_of("Diem Toan: 9")), "SIGN.STATE"),
        (lambda state: replace(state, created=state.created + timedelta(seconds=1)), "SIGN.STATE"),
        (lambda state: replace(state, octets=state.octets + b"\0"), "SIGN.STATE"),
        (lambda state: replace(state, unsigned=b"0\x00"), "SIGN.STATE"),
        (lambda state: replace(state, unsigned=state.unsigned[:-1]), "SIGN.STATE"),
        (lambda state: replace(state, roles=(Role.GVCN,)), "SIGN.STATE"),
        (lambda state: replace(state, slot=CBQL), "SIGN.ORDER"),
        (lambda state: replace(state, expires=SIGNED_AT), "SIGN.EXPIRED"),
    ],
)
def test_a_changed_state_is_refused(change: Callable[[ToBeSigned], ToBeSigned], cause: str) -> None:
    signer = SCENE.signer(GVCN)
    state = prepare(
        page_of(), GVCN, chain_der=signer.chain_der, at=SIGNED_AT, policy=SigningPolicy(roles=BOOK)
    )
    with pytest.raises(CallerError) as caught:
        complete(
            change(state),
            signer.sign(state.octets, state.algorithm),
            at=SIGNED_AT + timedelta(minutes=1),
        )
    assert caught.value.cause == cause


def assert_signed(octets: bytes, count: int) -> None:
    signatures = read_pdf(octets).signatures
    assert [signature.slot for signature in signatures] == list(SCENE.slots[:count])
    assert all(check_integrity(one).is_intact and not one.findings for one in signatures)


@pytest.mark.parametrize("count", [0, 1, 3])
def test_a_state_is_completed_without_drawing_again(
    count: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As by a version whose pages and pictures look otherwise."""
    slot = SCENE.slots[count]
    signer = SCENE.signer(slot)
    state = prepare(signed_by(count), slot, chain_der=signer.chain_der, at=SIGNED_AT)
    text = state.to_json(has_document=False)
    assert 4 * len(text) < len(signed_by(count))
    value = signer.sign(state.octets, state.algorithm)

    def other(*_: object, **__: object) -> bytes:
        raise AssertionError("drawn again")

    monkeypatch.setattr(prepare_module, "draw_appearance", other)
    monkeypatch.setattr(draft_module, "render", other)
    again = ToBeSigned.from_json(text, document=signed_by(count))
    done = complete(again, value, at=SIGNED_AT + timedelta(minutes=5))
    monkeypatch.undo()
    assert_signed(done.octets, count + 1)


def test_a_state_of_before_is_prepared_again() -> None:
    """Earlier versions wrote no revision down."""
    signer = SCENE.signer(GVCN)
    state = prepare(signed_by(1), GVCN, chain_der=signer.chain_der, at=SIGNED_AT)
    told = json.loads(state.to_json())
    del told["revision"]
    again = ToBeSigned.from_json(json.dumps(told))
    done = complete(again, signer.sign(again.octets, again.algorithm), at=SIGNED_AT)
    assert_signed(done.octets, 2)


@pytest.mark.parametrize(
    "change",
    [
        lambda planned: replace(planned, signing_time=SIGNED_AT - timedelta(days=1)),
        lambda planned: (
            replace(
                planned,
                new_fields=tuple(
                    replace(new, locked_fields=(new.name,)) if new.name == "CBQL" else new
                    for new in planned.new_fields[-1:]
                ),
            )
            if planned.field == "CBQL"
            else planned
        ),
        lambda planned: replace(planned, certifies=not planned.certifies),
        lambda planned: replace(planned, new_fields=planned.new_fields[:1]),
        lambda planned: replace(planned, room=planned.room + 1),
    ],
)
def test_a_revision_that_we_would_not_make_is_not_completed(
    change: Callable[[PlannedRevision], PlannedRevision], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever has the state before the device may change all of it, so that everything fits."""
    made = prepare_module._revision
    roles = (Role.GVCN, Role.CBQL, Role.KY_PHAT_HANH)
    tried = 0
    for document, slot, all_of in (
        (page_of(), GVCN, roles),
        (book(page_of(), GVCN, *roles), CBQL, roles),
        (book(page_of(), GVCN), CBQL, ()),
    ):
        policy = SigningPolicy(level=Level.B, roles=all_of)
        signer = SCENE.signer(slot)
        monkeypatch.setattr(
            prepare_module, "_revision", lambda *args, **more: change(made(*args, **more))
        )
        state = prepare(document, slot, chain_der=signer.chain_der, at=SIGNED_AT, policy=policy)
        monkeypatch.undo()
        ours = prepare(document, slot, chain_der=signer.chain_der, at=SIGNED_AT, policy=policy)
        value = signer.sign(state.octets, state.algorithm)
        if state == ours:
            assert complete(state, value, at=SIGNED_AT).slot == slot
            continue
        tried += 1
        with pytest.raises(CallerError) as caught:
            complete(state, value, at=SIGNED_AT)
        assert caught.value.cause == "SIGN.STATE"
    assert tried


@pytest.mark.parametrize("is_first", [True, False])
def test_nothing_is_brought_in_beside_the_signature(is_first: bool) -> None:
    def overlay(writer: IncrementalPdfFileWriter) -> None:
        page(writer)["/Contents"] = generic.ArrayObject(
            [
                page(writer).raw_get("/Contents"),
                writer.add_object(generic.StreamObject(stream_data=b"BT (10) Tj ET")),
            ]
        )
        writer.update_container(page(writer))

    policy = SigningPolicy(level=Level.B, roles=BOOK)
    document, slot = (page_of(), GVCN) if is_first else (book(page_of(), GVCN, *BOOK), CBQL)
    other = revised(document, overlay)
    signer = SCENE.signer(slot)
    if not is_first:
        with pytest.raises(InputError):
            prepare(other, slot, chain_der=signer.chain_der, at=SIGNED_AT, policy=policy)
        return
    state = prepare(other, slot, chain_der=signer.chain_der, at=SIGNED_AT, policy=policy)
    assert state.revision is not None
    hidden = replace(state, document=document, revision=other[len(document) :] + state.revision)
    with pytest.raises(CallerError) as caught:
        complete(hidden, signer.sign(state.octets, state.algorithm), at=SIGNED_AT)
    assert caught.value.cause == "SIGN.STATE"


def test_a_value_of_another_key_is_refused_at_once() -> None:
    state = prepare(page_of(), GVCN, chain_der=SCENE.identity(GVCN).chain_der, at=SIGNED_AT)
    with pytest.raises(CallerError) as caught:
        complete(state, SCENE.signer(CBQL).sign(state.octets, state.algorithm), at=SIGNED_AT)
    assert caught.value.cause == "SIGN.VALUE"


def test_level_t_is_never_lowered_and_needs_a_token_of_this_signature() -> None:
    with pytest.raises(CallerError) as caught:
        sign(page_of(), GVCN, signer=SCENE.signer(GVCN), at=SIGNED_AT, tsa=None)
    assert caught.value.cause == "SIGN.TSA_NEEDED"
    plain, stamped = (
        book(page_of(), GVCN),
        sign(
            page_of(),
            GVCN,
            signer=SCENE.signer(GVCN),
            at=SIGNED_AT,
            tsa=DirectTsa(SCENE.world, SIGNED_AT),
        ),
    )
    assert len(plain) == len(stamped.octets)
    with pytest.raises(CallerError) as caught:
        time_stamp(stamped, DirectTsa(SCENE.world, SIGNED_AT))
    assert caught.value.cause == "SIGN.HAS_UNSIGNED_PROPERTIES"
    with pytest.raises(CallerError) as caught:
        time_stamp(
            SignedDocument(octets=plain + b"\n", slot=GVCN), DirectTsa(SCENE.world, SIGNED_AT)
        )
    assert caught.value.cause == "SIGN.STATE"


def test_a_value_that_does_not_fit_is_not_cut() -> None:
    gap = SignaturePlaceholder(octets=b"a<0000>b", start=1, end=7)
    assert fill(gap, b"\xab") == b"a<ab00>b"
    with pytest.raises(CallerError) as caught:
        fill(gap, b"abc")
    assert caught.value.cause == "SIGN.ROOM"


def test_a_chain_of_any_length_fits() -> None:
    signer = SCENE.signer(GVCN)
    long = SoftwareSigner(
        signer.key,
        (
            *signer.chain_der,
            *(SCENE.identity(slot).certificate_der for slot in (CBQL, SEAL)),
            *SCENE.world.anchors_der,
        ),
    )
    done = sign(page_of(), GVCN, signer=long, at=SIGNED_AT, tsa=DirectTsa(SCENE.world, SIGNED_AT))
    assert set(long.chain_der) == set(read_pdf(done.octets).signatures[0].certificates_der)


def test_a_book_without_a_transcript_follows_the_roles_given() -> None:
    assert refused(page_of(), CBQL, *BOOK) == "SIGN.ORDER"
    assert refused(page_of(), SEAL, *BOOK) == "SIGN.NO_SUCH_SLOT"
    first = book(page_of(), GVCN, *BOOK)
    assert fields(first) == [("GVCN", True), ("CBQL", False)]
    both = book(first, CBQL, *BOOK)
    assert [signature.findings for signature in read_pdf(both).signatures] == [(), ()]
    assert [field.doc_mdp for field in read_pdf(both).facts.fields] == [2, None]


def test_a_book_without_roles_grows_by_the_field_that_is_signed() -> None:
    both = book(book(page_of(), GVCN), CBQL)
    assert fields(both) == [("GVCN", True), ("CBQL", True)]
    assert [
        (field.doc_mdp, signature.findings)
        for field, signature in zip(
            read_pdf(both).facts.fields, read_pdf(both).signatures, strict=True
        )
    ] == [
        (None, ()),
        (None, ()),
    ]
    assert refused(book(page_of(), CBQL), GVCN) == "SIGN.ORDER"


def test_an_empty_field_of_that_name_is_used() -> None:
    def prepared(writer: IncrementalPdfFileWriter) -> None:
        field = writer.add_object(
            generic.DictionaryObject(
                {
                    NAME("/FT"): NAME("/Sig"),
                    NAME("/T"): generic.pdf_string("GVCN"),
                    NAME("/Subtype"): NAME("/Widget"),
                    NAME("/Rect"): generic.ArrayObject(
                        map(generic.FloatObject, (100, 100, 250, 160))
                    ),
                }
            )
        )
        form = generic.DictionaryObject({NAME("/Fields"): generic.ArrayObject([field])})
        writer.root[NAME("/AcroForm")] = writer.add_object(form)
        writer.update_root()
        page(writer)[NAME("/Annots")] = generic.ArrayObject([field])
        writer.update_container(page(writer))

    document = revised(page_of(), prepared)
    assert fields(document) == [("GVCN", False)]
    assert refused(document, CBQL) == "SIGN.ORDER"
    assert fields(book(document, GVCN)) == [("GVCN", True)]


def catalog(key: str, value: Callable[[IncrementalPdfFileWriter], object]) -> bytes:
    def change(writer: IncrementalPdfFileWriter) -> None:
        writer.root[NAME(key)] = value(writer)
        writer.update_root()

    return revised(page_of(), change)


def hybrid() -> bytes:
    whole = page_of()
    start = int(whole.rsplit(b"startxref\n", 1)[1].split()[0])
    stream = (
        b"8 0 obj\n<< /Type /XRef /Size 7 /W [1 1 1] /Index [0 0] /Length 0 "
        b">>\nstream\n\nendstream\nendobj\n"
    )
    return (
        whole[:start]
        + stream
        + whole[start:]
        .replace(b"/Info 6 0 R", b"/Info 6 0 R /XRefStm %d" % start)
        .replace(b"startxref\n%d" % start, b"startxref\n%d" % (start + len(stream)))
    )


@pytest.mark.parametrize(
    ("document", "cause"),
    [
        (
            catalog(
                "/AcroForm",
                lambda writer: generic.DictionaryObject(
                    {NAME("/Fields"): generic.ArrayObject(), NAME("/XFA"): generic.ArrayObject()}
                ),
            ),
            "PDF.XFA",
        ),
        (hybrid(), "PDF.HYBRID"),
        (page_of().replace(b"/Info 6 0 R", b"/Encrypt 6 0 R"), "PDF.ENCRYPTED"),
        (b"%PDF-1.7\n", "PDF.UNREADABLE"),
        (page_of()[:-40], "PDF.UNREADABLE"),
    ],
)
def test_what_nobody_should_sign_is_refused(document: bytes, cause: str) -> None:
    assert refused(document, GVCN) == cause


def test_nothing_is_signed_on_top_of_a_signature_that_does_not_hold() -> None:
    done = book(page_of(), GVCN, *BOOK)
    assert refused(done.replace(b"Diem Toan: 8", b"Diem Toan: 9"), CBQL) == "SIGN.BROKEN_SIGNATURE"

    def draw(writer: IncrementalPdfFileWriter) -> None:
        page(writer)[NAME("/Contents")] = writer.add_object(
            generic.StreamObject(stream_data=b"0 0 600 900 re f")
        )
        writer.update_container(page(writer))

    assert refused(revised(done, draw), CBQL) == "SIGN.BROKEN_SIGNATURE"


def test_what_an_earlier_signature_forbids_is_refused() -> None:
    identity = SCENE.identity(GVCN)
    locking = signed(
        page_of(), identity, field="GVCN", at=SIGNED_AT, locked_fields=("GVCN", "CBQL")
    )
    assert refused(locking, CBQL) == "SIGN.LOCKED"
    closing = signed(page_of(), identity, field="GVCN", at=SIGNED_AT, certifies=True)
    assert refused(closing.replace(b"/P 2", b"/P 1"), CBQL) in {
        "SIGN.CLOSED",
        "SIGN.BROKEN_SIGNATURE",
    }


def test_copies_are_not_merged() -> None:
    for target, copy in (
        (rendered(), rendered()),
        (SCENE.draft, rendered()),
        (rendered(), SCENE.draft),
    ):
        with pytest.raises(CallerError) as caught:
            merge(target, [copy])
        assert caught.value.cause == "MERGE.PDF"


def test_names_of_fields_go_both_ways() -> None:
    for slot in SCENE.slots:
        assert slot_of(field_name(slot)) == slot
    assert [slot_of(name) for name in ("Signature1", "GVBM-1", "DTS-1", "")] == [None] * 4


def test_levels_grow_by_revisions_only() -> None:
    tsa = DirectTsa(SCENE.world, SIGNED_AT)
    document = page_of()
    for slot in (GVCN, CBQL):
        document = sign(
            document,
            slot,
            signer=SCENE.signer(slot),
            at=SIGNED_AT,
            tsa=tsa,
            policy=SigningPolicy(roles=BOOK),
        ).octets
    later = SIGNED_AT + timedelta(hours=2)

    def grown(octets: bytes, to: Level, at: timedelta = timedelta(0)) -> bytes:
        tsa = DirectTsa(SCENE.world, later + at) if to is Level.LTA else None
        return extend(
            octets,
            Verifier(trust=SCENE.trust, evidence=SCENE.evidence()),
            to=to,
            at=later + at,
            tsa=tsa,
        )

    lt = grown(document, Level.LT)
    lta = grown(lt, Level.LTA)
    again = grown(lta, Level.LTA, timedelta(minutes=10))
    assert lt.startswith(document)
    assert lta.startswith(lt)
    assert again.startswith(lta)
    assert [
        len(read_pdf(octets).signatures[0].time_stamps) for octets in (document, lt, lta, again)
    ] == [1, 1, 2, 3]
    assert grown(lt, Level.LT) == lt
    with pytest.raises(CallerError) as caught:
        extend(
            document,
            Verifier(trust=SCENE.trust, evidence=SCENE.evidence(SIGNED_AT - timedelta(minutes=1))),
            to=Level.LT,
            at=later,
        )
    assert caught.value.cause == "EXTEND.TOO_EARLY"
    with pytest.raises(CallerError) as caught:
        grown(book(page_of(), GVCN), Level.LT)
    assert caught.value.cause == "EXTEND.NO_TIME_STAMP"
    with pytest.raises(CallerError) as caught:
        grown(page_of(), Level.LT)
    assert caught.value.cause == "EXTEND.NOTHING"


def stamped_page() -> bytes:
    signer, tsa = SCENE.signer(GVCN), DirectTsa(SCENE.world, SIGNED_AT)
    return sign(page_of(), GVCN, signer=signer, at=SIGNED_AT, tsa=tsa).octets


def test_a_time_stamp_that_was_not_written_is_not_given_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(time_stamp_module, "with_time_stamp", lambda cms_der, _: cms_der)
    with pytest.raises(CallerError) as caught:
        stamped_page()
    assert (caught.value.cause, caught.value.where) == ("SIGN.STATE", "GVCN")


def test_an_archive_time_stamp_of_other_octets_is_not_given_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    document, at = stamped_page(), SIGNED_AT + timedelta(hours=2)
    tsa = DirectTsa(SCENE.world, at)
    other = tsa.stamp(SHA256, digest(SHA256, b"other octets"))
    monkeypatch.setattr(
        extension, "with_pdf_archive_time_stamp", lambda placeholder, _: fill(placeholder, other)
    )
    with pytest.raises(CallerError) as caught:
        extend(
            document,
            Verifier(trust=SCENE.trust, evidence=SCENE.evidence()),
            to=Level.LTA,
            at=at,
            tsa=tsa,
        )
    assert (caught.value.cause, caught.value.where) == ("SIGN.TIME_STAMP", "GVCN")
