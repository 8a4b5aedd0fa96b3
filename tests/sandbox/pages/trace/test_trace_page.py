"""The page of a run's trace shows its spans to whoever may see the run, and says what a trace does not show."""

import re
import uuid

import pytest

from sandbox.models import Run
from sandbox.runtime.storage.journal import read_facts

pytestmark = pytest.mark.django_db
RUNS = "/sandbox/runs/"


def page_of(client, run):
    response = client.get(f"{RUNS}{run.pk}/trace/")
    return response.status_code, response.content.decode()


def test_each_bar_leads_to_the_run_as_of_its_fact(client, start, work):
    run = work(start(style="orchestration", fail="charge-customer"))
    status, page = page_of(client, run)
    assert status == 200
    handled = {fact.seq for fact in read_facts(run.pk) if fact.kind == "message handled"}
    assert handled <= {int(seq) for seq in re.findall(rf'href="{RUNS}{run.pk}/\?at=(\d+)"', page)}
    assert page.count('<svg class="bar"') == page.count('<li id="span-')


def test_a_row_that_caused_another_is_on_the_page(client, start, work):
    _, page = page_of(client, work(start(style="orchestration")))
    causes, rows = (set(re.findall(form, page)) for form in (r'href="#(span-\d+)"', r'<li id="(span-\d+)"'))
    assert causes
    assert causes <= rows


def test_it_says_what_a_trace_does_not_show(client, start, work):
    _, page = page_of(client, work(start()))
    assert "What distributed tracing shows you" in page
    assert "A lost message has no span" in page
    assert "Which step is the pivot" in page
    assert "holds messages back" not in page


def test_a_run_that_is_held_says_that_its_pace_is_most_of_the_waiting(client, start):
    _, page = page_of(client, start(pace="step"))
    assert "holds messages back" in page
    assert "so far" in page


def test_the_page_and_the_file_lead_to_each_other_from_the_run(client, start):
    run = start()
    assert f'href="{RUNS}{run.pk}/trace/"' in client.get(f"{RUNS}{run.pk}/").content.decode()
    assert f'href="{RUNS}{run.pk}/trace.otlp.json" download' in page_of(client, run)[1]


def test_only_who_may_see_a_run_can_see_its_trace(client, start):
    run = start(learner=str(uuid.uuid4()))
    assert page_of(client, run)[0] == 404
    Run.objects.filter(pk=run.pk).update(shared=True)
    assert page_of(client, run)[0] == 200


def test_a_trace_outlives_its_saga(client, start, work):
    run = work(start())
    Run.objects.filter(pk=run.pk).update(saga="retired")
    assert page_of(client, run)[0] == 200


def test_nothing_on_the_page_needs_a_script_or_a_style_of_its_own(client, start, work):
    _, page = page_of(client, work(start()))
    assert " style=" not in page
    assert "/js/sandbox/" not in page
