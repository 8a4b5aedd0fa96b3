"""The setup page simulates little and answers with a short page, however much is asked of it at once."""

from urllib.parse import urlencode

import pytest

from sandbox.definitions.registry import FAULT, SAGA
from sandbox.definitions.run_settings import MAX_FAULTS
from sandbox.definitions.terms import Guarantee
from sandbox.engine.plan.compiler import compile_plan
from sandbox.engine.simulation.fault_reach import fault_places, kinds_at, why_unreachable
from sandbox.engine.simulation.simulator import Simulator
from sandbox.form_fields import MAX_LENGTH
from sandbox.models import Run

pytestmark = pytest.mark.django_db
START = "/sandbox/start/"
SETUP, RUNS, LOADS = "/sandbox/", "/sandbox/runs/", "/sandbox/load/"
LONGEST_PAGE, LONGEST_RUN = 300_000, 300  # bytes; messages in memory, within which a fault has to strike
# Eight that strike, one of them in a run that never ends by itself: without an inbox, copies are copied.
STRIKE = [
    ("saga", "order-hybrid"),
    ("style", "orchestration"),
    ("without", Guarantee.INBOX),
    ("fail", "schedule-fulfilment"),
    ("undo", "parallel"),
    *[
        ("fault", f"{place}:{kind}")
        for place, kind in (
            ("ChargeCustomer", "crash-after-publish=20"),
            ("payment", "duplicate=20"),
            ("order", "duplicate=20"),
            ("inventory", "duplicate=20"),
            ("orchestrator", "duplicate=20"),
            ("orchestrator", "crash-after-publish=20"),
            ("order", "transient"),
            ("payment", "slow=20"),
        )
    ],
]


@pytest.fixture
def delivered(monkeypatch):
    """Counts the messages that are delivered in memory."""
    count, deliver = [0], Simulator.deliver

    def counted(run, delivery):
        count[0] += 1
        deliver(run, delivery)

    monkeypatch.setattr(Simulator, "deliver", counted)
    kinds_at.cache_clear()
    why_unreachable.cache_clear()
    return count


def many(number):
    return [("fault", f"payment:lost@{at}") for at in range(1, number + 1)]


REFUSED = {
    "nine faults": (many(9), f"9 faults are too many; place at most {MAX_FAULTS}"),
    "ninety faults": (many(90), f"90 faults are too many; place at most {MAX_FAULTS}"),
    "a value that is too long": ([("fault", "x" * 101)], "The value of “fault” has 101 characters; at most 100"),
    "more values than there are settings": ([("without", "inbox")] * 100, "There are 101 values; at most 100"),
    "a kind that there is not": ([("fault", "payment:vanish")], "use one of transient"),
    "a place that there is not": ([("fault", "moon:lost")], "its steps are validate-order"),
    "no fault at all": ([("fault", "<" * 100)], "write it as PLACE:KIND"),
}


@pytest.mark.parametrize(("chosen", "complaint"), REFUSED.values(), ids=REFUSED.keys())
@pytest.mark.parametrize("style", ["choreography", "both"])
def test_what_nobody_can_choose_is_refused_before_anything_is_tried_or_repeated(
    client, delivered, chosen, complaint, style
):
    response = client.get(f"{SETUP}?{urlencode([('style', style), *chosen])}")
    text = response.content.decode()
    assert response.status_code == 400
    assert complaint in text
    assert len(response.content) < len(client.get(f"{SETUP}?style=both").content) * 1.2
    assert delivered == [0]
    posted = client.post(
        START, urlencode([("style", style), *chosen]), content_type="application/x-www-form-urlencoded"
    )
    assert posted.status_code == 400
    assert not Run.objects.exists()


def test_the_other_settings_stay_where_a_fault_is_refused(client):
    context = client.get(f"{SETUP}?{urlencode([('style', 'orchestration'), ('quantity', '3'), *many(9)])}").context
    assert (context["form"].data["style"], context["form"].data["quantity"]) == ("orchestration", "3")
    assert context["form"].faults == ()


@pytest.mark.parametrize("more", [[], [("at", "ChargeCustomer")], [("at", "ChargeCustomer"), ("kind", "lost")]])
@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}])
def test_the_most_that_can_be_chosen_is_tried_within_bounds_and_fits_a_page(client, delivered, more, headers):
    response = client.get(f"{SETUP}?{urlencode([*STRIKE, *more])}", headers=headers)
    assert len(response.content) < LONGEST_PAGE
    # Each kind of the palette, and each fault against the others; twice, for the form as it was and with one more.
    assert 0 < delivered[0] <= 2 * LONGEST_RUN * (len(FAULT) + 2 * MAX_FAULTS)


def test_a_run_that_never_ends_is_given_up_where_a_fault_does_not_strike(client, delivered):
    again, never = "send-confirmation:crash-after-commit=20", "payment:lost@20"
    endless = [("style", "choreography"), ("without", "inbox"), ("fault", again), ("fault", never)]
    assert client.get(f"{SETUP}?{urlencode(endless)}").status_code == 400
    assert LONGEST_RUN <= delivered[0] <= 2 * LONGEST_RUN


@pytest.mark.parametrize("chosen", [[("saga", "x" * 101)], [("style", "choreography")] * 101])
def test_the_load_lab_has_the_same_bounds(client, chosen):
    response = client.get(f"{LOADS}?{urlencode(chosen)}")
    assert response.status_code == 400
    assert "at most 100 are read" in response.content.decode()


def test_every_fault_that_can_be_placed_can_be_written_within_the_bounds():
    plans = [compile_plan(saga, style) for saga in SAGA.values() for style in saga.styles]
    longest = max(len(place) for plan in plans for group in fault_places(plan) for place in group)
    assert longest + len(":") + max(map(len, FAULT)) + len("=600@20") <= MAX_LENGTH
