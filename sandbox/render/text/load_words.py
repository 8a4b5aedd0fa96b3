"""Puts the results of loads into words."""

from sandbox.definitions.registry import title
from sandbox.engine.analysis.queueing import WaitStats
from sandbox.render.text.format import brief

# The share of processor time from which on the processor is the bottleneck.
BUSY = 0.8
# Seconds of a median wait below which messages wait no longer than handling one takes.
NO_WAIT = 0.02


def bottleneck(worst: WaitStats, *, processor: float | None) -> str:
    """Returns where the messages waited longest, and whether more processes could help."""
    who = title(worst.actor)
    if worst.median < NO_WAIT:
        return f"No queue built up: even at {who}, half of the messages were handled within {brief(worst.median)}."
    where = (
        f"Messages to {who} waited longest: half of them {brief(worst.median)} or more, "
        f"and {worst.most} at once at the most."
    )
    return f"{where} {_limit(processor)}" if processor is not None else where


def _limit(processor: float) -> str:
    share = f"The machine's processor was busy {processor:.0%} of the time"
    if processor >= BUSY:
        return f"{share}, so a second process has little to win here."
    return f"{share}, so there was room for a second process."


def change(value: float, *, is_in_spread: bool, others: int) -> str:
    """Returns how much faster or slower something was than so many others; 0.1 is ten per cent faster."""
    if is_in_spread:
        return "within their spread"
    speed = f"{abs(value):.0%} {'faster' if value > 0 else 'slower'}"
    return f"{speed} than {'the one without' if others == 1 else f'the median of {others}'}"
