"""While a lab runs, its page says what to watch, shows it, and asks for what is new."""

import html
import re

import pytest

from sandbox.labs.experiments import labs
from sandbox.models import LabAttempt, Load, Run
from tests.sandbox.pages.lab.lab_forms import LOAD, ONE, TWO, address, key_of

pytestmark = pytest.mark.django_db
RECORDED = [name for name, lab in labs().items() if not lab.is_load]


@pytest.mark.parametrize("name", labs())
def test_what_to_watch_is_shown_while_the_lab_runs(client, learner, shown, name):
    client.post(address(name, "begin/"), {"skip": "yes"})
    assert labs()[name].watch in html.unescape(shown(name))


def test_a_lab_about_the_plan_is_explained_when_its_run_has_ended_and_not_before(client, learner, shown):
    name = "event-proliferation"
    client.post(address(name, "begin/"), key_of(name))
    assert 'aria-current="step"><a href="#talk">Run' in shown(name)
    # What to watch is there to be seen: the arrows of the way back, which this run does not take.
    assert "FraudSuspected" in shown(name).split("data-run")[1]


def test_a_goal_that_the_plan_alone_reaches_has_no_moment_to_look_at(begun, shown):
    begun("event-proliferation", key_of("event-proliferation"))
    assert "Goal reached by the plan alone" in shown("event-proliferation")
    assert "see that moment" not in shown("event-proliferation")
    begun(ONE, key_of(ONE))
    assert "by the plan alone" not in shown(ONE)
    assert "see that moment" in shown(ONE)


NAMED = [(name, part) for name in RECORDED for part in re.findall("“(.+?)”", labs()[name].watch)]


def visible(page, *, but):
    """Returns the text that is to be seen, without those words."""
    text = html.unescape(re.sub(r'<span class="visually-hidden">.*?</span>|<[^>]+>', "", page))
    return text.replace(but, "").lower()


@pytest.mark.parametrize(("name", "part"), NAMED)
def test_what_a_lab_says_to_look_at_is_seen_on_its_page_or_where_that_leads(client, learner, shown, name, part):
    client.post(address(name, "begin/"), {"show": "yes"})
    recorded = [f"/sandbox/runs/{run.pk}/" for run in Run.objects.all()]
    client.post(address(name, "begin/"), {"skip": "yes"})
    page = shown(name)
    links = re.findall(r'href="([^"#]+)', "".join(re.findall(r'<p class="whole soft">(.*?)</p>', page)))
    places = [page, *(client.get(link).content.decode() for link in {*links, *recorded})]
    assert any(part.lower() in visible(place, but=labs()[name].watch) for place in places)


def test_the_link_to_the_whole_run_says_that_who_knows_what_is_there(client, learner, shown):
    client.post(address("distributed-state", "begin/"), {"skip": "yes"})
    assert "who knows what" in shown("distributed-state").split('class="whole soft"')[1].split("</p>")[0]


def test_a_lab_of_two_runs_keeps_both_side_by_side(begun, shown):
    attempt = begun(TWO, key_of(TWO))
    assert (attempt.run.style, attempt.other.style) == ("choreography", "orchestration")
    assert attempt.other.compared_with == attempt.run
    assert shown(TWO).count("data-run ") == 2


def test_a_lab_with_and_without_a_guarantee_runs_both(begun, shown):
    attempt = begun("at-least-once", key_of("at-least-once"))
    assert (attempt.run.run_settings.without, attempt.other.run_settings.without) == ((), ("inbox",))
    assert 'class="wrong"' not in shown("at-least-once")


def test_the_page_is_asked_for_news_and_says_nothing_while_there_are_none(client, learner, work):
    client.post(address(ONE, "begin/"), key_of(ONE))
    asks = html.unescape(re.search(r'hx-get="([^"]+seen=[\w-]+)"', client.get(address(ONE)).content.decode())[1])
    assert client.get(asks).status_code == 204
    work(Run.objects.get())
    news = client.get(asks)
    assert news.status_code == 200
    assert 'id="why"' in news.content.decode()
    assert 'hx-swap-oob="true"' in news.content.decode()


def test_rush_hour_is_a_load_of_the_learners_own(client, learner):
    assert client.post(address(LOAD, "begin/"), key_of(LOAD)).status_code == 302
    load = Load.objects.get()
    assert str(load.learner) == learner
    assert LabAttempt.objects.get().load == load
    assert client.get(address(LOAD)).status_code == 200
    client.cookies.clear()
    busy = client.post(address(LOAD, "begin/"), key_of(LOAD))
    assert busy.status_code == 409
    assert "A load is running already" in busy.content.decode()
    assert LabAttempt.objects.count() == 1


def test_a_deleted_run_lets_the_learner_begin_again(client, begun, shown):
    begun(TWO, key_of(TWO)).other.delete()
    page = shown(TWO)
    assert "is gone" in page
    assert "Predict and run" in page


@pytest.mark.parametrize("deleted", ["run", "other"])
def test_a_lab_that_is_done_stays_done_when_one_of_its_two_runs_is_deleted(explained, shown, deleted):
    getattr(explained(TWO, key_of(TWO)), deleted).delete()
    page = shown(TWO)
    assert "Goal reached" in page
    assert "A run of this attempt is gone" in page
    # Neither are answers read from the wrong run, nor is it said that they are still to come.
    assert "It was" not in page
    assert "Not decided yet" not in page
