"""How much of the participation may be told while a wave is open."""

SMALLEST_STEP = 5
STEPS = 20


def step(eligible: int) -> int:
    """People by whom the shown number moves: 5, and 5 % of many."""
    return max(SMALLEST_STEP, -(-eligible // STEPS))


def rounded_down(taken: int, eligible: int) -> int:
    """So that who watches the number beside a desk cannot tell that somebody there took a ballot.

    Nor does it ever say that all have, or all but fewer than a step.
    """
    one = step(eligible)
    return max(min(taken, eligible - one), 0) // one * one
