"""The pool of a Celery worker: its size on request, and how soon it replaces a dead child. Every worker loads this."""

from typing import Any

from celery.concurrency.asynpool import AsynPool
from celery.worker.control import control_command

# Seconds from one look for dead pool children to the next. Celery's own are 5, which no setting changes; for as long
# the message waits that killed its child.
LOOK_EVERY = 0.5


def look_often(pool: Any) -> dict[Any, float]:
    """What the pool does at which interval, in seconds."""
    return {pool.maintain_pool: LOOK_EVERY}


AsynPool.timers = property(look_often)


# Celery's own pool_grow and pool_shrink count from what there is: a worker that was started anew meanwhile would be
# shrunk to nothing. Told a size, it can be told twice.
@control_command(args=[("processes", int)], signature="PROCESSES")  # type: ignore[untyped-decorator]
def resize_pool(state: Any, processes: int) -> dict[str, int]:
    """Has the worker's pool become that large; answers how many processes live now. Raises ValueError for a busy one.

    One more lives within half a second, when the pool looks round next.
    """
    pool, more = state.consumer.pool, processes - state.consumer.pool.num_processes
    if more > 0:
        pool.grow(more)
    elif more < 0:
        pool.shrink(-more)
    if more:
        state.consumer._update_prefetch_count(more)
    return {"processes": len(pool._pool._pool)}
