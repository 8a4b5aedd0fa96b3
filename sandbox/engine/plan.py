"""A coordination style is a routing table: `compile_plan` turns a saga and a style into plain rules.

Only this module knows what the styles are. Whoever runs, draws or explains a saga reads the rules.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cache, cached_property

from sandbox.definitions.records import Saga, Step
from sandbox.definitions.registry import CUSTOMER, ORCHESTRATOR
from sandbox.definitions.terms import MessageKind, SagaStatus, StepKind, Style, UndoOrder, Verb


@dataclass(frozen=True, slots=True)
class Emission:
    """A message that a rule sends, to every actor that has a rule for it; `to` is empty when nobody listens."""

    name: str
    kind: MessageKind
    to: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Rule:
    """When `actor` has heard all of `on`, it does `verb` with `step`, then sends `emits`, or `refuses` if refused.

    A rule with `because` goes backward: it fires only for messages that go back to the refusal of one of these
    steps. A rule with `ends` closes the saga, as far as this actor knows.
    """

    actor: str
    on: tuple[str, ...]
    step: str | None = None
    verb: Verb | None = None
    emits: tuple[Emission, ...] = ()
    refuses: tuple[Emission, ...] = ()
    because: tuple[str, ...] = ()
    ends: SagaStatus | None = None

    @property
    def key(self) -> str:
        """What may happen only once at this actor in one saga."""
        return f"{self.verb} {self.step}" if self.step else f"on {' + '.join(self.on)}"


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

    There is one for each saga, style and order of undoing, so that plans are compared, and kept in caches, by identity.
    """

    saga: Saga
    style: Style
    undo_order: UndoOrder
    rules: tuple[Rule, ...]
    trigger: Emission

    def rules_of(self, actor: str) -> tuple[Rule, ...]:
        return tuple(rule for rule in self.rules if rule.actor == actor)

    @cached_property
    def actors(self) -> tuple[str, ...]:
        """Everyone who takes part, the customer first, in the order in which they are drawn."""
        coordinator = (ORCHESTRATOR,) if any(rule.actor == ORCHESTRATOR for rule in self.rules) else ()
        return (CUSTOMER, *coordinator, *self.saga.services)

    @cached_property
    def hops(self) -> tuple[Hop, ...]:
        """Every arrow that any run of this plan can take."""
        hops = [Hop(CUSTOMER, to, self.trigger.name, self.trigger.kind, Way.FORWARD) for to in self.trigger.to]
        for rule in self.rules:
            onward = Way.UNDO if rule.because else Way.FORWARD
            for emissions, way in ((rule.emits, onward), (rule.refuses, Way.REFUSAL)):
                hops += [Hop(rule.actor, to, e.name, e.kind, way) for e in emissions for to in e.to]
        return tuple(dict.fromkeys(hops))

    @property
    def unheard(self) -> tuple[str, ...]:
        """The events that nobody listens to."""
        emissions = (e for rule in self.rules for e in (*rule.emits, *rule.refuses))
        return tuple(dict.fromkeys(e.name for e in emissions if not e.to))

    def way_of(self, name: str) -> Way:
        """Which way the message of that name takes the saga."""
        return self._ways.get(name, Way.FORWARD)

    @cached_property
    def _ways(self) -> dict[str, Way]:
        ways = {e.name: Way.REFUSAL for rule in self.rules for e in rule.refuses}
        return ways | {e.name: Way.UNDO for rule in self.rules if rule.because for e in rule.emits}


@cache
def compile_plan(saga: Saga, style: Style, undo_order: UndoOrder = UndoOrder.SEQUENTIAL) -> Plan:
    """The rules that run `saga` in `style`."""
    rules = tuple(_merged(STYLES[style](saga, undo_order)))
    return Plan(saga, style, undo_order, _routed(rules), _heard_by(rules, Emission(saga.trigger, MessageKind.EVENT)))


@dataclass(frozen=True, slots=True)
class Compensation:
    """After a refusal, `step` is undone once every step in `waits_for` has been undone; none: at once."""

    step: Step
    waits_for: tuple[Step, ...]


@cache
def compensations(saga: Saga, refused: str, undo_order: UndoOrder) -> tuple[Compensation, ...]:
    """What is undone when `refused` is refused: whatever did not come after it, what depends on a step before it."""
    never_started = _with_dependents(saga, refused)
    undone = [s for s in saga.steps if s.name not in never_started and s.kind is StepKind.COMPENSABLE]
    in_order = undo_order is UndoOrder.SEQUENTIAL
    return tuple(
        Compensation(step, tuple(s for s in undone if in_order and step.name in s.after)) for step in reversed(undone)
    )


def _with_dependents(saga: Saga, name: str) -> set[str]:
    found = {name}
    for step in saga.steps:
        if found & set(step.after):
            found.add(step.name)
    return found


def _forward_trigger(saga: Saga, step: Step) -> tuple[str, ...]:
    return tuple(saga.step(name).do.done for name in step.after) or (saga.trigger,)


def _backward_trigger(saga: Saga, refused: Step, compensation: Compensation) -> tuple[str, ...]:
    undone = tuple(step.undo.done for step in compensation.waits_for if step.undo)
    return undone or _refusals(refused)


def _refusals(step: Step) -> tuple[str, ...]:
    return (step.refusal.event,) if step.refusal else ()


def _say(kind: MessageKind, *names: str) -> tuple[Emission, ...]:
    return tuple(Emission(name, kind) for name in names)


def _choreography(saga: Saga, undo_order: UndoOrder) -> Iterator[Rule]:
    """Every service listens for the events that concern it; nobody knows the whole."""
    event = MessageKind.EVENT
    for step in saga.steps:
        yield Rule(
            step.service,
            _forward_trigger(saga, step),
            step.name,
            Verb.DO,
            emits=_say(event, step.do.done),
            refuses=_say(event, *_refusals(step)),
        )
    for refused in saga.refusable:
        for one in compensations(saga, refused.name, undo_order):
            yield Rule(
                one.step.service,
                _backward_trigger(saga, refused, one),
                one.step.name,
                Verb.UNDO,
                emits=_say(event, *((one.step.undo.done,) if one.step.undo else ())),
                because=(refused.name,),
            )


def _orchestration(saga: Saga, undo_order: UndoOrder) -> Iterator[Rule]:
    """The orchestrator hears every reply and sends every command; a service knows only the orchestrator."""
    command, reply = MessageKind.COMMAND, MessageKind.REPLY
    for step in saga.steps:
        yield Rule(ORCHESTRATOR, _forward_trigger(saga, step), emits=_say(command, step.do.command))
        yield Rule(
            step.service,
            (step.do.command,),
            step.name,
            Verb.DO,
            emits=_say(reply, step.do.done),
            refuses=_say(reply, *_refusals(step)),
        )
    followed = {name for step in saga.steps for name in step.after}
    last = tuple(step.do.done for step in saga.steps if step.name not in followed)
    yield Rule(ORCHESTRATOR, last, ends=SagaStatus.COMPLETED)
    for refused in saga.refusable:
        yield from _orchestrated_undo(saga, refused, compensations(saga, refused.name, undo_order))


def _orchestrated_undo(saga: Saga, refused: Step, undone: tuple[Compensation, ...]) -> Iterator[Rule]:
    because = (refused.name,)
    for one in undone:
        if one.step.undo:
            trigger = _backward_trigger(saga, refused, one)
            command, reply = one.step.undo.command, one.step.undo.done
            yield Rule(ORCHESTRATOR, trigger, emits=_say(MessageKind.COMMAND, command), because=because)
            emits = _say(MessageKind.REPLY, reply)
            yield Rule(one.step.service, (command,), one.step.name, Verb.UNDO, emits, because=because)
    waited_for = {step.name for one in undone for step in one.waits_for}
    last = tuple(one.step.undo.done for one in undone if one.step.undo and one.step.name not in waited_for)
    yield Rule(ORCHESTRATOR, last or _refusals(refused), because=because, ends=SagaStatus.COMPENSATED)


def _merged(rules: Iterable[Rule]) -> Iterator[Rule]:
    """Rules that say the same after different refusals become one; so do commands sent on the same occasion."""
    by_refusal: dict[Rule, tuple[str, ...]] = {}
    for rule in rules:
        bare = replace(rule, because=())
        by_refusal[bare] = (*by_refusal.get(bare, ()), *rule.because)
    by_occasion: dict[Rule, tuple[Emission, ...]] = {}
    for rule, because in by_refusal.items():
        bare = replace(rule, because=because, emits=())
        by_occasion[bare] = (*by_occasion.get(bare, ()), *rule.emits)
    for rule, emits in by_occasion.items():
        yield replace(rule, emits=emits)


def _heard_by(rules: tuple[Rule, ...], emission: Emission) -> Emission:
    return replace(emission, to=tuple(dict.fromkeys(rule.actor for rule in rules if emission.name in rule.on)))


def _routed(rules: tuple[Rule, ...]) -> tuple[Rule, ...]:
    return tuple(
        replace(
            rule,
            emits=tuple(_heard_by(rules, emission) for emission in rule.emits),
            refuses=tuple(_heard_by(rules, emission) for emission in rule.refuses),
        )
        for rule in rules
    )


STYLES: dict[Style, Callable[[Saga, UndoOrder], Iterator[Rule]]] = {
    Style.CHOREOGRAPHY: _choreography,
    Style.ORCHESTRATION: _orchestration,
}
