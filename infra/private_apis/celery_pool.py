"""Changes the pool of a Celery worker: it replaces a dead child sooner, and takes a size on request.

Every worker imports this module.
"""

from typing import Any

from celery.concurrency.asynpool import AsynPool
from celery.worker.control import control_command

# Seconds between two checks for dead children. Celery's interval is 5, which no setting changes, and the message that
# killed its child waits as long.
CHECK_INTERVAL = 0.5


def timers(pool: Any) -> dict[Any, float]:
    """Returns what the pool calls regularly, with the interval in seconds."""
    return {pool.maintain_pool: CHECK_INTERVAL}


AsynPool.timers = property(timers)


# Celery's own pool_grow and pool_shrink count from the present size, so a worker that was restarted in between would
# shrink to nothing. A command that names the size can be sent twice.
@control_command(args=[("processes", int)], signature="PROCESSES")  # type: ignore[untyped-decorator]
def resize_pool(state: Any, processes: int) -> dict[str, int]:
    """Gives the worker's pool that many processes; replies how many live now. Raises ValueError while one is busy.

    A new one starts within half a second, at the pool's next check.
    """
    pool, more = state.consumer.pool, processes - state.consumer.pool.num_processes
    if more > 0:
        pool.grow(more)
    elif more < 0:
        pool.shrink(-more)
    if more:
        state.consumer._update_prefetch_count(more)
    return {"processes": len(pool._pool._pool)}
