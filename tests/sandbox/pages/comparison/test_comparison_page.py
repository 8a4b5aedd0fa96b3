"""The same order in two styles is started together and shown side by side, with the difference."""

import re
import uuid

import pytest
from django.db import IntegrityError, connection

from sandbox.definitions.faults import Fault
from sandbox.models import DeliveryRow, FactRow, Run
from sandbox.services import InvalidValue, RunSettings, start_both

pytestmark = pytest.mark.django_db
START = "/sandbox/start/"
RUNS = "/sandbox/runs/"
HTMX = {"HX-Request": "true"}


def begun(client, **chosen):
    """Starts two runs with one request, and returns the address of their page, and the runs."""
    response = client.post(START, {"style": "both", "pace": "fast", **chosen})
    assert response.status_code == 302, response.content.decode()
    return response.url, *(Run.objects.get(pk=pk) for pk in response.url.split("/")[3:5])


def two_runs(**chosen):
    return start_both(RunSettings.from_json({"pace": "fast", **chosen}), learner=None)


def address(one, other):
    return f"/sandbox/compare/{one.pk}/{other.pk}/"


def rendered_page(client, one, other, **options):
    response = client.get(address(one, other), **options)
    assert response.status_code == 200
    return response.content.decode()


def plain(html):
    return " ".join(re.sub(r"<[^>]+>", "", html).split())


def test_one_click_starts_both_and_shows_them(client):
    response = client.post(START, {"style": "both", "fail": "charge-customer", "pace": "fast"}, follow=True)
    one, other = Run.objects.order_by("started_at", "compared_with_id")
    assert {one.style, other.style} == {"choreography", "orchestration"}
    page = response.content.decode()
    assert response.status_code == 200
    assert page.index("Choreography</h2>") < page.index("Orchestration</h2>")
    assert "Set up for both: card declined ·" in page


def test_the_second_is_the_counterpart_of_the_first_and_has_the_same_settings():
    chosen = {"fail": "charge-customer", "quantity": 3, "undo": "parallel", "without": ("outbox",)}
    side_by_side = two_runs(**chosen, fault=["reserve-inventory:duplicate"])
    one, other = (Run.objects.get(pk=run.pk) for run in side_by_side)
    assert (one.style, other.style) == ("choreography", "orchestration")
    assert (one.compared_with_id, other.compared_with_id) == (None, one.pk)
    same = ("saga", "settings", "pace", "learner", "started_at")
    assert [getattr(one, name) for name in same] == [getattr(other, name) for name in same]
    placed = [str(Fault.load(fault)) for run in (one, other) for fault in run.faults]
    assert placed == ["reserve-inventory:duplicate"] * 2


def test_where_the_second_cannot_be_written_there_is_no_first():
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TRIGGER no_second BEFORE INSERT ON sandbox_run WHEN NEW.compared_with_id IS NOT NULL "
            "BEGIN SELECT RAISE(ABORT, 'no second run'); END"
        )
    with pytest.raises(IntegrityError, match="no second run"):
        two_runs(fail="charge-customer")
    assert not Run.objects.exists()
    assert not DeliveryRow.objects.exists()


def test_a_saga_that_could_be_a_hybrid_is_run_in_the_same_two_styles():
    assert [run.style for run in two_runs(saga="order-hybrid")] == ["choreography", "orchestration"]


@pytest.mark.parametrize(
    ("chosen", "complaint"),
    [
        (
            {"fault": "orchestrator:down"},
            "not possible here: as a choreography, fault &#x27;orchestrator:down&#x27;",
        ),
        ({"fault": "send-confirmation:timeout-after-effect"}, "as a choreography"),
        ({"fault": "OrderExpired:lost"}, "as an orchestration, fault &#x27;OrderExpired:lost&#x27;"),
        ({"fault": "order:lost@2"}, "and that is not possible here: as an orchestration, fault"),
        ({"quantity": "0"}, "a whole number, 1 to 100"),
        ({"fault": "charge-customer:vanish"}, "unknown kind &#x27;vanish&#x27;"),
        ({"saga": "trip"}, "use one of order, order-parallel"),
    ],
)
def test_what_only_one_of_them_could_have_starts_neither_and_says_which(client, chosen, complaint):
    response = client.post(START, {"style": "both", **chosen})
    assert response.status_code == 400
    assert complaint in response.content.decode()
    assert not Run.objects.exists()


def test_what_neither_could_have_is_said_once():
    with pytest.raises(InvalidValue) as error:
        two_runs(fault=["charge-customer:vanish"])
    assert str(error.value).count("unknown kind") == 1


def test_a_single_run_is_not_asked_for_in_both_styles(start):
    with pytest.raises(InvalidValue, match="use one of choreography"):
        start(style="both")


def test_the_setup_page_keeps_both_and_only_the_faults_that_both_can_have(client):
    faults = ["orchestrator:down", "order:lost@2", "charge-customer:duplicate"]
    page = client.get("/sandbox/", {"style": "both", "fault": faults}, headers=HTMX).content.decode()
    assert 'value="both" checked' in page
    assert "Duplicate at charge-customer" in page
    assert "orchestrator:down" not in page
    assert 'value="order:lost@2"' not in page
    assert client.get("/sandbox/", {"style": "both"}).status_code == 200


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_once_both_have_ended_the_difference_says_who_decided_the_undo(client, work, headers):
    one, other = (work(run) for run in two_runs(fail="charge-customer"))
    words = plain(rendered_page(client, one, other, headers=headers))
    assert (
        "Who decided what was undone? In the choreography each service for itself: Inventory ran release-inventory "
        "because it heard CardDeclined; Order ran cancel-order because it heard InventoryReleased. "
        "In the orchestration the orchestrator: it commanded ReleaseInventory and CancelOrder."
    ) in words
    assert "Who knows the whole flow Nobody Orchestrator ≠ differs" in words
    assert "How it ended Compensated Compensated = same" in words
    assert "Messages sent 6 11 ≠ differs" in words


def test_the_difference_is_asked_for_again_only_until_both_have_ended(client, work):
    one, other = two_runs(fail="charge-customer")
    url = address(one, other)
    work(one)
    page = rendered_page(client, one, other)
    assert f'hx-get="{url}" hx-trigger="every 1s"' in page
    assert '<noscript><meta http-equiv="refresh" content="2"></noscript>' in page
    assert "it is not over" in page
    work(other)
    page = rendered_page(client, one, other)
    assert "hx-get" not in page
    assert "http-equiv" not in page


def test_a_pair_that_the_learner_steps_through_is_not_loaded_again_by_itself(client):
    one, other = two_runs(pace="step")
    page = rendered_page(client, one, other)
    assert 'http-equiv="refresh"' not in page
    assert "Look again" in page


def test_a_moment_that_is_past_is_not_left_by_itself(client):
    one, other = two_runs()
    assert 'http-equiv="refresh"' in rendered_page(client, one, other)
    assert 'http-equiv="refresh"' not in client.get(address(one, other), {"at": 2}).content.decode()


def test_htmx_gets_no_more_than_what_can_change_and_announces_the_end_once(client, work):
    one, other = two_runs(fail="charge-customer")
    page = rendered_page(client, one, other, headers=HTMX)
    assert "<html" not in page
    assert "#status" not in page
    work(one), work(other)
    page = rendered_page(client, one, other, headers=HTMX)
    assert 'hx-swap-oob="innerHTML:#status"' in page
    assert page.count('id="difference"') == 1


def shown_at(page):
    """Returns for either run the fact that its panel shows, and the newest."""
    return [(int(seq), int(last)) for seq, last in re.findall(r'data-seq="(\d+)" data-last="(\d+)"', page)]


def test_any_moment_of_the_time_that_they_share_can_be_looked_at(client, work):
    one, other = (work(run) for run in two_runs(fail="charge-customer"))
    times = sorted(round(f.at - run.started_at, 3) for run in (one, other) for f in FactRow.objects.filter(run=run))
    for moment in (3, 4, 5, 12, len(times) - 1, len(times)):
        seqs = shown_at(client.get(address(one, other), {"at": moment}).content.decode())
        assert [last for _, last in seqs] == [one.last_seq, other.last_seq]
        assert sum(seq for seq, _ in seqs) == moment
        newest = [FactRow.objects.get(run=run, seq=seq) for run, (seq, _) in zip((one, other), seqs, strict=True)]
        assert max(round(fact.at - one.started_at, 3) for fact in newest) == times[moment - 1]


def test_what_a_panel_shows_then_is_what_the_run_alone_shows_then(client, work):
    one, other = (work(run) for run in two_runs(fail="charge-customer"))
    page = client.get(address(one, other), {"at": 12}).content.decode()
    for run, (seq, _) in zip((one, other), shown_at(page), strict=True):
        alone = client.get(f"{RUNS}{run.pk}/", {"at": seq}).content.decode()
        (then,) = re.findall(r'<div data-fragment="headline".*?</div>', alone, re.DOTALL)
        assert then in page


@pytest.mark.parametrize("at", ["0", "x", "9999999", "9" * 30, "²"])
def test_a_moment_that_they_do_not_have_is_a_400_that_says_which_they_have(client, at):
    one, other = two_runs(pace="step")
    response = client.get(address(one, other), {"at": at})
    assert response.status_code == 400
    assert "they have 1 to 4 so far" in response.content.decode()


def test_no_two_elements_have_one_name_and_every_pointer_has_its_target(client, work):
    one, other = (work(run) for run in two_runs(fail="charge-customer"))
    page = rendered_page(client, one, other)
    idents = re.findall(r'\bid="([^"]+)"', page)
    assert len(idents) == len(set(idents))
    pointers = re.findall(r'(?:href="|url\()#([\w-]+)', page)
    pointers += [name for names in re.findall(r'aria-labelledby="([^"]+)"', page) for name in names.split()]
    assert set(pointers) <= set(idents)


def test_another_learner_sees_neither_the_pair_nor_their_own_run_next_to_one_of_it(client):
    url, one, other = begun(client)
    stranger = type(client)()
    _, hers, _ = begun(stranger)
    assert client.get(url).status_code == 200
    assert stranger.get(url).status_code == 404
    assert stranger.get(address(hers, other)).status_code == 404
    assert stranger.get(address(one, hers)).status_code == 404


def test_any_two_runs_of_one_saga_that_one_may_see_can_be_compared(client, start, work):
    one, other = work(start(fail="charge-customer")), work(start(fail="schedule-fulfilment"))
    words = plain(rendered_page(client, one, other))
    assert "First choreography" in words
    assert "card declined, First choreography" in words
    assert "no courier, Second choreography" in words
    Run.objects.filter(pk=one.pk).update(learner=uuid.uuid4(), shared=True)
    rendered_page(client, one, other)


def test_runs_of_two_sagas_or_one_run_alone_cannot_be_compared_and_it_says_why(client, start):
    one, other = start(), start(saga="order-long")
    response = client.get(address(one, other))
    assert response.status_code == 400
    assert "One is a run of order, the other of order-long." in response.content.decode()
    response = client.get(address(one, one))
    assert response.status_code == 400
    assert "A run next to itself shows no difference" in response.content.decode()


def test_a_pair_whose_saga_was_redefined_says_so(client, work):
    one, other = (work(run) for run in two_runs())
    row = FactRow.objects.get(run=one, seq=4)
    row.details["posting"][1] = "retired account"
    row.save()
    response = client.get(address(one, other))
    assert response.status_code == 410
    assert "defined otherwise" in response.content.decode()


def test_a_run_that_is_not_there_is_a_404(client, start):
    run = start()
    assert client.get(f"/sandbox/compare/{run.pk}/{uuid.uuid4()}/").status_code == 404
    assert client.post(address(run, run)).status_code == 405


def test_both_can_be_run_again_as_they_were(client):
    _, one, other = begun(client, fail="charge-customer", fault="reserve-inventory:lost")
    page = rendered_page(client, one, other)
    form = re.search(r'<form class="again .*?</form>', page, re.DOTALL)[0]
    fields = dict(re.findall(r'name="(\w+)" value="([^"]*)"', form))
    again = client.post("/sandbox/start/", fields)
    assert again.status_code == 302
    assert "/sandbox/compare/" in again["Location"]
    assert [run.run_settings.fail for run in Run.objects.all()] == ["charge-customer"] * 4


def test_runs_that_were_asked_for_otherwise_are_not_run_again_as_one(client, start):
    one, other = start(style="choreography"), start(style="orchestration", fail="charge-customer")
    assert "Run both again" not in client.get(f"/sandbox/compare/{one.pk}/{other.pk}/").content.decode()
