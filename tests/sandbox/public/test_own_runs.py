"""Questions about a learner's own runs: what they ask is in the run's facts, and their key is, too."""

import uuid
from datetime import datetime
from html import unescape

import pytest

from quiz.bank.loader import bank_of
from quiz.bank.own_run_questions import own_run_questions
from sandbox.definitions.faults import parse_fault
from sandbox.definitions.registry import SAGA
from sandbox.definitions.terms import FactKind
from sandbox.engine.plan.compiler import compile_plan
from sandbox.engine.simulation.simulator import simulate
from sandbox.models import Load, Run
from sandbox.public import own_runs, question_kinds
from sandbox.public.own_runs import questions_about_runs
from sandbox.public.question_kinds import KINDS, Choice, QuestionKind, RunQuestion

pytestmark = pytest.mark.django_db
ENDINGS = [(saga, style, step.name) for saga in SAGA.values() for style in saga.styles for step in saga.refusable]


@pytest.fixture
def learner(client):
    return client.get("/sandbox/").wsgi_request.learner


@pytest.fixture
def ended(start, work, learner):
    """A run of this learner that has ended."""
    return lambda **chosen: work(start(learner=learner, **chosen))


def asked(learner, kind):
    return next((row for row in questions_about_runs(learner) if row["id"].endswith(kind)), None)


def key(row):
    (right,) = [option["text"] for option in row["options"] if option["right"]]
    return right


@pytest.mark.parametrize(
    ("style", "kind", "answer"),
    [
        ("orchestration", "second-undo", "Release inventory"),
        ("orchestration", "who-refused", "The fulfilment service"),
        ("orchestration", "who-decided", "The orchestrator"),
        ("choreography", "who-decided", "The payment service"),
        ("orchestration", "last-message", "OrderCancelled, from the order service"),
    ],
)
def test_the_key_is_what_the_run_did(ended, learner, style, kind, answer):
    ended(style=style, fail="schedule-fulfilment")
    assert key(asked(learner, kind)) == answer


def test_attempts_are_counted_with_the_first(ended, learner):
    ended(style="orchestration", fault=("charge-customer:transient=2",))
    row = asked(learner, "attempts")
    said = "(transient error at charge-customer), and it was completed. How many attempts did charge-customer take?"
    assert said in row["prompt"]
    assert key(row) == "3 attempts"


@pytest.mark.parametrize("fault", ["charge-customer:duplicate", "charge-customer:timeout-after-effect"])
def test_attempts_are_no_question_where_something_else_blurs_the_count(fault):
    faults = [parse_fault("reserve-inventory:transient"), parse_fault(fault)]
    assert question_kinds._how_often(simulate(compile_plan(SAGA["order"], "orchestration"), faults=faults)) is None


@pytest.mark.parametrize("fault", ["charge-customer:transient=4", "charge-customer:lost"])
def test_a_step_that_was_abandoned_is_no_refusal_to_ask_about(fault):
    record = simulate(compile_plan(SAGA["order"], "choreography"), faults=[parse_fault(fault)])
    assert not {kind.name for kind in KINDS if kind.ask(record)} & {"who-refused", "who-decided", "last-message"}


def test_the_prompt_names_the_run_and_the_address_its_telling_moment(client, ended, learner):
    run = ended(style="choreography", fail="charge-customer")
    row = asked(learner, "who-refused")
    assert "You ran “Order” as a choreography, and it was compensated." in row["prompt"]
    assert datetime.fromisoformat(row["started_at"]).timestamp() == int(run.started_at)
    assert str(run.pk) in row["id"]
    page = client.get(row["address"])
    assert page.status_code == 200
    assert "Payment refuses charge-customer" in unescape(page.content.decode())


def test_the_prompt_gives_no_answer_away(ended, learner):
    ended(style="orchestration", fail="charge-customer")
    for row in questions_about_runs(learner):
        assert key(row).lower() not in row["prompt"].lower()
        assert ("card declined" in row["prompt"]) is not row["id"].endswith("who-refused")


def test_the_prompt_names_each_fault_of_the_run(ended, learner):
    ended(style="orchestration", fail="schedule-fulfilment", fault=("charge-customer:duplicate",), without=("inbox",))
    said = "(no courier, duplicate at charge-customer, without inbox), and it was compensated."
    assert said in asked(learner, "last-message")["prompt"]


@pytest.mark.parametrize(("saga", "style", "step"), [(each.name, style, step) for each, style, step in ENDINGS])
def test_the_moment_before_does_not_show_the_answer(saga, style, step):
    record = simulate(compile_plan(SAGA[saga], style), fail=step)
    for question in filter(None, (kind.ask(record) for kind in KINDS)):
        assert 1 <= question.before < question.at
        until = [fact for fact in record.facts if fact.seq <= question.before]
        undone = sum(fact.kind is FactKind.STEP_COMPENSATED for fact in until)
        assert not any(fact.kind is FactKind.STEP_REJECTED for fact in until) or "refused its" not in question.text
        assert undone < 1 or "Who decided" not in question.text
        assert undone < 2 or "second" not in question.text


def test_the_moment_before_has_its_own_address(client, ended, learner):
    ended(style="orchestration", fail="charge-customer")
    row = asked(learner, "who-refused")
    assert client.get(row["before"]).status_code == 200
    assert "Payment refuses charge-customer" not in unescape(client.get(row["before"]).content.decode())


def test_all_that_can_be_asked_of_any_saga_obeys_the_rules_of_a_bank(learner, monkeypatch, ended):
    run, bank = ended(fail="charge-customer"), bank_of("choreography-vs-orchestration")
    for saga, style, step in ENDINGS:
        record = simulate(compile_plan(saga, style), fail=step)
        found = [kind for kind in KINDS if kind.ask(record)]
        monkeypatch.setattr(own_runs, "KINDS", [kept(kind, kind.ask(record)) for kind in found])
        sound = own_run_questions(bank, learner, asked=())
        assert len(sound) == len(found), (saga.name, style, step, [kind.name for kind in found])
        assert all(str(run.pk) in question.id for question in sound)


def kept(kind, answer):
    return type(kind)(kind.name, kind.asks, lambda record: answer)


def test_a_longer_run_has_more_to_ask_than_one_refused_at_once(ended, learner):
    ended(style="orchestration", fail="validate-order")
    assert {row["id"][37:] for row in questions_about_runs(learner)} == {"who-refused"}
    ended(style="orchestration", fail="schedule-fulfilment")
    assert len(questions_about_runs(learner)) == 5


def test_only_the_learners_own_ended_runs_are_asked_about(start, work, learner, ended):
    start(learner=learner, fail="charge-customer")
    work(start(learner=str(uuid.uuid4()), fail="charge-customer"))
    work(start(fail="charge-customer"))
    assert questions_about_runs(learner) == []
    load = Load.objects.create(learner=learner, styles=["choreography"], count=1, asked_at=0.0, is_running=False)
    Run.objects.filter(pk=ended(fail="charge-customer").pk).update(load=load)
    assert questions_about_runs(learner) == []


def test_undos_that_do_not_wait_for_each_other_have_no_second(ended, learner):
    ended(style="orchestration", fail="schedule-fulfilment", undo="parallel")
    assert asked(learner, "second-undo") is None


def test_a_run_of_a_saga_that_is_gone_is_ignored(ended, learner):
    Run.objects.filter(pk=ended(fail="charge-customer").pk).update(saga="gone")
    assert questions_about_runs(learner) == []


def test_a_deleted_run_is_a_page_that_says_so(client, ended, learner):
    run = ended(fail="charge-customer")
    address = asked(learner, "who-refused")["address"]
    client.post(f"/sandbox/runs/{run.pk}/delete/")
    assert client.get(address).status_code == 404
    assert "There is no run" in client.get(address).content.decode()


def test_adding_a_kind_of_question_is_one_entry(ended, learner, monkeypatch):
    choices = (Choice("Once", "As it was.", right=True), Choice("Twice", "It was not."), Choice("Thrice", "No."))
    count = QuestionKind("count", "fact", lambda record: RunQuestion("How often?", choices, 2, before=1))
    monkeypatch.setattr(own_runs, "KINDS", (*KINDS, count))
    ended(fail="validate-order")
    assert key(asked(learner, "count")) == "Once"
