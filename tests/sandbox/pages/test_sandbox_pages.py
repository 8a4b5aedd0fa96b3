import json
import uuid

import pytest
from django.conf import settings as ours

from sandbox.definitions.faults import Fault
from sandbox.models import DeliveryRow, FactRow, Run
from sandbox.runtime.worker import handle_delivery
from sandbox.urls import urlpatterns

pytestmark = pytest.mark.django_db
START = "/sandbox/start/"
SETUP, RUNS = "/sandbox/", "/sandbox/runs/"


def started(client, **chosen):
    response = client.post(START, {"style": "choreography", "pace": "step", **chosen})
    assert response.status_code == 302, response.content.decode()
    return response.url, Run.objects.latest("started_at")


def test_an_address_has_one_name():
    addresses = [str(one.pattern) for one in urlpatterns]
    assert sorted(set(addresses)) == sorted(addresses)


def test_the_bench_offers_every_style_refusal_and_pace(client):
    page = client.get(SETUP).content.decode()
    for word in ("choreography", "orchestration", "Out of stock", "Card declined", "No courier", "Order limit reached"):
        assert word in page


def test_the_benchs_address_holds_its_settings(client):
    page = client.get(f"{SETUP}?style=orchestration&fail=charge-customer&quantity=3").content.decode()
    assert 'value="orchestration" checked' in page
    assert 'value="charge-customer" checked' in page
    assert 'value="3"' in page
    assert "Orchestrator" in page


def test_every_fault_that_was_chosen_is_shown_and_struck(client):
    faults = ["orchestrator:crash-before-work@3", "charge-customer:transient", "payment:down=9"]
    chosen = {"style": "orchestration", "fault": faults}
    page = client.get(SETUP, chosen).content.decode()
    for fault in faults:
        assert f'name="fault" value="{fault}" form="setup-form"' in page
    _, run = started(client, **chosen)
    assert [str(Fault.load(fault)) for fault in run.faults] == faults


@pytest.mark.parametrize(
    ("chosen", "complaint"),
    [
        ({"style": "ballet"}, "use one of choreography, orchestration"),
        ({"fail": "fly-to-moon"}, "use one of validate-order, reserve-inventory"),
        ({"pace": "ludicrous"}, "use one of follow, step, fast"),
        ({"saga": "trip"}, "use one of order, order-parallel"),
        ({"quantity": "0"}, "a whole number, 1 to 100"),
        ({"quantity": "-1"}, "a whole number, 1 to 100"),
        ({"quantity": "1000000"}, "a whole number, 1 to 100"),
        ({"quantity": "9" * 400}, "has 400 characters; at most 100 are read"),
        ({"quantity": "abc"}, "a whole number, 1 to 100"),
        ({"quantity": ""}, "a whole number, 1 to 100"),
    ],
)
def test_bad_settings_start_nothing_and_say_what_is_allowed(client, chosen, complaint):
    response = client.post(START, {"style": "orchestration", "fail": "charge-customer", **chosen})
    assert response.status_code == 400
    assert complaint in response.content.decode()
    assert not Run.objects.exists()
    assert client.get(SETUP, chosen).status_code == 400


def test_what_was_chosen_is_kept_when_something_else_was_wrong(client):
    page = client.post(START, {"style": "orchestration", "fail": "charge-customer", "quantity": "0"}).content.decode()
    assert 'value="orchestration" checked' in page
    assert 'value="charge-customer" checked' in page


def test_a_start_shows_the_first_facts_at_once(client):
    url, run = started(client)
    page = client.get(url).content.decode()
    assert 'id="fact-2"' in page
    assert "OrderPlaced to Order is held: press Deliver" in page
    assert f'data-seq="{run.last_seq}"' in page


def test_another_learner_sees_nothing_of_a_run(client):
    url, run = started(client)
    stranger = type(client)()
    for path in (url, f"{url}facts.json"):
        response = stranger.get(path)
        assert response.status_code == 404
        assert "There is no run" in response.content.decode()
    assert stranger.post(f"{url}release/", {"message": "2"}).status_code == 404
    assert stranger.post(f"{url}pace/", {"pace": "fast"}).status_code == 404
    assert Run.objects.get(pk=run.pk).last_seq == run.last_seq


def test_a_tampered_cookie_is_a_new_learner(client):
    url, _ = started(client)
    client.cookies[ours.LEARNER_COOKIE] = f"{uuid.uuid4()}:forged"
    assert client.get(url).status_code == 404


def test_a_run_that_does_not_exist_is_a_404(client):
    assert client.get(f"{RUNS}{uuid.uuid4()}/").status_code == 404
    assert client.get(f"{RUNS}not-a-run/").status_code == 404


def test_a_run_from_the_command_line_can_be_seen_by_all(client, start):
    run = start(pace="step")
    assert client.get(f"{RUNS}{run.pk}/").status_code == 200


def test_a_step_delivers_one_message_and_returns_to_the_page(client):
    url, run = started(client)
    assert client.post(f"{url}release/", {"message": "2"}).status_code == 302
    assert FactRow.objects.get(run=run, seq=3).kind == "message released"


def test_a_stale_step_is_a_409_that_says_why_and_changes_nothing(client):
    url, run = started(client)
    client.post(f"{url}release/", {"message": "2"})
    response = client.post(f"{url}release/", {"message": "2"})
    assert response.status_code == 409
    assert "is not held" in response.content.decode()
    assert FactRow.objects.filter(run=run).count() == 3


@pytest.mark.parametrize("message", ["", "x", "-1", "9" * 30, "²"])
def test_a_step_for_no_message_is_a_400(client, message):
    url, run = started(client)
    assert client.post(f"{url}release/", {"message": message}).status_code == 400
    assert FactRow.objects.filter(run=run).count() == 2


def test_an_unknown_pace_is_a_400_that_names_the_known_ones(client):
    url, _ = started(client)
    response = client.post(f"{url}pace/", {"pace": "warp"})
    assert response.status_code == 400
    assert "use one of follow, fast, step" in response.content.decode()


def test_a_pace_that_is_no_change_is_a_409(client):
    url, _ = started(client)
    assert client.post(f"{url}pace/", {"pace": "follow"}).status_code == 302
    assert client.post(f"{url}pace/", {"pace": "follow"}).status_code == 409


def test_changing_things_takes_a_post_with_a_token(client):
    url, _ = started(client)
    careful = type(client)(enforce_csrf_checks=True)
    careful.cookies = client.cookies
    assert careful.post(START, {"style": "choreography"}).status_code == 403
    assert client.get(f"{url}release/").status_code == 405
    assert client.get(RUNS).status_code == 200


def test_the_run_page_carries_its_own_token_and_no_placeholder(client):
    url, _ = started(client)
    page = client.get(url).content.decode()
    assert "csrf-token-of-this-page" not in page
    assert page.count('name="csrfmiddlewaretoken" value="') >= 2


def test_the_journal_can_be_downloaded_as_json(client, start, work):
    run = work(start(fail="charge-customer"))
    data = json.loads(client.get(f"{RUNS}{run.pk}/facts.json").content)
    assert [fact["seq"] for fact in data["facts"]] == list(range(1, run.last_seq + 1))


@pytest.mark.parametrize("change", ["saga", "account"])
def test_a_run_of_a_saga_that_was_redefined_says_so_and_keeps_its_journal(client, start, work, change):
    run = work(start())
    if change == "saga":
        Run.objects.filter(pk=run.pk).update(saga="retired")
    else:
        row = FactRow.objects.get(run=run, seq=4)
        row.details["posting"][1] = "retired account"
        row.save()
    page = client.get(f"{RUNS}{run.pk}/")
    assert page.status_code == 410
    assert "defined otherwise" in page.content.decode()
    assert len(json.loads(client.get(f"{RUNS}{run.pk}/facts.json").content)["facts"]) == run.last_seq


def test_a_run_of_a_saga_that_is_gone_cannot_be_begun_again_and_says_why(client, start, work):
    run = work(start())
    Run.objects.filter(pk=run.pk).update(saga="retired")
    response = client.post(f"{RUNS}{run.pk}/what-if/", {"fact": "3"})
    assert response.status_code == 410
    assert "defined otherwise since" in response.content.decode()
    assert client.get(f"{RUNS}{run.pk}/what-if/?fact=3").status_code == 410
    assert Run.objects.count() == 1


def test_a_compensated_run_says_who_refused_and_what_was_undone(client, start, work):
    run = work(start(fail="charge-customer"))
    page = client.get(f"{RUNS}{run.pk}/").content.decode()
    assert "Compensated" in page
    assert (
        "card declined. Each service decided for itself: release the inventory and cancel the order."
        " What was done is made good; nothing is erased." in page
    )


def test_everything_that_was_in_the_way_of_strict_policies_is_gone(client):
    url, _ = started(client)
    for path in (SETUP, url, "/lessons/", "/"):
        response = client.get(path, follow=True)
        page = response.content.decode()
        assert "script-src 'self'" in response["Content-Security-Policy"]
        assert " style=" not in page
        assert "<style" not in page
        assert " onclick" not in page


def changed(client, **chosen):
    """Returns the setup page after the saga was changed in its form."""
    response = client.get(SETUP, chosen, headers={"HX-Request": "true", "HX-Trigger-Name": "saga"})
    assert response.status_code == 200
    return response.content.decode()


def pushed(client, **chosen):
    """Returns the address that the setup page has then."""
    return client.get(SETUP, chosen, headers={"HX-Request": "true"}).headers["HX-Push-Url"]


@pytest.mark.parametrize(
    ("chosen", "kept", "dropped"),
    [
        ({"saga": "order-fraud", "style": "hybrid"}, 'value="choreography" checked', 'value="hybrid" checked'),
        ({"saga": "order", "fail": "check-fraud"}, 'name="fail" value="" checked', "check-fraud"),
        (
            {"saga": "order", "fault": "check-fraud:lost"},
            "Taken off, because it could not strike any more: Lost message at check-fraud",
            "check-fraud:lost",
        ),
        ({"saga": "order-parallel", "quantity": ""}, "Order, in parallel: choreography", "Order: choreography"),
        (
            {"saga": "order", "style": "orchestration", "fault": "charge-customer:lost"},
            'value="charge-customer:lost" form="setup-form"',
            "Order: choreography",
        ),
    ],
)
def test_what_does_not_fit_another_saga_is_dropped_when_it_is_chosen(client, chosen, kept, dropped):
    page = changed(client, **chosen)
    assert kept in page
    assert ("quantity" in chosen) or client.get(pushed(client, **chosen)).status_code == 200
    assert dropped not in page


def test_a_run_says_what_was_asked_for_and_offers_another_style_only_what_it_can_have(client, start, work):
    run = work(start(style="orchestration", fault=("orchestrator:transient",), without=("late-ack",), undo="parallel"))
    page = client.get(f"{RUNS}{run.pk}/").content.decode()
    assert "transient error at Orchestrator, without late-ack, compensation all at once</p>" in page
    as_choreography = page[page.index('name="style" value="choreography"') :]
    assert "orchestrator:transient" not in as_choreography[: as_choreography.index("</form>")]


def test_a_run_that_broke_a_law_does_not_look_like_one_that_went_well(client, start, work):
    run = work(start(without=("inbox",), fault=("charge-customer:duplicate",)))
    page = client.get(f"{RUNS}{run.pk}/").content.decode()
    assert 'class="headline completed broken"' in page


@pytest.mark.parametrize(("after", "is_offered"), [("OrderPlaced", False), ("CardDeclined", True)])
def test_a_failing_undo_is_offered_by_hand_only_where_an_undo_is_asked_for(client, after, is_offered):
    url, run = started(client, fail="charge-customer", style="choreography")
    while not DeliveryRow.objects.filter(run=run, name=after).exists():
        for held in DeliveryRow.objects.filter(run=run, state="pending", release_at=None).exclude(kind="timer"):
            DeliveryRow.objects.filter(pk=held.pk).update(state="sent")
            handle_delivery(held.pk)
    assert ('value="compensation-fails"' in client.get(url).content.decode()) == is_offered


def test_the_accounts_of_services_are_called_ledgers_and_nothing_else(client):
    page = client.get(started(client)[0]).content.decode().split('data-fragment="ledgers"')[1].split("</section>")[0]
    assert "The ledgers agree with each other." in page
    assert "books" not in page
