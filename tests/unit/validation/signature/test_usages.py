"""What a certificate says its key is for: keys of machines and programs alone sign no documents,
people's do.
"""

from collections.abc import Callable

import pytest

from hocba_sign.pki.certificates.certificate import Certificate
from hocba_sign.pki.certificates.profile import Purpose
from hocba_sign.pki.path.path_validation import (
    PathRequirements,
    PathResult,
    PathStatus,
    validate_by_engine,
    validate_path,
)
from hocba_sign.testing import Identity
from hocba_sign.testing.forge import value_id
from hocba_sign.xml.layout import CANONICAL
from tests.support.scene import CBQL, GVCN, JUDGED_AT, SEAL, Scene, causes

SCENE = Scene(subjects=1)
REFUSED = [
    ("server_auth",),
    ("code_signing",),
    ("time_stamping",),
    ("ocsp_signing",),
    ("server_auth", "code_signing"),
]
ORDINARY = [
    ("client_auth",),
    ("email_protection",),
    ("server_auth", "client_auth"),
    ("code_signing", "email_protection"),
]


def holder(usages: tuple[str, ...], *, is_critical: bool = False) -> Identity:
    person = SCENE.expected(GVCN)
    assert person.personal_id is not None
    return SCENE.world.person(
        person.name,
        person.personal_id,
        extended_key_usage=usages,
        is_extended_key_usage_critical=is_critical,
    )


@pytest.mark.parametrize("validate", [validate_path, validate_by_engine])
@pytest.mark.parametrize("is_critical", [False, True])
@pytest.mark.parametrize("usages", [*REFUSED, *ORDINARY], ids="+".join)
def test_a_path(
    validate: Callable[..., PathResult], usages: tuple[str, ...], is_critical: bool
) -> None:
    leaf = Certificate.load(holder(usages, is_critical=is_critical).certificate_der)
    asked = PathRequirements(purpose=Purpose.SIGNING)
    result = validate(
        leaf, trust=SCENE.trust, evidence=SCENE.evidence(), at=JUDGED_AT, requirements=asked
    )
    if usages in REFUSED:
        assert (result.status, result.causes) == (
            PathStatus.INDETERMINATE,
            ("PATH.EXTENDED_KEY_USAGE",),
        )
    else:
        assert (result.status, result.causes) == (PathStatus.PASSED, ())


@pytest.mark.parametrize(
    ("usages", "verdict"),
    [
        (REFUSED[0], "INDETERMINATE"),
        (REFUSED[1], "INDETERMINATE"),
        (ORDINARY[0], "VALID"),
        (ORDINARY[2], "VALID"),
    ],
)
def test_a_transcript(usages: tuple[str, ...], verdict: str) -> None:
    teacher = holder(usages)
    document = SCENE.forge(
        SCENE.signed(SCENE.teachers),
        GVCN,
        covered=CANONICAL.covered_ids(GVCN),
        linked=tuple(map(value_id, SCENE.teachers)),
        identity=teacher,
    )
    for slot in (CBQL, SEAL):
        document = SCENE.sign(document, slot)
    report = SCENE.verify(document)
    assert (report.verdict, "PATH.EXTENDED_KEY_USAGE" in causes(report)) == (
        verdict,
        verdict != "VALID",
    )
