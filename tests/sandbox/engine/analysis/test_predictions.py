"""What is asked before a run, and that the answer is the one the facts give."""

import pytest

from sandbox.definitions.faults import Fault, parse_fault
from sandbox.definitions.model import Action, Saga, Step, Undo
from sandbox.definitions.registry import FAULT, SAGA, SERVICE, check_saga
from sandbox.definitions.terms import ENDED, FactKind, Guarantee, SagaStatus, Style, UndoOrder
from sandbox.engine.analysis.comparison import compare
from sandbox.engine.analysis.predictions import (
    QUESTIONS,
    BadPrediction,
    check_prediction,
    is_right,
    outcomes,
    predicted_for,
    questions_for,
)
from sandbox.engine.evolve import evolve
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
    (endings,) = (options for question, options in questions_for(runs[0].plan) if question.name == "end")
    assert SagaStatus.RUNNING not in endings


def test_who_decides_the_undo_is_the_sender_of_a_command_or_each_service_by_itself(runs):
    deciders = {"orchestrator"} if runs[0].plan.style is Style.ORCHESTRATION else {"each"}
    for record in runs:
        undone = any(f.kind is FactKind.STEP_COMPENSATED for f in record.facts)
        assert answers(record)["decide"] in (deciders if undone else {"nobody"})
    assert {answers(record)["decide"] for record in runs} == {*deciders, "nobody"}


def test_in_a_hybrid_the_orchestrator_decides_alone_or_with_the_services_of_its_part():
    hybrid = compile_plan(SAGA["order-hybrid"], Style.HYBRID)
    offered = {question.name: options for question, options in questions_for(hybrid)}
    assert list(offered["decide"]) == ["orchestrator", "each", "both", "nobody"]
    assert answers(simulate(hybrid, fail="charge-customer"))["decide"] == "orchestrator"
    assert answers(simulate(hybrid, fail="schedule-fulfilment"))["decide"] == "both"


def so_far(record, upto):
    """Returns the record as of that fact."""
    facts = tuple(fact for fact in record.facts if fact.seq <= upto)
    return evolve(record, facts=facts, entries=tuple(entry for entry in record.entries if entry.seq <= upto))


def decided_at(record):
    """Returns the fact at which each question is decided, after which its answer may never change."""
    found = {}
    for fact in record.facts:
        for name, answer in answers(so_far(record, fact.seq)).items():
            assert answer == (found[name][1] if name in found else answer), (name, fact)
            if answer and name not in found:
                found[name] = fact, answer
    return {name: fact for name, (fact, _) in found.items()}


@pytest.mark.parametrize("style", ORDER)
@pytest.mark.parametrize("kind", [None, *FAULT])
@pytest.mark.parametrize("refused", [None, "schedule-fulfilment"])
def test_an_answer_is_open_until_it_is_decided_and_never_changes_after(style, kind, refused):
    record = simulate(ORDER[style], fail=refused, faults=[Fault(kind, "charge-customer")] if kind else [])
    decided = decided_at(record)
    assert decided.keys() == answers(record).keys()
    ends = [fact.seq for fact in record.facts if fact.kind is FactKind.SAGA_ENDED]
    assert {decided["end"].seq, decided["charge"].seq} == {ends[0]}
    assert answers(so_far(record, ends[0] - 1))["end"] == ""


@pytest.mark.parametrize("refused", ["charge-customer", "schedule-fulfilment"])
def test_in_a_hybrid_who_decides_is_open_until_both_have_or_the_run_has_ended(refused):
    record = simulate(compile_plan(SAGA["order-hybrid"], Style.HYBRID), fail=refused)
    decided = decided_at(record)
    undone = record.of_kind(FactKind.STEP_COMPENSATED)
    assert decided["undo"] == undone[0]
    expected = undone[1] if refused == "schedule-fulfilment" else decided["end"]
    assert decided["decide"] == expected


def test_who_noticed_and_the_first_undo_are_known_long_before_the_end():
    record = simulate(ORDER[Style.CHOREOGRAPHY], fail="charge-customer")
    decided = decided_at(record)
    assert decided["notice"].kind is FactKind.STEP_REJECTED
    assert decided["undo"] == decided["decide"]
    assert decided["undo"].kind is FactKind.STEP_COMPENSATED
    assert decided["notice"].seq < decided["undo"].seq < decided["end"].seq


def test_a_refusal_decides_nothing_while_a_fault_may_still_come_first():
    record = simulate(
        ORDER[Style.ORCHESTRATION], fail="schedule-fulfilment", faults=[parse_fault("payment:compensation-fails=1")]
    )
    refused = next(fact.seq for fact in record.facts if fact.kind is FactKind.STEP_REJECTED)
    assert answers(so_far(record, refused))["notice"] == ""
    assert answers(record)["notice"] == "payment"


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
    [
        ({"weather": "fine"}, "predict any of decide, end, charge, undo, notice"),
        ({"charge": "thrice"}, "nothing, once, more"),
    ],
)
def test_a_prediction_that_makes_no_sense_says_what_is_allowed(prediction, complaint):
    with pytest.raises(BadPrediction, match=complaint):
        check_prediction(ORDER[Style.CHOREOGRAPHY], prediction)


def test_a_question_without_options_is_not_asked():
    greet, part = Action("greet", "Greet", "Greeted"), Undo("part", "Part", "Parted", "NobodyToPartFrom")
    step = Step(do=greet, undo=part, service="order", source="orders allowed", target="orders accepted")
    plan = compile_plan(check_saga(Saga("greeting", "", "", "Met", (step,)), SERVICE), Style.CHOREOGRAPHY)
    assert [question.name for question, _ in questions_for(plan)] == ["decide", "end", "undo", "notice"]


def test_an_outcome_tells_right_from_wrong_and_from_not_predicted():
    record = simulate(ORDER[Style.CHOREOGRAPHY], fail="charge-customer")
    _, end, charge, undo, _ = outcomes({"end": "COMPENSATED", "charge": "once"}, record)
    assert end.is_right
    assert (charge.is_right, charge.predicted, charge.happened) == (False, "Once", "Nothing")
    assert (undo.is_right, undo.predicted, undo.happened) == (False, "", "release-inventory")
    assert outcomes({}, record) == ()


def test_an_outcome_that_is_open_is_neither_right_nor_wrong():
    record = so_far(simulate(ORDER[Style.CHOREOGRAPHY], fail="charge-customer"), 3)
    for outcome in outcomes({"end": "COMPENSATED"}, record):
        assert outcome.is_open
        assert not outcome.is_right
        assert outcome.happened == ""


def test_side_by_side_each_run_has_the_answers_for_its_own_style():
    given = {"decide-choreography": "each", "decide-orchestration": "orchestrator", "end": "COMPENSATED"}
    assert predicted_for("choreography", given) == {"decide": "each", "end": "COMPENSATED"}
    assert predicted_for("orchestration", given) == {"decide": "orchestrator", "end": "COMPENSATED"}
    assert predicted_for("hybrid", given) == {"end": "COMPENSATED"}
    assert predicted_for("hybrid", {"weather-hybrid": "fine"}) == {"weather-hybrid": "fine"}


def test_a_prediction_is_right_when_all_of_it_came_true():
    record = simulate(ORDER[Style.CHOREOGRAPHY], fail="charge-customer")
    assert is_right({"end": "COMPENSATED", "undo": "reserve-inventory"}, record)
    assert not is_right({"end": "COMPENSATED", "undo": "validate-order"}, record)
