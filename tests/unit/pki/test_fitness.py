"""A signer's certificate judged with what stands beside it."""

from datetime import UTC, datetime, timedelta

from hocba_sign.operations.forget import forget
from hocba_sign.pki.certificates.certificate import Certificate
from hocba_sign.pki.fitness import chain_findings
from hocba_sign.testing.world import World

AT = datetime(2026, 6, 1, tzinfo=UTC)


def test_a_certificate_without_its_issuers_is_judged_alone() -> None:
    chain = World(AT).person("Nguyễn Văn Thử", "001188000001").chain_der
    assert chain_findings((Certificate.load(chain[0]),), at=AT) == ((), ())
    assert chain_findings(tuple(map(Certificate.load, chain)), at=AT) == ((), ())


def test_a_chain_met_before_is_judged_as_one_met_first() -> None:
    """What is kept of its path ends with each date of its certificates."""
    issued = World(AT).person("Nguyễn Văn Thử", "001188000001").chain_der
    chain = tuple(map(Certificate.load, issued))
    dates = {date for link in chain for date in (link.not_before, link.not_after)}
    said = set()
    for date in dates:
        for at in (date - timedelta(seconds=1), date, date + timedelta(seconds=1)):
            forget()
            first = chain_findings(chain, at=at)
            chain_findings(chain, at=at)
            near = (at, date, date + timedelta(seconds=1), date - timedelta(seconds=1), at)
            answers = {moment: chain_findings(chain, at=moment) for moment in near}
            assert answers[at] == first
            for moment, answer in answers.items():
                forget()
                assert chain_findings(chain, at=moment) == answer
            said.add(first)
    assert len(said) > 2
