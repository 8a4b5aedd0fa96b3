"""Finds promises of a saga that cannot be judged, or that every run would keep, when the saga is registered."""

from collections.abc import Iterator, Mapping

from sandbox.definitions.model import Account, Saga, Service, Step, Unit
from sandbox.definitions.promises import Charge, Confirmation, Promise, Reservation

Services = Mapping[str, Service]


def promise_error(saga: Saga, services: Services) -> str | None:
    """Returns the first thing that is wrong with the saga's promises, naming the promise, or None."""
    for promise in saga.promises:
        error = next(_errors(promise, saga, services), None)
        if error:
            return f"promise {promise.name!r}: {error}"
    if sum(isinstance(promise, Charge) for promise in saga.promises) > 1:
        return "promises two charges; an order is paid by one step"
    return _money_error(saga, services)


def _money_error(saga: Saga, services: Services) -> str | None:
    accounts = (services[step.service].account(step.source) for step in saga.steps)
    is_missing = not saga.money and any(account.unit is Unit.CENT for account in accounts)
    if is_missing or (saga.money and not _takes_a_number(saga.money)):
        return "moves money, so it has to say how an amount of it is written, as money='€{}' does"
    return None


def _takes_a_number(text: str) -> bool:
    return "{}" in text and not {"{", "}"} & set(text.replace("{}", "", 1))


def _errors(promise: Promise, saga: Saga, services: Services) -> Iterator[str]:
    steps = {step.name: step for step in saga.steps}
    unknown = [name for name in promise.steps if name not in steps]
    if unknown:
        yield f"there is no step {unknown[0]!r}; the steps are {', '.join(steps)}"
        return
    if len(set(promise.steps)) < len(promise.steps):
        yield f"speaks of {promise.steps[0]} twice; every run would keep it"
    for name in promise.steps:
        yield from _errors_of_account(promise, steps[name], saga, services)
    if isinstance(promise, Confirmation) and not _takes_a_number(promise.repeated):
        yield "says by `repeated` how often it told: one {} stands for the number"


def _errors_of_account(promise: Promise, step: Step, saga: Saga, services: Services) -> Iterator[str]:
    """Yields the reasons why the step's target account does not show whether the step has taken effect."""
    account, others = services[step.service].account(step.target), [one for one in saga.steps if one is not step]
    named = f"{step.service}'s account {account.name!r}"
    if account.opening:
        yield f"{named} opens with {account.opening}, so it does not tell whether {step.name} took effect"
    filling = [one.name for one in others if (one.service, one.target) == (step.service, step.target)]
    if filling:
        yield f"{filling[0]} fills {named}, too, so it does not tell whether {step.name} took effect"
    taking = [one.name for one in others if (one.service, one.source) == (step.service, step.target)]
    if isinstance(promise, Reservation):
        if not taking:
            yield f"no step takes from {named}, so what {step.name} holds there is never handed on"
    elif taking:
        yield f"{taking[0]} takes from {named}, so it stays empty in the end; what is handed on is a Reservation"
    yield from _errors_of_unit(promise, step, account)


def _errors_of_unit(promise: Promise, step: Step, account: Account) -> Iterator[str]:
    if isinstance(promise, Charge) and account.unit is not Unit.CENT:
        yield f"{step.name} moves no money: {step.service}'s account {account.name!r} holds {account.unit}"
    if isinstance(promise, Confirmation) and step.name == promise.step and account.unit is not Unit.ORDER:
        yield f"{step.service}'s account {account.name!r} holds {account.unit}, so it does not count confirmations"
