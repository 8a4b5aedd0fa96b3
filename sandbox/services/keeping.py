"""What a learner does with a run to keep it: name it, share it, say why, throw it away."""

import uuid
from collections.abc import Iterable

from sandbox.models import Run
from sandbox.runtime.hints import hint
from sandbox.runtime.runs import delete
from sandbox.services.settings import BadRequest

MAX_NAME, MAX_REFLECTION = 80, 400


def name_run(run: Run, *, name: str) -> None:
    """Gives a run a name; an empty one takes it away. Raises BadRequest when it is too long."""
    Run.objects.filter(pk=run.pk).update(name=_line("name", name, MAX_NAME))


def reflect_on_run(run: Run, *, why: str) -> None:
    """Keeps with a run why it went as it did, in the learner's words. Raises BadRequest when it is too long."""
    Run.objects.filter(pk=run.pk).update(reflection=_line("sentence", why, MAX_REFLECTION))


def share_run(run: Run, *, shared: bool) -> None:
    """Lets whoever has the run's link look at it, or nobody but the learner any more."""
    Run.objects.filter(pk=run.pk).update(shared=shared)


def delete_runs(run_ids: Iterable[uuid.UUID]) -> None:
    """Deletes runs for good, those under way too: what is still on its way for one of them finds nothing to do."""
    for run_id in run_ids:
        delete(run_id)
        hint(run_id)


def _line(what: str, text: str, most: int) -> str:
    """The text on one line, without what no database keeps. Raises BadRequest when it is longer than `most`."""
    line = " ".join(text.replace("\0", " ").split())
    if len(line) > most:
        raise BadRequest(f"That {what} has {len(line)} characters; at most {most} are allowed.")
    return line
