"""Area kho, second part: what was changed, left out or put into another order in the store's layout."""

from collections.abc import Iterator, Sequence
from typing import Any, Final

from hocba_sign.model.workflow import Slot
from hocba_sign.signing.signing_policy import Level
from hocba_sign.testing.drafts import drafted
from hocba_sign.testing.forge import Forgery, forge, value_id
from hocba_sign.xml.layout import KHO, slot_elements
from hocba_sign.xml.parse import parse
from hocba_sign.xml.splice import path_of, slice_of
from tools.vectors.case import Case, Verdict
from tools.vectors.others_world import by_openssl
from tools.vectors.revocation import OTHER_LISTS
from tools.vectors.stage import CBQL, GVCN, SEAL, SIGNED_AT, Stage, first_match, swapped

_SPEC: Final = "docs/adr/0008: the layout of the store"
_WORDS: Final = {"GVBM": "teacher", "GVCN": "homeroom", "CBQL": "principal", "KY_PHAT_HANH": "seal"}


def cases(stage: Stage) -> Iterator[Case]:
    issued = _signed(stage, stage.transcript().slots)
    yield from _altered(issued)
    yield from _left_out(stage, issued)
    yield from _orders(stage)
    yield from _judged_with(stage, issued)


def _case(
    name: str, texts: tuple[str, str], document: bytes, verdict: Verdict, *causes: str, **facts: Any
) -> Case:
    given = {"options": ("--policy", "kho"), "twin": "kho/issued-accepted", **facts}
    return Case(
        identifier=f"kho/{name}",
        title=f"The store's layout: {texts[0][0].lower()}{texts[0][1:]}",
        why=texts[1],
        spec=_SPEC,
        document=document,
        verdict=verdict,
        causes=causes,
        **given,
    )


def _signed(stage: Stage, slots: Sequence[Slot], *, level: Level = Level.B) -> bytes:
    document = drafted(stage.transcript(), KHO)
    for slot in slots:
        document = stage.signed(document, slot, stage.holder(slot), level=level)
    return document


def _altered(issued: bytes) -> Iterator[Case]:
    mark = first_match(issued, "<DIEM_CA_NAM>[0-9.]+</DIEM_CA_NAM>")
    name = first_match(issued, "<HO_VA_TEN>[^<]+</HO_VA_TEN>")
    why = "Digests of those who signed it do not hold"
    for word, title, old, new in (
        ("mark-changed", "A mark is changed", mark, "<DIEM_CA_NAM>9.9</DIEM_CA_NAM>"),
        (
            "pupil-changed",
            "The pupil's name is changed",
            name,
            "<HO_VA_TEN>Trần Văn Khác</HO_VA_TEN>",
        ),
    ):
        changed = issued.replace(old.encode(), new.encode(), 1)
        yield _case(word, (title, why), changed, "INVALID", "SIG.DIGEST")
    foreign = swapped(issued, ' phienBanLuocDo="1.0"', "")
    texts = ("No version is stated", "Another maker's content, which nobody has described")
    yield _case("foreign", texts, foreign, "INDETERMINATE", "DOC.FOREIGN")


def _of(document: bytes, slot: Slot, *, is_whole: bool) -> bytes:
    """Return the octets of a slot, or of the signature in it."""
    held = dict(slot_elements(parse(document).root, KHO))[slot]
    return slice_of(document, path_of(held if is_whole else held[0]))


def _left_out(stage: Stage, issued: bytes) -> Iterator[Case]:
    removed = {
        stage.teacher: ("INVALID", "SIG.DIGEST", "The principal signed the data with it"),
        GVCN: ("INVALID", "SIG.DIGEST", "The principal signed the data with it"),
        CBQL: ("INVALID", "WF.REMOVED", "The seal covers its value"),
        SEAL: ("INDETERMINATE", "WF.MISSING", "Nothing covers the last signature"),
    }
    for slot, (verdict, cause, why) in removed.items():
        word = _WORDS[slot.role]
        without = issued.replace(_of(issued, slot, is_whole=False), b"", 1)
        texts = (f"The signature of {slot.role} is taken out", why)
        yield _case(f"removed-{word}", texts, without, verdict, cause)  # type: ignore[arg-type]  # one of Verdict
    for slot in (CBQL, SEAL):
        without = issued.replace(_of(issued, slot, is_whole=True), b"", 1)
        texts = (
            f"The slot of {slot.role} is taken out",
            "Without the slot nothing would be missing",
        )
        yield _case(
            f"slot-removed-{_WORDS[slot.role]}", texts, without, "INVALID", "WF.SLOT_REMOVED"
        )
    planned = stage.transcript().slots
    for count in (1, 2, 3):
        word = _WORDS[planned[count - 1].role]
        texts = (f"Signed up to {planned[count - 1].role}", "On its way, not wrong")
        document = _signed(stage, planned[:count])
        yield _case(f"up-to-{word}", texts, document, "INDETERMINATE", "WF.MISSING")


def _orders(stage: Stage) -> Iterator[Case]:
    def forged(order: Sequence[Slot], *, is_linked: bool) -> bytes:
        document, before = drafted(stage.transcript(), KHO), None
        for slot in order:
            usual = Forgery(
                slot=slot,
                identity=stage.holder(slot),
                at=SIGNED_AT,
                covered=KHO.covered_ids(slot),
                linked=(value_id(before),) if before is not None and is_linked else (),
                chain_length=1,
            )
            document, before = forge(document, usual), slot
        return document

    teacher = stage.teacher
    texts = (
        "Signed in order, and nobody covers who signed before",
        "The order is unproven, not wrong",
    )
    unlinked = forged((teacher, GVCN, CBQL, SEAL), is_linked=False)
    yield _case("unlinked", texts, unlinked, "INDETERMINATE")
    texts = (
        "The seal signs before the principal, who covers the seal's value",
        "The order is another than the plan's",
    )
    turned = forged((teacher, GVCN, SEAL, CBQL), is_linked=True)
    yield _case("seal-before-principal", texts, turned, "INVALID", "WF.ORDER")


def _judged_with(stage: Stage, issued: bytes) -> Iterator[Case]:
    given = "evidence/list.crl"
    texts = (
        "The principal's certificate was revoked before signing",
        "The key may be in other hands",
    )
    yield _case(
        "revoked-principal",
        texts,
        issued,
        "INDETERMINATE",
        "REVOCATION.REVOKED",
        files={given: by_openssl("list", "revoked-keycompromise")},
        crl=(*OTHER_LISTS, given),
    )
    stamped = _signed(stage, stage.transcript().slots, level=Level.T)
    for name, document, verdict, causes in (
        ("revoked-later-level-t", stamped, "VALID", ()),
        ("revoked-later-level-b", issued, "INDETERMINATE", ("REVOCATION.REVOKED",)),
    ):
        yield _case(
            name,
            (
                f"Revoked after signing, {name[-7:].replace('-', ' ')}",
                "Only a time-stamp shows which was first",
            ),
            document,
            verdict,  # type: ignore[arg-type]  # one of Verdict
            *causes,
            files={given: by_openssl("list", "revoked-after-signing")},
            crl=(*OTHER_LISTS, given),
            twin=f"kho/revoked-later-level-{'b' if verdict == 'VALID' else 't'}",
        )
    texts = (
        "Judged by the policy default, every signature time-stamped",
        "Time-stamps do not tell whose marks they are",
    )
    yield _case(
        "level-t-default",
        texts,
        stamped,
        "INDETERMINATE",
        "WF.PUPIL_NOT_COVERED",
        options=(),
        twin="kho/level-t",
    )
    texts = ("Every signature time-stamped", "As the store uses it")
    yield _case("level-t", texts, stamped, "VALID", twin="kho/level-t-default")
