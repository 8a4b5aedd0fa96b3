"""Finds the two runs that were ticked in a list to be compared."""

import uuid
from collections.abc import Sequence

from sandbox import selectors
from sandbox.models import Run
from sandbox.pages.comparison.context import incomparable


class NoPair(ValueError):
    """Raised unless two runs were ticked that can be compared; the message says what is missing."""


def ticked_pair(ticked: Sequence[str], learner: str) -> tuple[Run, Run]:
    """Returns the two runs, the one that was started first before the other. Raises NoPair."""
    if len(ticked) != 2:
        raise NoPair(_not_two(len(ticked)))
    one, other = sorted((_run(given, learner) for given in ticked), key=lambda run: run.started_at)
    if problem := incomparable(one, other):
        raise NoPair(problem)
    return one, other


def _not_two(count: int) -> str:
    if count == 0:
        return "No run is ticked. Tick two, then compare them."
    if count == 1:
        return "Only one run is ticked. Tick one more to compare it with."
    return f"{count} runs are ticked. Two can be compared at a time."


def _run(given: str, learner: str) -> Run:
    try:
        return selectors.run_for(learner, uuid.UUID(given))
    except selectors.NoSuchRun as error:
        raise NoPair(str(error)) from error
    except ValueError as error:
        raise NoPair(f"“{given[:40]}” is no run.") from error
