"""The order that shares a scarce stock with this one: what it has taken, and what that leaves."""

from collections.abc import Mapping
from dataclasses import dataclass

from sandbox.definitions.model import Order
from sandbox.definitions.registry import SERVICE
from sandbox.definitions.run_settings import RunSettings
from sandbox.engine.execution.handling import opening_balances
from sandbox.engine.plan.model import Plan


def scarce_accounts(actor: str) -> frozenset[str]:
    """Returns the scarce accounts of a service; an actor that is none has no accounts."""
    return frozenset(one.name for one in SERVICE[actor].accounts if one.scarce) if actor in SERVICE else frozenset()


@dataclass(frozen=True, slots=True)
class OtherOrder:
    """What another order has `taken` from a service's scarce accounts; while it `is_open`, it may give that back."""

    taken: Mapping[str, int]
    is_open: bool

    @classmethod
    def at(
        cls, service: str, plan: Plan, settings: RunSettings, balances: Mapping[str, int], *, is_open: bool
    ) -> "OtherOrder":
        """Returns what the order with these settings has taken at a service, by its own `balances` there."""
        opened = opening_balances(plan, settings).get(service, {})
        return cls({name: opened[name] - balances[name] for name in scarce_accounts(service) & opened.keys()}, is_open)

    def leaves_short(self, service: str, order: Order, balances: Mapping[str, int]) -> frozenset[str]:
        """Returns the accounts of which it leaves too little for `order`, to which they are as these `balances` say."""
        of = SERVICE[service].account
        return frozenset(
            name for name, taken in self.taken.items() if taken and balances[name] - taken < order.amount(of(name).unit)
        )
