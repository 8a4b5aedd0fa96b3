"""Defines a saga of five steps, each of which posts one amount in another service: the least that a step can do."""

from sandbox.definitions.model import Action, RetryPolicy, Saga, Step
from sandbox.definitions.terms import StepKind

ACCOUNTS = (
    ("order", "orders allowed", "orders accepted"),
    ("inventory", "picks to do", "picks done"),
    ("fraud", "checks open", "checks passed"),
    ("warehouse", "boxes empty", "boxes packed"),
    ("notification", "to send", "sent"),
)


def step(number: int) -> Step:
    """Returns the step of that number, from 1; it follows the previous one."""
    service, source, target = ACCOUNTS[number - 1]
    return Step(
        do=Action(f"step-{number}", f"Step{number}", f"Stepped{number}"),
        service=service,
        source=source,
        target=target,
        after=(f"step-{number - 1}",) if number > 1 else (),
        kind=StepKind.RETRIABLE,
        retry=RetryPolicy(maximum_attempts=0),
    )


SAGAS = (
    Saga(
        name="five-steps",
        title="Five steps",
        summary="Five steps that do next to nothing, to be measured.",
        trigger="Started",
        steps=tuple(step(number) for number in range(1, 6)),
    ),
)
