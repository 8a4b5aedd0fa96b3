"""Sets the number of processes of an actor's worker."""

import logging

import redis
from kombu.exceptions import OperationalError

from infra.private_apis.celery_messages import celery_app

# Seconds that a worker has to answer. The clock stands still meanwhile; callers can ask again.
REPLY_TIMEOUT = 0.2

log = logging.getLogger(__name__)


def resize(actor: str, processes: int) -> int | None:
    """Asks the actor's worker to use that many processes; returns how many it has now, None without an answer.

    A busy process is never ended, so the caller may have to ask again.
    """
    try:
        replies = celery_app().control.broadcast(
            "resize_pool",
            arguments={"processes": processes},
            pattern=f"{actor}@*",
            matcher="glob",
            reply=True,
            timeout=REPLY_TIMEOUT,
            limit=1,
        )
    except (redis.RedisError, OperationalError, OSError) as error:
        log.warning("%s's worker could not be reached: %s", actor, error)
        return None
    answers = [answer for reply in replies or () for answer in reply.values()]
    if not answers:
        return None
    return int(answers[0].get("processes", processes + 1))
