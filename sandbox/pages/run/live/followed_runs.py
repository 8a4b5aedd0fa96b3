"""Reads from an address which runs a page follows."""

import uuid
from collections.abc import Sequence

from sandbox.form_fields import whole_number

# An address with so many is two thirds of the longest that is read; a page has two runs, a lesson a few more.
MOST_RUNS = 50
FORM = "run=<the run's id>:<the number of the last fact seen>"


def followed_runs(given: Sequence[str]) -> dict[uuid.UUID, int]:
    """Returns the last fact seen of each run to follow. Raises ValueError for what names none, or too many."""
    if not given:
        raise ValueError(f"Say which runs to follow: {FORM}, for at most {MOST_RUNS} runs.")
    if len(given) > MOST_RUNS:
        raise ValueError(f"At most {MOST_RUNS} runs are followed at once; these are {len(given)}.")
    return dict(map(_followed_run, given))


def _followed_run(given: str) -> tuple[uuid.UUID, int]:
    run_id, _, after = given.partition(":")
    seen = whole_number(after)
    try:
        if seen is not None:
            return uuid.UUID(run_id), seen
    except ValueError:
        pass
    raise ValueError(f"“{given[:60]}” does not say which run to follow; write {FORM}.")
