"""The Celery tasks. The relay sends them by name to the receiver's own queue."""

from celery import Task, shared_task
from django.db import close_old_connections

from infra.private_apis.celery_messages import AGAIN, EARLY_TASK, TASK
from sandbox.definitions.registry import CRASH
from sandbox.runtime import mailbox, worker


@shared_task(name=TASK, bind=True)  # type: ignore[untyped-decorator]
def deliver(task: Task, delivery_id: int | None = None) -> None:
    """Handles what waits for the actor of the task's queue, and then this delivery; see worker."""
    _handle_mailbox(task)
    if delivery_id is not None:
        again = _is_redelivered(task) or bool(task.request.get(AGAIN))
        worker.handle_delivery(delivery_id, again=again, may_die=_may_die(task))


# For runs without late acknowledgement: a killed worker loses the message that it has taken.
@shared_task(name=EARLY_TASK, bind=True, acks_late=False)  # type: ignore[untyped-decorator]
def deliver_acknowledged_early(task: Task, delivery_id: int) -> None:
    """Handles what waits for the actor, and then a delivery that is acknowledged already; see worker."""
    _handle_mailbox(task)
    worker.handle_delivery(delivery_id, again=bool(task.request.get(AGAIN)), may_die=_may_die(task))


def _handle_mailbox(task: Task) -> None:
    close_old_connections()
    if not _may_die(task):
        mailbox.handle_mailbox(str(task.request.delivery_info.get("routing_key")), again=_is_redelivered(task))


def _is_redelivered(task: Task) -> bool:
    return bool(task.request.delivery_info.get("redelivered"))


def _may_die(task: Task) -> bool:
    """Returns whether the message comes from a queue whose worker may die by a requested crash."""
    return str(task.request.delivery_info.get("routing_key")).endswith(CRASH)
