"""A lab on one page: predict, run, explain, compare. Nothing gives the answer away, nothing is lost."""

import html
import re

import pytest

from sandbox import services
from sandbox.labs.experiments import labs
from sandbox.labs.hints import records_of
from sandbox.management.commands.checklabs import problems_of
from sandbox.models import LabAttempt, Load, Run
from sandbox.runtime import operator_actions
from sandbox.selectors import recorded_run
from sandbox.services import MAX_REFLECTION

pytestmark = pytest.mark.django_db
ONE, TWO, LOAD = "undo-fails", "failure-handling", "scalability"
RECORDED = [name for name, lab in labs().items() if not lab.is_load]
WHY = "The refund cannot be made, and nobody can undo an undo."


def address(name, action=""):
    return f"/sandbox/labs/{name}/{action}"


def key_of(name):
    """The answers of a lab's questions that come true."""
    lab = labs()[name]
    records = records_of(lab.runs)
    return {f"predict-{at}": one.outcome(records) for at, one in enumerate(lab.predictions)}


def wrong_of(name):
    """Answers of which none comes true."""
    options = [one.options for one in labs()[name].predictions]
    pairs = zip(key_of(name).items(), options, strict=True)
    return {field: next(value for value in known if value != right) for (field, right), known in pairs}


@pytest.fixture
def learner(client):
    return client.get("/sandbox/labs/").wsgi_request.learner


@pytest.fixture
def shown(client):
    return lambda name, **query: client.get(address(name), query).content.decode()


@pytest.fixture
def begun(client, learner, work):
    """Predicts, starts the runs, and lets them come to their end."""

    def begun(name, given):
        response = client.post(address(name, "begin/"), given)
        assert response.status_code == 302
        for run in Run.objects.filter(ended_at=None, load=None):
            work(run)
        return LabAttempt.objects.get(lab=name)

    return begun


@pytest.fixture
def explained(client, begun):
    def explained(name, given, why=WHY):
        attempt = begun(name, given)
        assert client.post(address(name, "explain/"), {"attempt": attempt.pk, "why": why}).status_code == 302
        return LabAttempt.objects.get(pk=attempt.pk)

    return explained


@pytest.mark.parametrize("name", labs())
def test_before_the_prediction_nothing_gives_the_answer_away(shown, name):
    page, lab = shown(name), labs()[name]
    assert all(one.ask in page.replace("&#x27;", "'").replace("&quot;", '"') for one in lab.predictions)
    assert lab.model not in page
    assert lab.watch not in page
    assert "<svg" not in page.split("<main")[1].split("lab-steps")[1].replace('<svg class="lucide', "")


def test_a_right_prediction_is_told_from_a_wrong_one(begun, shown):
    begun(ONE, key_of(ONE))
    assert 'class="right"' in shown(ONE)
    assert 'class="wrong"' not in shown(ONE)
    # The signs are for the eye; who listens is told in words.
    assert (shown(ONE).count(">Right. <"), shown(ONE).count(">Wrong. <")) == (2, 0)
    begun_again = wrong_of(TWO)
    begun(TWO, begun_again)
    page = shown(TWO)
    assert 'class="right"' not in page
    assert (page.count(">Right. <"), page.count(">Wrong. <")) == (0, 2)
    assert "It went another way than you thought" in page


def test_the_model_sentence_and_the_debrief_come_after_the_learners_own(client, begun, shown):
    attempt = begun(ONE, key_of(ONE))
    assert labs()[ONE].model not in shown(ONE)
    assert "In this run" not in shown(ONE)
    client.post(address(ONE, "explain/"), {"attempt": attempt.pk, "why": WHY})
    page = shown(ONE)
    assert WHY in page
    assert labs()[ONE].model in page
    assert "In this run" in page
    assert not re.search(r"\{[a-z-]+(\.\d)?\}", page.split('class="debrief"')[1].split("</div>")[0])


def test_an_attempt_goes_on_where_it_was_left(client, explained, shown):
    attempt = explained(ONE, key_of(ONE))
    assert 'aria-current="step"><a href="#talk">Compare' in shown(ONE)
    client.post(address(ONE, "judge/"), {"attempt": attempt.pk, "judgement": "partly"})
    assert LabAttempt.objects.get().judgement == "partly"
    assert "Next: " in shown(ONE)
    assert 'aria-current="step">Predict' in shown(ONE, again="")


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


def test_skipping_records_no_prediction_and_is_neither_right_nor_wrong(client, begun):
    attempt = begun(ONE, {"skip": "yes", **key_of(ONE)})
    client.post(address(ONE, "explain/"), {"attempt": attempt.pk, "skip": "yes"})
    attempt.refresh_from_db()
    assert (attempt.prediction, attempt.is_right, attempt.reached) == ({}, None, True)
    assert (attempt.explanation, attempt.judgement) == ("", "skipped")


@pytest.mark.parametrize("name", RECORDED)
def test_a_recording_is_of_a_run_that_shows_what_the_lab_claims(name):
    lab = labs()[name]
    records = [recorded_run(run).record for run in services.recorded_runs_of(lab)]
    assert list(problems_of(lab, records)) == []


@pytest.mark.parametrize("name", [ONE, TWO])
def test_who_asks_to_be_shown_gets_the_recorded_runs_played_and_it_does_not_count(client, learner, name):
    for _ in range(2):
        response = client.post(address(name, "begin/"), {"show": "yes"})
        assert response.url.endswith("?at=1&play=1")
        assert "Go to the lab" in client.get(response.url).content.decode()
    assert Run.objects.count() == len(labs()[name].runs)
    assert not LabAttempt.objects.exists()
    assert "0 of" in client.get("/sandbox/labs/").content.decode()


def test_nobody_can_operate_a_recording(client, learner):
    response = client.post(address(ONE, "begin/"), {"show": "yes"})
    page = client.get(response.url.partition("?")[0]).content.decode()
    assert "I have fixed it" not in page
    assert "Run it yourself" in page


def test_a_load_has_no_recording_and_what_is_shown_does_not_count(client, learner):
    client.post(address(LOAD, "begin/"), {"show": "yes"})
    assert LabAttempt.objects.get().shown
    assert "0 of" in client.get("/sandbox/labs/").content.decode()


def test_a_form_sent_twice_starts_one_attempt(client, learner):
    page = client.get(address(TWO)).content.decode()
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)[1]
    for _ in range(2):
        client.post(address(TWO, "begin/"), {"csrfmiddlewaretoken": token, **key_of(TWO)})
    assert (LabAttempt.objects.count(), Run.objects.count()) == (1, 2)


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({}, "Choose an answer to each question"),
        ({"predict-0": "maybe"}, "“maybe” is no answer to"),
        ({"predict-0": "COMPLETED"}, "Choose an answer to each question"),
        ({"predict-7": "maybe"}, "“7” is no question of this lab; use one of 0, 1"),
        ({"predict-00": "COMPLETED"}, "“00” is no question of this lab"),
    ],
)
def test_a_bad_prediction_starts_nothing_and_says_what_is_allowed(client, learner, given, says):
    response = client.post(address(ONE, "begin/"), given)
    assert response.status_code == 400
    assert says in response.content.decode()
    assert not Run.objects.exists()
    assert not LabAttempt.objects.exists()


def test_what_was_written_stays_in_the_form_when_it_is_too_long(client, begun):
    attempt = begun(ONE, key_of(ONE))
    response = client.post(address(ONE, "explain/"), {"attempt": attempt.pk, "why": "y" * (MAX_REFLECTION + 1)})
    assert "y" * (MAX_REFLECTION + 1) in response.content.decode()


@pytest.mark.parametrize("action", ["begin/", "explain/", "judge/"])
def test_the_address_of_a_form_leads_to_the_lab(client, action):
    assert client.get(address(ONE, action)).url == address(ONE)


def test_a_repair_after_the_end_changes_nothing_of_the_outcome(client, begun, shown, work):
    attempt = begun(ONE, key_of(ONE))
    dead = attempt.run.deliveries.get(state="dead")
    operator_actions.retry_message(attempt.run, message=dead.message, receiver=dead.receiver, copy=dead.copy)
    assert work(attempt.run).status == "COMPENSATED"
    page = shown(ONE)
    assert "Goal reached" in page
    assert 'class="wrong"' not in page


def test_an_explanation_that_is_too_long_or_empty_is_refused_and_nothing_is_stored(client, begun):
    attempt = begun(ONE, key_of(ONE))
    for why in ("x" * (MAX_REFLECTION + 1), " "):
        assert client.post(address(ONE, "explain/"), {"attempt": attempt.pk, "why": why}).status_code == 400
    attempt.refresh_from_db()
    assert attempt.explained_at is None


def test_nothing_can_be_explained_before_it_is_decided(client, learner):
    client.post(address(ONE, "begin/"), key_of(ONE))
    attempt = LabAttempt.objects.get()
    assert client.post(address(ONE, "explain/"), {"attempt": attempt.pk, "why": WHY}).status_code == 409


def test_nobody_sees_or_answers_anothers_attempt(client, begun):
    attempt = begun(ONE, key_of(ONE))
    client.cookies.clear()
    assert 'aria-current="step">Predict' in client.get(address(ONE)).content.decode()
    assert client.post(address(ONE, "explain/"), {"attempt": attempt.pk, "why": WHY}).status_code == 404
    assert client.post(address(ONE, "judge/"), {"attempt": attempt.pk, "judgement": "same"}).status_code == 404


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


def test_what_was_explained_is_not_replaced_after_the_model_sentence_was_seen(client, explained):
    attempt = explained(ONE, key_of(ONE))
    client.post(address(ONE, "judge/"), {"attempt": attempt.pk, "judgement": "same"})
    for given in ({"why": labs()[ONE].model}, {"skip": "yes"}):
        assert client.post(address(ONE, "explain/"), {"attempt": attempt.pk, **given}).status_code == 302
    again = LabAttempt.objects.get()
    assert (again.explanation, again.judgement, again.explained_at) == (WHY, "same", attempt.explained_at)


def test_nothing_is_compared_before_it_is_explained(client, begun):
    attempt = begun(ONE, key_of(ONE))
    response = client.post(address(ONE, "judge/"), {"attempt": attempt.pk, "judgement": "same"})
    assert response.status_code == 409
    assert labs()[ONE].model not in response.content.decode()
    assert LabAttempt.objects.get().judgement == ""


def test_runs_that_went_another_way_cannot_be_explained(client, begun):
    attempt = begun(ONE, key_of(ONE))
    attempt.run.delete()
    response = client.post(address(ONE, "explain/"), {"attempt": attempt.pk, "why": WHY})
    assert response.status_code == 409
    assert "Begin again" in response.content.decode()
    assert LabAttempt.objects.get().explained_at is None


def test_a_judgement_that_does_not_exist_is_refused(client, explained):
    attempt = explained(ONE, key_of(ONE))
    response = client.post(address(ONE, "judge/"), {"attempt": attempt.pk, "judgement": "perfect"})
    assert response.status_code == 400
    assert "use one of same, partly, other" in response.content.decode()


def test_the_page_is_asked_for_news_and_says_nothing_while_there_are_none(client, learner, work):
    client.post(address(ONE, "begin/"), key_of(ONE))
    seen = re.search(r"\?seen=([\w-]+)", client.get(address(ONE)).content.decode())[1]
    assert client.get(address(ONE, "talk/"), {"seen": seen}).status_code == 204
    work(Run.objects.get())
    news = client.get(address(ONE, "talk/"), {"seen": seen})
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


def test_an_unknown_lab_is_not_found(client):
    assert client.get(address("flying")).status_code == 404
