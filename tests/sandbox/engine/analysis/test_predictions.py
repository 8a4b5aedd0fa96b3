"""What is asked before a run, and that the answer is the one the facts give."""

import pytest

from sandbox.definitions.faults import Fault, parse_fault
from sandbox.definitions.model import Action, Saga, Step, Undo
from sandbox.definitions.registry import FAULT, SAGA, SERVICE, check_saga
from sandbox.definitions.terms import ENDED, Guarantee, SagaStatus, Style, UndoOrder
from sandbox.engine.analysis.comparison import compare
from sandbox.engine.analysis.predictions import (
    QUESTIONS,
    BadPrediction,
    check_prediction,
    is_right,
    outcomes,
    questions_for,
)
from sandbox.engine.plan.compiler import compile_plan
from sandbox.engine.simulation.simulator import simulate
from tests.sandbox.engine.test_matrix import CASES, names

ORDER = {style: compile_plan(SAGA["order"], style) for style in SAGA["order"].styles}
REFUSALS = (None, *(step.name for step in SAGA["order"].refusable))
PLACES = [step.name for step in SAGA["order"].steps]


def matrix(plan):
    """Every refusal, and every fault at every step with each of them, and without the inbox."""
    for refused in REFUSALS:
        yield simulate(plan, fail=refused)
        for kind in FAULT:
            for at in PLACES:
                yield simulate(plan, fail=refused, faults=[Fault(kind, at)])
    for kind in FAULT:
        for at in PLACES:
            yield simulate(plan, faults=[Fault(kind, at)], without=[Guarantee.INBOX])


@pytest.fixture(scope="module", params=ORDER)
def runs(request):
    return list(matrix(ORDER[request.param]))


def answers(record):
    return {question.name: question.answer(record) for question in QUESTIONS}


def test_every_answer_is_one_of_the_options(runs):
    offered = {question.name: options for question, options in questions_for(runs[0].plan)}
    for record in runs:
        for name, answer in answers(record).items():
            assert answer in offered[name], (name, answer)


def test_the_matrix_makes_every_charge_and_every_ending_that_a_style_can_have_come_true(runs):
    found = [answers(record) for record in runs]
    assert {one["charge"] for one in found} == {"nothing", "once", "more"}
    never = {SagaStatus.SANDBOX_FAILED, *([SagaStatus.STUCK] if runs[0].plan.style is Style.ORCHESTRATION else [])}
    assert {one["end"] for one in found} == ENDED - never
    assert SagaStatus.RUNNING not in dict(questions_for(runs[0].plan))[QUESTIONS[0]]


def test_how_it_ends_is_what_the_board_shows(runs):
    for record in runs:
        assert answers(record)["end"] == record.board.status


def test_the_charge_is_what_the_customer_has_less(runs):
    for record in runs:
        before = sum(e.amount for e in record.entries if e.account == "customer" and e.seq == 1)
        after = sum(e.amount for e in record.entries if e.account == "customer")
        assert answers(record)["charge"] == {0: "nothing", 2500: "once"}.get(before - after, "more")


def test_the_first_undo_is_the_first_posting_that_goes_the_other_way(runs):
    for record in runs:
        back = {(s.service, s.target, s.source): s.name for s in record.plan.saga.steps}
        postings = [(f.posting.service, f.posting.source, f.posting.target) for f in record.facts if f.posting]
        undone = [back[posting] for posting in postings if posting in back]
        assert answers(record)["undo"] == (undone[0] if undone else "none")


def test_the_first_to_notice_is_the_actor_that_the_comparison_names(runs):
    for record in runs:
        (detection,) = (row.one for row in compare(record, record) if row.line.name == "noticed")
        assert answers(record)["notice"] == (detection.detected_by.actor if detection.detected_by else "nobody")


def test_a_refusal_does_not_detect_the_fault_before_it():
    plan, refused = ORDER[Style.CHOREOGRAPHY], "schedule-fulfilment"
    late = simulate(plan, fail=refused, faults=[parse_fault("validate-order:slow")])
    assert answers(late)["notice"] == "nobody"
    assert answers(simulate(plan, fail=refused))["notice"] == "fulfilment"


@pytest.mark.parametrize(
    ("style", "fault", "actor"),
    [
        ("choreography", "charge-customer:lost", "order"),
        ("orchestration", "charge-customer:lost", "orchestrator"),
        ("choreography", "send-confirmation:lost", "nobody"),
        ("orchestration", "send-confirmation:lost", "orchestrator"),
        ("choreography", "charge-customer:duplicate", "payment"),
        ("orchestration", "charge-customer:slow", "orchestrator"),
        ("orchestration", "validate-order:down", "nobody"),
    ],
)
def test_who_notices_first_depends_on_who_waits(style, fault, actor):
    assert answers(simulate(ORDER[style], faults=[parse_fault(fault)]))["notice"] == actor


# Of the plain saga always; of all others it is a proof.
@pytest.mark.parametrize(
    "case",
    [
        pytest.param(case, id=names(case), marks=() if case[0].saga is SAGA["order"] else pytest.mark.proof)
        for case in CASES
    ],
)
def test_every_saga_offers_the_answers_that_come_true(case):
    plan, refused = case
    kinds = FAULT if plan.undo_order is UndoOrder.SEQUENTIAL else ()
    for faults in ([], *([Fault(kind, step.name)] for kind in kinds for step in plan.saga.steps)):
        record = simulate(plan, fail=refused, faults=faults)
        for question, options in questions_for(plan):
            assert question.answer(record) in options


def test_an_actor_that_a_plan_does_not_have_cannot_be_predicted():
    with pytest.raises(BadPrediction, match="use one of order, inventory, payment, fulfilment, notification, nobody"):
        check_prediction(ORDER[Style.CHOREOGRAPHY], {"notice": "orchestrator"})
    check_prediction(ORDER[Style.ORCHESTRATION], {"notice": "orchestrator"})


@pytest.mark.parametrize(
    ("prediction", "complaint"),
    [({"weather": "fine"}, "predict any of end, charge, undo, notice"), ({"charge": "thrice"}, "nothing, once, more")],
)
def test_a_prediction_that_makes_no_sense_says_what_is_allowed(prediction, complaint):
    with pytest.raises(BadPrediction, match=complaint):
        check_prediction(ORDER[Style.CHOREOGRAPHY], prediction)


def test_a_question_without_options_is_not_asked():
    greet, part = Action("greet", "Greet", "Greeted"), Undo("part", "Part", "Parted", "NobodyToPartFrom")
    step = Step(do=greet, undo=part, service="order", source="orders allowed", target="orders accepted")
    plan = compile_plan(check_saga(Saga("greeting", "", "", "Met", (step,)), SERVICE), Style.CHOREOGRAPHY)
    assert [question.name for question, _ in questions_for(plan)] == ["end", "undo", "notice"]


def test_an_outcome_tells_right_from_wrong_and_from_not_predicted():
    record = simulate(ORDER[Style.CHOREOGRAPHY], fail="charge-customer")
    end, charge, undo, _ = outcomes({"end": "COMPENSATED", "charge": "once"}, record)
    assert end.is_right
    assert (charge.is_right, charge.predicted, charge.happened) == (False, "Once", "Nothing")
    assert (undo.is_right, undo.predicted, undo.happened) == (False, "", "release-inventory")
    assert outcomes({}, record) == ()


def test_a_prediction_is_right_when_all_of_it_came_true():
    record = simulate(ORDER[Style.CHOREOGRAPHY], fail="charge-customer")
    assert is_right({"end": "COMPENSATED", "undo": "reserve-inventory"}, record)
    assert not is_right({"end": "COMPENSATED", "undo": "validate-order"}, record)
