"""Whose turn it is, by the plan alone."""

from hocba_sign.errors import CallerError
from hocba_sign.model.workflow import SigningPlan, Slot


def require_turn_in(
    plan: SigningPlan, slot: Slot, *, expected: tuple[Slot, ...], filled: tuple[Slot, ...]
) -> None:
    """Refuse what `plan` forbids now.

    Raises: CallerError `SIGN.NO_SUCH_SLOT`, `SIGN.ALREADY_SIGNED`, `SIGN.ORDER` (naming the slot in
    the way).
    """
    if slot not in expected:
        raise CallerError("SIGN.NO_SUCH_SLOT", where=str(slot))
    if slot in filled:
        raise CallerError("SIGN.ALREADY_SIGNED", where=str(slot))
    obstacles = plan.obstacles(slot, expected=expected, filled=filled)
    if obstacles:
        raise CallerError("SIGN.ORDER", where=f"{slot}: {', '.join(map(str, obstacles))}")
