"""Settings by chance, in which something happens."""

from random import Random

from sandbox.definitions.registry import FAULT, SAGA
from sandbox.definitions.settings import InvalidValue, RunSettings
from sandbox.definitions.terms import Guarantee, Phase, Style
from sandbox.engine.plan.compiler import plan_of
from sandbox.engine.simulation.fault_reach import fault_places
from sandbox.run_settings import check_settings

# How often a refusal comes without a fault, and a fault with a guarantee switched off.
ONLY_REFUSED, UNGUARDED = 0.25, 0.35
# What keeps a fault from doing harm, by when it strikes.
GUARDS = {
    Phase.SENDING: Guarantee.INBOX,
    Phase.ARRIVING: Guarantee.LATE_ACK,
    Phase.ANSWERING: Guarantee.TIMEOUTS,
    Phase.COMMITTED: Guarantee.OUTBOX,
    Phase.PUBLISHED: Guarantee.INBOX,
}


def surprise(random: Random) -> RunSettings:
    """Valid settings with a refusal, or with a fault that strikes, by the throws of `random`."""
    while True:
        settings = _thrown(random)
        try:
            check_settings(settings)
        except InvalidValue:
            continue
        return settings


def _thrown(random: Random) -> RunSettings:
    """Settings with one thing that goes wrong, or two; they may not fit together."""
    saga = SAGA[random.choice(list(SAGA))]
    style = random.choice(saga.styles)
    refused = random.choice(saga.refusable).name if saga.refusable else ""
    if refused and random.random() < ONLY_REFUSED:
        return RunSettings(saga=saga.name, style=style, fail=refused)
    kind = FAULT[random.choice(list(FAULT))]
    at = _place(saga.name, style, random)
    return RunSettings(
        saga=saga.name,
        style=style,
        fail=refused if random.random() < ONLY_REFUSED else "",
        fault=(f"{at}:{kind.name}",),
        without=(GUARDS[kind.phase],) if random.random() < UNGUARDED else (),
    )


def _place(saga: str, style: Style, random: Random) -> str:
    """A step or an actor: what a newcomer knows by its name."""
    steps, actors, _ = fault_places(plan_of(RunSettings(saga=saga, style=style)))
    return random.choice((*steps, *actors))
