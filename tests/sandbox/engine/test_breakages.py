"""Mutation tests of the proofs: the engine is broken on purpose, one promise at a time, and some proof has to fail.

A breakage that no longer finds the text it replaces fails too, so that none is skipped after a change of the engine.
"""

import inspect
import textwrap
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import pytest

from sandbox.definitions.registry import SAGA
from sandbox.definitions.terms import FactKind, Style
from sandbox.engine.analysis import invariants
from sandbox.engine.execution import delivery, handling, react
from sandbox.engine.plan import compensation, compiler, rule_builders
from sandbox.engine.plan.model import Plan
from sandbox.engine.projection import fold
from sandbox.engine.simulation.simulator import Endless, simulate
from tests.sandbox.engine import test_faults, test_matrix

Replaced = tuple[Callable[..., object], str, str]


@dataclass(frozen=True)
class Breakage:
    """One way to break the engine: texts replaced in the source of functions, and the proof that has to fail."""

    name: str
    replaced: tuple[Replaced, ...]
    noticed_by: Callable[[], None]


def plan_of(style):
    return compiler.compile_plan(SAGA["order"], style)


def no_fault_breaks_a_law(style):
    test_faults.test_no_fault_anywhere_breaks_a_law(plan_of(style))


def orders_are_settled(style):
    test_faults.test_a_fault_leaves_an_order_unsettled_only_where_nobody_can_know_or_help(plan_of(style))


def undo_order_is_kept(style):
    undone = ("charge-customer", "reserve-inventory", "validate-order")
    test_matrix.test_both_styles_undo_the_same_steps_last_first(style, "schedule-fulfilment", undone)


def timers_are_cancelled(style):
    (timers,) = {
        f.cancelled_timers for f in simulate(plan_of(style)).of_kind(FactKind.MESSAGE_HANDLED) if f.name == LAST
    }
    assert timers


NOTHING_FIRED = (react._fires, "rule.key in memory.fired and not rule.repeats", "False")
LAST = "ConfirmationSent"
RECEIVED = "if is_copy or (pair in memory.heard and not is_timer):"
TOLD_AS_REFUSAL = ("gives_up=_abandoned(step, kind)", "gives_up=emissions(kind, *refusals(step))")
COMPENSATING = "if memory.backward and (not rule.because or rule.watches):"

NOTICED = (AssertionError, ValueError, Endless)

BREAKAGES = (
    Breakage(
        "no dedupe",
        ((react.react, RECEIVED, "if False:"), NOTHING_FIRED),
        partial(no_fault_breaks_a_law, Style.CHOREOGRAPHY),
    ),
    Breakage(
        "dedupe by message id only",
        ((react.react, RECEIVED, "if is_copy:"), NOTHING_FIRED),
        partial(no_fault_breaks_a_law, Style.ORCHESTRATION),
    ),
    Breakage(
        "no tombstone", ((react._fire, COMPENSATING, "if False:"),), partial(no_fault_breaks_a_law, Style.ORCHESTRATION)
    ),
    Breakage(
        "undo in the order of the steps",
        ((compensation.compensations, "step.name in s.after", "s.name in step.after"),),
        partial(undo_order_is_kept, Style.ORCHESTRATION),
    ),
    Breakage(
        "undo all at once where the plan says one after the other",
        ((rule_builders.after_undoing, "for step in waits_for if step.undo", "for step in ()"),),
        partial(no_fault_breaks_a_law, Style.CHOREOGRAPHY),
    ),
    Breakage(
        "an undo of what never took effect",
        ((react._undo, "if step.name not in memory.applied:", "if False:"),),
        test_faults.test_an_undo_wins_against_the_do_that_it_overtakes,
    ),
    *(
        Breakage(
            f"in {style}, an undo that had nothing to undo says that it undid",
            ((react._undo, "_send(rule.has_nothing, memory, because)", "_send(rule.emits, memory, because)"),),
            partial(no_fault_breaks_a_law, style),
        )
        for style in SAGA["order"].styles
    ),
    Breakage(
        "an order that expired is said to lack a courier",
        ((rule_builders.abandons, *TOLD_AS_REFUSAL),),
        partial(no_fault_breaks_a_law, Style.CHOREOGRAPHY),
    ),
    Breakage(
        "a charge whose attempts are used up is said to be declined",
        ((rule_builders.does, *TOLD_AS_REFUSAL),),
        partial(test_faults.test_one_error_more_than_there_are_attempts_refuses_the_step, Style.CHOREOGRAPHY),
    ),
    Breakage(
        "nobody hears that there was nothing to undo",
        ((Plan.heard_as, "self._stand_ins.get(name, name)", "name"),),
        partial(orders_are_settled, Style.ORCHESTRATION),
    ),
    Breakage(
        "a repeated command is not answered",
        ((react._earlier_answers, "for e in rule.possible_emissions if e.name in sent", "for e in ()"),),
        partial(orders_are_settled, Style.ORCHESTRATION),
    ),
    Breakage(
        "retries without an end",
        (
            (delivery._fail, "if pause is None:", "if False:"),
            (delivery._fail, "context.now + pause", "context.now + 1"),
        ),
        partial(test_faults.test_one_error_more_than_there_are_attempts_refuses_the_step, Style.CHOREOGRAPHY),
    ),
    Breakage(
        "a cancelled timer goes on running",
        ((handling.result_of, "done = cancelled_timers(plan, receiver, memory)", "done = ()"),),
        partial(timers_are_cancelled, Style.ORCHESTRATION),
    ),
    Breakage(
        "a page that forgets what was undone",
        ((fold._compensated, "postings=(*board.postings, fact)", "postings=board.postings"),),
        partial(undo_order_is_kept, Style.CHOREOGRAPHY),
    ),
    Breakage(
        "a judge who sees no effect twice",
        ((invariants._effects_once, "if effect in seen:", "if False:"),),
        partial(test_faults.test_without_an_inbox_a_copy_charges_twice, Style.CHOREOGRAPHY, "duplicate"),
    ),
)


def broken_code(function, replacements):
    """Returns the function's code with these texts replaced. Raises AssertionError unless each is there once."""
    function = inspect.unwrap(function)
    source = textwrap.dedent(inspect.getsource(function))
    source = source.removeprefix("@cache\n")
    for old, new in replacements:
        assert source.count(old) == 1, f"{function.__qualname__} no longer has {old!r}"
        source = source.replace(old, new)
    made = {}
    exec(compile(source, inspect.getfile(function), "exec"), function.__globals__, made)  # our own source, changed
    return made[function.__name__].__code__


def clear_caches():
    compensation.compensations.cache_clear()
    compiler.compile_plan.cache_clear()
    test_faults.run_with.cache_clear()


@pytest.fixture
def broken_by(monkeypatch):
    """Breaks the engine for the length of a test."""

    def break_it(breakage):
        for function in dict.fromkeys(function for function, _, _ in breakage.replaced):
            texts = [(old, new) for one, old, new in breakage.replaced if one is function]
            monkeypatch.setattr(inspect.unwrap(function), "__code__", broken_code(function, texts))
        clear_caches()

    yield break_it
    monkeypatch.undo()
    clear_caches()


@pytest.mark.proof
@pytest.mark.parametrize("breakage", BREAKAGES, ids=lambda breakage: breakage.name)
def test_a_broken_engine_is_noticed(breakage, broken_by, monkeypatch):
    breakage.noticed_by()
    broken_by(breakage)
    monkeypatch.setattr(test_faults, "ORDER", {style: plan_of(style) for style in SAGA["order"].styles})
    with pytest.raises(NOTICED):
        breakage.noticed_by()
