"""Says of a forked run where it comes from, and what it did differently from there."""

from sandbox.definitions.terms import FactKind
from sandbox.models import Run
from sandbox.pages.run.run_snapshot import RunSnapshot
from sandbox.render.text.what_if_words import fork_in_words


def origin_in_words(run: Run, snapshot: RunSnapshot) -> str:
    """Returns "from fact 9 of an earlier run: this time the card works"; "" for a run that was not forked."""
    if run.forked_at is None:
        return ""
    origin = f"from fact {run.forked_at} of an earlier run"
    forks = (fact for fact in snapshot.facts if fact.kind is FactKind.RUN_FORKED and fact.seq > run.forked_at)
    own = next(forks, None)
    return f"{origin}: {fork_in_words(own, snapshot.board.plan.saga)}" if own else f"{origin}, with nothing changed"
