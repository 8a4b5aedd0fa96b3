"""Puts into words what a forked run does differently from the run that it comes from."""

from collections.abc import Callable, Sequence

from sandbox.definitions.faults import Fault
from sandbox.definitions.model import Saga
from sandbox.definitions.registry import FAULT, title
from sandbox.definitions.terms import Effect, Guarantee
from sandbox.engine.execution.facts import Fact
from sandbox.render.text.fault_words import fault_in_words
from sandbox.render.text.format import uncapitalised

Texts = Sequence[str]


def fork_in_words(fact: Fact, saga: Saga) -> str:
    """Returns the change that a "run forked" fact tells of: "this time the card works"."""
    if fact.setting is None:
        return strike_in_words(str(fact.name), (fact.to or ("",))[0], str(fact.fault))
    return change_in_words(fact.setting, fact.old or (), fact.new or (), saga)


def change_in_words(setting: str, old: Texts, new: Texts, saga: Saga) -> str:
    """Returns what is different once a setting has the value `new` instead of `old`, each as texts."""
    return CHANGES[setting](old, new, saga)


def strike_in_words(name: str, receiver: str, kind: str) -> str:
    """Returns what becomes of a message on its way that a fault of that kind strikes."""
    happens = STRUCK[FAULT[kind].effect] if kind in FAULT else kind
    return f"this time {name} to {title(receiver)} {happens}"


def _refusal(old: Texts, new: Texts, saga: Saga) -> str:
    """A refusal that is lifted is told by what holds instead."""
    name = "".join(new) or "".join(old)
    step = next((step for step in saga.refusable if step.name == name), None)
    if step is None or step.refusal is None:
        return f"this time {name} is {'' if any(new) else 'not '}refused"
    if any(new):
        return f"this time {title(step.service)} refuses: {step.refusal.reason}"
    return f"this time {step.refusal.otherwise or f'{title(step.service)} does not refuse to {step.do.in_words}'}"


def _faults(old: Texts, new: Texts, saga: Saga) -> str:
    without = [f"without {_fault(text)}" for text in old if text not in new]
    return f"this time {', '.join([*without, *(_fault(text) for text in new if text not in old)])}"


def _fault(text: str) -> str:
    return uncapitalised(fault_in_words(Fault.from_str(text)))


def _guarantees(old: Texts, new: Texts, saga: Saga) -> str:
    off = [f"without {GUARANTEES.get(name, name)}" for name in new if name not in old]
    on = [f"with {GUARANTEES.get(name, name)}" for name in old if name not in new]
    return f"from here on {', '.join([*off, *on])}"


def _quantity(old: Texts, new: Texts, saga: Saga) -> str:
    number = "".join(new)
    return f"this time {number} item{'' if number == '1' else 's'}"


CHANGES: dict[str, Callable[[Texts, Texts, Saga], str]] = {
    "fail": _refusal,
    "fault": _faults,
    "without": _guarantees,
    "quantity": _quantity,
}
GUARANTEES: dict[str, str] = {
    Guarantee.OUTBOX: "an outbox",
    Guarantee.INBOX: "an inbox",
    Guarantee.LATE_ACK: "late acknowledgement",
    Guarantee.TIMEOUTS: "timeouts",
}
STRUCK = {
    Effect.LOSE: "is lost",
    Effect.COPY: "is delivered twice",
    Effect.OVERTAKE: "is overtaken by the next message",
}
