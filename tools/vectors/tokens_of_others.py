"""Area token, second part: time-stamps that OpenSSL made, over a seal of xmlsec1's."""

from collections.abc import Iterator
from typing import Final

from hocba_sign.testing.identity import pem
from tools.vectors.case import WORLD, Case
from tools.vectors.others_world import stamped_by_openssl
from tools.vectors.stage import Stage

_SPEC: Final = "RFC 3161, 2.4.2; RFC 5652, 5; RFC 5816"
_CHOICE: Final = "Authorities choose, and the standard allows it"
_GOOD: Final = (
    ("imprint-sha384", "The imprint is by SHA-384", "imprint-sha1"),
    ("imprint-sha512", "The imprint is by SHA-512", "imprint-sha1"),
    ("signed-sha384", "The token is signed with SHA-384", "sha1"),
    (
        "identified-sha1",
        "The certificate is named by SHA-1 (ESSCertID)",
        "another-signing-certificate",
    ),
    ("identified-sha384", "The certificate is named by SHA-384", "another-signing-certificate"),
    ("identified-sha512", "The certificate is named by SHA-512", "another-signing-certificate"),
    ("with-chain", "The token carries and names the root too", "no-certificate"),
    (
        "accuracy",
        "The token says how accurate its time is, to a tenth of a millisecond",
        "changed-time",
    ),
    (
        "named-and-ordered",
        "The token names its authority and says that it is ordered",
        "changed-time",
    ),
    ("fraction-3", "The time has a fraction of a second, three digits", "changed-time"),
    ("fraction-6", "The time has a fraction of a second, six digits", "changed-time"),
    ("key-rsa3072", "The authority has an RSA key of 3,072 bits", "key-rsa1024"),
    ("key-rsa4096", "The authority has an RSA key of 4,096 bits", "key-rsa1024"),
    ("key-ec", "The authority has a key on P-256", "key-rsa1024"),
    ("cms", "The token is signed by the general command for CMS", "cms-by-principal"),
    ("cms-by-key-identifier", "The signer is named by its key's identifier", "cms-by-principal"),
    ("cms-pss", "The token is signed with RSA-PSS", "broken-value"),
)
_BAD: Final = (
    (
        "imprint-sha1",
        "imprint-sha1",
        "The imprint is by SHA-1",
        "TST.WEAK_ALGORITHM",
        "imprint-sha384",
    ),
    (
        "key-rsa1024",
        "key-rsa1024",
        "The authority has an RSA key of 1,024 bits",
        "TST.WEAK_ALGORITHM",
        "key-rsa3072",
    ),
    (
        "cms-by-principal",
        "cms-by-principal",
        "The principal signs the content of a token",
        "TST.KEY_USAGE",
        "cms",
    ),
    (
        "cms-purpose-not-critical",
        "cms-purpose-not-critical",
        "The authority's purpose is not critical",
        "TST.KEY_USAGE",
        "cms",
    ),
)


def cases(stage: Stage) -> Iterator[Case]:
    for name, title, twin in _GOOD:
        yield Case(
            identifier=f"token/{name}",
            title=title,
            why=_CHOICE,
            spec=_SPEC,
            verdict="VALID",
            signatures={"KY_PHAT_HANH": {"time_proof": "timestamp", "indication": "TOTAL_PASSED"}},
            twin=f"token/{twin}",
            **stamped_by_openssl(name),
        )
    for name, file, title, cause, twin in _BAD:
        yield Case(
            identifier=f"token/{name}",
            title=title,
            why="It does not prove that the seal existed then",
            spec=_SPEC,
            verdict="INDETERMINATE",
            causes=("SIG.TIME_STAMPS", cause),
            signatures={"KY_PHAT_HANH": {"intact": True, "time_proof": "claimed"}},
            twin=f"token/{twin}",
            **stamped_by_openssl(file),
        )
    facts = stamped_by_openssl("without-certificate")
    yield Case(
        identifier="token/certificate-given",
        title="The token carries no certificate, and the authority's is given",
        why="Who asks without certReq gets none; the verifier may have it",
        spec=f"{_SPEC}; RFC 3161, 2.4.1",
        verdict="VALID",
        files={"cert/tsa.pem": pem(stage.world.tsa.certificate_der)},
        cert=(f"{WORLD}/cert", "cert"),
        twin="token/no-certificate",
        **facts,
    )
