"""What the actors of a plan promise each other: each message with its sender, its receivers and what it says."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sandbox.definitions.model import Saga
from sandbox.definitions.registry import CUSTOMER
from sandbox.definitions.terms import MessageKind, Verb
from sandbox.engine.plan.model import Emission, Plan, Rule
from sandbox.render.saga_code.saga_shape import undo_of
from sandbox.render.text.format import listed, seconds
from sandbox.render.text.names import capital


@dataclass(frozen=True, slots=True)
class Contract:
    """A message of a plan. `because` are the failures that it can report or compensate; a way forward has none."""

    name: str
    kind: MessageKind
    sender: str
    receivers: tuple[str, ...]
    because: tuple[str, ...]
    summary: str


def contracts(plan: Plan) -> tuple[Contract, ...]:
    """Returns every message that a rule of the plan sends, and the customer's, each once."""
    trigger = plan.trigger
    found = {trigger.name: Contract(trigger.name, trigger.kind, CUSTOMER, trigger.to, (), "Starts the saga.")}
    for rule in plan.rules:
        for emission, because, summary in _said(plan.saga, rule):
            known = found.get(emission.name)
            causes = tuple(dict.fromkeys((*(known.because if known else ()), *because)))
            found[emission.name] = Contract(emission.name, emission.kind, rule.actor, emission.to, causes, summary)
    return tuple(found.values())


def sent_on(plan: Plan, contract: Contract) -> str:
    """Returns on which messages it is sent: "On OutOfStock, or on CardDeclined"."""
    rules = [r for r in plan.rules if contract.name in (e.name for e in r.possible_emissions)]
    return capital(", or ".join(f"on {_condition(rule)}" for rule in rules)) + "." if rules else contract.summary


def received_for(plan: Plan, actor: str, name: str) -> str:
    """Returns what an actor does when it receives the message of that name."""
    heard_as = plan.heard_as(name)
    found = [_reaction(plan.saga, rule, heard_as) for rule in plan.rules_on(actor, name)]
    found += [f"cancel the timer {listed(r.on)}" for r in plan.rules_of(actor) if heard_as in r.unless]
    return capital("; or ".join(dict.fromkeys(found))) + "."


def _condition(rule: Rule) -> str:
    return " and ".join(rule.on) + (f", unless {' or '.join(rule.unless)} came" if rule.unless else "")


def _reaction(saga: Saga, rule: Rule, name: str) -> str:
    others = [other for other in rule.on if other != name]
    because = f" because of {' or '.join(rule.because)}" if rule.because else ""
    return f"{_deed(saga, rule)}{because}" + (f", once {listed(others)} came as well" if others else "")


def _deed(saga: Saga, rule: Rule) -> str:
    if rule.step is None:
        return f"{'set the timer' if _sets_timer(rule.emits) else 'send'} {listed(e.name for e in rule.emits)}"
    step = saga.step(rule.step)
    if rule.verb is Verb.UNDO:
        return undo_of(step).in_words
    return step.do.in_words if rule.verb is Verb.DO else f"unless it is done, give up: {step.do.in_words}"


def _sets_timer(emissions: Sequence[Emission]) -> bool:
    return any(one.kind is MessageKind.TIMER for one in emissions)


def _said(saga: Saga, rule: Rule) -> Iterator[tuple[Emission, tuple[str, ...], str]]:
    """Yields what a rule may send, with the failures that it can carry, and with what it says."""
    words = _deed(saga, rule)
    step = saga.step(rule.step) if rule.step else None
    failed = rule.because if rule.verb is Verb.UNDO else (step.name,) if step else ()
    for one in rule.emits:
        timer = f"Due {seconds(one.after)} after it was set."
        yield one, rule.because, timer if one.kind is MessageKind.TIMER else _done(rule, words)
    for one in rule.refuses:
        reason = step.refusal.reason if step and step.refusal else ""
        yield one, failed, f"Refused: {words}. Reason: {reason}."
    for one in rule.has_nothing:
        yield one, failed, f"There was nothing to undo: {words}. Heard as {one.heard_as}."
    for one in rule.gives_up:
        heard = f" Heard as {one.heard_as}." if one.stands_for else ""
        yield one, failed, f"Given up: {step.do.in_words if step and rule.verb is not Verb.UNDO else words}.{heard}"


def _done(rule: Rule, words: str) -> str:
    return f"Done: {words}." if rule.step else f"Not heard in time: {listed(rule.unless)}."
