"""The matrix of what a learner has tried and predicted."""

import re
import time

import pytest

from sandbox.definitions.faults import Fault
from sandbox.definitions.model import Action, Saga, Step, Undo
from sandbox.definitions.registry import FAULT, SAGA, SERVICE, check_saga
from sandbox.definitions.terms import Style
from sandbox.engine.plan.compiler import compile_plan
from sandbox.labs.experiments import labs
from sandbox.models import FactRow, LabAttempt, Load, Run
from sandbox.pages.coverage import context
from sandbox.pages.coverage.context import CoverageMark, coverage_context, setup_for, topics

pytestmark = pytest.mark.django_db
SETUP, COVERAGE = "/sandbox/", "/sandbox/coverage/"


@pytest.fixture
def learner(client):
    return client.get(SETUP).wsgi_request.learner


@pytest.fixture
def ended(start, work, learner):
    """A run of this learner that has ended."""
    return lambda **chosen: work(start(learner=learner, **chosen))


def cell(learner, *, style, fail="", fault="", saga="order"):
    """One cell of the learner's matrix."""
    rows = coverage_context(learner, SAGA[saga])["rows"]
    return next(c for t, cells in rows for c in cells if (t.fail, t.fault, c.style) == (fail, fault, style))


def test_there_is_a_row_for_each_refusal_and_kind_of_fault_and_a_column_for_each_style(client):
    page = client.get(COVERAGE, {"saga": "order-hybrid"}).content.decode()
    assert page.count('role="columnheader"') == 1 + 3
    assert page.count('role="rowheader"') == 1 + len(SAGA["order-hybrid"].refusable) + len(FAULT)


def test_what_was_never_run_leads_to_the_bench_with_that_set_up(client):
    page = client.get(COVERAGE).content.decode()
    links = [link.replace("&amp;", "&") for link in re.findall(r'class="mark open" href="([^"]+)"', page)]
    assert len(links) == (1 + 4 + len(FAULT)) * 2
    for link in links:
        assert client.get(link).status_code == 200, link


def test_every_setup_of_every_saga_strikes():
    for saga in SAGA.values():
        for style in saga.styles:
            for topic in topics(saga):
                setup = setup_for(compile_plan(saga, style), topic)
                assert not setup.why
                assert setup.fail == topic.fail or topic.fault == "compensation-fails"


def test_a_cell_that_cannot_exist_says_why_not():
    step = Step(
        do=Action("greet", "Greet", "Greeted"),
        undo=Undo("part", "Part", "Parted", "NobodyToPartFrom"),
        service="order",
        source="orders allowed",
        target="orders accepted",
    )
    plan = compile_plan(check_saga(Saga("greeting", "", "", "Met", (step,)), SERVICE), Style.CHOREOGRAPHY)
    whys = {topic.fault: setup_for(plan, topic).why for topic in topics(plan.saga)}
    assert whys["compensation-fails"] == "nothing undoes greet in this run; let a later step be refused as well"
    assert not whys["duplicate"]


@pytest.mark.parametrize(
    ("prediction", "mark"),
    [
        ({}, CoverageMark.RUN),
        ({"end": "COMPENSATED", "undo": "reserve-inventory"}, CoverageMark.RIGHT),
        ({"end": "COMPENSATED", "undo": "none"}, CoverageMark.WRONG),
    ],
)
def test_a_cell_says_whether_its_run_was_predicted_and_how_well(ended, learner, prediction, mark):
    run = ended(fail="charge-customer", prediction=prediction)
    found = cell(learner, style="choreography", fail="charge-customer")
    assert (found.mark, found.run) == (mark, run)
    assert cell(learner, style="orchestration", fail="charge-customer").mark is CoverageMark.OPEN


def test_the_newest_prediction_decides_and_else_the_newest_run(ended, learner):
    ended(prediction={"end": "STUCK"})
    newer = ended(prediction={"end": "COMPLETED"})
    ended()
    assert cell(learner, style="choreography").mark is CoverageMark.RIGHT
    assert cell(learner, style="choreography").run == newer


@pytest.fixture
def predicted_in_a_lab(learner):
    """An attempt at a lab with this run, explained or not, in which the prediction was right or wrong."""

    def predicted_in_a_lab(is_right, **runs):
        values = {"begun_at": 0.0, "explained_at": 1.0, "prediction": {"0": "x"}, "is_right": is_right}
        return LabAttempt.objects.create(learner=learner, lab="undo-fails", **values, **runs)

    return predicted_in_a_lab


@pytest.mark.parametrize(
    ("is_right", "mark"), [(True, CoverageMark.RIGHT), (False, CoverageMark.WRONG), (None, CoverageMark.RUN)]
)
@pytest.mark.parametrize("place", ["run", "other"])
def test_a_prediction_in_a_lab_counts_as_any_other(ended, learner, predicted_in_a_lab, place, is_right, mark):
    run = ended()
    assert cell(learner, style="choreography").mark is CoverageMark.RUN
    attempt = predicted_in_a_lab(is_right, **{place: run})
    ended()  # a newer run without a prediction decides only where nothing was predicted
    found = cell(learner, style="choreography")
    assert (found.mark, found.run == run) == (mark, is_right is not None)
    attempt.delete()
    assert cell(learner, style="choreography").mark is CoverageMark.RUN


def test_a_run_counts_for_the_faults_that_struck_it_and_not_for_its_refusal(ended, learner):
    ended(fail="schedule-fulfilment", fault=("charge-customer:transient", "charge-customer:duplicate"))
    marks = [cell(learner, style="choreography", fault=fault).mark for fault in ("transient", "duplicate", "lost")]
    assert marks == [CoverageMark.RUN, CoverageMark.RUN, CoverageMark.OPEN]
    assert cell(learner, style="choreography", fail="schedule-fulfilment").mark is CoverageMark.OPEN


def test_a_fault_that_never_struck_counts_for_nothing(ended, learner):
    run = ended(fail="charge-customer")
    Run.objects.filter(pk=run.pk).update(faults=[Fault("lost", "send-confirmation").dump()])
    assert cell(learner, style="choreography", fault="lost").mark is CoverageMark.OPEN
    assert cell(learner, style="choreography", fail="charge-customer").mark is CoverageMark.RUN


def test_a_run_under_way_and_a_run_of_another_learner_count_for_nothing(start, work, learner, client):
    start(learner=learner)
    work(start(learner=type(client)().get(SETUP).wsgi_request.learner))
    work(start())
    assert cell(learner, style="choreography").mark is CoverageMark.OPEN


def test_a_deleted_run_counts_no_more(client, ended, learner):
    run = ended(prediction={"end": "COMPLETED"})
    assert cell(learner, style="choreography").mark is CoverageMark.RIGHT
    client.post(f"/sandbox/runs/{run.pk}/delete/")
    assert cell(learner, style="choreography").mark is CoverageMark.OPEN


def test_an_unknown_saga_is_a_400_that_names_the_sagas(client):
    response = client.get(COVERAGE, {"saga": "trip"})
    assert response.status_code == 400
    assert "use one of order, order-parallel" in response.content.decode()


def test_two_hundred_runs_are_looked_at_in_a_moment(client, ended, learner):
    run = ended(fail="charge-customer", prediction={"end": "COMPENSATED"})
    fields = {f.attname: getattr(run, f.attname) for f in Run._meta.fields if f.attname != "id"}
    Run.objects.bulk_create(Run(**{**fields, "prediction": {}}) for _ in range(199))
    client.get(COVERAGE)
    before = time.perf_counter()
    page = client.get(COVERAGE).content.decode()
    assert time.perf_counter() - before < 0.3
    assert "predicted right" in page


def test_a_page_reads_the_journals_of_the_deciding_runs_only_and_each_of_them_once(
    ended, learner, django_assert_max_num_queries
):
    for _ in range(5):
        ended(prediction={"end": "COMPLETED"})
    with django_assert_max_num_queries(4):
        coverage_context(learner, SAGA["order"])
    with django_assert_max_num_queries(1):
        coverage_context(learner, SAGA["order"])


def test_an_order_of_a_load_counts_for_nothing(ended, learner):
    run = ended(prediction={"end": "COMPLETED"})
    load = Load.objects.create(learner=learner, styles=["choreography"], count=1, asked_at=0.0, is_running=False)
    Run.objects.filter(pk=run.pk).update(load=load)
    assert cell(learner, style="choreography").mark is CoverageMark.OPEN


@pytest.mark.parametrize("prediction", [{}, {"end": "COMPENSATED"}], ids=["run", "predicted"])
def test_a_run_whose_saga_was_redefined_decides_nothing(client, ended, learner, prediction):
    earlier, redefined = (ended(fail="charge-customer", prediction=prediction) for _ in range(2))
    row = FactRow.objects.get(run=redefined, seq=4)
    row.details["posting"][1] = "retired account"
    row.save()
    assert cell(learner, style="choreography", fail="charge-customer").run == earlier
    Run.objects.filter(pk=earlier.pk).delete()
    assert cell(learner, style="choreography", fail="charge-customer").mark is CoverageMark.OPEN
    assert client.get(COVERAGE).status_code == 200


def test_the_labs_are_read_once_for_all_cells(learner, monkeypatch):
    read = []
    monkeypatch.setattr(context, "labs", lambda: read.append(1) or labs())
    context.coverage_context(learner, SAGA["order"])
    assert len(read) == 1
