from datetime import UTC, datetime

import pytest

from hocba_sign.errors import CallerError
from hocba_sign.pki.certificates.certificate import Certificate
from hocba_sign.pki.trust import store as trust_module
from hocba_sign.pki.trust.store import Anchor, TrustStore
from hocba_sign.testing.world import World

AT = datetime(2026, 6, 1, tzinfo=UTC)
WORLD = World(AT, fast=True)
ROOT, GOVERNMENT, TSA = (Certificate.load(one) for one in WORLD.anchors_der)


def test_anchors_are_found_by_digest_only() -> None:
    store = TrustStore.of((ROOT, GOVERNMENT))
    found = store.find(ROOT.sha256)
    assert found is not None
    assert (found.certificate, found.origin, found.trusted_until) == (ROOT, "user", None)
    impostor = Certificate.load(WORLD.impostor("national-root").certificate_der)
    assert impostor.subject_der == ROOT.subject_der
    assert store.find(impostor.sha256) is None
    assert store.find(TSA.sha256) is None


def test_a_store_is_never_changed() -> None:
    store = TrustStore.of((ROOT,))
    more = store.with_anchors(
        (Anchor(certificate=TSA, name="TSA", origin="list", trusted_until=AT),)
    )
    assert (len(store.anchors), len(more.anchors)) == (1, 2)
    assert TrustStore().anchors == ()


def test_the_first_of_equal_anchors_stays() -> None:
    ending = Anchor(certificate=ROOT, name="gốc", origin="list", trusted_until=AT)
    store = (
        TrustStore().with_anchors((ending,)).with_anchors((Anchor(certificate=ROOT, name="again"),))
    )
    assert store.anchors == (ending,)


def test_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trust_module, "MAX_ANCHORS", 1)
    with pytest.raises(CallerError) as caught:
        TrustStore.of((ROOT, TSA))
    assert caught.value.cause == "TRUST.LIMIT"
