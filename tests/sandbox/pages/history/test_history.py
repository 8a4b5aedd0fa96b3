"""A learner's runs can be named, shared, explained and deleted by their learner alone."""

import re
import uuid

import pytest

from sandbox.models import ActorMemory, DeliveryRow, EntryRow, FactRow, Run
from sandbox.runtime.broker import notifications
from sandbox.runtime.worker import handle_delivery
from sandbox.services import MAX_NAME, MAX_REFLECTION, delete_run

pytestmark = pytest.mark.django_db
START = "/sandbox/start/"
SETUP, RUNS = "/sandbox/", "/sandbox/runs/"
OF_A_RUN = (ActorMemory, DeliveryRow, EntryRow, FactRow)


@pytest.fixture
def others(start):
    return lambda: start(learner=str(uuid.uuid4()))


def address(run, action=""):
    return f"{RUNS}{run.pk}/{action}"


def listed(client, number=1):
    """Returns the ids of the runs on that page of the list, in order."""
    page = client.get(RUNS, {"page": number}).content.decode()
    return re.findall(r'class="kept-run" id="run-([0-9a-f-]{36})"', page)


def test_all_runs_are_listed_newest_first_and_nobody_elses(client, mine, others):
    runs = [mine() for _ in range(3)]
    others()
    assert listed(client) == [str(run.pk) for run in reversed(runs)]


def test_the_list_is_paged(client, mine):
    runs = [str(mine(pace="step").pk) for _ in range(27)]
    assert listed(client) == runs[:1:-1]
    assert listed(client, 2) == runs[1::-1]


@pytest.mark.parametrize("number", ["2", "0", "-1", "x", "²", "9" * 30])
def test_a_page_that_does_not_exist_is_a_404_that_says_how_many_there_are(client, mine, number):
    mine()
    response = client.get(RUNS, {"page": number})
    assert response.status_code == 404
    assert "there is one" in response.content.decode()


def test_a_learner_without_runs_is_shown_where_to_start_one(client):
    page = client.get(RUNS).content.decode()
    assert "None yet" in page
    assert f'href="{SETUP}"' in page
    assert "Delete all" not in page


def test_a_row_says_how_it_ended_what_it_was_what_was_asked_for_and_when(client, mine, work):
    run = work(mine(fail="charge-customer", quantity=3, style="orchestration"))
    Run.objects.filter(pk=run.pk).update(started_at=run.started_at - 7200)
    page = client.get(RUNS).content.decode()
    for words in ("Compensated", "Order, orchestration", "card declined, 3 items", "2\xa0hours ago", " UTC"):
        assert words in page


def test_runs_that_were_started_together_are_listed_together(client, mine, learner):
    first, between = mine(), mine()
    second = mine(style="orchestration")
    Run.objects.filter(pk=second.pk).update(compared_with=first)
    assert listed(client) == [str(run.pk) for run in (second, first, between)]
    assert client.get(RUNS).content.decode().count("Started together") == 2


def test_side_by_side_each_run_keeps_what_was_predicted_for_its_style(client):
    given = {"predict-decide-choreography": "each", "predict-decide-orchestration": "orchestrator"}
    assert client.post(START, {"style": "both", "fail": "charge-customer", **given}).status_code == 302
    kept = {run.style: run.prediction for run in Run.objects.all()}
    assert kept == {"choreography": {"decide": "each"}, "orchestration": {"decide": "orchestrator"}}


def test_a_run_whose_counterpart_was_deleted_is_listed_alone(client, mine):
    first, second = mine(), mine()
    Run.objects.filter(pk=second.pk).update(compared_with=first)
    client.post(address(first, "delete/"))
    assert listed(client) == [str(second.pk)]
    assert "Started together" not in client.get(RUNS).content.decode()


def test_a_run_can_be_named_and_the_name_taken_away_again(client, mine):
    run = mine()
    assert client.post(address(run, "name/"), {"name": "  declined\n twice "}).url == address(run)
    assert "declined twice" in client.get(RUNS).content.decode()
    client.post(address(run, "name/"), {"name": ""})
    assert Run.objects.get(pk=run.pk).name == ""


def test_a_form_of_the_list_leads_back_to_its_page_and_row(client, mine):
    runs = [mine(pace="step") for _ in range(26)]
    response = client.post(address(runs[0], "name/"), {"name": "first", "back": "page=2"})
    assert response.url == f"{RUNS}?page=2#run-{runs[0].pk}"
    assert client.post(address(runs[0], "delete/"), {"back": "page=2"}).url == RUNS


def test_a_form_of_a_filtered_list_leads_back_to_the_same_filters_and_nowhere_else(client, mine):
    run = mine(pace="step")
    back = "outcome=under-way&next=https://example.org&page=1"
    response = client.post(address(run, "name/"), {"name": "first", "back": back})
    assert response.url == f"{RUNS}?outcome=under-way#run-{run.pk}"


@pytest.mark.parametrize(
    ("verb", "given", "complaint"),
    [
        ("name/", {"name": "x" * (MAX_NAME + 1)}, "81 characters; at most 80 are allowed"),
        ("reflection/", {"reflection": "x" * (MAX_REFLECTION + 1)}, "401 characters; at most 400 are allowed"),
        ("share/", {}, "send shared=yes or shared=no"),
        ("share/", {"shared": "perhaps"}, "send shared=yes or shared=no"),
    ],
)
@pytest.mark.parametrize("back", ["", "page=1"])
def test_what_is_not_allowed_is_a_400_on_the_page_it_came_from_and_changes_nothing(
    client, mine, verb, given, complaint, back
):
    run = mine(pace="step")
    response = client.post(address(run, verb), {**given, "back": back})
    assert response.status_code == 400
    assert complaint in response.content.decode()
    assert ("<h1>Your runs</h1>" in response.content.decode()) == bool(back)
    kept = Run.objects.get(pk=run.pk)
    assert (kept.name, kept.reflection, kept.shared) == ("", "", False)


def test_what_is_kept_is_text_and_no_markup_and_nothing_that_a_database_refuses(client, mine):
    run = mine()
    client.post(address(run, "name/"), {"name": "<b>bold\0</b>"})
    assert "&lt;b&gt;bold &lt;/b&gt;" in client.get(RUNS).content.decode()


def test_a_shared_run_can_be_looked_at_by_all_until_that_is_taken_back(client, mine):
    run, stranger = mine(), type(client)()
    client.post(address(run, "share/"), {"shared": "yes"})
    assert f'readonly value="http://testserver{address(run)}"' in client.get(RUNS).content.decode()
    assert stranger.get(address(run)).status_code == 200
    client.post(address(run, "share/"), {"shared": "no"})
    assert stranger.get(address(run)).status_code == 404


def test_viewers_of_a_run_are_notified_at_once_that_it_is_shared_no_more(valkey, client, mine):
    run = mine(pace="step")
    with valkey.pubsub(ignore_subscribe_messages=True) as listener:
        listener.subscribe(notifications.CHANNEL)
        assert listener.get_message(timeout=5) is None  # subscribed
        client.post(address(run, "share/"), {"shared": "yes"})
        client.post(address(run, "share/"), {"shared": "no"})
        assert listener.get_message(timeout=5)["data"] == str(run.pk).encode()
        assert listener.get_message(timeout=0.1) is None


VERBS = {"name/": {"name": "x"}, "share/": {"shared": "yes"}, "reflection/": {"reflection": "x"}, "delete/": {}}


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("shared", [False, True])
def test_only_its_own_learner_can_keep_a_run(client, others, verb, shared):
    run = others()
    Run.objects.filter(pk=run.pk).update(shared=shared)
    assert client.post(address(run, verb), VERBS[verb]).status_code == 404
    kept = Run.objects.get(pk=run.pk)
    assert (kept.name, kept.reflection, kept.shared) == ("", "", shared)


@pytest.mark.parametrize("verb", VERBS)
def test_a_run_from_the_command_line_belongs_to_all_so_nobody_can_keep_or_delete_it(client, start, verb):
    run = start(pace="step")
    response = client.post(address(run, verb), VERBS[verb])
    assert response.status_code == 409
    assert "everybody" in response.content.decode()
    assert Run.objects.filter(pk=run.pk, name="", reflection="", shared=False).exists()


@pytest.mark.parametrize("verb", VERBS)
def test_to_keep_a_run_takes_a_post_with_a_token(client, mine, verb):
    run = mine()
    assert client.get(address(run, verb)).status_code == 405
    careful = type(client)(enforce_csrf_checks=True)
    careful.cookies = client.cookies
    assert careful.post(address(run, verb), VERBS[verb]).status_code == 403


def test_why_it_went_so_is_kept_and_comes_back_in_the_form(client, mine):
    run = mine()
    htmx = {"HX-Request": "true"}
    answer = client.post(address(run, "reflection/"), {"reflection": "The card was\r\ndeclined."}, headers=htmx)
    assert answer.status_code == 200
    assert ">The card was declined.</textarea>" in answer.content.decode()
    assert Run.objects.get(pk=run.pk).reflection == "The card was declined."
    assert client.post(address(run, "reflection/"), {"reflection": "x"}).url == address(run)


def test_htmx_gets_a_plain_sentence_about_what_is_too_long(client, mine):
    answer = client.post(address(mine(), "reflection/"), {"reflection": "x" * 401}, headers={"HX-Request": "true"})
    assert answer.status_code == 400
    assert answer.content.decode() == "That sentence has 401 characters; at most 400 are allowed."


def test_a_deleted_run_leaves_nothing_behind_and_its_page_is_a_404(client, mine, work):
    run, other = work(mine(fail="charge-customer")), work(mine())
    rows = {model: model.objects.filter(run=other).count() for model in OF_A_RUN}
    assert client.post(address(run, "delete/")).status_code == 302
    assert client.get(address(run)).status_code == 404
    for model in OF_A_RUN:
        assert model.objects.count() == rows[model] > 0
    assert client.post(address(run, "delete/")).status_code == 404


def test_a_run_begun_again_from_a_deleted_one_lives_on_and_still_says_what_it_did_differently(client, mine, work):
    run = work(mine())
    client.post(address(run, "what-if/"), {"fact": "5", "change": "without=inbox"})
    again = Run.objects.get(forked_at=5)
    client.post(address(run, "delete/"))
    page = client.get(address(again)).content.decode()
    assert "from fact 5 of an earlier run: from here on without an inbox" in page
    assert "without inbox, from fact 5 of an earlier run" in client.get(RUNS).content.decode()
    assert work(again).status == "COMPLETED"


def test_deleting_all_spares_the_runs_of_others(client, mine, others, start):
    theirs, everybodys = others(), start()
    mine(), mine()
    assert client.post(f"{RUNS}delete/").url == RUNS
    assert set(Run.objects.values_list("pk", flat=True)) == {theirs.pk, everybodys.pk}


@pytest.mark.parametrize("again", [False, True])
@pytest.mark.parametrize("style", ["choreography", "orchestration"])
def test_a_message_of_a_run_that_was_deleted_meanwhile_has_no_effect(mine, style, again):
    run, other = mine(style=style), mine()
    deliveries = list(DeliveryRow.objects.filter(run=run).values_list("pk", flat=True))
    DeliveryRow.objects.filter(run=run).update(state="sent")
    delete_run(run)
    for delivery in deliveries:
        handle_delivery(delivery, again=again)
    assert not FactRow.objects.exclude(run=other).exists()
    assert not DeliveryRow.objects.exclude(run=other).exists()


def test_a_message_of_a_deleted_run_is_not_mistaken_for_one_of_a_new_run(mine):
    run = mine()
    deliveries = set(DeliveryRow.objects.filter(run=run).values_list("pk", flat=True))
    delete_run(run)
    assert not deliveries & set(DeliveryRow.objects.filter(run=mine()).values_list("pk", flat=True))


def test_a_prediction_is_recorded_with_the_run_and_is_no_part_of_the_setup_pages_address(client):
    chosen = {"style": "choreography", "predict-end": "COMPLETED", "predict-charge": ""}
    client.post(START, chosen)
    assert Run.objects.get().prediction == {"end": "COMPLETED"}
    fitted = client.get(SETUP, chosen, headers={"HX-Request": "true"})
    assert "predict" not in fitted.headers["HX-Push-Url"]
    assert 'value="COMPLETED" selected' in fitted.content.decode()
    run = client.get(address(Run.objects.get())).content.decode()
    assert "predict-end" not in run


@pytest.mark.parametrize(
    ("given", "complaint"),
    [
        ({"predict-end": "soon"}, "use one of COMPLETED, COMPENSATED, COMPENSATION_FAILED, STUCK"),
        ({"predict-notice": "orchestrator"}, "use one of order, inventory, payment"),
        ({"predict-weather": "fine"}, "predict any of decide, end, charge, undo, notice"),
    ],
)
def test_a_prediction_that_is_not_allowed_starts_nothing_and_says_what_is_allowed(client, given, complaint):
    response = client.post(START, {"style": "choreography", **given})
    assert response.status_code == 400
    assert complaint in response.content.decode()
    assert not Run.objects.exists()


def answers_to(question, client, **chosen):
    """Returns the answers that the setup page offers."""
    page = client.get(SETUP, chosen).content.decode()
    (asked,) = re.findall(rf'<select id="predict-{question}".*?</select>', page, re.DOTALL)
    return re.findall(r'<option value="([\w-]+)"', asked)


def test_what_can_be_predicted_follows_the_saga_and_the_style(client):
    orchestrated = {"style": "orchestration", "saga": "order-fraud"}
    assert "orchestrator" in answers_to("notice", client, **orchestrated)
    assert "check-fraud" in answers_to("undo", client, **orchestrated)
    assert "orchestrator" not in answers_to("notice", client, style="choreography")


def test_side_by_side_only_that_can_be_predicted_which_can_come_true_in_both_styles(client):
    assert "payment" in answers_to("notice", client, style="both")
    assert "orchestrator" not in answers_to("notice", client, style="both")
    started = client.post(START, {"style": "both", "predict-notice": "payment", "fail": "charge-customer"})
    assert started.status_code == 302
    assert [run.prediction for run in Run.objects.all()] == [{"notice": "payment"}] * 2
    assert client.get(RUNS).content.decode().count("Started together") == 2


def test_the_list_takes_few_queries_however_long_it_is(client, mine, django_assert_max_num_queries):
    for _ in range(5):
        mine()
    with django_assert_max_num_queries(3):
        client.get(RUNS)


def test_a_runs_page_shows_what_was_predicted_next_to_what_happened_once_it_has_ended(client, mine, work):
    run = mine(fail="charge-customer", prediction={"end": "COMPLETED", "charge": "nothing"})
    under_way = client.get(address(run)).content.decode()
    assert "It was:" not in under_way
    work(run)
    page = client.get(address(run)).content.decode()
    assert "<strong>Right:</strong> Nothing" in page
    assert "<strong>Wrong:</strong> “Completed: every step takes effect”. It was: Compensated" in page
    assert "<strong>Not predicted.</strong> It was: release-inventory" in page


def test_who_looks_at_a_shared_run_reads_why_and_can_keep_nothing(client, mine):
    run, stranger = mine(), type(client)()
    client.post(address(run, "share/"), {"shared": "yes"})
    client.post(address(run, "reflection/"), {"reflection": "Because."})
    assert "<blockquote>Because.</blockquote>" in stranger.get(address(run)).content.decode()
    for verb in VERBS:
        assert f'action="{address(run, verb)}"' in client.get(address(run)).content.decode()
        assert f'action="{address(run, verb)}"' not in stranger.get(address(run)).content.decode()
