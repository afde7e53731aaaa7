"""A signer's certificate judged with what stands beside it."""

from datetime import UTC, datetime

from hocba_sign.pki.certificates.certificate import Certificate
from hocba_sign.pki.fitness import chain_findings
from hocba_sign.testing.world import World

AT = datetime(2026, 6, 1, tzinfo=UTC)


def test_a_certificate_without_its_issuers_is_judged_alone() -> None:
    chain = World(AT).person("Nguyễn Văn Thử", "001188000001").chain_der
    assert chain_findings((Certificate.load(chain[0]),), at=AT) == ((), ())
    assert chain_findings(tuple(map(Certificate.load, chain)), at=AT) == ((), ())
