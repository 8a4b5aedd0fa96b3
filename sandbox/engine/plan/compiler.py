"""A coordination style is a routing table: `compile_plan` turns a saga and a style into plain rules.

A new style is one more entry in `STYLES`; nothing else knows what the styles are.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import cache

from sandbox.definitions.model import Saga
from sandbox.definitions.registry import SAGA, known, saga_named
from sandbox.definitions.settings import RunSettings
from sandbox.definitions.terms import Guarantee, MessageKind, Style, UndoOrder
from sandbox.engine.plan.choreography import choreography
from sandbox.engine.plan.model import Emission, Plan, Rule
from sandbox.engine.plan.orchestration import hybrid, orchestration


@cache
def compile_plan(
    saga: Saga, style: Style, undo_order: UndoOrder = UndoOrder.SEQUENTIAL, *, timeouts: bool = True
) -> Plan:
    """The rules that run `saga` in `style`. Without `timeouts` nobody watches over anybody.

    Raises ValueError for a style that the saga cannot run in.
    """
    if style not in saga.styles:
        raise ValueError(f"{saga.name} has nothing that is choreographed inside; use one of {', '.join(saga.styles)}")
    found = STYLES[style](saga, undo_order)
    rules = tuple(_merged(found if timeouts else _unwatched(found)))
    return Plan(saga, style, undo_order, _routed(rules), _heard_by(rules, Emission(saga.trigger, MessageKind.EVENT)))


def _unwatched(rules: Iterable[Rule]) -> Iterator[Rule]:
    """The rules without any that wait for silence."""
    listed = list(rules)
    watchdogs = {name for rule in listed if rule.unless or rule.watches for name in rule.on}
    expired = {e.name for rule in listed if rule.unless for e in rule.emits if e.kind is MessageKind.EVENT}
    for rule in listed:
        if not watchdogs.intersection(rule.on) and not expired.intersection(rule.on) and not _only_settles(rule):
            yield replace(rule, emits=tuple(e for e in rule.emits if e.name not in watchdogs))


def _only_settles(rule: Rule) -> bool:
    return not rule.says and rule.step is None and rule.ends is None


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
        yield replace(rule, emits=tuple(dict.fromkeys(emits)))


def _heard_by(rules: tuple[Rule, ...], emission: Emission) -> Emission:
    return replace(emission, to=tuple(dict.fromkeys(rule.actor for rule in rules if emission.name in rule.hears)))


def _routed(rules: tuple[Rule, ...]) -> tuple[Rule, ...]:
    return tuple(
        replace(
            rule,
            emits=tuple(_heard_by(rules, emission) for emission in rule.emits),
            refuses=tuple(_heard_by(rules, emission) for emission in rule.refuses),
            gives_up=tuple(_heard_by(rules, emission) for emission in rule.gives_up),
        )
        for rule in rules
    )


STYLES: dict[Style, Callable[[Saga, UndoOrder], Iterator[Rule]]] = {
    Style.CHOREOGRAPHY: choreography,
    Style.ORCHESTRATION: orchestration,
    Style.HYBRID: hybrid,
}


def plan_named(saga: str, style: str, *, timeouts: bool = True) -> Plan:
    """The compiled plan. Raises ValueError, naming the valid ones, for an unknown saga or style."""
    found = saga_named(saga)
    return compile_plan(found, Style(known("style", style, found.styles)), timeouts=timeouts)


def plan_of(settings: RunSettings) -> Plan:
    """Returns the rules that a run with these settings runs; of two runs, those of the first.

    Raises KeyError for a saga that is gone.
    """
    timeouts = Guarantee.TIMEOUTS not in settings.off
    style = Style(settings.each[0].style)
    return compile_plan(SAGA[settings.saga], style, UndoOrder(settings.undo), timeouts=timeouts)
