"""From any moment of a run that one may see, one thing can be different, in a run of one's own beside it."""

import re
import uuid

import pytest
from django.db.models import F

from sandbox.definitions.terms import FactKind
from sandbox.models import FactRow, Run
from sandbox.selectors import facts_of

pytestmark = pytest.mark.django_db
CARD_WORKS = '<input type="radio" name="change" value="fail="'


@pytest.fixture
def learner(client):
    return client.get("/sandbox/").wsgi_request.learner


@pytest.fixture
def declined(start, work, learner):
    """Returns a run of this learner whose card was declined, and the newest fact before that."""
    run = work(start(learner=learner, fail="charge-customer"))
    return run, refused_at(run) - 2


def after_a_while(run, fact):
    """Makes what came after that fact as late as at a pace that can be followed."""
    FactRow.objects.filter(run=run, seq__gt=fact).update(at=F("at") + 1.0)


def refused_at(run):
    return next(fact.seq for fact in facts_of(run) if fact.kind is FactKind.STEP_REJECTED)


def address(run):
    return f"/sandbox/runs/{run.pk}/what-if/"


def text_of(page):
    """Returns what is read on the page, without its markup."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", page)).replace("&#x27;", "'")


def shown(client, run, **given):
    return client.get(address(run), given).content.decode()


def test_it_says_at_which_moment_one_stands_and_what_is_on_its_way(client, declined):
    run, upto = declined
    text = text_of(shown(client, run, fact=upto))
    assert f"Fact {upto} of {run.last_seq}" in text
    assert "Inventory publishes InventoryReserved; Payment listens." in text
    assert "On the way: InventoryReserved to Payment and Order's timer OrderDeadline." in text
    assert f"Facts {upto - 2} to {upto} were committed together." in text
    assert "On its way: InventoryReserved, event, message 9, Inventory to Payment" in text


def test_that_the_card_works_is_chosen_already_and_what_cannot_change_has_its_reason(client, declined):
    run, upto = declined
    page = shown(client, run, fact=upto)
    assert f"{CARD_WORKS} checked>" in page
    for told in (
        "This time the card works",
        "This time Fulfilment refuses: no courier",
        "Inventory refuses: out of stock Inventory completed reserve-inventory at fact 8.",
        "This time InventoryReserved to Payment is lost",
        "From here on without an inbox",
        "1 item, as ordered Order completed validate-order with 1 item at fact 4.",
        "As an orchestration 2 actors have begun to follow the rules of this choreography.",
    ):
        assert told in text_of(page)


def test_the_other_style_starts_from_the_beginning_with_the_same_settings(client, declined):
    run, upto = declined
    (link,) = re.findall(
        r'href="([^"]+)">Start it from the beginning as an orchestration', shown(client, run, fact=upto)
    )
    assert "style=orchestration" in link
    assert "fail=charge-customer" in link
    assert client.get(link.replace("&amp;", "&")).status_code == 200


def test_after_the_refusal_it_cannot_be_lifted_any_more(client, declined):
    run, upto = declined
    page = shown(client, run, fact=upto + 1)
    assert CARD_WORKS not in page
    assert f"Payment refused charge-customer at fact {upto + 2}." in text_of(page)


def test_at_a_place_only_the_faults_can_be_chosen_that_can_still_strike(client, declined):
    run, upto = declined
    page = shown(client, run, fact=upto, at="charge-customer")
    assert 'value="fault=charge-customer:crash-before-work"' in page
    assert 'value="fault=charge-customer:lost"' not in page
    assert "Duplicate; lost message; out of order no message of charge-customer is sent after this moment." in text_of(
        page
    )
    assert "<option selected>charge-customer</option>" in page
    assert "<option>OrderPlaced</option>" not in page


def test_a_place_that_does_not_exist_opens_nothing(client, declined):
    run, upto = declined
    page = shown(client, run, fact=upto, at="moon")
    assert "moon" not in page


def test_it_starts_a_run_of_ones_own_and_shows_it_beside_the_old_at_the_same_moment(client, declined, work, learner):
    run, upto = declined
    after_a_while(run, upto)
    response = client.post(address(run), {"fact": upto, "change": "fail="})
    again = Run.objects.exclude(pk=run.pk).get()
    assert response.url == f"/sandbox/compare/{run.pk}/{again.pk}/?at={2 * upto + 1}&play=1"
    assert str(again.learner) == learner
    page = client.get(response.url).content.decode()
    assert f"From fact {upto} of an earlier run: this time the card works" in page
    assert ("<h2 id" in page, "Earlier run</h2>" in page, "New run</h2>" in page) == (True, True, True)
    first, second = re.findall(r'data-seq="(\d+)" data-last', page)
    assert (int(first), int(second)) == (upto, upto + 1)
    assert work(again).status == "COMPLETED"
    assert "In the new run <strong>nobody</strong>: nothing was undone" in client.get(response.url).content.decode()


def test_the_new_run_says_where_it_comes_from_and_what_it_does_differently(client, declined):
    run, upto = declined
    client.post(address(run), {"fact": upto, "change": "fail="})
    again = Run.objects.exclude(pk=run.pk).get()
    page = client.get(f"/sandbox/runs/{again.pk}/").content.decode()
    assert (
        f'/sandbox/compare/{run.pk}/{again.pk}/">from fact {upto} of an earlier run: this time the card works</a>'
        in page
    )
    assert "change one thing: this time the card works" in text_of(page)


def test_nothing_need_be_different(client, declined, work):
    run, upto = declined
    after_a_while(run, upto)
    response = client.post(address(run), {"fact": upto, "change": ""})
    again = Run.objects.exclude(pk=run.pk).get()
    assert f"?at={2 * upto}&" in response.url
    assert work(again).status == run.status
    page = client.get(f"/sandbox/runs/{again.pk}/").content.decode()
    assert f"from fact {upto} of an earlier run, with nothing changed" in page


def test_a_number_of_items_that_is_typed_is_not_ignored(client, start, work):
    run = work(start(fail="charge-customer"))
    client.post(address(run), {"fact": "2", "change": "", "quantity": "3"})
    assert Run.objects.exclude(pk=run.pk).get().run_settings.quantity == 3
    response = client.post(address(run), {"fact": "2", "change": "fail=", "quantity": "4"})
    assert response.status_code == 400
    page = response.content.decode()
    assert "“4” items were typed beside another change; choose one of the two." in page
    assert 'value="4"' in page
    assert Run.objects.count() == 2


def test_another_quantity_is_ordered_as_long_as_nothing_is_done(client, start, work):
    run = work(start())
    assert 'value="quantity="' in shown(client, run, fact=2)
    client.post(address(run), {"fact": "2", "change": "quantity=", "quantity": " 3 "})
    assert Run.objects.exclude(pk=run.pk).get().run_settings.quantity == 3


@pytest.mark.parametrize(
    ("sent", "why"),
    [
        (
            {"fact": "4", "change": "quantity=3"},
            "Order completed validate-order with 1 item at fact 4.",
        ),
        ({"fact": "2", "change": "quantity=", "quantity": "many"}, "enter a whole number, 1 to 100."),
        ({"fact": "2", "change": "gravity=off"}, "“gravity=off” is no change; write it as KIND=VALUE"),
        ({"fact": "2", "change": "fault=moon:lost"}, "is no change that is offered from fact 2 on."),
        ({"fact": "99", "change": ""}, "“99” is no fact of this run; it has facts 1 to"),
        ({"fact": "x", "change": ""}, "“x” is no fact of this run; it has facts 1 to"),
        ({"change": ""}, "Send the number of the fact"),
    ],
)
def test_what_is_not_possible_starts_nothing_and_the_page_says_why(client, start, work, sent, why):
    run = work(start())
    response = client.post(address(run), sent)
    assert response.status_code == 400
    assert why in text_of(response.content.decode())
    assert Run.objects.count() == 1


def test_a_moment_at_which_all_was_over_leads_to_the_one_before(client, declined):
    run, _ = declined
    response = client.get(address(run), {"fact": run.last_seq})
    page = response.content.decode()
    assert response.status_code == 400
    assert f"The run was over at fact {run.last_seq}; choose an earlier one" in text_of(page)
    assert "Run it from here" not in page
    (earlier,) = set(re.findall(r'class="button primary" href="[^"]+fact=(\d+)"', page))
    assert client.get(address(run), {"fact": earlier}).status_code == 200


def test_without_a_fact_it_is_the_newest_moment_from_which_the_run_could_go_on(client, declined):
    run, _ = declined
    assert client.get(address(run)).status_code == 200


def test_whoever_may_see_a_shared_run_may_go_on_from_it_in_a_run_of_their_own(client, start, work, learner):
    theirs = work(start(learner=str(uuid.uuid4()), fail="charge-customer"))
    upto = refused_at(theirs) - 2
    assert client.post(address(theirs), {"fact": upto, "change": "fail="}).status_code == 404
    assert Run.objects.count() == 1
    Run.objects.filter(pk=theirs.pk).update(shared=True)
    assert "What if from here" in client.get(f"/sandbox/runs/{theirs.pk}/").content.decode()
    response = client.post(address(theirs), {"fact": upto, "change": "fail="})
    again = Run.objects.exclude(pk=theirs.pk).get()
    assert str(again.learner) == learner
    assert not again.shared
    assert client.get(response.url).status_code == 200
    assert Run.objects.get(pk=theirs.pk).last_seq == theirs.last_seq


def test_who_may_not_see_the_earlier_run_any_more_still_reads_what_is_different(client, start, work):
    theirs = work(start(learner=str(uuid.uuid4()), fail="charge-customer"))
    Run.objects.filter(pk=theirs.pk).update(shared=True)
    client.post(address(theirs), {"fact": "4", "change": "without=inbox"})
    Run.objects.filter(pk=theirs.pk).update(shared=False)
    again = Run.objects.exclude(pk=theirs.pk).get()
    page = client.get(f"/sandbox/runs/{again.pk}/").content.decode()
    assert "from fact 4 of an earlier run: from here on without an inbox" in page
    assert str(theirs.pk) not in page
