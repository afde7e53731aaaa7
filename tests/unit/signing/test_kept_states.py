"""States that version 1.0 wrote are completed by every later version 1.x.

Where this fails, what `prepare` writes has changed: then the older form has to be read still.
"""

import base64
import json
from datetime import timedelta
from pathlib import Path

import pytest

from hocba_sign import InputError, ToBeSigned, complete
from hocba_sign.ades.integrity import check_integrity
from hocba_sign.operations.extension import signatures_of
from tests.support.scene import SIGNED_AT

STATES = Path(__file__).resolve().parent / "states"


@pytest.mark.parametrize("kind", ["xml", "pdf"])
def test_a_state_of_version_1_0_is_completed(kind: str) -> None:
    kept = json.loads((STATES / f"{kind}.json").read_text("utf-8"))
    state = ToBeSigned.from_json(json.dumps(kept["state"]))
    done = complete(state, base64.b64decode(kept["value"]), at=SIGNED_AT + timedelta(hours=23))
    (signature,) = signatures_of(done.octets)
    assert signature.slot == state.slot
    assert check_integrity(signature).is_intact
    assert json.loads(state.to_json()) == kept["state"]


def test_a_state_of_a_later_format_is_named() -> None:
    kept = json.loads((STATES / "xml.json").read_text("utf-8"))["state"]
    with pytest.raises(InputError) as caught:
        ToBeSigned.from_json(json.dumps(kept | {"format": "hocba-sign to-be-signed 2"}))
    assert (caught.value.cause, caught.value.where) == ("SIGN.STATE", "format")


def test_members_of_later_versions_do_no_harm() -> None:
    kept = json.loads((STATES / "xml.json").read_text("utf-8"))["state"]
    read = ToBeSigned.from_json(json.dumps(kept | {"added_in_1_4": 1}))
    assert json.loads(read.to_json()) == kept
