"""Says what a run can do differently from one of its facts on, and why it cannot do the rest.

What the shared facts have depended on stays as it is: an account that was looked at, the quantity of an order that was
begun, the rules that coordinate it. A fault has to be able to strike, and a refusal to make a difference.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from sandbox.definitions.faults import Fault
from sandbox.definitions.model import Step
from sandbox.definitions.registry import FAULT, title
from sandbox.definitions.run_settings import DEFAULTS, MAX_FAULTS, SETTINGS, InvalidValue, RunSettings
from sandbox.definitions.terms import FactKind, Guarantee, Pace, Phase
from sandbox.engine.evolve import evolve
from sandbox.engine.execution.facts import Fact
from sandbox.engine.execution.run_state import RunState, Transition
from sandbox.engine.simulation.change import NO_CHANGE, Change, ChangeKind
from sandbox.engine.simulation.fault_reach import STRIKES_WITHIN, unreachable_from
from sandbox.engine.simulation.fork import CannotFork, fork
from sandbox.engine.simulation.simulator import Simulator


@dataclass(frozen=True, slots=True)
class ChangeOption:
    """A change, and why it is not possible; "" if it is."""

    change: Change
    why_not: str = ""


@dataclass(frozen=True)
class Moment:
    """A run as of one of its facts, from which another may go on: its state then, and what both share."""

    whole: RunState
    facts: tuple[Fact, ...]
    upto: int
    run_state: RunState
    first: Transition

    @classmethod
    def of(cls, run_state: RunState, facts: Sequence[Fact], upto: int) -> "Moment":
        """Returns the moment of fact `upto`. Raises CannotFork and Diverged as `fork` does."""
        return cls(run_state, tuple(facts), upto, *fork(run_state, facts, upto=upto, now=0.0))

    @property
    def shared(self) -> tuple[Fact, ...]:
        """Returns the facts so far; their times are relative."""
        return self.first.facts

    @property
    def settings(self) -> RunSettings:
        """Returns the settings that hold at this moment."""
        return self.run_state.settings

    @cached_property
    def unreachable(self) -> Mapping[Fault, str]:
        return unreachable_from(*_by_itself(self.run_state, self.first))

    def is_refused(self, step: str, change: Change = NO_CHANGE) -> bool:
        """Returns whether that step is refused after this moment for the reason of its business, after the change."""
        run_state, first = fork(self.whole, self.facts, upto=self.upto, now=0.0, change=change)
        run_state, first = _by_itself(run_state, first)
        run = Simulator(run_state, first=first)
        for _ in range(STRIKES_WITHIN):
            if not run.in_flight:
                break
            run.deliver(run.in_flight[0])
        found = self.run_state.plan.saga.step(step)
        return any(_is_refusal(fact, found) for fact in run.facts[len(self.shared) :])


def _by_itself(run_state: RunState, first: Transition) -> tuple[RunState, Transition]:
    """Returns the run as it goes on when the learner holds no message, begun at the time 0."""
    held = {one.key for one in first.new if one.is_open and one.release_at is None}
    new = tuple(evolve(one, release_at=one.after) if one.key in held else one for one in first.new)
    return evolve(run_state, pace=Pace.FAST), evolve(first, new=new)


def fork_with(
    run_state: RunState, facts: Sequence[Fact], *, upto: int, now: float, change: Change
) -> tuple[RunState, Transition]:
    """Returns what `fork` does for a change that is possible there. Raises CannotFork, saying why, for any other."""
    if change == NO_CHANGE:
        return fork(run_state, facts, upto=upto, now=now)
    moment = Moment.of(run_state, facts, upto)
    is_quantity = change.kind is ChangeKind.QUANTITY
    asked = Change(change.kind) if is_quantity else change
    option = next((one for one in options(moment) if one.change == asked), None)
    if option is None:
        raise CannotFork(f"“{change}” is no change that is offered from fact {upto} on")
    why_not = option.why_not or (_wrong_quantity(moment, change.value) if is_quantity else "")
    if why_not:
        raise CannotFork(why_not)
    return fork(run_state, facts, upto=upto, now=now, change=change)


def _wrong_quantity(moment: Moment, value: str) -> str:
    """Says why the order cannot have so many items, or ""."""
    try:
        quantity = SETTINGS["quantity"].read([value], DEFAULTS["quantity"])
    except InvalidValue as error:
        return str(error)
    is_same = quantity == moment.settings.quantity
    return f"the order has {_items(quantity)} already; enter another number" if is_same else ""


def _items(quantity: int) -> str:
    return f"{quantity} item{'' if quantity == 1 else 's'}"


def options(moment: Moment) -> tuple[ChangeOption, ...]:
    """Returns all changes from this moment on, with the reason for those that are not possible."""
    return tuple(option for kind in OFFERED for option in kind(moment))


def _nothing(moment: Moment) -> Iterator[ChangeOption]:
    yield ChangeOption(NO_CHANGE)


def _refusals(moment: Moment) -> Iterator[ChangeOption]:
    saga, now = moment.run_state.plan.saga, moment.settings.fail
    fixed = _depended_on(moment, saga.step(now)) if now else ""
    if now:
        unasked = "" if fixed or moment.is_refused(now) else _unasked(saga.step(now))
        yield ChangeOption(Change(ChangeKind.FAIL), fixed or unasked)
    for step in saga.refusable:
        change = Change(ChangeKind.FAIL, step.name)
        if step.name != now:
            touched = fixed or _depended_on(moment, step)
            yield ChangeOption(change, touched or ("" if moment.is_refused(step.name, change) else _unasked(step)))


def _unasked(step: Step) -> str:
    return f"{title(step.service)} is not asked to {step.do.in_words} after this moment"


def _depended_on(moment: Moment, step: Step) -> str:
    """Says which shared fact has depended on the account that the step takes from, or ""."""
    for fact in moment.shared:
        other = moment.run_state.plan.saga.step(fact.step) if fact.step else step
        if fact.posting and fact.posting.service == step.service:
            is_about = step.source in (fact.posting.source, fact.posting.target)
        else:
            is_about = (other.service, other.source) == (step.service, step.source) and _is_refusal(fact, other)
        if is_about:
            return f"{_did(fact, other)} at fact {fact.seq}"
    return ""


def _is_refusal(fact: Fact, step: Step) -> bool:
    """Returns whether a step, or an attempt at it, failed because its account holds too little."""
    is_failure = fact.kind in (FactKind.STEP_REJECTED, FactKind.ATTEMPT_FAILED) and fact.step == step.name
    return is_failure and step.refusal is not None and fact.reason == step.refusal.reason


def _did(fact: Fact, step: Step) -> str:
    if fact.kind is FactKind.STEP_COMPENSATED and step.undo:
        return f"{title(fact.actor)} completed {step.undo.name}"
    return f"{title(fact.actor)} {'completed' if fact.posting else 'refused'} {step.name}"


def _strikes(moment: Moment) -> Iterator[ChangeOption]:
    kinds = [kind.name for kind in FAULT.values() if kind.phase is Phase.SENDING]
    for delivery in moment.first.new:
        if delivery.is_open and not delivery.is_timer:
            yield from (ChangeOption(Change.striking(delivery, kind)) for kind in kinds)


def _faults(moment: Moment) -> Iterator[ChangeOption]:
    placed = set(map(str, moment.settings.fault))
    full = f"{MAX_FAULTS} faults are placed, and more are not allowed" if len(placed) >= MAX_FAULTS else ""
    for fault, why_not in moment.unreachable.items():
        twice = "it is placed already" if str(fault) in placed else ""
        yield ChangeOption(Change(ChangeKind.FAULT, str(fault)), twice or full or why_not)


def _placed(moment: Moment) -> Iterator[ChangeOption]:
    struck = {fact.reason: fact.seq for fact in reversed(moment.shared) if fact.kind is FactKind.FAULT_INJECTED}
    for fault in map(str, moment.settings.fault):
        why_not = f"it has struck at fact {struck[fault]}" if fault in struck else ""
        yield ChangeOption(Change(ChangeKind.NO_FAULT, fault), why_not)


def _guarantees(moment: Moment) -> Iterator[ChangeOption]:
    rules = _rules_are_followed(moment)
    for guarantee in Guarantee:
        kind = ChangeKind.WITH if guarantee in moment.settings.off else ChangeKind.WITHOUT
        # Timeouts are rules of the plan, and the timers that these need are set with each message.
        yield ChangeOption(Change(kind, guarantee), rules if guarantee is Guarantee.TIMEOUTS else "")


def _rules_are_followed(moment: Moment) -> str:
    """Says who has begun to follow the rules of the plan, or "" while nobody has."""
    begun = dict.fromkeys(fact.actor for fact in moment.shared if fact.kind is FactKind.MESSAGE_HANDLED)
    if not begun:
        return ""
    who = title(next(iter(begun))) if len(begun) == 1 else f"{len(begun)} actors"
    has = "has" if len(begun) == 1 else "have"
    return f"{who} {has} begun to follow the rules of this {moment.run_state.plan.style}"


def _quantity(moment: Moment) -> Iterator[ChangeOption]:
    saga, items = moment.run_state.plan.saga, _items(moment.settings.quantity)
    with_steps = ((fact, saga.step(fact.step)) for fact in moment.shared if fact.step)
    depended = ((fact, step) for fact, step in with_steps if fact.posting or _is_refusal(fact, step))
    why_not = next((f"{_did(fact, step)} with {items} at fact {fact.seq}" for fact, step in depended), "")
    yield ChangeOption(Change(ChangeKind.QUANTITY), why_not)


def _styles(moment: Moment) -> Iterator[ChangeOption]:
    plan = moment.run_state.plan
    to = ", ".join(map(title, plan.trigger.to))
    sent = f"{plan.trigger.name} was sent to {to}, as in this {plan.style}"
    for style in plan.saga.styles:
        if style is not plan.style:
            yield ChangeOption(Change(ChangeKind.STYLE, style), _rules_are_followed(moment) or sent)


OFFERED = (_nothing, _refusals, _strikes, _placed, _faults, _guarantees, _quantity, _styles)
