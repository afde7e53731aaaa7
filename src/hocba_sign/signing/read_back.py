"""What is given out was read from the octets that are given out, and says what it shall."""

from hocba_sign.ades.structure import ParsedSignature, StampKind
from hocba_sign.errors import CallerError
from hocba_sign.pki.timestamp.protocol import read_token


def require_kept(before: tuple[ParsedSignature, ...], after: tuple[ParsedSignature, ...]) -> None:
    """Require that what was signed is signed still, in every signature.

    Raises: CallerError `SIGN.STATE` naming the first that is not.
    """
    for earlier, other in zip(before, after, strict=True):
        if (earlier.value, earlier.references) != (other.value, other.references):
            raise CallerError("SIGN.STATE", where=str(earlier.slot or earlier.where))


def require_stamped(signature: ParsedSignature | None, name: str, *, kind: StampKind) -> None:
    """Require that the last time-stamp of `kind` on a signature, which is called `name`, is of the
    octets that a verifier sees.

    Raises: CallerError `SIGN.STATE`, `SIGN.TIME_STAMP`.
    """
    stamps = () if signature is None else signature.time_stamps
    stamp = next((stamp for stamp in reversed(stamps) if stamp.kind is kind), None)
    if stamp is None:
        raise CallerError("SIGN.STATE", where=name)
    token = read_token(stamp.tokens_der[-1])
    if token.imprint != stamp.imprint(token.imprint_algorithm):
        raise CallerError("SIGN.TIME_STAMP", where=name)
