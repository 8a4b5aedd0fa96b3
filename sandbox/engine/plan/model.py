"""A plan is a saga as plain rules, for one style. What runs, draws or explains the saga reads these rules."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from sandbox.definitions.model import RetryPolicy, Saga, Step
from sandbox.definitions.registry import CUSTOMER, ORCHESTRATOR
from sandbox.definitions.terms import MessageKind, SagaStatus, Style, UndoOrder, Verb


@dataclass(frozen=True, slots=True)
class Emission:
    """A message that a rule may send, to every actor that has a rule for it; `to` is empty when nobody listens.

    It is handled after `after` seconds at the earliest. A timer that reports a failure has that as `because`. An event
    or reply that `stands_for` another is heard as that one: rules listen for both under the other's name.
    """

    name: str
    kind: MessageKind
    to: tuple[str, ...] = ()
    after: float = 0.0
    because: str | None = None
    stands_for: str | None = None

    @property
    def heard_as(self) -> str:
        """Returns the name under which rules listen for it."""
        return self.stands_for or self.name


@dataclass(frozen=True, slots=True)
class Rule:
    """When `actor` has received all of `on`, it does `verb` with `step`, then sends `emits`, or `refuses` if refused.

    A rule with `because` is part of compensating: it fires only for messages that are due to one of these failures. A
    rule with `ends` closes the saga, as far as this actor knows. A rule with `unless` does not fire once one of these
    was received; it is for timers, which are cancelled by then. A rule that `repeats` may fire again, and send the same
    again. `watches` is the step whose missing answer it reacts to. `gives_up` is sent when a step is abandoned, or an
    undo cannot be done; `has_nothing` when there is nothing to undo.
    """

    actor: str
    on: tuple[str, ...]
    step: str | None = None
    verb: Verb | None = None
    emits: tuple[Emission, ...] = ()
    refuses: tuple[Emission, ...] = ()
    has_nothing: tuple[Emission, ...] = ()
    gives_up: tuple[Emission, ...] = ()
    because: tuple[str, ...] = ()
    ends: SagaStatus | None = None
    unless: tuple[str, ...] = ()
    watches: str | None = None
    repeats: bool = False

    @property
    def key(self) -> str:
        """Returns what may happen only once at this actor in a saga. An abandoned step counts as done."""
        if self.step is None:
            return f"on {' + '.join(self.on)}"
        return f"{Verb.DO if self.verb is Verb.ABANDON else self.verb} {self.step}"

    @property
    def possible_emissions(self) -> tuple[Emission, ...]:
        """Returns everything that it may send."""
        return (*self.emits, *self.refuses, *self.has_nothing, *self.gives_up)

    @property
    def listens_for(self) -> tuple[str, ...]:
        """Returns the names of all messages that it depends on."""
        return (*self.on, *self.unless)


class Way(StrEnum):
    """The direction of a message: it takes the saga onward, reports a refusal, or takes it back."""

    FORWARD = "forward"
    REFUSAL = "refusal"
    UNDO = "undo"


@dataclass(frozen=True, slots=True)
class Hop:
    """An arrow of the drawn plan: the message `name` goes from `sender` to `receiver`.

    One that `stands_for` another shares its arrow and its label.
    """

    sender: str
    receiver: str
    name: str
    kind: MessageKind
    way: Way
    stands_for: str | None = None


@dataclass(frozen=True, eq=False)
class Plan:
    """A saga compiled for one style: the rules that run, and that every picture is drawn from.

    `compile_plan` caches plans, so that they can be compared, and be keys of caches, by identity.
    """

    saga: Saga
    style: Style
    undo_order: UndoOrder
    rules: tuple[Rule, ...]
    trigger: Emission

    def rules_of(self, actor: str) -> tuple[Rule, ...]:
        return self._by_actor.get(actor, ())

    @cached_property
    def _by_actor(self) -> dict[str, tuple[Rule, ...]]:
        return {actor: tuple(rule for rule in self.rules if rule.actor == actor) for actor in self.actors}

    def heard_as(self, name: str) -> str:
        """Returns the name under which rules listen for that message: its own, or that of the one it stands for."""
        return self._stand_ins.get(name, name)

    @cached_property
    def _stand_ins(self) -> dict[str, str]:
        return {e.name: e.stands_for for rule in self.rules for e in rule.possible_emissions if e.stands_for}

    def rules_on(self, actor: str, name: str) -> tuple[Rule, ...]:
        """Returns the rules of that actor that the message of that name can make fire."""
        return self._by_message.get((actor, self.heard_as(name)), ())

    @cached_property
    def _by_message(self) -> dict[tuple[str, str], tuple[Rule, ...]]:
        received = dict.fromkeys((rule.actor, name) for rule in self.rules for name in rule.on)
        return {(actor, name): tuple(r for r in self.rules_of(actor) if name in r.on) for actor, name in received}

    def steps_on(self, name: str) -> tuple[Rule, ...]:
        """Returns the rules of all actors that do something with a step when they receive the message of that name."""
        return self._steps_by_message.get(self.heard_as(name), ())

    @cached_property
    def _steps_by_message(self) -> dict[str, tuple[Rule, ...]]:
        rules = [rule for rule in self.rules if rule.step]
        return {name: tuple(r for r in rules if name in r.on) for rule in rules for name in rule.on}

    @cached_property
    def actors(self) -> tuple[str, ...]:
        """Returns all who take part, the customer first, in the order in which they are drawn."""
        coordinator = (ORCHESTRATOR,) if any(rule.actor == ORCHESTRATOR for rule in self.rules) else ()
        return (CUSTOMER, *coordinator, *self.saga.services)

    @cached_property
    def hops(self) -> tuple[Hop, ...]:
        """Returns every message that a run of this plan can send to another actor. For timers, see `timers`."""
        hops = [Hop(CUSTOMER, to, self.trigger.name, self.trigger.kind, Way.FORWARD) for to in self.trigger.to]
        for rule in self.rules:
            hops += [
                Hop(rule.actor, to, e.name, e.kind, self.way_of(e.name), e.stands_for)
                for e in rule.possible_emissions
                if e.kind is not MessageKind.TIMER
                for to in e.to
            ]
        return tuple(dict.fromkeys(hops))

    @cached_property
    def timers(self) -> tuple[tuple[str, Emission], ...]:
        """Returns the timers, each with the actor that sets it for itself."""
        found = ((rule.actor, e) for rule in self.rules for e in rule.possible_emissions if e.kind is MessageKind.TIMER)
        return tuple(dict.fromkeys(found))

    @cached_property
    def unconsumed_events(self) -> tuple[str, ...]:
        """Returns the events that nobody listens for, without those that stand for others."""
        found = (e for rule in self.rules for e in rule.possible_emissions if not e.to and not e.stands_for)
        return tuple(dict.fromkeys(e.name for e in found))

    @cached_property
    def reemittable(self) -> frozenset[tuple[str, str]]:
        """Returns pairs of a service and a message that it may receive again: repeated commands, and what follows."""
        found: set[tuple[str, str]] = set()
        more = _received_from(rule for rule in self.rules if rule.repeats)
        while not more <= found:
            found |= more
            more = _received_from(rule for rule in self.rules if any((rule.actor, name) in found for name in rule.on))
        return frozenset(found)

    @cached_property
    def is_led(self) -> bool:
        """Returns whether every message goes to or comes from the orchestrator, so that it decides every next step."""
        return all(ORCHESTRATOR in (hop.sender, hop.receiver) for hop in self.hops)

    def way_of(self, name: str) -> Way:
        """Returns the direction of the message of that name."""
        return self._ways.get(name, Way.FORWARD)

    @cached_property
    def _ways(self) -> dict[str, Way]:
        refusals = {e.name for rule in self.rules for e in (*rule.refuses, *rule.gives_up)}
        refusals |= {name for rule in self.rules if rule.verb is Verb.ABANDON for name in rule.on}
        backward = {e.name for rule in self.rules if rule.because for e in (*rule.emits, *rule.has_nothing)}
        return dict.fromkeys(refusals, Way.REFUSAL) | dict.fromkeys(backward, Way.UNDO)

    def requested_step(self, actor: str, name: str, verb: Verb) -> Step | None:
        """Returns the step that this message asks that actor to do or to undo, at once or after a wait, or None."""
        rules = self.rules_on(actor, name)
        rule = next((rule for rule in rules if rule.verb is verb), None)
        if rule and rule.step:
            return self.saga.step(rule.step)
        waits = (e.name for rule in rules if actor != ORCHESTRATOR and not rule.step for e in rule.emits)
        return next(filter(None, (self.requested_step(actor, wait, verb) for wait in waits)), None)

    def retry_of(self, actor: str, name: str) -> RetryPolicy:
        """Returns the retry policy by which that actor handles the message of that name."""
        step = self.requested_step(actor, name, Verb.DO) or self.requested_step(actor, name, Verb.UNDO)
        return step.retry if step else RetryPolicy()


def _received_from(rules: Iterable[Rule]) -> set[tuple[str, str]]:
    """Returns the services that receive what these rules send, each paired with what it hears the message as."""
    return {(to, e.heard_as) for rule in rules for e in rule.possible_emissions for to in e.to if to != ORCHESTRATOR}
