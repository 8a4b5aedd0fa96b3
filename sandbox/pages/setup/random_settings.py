"""Chooses settings at random, in which something goes wrong."""

from random import Random

from sandbox.definitions.faults import Fault
from sandbox.definitions.registry import FAULT, SAGA
from sandbox.definitions.run_settings import InvalidValue, RunSettings
from sandbox.definitions.terms import Guarantee, Phase, Style
from sandbox.engine.plan.compiler import plan_of
from sandbox.engine.simulation.fault_reach import fault_places
from sandbox.settings_checks import check_settings

# How often a refusal comes without a fault, and a fault with a guarantee switched off.
ONLY_REFUSED, UNGUARDED = 0.25, 0.35
# The guarantee that keeps a fault from doing harm, by the phase in which it strikes.
GUARDS = {
    Phase.SENDING: Guarantee.INBOX,
    Phase.ARRIVING: Guarantee.LATE_ACK,
    Phase.ANSWERING: Guarantee.TIMEOUTS,
    Phase.COMMITTED: Guarantee.OUTBOX,
    Phase.PUBLISHED: Guarantee.INBOX,
}


def surprise(random: Random) -> RunSettings:
    """Returns valid settings with a refusal, or with a fault that strikes, as `random` chooses."""
    while True:
        settings = _candidate(random)
        try:
            check_settings(settings)
        except InvalidValue:
            continue
        return settings


def _candidate(random: Random) -> RunSettings:
    """Returns settings in which one or two things go wrong; they may not fit together."""
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
        fault=(Fault(kind.name, at),),
        without=(GUARDS[kind.phase],) if random.random() < UNGUARDED else (),
    )


def _place(saga: str, style: Style, random: Random) -> str:
    """Chooses a step or an actor; messages are left out, since a newcomer does not know their names."""
    steps, actors, _ = fault_places(plan_of(RunSettings(saga=saga, style=style)))
    return random.choice((*steps, *actors))
