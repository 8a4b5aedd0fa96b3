"""Turns a saga and a style into plain rules: a style of coordination is a routing table.

A new style is one more entry in `STYLES`. The rest of the engine runs any plan, whatever its style. Outside the engine,
styles are named where they are chosen (`definitions.run_settings`, `Saga.styles`, `services.start`), where claims about
them are checked (`labs.goals`), and where they are put into words (`render.text.words`).
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import cache

from sandbox.definitions.model import Saga
from sandbox.definitions.registry import SAGA, known, saga_named
from sandbox.definitions.run_settings import InvalidValue, RunSettings
from sandbox.definitions.terms import Guarantee, MessageKind, Style, UndoOrder
from sandbox.engine.plan.choreography import choreography
from sandbox.engine.plan.model import Emission, Plan, Rule
from sandbox.engine.plan.orchestration import hybrid, orchestration


@cache
def compile_plan(
    saga: Saga, style: Style, undo_order: UndoOrder = UndoOrder.SEQUENTIAL, *, timeouts: bool = True
) -> Plan:
    """Returns the rules that run `saga` in `style`. Without `timeouts` no actor notices that an answer is missing.

    Raises InvalidValue for a style that the saga cannot run in.
    """
    if style not in saga.styles:
        styles = ", ".join(saga.styles)
        raise InvalidValue(f"{saga.name} has no part that is choreographed inside; run it as one of {styles}")
    found = STYLES[style](saga, undo_order)
    rules = tuple(_merged(found if timeouts else _without_timeouts(found)))
    return Plan(
        saga, style, undo_order, _routed(rules), _with_receivers(rules, Emission(saga.trigger, MessageKind.EVENT))
    )


def _without_timeouts(rules: Iterable[Rule]) -> Iterator[Rule]:
    """Yields the rules except those that exist only for timeouts, and without the timers that start these."""
    listed = list(rules)
    timeouts = {name for rule in listed if rule.unless or rule.watches for name in rule.on}
    expired = {e.name for rule in listed if rule.unless for e in rule.emits if e.kind is MessageKind.EVENT}
    for rule in listed:
        if not timeouts.intersection(rule.on) and not expired.intersection(rule.on) and not _does_nothing(rule):
            yield replace(rule, emits=tuple(e for e in rule.emits if e.name not in timeouts))


def _does_nothing(rule: Rule) -> bool:
    return not rule.possible_emissions and rule.step is None and rule.ends is None


def _merged(rules: Iterable[Rule]) -> Iterator[Rule]:
    """Yields the rules, first joining those that differ only in their failures, then those that differ in emissions."""
    failures: dict[Rule, tuple[str, ...]] = {}
    for rule in rules:
        bare = replace(rule, because=())
        failures[bare] = (*failures.get(bare, ()), *rule.because)
    emitted: dict[Rule, tuple[Emission, ...]] = {}
    for rule, because in failures.items():
        bare = replace(rule, because=because, emits=())
        emitted[bare] = (*emitted.get(bare, ()), *rule.emits)
    for rule, emits in emitted.items():
        yield replace(rule, emits=tuple(dict.fromkeys(emits)))


def _with_receivers(rules: tuple[Rule, ...], emission: Emission) -> Emission:
    """Returns the emission addressed to every actor that has a rule for it."""
    heard_as = emission.heard_as
    return replace(emission, to=tuple(dict.fromkeys(rule.actor for rule in rules if heard_as in rule.listens_for)))


def _routed(rules: tuple[Rule, ...]) -> tuple[Rule, ...]:
    return tuple(
        replace(
            rule,
            emits=tuple(_with_receivers(rules, emission) for emission in rule.emits),
            refuses=tuple(_with_receivers(rules, emission) for emission in rule.refuses),
            has_nothing=tuple(_with_receivers(rules, emission) for emission in rule.has_nothing),
            gives_up=tuple(_with_receivers(rules, emission) for emission in rule.gives_up),
        )
        for rule in rules
    )


STYLES: dict[Style, Callable[[Saga, UndoOrder], Iterator[Rule]]] = {
    Style.CHOREOGRAPHY: choreography,
    Style.ORCHESTRATION: orchestration,
    Style.HYBRID: hybrid,
}


def plan_named(saga: str, style: str) -> Plan:
    """Returns the compiled plan. Raises ValueError, naming the valid ones, for an unknown saga or style."""
    found = saga_named(saga)
    return compile_plan(found, Style(known("style", style, found.styles)))


def plan_of(settings: RunSettings) -> Plan:
    """Returns the plan of a run with these settings; of two runs, that of the first.

    Raises KeyError for a saga that does not exist any more, and InvalidValue for a style that it cannot run in.
    """
    timeouts = Guarantee.TIMEOUTS not in settings.off
    style = Style(settings.each[0].style)
    return compile_plan(SAGA[settings.saga], style, UndoOrder(settings.undo), timeouts=timeouts)
