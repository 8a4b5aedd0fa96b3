"""What a question says about a run is what the run that it opens does: the engine simulates each."""

from urllib.parse import parse_qs

import pytest

from course.ask.passages import passages_in
from course.library import current_course
from quiz.bank.answer_keys import with_keys
from quiz.bank.loader import bank_files, read_bank
from quiz.bank.model import Asks
from sandbox.definitions.faults import parse_fault
from sandbox.definitions.registry import SAGA
from sandbox.definitions.terms import FactKind, Guarantee, SagaStatus, StepStatus, Style
from sandbox.engine.analysis.invariants import broken, judge
from sandbox.engine.plan.compiler import compile_plan
from sandbox.engine.simulation.simulator import simulate

QUESTIONS = [question for file in bank_files().values() for question in with_keys(read_bank(file)).questions]
OPENED = [question for question in QUESTIONS if question.sandbox]
TRACED = [question for question in OPENED if question.trace]
TYPED = {question.id: question for question in OPENED if not question.trace and question.asks is Asks.WHAT_IF}


def ids(question):
    return question.id


def run_of(question):
    """Simulates the run that the question's link sets up."""
    chosen = parse_qs(question.sandbox)
    without = frozenset(map(Guarantee, chosen.get("without", [])))
    (saga,), (style,), (refused,) = (chosen.get(key, [""]) for key in ("saga", "style", "fail"))
    plan = compile_plan(SAGA[saga or "order"], Style(style), timeouts=Guarantee.TIMEOUTS not in without)
    faults = tuple(map(parse_fault, chosen.get("fault", [])))
    return simulate(plan, fail=refused or None, faults=faults, without=without)


@pytest.mark.parametrize("question", TRACED, ids=ids)
def test_a_trace_question_opens_the_run_that_its_key_comes_from(question):
    assert parse_qs(question.sandbox) == {name: list(values) for name, values in question.trace.settings}


def test_every_trace_question_opens_its_run():
    assert [question.id for question in QUESTIONS if question.trace and not question.sandbox] == []


def a_refund_stands_beside_the_charge(run):
    charged = [fact.verb for fact in run.board.postings if fact.step == "charge-customer"]
    return charged == ["do", "undo"] and run.balance("payment", "merchant") == 0


def the_late_charge_is_skipped(run):
    skipped = run.of_kind(FactKind.STEP_SKIPPED)[0]
    undone = run.of_kind(FactKind.NOTHING_TO_UNDO)[0]
    return {skipped.step, undone.step} == {"charge-customer"} and undone.seq < skipped.seq


def refund_and_cancel_and_nothing_else(run):
    return run.board.compensations == ("charge-customer", "validate-order")


def only_the_neighbours_of_the_check_have_new_rules(run):
    before = compile_plan(SAGA["order"], Style.CHOREOGRAPHY)

    def work(plan, actor):
        return {(rule.on, rule.step, rule.verb) for rule in plan.rules_of(actor)}

    evolve = {actor for actor in SAGA["order"].services if work(before, actor) != work(run.plan, actor)}
    return evolve == {"payment", "inventory"}


def charged_before_the_orchestrator_knows(run):
    done = next(fact for fact in run.of_kind(FactKind.STEP_COMPLETED) if fact.step == "charge-customer")
    heard = next(fact for fact in run.of_kind(FactKind.MESSAGE_HANDLED) if fact.name == "CustomerCharged")
    return heard.actor == "orchestrator" and done.seq < heard.seq


def no_service_gets_the_reply_of_inventory(run):
    told = [delivery.receiver for delivery in run.board.deliveries.values() if delivery.name == "InventoryReserved"]
    return told == ["orchestrator"]


def it_goes_on_and_every_step_takes_effect_once(run):
    steps = [fact.step for fact in run.board.postings]
    return run.board.status is SagaStatus.COMPLETED and len(steps) == len(set(steps)) == 5


def told_after_the_crash(run):
    crash = run.of_kind(FactKind.FAULT_INJECTED)[0]
    booked = next(fact for fact in run.of_kind(FactKind.STEP_COMPLETED) if fact.step == "schedule-fulfilment")
    return crash.seq < booked.seq and not broken(judge(run))


def one_reply_comes_out_of_the_shipment(run):
    heard = {delivery.name for delivery in run.board.deliveries.values() if delivery.receiver == "orchestrator"}
    return "ShipmentPacked" in heard and not heard & {"ItemsPicked", "LabelPrinted"}


def confirmed_once_and_answered_twice(run):
    answers = [delivery for delivery in run.board.deliveries.values() if delivery.name == "ConfirmationSent"]
    return len(answers) == 2 and run.balance("notification", "sent") == 1 and not run.board.compensations


def never_charged_and_nothing_to_refund(run):
    (undone,) = run.of_kind(FactKind.NOTHING_TO_UNDO)[:1]
    told = {delivery.name for delivery in run.board.deliveries.values()}
    return undone.step == "charge-customer" and "NothingToRefund" in told and "CustomerRefunded" not in told


RUN_SHOWS = {
    "what-undoes-a-charge": a_refund_stands_beside_the_charge,
    "refund-before-charge": the_late_charge_is_skipped,
    "stock-out-beside-the-charge": refund_and_cancel_and_nothing_else,
    "one-more-step": only_the_neighbours_of_the_check_have_new_rules,
    "the-changed-reply": no_service_gets_the_reply_of_inventory,
    "the-record-says-charging": charged_before_the_orchestrator_knows,
    "orchestrator-dies": it_goes_on_and_every_step_takes_effect_once,
    "killed-after-the-commit": told_after_the_crash,
    "gift-wrapping": one_reply_comes_out_of_the_shipment,
    "nothing-to-refund": never_charged_and_nothing_to_refund,
    "points-given-twice": confirmed_once_and_answered_twice,
}


def test_every_what_if_question_that_opens_a_run_is_held_to_it():
    assert RUN_SHOWS.keys() == TYPED.keys()


@pytest.mark.parametrize("name", RUN_SHOWS)
def test_the_run_shows_what_the_key_says(name):
    assert RUN_SHOWS[name](run_of(TYPED[name]))


def test_past_the_pivot_nothing_is_undone_in_the_run_that_asks_about_it():
    run = run_of(next(question for question in QUESTIONS if question.id == "mail-server-down"))
    assert run.board.status is SagaStatus.COMPLETED
    assert {view.status for view in run.board.steps.values()} == {StepStatus.COMPLETED}


def test_the_paragraph_behind_an_early_acknowledgement_says_what_a_timeout_does_and_the_run_does_it():
    (question,) = (one for one in QUESTIONS if one.id == "acknowledged-too-early")
    lessons = {lesson.slug: lesson for lesson in current_course().lessons}
    lesson = lessons["transactional-outbox-and-idempotent-consumers"]
    (passage,) = (one for one in passages_in(lesson) if one.address.endswith(f"#{question.paragraph}"))
    assert "when the timeout of a command passes" in passage.text
    assert "takes the order back" in passage.text
    assert run_of(question).board.status is SagaStatus.COMPENSATED
