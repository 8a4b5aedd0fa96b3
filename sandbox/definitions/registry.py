"""Every entry by its name. Wrong data stops the import with the entry and what is wrong with it."""

import os
from collections.abc import Iterable
from importlib import import_module
from typing import Protocol, TypeVar

from sandbox.definitions.experiments import EXPERIMENTS
from sandbox.definitions.fault_types import FAULTS
from sandbox.definitions.model import Saga, Service, Step
from sandbox.definitions.presets import PRESETS
from sandbox.definitions.promise_faults import promise_fault
from sandbox.definitions.sagas import SAGAS
from sandbox.definitions.services import SERVICES
from sandbox.definitions.terms import StepKind

ORCHESTRATOR, CUSTOMER = "orchestrator", "customer"


class Named(Protocol):
    @property
    def name(self) -> str: ...


Entry = TypeVar("Entry", bound=Named)


class BadDefinition(ValueError):
    """An entry that cannot work; the message names it and the fault."""


def by_name(kind: str, entries: Iterable[Entry]) -> dict[str, Entry]:
    """The entries under their names. Raises BadDefinition when two share one."""
    table: dict[str, Entry] = {}
    for entry in entries:
        if entry.name in table:
            raise BadDefinition(f"two {kind} entries are named {entry.name!r}")
        table[entry.name] = entry
    return table


def check_service(service: Service) -> Service:
    """The service, if it can be an actor beside the customer and the orchestrator. Raises BadDefinition."""
    if service.name in {ORCHESTRATOR, CUSTOMER}:
        raise BadDefinition(f"service {service.name!r}: that name belongs to an actor of every saga")
    by_name(f"{service.name} account", service.accounts)
    return service


def check_saga(saga: Saga, services: dict[str, Service]) -> Saga:
    """The saga, if it can run. Raises BadDefinition with the saga, the step and what is wrong."""
    by_name(f"{saga.name} step", saga.steps)
    by_name(f"{saga.name} promise", saga.promises)
    earlier: dict[str, Step] = {}
    for step in saga.steps:
        fault = _fault(step, earlier, services)
        if fault:
            raise BadDefinition(f"saga {saga.name!r}, step {step.name!r}: {fault}")
        earlier[step.name] = step
    astray = _beside_the_pivot(saga)
    if astray:
        raise BadDefinition(
            f"saga {saga.name!r}, step {astray!r}: stands beside the pivot; it must come before or after"
        )
    unkept = _deadline_fault(saga) or promise_fault(saga, services)
    if unkept:
        raise BadDefinition(f"saga {saga.name!r}: {unkept}")
    names = [name for step in saga.steps for name in _message_names(step)] + [saga.trigger]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise BadDefinition(f"saga {saga.name!r}: two messages are named {', '.join(twice)}")
    return saga


def _beside_the_pivot(saga: Saga) -> str | None:
    """A step that could be refused or undone after the pivot was passed, if there is one."""
    before: dict[str, set[str]] = {}
    for step in saga.steps:
        before[step.name] = set(step.after).union(*(before[name] for name in step.after))
    pivots = [step.name for step in saga.steps if step.kind is StepKind.PIVOT]
    others = [step.name for step in saga.steps if step.kind is not StepKind.RETRIABLE]
    return next((name for pivot in pivots for name in others if name not in {pivot, *before[pivot]}), None)


def _deadline_fault(saga: Saga) -> str | None:
    """Why nobody could keep the saga's deadline, if it has one that cannot be kept."""
    if saga.deadline is None:
        return None
    if sum(1 for step in saga.steps if not step.after) != 1:
        return "has a deadline, so one single step must come first and keep it"
    if saga.pivot is None or saga.pivot.refusal is None:
        return "has a deadline, so it needs a pivot that can be refused when it has passed"
    return None


def _message_names(step: Step) -> list[str]:
    undo = [step.undo.command, step.undo.done] if step.undo else []
    return [step.do.command, step.do.done, *undo, *([step.refusal.event] if step.refusal else [])]


def _fault(step: Step, earlier: dict[str, Step], services: dict[str, Service]) -> str | None:
    unknown = [name for name in step.after if name not in earlier]
    if unknown:
        return f"comes after {', '.join(unknown)}, which does not stand before it"
    if step.service not in services:
        return f"unknown service {step.service!r}; the services are {', '.join(services)}"
    accounts = {account.name for account in services[step.service].accounts}
    for account in (step.source, step.target):
        if account not in accounts:
            return f"{step.service} has no account {account!r}; it has {', '.join(sorted(accounts))}"
    if step.kind is StepKind.COMPENSABLE and step.undo is None:
        return "is compensable but has no undo"
    if step.kind is StepKind.RETRIABLE and step.refusal:
        return "is retriable, so it may not be refused"
    if step.kind is StepKind.RETRIABLE and step.retry.maximum_attempts:
        return "is retriable, so its attempts have no limit: maximum_attempts=0"
    after_pivot = any(earlier[name].kind is not StepKind.COMPENSABLE for name in step.after)
    if after_pivot and step.kind is not StepKind.RETRIABLE:
        return "comes after the pivot, so it must be retriable"
    return None


# Sagas of your own: SANDBOX_SAGAS names a module with a tuple SAGAS and, for a domain of its own, a tuple SERVICES.
MORE = import_module(os.environ["SANDBOX_SAGAS"]) if os.environ.get("SANDBOX_SAGAS") else None
MORE_SERVICES = getattr(MORE, "SERVICES", ())
SERVICE = {name: check_service(service) for name, service in by_name("service", (*SERVICES, *MORE_SERVICES)).items()}
FAULT = by_name("fault", FAULTS)
PRESET = by_name("preset", PRESETS)
EXPERIMENT = by_name("experiment", EXPERIMENTS)
MORE_SAGAS = MORE.SAGAS if MORE else ()
SAGA = {name: check_saga(saga, SERVICE) for name, saga in by_name("saga", (*SAGAS, *MORE_SAGAS)).items()}

# Every actor that handles messages: one queue, and one worker, each.
QUEUES = (ORCHESTRATOR, *SERVICE)
# What the queue of an actor's messages is called whose handling ends in a crash on request.
CRASH = ".crash"


def crash_queue(actor: str) -> str:
    """Where an actor's message goes whose handling ends in a crash on request, so that no other waits for it."""
    return f"{actor}{CRASH}"


def title(actor: str) -> str:
    """The actor's name as people read it."""
    return SERVICE[actor].title if actor in SERVICE else actor.capitalize()


def known(what: str, name: str, valid: Iterable[str]) -> str:
    """The name, if it is a valid one. Raises ValueError, naming the valid ones, for an unknown one."""
    if name not in valid:
        raise ValueError(f"unknown {what} {name!r}; use one of {', '.join(valid)}")
    return name


def saga_named(name: str) -> Saga:
    """The saga of that name. Raises ValueError, naming the valid ones, for an unknown one."""
    return SAGA[known("saga", name, SAGA)]
