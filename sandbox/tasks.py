"""The one Celery task. The relay sends it by name to the receiver's own queue."""

from celery import Task, shared_task

from sandbox import services


@shared_task(name="sandbox.deliver", bind=True)  # type: ignore[untyped-decorator]
def deliver(task: Task, delivery_id: int) -> None:
    """Handles one delivery; see services.handle_delivery."""
    again = bool(task.request.delivery_info.get("redelivered") or task.request.get("sent_again"))
    services.handle_delivery(delivery_id, again=again)
