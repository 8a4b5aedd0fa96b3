"""The setup page: its settings, what an address may hold, and what is asked before a run."""

import re
from html import unescape

import pytest

from sandbox.definitions.terms import Guarantee
from sandbox.models import Run

pytestmark = pytest.mark.django_db
SETUP, START = "/sandbox/", "/sandbox/start/"
HTMX = {"HX-Request": "true"}


def shown(client, **chosen):
    response = client.get(SETUP, chosen)
    assert response.status_code == 200, response.content.decode()
    return unescape(response.content.decode())


@pytest.mark.parametrize("name", ["witout", "?style", "utm_source", "<b>"])
def test_an_address_with_names_of_somebody_else_opens_with_what_it_knows_and_says_what_it_left_out(client, name):
    page = shown(client, **{name: "outbox", "style": "orchestration"})
    assert f"Left out of the address, because there is no such setting: “{name}”." in page
    assert "Order: orchestration" in page
    assert "This run cannot start" not in page
    assert "Switched off" not in page


def test_what_is_left_out_is_named_briefly_and_is_in_no_link(client):
    strangers = {"x" * 200: "1", "fbclid": "y" * 500, **{f"utm_{one}": "z" for one in range(200)}}
    page = shown(client, **strangers)
    assert f"“{'x' * 30}…”, “fbclid”, “utm_0”, “utm_1”, “utm_2” and 197 more." in page
    assert "yyy" not in page
    assert "utm_3" not in page
    assert "fbclid=" not in page


def test_an_ordinary_address_says_of_nothing_that_it_was_left_out(client):
    assert "Left out" not in shown(client, style="orchestration", at="charge-customer", fail="charge-customer")


def test_a_form_with_an_unknown_field_starts_nothing_and_names_the_known_ones(client):
    response = client.post(START, {"witout": "outbox", "saga": "order"})
    assert response.status_code == 400
    page = unescape(response.content.decode())
    assert "“witout” is no setting; use any of saga, style, fail, pace, quantity, undo, stock, fault, without" in page
    assert not Run.objects.exists()


def test_an_author_who_asks_for_strict_handling_is_told_of_every_mistake_in_an_address(client):
    strict = {"Prefer": "handling=strict"}
    unknown = client.get(SETUP, {"witout": "outbox"}, headers=strict)
    assert unknown.status_code == 400
    assert "“witout” is no setting" in unknown.content.decode()
    misfit = client.get(SETUP, {"saga": "order", "style": "hybrid"}, headers=strict)
    assert misfit.status_code == 400
    assert "order has no part that is choreographed inside" in misfit.content.decode()
    assert client.get(SETUP, {"saga": "order-hybrid", "style": "hybrid"}, headers=strict).status_code == 200


def test_a_form_that_is_sent_with_a_saga_that_cannot_be_a_hybrid_starts_nothing_and_shows_one_that_can(client):
    response = client.post(START, {"saga": "order", "style": "hybrid"})
    assert response.status_code == 400
    page = unescape(response.content.decode())
    assert "order has no part that is choreographed inside; run it as one of choreography, orchestration" in page
    assert "Order with prepared shipment: hybrid" in page
    assert not Run.objects.exists()


def test_the_other_fields_of_forms_are_no_unknown_settings(client):
    others = {"csrfmiddlewaretoken": "x", "kind": "", "times": "", "seconds": "", "nth": "", "predict-end": ""}
    assert "Left out" not in shown(client, **others)


def test_only_the_steps_of_this_saga_are_offered_instead_of_one_that_cannot_be_refused(client):
    page = unescape(client.get(SETUP, {"fail": "nope"}).content.decode())
    steps = "validate-order, reserve-inventory, charge-customer, schedule-fulfilment"
    assert f"</a> “nope” is unknown; use one of {steps}.</li>" in page
    assert "check-fraud" not in page


def test_an_error_stands_apart_from_the_name_of_its_field(client):
    page = unescape(client.get(SETUP, {"quantity": "0", "style": "chaos"}).content.decode())
    assert ">Items</a>: “0” is out of range; enter a whole number, 1 to 100.</li>" in page
    assert ">Who coordinates?</a> “chaos” is unknown; use one of choreography, orchestration, hybrid, both." in page


def test_what_goes_wrong_is_told_by_the_refusal_and_the_faults_together(client):
    alone = shown(client)
    assert "<legend>Does a service refuse?</legend>" in alone
    assert "No service refuses" in alone
    assert "No fault is placed." in alone
    both = shown(client, fail="schedule-fulfilment", fault=["charge-customer:duplicate", "inventory:transient"])
    told = re.sub(r"<[^>]*>", "", re.search(r'id="also-wrong">(.*?)</p>', both)[1])
    assert told == "And 2 faults: ⚡ Duplicate at charge-customer, ⚡ Transient error at Inventory."
    assert "No fault is placed" not in both
    assert "<strong>Nothing</strong>" not in alone + both


SWITCH = r'<input type="checkbox" role="switch" name="guarantee" value="([\w-]+)"( checked)?'


def test_a_guarantee_is_a_switch_that_is_on_and_an_old_link_turns_it_off(client):
    assert all(on for _, on in re.findall(SWITCH, shown(client)))
    off = [name for name, on in re.findall(SWITCH, shown(client, without=["inbox", "late-ack"])) if not on]
    assert off == ["inbox", "late-ack"]


def test_what_is_switched_off_is_said_at_the_start_button_and_its_group_is_open(client):
    page = shown(client, without="inbox")
    assert "Switched off: inbox</p>" in page
    assert '<details class="more" open>' in page
    assert "Switched off" not in shown(client)
    assert '<details class="more">' in shown(client)


def test_switches_that_are_sent_decide_which_guarantees_are_off(client):
    on = {"guarantee": ["", "outbox", "late-ack", "timeouts"], "without": "outbox"}
    assert "without=inbox" in client.get(SETUP, on, headers=HTMX).headers["HX-Push-Url"]
    assert client.post(START, on).status_code == 302
    assert Run.objects.get().run_settings.without == ("inbox",)
    assert "guarantee" not in client.get(SETUP, on, headers=HTMX).headers["HX-Push-Url"]


def test_all_switches_off_are_no_switches_at_all_being_sent(client):
    client.post(START, {"guarantee": ""})
    assert set(Run.objects.get().run_settings.without) == set(Guarantee)


def test_hybrid_can_be_chosen_for_every_saga_and_moves_to_one_that_has_it(client):
    assert 'name="style" value="hybrid"' in shown(client)
    for headers in ({}, HTMX):
        page = unescape(client.get(SETUP, {"saga": "order", "style": "hybrid"}, headers=headers).content.decode())
        assert "Order with prepared shipment: hybrid" in page
        assert "which “Order” does not have. So the saga is now “Order with prepared shipment”." in page
    assert "So the saga is now" not in shown(client, saga="order-hybrid", style="hybrid")


def test_the_fields_of_the_saga_are_replaced_only_where_the_style_has_moved_to_another(client):
    moved = client.get(SETUP, {"saga": "order", "style": "hybrid"}, headers=HTMX).content.decode()
    assert '<fieldset id="id_fail" hx-swap-oob="true">' in moved
    assert 'id="saga-choice" hx-swap-oob="true"' in moved
    assert "hx-swap-oob" not in client.get(SETUP, {"style": "orchestration"}, headers=HTMX).content.decode()
    assert "hx-swap-oob" not in shown(client, saga="order", style="hybrid")


def test_a_saga_that_is_chosen_last_is_kept_and_the_style_gives_way(client):
    chosen = {"saga": "order-fraud", "style": "hybrid"}
    address = client.get(SETUP, chosen, headers={**HTMX, "HX-Trigger-Name": "saga"}).headers["HX-Push-Url"]
    assert "saga=order-fraud&style=choreography" in address
    both = client.get(SETUP, {**chosen, "style": "both"}, headers={**HTMX, "HX-Trigger-Name": "saga"})
    assert "style=both" in both.headers["HX-Push-Url"]


def test_a_fault_that_the_saga_with_a_hybrid_does_not_have_is_taken_off_there(client):
    page = shown(client, saga="order-fraud", style="hybrid", fault="check-fraud:lost", fail="check-fraud")
    assert "Taken off, because it could not strike any more: Lost message at check-fraud." in page


def test_the_first_question_is_in_the_open_and_the_others_on_demand(client):
    page = shown(client)
    first, _, others = page.partition("<summary>Predict more</summary>")
    assert "Who will decide the undo?" in first
    assert "How does it end?" not in first
    assert "How does it end?" in others
    assert "Who notices the problem first?" in others


def test_side_by_side_who_decides_is_asked_for_each_style_and_everything_else_once(client):
    page = shown(client, style="both")
    asked = re.findall(r'<select id="predict-([\w-]+)"', page)
    assert asked == ["decide-choreography", "decide-orchestration", "end", "charge", "undo", "notice"]


def test_an_answer_for_a_style_is_kept_while_another_is_chosen(client):
    given = {"style": "orchestration", "predict-decide-choreography": "each"}
    page = client.get(SETUP, given, headers=HTMX).content.decode()
    assert '<input type="hidden" name="predict-decide-choreography" value="each">' in page
    again = client.get(SETUP, {**given, "style": "both"}, headers=HTMX).content.decode()
    assert '<option value="each" selected>' in again
    assert again.count("selected>Each service") == 1


@pytest.mark.parametrize(("saga", "is_broad"), [("order-hybrid", True), ("order", False)])
@pytest.mark.parametrize("style", ["orchestration", "choreography"])
def test_a_picture_that_is_too_wide_to_read_beside_the_form_is_drawn_downwards(client, saga, style, is_broad):
    page = shown(client, saga=saga, style=style)
    assert ('class="diagram plan-picture broad"' in page) == is_broad
