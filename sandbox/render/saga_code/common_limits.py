"""What several formats say otherwise, or cannot say, of a saga, in the same words."""

from collections.abc import Iterable
from math import ceil

from sandbox.definitions.model import Saga, Step


def counted_after_the_first(field: str, steps: Iterable[Step]) -> list[str]:
    """Returns how a field that does not count the first attempt says the limits of these steps."""
    limits = sorted({step.retry.maximum_attempts for step in steps if step.retry.maximum_attempts})
    return [f"{field} counts the attempts after the first: {limit} in all are {limit - 1} here." for limit in limits]


def rounded_up(saga: Saga) -> list[str]:
    """Returns which waits before a second attempt become longer where waits are whole seconds."""
    waits = sorted({step.retry.initial_interval for step in saga.steps if step.retry.initial_interval % 1})
    return [f"Waits between attempts are whole seconds: {wait:g} s become {ceil(wait)} s." for wait in waits]


def commanded_by(coordinator: str, saga: Saga) -> list[str]:
    """Returns what is lost of the other styles where such a coordinator commands every step."""
    found = []
    if any(step.group for step in saga.steps):
        found.append(f"Every step gets its command from the {coordinator}: a choreographed group cannot be said.")
    if saga.deadline:
        found.append(f"The deadline of the choreographed order is not needed: the {coordinator} notices silence.")
    return found
