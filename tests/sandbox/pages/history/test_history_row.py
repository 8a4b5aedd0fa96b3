"""The lists of runs say the same of a run as its own page: how it ended, what it broke, and what struck it."""

import re

import pytest

from sandbox.definitions.terms import SagaStatus
from sandbox.models import DeliveryRow, Run
from sandbox.pages.history.run_list import HistoryRow
from sandbox.render.text.words import headline
from sandbox.runtime import clock
from sandbox.selectors import recorded_run
from sandbox.services import strike_message
from tests.sandbox.conftest import deliver

pytestmark = pytest.mark.django_db
LISTS = pytest.mark.parametrize("address", ["/sandbox/runs/", "/sandbox/"])
TWICE = {"fault": ("charge-customer:duplicate",), "without": ("inbox",)}


def listed(page):
    """Returns the part of a page that lists runs."""
    return re.search(r'<section (?:id="runs"|class="runs").*?</section>', page.content.decode(), re.DOTALL).group()


def text_of(page):
    """Returns the text of the list on a page, with single spaces."""
    return " ".join(re.sub(r"<svg.*?</svg>|<[^>]+>", " ", listed(page), flags=re.DOTALL).split())


def strike(run, kind):
    """Strikes the run's oldest message on its way."""
    row = DeliveryRow.objects.filter(run=run, state="pending").exclude(kind="timer").order_by("pk").first()
    strike_message(run, message=row.message, receiver=row.receiver, kind=kind, copy=row.copy)


@LISTS
@pytest.mark.parametrize("judged", [False, True])
def test_a_run_that_broke_guarantees_says_so_in_red_with_their_number(client, mine, work, address, judged):
    work(mine(**TWICE))
    if judged:
        assert clock.judge_ended() == 1
    page = client.get(address)
    assert "Completed, 2 guarantees broken" in text_of(page)
    assert '<span class="status completed broken">' in listed(page)


def test_a_run_that_broke_guarantees_has_the_sign_that_its_page_has(mine, work):
    row = HistoryRow(work(mine(**TWICE)))
    assert row.icon == headline(recorded_run(row.run).board, broken=2).icon


def test_the_list_names_the_guarantees_that_a_run_broke(client, mine, work):
    work(mine(**TWICE))
    text = text_of(client.get("/sandbox/runs/"))
    assert "Broken: " in text
    assert "Every step took effect at most once" in text


@LISTS
def test_a_run_that_kept_all_its_guarantees_is_not_called_broken(client, mine, work, address):
    work(mine())
    page = listed(client.get(address))
    assert '<span class="status completed">' in page
    assert "broken" not in page


@LISTS
def test_what_the_learner_struck_by_hand_is_told_once_it_has_struck(client, mine, work, address):
    run = mine(pace="step")
    strike(run, "out-of-order")
    strike(run, "duplicate")
    strike(run, "crash-before-work")  # which waits for the message to arrive
    text = text_of(client.get(address))
    assert "by hand: out of order and duplicate" in text
    assert "crash" not in text
    assert "no fault" not in text


def test_a_kind_of_fault_that_struck_twice_is_counted(mine):
    run = mine(pace="step", saga="order-parallel")
    strike(run, "duplicate")
    strike(run, "duplicate")
    assert HistoryRow(Run.objects.get(pk=run.pk)).asked == "by hand: duplicate, 2 times"


def test_what_was_asked_for_and_what_was_done_by_hand_are_told_apart(mine):
    run = mine(pace="step", fail="charge-customer")
    strike(run, "lost")
    assert HistoryRow(Run.objects.get(pk=run.pk)).asked == "card declined; by hand: lost message"


def test_a_fault_of_a_kind_that_does_not_exist_any_more_is_told_by_its_name(mine):
    run = mine()
    run.faults = [{"kind": "retired", "at": "payment", "by_hand": True, "injected": 1}]
    assert HistoryRow(run).asked == "by hand: retired"


@LISTS
def test_a_run_with_nothing_against_it_reads_no_fault(client, mine, address):
    mine()
    text = text_of(client.get(address))
    assert "no fault" in text
    assert "nothing made to fail" not in text


@pytest.mark.parametrize(
    ("chosen", "word"),
    [
        ({}, "Completed"),
        ({"fail": "charge-customer"}, "Compensated"),
        ({"fail": "validate-order"}, "Refused, nothing to undo"),
        ({"fault": ("reserve-inventory:lost",), "without": ("timeouts",)}, "Stuck: nobody will act"),
        (
            {"fail": "schedule-fulfilment", "fault": ("charge-customer:compensation-fails",)},
            "Compensation incomplete: needs a human",
        ),
    ],
)
def test_the_word_of_an_ended_run_is_that_of_its_page(mine, work, chosen, word):
    row = HistoryRow(work(mine(**chosen)))
    on_its_page = headline(recorded_run(row.run).board)
    assert (row.word, row.icon) == (on_its_page.word, on_its_page.icon) == (word, row.icon)


def test_the_word_of_a_run_that_waits_for_the_learner_is_that_of_its_page(mine):
    row = HistoryRow(mine(pace="step"))
    on_its_page = headline(recorded_run(row.run).board)
    assert (row.word, row.icon) == (on_its_page.word, on_its_page.icon)


def test_a_run_of_a_saga_that_is_gone_is_listed_with_how_it_ended_and_nothing_more(client, mine, work):
    run = work(mine(fail="charge-customer"))
    Run.objects.filter(pk=run.pk).update(saga="retired")
    assert clock.judge_ended() == 1
    text = text_of(client.get("/sandbox/runs/"))
    assert "Compensated retired, choreography" in text
    assert "Refused" not in text


def test_a_run_that_a_bug_of_ours_has_ended_is_listed_as_such_without_a_broken_guarantee(client, mine, monkeypatch):
    run = mine(**TWICE)
    monkeypatch.setattr("sandbox.runtime.worker.receive", None)
    deliver(DeliveryRow.objects.get(run=run).pk)
    assert Run.objects.get(pk=run.pk).status == SagaStatus.SANDBOX_FAILED
    text = text_of(client.get("/sandbox/runs/"))
    assert "The sandbox has failed" in text
    assert "broken" not in text
