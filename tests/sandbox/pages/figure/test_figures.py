"""A lesson's figures are played in place, and its experiments are shown on the sandbox's pages."""

import json
import re
from html import unescape

import pytest
from django.template import Context, Template

from sandbox.definitions.registry import SAGA
from sandbox.definitions.terms import Style
from sandbox.engine.plan.compiler import compile_plan
from sandbox.labs.experiments import experiments
from sandbox.models import Run

START_IN_FIGURE = "/sandbox/figure/start/"
START = "/sandbox/start/"
RUNS, HTMX = "/sandbox/runs/", {"HX-Request": "true"}
FIGURE = {"saga": "order", "pace": "follow"}


def drawn(tag):
    return Template("{% load sandbox_tags %}{% " + tag + " %}").render(Context())


def sent(html):
    """Returns what each button of a figure sends."""
    return [json.loads(unescape(values)) for values in re.findall(r"hx-vals='([^']+)'", html)]


def play(client, **chosen):
    return client.post(START_IN_FIGURE, {**FIGURE, **chosen}, headers=HTMX)


def test_a_figure_is_there_in_full_without_scripts_and_leads_to_the_setup_page():
    html = drawn('saga_diagram "order" "choreography" fail="schedule-fulfilment"')
    assert html.count("<svg") - html.count("lucide") == 2
    assert 'role="img"' in html
    assert 'href="/sandbox/?saga=order&amp;style=choreography"' in html
    assert html.count('class="needs-script button') == html.count("<button") == 2


def test_a_figure_names_the_events_that_nobody_listens_to():
    plan = compile_plan(SAGA["order"], Style.CHOREOGRAPHY)
    assert plan.unconsumed_events
    named = f"Published, though nobody listens: {', '.join(plan.unconsumed_events)}."
    assert named in drawn('saga_diagram "order" "choreography"')


def test_the_second_button_is_named_by_the_refusal_that_it_brings_about():
    html = drawn('saga_diagram "order" "choreography" fail="schedule-fulfilment"')
    assert "Play it: no courier" in html
    plain, refused = sent(html)
    assert plain == {"saga": "order", "style": "choreography", "pace": "follow"}
    assert refused == {**plain, "fail": "schedule-fulfilment"}


@pytest.mark.parametrize(
    ("tag", "complaint"),
    [
        ('saga_diagram "order" "ballet"', "unknown style 'ballet'; use one of choreography, orchestration"),
        (
            'saga_diagram "order" "choreography" fail="fly"',
            "'fly' cannot be refused in order; use one of validate-order",
        ),
        ('both_styles "trip"', "unknown saga 'trip'; use one of order"),
        ('both_styles "order" fail="send-confirmation"', "'send-confirmation' cannot be refused in order"),
    ],
)
def test_a_tag_with_a_name_that_is_unknown_says_which_are_known(tag, complaint):
    with pytest.raises(ValueError, match=complaint):
        drawn(tag)


def test_a_figure_is_the_same_for_everybody_and_holds_no_token():
    html = drawn('saga_diagram "order" "choreography"') + drawn('both_styles "order" fail="charge-customer"')
    assert "csrf" not in html
    assert html == drawn('saga_diagram "order" "choreography"') + drawn('both_styles "order" fail="charge-customer"')


@pytest.mark.django_db
def test_what_is_played_is_shown_in_place_and_leads_to_the_whole_run(client):
    response = play(client, style="choreography", fail="schedule-fulfilment")
    page, run = response.content.decode(), Run.objects.get()
    assert response.status_code == 200
    assert "<html" not in page
    assert f'data-address="{RUNS}{run.pk}/"' in page
    assert f'<a href="{RUNS}{run.pk}/">The whole run' in page
    assert 'data-fragment="headline"' in page
    assert "csrfmiddlewaretoken" not in page


@pytest.mark.django_db
def test_without_htmx_a_start_leads_to_the_runs_page_as_ever(client):
    assert client.post(START, {**FIGURE, "style": "choreography"}).status_code == 302


@pytest.mark.django_db
def test_a_start_that_is_not_allowed_is_answered_with_a_sentence_and_starts_nothing(client):
    response = play(client, style="ballet")
    assert response.status_code == 400
    assert response["Content-Type"].startswith("text/plain")
    assert "use one of choreography, orchestration" in response.content.decode()
    assert not Run.objects.exists()


@pytest.mark.django_db
def test_both_are_shown_in_place_and_the_difference_comes_when_both_have_ended(client, work):
    page = play(client, style="both", fail="charge-customer").content.decode()
    address = re.search(r'hx-get="([^"]+)"', page).group(1)
    assert page.count("data-run ") == 2
    assert client.get(address, headers=HTMX).status_code == 204
    for run in Run.objects.all():
        work(run)
    answer = client.get(address, headers=HTMX).content.decode()
    assert 'class="difference card"' in answer
    assert "<h3" in answer
    assert "every 1s" not in answer
    assert "#paint" not in answer


@pytest.mark.django_db
def test_an_experiment_is_kept_while_its_settings_hold_and_shown_with_its_run(client):
    chosen = {"style": "orchestration", "fail": "charge-customer", "experiment": "what-is-compensated"}
    assert 'name="experiment" value="what-is-compensated"' in client.get("/sandbox/", chosen).content.decode()
    at_once = client.get("/sandbox/", {**chosen, "pace": "fast"}, headers=HTMX).content.decode()
    assert "From the lesson" in at_once
    evolve = client.get("/sandbox/", {**chosen, "style": "choreography"}, headers=HTMX).content.decode()
    assert "From the lesson" not in evolve
    page = client.get(client.post(START, chosen).url).content.decode()
    assert experiments()["what-is-compensated"].watch in page
    assert "experiment=what-is-compensated" in page


@pytest.mark.django_db
def test_a_run_with_other_settings_shows_nothing_of_the_experiment(client):
    chosen = {"style": "choreography", "fail": "charge-customer", "experiment": "what-is-compensated"}
    assert "From the lesson" not in client.get(client.post(START, chosen).url).content.decode()
    assert Run.objects.get().run_settings.experiment == ""


@pytest.mark.django_db
def test_two_runs_side_by_side_show_what_they_were_started_for(client):
    chosen = {"style": "both", "fail": "charge-customer", "experiment": "failure-handling"}
    assert experiments()["failure-handling"].watch in client.get(client.post(START, chosen).url).content.decode()


@pytest.mark.django_db
def test_a_load_shows_what_it_was_started_for(client):
    chosen = {"style": ["choreography", "orchestration"], "count": "100", "experiment": "scalability"}
    page = client.get(client.post("/sandbox/load/start/", chosen).url).content.decode()
    assert experiments()["scalability"].watch in page


@pytest.mark.django_db
@pytest.mark.parametrize("page", ["/sandbox/", "/sandbox/load/"])
def test_an_experiment_that_is_unknown_is_refused_with_those_that_are_known(client, page):
    response = client.get(page, {"experiment": "flying"})
    assert response.status_code == 400
    assert "“flying” is unknown; use one of" in response.content.decode()
