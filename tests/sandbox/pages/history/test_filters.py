"""The list of runs can be searched and filtered; its address holds what was asked for."""

import re
import uuid
from urllib.parse import parse_qs, urlsplit

import pytest

from sandbox.definitions.registry import FAULT
from sandbox.labs.experiments import labs
from sandbox.models import DeliveryRow, Run
from sandbox.pages.history.filters import FILTERS
from sandbox.runtime import clock
from sandbox.services import recorded_runs_of, strike_message

pytestmark = pytest.mark.django_db
RUNS = "/sandbox/runs/"
TWICE = {"fault": ("charge-customer:duplicate",), "without": ("inbox",)}


def found(client, **asked):
    """Returns the ids of the runs on that page of the list."""
    response = client.get(RUNS, asked)
    assert response.status_code == 200, response.content.decode()
    return set(re.findall(r'<article class="kept-run[^"]*" id="run-([0-9a-f-]{36})"', response.content.decode()))


def ids(*runs):
    return {str(run.pk) for run in runs}


@pytest.fixture
def ended(mine, work):
    """Runs of every ending that the clock has judged, by how they ended."""
    runs = {
        "completed": work(mine()),
        "compensated": work(mine(fail="charge-customer")),
        "refused": work(mine(fail="validate-order")),
        "stuck": work(mine(fault=("reserve-inventory:lost",), without=("timeouts",))),
        "compensation_failed": work(
            mine(fail="schedule-fulfilment", fault=("charge-customer:compensation-fails",)),
        ),
    }
    while clock.judge_ended():
        pass
    return runs


def test_each_outcome_finds_the_runs_that_ended_so_and_no_other(client, ended, mine):
    under_way = mine(pace="step")
    assert found(client, outcome="under-way") == ids(under_way)
    for outcome, run in ended.items():
        assert found(client, outcome=outcome) == ids(run), outcome


def test_a_saga_and_a_style_find_their_runs(client, mine):
    plain, fraud = mine(), mine(saga="order-fraud", style="orchestration")
    assert found(client, saga="order") == ids(plain)
    assert found(client, style="orchestration") == ids(fraud)
    assert found(client, saga="order", style="orchestration") == set()


def test_a_kind_of_fault_is_found_whether_it_was_placed_before_or_by_hand(client, mine):
    before, by_hand, none = mine(fault=("charge-customer:lost",)), mine(pace="step"), mine()
    row = DeliveryRow.objects.get(run=by_hand)
    strike_message(by_hand, message=row.message, receiver=row.receiver, kind="lost")
    assert found(client, fault="lost") == ids(before, by_hand)
    assert found(client, fault="by-hand") == ids(by_hand)
    assert found(client, fault="none") == ids(none)
    assert found(client, fault="slow") == set()


def test_a_broken_guarantee_is_found_by_its_name_or_any(client, mine, work):
    twice, kept = work(mine(**TWICE)), work(mine())
    clock.judge_ended()
    assert found(client, broken="any") == found(client, broken="effects-once") == ids(twice)
    assert found(client, broken="books-balance") == set()
    assert found(client) == ids(twice, kept)


@pytest.mark.parametrize("words", ["overtaken UNDO", "undo", "overt", "because it", "because overtaken"])
def test_the_search_finds_all_its_words_in_the_name_or_the_sentence_of_a_run(client, mine, words):
    run, other = mine(), mine()
    Run.objects.filter(pk=run.pk).update(name="Overtaken undo", reflection="Because it was late.")
    Run.objects.filter(pk=other.pk).update(name="undone at once, overnight")
    assert str(run.pk) in found(client, q=words)
    assert str(other.pk) not in found(client, q=words) or words == "undo"


@pytest.mark.parametrize(
    ("words", "chosen"),
    [
        ("fraud", {"saga": "order-fraud"}),
        ("orchestr", {"style": "orchestration"}),
        ("declined", {"fail": "charge-customer"}),
        ("lost message", {"fault": ("charge-customer:lost",)}),
        ("without inbox", TWICE),
    ],
)
def test_the_search_finds_what_a_row_says_of_saga_style_and_faults(client, mine, words, chosen):
    run, _ = mine(**chosen), mine()
    words = words.removeprefix("without ")
    assert found(client, q=words) == ids(run)


def test_the_recording_of_a_lab_was_not_started_from_the_command_line(client, mine):
    own = mine()
    recorded_runs_of(labs()["undo-fails"])
    assert found(client, by="command-line") == set()
    assert found(client, by="both") == ids(own)


@pytest.mark.parametrize("words", ["%", "_", "kind", "by_hand", "charge-customer:", "'; --", '"'])
def test_the_search_does_not_find_what_no_row_says(client, mine, words):
    mine(fault=("charge-customer:lost",))
    assert found(client, q=words) == set()


def test_runs_of_the_command_line_are_listed_on_demand_and_marked(client, mine, start):
    own, from_command = mine(), start()
    start(learner=str(uuid.uuid4()))
    assert found(client) == ids(own)
    assert found(client, by="command-line") == ids(from_command)
    assert found(client, by="both") == ids(own, from_command)
    page = client.get(RUNS, {"by": "both"}).content.decode()
    assert page.count("from the command line</span>") == 1
    assert page.count("/delete/") == 2  # that of the own run, and of all


def test_no_filter_shows_another_learners_run(client, start):
    run = start(learner=str(uuid.uuid4()))
    Run.objects.filter(pk=run.pk).update(name="private", shared=True)
    for one in FILTERS:
        for value in one.options:
            assert found(client, **{one.name: value}) == set()
    assert found(client, q="private") == found(client, q="private", by="both") == set()


@pytest.mark.parametrize("one", FILTERS, ids=lambda one: one.name)
def test_a_value_that_does_not_exist_is_ignored_and_a_400_says_which_do(client, mine, one):
    run = mine()
    response = client.get(RUNS, {one.name: "xyzzy"})
    assert response.status_code == 400
    page = response.content.decode()
    assert f"{one.label}: “xyzzy” is unknown and was ignored; use one of " in page
    assert str(run.pk) in page


def test_a_search_that_is_too_long_is_a_400_that_says_how_long_it_may_be(client, mine):
    run = mine()
    response = client.get(RUNS, {"q": "x" * 101})
    assert response.status_code == 400
    assert "has 101 characters; at most 100 are read" in response.content.decode()
    assert str(run.pk) in response.content.decode()


def test_nothing_found_says_so_and_offers_to_clear_the_filters(client, mine):
    mine()
    page = client.get(RUNS, {"outcome": "stuck", "q": "x"}).content.decode()
    assert "No run matches this." in page
    assert re.search(rf'href="{RUNS}"><svg.*</svg> Clear the filters', page, re.DOTALL)
    assert "Delete 1 run<" in page  # which is all that there is, whatever was asked for


def test_the_form_holds_what_was_asked_for_and_opens_what_is_folded_when_it_is_used(client, mine):
    mine()
    page = client.get(RUNS, {"q": 'a"b', "style": "hybrid"}).content.decode()
    assert 'value="a&quot;b"' in page
    assert '<option value="hybrid" selected>' in page
    assert '<details class="more" open>' in page
    assert '<details class="more">' in client.get(RUNS, {"outcome": "stuck"}).content.decode()


def test_every_page_of_a_filtered_list_keeps_the_filters(client, mine):
    for _ in range(26):
        mine(pace="step")
    page = client.get(RUNS, {"outcome": "under-way", "q": "order"}).content.decode()
    (older,) = re.findall(r'rel="next" href="([^"]+)"', page)
    asked = parse_qs(urlsplit(older.replace("&amp;", "&")).query)
    assert asked == {"outcome": ["under-way"], "q": ["order"], "page": ["2"]}
    assert len(found(client, **asked)) == 1


def test_htmx_gets_the_list_alone_and_the_address_without_what_was_not_chosen(client, mine):
    run = mine(pace="step")
    response = client.get(RUNS, {"q": "", "outcome": "under-way", "by": ""}, headers={"HX-Request": "true"})
    page = response.content.decode()
    assert page.startswith('<section id="runs"')
    assert str(run.pk) in page
    assert 'innerHTML:#status">1 run found.' in page
    assert response.headers["HX-Push-Url"] == f"{RUNS}?outcome=under-way"


def test_htmx_is_told_what_was_ignored(client, mine):
    mine()
    response = client.get(RUNS, {"style": "xyzzy"}, headers={"HX-Request": "true"})
    assert response.status_code == 200  # htmx shows no other
    assert "“xyzzy” is unknown" in response.content.decode()
    assert response.headers["HX-Push-Url"] == RUNS


def test_a_new_kind_of_fault_can_be_filtered_by_without_more_ado(client):
    page = client.get(RUNS, {"q": "x"}).content.decode()
    for name, kind in FAULT.items():
        assert f'<option value="{name}">{kind.title}</option>' in page


def test_times_are_in_utc_and_carry_what_a_script_needs_to_write_them_in_the_readers_zone(client, mine):
    run = mine()
    Run.objects.filter(pk=run.pk).update(started_at=1_800_000_000.0)
    page = client.get(RUNS).content.decode()
    assert 'data-utc datetime="2027-01-15T08:00:00+00:00"><span class="soft">15 Jan 2027, 08:00 UTC</span>' in page


def test_a_filtered_list_takes_few_queries_however_long_it_is(client, mine, work, django_assert_max_num_queries):
    for _ in range(5):
        work(mine(**TWICE))
    clock.judge_ended()
    with django_assert_max_num_queries(4):
        assert len(found(client, broken="any", q="duplicate", by="both")) == 5
