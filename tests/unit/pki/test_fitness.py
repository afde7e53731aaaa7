"""A signer's certificate judged with what stands beside it."""

from datetime import UTC, datetime, timedelta

from hocba_sign.operations.forget import forget
from hocba_sign.pki.certificates.certificate import Certificate
from hocba_sign.pki.fitness import _path_causes, chain_findings
from hocba_sign.testing.world import World

AT = datetime(2026, 6, 1, tzinfo=UTC)


def test_a_certificate_without_its_issuers_is_judged_alone() -> None:
    chain = World(AT).person("Nguyễn Văn Thử", "001188000001").chain_der
    assert chain_findings((Certificate.load(chain[0]),), at=AT) == ((), ())
    assert chain_findings(tuple(map(Certificate.load, chain)), at=AT) == ((), ())


def test_a_path_met_before_is_judged_as_one_met_first() -> None:
    """What is kept of it ends with each date of its certificates."""
    issued = World(AT).person("Nguyễn Văn Thử", "001188000001").chain_der
    chain = tuple(map(Certificate.load, issued))
    dates = {date for link in chain for date in (link.not_before, link.not_after)}
    said = set()
    for date in dates:
        near = [date + timedelta(seconds=seconds) for seconds in (-2, -1, 0, 1, 2)]
        for order in (near, near[::-1]):
            forget()
            # Kept the second time, taken from there the third.
            answers = [[_path_causes(chain, moment) for _ in range(3)] for moment in order]
            for moment, told in zip(order, answers, strict=True):
                forget()
                assert told == [_path_causes(chain, moment)] * 3
            said |= {answer for told in answers for answer in told}
    assert () in said
    assert len(said) > 1
