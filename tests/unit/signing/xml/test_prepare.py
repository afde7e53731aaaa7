"""What may be signed, by whom, when; everything else is refused before a key is touched."""

import json
import re
import subprocess
import sys
import unicodedata
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from hocba_sign.crypto.algorithms import signature_algorithm
from hocba_sign.errors import CallerError, InputError
from hocba_sign.model.workflow import Role, Slot
from hocba_sign.operations.signing import complete, prepare
from hocba_sign.signing.state import ToBeSigned
from hocba_sign.testing.forge import Forgery, forge
from hocba_sign.validation.verdict import Verdict
from hocba_sign.xml.layout import CANONICAL, KHO
from tests.support.scene import CBQL, GVCN, SEAL, SIGNED_AT, Scene

SCENE = Scene(subjects=2)
TEACHER = SCENE.teachers[0]
CHAIN = SCENE.identity(TEACHER).chain_der


def refused(document: bytes, slot: Slot, chain_der: tuple[bytes, ...] = CHAIN) -> str:
    with pytest.raises((CallerError, InputError)) as caught:
        prepare(document, slot, chain_der=chain_der, at=SIGNED_AT)
    return caught.value.cause


def test_a_state_survives_json_and_another_process() -> None:
    state = prepare(SCENE.draft, TEACHER, chain_der=CHAIN, at=SIGNED_AT)
    program = (
        "import sys; from hocba_sign import ToBeSigned; "
        "sys.stdout.write(ToBeSigned.from_json(sys.stdin.read()).to_json())"
    )
    answer = subprocess.run(
        [sys.executable, "-c", program],
        input=state.to_json(),
        capture_output=True,
        text=True,
        check=True,
    )
    again = ToBeSigned.from_json(answer.stdout)
    assert again == state
    signer = SCENE.signer(TEACHER)
    signed = complete(
        again, signer.sign(again.octets, again.algorithm), at=SIGNED_AT + timedelta(minutes=5)
    )
    assert SCENE.verify(signed.octets).to_dict()["signatures"][0]["indication"] == "TOTAL_PASSED"


@pytest.mark.parametrize("created", ["9999-12-31T23:59:59+00:00", "0001-01-01T00:00:00+00:00"])
def test_a_state_of_the_ends_of_the_calendar_is_refused(created: str) -> None:
    state = json.loads(prepare(SCENE.draft, TEACHER, chain_der=CHAIN, at=SIGNED_AT).to_json())
    with pytest.raises((CallerError, InputError)):
        complete(
            ToBeSigned.from_json(json.dumps(state | {"created": created})), bytes(64), at=SIGNED_AT
        )


def test_signing_changes_nothing_but_the_slot() -> None:
    signed = SCENE.sign(SCENE.draft, TEACHER)
    start = signed.index(b"<ds:Signature ")
    end = signed.index(b"</ds:Signature>") + len(b"</ds:Signature>")
    slot_tag = f'<GVBM giaoVien="{TEACHER.teacher}" monHoc="{TEACHER.subject}">'.encode()
    assert signed[:start].endswith(slot_tag)
    assert signed[:start] + signed[end:] == SCENE.draft


@pytest.mark.parametrize("slot", [GVCN, CBQL, SEAL])
def test_no_role_may_sign_before_its_turn(slot: Slot) -> None:
    assert refused(SCENE.draft, slot, SCENE.identity(slot).chain_der) == "SIGN.ORDER"


def without_nonce(document: bytes) -> bytes:
    return re.sub(rb' NGAU_NHIEN="[^"]*"', b"", document)


def test_a_draft_whose_digest_can_be_guessed_is_refused() -> None:
    assert refused(without_nonce(SCENE.draft), TEACHER) == "SIGN.NO_NONCE"


def test_what_was_signed_without_random_octets_is_signed_on_and_valid() -> None:
    document = forge(
        without_nonce(SCENE.draft),
        Forgery(
            slot=TEACHER,
            identity=SCENE.identity(TEACHER),
            at=SIGNED_AT,
            covered=CANONICAL.covered_ids(TEACHER),
        ),
    )
    for slot in SCENE.slots[1:]:
        document = SCENE.sign(document, slot)
    report = SCENE.verify(document)
    assert report.verdict is Verdict.VALID
    noted = [one for one in report.to_dict()["checks"] if one["id"] == "DOC.NO_NONCE"]
    assert [one["result"] for one in noted] == ["warning"]
    issued = SCENE.draft
    for slot in SCENE.slots:
        issued = SCENE.sign(issued, slot)
    assert "DOC.NO_NONCE" not in {one["id"] for one in SCENE.verify(issued).to_dict()["checks"]}


def test_the_layout_of_the_store_needs_no_random_octets() -> None:
    scene = Scene(subjects=1, layout=KHO)
    teacher = scene.teachers[0]
    assert scene.sign(without_nonce(scene.draft), teacher)


def test_the_same_slot_is_not_signed_twice() -> None:
    assert refused(SCENE.sign(SCENE.draft, TEACHER), TEACHER) == "SIGN.ALREADY_SIGNED"


def test_a_slot_that_the_content_does_not_ask_for_is_refused() -> None:
    assert refused(SCENE.draft, Slot(Role.GVBM, "mon-01", "gv-01-1")) == "SIGN.NO_SUCH_SLOT"


def test_another_persons_certificate_is_refused() -> None:
    assert (
        refused(SCENE.draft, TEACHER, SCENE.identity(SCENE.teachers[1]).chain_der)
        == "SIGN.WRONG_PERSON"
    )


@pytest.mark.parametrize(
    ("options", "cause"),
    [
        ({"not_after": SIGNED_AT - timedelta(days=1)}, "SIGN.CERTIFICATE_EXPIRED"),
        ({"not_before": SIGNED_AT + timedelta(days=1)}, "SIGN.CERTIFICATE_NOT_YET_VALID"),
        ({"key_usage": ("key_encipherment",)}, "SIGN.KEY_USAGE"),
        ({"key": "rsa1024"}, "SIGN.ALGORITHM"),
    ],
)
def test_an_unfit_certificate_is_refused(options: dict[str, object], cause: str) -> None:
    person = SCENE.expected(TEACHER)
    identity = SCENE.world.person(person.name, person.personal_id or "", **options)  # type: ignore[arg-type]
    assert refused(SCENE.draft, TEACHER, identity.chain_der) == cause


def test_a_broken_signature_is_not_built_upon() -> None:
    signed = SCENE.signed(SCENE.teachers)
    value = signed.index(b"<ds:DigestValue>") + len(b"<ds:DigestValue>")
    broken = (
        signed[:value] + (b"B" if signed[value : value + 1] == b"A" else b"A") + signed[value + 1 :]
    )
    assert refused(broken, GVCN, SCENE.identity(GVCN).chain_der) == "SIGN.BROKEN_SIGNATURE"


@pytest.mark.parametrize(
    ("found", "put", "cause", "where"),
    [
        (
            "full_name",
            lambda text: unicodedata.normalize("NFD", text),
            "TEXT.NOT_NFC",
            "/HOC_BA/DU_LIEU_HOC_BA/DINH_DANH/HOC_SINH/HO_VA_TEN",
        ),
        (
            "full_name",
            lambda text: "Ð" + text[1:],
            "TEXT.WRONG_D",
            "/HOC_BA/DU_LIEU_HOC_BA/DINH_DANH/HOC_SINH/HO_VA_TEN",
        ),
    ],
)
def test_text_that_is_not_written_properly_is_refused_with_its_path(
    found: str, put: object, cause: str, where: str
) -> None:
    name = getattr(SCENE.transcript.pupil, found)
    assert callable(put)
    changed = SCENE.draft.replace(name.encode(), put(name).encode())
    assert changed != SCENE.draft
    with pytest.raises(InputError) as caught:
        prepare(changed, TEACHER, chain_der=CHAIN, at=SIGNED_AT)
    assert (caught.value.cause, caught.value.where) == (cause, where)


def test_a_comma_mark_is_refused_with_its_path() -> None:
    start = SCENE.draft.index(b"<DIEM_CA_NAM>")
    end = SCENE.draft.index(b"</DIEM_CA_NAM>")
    changed = SCENE.draft[:start] + b"<DIEM_CA_NAM>8,5" + SCENE.draft[end:]
    with pytest.raises(InputError) as caught:
        prepare(changed, TEACHER, chain_der=CHAIN, at=SIGNED_AT)
    assert caught.value.cause == "TEXT.COMMA_DECIMAL"
    path = (
        "/HOC_BA/DU_LIEU_HOC_BA/THONG_TIN_HOC_BA/DANH_SACH_DIEM_TONG_KET/"
        "DIEM_TONG_KET[1]/DIEM_CA_NAM"
    )
    assert caught.value.where == path
    assert "8,5" not in str(caught.value)


class TestComplete:
    STATE = prepare(SCENE.draft, TEACHER, chain_der=CHAIN, at=SIGNED_AT)
    VALUE = SCENE.signer(TEACHER).sign(STATE.octets, STATE.algorithm)

    def refused(self, state: ToBeSigned, value: bytes, hours: int = 0) -> str:
        with pytest.raises((CallerError, InputError)) as caught:
            complete(state, value, at=SIGNED_AT + timedelta(hours=hours))
        return caught.value.cause

    def test_a_wrong_value_is_refused(self) -> None:
        assert self.refused(self.STATE, bytes(64)) == "SIGN.VALUE"
        assert self.refused(self.STATE, b"") in {"SIGN.VALUE", "SIGN.STATE"}

    def test_a_value_by_another_key_is_refused(self) -> None:
        other = SCENE.signer(SCENE.teachers[1])
        assert (
            self.refused(self.STATE, other.sign(self.STATE.octets, self.STATE.algorithm))
            == "SIGN.VALUE"
        )

    def test_a_value_of_another_form_is_named(self) -> None:
        given = int.from_bytes(self.VALUE[:32], "big"), int.from_bytes(self.VALUE[32:], "big")
        forms = {
            "SIGN.VALUE_DER": encode_dss_signature(*given),
            "SIGN.VALUE_TEXT": self.VALUE.hex().encode(),
            "SIGN.VALUE_CMS": bytes.fromhex("308006092a864886f70d010702") + self.VALUE,
            "SIGN.VALUE_PDF": b"%PDF-1.7\n" + self.VALUE,
        }
        assert {cause: self.refused(self.STATE, form) for cause, form in forms.items()} == {
            cause: cause for cause in forms
        }
        assert complete(self.STATE, self.VALUE, at=SIGNED_AT).slot == TEACHER

    def test_a_late_value_is_refused(self) -> None:
        assert self.refused(self.STATE, self.VALUE, hours=25) == "SIGN.EXPIRED"

    def test_a_state_for_another_document_is_refused(self) -> None:
        moved = SCENE.draft.replace(
            SCENE.transcript.pupil.full_name.encode(), "Lê Văn Khác".encode()
        )
        state = ToBeSigned.from_json(self.STATE.to_json())
        forged = ToBeSigned(
            document=moved,
            slot=state.slot,
            unsigned=state.unsigned,
            octets=state.octets,
            algorithm=state.algorithm,
            created=state.created,
            expires=state.expires,
        )
        assert self.refused(forged, self.VALUE) == "SIGN.STATE"

    @pytest.mark.parametrize(
        "edit",
        [
            lambda s: replace(s, slot=SCENE.teachers[1]),
            lambda s: replace(s, slot=GVCN),
            lambda s: replace(s, unsigned=s.unsigned + b"<!-- 10,0 -->"),
            lambda s: replace(s, unsigned=b"<!-- 10,0 -->" + s.unsigned),
            lambda s: replace(
                s, unsigned=s.unsigned.replace(b"<ds:SignedInfo>", b"<!-- 10,0 --><ds:SignedInfo>")
            ),
            lambda s: replace(s, unsigned=s.unsigned + b"<GHI_CHU/>"),
            lambda s: replace(
                s,
                unsigned=s.unsigned.replace(
                    b"</ds:Object>", b"</ds:Object><ds:Object>10,0</ds:Object>"
                ),
            ),
            lambda s: replace(s, unsigned=s.unsigned.replace(b' Id="ck-', b' Id="other-', 1)),
            lambda s: replace(s, octets=s.octets + b" "),
            lambda s: replace(s, created=s.created - timedelta(seconds=1)),
            lambda s: replace(s, created=s.created + timedelta(seconds=1)),
            lambda s: replace(
                s,
                algorithm=signature_algorithm(
                    "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha384"
                ),
            ),
            lambda s: replace(s, roles=(Role.GVCN,)),
        ],
    )
    def test_a_state_changed_in_one_part_is_refused(
        self, edit: Callable[[ToBeSigned], ToBeSigned]
    ) -> None:
        assert edit(self.STATE) != self.STATE
        assert self.refused(edit(self.STATE), self.VALUE) in {"SIGN.STATE", "SIGN.ORDER"}

    def test_no_state_lives_longer_than_who_completes_it_allows(self) -> None:
        later = replace(self.STATE, expires=self.STATE.expires + timedelta(days=900))
        assert self.refused(later, self.VALUE, hours=25) == "SIGN.EXPIRED"
        assert (
            complete(
                later, self.VALUE, at=SIGNED_AT + timedelta(hours=25), lifetime=timedelta(days=2)
            ).slot
            == TEACHER
        )
        assert complete(self.STATE, self.VALUE, at=SIGNED_AT + timedelta(hours=23)).slot == TEACHER

    @pytest.mark.parametrize("name", ["digest", "algorithm_name", "document_format"])
    def test_what_a_service_was_shown_must_be_what_is_completed(self, name: str) -> None:
        state = json.loads(self.STATE.to_json())
        with pytest.raises(InputError) as caught:
            ToBeSigned.from_json(json.dumps(state | {name: "00" * 32}))
        assert (caught.value.cause, caught.value.where) == ("SIGN.STATE", name)

    def test_a_key_that_stands_twice_is_no_state(self) -> None:
        text = self.STATE.to_json()
        with pytest.raises(InputError, match=r"SIGN\.STATE"):
            ToBeSigned.from_json(text.replace('"digest":', '"digest": "00",\n "digest":', 1))

    @pytest.mark.parametrize(
        "text",
        [
            "",
            "[]",
            "{}",
            "null",
            '{"format": 1}',
            '{"format": "hocba-sign to-be-signed 1"}',
            "\x00",
        ],
    )
    def test_anything_else_is_no_state(self, text: str) -> None:
        with pytest.raises(InputError) as caught:
            ToBeSigned.from_json(text)
        assert caught.value.cause == "SIGN.STATE"


def test_the_whole_of_secondary_school_is_valid() -> None:
    assert SCENE.verify(SCENE.signed()).verdict is Verdict.VALID
