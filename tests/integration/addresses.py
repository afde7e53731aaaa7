"""Certificates that point wherever a test likes, signed by the right authority."""

from collections.abc import Sequence
from dataclasses import replace

from asn1crypto import core, x509

from hocba_sign.crypto import der
from hocba_sign.testing import World
from hocba_sign.testing.certificates import key_identifier
from hocba_sign.testing.identity import Identity
from hocba_sign.testing.keys import sign_octets


def with_addresses(
    world: World,
    identity: Identity,
    *,
    crl: Sequence[str] = (),
    ocsp: Sequence[str] = (),
    issuers: Sequence[str] = (),
    stranger: bool = False,
) -> Identity:
    """Issue the identity's certificate anew with these addresses and no others; by an authority of
    the same name with `stranger`.
    """
    authority = (
        world.impostor(identity.authority) if stranger else world.authority(identity.authority)
    )
    certificate = x509.Certificate.load(identity.certificate_der)
    fields = certificate["tbs_certificate"].copy()
    kept = [
        one
        for one in fields["extensions"]
        if one["extn_id"].native
        not in {
            "crl_distribution_points",
            "authority_information_access",
            "authority_key_identifier",
        }
    ]
    added = [
        _extension(
            "2.5.29.35", der.encode(der.SEQUENCE, der.encode(0x80, key_identifier(authority.key)))
        )
    ]
    if crl:
        name = der.encode(0xA0, der.encode(0xA0, *map(_uri, crl)))
        added.append(
            _extension("2.5.29.31", der.encode(der.SEQUENCE, der.encode(der.SEQUENCE, name)))
        )
    access = [
        *(_access("1.3.6.1.5.5.7.48.1", url) for url in ocsp),
        *(_access("1.3.6.1.5.5.7.48.2", url) for url in issuers),
    ]
    if access:
        added.append(_extension("1.3.6.1.5.5.7.1.1", der.encode(der.SEQUENCE, *access)))
    fields["extensions"] = [*kept, *added]
    signature = sign_octets(authority.key, fields.dump(), digest="sha256")
    new = x509.Certificate(
        {
            "tbs_certificate": fields,
            "signature_algorithm": certificate["signature_algorithm"],
            "signature_value": signature,
        }
    ).dump()
    return replace(identity, certificate_der=new, chain_der=(new, *identity.chain_der[1:]))


def _extension(oid: str, value_der: bytes) -> x509.Extension:
    # asn1crypto would correct the very addresses that are the point.
    return x509.Extension({"extn_id": oid, "extn_value": core.ParsableOctetString(value_der)})


def _access(method: str, url: str) -> bytes:
    return der.encode(der.SEQUENCE, core.ObjectIdentifier(method).dump(), _uri(url))


def _uri(url: str) -> bytes:
    return der.encode(0x86, url.encode("ascii"))
