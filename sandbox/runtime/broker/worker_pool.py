"""How many processes an actor's worker works with."""

import logging

import redis
from kombu.exceptions import OperationalError

from infra.private_apis.celery_messages import celery_app

# Seconds that a worker has for its answer: no more than the clock can stand still for. Who asks can ask again.
PATIENCE = 0.2

log = logging.getLogger(__name__)


def resize(actor: str, processes: int) -> int | None:
    """Tells the actor's worker to work with that many processes; returns how many it has now.

    None when there was no answer. A busy process is never ended, so that one may have to be told again.
    """
    try:
        replies = celery_app().control.broadcast(
            "resize_pool",
            arguments={"processes": processes},
            pattern=f"{actor}@*",
            matcher="glob",
            reply=True,
            timeout=PATIENCE,
            limit=1,
        )
    except (redis.RedisError, OperationalError, OSError) as error:
        log.warning("%s's worker could not be reached: %s", actor, error)
        return None
    answers = [answer for reply in replies or () for answer in reply.values()]
    if not answers:
        return None
    return int(answers[0].get("processes", processes + 1))
