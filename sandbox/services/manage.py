"""Names, shares, explains and deletes runs for the learner who keeps them."""

from sandbox.definitions.run_settings import InvalidValue
from sandbox.models import Load, Run
from sandbox.runtime.broker.notifications import notify
from sandbox.runtime.storage.runs import delete, delete_load

MAX_NAME, MAX_REFLECTION = 80, 400
# Runs that are deleted in one transaction. More would make other writers wait for too long.
DELETED_AT_ONCE = 50
ORDER_OF_A_LOAD = (
    "This run is one order of a load, whose figures are counted from all its orders. "
    "“Delete all”, in the list of your runs, deletes it with its load."
)


class NotDeletable(RuntimeError):
    """Raised for what cannot be deleted by itself, or not yet; the message says why."""


def name_run(run: Run, *, name: str) -> None:
    """Gives a run a name, or removes it if it is empty. Raises InvalidValue when it is too long."""
    Run.objects.filter(pk=run.pk).update(name=one_line("name", name, MAX_NAME))


def reflect_on_run(run: Run, *, why: str) -> None:
    """Stores with a run why it went as it did, in the learner's words. Raises InvalidValue when it is too long."""
    Run.objects.filter(pk=run.pk).update(reflection=one_line("sentence", why, MAX_REFLECTION))


def share_run(run: Run, *, shared: bool) -> None:
    """Lets everyone with the run's link see it, or only the learner again; other viewers are then disconnected."""
    Run.objects.filter(pk=run.pk).update(shared=shared)
    if not shared:
        notify(run.pk)


def delete_run(run: Run) -> None:
    """Deletes a run for good, also one under way: messages still on their way for it then have no effect.

    Raises NotDeletable for an order of a load, whose figures are counted from all of its orders.
    """
    if run.load_id:
        raise NotDeletable(ORDER_OF_A_LOAD)
    delete([run.pk])
    notify(run.pk)


def delete_all(learner: str) -> None:
    """Deletes all runs and loads of a learner for good. Raises NotDeletable, before any is deleted, if a load runs.

    Each transaction deletes at most DELETED_AT_ONCE runs, or one load, so that other writers do not wait long.
    """
    loads, runs = Load.objects.filter(learner=learner), Run.objects.filter(learner=learner)
    if loads.filter(is_running=True).exists():
        raise NotDeletable("A load of yours is running. Stop it, or wait for its end; then all can be deleted.")
    single = list(runs.filter(load=None).values_list("pk", flat=True))
    for start in range(0, len(single), DELETED_AT_ONCE):
        delete(single[start : start + DELETED_AT_ONCE])
        notify(*single[start : start + DELETED_AT_ONCE])
    for load in loads:
        orders = list(load.runs.values_list("pk", flat=True))
        delete_load(load.pk)
        notify(*orders)


def one_line(what: str, text: str, most: int) -> str:
    """Returns the text on one line. Raises InvalidValue when it is longer than `most`."""
    found = " ".join(text.split())
    if len(found) > most:
        raise InvalidValue(f"That {what} has {len(found)} characters; at most {most} are allowed.")
    return found
