"""How long an actor works on each message of a load, beyond what the work really takes."""

import uuid
from functools import lru_cache

from sandbox.models import Load


def service_time(load_id: uuid.UUID, actor: str) -> float:
    """Returns the seconds that the load makes the actor work on each message; 0 for an actor that is not slow."""
    slow, seconds = _slow_actor(load_id)
    return seconds if actor == slow else 0.0


@lru_cache(maxsize=8)
def _slow_actor(load_id: uuid.UUID) -> tuple[str, float]:
    """Reads the actor that is slow in a load, and its seconds. Neither changes once the load has been asked for."""
    slow, work_ms = Load.objects.values_list("slow", "work_ms").get(pk=load_id)
    return slow, work_ms / 1000
