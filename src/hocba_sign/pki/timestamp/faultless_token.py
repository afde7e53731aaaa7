"""Tokens read by comparison: a quick path that can only say "intact"
(docs/adr/0021-quick-and-careful.md).

Tokens of one authority differ in a few values of constant size. Where all other octets are those of
a token that the careful path found intact, these values alone are read and verified.
Spec: RFC 3161, 2.4.2; RFC 5652, 5.4.
"""

from collections.abc import Callable
from datetime import datetime
from itertools import pairwise
from operator import itemgetter
from typing import Final, TypeAlias

from hocba_sign.crypto import der
from hocba_sign.crypto.digests import DigestAlgorithm, digest
from hocba_sign.crypto.verify import PublicKey, load_public_key, verify_der_value
from hocba_sign.errors import InputError
from hocba_sign.frozen_dataclass import dataclass
from hocba_sign.pki.cache.bounded import BoundedCache
from hocba_sign.pki.timestamp.cms import MESSAGE_DIGEST
from hocba_sign.pki.timestamp.protocol import IntactToken, content_digest
from hocba_sign.pki.timestamp.token import Token, read_time

MAX_KEPT_OCTETS: Final = 1024 * 1024
"""Of the tokens that others are compared with; one has 3 to 8 kB."""
PER_SIZE: Final = 4
"""Tokens of one size that others are compared with."""

_SIGNING_TIME: Final = "1.2.840.113549.1.9.5"

_Octets: TypeAlias = tuple[bytes, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Form:
    """What tokens of one form have in common.

    `pick_fixed` takes what must be `fixed`, `pick_values` the imprint, the time, the TSTInfo, its
    digest, the signed attributes without their tag, and the signature value.
    """

    size: int
    pick_fixed: Callable[[bytes], _Octets]
    fixed: _Octets
    pick_values: Callable[[bytes], _Octets]
    imprint_algorithm: DigestAlgorithm
    content_digest: DigestAlgorithm
    key: PublicKey
    token: IntactToken

    def read(
        self, token_der: bytes, expected: Callable[[DigestAlgorithm], bytes]
    ) -> IntactToken | None:
        """Verify what is not fixed."""
        imprint, time, info, stated, attributes, signature = self.pick_values(token_der)
        moment = _moment(time)
        if (
            moment is None
            or expected(self.imprint_algorithm) != imprint
            or digest(self.content_digest, info) != stated
            or not verify_der_value(
                self.key,
                bytes((der.SET,)) + attributes,
                signature=signature,
                algorithm=self.token.algorithms.signature,
            )
        ):
            return None
        known = self.token
        return IntactToken(
            der=token_der,
            gen_time=moment,
            certificate=known.certificate,
            algorithms=known.algorithms,
            carried=known.carried,
        )


_forms: BoundedCache[tuple[int, int], _Form] = BoundedCache(
    MAX_KEPT_OCTETS, weigh=lambda form: form.size
)


def read_faultless(
    token_der: bytes, expected: Callable[[DigestAlgorithm], bytes]
) -> IntactToken | None:
    """Return what `read_token` and `verify_token` would find intact and without fault; None for
    anything else, and for a token of a form that was not met before.

    `expected` digests the time-stamped octets with the token's imprint algorithm.
    """
    size = len(token_der)
    for number in range(PER_SIZE):
        form = _forms.peek((size, number))
        if form is None:
            return None
        if form.pick_fixed(token_der) == form.fixed:
            return form.read(token_der, expected)
    return None


def remember(token: Token, intact: IntactToken) -> None:
    """Let others be compared with a token that was found intact and without fault; not with one
    whose certificate it does not hold itself, or of whose evidence something was not read.
    """
    if intact.carried.unread or intact.certificate not in token.certificates:
        return
    try:
        form = _form(token, intact)
    except (InputError, ValueError):
        # Its own octets, read once more, are of another form: indefinite lengths are.
        return
    for number in range(PER_SIZE):
        if _forms.get((form.size, number), lambda: form).fixed == form.fixed:
            return


def _form(token: Token, intact: IntactToken) -> _Form:
    octets = token.der
    info, signer = _info_and_signer(octets)
    _, _, imprint, serial, gen_time, *optional = der.children(info)
    _, value = der.children(imprint)
    _, _, _, attributes, _, signature, *_ = der.children(signer)
    held = {der.oid(name): values for name, values in map(der.children, der.children(attributes))}
    (stated,) = der.children(held[MESSAGE_DIGEST])
    nonces = [part for part in optional if part.tag == der.INTEGER][:1]
    times = der.children(held[_SIGNING_TIME]) if _SIGNING_TIME in held else ()
    changing = (value, serial, gen_time, *nonces, stated, *times, signature)
    spans = sorted((part.start, part.end) for part in changing)
    fixed = itemgetter(
        *(
            slice(end, start)
            for (_, end), (start, _) in pairwise([(0, 0), *spans, (len(octets), 0)])
        )
    )
    return _Form(
        size=len(octets),
        pick_fixed=fixed,
        fixed=fixed(octets),
        pick_values=itemgetter(
            slice(value.start, value.end),
            slice(gen_time.start, gen_time.end),
            slice(info.at, info.end),
            slice(stated.start, stated.end),
            slice(attributes.at + 1, attributes.end),
            slice(signature.start, signature.end),
        ),
        imprint_algorithm=token.imprint_algorithm,
        content_digest=content_digest(token),
        key=load_public_key(intact.certificate.public_key_der),
        token=intact,
    )


def _info_and_signer(octets: bytes) -> tuple[der.Element, der.Element]:
    _, holder = der.sequence(der.whole(octets, der.SEQUENCE))
    (signed_data,) = der.children(holder)
    _, _, inner, *_, signers = der.children(signed_data)
    _, content_holder = der.children(inner)
    (content,) = der.children(content_holder)
    (signer,) = der.children(signers)
    return der.element_at(octets, content.start), signer


def _moment(content: bytes) -> datetime | None:
    try:
        return read_time(content)
    except ValueError:
        return None
