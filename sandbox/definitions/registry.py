"""All definitions by name. A wrong one stops the import with an error that names the entry and what is wrong."""

import os
from collections.abc import Iterable
from importlib import import_module
from typing import Protocol, TypeVar

from sandbox.definitions.fault_types import FAULTS
from sandbox.definitions.model import FaultType, Saga, Service, Step
from sandbox.definitions.participants import SERVICES
from sandbox.definitions.presets import PRESETS
from sandbox.definitions.promise_errors import promise_error
from sandbox.definitions.sagas import SAGAS
from sandbox.definitions.terms import EFFECTS_IN, Phase, StepKind

ORCHESTRATOR, CUSTOMER = "orchestrator", "customer"


class Named(Protocol):
    @property
    def name(self) -> str: ...


Entry = TypeVar("Entry", bound=Named)


class BadDefinition(ValueError):
    """Raised for an entry that cannot work; the message names the entry and what is wrong."""


def by_name(kind: str, entries: Iterable[Entry]) -> dict[str, Entry]:
    """Returns the entries by name. Raises BadDefinition when two have the same name."""
    table: dict[str, Entry] = {}
    for entry in entries:
        if entry.name in table:
            raise BadDefinition(f"two {kind} entries are named {entry.name!r}")
        table[entry.name] = entry
    return table


def check_service(service: Service) -> Service:
    """Returns the service. Raises BadDefinition when its name or two of its accounts' names are taken."""
    if service.name in {ORCHESTRATOR, CUSTOMER}:
        raise BadDefinition(f"service {service.name!r}: that name belongs to an actor of every saga")
    by_name(f"{service.name} account", service.accounts)
    return service


def check_fault_type(fault_type: FaultType) -> FaultType:
    """Returns the fault type. Raises BadDefinition when the engine knows no such effect in its phase."""
    if fault_type.effect not in EFFECTS_IN[fault_type.phase]:
        allowed = "; ".join(f"{phase.name}: {', '.join(e.name for e in EFFECTS_IN[phase])}" for phase in Phase)
        raise BadDefinition(
            f"fault {fault_type.name!r}: no fault has the effect {fault_type.effect.name} in the phase "
            f"{fault_type.phase.name}; the effects in each phase are {allowed}"
        )
    return fault_type


def check_saga(saga: Saga, services: dict[str, Service]) -> Saga:
    """Returns the saga. Raises BadDefinition, naming the saga, the step and what is wrong, if it cannot run."""
    by_name(f"{saga.name} step", saga.steps)
    by_name(f"{saga.name} promise", saga.promises)
    earlier: dict[str, Step] = {}
    for step in saga.steps:
        error = _step_error(step, earlier, services)
        if error:
            raise BadDefinition(f"saga {saga.name!r}, step {step.name!r}: {error}")
        earlier[step.name] = step
    parallel = _step_parallel_to_pivot(saga)
    if parallel:
        raise BadDefinition(
            f"saga {saga.name!r}, step {parallel!r}: runs in parallel to the pivot; it must come before or after"
        )
    error = _deadline_error(saga) or promise_error(saga, services)
    if error:
        raise BadDefinition(f"saga {saga.name!r}: {error}")
    names = [name for step in saga.steps for name in _message_names(step)] + [saga.trigger]
    duplicates = sorted({name for name in names if names.count(name) > 1})
    if duplicates:
        raise BadDefinition(f"saga {saga.name!r}: two messages are named {', '.join(duplicates)}")
    return saga


def _step_parallel_to_pivot(saga: Saga) -> str | None:
    """Returns a step that could be refused or undone after the pivot has completed, or None."""
    before: dict[str, set[str]] = {}
    for step in saga.steps:
        before[step.name] = set(step.after).union(*(before[name] for name in step.after))
    pivots = [step.name for step in saga.steps if step.kind is StepKind.PIVOT]
    others = [step.name for step in saga.steps if step.kind is not StepKind.RETRIABLE]
    return next((name for pivot in pivots for name in others if name not in {pivot, *before[pivot]}), None)


def _deadline_error(saga: Saga) -> str | None:
    """Returns what is wrong with the saga's deadline, or None."""
    if saga.deadline is None:
        return None
    if sum(1 for step in saga.steps if not step.after) != 1:
        return "has a deadline, so one single step must come first and keep it"
    if saga.pivot is None or saga.pivot.refusal is None:
        return "has a deadline, so it needs a pivot that can be refused when it has passed"
    return None


def _message_names(step: Step) -> list[str]:
    undo = [step.undo.command, step.undo.done, step.undo.nothing] if step.undo else []
    refusal = [step.refusal.event, step.refusal.abandoned] if step.refusal else []
    return [step.do.command, step.do.done, *undo, *refusal]


def _step_error(step: Step, earlier: dict[str, Step], services: dict[str, Service]) -> str | None:
    """Returns what is wrong with the step, which comes after the `earlier` ones, or None."""
    unknown = [name for name in step.after if name not in earlier]
    if unknown:
        return f"comes after {', '.join(unknown)}, which is not listed before it"
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


# The environment can add sagas: SANDBOX_SAGAS names a module with a tuple SAGAS and, where needed, a tuple SERVICES.
MORE = import_module(os.environ["SANDBOX_SAGAS"]) if os.environ.get("SANDBOX_SAGAS") else None
MORE_SERVICES = getattr(MORE, "SERVICES", ())
SERVICE = {name: check_service(service) for name, service in by_name("service", (*SERVICES, *MORE_SERVICES)).items()}
FAULT = {name: check_fault_type(one) for name, one in by_name("fault", FAULTS).items()}
PRESET = by_name("preset", PRESETS)
MORE_SAGAS = MORE.SAGAS if MORE else ()
SAGA = {name: check_saga(saga, SERVICE) for name, saga in by_name("saga", (*SAGAS, *MORE_SAGAS)).items()}

# Every actor that handles messages has one queue and one worker.
QUEUES = (ORCHESTRATOR, *SERVICE)
# The suffix of the queue for messages whose handling ends in a requested crash.
CRASH = ".crash"


def crash_queue(actor: str) -> str:
    """Returns the queue for an actor's messages that end in a requested crash, which no other message has to await."""
    return f"{actor}{CRASH}"


def title(actor: str) -> str:
    """Returns the actor's name as people read it."""
    return SERVICE[actor].title if actor in SERVICE else actor.capitalize()


def known(what: str, name: str, valid: Iterable[str]) -> str:
    """Returns the name. Raises ValueError, naming the valid ones, for an unknown one."""
    if name not in valid:
        raise ValueError(f"unknown {what} {name!r}; use one of {', '.join(valid)}")
    return name


def saga_named(name: str) -> Saga:
    """Returns the saga of that name. Raises ValueError, naming the valid ones, for an unknown one."""
    return SAGA[known("saga", name, SAGA)]
