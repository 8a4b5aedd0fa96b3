"""The proofs are proven: the engine is broken on purpose, one promise at a time, and some proof has to notice.

A breakage that no longer finds what it is to break fails too, so that none is passed over after a change of the engine.
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
from sandbox.engine.projection import fold
from sandbox.engine.simulation.simulator import Endless, simulate
from tests.sandbox.engine import test_faults, test_matrix

Replaced = tuple[Callable[..., object], str, str]


@dataclass(frozen=True)
class Breakage:
    """What an engine would lack: in the source of each function, one text in place of another; and who notices."""

    name: str
    replaced: tuple[Replaced, ...]
    noticed_by: Callable[[], None]


def plan_of(style):
    return compiler.compile_plan(SAGA["order"], style)


def faults_everywhere(style):
    test_faults.test_no_fault_anywhere_breaks_a_law(plan_of(style))


def unsettled(style):
    test_faults.test_a_fault_leaves_an_order_unsettled_only_where_nobody_can_know_or_help(plan_of(style))


def last_first(style):
    undone = ("charge-customer", "reserve-inventory", "validate-order")
    test_matrix.test_both_styles_undo_the_same_steps_last_first(style, "schedule-fulfilment", undone)


def no_timer_rings_for_nothing(style):
    (timers,) = {f.settled for f in simulate(plan_of(style)).of_kind(FactKind.MESSAGE_HANDLED) if f.name == LAST}
    assert timers


NOTHING_FIRED = (react._fires, "rule.key in memory.fired and not rule.repeats", "False")
LAST = "ConfirmationSent"
HEARD = "if is_copy or (pair in memory.heard and not is_timer):"
TURNED_BACK = "if memory.backward and (not rule.because or rule.watches):"

NOTICED = (AssertionError, ValueError, Endless)

BREAKAGES = (
    Breakage(
        "no dedupe", ((react.react, HEARD, "if False:"), NOTHING_FIRED), partial(faults_everywhere, Style.CHOREOGRAPHY)
    ),
    Breakage(
        "dedupe by message id only",
        ((react.react, HEARD, "if is_copy:"), NOTHING_FIRED),
        partial(faults_everywhere, Style.ORCHESTRATION),
    ),
    Breakage(
        "no tombstone", ((react._fire, TURNED_BACK, "if False:"),), partial(faults_everywhere, Style.ORCHESTRATION)
    ),
    Breakage(
        "undo in the order of the steps",
        ((compensation.compensations, "step.name in s.after", "s.name in step.after"),),
        partial(last_first, Style.ORCHESTRATION),
    ),
    Breakage(
        "undo all at once where the plan says one after the other",
        ((rule_builders.after_undoing, "for step in waits_for if step.undo", "for step in ()"),),
        partial(faults_everywhere, Style.CHOREOGRAPHY),
    ),
    Breakage(
        "an undo of what never took effect",
        ((react._undo, "if step.name not in memory.applied:", "if False:"),),
        test_faults.test_an_undo_wins_against_the_do_that_it_overtakes,
    ),
    Breakage(
        "a command that comes anew is not answered",
        ((react._earlier_answers, "for e in rule.possible_emissions if e.name in sent", "for e in ()"),),
        partial(unsettled, Style.ORCHESTRATION),
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
        "a settled timer goes on running",
        ((handling.result_of, "done = cancelled_timers(plan, receiver, memory)", "done = ()"),),
        partial(no_timer_rings_for_nothing, Style.ORCHESTRATION),
    ),
    Breakage(
        "a page that forgets what was undone",
        ((fold._compensated, "postings=(*board.postings, fact)", "postings=board.postings"),),
        partial(last_first, Style.CHOREOGRAPHY),
    ),
    Breakage(
        "a judge who sees no effect twice",
        ((invariants._effects_once, "if effect in seen:", "if False:"),),
        partial(test_faults.test_without_an_inbox_a_copy_charges_twice, Style.CHOREOGRAPHY, "duplicate"),
    ),
)


def broken_code(function, replacements):
    """The code of the function with these texts replaced. AssertionError when one is not there exactly once."""
    function = inspect.unwrap(function)
    source = textwrap.dedent(inspect.getsource(function))
    source = source.removeprefix("@cache\n")
    for old, new in replacements:
        assert source.count(old) == 1, f"{function.__qualname__} no longer has {old!r}"
        source = source.replace(old, new)
    made = {}
    exec(compile(source, inspect.getfile(function), "exec"), function.__globals__, made)  # our own source, changed
    return made[function.__name__].__code__


def forget_compiled():
    compensation.compensations.cache_clear()
    compiler.compile_plan.cache_clear()
    test_faults.every_run.cache_clear()


@pytest.fixture
def broken_by(monkeypatch):
    """Breaks the engine for the length of a test."""

    def break_it(breakage):
        for function in dict.fromkeys(function for function, _, _ in breakage.replaced):
            texts = [(old, new) for one, old, new in breakage.replaced if one is function]
            monkeypatch.setattr(inspect.unwrap(function), "__code__", broken_code(function, texts))
        forget_compiled()

    yield break_it
    monkeypatch.undo()
    forget_compiled()


@pytest.mark.proof
@pytest.mark.parametrize("breakage", BREAKAGES, ids=lambda breakage: breakage.name)
def test_a_broken_engine_is_noticed(breakage, broken_by, monkeypatch):
    breakage.noticed_by()
    broken_by(breakage)
    monkeypatch.setattr(test_faults, "ORDER", {style: plan_of(style) for style in SAGA["order"].styles})
    with pytest.raises(NOTICED):
        breakage.noticed_by()
