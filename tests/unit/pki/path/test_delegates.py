"""Who may answer for an issuer: itself, or a delegate that it named as one (RFC 6960, 4.2.2.2)."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from asn1crypto import core, ocsp, x509

from hocba_sign.pki.certificates.certificate import Certificate
from hocba_sign.pki.certificates.profile import Purpose
from hocba_sign.pki.path.path_validation import validate_by_engine, validate_path
from hocba_sign.pki.path.result import PathRequirements, PathResult, PathStatus
from hocba_sign.pki.revocation.evidence import Evidence
from hocba_sign.pki.trust.store import TrustStore
from hocba_sign.testing.world import World

AT = datetime(2026, 6, 1, tzinfo=UTC)
WORLD = World(AT)
HOLDER = WORLD.person("Nguyễn Văn Thử", "001188000001")
SIGNERS = {
    "issuer": (None, PathStatus.PASSED),
    "delegate": (WORLD.responder("public-ca"), PathStatus.PASSED),
    "subscriber": (WORLD.person("Trần Thị Mẫu", "001188000002"), PathStatus.INDETERMINATE),
    "delegate of another": (WORLD.responder("government-ca"), PathStatus.INDETERMINATE),
}


@pytest.mark.parametrize("name", SIGNERS)
def test_an_answer_counts_by_whose_it_is(name: str) -> None:
    signer, expected = SIGNERS[name]
    answer = WORLD.ocsp_response(HOLDER, AT, signer=signer)
    issuing = tuple(map(Certificate.load, WORLD.intermediates_der))
    own_list = WORLD.crls(AT)[WORLD.slugs.index("national-root")]
    for judge in (validate_path, validate_by_engine):
        result = judge(
            Certificate.load(HOLDER.certificate_der),
            trust=TrustStore.of(map(Certificate.load, WORLD.anchors_der)),
            evidence=Evidence.of(certificates=issuing, crls=(own_list,), ocsps=(answer,)),
            at=AT + timedelta(hours=1),
            requirements=PathRequirements(purpose=Purpose.SIGNING),
        )
        assert result.status is expected, (judge, result.causes)


@pytest.mark.parametrize("judge", [validate_path, validate_by_engine])
def test_an_answer_may_carry_the_certificate_of_the_issuer_itself(
    judge: Callable[..., PathResult],
) -> None:
    response = ocsp.OCSPResponse.load(WORLD.ocsp_response(HOLDER, AT))
    basic = response.basic_ocsp_response
    basic["certs"] = [x509.Certificate.load(HOLDER.chain_der[1])]
    response["response_bytes"]["response"] = core.ParsableOctetString(basic.dump(force=True))
    result = judge(
        Certificate.load(HOLDER.certificate_der),
        trust=TrustStore.of(map(Certificate.load, WORLD.anchors_der)),
        evidence=Evidence.of(
            certificates=map(Certificate.load, WORLD.intermediates_der),
            crls=(WORLD.crls(AT)[WORLD.slugs.index("national-root")],),
            ocsps=(response.dump(force=True),),
        ),
        at=AT + timedelta(hours=1),
        requirements=PathRequirements(purpose=Purpose.SIGNING),
    )
    assert result.status is PathStatus.PASSED, result.causes
