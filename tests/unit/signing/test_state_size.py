"""A state may travel without its document: small, and of no use with another one."""

import json

import pytest

from hocba_sign import InputError, ToBeSigned, complete, prepare
from tests.support.scene import GVCN, SIGNED_AT, Scene

SCENE = Scene("lop12", subjects=None)
DOCUMENT = SCENE.signed(SCENE.teachers)
SIGNER = SCENE.signer(GVCN)
STATE = prepare(DOCUMENT, GVCN, chain_der=SIGNER.chain_der, at=SIGNED_AT)


def test_it_is_small_whatever_the_document_holds() -> None:
    small = STATE.to_json(has_document=False)
    assert 4 * len(small) < len(STATE.to_json())
    assert "document" not in json.loads(small)


@pytest.mark.parametrize("has_document", [True, False])
def test_it_is_the_same_state_with_its_document(has_document: bool) -> None:
    again = ToBeSigned.from_json(STATE.to_json(has_document=has_document), document=DOCUMENT)
    assert again == STATE
    value = SIGNER.sign(again.octets, again.algorithm)
    assert complete(again, value, at=SIGNED_AT).slot == GVCN


@pytest.mark.parametrize("has_document", [True, False])
def test_another_document_is_refused(has_document: bool) -> None:
    text = STATE.to_json(has_document=has_document)
    with pytest.raises(InputError, match=r"SIGN\.STATE"):
        ToBeSigned.from_json(text, document=SCENE.draft)


def test_without_document_it_is_no_whole_state() -> None:
    with pytest.raises(InputError, match=r"SIGN\.STATE"):
        ToBeSigned.from_json(STATE.to_json(has_document=False))
