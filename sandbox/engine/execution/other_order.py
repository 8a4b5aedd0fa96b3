"""The order that shares a scarce stock with this one: what it has taken, and what that leaves."""

from collections.abc import Mapping
from dataclasses import dataclass

from sandbox.definitions.model import Order
from sandbox.definitions.registry import SERVICE
from sandbox.definitions.run_settings import RunSettings
from sandbox.definitions.terms import Stock
from sandbox.engine.evolve import evolve
from sandbox.engine.execution.handling import opening_balances
from sandbox.engine.execution.messages import Message
from sandbox.engine.plan.model import Plan


def scarce_accounts(actor: str) -> frozenset[str]:
    """Returns the scarce accounts of a service; an actor that is none has no accounts."""
    return frozenset(one.name for one in SERVICE[actor].accounts if one.scarce) if actor in SERVICE else frozenset()


@dataclass(frozen=True, slots=True)
class OtherOrder:
    """What another order has `taken` from a service's scarce accounts.

    It `is_waited_for` where it may still give that back and a semantic lock says so.
    """

    taken: Mapping[str, int]
    is_waited_for: bool

    @classmethod
    def at(
        cls, service: str, plan: Plan, settings: RunSettings, balances: Mapping[str, int], *, is_open: bool
    ) -> "OtherOrder":
        """Returns what the order with these settings has taken at a service, by its own `balances` there."""
        opened = opening_balances(plan, settings).get(service, {})
        taken = {name: opened[name] - balances[name] for name in scarce_accounts(service) & opened.keys()}
        return cls(taken, is_open and settings.stock == Stock.LOCKED)

    def found_with(self, message: Message, service: str, order: Order, balances: Mapping[str, int]) -> Message:
        """Returns the message as it is found at a service: with the accounts of which too little is left for `order`.

        To that order they are as these `balances` say.
        """
        of = SERVICE[service].account
        short = frozenset(
            name for name, taken in self.taken.items() if taken and balances[name] - taken < order.amount(of(name).unit)
        )
        return evolve(message, short=short, may_wait=bool(short) and self.is_waited_for)
