"""One thing can be different from any fact of a run on, unless something has depended on it by then."""

from random import Random

import pytest

from sandbox.definitions.faults import parse_fault
from sandbox.definitions.registry import FAULT, SAGA
from sandbox.definitions.run_settings import RunSettings
from sandbox.definitions.terms import FactKind, Guarantee, Pace, SagaStatus, Style
from sandbox.engine.analysis.invariants import broken, judge
from sandbox.engine.evolve import evolve
from sandbox.engine.execution.handling import opening_balances
from sandbox.engine.execution.replay import replay
from sandbox.engine.execution.run_state import RunState
from sandbox.engine.plan.compiler import plan_of
from sandbox.engine.simulation.change import NO_CHANGE, Change, ChangeKind
from sandbox.engine.simulation.fork import CannotFork, fork, last_shared
from sandbox.engine.simulation.simulator import Simulator
from sandbox.engine.simulation.what_if import Moment, fork_with, options
from tests.sandbox.engine.simulation.test_fork import facts_counted

STYLES = (Style.CHOREOGRAPHY, Style.ORCHESTRATION)
# Offered changes and refused ones that are tried at each moment, of each kind.
TRIED = 4


def finished(**settings):
    chosen = RunSettings(**{**settings, "fault": tuple(map(parse_fault, settings.get("fault", ())))})
    run = Simulator(RunState(plan_of(chosen), chosen, faults=chosen.fault))
    run.run()
    return run


def moment_of(run, upto):
    return Moment.of(run.run_state, run.facts, upto)


def forked(run, upto, change=NO_CHANGE):
    run_state, first = fork(run.run_state, run.facts, upto=upto, now=1000.0, change=change)
    return Simulator(run_state, first=first)


def ended(run, upto, change):
    again = forked(run, upto, change)
    return again.run()


def why_nots(run, upto, kind):
    """Returns for each value of that kind of change why it is not possible from that fact on."""
    found = options(moment_of(run, upto))
    return {one.change.value: one.why_not for one in found if one.change.kind is kind}


def seq_of(run, kind, **details):
    return next(f.seq for f in run.facts if f.kind is kind and all(getattr(f, k) == v for k, v in details.items()))


def before(run, kind, **details):
    """Returns the newest fact before the transition in which that happened."""
    at = run.facts[seq_of(run, kind, **details) - 1].at
    return max(fact.seq for fact in run.facts if fact.at < at)


def some(random, changes, kinds=tuple(ChangeKind)):
    """Returns a few of the changes, some of each kind."""
    for kind in kinds:
        of_kind = [one for one in changes if one.change.kind is kind]
        yield from random.sample(of_kind, min(TRIED, len(of_kind)))


def random_run(random):
    saga = SAGA[random.choice(list(SAGA))]
    style = random.choice(saga.styles)
    fail = random.choice(["", *(step.name for step in saga.refusable)])
    place = random.choice([step.name for step in saga.steps])
    fault = [f"{place}:{random.choice(list(FAULT))}"] if random.random() < 0.6 else []
    without = random.sample(list(Guarantee), 1) if random.random() < 0.3 else []
    return finished(saga=saga.name, style=str(style), fail=fail, fault=fault, without=tuple(map(str, without)))


def random_moment(random):
    """Returns a random run, and a random moment at which it was not over."""
    earlier = []
    while not earlier:  # where the first message was lost, the run was over at once
        run = random_run(random)
        earlier = [fact.seq for fact in run.facts if fact.at < run.facts[-1].at]
    return run, moment_of(run, random.choice(earlier))


def without_times(facts):
    return [evolve(fact, at=0.0) for fact in facts]


@pytest.mark.parametrize("seed", [*range(12), *(pytest.param(seed, marks=pytest.mark.proof) for seed in range(12, 50))])
def test_every_change_that_is_offered_starts_ends_shares_the_past_and_keeps_every_law(seed):
    random = Random(seed)
    run, moment = random_moment(random)
    cut = len(moment.shared)
    for option in some(random, [one for one in options(moment) if not one.why_not]):
        change = with_number(option.change)
        again = forked(run, moment.upto, change)
        shift = again.facts[0].at - run.facts[0].at
        assert without_times(again.facts[:cut]) == without_times(run.facts[:cut])
        assert all(abs(a.at - b.at - shift) < 1e-6 for a, b in zip(again.facts[:cut], run.facts[:cut], strict=True))
        record = again.run()
        assert record.board.is_ended
        if not (run.run_state.settings.off or record.settings.off):
            assert not broken(judge(record)), change
        if change.kind is ChangeKind.FAULT:
            struck = [fact.reason for fact in record.of_kind(FactKind.FAULT_INJECTED) if fact.seq > cut]
            assert change.value in struck


def with_number(change):
    return Change(change.kind, "3") if change.kind is ChangeKind.QUANTITY else change


@pytest.mark.parametrize("seed", [*range(3), *(pytest.param(seed, marks=pytest.mark.proof) for seed in range(3, 20))])
def test_what_was_said_to_be_impossible_is_refused_with_the_same_sentence(seed):
    random = Random(seed)
    run, moment = random_moment(random)
    for option in some(random, [one for one in options(moment) if one.why_not]):
        with pytest.raises(CannotFork) as refusal:
            fork_with(run.run_state, run.facts, upto=moment.upto, now=0.0, change=option.change)
        assert str(refusal.value) == option.why_not


@pytest.mark.parametrize("seed", range(4))
def test_a_fault_that_is_said_to_be_unable_to_strike_does_not(seed):
    random = Random(seed)
    run, moment = random_moment(random)
    impossible = [one for one in options(moment) if "after this moment" in one.why_not]
    for option in some(random, impossible, [ChangeKind.FAULT]):
        record = ended(run, moment.upto, option.change)
        assert not [f for f in record.of_kind(FactKind.FAULT_INJECTED) if f.reason == option.change.value]


@pytest.mark.parametrize("style", STYLES)
def test_this_time_the_card_works(style):
    run = finished(style=str(style), fail="charge-customer")
    upto = before(run, FactKind.STEP_REJECTED)
    assert why_nots(run, upto, ChangeKind.FAIL)[""] == ""
    record = ended(run, upto, Change(ChangeKind.FAIL))
    assert record.board.status is SagaStatus.COMPLETED
    assert record.balance("payment", "customer") == 100_000 - 2500
    told = next(fact for fact in record.facts if fact.kind is FactKind.RUN_FORKED)
    assert (told.setting, told.old, told.new) == ("fail", ("charge-customer",), ("",))


def test_a_refusal_that_has_happened_stays():
    run = finished(fail="charge-customer")
    upto = seq_of(run, FactKind.STEP_REJECTED)
    why = f"Payment refused charge-customer at fact {upto}"
    assert set(why_nots(run, upto, ChangeKind.FAIL).values()) == {why}


def test_who_has_done_its_step_can_refuse_no_more_and_who_has_not_can():
    run = finished()
    upto = seq_of(run, FactKind.STEP_COMPLETED, step="charge-customer")
    found = why_nots(run, upto, ChangeKind.FAIL)
    assert found["charge-customer"] == f"Payment completed charge-customer at fact {upto}"
    assert found["schedule-fulfilment"] == ""
    record = ended(run, upto, Change(ChangeKind.FAIL, "schedule-fulfilment"))
    assert record.board.compensations == ("charge-customer", "reserve-inventory", "validate-order")


def test_what_is_possible_does_not_depend_on_whether_the_learner_holds_the_messages():
    run = finished(style="orchestration")
    upto = before(run, FactKind.STEP_COMPLETED, step="charge-customer")
    start, *facts = run.facts
    held = (evolve(start, pace=Pace.STEP), *facts)
    assert options(Moment.of(run.run_state, held, upto)) == options(moment_of(run, upto))


def test_who_is_not_asked_any_more_cannot_refuse():
    run = finished(style="orchestration", fault=["reserve-inventory:slow"])
    upto = seq_of(run, FactKind.STEP_TIMED_OUT)
    asked = "Payment is not asked to charge the customer after this moment"
    assert why_nots(run, upto, ChangeKind.FAIL)["charge-customer"] == asked


def test_the_quantity_can_change_until_the_first_step_is_done():
    run = finished()
    done = seq_of(run, FactKind.STEP_COMPLETED)
    why = f"Order completed validate-order with 1 item at fact {done}"
    assert why_nots(run, done, ChangeKind.QUANTITY) == {"": why}
    assert why_nots(run, 2, ChangeKind.QUANTITY) == {"": ""}
    assert ended(run, 2, Change(ChangeKind.QUANTITY, "3")).balance("payment", "merchant") == 7500


@pytest.mark.parametrize(
    ("value", "why"), [("0", "out of range"), ("", "out of range"), ("x", "out of range"), ("1", "has 1 item already")]
)
def test_a_quantity_that_no_order_can_have_is_refused(value, why):
    run = finished()
    with pytest.raises(CannotFork, match=why):
        fork_with(run.run_state, run.facts, upto=2, now=0.0, change=Change(ChangeKind.QUANTITY, value))


def test_another_style_starts_from_the_beginning():
    run = finished()
    assert why_nots(run, 2, ChangeKind.STYLE) == {
        "orchestration": "OrderPlaced was sent to Order, as in this choreography"
    }
    upto = seq_of(run, FactKind.STEP_COMPLETED, step="reserve-inventory")
    why = "2 actors have begun to follow the rules of this choreography"
    assert why_nots(run, upto, ChangeKind.STYLE) == {"orchestration": why}
    assert why_nots(run, upto, ChangeKind.WITHOUT)["timeouts"] == why


def test_timeouts_can_go_while_nobody_has_set_a_timer():
    run = finished(style="orchestration", fault=["charge-customer:lost"])
    assert why_nots(run, 2, ChangeKind.WITHOUT)["timeouts"] == ""
    record = ended(run, 2, Change(ChangeKind.WITHOUT, "timeouts"))
    assert record.board.status is SagaStatus.STUCK
    assert not [fact for fact in record.facts if fact.kind is FactKind.STEP_TIMED_OUT]


def lost_answer(run):
    """Returns the change that loses the message that was sent last, and the fact that tells of its sending."""
    sent = max(f.seq for f in run.facts if f.name == "CustomerCharged" and f.kind is FactKind.MESSAGE_SENT)
    return sent, Change(ChangeKind.STRIKE, f"{sent}-orchestrator:lost")


def test_this_time_the_reply_is_lost():
    run = finished(style="orchestration")
    sent, change = lost_answer(run)
    assert why_nots(run, sent, ChangeKind.STRIKE)[change.value] == ""
    record = ended(run, sent, change)
    lost = [fact for fact in record.facts if fact.kind is FactKind.MESSAGE_LOST]
    assert [(fact.message, fact.name) for fact in lost] == [(sent, "CustomerCharged")]
    assert record.of_kind(FactKind.STEP_TIMED_OUT)[0].step == "charge-customer"
    assert not broken(judge(record))


def test_a_message_that_has_arrived_cannot_be_lost_any_more():
    run = finished(style="orchestration")
    sent, change = lost_answer(run)
    with pytest.raises(CannotFork, match="no change that is offered"):
        fork_with(run.run_state, run.facts, upto=sent + 3, now=0.0, change=change)


def test_a_fault_that_has_not_struck_yet_vanishes_and_one_that_has_stays():
    run = finished(style="orchestration", fault=["charge-customer:transient"])
    struck = seq_of(run, FactKind.FAULT_INJECTED)
    fault, upto = "charge-customer:transient", before(run, FactKind.FAULT_INJECTED)
    assert why_nots(run, upto, ChangeKind.NO_FAULT) == {fault: ""}
    record = ended(run, upto, Change(ChangeKind.NO_FAULT, fault))
    assert not [f for f in record.facts if f.kind is FactKind.FAULT_INJECTED]
    assert why_nots(run, struck, ChangeKind.NO_FAULT) == {fault: f"it has struck at fact {struck}"}


def recognised(record):
    """Returns the actors that recognised a copy."""
    return {
        fact.actor
        for fact in record.facts
        if fact.kind is FactKind.DUPLICATE_IGNORED and fact.name != "CustomerCharged"
    }


def charges(record):
    done = record.of_kind(FactKind.STEP_COMPLETED)
    return len([fact for fact in done if fact.step == "charge-customer"])


def test_an_inbox_is_missing_from_the_moment_on_at_which_it_is_switched_off():
    run = finished(fault=["reserve-inventory:duplicate", "charge-customer:duplicate"])
    upto = seq_of(run, FactKind.DUPLICATE_IGNORED)
    record = ended(run, upto, Change(ChangeKind.WITHOUT, Guarantee.INBOX))
    assert (recognised(run), charges(run.record)) == ({"inventory", "payment"}, 1)
    assert (recognised(record), charges(record)) == ({"inventory"}, 2)
    assert {finding.invariant.name for finding in broken(judge(record))} >= {"effects-once"}


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("now_off", [True, False])
def test_an_actor_that_replays_its_history_decides_under_the_settings_that_held_then(style, now_off):
    run = finished(style=str(style), fault=["reserve-inventory:duplicate"], without=() if now_off else ("inbox",))
    kind = ChangeKind.WITHOUT if now_off else ChangeKind.WITH
    for upto in range(2, last_shared(run.facts, len(run.facts)) - 8):
        again = forked(run, upto, Change(kind, Guarantee.INBOX))
        again.run()
        settings = again.run_state.settings
        opened = opening_balances(again.run_state.plan, settings)
        for actor, memory in again.memories.items():
            balances = opened.get(actor)
            assert replay(again.run_state.plan, settings, actor, again.facts, balances=balances) == memory


@pytest.mark.parametrize("seed", [*range(4), *(pytest.param(seed, marks=pytest.mark.proof) for seed in range(4, 30))])
def test_a_run_that_is_forked_after_a_change_goes_on_as_the_changed_one_did(seed):
    random = Random(seed)
    run, moment = random_moment(random)
    for option in some(random, [one for one in options(moment) if not one.why_not]):
        again = forked(run, moment.upto, with_number(option.change))
        again.run()
        later = [fact.seq for fact in again.facts if len(moment.shared) < fact.seq and fact.at < again.facts[-1].at]
        for upto in random.sample(later, min(2, len(later))):
            third = forked(again, upto)
            third.run()
            assert facts_counted(third) == facts_counted(again), (option.change, upto)


def test_a_run_that_comes_from_a_changed_one_has_the_change_only_if_it_was_made_by_then():
    run = finished(style="orchestration")
    fault = "schedule-fulfilment:transient"
    again = forked(run, 8, Change(ChangeKind.FAULT, fault))
    again.run()
    changed = seq_of(again, FactKind.RUN_FORKED)
    earlier, later = (moment_of(again, upto).run_state for upto in (changed - 1, changed))
    assert (list(map(str, earlier.settings.fault)), list(map(str, later.settings.fault))) == ([], [fault])
    assert (list(map(str, earlier.faults)), list(map(str, later.faults))) == ([], [fault])


def test_a_refusal_that_was_lifted_is_lifted_for_the_whole_run():
    run = finished(fail="charge-customer")
    again = forked(run, before(run, FactKind.STEP_REJECTED), Change(ChangeKind.FAIL))
    again.run()
    assert ended(again, 4, NO_CHANGE).board.status is SagaStatus.COMPLETED


def test_a_moment_at_which_the_run_was_over_offers_nothing():
    run = finished()
    with pytest.raises(CannotFork, match="was over at fact"):
        moment_of(run, len(run.facts))


@pytest.mark.parametrize("text", ["fail=charge-customer", "fault=payment:down=5@2", "without=inbox", "quantity=", ""])
def test_a_change_is_read_as_it_was_written(text):
    assert str(Change.read(text)) == text
