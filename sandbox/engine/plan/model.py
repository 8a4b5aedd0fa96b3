"""A plan: a saga as plain rules, for one style of coordination. Whoever runs, draws or explains it reads the rules."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from sandbox.definitions.model import RetryPolicy, Saga, Step
from sandbox.definitions.registry import CUSTOMER, ORCHESTRATOR
from sandbox.definitions.terms import MessageKind, SagaStatus, Style, UndoOrder, Verb


@dataclass(frozen=True, slots=True)
class Emission:
    """A message that a rule sends, to every actor that has a rule for it; `to` is empty when nobody listens.

    It may be handled `after` seconds at the earliest. A timer that tells of a setback carries it as `because`.
    """

    name: str
    kind: MessageKind
    to: tuple[str, ...] = ()
    after: float = 0.0
    because: str | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """When `actor` has heard all of `on`, it does `verb` with `step`, then sends `emits`, or `refuses` if refused.

    A rule with `because` goes backward: it fires only for messages that go back to one of these setbacks. A rule
    with `ends` closes the saga, as far as this actor knows. A rule with `unless` does not fire once one of these was
    heard; it is for timers, which are settled by then. One that `repeats` may fire again, and send the same again.
    `watches` is the step whose silence it acts upon; `gives_up` is told when an undo cannot be done.
    """

    actor: str
    on: tuple[str, ...]
    step: str | None = None
    verb: Verb | None = None
    emits: tuple[Emission, ...] = ()
    refuses: tuple[Emission, ...] = ()
    gives_up: tuple[Emission, ...] = ()
    because: tuple[str, ...] = ()
    ends: SagaStatus | None = None
    unless: tuple[str, ...] = ()
    watches: str | None = None
    repeats: bool = False

    @property
    def key(self) -> str:
        """What may happen only once at this actor in one saga. A step that was abandoned counts as done."""
        if self.step is None:
            return f"on {' + '.join(self.on)}"
        return f"{Verb.DO if self.verb is Verb.ABANDON else self.verb} {self.step}"

    @property
    def says(self) -> tuple[Emission, ...]:
        """Everything that it may send."""
        return (*self.emits, *self.refuses, *self.gives_up)

    @property
    def hears(self) -> tuple[str, ...]:
        """The names of all messages that matter to it."""
        return (*self.on, *self.unless)


class Way(StrEnum):
    """Which way a message takes the saga: onward, to a halt, or back."""

    FORWARD = "forward"
    REFUSAL = "refusal"
    UNDO = "undo"


@dataclass(frozen=True, slots=True)
class Hop:
    """An arrow of the drawn plan: `name` travels from `sender` to `receiver`, and takes the saga that `way`."""

    sender: str
    receiver: str
    name: str
    kind: MessageKind
    way: Way


@dataclass(frozen=True, eq=False)
class Plan:
    """A saga compiled for one style: the rules that run, and that every picture is drawn from.

    There is one for each way of compiling a saga, so that plans are compared, and kept in caches, by identity.
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

    def rules_on(self, actor: str, name: str) -> tuple[Rule, ...]:
        """The rules of that actor which the message of that name can make fire."""
        return self._by_message.get((actor, name), ())

    @cached_property
    def _by_message(self) -> dict[tuple[str, str], tuple[Rule, ...]]:
        heard = dict.fromkeys((rule.actor, name) for rule in self.rules for name in rule.on)
        return {(actor, name): tuple(r for r in self.rules_of(actor) if name in r.on) for actor, name in heard}

    def steps_on(self, name: str) -> tuple[Rule, ...]:
        """The rules of all actors that do something with a step when the message of that name has come."""
        return self._steps_by_message.get(name, ())

    @cached_property
    def _steps_by_message(self) -> dict[str, tuple[Rule, ...]]:
        rules = [rule for rule in self.rules if rule.step]
        return {name: tuple(r for r in rules if name in r.on) for rule in rules for name in rule.on}

    @cached_property
    def actors(self) -> tuple[str, ...]:
        """Everyone who takes part, the customer first, in the order in which they are drawn."""
        coordinator = (ORCHESTRATOR,) if any(rule.actor == ORCHESTRATOR for rule in self.rules) else ()
        return (CUSTOMER, *coordinator, *self.saga.services)

    @cached_property
    def hops(self) -> tuple[Hop, ...]:
        """Every arrow that any run of this plan can take. Timers go nowhere: see `timers`."""
        hops = [Hop(CUSTOMER, to, self.trigger.name, self.trigger.kind, Way.FORWARD) for to in self.trigger.to]
        for rule in self.rules:
            hops += [
                Hop(rule.actor, to, e.name, e.kind, self.way_of(e.name))
                for e in rule.says
                if e.kind is not MessageKind.TIMER
                for to in e.to
            ]
        return tuple(dict.fromkeys(hops))

    @cached_property
    def timers(self) -> tuple[tuple[str, Emission], ...]:
        """The timers that actors set themselves."""
        found = ((rule.actor, e) for rule in self.rules for e in rule.says if e.kind is MessageKind.TIMER)
        return tuple(dict.fromkeys(found))

    @cached_property
    def unconsumed_events(self) -> tuple[str, ...]:
        """The events that nobody listens to."""
        return tuple(dict.fromkeys(e.name for rule in self.rules for e in rule.says if not e.to))

    @cached_property
    def reemittable(self) -> frozenset[tuple[str, str]]:
        """The services and the messages that may come to them anew: what is asked for again, and what follows of it."""
        found: set[tuple[str, str]] = set()
        more = _heard_of(rule for rule in self.rules if rule.repeats)
        while not more <= found:
            found |= more
            more = _heard_of(rule for rule in self.rules if any((rule.actor, name) in found for name in rule.on))
        return frozenset(found)

    def way_of(self, name: str) -> Way:
        """Which way the message of that name takes the saga."""
        return self._ways.get(name, Way.FORWARD)

    @cached_property
    def _ways(self) -> dict[str, Way]:
        halts = {e.name for rule in self.rules for e in (*rule.refuses, *rule.gives_up)}
        halts |= {name for rule in self.rules if rule.verb is Verb.ABANDON for name in rule.on}
        backward = {e.name for rule in self.rules if rule.because for e in rule.emits}
        return dict.fromkeys(halts, Way.REFUSAL) | dict.fromkeys(backward, Way.UNDO)

    def asked_by(self, actor: str, name: str, verb: Verb) -> Step | None:
        """The step that the message of that name asks that actor to do or to undo, at once or after a wait, if any."""
        heard = self.rules_on(actor, name)
        rule = next((rule for rule in heard if rule.verb is verb), None)
        if rule and rule.step:
            return self.saga.step(rule.step)
        waits = (e.name for rule in heard if actor != ORCHESTRATOR and not rule.step for e in rule.emits)
        return next(filter(None, (self.asked_by(actor, wait, verb) for wait in waits)), None)

    def retry_of(self, actor: str, name: str) -> RetryPolicy:
        """How often that actor tries to handle the message of that name."""
        step = self.asked_by(actor, name, Verb.DO) or self.asked_by(actor, name, Verb.UNDO)
        return step.retry if step else RetryPolicy()


def _heard_of(rules: Iterable[Rule]) -> set[tuple[str, str]]:
    """The services that hear what these rules say, each with what it hears."""
    return {(to, e.name) for rule in rules for e in rule.says for to in e.to if to != ORCHESTRATOR}
